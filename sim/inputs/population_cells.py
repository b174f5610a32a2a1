"""The cells of a patient file, a column of many rows at once: numbers of a range, and names of closed lists."""

from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.inputs.document import nearest
from sim.vocabulary.enums import Aetiology, BodyMass, Bone, BoneDensity, Job, Kidney, Sex, Side, Site
from sim.vocabulary.records import COMORBIDITIES, OTHER_YES_OR_NO

REQUIRED = ("age_years", "sex", "site")
RANGES = {
    "age_years": (0.0, 120.0),  # at symptom onset
    "vitamin_d_ng_per_ml": (1.0, 200.0),
    "entry_pain": (0.0, 10.0),  # NRS
    "weekly_hours": (0.0, 100.0),  # of paid work
    "gestational_week": (1.0, 40.0),  # at symptom onset
    "breastfeeding_months": (0.0, 60.0),  # after the delivery; 0: not at all
    "growth_plates_close_age_years": (8.0, 25.0),
}
YES_OR_NO = {"yes": 1, "no": 0, "1": 1, "0": 0, "true": 1, "false": 0}
CODES: dict[str, dict[str, int]] = {
    column: {one.name.lower(): int(one) for one in members}
    for column, members in {
        "sex": tuple(Sex),
        "site": tuple(Site),
        "bone": tuple(Bone),
        "side": tuple(Side),
        "aetiology": tuple(Aetiology),
        "bone_density": tuple(BoneDensity),
        "body_mass": tuple(BodyMass),
        "kidney": tuple(Kidney),
        "job": tuple(Job),
    }.items()
} | dict.fromkeys((*COMORBIDITIES, *OTHER_YES_OR_NO), YES_OR_NO)
SILENT_CODE = -1  # an attribute that the file leaves open; an open number is nan
UNKNOWN_CODE = -2  # while reading: a name that is not on the list

Cells = tuple[npt.NDArray[Any], list[int]]  # values, and which rows could not be read (they are left open)


class NumberCells:
    """Reads the cells of `column` as numbers from `low` to `high`."""

    def __init__(self, column: str, low: float, high: float) -> None:
        self.column, self.low, self.high = column, low, high

    def read(self, cells: list[str]) -> Cells:
        """float64, nan where a cell of an optional column is empty; and the rows with a fault."""
        try:
            values = np.array([float(cell) if cell else np.nan for cell in cells])
        except ValueError:  # somewhere there is a text: look at each cell by itself
            values = np.array([_number_or_nan(cell) for cell in cells])
        inside = (values >= self.low) & (values <= self.high)  # false for nan, the word nan included
        wrong = [int(row) for row in np.flatnonzero(~inside) if self.column in REQUIRED or cells[row].strip()]
        values[wrong] = np.nan
        return values, wrong

    def fault(self, cell: str) -> str:
        """What is wrong with `cell`."""
        try:
            float(cell)
        except ValueError:
            return f"{cell!r} is not a number"
        return f"{cell!r} is not between {self.low:g} and {self.high:g}"


class CodeCells:
    """Reads the cells of `column` as names of its closed list."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.codes = CODES[column]
        self.known = self.codes if column in REQUIRED else self.codes | {"": SILENT_CODE}

    def read(self, cells: list[str]) -> Cells:
        """int8 codes, -1 where a cell of an optional column is empty; and the rows with a fault."""
        values = np.fromiter(map(self.known.get, cells, repeat(UNKNOWN_CODE)), np.int8, len(cells))
        wrong = []
        for row in np.flatnonzero(values == UNKNOWN_CODE):
            values[row] = self.known.get(cells[row].strip(), UNKNOWN_CODE)
            if values[row] == UNKNOWN_CODE:
                wrong.append(int(row))
        values[wrong] = SILENT_CODE
        return values, wrong

    def fault(self, cell: str) -> str:
        """What is wrong with `cell`, and the nearest name."""
        close = nearest(cell, self.codes)
        hint = f"did you mean {close!r}?" if close else f"write one of {', '.join(self.codes)}"
        return f"{cell!r} is not known, {hint}"


def _number_or_nan(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return np.nan
