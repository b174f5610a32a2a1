"""One parameter at a time at both ends of its range, all others at their base values."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from sim.experiments.dsa_points import Simulator, change_error
from sim.experiments.points import PointResult
from sim.experiments.ranges import Range, has_range, moved
from sim.inputs.draws import sampled_parameters
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.tables import build_tables
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError

Progress = Callable[[int, int], None]
Rows = list[dict[str, Any]]


def parameters_with_range(inputs: ModelInputs) -> list[str]:
    """What a one-way analysis moves by default: all parameters with a range that this scenario reads, sorted.

    The uncertain ones are those that a probabilistic analysis samples. Of the fixed ones those of treatments are left
    out, for they are read whether or not a strategy gives the treatment.
    """
    fresh = replace(inputs, parameters=inputs.parameters.with_values({}))
    build_tables(fresh, 0)
    build_tariff(fresh)
    read = set(fresh.parameters.names()) - set(fresh.parameters.unread()) - set(inputs.scenario.parameters)
    choices = [
        name
        for name in read
        if inputs.parameters.quantity(name).distribution == "fixed" and not name.startswith("treatments.")
    ]
    names = sorted({*sampled_parameters(inputs), *choices})
    return [name for name in names if has_range(inputs.parameters.quantity(name))]


def one_way(
    simulator: Simulator, ranges: Sequence[Range], progress: Progress | None = None
) -> tuple[pd.DataFrame, Rows]:
    """A row a parameter, end and strategy, and refusals; as in dsa_results.py, with ends_se for the tornado."""
    parameters = simulator.inputs.parameters
    plan: list[tuple[Range, str, dict[str, float]]] = []
    refused: Rows = []
    for one in ranges:
        for end, limit in one.ends.items():
            try:
                plan.append((one, end, moved(parameters, one.name, limit.value)))
            except InputError as error:
                refused.append(_refusal(one, end, error.what))
    rows: Rows = []
    ends: dict[tuple[str, str], PointResult] = {}
    found = simulator.all([values for _, _, values in plan])
    for number, ((one, end, _), result) in enumerate(zip(plan, found, strict=True), start=1):
        if isinstance(result, str):
            refused.append(_refusal(one, end, result))
        else:
            rows += _rows(simulator, one, end, result)
            ends[one.name, end] = result
            if (one.name, "low") in ends and (one.name, "high") in ends:
                _add_errors_of_ends(
                    simulator, rows, one.name, ends.pop((one.name, "low")), ends.pop((one.name, "high"))
                )
        if progress is not None:
            progress(number, len(plan))
    return pd.DataFrame(rows), refused


def _rows(simulator: Simulator, one: Range, end: str, result: PointResult) -> Rows:
    quantity = simulator.inputs.parameters.quantity(one.name)
    limit = one.ends[end]
    place = {
        "parameter": one.name,
        "unit": quantity.unit,
        "distribution": quantity.distribution,
        "status": quantity.status,
        "end": end,
        "value": limit.value,
        "base_value": one.base,
        "range_source": limit.source,
    }
    decision = simulator.decision(result)
    return [{**place, **step, **decision} for step in simulator.steps(result)]


def _add_errors_of_ends(simulator: Simulator, rows: Rows, name: str, low: PointResult, high: PointResult) -> None:
    """Add to both rows of each strategy the standard error of the distance between the two ends."""
    for row in rows[-2 * (len(simulator.strategies) - 1) :]:
        if row["parameter"] == name:
            strategy = simulator.strategies.index(row["strategy"])
            row["ends_se"] = change_error(high, low, strategy, simulator.comparator, simulator.threshold)


def _refusal(one: Range, end: str, reason: str) -> dict[str, Any]:
    return {"analysis": "oneway", "parameter": one.name, "end": end, "value": one.ends[end].value, "reason": reason}
