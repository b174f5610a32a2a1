"""How many scans for each case early MRI may take: a table, a figure, and what "scans per case" means."""

import math
from dataclasses import dataclass
from typing import Any

from sim.report.answer import joined
from sim.report.chart import Chart, Swatch, as_chart
from sim.report.figure_style import AXIS_COLOUR, DASHES, OKABE_ITO, Look, figure, text
from sim.report.figures import CURVE_HEIGHTS
from sim.report.findings import Findings
from sim.report.numbers import NOTHING, Estimate, money, number, signed
from sim.report.scan_words import meaning, scan_records, verdict
from sim.report.table import Cell, Row, Table, money_cell, words
from sim.report.tables import ERROR_NOTE

REMARK = (
    "Above zero early MRI is worth its cost against the comparator. The dot is the number of scans of this run, the "
    "line what another number would give, all else equal."
)


@dataclass(frozen=True)
class ScanSection:
    """What the section on scans per case holds; `warning` may be empty."""

    meaning: str
    verdicts: tuple[str, ...]
    warning: str
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]


def scan_section(findings: Findings) -> ScanSection | None:
    """None for a run in which no strategy asks for MRI at the first contact."""
    records = scan_records(findings)
    if not records:
        return None
    verdicts = tuple(verdict(findings, record) for record in records)
    curves = _curves(findings)
    charts = (_chart(findings, records, curves),) if curves else ()
    tables = (_table(findings, records), *((_curve_table(findings, curves),) if curves else ()))
    return ScanSection(meaning(findings), verdicts, _with_treatment(findings, records), tables, charts)


def _with_treatment(findings: Findings, records: list[dict[str, Any]]) -> str:
    """That the gain of an early strategy with a treatment is not the gain of the early scan alone."""
    names = dict.fromkeys(str(record["strategy"]) for record in records)
    treating = [findings.title(name) for name in names if findings.inputs.strategies[name].lines]
    return (
        f"What {joined(treating)} gains is due to its treatment too, not to the early scan alone." if treating else ""
    )


def _table(findings: Findings, records: list[dict[str, Any]]) -> Table:
    rows = []
    for record in records:
        limit = float(record["threshold_scans"])
        low, high = float(record["threshold_low"]), float(record["threshold_high"])
        span = NOTHING if math.isnan(low) else f"{number(low, 1)} to {number(high, 1)}"
        cells = (
            words(findings.title(str(record["comparator"]))),
            Cell(money(float(record["willingness_to_pay"]), findings.currency), numeric=True),
            Cell(number(float(record["scans_per_case"]), 0), numeric=True),
            Cell(number(float(record["cost_per_scan"]), 0), numeric=True),
            Cell(signed(number(float(record["increment_now"]), 0)), numeric=True),
            Cell("none" if math.isnan(limit) else number(limit, 1), numeric=True),
            Cell(span, numeric=True),
        )
        rows.append(Row(findings.title(str(record["strategy"])), cells))
    columns = (
        "Strategy",
        "Against",
        "Per QALY",
        "Scans per case here",
        f"Cost of one more scan per case ({findings.currency})",
        f"Net benefit gained ({findings.currency})",
        "Worth its cost up to, scans per case",
        "95 % interval",
    )
    note = "The cost of one more scan holds the visits for incidental findings."
    return Table("Scans per case at which early MRI is no longer worth its cost", columns, tuple(rows), note)


Curves = dict[tuple[str, str, float], dict[float, Estimate]]


def _curves(findings: Findings) -> Curves:
    """Net benefit gained by number of scans, for each pair of strategies and willingness to pay."""
    frame = findings.frame("scan_threshold_curve")
    found: Curves = {}
    for record in frame.to_dict("records"):
        key = (str(record["strategy"]), str(record["comparator"]), float(record["willingness_to_pay"]))
        gain = Estimate(float(record["increment"]), float(record["standard_error"]))
        found.setdefault(key, {})[float(record["scans_per_case"])] = gain
    return {key: dict(sorted(points.items())) for key, points in found.items()}


def _curve_table(findings: Findings, curves: Curves) -> Table:
    scans = sorted({x for points in curves.values() for x in points})
    rows = []
    for (strategy, comparator, threshold), points in curves.items():
        heading = f"{findings.title(strategy)} against {findings.title(comparator)}"
        cells = [Cell(money(threshold, findings.currency), numeric=True)]
        cells += [money_cell(points[x], plus=True, best=points[x].mean > 0.0) for x in scans]
        rows.append(Row(heading, tuple(cells)))
    columns = ("Strategies", "Per QALY", *(f"{x:g} scan{'' if x == 1 else 's'}" for x in scans))
    caption = f"Net monetary benefit gained by early MRI, by scans per case, {findings.currency} per person"
    return Table(caption, columns, tuple(rows), f"Bold: worth its cost. {ERROR_NOTE}")


def _chart(findings: Findings, records: list[dict[str, Any]], curves: Curves) -> Chart:
    chart = figure(
        "Net benefit of early MRI by scans per case",
        "scans per case",
        f"net benefit gained ({findings.currency} per person)",
        *CURVE_HEIGHTS,
    )
    strategies = list(dict.fromkeys((strategy, comparator) for strategy, comparator, _ in curves))
    thresholds = sorted({threshold for *_, threshold in curves})
    legend, said = [], []
    for (strategy, comparator, threshold), points in curves.items():
        look = Look(
            OKABE_ITO[strategies.index((strategy, comparator)) % len(OKABE_ITO)],
            DASHES[thresholds.index(threshold) % len(DASHES)],
            "circle",
        )
        name = f"{findings.title(strategy)}, {money(threshold, findings.currency)} per QALY"
        group = f"{strategy} {comparator} {threshold:g}"
        chart.add_scatter(
            x=list(points),
            y=[gain.mean for gain in points.values()],
            mode="lines",
            line={"color": look.colour, "dash": look.dash, "width": 2},
            name=text(name),
            legendgroup=group,
            hovertemplate=f"{text(name)}<br>%{{x:g}} scans: {findings.currency} %{{y:,.0f}}<extra></extra>",
        )
        now = _record(records, strategy, comparator, threshold)
        if now is not None:
            chart.add_scatter(
                x=[float(now["scans_per_case"])],
                y=[float(now["increment_now"])],
                mode="markers",
                marker={"color": look.colour, "size": 9},
                legendgroup=group,
                name=text(name),
                showlegend=False,
                hovertemplate=f"this run<br>%{{x:g}} scans: {findings.currency} %{{y:,.0f}}<extra></extra>",
            )
        legend.append(Swatch(group, f"{name}, against {findings.title(comparator)}", look))
        ends = [f"{money(points[x].mean, findings.currency, 0)} at {x:g}" for x in (min(points), max(points))]
        said.append(f"{name}: {' and '.join(ends)} scans per case")
    chart.add_hline(y=0.0, line={"color": AXIS_COLOUR, "width": 2})
    chart.update_xaxes(rangemode="tozero")
    chart.update_yaxes(tickformat=",")
    return as_chart("scans-per-case", chart, (REMARK, f"Net benefit gained. {'; '.join(said)}."), tuple(legend))


def _record(records: list[dict[str, Any]], strategy: str, comparator: str, threshold: float) -> dict[str, Any] | None:
    for record in records:
        if (str(record["strategy"]), str(record["comparator"])) == (strategy, comparator):
            if float(record["willingness_to_pay"]) == threshold:
                return record
    return None
