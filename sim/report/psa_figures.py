"""The figures of a probabilistic analysis by strategy: plane with ellipses, curves over willingness to pay, budgets."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from sim.report.figure_style import (
    GREY,
    OKABE_ITO,
    Look,
    figure,
    looks,
    names_above_bars,
    ribbon,
    text,
    threshold_lines,
)
from sim.report.figures import BAR_WIDTH, PLANE_HEIGHTS, ROW_HEIGHT, WIDTH_95
from sim.report.numbers import money
from sim.report.psa_findings import ELLIPSE_RADIUS, PsaFindings, records
from sim.report.subject import Subject

Floats = npt.NDArray[np.float64]

CURVE_HEIGHTS = (380, 240)
CORNERS = 60  # of an ellipse's outline
PAPER_ROW_HEIGHT = 32  # pixels of a bar with its name
SHOWN_QUANTILES = (0.002, 0.998)  # of the points; a few far ones must not make all others small
ROOM = 0.05
UPRIGHT_COLOUR, UPRIGHT_DASHES = "#8C6D46", ("dot", "dashdot", "longdash")  # no strategy's, nor the comparator's grey
PARAMETERS_COLOUR, PATIENTS_COLOUR = OKABE_ITO[0], OKABE_ITO[5]


def plane(findings: PsaFindings) -> go.Figure:
    """Increments to the comparator draw by draw, with the ellipse that holds 95 % of a bivariate normal law."""
    title = f"Cost-effectiveness plane: what each strategy adds to {findings.title(findings.comparator)}, draw by draw"
    chart = figure(
        title, "incremental QALYs per person", f"incremental cost per person ({findings.currency})", *PLANE_HEIGHTS
    )
    drawn = findings.shown_draws
    style = looks(findings)
    outlines = ellipses(findings)
    for name in findings.others:
        look, words = style[name], text(findings.title(name))
        effects, costs = drawn[name]
        chart.add_scatter(
            x=effects.tolist(),
            y=costs.tolist(),
            mode="markers",
            marker={"color": look.colour, "symbol": look.symbol, "size": 4, "opacity": 0.35},
            name=words,
            legendgroup=name,
            hovertemplate=f"{words}<br>%{{x:.4f}} QALYs<br>{findings.currency} %{{y:,.0f}}<extra></extra>",
        )
        x, y = outlines[name]
        chart.add_scatter(
            x=x.tolist(),
            y=y.tolist(),
            mode="lines",
            line={"color": look.colour, "width": 2},
            name=f"{words}, 95 %",
            legendgroup=name,
            hoverinfo="skip",
        )
    for name in findings.others:  # on top of all points
        cost, effect = (findings.spread(name, f"incremental_{measure}").mean for measure in ("cost", "effect"))
        look, words = style[name], text(findings.title(name))
        chart.add_scatter(
            x=[effect],
            y=[cost],
            mode="markers",
            marker={"color": look.colour, "symbol": look.symbol, "size": 11, "line": {"color": "#ffffff", "width": 1}},
            name=f"{words}, mean",
            legendgroup=name,
            hovertemplate=f"{words}, mean<br>%{{x:.4f}} QALYs<br>{findings.currency} %{{y:,.0f}}<extra></extra>",
        )
    x_range = _range([x for x, _ in drawn.values()], [x for x, _ in outlines.values()])
    y_range = _range([y for _, y in drawn.values()], [y for _, y in outlines.values()])
    threshold_lines(chart, findings, x_range, y_range)
    chart.update_xaxes(range=x_range)
    chart.update_yaxes(range=y_range, tickformat=",")
    return chart


def ellipses(findings: PsaFindings) -> dict[str, tuple[Floats, Floats]]:
    """Outline (QALYs, cost) of the ellipse of each strategy's increments, from their covariance by the parameters."""
    angles = np.linspace(0.0, 2.0 * np.pi, CORNERS + 1)
    circle = ELLIPSE_RADIUS * np.stack([np.cos(angles), np.sin(angles)])
    found = {}
    for row in records(findings.analysis.ellipses):
        if row["comparator"] != findings.comparator or row["strategy"] not in findings.others:
            continue
        covariance = [[row["effect_variance"], row["covariance"]], [row["covariance"], row["cost_variance"]]]
        effect_sd, cost_sd = np.sqrt(max(row["effect_variance"], 0.0)), np.sqrt(max(row["cost_variance"], 0.0))
        product = effect_sd * cost_sd
        correlation = float(np.clip(covariance[0][1] / product, -1.0, 1.0)) if product > 0.0 else 0.0
        x = row["mean_effect"] + effect_sd * circle[0]
        y = row["mean_cost"] + cost_sd * (correlation * circle[0] + np.sqrt(1.0 - correlation**2) * circle[1])
        found[str(row["strategy"])] = (x, y)
    return found


def _range(points: Sequence[Floats], outlines: Sequence[Floats]) -> list[float]:
    """An axis that holds 0, every ellipse and nearly every point."""
    ends = [0.0, *np.quantile(np.concatenate(list(points)), SHOWN_QUANTILES).tolist()]
    ends += [float(end) for outline in outlines for end in (outline.min(), outline.max())]
    low, high = min(ends), max(ends)
    room = ROOM * (high - low) or 1.0
    return [low - room, high + room]


def over_thresholds(
    findings: PsaFindings, title: str, y_title: str, series: Mapping[str, Mapping[float, float]], *, shares: bool
) -> go.Figure:
    """A line a strategy over willingness to pay, with an upright line at each threshold; `series`: by strategy."""
    chart = figure(title, f"willingness to pay ({findings.currency} per QALY)", y_title, *CURVE_HEIGHTS)
    style = looks(findings)
    shown = "%{y:.1%}" if shares else f"{findings.currency} %{{y:,.2f}}"
    highest = 0.0
    for name, points in series.items():
        look, words = style[name], text(findings.title(name))
        highest = max([highest, *(value for value in points.values() if np.isfinite(value))])
        chart.add_scatter(
            x=list(points),
            y=[None if np.isnan(value) else value for value in points.values()],
            mode="lines",
            line={"color": look.colour, "dash": look.dash, "width": 2},
            name=words,
            legendgroup=name,
            hovertemplate=f"{words}<br>{findings.currency} %{{x:,.0f}}: {shown}<extra></extra>",
        )
    mark_thresholds(chart, findings, 1.0 if shares else highest)
    chart.update_xaxes(tickformat=",", rangemode="tozero", nticks=6)
    chart.update_yaxes(rangemode="tozero", tickformat=".0%" if shares else ",")
    if shares:
        chart.update_yaxes(range=[0, 1.02])
    return chart


def upright_look(place: int) -> Look:
    """How the upright line of the threshold at `place` is drawn."""
    return Look(UPRIGHT_COLOUR, UPRIGHT_DASHES[place % len(UPRIGHT_DASHES)], "")


def mark_thresholds(chart: go.Figure, subject: Subject, top: float) -> None:
    """An upright line at each of the setting's thresholds."""
    for place, threshold in enumerate(subject.thresholds):
        look = upright_look(place)
        chart.add_scatter(
            x=[threshold, threshold],
            y=[0.0, top],
            mode="lines",
            line={"color": look.colour, "width": 1.5, "dash": look.dash},
            name=f"{money(threshold, subject.currency)} per QALY",
            legendgroup=f"threshold {place}",
            hoverinfo="skip",
        )


def evpi_curve(findings: PsaFindings) -> go.Figure:
    """EVPI over willingness to pay with its 95 % Monte Carlo ribbon, and what it would be with patient noise in it."""
    x_title, y_title = f"willingness to pay ({findings.currency} per QALY)", f"EVPI per person ({findings.currency})"
    chart = figure("Expected value of perfect information, per person", x_title, y_title, *CURVE_HEIGHTS)
    rows = sorted(records(findings.analysis.evpi), key=lambda row: float(row["willingness_to_pay"]))
    at = [float(row["willingness_to_pay"]) for row in rows]
    value, error = ([float(row[name]) for row in rows] for name in ("evpi", "se"))
    high = [v + WIDTH_95 * (e if np.isfinite(e) else 0.0) for v, e in zip(value, error, strict=True)]
    low = [max(v - WIDTH_95 * (e if np.isfinite(e) else 0.0), 0.0) for v, e in zip(value, error, strict=True)]
    ribbon(chart, at, low, high, OKABE_ITO[0], group="evpi")
    lines = [("evpi", "EVPI", OKABE_ITO[0], "solid")]
    if findings.analysis.corrected:
        lines.append(("uncorrected", "with chance among patients left in", GREY, "dot"))
    for name, words, colour, dash in lines:
        chart.add_scatter(
            x=at,
            y=[float(row[name]) for row in rows],
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2},
            name=words,
            legendgroup=name,
            hovertemplate=f"{words}<br>{findings.currency} %{{x:,.0f}}: %{{y:,.2f}}<extra></extra>",
        )
    mark_thresholds(chart, findings, max([0.0, *high, *(float(row["uncorrected"]) for row in rows)]))
    chart.update_xaxes(tickformat=",", rangemode="tozero", nticks=6)
    chart.update_yaxes(rangemode="tozero", tickformat=",")
    return chart


def short_name(parameter: str) -> str:
    """A parameter's name without what files share, so that it fits above a bar on a phone."""
    for prefix in ("treatments.", "setting."):
        parameter = parameter.removeprefix(prefix)
    return parameter.replace(".adverse_events.", ".")


def bar_heights(bars: int) -> tuple[int, int]:
    """Height of a figure of level bars in pixels, on screen and on paper."""
    return 80 + ROW_HEIGHT * bars, 80 + PAPER_ROW_HEIGHT * bars


def bars(
    title: str, x_title: str, names: Sequence[str], series: Sequence[tuple[str, str, Sequence[float], str]]
) -> go.Figure:
    """Level bars, stacked, each below its name and value: room for names of any length on a phone too.

    `names`: what stands above each bar. `series`: key, words, values, colour of each part of the bars.
    """
    chart = figure(title, x_title, "", *bar_heights(len(names)))
    places = list(range(len(names)))
    for key, words, values, colour in series:
        chart.add_bar(
            x=list(values),
            y=places,
            customdata=[text(name) for name in names],
            orientation="h",
            width=BAR_WIDTH,
            marker={"color": colour},
            name=text(words),
            legendgroup=key,
            hovertemplate=f"%{{customdata}}<br>{text(words)}: %{{x:,.4g}}<extra></extra>",
        )
    names_above_bars(chart, names)
    chart.update_yaxes(range=[len(names) - 0.5, -0.8], showgrid=False, zeroline=False, showticklabels=False)
    chart.update_layout(barmode="stack")
    chart.update_xaxes(rangemode="tozero", nticks=5, tickangle=0)
    return chart


def convergence(findings: PsaFindings) -> go.Figure:
    """Mean gain over the comparator with its 95 % Monte Carlo ribbon, by the number of draws."""
    title = f"Gain over {findings.title(findings.comparator)} as draws come in"
    y_title = f"gain at {money(findings.thresholds[0], findings.currency)} per QALY ({findings.currency})"
    chart = figure(title, "draws", y_title, *CURVE_HEIGHTS)
    style, frame = looks(findings), findings.analysis.convergence
    for name in findings.others:
        rows = frame[frame["strategy"] == name]
        look, words, x = style[name], text(findings.title(name)), [int(draws) for draws in rows["draws"]]
        high, low = rows["high"].tolist(), rows["low"].tolist()
        ribbon(chart, x, low, high, look.colour, of=words, group=name)
        chart.add_scatter(
            x=x,
            y=rows["gain"].tolist(),
            mode="lines",
            line={"color": look.colour, "dash": look.dash, "width": 2},
            name=words,
            legendgroup=name,
            hovertemplate=f"{words}<br>%{{x:,}} draws: {findings.currency} %{{y:,.0f}}<extra></extra>",
        )
    chart.update_xaxes(tickformat=",", rangemode="tozero", nticks=6)
    chart.update_yaxes(tickformat=",")
    return chart
