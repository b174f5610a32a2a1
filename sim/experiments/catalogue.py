"""The shipped questions: every scenario that comes with the program."""

from typing import Any

from sim.inputs.root import data_root
from sim.inputs.scenario import Scenario, load_scenario


def shipped_scenarios() -> dict[str, Scenario]:
    """Every shipped scenario by name, in the order of names, the base cases first. Raises InputError."""
    paths = sorted((data_root() / "scenarios").glob("*.toml"), key=lambda path: (_is_variant(path.stem), path.stem))
    return {path.stem: load_scenario(path) for path in paths}


def _is_variant(name: str) -> bool:
    return not name.startswith("base_case")


def about(scenario: Scenario) -> dict[str, Any]:
    """What a list of scenarios tells of one, as plain data."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "population": scenario.population.kind,
        "setting": scenario.setting,
        "strategies": list(scenario.strategies),
    }
