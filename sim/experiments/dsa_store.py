"""Folders of deterministic analyses: manifest.json with "kind": "dsa", tables/ with a file a frame, inputs/, report."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sim.experiments.dsa_results import FRAMES, DsaResults
from sim.experiments.store import (
    INPUTS,
    MANIFEST,
    copy_inputs,
    file_faults,
    free_place,
    read_manifest,
    scenario_of,
    unfinished_folder,
)
from sim.inputs.model_inputs import gather
from sim.inputs.root import shown
from sim.vocabulary.errors import InputError

KIND, TABLES = "dsa", "tables"

DsaWriter = Callable[[DsaResults, Path], object]


def finish_dsa(results: DsaResults, folder: Path, writers: Mapping[str, DsaWriter] | None = None) -> Path:
    """Write `results` into an unfinished folder and give it its name; returns its place.

    `writers`: file name to a function that writes a further file from the results. Raises RunError.
    """
    with file_faults(folder.parent):
        (folder / TABLES).mkdir()
        for name in FRAMES:
            getattr(results, name).to_parquet(folder / TABLES / f"{name}.parquet", index=False)
        copy_inputs(results.scenario, folder)
        (folder / MANIFEST).write_text(json.dumps(results.manifest, indent=2) + "\n", encoding="utf-8")
        for name, write in (writers or {}).items():
            write(results, folder / name)
        return folder.rename(free_place(folder.parent, results.manifest, ""))


def save_dsa(results: DsaResults, out: Path, writers: Mapping[str, DsaWriter] | None = None) -> Path:
    """Write `results` to a new folder below `out`; returns its place. Raises RunError."""
    with unfinished_folder(out, results.scenario.name) as folder:
        return finish_dsa(results, folder, writers)


def load_dsa(path: str | Path) -> DsaResults:
    """The deterministic analysis in a folder, with the inputs as they were.

    Raises InputError if it is none, is damaged, or was made by a version with other frames.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    if manifest.get("kind") != KIND:
        what = "this is no deterministic analysis"
        raise InputError(shown(folder), what, "Give a folder that `bmes dsa` has written; `bmes runs` lists them.")
    try:
        frames = {name: pd.read_parquet(folder / TABLES / f"{name}.parquet") for name in FRAMES}
    except (OSError, ValueError) as error:  # pyarrow's own errors are of these kinds
        what = f"this analysis is damaged ({' '.join(str(error).split())})"
        raise InputError(shown(folder), what, "Run it again.") from None
    for name, columns in FRAMES.items():
        if list(frames[name]) != list(columns):
            what = f"this analysis was made by another version, whose table {name} had other columns"
            raise InputError(shown(folder), what, "Run it again.")
    scenario = scenario_of(folder, manifest)
    inputs = replace(gather(scenario, root=folder / INPUTS), scenario=scenario)
    return DsaResults(scenario=scenario, inputs=inputs, manifest=manifest, **frames)
