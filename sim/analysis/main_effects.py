"""What each factor tells by itself, from any design whose factors vary independently: no blocks are needed."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.global_sensitivity import SOBOL_COLUMNS, WIDTH_95, varies
from sim.analysis.response_surface import left_out_share, scored

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

GROUPS = 20  # of the jackknife
LEAST_POINTS = 40
MOST_POINTS = 20_000  # more would take longer and tell no more
NEARLY_ALL = 1.0 - 1e-12  # a share of which the correlation has an interval
FEW_LEVELS = 8  # a factor with no more values is a choice: a mean for each


def main_effects(units: pd.DataFrame, outputs: pd.DataFrame) -> pd.DataFrame:
    """First-order indices from the points of a Latin hypercube, a Sobol sequence, an incomplete grid or a list.

    units: a row a point, a column a factor, scaled to 0 to 1. outputs: a row a point, a column an output; points with a
    missing one are left out, and beyond 20,000 points the later ones. The mean given the factor is a polynomial, or a
    mean for each value of a factor of few values. Its share of the variance is that of points left out of the fit, so
    that a factor without effect gets 0 and not a little more.

    Intervals (95 %) hold two: 1.96 jackknife standard errors over 20 groups of points, of the share at the degree that
    all points choose; and the square of Fisher's interval for a correlation, which near 0, where the share hardly moves
    when points are left out, is the wider one (Fisher 1915, Biometrika 10:507-521, doi:10.1093/biomet/10.4.507). Only
    factors that vary independently of one another have shares that mean something. Columns as those of `sobol_indices`,
    `total` missing; without rows for fewer than 40 points.
    """
    values = outputs.to_numpy(dtype=np.float64)
    there = np.flatnonzero(np.isfinite(values).all(axis=1))[:MOST_POINTS]
    if len(there) < LEAST_POINTS:
        return pd.DataFrame(columns=list(SOBOL_COLUMNS))
    values = values[there]
    known = np.array([varies(column) for column in values.T])
    rows = []
    for factor in units.columns:
        column = units[factor].to_numpy(dtype=np.float64)[there]
        share, degrees = _share(column, values)
        share = np.where(known, share, np.nan)
        half = WIDTH_95 * _jackknife(column, values, degrees)
        least, most = _of_a_correlation(share, len(there))
        low, high = np.maximum(np.minimum(share - half, least), 0.0), np.maximum(share + half, most)
        rows += [
            (label, str(factor), *told, np.nan, np.nan, np.nan)
            for label, *told in zip(outputs.columns, np.maximum(share, 0.0), low, high, strict=True)
        ]
    frame = pd.DataFrame(rows, columns=list(SOBOL_COLUMNS))
    order = {label: place for place, label in enumerate(outputs.columns)}
    return frame.sort_values("output", key=lambda one: one.map(order), kind="stable", ignore_index=True)


def _of_a_correlation(share: Floats, points: int) -> tuple[Floats, Floats]:
    """Ends of Fisher's 95 % interval for a correlation, squared.

    A share of points left out is below the square of the correlation by what the fit of a line costs, some 2 in so many
    points; the upper end counts from that square.
    """
    fitted = 1.0 - (1.0 - share) * ((points - 2.0) / (points - 1.0)) ** 2
    low, high = (np.arctanh(np.sqrt(np.clip(one, 0.0, NEARLY_ALL))) for one in (share, fitted))
    half = WIDTH_95 / np.sqrt(points - 3.0)
    return np.tanh(np.maximum(low - half, 0.0)) ** 2, np.tanh(high + half) ** 2


def _share(column: Floats, values: Floats) -> tuple[Floats, Whole]:
    """Share of the variance of each output that the factor tells by itself, and the degree of the polynomial for it.

    The degree is 0 for a mean at each of few values, and where a factor does not vary, which tells nothing.
    """
    by_degree = _shares(column, values)
    degrees = np.array(sorted(by_degree))
    shares = np.array([by_degree[degree] for degree in degrees])
    best = np.argmax(np.nan_to_num(shares, nan=-np.inf), axis=0)
    return shares[best, np.arange(values.shape[1])], degrees[best]


def _shares(column: Floats, values: Floats) -> dict[int, Floats]:
    """The shares at each degree that is tried."""
    distinct, codes = np.unique(column, return_inverse=True)
    if len(distinct) < 2:
        return {0: np.zeros(values.shape[1])}
    if len(distinct) <= FEW_LEVELS:
        return {0: left_out_share(np.eye(len(distinct))[codes], values)}
    return dict(scored(column[:, None], values))


def _jackknife(column: Floats, values: Floats, degrees: Whole) -> Floats:
    """Standard error of the shares at their degrees, from leaving out each of 20 groups of points in turn."""
    groups = np.arange(len(column)) % GROUPS
    found = np.empty((GROUPS, values.shape[1]))
    for one in range(GROUPS):
        shares = _shares(column[groups != one], values[groups != one])
        found[one] = [shares.get(degree, shares[max(shares)])[place] for place, degree in enumerate(degrees)]
    result: Floats = np.sqrt((GROUPS - 1.0) / GROUPS * np.sum((found - found.mean(axis=0)) ** 2, axis=0))
    return result
