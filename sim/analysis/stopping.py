"""When a probabilistic analysis has had enough draws: looked at after fixed numbers of draws only.

The numbers are known before the start, and what is decided at them depends on the draws so far and nothing else: an
analysis that was interrupted stops where it would have stopped, on any machine. Because the variance in the rule is
estimated from the same draws, it may stop a little too early; the interval is right in the limit of a small target
(Chow & Robbins 1965, Annals of Mathematical Statistics 36:457-462), and few looks keep the fault small.
"""

import math

import numpy as np

from sim.analysis.budget import increment, increment_noise
from sim.analysis.psa_table import PsaTable
from sim.vocabulary.errors import InputError

FIRST_LOOK = 128  # draws; a power of 2, at which a Sobol design is balanced


def checkpoints(draws_max: int) -> list[int]:
    """The numbers of draws after which to look: 128, 256, 512, ..., and `draws_max` at last. Raises InputError."""
    if draws_max < 2:
        raise InputError("draws", f"{draws_max} draws have no spread", "Write a number not below 2.")
    looks = []
    look = FIRST_LOOK
    while look < draws_max:
        looks.append(look)
        look *= 2
    return [*looks, draws_max]


def precise_enough(
    table_so_far: PsaTable,
    comparator: str,
    target_se: float,
    measure: str = "net_benefit_gain",
    willingness_to_pay: float = 0.0,
) -> bool:
    """Whether the mean of `measure` has a standard error of `target_se` or less for every strategy.

    `measure`: one of budget.MEASURES, against `comparator`. Raises InputError.
    """
    if not (target_se > 0.0 and math.isfinite(target_se)):
        raise InputError("target standard error", f"{target_se:g} is no standard error", "Write a number above 0.")
    return largest_error(table_so_far, comparator, measure, willingness_to_pay) <= target_se


def largest_error(table: PsaTable, comparator: str, measure: str, willingness_to_pay: float) -> float:
    """The largest standard error of a strategy's mean increment to `comparator`.

    Where every draw has patients of its own the spread between draws holds their chance too. Chance that all draws
    share (`table.shared_noise`) does not fall with more of them, and is added in full.
    """
    shared = table.shared_noise
    errors = []
    for name in table.strategies:
        if name != comparator:
            values = increment(table, name, comparator, measure, willingness_to_pay)
            variance = float(np.var(values, ddof=1)) / table.draws
            if shared is not None:
                (noise,) = increment_noise(table, shared[None], name, comparator, measure, willingness_to_pay)
                variance += float(noise)
            errors.append(math.sqrt(variance))
    return max(errors)
