"""What each factor tells by itself, from any design whose factors vary independently: no blocks are needed."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.global_sensitivity import SOBOL_COLUMNS, WIDTH_95, varies
from sim.analysis.response_surface import left_out_share, scored

Floats = npt.NDArray[np.float64]

GROUPS = 20  # of the jackknife
LEAST_POINTS = 40
MOST_POINTS = 20_000  # more would take longer and tell no more
FEW_LEVELS = 8  # a factor with no more values is a choice: a mean for each


def main_effects(units: pd.DataFrame, outputs: pd.DataFrame) -> pd.DataFrame:
    """First-order indices from the points of a Latin hypercube, a Sobol sequence, an incomplete grid or a list.

    units: a row a point, a column a factor, scaled to 0 to 1. outputs: a row a point, a column an output; points with a
    missing one are left out, and beyond 20,000 points the later ones. The mean given the factor is a polynomial, or a
    mean for each value of a factor of few values. Its share of the variance is that of points left out of the fit, so
    that a factor without effect gets 0 and not a little more. Intervals: 1.96 jackknife standard errors over 20 groups
    of points. Only factors that vary independently of one another have shares that mean something. Columns as those of
    `sobol_indices`, `total` missing; without rows for fewer than 40 points.
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
        share = np.where(known, _share(column, values), np.nan)
        half = WIDTH_95 * _jackknife(column, values)
        rows += [
            (label, str(factor), one, one - wide, one + wide, np.nan, np.nan, np.nan)
            for label, one, wide in zip(outputs.columns, share, half, strict=True)
        ]
    frame = pd.DataFrame(rows, columns=list(SOBOL_COLUMNS))
    order = {label: place for place, label in enumerate(outputs.columns)}
    return frame.sort_values("output", key=lambda one: one.map(order), kind="stable", ignore_index=True)


def _share(column: Floats, values: Floats) -> Floats:
    """Share of the variance of each output that the factor tells by itself; 0 where it tells nothing."""
    best = np.zeros(values.shape[1])
    distinct, codes = np.unique(column, return_inverse=True)
    if len(distinct) < 2:
        return best
    if len(distinct) <= FEW_LEVELS:
        shares = left_out_share(np.eye(len(distinct))[codes], values)
        return np.fmax(best, shares)
    for _, shares in scored(column[:, None], values):
        best = np.fmax(best, shares)
    return best


def _jackknife(column: Floats, values: Floats) -> Floats:
    """Standard error of the shares, from leaving out each of 20 groups of points in turn."""
    groups = np.arange(len(column)) % GROUPS
    found = np.array([_share(column[groups != one], values[groups != one]) for one in range(GROUPS)])
    result: Floats = np.sqrt((GROUPS - 1.0) / GROUPS * np.sum((found - found.mean(axis=0)) ** 2, axis=0))
    return result
