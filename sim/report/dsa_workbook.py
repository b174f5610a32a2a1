"""A deterministic analysis as a workbook: every frame as a sheet, and a native tornado."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.experiments.dsa_results import DsaResults
from sim.report.dsa_findings import GAIN, DsaFindings
from sim.report.dsa_words import answer
from sim.report.figure_style import OKABE_ITO
from sim.report.sheet import Column, Place, Sheet, Styles
from sim.report.workbook import book_bytes, write_book
from sim.report.workbook_charts import empty
from sim.report.workbook_details import CHANCE, money_words, parameters, sources
from sim.report.workbook_frames import frame_table

MOST_BARS = 20
FRAMES = {
    "oneway": ("One way", "One parameter at a time"),
    "twoway": ("Two way", "Two parameters together"),
    "threshold": ("Thresholds", "Where the decision changes"),
    "threshold_curve": ("Threshold curves", "The gain along one parameter"),
    "switches": ("Switches", "Structural switches, one at a time"),
    "scenarios": ("Scenarios", "Scenarios side by side, each in its own money"),
    "subgroup_value": ("Groups", "Value of deciding for each group by itself"),
    "subgroup_choice": ("Group choices", "What would be chosen in each group"),
    "refused": ("Refused", "Points that the model refuses"),
}
VALUES = {"value": "money", "value_se": "money"}
MONEY = dict.fromkeys(("lead_of_best", "gain_over_base_case_best", "gain_over_base_case_best_change"), "money")


def write_dsa_workbook(dsa: DsaResults, path: Path | str) -> Path:
    """Write the workbook of a deterministic analysis to `path`, as a whole or not at all.

    Raises InputError when the extra [excel] is missing, RunError when the file cannot be written.
    """
    return write_book(lambda: dsa_workbook_bytes(dsa), path)


def dsa_workbook_bytes(dsa: DsaResults) -> bytes:
    """The workbook; the same analysis gives the same bytes."""
    return book_bytes(DsaFindings(dsa), SHEETS)


def _summary(book: Any, styles: Styles, findings: DsaFindings) -> None:
    note = f"At the central values; money in {money_words(findings)}. {CHANCE}"
    sheet = Sheet(book, styles, "Summary", findings.scenario.title, note)
    frame_table(sheet, findings, findings.dsa.base, MONEY)
    said = answer(findings)
    facts = [("Question", said.question), *(("Answer", text) for text in said.paragraphs)]
    kept = ("patients", "seed", "version", "commit", "started")
    facts += [(key.capitalize(), str(findings.manifest[key])) for key in kept if key in findings.manifest]
    sheet.table([Column("About this analysis"), Column("", "line")], facts)
    sheet.close()


def _tornado(book: Any, styles: Styles, findings: DsaFindings) -> None:
    """The tornado of the gain of the strategy that is shown first as a chart, then all bars of all strategies."""
    if not len(findings.dsa.tornado):
        return
    note = f"Net benefit at {findings.threshold:,.0f}; widths are the range of both ends and the base case. {CHANCE}"
    sheet = Sheet(book, styles, "Tornado", "Tornado", note)
    name = findings.shown_first
    columns = [Column(f"{findings.title(name)}, gain"), Column("low end", "money"), Column("high end", "money")]
    bars = findings.tornado(name, GAIN)[:MOST_BARS]
    base = findings.gain(name).mean
    rows = [(str(row["parameter"]), *(float(row[f"at_{end}"]) - base for end in ("low", "high"))) for row in bars]
    place = sheet.table([*columns[:1], *(Column(f"{one.heading}, change", "money") for one in columns[1:])], rows)
    if rows:
        sheet.chart(_bars(book, findings, place))
    frame_table(sheet, findings, findings.dsa.tornado, {"base": "money", "at": "money", "width": "money"})
    sheet.close()


def _bars(book: Any, findings: DsaFindings, place: Place) -> Any:
    kind = {"type": "bar"}
    chart = empty(book, kind, "Change of the gain from the base case", "", f"{findings.currency} per person")
    for column, colour in ((1, OKABE_ITO[4]), (2, OKABE_ITO[1])):
        chart.add_series(
            {
                "name": place.cell(-1, column),
                "categories": place.cells(0),
                "values": place.cells(column),
                "fill": {"color": colour},
                "gap": 40,
                "overlap": 50,  # both are seen where they lie on the same side
            }
        )
    chart.set_x_axis({"reverse": True, "crossing": "max", "label_position": "low"})
    return chart


def _frames(book: Any, styles: Styles, findings: DsaFindings) -> None:
    """A sheet for every frame that has rows."""
    for key, (name, title) in FRAMES.items():
        frame = findings.frame(key)
        if len(frame):
            sheet = Sheet(book, styles, name, title, f"Money in {money_words(findings)}. {CHANCE}")
            frame_table(sheet, findings, frame, VALUES if key == "subgroup_value" else MONEY)
            sheet.close()


SHEETS: tuple[Callable[[Any, Styles, DsaFindings], None], ...] = (_summary, _tornado, _frames, parameters, sources)
