"""What a stretch of time costs while a bit of the status holds: the usual analgesic, help, work that is not done.

A spell is charged as a whole when it ends: its undiscounted length is a difference of times, its discounted length a
difference of `cost_clock_years`, the discounted time since entry. A spell that outlasts its limit (absence from work
beyond the friction period) is charged up to the limit, which is counted from its true start.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.disease.rule import generic
from sim.valuation.discounting import discounted_length
from sim.valuation.protocols import Parameters
from sim.valuation.resources import unit_cost
from sim.valuation.situation import SPELLS
from sim.vocabulary.care_terms import CostCategory
from sim.vocabulary.events import Status
from sim.vocabulary.units import DAYS_PER_YEAR

WEEKS_PER_YEAR = DAYS_PER_YEAR / 7.0

# The kinds of spell, in this order: when they run, and the category of their cost.
ANALGESIC, INFORMAL_CARE, UNPAID_WORK, ABSENCE = range(SPELLS)
SPELL_BITS = np.array([Status.USES_NSAID, Status.UNLOADING, Status.SYMPTOMATIC, Status.ABSENT_FROM_WORK])
SPELL_CATEGORIES = np.array(
    [CostCategory.DRUG, CostCategory.INFORMAL_CARE, CostCategory.UNPAID_WORK, CostCategory.PRODUCTIVITY]
)


def spell_costs_per_year(parameters: Parameters) -> npt.NDArray[np.float64]:
    """Shape (4,): a year of each kind; absence from work for each weekly hour of paid work."""
    help_hours = WEEKS_PER_YEAR * parameters.value("informal_care_weekly_hours")
    unpaid_hours = WEEKS_PER_YEAR * parameters.value("unpaid_work_lost_weekly_hours")
    return np.array(
        [
            unit_cost(parameters, "nsaid_year"),
            help_hours * unit_cost(parameters, "informal_care_hour"),
            unpaid_hours * unit_cost(parameters, "unpaid_work_hour"),
            WEEKS_PER_YEAR * unit_cost(parameters, "paid_hour"),
        ]
    )


def spell_limits_years(parameters: Parameters) -> npt.NDArray[np.float64]:
    """Shape (4,): how much of a spell counts at most; absence is limited where the setting has a friction period."""
    limits = np.full(SPELLS, np.inf)
    if "setting.friction_period_weeks" in parameters:
        limits[ABSENCE] = parameters.years("setting.friction_period_weeks")
    return limits


@generic
def change_spells(s: Any, tariff: Any, outcome: Any, changed: int) -> None:
    """End or begin the spells whose bits have changed."""
    for kind in range(SPELLS):
        if changed & tariff.spell_bits[kind]:
            if s.spells & tariff.spell_bits[kind]:
                charge_spell(s, tariff, outcome, kind)
            else:
                s.spell_start_years[kind] = s.time_years
                s.spell_start_clock[kind] = s.cost_clock_years
                s.spell_start_discount[kind] = s.cost_discount
    s.spells ^= changed


@generic
def charge_spell(s: Any, tariff: Any, outcome: Any, kind: int) -> None:
    """Charge the spell that ends now, from its start or from entry, whichever is later."""
    if not s.entered:
        return
    start = max(s.spell_start_years[kind], s.entry_years)
    length = s.time_years - start
    discounted = s.cost_clock_years - s.spell_start_clock[kind]
    most = s.spell_start_years[kind] + tariff.spell_limits_years[kind] - start
    if length > most:
        length = max(most, 0.0)
        discounted = s.spell_start_discount[kind] * discounted_length(tariff.cost_rate, length)
    yearly, category = tariff.spell_costs_per_year[kind], tariff.spell_categories[kind]
    if kind == ABSENCE:
        yearly *= s.weekly_hours
    outcome.costs[category] += yearly * length
    outcome.costs_discounted[category] += yearly * discounted


@generic
def end_spells(s: Any, tariff: Any, outcome: Any) -> None:
    """At the last row: charge what still runs."""
    for kind in range(SPELLS):
        if s.spells & tariff.spell_bits[kind]:
            charge_spell(s, tariff, outcome, kind)
