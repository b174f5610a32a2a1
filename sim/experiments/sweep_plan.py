"""What a sweep would take, before it is run: time, from a few points with a few patients, and room on the disk."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd

from sim.experiments.store import INPUTS, copy_inputs
from sim.experiments.sweep_check import check_sweep, row_of
from sim.experiments.sweep_design import SweepSize, design_points, size_of
from sim.experiments.sweep_rows import ERRORS, STEPS, outcomes_of
from sim.experiments.sweep_store import refuse_taken_names
from sim.experiments.sweep_work import VARIANTS_KEPT, SweepWork, Task
from sim.inputs.factors import Factor
from sim.inputs.sweeps import Sweep

TRIED_PATIENTS, TRIED_POINTS = 500, 3
READ_ANEW = (("setting", "setting"), ("structure", "prices"), ("scenario", "entry"))
BYTES_PER_NUMBER = 8  # numbers of 16 digits hardly shrink


@dataclass(frozen=True)
class SweepPlan:
    """size: points, courses, rows and parts. loads: how often inputs are read, once for each set of levels that decides
    what is read. seconds: of one processor of this machine, for all. bytes: of all parts.
    """

    size: SweepSize
    loads: int
    seconds_per_load: float
    seconds_per_point: float
    seconds: float
    bytes: int


def plan_sweep(sweep: Sweep) -> SweepPlan:
    """Check a sweep, try a few of its points with a few patients, and reckon what all of it takes.

    The time is that of this machine at this moment, good to some tens of percent. Raises InputError.
    """
    check_sweep(sweep)
    refuse_taken_names(sweep)
    size, design = size_of(sweep), design_points(sweep)
    places = np.unique(np.linspace(0, size.points - 1, TRIED_POINTS).astype(int)).tolist()
    tasks = [Task(place, (tuple(row_of(design, place).values()),)) for place in places]
    patients = sweep.scenario.patients
    few = min(patients, TRIED_PATIENTS)
    with TemporaryDirectory(prefix="bmes-") as folder:
        copy_inputs(sweep.scenario, Path(folder))
        one, many = (_work(sweep, number, Path(folder) / INPUTS) for number in (1, few))
        _work(sweep, 1, Path(folder) / INPUTS).warm(tasks[0])
        loading = max(_seconds(one, task) for task in tasks)
        largest = max(len(many(task)) for task in tasks)
        short, long = (float(np.mean([_seconds(work, task) for task in tasks])) for work in (one, many))
    per_patient = max(long - short, 0.0) / max(few - 1, 1)
    per_point = max(sweep.draws, 1) * (short + per_patient * (patients - 1))
    loads = _loads(sweep, design)
    numbers = len(outcomes_of(sweep.record)) + len(ERRORS) + len(STEPS)
    return SweepPlan(
        size,
        loads,
        loading,
        per_point,
        loads * loading + size.points * per_point,
        size.parts * largest + size.rows * numbers * BYTES_PER_NUMBER,
    )


def _work(sweep: Sweep, patients: int, folder: Path) -> SweepWork:
    """At central values: a draw takes as long."""
    scenario = sweep.scenario.model_copy(update={"patients": patients})
    return SweepWork(replace(sweep, scenario=scenario, draws=0), folder, "")


def _seconds(work: SweepWork, task: Task) -> float:
    started = perf_counter()
    work(task)
    return perf_counter() - started


def _is_read(factor: Factor) -> bool:
    """Whether another level of a factor means that inputs are read anew."""
    return factor.kind in ("population", "parameter") or (factor.kind, factor.target) in READ_ANEW


def _loads(sweep: Sweep, design: pd.DataFrame) -> int:
    """How often all inputs are read: at changes from one set of those levels that decide what is read to another.

    A few sets are kept, and read once; switches, treatments and strategies are changed without reading anew.
    """
    names = [factor.name for factor in sweep.factors if factor.parameter is None and _is_read(factor)]
    if not names:
        return 1
    codes = design.groupby(names, sort=False).ngroup().to_numpy()
    variants = int(codes.max()) + 1
    return variants if variants <= VARIANTS_KEPT else 1 + int(np.count_nonzero(np.diff(codes)))
