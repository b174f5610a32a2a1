"""Small made-up inputs and histories for the tests of valuation; no number here is evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from sim.vocabulary.care_terms import Setting
from sim.vocabulary.enums import Sex, Site
from sim.vocabulary.events import Event
from sim.vocabulary.records import HISTORY, PATIENT
from sim.vocabulary.units import to_years, unit_promised_by

SEVEN_CATEGORIES = ("diagnosis", "drug", "administration", "procedure", "follow_up", "adverse_event", "complication")

UNIT_COSTS = {
    "mri": 191.0,
    "radiograph": 45.0,
    "blood_panel": 15.6,
    "vitamin_d_assay": 5.0,
    "general_practice_consultation": 40.0,
    "first_consultation": 241.0,
    "follow_up_consultation": 200.0,
    "physiotherapy_contact": 79.0,
    "nsaid_year": 45.2,
    "infusion": 256.0,
    "drug_dose": 244.0,
    "chair_day": 464.0,
    "vitamin_year": 17.0,
    "tablet_year": 33.0,
    "dental_check": 27.0,
    "operation_hip": 3432.0,
    "operation_knee": 2790.0,
    "theatre_kit": 61.0,
    "hip_arthroplasty": 9088.0,
    "knee_arthroplasty": 8692.0,
    "revision": 14434.0,
    "neck_fracture_surgery": 12950.0,
    "fracture_clinic": 201.0,
    "gastrointestinal_event": 3210.0,
    "crutches": 23.0,
    "walker_boot": 71.0,
    "wrong_diagnosis": 390.0,
    "emergency_visit": 182.0,
}
VALUES = {
    "setting.discount_rate_costs_per_year": 0.035,
    "setting.discount_rate_effects_per_year": 0.035,
    "scans_per_case_count": 3.0,
    "physiotherapy_contacts_count": 6.0,
    "utility_loss_per_pain_point_utility": 0.07,
    "utility_reference_norm_utility": 0.892,
    "unloading_disutility": 0.03,
    "neck_fracture_disutility.acute": 0.53,
    "neck_fracture_disutility.at_one_year": 0.16,
    "neck_fracture_disutility.later": 0.10,
    "neck_fracture_recovery_months": 12.0,
    "gastrointestinal_event_disutility": 0.12,
    "gastrointestinal_event_weeks": 4.0,
    "treatments.infusion.adverse_events.fever.disutility": 0.35,
    "treatments.infusion.adverse_events.low_calcium.disutility": 0.05,
    "treatments.chair.adverse_events.headache.disutility": 0.1,
    "treatments.chair.adverse_events.flush.disutility": 0.2,
    "treatments.operation.procedure_disutility": 0.05,
    "treatments.operation.procedure_disutility_weeks": 6.0,
    "treatments.operation.adverse_events.infection.disutility": 0.15,
} | {f"setting.unit_costs.{name}": cost for name, cost in UNIT_COSTS.items()}


class Numbers:
    """Stands in for a ParameterSet: numbers by dotted name, whose ending gives their unit."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.numbers = dict(values)
        self.read: set[str] = set()

    def value(self, name: str) -> float:
        self.read.add(name)
        return self.numbers[name]

    def years(self, name: str) -> float:
        unit = unit_promised_by(name)
        assert unit is not None
        return to_years(self.value(name), unit)


@dataclass(frozen=True)
class HarmStandIn:
    """The part of an adverse event that valuation reads."""

    name: str
    replaces_pain: bool
    resources: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TreatmentStandIn:
    """The part of a Treatment that valuation reads."""

    name: str
    setting: Setting
    pretreatment: tuple[str, ...] = ()
    adverse_events: tuple[HarmStandIn, ...] = ()
    resources_per_administration: dict[str, dict[str, float]] = field(default_factory=dict)
    resources_per_year: dict[str, dict[str, float]] = field(default_factory=dict)

    def has(self, quantity: str) -> bool:
        return self.parameter(quantity) in VALUES

    def parameter(self, quantity: str) -> str:
        return f"treatments.{self.name}.{quantity}"


INFUSION, CHAIR, OPERATION, VITAMIN, TABLET = range(5)
TREATMENTS = (
    TreatmentStandIn(
        "infusion",
        Setting.DAY_UNIT,
        pretreatment=("dental_check",),
        resources_per_administration={"drug": {"drug_dose": 1.0}, "administration": {"infusion": 1.0}},
        adverse_events=(
            HarmStandIn("fever", replaces_pain=True, resources={"emergency_visit": 0.25}),
            HarmStandIn("low_calcium", replaces_pain=False, resources={"blood_panel": 2.0, "emergency_visit": 1.0}),
        ),
    ),
    TreatmentStandIn(
        "chair",
        Setting.DAY_UNIT,
        resources_per_administration={"administration": {"chair_day": 1.0}},
        adverse_events=(HarmStandIn("headache", replaces_pain=False), HarmStandIn("flush", replaces_pain=True)),
    ),
    TreatmentStandIn(
        "operation",
        Setting.THEATRE,
        resources_per_administration={
            "procedure": {"theatre_kit": 2.0},
            "procedure_hip": {"operation_hip": 1.0},
            "procedure_knee": {"operation_knee": 1.0},
        },
        adverse_events=(HarmStandIn("infection", replaces_pain=False, resources={"emergency_visit": 1.0}),),
    ),
    TreatmentStandIn("vitamin", Setting.HOME, resources_per_year={"drug": {"vitamin_year": 1.0}}),
    TreatmentStandIn(
        "tablet", Setting.HOME, pretreatment=("blood_panel",), resources_per_year={"drug": {"tablet_year": 2.0}}
    ),
)
ADVERSE_EVENTS = [(INFUSION, 0), (INFUSION, 1), (CHAIR, 0), (CHAIR, 1), (OPERATION, 0)]


@dataclass(frozen=True)
class Perspective:
    perspective: tuple[str, ...] = SEVEN_CATEGORIES


def norms_falling_with_age() -> np.ndarray:
    """(2, 121): made up, different in every year of age and by sex."""
    ages = np.clip(np.arange(121), 16, 100)
    return np.stack([0.93 - 0.0035 * (ages - 16), 0.95 - 0.00003 * (ages - 16) ** 2])


class StandInInputs:
    """The part of ModelInputs that valuation reads. No dataclass: a failing example prints only what was changed."""

    def __init__(
        self,
        values: Mapping[str, float] | None = None,
        perspective: tuple[str, ...] = SEVEN_CATEGORIES,
        utility_norms: np.ndarray | None = None,
    ) -> None:
        assert set(values or {}) <= set(VALUES)
        self.parameters = Numbers(VALUES | dict(values or {}))
        self.treatments = {one.name: one for one in TREATMENTS}
        self.setting = Perspective(perspective)
        self.utility_norms = norms_falling_with_age() if utility_norms is None else utility_norms

    def __repr__(self) -> str:
        changed = {name: number for name, number in self.parameters.numbers.items() if number != VALUES[name]}
        return f"StandInInputs({changed}, {self.setting.perspective})"

    def changed(self, values: Mapping[str, float]) -> "StandInInputs":
        """The same inputs with some numbers replaced."""
        return StandInInputs(self.parameters.numbers | dict(values), self.setting.perspective, self.utility_norms)


def without_losses(inputs: StandInInputs) -> StandInInputs:
    """Utility 1 whatever happens."""
    losses = {name: 0.0 for name in inputs.parameters.numbers if "disutility" in name and not name.endswith("_weeks")}
    changed = inputs.changed({**losses, "utility_loss_per_pain_point_utility": 0.0})
    return StandInInputs(changed.parameters.numbers, utility_norms=np.ones((2, 121)))


@dataclass(frozen=True)
class Row:
    """One history row in the making."""

    time_years: float
    event: Event
    pain: float = 0.0
    slope: float = 0.0
    rest_pain: float = 0.0
    rest_slope: float = 0.0
    value: float = float("nan")
    treatment: int = -1
    status: int = 0
    health_state: int = 0
    lesion: int = -1
    site: int = -1


@dataclass(frozen=True)
class Course:
    """One patient and his rows."""

    rows: tuple[Row, ...]
    age_years: float = 45.0
    sex: Sex = Sex.MALE

    def with_rows(self, *rows: Row) -> "Course":
        return replace(self, rows=tuple(rows))


def arrays(courses: list[Course]) -> tuple[np.ndarray, np.ndarray]:
    """History and patients of a block, in the layout of the engines."""
    history = np.zeros(sum(len(course.rows) for course in courses), HISTORY)
    patients = np.zeros(len(courses), PATIENT)
    place = 0
    for number, course in enumerate(courses):
        patients[number]["patient_id"] = 100 + number
        patients[number]["age_years"] = course.age_years
        patients[number]["sex"] = course.sex
        for row in course.rows:
            if row.event == Event.ENTRY:
                patients[number]["entry_years"] = row.time_years
            history[place]["patient_id"] = 100 + number
            history[place]["pain_after"] = row.pain
            history[place]["rest_pain_after"] = row.rest_pain
            for name in ("time_years", "event", "slope", "rest_slope", "value", "treatment", "status"):
                history[place][name] = getattr(row, name)
            for name in ("health_state", "lesion", "site"):
                history[place][name] = getattr(row, name)
            place += 1
    return history, patients


def quiet_course(years: float, *, age_years: float = 45.0, pain: float = 0.0, sex: Sex = Sex.MALE) -> Course:
    """Entry at onset, then `years` under constant pain, then the end of follow-up."""
    rows = (
        Row(0.0, Event.LESION_STARTS, lesion=0, site=Site.HIP, pain=pain),
        Row(0.0, Event.ENTRY, pain=pain),
        Row(years, Event.FOLLOW_UP_ENDED, pain=pain),
    )
    return Course(rows, age_years, sex)
