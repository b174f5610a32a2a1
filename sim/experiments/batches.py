"""Means of cost and QALYs in batches of patients, so that two runs of the same people can be held against each other.

A patient's batch is his number modulo BATCHES: the same in every run, at any block size. Differences between the batch
means of two runs carry the chance that remains when the same people meet the same luck in both.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from numba import njit

from sim.experiments.moments import Floats
from sim.valuation.outcomes import OUTCOME_NAMES

BATCHES = 64  # the standard error made from them is itself sure to some 9 %
LEAST_PATIENTS = 2 * BATCHES
_PLACES = np.array([OUTCOME_NAMES.index(name) for name in ("cost_discounted", "qalys_discounted")])


@dataclass(frozen=True)
class BatchSums:
    """patients: shape (BATCHES,). totals: shape (strategies, BATCHES, 2), sums of discounted cost and QALYs."""

    patients: Floats
    totals: Floats

    def __add__(self, other: "BatchSums") -> "BatchSums":
        return BatchSums(self.patients + other.patients, self.totals + other.totals)


def no_batches(strategies: int) -> BatchSums:
    """Of no patients at all."""
    return BatchSums(np.zeros(BATCHES), np.zeros((strategies, BATCHES, len(_PLACES))))


def batches_of(courses: Floats, patient_ids: npt.NDArray[np.int64]) -> BatchSums:
    """The sums of one block. `courses`: shape (strategies, patients, outcomes)."""
    result = no_batches(len(courses))
    _fill(courses, patient_ids % BATCHES, _PLACES, result.patients, result.totals)
    return result


@njit(cache=True, nogil=True)
def _fill(
    courses: Floats,
    batches: npt.NDArray[np.int64],
    places: npt.NDArray[np.int64],
    patients: Floats,
    totals: Floats,
) -> None:
    """Patients are added one after the other, so the sums have one order."""
    for i in range(len(batches)):
        patients[batches[i]] += 1.0
    for s in range(courses.shape[0]):
        for i in range(len(batches)):
            for v in range(len(places)):
                totals[s, batches[i], v] += courses[s, i, places[v]]


def batch_frame(sums: BatchSums, strategies: list[str]) -> pd.DataFrame:
    """Long: strategy, batch, patients, cost, qalys (means, discounted). Batches without patients are left out."""
    filled = np.flatnonzero(sums.patients > 0.0)
    patients = sums.patients[filled]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "strategy": strategy,
                    "batch": filled,
                    "patients": patients.astype(np.int64),
                    "cost": totals[filled, 0] / patients,
                    "qalys": totals[filled, 1] / patients,
                }
            )
            for strategy, totals in zip(strategies, sums.totals, strict=True)
        ],
        ignore_index=True,
    )


def error_of_batches(means: Floats, patients: Floats) -> float:
    """Standard error of the mean of all patients, from the means of batches and the numbers in them."""
    mean = np.average(means, weights=patients)
    per_patient = np.sum(patients * (means - mean) ** 2) / (len(means) - 1)
    return float(np.sqrt(per_patient / np.sum(patients)))
