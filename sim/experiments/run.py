"""One scenario, all its strategies, many patients: `run` is the door for everybody."""

from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from sim.analysis.incremental import incremental_analysis
from sim.analysis.net_benefit import net_benefit
from sim.experiments import frames
from sim.experiments.accumulate import Sums
from sim.experiments.batches import batch_frame
from sim.experiments.blocks import (
    BLOCK_SIZE,
    BlockResult,
    Seconds,
    Study,
    Worker,
    in_order,
    prepared,
    spans,
)
from sim.experiments.executor import thread_count
from sim.experiments.flows import flow_frame
from sim.experiments.kept import history_frame, patient_frame
from sim.experiments.manifest import manifest_of
from sim.experiments.results import Results
from sim.experiments.scan_threshold import scan_threshold_frames
from sim.experiments.subgroups import subgroup_frame
from sim.inputs.scenario import LARGEST_PATIENTS, Scenario, with_overrides
from sim.vocabulary.errors import InputError

Progress = Callable[[int, int], None]

# Equal courses may differ in the last digits of their integrals; such a difference is no gain and has no ICER.
KNOWN_DECIMALS = {"cost": 6, "effect": 9}


def run(
    scenario: Scenario,
    patients: int | None = None,
    seed: int | None = None,
    engine: str = "batch",
    threads: int | None = None,
    *,
    keep_history: bool = False,
    keep_patients: bool = False,
    progress: Progress | None = None,
    first_patient: int = 0,
    block_size: int = BLOCK_SIZE,
) -> Results:
    """Simulate and value `patients` people under every strategy of `scenario`, and compare the strategies.

    patients, seed: instead of the scenario's. engine: "batch" or "simpy", same results. threads: all processors by
    default; results do not depend on it. keep_history, keep_patients: keep every row or every patient's outcomes, whose
    memory grows with the number of patients. progress: called with the blocks done and all blocks. first_patient: the
    number of the first one; patient n is the same person in any run of the same seed. block_size: patients in a block;
    it may move the last digits of sums.

    Raises InputError for bad input, RunError when a course runs out of a capacity.
    """
    started, clock = datetime.now(UTC), perf_counter()
    scenario = with_overrides(scenario, patients=patients, seed=seed)
    workers = thread_count(threads)
    if not 0 <= first_patient <= LARGEST_PATIENTS - scenario.patients:
        repair = f"Numbers run from 0 to {LARGEST_PATIENTS - 1}."
        raise InputError("first_patient", f"{first_patient} does not fit here", repair)
    study = prepared(scenario, engine)
    keep = {"keep_history": keep_history, "keep_patients": keep_patients}
    blocks = spans(first_patient, scenario.patients, block_size)
    sums, busy, kept = _simulate(study, blocks, workers, keep, progress)
    elapsed = perf_counter() - clock
    manifest = manifest_of(study, sums, workers, started, elapsed, busy) | {"first_patient": first_patient}
    return results_of(study, sums, manifest, kept)


def run_study(study: Study, threads: int | None = None) -> Results:
    """As `run`, of inputs that are ready: all patients of the scenario, nothing kept. Raises RunError."""
    started, clock = datetime.now(UTC), perf_counter()
    workers = thread_count(threads)
    blocks = spans(0, study.scenario.patients)
    sums, busy, kept = _simulate(study, blocks, workers, {}, None)
    manifest = manifest_of(study, sums, workers, started, perf_counter() - clock, busy) | {"first_patient": 0}
    return results_of(study, sums, manifest, kept)


def _simulate(
    study: Study, blocks: list[tuple[int, int]], threads: int, keep: dict[str, bool], progress: Progress | None
) -> tuple[Sums, Seconds, list[BlockResult]]:
    """All blocks, added in their order; the blocks themselves only if something of them is kept."""
    worker = Worker(study, max(count for _, count in blocks), **keep)
    worker((blocks[0][0], 1))  # loads or compiles the rules on this thread, where Ctrl-C is heard
    sums, busy = Sums(len(study.inputs.strategies)), Seconds()
    kept = []
    for number, block in enumerate(in_order(worker, blocks, threads), start=1):
        sums.add(block.sums)
        busy += block.seconds
        if any(keep.values()):
            kept.append(block)
        if progress is not None:
            progress(number, len(blocks))
    return sums, busy, kept


def results_of(study: Study, sums: Sums, manifest: dict[str, Any], kept: list[BlockResult]) -> Results:
    """The frames of a run."""
    inputs, names = study.inputs, list(study.inputs.strategies)
    means = frames.cost_effect_frame(sums, names)
    increments, covariance = frames.increment_frame(sums, names), frames.covariance_frame(sums, names)
    scan_threshold, scan_threshold_curve = scan_threshold_frames(sums.cells, inputs, study.tariff)
    thresholds = list(dict.fromkeys([*inputs.setting.thresholds, *inputs.setting.former_thresholds]))
    return Results(
        scenario=study.scenario,
        inputs=inputs,
        manifest=manifest,
        outcomes=frames.outcome_frame(sums, names),
        increments=increments,
        covariance=covariance,
        incremental=incremental_analysis(means.round(KNOWN_DECIMALS)),
        net_benefit=net_benefit(
            means, frames.cost_effect_increments(increments, covariance), thresholds, study.scenario.comparator
        ),
        curves=frames.curve_frame(sums, names),
        occupancy=frames.occupancy_frame(sums, names),
        adverse_events=frames.adverse_event_frame(sums, inputs),
        subgroups=subgroup_frame(sums.cells, names, inputs.setting.thresholds[0]),
        batches=batch_frame(sums.batches, names),
        flows=flow_frame(sums.flows, names),
        scan_threshold=scan_threshold,
        scan_threshold_curve=scan_threshold_curve,
        patients=patient_frame(kept, inputs) if kept and kept[0].patients is not None else None,
        history=history_frame(kept, inputs) if kept and kept[0].histories else None,
    )
