"""What the scenario of a sweep itself has where a factor puts its values."""

import math
from pathlib import Path
from typing import Any

from sim.inputs.factor_targets import FOLDERS, below, document_of
from sim.inputs.factors import Factor, Level, checked_level
from sim.inputs.model_inputs import ModelInputs

LIFETIME = "lifetime"  # as scenarios write an infinite horizon


def level_in_scenario(factor: Factor, inputs: ModelInputs, root: Path) -> Level | None:
    """The value of the scenario behind `inputs`, from the data folder `root`; None where its files leave it open."""
    scenario = inputs.scenario
    value: Any
    if factor.parameter or factor.kind == "parameter":
        value = inputs.parameters.quantity(factor.parameter or factor.target).value
    elif factor.kind in FOLDERS:
        name, _, path = factor.target.partition(".")
        value = _field(document_of(factor.kind, name, root), path)
    elif factor.kind == "population":
        value = scenario.population.kind if factor.target == "kind" else getattr(inputs, factor.target)
    elif factor.kind == "structure":
        value = getattr(scenario.structure, factor.target)
    elif factor.kind == "setting" and factor.target != "setting":
        value = getattr(inputs.setting, factor.target)
    else:
        value = getattr(scenario, factor.target)
    if value is None:
        return None
    return LIFETIME if value == math.inf else checked_level(value)


def _field(document: dict[str, Any], path: str) -> Any:
    """What stands at the dotted `path` of a treatment's or strategy's file; None where nothing does."""
    *folders, last = path.split(".")
    table: Any = document
    for depth, part in enumerate(folders):
        table = below(table, part, ".".join(folders[:depth]))
    return table.get(last)
