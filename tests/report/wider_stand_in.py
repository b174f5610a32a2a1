"""Stand-ins for what came later: moves between states, subgroups, and the threshold analysis on scans per case."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sim.inputs.model_inputs import ModelInputs

FLOW_MONTHS = (0, 3, 6, 12, 24)


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def flows(names: list[str], patients: int, extra_qalys: dict[str, float]) -> pd.DataFrame:
    """Everybody starts in pain; a share heals in each span, one in a hundred dies in the last, nobody relapses."""
    rows = []
    for name in names:
        well, ill = 0, patients
        for start, end in itertools.pairwise(FLOW_MONTHS):
            healed = int(ill * min(0.4 + extra_qalys[name], 1.0))
            dead = patients // 100 if end == FLOW_MONTHS[-1] else 0
            moves = {
                ("well", "well"): well,
                ("symptomatic", "well"): healed,
                ("symptomatic", "dead"): dead,
                ("symptomatic", "symptomatic"): ill - healed - dead,
            }
            rows += [(name, start, end, *states, count) for states, count in moves.items() if count]
            well, ill = well + healed, ill - healed - dead
    return pd.DataFrame(rows, columns=["strategy", "from_months", "to_months", "from_state", "to_state", "patients"])


def subgroups(inputs: ModelInputs, costs: dict, qalys: dict, random: np.random.Generator) -> pd.DataFrame:
    """Each patient is put into one group of each dimension by chance; half of them are women, one in ten is old."""
    comparator, threshold = inputs.scenario.comparator, inputs.setting.thresholds[0]
    patients = len(costs[comparator])
    shares = {
        "site": {"hip": 0.25, "knee": 0.75},
        "sex": {"female": 0.5, "male": 0.5},
        "age_band": {"18-39": 0.3, "40-54": 0.6, "55 and over": 0.1},
    }
    rows = []
    for dimension, groups in shares.items():
        drawn = random.choice(list(groups), size=patients, p=list(groups.values()))
        for group, name in itertools.product(groups, costs):
            here = drawn == group
            gain = threshold * (qalys[name] - qalys[comparator]) - (costs[name] - costs[comparator])
            row: dict[str, Any] = {"dimension": dimension, "group": group, "strategy": name, "patients": here.sum()}
            for column, values in {
                "cost": costs[name],
                "qalys": qalys[name],
                "incremental_cost": costs[name] - costs[comparator],
                "incremental_qalys": qalys[name] - qalys[comparator],
                "net_benefit_gain": gain,
            }.items():
                row[column], row[f"{column}_se"] = mean_and_error(values[here])
            rows.append(row | {"symptom_months": 7.4, "pain_years": 3.1})
    return pd.DataFrame(rows)


SCANS, COST_OF_A_SCAN, SCANS_TRIED = 15.0, 200.0, (1.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 43.0)


def with_early_mri(results: Any) -> Any:
    """The same, as if `zoledronate` asked for MRI at first contact: worth its cost up to 10 scans at 35,000."""
    now = {25000.0: -3100.0, 35000.0: -1000.0}  # net benefit gained over the comparator at 15 scans
    limit = {wtp: SCANS + gain / COST_OF_A_SCAN for wtp, gain in now.items()}
    rows = [
        {
            "strategy": "zoledronate",
            "comparator": "supportive",
            "willingness_to_pay": wtp,
            "scans_per_case": SCANS,
            "cost_per_scan": COST_OF_A_SCAN,
            "increment_now": gain,
            "threshold_scans": limit[wtp],
            "threshold_low": limit[wtp] - 0.6,
            "threshold_high": limit[wtp] + 0.6,
        }
        for wtp, gain in now.items()
    ]
    rows[0] |= dict.fromkeys(("threshold_scans", "threshold_low", "threshold_high"), np.nan)
    curve = [
        {
            "strategy": "zoledronate",
            "comparator": "supportive",
            "willingness_to_pay": wtp,
            "scans_per_case": scans,
            "increment": gain - COST_OF_A_SCAN * (scans - SCANS),
            "standard_error": 5.0 * scans,
        }
        for (wtp, gain), scans in itertools.product(now.items(), SCANS_TRIED)
    ]
    return replace(results, scan_threshold=pd.DataFrame(rows), scan_threshold_curve=pd.DataFrame(curve))
