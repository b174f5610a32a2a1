"""Folders of sweeps: what is done lies in parts, so that a sweep that was stopped can be taken up again.

outputs/SWEEP/TIME-HASH.partial/ holds manifest.json, inputs/ (the parameters and the user's own files as they were),
design.parquet (a row a point, a column a factor) and parts/. When all points are done only the name changes.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.manifest import commit, host
from sim.experiments.same_program import SOURCES, check_same_program, digest_of_sources
from sim.experiments.store import (
    INPUTS,
    MANIFEST,
    UNFINISHED,
    copy_inputs,
    file_faults,
    folder_faults,
    free_place,
    read_manifest,
)
from sim.experiments.sweep_bundle import hash_of, with_files_in
from sim.experiments.sweep_design import design_points, points_per_part, size_of
from sim.experiments.sweep_parts import PARTS, Part, remove_unfinished
from sim.experiments.sweep_rows import columns_of
from sim.inputs.sweeps import Sweep, sweep_of
from sim.vocabulary.errors import InputError, RunError
from sim.vocabulary.version import VERSION

KIND, PARTIAL, DESIGN, POINT = "sweep", ".partial", "design.parquet", "point"
ROWS_PER_GROUP = 65_536
PER_PART = "points_per_part"
NEEDED = (
    "sweep", "version", "points", PER_PART, "rows_per_point", "rows", "courses", "inputs_hash", "design_hash",
)  # fmt: skip


def begin(sweep: Sweep, out: Path) -> Path:
    """A folder for a sweep that begins now, with all that is needed to take it up again.

    Raises InputError, RunError.
    """
    refuse_taken_names(sweep)
    with file_faults(out):
        home = out / sweep.name
        home.mkdir(parents=True, exist_ok=True)
        unfinished = home / f"{UNFINISHED}{os.getpid()}-{time.time_ns()}"
        try:
            (unfinished / PARTS).mkdir(parents=True)
            copy_inputs(sweep.scenario, unfinished)
            write_design(design_points(sweep), unfinished / DESIGN)
            manifest = about(sweep, unfinished) | {"started": datetime.now(UTC).isoformat(timespec="seconds")}
            write_manifest(manifest, unfinished)
            return unfinished.rename(free_place(home, manifest, PARTIAL))
        except BaseException:
            rmtree(unfinished, ignore_errors=True)
            raise


def about(sweep: Sweep, folder: Path) -> dict[str, Any]:
    """What the manifest says before anything is simulated; enough to take an interrupted sweep up again."""
    size, scenario = size_of(sweep), sweep.scenario
    inputs_hash, design_hash = hash_of(folder / INPUTS), file_hash(folder / DESIGN)
    return {
        "kind": KIND,
        "version": VERSION,
        SOURCES: digest_of_sources(),
        "commit": commit(),
        "question_hash": question_hash(sweep, inputs_hash, design_hash),
        "inputs_hash": inputs_hash,
        "design_hash": design_hash,
        "seed": scenario.seed,
        "patients": scenario.patients,
        "draws": sweep.draws,
        "design": sweep.design.kind,
        "factors": len(sweep.factors),
        "points": size.points,
        "courses": size.courses,
        "rows": size.rows,
        "rows_per_point": rows_per_point(sweep),
        PER_PART: points_per_part(sweep),
        "strategies": len(scenario.strategies),
        "engine": "batch",
        "host": host(),
        "scenario_files": list(scenario.files),
        "scenario": scenario.document(),
        "sweep": sweep.document(),
    }


def question_hash(sweep: Sweep, inputs_hash: str, design_hash: str) -> str:
    """SHA-256 (hex) of what decides the numbers: version, scenario, what is kept, all input files, all points."""
    scenario = sweep.scenario.document()
    scenario |= {"population": scenario["population"] | {"file": None}, "uncertainty": None}  # not where files lie
    document = sweep.document() | {"scenario": scenario, "files": None, "title": None, "question": None}
    content = [VERSION, document, inputs_hash, design_hash]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def rows_per_point(sweep: Sweep) -> int:
    return len(sweep.scenario.strategies) * max(sweep.draws, 1)


def refuse_taken_names(sweep: Sweep) -> None:
    """Raise InputError for a factor that has the name of a column of the results, for both stand in one table."""
    taken = {name.casefold() for name in columns_of(sweep.record)}
    for factor in sweep.factors:
        if factor.name.casefold() in taken:
            what = f"{factor.name!r} is a column of the results"
            raise InputError(f"{sweep.place_of(factor)}.name", what, "Give the factor another name.")


def write_design(points: pd.DataFrame, place: Path) -> None:
    """A row a point: its number, then the values of the factors."""
    table = pa.Table.from_pandas(points.reset_index(drop=True), preserve_index=False)
    table = table.add_column(0, POINT, pa.array(np.arange(len(points)))).replace_schema_metadata(None)
    pq.write_table(table, place, row_group_size=ROWS_PER_GROUP, compression="zstd")


def design_rows(folder: Path) -> Iterator[tuple[Any, ...]]:
    """The values of the factors at each point, in the order of points; memory holds some thousands of them."""
    for batch in pq.ParquetFile(folder / DESIGN).iter_batches(ROWS_PER_GROUP):
        yield from zip(*(column.to_pylist() for column in batch.columns[1:]), strict=True)


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def taken_up(folder: Path) -> tuple[Sweep, dict[str, Any]]:
    """The sweep that a run folder holds, and its manifest, if this program can go on with it. Raises InputError."""
    sweep, manifest = read_sweep(folder)
    check_same_program(manifest, folder)
    with folder_faults(folder):
        (folder / PARTS).mkdir(exist_ok=True)
        hashes = (hash_of(folder / INPUTS), file_hash(folder / DESIGN)) if (folder / DESIGN).is_file() else ("", "")
    changed = hashes != (manifest["inputs_hash"], manifest["design_hash"])
    if changed or question_hash(sweep, *hashes) != manifest["question_hash"]:
        raise InputError(str(folder), "its inputs were changed since it was begun", "Begin anew.")
    points = pq.read_metadata(folder / DESIGN).num_rows
    _check_count(folder, manifest, "points", points)
    _check_count(folder, manifest, "rows_per_point", rows_per_point(sweep))
    _check_count(folder, manifest, "rows", points * rows_per_point(sweep))
    _check_count(folder, manifest, "courses", points * rows_per_point(sweep) * sweep.scenario.patients)
    return sweep, manifest


def _check_count(folder: Path, manifest: Mapping[str, Any], key: str, expected: int) -> None:
    """Raise InputError where the manifest holds another number than the design and the sweep give."""
    if type(manifest[key]) is not int or manifest[key] != expected:
        what = f"{manifest[key]!r} is not the number that the design and the sweep give"
        raise InputError(f"{folder / MANIFEST}, {key}", what, f"Write {expected}.")


def check_blocks(folder: Path, manifest: Mapping[str, Any], kept: Iterable[Part]) -> None:
    """Raise InputError where the points of a part are no whole blocks of `points_per_part`, as the manifest says."""
    each, points = manifest[PER_PART], manifest["points"]
    if type(each) is not int or each < 1:
        what = f"{each!r} is no number of points"
        raise InputError(f"{folder / MANIFEST}, {PER_PART}", what, "Write the number of points that share a part.")
    for part in kept:
        if part.first % each or (part.last + 1 != points and (part.last + 1) % each):
            what = f"{each} is another number than the parts were made with, such as {part.path.name}"
            raise InputError(f"{folder / MANIFEST}, {PER_PART}", what, "Write the number it was.")


def read_sweep(folder: Path) -> tuple[Sweep, dict[str, Any]]:
    """The sweep of a run folder, finished or not, with its files where they lie there. Raises InputError."""
    manifest = read_manifest(folder)
    if manifest.get("kind") != KIND or not set(NEEDED) <= set(manifest):
        repair = "Give a folder that `bmes sweep` has written; `bmes runs` lists them."
        raise InputError(str(folder), "this is no sweep", repair)
    try:
        sweep = sweep_of(manifest["sweep"])
    except (KeyError, TypeError, AttributeError):
        raise InputError(str(folder / MANIFEST), "this manifest is damaged", "Run the sweep again.") from None
    return replace(sweep, scenario=with_files_in(sweep.scenario, (folder / INPUTS).resolve())), manifest


def finish(folder: Path, done: Mapping[str, Any]) -> Path:
    """Add what was `done` to the manifest and give a partial folder its final name; returns its place.

    A folder that has its final name keeps it. The parts are not read. Raises RunError.
    """
    with folder_faults(folder):
        if not folder.is_dir():
            raise RunError(gone(folder))
        manifest = read_manifest(folder)
        write_manifest(manifest | dict(done), folder)
        remove_unfinished(folder)
        return folder.rename(free_place(folder.parent, manifest, "")) if is_partial(folder) else folder


def is_partial(folder: Path) -> bool:
    """Whether the name of a run folder says that its sweep is not finished."""
    return folder.name.endswith(PARTIAL)


def gone(folder: Path) -> str:
    """What to say of a run folder that was there."""
    return f"{folder}: this folder is gone. Did another process finish the same sweep? `bmes runs` lists the runs."


def write_manifest(manifest: Mapping[str, Any], folder: Path) -> None:
    """Whole or as it was before."""
    unfinished = folder / f".{MANIFEST}"
    unfinished.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(folder / MANIFEST)
