"""The compiled valuation against plain Python with quadrature, on courses that the engine wrote."""

import math
from dataclasses import replace

import numpy as np
import pytest
from amplified import AMPLIFIED
from independent.slow_valuation import JOINT_CURVES, SlowValuation
from independent.valuation_inputs import Course, Row
from simulate import changed, courses, simulated

from sim.inputs.model_inputs import gather
from sim.valuation.courses import value_block
from sim.valuation.curves import GRID_MONTHS
from sim.valuation.tariff import build_tariff
from sim.vocabulary.enums import Sex
from sim.vocabulary.events import Event, HealthState

PATIENTS = 300
BUSY_PATIENTS = 40
SCENARIOS = ("base_case_uk", "base_case_nl", "early_mri", "pregnancy")
FIELDS = ("slope", "rest_slope", "value", "treatment", "status", "health_state", "lesion", "site")
NEVER_IN_THE_UK = {"travel", "informal_care", "unpaid_work", "patient_out_of_pocket", "unrelated_medical"}


def as_course(rows, patient):
    columns = {name: rows[name].tolist() for name in ("time_years", "event", "pain_after", "rest_pain_after", *FIELDS)}
    made = [
        Row(
            columns["time_years"][k],
            Event(columns["event"][k]),
            pain=columns["pain_after"][k],
            rest_pain=columns["rest_pain_after"][k],
            **{name: columns[name][k] for name in FIELDS},
        )
        for k in range(len(rows))
    ]
    return Course(
        tuple(made),
        float(patient["age_years"]),
        Sex(int(patient["sex"])),
        float(patient["weekly_hours"]),
        tuple(patient["lesions"]["side"].tolist()),
        int(rows["strategy"][0]),
    )


def compare(run, inputs, strategy):
    """Compare every outcome and state; returns both valuations and the names of the outcomes that were not zero."""
    value = value_block(run.rows(strategy), run.block.patients, build_tariff(inputs))
    pairs = zip(courses(run.rows(strategy)), run.block.patients, strict=True)
    slow = [SlowValuation(as_course(*pair), inputs) for pair in pairs]
    seen = set()
    for valuation, outcome, states in zip(slow, value.outcomes, value.states_at, strict=True):
        for name, expected in valuation.outcomes().items():
            assert outcome[name] == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True), (strategy, name)
            if expected != 0.0 and not math.isnan(expected):
                seen.add(name)
        assert states.tolist() == valuation.states_at()
    return value, slow, seen


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_outcome_of_a_shipped_scenario_is_that_of_the_slow_valuation(scenario, seed):
    run = simulated(changed(scenario), seed=seed, patients=PATIENTS)
    seen = set()
    for strategy in run.inputs.strategies:
        seen |= compare(run, run.inputs, strategy)[2]
    assert {"cost_discounted", "first_scans_discounted", "wrong_diagnoses", "treated", "cost_productivity"} <= seen
    assert ("cost_unrelated_medical" in seen) == ("cost_travel" in seen) == (scenario == "base_case_nl")


@pytest.fixture(scope="module", params=[("base_case_uk", "diagnosis"), ("base_case_nl", "first_contact")])
def busy(request, seed):
    """Rare events are common here, so that few patients meet everything."""
    scenario, entry = request.param
    return simulated(changed(scenario, parameters=AMPLIFIED, entry=entry), seed=seed, patients=BUSY_PATIENTS)


def test_every_outcome_and_every_curve_is_that_of_the_slow_valuation(busy):
    seen = set()
    for strategy in busy.inputs.strategies:
        value, slow, found = compare(busy, busy.inputs, strategy)
        seen |= found
        points = [[valuation.curve_point(float(month)) for month in GRID_MONTHS] for valuation in slow]
        for name in ("alive", "load_pain", "rest_pain", "utility", "symptom_free", "mri_normal", *JOINT_CURVES):
            sums = [sum(course[k].get(name, 0.0) for course in points) for k in range(len(GRID_MONTHS))]
            assert value.curves[name] == pytest.approx(sums, abs=1e-9), name
    never = set(value.outcomes.dtype.names) - seen
    unpriced = {f"cost_{name}" for name in NEVER_IN_THE_UK} if busy.inputs.setting.currency == "GBP" else set()
    assert never <= unpriced | {f"{name}_discounted" for name in unpriced} | {"deaths_perioperative"}


@pytest.mark.parametrize("form", ["additive", "convex", "above_one"])
@pytest.mark.parametrize("weight", [1.0, 0.6])
def test_other_forms_of_utility_are_those_of_the_slow_valuation(busy, form, weight):
    structure = {"utility_form": form, "experienced_pain_load_weight": weight}
    scenario = changed(busy.inputs.scenario, structure=structure)
    inputs = replace(busy.inputs, scenario=scenario)
    strategy = "iloprost_then_decompression"
    value, slow, _ = compare(busy, inputs, strategy)
    utility = [sum(one.curve_point(float(month)).get("utility", 0.0) for one in slow) for month in GRID_MONTHS]
    assert value.curves["utility"] == pytest.approx(utility, abs=1e-9)
    base = busy.outcomes(strategy)
    assert np.mean(value.outcomes["qalys"] != base["qalys"]) > 0.9
    assert np.array_equal(value.outcomes["cost_discounted"], base["cost_discounted"])


def test_states_of_the_flow_are_those_of_the_history(busy):
    """Looked up in the rows with numpy: the last row by 0, 3, 6, 12 and 24 months; the dead stay dead."""
    for strategy in busy.inputs.strategies:
        states = value_block(busy.rows(strategy), busy.block.patients, build_tariff(busy.inputs)).states_at
        for rows, found in zip(courses(busy.rows(strategy)), states, strict=True):
            since_entry = rows["time_years"] - rows["time_years"][rows["event"] == Event.ENTRY]
            last = np.searchsorted(since_entry, np.array([0.0, 3.0, 6.0, 12.0, 24.0]) / 12.0, side="right") - 1
            assert np.array_equal(found, rows["health_state"][last])
            assert rows["event"][-1] == Event.DEATH
            assert rows["health_state"][-1] == HealthState.DEAD


def test_a_horizon_of_one_year_has_no_state_after_it(seed):
    run = simulated(changed(horizon_years=1.0), seed=seed, patients=BUSY_PATIENTS)
    states = value_block(run.rows("supportive"), run.block.patients, build_tariff(run.inputs)).states_at
    last = np.array([rows["event"][-1] for rows in courses(run.rows("supportive"))])
    lived = last == Event.FOLLOW_UP_ENDED
    assert lived.any()
    assert np.all(states[lived, 4] == -1)
    assert np.all(states[lived, :4] >= 0)
    assert np.all(states[lived, :4] != HealthState.DEAD)
    assert np.all(states[~lived, 4] == HealthState.DEAD)


def test_the_inputs_of_both_settings_name_their_friction_period():
    assert gather(changed("base_case_nl")).parameters.value("setting.friction_period_weeks") == 16.4
    assert "setting.friction_period_weeks" not in gather(changed("base_case_uk")).parameters
