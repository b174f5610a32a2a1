"""The batch engine: a compiled loop over a block of patients; blocks run in threads (the loop releases the lock)."""

import math

import numpy as np

from sim.disease.course import advance, begin, enter
from sim.disease.rule import History, Patients, Population, Starts, Tables, door
from sim.engines.history import Buffers, Entrants, Records, check_errors, empty_patients
from sim.vocabulary.records import PATIENT
from sim.vocabulary.slots import ROWS_PER_COURSE


@door
def enter_all(
    patients: Patients, first_patient: int, tables: Tables, population: Population, lead: History, lead_starts: Starts
) -> None:
    """Bring `patients` to entry one after the other, packing their rows from before entry."""
    row = 0
    for j in range(patients.shape[0]):
        lead_starts[j] = row
        patients[j].history_row = row
        patients[j].history_end = min(row + ROWS_PER_COURSE, lead.shape[0])
        enter(patients, j, first_patient + j, tables, population, lead)
        row = patients[j].history_row
        if patients[j].error != 0:
            break
    lead_starts[patients.shape[0]] = row


@door
def follow_all(
    entrants: Patients,
    work: Patients,
    strategy: int,
    tables: Tables,
    history: History,
    lead: History,
    lead_starts: Starts,
) -> int:
    """Follow every entrant under `strategy`; returns the number of rows. `work` is one scratch record."""
    row = 0
    for j in range(entrants.shape[0]):
        work[0] = entrants[j]
        work[0].history_row = row
        work[0].history_end = min(row + ROWS_PER_COURSE, history.shape[0])
        time_years = begin(work, 0, strategy, tables, history, lead, lead_starts[j], lead_starts[j + 1])
        while time_years < math.inf:
            time_years = advance(work, 0, tables, history)
        row = work[0].history_row
        if work[0].error != 0:
            break
    return row


class BatchEngine:
    """Compiled loop over blocks; the fast clock."""

    def enter_block(
        self, tables: Records, first_patient: int, count: int, population: Records, buffers: Buffers
    ) -> Entrants:
        """Entrants `first_patient` to `first_patient + count - 1`. Raises RunError."""
        patients = empty_patients(count)
        starts = np.zeros(count + 1, np.int64)
        enter_all(patients, first_patient, tables, population, buffers.lead, starts)
        check_errors(patients)
        return Entrants(patients, buffers.lead, starts)

    def follow_block(self, entrants: Entrants, strategy: int, tables: Records, buffers: Buffers) -> Records:
        """Packed history of the block: a view of `buffers`, good until its next use. Raises RunError."""
        work = np.zeros(1, PATIENT)
        rows = follow_all(
            entrants.patients, work, strategy, tables, buffers.history, entrants.lead, entrants.lead_starts
        )
        check_errors(work)
        return buffers.history[:rows]
