"""What it would be worth to choose the strategy by site, sex or age instead of once for all."""

from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.subgroup_value import subgroup_value
from sim.experiments.cells import AGE_BANDS, DIMENSIONS
from sim.experiments.run import run
from sim.inputs.model_inputs import ModelInputs

Rows = list[dict[str, Any]]

ALL = "all three"


def group_choices(people: pd.DataFrame, strategies: list[str], thresholds: tuple[float, ...]) -> tuple[Rows, Rows]:
    """Rows of `subgroup_value` and `subgroup_choice` of dsa_results.py.

    people: `patients` of a run that kept them, a row a strategy and patient.
    """
    of_one = people[people["strategy"] == strategies[0]]
    groups = _groups(of_one)
    costs, effects = (
        np.column_stack([people.loc[people["strategy"] == name, outcome].to_numpy(float) for name in strategies])
        for outcome in ("cost_discounted", "qalys_discounted")
    )
    values: Rows = []
    choices: Rows = []
    for threshold in thresholds:
        for dimension, labels in groups.items():
            about = {"dimension": dimension, "willingness_to_pay": threshold}
            value, chosen = subgroup_value(threshold * effects - costs, labels.to_numpy(), strategies)
            values.append(about | value)
            order = {group: place for place, group in enumerate(DIMENSIONS.get(dimension, ()))}
            chosen = chosen.sort_values("group", key=lambda names, order=order: names.map(order).fillna(0.0))
            choices += [about | row for row in chosen.to_dict("records")]
    return values, choices


def simulated_group_choices(inputs: ModelInputs, patients: int, threads: int | None) -> tuple[Rows, Rows]:
    """The same from a run of the scenario of `inputs`, with that many patients."""
    results = run(inputs.scenario, patients=patients, threads=threads, keep_patients=True)
    if results.patients is None:
        return [], []
    return group_choices(results.patients, list(inputs.strategies), inputs.setting.thresholds)


def _groups(people: pd.DataFrame) -> dict[str, "pd.Series[Any]"]:
    """The group of each patient in each dimension."""
    starts = list(AGE_BANDS.values())[1:]
    years = people["age_years"] + people["entry_years"]
    bands = np.array(list(AGE_BANDS))[np.searchsorted(starts, years, side="right")]
    groups = {
        "site": people["site"].astype(str),
        "sex": people["sex"].astype(str),
        "age_band": pd.Series(bands, index=people.index),
    }
    return groups | {ALL: groups["site"] + ", " + groups["sex"] + ", " + groups["age_band"]}
