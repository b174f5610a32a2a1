"""Charging a course: single payments, and home courses, which run on between rows.

A home course is charged as a whole when it ends: its undiscounted length is a difference of times, its discounted
length a difference of `cost_clock_years`, the discounted time since entry.
"""

from typing import Any

import numpy.typing as npt

from sim.disease.rule import generic
from sim.valuation.costs import EARLY, USUAL
from sim.valuation.resources import CATEGORY_COUNT
from sim.valuation.situation import is_known
from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event
from sim.vocabulary.slots import COURSES


@generic
def charge(s: Any, outcome: Any, costs: npt.NDArray[Any]) -> None:
    """Add one cost vector at the present time; nothing before entry."""
    if not s.entered:
        return
    discount = s.cost_discount  # a local: the compiler cannot know that the sums below do not change it
    for category in range(CATEGORY_COUNT):
        outcome.costs[category] += costs[category]
        outcome.costs_discounted[category] += costs[category] * discount


@generic
def charge_number(outcome: Any, costs: npt.NDArray[Any], number: float, discounted: float) -> None:
    """Add a cost vector so many times, and so many times to the discounted costs: units, or years of a yearly cost."""
    for category in range(CATEGORY_COUNT):
        outcome.costs[category] += costs[category] * number
        outcome.costs_discounted[category] += costs[category] * discounted


@generic
def start_home_course(s: Any, treatment: int) -> None:
    if s.home_count == COURSES:
        s.overflow = 1
        return
    s.home_treatment[s.home_count] = treatment
    s.home_start_years[s.home_count] = s.time_years
    s.home_start_clock[s.home_count] = s.cost_clock_years
    s.home_count += 1


@generic
def end_home_course(s: Any, tariff: Any, outcome: Any, treatment: int) -> None:
    """Charge and forget the first open home course of this treatment, if there is one."""
    for k in range(s.home_count):
        if s.home_treatment[k] == treatment:
            if s.entered:
                length = s.time_years - max(s.home_start_years[k], s.entry_years)
                discounted = s.cost_clock_years - s.home_start_clock[k]
                charge_number(outcome, tariff.home_costs_per_year[treatment], length, discounted)
            s.home_count -= 1
            for later in range(k, s.home_count):
                s.home_treatment[later] = s.home_treatment[later + 1]
                s.home_start_years[later] = s.home_start_years[later + 1]
                s.home_start_clock[later] = s.home_start_clock[later + 1]
            return


@generic
def charge_scan(s: Any, tariff: Any, outcome: Any, lesion: int, strategy: int) -> None:
    """A scan of a known lesion is follow-up; the first one of the first lesion bears those of all who have not got it.

    A scan that is repeated because the first showed nothing is one scan: the others were found to be something else.
    """
    if is_known(s, lesion):
        charge(s, outcome, tariff.known_scan_costs)
        return
    scans = 1.0
    if lesion == 0 and not s.first_scan_made:
        s.first_scan_made = 1
        if s.entered:
            scans = tariff.scans_per_case[tariff.early_mri[strategy]]
            outcome.first_scans = 1.0
            outcome.first_scans_discounted = s.cost_discount
    if s.entered:
        charge_number(outcome, tariff.scan_cost_per_case, scans, scans * s.cost_discount)


@generic
def charge_first_contact(s: Any, tariff: Any, outcome: Any, strategy: int) -> None:
    """The strategy decides on the tests; before entry, where nothing is charged, there is none."""
    if s.entered:
        charge(s, outcome, tariff.first_contact_costs[EARLY if tariff.early_mri[strategy] else USUAL])


@generic
def site_of(row: Any) -> int:
    """The site that prices a row: of its joint (replacement, revision), else of its lesion; without one, OTHER."""
    if row.event == Event.ARTHROPLASTY or row.event == Event.REVISION:
        return int(row.value) // 2
    if row.site < 0:
        return Site.OTHER.value
    return int(row.site)


@generic
def end_home_courses(s: Any, tariff: Any, outcome: Any) -> None:
    """At the last row: charge what still runs."""
    while s.home_count > 0:
        end_home_course(s, tariff, outcome, s.home_treatment[0])
