"""Means and covariance of costs and effects between the draws of a probabilistic analysis, in one pass over its table.

The numbers of one draw are taken as one vector: the costs of all strategies first, then their effects. Chunks are
merged by the update of Chan, Golub and LeVeque (1983, doi 10.1080/00031305.1983.10483115). Products are summed by
`einsum`, not by a matrix library, so that no digit depends on the number of threads.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.analysis.psa_table import Floats, PsaTable


@dataclass(frozen=True, eq=False)
class DrawMoments:
    """Of S strategies: draws, means (2S,), squares (2S, 2S), the sums of products of the deviations from the means."""

    draws: int
    means: Floats
    squares: Floats

    @property
    def covariance(self) -> Floats:
        """Between draws, shape (2S, 2S); zeros of a single draw, of which nothing is known."""
        return self.squares / max(self.draws - 1, 1)


def draw_moments(table: PsaTable) -> DrawMoments:
    """The moments of all draws."""
    return merged(moments_of(numbers_of(table, rows)) for rows in table.chunks())


def numbers_of(table: PsaTable, rows: slice) -> Floats:
    """A copy of some draws, shape (2 strategies, draws): costs first, then effects."""
    strategies = len(table.strategies)
    numbers = np.empty((2 * strategies, rows.stop - rows.start))
    numbers[:strategies] = table.costs[rows].T
    numbers[strategies:] = table.effects[rows].T
    return numbers


def moments_of(numbers: Floats) -> DrawMoments:
    """The moments of `numbers`, shape (2 strategies, draws)."""
    means = numbers.mean(axis=1)
    deviations = numbers - means[:, None]
    return DrawMoments(numbers.shape[1], means, np.einsum("id,jd->ij", deviations, deviations))


def merged(parts: Iterable[DrawMoments]) -> DrawMoments:
    """The moments of the draws of all parts, at least one; the order matters in the last digits only."""
    remaining = iter(parts)
    total = next(remaining)
    for part in remaining:
        draws = total.draws + part.draws
        step = part.means - total.means
        squares = total.squares + part.squares + np.outer(step, step) * (total.draws * part.draws / draws)
        total = DrawMoments(draws, total.means + step * (part.draws / draws), squares)
    return total


def covariance_of_means(table: PsaTable, moments: DrawMoments) -> Floats:
    """Covariance (2 strategies, 2 strategies) of the means over all draws, by draws and by patients.

    `moments` are those of `table`, noise left in: noise that is independent between draws is in their spread already.
    """
    covariance = moments.covariance / moments.draws
    return covariance if table.shared_noise is None else covariance + table.shared_noise


def contrast(strategies: int, strategy: int, comparator: int | None, effect: float, cost: float) -> Floats:
    """Weights, shape (2 strategies,), that make of a draw's numbers `effect` x its effect + `cost` x its cost.

    Taken of the strategy, less that of the comparator if there is one. At a willingness to pay w the weights (w, -1)
    give net benefit, (0, 1) cost, (1, 0) effect.
    """
    weights = np.zeros(2 * strategies)
    weights[strategy] += cost
    weights[strategies + strategy] += effect
    if comparator is not None:
        weights[comparator] -= cost
        weights[strategies + comparator] -= effect
    return weights


def variance_of(weights: Floats, covariance: Floats) -> float:
    """Variance of a weighted sum, never below 0."""
    return max(float(np.einsum("i,ij,j->", weights, covariance, weights)), 0.0)
