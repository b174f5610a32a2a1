"""The SimPy engine: one process a patient, one fused call per event; the reference that reads like the model.

The patient's own clock decides; the environment's clock only orders patients among each other, so its
rounding never reaches a rule. Queues for scarce resources will hook in where a patient's `demand` is set.
"""

import math
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from sim.disease.course import advance, begin
from sim.engines.history import Buffers, Entrants, Records, check_errors, empty_patients, enter_one
from sim.vocabulary.slots import ROWS_PER_COURSE


def course(
    env: simpy.Environment,
    patients: Records,
    j: int,
    now_years: float,
    next_years: float,
    tables: Records,
    history: Records,
) -> Generator[Any, None, None]:
    """SimPy process: follow patient `j` from his entry at `now_years` until nothing more is to come."""
    timeout = env.timeout
    while next_years < math.inf:
        yield timeout(next_years - now_years)
        now_years = next_years
        next_years = advance(patients, j, tables, history)


class SimpyEngine:
    """One process a patient; the readable clock."""

    def enter_block(
        self, tables: Records, first_patient: int, count: int, population: Records, buffers: Buffers
    ) -> Entrants:
        """Entrants `first_patient` to `first_patient + count - 1`. Raises RunError."""
        patients = empty_patients(count)
        starts = np.zeros(count + 1, np.int64)
        for j in range(count):
            patients[j]["history_row"] = starts[j]
            patients[j]["history_end"] = min(starts[j] + ROWS_PER_COURSE, len(buffers.lead))
            enter_one(patients, j, first_patient + j, tables, population, buffers.lead)
            starts[j + 1] = patients[j]["history_row"]
        check_errors(patients)
        return Entrants(patients, buffers.lead, starts)

    def follow_block(self, entrants: Entrants, strategy: int, tables: Records, buffers: Buffers) -> Records:
        """Packed history of the block under `strategy`, as the batch engine gives it. Raises RunError."""
        patients = entrants.patients.copy()
        count = len(patients)
        first_rows = np.arange(count, dtype=np.int64) * ROWS_PER_COURSE  # patients interleave: each his own rows
        patients["history_row"] = first_rows
        patients["history_end"] = first_rows + ROWS_PER_COURSE
        history, starts = buffers.history, entrants.lead_starts
        env = simpy.Environment()
        for j in range(count):
            next_years = begin(patients, j, strategy, tables, history, entrants.lead, starts[j], starts[j + 1])
            entry_years = float(patients[j]["entry_years"])
            env.process(course(env, patients, j, entry_years, next_years, tables, history))
        env.run()
        check_errors(patients)
        ends = patients["history_row"]
        return np.concatenate([history[first:end] for first, end in zip(first_rows, ends, strict=True)])
