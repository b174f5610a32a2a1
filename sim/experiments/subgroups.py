"""The table of subgroups: what each strategy costs and gains by first site, sex and age at entry."""

from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.net_benefit import net_benefit_standard_error
from sim.experiments.cells import (
    COST,
    COST_EFFECT,
    DIMENSIONS,
    EFFECT,
    GAINED_COST,
    GAINED_EFFECT,
    MONTHS,
    PAIN,
    CellSums,
    covariance_of_means,
    error_of_means,
    of_group,
)


def subgroup_frame(sums: CellSums, strategies: list[str], willingness_to_pay: float) -> pd.DataFrame:
    """A row a group and strategy; the columns stand in results.py. Groups without patients are left out."""
    rows: list[dict[str, Any]] = []
    for dimension, groups in DIMENSIONS.items():
        for group in groups:
            one = of_group(sums, dimension, group)
            if one.counts[0, COST] > 0.0:
                key = {"dimension": dimension, "group": group}
                rows += [key | row for row in _rows(one, strategies, willingness_to_pay)]
    return pd.DataFrame(rows)


def _rows(one: CellSums, strategies: list[str], willingness_to_pay: float) -> list[dict[str, Any]]:
    means = np.where(one.counts > 0.0, one.means, np.nan)
    errors, covariances = error_of_means(one), covariance_of_means(one, COST_EFFECT)
    rows = []
    for s, strategy in enumerate(strategies):
        row: dict[str, Any] = {"strategy": strategy, "patients": int(one.counts[s, COST])}
        for name, v in (("cost", COST), ("qalys", EFFECT)):
            row |= {name: means[s, v], f"{name}_se": errors[s, v]}
        row |= {"symptom_months": means[s, MONTHS], "pain_years": means[s, PAIN]}
        for name, v in (("incremental_cost", GAINED_COST), ("incremental_qalys", GAINED_EFFECT)):
            row |= {name: means[s, v], f"{name}_se": errors[s, v]}
        cost, effect = (errors[s, v] for v in (GAINED_COST, GAINED_EFFECT))
        row["net_benefit_gain"] = willingness_to_pay * means[s, GAINED_EFFECT] - means[s, GAINED_COST]
        error = net_benefit_standard_error(willingness_to_pay, cost, effect, covariances[s])
        rows.append(row | {"net_benefit_gain_se": error})
    return rows
