"""One course read the slow way: its spells and lengths of time, looked up anew from the list of rows each time."""

import functools
import math
from collections.abc import Callable
from typing import Any

from independent.valuation_inputs import Course, Row

from sim.vocabulary.events import Event, Status
from sim.vocabulary.units import DAYS_PER_YEAR

NEVER = math.inf
WEEK = 7.0 / DAYS_PER_YEAR  # years


def spells(
    rows: tuple[Row, ...], start: Event, end: Event, key: Callable[[Row], Any]
) -> list[tuple[float, float, Any]]:
    """(start, end, key) of what `start` rows open and the next unused `end` row of the same key closes."""
    found = []
    used: set[int] = set()
    for place, row in enumerate(rows):
        if row.event != start:
            continue
        closing = NEVER
        for later in range(place + 1, len(rows)):
            other = rows[later]
            if later not in used and other.event == end and key(other) == key(row):
                used.add(later)
                closing = other.time_years
                break
        found.append((row.time_years, closing, key(row)))
    return found


class SlowCourse:
    """A course under some inputs, and what time means in it."""

    def __init__(self, course: Course, inputs: Any) -> None:
        self.course, self.inputs, self.rows = course, inputs, course.rows
        self.number: Callable[[str], float] = functools.cache(inputs.parameters.value)
        self.treatments = list(inputs.treatments.values())
        self.early_scan = list(inputs.strategies.values())[course.strategy].mri == "at_first_contact"
        self.entry_row = next(place for place, row in enumerate(self.rows) if row.event == Event.ENTRY)
        self.entry = self.rows[self.entry_row].time_years
        self.end = self.rows[-1].time_years
        self.effect_rate = math.log1p(self.number("setting.discount_rate_effects_per_year"))
        self.cost_rate = math.log1p(self.number("setting.discount_rate_costs_per_year"))

    def length(self, start: float, end: float, rate: float) -> float:
        """Discounted length of the part of a spell that lies between entry and end."""
        start, end = max(start, self.entry) - self.entry, min(end, self.end) - self.entry
        if end <= start:
            return 0.0
        return end - start if rate == 0.0 else -math.exp(-rate * start) * math.expm1(-rate * (end - start)) / rate

    def status_spells(self, bit: Status) -> list[tuple[float, float]]:
        """(start, end) of each unbroken run of rows in which the bit holds."""
        found: list[tuple[float, float]] = []
        running = False
        for row, later in zip(self.rows, self.rows[1:], strict=False):
            if row.status & bit:
                start = found.pop()[0] if running else row.time_years
                found.append((start, later.time_years))
            running = bool(row.status & bit)
        return found

    def status_years(self, bit: Status, rate: float = 0.0, longest: float = NEVER) -> float:
        """Years with the bit, of each spell `longest` years at most, counted from its own start."""
        return sum(self.length(start, min(end, start + longest), rate) for start, end in self.status_spells(bit))

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

    def count(self, *events: Event, before_entry_too: bool = False) -> float:
        rows = self.rows if before_entry_too else self.rows[self.entry_row :]
        return float(sum(row.event in events for row in rows))

    def last_row(self, since_entry: float) -> Row:
        """The last row that has happened by a time since entry, rows at that very time included."""
        return [row for row in self.rows[self.entry_row :] if row.time_years - self.entry <= since_entry][-1]

    def joints(self, since_entry: float) -> list[int]:
        """Symptomatic joints by site: distinct pairs of site and side of the lesions that hurt at this time."""
        reached = [row for row in self.rows if row.time_years - self.entry <= since_entry]
        hurting: dict[int, tuple[int, int]] = {}
        for row in reached:
            if row.event == Event.LESION_STARTS:
                hurting[row.lesion] = (row.site, self.course.sides[row.lesion])
            elif row.event == Event.SYMPTOMS_RESOLVE:
                hurting.pop(row.lesion, None)
            elif row.event == Event.ARTHROPLASTY:
                replaced = divmod(int(row.value), 2)
                hurting = {lesion: joint for lesion, joint in hurting.items() if joint != replaced}
        return [sum(site == wanted for site, _ in set(hurting.values())) for wanted in range(4)]
