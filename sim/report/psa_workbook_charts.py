"""Native charts of the workbook of a probabilistic analysis; every name and number refers to a cell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.report.figure_style import GREY, OKABE_ITO, looks
from sim.report.psa_findings import PsaFindings
from sim.report.sheet import Place
from sim.report.workbook_charts import DASHES, empty

if TYPE_CHECKING:
    import pandas as pd

MOST_BARS = 20
STRAIGHT = {"type": "scatter", "subtype": "straight"}


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
