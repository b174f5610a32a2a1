"""What each row of a course costs, the slow way: one list of bills a row, looked up anew."""

import math
from collections.abc import Callable
from typing import Any

from independent.valuation_inputs import SEVEN_CATEGORIES, Course, Row

from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event, Status

OTHER_CATEGORIES = (
    "travel",
    "informal_care",
    "unpaid_work",
    "productivity",
    "patient_out_of_pocket",
    "unrelated_medical",
)
ALL_CATEGORIES = (*SEVEN_CATEGORIES, *OTHER_CATEGORIES)


NEVER = math.inf


def spells(course: Course, start: Event, end: Event, key: Callable[[Row], Any]) -> list[tuple[float, float, Any]]:
    """(start, end, key) of what `start` rows open and the next unused `end` row of the same key closes."""
    found = []
    used: set[int] = set()
    for place, row in enumerate(course.rows):
        if row.event != start:
            continue
        closing = NEVER
        for later in range(place + 1, len(course.rows)):
            other = course.rows[later]
            if later not in used and other.event == end and key(other) == key(row):
                used.add(later)
                closing = other.time_years
                break
        found.append((row.time_years, closing, key(row)))
    return found


def status_spells(course: Course, bit: Status) -> list[tuple[float, float]]:
    """The intervals between rows in which the bit holds."""
    pairs = zip(course.rows, course.rows[1:], strict=False)
    return [(row.time_years, later.time_years) for row, later in pairs if row.status & bit]


class SlowBills:
    """The bills of one course; `rows`, `treatments` and `number` come from the valuation that is built on it."""

    rows: list[Row]
    treatments: list[Any]
    number: Callable[[str], float]

    def price(self, name: str) -> float:
        return self.number(f"setting.unit_costs.{name}")

    def known_before(self, place: int, lesion: int) -> bool:
        """Whether a diagnosis of the lesion stands before this row."""
        return any(row.event == Event.DIAGNOSIS and row.lesion == lesion for row in self.rows[:place])

    def bills(self, place: int, row: Row) -> list[tuple[str, str, float]]:
        """(category, unit cost, number) of what one row costs."""
        match row.event:
            case Event.MRI_SCAN:
                if row.lesion < 0 or self.known_before(place, row.lesion):
                    return [("follow_up", "mri", 1.0)]
                return [("diagnosis", "mri", self.number("scans_per_case_count") if row.lesion == 0 else 1.0)]
            case Event.DIAGNOSIS:
                return self.diagnosis_bills(place, row)
            case Event.WRONG_DIAGNOSIS:
                return [("diagnosis", "wrong_diagnosis", 1.0)]
            case Event.FIRST_CONTACT:
                return [("diagnosis", "general_practice_consultation", 1.0)]
            case Event.RELABELLED:
                return [("diagnosis", "first_consultation", 1.0)]
            case Event.REVIEW:
                return [("follow_up", "follow_up_consultation", 1.0)]
            case Event.TREATMENT_STARTS | Event.ADMINISTRATION:
                return self.treatment_bills(row)
            case Event.ADVERSE_EVENT_STARTS:
                event = self.treatments[row.treatment].adverse_events[int(row.value)]
                return [("adverse_event", name, number) for name, number in event.resources.items()]
            case Event.INSUFFICIENCY_FRACTURE:
                return [("complication", "fracture_clinic", 1.0)] if self.known_before(place, row.lesion) else []
            case Event.ARTHROPLASTY:
                names = {Site.HIP: "hip_arthroplasty", Site.KNEE: "knee_arthroplasty"}
                site = int(row.value) // 2
                return [("complication", names[Site(site)], 1.0)] if site in names else []
            case Event.REVISION:
                return [("complication", "revision", 1.0)]
            case Event.NECK_FRACTURE:
                return [("complication", "neck_fracture_surgery", 1.0)]
            case Event.OSTEONECROSIS_FOUND:
                return [("complication", "first_consultation", 1.0)]
            case Event.GASTROINTESTINAL_EVENT:
                return [("adverse_event", "gastrointestinal_event", 1.0)]
        return []

    def diagnosis_bills(self, place: int, row: Row) -> list[tuple[str, str, float]]:
        tests = ["radiograph", "blood_panel", "vitamin_d_assay", "first_consultation"]
        if row.lesion > 0:
            tests = ["radiograph", "follow_up_consultation"]
        bills = [("diagnosis", name, 1.0) for name in tests]
        if row.site != Site.OTHER:
            bills += [("follow_up", "crutches", 1.0)]
        bills += [("follow_up", "physiotherapy_contact", self.number("physiotherapy_contacts_count"))]
        if row.site == Site.FOOT:
            bills += [("follow_up", "walker_boot", 1.0)]
        unseen = not self.known_before(place, row.lesion) and any(
            other.event == Event.INSUFFICIENCY_FRACTURE and other.lesion == row.lesion for other in self.rows[:place]
        )
        return bills + ([("complication", "fracture_clinic", 1.0)] if unseen else [])

    def treatment_bills(self, row: Row) -> list[tuple[str, str, float]]:
        treatment = self.treatments[row.treatment]
        bills = [("administration", name, 1.0) for name in treatment.pretreatment]
        if row.event == Event.ADMINISTRATION:
            bills = []
        site = Site(row.site).name.lower() if row.site >= 0 else "none"
        for category, resources in treatment.resources_per_administration.items():
            if category in ALL_CATEGORIES:
                bills += [(category, name, number) for name, number in resources.items()]
            elif category == f"procedure_{site}":
                bills += [("procedure", name, number) for name, number in resources.items()]
        return bills
