"""The value of information as figures and tables: partial perfect information, a proposed trial, a whole population."""

import math
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from sim.report import information_tables as tables
from sim.report.chart import Chart, Swatch, as_chart
from sim.report.figure_style import DASHES, GREY, OKABE_ITO, Look, figure, text
from sim.report.figures import WIDTH_95
from sim.report.numbers import Estimate, money, number
from sim.report.psa_amounts import shown, told
from sim.report.psa_figures import CURVE_HEIGHTS, bars, short_name
from sim.report.psa_findings import PsaFindings, records
from sim.report.psa_trial_words import METHOD_ORDER, judgements, trial_words
from sim.report.section import Section

MOST_BARS = 20
MEANING = (
    "What knowing something for certain before deciding would be worth, per person treated: the average loss that it "
    "would avoid. A parameter that cannot change the choice is worth nothing, however uncertain it is. The values of "
    "single parameters do not add up to that of their set."
)
NOT_ASKED = (
    "How much single parameters contribute was not calculated for this report; the command bmes voi adds it. Below "
    "is which parameters the gain moves with."
)


def valued_at(findings: PsaFindings, frame: str) -> float:
    """The setting's first threshold, or the first one that the frame holds."""
    held = [float(value) for value in findings.frame(frame)["willingness_to_pay"]]
    return findings.thresholds[0] if findings.thresholds[0] in held else held[0]


def largest_evppi(findings: PsaFindings, most: int) -> list[tuple[str, Estimate]]:
    """Parameters and sets with the highest value; those that are not clear of 0 are left out."""
    rows = _evppi_rows(findings) if len(findings.frame("evppi")) else []
    return [(str(row["parameters"]), _estimate(row)) for row in rows if _estimate(row).clear][:most]


def _evppi_rows(findings: PsaFindings) -> list[dict[str, Any]]:
    """By regression where both methods are there, the largest first."""
    threshold = valued_at(findings, "evppi")
    rows = [row for row in records(findings.frame("evppi")) if float(row["willingness_to_pay"]) == threshold]
    by_regression = {str(row["parameters"]) for row in rows if row["method"] == "regression"}
    kept = [row for row in rows if row["method"] == "regression" or str(row["parameters"]) not in by_regression]
    return sorted(kept, key=lambda row: -float(row["value"]))


def evppi_chart(findings: PsaFindings) -> Chart | None:
    """The largest values at the first threshold as bars, with all thresholds and methods in the table."""
    if not len(findings.frame("evppi")):
        return None
    threshold, currency = valued_at(findings, "evppi"), findings.currency
    rows = _evppi_rows(findings)[:MOST_BARS]
    labels = [short_name(str(row["parameters"])) for row in rows]
    # the amount first: what a narrow screen cuts off is the end of a long name
    names = [f"{shown(_estimate(row), currency)}: {label}" for row, label in zip(rows, labels, strict=True)]
    values = [max(float(row["value"]), 0.0) for row in rows]
    title = f"Value of knowing some parameters, per person, at {money(threshold, currency)} per QALY (EVPPI)"
    chart = bars(title, f"{currency} per person", names, [("evppi", "EVPPI", values, OKABE_ITO[0])])
    half = [WIDTH_95 * _finite(row["se"]) for row in rows]
    below = [min(one, value) for one, value in zip(half, values, strict=True)]  # no value lies below 0
    chart.data[0].error_x = {
        "type": "data",
        "symmetric": False,
        "array": half,
        "arrayminus": below,
        "color": GREY,
        "thickness": 1.5,
    }
    everything = float(rows[0]["evpi"])
    chart.add_scatter(
        x=[everything, everything],
        y=[-0.8, len(rows) - 0.5],
        mode="lines",
        line={"color": GREY, "dash": "dash", "width": 1.5},
        name="EVPI: knowing everything",
        legendgroup="evpi",
        hoverinfo="skip",
    )
    remark = "Bars with the 95 % Monte Carlo interval. The broken line is the value of knowing all parameters (EVPI)."
    largest = zip(labels[:5], rows, strict=False)
    said = "; ".join(f"{label} {told(_estimate(row), currency)}" for label, row in largest)
    legend = (
        Swatch("evppi", "EVPPI", Look(OKABE_ITO[0], "solid", ""), "area"),
        Swatch("evpi", "EVPI: knowing everything", Look(GREY, "dash", "")),
    )
    table = tables.evppi_table(findings.frame("evppi"), currency)
    return as_chart("evppi", chart, (remark, f"Largest: {said}."), legend, (table,))


def trial_sections(findings: PsaFindings) -> list[Section]:
    """The proposed trial and the population, where they were asked for."""
    currency = findings.currency
    charts = [chart for chart in (evsi_chart(findings), enbs_chart(findings)) if chart is not None]
    population = findings.frame("population")
    made = (tables.population_table(population, currency),) if len(population) else ()
    if not charts and not made:
        return []
    said = trial_words(findings) if charts else ()
    title = "A proposed trial and the population" if charts else "The whole population"
    short = "Trial" if charts else "Population"
    return [Section("trial", title, short, paragraphs=said, charts=tuple(charts), tables=made)]


def evsi_chart(findings: PsaFindings) -> Chart | None:
    """EVSI by patients an arm, a line a method and threshold."""
    if not len(findings.frame("evsi")):
        return None
    title = "Value of a trial's result, per person, by its size (EVSI)"
    chart = figure(title, "patients per arm", f"{findings.currency} per person", *CURVE_HEIGHTS)
    groups = _groups(findings, "evsi")
    legend = _lines(chart, findings, groups, "value")
    remark = "With 95 % Monte Carlo intervals; no trial can be worth more than perfect information on what it measures."
    table = tables.evsi_table(findings.frame("evsi"), findings.currency)
    said = [
        f"At {money(threshold, findings.currency)} per QALY, by {tables.METHODS[method]}, the result of "
        f"{number(float(rows[-1]['patients_per_arm']))} patients per arm is worth "
        f"{told(_estimate(rows[-1]), findings.currency)} per person."
        for (threshold, method), rows in groups.items()
    ]
    return as_chart("evsi", chart, (remark, " ".join(said)), legend, (table,))


def enbs_chart(findings: PsaFindings) -> Chart | None:
    """Expected net benefit of sampling for all concerned, by patients an arm, a line a method and threshold."""
    if not len(findings.frame("enbs")):
        return None
    currency = findings.currency
    title = "Expected net benefit of sampling, all concerned, by the size of the trial (ENBS)"
    chart = figure(title, "patients per arm", currency, *CURVE_HEIGHTS)
    groups = _groups(findings, "enbs")
    legend = _lines(chart, findings, groups, "enbs")
    remark = (
        "Value of the result for all concerned, less the cost of the trial; with 95 % Monte Carlo intervals. Above 0 "
        "the trial is worth more than it costs."
    )
    table = tables.enbs_table(findings.frame("enbs"), currency)
    return as_chart("enbs", chart, (remark, " ".join(judgements(findings))), legend, (table,))


def _groups(findings: PsaFindings, frame: str) -> dict[tuple[float, str], list[dict[str, Any]]]:
    """The rows of each threshold and method, by the size of the trial."""
    groups: dict[tuple[float, str], list[dict[str, Any]]] = {}
    for row in sorted(records(findings.frame(frame)), key=lambda row: float(row["patients_per_arm"])):
        groups.setdefault((float(row["willingness_to_pay"]), str(row["method"])), []).append(row)
    return dict(sorted(groups.items(), key=lambda one: (one[0][0], METHOD_ORDER.index(one[0][1]))))


def _lines(
    chart: go.Figure, findings: PsaFindings, groups: dict[tuple[float, str], list[dict[str, Any]]], column: str
) -> tuple[Swatch, ...]:
    """A line with error bars for each group: colour by threshold, dashes by method. Returns the legend."""
    thresholds = sorted({threshold for threshold, _ in groups})
    legend = []
    for (threshold, method), rows in groups.items():
        said = f"{tables.METHODS[method]}, {money(threshold, findings.currency)} per QALY"
        colour = OKABE_ITO[thresholds.index(threshold) % len(OKABE_ITO)]
        look, key = Look(colour, DASHES[METHOD_ORDER.index(method)], ""), f"{method} {threshold:g}"
        chart.add_scatter(
            x=[float(row["patients_per_arm"]) for row in rows],
            y=[float(row[column]) for row in rows],
            error_y={"array": [WIDTH_95 * _finite(row["se"]) for row in rows], "thickness": 1.2, "width": 3},
            mode="lines+markers",
            line={"color": look.colour, "dash": look.dash, "width": 2},
            name=text(said),
            legendgroup=key,
            hovertemplate=f"{text(said)}<br>%{{x:,}} per arm: {findings.currency} %{{y:,.2f}}<extra></extra>",
        )
        legend.append(Swatch(key, said, look))
    chart.update_xaxes(rangemode="tozero", tickformat=",", nticks=6)
    chart.update_yaxes(tickformat=",")
    return tuple(legend)


def _estimate(row: Mapping[str, Any]) -> Estimate:
    return Estimate(float(row["value"]), float(row["se"]))


def _finite(value: Any) -> float:
    return float(value) if math.isfinite(float(value)) else 0.0
