"""The report of a sweep as one HTML file."""

from collections.abc import Callable
from pathlib import Path

from sim.experiments.sweep_analysis import SweepAnalysis
from sim.report import evidence, sweep_charts, sweep_point_tables, sweep_tables, tables, workbook
from sim.report.numbers import number
from sim.report.page import rendered, write_page
from sim.report.section import Section
from sim.report.sweep_findings import SweepFindings
from sim.report.sweep_methods import methods
from sim.report.sweep_surface_chart import surface_chart
from sim.report.sweep_varied import glance
from sim.report.sweep_words import answer
from sim.report.sweep_workbook import write_sweep_workbook

TEMPLATE = "analysis.html.j2"


def write_sweep_report(analysis: SweepAnalysis, path: Path | str) -> Path:
    """Write the report of a sweep to `path`, as a whole or not at all. Raises RunError."""
    return write_page(sweep_report_html(analysis), path)


def writers() -> dict[str, Callable[..., Path]]:
    """The files of a run folder by name, each with its writer."""
    return workbook.files(write_sweep_report, write_sweep_workbook)


def sweep_report_html(analysis: SweepAnalysis) -> str:
    """The report as text."""
    findings = SweepFindings(analysis)
    return rendered(
        TEMPLATE,
        scenario=findings.sweep,  # its title is that of the page
        kind="sweep",
        answer=answer(findings),
        sections=[section for section in sections(findings) if section is not None],
        evidence=evidence.evidence_tables(findings),
        assumptions=evidence.assumptions_table(findings),
        methods=methods(findings),
        cheers=None,
        sources=evidence.sources_table(findings),
        manifest=tables.manifest_table(findings),
    )


def sections(findings: SweepFindings) -> list[Section | None]:
    """The sections in the order of reading; None for what the design has nothing on."""
    some = len(findings.accepted) > 0
    return [_glance(findings), *([_best(findings), _what_matters(findings), _surface(findings), _points(findings)]
            if some else []), _refused(findings), _parameters(findings)]  # fmt: skip


def _glance(findings: SweepFindings) -> Section:
    patients = f"{number(findings.patients)} for each strategy at every point, the same people with the same luck"
    first = (
        sweep_tables.design_table(findings),
        sweep_tables.factors_table(findings),
        evidence.strategies_table(findings),
    )
    said = "What the factors do not vary is that of the scenario."
    run = glance(findings, patients)
    return Section("glance", "What was looked at", "Design", (said,), first_tables=first, closed=(run,))


def _best(findings: SweepFindings) -> Section:
    chart = sweep_charts.winners_chart(findings)
    return Section(
        "decision",
        "Who is best where",
        "Decision",
        first_tables=(sweep_tables.winners_table(findings),),
        charts=(chart,) if chart else (),
        tables=(sweep_tables.range_table(findings),),
    )


def _what_matters(findings: SweepFindings) -> Section | None:
    found = (sweep_charts.index_chart(findings), sweep_charts.morris_chart(findings))
    pairs = sweep_tables.pairs_table(findings)
    closed = sweep_tables.sensitivity_tables(findings)
    if not closed:
        return None
    found_on = findings.sensitivity
    used = f"The numbers rest on {number(found_on.points)} points"
    blocks = "trajectories" if findings.method == "morris" else "blocks"
    lost = f"; {number(found_on.lost)} of {number(found_on.blocks)} {blocks} hold a refused one"
    used += f"{lost if found_on.lost else ''}."
    return Section(
        "factors",
        "Which factors matter",
        "Factors",
        (used,),
        charts=tuple(chart for chart in found if chart is not None),
        tables=() if pairs is None else (pairs,),
        closed=tuple(closed),
    )


def _surface(findings: SweepFindings) -> Section | None:
    chart = surface_chart(findings)
    if chart is None:
        return None
    return Section("two-factors", "Two factors together", "Response surface", charts=(chart,))


def _points(findings: SweepFindings) -> Section:
    chart, table = sweep_charts.all_points_chart(findings), sweep_point_tables.points_table(findings)
    said = f"Every point is in the folder of this sweep and can be asked for with SQL: {ASK}"
    return Section(
        "points", "The points", "Points", (said,), charts=(chart,) if chart else (), closed=(table,) if table else ()
    )


ASK = 'bmes query RUN "select * from joined limit 10".'


def _refused(findings: SweepFindings) -> Section | None:
    table = sweep_point_tables.refused_table(findings)
    return None if table is None else Section("refused", "Refused points", "", closed=(table,))


def _parameters(findings: SweepFindings) -> Section:
    groups = tuple(group.counted for group in evidence.parameter_groups(findings))
    said = "Every number behind this sweep at its central value in the scenario, with no factor laid over it."
    return Section("parameters", "Parameters", paragraphs=(said,), closed=groups, late=True)
