"""The value of one course, the slow way: plain Python, adaptive quadrature, one definition after another.

Written from the description of the model (what is utility at an instant, what does each event cost, when does a spell
begin and end), never from the compiled kernel. No running totals: everything is looked up anew from the list of rows.
"""

import math

import numpy as np
from independent.slow_bills import ALL_CATEGORIES, NEVER, SlowBills, spells, status_spells
from independent.valuation_inputs import Course, Row, StandInInputs
from scipy.integrate import quad
from scipy.optimize import brentq

from sim.vocabulary.care_terms import Setting
from sim.vocabulary.events import Event, HealthState, Status
from sim.vocabulary.units import DAYS_PER_YEAR


class SlowValuation(SlowBills):
    """All values of one course under some inputs."""

    def __init__(self, course: Course, inputs: StandInInputs) -> None:
        self.course, self.inputs, self.rows = course, inputs, course.rows
        self.number = inputs.parameters.value
        self.treatments = list(inputs.treatments.values())
        self.entry_row = next(place for place, row in enumerate(self.rows) if row.event == Event.ENTRY)
        self.entry = self.rows[self.entry_row].time_years
        self.end = self.rows[-1].time_years
        self.effect_rate = math.log1p(self.number("setting.discount_rate_effects_per_year"))
        self.cost_rate = math.log1p(self.number("setting.discount_rate_costs_per_year"))
        self.adverse_events = spells(
            course, Event.ADVERSE_EVENT_STARTS, Event.ADVERSE_EVENT_ENDS, lambda row: (row.treatment, int(row.value))
        )
        self.phases = self._phases()
        self.neck = self._neck_fractures()

    # -- utility -------------------------------------------------------------------------------------------------

    def _phases(self) -> list[tuple[float, float, float]]:
        """(start, end, loss) of procedures and gastrointestinal events, each with its fixed weeks."""
        found = []
        for row in self.rows:
            if row.event == Event.GASTROINTESTINAL_EVENT:
                weeks = self.number("gastrointestinal_event_weeks")
                loss = self.number("gastrointestinal_event_disutility")
                found.append((row.time_years, row.time_years + weeks * 7.0 / DAYS_PER_YEAR, loss))
            if row.event == Event.TREATMENT_STARTS and self.treatments[row.treatment].setting == Setting.THEATRE:
                name = self.treatments[row.treatment].name
                weeks = self.number(f"treatments.{name}.procedure_disutility_weeks")
                loss = self.number(f"treatments.{name}.procedure_disutility")
                found.append((row.time_years, row.time_years + weeks * 7.0 / DAYS_PER_YEAR, loss))
        return found

    def _neck_fractures(self) -> list[tuple[float, float, float, float]]:
        """(fracture, end of the acute stage, end of recovery, late from) of each neck fracture.

        The recovery ends with the next stage row, or as planned; between a planned end and a late row the loss stays.
        """
        found = []
        places = [place for place, row in enumerate(self.rows) if row.event == Event.NECK_FRACTURE]
        for place, next_place in zip(places, [*places[1:], len(self.rows)], strict=False):
            fracture = self.rows[place].time_years
            stages = [row for row in self.rows[place:next_place] if row.event == Event.NECK_FRACTURE_STAGE]
            acute_ends = next((row.time_years for row in stages if row.value == 1.0), NEVER)
            late_from = next((row.time_years for row in stages if row.value == 2.0), NEVER)
            planned = fracture + self.number("neck_fracture_recovery_months") / 12.0
            found.append((fracture, acute_ends, late_from if late_from < NEVER else planned, late_from))
        return found

    def norm(self, time: float) -> float:
        age = math.floor(self.course.age_years + time)
        return float(self.inputs.utility_norms[self.course.sex, min(age, 120)])

    def neck_loss(self, time: float) -> float:
        begun = [neck for neck in self.neck if neck[0] <= time]
        if not begun:
            return 0.0
        _, acute_ends, recovery_ends, late_from = begun[-1]
        acute, at_one_year, later = (
            self.number(f"neck_fracture_disutility.{stage}") for stage in ("acute", "at_one_year", "later")
        )
        if time < acute_ends:
            return acute
        if time >= late_from:
            return later
        if time >= recovery_ends:
            return at_one_year
        return acute + (at_one_year - acute) * (time - acute_ends) / (recovery_ends - acute_ends)

    def rivals(self, time: float, row: Row) -> list[float]:
        """The losses of which only the largest counts: by pain, by a neck fracture, by harms in place of pain."""
        pain = row.pain + row.slope * (time - row.time_years)
        per_point = self.number("utility_loss_per_pain_point_utility")
        pain_loss = self.norm(time) * per_point * pain / self.number("utility_reference_norm_utility")
        open_harms = self.open_harms(time)
        return [pain_loss, self.neck_loss(time), max((loss for loss, replaces in open_harms if replaces), default=0.0)]

    def open_harms(self, time: float) -> list[tuple[float, bool]]:
        """(loss, whether it replaces pain) of every adverse event that is going on."""
        found = []
        for start, end, (treatment, number) in self.adverse_events:
            if start <= time < end:
                name, event = self.treatments[treatment].name, self.treatments[treatment].adverse_events[number]
                loss = self.number(f"treatments.{name}.adverse_events.{event.name}.disutility")
                found.append((loss, event.replaces_pain))
        return found

    def utility(self, time: float, row: Row) -> float:
        """Utility at `time`, when `row` was the last one."""
        added = sum(loss for loss, replaces in self.open_harms(time) if not replaces)
        added += sum(loss for start, end, loss in self.phases if start <= time < end)
        if row.status & Status.UNLOADING:
            added += self.number("unloading_disutility")
        return self.norm(time) - max(self.rivals(time, row)) - added

    def qalys(self, rate: float) -> float:
        """Adaptive quadrature between all instants at which anything but a pain line changes."""
        total = 0.0
        edges = [edge for start, end, _ in self.phases for edge in (start, end)]
        edges += [edge for neck in self.neck for edge in neck]
        birthdays = [age - self.course.age_years for age in range(200)]
        for row, later in zip(self.rows[self.entry_row :], self.rows[self.entry_row + 1 :], strict=False):
            start, end = row.time_years, later.time_years
            cuts = sorted({start, end, *(edge for edge in [*edges, *birthdays] if start < edge < end)})
            for left, right in zip(cuts, cuts[1:], strict=False):
                total += self._integral(row, left, right, rate)
        return total

    def _integral(self, row: Row, left: float, right: float, rate: float) -> float:
        """Over a piece in which all rivals are smooth; cut where two of them meet, a kink that quadrature may miss."""
        margin = 1e-9 * (right - left)  # the ends belong to the neighbours
        low = max(left + margin, math.nextafter(left, right))
        high = min(right - margin, math.nextafter(right, left))

        def integrand(time: float) -> float:
            return self.utility(min(max(time, low), high), row) * math.exp(-rate * (time - self.entry))

        def lead(time: float, one: int, other: int) -> float:
            rivals = self.rivals(time, row)
            return rivals[one] - rivals[other]

        pairs = [pair for pair in ((0, 1), (0, 2), (1, 2)) if lead(low, *pair) * lead(high, *pair) < 0.0]
        cuts = sorted([left, right, *(float(brentq(lead, low, high, args=pair, xtol=1e-15)) for pair in pairs)])
        parts = zip(cuts, cuts[1:], strict=False)
        return sum(float(quad(integrand, *part, epsabs=1e-11, epsrel=1e-10)[0]) for part in parts)

    # -- time ----------------------------------------------------------------------------------------------------

    def length(self, start: float, end: float, rate: float) -> float:
        """Discounted length of the part of a spell that lies between entry and end."""
        start, end = max(start, self.entry) - self.entry, min(end, self.end) - self.entry
        if end <= start:
            return 0.0
        return end - start if rate == 0.0 else -math.exp(-rate * start) * math.expm1(-rate * (end - start)) / rate

    def pain_years(self) -> float:
        """Areas of trapezia."""
        total = 0.0
        for row, later in zip(self.rows[self.entry_row :], self.rows[self.entry_row + 1 :], strict=False):
            length = later.time_years - row.time_years
            total += 0.5 * length * (row.pain + (row.pain + row.slope * length))
        return total

    def pain_free_years(self) -> float:
        pairs = zip(self.rows[self.entry_row :], self.rows[self.entry_row + 1 :], strict=False)
        return sum(later.time_years - row.time_years for row, later in pairs if row.pain == 0.0 and row.slope == 0.0)

    def status_years(self, bit: Status, rate: float = 0.0) -> float:
        return sum(self.length(start, end, rate) for start, end in status_spells(self.course, bit))

    # -- first times -----------------------------------------------------------------------------------------------

    def first(self, event: Event, lesion: int | None = None, *, before_entry_too: bool = False) -> float:
        """Time of the first such row after the ENTRY row (or of all rows); nan if there is none."""
        for row in self.rows if before_entry_too else self.rows[self.entry_row :]:
            if row.event == event and (lesion is None or row.lesion == lesion):
                return row.time_years
        return math.nan

    def resolved(self) -> float:
        for row, later in zip(self.rows[self.entry_row :], self.rows[self.entry_row + 1 :], strict=False):
            if not row.status & Status.SYMPTOMATIC and later.time_years > row.time_years:
                return row.time_years
        return math.nan

    # -- costs -----------------------------------------------------------------------------------------------------

    def costs(self, rate: float) -> dict[str, float]:
        """Cost by category, each payment discounted from its own moment."""
        total = dict.fromkeys(ALL_CATEGORIES, 0.0)
        for place, row in enumerate(self.rows):
            if place < self.entry_row:
                continue
            factor = math.exp(-rate * (row.time_years - self.entry))
            for category, name, number in self.bills(place, row):
                total[category] += number * self.price(name) * factor
        total["drug"] += self.price("nsaid_year") * self.status_years(Status.USES_NSAID, rate)
        for start, end, treatment in spells(
            self.course, Event.TREATMENT_STARTS, Event.TREATMENT_ENDS, lambda row: row.treatment
        ):
            for category, resources in self.treatments[treatment].resources_per_year.items():
                for name, number in resources.items():
                    total[category] += number * self.price(name) * self.length(start, end, rate)
        return total

    # -- all together ----------------------------------------------------------------------------------------------

    def count(self, *events: Event, before_entry_too: bool = False) -> float:
        rows = self.rows if before_entry_too else self.rows[self.entry_row :]
        return float(sum(row.event in events for row in rows))

    def outcomes(self) -> dict[str, float]:
        """Every outcome by name."""
        plain, discounted = self.costs(0.0), self.costs(self.cost_rate)
        paid = self.inputs.setting.perspective
        resolved, normal = self.resolved(), self.first(Event.MRI_NORMAL, lesion=0)
        diagnosis = self.first(Event.DIAGNOSIS, lesion=0, before_entry_too=True)
        treatment = self.first(Event.TREATMENT_STARTS)
        return {
            "life_years": self.end - self.entry,
            "life_years_discounted": self.length(self.entry, self.end, self.effect_rate),
            "qalys": self.qalys(0.0),
            "qalys_discounted": self.qalys(self.effect_rate),
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
            "lesions": self.count(Event.LESION_STARTS, before_entry_too=True),
            "insufficiency_fractures": self.count(Event.INSUFFICIENCY_FRACTURE, before_entry_too=True),
            "collapses": self.count(Event.COLLAPSE),
            "neck_fractures": self.count(Event.NECK_FRACTURE),
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
        reached = [row for row in self.rows[self.entry_row :] if row.time_years - self.entry <= since_entry]
        row, time = reached[-1], self.entry + since_entry
        normal = self.first(Event.MRI_NORMAL, lesion=0)
        return {
            "alive": 1.0,
            "load_pain": row.pain + row.slope * (time - row.time_years),
            "rest_pain": row.rest_pain + row.rest_slope * (time - row.time_years),
            "utility": self.utility(time, row),
            "symptom_free": 0.0 if row.status & Status.SYMPTOMATIC else 1.0,
            "mri_normal": float(normal - self.entry <= since_entry),
            "health_state": float(HealthState(row.health_state)),
        }


def months(start: float, end: float) -> float:
    """Months from start to end, nan when either is missing or the end came first."""
    return 12.0 * (end - start) if end >= start else math.nan


def slow_outcomes(course: Course, inputs: StandInInputs) -> dict[str, float]:
    return SlowValuation(course, inputs).outcomes()


def slow_curve(course: Course, inputs: StandInInputs, grid_months: np.ndarray) -> list[dict[str, float]]:
    valuation = SlowValuation(course, inputs)
    return [valuation.curve_point(float(month)) for month in grid_months]
