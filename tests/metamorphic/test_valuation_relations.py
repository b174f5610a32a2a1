"""What must not change a value, or change it in one direction only; on random courses that no engine wrote."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent.random_courses import courses, inputs
from independent.valuation_inputs import Course, Row, StandInInputs, arrays, quiet_course, without_losses

from sim.valuation.courses import value_block
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import RunError
from sim.vocabulary.events import Event

EXACT = {"rel": 1e-12, "abs": 1e-12}


def value_of(course, given_inputs):
    history, patients = arrays([course])
    return value_block(history, patients, build_tariff(given_inputs))


def with_row_inside(course: Course, place: int, share: float) -> Course:
    """The course with a row that says nothing new, `share` of the way from row `place` to the next."""
    rows = list(course.rows)
    row, later = rows[place], rows[place + 1]
    elapsed = share * (later.time_years - row.time_years)
    between = replace(
        row,
        event=Event.VITAMIN_D_CROSSES,
        time_years=row.time_years + elapsed,
        pain=row.pain + row.slope * elapsed,
        rest_pain=row.rest_pain + row.rest_slope * elapsed,
        treatment=-1,
        lesion=-1,
        site=-1,
    )
    rows.insert(place + 1, between)
    return course.with_rows(*rows)


@settings(max_examples=100)
@given(course=courses(), given_inputs=inputs(), place=st.integers(0, 30), share=st.floats(0.01, 0.99))
def test_a_row_that_says_nothing_changes_no_value(course, given_inputs, place, share):
    """Intervals tile: where they are cut does not matter."""
    cut = with_row_inside(course, place % (len(course.rows) - 1), share)
    before, after = value_of(course, given_inputs), value_of(cut, given_inputs)
    for name in OUTCOME_NAMES:
        assert after.outcomes[name][0] == pytest.approx(before.outcomes[name][0], nan_ok=True, **EXACT), name
    for name in ("alive", "occupancy", "symptom_free", "mri_normal"):
        assert np.array_equal(before.curves[name], after.curves[name])
    for name in ("load_pain", "rest_pain"):
        assert np.allclose(before.curves[name], after.curves[name], rtol=1e-9, atol=1e-9)


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_qalys_are_the_time_lived_when_utility_is_one(course, given_inputs):
    outcome = value_of(course, without_losses(given_inputs)).outcomes[0]
    entry = next(row.time_years for row in course.rows if row.event == Event.ENTRY)
    assert outcome["qalys"] == pytest.approx(course.rows[-1].time_years - entry, **EXACT)
    assert outcome["life_years"] == pytest.approx(course.rows[-1].time_years - entry, **EXACT)
    assert outcome["qalys_discounted"] == pytest.approx(outcome["life_years_discounted"], **EXACT)


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_discounting_never_adds(course, given_inputs):
    outcome = value_of(course, given_inputs).outcomes[0]
    assert outcome["life_years_discounted"] <= outcome["life_years"] * (1.0 + 1e-12)
    assert outcome["qalys"] <= outcome["life_years"] + 1e-12
    assert outcome["cost_discounted"] <= outcome["cost"] * (1.0 + 1e-12)


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_without_discounting_both_values_are_the_same(course, given_inputs):
    rates = ("setting.discount_rate_costs_per_year", "setting.discount_rate_effects_per_year")
    outcome = value_of(course, given_inputs.changed(dict.fromkeys(rates, 0.0))).outcomes[0]
    for name in OUTCOME_NAMES:
        if name.endswith("_discounted"):
            assert outcome[name] == pytest.approx(outcome[name.removesuffix("_discounted")], **EXACT), name


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs(), delay=st.floats(0.0, 3.0))
def test_nothing_but_clocks_since_onset_depends_on_when_onset_was(course, given_inputs, delay):
    """Every row later by a delay, and the patient as much younger at onset."""
    moved = course.with_rows(*(replace(row, time_years=row.time_years + delay) for row in course.rows))
    before = value_of(course, given_inputs).outcomes[0]
    after = value_of(replace(moved, age_years=course.age_years - delay), given_inputs).outcomes[0]
    for name in OUTCOME_NAMES:
        expected = before[name] + (12.0 * delay if name.endswith("_from_onset") else 0.0)
        assert after[name] == pytest.approx(expected, nan_ok=True, rel=1e-9, abs=1e-9), name


@settings(max_examples=30)
@given(course=courses(), given_inputs=inputs())
def test_valuing_alters_nothing_that_it_reads(course, given_inputs):
    history, patients = arrays([course])
    tariff = build_tariff(given_inputs)
    before = history.tobytes(), patients.tobytes(), tariff.tobytes()
    value_block(history, patients, tariff)
    assert before == (history.tobytes(), patients.tobytes(), tariff.tobytes())


@settings(max_examples=40)
@given(course=courses(), given_inputs=inputs(), doubled=st.sampled_from(sorted(StandInInputs().parameters.numbers)))
def test_doubling_a_unit_cost_moves_costs_only(course, given_inputs, doubled):
    if not doubled.startswith("setting.unit_costs."):
        doubled = "setting.unit_costs.mri"
    dearer = given_inputs.changed({doubled: 2.0 * given_inputs.parameters.numbers[doubled]})
    before, after = value_of(course, given_inputs).outcomes[0], value_of(course, dearer).outcomes[0]
    for name in OUTCOME_NAMES:
        if name.startswith("cost"):
            assert before[name] <= after[name] <= 2.0 * before[name] * (1.0 + 1e-12), name
        else:
            assert np.array_equal(before[name], after[name], equal_nan=True), name


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_where_nothing_has_a_price_everything_else_is_as_before(course, given_inputs):
    """Events that cost nothing still hurt, heal and are counted."""
    prices = [name for name in given_inputs.parameters.numbers if name.startswith("setting.unit_costs.")]
    free = given_inputs.changed(dict.fromkeys(prices, 0.0), unrelated_medical_costs=None)
    before, after = value_of(course, given_inputs), value_of(course, free)
    for name in OUTCOME_NAMES:
        if name.startswith("cost"):
            assert after.outcomes[name][0] == 0.0, name
        else:
            assert np.array_equal(before.outcomes[name], after.outcomes[name], equal_nan=True), name
    assert before.curves.tobytes() == after.curves.tobytes()
    assert before.states_at.tobytes() == after.states_at.tobytes()


END = Row(2.0, Event.FOLLOW_UP_ENDED)
ENTRY = Row(0.5, Event.ENTRY)


@pytest.mark.parametrize(
    "rows",
    [(ENTRY, Row(1.0, Event.REVIEW)), (Row(0.0, Event.LESION_STARTS), END), (ENTRY, END, Row(3.0, Event.REVIEW))],
    ids=["no last row", "no entry", "rows after the end"],
)
def test_a_broken_course_is_refused_with_the_patients_number(rows):
    history, patients = arrays([quiet_course(1.0), Course(rows), quiet_course(1.0)])
    with pytest.raises(RunError, match=r"patient 10[12]"):
        value_block(history, patients, build_tariff(StandInInputs()))


def test_a_history_of_other_patients_is_refused():
    history, patients = arrays([quiet_course(1.0), quiet_course(2.0)])
    tariff = build_tariff(StandInInputs())
    with pytest.raises(RunError, match="patient 101"):
        value_block(history, patients[1:], tariff)
    with pytest.raises(RunError, match="after the last patient"):
        value_block(history, patients[:1], tariff)
    with pytest.raises(RunError, match="patient 101"):
        value_block(history[:3], patients, tariff)


def test_more_open_harms_than_can_be_held_are_refused():
    harm = Row(0.6, Event.ADVERSE_EVENT_STARTS, treatment=0, value=0.0)
    history, patients = arrays([Course((ENTRY, *[harm] * 40, END))])
    with pytest.raises(RunError, match="patient 100"):
        value_block(history, patients, build_tariff(StandInInputs()))


def test_a_block_without_patients_has_no_value():
    history, patients = arrays([])
    value = value_block(history, patients, build_tariff(StandInInputs()))
    assert len(value.outcomes) == 0
    assert not value.curves["alive"].any()
