"""Folders of probabilistic analyses: one that is under way keeps its parts, so that it can be taken up again.

While it runs, outputs/SCENARIO/TIME-HASH.partial/ holds manifest.json, inputs/ and parts/. When all is done the results
are written beside them, the folder gets its final name, and the parts go. A finished one holds manifest.json,
outcomes.parquet, parameters.parquet, noise.parquet, inputs/, tables/, at_means/ (the run at the parameters' means) and
what was asked for: report.html, results.xlsx.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.psa_analysis import PsaAnalysis
from sim.experiments.at_means import load_at
from sim.experiments.psa import PsaStudy, about, prepared
from sim.experiments.psa_checks import TABLE_COLUMNS, check_frames, damaged, whole
from sim.experiments.psa_results import PsaResults
from sim.experiments.same_program import check_same_program
from sim.experiments.store import (
    INPUTS,
    MANIFEST,
    OUTCOMES,
    copy_inputs,
    file_faults,
    free_place,
    read_manifest,
    scenario_of,
    write_results,
)
from sim.inputs.document import Document, Number, Text, Whole, parsed
from sim.inputs.model_inputs import gather
from sim.inputs.root import shown
from sim.vocabulary.errors import InputError

PARTIAL, PARTS, AT_MEANS, TABLES = ".partial", "parts", "at_means", "tables"
PARAMETERS, NOISE = "parameters.parquet", "noise.parquet"
KIND = "psa"

Writer = Callable[[PsaResults, PsaAnalysis, Path], object]


class Begun(Document):
    """What the manifest of an analysis under way must say, so that it can be taken up again."""

    version: Text
    sources: Text
    question_hash: Text
    draws_at_most: Whole
    design: Text
    luck: Text
    target_standard_error: Number | None = None


def begin(study: PsaStudy, out: Path) -> Path:
    """A folder for an analysis that begins now, with all that is needed to take it up again. Raises RunError."""
    with file_faults(out):
        manifest = about(study) | {"kind": KIND, "started": datetime.now(UTC).isoformat(timespec="seconds")}
        home = out / study.scenario.name
        home.mkdir(parents=True, exist_ok=True)
        folder = free_place(home, manifest, PARTIAL)
        unfinished = folder.with_name(f".{folder.name}")
        (unfinished / PARTS).mkdir(parents=True)
        copy_inputs(study.scenario, unfinished)
        _write_manifest(manifest, unfinished)
        return unfinished.rename(folder)


def taken_up(folder: Path) -> PsaStudy:
    """The analysis that a partial folder holds, made ready from its own inputs. Raises InputError."""
    manifest = _manifest(folder)
    if not (folder / PARTS).is_dir() or not folder.name.endswith(PARTIAL):
        what = "this is no probabilistic analysis that was interrupted"
        raise InputError(str(folder), what, f"Give a folder whose name ends in {PARTIAL}; `bmes runs` lists them.")
    told = {key: manifest[key] for key in Begun.file_keys() if key in manifest}
    begun = parsed(Begun, told, shown(folder / MANIFEST))
    check_same_program(manifest, folder)
    scenario = scenario_of(folder, manifest)
    study = prepared(
        scenario,
        begun.draws_at_most,
        scenario.patients,
        design=begun.design,
        luck=begun.luck,
        target_standard_error=begun.target_standard_error,
        root=folder / INPUTS,
    )
    study = replace(study, scenario=scenario)
    if study.question_hash() != begun.question_hash:
        raise InputError(str(folder), "its inputs were changed since it was begun", "Begin anew.")
    return study


def finish(results: PsaResults, analysis: PsaAnalysis, folder: Path, writers: Mapping[str, Writer]) -> Path:
    """Write everything into a partial folder and give it its final name; returns its place. Raises RunError."""
    with file_faults(folder):
        begun = read_manifest(folder)
        write_psa(results, analysis, folder)
        _write_manifest(results.manifest | {"started": begun["started"]}, folder)
        for name, write in writers.items():
            write(results, analysis, folder / name)
        final = free_place(folder.parent, begun, "")
        folder.rename(final)
        rmtree(final / PARTS, ignore_errors=True)
        return final


def write_psa(results: PsaResults, analysis: PsaAnalysis, folder: Path) -> None:
    """The frames of an analysis."""
    results.outcomes.to_parquet(folder / OUTCOMES, index=False)
    results.parameters.to_parquet(folder / PARAMETERS, index=False)
    size = results.noise.shape[1]
    flat = pd.DataFrame(results.noise.reshape(len(results.noise), size * size), columns=noise_columns(results))
    flat.to_parquet(folder / NOISE, index=False)
    (folder / TABLES).mkdir(exist_ok=True)
    for name, frame in frames_of(analysis).items():
        frame.to_parquet(folder / TABLES / f"{name}.parquet", index=False)
    if results.at_means is not None:
        rmtree(folder / AT_MEANS, ignore_errors=True)
        (folder / AT_MEANS).mkdir()
        write_results(results.at_means, folder / AT_MEANS, with_inputs=False)


def frames_of(analysis: PsaAnalysis) -> dict[str, pd.DataFrame]:
    """The frames of an analysis by name."""
    found = {name: getattr(analysis, name) for name in analysis.__dataclass_fields__}
    return {name: frame for name, frame in found.items() if isinstance(frame, pd.DataFrame)}


def noise_columns(results: PsaResults) -> list[str]:
    """`cost:NAME*qalys:NAME` and so on: the two means whose covariance a column holds."""
    names = [f"{kind}:{name}" for kind in ("cost", "qalys") for name in results.scenario.strategies]
    return [f"{first}*{second}" for first in names for second in names]


def load_psa(path: str | Path) -> PsaResults:
    """The analysis in a run folder, with the inputs as they were. Raises InputError."""
    folder = Path(path)
    manifest = _manifest(folder)
    if folder.name.endswith(PARTIAL):
        what = "this probabilistic analysis is not finished"
        raise InputError(str(folder), what, f"Go on with: bmes psa --resume {folder}")
    scenario = scenario_of(folder, manifest)
    if not (folder / INPUTS).is_dir():
        raise damaged(folder, f"its folder {INPUTS} is gone")
    inputs = replace(gather(scenario, root=folder / INPUTS), scenario=scenario)
    with whole(folder):
        outcomes, parameters = pd.read_parquet(folder / OUTCOMES), pd.read_parquet(folder / PARAMETERS)
        noise = pd.read_parquet(folder / NOISE).to_numpy(np.float64)
        at_means = load_at(folder / AT_MEANS, scenario, inputs)
    check_frames(folder, scenario.strategies, outcomes, parameters, noise)
    size = 2 * len(scenario.strategies)
    return PsaResults(scenario, inputs, manifest, outcomes, parameters, noise.reshape(-1, size, size), at_means)


def load_frame(folder: Path, name: str) -> pd.DataFrame | None:
    """A table of an analysis, such as one that `bmes voi` adds; None where there is none, or one of another version.

    Raises InputError for one that cannot be read.
    """
    place = folder / TABLES / f"{name}.parquet"
    if not place.is_file():
        return None
    with whole(folder):
        frame = pd.read_parquet(place)
    return frame if TABLE_COLUMNS.get(name, set()) <= set(frame) else None


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an analysis. Raises InputError where there is none, or one of another command."""
    repair = "Give a folder that `bmes psa` has written; `bmes runs` lists them."
    if not (folder / MANIFEST).is_file():
        what = f"this is no run folder, for it holds no {MANIFEST}" if folder.exists() else "there is no such folder"
        raise InputError(str(folder), what, repair)
    manifest = read_manifest(folder)
    if manifest.get("kind") != KIND:
        raise InputError(str(folder), "this is no probabilistic analysis", repair)
    return manifest


def _write_manifest(manifest: Mapping[str, Any], folder: Path) -> None:
    unfinished = folder / f".{MANIFEST}"
    unfinished.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(folder / MANIFEST)
