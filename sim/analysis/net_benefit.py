"""Net monetary benefit at given willingness to pay, with the Monte Carlo standard errors of means and of increments."""

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from sim.vocabulary.errors import InputError

COLUMNS = ("cost", "effect", "cost_standard_error", "effect_standard_error", "covariance")


def net_benefit_standard_error(
    willingness_to_pay: float, cost_standard_error: float, effect_standard_error: float, covariance: float
) -> float:
    """sqrt(w^2 var(effect) + var(cost) - 2 w covariance), of means whose covariance is that of the means too."""
    variance = (
        (willingness_to_pay * effect_standard_error) ** 2
        + cost_standard_error**2
        - 2.0 * willingness_to_pay * covariance
    )
    return math.sqrt(max(variance, 0.0))


def net_benefit(
    means: pd.DataFrame, increments: pd.DataFrame, willingness_to_pay: Iterable[float], comparator: str
) -> pd.DataFrame:
    """Net monetary benefit = willingness to pay x effect - cost, of each strategy and of its increment.

    `means`: a row a strategy, columns strategy, cost, effect, cost_standard_error, effect_standard_error, covariance
    (of mean cost and mean effect). `increments`: the same of the paired differences strategy minus comparator, with a
    column comparator; rows of other comparators are left aside.

    Long: strategy, willingness_to_pay, net_monetary_benefit, standard_error, incremental_vs_comparator,
    incremental_standard_error (0 for the comparator itself). Raises InputError for a missing column or increment.
    """
    for name, table, extra in (("means", means, ()), ("increments", increments, ("comparator",))):
        missing = [column for column in ("strategy", *extra, *COLUMNS) if column not in table.columns]
        if missing:
            raise InputError(f"net benefit, {name}", f"the column {missing[0]!r} is missing", "Add it.")
    differences = {row["strategy"]: row for row in _rows(increments[increments["comparator"] == comparator])}
    rows = []
    for mean in _rows(means):
        strategy = mean["strategy"]
        if strategy != comparator and strategy not in differences:
            what = f"there is no increment of {strategy!r} to {comparator!r}"
            raise InputError("net benefit, increments", what, "Add its row.")
        for threshold in willingness_to_pay:
            gain, gain_error = (
                (0.0, 0.0) if strategy == comparator else _benefit_and_error(differences[strategy], threshold)
            )
            benefit, error = _benefit_and_error(mean, threshold)
            rows.append(
                {
                    "strategy": strategy,
                    "willingness_to_pay": float(threshold),
                    "net_monetary_benefit": benefit,
                    "standard_error": error,
                    "incremental_vs_comparator": gain,
                    "incremental_standard_error": gain_error,
                }
            )
    return pd.DataFrame(rows)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_dict("records")
    return rows


def _benefit_and_error(row: dict[str, Any], threshold: float) -> tuple[float, float]:
    error = net_benefit_standard_error(
        threshold, row["cost_standard_error"], row["effect_standard_error"], row["covariance"]
    )
    return threshold * row["effect"] - row["cost"], error
