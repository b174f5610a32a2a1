"""How much of the variance of expected net benefit a trial of n patients takes away: the moments to be matched.

The posterior law after some simulated data is the prior draws, weighted by how likely each makes the data (averages
over patients are nearly normal). What the trial takes away is the variance of the posterior mean. It is measured
against the net benefits of the draws that made the data: as the share of their variance that posterior means explain,
which does not grow when the likelihood is too sure of itself. Over sizes it follows n / (n + h), in each direction in
which the strategies differ, as for a normal mean (Heath, Manolopoulou and Baio 2019, Medical Decision Making 39). So
h is found from sizes whose data enough draws resemble, and larger trials are reckoned from it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from sim.analysis.trial_data import Floats, TrialData

DATA_SETS = 1000  # at most
SETS_AT_ONCE = 100
LEAST_LIKE = 20.0  # effective number of draws behind a posterior law
MOST_UNLIKE = 0.2  # share of data sets with fewer, at which a size is left out
REPEATS = 40  # of the data sets, drawn again, for the error of h
NEGLIGIBLE = 1e-9  # share of the variance of a direction in which there is nothing to learn
_SMALLEST, _LARGEST = -4.0, 25.0  # log of h


@dataclass(frozen=True, eq=False)
class Learned:
    """directions: (S, S), columns in which net benefit varies. half: (S,), patients an arm that explain half of each.

    repeats: (REPEATS, S), `half` from data sets drawn again. known: whether data of any size could be used.
    """

    directions: Floats
    half: Floats
    repeats: Floats
    long_run_size: float
    known: bool

    def shrinking(self, size: int, half: Floats | None = None) -> Floats:
        """(S, S): what turns fitted long-run net benefits, about their mean, into those of a trial of `size`."""
        half = self.half if half is None else half
        share = np.minimum(_share(float(size), half, self.long_run_size), 1.0)
        result: Floats = (self.directions * np.sqrt(share)) @ self.directions.T
        return result


def learned(trial: TrialData, benefit: Floats, rows: slice) -> Learned:
    """From trials and fitted net benefits given their long run, shape (draws, strategies), of the draws `rows`."""
    centred = benefit - benefit.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    varying = variances > NEGLIGIBLE * max(float(variances.max()), 1e-300)
    scores = centred @ directions[:, varying] / np.sqrt(variances[varying])
    half = np.zeros(len(variances))
    repeats = np.zeros((REPEATS, len(variances)))
    told, means, sizes = _posterior_means(trial, scores, rows)
    if len(sizes) and varying.any():
        half[varying] = _half_sizes(_explained(told, means), sizes, trial.long_run_size)
        chance = Generator(Philox(key=len(scores)))
        for repeat in repeats:
            chosen = chance.integers(0, len(told), len(told))
            repeat[varying] = _half_sizes(_explained(told[chosen], means[:, chosen]), sizes, trial.long_run_size)
    return Learned(directions, half, repeats, trial.long_run_size, len(sizes) > 0)


def _posterior_means(trial: TrialData, scores: Floats, rows: slice) -> tuple[Floats, Floats, Floats]:
    """Of some data sets: the scores of the draws that made them, shape (data sets, directions), their posterior means,
    shape (sizes, data sets, directions), and the sizes that were used.
    """
    whiten = _whitening(trial.covariance)
    long_run = trial.long_run[rows] @ whiten
    sets = np.unique(np.linspace(0, len(scores) - 1, min(DATA_SETS, len(scores))).astype(np.int64))
    means, used = [], []
    for size, averages in zip(trial.sizes, trial.averages[:, rows], strict=True):
        precision = 1.0 / (1.0 / size + 1.0 / trial.long_run_size)
        posterior, like = np.empty((len(sets), scores.shape[1])), np.empty(len(sets))
        for start in range(0, len(sets), SETS_AT_ONCE):
            some = sets[start : start + SETS_AT_ONCE]
            data = averages[some] @ whiten
            distances = np.sum((data[:, None, :] - long_run[None, :, :]) ** 2, axis=2)
            distances[np.arange(len(some)), some] = np.inf  # a draw is not told of by itself
            weights = np.exp(-0.5 * precision * (distances - distances.min(axis=1, keepdims=True)))
            weights /= weights.sum(axis=1, keepdims=True)
            like[start : start + SETS_AT_ONCE] = 1.0 / np.sum(weights * weights, axis=1)
            posterior[start : start + SETS_AT_ONCE] = weights @ scores
        if np.mean(like < LEAST_LIKE) <= MOST_UNLIKE:
            means.append(posterior)
            used.append(float(size))
    return scores[sets], np.array(means), np.array(used)


def _explained(told: Floats, means: Floats) -> Floats:
    """Share of the variance of `told` that the posterior `means` explain, shape (sizes, directions)."""
    told = told - told.mean(axis=0)
    means = means - means.mean(axis=1, keepdims=True)
    products = np.sum(means * told, axis=1)
    squares = np.sum(means * means, axis=1) * np.sum(told * told, axis=0)
    shares = np.where(products > 0.0, products, 0.0) ** 2 / np.maximum(squares, 1e-300)
    by_chance = 1.0 / max(len(told) - 1, 1)
    result: Floats = np.maximum((shares - by_chance) / (1.0 - by_chance), 0.0)
    return result


def _whitening(covariance: Floats) -> Floats:
    """Averages times this have the identity as covariance of one patient; what is a sum of others is left out."""
    spread = np.sqrt(np.diag(covariance))
    scale = np.where(spread > 0.0, spread, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    known = values > 1e-8 * max(float(values.max()), 1e-300)
    result: Floats = vectors[:, known] / np.sqrt(values[known]) / scale[:, None]
    return result


def _half_sizes(shares: Floats, sizes: Floats, long_run_size: float) -> Floats:
    """The h of each direction, by least squares, from the shares explained, shape (sizes, directions)."""
    from scipy.optimize import minimize_scalar

    def misfit(logarithm: float, column: Floats) -> float:
        return float(np.sum((column - _share(sizes, np.exp(logarithm), long_run_size)) ** 2))

    found = [
        minimize_scalar(misfit, bounds=(_SMALLEST, _LARGEST), method="bounded", args=(column,)).x for column in shares.T
    ]
    return np.asarray(np.exp(np.array(found)))


def _share(size: Floats | float, half: Floats, long_run_size: float) -> Floats:
    """Variance explained by `size` patients against that which the long run explains."""
    return np.asarray(size / (size + half) * (1.0 + half / long_run_size))
