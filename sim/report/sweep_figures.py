"""The figures of what factors do in a sweep: bars of indices, Morris's plane, response surface."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sim.inputs.factors import LOG, Factor
from sim.inputs.sweeps import GRID
from sim.report.figure_labels import Point, label_positions
from sim.report.figure_style import GREY, OKABE_ITO, figure, names_above_bars, text
from sim.report.numbers import number
from sim.report.psa_figures import bar_heights
from sim.report.sweep_findings import Floats, Record, SweepFindings, cell_words
from sim.report.sweep_surface import Shown

MOST_BARS = 15
MOST_RANKED = 15  # points of Morris's plane with their rank beside them
ZERO_COLOUR = "#606060"  # seen on white and on black
SQUARE_HEIGHTS = (440, 320)
FIRST_COLOUR, TOTAL_COLOUR = OKABE_ITO[0], OKABE_ITO[1]
HALF_BAR = 0.2
# From a loss over nothing to a gain.
LOSS_TO_GAIN = [[0.0, "#D55E00"], [0.25, "#F0B48C"], [0.5, "#F7F7F7"], [0.75, "#8CBFDE"], [1.0, "#0072B2"]]
Parts = tuple[tuple[str, str, str], ...]  # of bars: column, words, colour

INDEX_PARTS: Parts = (("first_order", "by itself (first order)", FIRST_COLOUR),
                      ("total", "with all its interactions (total)", TOTAL_COLOUR))  # fmt: skip
MORRIS_PARTS: Parts = (("mu_star", "mean size of the effect (mu*)", FIRST_COLOUR),
                       ("sigma", "spread of the effect (sigma)", TOTAL_COLOUR))  # fmt: skip


def indices(
    title: str,
    axis_title: str,
    rows_of: dict[str, list[Record]],
    parts: Parts,
    strategies: Sequence[str],
    decimals: int,
) -> go.Figure:
    """Bars with 95 % intervals below the name of each factor, one strategy at a time."""
    rows_of = {name: rows[:MOST_BARS] for name, rows in rows_of.items()}
    most = max(len(rows) for rows in rows_of.values())
    chart = figure(title, axis_title, "", *bar_heights(most))
    for place, strategy in enumerate(strategies):
        more: dict[str, Any] = {"visible": place == 0, "meta": {"strategy": strategy}}
        rows = rows_of[strategy]
        for turn, (column, words, colour) in enumerate(parts):
            middle = 0.0 if len(parts) == 1 else (turn - 0.5) * 1.1 * HALF_BAR
            values = [float(row[column]) for row in rows]
            chart.add_bar(
                x=values,
                y=[at + middle for at in range(len(rows))],
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": _lengths(rows, column, "high", 1.0),
                    "arrayminus": _lengths(rows, column, "low", -1.0),
                    "color": GREY,
                    "thickness": 1.2,
                    "width": 3,
                },
                customdata=[_bar_words(row, column, words, decimals) for row in rows],
                orientation="h",
                width=HALF_BAR,
                marker={"color": colour},
                name=text(words),
                legendgroup=column,
                hovertemplate="%{customdata}<extra></extra>",
                **more,
            )
        names_above_bars(chart, [str(row["factor"]) for row in rows], **more)
    chart.update_layout(barmode="overlay")
    chart.update_xaxes(nticks=6, tickangle=0, tickformat=",~g", zeroline=True, zerolinewidth=1.5)
    chart.update_yaxes(range=[most - 0.5, -0.8], showgrid=False, zeroline=False, showticklabels=False)
    return chart


def _lengths(rows: Sequence[Record], column: str, end: str, sign: float) -> list[float]:
    """From each bar's end to an end of its interval; nothing where it has none."""
    found = [sign * (float(row[f"{column}_{end}"]) - float(row[column])) for row in rows]
    return [one if np.isfinite(one) else 0.0 for one in found]


def _bar_words(row: Record, column: str, words: str, decimals: int) -> str:
    low, high = float(row[f"{column}_low"]), float(row[f"{column}_high"])
    span = f" ({number(low, decimals)} to {number(high, decimals)})" if np.isfinite(low) else ""
    return f"{text(str(row['factor']))}<br>{text(words)}: {number(float(row[column]), decimals)}{span}"


def morris_plane(
    title: str, unit: str, rows_of: dict[str, list[Record]], strategies: Sequence[str], decimals: int
) -> go.Figure:
    """Mean size of each factor's effect against its spread; above the line the effect changes with the others most."""
    chart = figure(title, f"mu*, mean size of the effect ({unit})", f"sigma, its spread ({unit})", *SQUARE_HEIGHTS)
    for place, strategy in enumerate(strategies):
        more: dict[str, Any] = {"visible": place == 0, "meta": {"strategy": strategy}}
        rows = rows_of[strategy]
        x, y = ([float(row[key]) for row in rows] for key in ("mu_star", "sigma"))
        top = 1.12 * max([*x, 1e-9]), 1.12 * max([*y, 1e-9])
        chart.add_scatter(
            x=[0.0, min(top)],
            y=[0.0, min(top)],
            mode="lines",
            line={"color": GREY, "width": 1.2, "dash": "dash"},
            name="sigma = mu*",
            legendgroup="line",
            hoverinfo="skip",
            **more,
        )
        chart.add_scatter(
            x=x,
            y=y,
            mode="markers",
            marker={"color": FIRST_COLOUR, "size": 9},
            customdata=[text(str(row["factor"])) for row in rows],
            name="factor",
            legendgroup="factor",
            hovertemplate=f"%{{customdata}}<br>mu* %{{x:,.{decimals}f}}, sigma %{{y:,.{decimals}f}}<extra></extra>",
            **more,
        )
        points = [
            Point(str(rank), *[float(row["mu_star"])] * 2, *[float(row["sigma"])] * 2)
            for rank, row in enumerate(rows[:MOST_RANKED], start=1)
        ]
        chart.add_scatter(
            x=x[: len(points)],
            y=y[: len(points)],
            text=[point.words for point in points],
            textposition=label_positions(points, (0.0, top[0]), (0.0, top[1])) if points else [],
            mode="text",
            hoverinfo="skip",
            showlegend=False,
            name="ranks",
            **more,
        )
    chart.update_xaxes(rangemode="tozero", tickformat=",", nticks=6)
    chart.update_yaxes(rangemode="tozero", tickformat=",")
    return chart


def surface(
    findings: SweepFindings, title: str, unit: str, shown: dict[str, Shown], pair: tuple[Factor, Factor]
) -> go.Figure:
    """The gain over two factors as colours, with lines of equal gain and a thick one where it is 0."""
    first = next(iter(shown.values()))
    chart = figure(title, findings.axis_title(pair[0]), findings.axis_title(pair[1]), *SQUARE_HEIGHTS)
    for place, (strategy, one) in enumerate(shown.items()):
        more: dict[str, Any] = {"visible": place == 0, "meta": {"strategy": strategy}}
        z = np.where(np.isfinite(one.values), one.values, np.nan)
        reach = max(float(np.nanmax(np.abs(z))), 1e-9)
        said = _surface_words(findings, one)
        common: dict[str, Any] = {"x": one.x, "y": one.y, "z": _nones(z), "hoverinfo": "text", "text": said, **more}
        scale = {"colorscale": LOSS_TO_GAIN, "zmin": -reach, "zmax": reach}
        bar = {"orientation": "h", "thickness": 10, "y": -0.22, "yanchor": "top", "nticks": 5, "tickformat": ","}
        bar["title"] = {"text": text(unit), "side": "bottom", "font": {"size": 12}}
        if not one.smooth:
            chart.add_heatmap(**common, **scale, colorbar=bar, xgap=1, ygap=1, name="gain", legendgroup="gain")
            continue
        step = _round_step(reach / 6.0)
        top = step * int(np.ceil(reach / step))
        chart.add_contour(
            **common,
            **scale,
            colorbar=bar,
            autocontour=False,
            contours={"start": -top, "end": top, "size": step, "coloring": "heatmap"},
            line={"width": 0.6, "color": GREY},
            name="gain",
            legendgroup="gain",
        )
        chart.add_contour(
            x=one.x,
            y=one.y,
            z=_nones(z),
            contours={"coloring": "none", "start": 0.0, "end": 0.0, "size": 1.0},
            line={"width": 3, "color": ZERO_COLOUR},
            showscale=False,
            hoverinfo="skip",
            name="no gain",
            legendgroup="zero",
            **more,
        )
    _scale_axes(chart, pair, first)
    chart.update_layout(margin={"b": 110})
    return chart


def _round_step(step: float) -> float:
    """The next larger 1, 2 or 5 of its decade."""
    decade = 10.0 ** np.floor(np.log10(step))
    return float(next(one * decade for one in (1.0, 2.0, 5.0, 10.0) if one * decade >= step * (1.0 - 1e-9)))


def _scale_axes(chart: go.Figure, pair: tuple[Factor, Factor], shown: Shown) -> None:
    """Choices stand side by side under their names; ranges on a logarithm keep it."""
    for factor, update, ticks in zip(
        pair, (chart.update_xaxes, chart.update_yaxes), (shown.x_words, shown.y_words), strict=True
    ):
        if ticks:
            update(tickmode="array", tickvals=list(range(len(ticks))), ticktext=[text(one) for one in ticks])
        elif factor.scale == LOG:
            update(type="log")


def _nones(values: Floats) -> list[list[float | None]]:
    return [[float(one) if np.isfinite(one) else None for one in row] for row in values]


def _surface_words(findings: SweepFindings, shown: Shown) -> list[list[str]]:
    """What hovering says, cell by cell."""
    money = f"{findings.currency} " if findings.one_money else ""
    digits = f",.{findings.decimals}f"
    nothing = "beyond what the points support" if findings.sweep.design.kind != GRID else "refused"
    x_words = shown.x_words or [cell_words(one) for one in shown.x]
    y_words = shown.y_words or [cell_words(one) for one in shown.y]
    return [
        [
            f"{text(a)}; {text(b)}: {money}{format(float(value), digits)}" if np.isfinite(value) else nothing
            for a, value in zip(x_words, row, strict=True)
        ]
        for b, row in zip(y_words, shown.values, strict=True)
    ]
