"""Curves: sums over patients on a fixed grid of months since entry.

A grid point counts what holds right after it: rows at the point's own time have happened. Patients who have died count
in `occupancy` only; patients whose follow-up ended before the point count nowhere.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.disease.rule import generic
from sim.valuation.pain_loss import loss_per_point
from sim.valuation.utility import completed_years, constant_loss, is_plain, norm_at, utility_at
from sim.vocabulary.enums import Site
from sim.vocabulary.events import HealthState
from sim.vocabulary.slots import SITES

GRID_MONTHS = np.arange(49) * 0.5
GRID_YEARS = GRID_MONTHS / 12.0
POINTS = len(GRID_MONTHS)
_POINTS_PER_YEAR = 24.0
HEALTH_STATES = len(HealthState)
FLOW_MONTHS = (0.0, 3.0, 6.0, 12.0, 24.0)  # times of the figure of flows between states; all are grid points
FLOW_POINTS = (0, 6, 12, 24, 48)

INSTANT = 1e-9  # years, less than any row lies before the next: lets a horizon's last grid point be counted

# What callers see: one record of sums a grid point, every number a float64, so blocks are added as
# `a.view("f8") + b.view("f8")`.
CURVE = np.dtype(
    [
        ("alive", "f8"),  # and under observation: the denominator of the means
        ("load_pain", "f8"),
        ("load_pain_squared", "f8"),
        ("rest_pain", "f8"),
        ("rest_pain_squared", "f8"),
        ("utility", "f8"),
        ("utility_squared", "f8"),
        ("symptom_free", "f8"),  # no lesion symptomatic at the point
        ("mri_normal", "f8"),  # of the first lesion
        ("joints_hip", "f8"),  # symptomatic joints: 0, 1 or 2 a patient and site
        ("joints_knee", "f8"),
        ("joints_foot", "f8"),
        ("joints_other", "f8"),
        ("occupancy", "f8", (HEALTH_STATES,)),
    ]
)

# What a block is summed up in: one array a quantity. Counts are kept as changes from one point to the next (one place
# past the end included), which are few, and summed up at the end of the block.
ALIVE, SYMPTOM_FREE, MRI_NORMAL, FIRST_SITE = 0, 1, 2, 3
FIRST_STATE = FIRST_SITE + SITES
GRID_SUMS = np.dtype(
    [
        ("load_pain", "f8", (POINTS,)),
        ("load_pain_squared", "f8", (POINTS,)),
        ("rest_pain", "f8", (POINTS,)),
        ("rest_pain_squared", "f8", (POINTS,)),
        ("utility", "f8", (POINTS,)),
        ("utility_squared", "f8", (POINTS,)),
        ("changes", "f8", (FIRST_STATE + HEALTH_STATES, POINTS + 1)),
    ]
)


def empty_curves() -> npt.NDArray[Any]:
    """Zeros of dtype CURVE, shape (49,)."""
    return np.zeros(POINTS, CURVE)


def add_to_curves(sums: npt.NDArray[Any], curves: npt.NDArray[Any]) -> None:
    """Add the sums of a block (GRID_SUMS, shape (1,)) to `curves` (CURVE, one record a point)."""
    counts = np.cumsum(sums["changes"][0][:, :POINTS], axis=1)
    curves["alive"] += counts[ALIVE]
    curves["symptom_free"] += counts[SYMPTOM_FREE]
    curves["mri_normal"] += counts[MRI_NORMAL]
    for site in Site:
        curves[f"joints_{site.name.lower()}"] += counts[FIRST_SITE + site]
    curves["occupancy"] += counts[FIRST_STATE:].T
    for name in ("load_pain", "rest_pain", "utility"):
        curves[name] += sums[name][0]
        curves[f"{name}_squared"] += sums[f"{name}_squared"][0]


@generic
def points_before(tariff: Any, years: float) -> int:
    """How many grid points lie before this time since entry: guessed from the step, then set right by the grid."""
    if years > tariff.grid_years[POINTS - 1]:
        return POINTS
    count = max(int(years * _POINTS_PER_YEAR), 0)
    while count > 0 and tariff.grid_years[count - 1] >= years:
        count -= 1
    while count < POINTS and tariff.grid_years[count] < years:
        count += 1
    return count


@generic
def add_point(sums: Any, k: int, pain: float, rest_pain: float, utility: float) -> None:
    """Add one patient's values at grid point `k`, and their squares."""
    sums.load_pain[k] += pain
    sums.load_pain_squared[k] += pain * pain
    sums.rest_pain[k] += rest_pain
    sums.rest_pain_squared[k] += rest_pain * rest_pain
    sums.utility[k] += utility
    sums.utility_squared[k] += utility * utility


@generic
def add_plain_points(s: Any, tariff: Any, sums: Any, first: int, end: int) -> None:
    """Add pain and utility, and their squares, where utility is a line between birthdays.

    Everything is a local line in the time since entry: reading records at each point would cost twice as much.
    """
    entry, age = s.entry_years, s.age_at_onset_years
    slope, rest_slope, felt_slope = s.slope, s.rest_slope, s.felt_slope
    pain_at_entry = s.pain + slope * (entry - s.time_years)
    rest_at_entry = s.rest_pain + rest_slope * (entry - s.time_years)
    felt_at_entry = s.felt + felt_slope * (entry - s.time_years)
    steady = constant_loss(s, tariff)
    birthday, utility_at_entry, utility_slope = -np.inf, 0.0, 0.0
    for k in range(first, end):
        time = tariff.grid_years[k]
        if time >= birthday:
            years = completed_years(age, entry + time)
            birthday = years + 1 - age - entry
            norm = norm_at(tariff, s.sex, years)
            per_point = loss_per_point(tariff, norm)
            utility_slope = -per_point * felt_slope
            utility_at_entry = norm - per_point * felt_at_entry - steady
        pain = pain_at_entry + slope * time
        rest_pain = rest_at_entry + rest_slope * time
        utility = utility_at_entry + utility_slope * time
        add_point(sums, k, pain, rest_pain, utility)


@generic
def is_painless(s: Any) -> bool:
    """Whether load and rest pain are 0 until the next row."""
    return bool(s.pain == 0.0 and s.slope == 0.0 and s.rest_pain == 0.0 and s.rest_slope == 0.0)


@generic
def add_painless_points(s: Any, tariff: Any, sums: Any, first: int, end: int) -> None:
    """As `add_plain_points` without pain, which is how half of all points are: utility changes at birthdays only."""
    entry, age = s.entry_years, s.age_at_onset_years
    steady = constant_loss(s, tariff)
    birthday, utility = -np.inf, 0.0
    for k in range(first, end):
        if tariff.grid_years[k] >= birthday:
            years = completed_years(age, entry + tariff.grid_years[k])
            birthday = years + 1 - age - entry
            utility = norm_at(tariff, s.sex, years) - steady
        sums.utility[k] += utility
        sums.utility_squared[k] += utility * utility


@generic
def add_any_points(s: Any, tariff: Any, sums: Any, first: int, end: int) -> None:
    """As `add_plain_points`, in every situation."""
    for k in range(first, end):
        time = s.entry_years + tariff.grid_years[k]
        pain = s.pain + s.slope * (time - s.time_years)
        rest_pain = s.rest_pain + s.rest_slope * (time - s.time_years)
        utility = utility_at(s, tariff, time)
        add_point(sums, k, pain, rest_pain, utility)


@generic
def count_points(s: Any, tariff: Any, sums: Any, until: float) -> None:
    """Add the grid points from the last row up to, but not at, `until`."""
    first = s.next_point
    if first == POINTS:
        return
    end = points_before(tariff, until - s.entry_years)
    if end <= first:
        return
    s.next_point = end
    if is_plain(s) and is_painless(s):
        add_painless_points(s, tariff, sums, first, end)
    elif is_plain(s) and not tariff.kinked:
        add_plain_points(s, tariff, sums, first, end)
    else:
        add_any_points(s, tariff, sums, first, end)
