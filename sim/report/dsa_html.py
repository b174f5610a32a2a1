"""The report of a deterministic sensitivity analysis as one HTML file."""

from collections.abc import Callable
from pathlib import Path

from sim.experiments.dsa_results import DsaResults
from sim.report import dsa_charts, dsa_side_tables, dsa_tables, evidence, tables, workbook
from sim.report.dsa_decisions import deciding_tables
from sim.report.dsa_findings import DsaFindings
from sim.report.dsa_thresholds import threshold_table
from sim.report.dsa_words import answer, methods
from sim.report.dsa_workbook import write_dsa_workbook
from sim.report.numbers import number
from sim.report.page import rendered, write_page
from sim.report.section import Section

TEMPLATE = "analysis.html.j2"


def write_dsa_report(dsa: DsaResults, path: Path | str) -> Path:
    """Write the report of a deterministic analysis to `path`, as a whole or not at all. Raises RunError."""
    return write_page(dsa_report_html(dsa), path)


def writers() -> dict[str, Callable[..., Path]]:
    """The files of a run folder by name, each with its writer."""
    return workbook.files(write_dsa_report, write_dsa_workbook)


def dsa_report_html(dsa: DsaResults) -> str:
    """The report as text."""
    findings = DsaFindings(dsa)
    return rendered(
        TEMPLATE,
        scenario=findings.scenario,
        kind="deterministic sensitivity analysis",
        answer=answer(findings),
        sections=[section for section in sections(findings) if section is not None],
        evidence=evidence.evidence_tables(findings),
        assumptions=evidence.assumptions_table(findings),
        methods=methods(findings),
        cheers=None,
        sources=evidence.sources_table(findings),
        manifest=tables.manifest_table(findings),
    )


def sections(findings: DsaFindings) -> list[Section | None]:
    """The sections in the order of reading; None for what was not asked for."""
    return [_glance(findings), _one_way(findings), _two_way(findings), _thresholds(findings), _switches(findings),
            _scenarios(findings), _groups(findings), _refused(findings), _parameters(findings)]  # fmt: skip


def _glance(findings: DsaFindings) -> Section:
    patients = f"{number(findings.patients)} for each strategy at every point, the same people with the same luck"
    glance = tables.glance_table(findings, patients)
    return Section(
        "glance",
        "What was compared",
        first_tables=(glance, evidence.strategies_table(findings), dsa_tables.base_table(findings)),
    )


def _one_way(findings: DsaFindings) -> Section | None:
    charts = dsa_charts.tornado_charts(findings)
    surely, maybe = deciding_tables(findings)
    if not findings.parameters_varied:
        return None
    said = f"{number(len(findings.parameters_varied))} parameters were varied."
    if surely is None:
        said += f" None of them {'changes' if maybe is None else 'surely changes'} the decision by itself."
    return Section(
        "one-way",
        "One parameter at a time",
        "One at a time",
        paragraphs=(said,),
        charts=tuple(charts),
        tables=() if surely is None else (surely,),
        closed=(*(() if maybe is None else (maybe,)), *dsa_tables.tornado_tables(findings)),
    )


def _two_way(findings: DsaFindings) -> Section | None:
    charts = dsa_charts.heat_charts(findings)
    return Section("two-way", "Two parameters together", "Two together", charts=tuple(charts)) if charts else None


def _thresholds(findings: DsaFindings) -> Section | None:
    table = threshold_table(findings)
    if table is None:
        return None
    charts = tuple(dsa_charts.threshold_charts(findings))
    return Section("thresholds", "Where the decision changes", "Thresholds", first_tables=(table,), charts=charts)


def _switches(findings: DsaFindings) -> Section | None:
    table, chart = dsa_side_tables.switches_table(findings), dsa_charts.switch_chart(findings)
    if table is None or chart is None:
        return None
    said = "What the model assumes about the disease and its treatment, one assumption at a time."
    return Section("switches", "Structural switches", "Switches", (said,), charts=(chart,), tables=(table,))


def _scenarios(findings: DsaFindings) -> Section | None:
    table = dsa_side_tables.scenarios_table(findings)
    if table is None:
        return None
    said = "Each scenario in its own money, at its own threshold and against its own comparator."
    return Section("scenarios", "Scenarios side by side", "Scenarios", (said,), tables=(table,))


def _groups(findings: DsaFindings) -> Section | None:
    found = dsa_side_tables.group_tables(findings)
    if not found:
        return None
    said = (
        "What could be gained if each group got the strategy that is best for it. Groups differ by what the model "
        "knows of them; no effect of a treatment was estimated within a group."
    )
    return Section(
        "subgroups", "Deciding for each group", "Groups", (said,), first_tables=(found[0],), closed=(*found[1:],)
    )


def _refused(findings: DsaFindings) -> Section | None:
    table = dsa_tables.refused_table(findings)
    return None if table is None else Section("refused", "Refused points", "", closed=(table,))


def _parameters(findings: DsaFindings) -> Section:
    groups = tuple(group.counted for group in evidence.parameter_groups(findings))
    said = "Every number behind this analysis at its central value. The browser's search looks into closed tables too."
    return Section("parameters", "Parameters", paragraphs=(said,), closed=groups, late=True)
