"""A row of the stored parameters of a probabilistic analysis, as what a point of the simulation is made of."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.experiments.psa_results import DRAW
from sim.inputs.draws import SWITCH


def values_of(row: Mapping[str, Any]) -> dict[str, float]:
    """The sampled parameters by name, in the units of the files."""
    return {name: float(value) for name, value in row.items() if name != DRAW and not str(name).startswith(SWITCH)}


def structure_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The sampled switches, by their name in `scenario.structure`, as plain values: a file gives back numpy's own."""
    switches = {str(name).removeprefix(SWITCH): value for name, value in row.items() if str(name).startswith(SWITCH)}
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in switches.items()}
