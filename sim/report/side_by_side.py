"""The tables of `bmes compare`: runs, what differs between their questions, answers by strategy, differences."""

from collections.abc import Sequence
from typing import Any

from sim.analysis.incremental import FRONTIER
from sim.experiments.compare import Comparison
from sim.experiments.results import Results
from sim.report.findings import ROUNDING
from sim.report.numbers import Estimate, number
from sim.report.table import Cell, Row, Table, figure_cell, money_cell, words
from sim.report.tables import ERROR_NOTE

MEASURE_WORDS = {
    "cost": "Cost",
    "qalys": "QALYs",
    "incremental_cost": "Incremental cost",
    "incremental_qalys": "Incremental QALYs",
    "net_benefit_gain": "Net benefit gained",
}
QALYS = ("qalys", "incremental_qalys")


def comparison_tables(comparison: Comparison, runs: Sequence[Results]) -> list[Table]:
    """The tables in the order of reading; those without rows are left out."""
    titles = {name: one.title for run in runs for name, one in run.inputs.strategies.items()}
    tables = [
        _runs(comparison),
        _questions(comparison),
        _strategies(comparison, titles),
        _differences(comparison, titles, runs[0]),
    ]
    return [table for table in tables if table.rows]


def _records(frame: Any) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = frame.to_dict("records")
    return records


def _runs(comparison: Comparison) -> Table:
    rows = [
        Row(one["run"], (words(one["title"]), words(one["population"]), words(f"{one['currency']} {one['price_year']}"),
                         Cell(number(one["patients"]), numeric=True), Cell(str(one["seed"]), numeric=True)))
        for one in _records(comparison.runs)
    ]  # fmt: skip
    return Table("Runs", ("Run", "Title", "Population", "Money", "Patients", "Seed"), tuple(rows))


def _questions(comparison: Comparison) -> Table:
    labels = [str(column) for column in comparison.questions.columns[1:]]
    rows = [Row(one["key"], tuple(words(one[label]) for label in labels)) for one in _records(comparison.questions)]
    return Table("What differs between the questions", ("Key", *labels), tuple(rows))


def _strategies(comparison: Comparison, titles: dict[str, str]) -> Table:
    """A heading a strategy, below it a row a run."""
    rows: list[Row] = []
    for name, found in comparison.strategies.groupby("strategy", sort=False):
        rows.append(Row(titles[str(name)]))
        rows += [_answer(one) for one in _records(found)]
    columns = ("Strategy and run", "Cost", "QALYs", "Incremental cost", "Incremental QALYs", "ICER")
    note = f"Each run in its own money; increments to its own comparator, ICERs along its own frontier. {ERROR_NOTE}"
    return Table("Answers per person, discounted", columns, tuple(rows), note)


def _answer(one: dict[str, Any]) -> Row:
    compared = one["strategy"] != one["comparator"]
    cost, qalys = (_estimate(one[f"incremental_{name}"], one[f"incremental_{name}_se"]) for name in ("cost", "qalys"))
    cells = (
        money_cell(_estimate(one["cost"], one["cost_se"])),
        figure_cell(_estimate(one["qalys"], one["qalys_se"]), 4),
        money_cell(cost, plus=True) if compared else words("comparator"),
        figure_cell(qalys, 4, plus=True) if compared else Cell(""),
        Cell(number(one["icer"]) if one["status"] == FRONTIER else one["status"], numeric=True),
    )
    return Row(f"  {one['run']}", cells)


def _estimate(mean: float, error: float) -> Estimate:
    """A difference of sums that is nothing but their rounding is shown as nothing."""
    return Estimate(0.0, 0.0) if abs(mean) < ROUNDING and error < ROUNDING else Estimate(mean, error)


def _differences(comparison: Comparison, titles: dict[str, str], first: Results) -> Table:
    """A heading a pair of runs, below it a row a strategy."""
    rows: list[Row] = []
    by_pair: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}
    for one in _records(comparison.differences):
        by_pair.setdefault((one["run"], one["against"]), {}).setdefault(one["strategy"], []).append(one)
    for (run, against), strategies in by_pair.items():
        rows.append(Row(f"{run} minus {against}"))
        rows += [Row(f"  {titles[name]}", tuple(map(_difference, found))) for name, found in strategies.items()]
    setting = first.inputs.setting
    note = f"Money in {setting.currency}; net benefit at {setting.thresholds[0]:,.0f}. {ERROR_NOTE}"
    return Table("Differences between runs", ("Strategy", *MEASURE_WORDS.values()), tuple(rows), note)


def _difference(row: dict[str, Any]) -> Cell:
    estimate = _estimate(row["difference"], row["standard_error"])
    return figure_cell(estimate, 4, plus=True) if row["measure"] in QALYS else money_cell(estimate, plus=True)
