"""How many scans a case may cost before early MRI is no longer worth it: the table and its curve.

Early MRI scans many people who turn out not to have the disease; each case bears all scans it takes to find one. That
number is poorly known, and cost is a straight line in it: every first scan of an early strategy is charged
`early_scans_per_case_count` times.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.break_even import break_even, gain_by_amount
from sim.experiments.cells import (
    COST_EFFECT,
    COST_SCANS,
    EFFECT_SCANS,
    GAINED_COST,
    GAINED_EFFECT,
    SCANS,
    CellSums,
    covariance_of_means,
    error_of_means,
    of_all,
)
from sim.inputs.model_inputs import ModelInputs

SCANS_SHOWN = (1, 3, 5, 10, 15, 20, 30, 43)  # from the case alone to the highest number in the evidence
THRESHOLD_COLUMNS = {
    "amount_now": "scans_per_case",
    "price": "cost_per_scan",
    "gain_now": "increment_now",
    "break_even": "threshold_scans",
    "low": "threshold_low",
    "high": "threshold_high",
}
CURVE_COLUMNS = {"amount": "scans_per_case", "gain": "increment"}


def early_strategies(inputs: ModelInputs) -> list[str]:
    """Those that scan at first contact; none where the comparator does so too, for then scans make no difference."""
    strategies = inputs.strategies
    if strategies[inputs.scenario.comparator].acts_before_diagnosis:
        return []
    return [name for name, strategy in strategies.items() if strategy.acts_before_diagnosis]


def scan_increments(sums: CellSums, inputs: ModelInputs, tariff: npt.NDArray[Any]) -> pd.DataFrame:
    """The increments of the early strategies to the comparator, with the discounted number of their first scans.

    Columns as `break_even` reads them.
    """
    record, names = tariff[0], list(inputs.strategies)
    early = [names.index(name) for name in early_strategies(inputs)]
    one = of_all(sums)
    variances = error_of_means(one) ** 2
    return pd.DataFrame(
        {
            "strategy": [names[s] for s in early],
            "comparator": inputs.scenario.comparator,
            "amount_now": inputs.parameters.quantity("early_scans_per_case_count").value,
            "price": float(np.sum(record["in_perspective"] * record["scan_cost_per_case"])),
            "cost": one.means[early, GAINED_COST],
            "effect": one.means[early, GAINED_EFFECT],
            "use": one.means[early, SCANS],
            "cost_variance": variances[early, GAINED_COST],
            "effect_variance": variances[early, GAINED_EFFECT],
            "use_variance": variances[early, SCANS],
            "cost_effect_covariance": covariance_of_means(one, COST_EFFECT)[early],
            "cost_use_covariance": covariance_of_means(one, COST_SCANS)[early],
            "effect_use_covariance": covariance_of_means(one, EFFECT_SCANS)[early],
        }
    )


def scan_threshold_frames(
    sums: CellSums, inputs: ModelInputs, tariff: npt.NDArray[Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of thresholds and the curve, both empty when no strategy scans early; columns stand in results.py."""
    increments = scan_increments(sums, inputs, tariff)
    thresholds = inputs.setting.thresholds
    table = break_even(increments, thresholds).rename(columns=THRESHOLD_COLUMNS)
    curve = gain_by_amount(increments, thresholds, SCANS_SHOWN).rename(columns=CURVE_COLUMNS)
    return table, curve
