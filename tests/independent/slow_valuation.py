"""The value of one course, the slow way: plain Python, quadrature, one definition after another.

Written from the description of the model (what is utility at an instant, what does each event cost, when does a spell
begin and end), never from the compiled kernel. No running totals: everything is looked up anew from the list of rows.
"""

import math
from typing import Any

import numpy as np
from independent.slow_bills import SlowBills
from independent.slow_utility import SlowUtility
from independent.valuation_inputs import Course

from sim.vocabulary.events import Event, HealthState, Status
from sim.vocabulary.units import DAYS_PER_YEAR

MONTHS_OF_THE_FLOW = (0.0, 3.0, 6.0, 12.0, 24.0)
JOINT_CURVES = ("joints_hip", "joints_knee", "joints_foot", "joints_other")


class SlowValuation(SlowBills, SlowUtility):
    """All values of one course under some inputs."""

    def outcomes(self) -> dict[str, float]:
        """Every outcome by name."""
        plain, discounted = self.costs(0.0), self.costs(self.cost_rate)
        paid = self.inputs.setting.perspective
        resolved, normal = self.resolved(), self.first(Event.MRI_NORMAL, lesion=0)
        diagnosis = self.first(Event.DIAGNOSIS, lesion=0, before_entry_too=True)
        treatment, scan = self.first(Event.TREATMENT_STARTS), self.first_scan()
        qalys, qalys_discounted = self.qalys()
        return {
            "life_years": self.end - self.entry,
            "life_years_discounted": self.length(self.entry, self.end, self.effect_rate),
            "qalys": qalys,
            "qalys_discounted": qalys_discounted,
            "pain_years": self.pain_years(),
            "pain_free_days": self.pain_free_years() * DAYS_PER_YEAR,
            **{f"cost_{name}": cost for name, cost in plain.items()},
            **{f"cost_{name}_discounted": cost for name, cost in discounted.items()},
            "cost": sum(plain[name] for name in paid),
            "cost_discounted": sum(discounted[name] for name in paid),
            "symptom_months_from_onset": 12.0 * resolved,
            "symptom_months_from_entry": 12.0 * (resolved - self.entry),
            "symptom_months_from_diagnosis": months(diagnosis, resolved),
            "symptom_months_from_treatment": months(treatment, resolved),
            "mri_months_from_onset": 12.0 * normal,
            "mri_months_from_entry": 12.0 * (normal - self.entry),
            "mri_months_from_diagnosis": months(diagnosis, normal),
            "mri_months_from_treatment": months(treatment, normal),
            "sport_months_from_diagnosis": months(diagnosis, self.first(Event.RETURN_TO_SPORT)),
            "symptoms_resolved": 0.0 if math.isnan(resolved) else 1.0,
            "treated": min(1.0, self.count(Event.TREATMENT_STARTS)),
            "first_scans": 0.0 if math.isnan(scan) else 1.0,
            "first_scans_discounted": 0.0 if math.isnan(scan) else math.exp(-self.cost_rate * (scan - self.entry)),
            "wrong_diagnoses": self.count(Event.WRONG_DIAGNOSIS, before_entry_too=True),
            "lesions": self.count(Event.LESION_STARTS, before_entry_too=True),
            "insufficiency_fractures": self.count(Event.INSUFFICIENCY_FRACTURE, before_entry_too=True),
            "collapses": self.count(Event.COLLAPSE),
            "neck_fractures": self.count(Event.NECK_FRACTURE),
            "vertebral_fractures": self.count(Event.VERTEBRAL_FRACTURE),
            "arthroplasties": self.count(Event.ARTHROPLASTY),
            "revisions": self.count(Event.REVISION),
            "osteonecrosis_found": self.count(Event.OSTEONECROSIS_FOUND),
            "gastrointestinal_events": self.count(Event.GASTROINTESTINAL_EVENT),
            "adverse_events": self.count(Event.ADVERSE_EVENT_STARTS),
            "deaths_perioperative": float(self.rows[-1].event == Event.DEATH and self.rows[-1].value == 1.0),
            "days_off_work": self.status_years(Status.ABSENT_FROM_WORK) * DAYS_PER_YEAR,
            "unloading_days": self.status_years(Status.UNLOADING) * DAYS_PER_YEAR,
        }

    def curve_point(self, months_since_entry: float) -> dict[str, float]:
        """What one grid point counts; empty once follow-up has ended."""
        since_entry = months_since_entry / 12.0
        if self.rows[-1].event == Event.DEATH and since_entry >= self.end - self.entry:
            return {"dead": 1.0}
        if since_entry >= self.end - self.entry + 1e-9:
            return {}
        row, time = self.last_row(since_entry), self.entry + since_entry
        normal = self.first(Event.MRI_NORMAL, lesion=0)
        return {
            "alive": 1.0,
            "load_pain": row.pain + row.slope * (time - row.time_years),
            "rest_pain": row.rest_pain + row.rest_slope * (time - row.time_years),
            "utility": self.utility(time, row),
            "symptom_free": 0.0 if row.status & Status.SYMPTOMATIC else 1.0,
            "mri_normal": float(normal - self.entry <= since_entry),
            "health_state": float(HealthState(row.health_state)),
            **{name: float(number) for name, number in zip(JOINT_CURVES, self.joints(since_entry), strict=True)},
        }

    def states_at(self) -> list[int]:
        """The health state at the months of the flow; -1 once follow-up has ended."""
        points = [self.curve_point(month) for month in MONTHS_OF_THE_FLOW]
        return [int(HealthState.DEAD) if "dead" in point else int(point.get("health_state", -1)) for point in points]


def months(start: float, end: float) -> float:
    """Months from start to end, nan when either is missing or the end came first."""
    return 12.0 * (end - start) if end >= start else math.nan


def slow_outcomes(course: Course, inputs: Any) -> dict[str, float]:
    return SlowValuation(course, inputs).outcomes()


def slow_curve(course: Course, inputs: Any, grid_months: np.ndarray) -> list[dict[str, float]]:
    valuation = SlowValuation(course, inputs)
    return [valuation.curve_point(float(month)) for month in grid_months]


def slow_states(course: Course, inputs: Any) -> list[int]:
    return SlowValuation(course, inputs).states_at()
