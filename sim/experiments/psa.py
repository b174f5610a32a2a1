"""The probabilistic analysis: all uncertain parameters drawn together, many times, each draw simulated."""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.stopping import checkpoints, precise_enough
from sim.experiments.at_means import run_at
from sim.experiments.executor import Executor, ThreadExecutor, thread_count
from sim.experiments.manifest import commit, host
from sim.experiments.points import Point, evaluate
from sim.experiments.psa_arrays import DRAWS_PER_PART, PsaArrays, as_arrays, joined, read_parts, write_part
from sim.experiments.psa_results import DRAW, PsaResults
from sim.experiments.reach import refuse_unread_draws
from sim.experiments.results import Results
from sim.experiments.run import Progress
from sim.experiments.same_program import SOURCES, digest_of_sources
from sim.experiments.store import files_of
from sim.inputs.draws import ParameterDraws, draw_parameters, redrawn
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.scenario import Scenario, with_overrides
from sim.inputs.tables import build_tables
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError, RunError
from sim.vocabulary.version import VERSION

LARGEST_DRAWS = 2**24
LUCKS = ("independent", "shared")
FEWEST_DRAWS = 2


@dataclass(frozen=True, eq=False)
class PsaStudy:
    """A probabilistic analysis made ready: what is drawn is decided before anything is simulated."""

    scenario: Scenario
    inputs: ModelInputs
    drawn: ParameterDraws
    design: str
    luck: str
    target_standard_error: float | None = None  # of every gain in net benefit; at the first threshold

    @property
    def draws(self) -> int:
        return len(self.drawn.values)

    def points(self, first: int, end: int) -> Iterator[Point]:
        """The points of the draws `first` to `end` - 1, from 0; draw n has the luck n + 1, or that of `bmes run`."""
        for place in range(first, end):
            luck = place + 1 if self.luck == "independent" else 0
            yield Point(place, self.drawn.values_of(place), luck, self.drawn.structure_of(place))

    def question_hash(self) -> str:
        """SHA-256 (hex) of what decides the numbers."""
        files = {name: Path(path).read_bytes() for name, path in files_of(self.scenario).items()}
        population = self.scenario.population.model_dump() | {"file": None}
        content = [
            VERSION,
            self.scenario.document() | {"population": population, "uncertainty": None},  # not where files lie
            {name: hashlib.sha256(text).hexdigest() for name, text in files.items()},
            self.inputs.parameters.content_hash(),
            self.inputs.setting.model_dump(mode="json"),
            [self.design, self.luck, self.draws, self.target_standard_error],
            list(self.drawn.names),
        ]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
        digest.update(np.ascontiguousarray(self.drawn.values).tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Other values for a draw that the model refuses: an object, not a closure, so that it can go to a cluster."""

    inputs: ModelInputs
    seed: int

    def __call__(self, number: int, attempt: int) -> dict[str, float]:
        return redrawn(self.inputs, self.seed, number, attempt)


def psa(
    scenario: Scenario,
    draws: int = 1000,
    patients: int = 1000,
    *,
    seed: int | None = None,
    design: str = "random",
    luck: str = "independent",
    threads: int | None = None,
    progress: Progress | None = None,
) -> PsaResults:
    """Simulate `patients` people under every strategy in each of `draws` draws of all uncertain parameters.

    design: "random", "latin_hypercube" or "sobol" (sim.inputs.designs). luck: "independent" gives each draw patients
    and chance of its own, "shared" the same to all. threads: all processors by default; results do not depend on it.
    Raises InputError, RunError.
    """
    study = prepared(scenario, draws, patients, seed=seed, design=design, luck=luck)
    return simulate(study, threads=threads, progress=progress)


def prepared(
    scenario: Scenario,
    draws: int,
    patients: int,
    *,
    seed: int | None = None,
    design: str = "random",
    luck: str = "independent",
    target_standard_error: float | None = None,
    root: Path | None = None,
) -> PsaStudy:
    """Load and check everything and draw the parameters. Raises InputError."""
    if not FEWEST_DRAWS <= draws <= LARGEST_DRAWS:
        raise InputError("--draws", f"{draws} does not fit here", f"Write {FEWEST_DRAWS} to {LARGEST_DRAWS}.")
    if luck not in LUCKS:
        raise InputError("--luck", f"{luck!r} is unknown", f"Write {' or '.join(LUCKS)}.")
    if target_standard_error is not None:
        if not (target_standard_error > 0.0 and math.isfinite(target_standard_error)):
            what = f"{target_standard_error:g} is no standard error"
            raise InputError("--until-precise", what, "Write an amount of money above 0.")
        if design == "latin_hypercube":
            what = "a Latin hypercube is one of all its draws, so that it cannot stop early"
            raise InputError("--until-precise", what, "Write --design random or sobol.")
    scenario = with_overrides(scenario, patients=patients, seed=seed)
    if len(scenario.strategies) < 2:
        raise InputError(f"{scenario.files[0]}, strategies", "one strategy is no decision", "Give at least two.")
    inputs = gather(scenario, root)
    drawn = draw_parameters(inputs, draws, scenario.seed, design)
    if not drawn.names and drawn.switches is None:
        raise InputError(scenario.files[0], "nothing in this scenario is uncertain", "Give some parameter a law.")
    _check_read(inputs, drawn)
    return PsaStudy(scenario, inputs, drawn, design, luck, target_standard_error)


def _check_read(inputs: ModelInputs, drawn: ParameterDraws) -> None:
    """Every sampled parameter must reach the model. Raises InputError for one that nothing reads."""
    fresh = replace(inputs, parameters=inputs.parameters.with_values({}))
    build_tables(fresh, 0)
    build_tariff(fresh)
    refuse_unread_draws(fresh, drawn.names)


def simulate(
    study: PsaStudy,
    *,
    threads: int | None = None,
    parts: Path | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> PsaResults:
    """All draws of `study`, or as many as its target asks for.

    Draws whose parts lie in the folder `parts` are taken from there, the others are written to it. Whether to stop
    is asked after fixed numbers of draws and depends on the draws alone, so that an interrupted analysis ends as one
    that was not. `executor` simulates the draws instead of `threads`.
    """
    started, clock = datetime.now(UTC), perf_counter()
    executor = ThreadExecutor(threads) if executor is None else executor
    workers = executor.workers
    kept = {} if parts is None else read_parts(parts, len(study.scenario.strategies))
    done: PsaArrays | None = None
    target = study.target_standard_error
    for stage in [study.draws] if target is None else checkpoints(study.draws):
        first = 0 if done is None else len(done)
        new = list(_parts_of(study, first, stage, kept, parts, executor, progress))
        done = joined(new if done is None else [done, *new])
        if target is not None and _is_precise(psa_results(study, done, {"luck": study.luck}, None), target):
            break
    if done is None:
        raise RunError("no draw was simulated")
    elapsed = perf_counter() - clock
    manifest = {
        "kind": "psa",
        **about(study),
        "draws": len(done),
        "courses": len(done) * study.scenario.patients * len(study.scenario.strategies),
        "redrawn": int(done.redrawn.sum()),
        "draws_redrawn": int(np.count_nonzero(done.redrawn)),
        "taken_from_parts": min(sum(len(part) for part in kept.values()), len(done)),
        "threads": workers,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(elapsed, 3),
    }
    means = dict(zip(study.drawn.names, done.values.mean(axis=0).tolist(), strict=True))
    patients = len(done) * study.scenario.patients
    at_means = run_at(study.scenario, study.inputs, means, patients, thread_count(threads))
    return psa_results(study, done, manifest, at_means)


def _is_precise(results: PsaResults, target: float) -> bool:
    threshold = results.inputs.setting.thresholds[0]
    comparator = results.scenario.comparator
    return precise_enough(results.table(), comparator, target, willingness_to_pay=threshold)


def about(study: PsaStudy) -> dict[str, Any]:
    """What the manifest says before anything is simulated; enough to take an interrupted analysis up again."""
    return {
        "version": VERSION,
        SOURCES: digest_of_sources(),
        "commit": commit(),
        "question_hash": study.question_hash(),
        "parameter_hash": study.inputs.parameters.content_hash(),
        "seed": study.scenario.seed,
        "patients": study.scenario.patients,
        "draws_at_most": study.draws,
        "design": study.design,
        "luck": study.luck,
        "target_standard_error": study.target_standard_error,
        "sampled_parameters": len(study.drawn.names),
        "strategies": len(study.scenario.strategies),
        "engine": "batch",
        "host": host(),
        "scenario_files": list(study.scenario.files),
        "scenario": study.scenario.document(),
    }


def _parts_of(
    study: PsaStudy,
    first: int,
    end: int,
    kept: dict[int, PsaArrays],
    folder: Path | None,
    executor: Executor,
    progress: Progress | None,
) -> Iterator[PsaArrays]:
    """The draws `first` to `end` - 1 in parts, in their order."""
    spans = [(start, min(start + DRAWS_PER_PART, end)) for start in range(first, end, DRAWS_PER_PART)]
    missing = [span for span in spans if len(kept.get(span[0], ())) != span[1] - span[0]]
    results = evaluate(
        study.inputs,
        (point for span in missing for point in study.points(*span)),
        study.scenario.patients,
        study.scenario.seed,
        redraw=Redrawn(study.inputs, study.scenario.seed),
        executor=executor,
    )
    for span in spans:
        if span in missing:
            part = as_arrays([next(results) for _ in range(*span)], study.drawn.names)
            if folder is not None:
                write_part(part, folder)
        else:
            part = kept[span[0]]
        if progress is not None:
            progress(span[1], study.draws)
        yield part


def psa_results(study: PsaStudy, done: PsaArrays, manifest: dict[str, Any], at_means: Results | None) -> PsaResults:
    """The frames of an analysis."""
    draws, strategies = len(done), study.scenario.strategies
    outcomes = pd.DataFrame(done.means.reshape(draws * len(strategies), -1), columns=list(OUTCOME_NAMES))
    numbers = np.arange(1, draws + 1)
    outcomes.insert(0, DRAW, np.repeat(numbers, len(strategies)))
    outcomes.insert(1, "strategy", list(strategies) * draws)
    outcomes.insert(2, "patients", study.scenario.patients)
    parameters = pd.DataFrame(done.values, columns=list(study.drawn.names))
    parameters.insert(0, DRAW, numbers)
    if study.drawn.switches is not None:
        switches = study.drawn.switches.iloc[:draws].reset_index(drop=True)
        parameters = pd.concat([parameters, switches], axis=1)
    return PsaResults(
        study.scenario, study.inputs, manifest, outcomes, parameters, np.ascontiguousarray(done.covariance), at_means
    )
