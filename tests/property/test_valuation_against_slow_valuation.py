"""The compiled valuation against plain Python with quadrature, on random courses under random inputs."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent.random_courses import courses, inputs
from independent.slow_valuation import JOINT_CURVES, slow_curve, slow_outcomes, slow_states
from independent.valuation_inputs import Course, StandInInputs, arrays

from sim.valuation.courses import value_block
from sim.valuation.curves import GRID_MONTHS
from sim.valuation.outcomes import MAY_BE_MISSING, OUTCOME_NAMES
from sim.valuation.tariff import build_tariff
from sim.vocabulary.events import Event, HealthState


@settings(max_examples=150)
@given(course=courses(), given_inputs=inputs())
def test_every_outcome_is_that_of_the_slow_valuation(course: Course, given_inputs: StandInInputs) -> None:
    expected = slow_outcomes(course, given_inputs)
    history, patients = arrays([course])
    outcome = value_block(history, patients, build_tariff(given_inputs)).outcomes[0]
    assert set(expected) == set(OUTCOME_NAMES)
    for name, value in expected.items():
        if math.isnan(value):
            assert name in MAY_BE_MISSING, name
        # 1e-9 of a QALY; costs run to 1e5 and times to 1e4 days, so relative there
        assert outcome[name] == pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True), name


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_curves_are_those_of_the_slow_valuation(course: Course, given_inputs: StandInInputs) -> None:
    history, patients = arrays([course])
    curves = value_block(history, patients, build_tariff(given_inputs)).curves
    for k, expected in enumerate(slow_curve(course, given_inputs, GRID_MONTHS)):
        occupancy = np.zeros(len(HealthState))
        if "dead" in expected:
            occupancy[HealthState.DEAD] = 1.0
        elif expected:
            occupancy[int(expected["health_state"])] = 1.0
        assert np.array_equal(curves["occupancy"][k], occupancy)
        for name in ("alive", "load_pain", "rest_pain", "symptom_free", "mri_normal", *JOINT_CURVES):
            assert curves[name][k] == pytest.approx(expected.get(name, 0.0), abs=1e-9), name
        for name in ("load_pain", "rest_pain", "utility"):
            assert curves[f"{name}_squared"][k] == pytest.approx(curves[name][k] ** 2, abs=1e-9)


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_states_at_the_times_of_the_flow_are_those_of_the_slow_valuation(
    course: Course, given_inputs: StandInInputs
) -> None:
    history, patients = arrays([course])
    value = value_block(history, patients, build_tariff(given_inputs))
    assert value.states_at.tolist() == [slow_states(course, given_inputs)]


@settings(max_examples=60)
@given(course=courses(), given_inputs=inputs())
def test_utility_on_the_grid_is_that_of_the_slow_valuation(course: Course, given_inputs: StandInInputs) -> None:
    history, patients = arrays([course])
    curves = value_block(history, patients, build_tariff(given_inputs)).curves
    entry = next(row.time_years for row in course.rows if row.event == Event.ENTRY)
    for k, expected in enumerate(slow_curve(course, given_inputs, GRID_MONTHS)):
        time = entry + GRID_MONTHS[k] / 12.0
        edges = [row.time_years for row in course.rows] + [round(course.age_years + time) - course.age_years]
        if k == 0 or min(abs(edge - time) for edge in edges) > 1e-9:  # else rounding decides what holds at the point
            assert curves["utility"][k] == pytest.approx(expected.get("utility", 0.0), abs=1e-9)


@settings(max_examples=30)
@given(block=st.lists(courses(), min_size=2, max_size=5), cut=st.integers(1, 4))
def test_a_block_is_the_sum_of_its_parts(block: list[Course], cut: int) -> None:
    cut = min(cut, len(block) - 1)
    tariff = build_tariff(StandInInputs())
    history, patients = arrays(block)
    rows = sum(len(course.rows) for course in block[:cut])
    whole = value_block(history, patients, tariff)
    first = value_block(history[:rows], patients[:cut], tariff)
    second = value_block(history[rows:], patients[cut:], tariff)
    assert np.array_equal(np.concatenate([first.states_at, second.states_at]), whole.states_at)
    together = np.concatenate([first.outcomes, second.outcomes])
    assert together.tobytes() == whole.outcomes.tobytes()
    assert np.array_equal(first.adverse_events + second.adverse_events, whole.adverse_events)
    assert np.allclose(first.curves.view("f8") + second.curves.view("f8"), whole.curves.view("f8"), rtol=1e-13, atol=0)
