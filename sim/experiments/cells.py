"""Running sums by first site, sex and age at entry.

Patients are counted in the finest cells (a site, a sex, an age band), so that each course is visited once; a group is
put together from its cells afterwards. Spreads are sums of squared deviations, as in moments.py.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sim.experiments.moments import Floats
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary.enums import Sex, Site

AGE_BANDS = {"under_18": 0.0, "18_to_39": 18.0, "40_to_54": 40.0, "55_to_64": 55.0, "65_and_over": 65.0}
_BAND_STARTS = np.array(list(AGE_BANDS.values())[1:])  # years at entry
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "site": tuple(site.name.lower() for site in Site),
    "sex": tuple(sex.name.lower() for sex in Sex),
    "age_band": tuple(AGE_BANDS),
}
_SHAPE = tuple(len(groups) for groups in DIMENSIONS.values())
CELLS = int(np.prod(_SHAPE))

OUTCOMES = ("cost_discounted", "qalys_discounted", "symptom_months_from_onset", "pain_years", "first_scans_discounted")
_PLACES = np.array([OUTCOME_NAMES.index(name) for name in OUTCOMES])
COST, EFFECT, MONTHS, PAIN, SCANS = range(5)
GAINED_COST, GAINED_EFFECT = 5, 6  # differences to the comparator within a patient
NUMBERS = 7
COST_EFFECT, COST_SCANS, EFFECT_SCANS = range(3)  # products of deviations, of gained cost, gained effect and scans
_FACTORS = np.array([(GAINED_COST, GAINED_EFFECT), (GAINED_COST, SCANS), (GAINED_EFFECT, SCANS)])


@dataclass(frozen=True)
class CellSums:
    """Of the NUMBERS of S strategies: counts, means, squares (of deviations), first axis the cells, or one group.

    counts, means, squares: shape (..., S, NUMBERS); what is nan for a patient is left out for him. products: shape
    (..., S, 3), sums of products of two deviations.
    """

    counts: Floats
    means: Floats
    squares: Floats
    products: Floats


def no_cells(strategies: int) -> CellSums:
    """Of no patients at all."""
    shape = (CELLS, strategies)
    counts, means, squares = (np.zeros((*shape, NUMBERS)) for _ in range(3))
    return CellSums(counts, means, squares, np.zeros((*shape, len(_FACTORS))))


def cells_of(patients: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The cell of each of `patients` (PATIENT as at entry)."""
    band = np.searchsorted(_BAND_STARTS, patients["age_years"] + patients["entry_years"], side="right")
    site, sex = patients["lesions"]["site"][:, 0], patients["sex"]
    return np.ravel_multi_index((site.astype(np.int64), sex.astype(np.int64), band), _SHAPE).astype(np.int64)


def sums_by_cell(courses: Floats, patients: npt.NDArray[Any], comparator: int) -> CellSums:
    """The sums of one block. `courses`: shape (strategies, patients, outcomes); `comparator`: its place among them."""
    result = no_cells(len(courses))
    cells = cells_of(patients)
    _fill(courses, cells, comparator, _PLACES, _FACTORS, result.counts, result.means, result.squares, result.products)
    return result


@njit(cache=True, nogil=True)
def _fill(
    courses: Floats,
    cells: npt.NDArray[np.int64],
    comparator: int,
    places: npt.NDArray[np.int64],
    factors: npt.NDArray[np.int64],
    counts: Floats,
    means: Floats,
    squares: Floats,
    products: Floats,
) -> None:
    """Two passes over one block; patients are added one after the other, so the sums have one order."""
    strategies, patients, outcomes = courses.shape[0], courses.shape[1], len(places)
    numbers = counts.shape[2]
    rows = np.empty((patients, numbers))  # close together in memory, for the second pass
    for s in range(strategies):
        for i in range(patients):
            cell = cells[i]
            for v in range(numbers):
                if v < outcomes:
                    rows[i, v] = courses[s, i, places[v]]
                else:  # cost and effect, the first two outcomes
                    rows[i, v] = rows[i, v - outcomes] - courses[comparator, i, places[v - outcomes]]
                known = rows[i, v] == rows[i, v]
                counts[cell, s, v] += 1.0 if known else 0.0
                means[cell, s, v] += rows[i, v] if known else 0.0
        for cell in range(counts.shape[0]):
            for v in range(numbers):
                means[cell, s, v] /= max(counts[cell, s, v], 1.0)
        for i in range(patients):
            cell = cells[i]
            for v in range(numbers):
                rows[i, v] -= means[cell, s, v]
                squares[cell, s, v] += rows[i, v] * rows[i, v] if rows[i, v] == rows[i, v] else 0.0
            for p in range(len(factors)):
                products[cell, s, p] += rows[i, factors[p, 0]] * rows[i, factors[p, 1]]


def merged(first: CellSums, second: CellSums) -> CellSums:
    """The sums of the patients of both (Chan, Golub and LeVeque, as in moments.py)."""
    counts = first.counts + second.counts
    share = second.counts / np.maximum(counts, 1.0)
    step = second.means - first.means
    weight = first.counts * share
    a, b = _FACTORS.T
    return CellSums(
        counts,
        first.means + step * share,
        first.squares + second.squares + step * step * weight,
        first.products + second.products + step[..., a] * step[..., b] * weight[..., a],  # these are never missing
    )


def of_all(sums: CellSums) -> CellSums:
    """All cells as one group."""
    return _together(sums, np.arange(CELLS))


def of_group(sums: CellSums, dimension: str, group: str) -> CellSums:
    """The cells of a group as one."""
    axis = list(DIMENSIONS).index(dimension)
    place = DIMENSIONS[dimension].index(group)
    return _together(sums, np.arange(CELLS).reshape(_SHAPE).take(place, axis).ravel())


def _together(sums: CellSums, cells: npt.NDArray[np.int64]) -> CellSums:
    counts = sums.counts[cells].sum(axis=0)
    means = (sums.counts[cells] * sums.means[cells]).sum(axis=0) / np.maximum(counts, 1.0)
    step = sums.means[cells] - means
    squares = (sums.squares[cells] + sums.counts[cells] * step * step).sum(axis=0)
    a, b = _FACTORS.T
    between = sums.counts[cells][..., a] * step[..., a] * step[..., b]
    return CellSums(counts, means, squares, (sums.products[cells] + between).sum(axis=0))


def error_of_means(sums: CellSums) -> Floats:
    """Standard errors of the means, nan below two patients."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sums.counts > 1.0, np.sqrt(sums.squares / (sums.counts - 1.0) / sums.counts), np.nan)


def covariance_of_means(sums: CellSums, product: int) -> Floats:
    """Covariance of two means, by strategy, nan below two patients. `product`: COST_EFFECT and its like."""
    number = sums.counts[..., GAINED_COST]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(number > 1.0, sums.products[..., product] / (number - 1.0) / number, np.nan)
