"""Utility: population norms by age, the loss by pain, and exact integrals of both over a piece of time.

Utility is a sum (docs/model.md, section on value):
    norm(age, sex) - loss by pain (pain_loss.py) - losses that come on top of pain,
and what stands in for pain (a neck fracture, some adverse events) counts as max(pain loss, its own loss).
The norm is constant between birthdays. Ages outside the table take its nearest row.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.disease.rule import generic
from sim.valuation.discounting import discount_factor, discounted_length, discounted_ramp
from sim.valuation.pain_loss import pain_loss
from sim.valuation.situation import NECK_ACUTE, NECK_INTACT, NECK_LATE
from sim.vocabulary.events import Status

NORM_AGES = 121  # ages 0 to 120
OLDEST = NORM_AGES - 1


def norm_years_ahead(norms: npt.NDArray[np.float64], rate: float) -> npt.NDArray[np.float64]:
    """Integral of norm * exp(-rate * x) from each birthday to the last one, x since that birthday.

    `norms`: (2, 121), by sex and completed years. Returns the same shape; 0 at age 120. Every birthday is its own start
    of discounting: a table discounted to one age for all would lose digits when it is brought forward to old age.
    """
    ahead = np.zeros_like(norms)
    for years in range(OLDEST - 1, -1, -1):
        ahead[:, years] = norms[:, years] * discounted_length(rate, 1.0) + math.exp(-rate) * ahead[:, years + 1]
    return ahead


@generic
def completed_years(age_at_onset_years: float, time_years: float) -> int:
    """Age in whole years at a time since onset, such that the next birthday lies strictly after that time."""
    years = int(math.floor(age_at_onset_years + time_years))
    if (years + 1) - age_at_onset_years <= time_years:
        years += 1
    return years


@generic
def grow_older(s: Any, time_years: float) -> None:
    """Bring the age in the situation `s` up to this time."""
    s.completed_years = completed_years(s.age_at_onset_years, time_years)
    s.next_birthday_years = s.completed_years + 1 - s.age_at_onset_years


@generic
def norm_at(tariff: Any, sex: int, years: int) -> float:
    """Mean utility of the general population at `years` completed years of age."""
    return float(tariff.norms[sex, min(max(years, 0), OLDEST)])


@generic
def norm_integral(
    norms: npt.NDArray[Any], ahead: npt.NDArray[Any], rate: float, age_years: float, years: int, length: float
) -> float:
    """Integral of norm(age + x) * exp(-rate * x) over x from 0 to `length`, across at least one birthday.

    `norms` and `ahead` (121,) of one sex; `years` the completed years at the start, under 120.
    A closed form at both ends; between them what lies ahead of the first birthday, less what lies ahead of the last.
    """
    end_years = age_years + length
    last = min(int(math.floor(end_years)), OLDEST)
    head = norms[years] * discounted_length(rate, (years + 1) - age_years)
    from_first = discount_factor(rate, (years + 1) - age_years) * ahead[years + 1]
    tail = norms[last] * discounted_length(rate, end_years - last)
    return float(head + from_first + discount_factor(rate, last - age_years) * (tail - ahead[last]))


@generic
def line_integral(start: float, end: float, length: float, rate: float) -> float:
    """Integral of a line from `start` to `end` over `length`, times exp(-rate * x)."""
    if length <= 0.0:
        return 0.0
    slope = (end - start) / length
    return start * discounted_length(rate, length) + slope * discounted_ramp(rate, length)


@generic
def crossing(first: float, first_slope: float, second: float, second_slope: float, length: float) -> float:
    """Where inside (0, length) two lines meet; `length` if they do not."""
    steeper = first_slope - second_slope
    if steeper == 0.0:
        return length
    x = (second - first) / steeper
    return x if 0.0 < x < length else length


@generic
def envelope_integral(
    pain: float, pain_slope: float, neck: float, neck_slope: float, constant: float, length: float, rate: float
) -> float:
    """Integral of max(pain line, neck line, constant) * exp(-rate * x), cut where two of the three meet."""
    cut1 = crossing(pain, pain_slope, neck, neck_slope, length)
    cut2 = crossing(pain, pain_slope, constant, 0.0, length)
    cut3 = crossing(neck, neck_slope, constant, 0.0, length)
    first, last = min(cut1, cut2, cut3), max(cut1, cut2, cut3)
    middle = max(min(cut1, cut2), min(max(cut1, cut2), cut3))
    total, x, at_x, discount = 0.0, 0.0, max(pain, neck, constant), 1.0
    for cut in (first, middle, last, length):
        at_cut = max(pain + pain_slope * cut, neck + neck_slope * cut, constant)
        total += discount * line_integral(at_x, at_cut, cut - x, rate)
        discount *= 1.0 - rate * discounted_length(rate, cut - x)
        x, at_x = cut, at_cut
    return total


@generic
def is_plain(s: Any) -> bool:
    """Whether utility depends on norm, pain and constants only: no phase, no fracture, nothing in place of pain."""
    return bool(s.phase_count == 0 and s.neck == NECK_INTACT and s.replacing_loss == 0.0)


@generic
def constant_loss(s: Any, tariff: Any) -> float:
    """What is lost on top of pain until the next row: unloading and open adverse events."""
    if s.status & Status.UNLOADING:
        return float(s.added_loss + tariff.unloading_disutility)
    return float(s.added_loss)


@generic
def phase_loss(s: Any, time_years: float) -> float:
    """What the phases that are open at this time take together."""
    loss = 0.0
    for k in range(s.phase_count):
        if s.phase_ends_years[k] > time_years:
            loss += s.phase_loss[k]
    return loss


@generic
def neck_line(s: Any, tariff: Any, time_years: float) -> tuple[float, float]:
    """Loss by a neck fracture at this time, and its slope per year from then on."""
    if s.neck == NECK_INTACT:
        return 0.0, 0.0
    if s.neck == NECK_ACUTE:
        return tariff.neck_acute_disutility, 0.0
    if s.neck == NECK_LATE:
        return tariff.neck_late_disutility, 0.0
    if time_years >= s.neck_recovery_ends_years:
        return tariff.neck_one_year_disutility, 0.0
    length = s.neck_recovery_ends_years - s.neck_stage_years
    slope = (tariff.neck_one_year_disutility - tariff.neck_acute_disutility) / length
    return tariff.neck_acute_disutility + slope * (time_years - s.neck_stage_years), slope


@generic
def utility_at(s: Any, tariff: Any, time_years: float) -> float:
    """Utility at one instant between the last row and the next."""
    norm = norm_at(tariff, s.sex, completed_years(s.age_at_onset_years, time_years))
    loss = pain_loss(tariff, norm, s.felt + s.felt_slope * (time_years - s.time_years))
    if not is_plain(s):
        loss = max(loss, s.replacing_loss, neck_line(s, tariff, time_years)[0]) + phase_loss(s, time_years)
    return float(norm - loss - constant_loss(s, tariff))
