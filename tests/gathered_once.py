"""Inputs that are read from the files once, for tests that ask for the same scenario again and again."""

from pathlib import Path

from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.scenario import Scenario

_READ: dict[str, ModelInputs] = {}


def gather_once(scenario: Scenario, root: Path | None = None) -> ModelInputs:
    """As `gather`; the files must not change between two calls for the same scenario and root."""
    asked = f"{scenario!r} {root}"
    if asked not in _READ:
        _READ[asked] = gather(scenario, root)
    return _READ[asked]
