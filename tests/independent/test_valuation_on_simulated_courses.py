"""The compiled valuation against plain Python with adaptive quadrature, on courses that the engine wrote."""

import math
from types import SimpleNamespace

import pytest
from amplified import AMPLIFIED
from independent.slow_valuation import slow_outcomes
from independent.valuation_inputs import Course, Row
from simulate import changed, courses, simulated

from sim.vocabulary.enums import Sex
from sim.vocabulary.events import Event

PATIENTS = 20


def as_course(rows, patient):
    fields = ("slope", "rest_slope", "value", "treatment", "status", "health_state", "lesion", "site")
    made = [
        Row(
            float(row["time_years"]),
            Event(int(row["event"])),
            pain=float(row["pain_after"]),
            rest_pain=float(row["rest_pain_after"]),
            **{name: row[name].item() for name in fields},
        )
        for row in rows
    ]
    return Course(tuple(made), float(patient["age_years"]), Sex(int(patient["sex"])))


@pytest.fixture(scope="module", params=["diagnosis", "first_contact"])
def busy(request, seed):
    """Rare events are common here, so that few patients meet everything."""
    return simulated(changed(parameters=AMPLIFIED, entry=request.param), seed=seed, patients=PATIENTS)


def test_every_outcome_is_that_of_the_slow_valuation(busy):
    inputs = SimpleNamespace(
        parameters=busy.inputs.parameters,
        treatments=busy.inputs.treatments,
        setting=busy.inputs.setting,
        utility_norms=busy.inputs.utility_norms,
    )
    seen = set()
    for strategy in busy.inputs.strategies:
        outcomes = busy.outcomes(strategy)
        for patient, rows, outcome in zip(busy.block.patients, courses(busy.rows(strategy)), outcomes, strict=True):
            expected = slow_outcomes(as_course(rows, patient), inputs)
            for name, value in expected.items():
                assert outcome[name] == pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True), (strategy, name)
                if value != 0.0 and not math.isnan(value):
                    seen.add(name)
    never = set(outcomes.dtype.names) - seen
    unused = {f"cost_{name}" for name in ("travel", "informal_care", "unpaid_work", "productivity")}
    unused |= {"cost_patient_out_of_pocket", "cost_unrelated_medical"}
    assert never <= unused | {f"{name}_discounted" for name in unused} | {"deaths_perioperative"}
