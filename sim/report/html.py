"""The report of a run as one HTML file that needs nothing else: no network and no other file, on phone or on paper."""

from collections.abc import Callable
from pathlib import Path

from sim.report import cheers, cost_table, evidence, licence, methods, scans, subgroups, tables, workbook
from sim.report.answer import answer
from sim.report.cheers_items import of_run
from sim.report.comparison import cost_charts, plane_charts
from sim.report.findings import Findings, RunTables
from sim.report.over_time import course_charts
from sim.report.page import rendered, write_page

TEMPLATE = "report.html.j2"


def write_report(results: RunTables, path: Path | str) -> Path:
    """Write the report of `results` to `path`, as a whole or not at all. Raises RunError if it cannot be written."""
    return write_page(report_html(results), path)


def writers() -> dict[str, Callable[..., Path]]:
    """The files of a run folder by name, each with its writer."""
    return workbook.files(write_report, workbook.write_workbook)


def report_html(results: RunTables) -> str:
    """The report as text."""
    findings = Findings(results)
    return rendered(
        TEMPLATE,
        scenario=findings.scenario,
        answer=answer(findings),
        glance=tables.glance_table(findings),
        strategies=evidence.strategies_table(findings),
        comparison=[tables.incremental_table(findings), tables.net_benefit_table(findings)] if findings.others else [],
        plane=plane_charts(findings),
        scans=scans.scan_section(findings),
        course=course_charts(findings),
        costs=cost_charts(findings),
        cost_tables=cost_table.cost_tables(findings),
        cost_words=cost_table.perspective_words(findings),
        outcomes=tables.outcomes_tables(findings),
        subgroups=subgroups.subgroup_section(findings),
        adverse_events=tables.adverse_events_tables(findings),
        evidence=evidence.evidence_tables(findings),
        licence=licence.statement(findings),
        licence_table=licence.licence_table(findings),
        methods=methods.methods(findings),
        cheers=cheers.checklist(findings, of_run(findings)),
        assumptions=evidence.assumptions_table(findings),
        parameters=evidence.parameter_groups(findings),
        sources=evidence.sources_table(findings),
        manifest=tables.manifest_table(findings),
    )
