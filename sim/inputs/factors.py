"""What a sweep varies: a parameter or a field of a file, and the values that it takes along the unit interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inputs.document import Fault

Floats = npt.NDArray[np.float64]
Scalar = bool | int | float | str
Level = Scalar | tuple[Scalar, ...]

KINDS = ("parameter", "treatment", "strategy", "population", "setting", "structure", "scenario")
LINEAR, LOG = "linear", "log"
JOINED_BY = " + "  # between the elements of a level that is a list
LARGEST_WHOLE = 2**53  # all whole numbers up to here are floating-point numbers, too
ON_AN_EDGE = 1e-9  # of a piece of the unit interval: 2/3 of three pieces is the third, whatever its last bit


@dataclass(frozen=True)
class Factor:
    """One thing that is varied.

    kind, target: what is varied, as written in the file. `levels`, or a range from `low` to `high` that is even on
    `scale`; `steps` is the number of its values on a grid. Neither: the numbers of a list. parameter: the quantity over
    which the value is laid at each point; None for what is decided when the inputs are loaded.
    """

    name: str
    kind: str
    target: str
    levels: tuple[Level, ...] = ()
    low: float | None = None
    high: float | None = None
    scale: str = LINEAR
    steps: int | None = None
    parameter: str | None = None

    @property
    def range(self) -> tuple[float, float] | None:
        """Both ends; None for levels and for the numbers of a list."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def cells(self) -> tuple[Scalar, ...]:
        """The levels as the design table holds them: themselves if all are numbers or all are flags, else as text."""
        if not any(isinstance(level, tuple) for level in self.levels):
            flags = [isinstance(level, bool) for level in self.levels]
            texts = [isinstance(level, str) for level in self.levels]
            if all(flags) or not any(flags + texts):
                return tuple(level for level in self.levels if not isinstance(level, tuple))
        return tuple(text_of(level) for level in self.levels)

    def column(self, cells: Sequence[Scalar] | npt.NDArray[Any]) -> pd.Series:
        """Cells of this factor as a column of their own type."""
        known = self.cells
        if not known or (not isinstance(known[0], str | bool) and any(isinstance(cell, float) for cell in known)):
            return pd.Series(np.asarray(cells, np.float64), name=self.name)
        return pd.Series(cells, name=self.name)

    def at(self, units: Floats) -> pd.Series:
        """The column for places in the unit interval, shape (points,): a range by its scale, levels in equal pieces."""
        units = np.clip(units, 0.0, 1.0)
        if self.range is None:
            pieces = np.floor(units * len(self.levels) + ON_AN_EDGE).astype(np.int64)
            return self.chosen(np.minimum(pieces, len(self.levels) - 1))
        low, high = self.range
        values = low * (high / low) ** units if self.scale == LOG else low + (high - low) * units
        return self.column(np.where(units == 1.0, high, np.clip(values, low, high)))

    def chosen(self, places: npt.NDArray[np.int64]) -> pd.Series:
        """The column of the levels at `places`, counted from 0."""
        cells = self.column(self.cells)
        return cells.iloc[places].reset_index(drop=True)

    def units_of(self, column: Sequence[Any] | pd.Series) -> Floats:
        """The places in the unit interval of a column's cells: levels at the middle of their pieces."""
        if self.range is None:
            places = {cell: (place + 0.5) / len(self.levels) for place, cell in enumerate(self.cells)}
            return np.array([places[plain(cell)] for cell in column])
        low, high = self.range
        values = np.asarray(column, np.float64)
        if self.scale == LOG:
            values, low, high = np.log(values), math.log(low), math.log(high)
        return np.clip((values - low) / (high - low), 0.0, 1.0)

    def on_a_grid(self) -> pd.Series:
        """The column of its values on a grid, in their order."""
        if self.range is None:
            return self.column(self.cells)
        return self.at(np.linspace(0.0, 1.0, self.steps or 2))

    def level_of(self, cell: Any) -> Level:
        """The value that a cell of the design table stands for. Raises KeyError for a cell that is no level."""
        cell = plain(cell)
        if not self.levels:
            return float(cell)
        for level, known in zip(self.levels, self.cells, strict=True):
            if known == cell:
                return level
        raise KeyError(f"{cell!r} is no level of {self.name!r}")


def plain(cell: Any) -> Any:
    """A cell of a table as Python's own number, flag or text."""
    return cell.item() if isinstance(cell, np.generic) else cell


def text_of(level: Level) -> str:
    """A level as a text."""
    if isinstance(level, tuple):
        return JOINED_BY.join(text_of(element) for element in level)
    if isinstance(level, bool):
        return "true" if level else "false"
    return repr(level).removesuffix(".0") if isinstance(level, float) else str(level)


def checked_level(value: Any) -> Level:
    """A number, flag or text, or a list of them. Raises Fault."""
    if isinstance(value, list | tuple):
        if not value:
            raise Fault("", "the list is empty", "Write at least one element.")
        elements = [checked_level(element) for element in value]
        if any(isinstance(element, tuple) for element in elements):
            raise Fault("", "a list within a list is no level", "Write numbers, texts, true or false.")
        return tuple(element for element in elements if not isinstance(element, tuple))
    if isinstance(value, float) and not math.isfinite(value):
        raise Fault("", f"{value!r} is not a finite number", "Write a finite number.")
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise Fault("", f"{value} is too large", "Write a smaller number.")
    if not isinstance(value, bool | int | float | str) or value == "":
        raise Fault("", f"{value!r} is no level", "Write a number, a text, true or false.")
    return value


def checked_levels(value: Any) -> tuple[Level, ...]:
    """Levels of which no two are the same. Raises Fault."""
    if not isinstance(value, list | tuple) or not value:
        raise Fault("", f"{value!r} is no list of levels", "Write a list, such as [1, 2].")
    levels = tuple(checked_level(level) for level in value)
    seen: set[str] = set()
    for place, level in enumerate(levels):
        if level in levels[:place] or text_of(level) in seen:
            raise Fault("", f"{text_of(level)!r} stands there twice", "Remove one of the two.")
        seen.add(text_of(level))
    return levels
