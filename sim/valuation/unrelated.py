"""Medical costs that have nothing to do with the disease: so much a year by age and sex, while alive."""

from typing import Any

from sim.disease.rule import generic
from sim.valuation.discounting import discounted_length
from sim.valuation.utility import OLDEST, completed_years, norm_integral
from sim.vocabulary.care_terms import CostCategory

_CATEGORY = int(CostCategory.UNRELATED_MEDICAL)


@generic
def charge_unrelated(s: Any, tariff: Any, outcome: Any) -> None:
    """At the last row: charge the whole time from entry, which depends on nothing but age."""
    length = s.time_years - s.entry_years
    if not tariff.has_unrelated_costs or not s.entered or length <= 0.0:
        return
    age = s.age_at_onset_years + s.entry_years
    years = completed_years(s.age_at_onset_years, s.entry_years)
    costs, rate = tariff.unrelated_costs[s.sex], tariff.cost_rate
    if years >= OLDEST or age + length <= years + 1:
        yearly = costs[min(years, OLDEST)]
        outcome.costs[_CATEGORY] += yearly * length
        outcome.costs_discounted[_CATEGORY] += yearly * discounted_length(rate, length)
        return
    plain, discounted = tariff.unrelated_years[s.sex], tariff.unrelated_years_discounted[s.sex]
    outcome.costs[_CATEGORY] += norm_integral(costs, plain, 0.0, age, years, length)
    outcome.costs_discounted[_CATEGORY] += norm_integral(costs, discounted, rate, age, years, length)
