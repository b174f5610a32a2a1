"""Two parameters at once over a grid of their ranges: which strategy is best where."""

from typing import Any

import numpy as np

from sim.experiments.dsa_points import Simulator, gain_of
from sim.experiments.points import PointResult
from sim.experiments.ranges import Range, moved, share_group
from sim.inputs.parameters import ParameterSet
from sim.vocabulary.errors import InputError

Rows = list[dict[str, Any]]


def grid_of(one: Range, values: int) -> list[float]:
    """`values` equal steps from end to end, and the base value, if it lies between them."""
    grid = np.linspace(one.low.value, one.high.value, values).tolist()
    if one.low.value <= one.base <= one.high.value:
        spacing = (one.high.value - one.low.value) / (values - 1)
        grid = [value for value in grid if abs(value - one.base) > 1e-9 * spacing] + [one.base]
    return sorted(float(value) for value in grid)


def check_pair(parameters: ParameterSet, first: str, second: str) -> None:
    """Raise InputError when both are the same, or parts of one whole."""
    if second in share_group(parameters, first):
        what = f"{second} moves with it"
        raise InputError(f"--two-way {first}", what, "Give two parameters that can differ by themselves.")


def two_way(simulator: Simulator, first: Range, second: Range, values: int) -> tuple[Rows, Rows]:
    """A row a pair of values and strategy (as `twoway` of dsa_results.py), and refusals. Raises InputError."""
    parameters = simulator.inputs.parameters
    check_pair(parameters, first.name, second.name)
    pairs = [(a, b) for a in grid_of(first, values) for b in grid_of(second, values)]
    points = [moved(parameters, first.name, a) | moved(parameters, second.name, b) for a, b in pairs]
    rows: Rows = []
    refused: Rows = []
    for (a, b), result in zip(pairs, simulator.all(points), strict=True):
        if isinstance(result, str):
            names = f"{first.name} and {second.name}"
            refused.append({"analysis": "twoway", "parameter": names, "end": "", "value": a, "reason": result})
            continue
        place = {
            "parameter_a": first.name,
            "parameter_b": second.name,
            "unit_a": parameters.quantity(first.name).unit,
            "unit_b": parameters.quantity(second.name).unit,
            "value_a": a,
            "value_b": b,
            "is_base": a == first.base and b == second.base,
        }
        rows += [{**place, **step, **_lead(simulator, result)} for step in simulator.steps(result)]
    return rows, refused


def _lead(simulator: Simulator, result: PointResult) -> dict[str, Any]:
    best, second, lead = simulator.best(result)
    _, error = gain_of(result, best, second, simulator.threshold)
    return {"second": simulator.strategies[second], "lead": lead, "lead_se": error}
