"""A sweep as a workbook: what was varied, who is best, indices of every measure, and the points themselves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.experiments.sweep_analysis import SweepAnalysis
from sim.report.figure_style import OKABE_ITO
from sim.report.sheet import Column, Sheet, Styles
from sim.report.sweep_findings import SweepFindings, cell_words
from sim.report.sweep_point_tables import points_frame
from sim.report.sweep_words import answer
from sim.report.workbook import book_bytes, write_book
from sim.report.workbook_charts import empty
from sim.report.workbook_details import CHANCE, money_words, parameters, sources
from sim.report.workbook_frames import frame_table

MOST_CELLS = 500_000  # of the sheet of points; more take longer to write than all the rest
OF_A_STRATEGY = 4  # columns
MOST_BARS = 20
KINDS = {"mean": "plain", "willingness_to_pay": "money", "above": "share", "below": "share", "chance_share": "share"}
INDICES = {"first_order": "number", "total": "number", "second_order": "number"}
KEPT = ("design", "patients", "draws", "seed", "points", "courses", "version", "commit", "started")


def write_sweep_workbook(analysis: SweepAnalysis, path: Path | str) -> Path:
    """Write the workbook of a sweep to `path`, as a whole or not at all.

    Raises InputError when the extra [excel] is missing, RunError when the file cannot be written.
    """
    return write_book(lambda: sweep_workbook_bytes(analysis), path)


def sweep_workbook_bytes(analysis: SweepAnalysis) -> bytes:
    """The workbook; the same sweep gives the same bytes."""
    return book_bytes(SweepFindings(analysis), SHEETS)


def _note(findings: SweepFindings) -> str:
    return f"Money in {money_words(findings) if findings.one_money else 'that of each setting'}. {CHANCE}"


def _summary(book: Any, styles: Styles, findings: SweepFindings) -> None:
    sheet = Sheet(book, styles, "Summary", findings.sweep.title, _note(findings))
    columns = [Column("Factor"), Column("What it varies"), Column("Low or levels"), Column("High"), Column("Unit")]
    rows = []
    for factor in findings.points.factors:
        levels = ", ".join(cell_words(cell) for cell in factor.cells)
        low, high = factor.range or (levels, "")
        what = factor.parameter or f"{factor.kind}: {factor.target}"
        rows.append((factor.name, what, low, high, findings.unit(factor)))
    sheet.table(columns, rows)
    best = findings.analysis.best.rename(columns={"threshold_place": "threshold"})
    frame_table(sheet, findings, best.assign(threshold=best["threshold"] + 1))  # counted as on the page
    said = answer(findings)
    facts = [("Question", said.question), *(("Answer", text) for text in said.paragraphs)]
    facts += [(key.capitalize(), str(findings.manifest[key])) for key in KEPT if key in findings.manifest]
    if not _fits(findings):
        facts.append(("Points", "Too many for a sheet; they lie in the Parquet files of this sweep's folder."))
    sheet.table([Column("About this sweep"), Column("", "line")], facts)
    sheet.close()


def _measures(book: Any, styles: Styles, findings: SweepFindings) -> None:
    note = f"Over the accepted points, each counting the same. {_note(findings)}"
    sheet = Sheet(book, styles, "Measures", "How far results go over the design", note)
    frame_table(sheet, findings, findings.analysis.summary, KINDS, frozen_columns=3)
    sheet.close()


def _sensitivity(book: Any, styles: Styles, findings: SweepFindings) -> None:
    """Indices of all measures, and a chart of the strategy that is shown first."""
    if not len(findings.sensitivity.frame):
        return
    sheet = Sheet(book, styles, "Sensitivity", "What factors do", f"Method: {findings.method}. {_note(findings)}")
    keys: tuple[str, ...] = ("mu_star", "sigma") if findings.method == "morris" else ("first_order", "total")
    if findings.method == "main_effects":
        keys = keys[:1]
    found = findings.ranked(findings.shown_first)[:MOST_BARS]
    columns = [Column(f"{findings.title(findings.shown_first)}, {findings.measure.replace('_', ' ')}")]
    columns += [Column(key.replace("_", " "), "number") for key in keys]
    place = sheet.table(columns, [(str(row["factor"]), *(float(row[key]) for key in keys)) for row in found])
    if found:
        chart = empty(book, {"type": "bar"}, "Strongest factors", "", "")
        for column, key in enumerate(keys, start=1):
            colour = OKABE_ITO[column - 1]
            chart.add_series(
                {
                    "name": key.replace("_", " "),
                    "categories": place.cells(0),
                    "values": place.cells(column),
                    "fill": {"color": colour},
                    "gap": 60,
                }
            )
        chart.set_y_axis({"reverse": True})
        sheet.chart(chart)
    frame_table(sheet, findings, findings.sensitivity.frame, INDICES)
    if len(findings.sensitivity.second_order):
        frame_table(sheet, findings, findings.sensitivity.second_order, INDICES)
    sheet.close()


def _fits(findings: SweepFindings) -> bool:
    points = findings.points
    return len(points.design) * (len(points.factors) + OF_A_STRATEGY * len(points.others) + 3) <= MOST_CELLS


def _points(book: Any, styles: Styles, findings: SweepFindings) -> None:
    """A row a point, while they fit."""
    if not _fits(findings):
        return
    sheet = Sheet(book, styles, "Points", "Points", f"Net benefit at the first threshold. {_note(findings)}")
    frame_table(sheet, findings, points_frame(findings))
    sheet.close()


SHEETS: tuple[Callable[[Any, Styles, SweepFindings], None], ...] = (
    _summary,
    _measures,
    _sensitivity,
    _points,
    parameters,
    sources,
)
