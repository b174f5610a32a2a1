"""Utility of one course, the slow way: its definition at an instant, summed up by quadrature between all edges."""

import math

import numpy as np
from independent.slow_course import NEVER, WEEK, SlowCourse, spells
from independent.valuation_inputs import Course, Row
from scipy.optimize import brentq

from sim.vocabulary.care_terms import Setting
from sim.vocabulary.events import Event, Status

# Gauss and Legendre: exact for polynomials of degree 15, so for a line times a discount factor over a year at most.
NODES, WEIGHTS = (array.tolist() for array in np.polynomial.legendre.leggauss(8))


class SlowUtility(SlowCourse):
    """Utility and its integrals."""

    def __init__(self, course: Course, inputs: object) -> None:
        super().__init__(course, inputs)
        self.adverse_events = spells(
            self.rows, Event.ADVERSE_EVENT_STARTS, Event.ADVERSE_EVENT_ENDS, lambda row: (row.treatment, int(row.value))
        )
        self.phases = self._phases()
        self.neck = self._neck_fractures()
        self.form = self.inputs.scenario.structure.utility_form
        self.load_weight = self.inputs.scenario.structure.experienced_pain_load_weight

    def _phases(self) -> list[tuple[float, float, float]]:
        """(start, end, loss) of procedures, gastrointestinal events and vertebral fractures, with their fixed weeks."""
        found = []
        for row in self.rows:
            if row.event in (Event.GASTROINTESTINAL_EVENT, Event.VERTEBRAL_FRACTURE):
                weeks, loss = f"{row.event.name.lower()}_weeks", f"{row.event.name.lower()}_disutility"
            elif row.event == Event.TREATMENT_STARTS and self._is_a_burden(self.treatments[row.treatment]):
                loss = f"treatments.{self.treatments[row.treatment].name}.procedure_disutility"
                weeks = f"{loss}_weeks"
            else:
                continue
            found.append((row.time_years, row.time_years + self.number(weeks) * WEEK, self.number(loss)))
        return found

    def _is_a_burden(self, treatment) -> bool:
        return treatment.setting == Setting.THEATRE and self.inputs.scenario.structure.harms

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

    def felt(self, time: float, row: Row) -> float:
        """The pain that counts: a weighted mean of load and rest pain."""
        elapsed = time - row.time_years
        load, rest = row.pain + row.slope * elapsed, row.rest_pain + row.rest_slope * elapsed
        return self.load_weight * load + (1.0 - self.load_weight) * rest

    def knots(self) -> list[float]:
        """Pain at which the loss gets steeper."""
        if self.form == "convex":
            return [self.number(f"convex_utility_loss.{number}_knot_nrs") for number in ("first", "second")]
        return [1.0] if self.form == "above_one" else []

    def loss_at_reference(self, felt: float) -> float:
        """What this much pain takes from somebody whose norm is the reference."""
        per_point = self.number("utility_loss_per_pain_point_utility")
        if self.form == "above_one":
            return per_point * (felt - 1.0 if felt > 1.0 else 0.0)
        if self.form != "convex":
            return per_point * felt
        parts = ("below_first_knot", "between_knots", "above_second_knot")
        slopes = [self.number(f"convex_utility_loss.{part}_utility") for part in parts]
        first, second = self.knots()
        if felt <= first:
            return slopes[0] * felt
        if felt <= second:
            return slopes[0] * first + slopes[1] * (felt - first)
        return slopes[0] * first + slopes[1] * (second - first) + slopes[2] * (felt - second)

    def pain_loss(self, time: float, row: Row) -> float:
        loss = self.loss_at_reference(self.felt(time, row))
        if self.form == "additive":
            return loss
        return self.norm(time) * loss / self.number("utility_reference_norm_utility")

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
        harms = max((loss for loss, replaces in self.open_harms(time) if replaces), default=0.0)
        return [self.pain_loss(time, row), self.neck_loss(time), harms]

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

    def qalys(self) -> tuple[float, float]:
        """Undiscounted and discounted: quadrature between all instants at which anything but a line changes."""
        total = [0.0, 0.0]
        edges = [edge for start, end, _ in self.phases for edge in (start, end)]
        edges += [edge for neck in self.neck for edge in neck]
        edges += [age - self.course.age_years for age in range(200)]
        for row, later in zip(self.rows[self.entry_row :], self.rows[self.entry_row + 1 :], strict=False):
            start, end = row.time_years, later.time_years
            cuts = sorted({start, end, *(edge for edge in edges if start < edge < end)})
            for left, right in zip(cuts, cuts[1:], strict=False):
                for number, part in enumerate(self._integrals(row, left, right)):
                    total[number] += part
        return total[0], total[1]

    def _integrals(self, row: Row, left: float, right: float) -> tuple[float, float]:
        """Over a piece between edges; cut where pain passes a knot, and then where two rivals meet."""
        knots = self.knots()
        cuts = self._cut([left, right], [lambda time, knot=knot: self.felt(time, row) - knot for knot in knots])
        if self.neck or self.open_harms(0.5 * (left + right)):
            pairs = ((0, 1), (0, 2), (1, 2))
            leads = [lambda time, a=a, b=b: self.rivals(time, row)[a] - self.rivals(time, row)[b] for a, b in pairs]
            cuts = self._cut(cuts, leads)
        plain = discounted = 0.0
        for low, high in zip(cuts, cuts[1:], strict=False):
            half = 0.5 * (high - low)
            for node, weight in zip(NODES, WEIGHTS, strict=True):
                time = low + half * (1.0 + node)
                value = half * weight * self.utility(time, row)
                plain += value
                discounted += value * math.exp(-self.effect_rate * (time - self.entry))
        return plain, discounted

    @staticmethod
    def _cut(cuts: list[float], functions: list) -> list[float]:
        """The cuts and each root inside their pieces of functions that are a line in each piece."""
        found = set(cuts)
        for left, right in zip(cuts, cuts[1:], strict=False):
            margin = 1e-9 * (right - left)  # the ends belong to the neighbours
            low = max(left + margin, math.nextafter(left, right))
            high = min(right - margin, math.nextafter(right, left))
            for function in functions:
                if low < high and function(low) * function(high) < 0.0:
                    found.add(float(brentq(function, low, high, xtol=1e-15)))
        return sorted(found)
