"""Curves: sums over patients on a fixed grid of months since entry.

A grid point counts what holds right after it: rows at the point's own time have happened. Patients who have died count
in `occupancy` only; patients whose follow-up ended before the point count nowhere.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sim.valuation.utility import completed_years, constant_loss, is_plain, norm_at, utility_at
from sim.vocabulary.enums import HealthState, Status

GRID_MONTHS = np.arange(49) * 0.5
GRID_YEARS = GRID_MONTHS / 12.0
POINTS = len(GRID_MONTHS)
_POINTS_PER_YEAR = 24.0
HEALTH_STATES = len(HealthState)

_INSTANT = 1e-9  # years, less than any row lies before the next: lets a horizon's last grid point be counted

# One record of sums at the grid points, every number a float64: blocks are added as `a.view("f8") + b.view("f8")`.
CURVES = np.dtype(
    [
        ("load_pain", "f8", (POINTS,)),
        ("load_pain_squared", "f8", (POINTS,)),
        ("rest_pain", "f8", (POINTS,)),
        ("rest_pain_squared", "f8", (POINTS,)),
        ("utility", "f8", (POINTS,)),
        ("utility_squared", "f8", (POINTS,)),
        ("alive", "f8", (POINTS,)),  # and under observation: the denominator of the means
        ("symptom_free", "f8", (POINTS,)),  # no lesion symptomatic at the point
        ("mri_normal", "f8", (POINTS,)),  # of the first lesion
        ("occupancy", "f8", (HEALTH_STATES, POINTS)),
    ]
)

# Counts are kept as changes from one point to the next (one past the end included) and summed up once a block.
ALIVE, SYMPTOM_FREE, MRI_NORMAL, FIRST_STATE = 0, 1, 2, 3


def empty_curves() -> npt.NDArray[Any]:
    """Zeros of dtype CURVES, shape (1,)."""
    return np.zeros(1, CURVES)


@njit(cache=True, nogil=True)
def empty_changes() -> npt.NDArray[Any]:
    """Zeros, shape (counts, points + 1)."""
    return np.zeros((FIRST_STATE + HEALTH_STATES, POINTS + 1))


@njit(cache=True, nogil=True)
def add_changes(curves: Any, changes: npt.NDArray[Any]) -> None:
    """Add the running sums of the changes to the curves."""
    for count in range(len(changes)):
        total = 0.0
        for k in range(POINTS):
            total += changes[count, k]
            if count == ALIVE:
                curves.alive[k] += total
            elif count == SYMPTOM_FREE:
                curves.symptom_free[k] += total
            elif count == MRI_NORMAL:
                curves.mri_normal[k] += total
            else:
                curves.occupancy[count - FIRST_STATE, k] += total


@njit(cache=True, nogil=True)
def count_between(changes: npt.NDArray[Any], count: int, first: int, end: int) -> None:
    """One patient more at the points from `first` up to, but not at, `end`."""
    changes[count, first] += 1.0
    changes[count, end] -= 1.0


@njit(cache=True, nogil=True)
def points_before(grid_years: npt.NDArray[Any], years: float) -> int:
    """How many grid points lie before this time since entry: guessed from the step, then set right by the grid."""
    if years > grid_years[POINTS - 1]:
        return POINTS
    count = max(int(years * _POINTS_PER_YEAR), 0)
    while count > 0 and grid_years[count - 1] >= years:
        count -= 1
    while count < POINTS and grid_years[count] < years:
        count += 1
    return count


@njit(cache=True, nogil=True)
def add_utility(s: Any, tariff: Any, curves: Any, first: int, end: int) -> None:
    """Add utility and its square at the points from `first` up to, but not at, `end`."""
    plain = is_plain(s)
    steady = constant_loss(s, tariff)
    birthday, norm = -np.inf, 0.0
    for k in range(first, end):
        time = s.entry_years + tariff.grid_years[k]
        if time >= birthday:
            years = completed_years(s.age_at_onset_years, time)
            birthday = years + 1 - s.age_at_onset_years
            norm = norm_at(tariff, s.sex, years)
        if plain:
            pain = s.pain + s.slope * (time - s.time_years)
            utility = norm - norm * tariff.loss_share_per_point * pain - steady
        else:
            utility = utility_at(s, tariff, time)
        curves.utility[k] += utility
        curves.utility_squared[k] += utility * utility


@njit(cache=True, nogil=True)
def add_pain(s: Any, tariff: Any, curves: Any, first: int, end: int) -> None:
    """Add both pains and their squares at the points from `first` up to, but not at, `end`."""
    for k in range(first, end):
        since_row = s.entry_years + tariff.grid_years[k] - s.time_years
        load_pain = s.pain + s.slope * since_row
        rest_pain = s.rest_pain + s.rest_slope * since_row
        curves.load_pain[k] += load_pain
        curves.load_pain_squared[k] += load_pain * load_pain
        curves.rest_pain[k] += rest_pain
        curves.rest_pain_squared[k] += rest_pain * rest_pain


@njit(cache=True, nogil=True)
def count_points(s: Any, tariff: Any, curves: Any, changes: npt.NDArray[Any], until: float) -> None:
    """Count the grid points from the last row up to, but not at, `until`."""
    first = s.next_point
    if first == POINTS:
        return
    end = points_before(tariff.grid_years, until - s.entry_years)
    if end <= first:
        return
    s.next_point = end
    count_between(changes, ALIVE, first, end)
    count_between(changes, FIRST_STATE + s.health_state, first, end)
    if s.status & Status.SYMPTOMATIC == 0:
        count_between(changes, SYMPTOM_FREE, first, end)
    if not np.isnan(s.mri_normal_years):
        count_between(changes, MRI_NORMAL, first, end)
    if s.pain != 0.0 or s.slope != 0.0 or s.rest_pain != 0.0 or s.rest_slope != 0.0:
        add_pain(s, tariff, curves, first, end)
    add_utility(s, tariff, curves, first, end)


@njit(cache=True, nogil=True)
def close_curves(s: Any, tariff: Any, curves: Any, changes: npt.NDArray[Any], died: bool) -> None:
    """At the last row: the rest of the grid is dead, or a point that lies right at the end is still counted."""
    if died:
        count_between(changes, FIRST_STATE + HealthState.DEAD, s.next_point, POINTS)
    else:
        count_points(s, tariff, curves, changes, s.time_years + _INSTANT)
