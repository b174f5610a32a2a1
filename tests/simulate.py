"""Small simulations on the level of history rows: changed scenarios, blocks of patients, comparison field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np

from sim.engines.batch import BatchEngine
from sim.engines.history import Block, simulate_block
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.population import population_rows
from sim.inputs.scenario import Scenario, load_scenario
from sim.inputs.tables import build_tables
from sim.valuation.courses import value_block
from sim.valuation.tariff import build_tariff
from sim.vocabulary.events import Event

FIELDS = ("time_years", "pain_before", "pain_after", "slope", "rest_pain_after", "rest_slope", "value", "patient_id")
FIELDS += ("strategy", "treatment", "status", "event", "health_state", "lesion", "site")


@dataclass(frozen=True)
class Simulated:
    """A block of patients under every strategy of its inputs."""

    inputs: ModelInputs
    block: Block

    def rows(self, strategy: str) -> Any:
        """History rows of one strategy."""
        return self.block.histories[list(self.inputs.strategies).index(strategy)]

    def events(self, strategy: str, *events: Event) -> Any:
        """Rows of one strategy whose event is one of `events`."""
        rows = self.rows(strategy)
        return rows[np.isin(rows["event"], events)]

    def outcomes(self, strategy: str, inputs: ModelInputs | None = None) -> Any:
        """Values of one strategy by the tariff of `inputs` (their own by default)."""
        tariff = build_tariff(self.inputs if inputs is None else inputs)
        return value_block(self.rows(strategy), self.block.patients, tariff).outcomes


def changed(
    scenario: Scenario | str = "base_case_uk",
    parameters: Mapping[str, Any] | None = None,
    structure: Mapping[str, Any] | None = None,
    population: Mapping[str, Any] | None = None,
    **keys: Any,
) -> Scenario:
    """A scenario with values, switches, population and other keys laid over it."""
    base = load_scenario(scenario) if isinstance(scenario, str) else scenario
    return base.model_copy(
        update={
            "parameters": base.parameters | dict(parameters or {}),
            "structure": base.structure.model_copy(update=structure or {}),
            "population": base.population.model_copy(update=population or {}),
            **keys,
        }
    )


def simulated(
    inputs: ModelInputs | Scenario | str = "base_case_uk",
    *,
    seed: int,
    patients: int,
    first_patient: int = 0,
    engine: Any = None,
    population: Any = None,
) -> Simulated:
    """Simulate patients `first_patient` on; `population` (POPULATION_ROW) replaces the one of the inputs."""
    if isinstance(inputs, str):
        inputs = load_scenario(inputs)
    if isinstance(inputs, Scenario):
        inputs = gather(inputs)
    people = population_rows(inputs.population) if population is None else population
    tables = build_tables(inputs, seed)
    return Simulated(inputs, simulate_block(engine or BatchEngine(), tables, first_patient, patients, people))


def with_values(inputs: ModelInputs, values: Mapping[str, Any]) -> ModelInputs:
    """The same inputs with parameter values laid over them, without reading the files again."""
    return replace(inputs, parameters=inputs.parameters.with_values(values))


def assert_same_rows(first: Any, second: Any, besides: Iterable[str] = ()) -> None:
    """Every field of two record arrays is equal bit for bit, nan equal to nan; those named in `besides` may differ.

    Records are compared field by field, because their padding bytes hold whatever was in memory.
    """
    assert first.dtype == second.dtype
    assert len(first) == len(second)
    for name in first.dtype.names:
        if name not in besides:
            floats = first[name].dtype.kind == "f"
            assert np.array_equal(first[name], second[name], equal_nan=floats), f"{name} differs"


def same_rows(first: Any, second: Any) -> bool:
    """Whether `assert_same_rows` would pass."""
    try:
        assert_same_rows(first, second)
    except AssertionError:
        return False
    return True


def digest(*records: Any) -> str:
    """Digest of every field of record arrays; equal values give equal digests (the sign of a zero does not count)."""
    total = blake2b(digest_size=16)
    for array in records:
        for name in array.dtype.names:
            column = array[name] + 0.0 if array[name].dtype.kind == "f" else array[name]
            total.update(np.ascontiguousarray(column).tobytes())
    return total.hexdigest()


def courses(rows: Any) -> list[Any]:
    """The rows of each patient, in the order of patients."""
    starts = np.flatnonzero(np.diff(rows["patient_id"], prepend=-1))
    return np.split(rows, starts[1:])
