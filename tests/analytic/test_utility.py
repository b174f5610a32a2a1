"""Utility and its integral worked out by hand; the numbers stand in the docstrings."""

import math

import numpy as np
import pytest
from independent.valuation_inputs import CHAIR, INFUSION, OPERATION, Course, Row, StandInInputs, arrays, quiet_course

from sim.valuation.courses import value_block
from sim.valuation.tariff import build_tariff
from sim.valuation.utility import norm_integral, norm_years_ahead
from sim.vocabulary.enums import Sex, Site
from sim.vocabulary.events import Event, Status

WEEK = 7.0 / 365.25
UNDISCOUNTED = {"setting.discount_rate_effects_per_year": 0.0, "setting.discount_rate_costs_per_year": 0.0}


def value_of(course, values=None, norm=None):
    """The value of one course, undiscounted, with one norm for all ages if given."""
    norms = None if norm is None else np.full((2, 121), norm)
    inputs = StandInInputs(UNDISCOUNTED | (values or {}), utility_norms=norms)
    history, patients = arrays([course])
    return value_block(history, patients, build_tariff(inputs))


def qalys_of(course, values=None, norm=1.0):
    return value_of(course, values, norm).outcomes["qalys"][0]


def test_a_man_of_45_with_pain_7_has_a_utility_of_0_40():
    """Norm 0.892, loss 0.07 a point: 0.892 * (1 - 0.07 * 7 / 0.892) = 0.892 - 0.49 = 0.402."""
    value = value_of(quiet_course(0.5, pain=7.0), norm=0.892)
    assert value.outcomes["qalys"][0] == pytest.approx(0.5 * 0.402, abs=1e-12)
    assert value.curves["utility"][0] == pytest.approx(0.402, abs=1e-12)


def test_each_year_of_age_has_its_own_norm():
    """A woman of 44.75 for 2.5 years: 0.25 years at 44, one at 45, one at 46, 0.25 at 47.

    Pain 1.3 takes the share 0.07 * 1.3 / 0.892 of each norm.
    """
    norms = np.tile(np.linspace(1.0, 0.4, 121), (2, 1))
    inputs = StandInInputs(UNDISCOUNTED, utility_norms=norms)
    history, patients = arrays([quiet_course(2.5, age_years=44.75, pain=1.3, sex=Sex.FEMALE)])
    expected = (1.0 - 0.07 * 1.3 / 0.892) * (0.25 * norms[0, 44] + norms[0, 45] + norms[0, 46] + 0.25 * norms[0, 47])
    outcome = value_block(history, patients, build_tariff(inputs)).outcomes[0]
    assert outcome["qalys"] == pytest.approx(expected, abs=1e-12)


def test_ages_beyond_the_table_keep_its_last_norm():
    norms = np.tile(np.linspace(1.0, 0.4, 121), (2, 1))
    inputs = StandInInputs(UNDISCOUNTED, utility_norms=norms)
    history, patients = arrays([quiet_course(5.0, age_years=118.5), quiet_course(3.0, age_years=125.25)])
    outcomes = value_block(history, patients, build_tariff(inputs)).outcomes
    assert outcomes["qalys"][0] == pytest.approx(0.5 * norms[1, 118] + norms[1, 119] + 3.5 * 0.4, abs=1e-12)
    assert outcomes["qalys"][1] == pytest.approx(3.0 * 0.4, abs=1e-12)


def test_falling_pain_is_a_triangle():
    """Pain from 8 to 0 in half a year takes half a year * 4 * 0.07 / 0.892 of norm 1; pain-years 2."""
    rows = (
        Row(0.0, Event.ENTRY, pain=8.0, slope=-16.0, status=Status.SYMPTOMATIC),
        Row(0.5, Event.SYMPTOMS_RESOLVE),
        Row(1.0, Event.FOLLOW_UP_ENDED),
    )
    outcome = value_of(Course(rows), norm=1.0).outcomes[0]
    assert outcome["qalys"] == pytest.approx(1.0 - 0.5 * 4.0 * 0.07 / 0.892, abs=1e-12)
    assert outcome["pain_years"] == pytest.approx(2.0, abs=1e-12)
    assert outcome["pain_free_days"] == pytest.approx(0.5 * 365.25, abs=1e-9)
    assert outcome["symptom_months_from_entry"] == pytest.approx(6.0, abs=1e-12)


def test_an_adverse_event_in_place_of_pain_counts_only_where_it_is_worse():
    """Fever (0.35) for a tenth of a year, while pain falls from a loss of 0.7 to 0: they meet half way.

    With a reference norm of 1 and 0.07 a point, pain 10 falling over 0.1 years loses 0.7 to 0. The larger loss is pain
    in the first 0.05 years (mean 0.525) and fever in the second (0.35): 0.05 * 0.525 + 0.05 * 0.35 = 0.04375.
    """
    rows = (
        Row(0.0, Event.ENTRY, pain=10.0, slope=-100.0),
        Row(0.0, Event.ADVERSE_EVENT_STARTS, pain=10.0, slope=-100.0, treatment=INFUSION, value=0.0),
        Row(0.1, Event.ADVERSE_EVENT_ENDS, treatment=INFUSION, value=0.0),
        Row(1.0, Event.FOLLOW_UP_ENDED),
    )
    qalys = qalys_of(Course(rows), {"utility_reference_norm_utility": 1.0})
    assert qalys == pytest.approx(1.0 - 0.04375, abs=1e-12)


def test_overlapping_adverse_events_add_up_and_the_worst_in_place_of_pain_counts_once():
    """Day 0-4 fever 0.35, day 1-3 flush 0.20 (both in place of pain), day 1-2 headache 0.1 twice (two doses)."""
    day = 1.0 / 365.25

    def row(days, event, treatment, number):
        return Row(days * day, event, treatment=treatment, value=float(number))

    starts, ends = Event.ADVERSE_EVENT_STARTS, Event.ADVERSE_EVENT_ENDS
    rows = (
        Row(0.0, Event.ENTRY),
        row(0, starts, INFUSION, 0),
        row(1, starts, CHAIR, 1),
        row(1, starts, CHAIR, 0),
        row(1, starts, CHAIR, 0),
        row(2, ends, CHAIR, 0),
        row(2, ends, CHAIR, 0),
        row(3, ends, CHAIR, 1),
        row(4, ends, INFUSION, 0),
        Row(1.0, Event.FOLLOW_UP_ENDED),
    )
    value = value_of(Course(rows), norm=1.0)
    assert value.outcomes["qalys"][0] == pytest.approx(1.0 - day * (4 * 0.35 + 2 * 0.1), abs=1e-12)
    assert value.outcomes["adverse_events"][0] == 4.0
    assert value.adverse_events[INFUSION, 0] == 1
    assert value.adverse_events[CHAIR, 0] == 2


def test_the_weeks_after_a_procedure_end_without_a_row_and_at_death():
    """0.05 for six weeks; someone who dies in the second week loses two weeks of it."""
    rows = (
        Row(0.0, Event.ENTRY),
        Row(0.0, Event.TREATMENT_STARTS, treatment=OPERATION, site=Site.HIP),
        Row(1.0, Event.FOLLOW_UP_ENDED),
    )
    assert qalys_of(Course(rows)) == pytest.approx(1.0 - 6.0 * WEEK * 0.05, abs=1e-12)
    dead_after_two_weeks = (*rows[:-1], Row(2.0 * WEEK, Event.DEATH, value=0.0))
    assert qalys_of(Course(dead_after_two_weeks)) == pytest.approx(2.0 * WEEK * 0.95, abs=1e-12)


def test_a_neck_fracture_is_acute_then_recovers_in_a_line_then_stays():
    """0.53 for 8 weeks, a line from 0.53 to 0.16 until 12 months, 0.10 from then; pain 1 loses less and is covered."""
    acute, year = 8.0 * WEEK, 1.0
    rows = (
        Row(0.0, Event.ENTRY, pain=1.0),
        Row(0.0, Event.NECK_FRACTURE, pain=1.0, value=0.0),
        Row(acute, Event.NECK_FRACTURE_STAGE, pain=1.0, value=1.0),
        Row(0.6, Event.REVIEW, pain=1.0),
        Row(year, Event.NECK_FRACTURE_STAGE, pain=1.0, value=2.0),
        Row(3.0, Event.FOLLOW_UP_ENDED, pain=1.0),
    )
    loss = acute * 0.53 + (year - acute) * 0.5 * (0.53 + 0.16) + 2.0 * 0.10
    assert qalys_of(Course(rows)) == pytest.approx(3.0 - loss, abs=1e-12)


def test_someone_who_dies_in_recovery_was_on_the_planned_line():
    """Dead at 6 months: the line of the year has come down from 0.53 to the share of the way that was gone."""
    acute = 8.0 * WEEK
    rows = (
        Row(0.0, Event.ENTRY),
        Row(0.0, Event.NECK_FRACTURE, value=0.0),
        Row(acute, Event.NECK_FRACTURE_STAGE, value=1.0),
        Row(0.5, Event.DEATH, value=0.0),
    )
    at_death = 0.53 + (0.16 - 0.53) * (0.5 - acute) / (1.0 - acute)
    loss = acute * 0.53 + (0.5 - acute) * 0.5 * (0.53 + at_death)
    assert qalys_of(Course(rows)) == pytest.approx(0.5 - loss, abs=1e-12)


def neck_course(*later_rows):
    """A neck fracture at entry, its acute stage over after 8 weeks."""
    return Course(
        (
            Row(0.0, Event.ENTRY),
            Row(0.0, Event.NECK_FRACTURE, value=0.0),
            Row(8.0 * WEEK, Event.NECK_FRACTURE_STAGE, value=1.0),
            *later_rows,
        ),
        age_years=45.3,  # so that no birthday falls on an edge of the fracture's course
    )


def test_a_recovery_without_a_late_stage_stays_at_the_loss_of_one_year():
    """0.53 for 8 weeks, the line to 0.16 until one year, 0.16 for two years more."""
    acute = 8.0 * WEEK
    loss = acute * 0.53 + (1.0 - acute) * 0.5 * (0.53 + 0.16) + 2.0 * 0.16
    assert qalys_of(neck_course(Row(3.0, Event.FOLLOW_UP_ENDED))) == pytest.approx(3.0 - loss, abs=1e-12)


def test_a_recovery_ends_with_its_row_whatever_the_plan():
    """Late already at 0.8 years: the line comes down to 0.16 there, and 0.10 holds for the 1.2 years after it."""
    acute = 8.0 * WEEK
    late = Row(0.8, Event.NECK_FRACTURE_STAGE, value=2.0)
    loss = acute * 0.53 + (0.8 - acute) * 0.5 * (0.53 + 0.16) + 1.2 * 0.10
    assert qalys_of(neck_course(late, Row(2.0, Event.FOLLOW_UP_ENDED))) == pytest.approx(2.0 - loss, abs=1e-12)


def test_a_second_neck_fracture_starts_anew():
    """The first is on its planned line at 0.5 years when the second breaks, which is acute for 8 weeks, to the end."""
    acute = 8.0 * WEEK
    second = (
        Row(0.5, Event.NECK_FRACTURE, value=1.0),
        Row(0.5 + acute, Event.NECK_FRACTURE_STAGE, value=1.0),
        Row(0.5 + acute, Event.DEATH, value=0.0),
    )
    then = 0.53 + (0.16 - 0.53) * (0.5 - acute) / (1.0 - acute)
    loss = acute * 0.53 + (0.5 - acute) * 0.5 * (0.53 + then) + acute * 0.53
    assert qalys_of(neck_course(*second)) == pytest.approx(0.5 + acute - loss, abs=1e-12)


def test_fever_during_a_recovery_counts_only_where_it_is_worse():
    """Fever at 0.35 from the end of the acute stage to one year; the line from 0.53 to 0.16 passes it at x."""
    acute = 8.0 * WEEK
    course = neck_course(
        Row(acute, Event.ADVERSE_EVENT_STARTS, treatment=INFUSION, value=0.0),
        Row(1.0, Event.NECK_FRACTURE_STAGE, value=2.0),
        Row(1.0, Event.FOLLOW_UP_ENDED),
    )
    above = (1.0 - acute) * (0.53 - 0.35) / (0.53 - 0.16)
    loss = acute * 0.53 + above * 0.5 * (0.53 + 0.35) + (1.0 - acute - above) * 0.35
    assert qalys_of(course) == pytest.approx(1.0 - loss, abs=1e-12)


def test_the_last_point_of_the_curves_holds_the_end_of_a_horizon_of_two_years():
    entry = 1.0 / 3.0
    rows = (Row(entry, Event.ENTRY, pain=3.0, slope=-1.0), Row(entry + 2.0, Event.FOLLOW_UP_ENDED, pain=1.0))
    curves = value_of(Course(rows)).curves
    assert np.all(curves["alive"] == 1.0)
    assert curves["load_pain"] == pytest.approx(np.linspace(3.0, 1.0, 49), abs=1e-12)
    assert curves["load_pain_squared"] == pytest.approx(np.linspace(3.0, 1.0, 49) ** 2, abs=1e-12)


def test_pain_that_rises_from_nothing_is_there_at_every_point():
    """From 0 to 4 over two years, two points a year; nothing else."""
    rows = (Row(0.0, Event.ENTRY, slope=2.0), Row(2.0, Event.FOLLOW_UP_ENDED, pain=4.0))
    curves = value_of(Course(rows), norm=1.0).curves
    pain = np.linspace(0.0, 4.0, 49)
    assert curves["load_pain"] == pytest.approx(pain, abs=1e-12)
    assert curves["utility"] == pytest.approx(1.0 - 0.07 * pain / 0.892, abs=1e-12)
    assert not curves["rest_pain"].any()


def test_a_scan_is_normal_from_the_next_point_on():
    """Normal at 3.6 months, which nothing else goes with; follow-up ends at 12 months, a point every half month."""
    rows = (Row(0.0, Event.ENTRY), Row(0.3, Event.MRI_NORMAL, lesion=0), Row(1.0, Event.FOLLOW_UP_ENDED))
    points = np.arange(49)
    assert np.array_equal(value_of(Course(rows)).curves["mri_normal"], (points >= 8) & (points <= 24))


def test_nobody_is_counted_after_the_end_of_follow_up():
    rows = (Row(0.0, Event.ENTRY), Row(1.0, Event.FOLLOW_UP_ENDED))
    curves = value_of(Course(rows)).curves
    assert np.array_equal(curves["alive"], np.arange(49) <= 24)
    assert np.array_equal(curves["occupancy"].sum(axis=1), np.arange(49) <= 24)


def test_crutches_come_on_top_of_pain():
    rows = (
        Row(0.0, Event.ENTRY, pain=5.0, status=Status.UNLOADING),
        Row(0.25, Event.UNLOADING_ENDS, pain=5.0),
        Row(1.0, Event.FOLLOW_UP_ENDED, pain=5.0),
    )
    outcome = value_of(Course(rows), norm=1.0).outcomes[0]
    assert outcome["qalys"] == pytest.approx(1.0 - 5.0 * 0.07 / 0.892 - 0.25 * 0.03, abs=1e-12)
    assert outcome["unloading_days"] == pytest.approx(0.25 * 365.25)


def test_someone_who_dies_at_entry_has_nothing_but_what_was_paid():
    rows = (
        Row(0.3, Event.ENTRY, pain=7.0),
        Row(0.3, Event.REVIEW, pain=7.0),
        Row(0.3, Event.DEATH, value=0.0),
    )
    value = value_of(Course(rows))
    outcome = value.outcomes[0]
    for name in ("life_years", "life_years_discounted", "qalys", "qalys_discounted", "pain_years"):
        assert outcome[name] == 0.0
    assert outcome["cost"] == 200.0
    assert math.isnan(outcome["symptom_months_from_entry"])
    assert np.all(value.curves["occupancy"][:, 7] == 1.0)
    assert not value.curves["alive"].any()


@pytest.mark.parametrize("rate", [0.0, 0.0344, 0.1])
@pytest.mark.parametrize(
    ("age", "length"), [(18.0, 70.0), (44.9, 0.2), (61.37, 33.21), (119.5, 9.0), (78.0, 42.3), (0.5, 120.0)]
)
def test_the_norms_ahead_give_the_sum_of_the_single_years(rate, age, length):
    """Oracle: year by year, each with the closed form of its own piece."""
    norms = np.tile(np.cos(np.arange(121) / 90.0), (2, 1))
    total, x = 0.0, 0.0
    while x < length:
        years = math.floor(age + x + 1e-12)
        end = min(length, years + 1 - age)
        piece = end - x if rate == 0.0 else -math.exp(-rate * x) * math.expm1(-rate * (end - x)) / rate
        total += norms[0, min(years, 120)] * piece
        x = end
    ahead = norm_years_ahead(norms, rate)[0]
    integral = norm_integral(norms[0], ahead, rate, age, math.floor(age), length)
    assert integral == pytest.approx(total, rel=1e-13)
