"""Running sums over blocks: all that the frames need, in memory that does not grow with the number of patients.

Blocks are added in their order, so the results are the same bit for bit however many threads worked on them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sim.experiments.batches import BatchSums, batches_of, no_batches
from sim.experiments.cells import CellSums, no_cells, sums_by_cell
from sim.experiments.cells import merged as merged_cells
from sim.experiments.flows import Counts, flows_of, no_flows
from sim.experiments.moments import Floats, Moments, merged, moments_of, no_moments
from sim.valuation.courses import BlockValue
from sim.valuation.curves import empty_curves
from sim.valuation.outcomes import MAY_BE_MISSING, OUTCOME_NAMES
from sim.vocabulary.slots import ADVERSE_EVENTS_PER_TREATMENT, TREATMENTS

COST, EFFECT = OUTCOME_NAMES.index("cost_discounted"), OUTCOME_NAMES.index("qalys_discounted")

# Times are counted in bins for their medians: an error of half a bin at most, below 25 years.
TIMED = MAY_BE_MISSING
_TIMED_PLACES = np.array([OUTCOME_NAMES.index(name) for name in TIMED])
BINS_PER_MONTH = 100
BINS = 300 * BINS_PER_MONTH + 1  # the last one holds everything later


@dataclass(frozen=True)
class BlockSums:
    """What remains of one block. moments: of all outcomes. times: shape (strategies, patients, times), nan for missing.

    curves: shape (strategies, points, numbers). adverse_events: shape (strategies, treatments, adverse events). cells:
    sums by site, sex and age. batches: sums by the patient's number. flows: moves between health states. events:
    history rows, those of the time before entry counted once. attempts: candidates drawn until all had entered.
    """

    patients: int
    events: int
    attempts: int
    moments: Moments
    times: Floats
    curves: Floats
    adverse_events: npt.NDArray[np.int64]
    cells: CellSums
    batches: BatchSums
    flows: Counts


def sums_of(
    values: list[BlockValue], patients: npt.NDArray[Any], comparator: int, events: int, attempts: int
) -> BlockSums:
    """The sums of one block of `patients` (PATIENT); `values` holds one element a strategy."""
    courses = np.stack([value.outcomes.view(np.float64).reshape(len(value.outcomes), -1) for value in values])
    return BlockSums(
        patients=courses.shape[1],
        events=events,
        attempts=attempts,
        moments=moments_of(courses, COST, EFFECT),
        times=courses[:, :, _TIMED_PLACES],
        curves=np.stack([value.curves.view(np.float64).reshape(len(value.curves), -1) for value in values]),
        adverse_events=np.stack([value.adverse_events for value in values]),
        cells=sums_by_cell(courses, patients, comparator),
        batches=batches_of(courses, patients["patient_id"]),
        flows=flows_of(values),
    )


class Sums:
    """The sums of all blocks so far."""

    def __init__(self, strategies: int) -> None:
        self.patients, self.events, self.attempts = 0, 0, 0
        self.moments = no_moments(strategies, len(OUTCOME_NAMES))
        curves = empty_curves()
        self.curves = np.zeros((strategies, len(curves), curves.view(np.float64).size // len(curves)))
        self.adverse_events = np.zeros((strategies, TREATMENTS, ADVERSE_EVENTS_PER_TREATMENT), np.int64)
        self.cells, self.batches = no_cells(strategies), no_batches(strategies)
        self.flows = no_flows(strategies)
        self.bins = np.zeros((strategies, len(TIMED), BINS), np.int64)

    def add(self, block: BlockSums) -> None:
        self.patients += block.patients
        self.events += block.events
        self.attempts += block.attempts
        self.moments = merged(self.moments, block.moments, COST, EFFECT)
        self.curves += block.curves
        self.adverse_events += block.adverse_events
        self.cells = merged_cells(self.cells, block.cells)
        self.batches += block.batches
        self.flows += block.flows
        _count_times(block.times, self.bins)

    def median(self, strategy: int, name: str) -> float:
        """Median of a time, months, among those who have it; nan if nobody has, or if it lies beyond the bins."""
        bins = self.bins[strategy, TIMED.index(name)]
        below = np.cumsum(bins)
        count = int(below[-1])
        if count == 0:
            return float("nan")
        middle = np.searchsorted(below, [(count + 1) // 2, count // 2 + 1])
        if middle[1] == BINS - 1:
            return float("nan")
        return float(np.mean(middle + 0.5)) / BINS_PER_MONTH


@njit(cache=True, nogil=True)
def _count_times(times: Floats, bins: npt.NDArray[np.int64]) -> None:
    """Add the known times, months, to their bins."""
    for s in range(times.shape[0]):
        for i in range(times.shape[1]):
            for k in range(times.shape[2]):
                if not np.isnan(times[s, i, k]):
                    bins[s, k, min(int(times[s, i, k] * BINS_PER_MONTH), bins.shape[2] - 1)] += 1
