"""Shares of variance in a full grid: every combination is there, so that averages take the place of estimates."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.global_sensitivity import SOBOL_COLUMNS, varies
from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]


def grid_indices(levels: pd.DataFrame, outputs: pd.DataFrame) -> pd.DataFrame:
    """First and total indices of the factors of a full grid, each level as probable as another.

    levels: a row a point, a column a factor; any values. outputs: a row a point, a column an output. first_order is the
    variance of the means by the factor's levels, total the mean of the variance along the factor, both over the whole
    variance (the functional analysis of variance behind Sobol's indices: Sobol' 2001, Mathematics and Computers in
    Simulation 55:271-280, doi:10.1016/S0378-4754(00)00270-6). Nothing is sampled, so that there are no intervals: low
    and high are nan. Columns as those of `sobol_indices`. Raises InputError when a combination is missing, double, or
    lacks an output.
    """
    codes = [pd.factorize(levels[name])[0] for name in levels.columns]
    shape = tuple(int(code.max()) + 1 for code in codes)
    values = outputs.to_numpy(dtype=np.float64)
    if int(np.prod(shape)) != len(values) or not np.isfinite(values).all() or levels.duplicated().any():
        raise InputError("grid", "it is not full: a combination is missing or without a result", "Use main effects.")
    table = np.empty((*shape, values.shape[1]))
    table[tuple(codes)] = values
    axes = tuple(range(len(shape)))
    variance = table.var(axis=axes)
    rows = []
    for place, label in enumerate(outputs.columns):
        known = varies(values[:, place])
        for axis, factor in enumerate(levels.columns):
            others = tuple(one for one in axes if one != axis)
            one = table[..., place]
            first = float(one.mean(axis=others).var() / variance[place]) if known else np.nan
            total = float(one.var(axis=axis).mean() / variance[place]) if known else np.nan
            rows.append((label, str(factor), first, np.nan, np.nan, total, np.nan, np.nan))
    return pd.DataFrame(rows, columns=list(SOBOL_COLUMNS))
