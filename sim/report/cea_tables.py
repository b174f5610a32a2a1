"""The comparison of anybody's probabilistic analysis, as sentences and tables for a terminal, and as plain data."""

import math
from typing import Any

import pandas as pd

from sim.analysis.cea import Cea
from sim.analysis.incremental import DOMINATED, EXTENDED, FRONTIER
from sim.report.numbers import NOTHING, Estimate, number, plain, share
from sim.report.table import Cell, Row, Table, figure_cell

STATUS_WORDS = {FRONTIER: "on the frontier", DOMINATED: "dominated", EXTENDED: "extendedly dominated"}
ERRORS_NOTE = "Standard errors in brackets."
KEYS = ["willingness_to_pay", "strategy"]
SIGNIFICANT_DIGITS = 5  # of mean costs and effects, whose unit is not known here


def cea_content(found: Cea) -> dict[str, Any]:
    """The frames under the keys of `bmes cea --json`; a number that does not exist is None.

    Increments and ICER are those along the frontier: a dominated strategy has none, nor has the cheapest.
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
    """A sentence a threshold: which strategy to choose, how surely, and what certainty would be worth."""
    return "\n".join(
        f"At a willingness to pay of {plain(best['willingness_to_pay'])} {best['strategy']} has the highest expected "
        f"net benefit; it has the highest of all with a probability of {share(best['probability'])}. Perfect "
        f"information would be worth {_with_error(value['evpi'], value['se'])} a person."
        for best, value in zip(_records(found.frontier), _records(found.evpi), strict=True)
    )


def _with_error(value: float, standard_error: float) -> str:
    cell = figure_cell(Estimate(value, standard_error), 0)
    return f"{cell.text} (standard error {cell.error})"


def cea_tables(found: Cea) -> list[Table]:
    """The incremental analysis, each threshold, and the value of information."""
    tables = [_incremental_table(found), *(_threshold_table(found, float(w)) for w in found.evpi["willingness_to_pay"])]
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


def _incremental_table(found: Cea) -> Table:
    rows = []
    for row in _records(found.incremental):
        numbers = [row["cost"], row["effect"]]
        numbers += [_along_the_frontier(row, name) for name in ("incremental_cost", "incremental_effect")]
        icer = _along_the_frontier(row, "icer")
        cells = [Cell(_significant(value), numeric=True) for value in numbers]
        icer_cell = Cell(NOTHING if icer is None else number(icer, 2 if abs(icer) < 100 else 0), numeric=True)
        rows.append(Row(row["strategy"], (*cells, icer_cell, Cell(STATUS_WORDS[row["status"]]))))
    columns = ("Strategy", "Cost", "Effect", "Incremental cost", "Incremental effect", "ICER", "Status")
    caption = f"Means over {number(found.draws)} draws, in order of cost"
    note = "Increments are taken to the strategy before on the frontier."
    return Table(caption, columns, tuple(rows), note)


def _significant(value: float | None) -> str:
    """As many decimals as make five significant digits, two at the most if the number is large."""
    if value is None:
        return NOTHING
    size = math.floor(math.log10(abs(value))) if value else 0
    return number(value, max(SIGNIFICANT_DIGITS - 1 - size, 0)) if abs(value) >= 1e-4 or not value else plain(value)


def _threshold_table(found: Cea, threshold: float) -> Table:
    """How surely each strategy has the highest net benefit at a willingness to pay, and what choosing it would lose."""
    chances = found.acceptability.rename(columns={"standard_error": "probability_error"})
    both = chances.merge(found.expected_loss, on=KEYS)
    rows = []
    for row in _records(both[both["willingness_to_pay"] == threshold].sort_values("loss", kind="stable")):
        error = number(100.0 * row["probability_error"], 1)
        chance = Cell(share(row["probability"]), error, numeric=True)
        rows.append(Row(row["strategy"], (chance, figure_cell(Estimate(row["loss"], row["standard_error"]), 0))))
    caption = f"At a willingness to pay of {plain(threshold)}"
    columns = ("Strategy", "Probability of the highest net benefit", "Expected loss")
    return Table(caption, columns, tuple(rows), ERRORS_NOTE)


def _evppi_table(found: Cea) -> Table:
    """The value of knowing some parameters, a column a threshold."""
    thresholds = list(dict.fromkeys(found.evppi["willingness_to_pay"]))
    rows = []
    for label, frame in found.evppi.groupby("parameters", sort=False):
        cells = [figure_cell(Estimate(float(v), float(e)), 0) for v, e in zip(frame["value"], frame["se"], strict=True)]
        rows.append(Row(str(label), tuple(cells)))
    columns = ("Parameters known", *(f"At {plain(threshold)}" for threshold in thresholds))
    return Table("EVPPI: what it is worth to know some parameters, a person", columns, tuple(rows), ERRORS_NOTE)
