"""The figures of a deterministic analysis: tornado, heat map of two parameters, gains along one, gains side by side."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from sim.report.dsa_findings import ICER, DsaFindings, Record
from sim.report.figure_style import GREY, OKABE_ITO, figure, looks, names_above_bars, ribbon, text
from sim.report.figures import BAR_WIDTH, WIDTH_95
from sim.report.numbers import plain
from sim.report.psa_figures import CURVE_HEIGHTS, bar_heights, short_name

MOST_BARS = 15
LOW_COLOUR, HIGH_COLOUR = OKABE_ITO[4], OKABE_ITO[1]
COLOURS = {"low": LOW_COLOUR, "high": HIGH_COLOUR}
FRONT_WIDTH = BAR_WIDTH / 2  # of a bar that lies upon another one, so that both are seen even if equally long
HEAT_HEIGHTS = (420, 300)


def bar_rows(findings: DsaFindings, strategy: str, measure: str) -> list[Record]:
    """The bars to draw: the widest, and for the ICER only those with a ratio at both ends."""
    found = findings.tornado(strategy, measure)
    if measure == ICER:
        found = [row for row in found if not bool(row["is_open"])]
    return found[:MOST_BARS]


def tornado(findings: DsaFindings, measure: str, title: str, axis_title: str, strategies: Sequence[str]) -> go.Figure:
    """Bars from the base value to the values at both ends of each parameter, one strategy at a time."""
    rows_of = {name: bar_rows(findings, name, measure) for name in strategies}
    most = max(len(rows) for rows in rows_of.values())
    chart = figure(title, axis_title, "", *bar_heights(most))
    for place, (strategy, rows) in enumerate(rows_of.items()):
        more: dict[str, Any] = {"visible": place == 0, "meta": {"strategy": strategy}}
        base = float(rows[0]["base"]) if rows else 0.0
        for end, in_front, lines in _layers(rows, base):
            at = [_number(rows[line][f"at_{end}"], base) for line in lines]
            chart.add_bar(
                x=[value - base for value in at],
                base=[base] * len(lines),
                y=lines,
                customdata=[
                    f"{text(str(rows[line]['parameter']))}<br>{end} end: {plain(float(rows[line][f'{end}_value']))} "
                    f"{text(str(rows[line]['unit']))}<br>{value:,.0f}"
                    for line, value in zip(lines, at, strict=True)
                ],
                orientation="h",
                width=FRONT_WIDTH if in_front else BAR_WIDTH,
                marker={"color": COLOURS[end]},
                name=f"{end} end of the range",
                legendgroup=end,
                hovertemplate="%{customdata}<extra></extra>",
                **more,
            )
        ends = [base, *(_number(row[f"at_{end}"], base) for row in rows for end in ("low", "high"))]
        names_above_bars(chart, [short_name(str(row["parameter"])) for row in rows], min(ends), **more)
        chart.add_scatter(
            x=[base, base],
            y=[-0.8, most - 0.5],
            mode="lines",
            line={"color": GREY, "width": 1.5},
            name="base case",
            legendgroup="base",
            hoverinfo="skip",
            **more,
        )
    chart.update_layout(barmode="overlay")
    chart.update_xaxes(nticks=5, tickangle=0, tickformat=",", zeroline=measure != ICER)
    chart.update_yaxes(range=[most - 0.5, -0.8], showgrid=False, zeroline=False, showticklabels=False)
    return chart


def _layers(rows: Sequence[Record], base: float) -> list[tuple[str, bool, list[int]]]:
    """The bars in the order of drawing: end, whether they lie upon the other end's, and their lines from the top.

    Where both ends are on the same side of the base value, the shorter bar lies upon the longer.
    """
    layers: dict[tuple[bool, str], list[int]] = {(front, end): [] for front in (False, True) for end in COLOURS}
    for line, row in enumerate(rows):
        low, high = (_number(row[f"at_{end}"], base) - base for end in COLOURS)
        upon = None
        if low * high > 0.0:
            upon = "low" if abs(low) < abs(high) else "high"
        for end in COLOURS:
            layers[end == upon, end].append(line)
    return [(end, front, lines) for (front, end), lines in layers.items() if lines]


def heat_map(findings: DsaFindings, rows: Sequence[Record], title: str) -> go.Figure:
    """Which strategy is best over a grid of two parameters; `rows` are those of one pair of parameters."""
    first = rows[0]
    chart = figure(title, _axis(first, "a"), _axis(first, "b"), *HEAT_HEIGHTS)
    best = {(float(row["value_a"]), float(row["value_b"])): row for row in rows}
    x, y = sorted({a for a, _ in best}), sorted({b for _, b in best})
    winners = heat_winners(findings, rows)
    style = looks(findings)
    z: list[list[int | None]] = []
    said: list[list[str]] = []
    for b in y:
        cells = [best.get((a, b)) for a in x]
        z.append([None if cell is None else winners.index(str(cell["best"])) for cell in cells])
        said.append([_heat_words(findings, cell) for cell in cells])
    share = 1.0 / len(winners)
    scale = [
        [edge, style[name].colour]
        for place, name in enumerate(winners)
        for edge in (place * share, (place + 1) * share if place < len(winners) - 1 else 1.0)
    ]
    chart.add_heatmap(
        x=x,
        y=y,
        z=z,
        customdata=said,
        zmin=-0.5,
        zmax=len(winners) - 0.5,
        colorscale=scale,
        showscale=False,
        opacity=0.75,
        xgap=1,
        ygap=1,
        hovertemplate="%{customdata}<extra></extra>",
        name="best strategy",
    )
    bases = [row for row in rows if bool(row["is_base"])][:1]
    chart.add_scatter(
        x=[float(row["value_a"]) for row in bases],
        y=[float(row["value_b"]) for row in bases],
        mode="markers",
        marker={"symbol": "x", "size": 11, "color": "#ffffff", "line": {"color": "#000000", "width": 1.5}},
        name="base case",
        legendgroup="base",
        hoverinfo="skip",
    )
    return chart


def heat_winners(findings: DsaFindings, rows: Sequence[Record]) -> list[str]:
    """The strategies that are best somewhere on the grid, in the scenario's order."""
    there = {str(row["best"]) for row in rows}
    return [name for name in findings.strategies if name in there]


def _axis(row: Record, side: str) -> str:
    return f"{short_name(str(row[f'parameter_{side}']))} ({row[f'unit_{side}']})"


def _heat_words(findings: DsaFindings, row: Record | None) -> str:
    if row is None:
        return "refused by the model"
    second = f", {findings.currency} {float(row['lead']):,.0f} over {text(findings.title(str(row['second'])))}"
    values = f"{plain(float(row['value_a']))} and {plain(float(row['value_b']))}"
    return f"{values}: {text(findings.title(str(row['best'])))}{second}"


def along(findings: DsaFindings, rows: Sequence[Record], title: str, words: str) -> go.Figure:
    """A gain along the values of one parameter, with its 95 % Monte Carlo ribbon, over all rivals."""
    first = rows[0]
    x_title = f"{short_name(str(first['parameter']))} ({first['unit']})"
    chart = figure(title, x_title, f"gain ({findings.currency} per person)", *CURVE_HEIGHTS)
    ordered = sorted(rows, key=lambda row: float(row["value"]))
    x, mean = [float(row["value"]) for row in ordered], [float(row["gain"]) for row in ordered]
    low, high = ([_number(row[f"gain_{end}"], float(row["gain"])) for row in ordered] for end in ("low", "high"))
    ribbon(chart, x, low, high, OKABE_ITO[0], group="gain")
    chart.add_scatter(
        x=x,
        y=mean,
        mode="lines+markers",
        line={"color": OKABE_ITO[0], "width": 2},
        name=text(words),
        legendgroup="gain",
        hovertemplate=f"%{{x:,.4g}}: {findings.currency} %{{y:,.0f}}<extra></extra>",
    )
    chart.update_yaxes(tickformat=",", zeroline=True, zerolinewidth=2)
    return chart


def dots(
    title: str, axis_title: str, by_strategy: dict[str, list[tuple[str, float, float]]], strategies: Sequence[str]
) -> go.Figure:
    """Gains with their 95 % Monte Carlo intervals, one below the other, one strategy at a time.

    by_strategy: of each strategy the name, gain and standard error of each row, the same rows for all.
    """
    most = max(len(rows) for rows in by_strategy.values())
    chart = figure(title, axis_title, "", *bar_heights(most))
    for place, strategy in enumerate(strategies):
        more: dict[str, Any] = {"visible": place == 0, "meta": {"strategy": strategy}}
        rows = by_strategy[strategy]
        half = [WIDTH_95 * _number(error, 0.0) for _, _, error in rows]
        chart.add_scatter(
            x=[gain for _, gain, _ in rows],
            y=list(range(len(rows))),
            error_x={"array": half, "thickness": 1.5, "width": 4},
            mode="markers",
            marker={"color": OKABE_ITO[0], "size": 9},
            name="gain",
            legendgroup="gain",
            customdata=[text(name) for name, _, _ in rows],
            hovertemplate="%{customdata}: %{x:,.0f}<extra></extra>",
            **more,
        )
        low = min([0.0, *(gain - width for (_, gain, _), width in zip(rows, half, strict=True))])
        names_above_bars(chart, [name for name, _, _ in rows], low, **more)
    chart.update_xaxes(nticks=5, tickangle=0, tickformat=",", zeroline=True, zerolinewidth=2)
    chart.update_yaxes(range=[most - 0.5, -0.8], showgrid=False, zeroline=False, showticklabels=False)
    return chart


def _number(value: Any, instead: float) -> float:
    return float(value) if math.isfinite(float(value)) else instead
