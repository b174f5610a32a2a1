"""Points of a deterministic analysis: the same patients with the same luck at each, a refused point is no failure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.steps import Floats, gain_error, icer_of, ranked
from sim.experiments.batches import LEAST_PATIENTS, error_of_batches
from sim.experiments.executor import Executor, ThreadExecutor
from sim.experiments.points import Point, PointResult, PointWorker, at_point, evaluate
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.tables import build_tables
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError

COST, EFFECT = OUTCOME_NAMES.index("cost_discounted"), OUTCOME_NAMES.index("qalys_discounted")


@dataclass(frozen=True, eq=False)
class Simulator:
    """One question at many points. `executor` does many of them; `worker` single ones, on the calling thread."""

    inputs: ModelInputs
    patients: int
    seed: int
    executor: Executor
    worker: PointWorker
    base: PointResult

    @property
    def strategies(self) -> list[str]:
        return list(self.inputs.strategies)

    @property
    def comparator(self) -> int:
        """Its place among the strategies."""
        return self.strategies.index(self.inputs.scenario.comparator)

    @property
    def threshold(self) -> float:
        """The first willingness to pay of the setting."""
        return self.inputs.setting.thresholds[0]

    def all(self, points: Sequence[Mapping[str, float]]) -> Iterator[PointResult | str]:
        """The result of each set of values in turn, or the reason why the model refuses it."""
        asked = (Point(number, values) for number, values in enumerate(points))
        # A refused point is simulated at the base values instead, for `redrawn` then tells of it.
        done = evaluate(self.inputs, asked, self.patients, self.seed, redraw=base_values, executor=self.executor)
        for values, result in zip(points, done, strict=True):
            yield self.refusal(Point(result.number, values)) or "" if result.redrawn else result

    def one(self, values: Mapping[str, float]) -> PointResult:
        """The result at `values`. Raises InputError when the model refuses them."""
        return self.worker(Point(0, values))

    def refusal(self, point: Point) -> str | None:
        """Why the model refuses a point; None when it does not."""
        try:
            inputs = at_point(self.inputs, point)
            build_tables(inputs, self.seed)
            build_tariff(inputs)
        except InputError as error:
            place = error.where.rpartition(", ")[2]
            return f"{place}: {error.what}"
        return None

    def best(self, result: PointResult, willingness_to_pay: float | None = None) -> tuple[int, int, float]:
        """Places of the best and the second best strategy, and the lead of the first."""
        return ranked(
            result.means[:, COST],
            result.means[:, EFFECT],
            self.threshold if willingness_to_pay is None else willingness_to_pay,
        )

    def decision(self, result: PointResult) -> dict[str, Any]:
        """Whether another strategy is the best than in the base case, and how surely; columns as DECISION of
        dsa_results.py.
        """
        place, base_place = self.best(result)[0], self.best(self.base)[0]
        gain, error = gain_of(result, place, base_place, self.threshold)
        base_gain, _ = gain_of(self.base, place, base_place, self.threshold)
        return {
            "decision_changes": place != base_place,
            "gain_over_base_case_best": gain,
            "gain_over_base_case_best_se": error,
            "gain_over_base_case_best_change": gain - base_gain,
            "gain_over_base_case_best_change_se": change_error(result, self.base, place, base_place, self.threshold),
        }

    def steps(self, result: PointResult) -> list[dict[str, Any]]:
        """The step from the comparator to each other strategy; columns as STEP of dsa_results.py."""
        best = self.strategies[self.best(result)[0]]
        rows = []
        for place, strategy in enumerate(self.strategies):
            if place == self.comparator:
                continue
            gain, error = gain_of(result, place, self.comparator, self.threshold)
            base_gain, _ = gain_of(self.base, place, self.comparator, self.threshold)
            cost, effect = (float(result.means[place, v] - result.means[self.comparator, v]) for v in (COST, EFFECT))
            icer, meaning = icer_of(cost, effect)
            rows.append(
                {
                    "strategy": strategy,
                    "comparator": self.strategies[self.comparator],
                    "incremental_cost": cost,
                    "incremental_effect": effect,
                    "net_benefit_gain": gain,
                    "net_benefit_gain_se": error,
                    "change": gain - base_gain,
                    "change_se": change_error(result, self.base, place, self.comparator, self.threshold),
                    "icer": icer,
                    "icer_meaning": meaning,
                    "best": best,
                }
            )
        return rows


def base_values(_number: int, _attempt: int) -> dict[str, float]:
    """Nothing is laid over the values of the scenario."""
    return {}


def simulator(inputs: ModelInputs, patients: int, seed: int, executor: Executor | None = None) -> Simulator:
    """Ready to simulate, with the base case done; by all processors without `executor`. Raises InputError for too few
    patients or strategies.
    """
    if len(inputs.strategies) < 2:
        what = "one strategy has nothing to be compared with"
        raise InputError(f"{inputs.scenario.files[0]}, strategies", what, "Write two or more.")
    if patients < 2:
        raise InputError("--patients", f"{patients} does not fit here", "Write a number not below 2.")
    worker = PointWorker(inputs, patients, seed)
    worker.warm()
    return Simulator(inputs, patients, seed, executor or ThreadExecutor(), worker, worker(Point(0, {})))


def gain_of(result: PointResult, strategy: int, against: int, willingness_to_pay: float) -> tuple[float, float]:
    """Net benefit gained by one strategy (its place) over another, and its Monte Carlo standard error."""
    cost, effect = (float(result.means[strategy, v] - result.means[against, v]) for v in (COST, EFFECT))
    gain = willingness_to_pay * effect - cost
    return gain, gain_error(result.covariance, strategy, against, willingness_to_pay)


def change_error(first: PointResult, second: PointResult, strategy: int, against: int, wtp: float) -> float:
    """Standard error of the difference in that gain between two points, of the same patients with the same luck.

    From the means of batches of patients (sim.experiments.batches); nan below LEAST_PATIENTS patients.
    """
    if first.patients < LEAST_PATIENTS or not np.array_equal(first.batches.patients, second.batches.patients):
        return math.nan
    filled = first.batches.patients > 0.0
    sizes = first.batches.patients[filled]
    difference = first.batches.totals[:, filled] - second.batches.totals[:, filled]
    step: Floats = (difference[strategy] - difference[against]) / sizes[:, None]
    return error_of_batches(wtp * step[:, 1] - step[:, 0], sizes)
