"""All that `bmes cea` says of anybody's probabilistic analysis, put together from the functions beside this one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sim.analysis.acceptability import acceptability_frontier_of, acceptability_of
from sim.analysis.decisions import Decisions, decide
from sim.analysis.draw_moments import DrawMoments, contrast, covariance_of_means, draw_moments, variance_of
from sim.analysis.evppi import chosen_names, evppi
from sim.analysis.expected_loss import expected_loss_of
from sim.analysis.icer_error import fieller_limits, of_pair
from sim.analysis.incremental import incremental_analysis
from sim.analysis.information import evpi_of
from sim.analysis.psa_table import PsaTable

EVPPI_COLUMNS = ["parameters", "willingness_to_pay", "value", "se"]


@dataclass(frozen=True, eq=False)
class Cea:
    """Frames of one analysis; strategies in the order of the table, which means nothing.

    incremental: as `incremental_analysis` of the mean costs and effects, in order of cost, with the standard errors
    cost_se, effect_se, incremental_cost_se, incremental_effect_se (the last two of paired differences to next_to) and
    icer_low, icer_high, 95 % by Fieller's theorem (`fieller_limits`). net_benefit: a row a threshold and strategy;
    willingness_to_pay, strategy, net_benefit (mean), standard_error, behind (by how much the best has more), behind_se
    (of paired differences). acceptability: the same rows with probability. expected_loss: with loss. frontier: a row a
    threshold; the strategy with the highest mean net benefit, and the probability that it has the highest. evpi:
    willingness_to_pay, evpi, se. evppi: parameters (a set as it was asked for), willingness_to_pay, value, se; no rows
    if none was asked for. Money is in the unit of the costs, for one person.
    """

    strategies: tuple[str, ...]
    draws: int
    incremental: pd.DataFrame
    net_benefit: pd.DataFrame
    acceptability: pd.DataFrame
    frontier: pd.DataFrame
    expected_loss: pd.DataFrame
    evpi: pd.DataFrame
    evppi: pd.DataFrame


def cea(table: PsaTable, willingness_to_pay: Sequence[float], sets: Mapping[str, Sequence[str]]) -> Cea:
    """Compare the strategies of `table`; `sets`: names of parameters by the label that their EVPPI gets.

    All names are looked up first, so that a wrong one is found before anything is calculated. Of strategies that are
    equal the first by name counts, so that the order of columns decides nothing.
    Raises InputError for such a name and for a threshold that is negative or too large.
    """
    if table.parameters is not None:
        known = [str(name) for name in table.parameters.columns]
        for names in sets.values():
            chosen_names(known, names)
    decisions = decide(table, willingness_to_pay)
    frames = [
        evppi(table, names, willingness_to_pay, perfect=decisions.evpi.tolist()).assign(parameters=label)
        for label, names in sets.items()
    ]
    moments = draw_moments(table)
    return Cea(
        strategies=table.strategies,
        draws=table.draws,
        incremental=_incremental(table, moments),
        net_benefit=_net_benefit(table, moments, decisions),
        acceptability=acceptability_of(decisions),
        frontier=acceptability_frontier_of(decisions),
        expected_loss=expected_loss_of(decisions),
        evpi=evpi_of(decisions),
        evppi=(pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=EVPPI_COLUMNS))[EVPPI_COLUMNS],
    )


def _incremental(table: PsaTable, moments: DrawMoments) -> pd.DataFrame:
    size = len(table.strategies)
    means = pd.DataFrame(
        {"strategy": list(table.strategies), "cost": moments.means[:size], "effect": moments.means[size:]}
    )
    frame = incremental_analysis(means.sort_values("strategy"))
    rows = []
    for strategy, next_to in zip(frame["strategy"], frame["next_to"], strict=True):
        place = table.place(strategy)
        row = {}
        for name, effect, cost in (("cost", 0.0, 1.0), ("effect", 1.0, 0.0)):
            row[f"{name}_se"] = _error(table, moments, place, None, effect, cost)
            row[f"incremental_{name}_se"] = math.nan
            if isinstance(next_to, str):
                row[f"incremental_{name}_se"] = _error(table, moments, place, table.place(next_to), effect, cost)
        rows.append(row)
    limits = pd.DataFrame(fieller_limits(frame, table, moments), columns=["icer_low", "icer_high"], dtype=float)
    return frame.join([pd.DataFrame(rows), limits])


def _net_benefit(table: PsaTable, moments: DrawMoments, decisions: Decisions) -> pd.DataFrame:
    size = len(table.strategies)
    rows = []
    for w, losses, best in zip(decisions.willingness_to_pay.tolist(), decisions.loss, decisions.best, strict=True):
        for place, strategy in enumerate(table.strategies):
            rows.append(
                {
                    "willingness_to_pay": w,
                    "strategy": strategy,
                    "net_benefit": float(w * moments.means[size + place] - moments.means[place]),
                    "standard_error": _error(table, moments, place, None, w, -1.0),
                    "behind": float(losses[place] - losses[best]),  # summed draw by draw, so with all its digits
                    "behind_se": _error(table, moments, place, int(best), w, -1.0),
                }
            )
    return pd.DataFrame(rows)


def _error(table: PsaTable, moments: DrawMoments, strategy: int, base: int | None, effect: float, cost: float) -> float:
    """Standard error of the mean of `effect` x effect + `cost` x cost, less that of `base` if there is one."""
    pair = strategy, strategy if base is None else base
    _, covariance = of_pair(moments.means, covariance_of_means(table, moments), pair)
    return math.sqrt(variance_of(contrast(2, 0, None if base is None else 1, effect, cost), covariance))


def parsed_set(text: str, known: Sequence[str]) -> list[str]:
    """The parameters that "a,b" names: one if there is one of this very name, else those between the commas."""
    if text in known:
        return [text]
    return [name for name in (part.strip() for part in text.split(",")) if name]
