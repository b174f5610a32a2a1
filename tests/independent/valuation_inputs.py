"""Small made-up inputs and histories for the tests of valuation; no number here is evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from independent.valuation_numbers import VALUES, Numbers

from sim.vocabulary.care_terms import CostCategory, Setting
from sim.vocabulary.enums import Sex, Site
from sim.vocabulary.events import Event
from sim.vocabulary.records import HISTORY, PATIENT
from sim.vocabulary.slots import LESIONS

SEVEN_CATEGORIES = ("diagnosis", "drug", "administration", "procedure", "follow_up", "adverse_event", "complication")
ALL_CATEGORIES = tuple(category.name.lower() for category in CostCategory)
USUAL_STRATEGY, EARLY_STRATEGY = 0, 1
STRATEGIES = {"usual_scan": SimpleNamespace(mri="usual"), "early_scan": SimpleNamespace(mri="at_first_contact")}
PROPORTIONAL = {"harms": True, "utility_form": "proportional", "experienced_pain_load_weight": 1.0}
NO_FRICTION = "setting.friction_period_weeks"  # given to `without`: every absence counts in full


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


def unrelated_costs_rising_with_age() -> np.ndarray:
    """(2, 121): made up, a year of other medical care by sex and age."""
    ages = np.arange(121)
    return np.stack([1900.0 + 21.0 * ages, 1500.0 + 0.4 * ages**2])


class StandInInputs:
    """The part of ModelInputs that valuation reads. No dataclass: a failing example prints only what was changed."""

    def __init__(
        self,
        values: Mapping[str, float] | None = None,
        perspective: tuple[str, ...] = SEVEN_CATEGORIES,
        utility_norms: np.ndarray | None = None,
        structure: Mapping[str, Any] | None = None,
        unrelated_medical_costs: np.ndarray | None = None,
        without: tuple[str, ...] = (),
    ) -> None:
        assert set(values or {}) <= set(VALUES)
        numbers = VALUES | dict(values or {})
        self.parameters = Numbers({name: number for name, number in numbers.items() if name not in without})
        self.treatments = {one.name: one for one in TREATMENTS}
        self.strategies = STRATEGIES
        self.setting = Perspective(perspective)
        self.utility_norms = norms_falling_with_age() if utility_norms is None else utility_norms
        self.scenario = SimpleNamespace(structure=SimpleNamespace(**(PROPORTIONAL | dict(structure or {}))))
        self.unrelated_medical_costs = unrelated_medical_costs
        self.without = without

    def __repr__(self) -> str:
        changed = {name: number for name, number in self.parameters.numbers.items() if number != VALUES[name]}
        unrelated = "none" if self.unrelated_medical_costs is None else "some"
        structure = vars(self.scenario.structure)
        return f"StandInInputs({changed}, {self.setting.perspective}, {structure}, {unrelated}, {self.without})"

    def changed(self, values: Mapping[str, float] | None = None, **others: Any) -> "StandInInputs":
        """The same inputs with some numbers, or some other arguments of the constructor, replaced."""
        arguments: dict[str, Any] = {
            "values": self.parameters.numbers | dict(values or {}),
            "perspective": self.setting.perspective,
            "utility_norms": self.utility_norms,
            "structure": vars(self.scenario.structure),
            "unrelated_medical_costs": self.unrelated_medical_costs,
            "without": self.without,
        }
        return StandInInputs(**(arguments | others))


def without_losses(inputs: StandInInputs) -> StandInInputs:
    """Utility 1 whatever happens."""
    losses = {name: 0.0 for name in inputs.parameters.numbers if "disutility" in name and not name.endswith("_weeks")}
    by_pain = [name for name in inputs.parameters.numbers if name.startswith("convex_") and name.endswith("_utility")]
    losses |= dict.fromkeys([*by_pain, "utility_loss_per_pain_point_utility"], 0.0)
    return inputs.changed(losses, utility_norms=np.ones((2, 121)))


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
    weekly_hours: float = 36.0
    sides: tuple[int, ...] = (0,) * LESIONS
    strategy: int = USUAL_STRATEGY

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
        patients[number]["weekly_hours"] = course.weekly_hours
        patients[number]["lesions"]["side"] = course.sides
        for row in course.rows:
            if row.event == Event.ENTRY:
                patients[number]["entry_years"] = row.time_years
            history[place]["patient_id"] = 100 + number
            history[place]["strategy"] = course.strategy
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
