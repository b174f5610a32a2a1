"""The comparison of anybody's probabilistic analysis, as sentences and tables for a terminal, and as plain data."""

import math
from dataclasses import replace
from typing import Any

import pandas as pd

from sim.analysis.cea import Cea
from sim.analysis.incremental import DOMINATED, EXTENDED, FRONTIER
from sim.report.any_unit import any_figure, significant
from sim.report.numbers import NOTHING, Estimate, number, percent, plain, share
from sim.report.table import Cell, Row, Table

STATUS_WORDS = {FRONTIER: "on the frontier", DOMINATED: "dominated", EXTENDED: "extendedly dominated"}
ERRORS_NOTE = "Standard errors in brackets."
FRONTIER_NOTE = (
    "Standard errors in brackets. They and the limits say how far means over these draws may be out, not what the "
    "parameters leave open. There are no limits where the incremental effect may be 0."
)
KEYS = ["willingness_to_pay", "strategy"]
LIMITS_APART = 3.92  # in standard errors


def cea_content(found: Cea) -> dict[str, Any]:
    """The frames under the keys of `bmes cea --json`; a number that does not exist is None.

    Increments and ICER are those along the frontier: a dominated strategy has none, nor has the cheapest. ..._se are
    standard errors; icer_low and icer_high the 95 % limits by Fieller's theorem, None where there is no bound.
    """
    incremental = [
        {
            "strategy": row["strategy"],
            "cost": row["cost"],
            "effect": row["effect"],
            "inc_cost": _along_the_frontier(row, "incremental_cost"),
            "inc_effect": _along_the_frontier(row, "incremental_effect"),
            "icer": _along_the_frontier(row, "icer"),
            "status": row["status"],
            "cost_se": row["cost_se"],
            "effect_se": row["effect_se"],
            "inc_cost_se": _along_the_frontier(row, "incremental_cost_se"),
            "inc_effect_se": _along_the_frontier(row, "incremental_effect_se"),
            "icer_low": _along_the_frontier(row, "icer_low"),
            "icer_high": _along_the_frontier(row, "icer_high"),
        }
        for row in found.incremental.to_dict("records")
    ]
    return {
        "strategies": list(found.strategies),
        "incremental": incremental,
        "acceptability": _rows(found.acceptability, "strategy", "probability"),
        "expected_loss": _rows(found.expected_loss, "strategy", "loss"),
        "evpi": _rows(found.evpi, "evpi", "se"),
        "evppi": _rows(found.evppi, "parameters", "value", "se"),
    }


def cea_answer(found: Cea) -> str:
    """For each threshold: which strategy to choose, by how much, how surely, and what certainty would be worth."""
    return "\n".join(
        f"At a willingness to pay of {plain(best['willingness_to_pay'])} {best['strategy']} has the highest expected "
        f"net benefit{_lead(found, best)}. It has the highest of all with a probability of "
        f"{percent(best['probability'])}. Perfect information would be worth {_with_error(value['evpi'], value['se'])} "
        "a person."
        for best, value in zip(_records(found.frontier), _records(found.evpi), strict=True)
    )


def _lead(found: Cea, best: dict[str, Any]) -> str:
    """How much more the best strategy has than the next, in the words of `bmes psa`."""
    rows = found.net_benefit[found.net_benefit["willingness_to_pay"] == best["willingness_to_pay"]]
    others = rows[rows["strategy"] != best["strategy"]]
    second = _records(others.sort_values("behind", kind="stable"))[0]
    lead, name = Estimate(second["behind"], second["behind_se"]), second["strategy"]
    if lead.exact_zero:
        return f", but {name} has exactly the same in every draw"
    words = f"{_with_error(lead.mean, lead.standard_error)} a person"
    if not lead.clear:
        return (
            f", but its lead over {name}, {words}, is below two standard errors, so that more draws are needed to tell "
            "which of the two is better on average"
        )
    return f", {words} more than {name}, the next"


def _with_error(value: float, standard_error: float) -> str:
    cell = any_figure(value, standard_error)
    return f"{cell.text} (standard error {cell.error})"


def cea_tables(found: Cea) -> list[Table]:
    """Means, the frontier, each threshold, and the value of information."""
    tables = [_means_table(found), *_frontier_tables(found)]
    tables += [_threshold_table(found, float(w)) for w in found.evpi["willingness_to_pay"]]
    return [*tables, *([_evppi_table(found)] if len(found.evppi) else [])]


def _along_the_frontier(row: dict[str, Any], column: str) -> float | None:
    """A number of a strategy on the frontier against the one before it; None where there is none, or it overflows."""
    return _finite(row[column]) if row["status"] == FRONTIER else None


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _rows(frame: pd.DataFrame, *columns: str) -> list[dict[str, Any]]:
    """Some columns of a frame as plain data; the threshold is called wtp, and stands first but for `parameters`."""
    order = ["willingness_to_pay", *columns]
    if "parameters" in columns:
        order = ["parameters", "willingness_to_pay", *(column for column in columns if column != "parameters")]
    names = ["wtp" if column == "willingness_to_pay" else column for column in order]
    return [{name: _finite(row[column]) for name, column in zip(names, order, strict=True)} for row in _records(frame)]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.astype(object).to_dict("records")
    return rows


def _means_table(found: Cea) -> Table:
    rows = [
        Row(
            row["strategy"],
            (
                *(any_figure(row[name], row[f"{name}_se"]) for name in ("cost", "effect")),
                Cell(STATUS_WORDS[row["status"]]),
            ),
        )
        for row in _records(found.incremental)
    ]
    caption = f"Means over {number(found.draws)} draws, in order of cost"
    return Table(caption, ("Strategy", "Cost", "Effect", "Status"), tuple(rows), ERRORS_NOTE)


def _frontier_tables(found: Cea) -> list[Table]:
    """One table of the increments along the frontier; none where a single strategy stands on it."""
    rows = []
    for row in _records(found.incremental):
        if _along_the_frontier(row, "icer") is None:
            continue
        steps = [any_figure(row[name], row[f"{name}_se"]) for name in ("incremental_cost", "incremental_effect")]
        limits = [_finite(row[name]) for name in ("icer", "icer_low", "icer_high")]
        rows.append(Row(row["strategy"], (Cell(row["next_to"]), *steps, *_icer(*limits))))
    columns = ("Strategy", "Against", "Incremental cost", "Incremental effect", "ICER", "95 % limits (Fieller)")
    return [Table("Along the frontier", columns, tuple(rows), FRONTIER_NOTE)] if rows else []


def _icer(icer: float, low: float | None, high: float | None) -> tuple[Cell, Cell]:
    """An ICER and its limits, both as many digits as their distance deserves."""
    if low is None or high is None:
        return Cell(significant(icer), numeric=True), Cell("none", numeric=True)
    error = (high - low) / LIMITS_APART
    icer_cell, *ends = (any_figure(value, error) for value in (icer, low, high))
    return replace(icer_cell, error=""), Cell(f"{ends[0].text} to {ends[1].text}", numeric=True)


def _threshold_table(found: Cea, threshold: float) -> Table:
    """The net benefit of each strategy at a willingness to pay, how surely it is the highest, what it would lose."""
    chances = found.acceptability.rename(columns={"standard_error": "probability_error"})
    losses = found.expected_loss.rename(columns={"standard_error": "loss_error"})
    both = chances.merge(losses, on=KEYS).merge(found.net_benefit, on=KEYS)
    rows = []
    for row in _records(both[both["willingness_to_pay"] == threshold].sort_values("loss", kind="stable")):
        error = number(100.0 * row["probability_error"], 1)
        behind = any_figure(row["behind"], row["behind_se"])
        cells = (
            any_figure(row["net_benefit"], row["standard_error"]),
            behind if row["behind"] or row["behind_se"] else Cell(NOTHING, numeric=True),
            Cell(share(row["probability"]), error, numeric=True),
            any_figure(row["loss"], row["loss_error"]),
        )
        rows.append(Row(row["strategy"], cells))
    caption = f"At a willingness to pay of {plain(threshold)}"
    columns = ("Strategy", "Expected net benefit", "Less than the best", "Probability of the highest", "Expected loss")
    return Table(caption, columns, tuple(rows), ERRORS_NOTE)


def _evppi_table(found: Cea) -> Table:
    """The value of knowing some parameters, a column a threshold."""
    thresholds = list(dict.fromkeys(found.evppi["willingness_to_pay"]))
    rows = []
    for label, frame in found.evppi.groupby("parameters", sort=False):
        cells = [any_figure(float(v), float(e)) for v, e in zip(frame["value"], frame["se"], strict=True)]
        rows.append(Row(str(label), tuple(cells)))
    columns = ("Parameters known", *(f"At {plain(threshold)}" for threshold in thresholds))
    return Table("EVPPI: what it is worth to know some parameters, a person", columns, tuple(rows), ERRORS_NOTE)
