"""The charts by strategy: the cost-effectiveness plane, curves over time, costs by category."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from sim.report.figure_labels import Point, label_positions
from sim.report.figure_style import (
    GREY,
    OKABE_ITO,
    figure,
    looks,
    ribbon,
    text,
    threshold_lines,
)
from sim.report.findings import COST, EFFECT, Findings
from sim.report.numbers import Estimate, money, number
from sim.report.terms import COSTS
from sim.valuation.outcomes import CATEGORIES

WIDTH_95 = 1.96  # standard errors on each side of a mean
MONTHS_TITLE = "months since entry"
CURVES = {
    "load_pain": ("Mean load pain over time, by strategy", "load pain (NRS, 0 to 10)"),
    "symptom_free": ("Share recovered (free of symptoms) over time, by strategy", "share free of symptoms"),
    "mri_normal": ("Share with a normal MRI of the first lesion over time, by strategy", "share with normal MRI"),
    "rest_pain": ("Mean rest pain over time, by strategy", "rest pain (NRS, 0 to 10)"),
    "utility": ("Mean utility over time, by strategy", "utility"),
}
SHARES = ("symptom_free", "mri_normal")
PLANE_HEIGHTS, CURVE_HEIGHTS = (460, 330), (400, 225)  # pixels on screen and on paper
ROW_HEIGHT, BAR_WIDTH = 46, 0.45  # of a bar with its name: in pixels; share of it
OTHER_DISEASES = "unrelated_medical"
ROOM = 0.12  # free part of an axis beyond the outermost point


def plane(findings: Findings) -> go.Figure:
    """Increments of cost and QALYs against the comparator, with 95 % Monte Carlo crosses and the threshold lines."""
    title = f"Cost-effectiveness plane: what each strategy adds to {findings.title(findings.comparator)}"
    chart = figure(
        title, "incremental QALYs per person", f"incremental cost per person ({findings.currency})", *PLANE_HEIGHTS
    )
    style = looks(findings)
    effects = {name: findings.increment(name, findings.comparator, EFFECT) for name in findings.strategies}
    costs = {name: findings.increment(name, findings.comparator, COST) for name in findings.strategies}
    x_range = _range([_ends(effect) for effect in effects.values()])
    y_range = _range([_ends(cost) for cost in costs.values()])
    threshold_lines(chart, findings, x_range, y_range)
    for name in findings.strategies:
        effect, cost, look, title = effects[name], costs[name], style[name], text(findings.title(name))
        chart.add_scatter(
            x=[effect.mean],
            y=[cost.mean],
            error_x={"array": [WIDTH_95 * effect.standard_error], "thickness": 1.5, "width": 4},
            error_y={"array": [WIDTH_95 * cost.standard_error], "thickness": 1.5, "width": 4},
            mode="markers",
            marker={
                "color": look.colour,
                "symbol": look.symbol,
                "size": 10,
                "line": {"color": look.colour, "width": 2},
            },
            name=title,
            legendgroup=name,
            hovertemplate=f"{title}<br>%{{x:.4f}} QALYs<br>{findings.currency} %{{y:,.0f}}<extra></extra>",
        )
    points = [Point(findings.title(n), *_ends(effects[n]), *_ends(costs[n])) for n in findings.strategies]
    chart.add_scatter(
        x=[effect.mean for effect in effects.values()],
        y=[cost.mean for cost in costs.values()],
        text=[f" {text(point.words)} " for point in points],
        textposition=label_positions(points, x_range, y_range),
        mode="markers+text",
        marker={"size": 12, "opacity": 0},  # keeps the words off the point
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        meta={"wide_only": True},
    )
    chart.update_xaxes(range=x_range)
    chart.update_yaxes(range=y_range, tickformat=",")
    return chart


def _ends(estimate: Estimate) -> tuple[float, float]:
    """The ends of the 95 % Monte Carlo interval; the mean itself where one patient gives no error."""
    half = 0.0 if math.isnan(estimate.standard_error) else WIDTH_95 * estimate.standard_error
    return estimate.mean - half, estimate.mean + half


def _range(intervals: Sequence[tuple[float, float]]) -> list[float]:
    """An axis that holds every interval with some room, and is longer than nothing when all are equal."""
    low, high = min(low for low, _ in intervals), max(high for _, high in intervals)
    room = ROOM * (high - low) or 1.0
    return [low - room, high + room]


def curve(findings: Findings, quantity: str) -> go.Figure:
    """A quantity of the curves over the months since entry: a line a strategy with its 95 % Monte Carlo ribbon."""
    title, axis_title = CURVES[quantity]
    chart = figure(title, MONTHS_TITLE, axis_title, *CURVE_HEIGHTS)
    style = looks(findings)
    most = 1.0 if quantity in SHARES else 10.0  # the scale's own ends cut the ribbon
    longest = 0.0
    for name in findings.strategies:
        points = findings.points[name, quantity]
        months, mean = list(points), [point.mean for point in points.values()]
        half = [WIDTH_95 * point.standard_error for point in points.values()]
        longest = max([longest, *months])
        low = [max(middle - width, 0.0) for middle, width in zip(mean, half, strict=True)]
        high = [min(middle + width, most) for middle, width in zip(mean, half, strict=True)]
        look, title = style[name], text(findings.title(name))
        ribbon(chart, months, low, high, look.colour, of=title, group=name, in_legend=False)
        shown = "%{y:.1%}" if quantity in SHARES else "%{y:.2f}"
        chart.add_scatter(
            x=months,
            y=mean,
            mode="lines",
            line={"color": look.colour, "dash": look.dash, "width": 2},
            name=title,
            legendgroup=name,
            hovertemplate=f"{title}<br>month %{{x:.1f}}: {shown}<extra></extra>",
        )
    chart.update_xaxes(dtick=3, range=[0, longest])
    chart.update_yaxes(rangemode="tozero")
    if quantity in SHARES:
        chart.update_yaxes(range=[0, 1], tickformat=".0%")
    return chart


def category_looks() -> dict[str, dict[str, Any]]:
    """Colour and pattern of each cost category: the palette, then the palette again, hatched."""
    palette = (*OKABE_ITO, GREY)
    return {
        name: {"color": palette[place % len(palette)], "pattern": {"shape": "/" if place >= len(palette) else ""}}
        for place, name in enumerate(CATEGORIES)
    }


def left_out_of_bars(findings: Findings) -> list[str]:
    """The costs of other diseases, where they would leave no room for the others."""
    if OTHER_DISEASES not in findings.setting.perspective:
        return []
    part, whole = (
        findings.outcome(findings.comparator, name).mean for name in (f"cost_{OTHER_DISEASES}_discounted", COST)
    )
    return [OTHER_DISEASES] if part > 0.5 * whole else []


def _bar_words(findings: Findings, strategy: str) -> str:
    """What a bar comes to, and the whole where the bar is not all of it."""
    whole = findings.outcome(strategy, COST).mean
    aside = sum(findings.outcome(strategy, f"cost_{name}_discounted").mean for name in left_out_of_bars(findings))
    words = money(whole - aside, findings.currency)
    return f"{words} of {number(whole)}" if aside else words


def categories_shown(findings: Findings) -> list[str]:
    """The categories of the perspective in which some strategy costs anything, but for those left out of the bars."""
    left_out = left_out_of_bars(findings)
    return [
        name
        for name in CATEGORIES
        if name in findings.setting.perspective
        and name not in left_out
        and any(findings.outcome(strategy, f"cost_{name}_discounted").mean != 0.0 for strategy in findings.strategies)
    ]


def costs_by_category(findings: Findings) -> go.Figure:
    """Discounted mean cost per person as one stacked bar a strategy, its name and total above it."""
    strategies = findings.strategies
    title = "Mean cost per person by category, discounted"
    height = 80 + ROW_HEIGHT * len(strategies)
    chart = figure(title, f"{findings.currency} per person", "", height, height)
    titles = [text(findings.title(name)) for name in strategies]
    places = list(range(len(strategies)))
    style = category_looks()
    for category in categories_shown(findings):
        words = COSTS[category]
        chart.add_bar(
            x=[findings.outcome(name, f"cost_{category}_discounted").mean for name in strategies],
            y=places,
            customdata=titles,
            orientation="h",
            width=BAR_WIDTH,
            marker=style[category],
            name=words,
            legendgroup=category,
            hovertemplate=f"%{{customdata}}<br>{words}: {findings.currency} %{{x:,.0f}}<extra></extra>",
        )
    totals = [_bar_words(findings, name) for name in strategies]
    chart.add_scatter(  # above the bars, where names of any length have room on a phone too
        x=[0.0] * len(strategies),
        y=[place - 0.42 for place in places],
        text=[f"{name}: {total}" for name, total in zip(titles, totals, strict=True)],
        mode="text",
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        name="total",
    )
    chart.update_layout(barmode="stack")
    chart.update_xaxes(rangemode="tozero", nticks=5, tickangle=0, tickformat=",")
    chart.update_yaxes(range=[len(strategies) - 0.5, -0.8], showgrid=False, zeroline=False, showticklabels=False)
    return chart
