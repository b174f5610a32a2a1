"""A patient's story tells his history: every event, the pain, where strategies part, what it adds up to."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.experiments.trace import trace
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.scenario import load_scenario
from sim.report.story import Trace, tell
from sim.report.words import PLAIN, TOLD, joint, moment, place, sentence
from sim.valuation.outcomes import OUTCOME
from sim.vocabulary.enums import Aetiology, Bone, Destination, Side, Site
from sim.vocabulary.errors import InputError
from sim.vocabulary.events import Event
from sim.vocabulary.records import HISTORY, PATIENT

MONTH = 1.0 / 12.0


@pytest.fixture(scope="module")
def inputs() -> ModelInputs:
    return gather(load_scenario("base_case_uk"))


@pytest.fixture
def patient() -> Any:
    """A woman of 52 with a lesion of the left knee, and one of the right talus still to come."""
    person = np.zeros(1, PATIENT)[0]
    person["patient_id"], person["age_years"], person["other_death_years"] = 17, 52.0, 30.5
    person["entry_pain"], person["entry_years"], person["diagnosis_years"] = 7.9, 2 * MONTH, 2 * MONTH
    person["further_lesions"], person["smoking"], person["job"] = 1, 1, 2
    person["delivery_years"] = person["breastfeeding_end_years"] = person["growth_plates_close_years"] = math.inf
    for lesion, site, bone, side in (
        (0, Site.KNEE, Bone.MEDIAL_CONDYLE, Side.LEFT),
        (1, Site.FOOT, Bone.TALUS, Side.RIGHT),
    ):
        person["lesions"][lesion]["site"], person["lesions"][lesion]["bone"] = site, bone
        person["lesions"][lesion]["side"] = side
    person["lesions"][1]["onset_years"] = 14 * MONTH
    return person


def row(
    event: Event, months: float = 0.0, lesion: int = -1, treatment: int = -1, value: float = math.nan, **more: float
) -> Any:
    made = np.zeros(1, HISTORY)
    made["event"], made["time_years"], made["lesion"] = event, months * MONTH, lesion
    made["treatment"], made["value"], made["patient_id"] = treatment, value, 17
    for name, number in more.items():
        made[name] = number
    return made[0]


def rows(*made: Any) -> Any:
    return np.array(list(made), HISTORY)


def outcomes(**numbers: float) -> Any:
    made = np.zeros(1, OUTCOME)[0]
    for name, number in numbers.items():
        made[name] = number
    return made


BEFORE = (
    row(Event.LESION_STARTS, 0.0, 0, pain_after=3.9),
    row(Event.FIRST_CONTACT, 0.7, 0, pain_before=5.0, pain_after=5.0),
)
AT_ENTRY = (
    row(Event.ENTRY, 2.0, pain_before=7.9, pain_after=7.9),
    row(Event.MRI_SCAN, 2.0, 0, pain_before=7.9, pain_after=7.9),
    row(Event.DIAGNOSIS, 2.0, 0, pain_before=7.9, pain_after=7.9),
)
END = (row(Event.DEATH, 366.0, value=0.0, pain_before=0.0),)


@pytest.fixture
def two(patient, inputs) -> list[Trace]:
    """Supportive care, and zoledronate a month later: the courses part at month 3."""
    number = list(inputs.treatments).index("zoledronate")
    healed = (row(Event.SYMPTOMS_RESOLVE, 8.0, 0, pain_before=0.4),)
    treated = (
        row(Event.TREATMENT_STARTS, 3.0, 0, number, 1.0, pain_before=7.9, pain_after=7.1),
        row(Event.ADVERSE_EVENT_STARTS, 3.1, -1, number, 0.0, pain_before=7.0, pain_after=7.0),
        row(Event.SYMPTOMS_RESOLVE, 7.0, 0, pain_before=0.4),
    )
    return [
        Trace(
            "supportive",
            patient,
            rows(*BEFORE, *AT_ENTRY, *healed, *END),
            outcomes(qalys=22.1, pain_years=3.0, cost=900.0),
        ),
        Trace(
            "zoledronate",
            patient,
            rows(*BEFORE, *AT_ENTRY, *treated, *END),
            outcomes(qalys=22.2, pain_years=2.4, cost=1500.0),
        ),
    ]


def test_the_person_is_described_first(two, inputs):
    story = tell(two[:1], inputs)
    assert story.startswith(
        "Patient 17: a woman of 52.0 years at the first symptom, knee (left medial femoral condyle)"
    )
    for words in ("smokes", "Light work", "right talus at month 14.00", "death from other causes at 82.5"):
        assert words in " ".join(story.split())


def test_pregnancy_breastfeeding_and_growth_are_told_only_where_they_matter(two, inputs, patient):
    assert "regnan" not in tell(two[:1], inputs)
    patient["gestational_week"], patient["delivery_years"], patient["breastfeeding_end_years"] = (
        31,
        3 * MONTH,
        9 * MONTH,
    )
    patient["aetiology"], patient["bilateral"] = Aetiology.PREGNANCY, 1
    story = " ".join(tell([replace(two[0], patient=patient)], inputs).split())
    assert "(left medial femoral condyle, on both sides), in pregnancy." in story
    assert "Pregnant in week 31 at the first symptom, delivery month 3.00, then breastfeeds until month 9.00." in story
    patient["delivery_years"] = patient["breastfeeding_end_years"] = math.inf
    patient["growth_plates_close_years"] = 20 * MONTH
    assert "Growth plates close month 20.00." in " ".join(tell([replace(two[0], patient=patient)], inputs).split())


def test_events_are_dated_with_the_pain_before_and_after(two, inputs):
    story = tell(two[:1], inputs)
    lines = [" ".join(line.split()) for line in story.splitlines()]
    assert "month 0.00 0.0 -> 3.9 first symptom: oedema of the left medial femoral condyle" in lines
    assert "month 2.00 7.9 entry: costs and QALYs count from here" in lines
    assert "diagnosis: oedema of the left medial femoral condyle" in lines
    assert "month 8.00 0.4 -> 0.0 the left medial femoral condyle has healed: no more pain from it" in lines
    assert "year 30.50 0.0 death, from another cause" in lines


def test_the_parting_of_two_strategies_is_named_and_marked(two, inputs):
    story = tell(two, inputs, width=120)
    assert "The courses part at month 3.00; what differs is marked *." in story
    assert "month 3.00*" in story
    assert "month 7.00*" in story
    assert "month 2.00 " in story
    assert "year 30.50 " in story


def test_strategies_stand_side_by_side_where_there_is_room(two, inputs):
    wide, narrow = tell(two, inputs, width=120), tell(two, inputs, width=60)
    assert any(
        "Supportive care" in line and "Zoledronate" in line and "since onset" in line for line in wide.splitlines()
    )
    assert "From entry on: Supportive care" in narrow
    assert "From entry on: Zoledronate" in narrow
    assert "month 3.00*" in narrow


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_no_line_is_longer_than_asked_and_all_is_plain_text(two, inputs, width):
    story = tell(two, inputs, width=width)
    assert max(map(len, story.splitlines())) <= width
    assert story.isascii()
    assert "\x1b" not in story


def test_totals_stand_at_the_end_with_their_difference(two, inputs):
    end = tell(two, inputs, width=120).split("What it adds up to, from entry on")[1]
    lines = [" ".join(line.split()) for line in end.splitlines()]
    assert "Quality-adjusted life-years (QALYs) 22.10000 22.20000 +0.10000" in lines
    assert "Load pain over time (NRS-years) 3.000 2.400 -0.600" in lines
    assert "Cost, all of the perspective (GBP) 900.00 1,500.00 +600.00" in lines


def test_the_same_course_under_two_strategies_parts_nowhere(two, inputs):
    story = tell([two[0], replace(two[0], strategy="vitamin_d")], inputs, width=120)
    assert "the course is the same to the end" in story
    assert "*" not in story


def test_courses_of_different_patients_are_refused(two, inputs, patient):
    other = patient.copy()
    other["patient_id"] = 18
    with pytest.raises(InputError, match=r"of different patients \(17, 18\)"):
        tell([two[0], replace(two[1], patient=other)], inputs)


@pytest.mark.parametrize("event", Event)
def test_every_event_has_words(event, patient, inputs):
    value = {Event.LESION_STARTS: Destination.DISTANT, Event.MRI_SCAN: 0.64, Event.VITAMIN_D_CROSSES: 20.0}.get(
        event, 1.0
    )
    number = list(inputs.treatments).index("zoledronate")
    said = sentence(row(event, 3.0, 1, number, float(value)), patient, inputs)
    assert said
    assert "{" not in said
    assert (event in PLAIN) != (event in TOLD)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (row(Event.LESION_STARTS, 14.0, 1, value=3.0), "a further lesion: oedema of the right talus (a distant joint)"),
        (row(Event.MRI_SCAN, 5.0, 0), "MRI of the left medial femoral condyle"),
        (row(Event.MRI_SCAN, 5.0, 1, value=0.64), "MRI of the right talus: oedema read at 64 % of its size at diagnosis"),  # noqa: E501
        (row(Event.REVIEW, 5.0, value=1.0), "review at week 13 of the episode"),
        (row(Event.ARTHROPLASTY, 40.0, value=3.0), "replacement of the right knee"),
        (row(Event.DEATH, 40.0, value=1.0), "death, from an operation"),
        (row(Event.WORK_ABSENCE_STARTS, 2.0, value=math.inf), "off work for good"),
        (row(Event.VITAMIN_D_CROSSES, 2.0, value=20.0), "25(OH)D passes 20 ng/mL"),
        (row(Event.RADIOGRAPH, 1.0, 0, value=1.0), "radiograph: bone loss is seen"),
        (row(Event.RADIOGRAPH, 1.0, 0, value=0.0), "radiograph: nothing is seen"),
        (row(Event.DELIVERY, 1.0), "delivery: the pregnancy is over"),
        (row(Event.OSTEONECROSIS_STARTS, 4.0, 1), "the oedema of the right talus turns into osteonecrosis"),
        (row(Event.LESION_PREVENTED, 14.0, 1, value=3.0), "a further lesion of the right talus would begin, but the treatment prevents it"),  # noqa: E501
    ],
)  # fmt: skip
def test_sentences_carry_the_value_of_the_row(made, said, patient, inputs):
    assert sentence(made, patient, inputs) == said


def test_an_effect_is_told_with_its_factors_and_its_end(patient, inputs):
    number = list(inputs.treatments).index("iloprost")
    factor = 1.6 ** inputs.parameters.quantity("acceleration_exponent_mri_ratio").value
    symptom = 1.6 ** inputs.parameters.quantity("acceleration_exponent_symptom_ratio").value
    told = [sentence(row(Event.EFFECT_CHANGES, 3.0, -1, number, float(step)), patient, inputs) for step in range(9)]
    assert any(f"healing x {f:.2f}" in said for said in told for f in (factor, symptom))
    assert told[-1].endswith("is over")
    assert sentence(row(Event.EFFECT_CHANGES, 3.0, -1, number), patient, inputs).endswith("is over")


def test_places_joints_and_moments():
    lesion = {"bone": Bone.TIBIAL_PLATEAU, "side": Side.RIGHT}
    assert place(lesion) == "right tibial plateau"
    assert [joint(number) for number in (0, 3, 5, 6)] == ["left hip", "right knee", "right foot", "left shoulder"]
    assert [moment(months * MONTH) for months in (2.126, 35.99, 36.0)] == ["month 2.13", "month 35.99", "year 3.00"]


def test_a_real_course_is_told_to_its_end(seed):
    study, courses = trace(load_scenario("base_case_uk", seed=seed), 3, ["supportive", "step_up"], engine="batch")
    traces = [Trace(c.strategy, c.patient, c.history, c.outcomes) for c in courses]
    story = tell(traces, study.inputs, width=130)
    assert story.startswith("Patient 3: ")
    assert "entry: costs and QALYs count from here" in story
    assert "diagnosis: oedema of the" in story
    assert "death, from" in story
    assert f"{float(courses[1].outcomes['qalys_discounted']):.5f}" in story
