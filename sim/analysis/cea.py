"""All that `bmes cea` says of anybody's probabilistic analysis, put together from the functions beside this one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sim.analysis.acceptability import acceptability_frontier_of, acceptability_of
from sim.analysis.decisions import decide
from sim.analysis.draw_moments import draw_moments
from sim.analysis.evppi import chosen_names, evppi
from sim.analysis.expected_loss import expected_loss_of
from sim.analysis.incremental import incremental_analysis
from sim.analysis.information import evpi_of
from sim.analysis.psa_table import PsaTable

EVPPI_COLUMNS = ("parameters", "willingness_to_pay", "value", "se")


@dataclass(frozen=True, eq=False)
class Cea:
    """Frames of one analysis; strategies in the order of the table, which means nothing.

    incremental: as `incremental_analysis` of the mean costs and effects, in order of cost. acceptability: a row a
    threshold and strategy; willingness_to_pay, strategy, probability. frontier: a row a threshold; the strategy with
    the highest mean net benefit, and the probability that it has the highest. expected_loss: as acceptability, with
    loss. evpi: willingness_to_pay, evpi, se. evppi: parameters (a set as it was asked for), willingness_to_pay, value,
    se; no rows if none was asked for. Money is in the unit of the costs, for one person.
    """

    strategies: tuple[str, ...]
    draws: int
    incremental: pd.DataFrame
    acceptability: pd.DataFrame
    frontier: pd.DataFrame
    expected_loss: pd.DataFrame
    evpi: pd.DataFrame
    evppi: pd.DataFrame


def cea(table: PsaTable, willingness_to_pay: Sequence[float], sets: Mapping[str, Sequence[str]]) -> Cea:
    """Compare the strategies of `table`; `sets`: names of parameters by the label that their EVPPI gets.

    All names are looked up first, so that a wrong one is found before anything is calculated.
    Raises InputError for such a name and for a threshold that is negative or not finite.
    """
    if table.parameters is not None:
        known = [str(name) for name in table.parameters.columns]
        for names in sets.values():
            chosen_names(known, names)
    frames = [
        evppi(table, names, willingness_to_pay).assign(parameters=label)[list(EVPPI_COLUMNS)]
        for label, names in sets.items()
    ]
    decisions = decide(table, willingness_to_pay)
    means = draw_moments(table).means
    strategies = len(table.strategies)
    averages = {"strategy": list(table.strategies), "cost": means[:strategies], "effect": means[strategies:]}
    return Cea(
        strategies=table.strategies,
        draws=table.draws,
        incremental=incremental_analysis(pd.DataFrame(averages)),
        acceptability=acceptability_of(decisions),
        frontier=acceptability_frontier_of(decisions),
        expected_loss=expected_loss_of(decisions),
        evpi=evpi_of(decisions),
        evppi=pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(EVPPI_COLUMNS)),
    )


def parsed_set(text: str, known: Sequence[str]) -> list[str]:
    """The parameters that "a,b" names: one if there is one of this very name, else those between the commas."""
    if text in known:
        return [text]
    return [name for name in (part.strip() for part in text.split(",")) if name]
