"""How often each strategy has the highest net benefit (acceptability), and how often the one that should be chosen.

Acceptability curves: van Hout et al. 1994 (Health Economics 3:309-319); their frontier: Barton, Briggs and Fenwick 2008
(Value in Health 11:886-897).
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from sim.analysis.decisions import Decisions, decide
from sim.analysis.psa_table import PsaTable


def acceptability(table: PsaTable, willingness_to_pay: Iterable[float]) -> pd.DataFrame:
    """Share of draws in which a strategy has the highest net benefit, patient noise taken out; ties are shared.

    Long: willingness_to_pay, strategy, probability, standard_error, uncorrected (noise left in). Raises InputError.
    """
    return acceptability_of(decide(table, willingness_to_pay))


def acceptability_frontier(table: PsaTable, willingness_to_pay: Iterable[float]) -> pd.DataFrame:
    """The strategy with the highest mean net benefit, and the probability that it has the highest.

    A row a threshold: willingness_to_pay, strategy, probability. Of equal means the first in the table is taken.
    Raises InputError.
    """
    return acceptability_frontier_of(decide(table, willingness_to_pay))


def acceptability_of(decisions: Decisions) -> pd.DataFrame:
    """The frame of `acceptability`."""
    return pd.DataFrame(
        {
            **by_threshold_and_strategy(decisions),
            "probability": decisions.probability.ravel(),
            "standard_error": decisions.probability_error.ravel(),
            "uncorrected": decisions.uncorrected_probability.ravel(),
        }
    )


def acceptability_frontier_of(decisions: Decisions) -> pd.DataFrame:
    """The frame of `acceptability_frontier`."""
    return pd.DataFrame(
        {
            "willingness_to_pay": decisions.willingness_to_pay,
            "strategy": [decisions.strategies[place] for place in decisions.best],
            "probability": np.take_along_axis(decisions.probability, decisions.best[:, None], axis=1)[:, 0],
        }
    )


def by_threshold_and_strategy(decisions: Decisions) -> dict[str, object]:
    """The first two columns of a long frame: all strategies of the first threshold, then those of the second."""
    return {
        "willingness_to_pay": np.repeat(decisions.willingness_to_pay, len(decisions.strategies)),
        "strategy": list(decisions.strategies) * len(decisions.willingness_to_pay),
    }
