"""How every chart looks: colours that the colour-blind can tell apart, lines that differ without colour, calm axes."""

from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from sim.report.findings import Findings

# Okabe and Ito's palette. Its black becomes a grey and its yellow is darkened, so that all of them can be read on white
# and on black paper.
GREY = "#808080"
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#B3A100")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "pentagon", "star", "hexagon")
RIBBON_OPACITY = 0.18
GRID_COLOUR = "rgba(128,128,128,0.25)"
AXIS_COLOUR = "rgba(128,128,128,0.7)"


@dataclass(frozen=True)
class Look:
    """How one strategy is drawn in every chart."""

    colour: str
    dash: str
    symbol: str


def looks(findings: Findings) -> dict[str, Look]:
    """A look for each strategy: the comparator grey and dashed, the others by palette, then by dashes."""
    found = {findings.comparator: Look(GREY, "dash", "circle-open")}
    for place, name in enumerate(findings.others):
        turn, colour = divmod(place, len(OKABE_ITO))
        found[name] = Look(OKABE_ITO[colour], DASHES[turn % len(DASHES)], SYMBOLS[place % len(SYMBOLS)])
    return {name: found[name] for name in findings.strategies}


def text(words: str) -> str:
    """Words for a chart, whose texts may hold mark-up: what looks like mark-up is shown as it stands."""
    return escape(words, quote=False)


def figure(title: str, x_title: str, y_title: str, height: int) -> go.Figure:
    """An empty chart in the report's manner; `height` in pixels. Axes do not zoom, so that a finger scrolls the page."""
    axis: dict[str, Any] = {
        "gridcolor": GRID_COLOUR,
        "linecolor": AXIS_COLOUR,
        "zerolinecolor": AXIS_COLOUR,
        "zerolinewidth": 1,
        "fixedrange": True,
        "automargin": True,
        "title": {"standoff": 12},
    }
    chart = go.Figure()
    chart.update_layout(
        template="none",
        title={"text": text(title)},
        height=height,
        margin={"l": 8, "r": 12, "t": 48, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 13},
        hovermode="closest",
        dragmode=False,
        legend={"orientation": "h", "y": -0.25},
    )
    chart.update_xaxes(**axis, title_text=text(x_title))
    chart.update_yaxes(**axis, title_text=text(y_title))
    return chart
