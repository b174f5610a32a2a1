"""What cannot be true together in one row of a patient file: each rule over many rows at once.

Only what a file gives is held against each other; an open cell contradicts nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.inputs.population_cells import RANGES, SILENT_CODE
from sim.vocabulary.enums import Aetiology, Bone, Job, Sex, Site

Flags = npt.NDArray[np.bool_]

YOUNGEST_MOTHER_YEARS, OLDEST_MOTHER_YEARS = 12.0, 55.0
BONES = {
    Site.HIP: (Bone.FEMORAL_HEAD, Bone.FEMORAL_NECK),
    Site.KNEE: (Bone.MEDIAL_CONDYLE, Bone.LATERAL_CONDYLE, Bone.TIBIAL_PLATEAU),
    Site.FOOT: (Bone.TALUS, Bone.CALCANEUS, Bone.CUBOID, Bone.NAVICULAR, Bone.DISTAL_TIBIA),
    Site.OTHER: (Bone.HUMERAL_HEAD, Bone.GLENOID),
}


class Rows:
    """The columns of some rows; a column that the file has not is open in every row."""

    def __init__(self, values: Mapping[str, npt.NDArray[Any]]) -> None:
        self._values = values
        self._count = len(next(iter(values.values())))

    def __getitem__(self, column: str) -> npt.NDArray[Any]:
        if column in self._values:
            return self._values[column]
        return np.full(self._count, np.nan if column in RANGES else SILENT_CODE)

    def given(self, column: str) -> Flags:
        """Where the cell holds something."""
        values = self[column]
        filled: Flags = ~np.isnan(values) if column in RANGES else values != SILENT_CODE
        return filled


@dataclass(frozen=True)
class RowRule:
    """`fault` names the column and what is wrong; `breaks` is true in the rows that break the rule.

    The rule is looked at only where the file has `column`.
    """

    column: str
    fault: str
    breaks: Callable[[Rows], Flags]

    def broken(self, values: Mapping[str, npt.NDArray[Any]]) -> list[int]:
        """The rows that break the rule."""
        if self.column not in values:
            return []
        return [int(row) for row in np.flatnonzero(self.breaks(Rows(values)))]


def _pregnant(rows: Rows) -> Flags:
    pregnant: Flags = rows["aetiology"] == Aetiology.PREGNANCY
    return pregnant


def _not_at_its_site(rows: Rows) -> Flags:
    wrong = np.zeros(len(rows["bone"]), bool)
    for site, bones in BONES.items():
        wrong |= (rows["site"] == site) & rows.given("bone") & ~np.isin(rows["bone"], bones)
    return wrong


def _outside_the_ages_of_mothers(rows: Rows) -> Flags:
    ages = rows["age_years"]
    outside: Flags = _pregnant(rows) & ((ages < YOUNGEST_MOTHER_YEARS) | (ages > OLDEST_MOTHER_YEARS))
    return outside


ROW_RULES = (
    RowRule("bone", "bone: this bone is not at that site", _not_at_its_site),
    RowRule(
        "aetiology",
        "aetiology: pregnancy goes with sex = female",
        lambda rows: _pregnant(rows) & (rows["sex"] == Sex.MALE),
    ),
    RowRule(
        "aetiology",
        f"aetiology: pregnancy goes with an age of {YOUNGEST_MOTHER_YEARS:g} to {OLDEST_MOTHER_YEARS:g} years",
        _outside_the_ages_of_mothers,
    ),
    RowRule(
        "gestational_week",
        "gestational_week: it goes with aetiology = pregnancy",
        lambda rows: rows.given("gestational_week") & ~_pregnant(rows),
    ),
    RowRule(
        "breastfeeding_months",
        "breastfeeding_months: it goes with aetiology = pregnancy",
        lambda rows: rows.given("breastfeeding_months") & ~_pregnant(rows),
    ),
    RowRule(
        "childbearing_wish",
        "childbearing_wish: yes goes with sex = female, and not with a pregnancy",
        lambda rows: (rows["childbearing_wish"] == 1) & ((rows["sex"] == Sex.MALE) | _pregnant(rows)),
    ),
    RowRule(
        "weekly_hours",
        "weekly_hours: more than 0 goes with a job other than none",
        lambda rows: (rows["weekly_hours"] > 0.0) & ~(rows["job"] > Job.NONE),
    ),
)
