"""What it is worth to choose a strategy for each group of people by itself, instead of one for all.

The value of stratified decisions is the mean of what the best strategy of his own group gives a person over what the
best strategy of all gives him (Espinoza, Manca, Claxton and Sculpher 2014, Medical Decision Making 34:951-964, static
value of heterogeneity).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.steps import Floats
from sim.vocabulary.errors import InputError

LEAST_GAIN = 1e-6  # of money; less is rounding, and no reason to choose otherwise


def subgroup_value(
    net_benefits: Floats, groups: npt.NDArray[Any], strategies: list[str]
) -> tuple[dict[str, Any], pd.DataFrame]:
    """The value of deciding by group, and what is chosen in each.

    net_benefits: shape (patients, strategies), of the same patients under every strategy. groups: the group of each
    patient, shape (patients,). With b(g) the strategy of the highest mean in group g and b the highest of all, patient
    i contributes d_i = NB[i, b(g_i)] - NB[i, b]; the value is the mean of d, its standard error their standard
    deviation / sqrt(patients), which contains the chance in the sizes of the groups.

    The choice is made from the numbers that value it, so the value is mostly too high: a group without a true
    difference picks what chance favours. `value_other_half` is on the safe side: every other patient of a group has the
    b(g) that the rest of the group suggest, and the other way round (b where there is no rest). No choice made
    elsewhere can give more than the best one, and the highest mean of all is, if anything, too high: so its expectation
    is never above the true value.

    First: dict of best_for_all, groups (how many), patients, value, value_se, value_other_half, value_other_half_se.
    Second: a row a group in the order of names: group, share, patients, best, best_for_all, gain (mean of d in the
    group), gain_se (nan for a single patient). Raises InputError for shapes that do not fit or no patients.
    """
    if net_benefits.shape != (len(groups), len(strategies)) or len(groups) == 0:
        what = f"{net_benefits.shape} are not the net benefits of {len(groups)} patients, {len(strategies)} strategies"
        raise InputError("subgroup value", what, "Give a row a patient and a column a strategy.")
    names, codes = np.unique(groups.astype(str), return_inverse=True)
    best_of_all = int(np.argmax(net_benefits.mean(axis=0)))
    best = _best_by_group(net_benefits, codes, len(names), best_of_all)
    contributions = _contributions(net_benefits, codes, best_of_all, best)
    places = np.empty(len(codes), np.int64)
    for code in range(len(names)):
        places[codes == code] = np.arange(np.sum(codes == code))
    even = places % 2 == 0
    crossed = np.zeros(len(codes))
    for half in (even, ~even):
        elsewhere = _best_by_group(net_benefits[~half], codes[~half], len(names), best_of_all)
        crossed[half] = _contributions(net_benefits[half], codes[half], best_of_all, elsewhere)
    value = {
        "groups": len(names),
        "patients": len(codes),
        "best_for_all": strategies[best_of_all],
        "value": float(contributions.mean()),
        "value_se": _error(contributions),
        "value_other_half": float(crossed.mean()),
        "value_other_half_se": _error(crossed),
    }
    rows = [
        {
            "group": str(name),
            "share": float(np.mean(codes == code)),
            "patients": int(np.sum(codes == code)),
            "best": strategies[best[code]],
            "best_for_all": strategies[best_of_all],
            "gain": float(contributions[codes == code].mean()),
            "gain_se": _error(contributions[codes == code]),
        }
        for code, name in enumerate(names)
    ]
    return value, pd.DataFrame(rows)


def _best_by_group(
    net_benefits: Floats, codes: npt.NDArray[np.intp], groups: int, best_of_all: int
) -> npt.NDArray[np.intp]:
    """The best strategy of each group: another one than that of all only if it gives more there."""
    best = np.full(groups, best_of_all)
    for code in np.unique(codes):
        means = net_benefits[codes == code].mean(axis=0)
        if means.max() > means[best_of_all] + LEAST_GAIN:
            best[code] = np.argmax(means)
    return best


def _contributions(
    net_benefits: Floats, codes: npt.NDArray[np.intp], best_of_all: int, best: npt.NDArray[np.intp]
) -> Floats:
    """Shape (patients,): what the choice of his group gives each over the choice of all."""
    own: Floats = net_benefits[np.arange(len(codes)), best[codes]]
    return own - net_benefits[:, best_of_all]


def _error(numbers: Floats) -> float:
    return float(numbers.std(ddof=1) / np.sqrt(len(numbers))) if len(numbers) > 1 else float("nan")
