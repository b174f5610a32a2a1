"""How every chart looks: colours that the colour-blind can tell apart, lines that differ without colour, calm axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from sim.report.numbers import money
from sim.report.subject import Subject

# Okabe and Ito's palette. Its black becomes a grey and its yellow is darkened, so that all of them can be read on white
# and on black paper.
GREY = "#808080"
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#B3A100")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
THRESHOLD_DASHES = ("dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "pentagon", "star", "hexagon")
# The same symbols as drawn in the page's own legend, in a box 12 wide and high.
SYMBOL_PATHS = {
    "circle": "M6 1A5 5 0 1 1 5.99 1Z",
    "circle-open": "M6 1A5 5 0 1 1 5.99 1ZM6 3.4A2.6 2.6 0 1 0 6.01 3.4Z",
    "square": "M1.5 1.5H10.5V10.5H1.5Z",
    "diamond": "M6 0.5L11.5 6L6 11.5L0.5 6Z",
    "triangle-up": "M6 1L11.5 10.5H0.5Z",
    "x": "M3 0.5L6 3.5L9 0.5L11.5 3L8.5 6L11.5 9L9 11.5L6 8.5L3 11.5L0.5 9L3.5 6L0.5 3Z",
    "pentagon": "M6 0.5L11.5 4.6L9.4 11H2.6L0.5 4.6Z",
    "star": "M6 0.3L7.5 4.3L11.7 4.5L8.4 7.1L9.5 11.3L6 8.9L2.5 11.3L3.6 7.1L0.3 4.5L4.5 4.3Z",
    "hexagon": "M6 0.5L11 3.2V8.8L6 11.5L1 8.8V3.2Z",
}
RIBBON_OPACITY = 0.18
GRID_COLOUR = "rgba(128,128,128,0.25)"
TITLE_ROOM = 32  # pixels above a chart that the page takes back, for it shows the title itself
AXIS_COLOUR = "rgba(128,128,128,0.7)"


@dataclass(frozen=True)
class Look:
    """How one strategy is drawn in every chart."""

    colour: str
    dash: str
    symbol: str


def looks(subject: Subject) -> dict[str, Look]:
    """A look for each strategy: the comparator grey and dashed, the others by palette, then by dashes."""
    found = {subject.comparator: Look(GREY, "dash", "circle-open")}
    for place, name in enumerate(subject.others):
        turn, colour = divmod(place, len(OKABE_ITO))
        found[name] = Look(OKABE_ITO[colour], DASHES[turn % len(DASHES)], SYMBOLS[place % len(SYMBOLS)])
    return {name: found[name] for name in subject.strategies}


def ribbon(
    chart: go.Figure,
    x: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    colour: str,
    *,
    of: str = "",
    group: str,
    in_legend: bool = True,
) -> None:
    """The 95 % Monte Carlo interval of the line `of` that belongs to the legend group `group`."""
    chart.add_scatter(
        x=[*x, *x[::-1]],
        y=[*high, *low[::-1]],
        fill="toself",
        fillcolor=colour,
        opacity=RIBBON_OPACITY,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=in_legend,
        name=f"{of}, 95 % Monte Carlo" if of else "95 % Monte Carlo",
        legendgroup=group,
    )


def text(words: str) -> str:
    """Words for a chart, whose texts may hold mark-up: what looks like mark-up is shown as it stands."""
    return escape(words, quote=False)


def canvas(title: str, height: int, paper_height: int) -> go.Figure:
    """An empty chart in the report's manner, without axes; heights on screen and on paper in pixels."""
    chart = go.Figure()
    chart.update_layout(
        template="none",
        title={"text": text(title)},
        height=height,
        meta={"paper_height": paper_height},
        margin={"l": 8, "r": 12, "t": 48, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 12},
        hovermode="closest",
        dragmode=False,
        legend={"orientation": "h", "y": -0.25},
    )
    return chart


def figure(title: str, x_title: str, y_title: str, height: int, paper_height: int) -> go.Figure:
    """As `canvas`, with a pair of axes that do not zoom, so that a finger scrolls the page."""
    axis: dict[str, Any] = {
        "gridcolor": GRID_COLOUR,
        "linecolor": AXIS_COLOUR,
        "zerolinecolor": AXIS_COLOUR,
        "zerolinewidth": 1,
        "fixedrange": True,
        "automargin": True,
        "title": {"standoff": 12, "font": {"size": 12}},
    }
    chart = canvas(title, height, paper_height)
    chart.update_xaxes(**axis, title_text=text(x_title))
    chart.update_yaxes(**axis, title_text=text(y_title))
    return chart


def names_above_bars(chart: go.Figure, names: Sequence[str], at: float = 0.0, **more: Any) -> None:
    """Names above level bars, which stand at 0, 1, 2 and so on from the top."""
    chart.add_scatter(
        x=[at] * len(names),
        y=[place - 0.42 for place in range(len(names))],
        text=[text(name) for name in names],
        mode="text",
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        name="names",
        **more,
    )


def threshold_lines(chart: go.Figure, subject: Subject, x_range: Sequence[float], y_range: Sequence[float]) -> None:
    """A line through the comparator for each threshold: below and to the right of it a strategy is worth its cost."""
    for place, threshold in enumerate(subject.thresholds):
        start, end = max(x_range[0], y_range[0] / threshold), min(x_range[1], y_range[1] / threshold)
        words = f"{money(threshold, subject.currency)} per QALY"
        chart.add_scatter(
            x=[start, end],
            y=[threshold * start, threshold * end],
            mode="lines",
            line={"color": GREY, "width": 1.5, "dash": THRESHOLD_DASHES[place % len(THRESHOLD_DASHES)]},
            name=words,
            legendgroup=f"threshold {place}",
            hovertemplate=f"threshold {words}<extra></extra>",
        )
