"""A population from a CSV file: one row a patient, checked as a whole before anybody is simulated.

Columns: age_years, sex, site and any of the optional attributes below, named as in the patient record. Categories
are written as lower-case names (hip, female, osteopenia), yes-or-no attributes as yes, no, 1 or 0. An empty cell of an
optional column is drawn as in a sampled population.
"""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.inputs.document import suggestion
from sim.inputs.population_cells import CODES, RANGES, REQUIRED, SILENT_CODE, CodeCells, NumberCells
from sim.inputs.population_rows import ROW_RULES
from sim.inputs.root import shown
from sim.vocabulary.errors import InputError
from sim.vocabulary.records import POPULATION_ROW

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (*RANGES, *CODES)
FAULTS_SHOWN = 20
ROWS_AT_ONCE = 2_000  # their text stays in the processor's cache: more at once is slower

Values = dict[str, npt.NDArray[Any]]


def load_population(
    path: Path, age_minimum_years: float = 0.0, age_maximum_years: float | None = None
) -> "pd.DataFrame":
    """The patients of a CSV file: float64 columns for numbers (open: nan), int8 codes of the enums, 0/1 (open: -1).

    Raises InputError for a file that cannot be read, has no rows, lacks a column or has one too many, and for bad
    rows (also ages outside the two bounds, and what cannot be true together), which are reported together: the first
    20, with line numbers.
    """
    import pandas as pd  # here, because it is slow to import and few scenarios bring a file

    where = shown(path)
    rows = _rows(path, where)
    columns = _columns(next(rows, (1, []))[1], where)
    oldest = RANGES["age_years"][1] if age_maximum_years is None else age_maximum_years
    ranges = RANGES | {"age_years": (age_minimum_years, oldest)}
    readers = [NumberCells(column, *ranges[column]) if column in RANGES else CodeCells(column) for column in columns]
    parts: list[Values] = []
    faults = Faults()
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        parts.append(_read(chunk, readers, faults))
    if faults.count:
        more = f"; and {faults.count - FAULTS_SHOWN} more" if faults.count > FAULTS_SHOWN else ""
        raise InputError(where, f"{'; '.join(faults.shown)}{more}", "Correct these rows.")
    if not parts:
        raise InputError(where, "the file holds no patients", "Write one row a patient below the heading.")
    return pd.DataFrame({column: np.concatenate([part[column] for part in parts]) for column in columns})


def population_rows(population: "pd.DataFrame | None") -> npt.NDArray[Any]:
    """The records (POPULATION_ROW) that the rules read, one a patient; one that is silent when patients are sampled."""
    rows = np.full(1 if population is None else len(population), SILENT_CODE, dtype=POPULATION_ROW)
    for column in RANGES:
        rows[column] = np.nan
    if population is not None:
        for column in population.columns:
            rows[column] = population[column].to_numpy()
    return rows


class Faults:
    """How many faults a file has, and the first of them in words."""

    def __init__(self) -> None:
        self.count = 0
        self.shown: list[str] = []

    def add(self, text: str) -> None:
        self.count += 1
        if len(self.shown) < FAULTS_SHOWN:
            self.shown.append(text)

    @property
    def full(self) -> bool:
        """Whether further faults are only counted, so that nobody need word them."""
        return len(self.shown) >= FAULTS_SHOWN


def _read(chunk: list[tuple[int, list[str]]], readers: list[NumberCells | CodeCells], faults: Faults) -> Values:
    """Some rows, column by column. Faults go to `faults` in the order of lines, and within a line of columns."""
    width = len(readers)
    found: list[tuple[int, int, str]] = []  # line; place in the line; a cell, or what is wrong with the row
    whole = [row for row in chunk if len(row[1]) == width]
    if len(whole) < len(chunk):
        found += [(line, -1, str(len(cells))) for line, cells in chunk if len(cells) != width]
    values: Values = {}
    for place, reader in enumerate(readers):
        cells = [row[1][place] for row in whole]
        values[reader.column], wrong = reader.read(cells)
        found += [(whole[row][0], place, cells[row].strip()) for row in wrong]
    for rule in ROW_RULES:
        found += [(whole[row][0], width, rule.fault) for row in rule.broken(values)]
    for line, place, text in sorted(found, key=lambda fault: fault[:2]):
        if faults.full:
            faults.count += 1
        elif place < 0:
            faults.add(f"line {line} has {text} cells instead of {width}")
        elif place == width:
            faults.add(f"line {line}, {text}")
        else:
            faults.add(f"line {line}, {readers[place].column}: {readers[place].fault(text)}")
    return values


def _rows(path: Path, where: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells; blank lines are skipped."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield reader.line_num, cells
    except FileNotFoundError:
        raise InputError(where, "there is no such file", "Correct `file` below [population].") from None
    except OSError as error:
        what = f"this file cannot be read ({(error.strerror or 'unknown cause').lower()})"
        raise InputError(where, what, "Check the path and its permissions.") from None
    except (UnicodeDecodeError, csv.Error):
        raise InputError(where, "this is not a CSV text file", "Give a CSV in UTF-8, with commas.") from None


def _columns(heading: list[str], where: str) -> list[str]:
    columns = [cell.strip() for cell in heading]
    if not columns:
        raise InputError(where, "the file is empty", f"Write the heading {','.join(REQUIRED)} and one row a patient.")
    for column in columns:
        if column not in COLUMNS:
            raise InputError(f"{where}, {column!r}", "this column is unknown", suggestion(column, COLUMNS))
        if columns.count(column) > 1:
            raise InputError(f"{where}, {column}", "this column is there twice", "Remove one of the two.")
    for column in REQUIRED:
        if column not in columns:
            raise InputError(f"{where}, {column}", "this column is missing", "Add it.")
    return columns
