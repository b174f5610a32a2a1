"""Several scenarios side by side: what each strategy gains in each, and which is best."""

from collections.abc import Sequence
from typing import Any

from sim.experiments.dsa_points import COST, EFFECT, Simulator, simulator
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import Scenario, with_overrides

Rows = list[dict[str, Any]]


def levels(one: Simulator) -> Rows:
    """A row a strategy, the comparator included: cost, effect, and the step to it (as `base` of dsa_results.py)."""
    steps = {row["strategy"]: row for row in one.steps(one.base)}
    best = one.strategies[one.best(one.base)[0]]
    rows = []
    for place, strategy in enumerate(one.strategies):
        means = {"cost": float(one.base.means[place, COST]), "effect": float(one.base.means[place, EFFECT])}
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
        rows.append(steps.get(strategy, nothing) | means)
    return rows


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
