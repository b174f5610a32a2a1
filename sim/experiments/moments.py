"""Means, spreads and paired spreads of a block of courses, and how two of them are put together.

Spreads are held as sums of squared deviations from the mean, formed in two passes in a block and merged by the update
of Chan, Golub and LeVeque (1983, doi 10.1080/00031305.1983.10483115). A plain sum of squares would lose the small
differences between strategies in the large numbers they have in common.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]


@dataclass
class Moments:
    """Of S strategies and F outcomes; an outcome that is nan for a patient is left out for him.

    counts, means, squares (sums of squared deviations): shape (S, F). pair_squares: shape (S, S, F), the same of the
    differences within a patient, first strategy minus second; only of use for outcomes that are never missing.
    products: shape (S, S), sums of products of the deviations of cost and effect: on the diagonal of the strategy
    itself, beside it of the differences.
    """

    counts: Floats
    means: Floats
    squares: Floats
    pair_squares: Floats
    products: Floats


def no_moments(strategies: int, outcomes: int) -> Moments:
    """Of no patients at all."""
    shape = (strategies, outcomes)
    pairs = np.zeros((strategies, *shape))
    return Moments(np.zeros(shape), np.zeros(shape), np.zeros(shape), pairs, np.zeros((strategies, strategies)))


def moments_of(courses: Floats, cost: int, effect: int) -> Moments:
    """The moments of `courses`, shape (strategies, patients, outcomes); `cost` and `effect` are places of outcomes."""
    result = no_moments(courses.shape[0], courses.shape[2])
    _fill(courses, cost, effect, result.counts, result.means, result.squares, result.pair_squares, result.products)
    return result


@njit(cache=True, nogil=True)
def _fill(
    courses: Floats,
    cost: int,
    effect: int,
    counts: Floats,
    means: Floats,
    squares: Floats,
    pair_squares: Floats,
    products: Floats,
) -> None:
    """Two passes over one block; patients are added one after the other, so the sums have one order."""
    strategies, patients, outcomes = courses.shape
    for s in range(strategies):
        for i in range(patients):
            for f in range(outcomes):
                known = courses[s, i, f] == courses[s, i, f]
                counts[s, f] += 1.0 if known else 0.0
                means[s, f] += courses[s, i, f] if known else 0.0
        for f in range(outcomes):
            means[s, f] /= max(counts[s, f], 1.0)
        for i in range(patients):
            for f in range(outcomes):
                deviation = courses[s, i, f] - means[s, f]
                squares[s, f] += deviation * deviation if deviation == deviation else 0.0
            products[s, s] += (courses[s, i, cost] - means[s, cost]) * (courses[s, i, effect] - means[s, effect])
    for a in range(strategies):
        for b in range(a):
            for i in range(patients):
                for f in range(outcomes):
                    deviation = (courses[a, i, f] - courses[b, i, f]) - (means[a, f] - means[b, f])
                    pair_squares[a, b, f] += deviation * deviation
                products[a, b] += ((courses[a, i, cost] - courses[b, i, cost]) - (means[a, cost] - means[b, cost])) * (
                    (courses[a, i, effect] - courses[b, i, effect]) - (means[a, effect] - means[b, effect])
                )
            pair_squares[b, a] = pair_squares[a, b]
            products[b, a] = products[a, b]


def merged(first: Moments, second: Moments, cost: int, effect: int) -> Moments:
    """The moments of the patients of both. The order matters in the last digits."""
    counts = first.counts + second.counts
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(counts > 0.0, second.counts / counts, 0.0)
    step = second.means - first.means
    means = first.means + step * share
    weight = first.counts * share
    pair_step = step[:, None, :] - step[None, :, :]
    pair_step[np.diag_indices(len(step))] = step
    cost_effect_weight = weight[:, cost]  # never missing: the same for every strategy
    products = first.products + second.products
    products += pair_step[:, :, cost] * pair_step[:, :, effect] * cost_effect_weight[:, None]
    pair_squares = first.pair_squares + second.pair_squares + pair_step * pair_step * weight[:, None, :]
    return Moments(counts, means, first.squares + second.squares + step * step * weight, pair_squares, products)
