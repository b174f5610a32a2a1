"""What a course costs, the slow way: one list of bills a row, one sum a stretch of time, after the decision table."""

import math

from independent.slow_course import NEVER, WEEK, SlowCourse, spells
from independent.valuation_inputs import ALL_CATEGORIES, Row

from sim.vocabulary.care_terms import Setting
from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event, Status

Bill = tuple[str, str, float]  # category, unit cost, number

CONSULTATIONS = {"general_practice_consultation", "first_consultation", "follow_up_consultation", "fracture_clinic"}
CONSULTATIONS |= {"physiotherapy_contact", "dental_check", "emergency_visit"}
SCANS = {"mri", "bone_scan"}
HOSPITAL_STAYS = {"hip_arthroplasty", "knee_arthroplasty", "revision", "neck_fracture_surgery", "vertebral_fracture"}
HOSPITAL_STAYS |= {"gastrointestinal_event", "wound_infection", "thromboembolism", "jaw_osteonecrosis"}
HOSPITAL_STAYS |= {"atypical_fracture", "vascular_event"}
TRIPS = CONSULTATIONS | SCANS | HOSPITAL_STAYS  # other tests, drugs and aids are had on one of these trips


def travelled(bills: list[Bill]) -> list[Bill]:
    """The bills, and a return trip for each visit among them."""
    return bills + [("travel", "travel_visit", number) for _, name, number in bills if name in TRIPS]


class SlowBills(SlowCourse):
    """The costs of one course."""

    def price(self, name: str) -> float:
        return self.number(f"setting.unit_costs.{name}")

    def known_before(self, place: int, lesion: int) -> bool:
        """Whether a diagnosis of the lesion stands before this row."""
        return any(row.event == Event.DIAGNOSIS and row.lesion == lesion for row in self.rows[:place])

    def is_first_scan(self, place: int) -> bool:
        """Whether this scan is the first of all that look for the first lesion."""
        looks = [
            number
            for number, row in enumerate(self.rows)
            if row.event == Event.MRI_SCAN and row.lesion == 0 and not self.known_before(number, 0)
        ]
        return bool(looks) and looks[0] == place

    def first_scan(self) -> float:
        """When the first scan of the first lesion was made, if that was after entry; else nan."""
        places = range(self.entry_row, len(self.rows))
        return next((self.rows[place].time_years for place in places if self.is_first_scan(place)), math.nan)

    def bills(self, place: int, row: Row) -> list[Bill]:
        """What one row costs, its trips included."""
        match row.event:
            case Event.FIRST_CONTACT:
                tests = [("diagnosis", "radiograph", 1.0), ("diagnosis", "blood_panel", 1.0)]
                if not self.early_scan:
                    tests.append(("diagnosis", "bone_scan", self.number("bone_scan_probability")))
                return travelled([("diagnosis", "general_practice_consultation", 1.0), *tests])
            case Event.WRONG_DIAGNOSIS:
                trips = self.number("wrong_diagnosis_visits_count")
                return [("diagnosis", "wrong_diagnosis", 1.0), ("travel", "travel_visit", trips)]
            case Event.MRI_SCAN:
                return travelled(self.scan_bills(place, row))
            case Event.DIAGNOSIS:
                return travelled(self.diagnosis_bills(place, row))
            case Event.RELABELLED:
                return travelled([("diagnosis", "first_consultation", 1.0)])
            case Event.REVIEW:
                return travelled([("follow_up", "follow_up_consultation", 1.0)])
            case Event.TREATMENT_STARTS | Event.ADMINISTRATION:
                return self.treatment_bills(row)
            case Event.ADVERSE_EVENT_STARTS:
                event = self.treatments[row.treatment].adverse_events[int(row.value)]
                return travelled([("adverse_event", name, number) for name, number in event.resources.items()])
            case Event.INSUFFICIENCY_FRACTURE:
                known = self.known_before(place, row.lesion)
                return travelled([("complication", "fracture_clinic", 1.0)] if known else [])
            case Event.ARTHROPLASTY:
                names = {Site.HIP: "hip_arthroplasty", Site.KNEE: "knee_arthroplasty"}
                site = int(row.value) // 2
                return travelled([("complication", names[Site(site)], 1.0)] if site in names else [])
            case Event.REVISION:
                return travelled([("complication", "revision", 1.0)])
            case Event.NECK_FRACTURE:
                return travelled([("complication", "neck_fracture_surgery", 1.0)])
            case Event.VERTEBRAL_FRACTURE:
                return travelled([("complication", "vertebral_fracture", 1.0)])
            case Event.OSTEONECROSIS_FOUND:
                return travelled([("complication", "first_consultation", 1.0)])
            case Event.GASTROINTESTINAL_EVENT:
                return travelled([("adverse_event", "gastrointestinal_event", 1.0)])
        return []

    def scan_bills(self, place: int, row: Row) -> list[Bill]:
        if row.lesion < 0 or self.known_before(place, row.lesion):
            return [("follow_up", "mri", 1.0)]
        scans = 1.0
        if self.is_first_scan(place):
            scans = self.number("early_scans_per_case_count" if self.early_scan else "scans_per_case_count")
        visits = scans * self.number("incidental_visits_per_scan_count")
        return [("diagnosis", "mri", scans), ("diagnosis", "follow_up_consultation", visits)]

    def diagnosis_bills(self, place: int, row: Row) -> list[Bill]:
        bills: list[Bill] = []
        if not any(row.time_years == other.time_years and other.event == row.event for other in self.rows[:place]):
            further = row.lesion > 0
            tests = ["radiograph", "follow_up_consultation"] if further else ["vitamin_d_assay", "first_consultation"]
            bills = [("diagnosis", name, 1.0) for name in tests]
            bills += [("follow_up", "physiotherapy_contact", self.number("physiotherapy_contacts_count"))]
            if row.site != Site.OTHER:
                bills += [("follow_up", "crutches", 1.0)]
            if row.site == Site.FOOT:
                bills += [("follow_up", "walker_boot", 1.0)]
            if not further:
                bills += [("patient_out_of_pocket", "out_of_pocket_aids", 1.0)]
        unseen = not self.known_before(place, row.lesion) and any(
            other.event == Event.INSUFFICIENCY_FRACTURE and other.lesion == row.lesion for other in self.rows[:place]
        )
        return bills + ([("complication", "fracture_clinic", 1.0)] if unseen else [])

    def treatment_bills(self, row: Row) -> list[Bill]:
        treatment = self.treatments[row.treatment]
        bills: list[Bill] = []
        if row.event == Event.TREATMENT_STARTS:
            bills = travelled([("administration", name, 1.0) for name in treatment.pretreatment])
        site = Site(row.site).name.lower() if row.site >= 0 else "none"
        for category, resources in treatment.resources_per_administration.items():
            if category in ALL_CATEGORIES:
                bills += [(category, name, number) for name, number in resources.items()]
            elif category == f"procedure_{site}":
                bills += [("procedure", name, number) for name, number in resources.items()]
        return bills if treatment.setting == Setting.HOME else [*bills, ("travel", "travel_visit", 1.0)]

    def costs(self, rate: float) -> dict[str, float]:
        """Cost by category, each payment discounted from its own moment."""
        total = dict.fromkeys(ALL_CATEGORIES, 0.0)
        for place, row in enumerate(self.rows):
            if place >= self.entry_row:
                factor = math.exp(-rate * (row.time_years - self.entry))
                for category, name, number in self.bills(place, row):
                    total[category] += number * self.price(name) * factor
        for start, end, treatment in spells(
            self.rows, Event.TREATMENT_STARTS, Event.TREATMENT_ENDS, lambda row: row.treatment
        ):
            for used, resources in self.treatments[treatment].resources_per_year.items():
                for category, name, number in travelled([(used, *one) for one in resources.items()]):
                    total[category] += number * self.price(name) * self.length(start, end, rate)
        for category, cost in self.costs_of_time(rate).items():
            total[category] += cost
        return total

    def costs_of_time(self, rate: float) -> dict[str, float]:
        friction = "setting.friction_period_weeks"
        longest = self.number(friction) * WEEK if friction in self.inputs.parameters else NEVER
        on_crutches = self.status_years(Status.UNLOADING, rate) / WEEK
        with_symptoms = self.status_years(Status.SYMPTOMATIC, rate) / WEEK
        off_work = self.status_years(Status.ABSENT_FROM_WORK, rate, longest) / WEEK
        return {
            "drug": self.status_years(Status.USES_NSAID, rate) * self.price("nsaid_year"),
            "informal_care": on_crutches * self.number("informal_care_weekly_hours") * self.price("informal_care_hour"),
            "unpaid_work": with_symptoms
            * self.number("unpaid_work_lost_weekly_hours")
            * self.price("unpaid_work_hour"),
            "productivity": off_work * self.course.weekly_hours * self.price("paid_hour"),
            "unrelated_medical": self.unrelated_medical(rate),
        }

    def unrelated_medical(self, rate: float) -> float:
        """Year of age after year of age, each from birthday to birthday."""
        yearly = self.inputs.unrelated_medical_costs
        if yearly is None:
            return 0.0
        total, born = 0.0, -self.course.age_years
        for age in range(math.floor(self.entry - born), math.floor(self.end - born) + 1):
            total += float(yearly[self.course.sex, min(age, 120)]) * self.length(born + age, born + age + 1.0, rate)
        return total
