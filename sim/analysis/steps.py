"""A step from one strategy to another: its net benefit with the error of chance, its ICER and what that means."""

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

GAINED, SAVED, DOMINANT, DOMINATED, NONE = (
    "cost_per_qaly_gained",
    "saving_per_qaly_lost",
    "dominant",
    "dominated",
    "no_difference",
)
# Equal courses may differ in the last digits of their integrals; such a difference is none.
LEAST_COST, LEAST_EFFECT = 5e-7, 5e-10


def net_benefits(costs: Floats, effects: Floats, willingness_to_pay: float) -> Floats:
    """willingness_to_pay x effect - cost, any shape; differences in the last digits, of no meaning, are rounded off."""
    benefits: Floats = np.round(willingness_to_pay * effects - costs, 6)
    return benefits


def ranked(costs: Floats, effects: Floats, willingness_to_pay: float) -> tuple[int, int, float]:
    """Places of the best and second best strategy, and the lead of the best; shape of both arrays (strategies,).

    Of equal ones the earlier counts as better.
    """
    benefits = net_benefits(costs, effects, willingness_to_pay)
    order = np.argsort(-benefits, kind="stable")
    return int(order[0]), int(order[1]), float(benefits[order[0]] - benefits[order[1]])


def gain_error(covariance: Floats, strategy: int, against: int, willingness_to_pay: float) -> float:
    """Standard error of the net benefit gained by `strategy` over `against`.

    covariance: shape (2 S, 2 S), of mean costs of all S strategies and then of their mean effects. The gain is a'x with
    a = -1 and 1 at the costs, w and -w at the effects of the two, so its variance is a'Ca.
    """
    strategies = len(covariance) // 2
    weights = np.zeros(2 * strategies)
    weights[[strategy, against]] += (-1.0, 1.0)
    weights[[strategies + strategy, strategies + against]] += (willingness_to_pay, -willingness_to_pay)
    return math.sqrt(max(float(weights @ covariance @ weights), 0.0)) if strategy != against else 0.0


def icer_of(incremental_cost: float, incremental_effect: float) -> tuple[float, str]:
    """The ratio of a step, and what it means; nan where a ratio would say nothing (Drummond et al. 2015, chapter 4).

    The same ratio means a cost per QALY gained when both increments are positive, and a saving per QALY given up when
    both are negative; with opposite signs one strategy dominates.
    """
    cost = 0.0 if abs(incremental_cost) < LEAST_COST else incremental_cost
    effect = 0.0 if abs(incremental_effect) < LEAST_EFFECT else incremental_effect
    if cost == 0.0 and effect == 0.0:
        return math.nan, NONE
    if cost > 0.0 and effect > 0.0:
        return cost / effect, GAINED
    if cost < 0.0 and effect < 0.0:
        return cost / effect, SAVED
    return math.nan, DOMINANT if cost <= 0.0 and effect >= 0.0 else DOMINATED
