"""What it saves that the same patient meets the same chance under every strategy: measured, not supposed.

The variance of an increment is taken twice from the same simulations: once with both strategies at the same luck, once
with the strategy at one luck and the comparator at another, that is with other people.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.budget import MEASURES, measure_weights
from sim.experiments.batches import BATCHES
from sim.experiments.executor import Executor
from sim.experiments.points import Point, evaluate
from sim.inputs.model_inputs import ModelInputs
from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]

PAIRS = 20  # of points; the standard error of a ratio is a jackknife over them
LEAST_PER_BATCH = 2  # patients
ROUNDING = 1e-20  # courses that differ in the last digits of their sums only leave a ratio far below this


def common_luck_saving(
    inputs: ModelInputs,
    patients: int,
    seed: int,
    threads: int | None = None,
    willingness_to_pay: float | None = None,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Variance of increments to the comparator with common and with independent luck, at the base values.

    `patients`: in all, simulated under every strategy; at least 5,120, rounded down to a multiple of that.
    `willingness_to_pay`: of the gain in net benefit, the setting's first threshold by default. Frame: see
    `saving_frame`. Raises InputError, RunError.
    """
    unit = 2 * PAIRS * BATCHES * LEAST_PER_BATCH
    if patients < unit:
        raise InputError("common luck", f"{patients} patients are too few", f"Write a number not below {unit}.")
    each = patients // unit * BATCHES * LEAST_PER_BATCH
    scenario = inputs.scenario
    points = [Point(number, {}, luck=number + 1) for number in range(2 * PAIRS)]
    results = evaluate(inputs, points, each, seed, threads, executor=executor)
    means = np.stack([result.batches.totals / result.batches.patients[:, None] for result in results])
    threshold = inputs.setting.thresholds[0] if willingness_to_pay is None else willingness_to_pay
    return saving_frame(means, each // BATCHES, tuple(inputs.strategies), scenario.comparator, threshold)


def saving_frame(
    means: Floats, patients: int, strategies: Sequence[str], comparator: str, willingness_to_pay: float
) -> pd.DataFrame:
    """The frame of `common_luck_saving` from batch means of cost and effect, shape (points, strategies, batches, 2).

    Points have each a luck of their own; there is an even number of them, 4 or more. Batches hold `patients` people.

    Long: strategy, comparator, measure (of budget.MEASURES), variance_common and variance_independent (of one
    patient's increment), ratio (common / independent), ratio_standard_error (jackknife over pairs of points),
    times_fewer_patients (1 / ratio: how many times as many patients independent luck needs for the same error; infinite
    where common luck leaves no chance). ratio is nan where there is no chance in either.
    """
    base = strategies.index(comparator)
    rows = []
    for measure in MEASURES:
        values = means @ np.array(measure_weights(measure, willingness_to_pay))
        first, second = values[0::2], values[1::2]
        for place, strategy in enumerate(strategies):
            if place == base:
                continue
            common = _spread(first[:, place] - first[:, base]) + _spread(second[:, place] - second[:, base])
            apart = _spread(first[:, place] - second[:, base]) + _spread(second[:, place] - first[:, base])
            ratio, error = _ratio(common, apart)
            rows.append(
                {
                    "strategy": strategy,
                    "comparator": comparator,
                    "measure": measure,
                    "variance_common": float(common.mean()) / 2.0 * patients,
                    "variance_independent": float(apart.mean()) / 2.0 * patients,
                    "ratio": ratio,
                    "ratio_standard_error": error,
                    "times_fewer_patients": 1.0 / ratio if ratio != 0.0 else np.inf,
                }
            )
    return pd.DataFrame(rows)


def _spread(values: Floats) -> Floats:
    """Variance between batches within each point, shape (pairs,); `values` has the shape (pairs, batches)."""
    variances: Floats = np.var(values, axis=1, ddof=1)
    return variances


def _ratio(common: Floats, apart: Floats) -> tuple[float, float]:
    """Sum by sum, and its standard error by leaving out one pair after the other."""
    if apart.sum() == 0.0:
        return float("nan"), float("nan")
    ratio = float(common.sum() / apart.sum())
    if ratio < ROUNDING:
        return 0.0, 0.0
    left_out = (common.sum() - common) / (apart.sum() - apart)
    count = len(common)
    return ratio, float(np.sqrt((count - 1.0) / count * np.sum((left_out - left_out.mean()) ** 2)))
