"""Blocks of patients through engine and valuation, on one thread or several, always handed back in their order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import local
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engines.batch import BatchEngine
from sim.engines.history import Buffers, Engine
from sim.engines.simpy_engine import SimpyEngine
from sim.experiments.accumulate import BlockSums, sums_of
from sim.experiments.executor import ThreadExecutor
from sim.inputs.document import suggestion
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.population import population_rows
from sim.inputs.scenario import Scenario
from sim.inputs.tables import build_tables
from sim.valuation.courses import BlockValue, value_block
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError

ENGINES: dict[str, type[BatchEngine] | type[SimpyEngine]] = {"batch": BatchEngine, "simpy": SimpyEngine}
BLOCK_SIZE = 1024  # patients

Span = tuple[int, int]  # number of the first patient, how many


@dataclass(frozen=True)
class Study:
    """A scenario made ready: its inputs, the records that rules and valuation read, and the engine's name."""

    scenario: Scenario
    inputs: ModelInputs
    tables: npt.NDArray[Any]
    tariff: npt.NDArray[Any]
    population: npt.NDArray[Any]
    engine: str

    @property
    def comparator(self) -> int:
        """The place of the comparator among the strategies."""
        return self.scenario.strategies.index(self.scenario.comparator)


@dataclass(frozen=True)
class Seconds:
    """Where the time of a block went, on the clock on the wall of its thread."""

    entry: float = 0.0
    following: float = 0.0
    valuation: float = 0.0
    sums: float = 0.0

    def __add__(self, other: "Seconds") -> "Seconds":
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__dataclass_fields__)
        return Seconds(*(first + second for first, second in pairs))


@dataclass(frozen=True)
class BlockResult:
    """A finished block: `patients` (PATIENT, as at entry), values and histories by strategy, those only if kept."""

    sums: BlockSums
    seconds: Seconds
    patients: npt.NDArray[Any] | None = None
    values: list[BlockValue] = field(default_factory=list)
    histories: list[npt.NDArray[Any]] = field(default_factory=list)


def prepared(scenario: Scenario, engine: str = "batch") -> Study:
    """Load, check and solve all that `scenario` needs. Raises InputError."""
    if engine not in ENGINES:
        raise InputError("--engine", f"there is no engine {engine!r}", suggestion(engine, ENGINES))
    return study_of(gather(scenario), engine)


def study_of(inputs: ModelInputs, engine: str = "batch") -> Study:
    """As `prepared`, of inputs that are there. Raises InputError."""
    scenario = inputs.scenario
    tables = build_tables(inputs, scenario.seed)
    return Study(scenario, inputs, tables, build_tariff(inputs), population_rows(inputs.population), engine)


def spans(first_patient: int, patients: int, block_size: int = BLOCK_SIZE) -> list[Span]:
    """`patients` numbers from `first_patient` on, cut into blocks."""
    end = first_patient + patients
    return [(start, min(block_size, end - start)) for start in range(first_patient, end, block_size)]


class Worker:
    """Takes blocks of one study through engine and valuation; each thread has memory of its own."""

    def __init__(self, study: Study, largest: int, *, keep_patients: bool = False, keep_history: bool = False) -> None:
        """`largest` is the number of patients in the largest block."""
        self.study, self.largest = study, largest
        self.keep_patients, self.keep_history = keep_patients, keep_history
        self.engine: Engine = ENGINES[study.engine]()
        self.memory = local()

    def __call__(self, span: Span) -> BlockResult:
        """Simulate and value one block under every strategy. Raises RunError with the number of a patient."""
        first_patient, count = span
        study, buffers = self.study, self._buffers()
        started = perf_counter()
        entrants = self.engine.enter_block(study.tables, first_patient, count, study.population, buffers)
        entered = perf_counter()
        before_entry = int(entrants.lead_starts[-1])
        events, following, valuing = before_entry, 0.0, 0.0
        values: list[BlockValue] = []
        histories: list[npt.NDArray[Any]] = []
        for strategy in range(len(study.inputs.strategies)):
            begun = perf_counter()
            history = self.engine.follow_block(entrants, strategy, study.tables, buffers)
            followed = perf_counter()
            values.append(value_block(history, entrants.patients, study.tariff))
            if self.keep_history:
                histories.append(np.array(history))
            events += len(history) - before_entry
            following += followed - begun
            valuing += perf_counter() - followed
        summing = perf_counter()
        attempts = int(np.sum(entrants.patients["attempts"])) + count
        sums = sums_of(values, entrants.patients, study.comparator, events, attempts)
        seconds = Seconds(entered - started, following, valuing, perf_counter() - summing)
        kept = self.keep_patients
        return BlockResult(sums, seconds, entrants.patients if kept else None, values if kept else [], histories)

    def _buffers(self) -> Buffers:
        """The memory of the calling thread."""
        if not hasattr(self.memory, "buffers"):
            self.memory.buffers = Buffers(self.largest)
        buffers: Buffers = self.memory.buffers
        return buffers


def in_order(worker: Worker, blocks: list[Span], threads: int) -> Iterator[BlockResult]:
    """The results of `blocks`, in their order, worked out on `threads` threads; only a few wait at any time."""
    return ThreadExecutor(threads).map(worker, blocks)
