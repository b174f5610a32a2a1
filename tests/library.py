"""Every treatment of the library under a strategy of its own, so that a test can meet each of them alone."""

from collections.abc import Iterable
from dataclasses import replace

from sim.inputs.model_inputs import ModelInputs
from sim.inputs.root import data_root
from sim.inputs.strategies import Strategy, load_strategies
from sim.inputs.treatments import Treatment

CYCLES = 6


def own_strategy(treatment: Treatment) -> Strategy:
    """The treatment from diagnosis on, again at every episode."""
    line = {"treatments": [treatment.name], "start": {"rule": "at_diagnosis"}, "maximum_cycles": CYCLES}
    written = {"title": treatment.title, "summary": f"{treatment.title} alone.", "lines": [line]}
    return Strategy.model_validate({"name": treatment.name, "file": "made by a test", **written})


def with_strategies(inputs: ModelInputs, names: Iterable[str]) -> ModelInputs:
    """The same inputs with these strategies: shipped ones, and treatments given alone where none has that name."""
    shipped = load_strategies(data_root())
    return replace(
        inputs,
        strategies={
            name: shipped[name] if name in shipped else own_strategy(inputs.treatments[name]) for name in names
        },
    )


def alone(inputs: ModelInputs, name: str) -> ModelInputs:
    """The same inputs with one strategy, which gives this treatment at every episode, whatever is shipped."""
    return replace(inputs, strategies={name: own_strategy(inputs.treatments[name])})
