"""What it costs to find the disease, added up by hand: first contact, scans for each case, joint diagnoses."""

import math

import pytest
from independent.valuation_inputs import EARLY_STRATEGY, USUAL_STRATEGY, Course, Row, StandInInputs, arrays
from independent.valuation_numbers import UNIT_COSTS

from sim.valuation.courses import value_block
from sim.valuation.outcomes import CATEGORIES
from sim.valuation.tariff import build_tariff
from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event

C = UNIT_COSTS
RATE = math.log1p(0.035)
SCAN = C["mri"] + 0.05 * C["follow_up_consultation"]
TRIP = C["travel_visit"]
ENTRY = Row(0.2, Event.ENTRY)
END = Row(2.2, Event.FOLLOW_UP_ENDED)


def costs_of(*rows, strategy=USUAL_STRATEGY):
    """Costs by category that are not zero, and the whole record."""
    history, patients = arrays([Course(rows, strategy=strategy)])
    outcome = value_block(history, patients, build_tariff(StandInInputs())).outcomes[0]
    return {name: outcome[f"cost_{name}"] for name in CATEGORIES if outcome[f"cost_{name}"] != 0.0}, outcome


def scan(time_years, lesion=0):
    return Row(time_years, Event.MRI_SCAN, lesion=lesion, site=Site.HIP)


def diagnosis(time_years, lesion=0):
    return Row(time_years, Event.DIAGNOSIS, lesion=lesion, site=Site.HIP)


@pytest.mark.parametrize(("strategy", "bone_scans"), [(USUAL_STRATEGY, 0.1), (EARLY_STRATEGY, 0.0)])
def test_the_first_contact_has_a_radiograph_and_blood_and_on_the_usual_way_some_bone_scans(strategy, bone_scans):
    costs, _ = costs_of(ENTRY, Row(0.2, Event.FIRST_CONTACT, lesion=0, site=Site.HIP), END, strategy=strategy)
    tests = C["general_practice_consultation"] + C["radiograph"] + C["blood_panel"]
    assert costs == pytest.approx({"diagnosis": tests + bone_scans * C["bone_scan"], "travel": (1 + bone_scans) * TRIP})


def test_the_radiograph_is_paid_with_the_visit_and_not_again_when_it_is_read():
    contact, reading = Row(0.2, Event.FIRST_CONTACT, lesion=0), Row(0.2, Event.RADIOGRAPH, lesion=0, value=0.0)
    assert costs_of(ENTRY, contact, reading, END)[0] == costs_of(ENTRY, contact, END)[0]
    assert costs_of(ENTRY, reading, END)[0] == {}


def test_nothing_is_paid_for_a_first_contact_before_entry():
    costs, outcome = costs_of(Row(0.1, Event.FIRST_CONTACT, lesion=0), Row(0.1, Event.WRONG_DIAGNOSIS), ENTRY, END)
    assert costs == {}
    assert outcome["wrong_diagnoses"] == 1.0


def test_a_wrong_diagnosis_has_its_own_number_of_trips():
    costs, outcome = costs_of(ENTRY, Row(0.3, Event.WRONG_DIAGNOSIS, lesion=0, site=Site.HIP), END)
    assert costs == pytest.approx({"diagnosis": C["wrong_diagnosis"], "travel": 2.5 * TRIP})
    assert outcome["wrong_diagnoses"] == 1.0


@pytest.mark.parametrize(("strategy", "scans"), [(USUAL_STRATEGY, 3.0), (EARLY_STRATEGY, 15.0)])
def test_the_first_scan_bears_all_scans_for_the_case_and_a_repeat_bears_itself(strategy, scans):
    """A negative scan at 0.7 years, half a year after entry, repeated at 1.2, when the lesion is found."""
    costs, outcome = costs_of(ENTRY, scan(0.7), scan(1.2), diagnosis(1.2), END, strategy=strategy)
    at_diagnosis = C["vitamin_d_assay"] + C["first_consultation"]
    assert costs["diagnosis"] == pytest.approx((scans + 1.0) * SCAN + at_diagnosis)
    assert costs["travel"] == pytest.approx(((scans + 1.0) * 1.05 + 1.0 + 6.0) * TRIP)
    first, later = math.exp(-0.5 * RATE), math.exp(-RATE)
    discounted = scans * SCAN * first + (SCAN + at_diagnosis) * later
    assert outcome["cost_diagnosis_discounted"] == pytest.approx(discounted)
    assert outcome["first_scans"] == 1.0
    assert outcome["first_scans_discounted"] == pytest.approx(first)


def test_a_repeat_after_a_first_scan_before_entry_is_one_scan():
    costs, outcome = costs_of(scan(0.1), ENTRY, scan(0.3), END)
    assert costs == pytest.approx({"diagnosis": SCAN, "travel": 1.05 * TRIP})
    assert outcome["first_scans"] == outcome["first_scans_discounted"] == 0.0


def test_the_first_scan_of_a_further_lesion_is_one_scan():
    costs, outcome = costs_of(ENTRY, scan(0.3, lesion=1), scan(0.4, lesion=1), END, strategy=EARLY_STRATEGY)
    assert costs == pytest.approx({"diagnosis": 2.0 * SCAN, "travel": 2.1 * TRIP})
    assert outcome["first_scans"] == 0.0


def test_lesions_found_at_one_moment_are_one_visit():
    """Both hips at 0.2; a third lesion later is a visit of its own."""
    costs, _ = costs_of(ENTRY, diagnosis(0.2, lesion=0), diagnosis(0.2, lesion=1), diagnosis(0.9, lesion=2), END)
    aids = C["crutches"] + 6.0 * C["physiotherapy_contact"]
    first = C["vitamin_d_assay"] + C["first_consultation"]
    third = C["radiograph"] + C["follow_up_consultation"]
    assert costs == pytest.approx(
        {
            "diagnosis": first + third,
            "follow_up": 2.0 * aids,
            "patient_out_of_pocket": C["out_of_pocket_aids"],
            "travel": 14.0 * TRIP,
        }
    )


def test_each_fracture_found_at_one_moment_has_its_own_clinic_visit():
    fractures = [Row(0.1, Event.INSUFFICIENCY_FRACTURE, lesion=lesion, site=Site.HIP) for lesion in (0, 1)]
    costs, _ = costs_of(*fractures, ENTRY, diagnosis(0.2, lesion=0), diagnosis(0.2, lesion=1), END)
    assert costs["complication"] == pytest.approx(2.0 * C["fracture_clinic"])
