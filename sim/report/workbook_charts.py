"""The native charts of the workbook. They refer to cells for every name and number, so no text is read as a formula."""

from collections.abc import Iterable, Sequence
from typing import Any

from sim.report.figure_style import GREY, OKABE_ITO, looks
from sim.report.findings import Findings
from sim.report.sheet import Place
from sim.report.subject import Subject

WIDTH, HEIGHT = 760, 420  # pixels
DASHES = {"solid": "solid", "dash": "dash", "dot": "round_dot", "dashdot": "dash_dot", "longdash": "long_dash"}
MARKERS = ("circle", "square", "diamond", "triangle", "x", "plus", "star", "short_dash")


def threshold_ends(subject: Subject, points: Iterable[tuple[float, float]]) -> list[tuple[str, float, float]]:
    """Two ends for the line of each threshold: a name, QALYs, cost; through 0, and as far as the `points` lie.

    points: QALYs and cost over the comparator.
    """
    effects, costs = zip(*((abs(effect), abs(cost)) for effect, cost in points), strict=True)
    ends = []
    for threshold in subject.thresholds:
        reach = max(max(effects), max(costs) / threshold)
        words = f"{subject.currency} {threshold:,.0f} per QALY"
        ends += [(words, 0.0, 0.0), (words, reach, threshold * reach)]
    return ends


def plane(book: Any, subject: Subject, names: Sequence[str], place: Place, lines: Place) -> Any:
    """Gains over the comparator: QALYs (column 1 of the table at `place`) against cost (column 2), a row a name."""
    chart = empty(book, {"type": "scatter"}, "Cost-effectiveness plane", "Incremental QALYs", "Incremental cost")
    style = looks(subject)
    for row, name in enumerate(names):
        colour = {"color": style[name].colour}
        chart.add_series(
            {
                "name": place.cell(row, 0),
                "categories": place.cells(1, row, row),
                "values": place.cells(2, row, row),
                "marker": {"type": MARKERS[row % len(MARKERS)], "size": 9, "fill": colour, "border": colour},
            }
        )
    for number in range(len(subject.thresholds)):
        first, last = 2 * number, 2 * number + 1
        chart.add_series(
            {
                "name": lines.cell(first, 0),
                "categories": lines.cells(1, first, last),
                "values": lines.cells(2, first, last),
                "marker": {"type": "none"},
                "line": {"color": GREY, "width": 1.25, "dash_type": list(DASHES.values())[1 + number % 4]},
            }
        )
    return chart


def pain_curve(book: Any, findings: Findings, place: Place, first: int, last: int) -> Any:
    """Mean load pain by months since entry: rows `first` to `last` of the table, a column a strategy from column 2."""
    kind = {"type": "scatter", "subtype": "straight"}
    chart = empty(book, kind, "Mean load pain over time", "Months since entry", "Load pain (NRS, 0 to 10)")
    style = looks(findings)
    for number, name in enumerate(findings.strategies):
        look = style[name]
        chart.add_series(
            {
                "name": place.cell(-1, 2 + number),
                "categories": place.cells(1, first, last),
                "values": place.cells(2 + number, first, last),
                "line": {"color": look.colour, "width": 2, "dash_type": DASHES[look.dash]},
            }
        )
    return chart


def cost_bars(book: Any, findings: Findings, place: Place, rows: Sequence[int]) -> Any:
    """Discounted cost by strategy (columns from 3), stacked by the categories in `rows` of the table."""
    kind = {"type": "bar", "subtype": "stacked"}
    chart = empty(book, kind, "Discounted cost by category", "", f"{findings.currency} per person")
    last = 3 + len(findings.strategies) - 1
    for number, row in enumerate(rows):
        chart.add_series(
            {
                "name": place.cell(row, 0),
                "categories": place.across(-1, 3, last),
                "values": place.across(row, 3, last),
                "fill": {"color": (*OKABE_ITO, GREY)[number % (len(OKABE_ITO) + 1)]},
                "gap": 60,
            }
        )
    chart.set_x_axis({"reverse": True, "crossing": "max"})  # in bars the upright axis: the first strategy at the top
    return chart


def empty(book: Any, kind: dict[str, str], title: str, x_title: str, y_title: str) -> Any:
    """An empty chart; the texts are our own words, for the library reads one that begins with "=" as a reference."""
    chart = book.add_chart(kind)
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_x_axis({**({"name": x_title} if x_title else {}), "label_position": "low"})
    chart.set_y_axis({**({"name": y_title} if y_title else {}), "label_position": "low"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    return chart
