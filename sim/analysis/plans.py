"""How many patients and draws reach a wanted standard error in the least time.

The mean has the variance (B + W / n) / K (see budget.py), and K draws of n patients take K (c + n p) seconds. So the
time to a given standard error is proportional to (B + W / n) (c + n p), which is least at n = sqrt(c / p * W / B): the
optimum of two-stage sampling (Cochran 1977, Sampling Techniques, 3rd edition, chapter 10). Of several increments the
one that needs most decides; the largest of convex functions is convex, and its minimum lies at one of their own minima
or where two of them cross.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from sim.analysis.budget import VarianceSplit
from sim.vocabulary.errors import InputError

LEAST_DRAWS = 100  # fewer say nothing of the distribution, and not enough of the standard error itself
LEAST_PATIENTS = 100  # chance among fewer is itself not known well enough to be taken off
USUAL_PATIENTS = (100, 300, 1_000, 3_000, 10_000, 30_000)
SURE = 1.959963984540054  # normal quantile of a 95 % interval


@dataclass(frozen=True)
class Speed:
    """What a draw takes however few its patients, and what a patient takes under all strategies; seconds."""

    seconds_per_draw: float
    seconds_per_patient: float

    def __post_init__(self) -> None:
        if not (self.seconds_per_draw >= 0.0 and self.seconds_per_patient > 0.0):
            raise InputError("speed", "a draw or a patient takes no time", "Give seconds above 0.")

    def seconds(self, patients: int, draws: int) -> float:
        return draws * (self.seconds_per_draw + patients * self.seconds_per_patient)


@dataclass(frozen=True)
class Plan:
    """`draws` of `patients` each: the standard error to expect, of the increment of `strategy`, which needs most.

    draws_low, draws_high: what the target may take in truth, from the error of the pilot's variance (95 %).
    """

    patients: int
    draws: int
    draws_low: int
    draws_high: int
    strategy: str
    standard_error: float
    patient_share: float
    seconds: float


def best_plan(
    splits: Sequence[VarianceSplit], speed: Speed, target: float, least_draws: int = LEAST_DRAWS
) -> tuple[Plan, float]:
    """The plan that reaches the standard error `target` soonest, in round numbers; and its patients before rounding.

    At least `least_draws` and LEAST_PATIENTS. Raises InputError for a target that is not above 0.
    """
    patients = best_patients(splits, speed, target, least_draws)
    return plan_at(splits, speed, target, rounded_up(patients), least_draws), patients


def best_patients(
    splits: Sequence[VarianceSplit], speed: Speed, target: float, least_draws: int = LEAST_DRAWS
) -> float:
    """Patients in a draw, not rounded, at which `target` is reached soonest."""
    _check(splits, target)
    c, p = speed.seconds_per_draw, speed.seconds_per_patient
    # More patients than these are of no use: with them the least number of draws is enough.
    spare = [least_draws * target**2 - split.parameter_variance for split in splits]
    enough = math.inf
    if min(spare) > 0.0:
        enough = max(split.patient_variance / room for split, room in zip(splits, spare, strict=True))
    own = [
        math.sqrt(c / p * split.patient_variance / split.parameter_variance)
        for split in splits
        if split.parameter_variance > 0.0
    ]
    candidates = [*own, *_crossings(splits)] or [enough]

    def time(patients: float) -> float:
        return max(split.parameter_variance + split.patient_variance / patients for split in splits) * (
            c + patients * p
        )

    best = min((max(number, LEAST_PATIENTS) for number in candidates), key=time)
    return max(min(best, enough), LEAST_PATIENTS)


def plan_at(
    splits: Sequence[VarianceSplit], speed: Speed, target: float, patients: int, least_draws: int = LEAST_DRAWS
) -> Plan:
    """The draws that reach `target` with so many patients in each, and the time that takes. Raises InputError."""
    _check(splits, target)
    split = max(splits, key=lambda one: one.variance_at(patients))
    variance = split.variance_at(patients)
    needed = variance / target**2
    draws = rounded_up(max(needed, least_draws))
    spread = math.exp(SURE * split.variance_error_at(patients) / variance) if variance > 0.0 else 1.0
    return Plan(
        patients=patients,
        draws=draws,
        draws_low=max(math.ceil(needed / spread), least_draws),
        draws_high=max(math.ceil(needed * spread), least_draws),
        strategy=split.strategy,
        standard_error=math.sqrt(variance / draws),
        patient_share=split.patient_variance / patients / variance if variance > 0.0 else 0.0,
        seconds=speed.seconds(patients, draws),
    )


def plan_table(
    splits: Sequence[VarianceSplit],
    speed: Speed,
    target: float,
    patients: Iterable[int] = USUAL_PATIENTS,
    least_draws: int = LEAST_DRAWS,
) -> pd.DataFrame:
    """The best plan and, for comparison, those with other numbers of `patients` in a draw.

    A row a plan, by patients: patients, draws, draws_low, draws_high, strategy (that decides), standard_error,
    patient_share (of a draw's variance), acceptability_standard_error (the largest there can be: 0.5 / sqrt(draws)),
    seconds, best. Raises InputError.
    """
    best, _ = best_plan(splits, speed, target, least_draws)
    plans = {best.patients: best}
    for number in patients:
        plans.setdefault(number, plan_at(splits, speed, target, number, least_draws))
    rows = [
        {
            **plan.__dict__,
            "acceptability_standard_error": 0.5 / math.sqrt(plan.draws),
            "best": plan is best,
        }
        for _, plan in sorted(plans.items())
    ]
    return pd.DataFrame(rows)


def patients_alone(splits: Sequence[VarianceSplit], target: float) -> int:
    """Patients of one run, parameters held, that reach `target`; as if each met the luck of the average draw."""
    _check(splits, target)
    return max(2, rounded_up(max(split.patient_variance for split in splits) / target**2))


def rounded_up(number: float) -> int:
    """To two leading digits: a plan is no more exact than that."""
    if number <= 100.0:
        return math.ceil(number)
    unit = int(10 ** (len(str(math.ceil(number))) - 2))
    return math.ceil(number / unit) * unit


def _crossings(splits: Sequence[VarianceSplit]) -> list[float]:
    """Patients at which two increments have equal variance."""
    numbers = []
    for place, first in enumerate(splits):
        for second in splits[:place]:
            fall = first.patient_variance - second.patient_variance
            rise = second.parameter_variance - first.parameter_variance
            if rise != 0.0 and fall / rise > 0.0:
                numbers.append(fall / rise)
    return numbers


def _check(splits: Sequence[VarianceSplit], target: float) -> None:
    if not splits:
        raise InputError("plan", "there is no increment to plan for", "Name a strategy beside the comparator.")
    if not (target > 0.0 and math.isfinite(target)):
        raise InputError("target standard error", f"{target:g} is no standard error", "Write a number above 0.")
