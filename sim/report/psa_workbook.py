"""A probabilistic analysis as a workbook: tables to calculate on, native charts, and the draws themselves."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.psa_analysis import PsaAnalysis
from sim.experiments.non_linearity import non_linearity
from sim.experiments.psa_results import DRAW, PsaResults
from sim.inputs.draws import law_moments
from sim.inputs.listing import list_parameters
from sim.report import psa_workbook_charts as charts
from sim.report.psa_findings import PsaFindings
from sim.report.psa_tables import series
from sim.report.psa_words import answer
from sim.report.sheet import Column, Sheet, Styles
from sim.report.workbook import book_bytes, write_book
from sim.report.workbook_charts import plane, threshold_ends
from sim.report.workbook_details import LONG, money_words, sources
from sim.report.workbook_frames import frame_table

if TYPE_CHECKING:
    import pandas as pd

MOST_DRAWS = 100_000  # rows of the sheet of draws
MOST_CELLS = 200_000  # of parameters on that sheet; more take longer to write than all the rest
VOI = {"evppi": "EVPPI", "evsi": "EVSI", "enbs": "ENBS", "population": "Population"}
OF_THE_MANIFEST = ("draws", "patients", "design", "luck", "seed", "version", "commit", "started")


def write_psa_workbook(
    psa: PsaResults, analysis: PsaAnalysis, path: Path | str, voi: "Mapping[str, pd.DataFrame] | None" = None
) -> Path:
    """Write the workbook of a probabilistic analysis to `path`, as a whole or not at all.

    `voi`: as for the report. Raises InputError when the extra [excel] is missing, RunError when the file cannot be
    written.
    """
    return write_book(lambda: psa_workbook_bytes(psa, analysis, voi), path)


def psa_workbook_bytes(
    psa: PsaResults, analysis: PsaAnalysis, voi: "Mapping[str, pd.DataFrame] | None" = None
) -> bytes:
    """The workbook; the same analysis gives the same bytes."""
    return book_bytes(PsaFindings(psa, analysis, voi), SHEETS)


def _note(findings: PsaFindings) -> str:
    """What intervals and errors hold."""
    chance = findings.chance_words
    return f"Of the spread between draws: {chance}. Standard errors are those of means over the draws."


def _summary(book: Any, styles: Styles, findings: PsaFindings) -> None:
    note = f"Means per person over {findings.draws:,} draws; money in {money_words(findings)}. {_note(findings)}"
    sheet = Sheet(book, styles, "Summary", findings.scenario.title, note)
    columns = [Column("Strategy"), Column("Cost", "money"), Column("QALYs", "qalys")]
    for words, kind in (("cost", "money"), ("QALYs", "qalys")):
        columns += [Column(f"Incremental {words}", kind), Column("standard error", kind)]
        columns += [Column("2.5 %", kind), Column("97.5 %", kind)]
    for threshold in findings.thresholds:
        at = f"at {threshold:,.0f}"
        columns += [Column(f"Net benefit gained {at}", "money"), Column("standard error", "money")]
        columns += [Column(f"Probability of being the best {at}", "share")]
        columns += [Column(f"Expected loss {at}", "small money")]
    sheet.table(columns, [_summary_row(findings, name) for name in findings.strategies])
    said = answer(findings)
    facts = [("Question", said.question), *(("Answer", text) for text in said.paragraphs)]
    facts += [(key.capitalize(), str(findings.manifest[key])) for key in OF_THE_MANIFEST if key in findings.manifest]
    facts += [("Licence", "Every use of a drug for this condition is off-label. This is a research model, no advice.")]
    sheet.table([Column("About this analysis"), Column("", "line")], facts)
    sheet.close()


def _summary_row(findings: PsaFindings, name: str) -> list[Any]:
    row: list[Any] = [findings.title(name), *(findings.spread(name, one).mean for one in ("cost", "effect"))]
    for measure in ("incremental_cost", "incremental_effect"):
        spread = findings.spread(name, measure)
        row += [spread.mean, spread.standard_error, spread.low, spread.high]
    for threshold in findings.thresholds:
        gain = findings.gain(name, threshold)
        row += [gain.mean, gain.standard_error, findings.probability(name, threshold).mean]
        row += [findings.loss(name, threshold).mean]
    return row


def _incremental(book: Any, styles: Styles, findings: PsaFindings) -> None:
    note = f"By cost; money in {money_words(findings)}. Intervals of the ICER are empty where unbounded."
    sheet = Sheet(book, styles, "Incremental", "Full incremental analysis of the means", note)
    frame_table(sheet, findings, findings.analysis.incremental)
    columns = [Column("Plane: means against the comparator"), Column("QALYs", "qalys"), Column("Cost", "money")]
    gains = [
        [findings.spread(name, f"incremental_{one}").mean for name in findings.others] for one in ("effect", "cost")
    ]
    titles = [findings.title(name) for name in findings.others]
    points = sheet.table(columns, list(zip(titles, *gains, strict=True)))
    ends = threshold_ends(findings, zip(*gains, strict=True))
    lines = sheet.table([Column("Lines of the chart"), Column("QALYs", "qalys"), Column("Cost", "money")], ends)
    sheet.chart(plane(book, findings, findings.others, points, lines))
    frame_table(sheet, findings, findings.analysis.ellipses, {"covariance": "plain"})
    sheet.close()


def _curves(name: str, title: str, frame: str, value: str, kind: str) -> Callable[[Any, Styles, PsaFindings], None]:
    """A sheet of curves over willingness to pay: a row a threshold, a column a strategy, a native chart."""

    def write(book: Any, styles: Styles, findings: PsaFindings) -> None:
        sheet = Sheet(book, styles, name, title, _note(findings))
        found = series(findings, frame, value, findings.strategies)
        at = sorted({wtp for points in found.values() for wtp in points})
        columns = [Column("Willingness to pay", "money"), *(Column(findings.title(one), kind) for one in found)]
        place = sheet.table(columns, [[wtp, *(points.get(wtp) for points in found.values())] for wtp in at])
        sheet.filtered(place, len(columns))
        sheet.chart(charts.over_thresholds(book, findings, place, title, list(found)))
        if frame == "acceptability":
            frame_table(sheet, findings, findings.analysis.acceptability_frontier)
        sheet.close()

    return write


def _evpi(book: Any, styles: Styles, findings: PsaFindings) -> None:
    note = f"Per person; money in {money_words(findings)}. Uncorrected: with chance among patients left in."
    sheet = Sheet(book, styles, "EVPI", "Expected value of perfect information", note)
    place = frame_table(sheet, findings, findings.analysis.evpi)
    sheet.chart(charts.evpi(book, place))
    sheet.close()


def _voi(book: Any, styles: Styles, findings: PsaFindings) -> None:
    """A sheet for each frame of the value of information that is there."""
    for key, name in VOI.items():
        frame = findings.frame(key)
        if len(frame):
            note = f"Money in {money_words(findings)}; EVPPI and EVSI per person, the others for the population."
            sheet = Sheet(book, styles, name, f"Value of information: {name}", note)
            place = frame_table(sheet, findings, frame, {"value": "small money"})
            if key == "evppi":
                sheet.chart(charts.evppi(book, findings, frame, place))
            sheet.close()


def _precision(book: Any, styles: Styles, findings: PsaFindings) -> None:
    note = f"Variances between draws; net benefit at {findings.thresholds[0]:,.0f}. {_note(findings)}"
    sheet = Sheet(book, styles, "Error budget", "Error budget: parameters and chance among patients", note)
    frame_table(sheet, findings, findings.analysis.error_budget, {"patient_share": "share"}, frozen_columns=3)
    frame_table(sheet, findings, findings.analysis.convergence)
    sheet.close()
    frame = non_linearity(findings.psa)
    if len(frame):
        note = "The mean over the draws against one run at the means of the parameters: the model's curvature."
        sheet = Sheet(book, styles, "Non-linearity", "Mean over the draws against the run at the means", note)
        frame_table(sheet, findings, frame, frozen_columns=3)
        sheet.close()


def _laws(book: Any, styles: Styles, findings: PsaFindings) -> None:
    note = "Mean, standard deviation and 2.5 and 97.5 % points of each law. References stand under Sources."
    sheet = Sheet(book, styles, "Laws", "Parameters sampled, with their laws", note)
    columns = [Column("Name"), Column("Central value", "plain"), Column("Unit"), Column("Law")]
    columns += [Column(head, "plain") for head in ("Mean", "Standard deviation", "2.5 %", "97.5 %")]
    columns += [
        Column("Drawn with"),
        Column("Status"),
        Column("Source"),
        *(Column(head, "line", LONG) for head in ("Where", "Note", "File")),
    ]
    moments = {str(row["name"]): row for row in law_moments(findings.inputs, findings.sampled).to_dict("records")}
    rows = []
    for row in list_parameters(findings.inputs):
        if row.name in moments:
            one = moments[row.name]
            numbers = tuple(float(one[name]) for name in ("mean", "standard_deviation", "low", "high"))
            value = findings.inputs.parameters.quantity(row.name).value
            words = (str(one["group"]), row.status, row.source, row.where, row.note, row.file)
            rows.append((row.name, value, row.unit, row.distribution, *numbers, *words))
    sheet.filtered(sheet.table(columns, rows), len(columns))
    sheet.close()


def _draws(book: Any, styles: Styles, findings: PsaFindings) -> None:
    """A row a draw: cost and QALYs of each strategy, and the parameters while they fit."""
    if findings.draws > MOST_DRAWS:
        return
    drawn = findings.psa.parameters.drop(columns=DRAW)
    whole = findings.draws * drawn.shape[1] <= MOST_CELLS
    note = "Means of each draw as simulated, chance among patients included."
    note += "" if whole else " The parameters of the draws are in parameters.parquet: too many for a sheet."
    sheet = Sheet(book, styles, "Draws", "Draws", note)
    columns = [Column("Draw", "whole")]
    columns += [Column(f"{findings.title(name)}, cost", "money") for name in findings.table.strategies]
    columns += [Column(f"{findings.title(name)}, QALYs", "qalys") for name in findings.table.strategies]
    parts: list[Sequence[Any]] = [range(1, findings.draws + 1)]
    parts += [*findings.table.costs.T.tolist(), *findings.table.effects.T.tolist()]
    if whole:
        columns += [Column(str(name), "plain") for name in drawn.columns]
        parts += [drawn[name].tolist() for name in drawn.columns]
    sheet.filtered(sheet.table(columns, list(zip(*parts, strict=True))), len(columns))
    sheet.close()


SHEETS: tuple[Callable[[Any, Styles, PsaFindings], None], ...] = (
    _summary,
    _incremental,
    _curves("Acceptability", "Probability of being the best", "acceptability", "probability", "share"),
    _curves("Expected loss", "Expected loss per person", "expected_loss", "loss", "small money"),
    _evpi,
    _voi,
    _precision,
    _laws,
    _draws,
    sources,
)
