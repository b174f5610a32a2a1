"""How patients move between health states from one look to the next: counts, and the table made from them."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from numba import njit

from sim.valuation.courses import BlockValue
from sim.valuation.curves import FLOW_MONTHS, HEALTH_STATES
from sim.vocabulary.events import HealthState

Counts = npt.NDArray[np.int64]

INTERVALS = len(FLOW_MONTHS) - 1
ENDED = HEALTH_STATES  # the place of those whose follow-up is over, who are -1 in `states_at`
_STATES = HEALTH_STATES + 1


def no_flows(strategies: int) -> Counts:
    """Zeros, shape (strategies, intervals, states, states): patients by their state at the start and at the end."""
    return np.zeros((strategies, INTERVALS, _STATES, _STATES), np.int64)


def flows_of(values: list[BlockValue]) -> Counts:
    """The counts of one block; `values` holds one element a strategy."""
    result = no_flows(len(values))
    for s, value in enumerate(values):
        _count(value.states_at, result[s])
    return result


@njit(cache=True, nogil=True)
def _count(states_at: npt.NDArray[np.int8], counts: Counts) -> None:
    """Add the moves of one strategy's patients, `states_at` with a column a look."""
    ended = counts.shape[1] - 1
    for i in range(states_at.shape[0]):
        for interval in range(counts.shape[0]):
            start, end = states_at[i, interval], states_at[i, interval + 1]
            counts[interval, start if start >= 0 else ended, end if end >= 0 else ended] += 1


def flow_frame(counts: Counts, strategies: list[str]) -> pd.DataFrame:
    """Long: strategy, from_months, to_months (since entry), from_state, to_state, patients.

    Every patient is in one row of each strategy and interval, the dead too. Moves that nobody made are left out, and so
    are intervals that end after the follow-up.
    """
    columns = ["strategy", "from_months", "to_months", "from_state", "to_state", "patients"]
    rows = [
        (strategy, *FLOW_MONTHS[interval : interval + 2], _name(start), _name(end), int(table[start, end]))
        for strategy, of_strategy in zip(strategies, counts, strict=True)
        for interval, table in enumerate(of_strategy)
        if not table[:, ENDED].any()
        for start, end in np.argwhere(table > 0)
    ]
    return pd.DataFrame(rows, columns=columns)


def _name(state: int) -> str:
    return HealthState(state).name.lower()
