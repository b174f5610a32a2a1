"""The tables of a deterministic analysis: base case, one parameter at a time, two together, thresholds."""

import math
from collections.abc import Iterable

from sim.report.dsa_findings import GAIN, ICER, DsaFindings, Record, estimate
from sim.report.numbers import NOTHING, money, number, plain, signed
from sim.report.table import Cell, Row, Table, figure_cell, money_cell, words
from sim.report.tables import ERROR_NOTE

LEVEL_NOTE = f"{ERROR_NOTE} An ICER has none; how sure it is shows in the net benefit gained."
MOST_ROWS = 40  # of a table of one strategy's parameters; the workbook has all
ICER_WORDS = {
    "cost_per_qaly_gained": "",
    "saving_per_qaly_lost": " saved per QALY given up",
    "dominant": "dominant",
    "dominated": "dominated",
    "no_difference": "no difference",
}


def base_table(findings: DsaFindings) -> Table:
    """The run at the central values that all others are held against."""
    rows = []
    for row in findings.rows("base"):
        name = str(row["strategy"])
        gain = money_cell(findings.gain(name), plus=True, best=name == findings.best)
        last = (gain, icer_cell(row))
        if name == findings.comparator:
            last = (Cell("comparator", numeric=True, best=name == findings.best), Cell(""))
        rows.append(Row(findings.title(name), (*level_cells(row), *last)))
    columns = (
        "Strategy",
        f"Cost ({findings.currency})",
        "QALYs",
        f"Net benefit gained at {money(findings.threshold, findings.currency)} per QALY",
        f"ICER to the comparator ({findings.currency} per QALY)",
    )
    caption = "Central values of all parameters: means per person, discounted"
    return Table(caption, columns, tuple(rows), f"Bold: the highest net benefit. {LEVEL_NOTE}")


def level_cells(row: Record) -> tuple[Cell, Cell]:
    """Cost and QALYs of a strategy with their standard errors."""
    return money_cell(estimate(row["cost"], row["cost_se"])), figure_cell(estimate(row["effect"], row["effect_se"]), 4)


def icer_cell(row: Record) -> Cell:
    meaning = ICER_WORDS[str(row["icer_meaning"])]
    if math.isnan(float(row["icer"])):
        return Cell(meaning, numeric=True)
    return Cell(f"{number(float(row['icer']))}{meaning}", numeric=True)


def tornado_tables(findings: DsaFindings) -> list[Table]:
    """The widest bars of each strategy, gain and ICER beside each other."""
    return [table for name in findings.first_shown() if (table := _tornado_table(findings, name))]


def _tornado_table(findings: DsaFindings, strategy: str) -> Table | None:
    ratios = {str(row["parameter"]): row for row in findings.tornado(strategy, ICER)}
    rows = []
    for row in findings.tornado(strategy, GAIN)[:MOST_ROWS]:
        width, ratio = estimate(row["width"], row["width_se"]), ratios.get(str(row["parameter"]))
        ends = " to ".join(plain(float(row[f"{end}_value"])) for end in ("low", "high"))
        turns = bool(row["sign_changes"]) and bool(row["is_clear"])
        cells = (
            words(f"{ends} {row['unit']}"),
            *(Cell(signed(number(float(row[f"at_{end}"]))), numeric=True) for end in ("low", "high")),
            Cell(number(width.mean), _error(width.standard_error), numeric=True, best=turns),
            *(_ratio_cell(ratio, end) for end in ("low", "high")),
        )
        rows.append(Row(str(row["parameter"]), cells))
    columns = (
        "Parameter",
        "Range",
        "Gain at the low end",
        "at the high end",
        "Width",
        "ICER at the low end",
        "at the high end",
    )
    gain = signed(number(findings.gain(strategy).mean))
    note = (
        f"Base case: {gain}. Width: from the lowest to the highest of the base case and both ends. Bold: the gain "
        "changes its sign, and the width is more than chance explains. A dash: the ICER there is no cost per QALY "
        "gained, or the model refuses that end. In brackets: Monte Carlo standard error, of paired differences."
    )
    against = f"{findings.title(strategy)} against {findings.title(findings.comparator)}"
    caption = f"{against}: {findings.currency} per person, the {len(rows)} widest"
    return Table(caption, columns, tuple(rows), note) if rows else None


def _ratio_cell(row: Record | None, end: str) -> Cell:
    return Cell(NOTHING if row is None else number(float(row[f"at_{end}"])), numeric=True)


def _error(error: float) -> str:
    return "" if math.isnan(error) else number(error)


def _round(value: float) -> float:
    return float(f"{value:.4g}")


def refused_table(findings: DsaFindings) -> Table | None:
    """Points that the model refuses."""
    rows = [
        Row(str(row["parameter"]), (words(str(row["analysis"])), words(_end(row)), words(str(row["reason"]))))
        for row in findings.rows("refused")
    ]
    columns = ("Parameter", "Analysis", "Value", "Reason")
    caption = f"{len(rows)} points that the model refuses, because parameters would contradict each other"
    return Table(caption, columns, tuple(rows)) if rows else None


def _end(row: Record) -> str:
    value = float(row["value"])
    return " ".join(part for part in (str(row["end"]), "" if math.isnan(value) else plain(_round(value))) if part)


def heat_tables(findings: DsaFindings, rows: Iterable[Record]) -> tuple[Table, ...]:
    """The best strategy by the values of two parameters, with its lead over the next."""
    found = {(float(row["value_a"]), float(row["value_b"])): row for row in rows}
    a_values, b_values = (sorted({key[side] for key in found}) for side in (0, 1))
    first = next(iter(found.values()))
    made = []
    for b in reversed(b_values):
        cells = [_heat_cell(findings, found.get((a, b))) for a in a_values]
        made.append(Row(plain(_round(b)), tuple(cells)))
    columns = (f"{first['parameter_b']} below, {first['parameter_a']} beside", *(plain(_round(a)) for a in a_values))
    caption = f"Best strategy, and its lead over the next in {findings.currency} per person"
    note = "In brackets: the lead, and its Monte Carlo standard error. Bold: base case."
    return (Table(caption, columns, tuple(made), note),)


def _heat_cell(findings: DsaFindings, row: Record | None) -> Cell:
    if row is None:
        return Cell("refused")
    lead = estimate(row["lead"], row["lead_se"])
    error = "" if math.isnan(lead.standard_error) else f"; {number(lead.standard_error)}"
    return Cell(findings.title(str(row["best"])), f"{number(lead.mean)}{error}", best=bool(row["is_base"]))
