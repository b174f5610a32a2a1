"""Native charts of the workbook of a probabilistic analysis; every name and number refers to a cell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.report.figure_style import GREY, OKABE_ITO, looks
from sim.report.psa_findings import PsaFindings
from sim.report.sheet import Place
from sim.report.workbook_charts import DASHES, MARKERS, empty

if TYPE_CHECKING:
    import pandas as pd

MOST_BARS = 20
STRAIGHT = {"type": "scatter", "subtype": "straight"}


def threshold_ends(findings: PsaFindings) -> list[tuple[str, float, float]]:
    """Two ends for the line of each threshold: a name, QALYs, cost; through 0, and as far as the points lie."""
    effects = [abs(findings.spread(name, "incremental_effect").mean) for name in findings.others]
    costs = [abs(findings.spread(name, "incremental_cost").mean) for name in findings.others]
    ends = []
    for threshold in findings.thresholds:
        reach = max(max(effects), max(costs) / threshold)
        words = f"{findings.currency} {threshold:,.0f} per QALY"
        ends += [(words, 0.0, 0.0), (words, reach, threshold * reach)]
    return ends


def plane(book: Any, findings: PsaFindings, points: Place, lines: Place) -> Any:
    """Mean increments: QALYs (column 1) against cost (column 2), a row a strategy."""
    chart = empty(book, {"type": "scatter"}, "Cost-effectiveness plane", "Incremental QALYs", "Incremental cost")
    style = looks(findings)
    for row, name in enumerate(findings.others):
        colour = {"color": style[name].colour}
        chart.add_series(
            {
                "name": points.cell(row, 0),
                "categories": points.cells(1, row, row),
                "values": points.cells(2, row, row),
                "marker": {"type": MARKERS[row % len(MARKERS)], "size": 9, "fill": colour, "border": colour},
            }
        )
    for number in range(len(findings.thresholds)):
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


def over_thresholds(book: Any, findings: PsaFindings, place: Place, title: str, names: Sequence[str]) -> Any:
    """A line a strategy (columns from 1) over willingness to pay (column 0)."""
    chart = empty(book, STRAIGHT, title, "Willingness to pay per QALY", "")
    style = looks(findings)
    for number, name in enumerate(names):
        look = style[name]
        chart.add_series(
            {
                "name": place.cell(-1, 1 + number),
                "categories": place.cells(0),
                "values": place.cells(1 + number),
                "line": {"color": look.colour, "width": 2, "dash_type": DASHES[look.dash]},
            }
        )
    return chart


def evpi(book: Any, place: Place) -> Any:
    """EVPI (column 1) and what it would be uncorrected (column 3) over willingness to pay (column 0)."""
    chart = empty(book, STRAIGHT, "Expected value of perfect information", "Willingness to pay per QALY", "Per person")
    for column, colour, dash in ((1, OKABE_ITO[0], "solid"), (3, GREY, "round_dot")):
        chart.add_series(
            {
                "name": place.cell(-1, column),
                "categories": place.cells(0),
                "values": place.cells(column),
                "line": {"color": colour, "width": 2, "dash_type": dash},
            }
        )
    return chart


def evppi(book: Any, findings: PsaFindings, frame: "pd.DataFrame", place: Place) -> Any:
    """The values of the first rows as bars, as they stand in the table."""
    names = [str(name) for name in frame.columns]
    value, label = names.index("value"), names.index("parameters")
    last = min(len(frame), MOST_BARS) - 1
    chart = empty(book, {"type": "bar"}, "EVPPI, first rows of the table", "", f"{findings.currency} per person")
    chart.add_series(
        {
            "name": place.cell(-1, value),
            "categories": place.cells(label, 0, last),
            "values": place.cells(value, 0, last),
            "fill": {"color": OKABE_ITO[0]},
            "gap": 60,
        }
    )
    chart.set_x_axis({"reverse": True, "crossing": "max"})
    return chart
