"""The report of a run as one HTML file that needs nothing else: no network and no other file, on phone or on paper."""

import re
from html import escape
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.filters import do_mark_safe
from plotly.offline import get_plotlyjs

from sim.report import cheers, cost_table, evidence, licence, methods, scans, subgroups, tables
from sim.report.answer import answer
from sim.report.comparison import cost_charts, plane_charts
from sim.report.figure_style import SYMBOL_PATHS
from sim.report.findings import Findings, RunTables
from sim.report.over_time import course_charts
from sim.report.table import Table
from sim.vocabulary.errors import RunError

TEMPLATE = "report.html.j2"
AMOUNT = re.compile(r"\b([A-Z]{3}) (?=[\u2212\d])")  # "GBP 1,234" stays on one line
BREAKABLE = re.compile(r"([._])(?=\w)")  # long names may break after their dots and underscores


def write_report(results: RunTables, path: Path | str) -> Path:
    """Write the report of `results` to `path`, as a whole or not at all. Raises RunError if it cannot be written."""
    target = Path(path)
    page = report_html(results)
    unfinished = target.with_name(f".{target.name}.part")
    try:
        unfinished.write_text(page, encoding="utf-8")
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        cause = (error.strerror or "unknown cause").lower()
        raise RunError(f"{target}: the report cannot be written ({cause}). Check the folder and the disk.") from None
    return target


def report_html(results: RunTables) -> str:
    """The report as text."""
    findings = Findings(results)
    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"amounts": amounts, "breakable": breakable}
    return environment.get_template(TEMPLATE).render(
        scenario=findings.scenario,
        symbols=SYMBOL_PATHS,
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
        evidence=_evidence(findings),
        licence=licence.statement(findings),
        licence_table=licence.licence_table(findings),
        methods=methods.methods(findings),
        cheers=cheers.checklist(findings),
        assumptions=evidence.assumptions_table(findings),
        parameters=evidence.parameter_groups(findings),
        sources=evidence.sources_table(findings),
        manifest=tables.manifest_table(findings),
        plotly=do_mark_safe(get_plotlyjs()),
    )


def amounts(text: str) -> str:
    """Escaped text in which a currency and its number do not part at the end of a line."""
    return do_mark_safe(AMOUNT.sub("\\1\u00a0", escape(text)))


def breakable(text: str) -> str:
    """Escaped text that may break within long names."""
    return do_mark_safe(BREAKABLE.sub(r"\1<wbr>", escape(text)))


def _evidence(findings: Findings) -> list[Table]:
    changes = evidence.changes_table(findings)
    return [evidence.status_table(findings), *([changes] if changes else [])]
