"""Writes a probabilistic analysis in the layouts that other programs read: CSV tables and the lines that read them.

All of them take a column a strategy and a row a draw, without a column that numbers the draws: BCEA (Baio, Berardi and
Heath 2017) matrices of effects and costs, dampack (Alarid-Escudero, Knowlton, Easterly and Enns) data frames, voi
(Heath, Jackson and others) a list of costs, effects and thresholds, SAVI (Strong, Oakley and Brennan 2014) three files.
`bmes cea` reads every layout back. Names are guarded against spreadsheets (sim.analysis.spreadsheet_names).
"""

from collections.abc import Sequence
from csv import QUOTE_NONNUMERIC
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.psa_table import PsaTable
from sim.analysis.spreadsheet_names import guarded
from sim.experiments.export_words import about, reading_script
from sim.experiments.store import REPAIRS
from sim.vocabulary.errors import InputError, RunError

LAYOUTS = ("bcea", "dampack", "voi", "savi", "csv")
COSTS, EFFECTS, PARAMETERS, README = "costs.csv", "effects.csv", "parameters.csv", "README.txt"
FEWEST_VALUES_SAVI = 5  # of a parameter; SAVI refuses a file in which one has fewer


def export(
    table: PsaTable, layout: str, folder: Path, *, title: str, currency: str, thresholds: Sequence[float]
) -> list[Path]:
    """Write `table` into a folder that is new or empty; the files, in the order of their names.

    `title`, `currency`, `thresholds` go into README.txt and the R script. Numbers are written so that they are read
    back bit for bit; the spread by chance among patients stays in them. Raises InputError for another layout and for a
    folder that holds files or cannot be made, RunError if the files cannot be written.
    """
    checked_layout(layout)
    frames = {COSTS: _outcomes(table, table.costs), EFFECTS: _outcomes(table, table.effects)}
    left_out: list[str] = []
    if table.parameters is not None:
        parameters = numeric(table.parameters)
        if layout == "savi":
            left_out = [str(name) for name in parameters.columns if parameters[name].nunique() < FEWEST_VALUES_SAVI]
            parameters = parameters.drop(columns=left_out)
        if parameters.shape[1]:
            frames[PARAMETERS] = parameters
    if layout == "savi" and PARAMETERS not in frames:
        raise InputError("--layout savi", "SAVI needs parameters, and none varies between the draws", "Choose another.")
    texts = {README: about(layout, title, currency, table, left_out, has_parameters=PARAMETERS in frames)}
    script = reading_script(layout, currency, thresholds, has_parameters=PARAMETERS in frames)
    if script:
        texts[f"read_with_{layout}.R"] = script
    _make_empty(folder)
    try:
        for name, frame in frames.items():
            headings = [guarded(str(column)) for column in frame.columns]
            # Names in quotation marks, so that a line break in one breaks no line; numbers without.
            frame.to_csv(folder / name, index=False, header=headings, quoting=QUOTE_NONNUMERIC, lineterminator="\n")
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"--out {folder}: the tables cannot be written ({_reason(error)}). {_repair(error)}") from error
    return sorted(folder / name for name in (*frames, *texts))


def _make_empty(folder: Path) -> None:
    """Make a folder, or take one that is there and empty. Raises InputError."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            what = "this is there already, and is no empty folder"
            raise InputError(f"--out {folder}", what, "Give another with --out.")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"this folder cannot be made ({_reason(error)})"
        raise InputError(f"--out {folder}", what, _repair(error)) from None


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _repair(error: OSError) -> str:
    return REPAIRS.get(error.errno or 0, "Choose another place with --out.")


def checked_layout(layout: str) -> None:
    """Raises InputError for a layout that there is none of."""
    if layout not in LAYOUTS:
        raise InputError("--layout", f"{layout!r} is no layout", f"Write one of {', '.join(LAYOUTS)}.")


def numeric(parameters: pd.DataFrame) -> pd.DataFrame:
    """Parameters with each column of words made into columns of 0 and 1, NAME.VALUE, one for all values but the first.

    The first in the alphabet is the one without a column, so that no column is the sum of others.
    """
    columns: dict[str, np.ndarray] = {}
    for name, column in parameters.items():
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            columns[str(name)] = column.to_numpy(np.float64)
            continue
        words = column.astype(str)
        for value in sorted(words.unique())[1:]:
            columns[f"{name}.{value}"] = (words == value).to_numpy(np.float64)
    return pd.DataFrame(columns, index=parameters.index)


def _outcomes(table: PsaTable, numbers: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(numbers, columns=list(table.strategies), copy=False)
