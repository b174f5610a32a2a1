"""The deterministic sensitivity analysis of a scenario: what moves the answer, and where the decision changes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from sim.analysis.tornado import tornado
from sim.experiments.dsa_points import Simulator, simulator
from sim.experiments.dsa_results import DsaResults, as_frame, frames_of
from sim.experiments.executor import Executor, ThreadExecutor, thread_count
from sim.experiments.group_choices import simulated_group_choices
from sim.experiments.manifest import commit, host
from sim.experiments.oneway import Progress, one_way, parameters_with_range
from sim.experiments.ranges import matching, range_of
from sim.experiments.side_questions import levels, side_by_side
from sim.experiments.switches import switches
from sim.experiments.threshold import threshold
from sim.experiments.twoway import check_pair, two_way
from sim.inputs.document import Fault
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.quantity import check_in_context
from sim.inputs.scenario import Scenario, load_scenario, with_overrides
from sim.vocabulary.errors import InputError
from sim.vocabulary.version import VERSION

PATIENTS = 1000  # at every point
GROUP_PATIENTS = 20_000  # of the run that values deciding by group
GRID = 7  # values along each side of a two-way analysis, the base value aside
FINEST_GRID = 101
ABOUT = ("unit", "distribution", "status")


@dataclass(frozen=True)
class DsaPlan:
    """What is asked. patients: at every point. parameters: patterns of names for the one-way analysis; none means all.

    two_way: pairs of names, over a grid of `grid` values each. thresholds: names. scenarios: to be put beside this one.
    ranges: name to (low, high), instead of those of the files. one_way, switches: whether to do these. group_patients:
    of the run that values deciding by group; 0 leaves it out.
    """

    patients: int = PATIENTS
    one_way: bool = True
    parameters: tuple[str, ...] = ()
    two_way: tuple[tuple[str, str], ...] = ()
    grid: int = GRID
    thresholds: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    switches: bool = True
    group_patients: int = GROUP_PATIENTS

    def document(self) -> dict[str, Any]:
        """As plain data, for the manifest."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"ranges": dict(self.ranges)}


def dsa(
    scenario: Scenario,
    plan: DsaPlan | None = None,
    *,
    seed: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> DsaResults:
    """Move parameters, switches and scenarios one by one, always with the same patients and the same luck.

    threads: all processors by default; results do not depend on it. progress: called with the points of the one-way
    analysis done, and all. executor: does the points of the one-way and two-way analyses and of thresholds instead of
    threads. Raises InputError, also when a name, range or grid does not fit; RunError.
    """
    plan = DsaPlan() if plan is None else plan
    started, clock = datetime.now(UTC), perf_counter()
    threads = thread_count(threads)
    executor = ThreadExecutor(threads) if executor is None else executor
    workers = executor.workers
    question = with_overrides(scenario, patients=plan.patients, seed=seed)
    inputs = gather(question)
    asked = checked_names(inputs, plan)
    beside = [load_scenario(name) for name in plan.scenarios]
    one = simulator(inputs, plan.patients, question.seed, executor)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("refused", "twoway", "threshold", "threshold_curve")}
    rows["base"] = levels(one)
    frames = {}
    if plan.one_way:
        table, refused = one_way(one, [range_of(inputs.parameters, name, plan.ranges) for name in asked], progress)
        rows["refused"] += refused
        frames["oneway"] = as_frame("oneway", table)
        if len(table):
            frames["tornado"] = as_frame("tornado", tornado(table, as_frame("base", rows["base"]), ABOUT))
    _add_two_way(one, plan, rows)
    for name in plan.thresholds:
        found, curve, refused = threshold(one, range_of(inputs.parameters, name, plan.ranges))
        for frame, new in (("threshold", found), ("threshold_curve", curve), ("refused", refused)):
            rows[frame] += new
    if plan.switches:
        rows["switches"], refused = switches(one)
        rows["refused"] += refused
    if beside:
        rows["scenarios"] = side_by_side([scenario, *beside], plan.patients, question.seed)
    if plan.group_patients:
        rows["subgroup_value"], rows["subgroup_choice"] = simulated_group_choices(inputs, plan.group_patients, threads)
    manifest = _manifest(inputs, plan, len(asked) if plan.one_way else 0)
    manifest |= {"threads": workers, "started": started.isoformat(timespec="seconds")}
    manifest["seconds"] = round(perf_counter() - clock, 3)
    return DsaResults(scenario=question, inputs=inputs, manifest=manifest, **(frames_of(rows) | frames))


def checked_names(inputs: ModelInputs, plan: DsaPlan) -> list[str]:
    """The parameters of the one-way analysis; every name that was given is checked before anything is simulated.

    Raises InputError.
    """
    named = [*plan.thresholds, *(name for pair in plan.two_way for name in pair), *plan.ranges]
    for name in named:
        range_of(inputs.parameters, name, plan.ranges)
    for name, ends in plan.ranges.items():
        for end in ends:
            _check_value(inputs, name, end)
    for first, second in plan.two_way:
        check_pair(inputs.parameters, first, second)
    if not 2 <= plan.grid <= FINEST_GRID:
        raise InputError("--grid", f"{plan.grid} does not fit here", f"Write 2 to {FINEST_GRID}.")
    if plan.group_patients < 0 or plan.group_patients == 1:
        raise InputError("--group-patients", f"{plan.group_patients} does not fit here", "Write 0, or 2 or more.")
    everything = parameters_with_range(inputs)
    if not plan.parameters:
        return everything
    names = matching(everything, plan.parameters, inputs.parameters)
    for name in names:
        range_of(inputs.parameters, name, plan.ranges)
    return names


def _check_value(inputs: ModelInputs, name: str, value: float) -> None:
    """Raise InputError when `value` is none that the unit of `name` allows."""
    try:
        check_in_context(name, (value,), inputs.parameters.quantity(name).unit)
    except Fault as fault:
        raise InputError(f"--range {name}", fault.what, fault.repair) from None


def _add_two_way(one: Simulator, plan: DsaPlan, rows: dict[str, list[dict[str, Any]]]) -> None:
    parameters = one.inputs.parameters
    for first, second in plan.two_way:
        a, b = (range_of(parameters, name, plan.ranges) for name in (first, second))
        found, refused = two_way(one, a, b, plan.grid)
        rows["twoway"] += found
        rows["refused"] += refused


def _manifest(inputs: ModelInputs, plan: DsaPlan, one_way_parameters: int) -> dict[str, Any]:
    scenario = inputs.scenario
    content = [
        VERSION,
        scenario.document(),
        inputs.parameters.content_hash(),
        inputs.setting.model_dump(mode="json"),
        plan.document(),
    ]
    return {
        "kind": "dsa",
        "version": VERSION,
        "commit": commit(),
        "question_hash": hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        "parameter_hash": inputs.parameters.content_hash(),
        "seed": scenario.seed,
        "patients": scenario.patients,
        "strategies": len(scenario.strategies),
        "one_way_parameters": one_way_parameters,
        "plan": plan.document(),
        "engine": "batch",
        "host": host(),
        "scenario_files": list(scenario.files),
        "scenario": scenario.document(),
    }
