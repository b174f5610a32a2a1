"""Sheets made from frames as they are: strategies by their titles, money and QALYs in formats of their own."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.report.sheet import Column, Place, Sheet
from sim.report.subject import Subject

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = ("_standard_error", "_error_of_mean", "_low", "_high", "_se", "_half", "_other")
NAMED = ("strategy", "comparator", "next_to", "best", "best_for_all", "second", "against", "below", "above")
KINDS = {
    "cost": "money",
    "effect": "qalys",
    "incremental_cost": "money",
    "incremental_effect": "qalys",
    "icer": "money",
    "icer_fieller": "money",
    "icer_bootstrap": "money",
    "icer_parameters": "money",
    "net_benefit": "money",
    "net_benefit_gain": "money",
    "gain": "money",
    "change": "money",
    "lead": "money",
    "loss": "small money",
    "evpi": "small money",
    "se": "small money",
    "uncorrected": "small money",
    "value": "plain",
    "probability": "share",
    "willingness_to_pay": "money",
    "patients": "whole",
    "share": "share",
    "enbs": "money",
    "evsi_population": "money",
    "cost_of_trial": "money",
}


def frame_table(
    sheet: Sheet,
    subject: Subject,
    frame: "pd.DataFrame",
    kinds: Mapping[str, str] | None = None,
    frozen_columns: int = 1,
) -> Place:
    """Write a frame below what is there, with filters if it is the first; `kinds` go before those known by name."""
    names = [str(name) for name in frame.columns]
    columns = [Column(name.replace("_", " "), kind_of(name, {**KINDS, **(kinds or {})})) for name in names]
    values = [_values(subject, name, frame[name].tolist()) for name in names]
    place = sheet.table(columns, list(zip(*values, strict=True)), frozen_columns=frozen_columns)
    if len(frame) and place.first_row <= FIRST_BODY_ROW:
        sheet.filtered(place, len(columns))
    return place


FIRST_BODY_ROW = 4  # of the first table of a sheet


def kind_of(name: str, kinds: Mapping[str, str]) -> str:
    """The format of a column: its own, or that of what it is the error or the end of."""
    for ending in ("", *ENDINGS):
        if name.endswith(ending) and name.removesuffix(ending) in kinds:
            return kinds[name.removesuffix(ending)]
    return "plain"


def _values(subject: Subject, name: str, values: Sequence[Any]) -> list[Any]:
    titles = {key: one.title for key, one in subject.inputs.strategies.items()}
    if name in NAMED:
        return ["" if _missing(value) else titles.get(str(value), str(value)) for value in values]
    return [None if _missing(value) else value for value in values]


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
