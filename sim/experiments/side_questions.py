"""Several scenarios side by side: what each strategy gains in each, and which is best."""

import math
from collections.abc import Sequence
from typing import Any

from sim.experiments.dsa_points import COST, EFFECT, Simulator, gain_of, simulator
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import Scenario, with_overrides

Rows = list[dict[str, Any]]


def levels(one: Simulator) -> Rows:
    """A row a strategy, the comparator included: its level, and the step to it (as `base` of dsa_results.py)."""
    steps = {row["strategy"]: row for row in one.steps(one.base)}
    best_place = one.best(one.base)[0]
    best = one.strategies[best_place]
    rows = []
    for place, strategy in enumerate(one.strategies):
        nothing: dict[str, Any] = {
            "strategy": strategy,
            "comparator": strategy,
            "incremental_cost": 0.0,
            "incremental_effect": 0.0,
            "net_benefit_gain": 0.0,
            "net_benefit_gain_se": 0.0,
            "icer_meaning": "no_difference",
            "best": best,
        }
        lead, lead_error = gain_of(one.base, best_place, place, one.threshold)
        level = {
            "cost": float(one.base.means[place, COST]),
            "effect": float(one.base.means[place, EFFECT]),
            "lead_of_best": lead,
            "lead_of_best_se": lead_error,
        }
        rows.append(steps.get(strategy, nothing) | level | _errors(one, place))
    return rows


def _errors(one: Simulator, place: int) -> dict[str, float]:
    """Standard errors of the cost and effect of a strategy (its place) and of its increments to the comparator."""
    covariance, count = one.base.covariance, len(one.strategies)
    errors = {}
    for outcome, first in (("cost", 0), ("effect", count)):
        own, other = first + place, first + one.comparator
        variance = covariance[own, own] + covariance[other, other] - 2.0 * covariance[own, other]
        errors[f"{outcome}_se"] = math.sqrt(covariance[own, own])
        errors[f"incremental_{outcome}_se"] = math.sqrt(max(float(variance), 0.0)) if place != one.comparator else 0.0
    return errors


def side_by_side(scenarios: Sequence[Scenario], patients: int, seed: int) -> Rows:
    """A row a scenario and strategy (as `scenarios` of dsa_results.py). All have `patients` people of the same seed.

    Raises InputError.
    """
    rows: Rows = []
    for scenario in scenarios:
        question = with_overrides(scenario, patients=patients, seed=seed)
        inputs = gather(question)
        one = simulator(inputs, patients, seed)
        about = {
            "scenario": question.name,
            "title": question.title,
            "setting": question.setting,
            "currency": inputs.setting.currency,
            "price_year": inputs.setting.price_year,
            "patients": patients,
            "willingness_to_pay": one.threshold,
        }
        rows += [about | row for row in levels(one)]
    return rows
