"""A smooth surface over one or two factors: polynomials whose degree leaves the points that are left out best told."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.polynomial.legendre import legvander

Floats = npt.NDArray[np.float64]

HIGHEST_DEGREE = 6
POINTS_A_TERM = 3  # no more terms than a third of the points
MOST_LEVERAGE = 0.999


@dataclass(frozen=True, eq=False)
class Surface:
    """A fitted mean over factors of the unit interval.

    told: the share of the variance that it tells of points left out of the fit; what other factors and chance do is
    not told.
    """

    degree: int
    coefficients: Floats
    told: float

    def at(self, units: Floats) -> Floats:
        """The mean at places of shape (n, factors), each factor from 0 to 1."""
        result: Floats = terms(units, self.degree) @ self.coefficients
        return result


def fit_surface(units: Floats, values: Floats) -> Surface:
    """The mean of `values`, shape (n,), given `units`, shape (n, factors), each factor scaled to 0 to 1.

    Least squares on products of Legendre polynomials up to a total degree: a response surface in the manner of Box and
    Wilson (1951, Journal of the Royal Statistical Society B 13:1-45). The degree, 0 to 6, is that of the smallest
    squared error of leaving one point out, which is exact for least squares.
    """
    degree, told = 0, 0.0
    for tried, shares in scored(units, values[:, None]):
        if shares[0] > told:
            degree, told = tried, float(shares[0])
    coefficients = np.linalg.lstsq(terms(units, degree), values, rcond=None)[0].astype(np.float64)
    return Surface(degree, coefficients, told)


def scored(units: Floats, values: Floats) -> Iterator[tuple[int, Floats]]:
    """For each degree that the points allow: the degree, and the share that it tells (`left_out_share`) of each output.

    values: shape (n, outputs).
    """
    highest = min(HIGHEST_DEGREE, *(len(np.unique(column)) - 1 for column in units.T))
    counts = [math.comb(degree + units.shape[1], degree) for degree in range(highest + 1)]
    while counts and counts[-1] * POINTS_A_TERM > len(values):
        counts.pop()
    if len(counts) > 1:
        shares = _shares(terms(units, len(counts) - 1), values, counts)
        yield from ((degree, shares[degree]) for degree in range(1, len(counts)))


def left_out_share(columns: Floats, values: Floats) -> Floats:
    """Share of the variance of each output that a fit on `columns` tells of points left out of it.

    Below 0 where the mean of the other points is the better guess; nan for an output that never varies.
    """
    return _shares(columns, values, [columns.shape[1]])[0]


def _shares(columns: Floats, values: Floats, counts: list[int]) -> list[Floats]:
    """As `left_out_share`, for fits on the first so many columns."""
    points = len(values)
    left = values - values.mean(axis=0)
    whole = np.sum(left * left, axis=0) * (points / (points - 1.0)) ** 2
    whole = np.where(whole > 0.0, whole, np.nan)
    basis = np.linalg.qr(columns)[0]
    leverage, shares, done = np.zeros(points), [], 0
    for count in counts:
        more = basis[:, done:count]
        left = left - more @ (more.T @ left)
        leverage += np.sum(more * more, axis=1)
        errors = left / (1.0 - np.minimum(leverage, MOST_LEVERAGE))[:, None]
        shares.append(1.0 - np.sum(errors * errors, axis=0) / whole)
        done = count
    return shares


def terms(units: Floats, degree: int) -> Floats:
    """Products of Legendre polynomials on 0 to 1, of total degree up to `degree`: shape (n, terms), by degree."""
    columns: list[tuple[int, Floats]] = [(0, np.ones(len(units)))]
    for column in units.T:
        curve = legvander(2.0 * column - 1.0, degree)
        columns = [(used + more, one * curve[:, more]) for used, one in columns for more in range(degree - used + 1)]
    return np.column_stack([one for _, one in sorted(columns, key=lambda pair: pair[0])])
