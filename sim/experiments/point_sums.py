"""What remains of the courses of one point: means of all outcomes, and how chance among patients moves them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from sim.experiments.batches import BatchSums, batches_of
from sim.valuation.outcomes import OUTCOME_NAMES

Floats = npt.NDArray[np.float64]

_COST, _EFFECT = OUTCOME_NAMES.index("cost_discounted"), OUTCOME_NAMES.index("qalys_discounted")


@dataclass(frozen=True, eq=False)
class PointSums:
    """Of S strategies and F outcomes.

    counts, totals: shape (S, F); what is nan for a patient is left out for him. means: shape (2 S,), of the discounted
    costs of all strategies and then of their QALYs; products: shape (2 S, 2 S), sums of products of the deviations from
    them, over patients. batches: sums of cost and QALYs by the patient's number.
    """

    patients: int
    counts: Floats
    totals: Floats
    means: Floats
    products: Floats
    batches: BatchSums

    def __add__(self, other: "PointSums") -> "PointSums":
        """Both together (Chan, Golub and LeVeque 1983, as in moments.py); the order matters in the last digits."""
        patients = self.patients + other.patients
        step = other.means - self.means
        share = other.patients / patients
        return PointSums(
            patients,
            self.counts + other.counts,
            self.totals + other.totals,
            self.means + step * share,
            self.products + other.products + np.multiply.outer(step, step) * (self.patients * share),
            self.batches + other.batches,
        )

    def mean_outcomes(self) -> Floats:
        """Mean of each outcome among those who have it, shape (S, F); nan where nobody has."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.counts > 0.0, self.totals / self.counts, np.nan)

    def covariance_of_means(self) -> Floats:
        """Of the means of cost and QALYs, shape (2 S, 2 S); nan of a single patient."""
        if self.patients < 2:
            return np.full(self.products.shape, np.nan)
        return self.products / ((self.patients - 1.0) * self.patients)


def point_sums(courses: Floats, patient_ids: npt.NDArray[np.int64]) -> PointSums:
    """The sums of one block. `courses`: shape (strategies, patients, outcomes)."""
    strategies, patients, outcomes = courses.shape
    counts, totals = np.zeros((strategies, outcomes)), np.zeros((strategies, outcomes))
    means, products = np.zeros(2 * strategies), np.zeros((2 * strategies, 2 * strategies))
    _fill(courses, _COST, _EFFECT, counts, totals, means, products)
    return PointSums(patients, counts, totals, means, products, batches_of(courses, patient_ids))


@njit(cache=True, nogil=True)
def _fill(
    courses: Floats, cost: int, effect: int, counts: Floats, totals: Floats, means: Floats, products: Floats
) -> None:
    """Patients are added one after the other, so the sums have one order."""
    strategies, patients, outcomes = courses.shape
    for s in range(strategies):
        for i in range(patients):
            for f in range(outcomes):
                if courses[s, i, f] == courses[s, i, f]:
                    counts[s, f] += 1.0
                    totals[s, f] += courses[s, i, f]
        means[s] = totals[s, cost] / patients
        means[strategies + s] = totals[s, effect] / patients
    deviations = np.empty(2 * strategies)
    for i in range(patients):
        for s in range(strategies):
            deviations[s] = courses[s, i, cost] - means[s]
            deviations[strategies + s] = courses[s, i, effect] - means[strategies + s]
        for a in range(2 * strategies):
            for b in range(a + 1):
                products[a, b] += deviations[a] * deviations[b]
    for a in range(2 * strategies):
        for b in range(a):
            products[b, a] = products[a, b]
