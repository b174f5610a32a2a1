"""The figures of the points of a sweep: who is best where, and all factors at once."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sim.experiments.sweep_sensitivity import units_of
from sim.inputs.factors import LOG, Factor
from sim.report.figure_style import GREY, figure, looks, text
from sim.report.numbers import number
from sim.report.sweep_figures import SQUARE_HEIGHTS
from sim.report.sweep_findings import Floats, SweepFindings, cell_words, is_scale

MOST_IN_A_ROW = 48  # characters of labels below an axis, on a narrow screen
SIDES = {0.0: "middle right", 1.0: "middle left"}  # so that labels at the ends stay inside
LEVEL_HEIGHT, PAPER_LEVEL_HEIGHT = 62, 46  # pixels of an axis of the figure of all factors


def winners_over(findings: SweepFindings, title: str, pair: tuple[Factor, Factor], chosen: Sequence[int]) -> go.Figure:
    """The best strategy at each of the `chosen` points (places among the accepted ones), over two factors."""
    chart = figure(title, findings.axis_title(pair[0]), findings.axis_title(pair[1]), *SQUARE_HEIGHTS)
    style = looks(findings)
    places, ticks = zip(*(_places(findings, factor) for factor in pair), strict=True)
    for name in findings.strategies:
        there = [one for one in chosen if findings.winners[one] == name]
        if not there:
            continue
        x, y = ([places[axis][one] for one in there] for axis in (0, 1))
        chart.add_scatter(
            x=x,
            y=y,
            mode="markers",
            marker={"color": style[name].colour, "symbol": style[name].symbol, "size": 9},
            name=text(findings.title(name)),
            legendgroup=name,
            hovertemplate=f"{text(findings.title(name))}<br>%{{x:,.4g}}; %{{y:,.4g}}<extra></extra>",
        )
    for factor, update, words in zip(pair, (chart.update_xaxes, chart.update_yaxes), ticks, strict=True):
        if words:
            update(tickmode="array", tickvals=list(range(len(words))), ticktext=[text(one) for one in words])
            update(range=[-0.5, len(words) - 0.5], zeroline=False)
        elif factor.scale == LOG:
            update(type="log")
    return chart


def _places(findings: SweepFindings, factor: Factor) -> tuple[list[float], list[str]]:
    """Where the accepted points stand on an axis, and what its ticks say if the factor is a choice."""
    cells = findings.cells(factor)
    if is_scale(factor):
        return [float(one) for one in cells], []
    known = list(factor.cells)
    order = {one: place for place, one in enumerate(known)}
    return [float(order[one]) for one in cells.tolist()], [cell_words(one) for one in known]


def all_points(findings: SweepFindings, title: str, factors: Sequence[Factor], chosen: Sequence[int]) -> go.Figure:
    """Parallel coordinates, one axis below the other so that names of any length fit: a line a point, by its winner.

    The last axis is the gain of the strategy that is shown first.
    """
    axes = len(factors) + 1
    chart = figure(title, "", "", 40 + LEVEL_HEIGHT * axes, 40 + PAPER_LEVEL_HEIGHT * axes)
    units = [_along(findings, factor) for factor in factors]
    gains = findings.values(findings.shown_first)
    low, high = float(gains.min()), float(gains.max())
    units.append((gains - low) / (high - low) if high > low else np.full(len(gains), 0.5))
    style = looks(findings)
    for name in findings.strategies:
        there = [one for one in chosen if findings.winners[one] == name]
        if not there:
            continue
        lines_x = [value for one in there for value in (*(float(column[one]) for column in units), None)]
        lines_y = [value for _ in there for value in (*range(axes), None)]
        chart.add_scatter(
            x=lines_x,
            y=lines_y,
            mode="lines",
            line={"color": style[name].colour, "width": 1, "dash": style[name].dash},
            opacity=0.55,
            name=text(findings.title(name)),
            legendgroup=name,
            hoverinfo="skip",
        )
    _axes(chart, findings, factors, (low, high))
    chart.update_xaxes(visible=False, range=[-0.02, 1.02])
    chart.update_yaxes(range=[axes - 0.6, -0.6], showgrid=False, zeroline=False, showline=False, showticklabels=False)
    return chart


def _axes(chart: go.Figure, findings: SweepFindings, factors: Sequence[Factor], gain: tuple[float, float]) -> None:
    """The axes as lines, with a name above each and its ends or levels below."""
    unit = findings.currency if findings.one_money else "QALYs"
    names = [findings.axis_title(one) for one in factors]
    names.append(f"gain of {findings.title(findings.shown_first)} ({unit})")
    ticks = [_ticks(findings, one) for one in factors]
    ticks.append([(float(place), number(end, findings.decimals)) for place, end in enumerate(gain)])
    for place in range(len(names)):
        chart.add_scatter(
            x=[0.0, 1.0],
            y=[place, place],
            mode="lines",
            line={"color": GREY, "width": 2},
            hoverinfo="skip",
            showlegend=False,
            name="axis",
        )
    labels = [(0.0, place - 0.2, f"<b>{text(name)}</b>") for place, name in enumerate(names)]
    for place, known in enumerate(ticks):
        rows = 1 if sum(len(said) + 2 for _, said in known) <= MOST_IN_A_ROW else 2
        labels += [(x, place + 0.2 + 0.2 * (turn % rows), text(said)) for turn, (x, said) in enumerate(known)]
    chart.add_scatter(
        x=[x for x, _, _ in labels],
        y=[y for _, y, _ in labels],
        text=[said for _, _, said in labels],
        mode="text",
        textposition=[SIDES.get(x, "middle center") for x, _, _ in labels],
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        name="names",
    )


def _along(findings: SweepFindings, factor: Factor) -> Floats:
    """Where the accepted points stand along a factor's axis, from 0 to 1; the first and last level at its ends."""
    if not factor.levels:
        units: Floats = units_of(findings.points, factor.name)[findings.accepted]
        return units
    order = {one: place for place, one in enumerate(factor.cells)}
    places = np.array([order[one] for one in findings.cells(factor).tolist()], dtype=np.float64)
    return places / max(len(order) - 1, 1)


def _ticks(findings: SweepFindings, factor: Factor) -> list[tuple[float, str]]:
    """What stands along a factor's axis, from 0 to 1: both ends of a range, or its levels (both ends of very many)."""
    if factor.levels:
        said = [cell_words(cell) for cell in factor.cells]
        if sum(len(one) + 2 for one in said) > 2 * MOST_IN_A_ROW:
            said = [said[0], *[""] * (len(said) - 2), said[-1]]
        return [(place / max(len(said) - 1, 1), one) for place, one in enumerate(said)]
    column = findings.points.design[factor.name]
    low, high = factor.range or (float(column.min()), float(column.max()))
    return [(0.0, cell_words(low)), (1.0, cell_words(high))]


def spread_out(count: int, most: int) -> list[int]:
    """Places of at most `most` of `count` points, evenly spread over them."""
    return list(range(count)) if count <= most else [int(one) for one in np.linspace(0, count - 1, most)]
