"""The points of a sweep from a CSV file: a column a factor, a row a point."""

import csv
import math
from array import array
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.inputs.document import Fault, suggestion
from sim.inputs.factors import Factor, Level, Scalar, text_of
from sim.inputs.root import shown
from sim.vocabulary.errors import InputError

REPAIR = "Correct the file."


def read_points(path: Path, factors: tuple[Factor, ...], most: int) -> tuple[tuple[Factor, ...], pd.DataFrame]:
    """The factors, those without levels or range with what the file says, and the table of points.

    The header holds the factors' names, in any order; `true` and `false` are flags. Raises InputError, with file and
    line, for other columns, cells that are empty or no value of their factor, and more than `most` points.
    """
    where = shown(path)
    lines = _lines(path, where)
    _, header = next(lines, (1, []))
    names = [name.strip() for name in header]
    _check_header(names, factors, where)
    columns = [_Column(factors[[one.name for one in factors].index(name)]) for name in names]
    points = 0
    for line, cells in lines:
        points += 1
        if points > most:
            raise InputError(where, f"these are more than {most:,} points", "Take fewer.")
        if len(cells) != len(columns):
            what = f"{len(cells)} cells below a header of {len(columns)}"
            raise InputError(f"{where}, line {line}", what, REPAIR)
        for column, cell in zip(columns, cells, strict=True):
            try:
                column.take(cell.strip())
            except Fault as fault:
                raise InputError(f"{where}, line {line}, {column.factor.name}", fault.what, fault.repair) from None
    if not points:
        raise InputError(where, "there is no point below the header", "Add a row a point.")
    done = {column.factor.name: column.finished() for column in columns}
    frame = pd.DataFrame({one.name: done[one.name][1] for one in factors})
    return tuple(done[one.name][0] for one in factors), frame.rename_axis("point")


class _Column:
    """What was read of one factor: numbers if it is a parameter or has a range, otherwise places among its levels."""

    def __init__(self, factor: Factor) -> None:
        self.factor = factor
        self.of_numbers = not factor.levels and (factor.parameter is not None or factor.range is not None)
        self.numbers = array("d")
        self.places = array("q")
        self.levels: dict[str, tuple[int, Level]] = {
            text_of(level): (place, level) for place, level in enumerate(factor.levels)
        }

    def take(self, cell: str) -> None:
        """Add a cell. Raises Fault."""
        if not cell:
            raise Fault("", "the cell is empty", "Write a value.")
        if self.of_numbers:
            self.numbers.append(self._number(cell))
            return
        if cell not in self.levels:
            level = typed(cell)
            known = text_of(level)
            if known not in self.levels:
                if self.factor.levels:
                    raise Fault("", f"{cell!r} is none of its levels", suggestion(cell, self.levels))
                self.levels[known] = (len(self.levels), level)
            cell = known
        self.places.append(self.levels[cell][0])

    def finished(self) -> tuple[Factor, pd.Series]:
        if self.of_numbers:
            return self.factor, pd.Series(np.array(self.numbers, np.float64), name=self.factor.name)
        factor = replace(self.factor, levels=tuple(level for _, level in self.levels.values()))
        return factor, factor.chosen(np.array(self.places, np.int64))

    def _number(self, cell: str) -> float:
        level = typed(cell)
        if isinstance(level, bool | str):
            raise Fault("", f"{cell!r} is not a number", "Write a number.")
        ends = self.factor.range
        if ends is not None and not ends[0] <= level <= ends[1]:
            raise Fault("", f"{cell} is outside the range {ends[0]:g} to {ends[1]:g}", "Write a number within it.")
        return float(level)


def typed(cell: str) -> Scalar:
    """A cell as a flag, a whole number, a number, or else a text. Raises Fault for nan and infinity."""
    if cell in ("true", "false"):
        return cell == "true"
    for kind in (int, float):
        try:
            number = kind(cell)
        except ValueError:
            continue
        if not math.isfinite(number):
            raise Fault("", f"{cell!r} is not a finite number", "Write a finite number.")
        return number
    return cell


def _lines(path: Path, where: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each with the line on which it ends."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield reader.line_num, row
    except FileNotFoundError:
        raise InputError(where, "there is no such file", "Check design.file.") from None
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InputError(where, "this cannot be read as CSV", "Give a text file in UTF-8 with commas.") from None


def _check_header(names: list[str], factors: tuple[Factor, ...], where: str) -> None:
    known = [factor.name for factor in factors]
    if not names:
        raise InputError(where, "the file is empty", "Write a header of the factors' names, and a row a point.")
    for place, name in enumerate(names):
        if name not in known:
            raise InputError(f"{where}, line 1", f"the column {name!r} is no factor", suggestion(name, known))
        if name in names[:place]:
            raise InputError(f"{where}, line 1", f"the column {name!r} stands there twice", "Remove one of the two.")
    for name in known:
        if name not in names:
            raise InputError(f"{where}, line 1", f"the factor {name!r} has no column", "Add it.")
