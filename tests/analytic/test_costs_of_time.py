"""What time costs, worked out by hand: help, unpaid work, absence up to the friction period, other medicine."""

import math

import numpy as np
import pytest
from independent.valuation_inputs import NO_FRICTION, Course, Row, StandInInputs, arrays
from independent.valuation_numbers import UNIT_COSTS
from simulate import changed

from sim.inputs.model_inputs import gather
from sim.valuation.courses import value_block
from sim.valuation.tariff import build_tariff
from sim.vocabulary.enums import Sex
from sim.vocabulary.events import Event, Status

C = UNIT_COSTS
RATE = math.log1p(0.035)
WEEK = 7.0 / 365.25
FRICTION = 16.4 * WEEK
WEEKLY_PAY = 36.0 * C["paid_hour"]


def discounted(start, end):
    """Years from `start` to `end` after entry, discounted."""
    return (math.exp(-RATE * start) - math.exp(-RATE * end)) / RATE


def outcome_of(rows, inputs=None, **who):
    history, patients = arrays([Course(tuple(rows), **who)])
    return value_block(history, patients, build_tariff(inputs or StandInInputs())).outcomes[0]


def spell(status, start, end, until=3.0):
    """Entry at onset, a status from `start` to `end`."""
    rows = [Row(0.0, Event.ENTRY), Row(start, Event.REVIEW, status=status), Row(end, Event.REVIEW)]
    return [*rows, Row(until, Event.FOLLOW_UP_ENDED)]


@pytest.mark.parametrize(
    ("status", "category", "weekly"),
    [
        (Status.UNLOADING, "informal_care", 4.0 * C["informal_care_hour"]),
        (Status.SYMPTOMATIC, "unpaid_work", 3.0 * C["unpaid_work_hour"]),
        (Status.USES_NSAID, "drug", C["nsaid_year"] * WEEK),
    ],
)
def test_a_spell_costs_its_weeks_wherever_it_is_cut(status, category, weekly):
    """Ten weeks from a quarter of a year on, also with a row that says nothing new half way."""
    rows = spell(status, 0.25, 0.25 + 10.0 * WEEK)
    cut = [*rows[:2], Row(0.25 + 5.0 * WEEK, Event.EFFECT_CHANGES, status=status), *rows[2:]]
    for course in (rows, cut):
        outcome = outcome_of(course)
        assert outcome[f"cost_{category}"] == pytest.approx(10.0 * weekly, rel=1e-12)
        expected = weekly / WEEK * discounted(0.25, 0.25 + 10.0 * WEEK)
        assert outcome[f"cost_{category}_discounted"] == pytest.approx(expected, rel=1e-12)


def test_thirty_weeks_off_work_cost_the_friction_period():
    """16.4 weeks of 36 hours; somebody without a job loses nothing."""
    rows = spell(Status.ABSENT_FROM_WORK, 0.5, 0.5 + 30.0 * WEEK)
    outcome = outcome_of(rows)
    assert outcome["cost_productivity"] == pytest.approx(16.4 * WEEKLY_PAY, rel=1e-12)
    expected = WEEKLY_PAY / WEEK * discounted(0.5, 0.5 + FRICTION)
    assert outcome["cost_productivity_discounted"] == pytest.approx(expected, rel=1e-12)
    assert outcome["days_off_work"] == pytest.approx(210.0, rel=1e-12)
    assert outcome_of(rows, weekly_hours=0.0)["cost_productivity"] == 0.0


def test_thirty_weeks_off_work_cost_16_4_weeks_in_the_netherlands_and_all_of_them_in_the_united_kingdom():
    """36 hours at the setting's price of an hour."""
    rows = spell(Status.ABSENT_FROM_WORK, 0.5, 0.5 + 30.0 * WEEK)
    for scenario, weeks in (("base_case_nl", 16.4), ("base_case_uk", 30.0)):
        inputs = gather(changed(scenario))
        hour = inputs.parameters.value("setting.unit_costs.paid_hour")
        assert hour > 0.0
        outcome = outcome_of(rows, inputs, weekly_hours=36.0)
        assert outcome["cost_productivity"] == pytest.approx(weeks * 36.0 * hour, rel=1e-12)


def test_without_a_friction_period_every_absence_counts_in_full():
    rows = spell(Status.ABSENT_FROM_WORK, 0.5, 0.5 + 30.0 * WEEK)
    outcome = outcome_of(rows, StandInInputs(without=(NO_FRICTION,)))
    assert outcome["cost_productivity"] == pytest.approx(30.0 * WEEKLY_PAY, rel=1e-12)


def test_each_spell_has_its_own_friction_period():
    """Twenty weeks, a week at work, ten weeks: 16.4 and 10 weeks are charged."""
    absent = Status.ABSENT_FROM_WORK
    times = [20.0 * WEEK, 21.0 * WEEK, 31.0 * WEEK]
    rows = [Row(0.0, Event.ENTRY, status=absent), Row(times[0], Event.WORK_ABSENCE_ENDS)]
    rows += [Row(times[1], Event.WORK_ABSENCE_STARTS, status=absent), Row(times[2], Event.WORK_ABSENCE_ENDS)]
    outcome = outcome_of([*rows, Row(1.0, Event.FOLLOW_UP_ENDED)])
    assert outcome["cost_productivity"] == pytest.approx(26.4 * WEEKLY_PAY, rel=1e-12)
    expected = WEEKLY_PAY / WEEK * (discounted(0.0, FRICTION) + discounted(times[1], times[2]))
    assert outcome["cost_productivity_discounted"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("weeks_before_entry", "charged"), [(0.0, 16.4), (6.4, 10.0), (16.4, 0.0), (25.0, 0.0)])
def test_the_friction_period_runs_from_the_true_start_and_is_charged_from_entry(weeks_before_entry, charged):
    """Off work for some weeks when entry comes, and for forty weeks after it, to the end of follow-up."""
    entry, absent = weeks_before_entry * WEEK, Status.ABSENT_FROM_WORK
    rows = [Row(0.0, Event.WORK_ABSENCE_STARTS, status=absent), Row(entry, Event.ENTRY, status=absent)]
    outcome = outcome_of([*rows, Row(entry + 40.0 * WEEK, Event.FOLLOW_UP_ENDED, status=absent)])
    assert outcome["cost_productivity"] == pytest.approx(charged * WEEKLY_PAY, rel=1e-12, abs=1e-9)
    expected = WEEKLY_PAY / WEEK * discounted(0.0, charged * WEEK)
    assert outcome["cost_productivity_discounted"] == pytest.approx(expected, rel=1e-12, abs=1e-9)


def test_who_dies_off_work_is_charged_until_then():
    rows = [Row(0.0, Event.ENTRY, status=Status.ABSENT_FROM_WORK), Row(3.0 * WEEK, Event.DEATH, value=0.0)]
    assert outcome_of(rows)["cost_productivity"] == pytest.approx(3.0 * WEEKLY_PAY, rel=1e-12)


@pytest.mark.parametrize("sex", list(Sex))
def test_other_medical_care_costs_what_the_age_costs(sex):
    """45.75 at entry: a quarter of a year at 45, one at 46, half a year at 47; nothing before entry at 45.25."""
    yearly = np.stack([1000.0 + 10.0 * np.arange(121), 3000.0 + 7.0 * np.arange(121)])
    rows = [Row(0.0, Event.LESION_STARTS, lesion=0, site=0), Row(0.5, Event.ENTRY), Row(2.25, Event.FOLLOW_UP_ENDED)]
    inputs = StandInInputs(unrelated_medical_costs=yearly)
    outcome = outcome_of(rows, inputs, age_years=45.25, sex=sex)
    at_45, at_46, at_47 = yearly[sex, 45:48]
    assert outcome["cost_unrelated_medical"] == pytest.approx(0.25 * at_45 + at_46 + 0.5 * at_47, rel=1e-12)
    expected = at_45 * discounted(0, 0.25) + at_46 * discounted(0.25, 1.25) + at_47 * discounted(1.25, 1.75)
    assert outcome["cost_unrelated_medical_discounted"] == pytest.approx(expected, rel=1e-12)
    assert outcome_of(rows)["cost_unrelated_medical"] == 0.0


@pytest.mark.parametrize("age", [118.5, 125.0])
def test_other_medical_care_beyond_the_table_costs_its_last_row(age):
    yearly = np.tile(np.arange(121.0), (2, 1))
    rows = [Row(0.0, Event.ENTRY), Row(4.0, Event.FOLLOW_UP_ENDED)]
    outcome = outcome_of(rows, StandInInputs(unrelated_medical_costs=yearly), age_years=age)
    expected = 4.0 * 120.0 if age >= 120.0 else 0.5 * 118.0 + 119.0 + 2.5 * 120.0
    assert outcome["cost_unrelated_medical"] == pytest.approx(expected, rel=1e-12)
