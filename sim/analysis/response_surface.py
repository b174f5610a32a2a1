"""A smooth surface over one or two factors: polynomials whose degree leaves the points that are left out best told."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from numpy.polynomial.legendre import legvander

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

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


def fit_surface(units: Floats, values: Floats, blocks: Whole | None = None) -> Surface:
    """The mean of `values`, shape (n,), given `units`, shape (n, factors), each factor scaled to 0 to 1.

    Least squares on products of Legendre polynomials up to a total degree: a response surface in the manner of Box and
    Wilson (1951, Journal of the Royal Statistical Society B 13:1-45). The degree, 0 to 6, is that of the smallest
    squared error of leaving one point out, which is exact for least squares. blocks, shape (n,): numbers of blocks that
    are left out as a whole instead, for points that share their factors' values with others of their block (those of a
    trajectory of Morris, or of a block of Saltelli) are told by these whatever the fit.
    """
    degree, told = 0, 0.0
    for tried, shares in scored(units, values[:, None], blocks):
        if shares[0] > told:
            degree, told = tried, float(shares[0])
    coefficients = np.linalg.lstsq(terms(units, degree), values, rcond=None)[0].astype(np.float64)
    return Surface(degree, coefficients, told)


def scored(units: Floats, values: Floats, blocks: Whole | None = None) -> Iterator[tuple[int, Floats]]:
    """For each degree that the points allow: the degree, and the share that it tells (`left_out_share`) of each output.

    values: shape (n, outputs). blocks: as in `fit_surface`; degrees then need three blocks a term.
    """
    highest = min(HIGHEST_DEGREE, *(len(np.unique(column)) - 1 for column in units.T))
    counts = [math.comb(degree + units.shape[1], degree) for degree in range(highest + 1)]
    independent = len(values) if blocks is None else len(np.unique(blocks))
    while counts and counts[-1] * POINTS_A_TERM > independent:
        counts.pop()
    if len(counts) > 1:
        shares = _shares(terms(units, len(counts) - 1), values, counts, blocks)
        yield from ((degree, shares[degree]) for degree in range(1, len(counts)))


def left_out_share(columns: Floats, values: Floats, blocks: Whole | None = None) -> Floats:
    """Share of the variance of each output that a fit on `columns` tells of points, or `blocks`, left out of it.

    Below 0 where the mean of the other points is the better guess; nan for an output that never varies.
    """
    return _shares(columns, values, [columns.shape[1]], blocks)[0]


def _shares(columns: Floats, values: Floats, counts: list[int], blocks: Whole | None = None) -> list[Floats]:
    """As `left_out_share`, for fits on the first so many columns."""
    errors = _left_out_errors if blocks is None else partial(_left_out_blocks, blocks=blocks)
    whole = np.sum(errors(np.full((len(values), 1), len(values) ** -0.5), values) ** 2, axis=0)
    whole = np.where(whole > 0.0, whole, np.nan)
    basis = np.linalg.qr(columns)[0]
    return [1.0 - np.sum(errors(basis[:, :count], values) ** 2, axis=0) / whole for count in counts]


def _left_out_errors(basis: Floats, values: Floats) -> Floats:
    """Errors of each point when it is left out of a least squares fit on orthonormal columns."""
    left = values - basis @ (basis.T @ values)
    leverage = np.minimum(np.sum(basis * basis, axis=1), MOST_LEVERAGE)
    errors: Floats = left / (1.0 - leverage)[:, None]
    return errors


def _left_out_blocks(basis: Floats, values: Floats, blocks: Whole) -> Floats:
    """As `_left_out_errors`, when the whole block of a point is left out.

    With Q the rows of a block and r their residuals in the fit to all points, the errors are (1 - Q Q')^-1 r =
    r + Q (1 - Q'Q)^-1 Q' r.
    """
    left = values - basis @ (basis.T @ values)
    errors = left.copy()
    order = np.argsort(blocks, kind="stable")
    for chosen in np.split(order, np.flatnonzero(np.diff(blocks[order])) + 1):
        rows = basis[chosen]
        leverage, turned = np.linalg.eigh(rows.T @ rows)
        rows = rows @ turned
        errors[chosen] += rows @ ((rows.T @ left[chosen]) / (1.0 - np.minimum(leverage, MOST_LEVERAGE))[:, None])
    return errors


def terms(units: Floats, degree: int) -> Floats:
    """Products of Legendre polynomials on 0 to 1, of total degree up to `degree`: shape (n, terms), by degree."""
    columns: list[tuple[int, Floats]] = [(0, np.ones(len(units)))]
    for column in units.T:
        curve = legvander(2.0 * column - 1.0, degree)
        columns = [(used + more, one * curve[:, more]) for used, one in columns for more in range(degree - used + 1)]
    return np.column_stack([one for _, one in sorted(columns, key=lambda pair: pair[0])])
