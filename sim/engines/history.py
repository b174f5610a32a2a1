"""What the engines share: a block of entrants, buffers for their histories, errors with a patient's number."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from sim.disease.course import enter
from sim.inputs.population import population_rows
from sim.vocabulary.errors import RunError
from sim.vocabulary.events import ErrorCode
from sim.vocabulary.records import HISTORY, PATIENT
from sim.vocabulary.slots import ROWS_PER_COURSE

Records = npt.NDArray[Any]

CAPACITY_WORDS = {
    ErrorCode.HISTORY_FULL: f"has more than {ROWS_PER_COURSE} events (ROWS_PER_COURSE)",
    ErrorCode.WINDOWS_FULL: "has more open effect windows than WINDOWS",
    ErrorCode.COURSES_FULL: "has more treatment courses at a time than COURSES",
    ErrorCode.ADVERSE_EVENTS_FULL: "has more open adverse events than OPEN_ADVERSE_EVENTS",
    ErrorCode.NO_ENTRY: "found no attempt that is symptomatic and alive at entry",
}


@dataclass
class Entrants:
    """A block of people at their entry.

    patients: PATIENT records, shape (n,), state as at entry, before any strategy. lead: HISTORY rows from before
    entry, packed; patient j's are lead[lead_starts[j]:lead_starts[j + 1]].
    """

    patients: Records
    lead: Records
    lead_starts: npt.NDArray[np.int64]


@dataclass
class Buffers:
    """Memory that a thread uses again for every block; pages are only touched as far as rows are written."""

    block_size: int
    history: Records = field(init=False)
    lead: Records = field(init=False)

    def __post_init__(self) -> None:
        self.history = np.empty(self.block_size * ROWS_PER_COURSE, HISTORY)
        self.lead = np.empty(self.block_size * ROWS_PER_COURSE, HISTORY)


class Engine(Protocol):
    """A clock: brings a block of people to entry, and follows them under one strategy."""

    def enter_block(
        self, tables: Records, first_patient: int, count: int, population: Records, buffers: Buffers
    ) -> Entrants: ...

    def follow_block(self, entrants: Entrants, strategy: int, tables: Records, buffers: Buffers) -> Records: ...


@dataclass
class Block:
    """Entrants and one packed HISTORY array per strategy (rows of patient 0, then 1, ...)."""

    patients: Records
    histories: list[Records]


def check_errors(patients: Records) -> None:
    """Raise RunError with the first patient whose course ran out of a capacity."""
    failed = np.flatnonzero(patients["error"])
    if len(failed):
        record = patients[failed[0]]
        words = CAPACITY_WORDS[ErrorCode(int(record["error"]))]
        raise RunError(f"Patient {int(record['patient_id'])} {words}. Raise the capacity or check the scenario.")


def simulate_block(
    engine: Engine, tables: Records, first_patient: int, count: int, population: Records | None = None
) -> Block:
    """All strategies of a block at once, with memory of its own: for tests, traces and kept histories."""
    buffers = Buffers(count)
    people = population_rows(None) if population is None else population
    entrants = engine.enter_block(tables, first_patient, count, people, buffers)
    strategies = range(int(tables[0]["strategy_count"]))
    return Block(entrants.patients, [engine.follow_block(entrants, s, tables, buffers).copy() for s in strategies])


def enter_one(patients: Records, j: int, patient_id: int, tables: Records, population: Records, lead: Records) -> None:
    """Bring one person to entry from Python (the SimPy engine); rows go to `lead` from his `history_row` on."""
    enter(patients, j, patient_id, tables, population, lead)


def empty_patients(count: int) -> Records:
    """`count` blank patient records."""
    return np.zeros(count, PATIENT)
