"""What a run keeps of single patients on request: their outcomes, and their histories with names instead of numbers."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.experiments.blocks import BlockResult
from sim.inputs.model_inputs import ModelInputs
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary import enums, events
from sim.vocabulary.records import COMORBIDITIES, HISTORY, OTHER_YES_OR_NO, PATIENT

NAMED_ATTRIBUTES: dict[str, type[IntEnum]] = {
    "sex": enums.Sex,
    "aetiology": enums.Aetiology,
    "bone_density": enums.BoneDensity,
    "body_mass": enums.BodyMass,
    "kidney": enums.Kidney,
    "job": enums.Job,
}
NAMED_OF_THE_FIRST_LESION: dict[str, type[IntEnum]] = {"site": enums.Site, "bone": enums.Bone, "side": enums.Side}
NUMBERS = (
    "age_years",
    "vitamin_d_ng_per_ml",
    "entry_pain",
    "weekly_hours",
    "first_contact_years",
    "diagnosis_years",
    "entry_years",
    "delivery_years",  # inf here and below: never
    "breastfeeding_end_years",
    "growth_plates_close_years",
)
YES_OR_NO = (*COMORBIDITIES, *OTHER_YES_OR_NO, "wrong_diagnosis", "relabelled")


def patient_frame(blocks: Sequence[BlockResult], inputs: ModelInputs) -> pd.DataFrame:
    """A row a strategy and patient, sorted so: strategy, patient_id, attributes at entry, every outcome."""
    people = np.concatenate([np.empty(0, PATIENT), *(block.patients for block in blocks if block.patients is not None)])
    attributes = _attributes(people)
    tables = []
    for number, strategy in enumerate(inputs.strategies):
        outcomes = np.concatenate([block.values[number].outcomes for block in blocks])
        columns = {name: outcomes[name] for name in OUTCOME_NAMES}
        tables.append(pd.DataFrame({"strategy": strategy, **attributes, **columns}))
    return pd.concat(tables, ignore_index=True)


def _attributes(people: npt.NDArray[Any]) -> dict[str, Any]:
    first_lesion = people["lesions"][:, 0]
    columns: dict[str, Any] = {"patient_id": people["patient_id"]}
    columns |= {name: named(first_lesion[name], members) for name, members in NAMED_OF_THE_FIRST_LESION.items()}
    columns |= {name: named(people[name], members) for name, members in NAMED_ATTRIBUTES.items()}
    columns |= {name: people[name] for name in NUMBERS}
    columns |= {name: people[name] != 0 for name in YES_OR_NO}
    return columns


def history_frame(blocks: Sequence[BlockResult], inputs: ModelInputs) -> pd.DataFrame:
    """The rows of all courses, sorted by strategy, patient and row."""
    histories = [block.histories[s] for s in range(len(inputs.strategies)) for block in blocks]
    return with_names(np.concatenate([np.empty(0, HISTORY), *histories]), inputs)


def with_names(rows: npt.NDArray[Any], inputs: ModelInputs) -> pd.DataFrame:
    """HISTORY rows as a frame: its columns, and `row`, the number of the row in its course.

    Strategy, treatment, event, health state and site are named; -1 is a missing value. `status` stays a number of bits.
    """
    names = {
        "strategy": list(inputs.strategies),
        "treatment": list(inputs.treatments),
        "event": lower_names(events.Event),
        "health_state": lower_names(events.HealthState),
        "site": lower_names(enums.Site),
    }
    columns: dict[str, Any] = {
        "strategy": pd.Categorical.from_codes(rows["strategy"], names["strategy"]),
        "patient_id": rows["patient_id"],
        "row": _row_numbers(rows),
    }
    for name in HISTORY.names or ():
        if name not in columns:
            column = rows[name]
            columns[name] = pd.Categorical.from_codes(column.astype(np.int16), names[name]) if name in names else column
    return pd.DataFrame(columns)


def _row_numbers(rows: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """0, 1, 2, ... within each course."""
    places = np.arange(len(rows))
    begins = np.ones(len(rows), bool)
    begins[1:] = (rows["patient_id"][1:] != rows["patient_id"][:-1]) | (rows["strategy"][1:] != rows["strategy"][:-1])
    return places - np.maximum.accumulate(np.where(begins, places, 0))


def named(codes: npt.NDArray[Any], members: type[IntEnum]) -> pd.Categorical:
    """Codes of an enum, from 0 without gaps, as its lower-case names."""
    return pd.Categorical.from_codes(codes.astype(np.int16), lower_names(members))


def lower_names(members: type[IntEnum]) -> list[str]:
    return [member.name.lower() for member in members]
