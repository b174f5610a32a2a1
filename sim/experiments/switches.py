"""Structural switches one at a time: what the answer would be if the model had another form."""

from typing import Any

from sim.experiments.check import switch_values
from sim.experiments.dsa_points import Simulator
from sim.experiments.points import Point, evaluate
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import with_overrides
from sim.inputs.structure import DECIDED_AT_LOADING, Structure
from sim.vocabulary.errors import InputError

Rows = list[dict[str, Any]]

# Numbers have no closed list of values. The first three are those that the file of the base case names as the other
# view; the last two are ours: a spread that lets one person in six respond a third more, and both pains counted alike.
OTHER_NUMBERS: dict[str, tuple[float, ...]] = {
    "unprotected_healing_rate": (0.8,),
    "delay_healing_correlation": (0.3,),
    "age_effect_per_year": (0.01,),
    "response_spread_sigma": (0.3,),
    "experienced_pain_load_weight": (0.5,),
}


def values_of(name: str, now: Any) -> list[Any]:
    """The values of a switch to be compared, that of the scenario first."""
    others = OTHER_NUMBERS.get(name) or switch_values(name)
    default = Structure.model_fields[name].default
    return [now, *(value for value in dict.fromkeys([default, *others]) if value != now)]


def switches(simulator: Simulator) -> tuple[Rows, Rows]:
    """A row a switch, value and strategy (as `switches` of dsa_results.py), and refusals."""
    rows: Rows = []
    refused: Rows = []
    structure = simulator.inputs.scenario.structure
    for name in Structure.model_fields:
        for value in values_of(name, getattr(structure, name)):
            try:
                result = simulator.base if value == getattr(structure, name) else _at(simulator, name, value)
            except InputError as error:
                row = {"analysis": "switches", "parameter": f"structure.{name}", "end": "", "value": float("nan")}
                refused.append(row | {"reason": f"{in_words(value)}: {error.what}"})
                continue
            place = {"switch": name, "value": in_words(value), "is_base": result is simulator.base}
            decision = simulator.decision(result)
            rows += [{**place, **step, **decision} for step in simulator.steps(result)]
    return rows, refused


def _at(simulator: Simulator, name: str, value: Any) -> Any:
    """The result of the same patients under another value of a switch. Raises InputError."""
    inputs = simulator.inputs
    point = Point(0, {}, structure={name: value})
    if name in DECIDED_AT_LOADING:
        structure = inputs.scenario.structure.model_dump() | {name: value}
        inputs, point = gather(with_overrides(inputs.scenario, structure=structure)), Point(0, {})
    return next(iter(evaluate(inputs, [point], simulator.patients, simulator.seed, threads=1)))


def in_words(value: Any) -> str:
    """The value as it is written in a scenario."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
