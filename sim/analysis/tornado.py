"""Tornado diagrams from one-way analyses: which parameter moves the answer most, for the net benefit and the ICER."""

import math
from typing import Any

import pandas as pd

from sim.analysis.crossing import SURE
from sim.analysis.steps import GAINED
from sim.vocabulary.errors import InputError

NET_BENEFIT, ICER = "net_benefit_gain", "icer"
ENDS = ("low", "high")
LEAST_WIDTH, RELATIVE_WIDTH = 1e-6, 1e-9  # of money, and of the measure
COLUMNS = ("parameter", "end", "value", "strategy", "comparator", NET_BENEFIT, ICER, "icer_meaning")


def tornado(oneway: pd.DataFrame, base: pd.DataFrame, about: tuple[str, ...] = ()) -> pd.DataFrame:
    """The bars of all strategies, for both measures, the widest first.

    oneway: a row a parameter, end ("low", "high") and strategy, with `value` of the parameter, net_benefit_gain, icer
    and icer_meaning there; an end may be missing. Paired standard errors of net_benefit_gain, nan or left out where
    unknown: change_se of the difference from the base case, ends_se (the same in both rows) of that between the ends.
    base: a row a strategy with the last three. about: further columns of `oneway` to keep, constant for a parameter.

    A row a strategy, measure and parameter: strategy, comparator, measure, rank (from 1), parameter, those of `about`,
    low_value, high_value, base, at_low, at_high, width (of the range of these three), width_se (of the difference
    between the two that span it; nan for the ICER), is_open, sign_changes (of the net benefit gained), is_clear (the
    width of the net benefit's bar is more than 1.96 of its standard errors; false where that is unknown). An end is
    missing when it is not there or, for the ICER, when it is no cost per QALY gained; the bar is then open. Bars of the
    second kind come before the others, for an ICER grows beyond all bounds before it ceases to be one. A strategy whose
    ICER is no cost per QALY gained in the base case has no ICER bars. Of equal widths the first name counts. Raises
    InputError for a missing column.
    """
    missing = [name for name in COLUMNS if name not in oneway.columns]
    if missing:
        raise InputError("tornado", f"the column {missing[0]!r} is missing", "Add it.")
    bars: list[dict[str, Any]] = []
    at_base = {row["strategy"]: row for row in base.to_dict("records")}
    for (strategy, comparator), of_strategy in oneway.groupby(["strategy", "comparator"], sort=False):
        centre = at_base[strategy]
        rows = [
            _bars(str(parameter), {str(row["end"]): row for row in ends.to_dict("records")}, centre, about)
            for parameter, ends in of_strategy.groupby("parameter", sort=True)
        ]
        for measure in (NET_BENEFIT, ICER):
            if measure == ICER and centre["icer_meaning"] != GAINED:
                continue
            ordered = sorted((row[measure] for row in rows), key=_place)
            for rank, bar in enumerate(ordered, start=1):
                bars.append({"strategy": strategy, "comparator": comparator, "measure": measure, "rank": rank, **bar})
    return pd.DataFrame(bars).drop(columns=["no_ratio", "gain_width"], errors="ignore")


def _place(bar: dict[str, Any]) -> tuple[bool, float, str]:
    """Key of the order: bars that lost their ratio, then width, then name."""
    width = bar["gain_width"] if bar["no_ratio"] else bar["width"]
    return not bar["no_ratio"], -width, bar["parameter"]


def _bars(
    parameter: str, ends: dict[str, dict[str, Any]], base: dict[str, Any], about: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    """The bar of a parameter for each measure."""
    one = next(iter(ends.values()))
    gains = [float(ends[end][NET_BENEFIT]) if end in ends else math.nan for end in ENDS]
    values = {f"{end}_value": float(ends[end]["value"]) if end in ends else math.nan for end in ENDS}
    signs = any((gain > 0.0) != (base[NET_BENEFIT] > 0.0) for gain in gains if not math.isnan(gain))
    gain_width, error = _width(base[NET_BENEFIT], gains), _width_error(base[NET_BENEFIT], gains, ends)
    common = {
        "parameter": parameter,
        **{name: one[name] for name in about},
        **values,
        "sign_changes": signs,
        "is_clear": gain_width > SURE * error,
    }
    ratios = [
        float(ends[end][ICER]) if end in ends and ends[end]["icer_meaning"] == GAINED else math.nan for end in ENDS
    ]
    no_ratio = any(row["icer_meaning"] != GAINED for row in ends.values())
    return {
        NET_BENEFIT: {
            **common,
            **_bar(base[NET_BENEFIT], gains),
            "width_se": error,
            "no_ratio": False,
            "gain_width": gain_width,
        },
        ICER: {
            **common,
            **_bar(base[ICER], ratios),
            "width_se": math.nan,
            "no_ratio": no_ratio,
            "gain_width": gain_width,
        },
    }


def _bar(base: float, ends: list[float]) -> dict[str, Any]:
    return {
        "base": base,
        "at_low": ends[0],
        "at_high": ends[1],
        "width": _width(base, ends),
        "is_open": any(math.isnan(end) for end in ends),
    }


def _width(base: float, ends: list[float]) -> float:
    """0 where only the last digits differ."""
    known = [base, *(end for end in ends if not math.isnan(end))]
    width = max(known) - min(known)
    return width if width > max(LEAST_WIDTH, RELATIVE_WIDTH * abs(base)) else 0.0


def _width_error(base: float, gains: list[float], ends: dict[str, dict[str, Any]]) -> float:
    """Standard error of the distance between the highest and the lowest of the base case and both ends."""
    known = {"base": base} | {end: gain for end, gain in zip(ENDS, gains, strict=True) if not math.isnan(gain)}
    # of equal ones an end counts before the base case: a bar without any width has the error of that end
    span = {max(reversed(known), key=known.__getitem__), min(reversed(known), key=known.__getitem__)} - {"base"}
    row = ends[next(iter(span))]
    return float(row.get("ends_se" if len(span) == len(ENDS) else "change_se", math.nan))
