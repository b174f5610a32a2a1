"""Relations between forms of utility and between settings of cost, on random courses that no engine wrote."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent.random_courses import courses, inputs
from independent.valuation_inputs import (
    ALL_CATEGORIES,
    EARLY_STRATEGY,
    NO_FRICTION,
    arrays,
    unrelated_costs_rising_with_age,
)

from sim.valuation.courses import value_block
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.valuation.tariff import build_tariff

EXACT = {"rel": 1e-12, "abs": 1e-12}
QALYS = ("qalys", "qalys_discounted")
UTILITIES = ("utility", "utility_squared")


def value_of(course, given_inputs):
    history, patients = arrays([course])
    return value_block(history, patients, build_tariff(given_inputs))


def with_structure(given_inputs, **structure):
    return given_inputs.changed(structure=vars(given_inputs.scenario.structure) | structure)


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs(), other=courses())
def test_with_the_whole_weight_on_load_pain_rest_pain_moves_no_outcome(course, given_inputs, other):
    """Bit for bit: weight 1 is the value without rest pain, whatever rest pain there is."""
    given_inputs = with_structure(given_inputs, experienced_pain_load_weight=1.0)
    rest = [(row.rest_pain, row.rest_slope) for row in other.rows]
    rows = [
        replace(row, rest_pain=rest[place % len(rest)][0], rest_slope=rest[place % len(rest)][1])
        for place, row in enumerate(course.rows)
    ]
    before, after = value_of(course, given_inputs), value_of(course.with_rows(*rows), given_inputs)
    assert before.outcomes.tobytes() == after.outcomes.tobytes()
    for name in UTILITIES:
        assert np.array_equal(before.curves[name], after.curves[name])


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_with_the_whole_weight_on_rest_pain_it_takes_the_place_of_load_pain(course, given_inputs):
    """Bit for bit."""
    exchanged = course.with_rows(
        *(
            replace(row, pain=row.rest_pain, slope=row.rest_slope, rest_pain=row.pain, rest_slope=row.slope)
            for row in course.rows
        )
    )
    by_rest = value_of(course, with_structure(given_inputs, experienced_pain_load_weight=0.0))
    by_load = value_of(exchanged, with_structure(given_inputs, experienced_pain_load_weight=1.0))
    for name in QALYS:
        assert by_rest.outcomes[name][0] == by_load.outcomes[name][0]
    for name in UTILITIES:
        assert np.array_equal(by_rest.curves[name], by_load.curves[name])


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs(), reference=st.floats(0.5, 1.0))
def test_additive_is_proportional_where_the_norm_is_the_reference(course, given_inputs, reference):
    given_inputs = given_inputs.changed(
        {"utility_reference_norm_utility": reference}, utility_norms=np.full((2, 121), reference)
    )
    additive = value_of(course, with_structure(given_inputs, utility_form="additive"))
    proportional = value_of(course, with_structure(given_inputs, utility_form="proportional"))
    for name in QALYS:
        assert additive.outcomes[name][0] == pytest.approx(proportional.outcomes[name][0], **EXACT)
    assert additive.curves["utility"] == pytest.approx(proportional.curves["utility"], **EXACT)


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs(), per_point=st.floats(0.0, 0.1))
def test_convex_without_a_bend_is_proportional(course, given_inputs, per_point):
    """Almost no bend, so that knots are passed, is proportional too, within what the bend can take."""
    slopes = [f"convex_utility_loss.{part}_utility" for part in ("below_first_knot", "between_knots")]
    slopes += ["convex_utility_loss.above_second_knot_utility"]
    same = dict.fromkeys([*slopes, "utility_loss_per_pain_point_utility"], per_point)
    given_inputs = given_inputs.changed(same)
    proportional = value_of(course, with_structure(given_inputs, utility_form="proportional")).outcomes[0]
    convex = with_structure(given_inputs, utility_form="convex")
    bent = convex.changed({slopes[2]: per_point + 1e-12})
    for name in QALYS:
        assert value_of(course, convex).outcomes[name][0] == pytest.approx(proportional[name], **EXACT)
        assert value_of(course, bent).outcomes[name][0] == pytest.approx(proportional[name], rel=1e-10, abs=1e-10)


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_a_loss_that_begins_above_one_point_is_never_larger(course, given_inputs):
    """Larger utility by at most the loss of one point, which is 0.105 for the reference norm of 0.892."""
    above = value_of(course, with_structure(given_inputs, utility_form="above_one")).outcomes[0]
    whole = value_of(course, with_structure(given_inputs, utility_form="proportional")).outcomes[0]
    gain = above["qalys"] - whole["qalys"]
    assert -1e-9 <= gain <= above["life_years"] * 0.105 * 0.95 / 0.892 + 1e-9


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_doubling_every_unit_cost_and_other_medical_care_doubles_every_category(course, given_inputs):
    """Bit for bit, in all thirteen."""
    yearly = unrelated_costs_rising_with_age()
    given_inputs = given_inputs.changed(unrelated_medical_costs=yearly)
    numbers = given_inputs.parameters.numbers
    doubled = {name: 2.0 * number for name, number in numbers.items() if name.startswith("setting.unit_costs.")}
    dearer = given_inputs.changed(doubled, unrelated_medical_costs=2.0 * yearly)
    before, after = value_of(course, given_inputs).outcomes[0], value_of(course, dearer).outcomes[0]
    for name in OUTCOME_NAMES:
        if name.startswith("cost"):
            assert after[name] == 2.0 * before[name], name
        else:
            assert np.array_equal(before[name], after[name], equal_nan=True), name


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs(), scans=st.floats(0.0, 60.0))
def test_cost_is_linear_in_the_scans_for_each_case(course, given_inputs, scans):
    """By the cost of one scan with its chance visits and their trips, times the discounted first scan."""
    given_inputs = given_inputs.changed(perspective=ALL_CATEGORIES)
    numbers = given_inputs.parameters.numbers
    early = course.strategy == EARLY_STRATEGY
    name, other = "scans_per_case_count", "early_scans_per_case_count"
    if early:
        name, other = other, name
    before = value_of(course, given_inputs).outcomes[0]
    after = value_of(course, given_inputs.changed({name: scans})).outcomes[0]
    mri, visit, trip = (
        numbers[f"setting.unit_costs.{cost}"] for cost in ("mri", "follow_up_consultation", "travel_visit")
    )
    one = mri + trip + 0.05 * (visit + trip)
    for suffix in ("", "_discounted"):
        expected = before[f"cost{suffix}"] + (scans - numbers[name]) * before[f"first_scans{suffix}"] * one
        assert after[f"cost{suffix}"] == pytest.approx(expected, rel=1e-12, abs=1e-9)
    same = value_of(course, given_inputs.changed({other: scans})).outcomes[0]
    assert same.tobytes() == before.tobytes()


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_a_friction_period_beyond_every_absence_is_none_and_one_of_nothing_leaves_no_cost(course, given_inputs):
    period = "setting.friction_period_weeks"
    hours = replace(course, weekly_hours=30.0)
    given_inputs = given_inputs.changed(without=())
    endless = value_of(hours, given_inputs.changed({period: 1e5})).outcomes[0]
    without = value_of(hours, given_inputs.changed(without=(NO_FRICTION,))).outcomes[0]
    some = value_of(hours, given_inputs).outcomes[0]
    nothing = value_of(hours, given_inputs.changed({period: 0.0})).outcomes[0]
    for name in ("cost_productivity", "cost_productivity_discounted"):
        assert endless[name] == without[name]
        assert nothing[name] == 0.0
        assert 0.0 <= some[name] <= without[name] * (1.0 + 1e-12)
    week = without["days_off_work"] / 7.0
    assert without["cost_productivity"] == pytest.approx(week * 30.0 * 39.9, rel=1e-9, abs=1e-9)
