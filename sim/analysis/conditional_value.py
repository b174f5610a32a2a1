"""What it is worth to know some numbers before deciding: the regression estimate behind EVPPI and EVSI alike.

Strong, Oakley and Brennan 2014 (Medical Decision Making 34:311-326) for parameters, Strong, Oakley, Brennan and Breeze
2015 (Medical Decision Making 35:570-583) for the summaries of a trial: regress on what would be known, decide in each
draw by the fitted net benefit, and compare with deciding once.

Chance among simulated patients is a part of the residuals. It makes the fit less sure, and is thereby in the standard
error, but it is not in the fitted means: it inflates nothing, provided that patients differ between draws.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.random import Generator, Philox

from sim.analysis.metamodel import Metamodel, fit
from sim.analysis.psa_table import PsaTable

Floats = npt.NDArray[np.float64]

MOST_DRAWS_OF_ONE, MOST_DRAWS_OF_SEVERAL = 100_000, 20_000  # more are thinned: the fit gains nothing, memory suffers
MOST_DRAWS_OF_SIMULATION = 2_000
SIMULATIONS = 200  # of the coefficients, in pairs of opposite sign; they give a standard error to some 5 %


@dataclass(frozen=True)
class ConditionalValue:
    """Value of knowing, per person, at one willingness to pay, with its standard error."""

    willingness_to_pay: float
    value: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class ConditionalMeans:
    """Fitted costs and effects given what is known, as differences to the mean over strategies of the same draw.

    rows: which draws of the table. model: its targets are the costs of all strategies, then the effects. Strategies
    stand in the order of their names, not of the table: chance in the fit would else hang on the order of columns.
    """

    rows: slice
    model: Metamodel
    strategies: int
    label: str

    def net_benefit(self, willingness_to_pay: float) -> Floats:
        """Fitted net benefit, shape (draws, strategies in the order of names), less the mean over strategies."""
        return _net_benefit(self.model.fitted, willingness_to_pay)

    def simulated(self, *, as_posterior: bool) -> Iterator[tuple[slice, Floats]]:
        """Deviations of costs and effects that the fit may have, with the draws that they are of."""
        draws, number = self.model.fitted.shape
        rows = slice(0, draws, max(-(-draws // MOST_DRAWS_OF_SIMULATION), 1))
        chance = generator(self.label)
        for _ in range(SIMULATIONS // 2):
            normals = chance.standard_normal((len(self.model.eigenvalues) + 1, number))
            deviations = self.model.deviations(normals, rows, as_posterior=as_posterior)
            yield rows, deviations
            yield rows, -deviations


def conditional_means(table: PsaTable, known: pd.DataFrame, label: str) -> ConditionalMeans:
    """Fit costs and effects of `table` on the columns of `known`, a row a draw. RunError without scikit-learn."""
    most = MOST_DRAWS_OF_ONE if known.shape[1] == 1 else MOST_DRAWS_OF_SEVERAL
    rows = slice(0, table.draws, max(-(-table.draws // most), 1))
    order = sorted(range(len(table.strategies)), key=lambda place: table.strategies[place])
    targets = np.hstack([_between(table.costs[rows][:, order]), _between(table.effects[rows][:, order])])
    return ConditionalMeans(rows, fit(known.iloc[rows], targets), len(table.strategies), label)


def values_of_knowing(
    means: ConditionalMeans, willingness_to_pay: Sequence[float], shrinking: Sequence[Floats] | None = None
) -> list[ConditionalValue]:
    """Expected gain of deciding after the numbers are known, at each willingness to pay.

    `shrinking`: for each willingness to pay a matrix (strategies, strategies), both in the order of names, that draws
    the fitted net benefits towards their mean, for numbers that are known in part.

    The maximum of fitted means is too high by what chance in the fit adds. That is taken off: the fit is repeated with
    coefficients drawn from their sampling law, and the mean rise is subtracted; what falls below 0 is 0. The standard
    error is that of the coefficients (from their posterior law, Strong et al. 2014) and that of the mean over draws,
    as if draws were independent. A value near 0 can be wrong to one side only; there the part above it counts.
    """
    whole = np.eye(means.strategies)
    cases = list(zip(willingness_to_pay, shrinking or [whole] * len(willingness_to_pay), strict=True))
    benefits = [means.net_benefit(w) for w, _ in cases]
    rises = _differences(means, cases, as_posterior=False).mean(axis=0)
    moves = _differences(means, cases, as_posterior=True)
    spread = np.maximum(moves.std(axis=0, ddof=1), np.quantile(moves, 0.975, axis=0) / 1.96)
    values = []
    for place, (w, matrix) in enumerate(cases):
        value = mean_gain(benefits[place], matrix) - max(float(rises[place]), 0.0)
        error = float(np.hypot(spread[place], _outer_error(benefits[place], matrix)))
        values.append(ConditionalValue(float(w), max(value, 0.0), error))
    return values


def drawn_in(benefit: Floats, shrinking: Floats) -> Floats:
    """Net benefits, shape (draws, strategies), with their deviations from the mean multiplied by a matrix."""
    mean = benefit.mean(axis=0)
    result: Floats = mean + (benefit - mean) @ shrinking
    return result


def generator(label: str) -> Generator:
    """Random numbers that depend on the name of what is estimated and on nothing else."""
    key = int.from_bytes(hashlib.blake2b(label.encode(), digest_size=16).digest(), "big")
    return Generator(Philox(key=key))


def _differences(means: ConditionalMeans, cases: Sequence[tuple[float, Floats]], *, as_posterior: bool) -> Floats:
    """What the value changes by when the fit is moved, shape (SIMULATIONS, cases)."""
    result = np.empty((SIMULATIONS, len(cases)))
    still: list[float] = []
    for number, (rows, deviations) in enumerate(means.simulated(as_posterior=as_posterior)):
        fitted = means.model.fitted[rows]
        if not still:
            still = [mean_gain(_net_benefit(fitted, w), matrix) for w, matrix in cases]
        moved = fitted + deviations
        result[number] = [mean_gain(_net_benefit(moved, w), matrix) for w, matrix in cases]
    return np.asarray(result - np.array(still))


def mean_gain(benefit: Floats, shrinking: Floats) -> float:
    """Mean of the best in each draw less the best of the means, of net benefits (draws, strategies) drawn in."""
    moved = drawn_in(benefit, shrinking)
    return float(moved.max(axis=1).mean() - moved.mean(axis=0).max())


def _outer_error(benefit: Floats, shrinking: Floats) -> float:
    """Standard error of `mean_gain` because draws are by chance, from the influence of each draw.

    A draw moves the mean about which net benefits are drawn in by all of its deviation.
    """
    moved = drawn_in(benefit, shrinking)
    best = int(np.argmax(moved.mean(axis=0)))
    chosen = np.bincount(np.argmax(moved, axis=1), minlength=moved.shape[1]) / len(moved)
    chosen[best] -= 1.0  # what the value gains as the mean of each strategy rises
    influence = moved.max(axis=1) - moved[:, best] + (benefit - moved) @ chosen
    return float(influence.std(ddof=1) / np.sqrt(len(influence)))


def _net_benefit(costs_and_effects: Floats, willingness_to_pay: float) -> Floats:
    strategies = costs_and_effects.shape[1] // 2
    result: Floats = willingness_to_pay * costs_and_effects[:, strategies:] - costs_and_effects[:, :strategies]
    return result


def _between(numbers: Floats) -> Floats:
    """Differences to the mean over strategies: what is common to all of them decides nothing and is chance only."""
    differences = numbers - numbers[:, :1]  # exactly 0 between equal strategies
    result: Floats = differences - differences.mean(axis=1, keepdims=True)
    return result
