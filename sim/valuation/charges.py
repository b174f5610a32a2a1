"""Charging a course: single payments, and what runs on between rows (home courses, the usual analgesic).

Running costs are charged as a whole when they end: their undiscounted length is a difference of times, their
discounted length a difference of `cost_clock_years`, the discounted time since entry.
"""

from typing import Any

import numpy.typing as npt

from sim.disease.rule import generic
from sim.valuation.costs import CATEGORY_COUNT, FIRST_LESION, FURTHER_LESION, KNOWN_LESION
from sim.valuation.situation import is_known
from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event, Status
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
def charge_use(s: Any, outcome: Any, costs: npt.NDArray[Any], start_years: float, start_clock: float) -> None:
    """Add a cost per year for the time from `start_years` (not before entry) to now."""
    if not s.entered:
        return
    length = s.time_years - max(start_years, s.entry_years)
    discounted = s.cost_clock_years - start_clock
    for category in range(CATEGORY_COUNT):
        outcome.costs[category] += costs[category] * length
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
            costs = tariff.home_costs_per_year[treatment]
            charge_use(s, outcome, costs, s.home_start_years[k], s.home_start_clock[k])
            s.home_count -= 1
            for later in range(k, s.home_count):
                s.home_treatment[later] = s.home_treatment[later + 1]
                s.home_start_years[later] = s.home_start_years[later + 1]
                s.home_start_clock[later] = s.home_start_clock[later + 1]
            return


@generic
def follow_nsaid(s: Any, tariff: Any, outcome: Any) -> None:
    """Start or end the use of the analgesic by its bit in the status."""
    uses = s.status & Status.USES_NSAID
    if uses and not s.nsaid:
        s.nsaid = 1
        s.nsaid_start_years = s.time_years
        s.nsaid_start_clock = s.cost_clock_years
    elif s.nsaid and not uses:
        s.nsaid = 0
        charge_use(s, outcome, tariff.nsaid_costs_per_year, s.nsaid_start_years, s.nsaid_start_clock)


@generic
def charge_scan(s: Any, tariff: Any, outcome: Any, lesion: int) -> None:
    if is_known(s, lesion):
        charge(s, outcome, tariff.scan_costs[KNOWN_LESION])
    else:
        charge(s, outcome, tariff.scan_costs[FIRST_LESION if lesion == 0 else FURTHER_LESION])


@generic
def site_of(row: Any) -> int:
    """The site that prices a row: of its joint (replacement, revision), else of its lesion; without one, OTHER."""
    if row.event == Event.ARTHROPLASTY or row.event == Event.REVISION:
        return int(row.value) // 2
    if row.site < 0:
        return Site.OTHER.value
    return int(row.site)


@generic
def charge_the_rest(s: Any, tariff: Any, outcome: Any) -> None:
    """At the last row: charge what still runs."""
    while s.home_count > 0:
        end_home_course(s, tariff, outcome, s.home_treatment[0])
    if s.nsaid:
        s.nsaid = 0
        charge_use(s, outcome, tariff.nsaid_costs_per_year, s.nsaid_start_years, s.nsaid_start_clock)
