"""What is lost on average by choosing a strategy that is not the best in every draw: expected-loss curves.

Alarid-Escudero et al. 2019 (Value in Health 22:611-618). The lowest curve is the value of perfect information.
"""

from collections.abc import Iterable

import pandas as pd

from sim.analysis.acceptability import by_threshold_and_strategy
from sim.analysis.decisions import Decisions, decide
from sim.analysis.psa_table import PsaTable


def expected_loss(table: PsaTable, willingness_to_pay: Iterable[float]) -> pd.DataFrame:
    """Mean of the highest net benefit of a draw less that of the strategy, patient noise taken out.

    Long: willingness_to_pay, strategy, loss, standard_error, in the unit of the costs. Raises InputError.
    """
    return expected_loss_of(decide(table, willingness_to_pay))


def expected_loss_of(decisions: Decisions) -> pd.DataFrame:
    """The frame of `expected_loss`."""
    return pd.DataFrame(
        {
            **by_threshold_and_strategy(decisions),
            "loss": decisions.loss.ravel(),
            "standard_error": decisions.loss_error.ravel(),
        }
    )
