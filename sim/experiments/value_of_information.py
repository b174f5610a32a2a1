"""What more research would be worth, from a stored probabilistic analysis: all of it for one request."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.analysis.evppi import chosen_names, evppi_of_sets, most_correlated
from sim.analysis.evsi import evsi
from sim.analysis.information import evpi
from sim.analysis.trial_value import Concerned, TrialCost, enbs, population_value
from sim.experiments.executor import Executor
from sim.experiments.nested import Nesting, nested_evppi
from sim.experiments.parameter_groups import parameter_groups
from sim.experiments.psa_results import DRAW, PsaResults
from sim.experiments.psa_store import TABLES, load_frame
from sim.experiments.run import Progress
from sim.experiments.store import file_faults
from sim.experiments.trials import Trial, simulate_trials

FRAMES = ("evppi", "evsi", "enbs", "population")
SAME_ROW = ["parameters", "willingness_to_pay", "method"]
MOST_SINGLE = 20

Watch = Callable[[str], AbstractContextManager[Progress | None]]  # words to a bar that is called with done and all


@dataclass(frozen=True)
class Request:
    """sets: label to names of parameters (* for any letters); empty: groups and the most telling single parameters.

    nesting: None leaves nested Monte Carlo out. trial, concerned, cost: None leaves out what needs them.
    """

    willingness_to_pay: tuple[float, ...]
    sets: Mapping[str, Sequence[str]]
    nesting: Nesting | None = None
    trial: Trial | None = None
    concerned: Concerned | None = None
    cost: TrialCost | None = None


@dataclass(frozen=True, eq=False)
class Information:
    """The answers as frames; None where it was not asked for.

    evpi: willingness_to_pay, evpi, se, uncorrected. evppi: parameters, willingness_to_pay, value, se, method, evpi.
    evsi: arms, outcome, follow_up_months, patients_per_arm, willingness_to_pay, value, se, method. enbs, population:
    see analysis.trial_value. All values are for one person but those of enbs and population.
    """

    evpi: pd.DataFrame
    evppi: pd.DataFrame
    evsi: pd.DataFrame | None
    enbs: pd.DataFrame | None
    population: pd.DataFrame | None


def value_of_information(
    results: PsaResults, request: Request, *, watch: Watch, threads: int | None = None, executor: Executor | None = None
) -> Information:
    """Work out `request` on the draws of `results`. `executor` does the nested simulations instead of `threads`, which
    simulate the trial. Raises InputError, RunError.
    """
    table, thresholds = results.table(), request.willingness_to_pay
    columns = [str(name) for name in results.parameters.columns if name != DRAW]
    for names in request.sets.values():
        chosen_names(columns, names)
    if request.trial is not None:
        request.trial.checked(results.inputs)
    perfect = evpi(table, thresholds)
    sets = request.sets or default_sets(results, columns, thresholds[0])
    partial = evppi_of_sets(table, sets, thresholds)
    for label, names in sets.items() if request.nesting is not None else ():
        with watch(f"Nested: {label}") as progress:
            slow = nested_evppi(
                results.inputs,
                results.parameters.drop(columns=DRAW),
                names,
                thresholds,
                request.nesting or Nesting(),
                seed=results.scenario.seed,
                label=label,
                threads=threads,
                progress=progress,
                executor=executor,
            )
        partial = pd.concat([partial, slow], ignore_index=True)
    partial["evpi"] = partial["willingness_to_pay"].map(perfect.set_index("willingness_to_pay")["evpi"])
    sample = None if request.trial is None else _of_trial(results, request, request.trial, watch, threads)
    concerned, cost = request.concerned, request.cost
    pays: pd.DataFrame | None = None
    if sample is not None and concerned is not None and cost is not None:
        pays = enbs(sample, concerned, cost)
    return Information(
        evpi=perfect,
        evppi=partial,
        evsi=sample,
        enbs=pays,
        population=None if concerned is None else population_value(perfect, partial, concerned),
    )


def default_sets(results: PsaResults, columns: Sequence[str], threshold: float) -> dict[str, Sequence[str]]:
    """The groups of parameters, and each of the single ones that explain most."""
    sets: dict[str, Sequence[str]] = dict(parameter_groups(results.inputs, columns))
    return sets | {name: (name,) for name in most_correlated(results.table(), threshold, MOST_SINGLE)}


def write_information(information: Information, folder: Path) -> list[str]:
    """Write the frames that there are to the tables of a run; returns the names. Raises RunError.

    Of the partial values those of other sets that were written before are kept. Whether an earlier trial pays goes when
    another one is written.
    """
    written = []
    if information.evsi is not None:
        with file_faults(folder):
            (folder / TABLES / "enbs.parquet").unlink(missing_ok=True)
    for name in FRAMES:
        frame: pd.DataFrame | None = getattr(information, name)
        if frame is None:
            continue
        if name == "evppi":
            before = load_frame(folder, name)
            if before is not None:
                both = pd.concat([frame, before], ignore_index=True)
                frame = both.drop_duplicates(SAME_ROW, ignore_index=True)
        place = folder / TABLES / f"{name}.parquet"
        unfinished = place.with_name(f".{name}-{os.getpid()}.parquet")
        with file_faults(folder):
            place.parent.mkdir(exist_ok=True)
            frame.to_parquet(unfinished, index=False)
            unfinished.replace(place)
        written.append(name)
    return written


def _of_trial(results: PsaResults, request: Request, trial: Trial, watch: Watch, threads: int | None) -> pd.DataFrame:
    with watch("Simulated trials") as progress:
        data = simulate_trials(results, trial, threads, progress)
    frame = evsi(results.table(), data, trial.sizes, request.willingness_to_pay)
    frame.insert(0, "arms", ", ".join(trial.arms))
    frame.insert(1, "outcome", trial.outcome)
    frame.insert(2, "follow_up_months", float(trial.follow_up_months))
    return frame
