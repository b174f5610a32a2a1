"""The report of a probabilistic analysis as one HTML file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.psa_analysis import PsaAnalysis
from sim.experiments.psa_results import PsaResults
from sim.report import cheers, evidence, licence, psa_charts, psa_tables, psa_value, tables, workbook
from sim.report.numbers import number
from sim.report.page import rendered, write_page
from sim.report.psa_curvature import curvature_table
from sim.report.psa_findings import PsaFindings
from sim.report.psa_laws import laws_section
from sim.report.psa_methods import methods, of_psa
from sim.report.psa_sets import sets_table
from sim.report.psa_words import answer
from sim.report.psa_workbook import write_psa_workbook
from sim.report.section import Section

if TYPE_CHECKING:
    import pandas as pd

TEMPLATE = "analysis.html.j2"


def write_psa_report(
    psa: PsaResults, analysis: PsaAnalysis, path: Path | str, voi: "Mapping[str, pd.DataFrame] | None" = None
) -> Path:
    """Write the report of a probabilistic analysis to `path`, as a whole or not at all.

    `voi`: the frames of the value of information by name (evppi, evsi, enbs, population), any of which may be missing.
    Raises RunError if the file cannot be written.
    """
    return write_page(psa_report_html(psa, analysis, voi), path)


def writers() -> dict[str, Callable[..., Path]]:
    """The files of a run folder by name, each with its writer."""
    return workbook.files(write_psa_report, write_psa_workbook)


def psa_report_html(psa: PsaResults, analysis: PsaAnalysis, voi: "Mapping[str, pd.DataFrame] | None" = None) -> str:
    """The report as text."""
    findings = PsaFindings(psa, analysis, voi)
    return rendered(
        TEMPLATE,
        scenario=findings.scenario,
        kind="probabilistic analysis",
        answer=answer(findings),
        sections=sections(findings),
        evidence=evidence.evidence_tables(findings),
        assumptions=evidence.assumptions_table(findings),
        methods=methods(findings),
        cheers=cheers.checklist(findings, of_psa(findings)),
        sources=evidence.sources_table(findings),
        manifest=tables.manifest_table(findings),
    )


def sections(findings: PsaFindings) -> list[Section]:
    """The sections in the order of reading, but for those that every page has."""
    return [
        _glance(findings),
        _comparison(findings),
        _acceptability(findings),
        _information(findings),
        *psa_value.trial_sections(findings),
        _precision(findings),
        Section(
            "outcomes",
            "Outcomes",
            "Outcomes",
            paragraphs=("Every outcome, costs by category among them, as means over the draws.",),
            closed=tuple(psa_tables.outcomes_tables(findings)),
        ),
        Section(
            "licence",
            "Licence and off-label use",
            "Licence",
            paragraphs=tuple(licence.statement(findings)),
            tables=tuple(table for table in (licence.licence_table(findings),) if table),
        ),
        laws_section(findings),
    ]


def _glance(findings: PsaFindings) -> Section:
    patients = (
        f"{number(findings.patients)} for each strategy in each of {number(findings.draws)} draws, within a draw the "
        "same people under each"
    )
    glance = tables.glance_table(findings, patients)
    return Section("glance", "What was compared", first_tables=(glance, evidence.strategies_table(findings)))


def _comparison(findings: PsaFindings) -> Section:
    return Section(
        "comparison",
        "Costs against effects",
        "Comparison",
        first_tables=(psa_tables.summary_table(findings), psa_tables.incremental_table(findings)),
        charts=(psa_charts.plane_chart(findings),),
    )


def _acceptability(findings: PsaFindings) -> Section:
    charts = (psa_charts.acceptability_chart, psa_charts.frontier_chart, psa_charts.loss_chart)
    return Section(
        "acceptability",
        "The decision and the chance that it is wrong",
        "Decision",
        first_tables=tuple(psa_tables.decision_table(findings, threshold) for threshold in findings.thresholds),
        closed=tuple(psa_tables.decision_table(findings, threshold) for threshold in _former(findings)),
        charts=tuple(chart(findings) for chart in charts),
    )


def _former(findings: PsaFindings) -> list[float]:
    """Former thresholds of the setting, as far as the analysis holds them."""
    return [one for one in findings.setting.former_thresholds if one in findings.analysis.thresholds]


def _information(findings: PsaFindings) -> Section:
    valued = psa_value.evppi_chart(findings)
    charts = [psa_charts.evpi_chart(findings), valued or psa_charts.driver_chart(findings)]
    held = sets_table(findings) if valued else None
    return Section(
        "information",
        "What knowing more would be worth",
        "Value of information",
        paragraphs=(psa_value.MEANING, *(() if valued else (psa_value.NOT_ASKED,))),
        charts=tuple(chart for chart in charts if chart is not None),
        tables=(held,) if held else (),
    )


def _precision(findings: PsaFindings) -> Section:
    split = findings.analysis.corrected
    budget = psa_charts.budget_chart(findings) if split else None
    curvature = curvature_table(findings)
    said = (
        "Three things keep these numbers from being exact: finitely many draws, finitely many patients in each, and a "
        "model that is no straight line, so that a run at the means of the parameters is not the mean over the draws."
    )
    return Section(
        "precision",
        "How precise the simulation is",
        "Precision",
        paragraphs=(said,),
        charts=tuple(chart for chart in (psa_charts.convergence_chart(findings), budget) if chart is not None),
        tables=tuple(
            table for table in (psa_tables.budget_table(findings) if split else None, curvature) if table is not None
        ),
    )
