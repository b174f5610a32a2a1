"""Takes the chance among simulated patients out of the spread between the draws of a probabilistic analysis.

A draw's mean over finitely many patients is its expected value plus noise. The noise widens the spread between draws,
pulls acceptability towards one half and lifts the value of information. How much of the spread it is follows from the
analysis of variance of O'Hagan, Stevenson and Madan (2007, Health Economics 16:1009-1023): the covariance between draws
T is that by the parameters, P, plus the mean covariance of the noise, W. That the draws themselves are then shrunk
towards their mean until their covariance is P = T - W is ours.

The shrinking is linear, so it sets means and covariances right. A shape that is not Gaussian is kept as it is in the
noisy draws: where noise is most of the spread, tails and skewness are those of the noise.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sim.analysis.draw_moments import DrawMoments, moments_of, numbers_of
from sim.analysis.psa_table import Floats, PsaTable

ROUNDING = 1e-12  # an increment whose spread is a smaller share of the numbers themselves is rounding: left as it is
COLLINEAR = 1e-10  # directions with a smaller share of the variance of standardised numbers are taken for exact ties


@dataclass(frozen=True, eq=False)
class Shrinking:
    """Moves increments u of a draw to means + matrix (u - means).

    Increments are the numbers of the first strategy and the differences of the others from it: costs, then effects, of
    S strategies. means: (2S,). matrix: (2S, 2S). twins: (2S,), the place of the first number that is the same in every
    draw; its own place if there is none before it.
    """

    means: Floats
    matrix: Floats
    twins: npt.NDArray[np.intp]

    def numbers(self, increments: Floats) -> Floats:
        """The costs and effects, shape (2S, draws), of shrunk `increments` of the same shape."""
        moved: Floats = np.einsum("ij,jd->id", self.matrix, increments - self.means[:, None])
        moved += self.means[:, None]
        strategies = len(moved) // 2
        moved[1:strategies] += moved[0]
        moved[strategies + 1 :] += moved[strategies]
        copies = self.twins != np.arange(len(moved))
        moved[copies] = moved[self.twins[copies]]
        return moved


def without_noise(table: PsaTable) -> PsaTable:
    """The table with the same means, and between its draws the covariance by the parameters alone; its noise is None.

    With T = C C' and M = I - C^-1 W C^-T a draw x becomes mean + C M^(1/2) C^-1 (x - mean). Eigenvalues of M below 0
    are chance and set to 0; the smallest ones above 0 pay for them (see `_parameter_shares`). The result does not
    depend on which C is taken, nor on units or on the strategy that comes first; a difference between two strategies
    that is 0 in every draw stays exactly 0. With fewer than some 10 draws a strategy it is coarse. Noise that all draws
    share is left: it is not in their spread. A table without noise is returned as it is.
    """
    if table.noise is None:
        return table
    increments, twins = increments_of(table)
    moved = shrinking(moments_of(increments), table.noise.mean(axis=0), twins).numbers(increments).T
    strategies = len(table.strategies)
    return replace(table, costs=moved[:, :strategies], effects=moved[:, strategies:], noise=None)


def increments_of(table: PsaTable) -> tuple[Floats, npt.NDArray[np.intp]]:
    """A copy of all draws as increments, shape (2S, draws), and their twins: see Shrinking."""
    numbers = numbers_of(table, slice(0, table.draws))
    strategies = len(table.strategies)
    twins = np.arange(len(numbers))
    for start in (0, strategies):
        for place in range(start, start + strategies):
            same = (other for other in range(start, place) if np.array_equal(numbers[other], numbers[place]))
            twins[place] = next(same, place)
    numbers[1:strategies] -= numbers[0]
    numbers[strategies + 1 :] -= numbers[strategies]
    return numbers, twins


def shrinking(increments: DrawMoments, noise: Floats, twins: npt.NDArray[np.intp]) -> Shrinking:
    """How draws are moved whose increments have these moments, and whose mean `noise` is (2S, 2S), of the numbers."""
    size = len(twins)
    total, noise = increments.covariance, noise_of_increments(noise)
    spread = np.sqrt(np.diagonal(total))
    scale = np.repeat(np.abs(increments.means[[0, size // 2]]), size // 2)
    kept = np.flatnonzero((twins == np.arange(size)) & (spread > ROUNDING * scale))
    matrix = np.eye(size)
    if len(kept):
        square, units = np.ix_(kept, kept), np.outer(spread[kept], spread[kept])
        shrunk = _shrunk(total[square] / units, noise[square] / units)
        matrix[square] = shrunk * spread[kept][:, None] / spread[kept][None, :]
    return Shrinking(increments.means, matrix, twins)


def noise_of_increments(noise: Floats) -> Floats:
    """Covariance of the first strategy and of the differences from it, from that of the numbers (2S, 2S)."""
    strategies = len(noise) // 2
    result = noise.copy()
    for first in (0, strategies):
        rest = slice(first + 1, first + strategies)
        result[rest] -= result[first]
        result[:, rest] -= result[:, [first]]
    return result


def _shrunk(total: Floats, noise: Floats) -> Floats:
    """C M^(1/2) C^-1 of standardised numbers: `total` has ones on its diagonal, and may be singular."""
    values, vectors = np.linalg.eigh(total)
    known = values > COLLINEAR * values[-1]
    root = np.sqrt(values[known])
    whiten, colour = (vectors[:, known] / root).T, vectors[:, known] * root
    noises, axes = np.linalg.eigh(whiten @ noise @ whiten.T)
    remaining: Floats = colour @ (axes * np.sqrt(_parameter_shares(noises))) @ axes.T @ whiten
    return remaining


def _parameter_shares(noises: Floats) -> Floats:
    """The share of the variance that is left along each axis, where `noises`, rising, is the share of the noise.

    A share of noise above 1 is chance: the parameters cannot have a negative variance. To cut it to 1 and do no more
    would keep the axes on which chance went the other way, and with them too much variance in all. So what is cut, in
    units of the noise, is taken from the axes with the least variance by parameters.
    """
    noises = np.maximum(noises, 0.0)  # below 0 only by rounding where a noise was taken from numbers much larger
    shares = np.maximum(1.0 - noises, 0.0)
    debt = float((1.0 - 1.0 / noises[noises > 1.0]).sum())
    for axis in np.flatnonzero(shares > 0.0)[::-1]:
        paid = min(debt * noises[axis], shares[axis])
        shares[axis] -= paid
        debt -= paid / noises[axis] if noises[axis] > 0.0 else debt
    return shares
