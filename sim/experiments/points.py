"""Many sets of inputs, each simulated and reduced to its means: what all analyses of uncertainty are made of.

A point is worked out on one thread from beginning to end, so its numbers do not depend on who works it out, a thread of
this process or a worker of a cluster.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import local
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engines.batch import BatchEngine
from sim.engines.history import Buffers
from sim.experiments.batches import BatchSums
from sim.experiments.blocks import BLOCK_SIZE, spans
from sim.experiments.executor import Executor, ThreadExecutor, map_in_blocks
from sim.experiments.point_sums import PointSums, point_sums
from sim.inputs.consistency import check_orders
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.population import population_rows
from sim.inputs.scenario import with_overrides
from sim.inputs.tables import build_tables
from sim.valuation.courses import value_block
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError, RunError

Floats = npt.NDArray[np.float64]
Redraw = Callable[[int, int], Mapping[str, float]]

BUILDING_SECONDS, COURSES_PER_SECOND = 0.015, 300_000.0  # of a point, about: for cutting work, no result hangs on it
ATTEMPTS = 50  # draws that the model refuses in a row before it is the fault of the laws


@dataclass(frozen=True)
class Point:
    """One set of inputs. `number` is its place among the results.

    values: parameters by name, in the units of their files, laid over the base ones. luck: second word of the random
    key; 0 is that of `bmes run`, and points of equal luck see the same patients. structure: switches that differ.
    """

    number: int
    values: Mapping[str, float]
    luck: int = 0
    structure: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class PointResult:
    """What one point gave, for S strategies.

    means: shape (S, outcomes), in the order of valuation.outcomes.OUTCOME_NAMES. covariance: shape (2 S, 2 S), of the
    means of discounted cost of all strategies and then of their QALYs, by chance among the patients. batches: of cost
    and QALYs; they give the error of a difference between points of equal luck. redrawn: how often the model refused
    the values before. values: those that were simulated.
    """

    number: int
    patients: int
    means: Floats
    covariance: Floats
    batches: BatchSums
    redrawn: int
    values: Mapping[str, float]


def evaluate(
    inputs: ModelInputs,
    points: Iterable[Point],
    patients: int,
    seed: int,
    threads: int | None = None,
    first_patient: int = 0,
    redraw: Redraw | None = None,
    executor: Executor | None = None,
) -> Iterator[PointResult]:
    """Simulate `patients` people at every point, under every strategy of `inputs`; results in the order of points.

    They are handed back as they come, so that memory does not grow with the number of points. `redraw`, called with the
    number of a point and of the attempt, gives other values for a point that the model refuses; without it such a point
    raises InputError. `executor` works instead of `threads`; on a cluster it takes several points together, and what
    they and `redraw` hold travels by pickle. Raises RunError when a course runs out of a capacity.
    """
    worker = PointWorker(inputs, patients, seed, first_patient, redraw)
    worker.warm()  # loads or compiles the rules on this thread, where Ctrl-C is heard
    executor = ThreadExecutor(threads) if executor is None else executor
    yield from map_in_blocks(executor, worker, points, worker.seconds)


def at_point(inputs: ModelInputs, point: Point) -> ModelInputs:
    """The inputs with the values and switches of `point`. Raises InputError where they contradict each other."""
    where = f"draw {point.number}"
    parameters = inputs.parameters.with_values(point.values, where=where)
    check_orders(parameters, inputs.treatments)
    scenario = inputs.scenario
    if point.structure:
        scenario = with_overrides(scenario, structure=scenario.structure.model_dump() | dict(point.structure))
    return replace(inputs, parameters=parameters, scenario=scenario)


class PointWorker:
    """Takes points of one question through the model; each thread has memory of its own. Can be pickled."""

    def __init__(
        self, inputs: ModelInputs, patients: int, seed: int, first_patient: int = 0, redraw: Redraw | None = None
    ) -> None:
        self.inputs, self.patients, self.seed = inputs, patients, seed
        self.blocks = spans(first_patient, patients)
        self.redraw = redraw
        self.population = population_rows(inputs.population)
        self.engine = BatchEngine()
        self.memory = local()

    @property
    def seconds(self) -> float:
        """About how long a point takes."""
        return BUILDING_SECONDS + self.patients * len(self.inputs.strategies) / COURSES_PER_SECOND

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "memory"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, memory=local())

    def warm(self) -> None:
        """One patient at the base values."""
        tables, tariff = build_tables(self.inputs, self.seed), build_tariff(self.inputs)
        self._block(tables, tariff, (self.blocks[0][0], 1))

    def __call__(self, point: Point) -> PointResult:
        """Simulate one point. Raises InputError when the model refuses it (and every redraw), RunError."""
        point, redrawn, tables, tariff = self._accepted(point)
        sums: PointSums | None = None
        for span in self.blocks:
            block = self._block(tables, tariff, span)
            sums = block if sums is None else sums + block
        if sums is None:
            raise RunError(f"draw {point.number} has no patients")
        return PointResult(
            point.number,
            sums.patients,
            sums.mean_outcomes(),
            sums.covariance_of_means(),
            sums.batches,
            redrawn,
            point.values,
        )

    def _accepted(self, point: Point) -> tuple[Point, int, npt.NDArray[Any], npt.NDArray[Any]]:
        """The point with values that the model takes, how often they were redrawn, tables and tariff."""
        for attempt in range(ATTEMPTS):
            tried = point
            if attempt > 0 and self.redraw is not None:
                tried = replace(point, values=self.redraw(point.number, attempt))
            try:
                inputs = at_point(self.inputs, tried)
                return tried, attempt, build_tables(inputs, self.seed, point.luck), build_tariff(inputs)
            except InputError:
                if self.redraw is None or attempt == ATTEMPTS - 1:
                    raise
        raise RunError(f"draw {point.number}: no values were tried")

    def _block(self, tables: npt.NDArray[Any], tariff: npt.NDArray[Any], span: tuple[int, int]) -> PointSums:
        first_patient, count = span
        if not hasattr(self.memory, "buffers"):
            self.memory.buffers = Buffers(min(BLOCK_SIZE, self.patients))
        buffers: Buffers = self.memory.buffers
        entrants = self.engine.enter_block(tables, first_patient, count, self.population, buffers)
        courses = []
        for strategy in range(len(self.inputs.strategies)):
            history = self.engine.follow_block(entrants, strategy, tables, buffers)
            outcomes = value_block(history, entrants.patients, tariff).outcomes
            courses.append(outcomes.view(np.float64).reshape(len(outcomes), -1))
        return point_sums(np.stack(courses), entrants.patients["patient_id"])
