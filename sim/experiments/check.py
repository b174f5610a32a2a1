"""Whether the shipped data are sound as a whole: every scenario can be made ready, every parameter is read."""

from dataclasses import dataclass

from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.root import data_root
from sim.inputs.scenario import load_scenario
from sim.inputs.tables import build_tables
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError


@dataclass(frozen=True)
class Checked:
    """What was looked at, and found sound."""

    scenarios: tuple[str, ...]
    parameters: int
    treatments: int
    strategies: int
    sources: int


def check_shipped() -> Checked:
    """Make every shipped scenario ready to run. Raises InputError, also for a parameter that none of them reads."""
    names = tuple(path.stem for path in sorted((data_root() / "scenarios").glob("*.toml")))
    ready = [_made_ready(name) for name in names]
    places = {name: inputs.parameters.file(name) for inputs in ready for name in inputs.parameters.names()}
    unread = set(places)
    for inputs in ready:
        unread -= set(inputs.parameters.names()) - set(inputs.parameters.unread())
    if unread:
        listed = "; ".join(f"{name} ({places[name]})" for name in sorted(unread))
        what = f"the model reads these parameters under no shipped scenario: {listed}"
        raise InputError("parameters", what, "Remove them, or use them.")
    return Checked(
        scenarios=names,
        parameters=len(places),
        treatments=len({name for inputs in ready for name in inputs.treatments}),
        strategies=len({name for inputs in ready for name in inputs.strategies}),
        sources=len({name for inputs in ready for name in inputs.sources}),
    )


def _made_ready(name: str) -> ModelInputs:
    """The inputs of a shipped scenario after rules and valuation have read what they need."""
    scenario = load_scenario(data_root() / "scenarios" / f"{name}.toml")
    inputs = gather(scenario)
    build_tables(inputs, scenario.seed)
    build_tariff(inputs)
    return inputs
