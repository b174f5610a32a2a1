"""Expected value of perfect information: what a decision would gain, on average, if all parameters were known.

EVPI = E[max net benefit] - max E[net benefit] (Claxton 1999, Journal of Health Economics 18:341-364), for one person.
"""

from collections.abc import Iterable

import pandas as pd

from sim.analysis.decisions import Decisions, decide
from sim.analysis.psa_table import PsaTable


def evpi(table: PsaTable, willingness_to_pay: Iterable[float]) -> pd.DataFrame:
    """The expected value of perfect information at each threshold, patient noise taken out.

    A row a threshold: willingness_to_pay, evpi, se, uncorrected (noise left in), in the unit of the costs. The standard
    error is that of the mean of paired differences, the best of each draw less the best on average; with noise it
    holds what the correction costs. With few draws the estimate is a little low, since the strategy that is best on
    average is chosen on the same draws. Raises InputError.
    """
    return evpi_of(decide(table, willingness_to_pay))


def evpi_of(decisions: Decisions) -> pd.DataFrame:
    """The frame of `evpi`."""
    return pd.DataFrame(
        {
            "willingness_to_pay": decisions.willingness_to_pay,
            "evpi": decisions.evpi,
            "se": decisions.evpi_error,
            "uncorrected": decisions.uncorrected_evpi,
        }
    )
