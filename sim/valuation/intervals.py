"""What an interval between two rows adds to the outcomes; intervals tile the time from entry to the last row.

Utility is integrated exactly. Where it is a constant times the norm, a table carries it across any number
of birthdays; otherwise the interval is cut into pieces at birthdays, at the ends of phases and recoveries, and where
pain passes a knot of the loss.
"""

from typing import Any

import numpy as np

from sim.disease.rule import generic
from sim.valuation.discounting import discounted_length, discounted_ramp
from sim.valuation.pain_loss import loss_line, loss_per_point, next_knot_years, share_above_knots
from sim.valuation.situation import NECK_RECOVERING, drop_ended_phases
from sim.valuation.utility import (
    OLDEST,
    completed_years,
    constant_loss,
    envelope_integral,
    grow_older,
    is_plain,
    neck_line,
    norm_at,
    norm_integral,
    phase_loss,
)
from sim.vocabulary.events import Status
from sim.vocabulary.units import DAYS_PER_YEAR


@generic
def end_of_piece(s: Any, tariff: Any, time_years: float, until: float) -> float:
    """The first birthday, knot, end of a phase or of a recovery after `time_years`, or `until` if that comes first."""
    end = min(until, completed_years(s.age_at_onset_years, time_years) + 1 - s.age_at_onset_years)
    end = next_knot_years(s, tariff, time_years, end)
    for k in range(s.phase_count):
        if s.phase_ends_years[k] > time_years:
            end = min(end, s.phase_ends_years[k])
    if s.neck == NECK_RECOVERING and s.neck_recovery_ends_years > time_years:
        end = min(end, s.neck_recovery_ends_years)
    return float(end)


@generic
def utility_by_pieces(s: Any, tariff: Any, until: float, rate: float) -> float:
    """Integral of utility * exp(-rate * x) from the last row to `until`, x since that row; true in every situation."""
    total, discount, time = 0.0, 1.0, s.time_years
    steady = constant_loss(s, tariff)
    while time < until:
        end = end_of_piece(s, tariff, time, until)
        length = end - time
        norm = norm_at(tariff, s.sex, completed_years(s.age_at_onset_years, time))
        neck, neck_slope = neck_line(s, tariff, time)
        felt = s.felt + s.felt_slope * (time - s.time_years)
        fixed, share = loss_line(tariff, norm, felt + 0.5 * s.felt_slope * length)
        pain, pain_slope = fixed + share * felt, share * s.felt_slope
        loss = envelope_integral(pain, pain_slope, neck, neck_slope, s.replacing_loss, length, rate)
        weight = discounted_length(rate, length)
        total += discount * ((norm - steady - phase_loss(s, time)) * weight - loss)
        discount *= 1.0 - rate * weight
        time = end
    return total


@generic
def utility_under_constant_pain(s: Any, tariff: Any, length: float, weight: float) -> tuple[float, float]:
    """Both integrals, plain and discounted, over an interval with birthdays in it, through the norms ahead."""
    age = s.age_at_onset_years + s.time_years
    years = s.completed_years
    kept = 1.0 - tariff.loss_share_per_point * s.felt - share_above_knots(tariff, s.felt)
    steady = constant_loss(s, tariff) + tariff.loss_per_point * s.felt
    norms = tariff.norms[s.sex]
    plain = norm_integral(norms, tariff.norm_years[s.sex], 0.0, age, years, length)
    discounted = norm_integral(norms, tariff.norm_years_discounted[s.sex], tariff.effect_rate, age, years, length)
    return kept * plain - steady * length, kept * discounted - steady * weight


@generic
def utility_is_a_line(s: Any, tariff: Any, until: float) -> bool:
    """Whether utility runs in one straight line from the last row to `until`: the usual case, kept short."""
    return bool(is_plain(s) and until <= s.next_birthday_years and not tariff.kinked)


@generic
def utility_line(s: Any, tariff: Any) -> tuple[float, float]:
    """Utility at the last row and its slope per year, where it is a line."""
    norm = norm_at(tariff, s.sex, s.completed_years)
    per_point = loss_per_point(tariff, norm)
    return norm - per_point * s.felt - constant_loss(s, tariff), -per_point * s.felt_slope


@generic
def utility_otherwise(s: Any, tariff: Any, until: float, weight: float) -> tuple[float, float]:
    """Integral of utility from the last row to `until`: undiscounted, and discounted to the last row's time."""
    if is_plain(s) and s.felt_slope == 0.0 and until > s.next_birthday_years and s.completed_years < OLDEST:
        return utility_under_constant_pain(s, tariff, until - s.time_years, weight)
    return utility_by_pieces(s, tariff, until, 0.0), utility_by_pieces(s, tariff, until, tariff.effect_rate)


@generic
def count_time(s: Any, outcome: Any, length: float) -> None:
    """Undiscounted time spent in pain, without pain, on crutches, off work; and when symptoms first are gone."""
    outcome.pain_years += length * (s.pain + 0.5 * s.slope * length)
    if s.pain == 0.0 and s.slope == 0.0:
        outcome.pain_free_days += length * DAYS_PER_YEAR
    if s.status & Status.UNLOADING:
        outcome.unloading_days += length * DAYS_PER_YEAR
    if s.status & Status.ABSENT_FROM_WORK:
        outcome.days_off_work += length * DAYS_PER_YEAR
    if s.status & Status.SYMPTOMATIC == 0 and np.isnan(s.resolved_years):
        s.resolved_years = s.time_years


@generic
def count_interval(s: Any, tariff: Any, outcome: Any, until: float) -> None:
    """Add the time from the last row to `until` to the outcomes, and move both discount factors on.

    A length of zero adds nothing, so a state that is left in the instant it began is not seen.
    """
    length = until - s.time_years
    if length <= 0.0:
        return
    weight = discounted_length(tariff.effect_rate, length)
    if utility_is_a_line(s, tariff, until):
        start, slope = utility_line(s, tariff)
        plain = length * (start + 0.5 * slope * length)
        discounted = start * weight + slope * discounted_ramp(tariff.effect_rate, length)
    else:
        plain, discounted = utility_otherwise(s, tariff, until, weight)
    outcome.qalys += plain
    outcome.qalys_discounted += s.effect_discount * discounted
    outcome.life_years += length
    outcome.life_years_discounted += s.effect_discount * weight
    s.effect_discount *= 1.0 - tariff.effect_rate * weight
    cost_weight = weight if tariff.cost_rate == tariff.effect_rate else discounted_length(tariff.cost_rate, length)
    s.cost_clock_years += s.cost_discount * cost_weight
    s.cost_discount *= 1.0 - tariff.cost_rate * cost_weight
    count_time(s, outcome, length)
    if until >= s.next_birthday_years:
        grow_older(s, until)
    if s.phase_count > 0:
        drop_ended_phases(s, until)
