"""How much of the variance of expected net benefit a trial of n patients takes away: the moments to be matched.

The posterior law of each of some simulated data sets is the prior draws, weighted by how likely each makes the data
(averages over patients are nearly normal). Its variance, averaged over data sets, is what a trial leaves; what it takes
away is the variance of the posterior mean. Over sizes it follows n / (n + h), in each direction in which the strategies
differ, as for a normal mean (Heath, Manolopoulou and Baio 2019, Medical Decision Making 39). So h is found
from sizes whose data enough draws resemble, and larger trials are reckoned from it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from sim.analysis.trial_data import Floats, TrialData

DATA_SETS = 60
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
    left, sizes = _left(trial, scores, rows)
    if len(sizes) and varying.any():
        half[varying] = _half_sizes(left.mean(axis=1), sizes, trial.long_run_size)
        chance = Generator(Philox(key=len(scores)))
        for repeat in repeats:
            chosen = chance.integers(0, left.shape[1], left.shape[1])
            repeat[varying] = _half_sizes(left[:, chosen].mean(axis=1), sizes, trial.long_run_size)
    return Learned(directions, half, repeats, trial.long_run_size, len(sizes) > 0)


def _left(trial: TrialData, scores: Floats, rows: slice) -> tuple[Floats, Floats]:
    """Posterior variance against prior variance, shape (sizes, data sets, directions), and the sizes that were used."""
    whiten = _whitening(trial.covariance)
    long_run = trial.long_run[rows] @ whiten
    order = np.argsort(scores[:, -1], kind="stable")  # the last direction is that of the largest variance
    sets = order[np.unique(np.linspace(0, len(order) - 1, DATA_SETS).astype(np.int64))]
    left, used = [], []
    for size, averages in zip(trial.sizes, trial.averages[:, rows], strict=True):
        precision = 1.0 / (1.0 / size + 1.0 / trial.long_run_size)
        data = averages[sets] @ whiten
        distances = np.sum((data[:, None, :] - long_run[None, :, :]) ** 2, axis=2)
        distances[np.arange(len(sets)), sets] = np.inf  # a draw is not told of by itself
        weights = np.exp(-0.5 * precision * (distances - distances.min(axis=1, keepdims=True)))
        weights /= weights.sum(axis=1, keepdims=True)
        like = 1.0 / np.sum(weights * weights, axis=1)
        if np.mean(like < LEAST_LIKE) <= MOST_UNLIKE:
            variance = weights @ (scores * scores) - (weights @ scores) ** 2
            left.append(variance * (like / np.maximum(like - 1.0, 1.0))[:, None])
            used.append(float(size))
    return np.array(left), np.array(used)


def _whitening(covariance: Floats) -> Floats:
    """Averages times this have the identity as covariance of one patient; what is a sum of others is left out."""
    spread = np.sqrt(np.diag(covariance))
    scale = np.where(spread > 0.0, spread, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    known = values > 1e-8 * max(float(values.max()), 1e-300)
    result: Floats = vectors[:, known] / np.sqrt(values[known]) / scale[:, None]
    return result


def _half_sizes(left: Floats, sizes: Floats, long_run_size: float) -> Floats:
    """The h of each direction, by least squares, from the mean variance left, shape (sizes, directions)."""
    from scipy.optimize import minimize_scalar

    def misfit(logarithm: float, column: Floats) -> float:
        return float(np.sum((column - 1.0 + _share(sizes, np.exp(logarithm), long_run_size)) ** 2))

    found = [
        minimize_scalar(misfit, bounds=(_SMALLEST, _LARGEST), method="bounded", args=(column,)).x for column in left.T
    ]
    return np.asarray(np.exp(np.array(found)))


def _share(size: Floats | float, half: Floats, long_run_size: float) -> Floats:
    """Variance explained by `size` patients against that which the long run explains."""
    return np.asarray(size / (size + half) * (1.0 + half / long_run_size))
