"""One person under several strategies, with everything that a readable story needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import pandas as pd

from sim.engines.history import simulate_block
from sim.experiments.blocks import ENGINES, Study, prepared
from sim.experiments.kept import with_names
from sim.inputs.document import suggestion
from sim.inputs.root import data_root
from sim.inputs.scenario import LARGEST_PATIENTS, Scenario, with_overrides
from sim.inputs.strategies import load_strategies
from sim.valuation.courses import value_block
from sim.vocabulary.errors import InputError


@dataclass(frozen=True)
class Course:
    """One strategy for one person: his PATIENT record at entry, his HISTORY rows, his OUTCOME record."""

    strategy: str
    patient: npt.NDArray[Any]
    history: npt.NDArray[Any]
    outcomes: npt.NDArray[Any]

    def frame(self, study: Study) -> pd.DataFrame:
        """The rows with names instead of numbers."""
        return with_names(self.history, study.inputs)


def trace(
    scenario: Scenario, patient: int, strategies: Sequence[str], engine: str = "simpy"
) -> tuple[Study, list[Course]]:
    """The courses of the person of that number, the same as in a run of `scenario`, under any shipped strategies.

    Raises InputError for a number that no patient can have or a strategy that does not exist.
    """
    if not 0 <= patient < LARGEST_PATIENTS:
        raise InputError(
            "--patient", f"{patient} does not fit here", f"Write a number from 0 to {LARGEST_PATIENTS - 1}."
        )
    names = list(dict.fromkeys(strategies or [scenario.comparator]))
    known = load_strategies(data_root())
    for name in names:
        if name not in known:
            raise InputError("--strategy", f"there is no strategy {name!r}", suggestion(name, known))
    study = prepared(with_overrides(scenario, strategies=names, comparator=names[0]), engine)
    block = simulate_block(ENGINES[engine](), study.tables, patient, 1, study.population)
    values = [value_block(history, block.patients, study.tariff) for history in block.histories]
    return study, [
        Course(name, block.patients[0], history, value.outcomes[0])
        for name, history, value in zip(names, block.histories, values, strict=True)
    ]
