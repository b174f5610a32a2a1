"""How many patients and draws a question needs: a small probabilistic analysis says it, and how long it will take."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import pandas as pd

from sim.analysis.budget import GAIN, MEASURES, VarianceSplit, variance_splits
from sim.analysis.plans import Plan, Speed, best_plan, patients_alone, plan_table
from sim.analysis.psa_table import PsaTable
from sim.experiments.accumulate import COST, EFFECT
from sim.experiments.common_luck import common_luck_saving
from sim.experiments.executor import Executor, ThreadExecutor
from sim.experiments.points import Point, PointResult, evaluate
from sim.experiments.psa import LARGEST_DRAWS, PsaStudy, Redrawn, prepared
from sim.experiments.run import Progress
from sim.inputs.document import suggestion
from sim.inputs.scenario import LARGEST_PATIENTS, Scenario
from sim.vocabulary.errors import InputError

LEAST_PILOT_DRAWS = 10
LEAST_PILOT_PATIENTS = 50
SHARE_OF_A_SHORT_DRAW = 10  # a draw with a tenth of the patients tells the time of the draw from that of its patients
SHORT_DRAWS = 24
LUCK_PATIENTS = 20_480
LEAST_TARGET, LARGEST_AMOUNT = 1e-12, 1e12  # of QALYs, of money: beyond them nothing is meant and squares overflow


@dataclass(frozen=True, eq=False)
class Precision:
    """The answer of `bmes plan`.

    target, measure, willingness_to_pay, comparator: the question. pilot_draws, pilot_patients, pilot_seconds, seed:
    what was simulated to answer it. speed: of this machine, with the threads of the pilot. splits: a row a strategy;
    strategy, mean, parameter_variance, parameter_variance_standard_error, patient_variance (of one patient),
    patient_share (of a draw's variance in the pilot). recommended: the plan. optimum_patients: of a draw, before
    rounding. plans: see analysis.plans.plan_table. patients_alone, seconds_alone: of one run with the parameters held.
    common_luck: see common_luck.saving_frame. until_precise: whether `bmes psa --until-precise` stops by the same
    question, which is that of every strategy's net benefit at the setting's first threshold.
    """

    scenario: Scenario
    target: float
    measure: str
    willingness_to_pay: float
    comparator: str
    currency: str
    seed: int
    pilot_draws: int
    pilot_patients: int
    pilot_seconds: float
    speed: Speed
    splits: pd.DataFrame
    recommended: Plan
    optimum_patients: float
    plans: pd.DataFrame
    patients_alone: int
    seconds_alone: float
    common_luck: pd.DataFrame
    until_precise: bool


def plan(
    scenario: Scenario,
    target: float,
    *,
    measure: str = "net_benefit_gain",
    strategy: str | None = None,
    willingness_to_pay: float | None = None,
    draws: int = 50,
    patients: int = 500,
    seed: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Precision:
    """Recommend patients and draws that give the mean of `measure` the standard error `target` in the least time.

    measure: one of analysis.budget.MEASURES, of `strategy` against the comparator; without `strategy`, of the strategy
    that needs most. willingness_to_pay: the setting's first threshold by default. draws, patients: of the pilot. The
    variances repeat bit for bit; the times, and so the recommendation, are those of this machine today, or of
    `executor` when that simulates instead of `threads`. Raises InputError, RunError.
    """
    _check(target, measure, willingness_to_pay, draws, patients)
    study = prepared(scenario, draws, patients, seed=seed)
    inputs, comparator = study.inputs, study.scenario.comparator
    others = [name for name in inputs.strategies if name != comparator]
    if strategy is not None and strategy not in others:
        raise InputError("--strategy", f"{strategy!r} is not compared here", f"Write one of {', '.join(others)}.")
    threshold = inputs.setting.thresholds[0] if willingness_to_pay is None else willingness_to_pay
    executor = ThreadExecutor(threads) if executor is None else executor
    table, speed, seconds = pilot(study, executor, progress)
    splits = variance_splits(table, patients, comparator, measure, threshold, [strategy] if strategy else None)
    recommended, optimum = best_plan(splits, speed, target)
    if recommended.draws > LARGEST_DRAWS or recommended.patients > LARGEST_PATIENTS:
        size = f"{recommended.draws:,} draws of {recommended.patients:,} patients"
        what = f"{target:g} would take {size}, more than bmes psa makes"
        raise InputError("--target-se", what, "Write a larger standard error.")
    alone = patients_alone(splits, target)
    return Precision(
        scenario=study.scenario,
        target=target,
        measure=measure,
        willingness_to_pay=float(threshold),
        comparator=comparator,
        currency=inputs.setting.currency,
        seed=study.scenario.seed,
        pilot_draws=draws,
        pilot_patients=patients,
        pilot_seconds=seconds,
        speed=speed,
        splits=split_frame(splits),
        recommended=recommended,
        optimum_patients=optimum,
        plans=plan_table(splits, speed, target),
        patients_alone=alone,
        seconds_alone=alone * speed.seconds_per_patient,
        common_luck=common_luck_saving(
            inputs, LUCK_PATIENTS, study.scenario.seed, willingness_to_pay=threshold, executor=executor
        ),
        until_precise=measure == GAIN and strategy is None and threshold == inputs.setting.thresholds[0],
    )


def _check(target: float, measure: str, willingness_to_pay: float | None, draws: int, patients: int) -> None:
    """What can be refused before anything is loaded."""
    if not (target > 0.0 and math.isfinite(target)):
        raise InputError("--target-se", f"{target:g} is no standard error", "Write a number above 0.")
    if not LEAST_TARGET <= target <= LARGEST_AMOUNT:
        repair = f"Write a number from {LEAST_TARGET:g} to {LARGEST_AMOUNT:g}."
        raise InputError("--target-se", f"{target:g} is no standard error to plan for", repair)
    if measure not in MEASURES:
        raise InputError("--measure", f"there is no measure {measure!r}", suggestion(measure, MEASURES))
    if willingness_to_pay is not None and not 0.0 <= willingness_to_pay <= LARGEST_AMOUNT:
        repair = f"Write an amount from 0 to {LARGEST_AMOUNT:g}."
        raise InputError("--wtp", f"{willingness_to_pay:g} does not fit here", repair)
    for option, number, least in (
        ("--pilot-draws", draws, LEAST_PILOT_DRAWS),
        ("--pilot-patients", patients, LEAST_PILOT_PATIENTS),
    ):
        if number < least:
            raise InputError(option, f"{number} is too few", f"Write a number not below {least}.")


def pilot(study: PsaStudy, executor: Executor, progress: Progress | None = None) -> tuple[PsaTable, Speed, float]:
    """The draws of `study` as a table with their noise, the speed of this machine, and the seconds they took."""
    patients = study.scenario.patients
    few = max(patients // SHARE_OF_A_SHORT_DRAW, 2)
    list(_results(study, [Point(0, {})], 2, executor))  # loads or compiles the rules before the clock runs
    clock = perf_counter()
    short = list(_results(study, study.points(0, min(SHORT_DRAWS, study.draws)), few, executor))
    seconds_short = (perf_counter() - clock) / len(short)
    clock = perf_counter()
    results = []
    for result in _results(study, study.points(0, study.draws), patients, executor):
        results.append(result)
        if progress is not None:
            progress(len(results), study.draws)
    seconds = perf_counter() - clock
    table = PsaTable(
        strategies=tuple(study.inputs.strategies),
        costs=np.stack([result.means[:, COST] for result in results]),
        effects=np.stack([result.means[:, EFFECT] for result in results]),
        noise=np.stack([result.covariance for result in results]),
    )
    return table, speed_of(few, seconds_short, patients, seconds / len(results)), seconds


def _results(study: PsaStudy, points: Iterable[Point], patients: int, executor: Executor) -> Iterator[PointResult]:
    inputs, seed = study.inputs, study.scenario.seed
    return evaluate(inputs, points, patients, seed, redraw=Redrawn(inputs, seed), executor=executor)


def speed_of(few: int, seconds_few: float, many: int, seconds_many: float) -> Speed:
    """From the seconds a draw took with few and with many patients."""
    per_patient = (seconds_many - seconds_few) / (many - few)
    if per_patient <= 0.0:  # the clock was disturbed: then all of it is put down to the patients
        return Speed(0.0, seconds_many / many)
    return Speed(max(seconds_few - few * per_patient, 0.0), per_patient)


def split_frame(splits: list[VarianceSplit]) -> pd.DataFrame:
    """The splits as a frame; see Precision."""
    rows = []
    for split in splits:
        total = split.parameter_variance + float(np.mean(split.noise))
        rows.append(
            {
                "strategy": split.strategy,
                "mean": split.mean,
                "parameter_variance": split.parameter_variance,
                "parameter_variance_standard_error": split.parameter_variance_error,
                "patient_variance": split.patient_variance,
                "patient_share": float(np.mean(split.noise)) / total if total > 0.0 else 0.0,
            }
        )
    return pd.DataFrame(rows)
