"""A population from a CSV file: one row a patient, checked as a whole before anybody is simulated.

Columns: age_years, sex, site and any of the optional attributes below, named as in the patient record. Categories
are written as lower-case names (hip, female, osteopenia), yes-or-no attributes as yes, no, 1 or 0. An empty cell of an
optional column is drawn as in a sampled population.
"""

import csv
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.inputs.document import nearest, suggestion
from sim.inputs.root import shown
from sim.vocabulary.enums import Aetiology, BodyMass, BoneDensity, Job, Kidney, Sex, Side, Site
from sim.vocabulary.errors import InputError
from sim.vocabulary.records import COMORBIDITIES, OTHER_YES_OR_NO, POPULATION_ROW

if TYPE_CHECKING:
    import pandas as pd

REQUIRED = ("age_years", "sex", "site")
RANGES = {
    "age_years": (0.0, 120.0),
    "vitamin_d_ng_per_ml": (1.0, 200.0),
    "entry_pain": (0.0, 10.0),  # NRS
}
YES_OR_NO = {"yes": 1, "no": 0, "1": 1, "0": 0, "true": 1, "false": 0}
CODES: dict[str, dict[str, int]] = {
    column: {one.name.lower(): int(one) for one in members}
    for column, members in {
        "sex": tuple(Sex),
        "site": tuple(Site),
        "side": tuple(Side),
        "aetiology": (Aetiology.IDIOPATHIC, Aetiology.OVERUSE),  # the others have no rules of their own yet
        "bone_density": tuple(BoneDensity),
        "body_mass": tuple(BodyMass),
        "kidney": tuple(Kidney),
        "job": tuple(Job),
    }.items()
} | dict.fromkeys((*COMORBIDITIES, *OTHER_YES_OR_NO), YES_OR_NO)
COLUMNS = (*RANGES, *CODES)
SILENT_CODE = -1  # an attribute that the file leaves open; an open number is nan
FAULTS_SHOWN = 20


def load_population(
    path: Path, age_minimum_years: float = 0.0, age_maximum_years: float | None = None
) -> "pd.DataFrame":
    """The patients of a CSV file: float64 columns for numbers (open: nan), int8 codes of the enums, 0/1 (open: -1).

    Raises InputError for a file that cannot be read, has no rows, lacks a column or has one too many, and for bad
    rows (also ages outside the two bounds), which are reported together: the first 20, with line numbers.
    """
    import pandas as pd  # here, because it is slow to import and few scenarios bring a file

    where = shown(path)
    rows = _rows(path, where)
    columns = _columns(next(rows, (1, []))[1], where)
    oldest = RANGES["age_years"][1] if age_maximum_years is None else age_maximum_years
    ranges = RANGES | {"age_years": (age_minimum_years, oldest)}
    readers = [_number_reader(*ranges[column]) if column in RANGES else _code_reader(column) for column in columns]
    values: list[list[float]] = [[] for _ in columns]
    faults: list[str] = []
    for line, cells in rows:
        if len(cells) != len(columns):
            faults.append(f"line {line} has {len(cells)} cells instead of {len(columns)}")
            continue
        for column, cell, reader, target in zip(columns, cells, readers, values, strict=True):
            text = cell.strip()
            try:
                if text or column in REQUIRED:
                    target.append(reader(text))
                else:
                    target.append(math.nan if column in RANGES else SILENT_CODE)
            except ValueError as error:
                faults.append(f"line {line}, {column}: {error}")
    if faults:
        listed = "; ".join(faults[:FAULTS_SHOWN])
        more = f"; and {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        raise InputError(where, f"{listed}{more}", "Correct these rows.")
    if not values[0]:
        raise InputError(where, "the file holds no patients", "Write one row a patient below the heading.")
    types = {column: "float64" if column in RANGES else "int8" for column in columns}
    return pd.DataFrame(dict(zip(columns, values, strict=True))).astype(types)


def population_rows(population: "pd.DataFrame | None") -> npt.NDArray[Any]:
    """The records (POPULATION_ROW) that the rules read, one a patient; one that is silent when patients are sampled."""
    rows = np.full(1 if population is None else len(population), SILENT_CODE, dtype=POPULATION_ROW)
    for column in RANGES:
        rows[column] = math.nan
    if population is not None:
        for column in population.columns:
            rows[column] = population[column].to_numpy()
    return rows


def _rows(path: Path, where: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells; blank lines are skipped."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                if any(cell.strip() for cell in cells):
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


def _number_reader(low: float, high: float) -> Callable[[str], float]:
    """Reads a number of a range; the function raises ValueError with what is wrong."""

    def number(cell: str) -> float:
        try:
            value = float(cell)
        except ValueError:
            raise ValueError(f"{cell!r} is not a number") from None
        if not low <= value <= high:  # refuses nan too
            raise ValueError(f"{cell!r} is not between {low:g} and {high:g}")
        return value

    return number


def _code_reader(column: str) -> Callable[[str], float]:
    """Reads a name of a closed list; the function raises ValueError with the nearest one."""
    codes = CODES[column]

    def code(cell: str) -> float:
        if cell not in codes:
            close = nearest(cell, codes)
            hint = f"did you mean {close!r}?" if close else f"write one of {', '.join(codes)}"
            raise ValueError(f"{cell!r} is not known, {hint}")
        return codes[cell]

    return code
