"""Run folders: written under a temporary name beside their place, then renamed, so that none is ever half written.

outputs/SCENARIO/TIME-HASH/ holds manifest.json, summary.csv, outcomes.parquet, tables/ (the other frames), inputs/ (the
parameters as they were), and what was asked for: report.html, results.xlsx, patients.parquet, history.parquet.
"""

import errno
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile, copytree, ignore_patterns, rmtree
from typing import Any

import pandas as pd

from sim.experiments.results import Results
from sim.experiments.summary import summary_frame
from sim.inputs.document import parsed
from sim.inputs.model_inputs import gather
from sim.inputs.root import data_root, shown
from sim.inputs.scenario import Scenario
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary.errors import BmesError, InputError, RunError

MANIFEST, SUMMARY, OUTCOMES, INPUTS, POPULATION = (
    "manifest.json",
    "summary.csv",
    "outcomes.parquet",
    "inputs",
    "population.csv",
)
POSTERIOR = "posterior.csv"
TABLES = (
    "increments",
    "covariance",
    "incremental",
    "net_benefit",
    "curves",
    "occupancy",
    "adverse_events",
    "subgroups",
    "batches",
    "flows",
    "scan_threshold",
    "scan_threshold_curve",
)
KEPT = ("patients", "history")
UNFINISHED = ".unfinished-"
REPAIRS = {
    errno.ENOSPC: "Make room on the disk, or choose another place with --out.",
    errno.EROFS: "Choose a place that can be written, with --out.",
    errno.EACCES: "Choose a place that you may write to, with --out.",
    errno.EPERM: "Choose a place that you may write to, with --out.",
    errno.ENOTDIR: "A part of that path is a file; choose another place with --out.",
    errno.EEXIST: "A part of that path is a file; choose another place with --out.",
}
REPAIRS_IN_PLACE = {  # where a folder that is there goes on, --out would choose nothing
    errno.ENOSPC: "Make room on the disk.",
    errno.ENOENT: "Was it moved or removed meanwhile? `bmes runs` lists the runs that are there.",
}
ERROR_NUMBER = re.compile(r"\[Errno (\d+)\]")

Writer = Callable[[Results, Path], object]


@contextmanager
def unfinished_folder(out: Path, scenario: str) -> Iterator[Path]:
    """A folder to write a run of `scenario` to, below `out`; whatever stops the body removes it again.

    Opened before the simulation, so that a place that cannot be written is found at once. `finish` gives it its name.
    Raises RunError for what the file system refuses.
    """
    home = out / scenario
    folder = home / f"{UNFINISHED}{os.getpid()}-{time.time_ns()}"
    missing: list[Path] = []
    try:
        with file_faults(out):
            missing = [place for place in (home, *home.parents) if not place.exists()]
            folder.mkdir(parents=True)
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)
        for made in missing:  # only those that nothing was put into
            try:
                made.rmdir()
            except OSError:
                break


@contextmanager
def file_faults(place: Path) -> Iterator[None]:
    """Turn what the file system refuses where a run is begun into one clear line. Raises RunError."""
    with _one_line(place, REPAIRS, "Choose another place with --out."):
        yield


@contextmanager
def folder_faults(folder: Path) -> Iterator[None]:
    """The same for a run folder that is there already, and stays where it is. Raises RunError."""
    with _one_line(folder, REPAIRS_IN_PLACE, "Copy the folder to a place that can be written, and go on there."):
        yield


@contextmanager
def _one_line(place: Path, repairs: Mapping[int, str], otherwise: str) -> Iterator[None]:
    try:
        yield
    except BmesError:
        raise
    except OSError as error:
        number = _number_of(error)
        reason = (os.strerror(number) if number else str(error)).lower()
        repair = repairs.get(number, otherwise)
        raise RunError(f"{place}: the run folder cannot be written ({reason}). {repair}") from error


def _number_of(error: OSError) -> int:
    """The system's number of an error, 0 where there is none; of the first file where many could not be copied."""
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):
        found = ERROR_NUMBER.search(str(error.args[0][0]))
        return int(found[1]) if found else 0
    return error.errno or 0


def finish(results: Results, folder: Path, writers: Mapping[str, Writer] | None = None) -> Path:
    """Write `results` into an unfinished folder and give it its name; returns its place.

    `writers`: file name to a function that writes a further file from the results. Raises RunError.
    """
    with file_faults(folder.parent):
        write_results(results, folder)
        for name, writer in (writers or {}).items():
            writer(results, folder / name)
        return folder.rename(free_place(folder.parent, results.manifest, ""))


def save(results: Results, out: Path, writers: Mapping[str, Writer] | None = None) -> Path:
    """Write `results` to a new run folder below `out`; returns its place. Raises RunError."""
    with unfinished_folder(out, results.scenario.name) as folder:
        return finish(results, folder, writers)


def write_results(results: Results, folder: Path, *, with_inputs: bool = True) -> None:
    """All files of a run but those that other writers add."""
    summary_frame(results).to_csv(folder / SUMMARY, index=False, lineterminator="\n")
    results.outcomes.to_parquet(folder / OUTCOMES, index=False)
    (folder / "tables").mkdir()
    for name in TABLES:
        getattr(results, name).to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    for name in KEPT:
        frame = getattr(results, name)
        if frame is not None:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    if with_inputs:
        copy_inputs(results.scenario, folder)
    (folder / MANIFEST).write_text(json.dumps(results.manifest, indent=2) + "\n", encoding="utf-8")


def copy_inputs(scenario: Scenario, folder: Path) -> None:
    """The parameters and the user's own files as they are now."""
    copytree(data_root() / "parameters", folder / INPUTS / "parameters", ignore=ignore_patterns("*.md"))
    for name, path in files_of(scenario).items():
        copyfile(path, folder / INPUTS / name)


def files_of(scenario: Scenario) -> dict[str, str]:
    """The user's own files that a scenario names, by the names of their copies."""
    found = {POPULATION: scenario.population.file, POSTERIOR: scenario.uncertainty.posterior}
    return {name: path for name, path in found.items() if path is not None}


def free_place(home: Path, manifest: Mapping[str, Any], ending: str) -> Path:
    """A name below `home` that is free: time of the start and first eight digits of the question's hash."""
    started = datetime.fromisoformat(manifest["started"]).astimezone(UTC)
    name = f"{started:%Y%m%dT%H%M%SZ}-{manifest['question_hash'][:8]}"
    for number in range(1, 1000):
        place = home / f"{name if number == 1 else f'{name}-{number}'}{ending}"
        if not place.exists():
            return place
    raise RunError(f"{home / name}: there are too many runs of this name. Remove some.")


def load_run(path: str | Path) -> Results:
    """The results in a run folder, with the inputs as they were.

    Raises InputError if it is none, is damaged, or was made by a version with fewer outcomes.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    if manifest.get("kind", "run") != "run":
        what = f"this is the folder of another command, `bmes {manifest['kind']}`"
        raise InputError(str(folder), what, "Give a folder that `bmes run` has written; `bmes runs` lists them.")
    frames = _frames(folder)
    scenario = scenario_of(folder, manifest)
    inputs = replace(gather(scenario, root=folder / INPUTS), scenario=scenario)
    return Results(scenario=scenario, inputs=inputs, manifest=manifest, **frames)


def _frames(folder: Path) -> dict[str, pd.DataFrame]:
    """The frames of a run by name. Raises InputError for a damaged run, or one of a version with fewer outcomes."""
    try:
        frames = {"outcomes": pd.read_parquet(folder / OUTCOMES)}
        for name in OUTCOME_NAMES:
            if name not in frames["outcomes"]:
                what = f"this run was made by another version, which knew no outcome {name!r}"
                raise InputError(shown(folder), what, "Run the scenario again.")
        frames |= {name: pd.read_parquet(folder / "tables" / f"{name}.parquet") for name in TABLES}
        kept = {name: folder / f"{name}.parquet" for name in KEPT}
        return frames | {name: pd.read_parquet(file) for name, file in kept.items() if file.exists()}
    except (OSError, ValueError) as error:  # pyarrow's own errors are of these kinds
        what = f"this run is damaged ({' '.join(str(error).split())})"
        raise InputError(shown(folder), what, "Run the scenario again.") from None


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder. Raises InputError when there is none that can be read."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        what = f"this is no run folder, for it holds no {MANIFEST}" if folder.exists() else "there is no such folder"
        raise InputError(str(folder), what, "Give the folder of a run; `bmes runs` lists them.") from None
    except (OSError, ValueError):
        raise InputError(str(folder / MANIFEST), "this manifest cannot be read", "Run the scenario again.") from None
    known = isinstance(manifest, dict) and {"started", "question_hash", "scenario"} <= set(manifest)
    if not known or not isinstance(manifest["question_hash"], str):
        raise InputError(str(folder / MANIFEST), "this is no manifest of a run", "Run the scenario again.")
    try:
        datetime.fromisoformat(manifest["started"])
    except (TypeError, ValueError):
        what = f"{manifest['started']!r} does not fit here"
        repair = "Write the time of the start, such as 2026-01-01T12:00:00+00:00."
        raise InputError(f"{folder / MANIFEST}, started", what, repair) from None
    return manifest


def scenario_of(folder: Path, manifest: Mapping[str, Any]) -> Scenario:
    """The scenario of a run; the user's own files are the copies in its folder."""
    where = shown(folder / MANIFEST)
    document = dict(manifest["scenario"])
    name = document.pop("name", folder.parent.name)
    if document.get("population", {}).get("file") is not None:
        document["population"] = document["population"] | {"file": str(folder / INPUTS / POPULATION)}
    if document.get("uncertainty", {}).get("posterior") is not None:
        document["uncertainty"] = document["uncertainty"] | {"posterior": str(folder / INPUTS / POSTERIOR)}
    return parsed(Scenario, document, where, name=name, files=tuple(manifest.get("scenario_files", [])) or (where,))


def list_runs(out: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Run folders below `out` with their manifests, the newest first. Folders that are no runs are passed over.

    Raises InputError when there is no such folder.
    """
    if not os.path.isdir(out):  # noqa: PTH112 the Path method raises when a folder above may not be read
        raise InputError(str(out), "there is no such folder", "Give the folder of runs with --out.")
    runs = []
    for path in sorted(out.glob(f"*/*/{MANIFEST}")):
        if path.parent.name.startswith(UNFINISHED):
            continue
        try:
            runs.append((path.parent, read_manifest(path.parent)))
        except InputError:
            continue
    return sorted(runs, key=lambda run: (str(run[1]["started"]), run[0].name), reverse=True)
