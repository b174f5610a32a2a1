"""Costs of single courses added up by hand; the unit costs are those of the stand-in inputs."""

import math

import numpy as np
import pytest
from independent.valuation_inputs import (
    CHAIR,
    INFUSION,
    OPERATION,
    TABLET,
    VITAMIN,
    Course,
    Row,
    StandInInputs,
    arrays,
)
from independent.valuation_numbers import UNIT_COSTS

from sim.inputs.setting import COST_CATEGORIES
from sim.valuation.courses import value_block
from sim.valuation.outcomes import CATEGORIES, OUTCOME, OUTCOME_GROUPED, OUTCOME_NAMES
from sim.valuation.tariff import build_tariff
from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event, Status

C = UNIT_COSTS
RATE = math.log1p(0.035)
ENTRY = Row(0.2, Event.ENTRY)
END = Row(2.2, Event.FOLLOW_UP_ENDED)
PHYSIOTHERAPY = 6.0 * C["physiotherapy_contact"]
SCAN = (
    C["mri"] + 0.05 * C["follow_up_consultation"]
)  # of a lesion not yet known, with visits for what it shows by chance
TRIP = C["travel_visit"]


def costs_of(*rows, age_years=45.0):
    """Costs by category that are not zero, and the whole record; entry at 0.2 years, end at 2.2."""
    history, patients = arrays([Course(rows, age_years)])
    outcome = value_block(history, patients, build_tariff(StandInInputs())).outcomes[0]
    return {name: outcome[f"cost_{name}"] for name in CATEGORIES if outcome[f"cost_{name}"] != 0.0}, outcome


def test_the_categories_are_those_of_the_setting():
    assert CATEGORIES == COST_CATEGORIES


def test_the_compiled_view_of_the_outcomes_has_the_same_bytes():
    assert OUTCOME.itemsize == OUTCOME_GROUPED.itemsize
    assert OUTCOME_GROUPED.fields["costs"][1] == OUTCOME.fields["cost_diagnosis"][1]
    assert OUTCOME_GROUPED.fields["costs_discounted"][1] == OUTCOME.fields["cost_diagnosis_discounted"][1]
    for name in set(OUTCOME_GROUPED.names) & set(OUTCOME_NAMES):
        assert OUTCOME_GROUPED.fields[name][1] == OUTCOME.fields[name][1]


def test_a_first_diagnosis_costs_its_tests_its_scans_and_its_aids():
    costs, _ = costs_of(
        ENTRY,
        Row(0.2, Event.MRI_SCAN, lesion=0, site=Site.FOOT),
        Row(0.2, Event.DIAGNOSIS, lesion=0, site=Site.FOOT),
        END,
    )
    assert costs == pytest.approx(
        {
            "diagnosis": 3.0 * SCAN + C["vitamin_d_assay"] + C["first_consultation"],
            "follow_up": C["crutches"] + C["walker_boot"] + PHYSIOTHERAPY,
            "patient_out_of_pocket": C["out_of_pocket_aids"],
            "travel": (3.0 * 1.05 + 1.0 + 6.0) * TRIP,  # scans and chance visits, the clinic, physiotherapy
        }
    )


def test_a_further_diagnosis_costs_one_scan_and_a_follow_up_visit():
    costs, _ = costs_of(
        ENTRY,
        Row(0.2, Event.DIAGNOSIS, lesion=0, site=Site.HIP),
        Row(1.2, Event.MRI_SCAN, lesion=2, site=Site.KNEE),
        Row(1.2, Event.DIAGNOSIS, lesion=2, site=Site.KNEE),
        Row(1.4, Event.MRI_SCAN, lesion=2, site=Site.KNEE),
        Row(1.4, Event.REVIEW),
        END,
    )
    first = C["vitamin_d_assay"] + C["first_consultation"]
    further = SCAN + C["radiograph"] + C["follow_up_consultation"]
    assert costs == pytest.approx(
        {
            "diagnosis": first + further,
            "follow_up": 2.0 * (C["crutches"] + PHYSIOTHERAPY) + C["mri"] + C["follow_up_consultation"],
            "patient_out_of_pocket": C["out_of_pocket_aids"],
            "travel": (7.0 + 1.05 + 7.0 + 2.0) * TRIP,
        }
    )


def test_what_happened_before_entry_is_not_charged_but_known():
    costs, outcome = costs_of(
        Row(0.0, Event.LESION_STARTS, lesion=0, site=Site.HIP),
        Row(0.0, Event.INSUFFICIENCY_FRACTURE, lesion=0, site=Site.HIP),
        Row(0.1, Event.FIRST_CONTACT, lesion=0, site=Site.HIP),
        Row(0.1, Event.WRONG_DIAGNOSIS, lesion=0, site=Site.HIP),
        Row(0.15, Event.DIAGNOSIS, lesion=0, site=Site.HIP),
        ENTRY,
        Row(0.3, Event.MRI_SCAN, lesion=0, site=Site.HIP),
        END,
    )
    assert costs == pytest.approx({"follow_up": C["mri"], "travel": TRIP})
    assert outcome["lesions"] == outcome["wrong_diagnoses"] == 1.0
    assert outcome["first_scans"] == outcome["first_scans_discounted"] == 0.0
    assert outcome["insufficiency_fractures"] == 1.0


def test_a_fracture_is_paid_once_when_its_lesion_is_known():
    """Lesion 0 fractures unseen and is found later; lesion 1 fractures after its diagnosis; lesion 2 is never found."""
    costs, outcome = costs_of(
        Row(0.0, Event.INSUFFICIENCY_FRACTURE, lesion=0, site=Site.HIP),
        ENTRY,
        Row(0.2, Event.DIAGNOSIS, lesion=0, site=Site.HIP),
        Row(0.4, Event.DIAGNOSIS, lesion=1, site=Site.HIP),
        Row(0.5, Event.INSUFFICIENCY_FRACTURE, lesion=1, site=Site.HIP),
        Row(0.6, Event.INSUFFICIENCY_FRACTURE, lesion=2, site=Site.HIP),
        END,
    )
    assert costs["complication"] == pytest.approx(2.0 * C["fracture_clinic"])
    assert outcome["insufficiency_fractures"] == 3.0


def test_a_fracture_is_not_paid_again_at_a_second_diagnosis():
    costs, _ = costs_of(
        Row(0.0, Event.INSUFFICIENCY_FRACTURE, lesion=0, site=Site.HIP),
        ENTRY,
        Row(0.2, Event.DIAGNOSIS, lesion=0, site=Site.HIP),
        Row(0.4, Event.DIAGNOSIS, lesion=0, site=Site.HIP),
        END,
    )
    assert costs["complication"] == pytest.approx(C["fracture_clinic"])


def test_an_adverse_event_before_entry_is_no_outcome():
    harm = {"treatment": INFUSION, "value": 0.0}
    rows = (Row(0.1, Event.ADVERSE_EVENT_STARTS, **harm), ENTRY, Row(0.3, Event.ADVERSE_EVENT_STARTS, **harm), END)
    history, patients = arrays([Course(rows)])
    value = value_block(history, patients, build_tariff(StandInInputs()))
    assert value.outcomes["adverse_events"][0] == 1.0
    assert value.adverse_events.sum() == value.adverse_events[INFUSION, 0] == 1
    assert value.outcomes["cost_adverse_event"][0] == 0.25 * C["emergency_visit"]


def test_clocks_may_begin_before_entry():
    """Diagnosed at 0.1 years, entry at 0.2, symptoms over at 0.7."""
    _, outcome = costs_of(
        Row(0.1, Event.DIAGNOSIS, lesion=0, site=Site.HIP, status=Status.SYMPTOMATIC),
        Row(0.2, Event.ENTRY, status=Status.SYMPTOMATIC),
        Row(0.7, Event.SYMPTOMS_RESOLVE, lesion=0, site=Site.HIP),
        END,
    )
    assert outcome["symptom_months_from_diagnosis"] == pytest.approx(7.2)
    assert outcome["symptom_months_from_entry"] == pytest.approx(6.0)
    assert outcome["symptom_months_from_onset"] == pytest.approx(8.4)
    assert math.isnan(outcome["symptom_months_from_treatment"])


def test_an_infusion_costs_what_precedes_it_once_a_course_and_its_dose_each_time():
    costs, outcome = costs_of(
        ENTRY,
        Row(0.2, Event.TREATMENT_STARTS, treatment=INFUSION, lesion=0, site=Site.HIP, value=1.0),
        Row(0.7, Event.ADMINISTRATION, treatment=INFUSION, lesion=0, site=Site.HIP, value=2.0),
        Row(1.2, Event.TREATMENT_STARTS, treatment=CHAIR, value=1.0),
        Row(1.3, Event.ADVERSE_EVENT_STARTS, treatment=INFUSION, value=1.0),
        END,
    )
    assert costs == pytest.approx(
        {
            "drug": 2.0 * C["drug_dose"],
            "administration": C["dental_check"] + 2.0 * C["infusion"] + C["chair_day"],
            "adverse_event": 2.0 * C["blood_panel"] + C["emergency_visit"],
            "travel": (1.0 + 2.0 + 1.0 + 1.0) * TRIP,  # the dentist, two infusions, the chair, the emergency
        }
    )
    later = math.exp(-0.5 * RATE)
    assert outcome["cost_drug_discounted"] == pytest.approx(C["drug_dose"] * (1.0 + later))
    assert outcome["treated"] == 1.0


@pytest.mark.parametrize(
    ("site", "operation"), [(Site.HIP, C["operation_hip"]), (Site.KNEE, C["operation_knee"]), (Site.FOOT, 0.0)]
)
def test_an_operation_is_priced_by_its_site(site, operation):
    costs, _ = costs_of(ENTRY, Row(0.2, Event.TREATMENT_STARTS, treatment=OPERATION, lesion=0, site=site), END)
    assert costs == pytest.approx({"procedure": 2.0 * C["theatre_kit"] + operation, "travel": TRIP})


@pytest.mark.parametrize(
    ("joint", "cost"), [(0, C["hip_arthroplasty"]), (1, C["hip_arthroplasty"]), (3, C["knee_arthroplasty"])]
)
def test_a_replacement_is_priced_by_its_joint(joint, cost):
    costs, outcome = costs_of(
        ENTRY, Row(1.0, Event.ARTHROPLASTY, value=float(joint)), Row(2.0, Event.REVISION, value=float(joint)), END
    )
    assert costs == pytest.approx({"complication": cost + C["revision"], "travel": 2.0 * TRIP})
    assert outcome["arthroplasties"] == outcome["revisions"] == 1.0


def test_home_courses_run_side_by_side_from_start_to_end():
    """Vitamin from 0.2 to 1.2 (17 a year); tablets from 0.7 to the end at 2.2 (2 * 33 a year), after a blood panel."""
    costs, outcome = costs_of(
        ENTRY,
        Row(0.2, Event.TREATMENT_STARTS, treatment=VITAMIN),
        Row(0.7, Event.TREATMENT_STARTS, treatment=TABLET),
        Row(1.2, Event.TREATMENT_ENDS, treatment=VITAMIN),
        END,
    )
    assert costs == pytest.approx({"drug": 17.0 + 1.5 * 66.0, "administration": C["blood_panel"]})
    vitamin = 17.0 * (1.0 - math.exp(-RATE)) / RATE
    tablet = 66.0 * (math.exp(-0.5 * RATE) - math.exp(-2.0 * RATE)) / RATE
    assert outcome["cost_drug_discounted"] == pytest.approx(vitamin + tablet, rel=1e-13)


def test_the_analgesic_costs_only_while_it_is_used_and_not_before_entry():
    """Used from onset to 0.7, entry at 0.2: half a year; and again in the last half year."""
    uses = Status.USES_NSAID
    costs, outcome = costs_of(
        Row(0.0, Event.LESION_STARTS, status=uses),
        Row(0.2, Event.ENTRY, status=uses),
        Row(0.5, Event.REVIEW, status=uses),
        Row(0.7, Event.REVIEW),
        Row(1.7, Event.EFFECT_CHANGES, status=uses),
        END,
    )
    assert costs["drug"] == pytest.approx(C["nsaid_year"])
    discounted = (1.0 - math.exp(-0.5 * RATE)) + (math.exp(-1.5 * RATE) - math.exp(-2.0 * RATE))
    assert outcome["cost_drug_discounted"] == pytest.approx(C["nsaid_year"] * discounted / RATE, rel=1e-13)


def test_the_total_is_that_of_the_perspective():
    history, patients = arrays([Course((ENTRY, Row(0.2, Event.REVIEW), Row(0.3, Event.REVISION, value=0.0), END))])
    tariff = build_tariff(StandInInputs(perspective=("follow_up", "travel")))
    outcome = value_block(history, patients, tariff).outcomes[0]
    assert outcome["cost"] == pytest.approx(C["follow_up_consultation"] + 2.0 * TRIP)
    assert outcome["cost_complication"] == C["revision"]


def test_every_unit_cost_and_every_value_is_read():
    inputs = StandInInputs()
    build_tariff(inputs)
    assert inputs.parameters.read == set(inputs.parameters.numbers)


def test_events_of_an_instant_all_count():
    costs, _ = costs_of(ENTRY, *[Row(0.2, Event.REVIEW)] * 5, END)
    assert costs == pytest.approx({"follow_up": 5.0 * C["follow_up_consultation"], "travel": 5.0 * TRIP})


def test_an_event_in_the_last_instant_is_charged():
    costs, outcome = costs_of(ENTRY, Row(2.2, Event.REVIEW), END)
    assert costs == pytest.approx({"follow_up": C["follow_up_consultation"], "travel": TRIP})
    assert np.isclose(outcome["cost_discounted"], C["follow_up_consultation"] * math.exp(-2.0 * RATE))
