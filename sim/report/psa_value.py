"""The value of information as figures and tables: partial perfect information, a proposed trial, a whole population."""

import math
from typing import Any

import plotly.graph_objects as go

from sim.report import information_tables as tables
from sim.report.answer import joined
from sim.report.chart import Chart, Swatch, as_chart
from sim.report.figure_style import DASHES, GREY, OKABE_ITO, Look, figure, text
from sim.report.figures import WIDTH_95
from sim.report.numbers import Estimate, money, number, plain
from sim.report.psa_figures import CURVE_HEIGHTS, bars, short_name
from sim.report.psa_findings import PsaFindings, records
from sim.report.section import Section

MOST_BARS = 20
METHOD_ORDER = ("regression", "moment_matching", "nested")
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


def largest_evppi(findings: PsaFindings, most: int) -> list[tuple[str, float]]:
    """Parameters and sets with the highest value; those that are not clear of 0 are left out."""
    rows = _evppi_rows(findings) if len(findings.frame("evppi")) else []
    clear = [row for row in rows if Estimate(float(row["value"]), float(row["se"])).clear]
    return [(str(row["parameters"]), float(row["value"])) for row in clear[:most]]


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
    names = [f"{short_name(str(row['parameters']))}: {money(float(row['value']), currency, 2)}" for row in rows]
    values = [max(float(row["value"]), 0.0) for row in rows]
    title = f"Value of knowing one thing, per person, at {money(threshold, currency)} per QALY (EVPPI)"
    chart = bars(title, f"{currency} per person", names, [("evppi", "EVPPI", values, OKABE_ITO[0])])
    chart.data[0].error_x = {"array": [WIDTH_95 * _finite(row["se"]) for row in rows], "color": GREY, "thickness": 1.5}
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
    said = "; ".join(names[:5])
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
    said = (_trial_words(findings),) if charts else ()
    title = "A proposed trial and the population" if charts else "The whole population"
    short = "Trial" if charts else "Population"
    return [Section("trial", title, short, paragraphs=said, charts=tuple(charts), tables=made)]


def _trial_words(findings: PsaFindings) -> str:
    first = records(findings.frame("evsi"))[0]
    titles = {name: findings.title(name) for name in findings.strategies}
    arms = [titles.get(name.strip(), name.strip()) for name in str(first["arms"]).split(",")]
    text = (
        f"A trial of {joined(arms)} that measures {str(first['outcome']).replace('_', ' ')} over "
        f"{plain(float(first['follow_up_months']))} months, simulated by the model in every draw of the parameters. "
        "The value of its result is what it would be worth before the decision, per person who is treated afterwards."
    )
    frame = findings.frame("enbs")
    if not len(frame):
        return text
    threshold = valued_at(findings, "enbs")
    rows = [row for row in records(frame) if bool(row["best"]) and float(row["willingness_to_pay"]) == threshold]
    best = min(rows, key=lambda row: METHOD_ORDER.index(str(row["method"])))
    at = f"At {money(threshold, findings.currency)} per QALY"
    if float(best["patients_per_arm"]) == 0.0:
        return f"{text} {at} no size that was tried is worth its cost."
    enbs = Estimate(float(best["enbs"]), float(best["se"]))
    return (
        f"{text} {at}, {number(float(best['patients_per_arm']))} patients per arm are the best of the sizes tried: a "
        f"net benefit of sampling of {money(enbs.mean, findings.currency)} for all concerned"
        f"{'' if enbs.clear else ', which is not clear of 0'}."
    )


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
    last = next(iter(groups.values()))[-1]
    size, value = number(float(last["patients_per_arm"])), money(float(last["value"]), findings.currency, 2)
    return as_chart("evsi", chart, (remark, f"At {size} patients per arm {value} per person."), legend, (table,))


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
    best = max(next(iter(groups.values())), key=lambda row: float(row["enbs"]))
    said = f"Highest at {number(float(best['patients_per_arm']))} per arm: {money(float(best['enbs']), currency)}."
    table = tables.enbs_table(findings.frame("enbs"), currency)
    return as_chart("enbs", chart, (remark, said), legend, (table,))


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


def _finite(value: Any) -> float:
    return float(value) if math.isfinite(float(value)) else 0.0
