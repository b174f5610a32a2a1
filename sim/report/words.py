"""Events, places and moments in words: one sentence for each row of a history."""

import math
from collections.abc import Callable
from typing import Any

from sim.inputs.model_inputs import ModelInputs
from sim.inputs.treatment_tables import effect_profile
from sim.inputs.treatments import Treatment
from sim.report.terms import BONES, DEATHS, DESTINATIONS, ENDS, JOINTS, SKIPS
from sim.vocabulary.care_terms import SkipReason, TreatmentEnd
from sim.vocabulary.enums import Bone, Destination, Side, Site
from sim.vocabulary.events import DeathCause, Event

MONTHS_PER_YEAR = 12.0
MONTHS_UNTIL_YEARS = 36.0  # later moments are told in years
PLAIN = {  # what needs no more than the place
    Event.NONE: "nothing",
    Event.FIRST_CONTACT: "first visit to a doctor",
    Event.WRONG_DIAGNOSIS: "taken for something else at first",
    Event.DIAGNOSIS: "diagnosis: oedema of the {place}",
    Event.ENTRY: "entry: costs and QALYs count from here",
    Event.PAIN_PEAK_REACHED: "pain of the {place} reaches its plateau",
    Event.PAIN_DECLINE_STARTS: "pain of the {place} begins to fall",
    Event.OEDEMA_PEAK_REACHED: "oedema of the {place} is at its largest",
    Event.MRI_NORMAL: "MRI of the {place} normal from here on",
    Event.INSUFFICIENCY_FRACTURE: "insufficiency fracture of the {place}",
    Event.OSTEONECROSIS_STARTS: "the oedema of the {place} turns into osteonecrosis",
    Event.OSTEONECROSIS_FOUND: "osteonecrosis of the {place} recognised",
    Event.GASTROINTESTINAL_EVENT: "serious gastrointestinal event under the NSAID, no NSAID from here on",
    Event.DISCHARGE: "discharged: no further visits",
    Event.UNLOADING_ENDS: "unloading ends",
    Event.RETURN_TO_SPORT: "back at sport",
    Event.WORK_ABSENCE_ENDS: "absence from work ends",
    Event.RELABELLED: "the diagnosis is later replaced by another one (a cost only)",
    Event.FOLLOW_UP_ENDED: "follow-up ends",
    Event.DELIVERY: "delivery: the pregnancy is over",
    Event.BREASTFEEDING_ENDS: "breastfeeding ends",
    Event.GROWTH_PLATES_CLOSE: "the growth plates have closed",
    Event.VERTEBRAL_FRACTURE: "vertebral fracture",
    Event.GAIN_GIVEN_BACK: "the {place} has given back what treatment had gained: healing goes on at its usual pace",
    Event.LESION_PREVENTED: "a further lesion of the {place} would begin, but the treatment prevents it",
}


def place(lesion: Any) -> str:
    """For instance `left medial femoral condyle`; `lesion` is a LESION record."""
    return f"{side(lesion['side'])} {BONES[Bone(int(lesion['bone']))]}"


def side(number: int) -> str:
    return Side(int(number)).name.lower()


def joint(number: float) -> str:
    """For instance `right hip`, from the number of a joint: site * 2 + side."""
    return f"{side(int(number) % 2)} {JOINTS[Site(int(number) // 2)]}"


def moment(years: float) -> str:
    """Time since the first symptom: `month 2.13`, later `year 12.41`."""
    if math.isinf(years):
        return "never"
    months = years * MONTHS_PER_YEAR
    return f"month {months:.2f}" if months < MONTHS_UNTIL_YEARS else f"year {years:.2f}"


def sentence(row: Any, patient: Any, inputs: ModelInputs) -> str:
    """What the history row `row` says, without its time; `patient` is his PATIENT record at entry."""
    event = Event(int(row["event"]))
    known = int(row["lesion"]) >= 0
    where = place(patient["lesions"][int(row["lesion"])]) if known else "joint"
    if event in PLAIN:
        return PLAIN[event].format(place=where)
    return TOLD[event](row, where, patient, inputs)


def treatment_of(row: Any, inputs: ModelInputs) -> Treatment:
    """The treatment that a row names by its place among all treatments."""
    return list(inputs.treatments.values())[int(row["treatment"])]


def _adverse_event(row: Any, inputs: ModelInputs) -> str:
    return treatment_of(row, inputs).adverse_events[int(row["value"])].name.replace("_", " ")


def _lesion_starts(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001 one shape for all
    if int(row["lesion"]) == 0:
        return f"first symptom: oedema of the {where}"
    return f"a further lesion: oedema of the {where} ({DESTINATIONS[Destination(int(row['value']))]})"


def _referral(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001
    return "referral to a specialist" if int(row["lesion"]) == 0 else f"seen for the {where}, MRI asked for"


def _radiograph(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001
    return "radiograph: " + ("bone loss is seen" if float(row["value"]) == 1.0 else "nothing is seen")


def _scan(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001
    size = float(row["value"])
    return f"MRI of the {where}" + (
        "" if math.isnan(size) else f": oedema read at {100.0 * size:.0f} % of its size at diagnosis"
    )


def _resolve(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001
    chronic = bool(patient["lesions"][int(row["lesion"])]["chronic"])
    return f"the {where} has healed" + (", but a chronic pain stays" if chronic else ": no more pain from it")


def _leader(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001
    return f"the {where if int(row['lesion']) >= 0 else 'damaged joint'} hurts most from here on"


def _stage(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001
    return "neck fracture: the acute weeks are over" if int(row["value"]) == 1 else "neck fracture: recovery is over"


def _review(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001
    return f"review at week {inputs.parameters.quantity('review_weeks').numbers[int(row['value'])]:g} of the episode"


def _starts(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001
    dose = int(row["value"])
    return f"starts {treatment_of(row, inputs).title}" + (f" (administration {dose} of a lifetime)" if dose > 1 else "")


def _effect(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001
    treatment = treatment_of(row, inputs)
    profile = effect_profile(inputs, treatment)
    step = float(row["value"])
    if math.isnan(step) or int(step) + 1 >= len(profile):
        return f"effect of {treatment.title} is over"
    now = profile[int(step)]
    healing, pain = math.exp(now.log_healing), math.exp(now.log_pain)
    return f"effect of {treatment.title} now: healing x {healing:.2f}, pain x {pain:.2f}"


def _absence(row: Any, where: str, patient: Any, inputs: ModelInputs) -> str:  # noqa: ARG001
    until = float(row["value"])
    return "off work for good" if math.isinf(until) else f"off work, until {moment(until)} as it looks"


Teller = Callable[[Any, str, Any, ModelInputs], str]
TOLD: dict[Event, Teller] = {
    Event.LESION_STARTS: _lesion_starts,
    Event.RADIOGRAPH: _radiograph,
    Event.REFERRAL: _referral,
    Event.MRI_SCAN: _scan,
    Event.SYMPTOMS_RESOLVE: _resolve,
    Event.PAIN_LEADER_CHANGES: _leader,
    Event.NECK_FRACTURE_STAGE: _stage,
    Event.REVIEW: _review,
    Event.TREATMENT_STARTS: _starts,
    Event.EFFECT_CHANGES: _effect,
    Event.WORK_ABSENCE_STARTS: _absence,
    Event.COLLAPSE: lambda _, where, *__: f"the joint surface at the {where} collapses",
    Event.NECK_FRACTURE: lambda row, *_: f"femoral neck fracture, {joint(row['value'])}, fixed at once",
    Event.ARTHROPLASTY_LISTED: lambda row, *_: f"listed for replacement of the {joint(row['value'])}",
    Event.ARTHROPLASTY: lambda row, *_: f"replacement of the {joint(row['value'])}",
    Event.REVISION: lambda row, *_: f"the replaced {joint(row['value'])} is replaced again",
    Event.LESION_VOID: lambda _, where, *__: f"a further lesion of the {where} would begin, but cannot there",
    Event.TREATMENT_ORDERED: lambda row, _, __, inputs: (
        f"{treatment_of(row, inputs).title} ordered, for {moment(float(row['value']))} at the latest"
    ),
    Event.ADMINISTRATION: lambda row, _, __, inputs: f"{treatment_of(row, inputs).title}: next administration",
    Event.TREATMENT_ENDS: lambda row, _, __, inputs: (
        f"{treatment_of(row, inputs).title} ends: {ENDS[TreatmentEnd(int(row['value']))]}"
    ),
    Event.TREATMENT_SKIPPED: lambda row, _, __, inputs: (
        f"{treatment_of(row, inputs).title} not given: {SKIPS[SkipReason(int(row['value']))]}"
    ),
    Event.ADVERSE_EVENT_STARTS: lambda row, _, __, inputs: f"adverse event: {_adverse_event(row, inputs)}",
    Event.ADVERSE_EVENT_ENDS: lambda row, _, __, inputs: f"{_adverse_event(row, inputs)} is over",
    Event.VITAMIN_D_CROSSES: lambda row, *_: f"25(OH)D passes {row['value']:g} ng/mL",
    Event.UNLOADING_STARTS: lambda row, *_: f"unloading, until {moment(float(row['value']))} as it looks",
    Event.DEATH: lambda row, *_: f"death, from {DEATHS[DeathCause(int(row['value']))]}",
}
