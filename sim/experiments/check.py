"""Whether the shipped data are sound as a whole: every question can be made ready, every parameter is read.

Some parameters are read under one scenario, population, setting or switch only. So all shipped scenarios are made
ready, then the base case once in every population, in every setting, with every strategy there is, and under every
value of every switch.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_origin

from sim.experiments.catalogue import shipped_scenarios
from sim.experiments.reach import refuse_unreached
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.population_kinds import population_names
from sim.inputs.root import data_root
from sim.inputs.scenario import Population, Structure, with_overrides
from sim.inputs.strategies import load_strategies
from sim.inputs.structure import DECIDED_AT_LOADING
from sim.inputs.tables import build_tables
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError

BASE = "base_case_uk"
BOUNDS = ("ge", "gt", "le", "lt")


@dataclass(frozen=True)
class Checked:
    """What was looked at, and found sound. `variants`: of the base case, beside the scenarios."""

    scenarios: tuple[str, ...]
    populations: tuple[str, ...]
    settings: tuple[str, ...]
    variants: int
    parameters: int
    treatments: int
    strategies: int
    sources: int


def check_shipped() -> Checked:
    """Make every question ready to run.

    Raises InputError, also for a parameter that none of them reads, or that is drawn and changes nothing in any.
    """
    scenarios = shipped_scenarios()
    base = gather(scenarios[BASE])
    ready = [_made_ready(gather(scenario)) for scenario in scenarios.values()]
    variants = [_made_ready(inputs) for inputs in (*_of_files(base), *_of_switches(base))]
    everything = [*ready, *variants]
    refuse_unread(everything)
    refuse_unreached(everything)
    return Checked(
        scenarios=tuple(scenarios),
        populations=tuple(population_names(data_root())),
        settings=tuple(_settings()),
        variants=len(variants),
        parameters=len({key for inputs in everything for key in _places(inputs, inputs.parameters.names())}),
        treatments=len(base.treatments),
        strategies=len({name for inputs in everything for name in inputs.strategies}),
        sources=len(base.sources),
    )


def refuse_unread(everything: list[ModelInputs]) -> None:
    """Raise InputError when a quantity of some file is read by none of these inputs, which have been made ready.

    A quantity is a name in a file: that of a population, say, must be read where it takes the place of the base's.
    """
    unread = {place for inputs in everything for place in _places(inputs, inputs.parameters.names())}
    for inputs in everything:
        names = set(inputs.parameters.names()) - set(inputs.parameters.unread())
        unread -= _places(inputs, sorted(names))
    if unread:
        listed = "; ".join(f"{name} ({file})" for name, file in sorted(unread))
        what = f"the model reads these parameters under no shipped scenario and no switch: {listed}"
        raise InputError("parameters", what, "Remove them, or use them.")


def switch_values(name: str) -> list[Any]:
    """Values of a structural switch that between them use all it can do: every word, both flags, default and another.

    The other number lies halfway between the default and the farther of its bounds.
    """
    field = Structure.model_fields[name]
    if get_origin(field.annotation) is Literal:
        return list(get_args(field.annotation))
    if field.annotation is bool:
        return [True, False]
    if field.annotation is not float:
        raise TypeError(f"the switch {name} is neither a word nor a flag nor a number")
    bounds = [getattr(rule, key) for rule in field.metadata for key in BOUNDS if hasattr(rule, key)]
    farthest = max(bounds, key=lambda limit: abs(limit - field.default))
    return [field.default, 0.5 * (field.default + farthest)]


def _of_files(base: ModelInputs) -> Iterator[ModelInputs]:
    """The base case in every population and setting, and with every strategy."""
    scenario = base.scenario
    for kind in population_names(data_root()):
        yield gather(scenario.model_copy(update={"population": Population(kind=kind)}))
    for setting in _settings():
        yield gather(with_overrides(scenario, setting=setting))
    strategies = sorted(load_strategies(data_root()))
    yield gather(with_overrides(scenario, strategies=strategies, entry="first_contact"))


def _of_switches(base: ModelInputs) -> Iterator[ModelInputs]:
    """The base case under every value of every switch, one at a time."""
    for name, field in Structure.model_fields.items():
        for value in switch_values(name):
            if value == field.default:
                continue
            structure = base.scenario.structure.model_copy(update={name: value})
            scenario = base.scenario.model_copy(update={"structure": structure})
            if name in DECIDED_AT_LOADING:
                yield gather(scenario)
            else:  # nothing is read from the files again; a new set of parameters has no marks of reading
                yield replace(base, scenario=scenario, parameters=base.parameters.with_values({}))


def _settings() -> list[str]:
    return sorted(path.stem for path in (data_root() / "parameters" / "settings").glob("*.toml"))


def _places(inputs: ModelInputs, names: list[str]) -> set[tuple[str, str]]:
    """Each name with the file that its quantity stands in."""
    return {(name, inputs.parameters.file(name)) for name in names}


def _made_ready(inputs: ModelInputs) -> ModelInputs:
    """The same inputs after rules and valuation have read what they need."""
    build_tables(inputs, inputs.scenario.seed)
    build_tariff(inputs)
    return inputs
