"""A proposed trial, simulated in every draw of a probabilistic analysis: what its data would say if the draw were true.

Each arm has patients of its own, and none of them is among those by whom the draw's costs and QALYs were estimated.
Everybody is followed up to the same time. A smaller trial is the first patients of the larger one.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import local
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.analysis.trial_data import MEAN, SQUARE, TrialData
from sim.engines.batch import BatchEngine
from sim.engines.history import Buffers
from sim.experiments.blocks import BLOCK_SIZE, spans
from sim.experiments.drawn_rows import structure_of, values_of
from sim.experiments.executor import thread_count
from sim.experiments.points import Point, at_point
from sim.experiments.psa_results import PsaResults
from sim.experiments.run import Progress
from sim.inputs.document import suggestion
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.population import population_rows
from sim.inputs.scenario import with_overrides
from sim.inputs.tables import build_tables
from sim.valuation.courses import value_block
from sim.valuation.outcomes import MAY_BE_MISSING, OUTCOME_NAMES
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]

RESOLVED = "symptoms_resolved"
MONTHS_PER_YEAR = 12.0
FIRST_PATIENT = 2**31  # far from the patients of the analysis
MOST_PATIENTS_PER_ARM = 2**24
LEAST_LONG_RUN, LONG_RUN_TIMES = 1000, 4
PILOT_SIZES = (5, 10, 20)  # of the same trials, from which moment matching learns
FEWEST_ARMS, MOST_ARMS = 2, 6


@dataclass(frozen=True)
class Trial:
    """arms: strategies of the scenario. outcome: one that everybody has. sizes: patients an arm, in any order.

    What the trial reports of each arm: mean and standard deviation of the outcome up to the end of follow-up, and the
    share in whom symptoms have resolved by then.
    """

    arms: tuple[str, ...]
    outcome: str
    follow_up_months: float
    sizes: tuple[int, ...]

    def checked(self, inputs: ModelInputs) -> "Trial":
        """The trial itself. Raises InputError for what does not fit the scenario."""
        for arm in self.arms:
            if arm not in inputs.strategies:
                what = f"{arm!r} is not among the strategies of this run"
                raise InputError("--trial", what, suggestion(arm, inputs.strategies))
        if len(set(self.arms)) != len(self.arms) or not FEWEST_ARMS <= len(self.arms) <= MOST_ARMS:
            what = f"{', '.join(self.arms) or 'nothing'} is no set of arms"
            raise InputError("--trial", what, f"Name {FEWEST_ARMS} to {MOST_ARMS} different strategies.")
        possible = [name for name in OUTCOME_NAMES if name not in MAY_BE_MISSING]
        if self.outcome not in possible:
            what = "some patients have no such outcome" if self.outcome in MAY_BE_MISSING else "there is none"
            raise InputError(f"--outcome {self.outcome}", what, suggestion(self.outcome, possible))
        if not 0.0 < self.follow_up_months <= MONTHS_PER_YEAR * 100.0:
            raise InputError("--follow-up", f"{self.follow_up_months:g} months is no follow-up", "Write 1 to 1200.")
        if not self.sizes or min(self.sizes) < 2 or max(self.sizes) > MOST_PATIENTS_PER_ARM:
            what = f"{', '.join(map(str, self.sizes)) or 'nothing'} does not fit here"
            raise InputError("--patients-per-arm", what, f"Write numbers from 2 to {MOST_PATIENTS_PER_ARM}.")
        return self

    @property
    def simulated_sizes(self) -> tuple[int, ...]:
        """Those asked for and the pilots, rising."""
        return tuple(sorted({*self.sizes, *PILOT_SIZES}))

    @property
    def long_run(self) -> int:
        """Patients an arm of a trial so large that it shows little but the parameters."""
        return max(LEAST_LONG_RUN, LONG_RUN_TIMES * max(self.simulated_sizes))


def simulate_trials(
    results: PsaResults, trial: Trial, threads: int | None = None, progress: Progress | None = None
) -> TrialData:
    """The data of `trial` in every draw of `results`; they do not depend on `threads`. Raises InputError, RunError."""
    worker = _Worker(results, trial.checked(results.inputs))
    draws = len(results.parameters)
    found = [worker(0)]  # loads or compiles the rules on this thread, where Ctrl-C is heard
    with ThreadPoolExecutor(thread_count(threads)) as pool:
        try:
            for one in pool.map(worker, range(1, draws)):
                found.append(one)
                if progress is not None:
                    progress(len(found), draws)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    averages = np.stack([one[0] for one in found], axis=1)
    covariance = np.mean([one[1] for one in found], axis=0)
    return TrialData(
        names=tuple(f"{arm}.{name}" for arm in trial.arms for name in _names(trial.outcome)),
        sizes=trial.simulated_sizes,
        averages=averages[:-1],
        long_run=averages[-1],
        long_run_size=float(trial.long_run),
        covariance=covariance,
    )


class _Worker:
    """Takes draws through the trial; each thread has memory of its own."""

    def __init__(self, results: PsaResults, trial: Trial) -> None:
        self.results, self.trial = results, trial
        names = {name: results.inputs.strategies[name] for name in trial.arms}
        scenario = with_overrides(
            results.inputs.scenario,
            strategies=list(trial.arms),
            comparator=trial.arms[0],
            horizon_years=trial.follow_up_months / MONTHS_PER_YEAR,
        )
        self.inputs = replace(results.inputs, scenario=scenario, strategies=names)
        self.population = population_rows(results.inputs.population)
        self.ends = [*trial.simulated_sizes, trial.long_run]
        self.engine = BatchEngine()
        self.memory = local()

    def __call__(self, place: int) -> tuple[Floats, Floats]:
        """Averages, shape (sizes and the long run, A), and the covariance (A, A) of one patient of each arm."""
        row = self.results.parameters.iloc[place]
        point = Point(place, values_of(row), place + 1, structure_of(row))
        inputs = at_point(self.inputs, point)
        tables, tariff = build_tables(inputs, inputs.scenario.seed, point.luck), build_tariff(inputs)
        arms = [self._arm(tables, tariff, number) for number in range(len(self.trial.arms))]
        size = len(_names(self.trial.outcome))
        covariance = np.zeros((size * len(arms), size * len(arms)))
        for number, (_, own) in enumerate(arms):
            part = slice(number * size, (number + 1) * size)
            covariance[part, part] = own
        return np.hstack([averages for averages, _ in arms]), covariance

    def _arm(self, tables: npt.NDArray[Any], tariff: npt.NDArray[Any], strategy: int) -> tuple[Floats, Floats]:
        """Averages of the first patients of one arm, for each size, and the covariance of one patient."""
        if not hasattr(self.memory, "buffers"):
            self.memory.buffers = Buffers(BLOCK_SIZE)
        buffers: Buffers = self.memory.buffers
        first = FIRST_PATIENT + strategy * self.trial.long_run
        parts = []
        for start, count in spans(first, self.trial.long_run):
            entrants = self.engine.enter_block(tables, start, count, self.population, buffers)
            history = self.engine.follow_block(entrants, strategy, tables, buffers)
            parts.append(_reported(value_block(history, entrants.patients, tariff).outcomes, self.trial.outcome))
        patients = np.concatenate(parts)
        averages = np.cumsum(patients, axis=0)[np.array(self.ends) - 1] / np.array(self.ends)[:, None]
        return averages, np.atleast_2d(np.cov(patients, rowvar=False))


def _names(outcome: str) -> list[str]:
    """Of the averages of an arm."""
    if outcome == RESOLVED:
        return [f"{RESOLVED}{MEAN}"]
    return [f"{outcome}{MEAN}", f"{outcome}{SQUARE}", f"{RESOLVED}{MEAN}"]


def _reported(outcomes: npt.NDArray[Any], outcome: str) -> Floats:
    """What is averaged, shape (patients, averages of an arm)."""
    values = outcomes[outcome]
    columns: Sequence[Floats] = (values,) if outcome == RESOLVED else (values, values * values, outcomes[RESOLVED])
    return np.column_stack(columns)
