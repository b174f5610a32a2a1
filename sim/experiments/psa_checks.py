"""Whether what lies in the folder of a probabilistic analysis is whole, before anything is reckoned from it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.experiments.psa_results import DRAW
from sim.inputs.root import shown
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary.errors import InputError

_VALUE = {"willingness_to_pay", "value", "se", "method"}
TABLE_COLUMNS = {  # that reports read of what `bmes voi` adds; a table without them is of another version
    "evppi": _VALUE | {"parameters", "evpi"},
    "evsi": _VALUE | {"patients_per_arm", "arms", "outcome", "follow_up_months"},
    "enbs": _VALUE - {"value"} | {"patients_per_arm", "evsi_population", "cost_of_trial", "enbs", "best"},
    "population": _VALUE
    | {"quantity", "per_person", "people", "incidence_per_year", "horizon_years", "annual_discount_rate"},
}


def damaged(folder: Path, why: str) -> InputError:
    return InputError(shown(folder), f"this run is damaged ({' '.join(why.split())})", "Run the analysis again.")


@contextmanager
def whole(folder: Path) -> Iterator[None]:
    """Turns what stops the reading of files of `folder` into one line. Raises InputError."""
    try:
        yield
    except (OSError, ValueError) as error:  # pyarrow's own errors are of these kinds
        raise damaged(folder, str(error)) from None
    except KeyError as error:
        raise damaged(folder, f"there is no {error}") from None


def check_frames(
    folder: Path,
    strategies: Sequence[str],
    outcomes: pd.DataFrame,
    parameters: pd.DataFrame,
    noise: npt.NDArray[np.float64],
) -> None:
    """Raises InputError for frames that lack columns or rows: one row a draw, and one a draw and strategy of outcomes.

    noise: shape (draws, (2 strategies)^2).
    """
    unknown = [name for name in OUTCOME_NAMES if name not in outcomes]
    if unknown:
        what = f"this analysis was made by another version, which knew no outcome {unknown[0]!r}"
        raise InputError(shown(folder), what, "Run the analysis again.")
    if DRAW not in parameters or not {DRAW, "strategy"} <= set(outcomes):
        raise damaged(folder, "the numbers of its draws or the names of its strategies are gone")
    draws = len(parameters)
    if list(outcomes["strategy"]) != list(strategies) * draws:
        what = f"there are {len(outcomes)} rows of outcomes for {draws} draws of {len(strategies)} strategies"
        raise damaged(folder, what if len(outcomes) != draws * len(strategies) else "its strategies are out of order")
    if noise.shape != (draws, (2 * len(strategies)) ** 2):
        raise damaged(folder, f"the noise has {len(noise)} rows for {draws} draws")
