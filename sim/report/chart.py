"""A chart as the page needs it: data for the script, a legend that wraps, words and a table for who cannot see it."""

import json
import math
from dataclasses import dataclass
from html import unescape
from typing import Any, Literal

import plotly.graph_objects as go
from jinja2.filters import do_mark_safe

from sim.report.figure_style import TITLE_ROOM, Look, looks
from sim.report.subject import Subject
from sim.report.table import Table

DIGITS = 6  # significant ones of a number in a chart: more than any screen can show


@dataclass(frozen=True)
class Swatch:
    """One entry of a chart's legend; `group` is the legendgroup of the traces that it switches."""

    group: str
    words: str
    look: Look
    kind: Literal["line", "point", "area", "hatched"] = "line"


@dataclass(frozen=True)
class Chart:
    """A chart for the page: its title moves to the page's own heading, its legend to a list that wraps.

    alternative: what it shows, in words. numbers: the tables behind it. choices: name and title of each strategy that
    it can show, one at a time, where its traces carry `meta.strategy`; the first one is shown first. choice_words: what
    stands before them. switches: whether the legend's entries hide what they name.
    """

    name: str
    title: str
    remark: str
    alternative: str
    height: int
    data: str
    legend: tuple[Swatch, ...]
    choices: tuple[tuple[str, str], ...] = ()
    choice_words: str = "Under"
    switches: bool = True
    numbers: tuple[Table, ...] = ()


def as_chart(
    name: str,
    chart: go.Figure,
    words: tuple[str, str],
    legend: tuple[Swatch, ...],
    numbers: tuple[Table, ...] = (),
    **more: Any,
) -> Chart:
    """The chart as data for the page's script, in which no text can end the script.

    `words` are the remark below it and the alternative; `more` are the further fields of Chart.
    """
    content = json.loads(chart.to_json())
    layout = content["layout"]
    title = unescape(layout.pop("title")["text"])
    layout["showlegend"] = False
    layout["margin"]["t"] = max(16, layout["margin"]["t"] - TITLE_ROOM)
    text = json.dumps(_rounded({"data": content["data"], "layout": layout}), separators=(",", ":"))
    data = do_mark_safe(text.replace("<", "\\u003c"))  # no "<" is left in it
    remark, alternative = words
    return Chart(name, title, remark, alternative, int(layout["height"]), data, legend, numbers=numbers, **more)


def strategy_swatches(subject: Subject, kind: Literal["line", "point"] = "line") -> tuple[Swatch, ...]:
    return tuple(Swatch(name, subject.title(name), look, kind) for name, look in looks(subject).items())


def area_swatches(chart: go.Figure) -> tuple[Swatch, ...]:
    """Legend of the areas of a chart, one entry a group."""
    named = {trace.legendgroup: trace for trace in chart.data}
    return tuple(Swatch(group, unescape(t.name), Look(t.fillcolor, "solid", ""), "area") for group, t in named.items())


def bar_swatches(chart: go.Figure) -> tuple[Swatch, ...]:
    """Legend of the bars of a chart."""
    return tuple(
        Swatch(
            trace.legendgroup,
            unescape(trace.name),
            Look(trace.marker.color, "solid", ""),
            "hatched" if trace.marker.pattern.shape else "area",
        )
        for trace in chart.data
        if trace.type == "bar"
    )


def _rounded(content: Any) -> Any:
    """The same with shorter numbers."""
    if isinstance(content, float) and math.isfinite(content) and content != 0.0:
        return round(content, DIGITS - 1 - math.floor(math.log10(abs(content))))
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    return [_rounded(value) for value in content] if isinstance(content, list) else content
