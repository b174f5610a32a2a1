"""How much of something a strategy may use before its net benefit over the comparator is gone.

The net monetary benefit is a straight line in the amount used of one item when each unit of it costs the same: such an
item are the scans of people who turn out not to have the disease, which every case has to bear.
"""

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from sim.vocabulary.errors import InputError

SURE = 1.959963984540054  # normal quantile of a 95 % interval
COLUMNS = (
    "strategy",
    "comparator",
    "amount_now",
    "price",
    "cost",
    "effect",
    "use",
    "cost_variance",
    "effect_variance",
    "use_variance",
    "cost_effect_covariance",
    "cost_use_covariance",
    "effect_use_covariance",
)


def break_even(increments: pd.DataFrame, willingness_to_pay: Iterable[float]) -> pd.DataFrame:
    """Where the net monetary benefit gained over the comparator is 0, in the amount of an item that a case uses.

    `increments`: a row a strategy; cost and effect are increments to the comparator at the amount `amount_now`, `use`
    is how often (discounted) the amount is paid by a patient, `price` what one unit costs. Variances and covariances
    are those of the means. Then the gain at amount n is w effect - cost - price use (n - amount_now).

    Long: strategy, comparator, willingness_to_pay, amount_now, price, gain_now, break_even, low, high. `low` and `high`
    bound the amounts whose gain is within 1.96 standard errors of 0 (Fieller 1954, Journal of the Royal Statistical
    Society B 16:175-185); an amount below 0 is cut to 0. All three are nan where the gain is 0 at no
    amount above 0 or does not depend on it. Raises InputError for a missing column.
    """
    rows = []
    for row in _checked(increments):
        for threshold in willingness_to_pay:
            gain = threshold * row["effect"] - row["cost"]
            slope = row["price"] * row["use"]
            amount = row["amount_now"] + gain / slope if slope > 0.0 else math.nan
            low, high = _limits(row, threshold, gain, slope) if amount > 0.0 else (math.nan, math.nan)
            rows.append(
                {
                    "strategy": row["strategy"],
                    "comparator": row["comparator"],
                    "willingness_to_pay": float(threshold),
                    "amount_now": row["amount_now"],
                    "price": row["price"],
                    "gain_now": gain,
                    "break_even": amount if amount > 0.0 else math.nan,
                    "low": low,
                    "high": high,
                }
            )
    return _table(rows, "willingness_to_pay", "amount_now", "price", "gain_now", "break_even", "low", "high")


def gain_by_amount(
    increments: pd.DataFrame, willingness_to_pay: Iterable[float], amounts: Iterable[float]
) -> pd.DataFrame:
    """The gain in net monetary benefit at given amounts; `increments` as in `break_even`.

    Long: strategy, comparator, willingness_to_pay, amount, gain, standard_error. Raises InputError.
    """
    amounts = list(amounts)
    rows = []
    for row in _checked(increments):
        for threshold in willingness_to_pay:
            for amount in amounts:
                step = row["price"] * (amount - row["amount_now"])
                rows.append(
                    {
                        "strategy": row["strategy"],
                        "comparator": row["comparator"],
                        "willingness_to_pay": float(threshold),
                        "amount": float(amount),
                        "gain": threshold * row["effect"] - row["cost"] - step * row["use"],
                        "standard_error": math.sqrt(max(_variance(row, threshold, step), 0.0)),
                    }
                )
    return _table(rows, "willingness_to_pay", "amount", "gain", "standard_error")


def _table(rows: list[dict[str, Any]], *numbers: str) -> pd.DataFrame:
    """The rows as a frame whose columns are the same when there are none."""
    frame = pd.DataFrame(rows, columns=["strategy", "comparator", *numbers])
    return frame.astype({**dict.fromkeys(("strategy", "comparator"), "str"), **dict.fromkeys(numbers, float)})


def _checked(increments: pd.DataFrame) -> list[dict[str, Any]]:
    for column in COLUMNS:
        if column not in increments.columns:
            raise InputError("break-even, increments", f"the column {column!r} is missing", "Add it.")
    rows: list[dict[str, Any]] = increments.to_dict("records")
    return rows


def _parts(row: dict[str, Any], threshold: float) -> tuple[float, float, float]:
    """Variance of the gain now, its covariance with `use`, and the variance of `use`."""
    gain = threshold**2 * row["effect_variance"] + row["cost_variance"] - 2 * threshold * row["cost_effect_covariance"]
    return gain, threshold * row["effect_use_covariance"] - row["cost_use_covariance"], row["use_variance"]


def _variance(row: dict[str, Any], threshold: float, step: float) -> float:
    """Of gain - step use."""
    gain, covariance, use = _parts(row, threshold)
    return gain - 2.0 * step * covariance + step * step * use


def _limits(row: dict[str, Any], threshold: float, gain: float, slope: float) -> tuple[float, float]:
    """Roots of (gain - price use d)^2 = z^2 Var(gain - price use d), d the step from the amount now."""
    variance, covariance, use = _parts(row, threshold)
    price, z2 = row["price"], SURE * SURE
    a = slope * slope - z2 * price * price * use
    half = gain * slope - z2 * price * covariance
    c = gain * gain - z2 * variance
    inside = half * half - a * c
    if not (a > 0.0 and inside >= 0.0):  # `use` itself cannot be told from 0, or nothing is known of the errors
        return math.nan, math.nan
    low, high = ((half + sign * math.sqrt(inside)) / a for sign in (-1.0, 1.0))
    return max(row["amount_now"] + low, 0.0), max(row["amount_now"] + high, 0.0)
