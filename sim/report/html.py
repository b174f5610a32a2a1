"""The report of a run as one HTML file that needs nothing else: no network and no other file, on phone or on paper."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any, Literal

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.filters import do_mark_safe
from plotly.offline import get_plotlyjs

from sim.report import evidence, figures, tables
from sim.report.answer import answer
from sim.report.figure_style import GREY, SYMBOL_PATHS, THRESHOLD_DASHES, Look, looks
from sim.report.findings import Findings, RunTables
from sim.report.numbers import money
from sim.report.table import Table
from sim.vocabulary.errors import RunError

TEMPLATE = "report.html.j2"
PLANE_REMARK = (
    "Each point is a mean over all patients; its cross spans the 95 % Monte Carlo interval and may be smaller than the "
    "point. It is not a cloud of parameter uncertainty. Below and to the right of a broken line a strategy is worth "
    "its cost at that threshold."
)
RIBBONS = "Ribbons span the 95 % Monte Carlo interval and are often thinner than the line."
CURVE_REMARKS = {
    "load_pain": f"Mean among those alive; 0 is no pain. {RIBBONS}",
    "symptom_free": f"Among those alive: no lesion hurts at the time. Falls when a further lesion begins. {RIBBONS}",
    "mri_normal": f"Among those alive: the scan of the first lesion is normal, which comes after the pain. {RIBBONS}",
}
AMOUNT = re.compile(r"\b([A-Z]{3}) (?=[\u2212\d])")  # "GBP 1,234" stays on one line
BREAKABLE = re.compile(r"([._])(?=\w)")  # long names may break after their dots and underscores


@dataclass(frozen=True)
class Swatch:
    """One entry of a chart's legend; `group` is the legendgroup of the traces that it switches."""

    group: str
    words: str
    look: Look
    kind: Literal["line", "point", "area"] = "line"


@dataclass(frozen=True)
class Chart:
    """A chart for the page: its title moves to the page's own heading, its legend to a list that wraps."""

    name: str
    title: str
    remark: str
    height: int
    data: str
    legend: tuple[Swatch, ...]


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
        plane=[_plane(findings)] if findings.others else [],
        course=_curves(findings),
        costs=_costs(findings),
        outcomes=tables.outcomes_tables(findings),
        adverse_events=tables.adverse_events_tables(findings),
        evidence=_evidence(findings),
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
    found = [evidence.treatments_table(findings)] if findings.treatments() else []
    return [*found, evidence.status_table(findings), *([changes] if changes else [])]


def _plane(findings: Findings) -> Chart:
    thresholds = tuple(
        Swatch(
            f"threshold {place}",
            f"{money(threshold, findings.currency)} per QALY",
            Look(GREY, THRESHOLD_DASHES[place % len(THRESHOLD_DASHES)], ""),
        )
        for place, threshold in enumerate(findings.thresholds)
    )
    return _chart("plane", figures.plane(findings), PLANE_REMARK, (*_strategy_swatches(findings, "point"), *thresholds))


def _curves(findings: Findings) -> list[Chart]:
    found = set(findings.results.curves["quantity"])
    charts = [
        _chart(quantity.replace("_", "-"), figures.curve(findings, quantity), words, _strategy_swatches(findings))
        for quantity, words in CURVE_REMARKS.items()
        if quantity in found
    ]
    if len(findings.results.occupancy):
        chart = figures.occupancy(findings, findings.comparator)
        swatches = _trace_swatches(chart, lambda trace: str(trace.line.color))
        charts.append(
            _chart("states", chart, "Each patient is in one state at a time; the shares add up to all.", swatches)
        )
    return charts


def _costs(findings: Findings) -> list[Chart]:
    chart = figures.costs_by_category(findings)
    remark = f"Categories of the perspective only, prices of {findings.setting.price_year}."
    return [_chart("costs", chart, remark, _trace_swatches(chart, lambda trace: str(trace.marker.color)))]


def _strategy_swatches(findings: Findings, kind: Literal["line", "point"] = "line") -> tuple[Swatch, ...]:
    return tuple(Swatch(name, findings.title(name), look, kind) for name, look in looks(findings).items())


def _trace_swatches(chart: go.Figure, colour: Callable[[Any], str]) -> tuple[Swatch, ...]:
    """Legend of the filled traces of a chart."""
    named = [trace for trace in chart.data if trace.legendgroup]
    return tuple(Swatch(t.legendgroup, unescape(t.name), Look(colour(t), "solid", ""), "area") for t in named)


def _chart(name: str, chart: go.Figure, remark: str, legend: tuple[Swatch, ...]) -> Chart:
    """The chart as data for the page's script, in which no text can end the script."""
    content = json.loads(chart.to_json())
    layout = content["layout"]
    title = unescape(layout.pop("title")["text"])
    layout["showlegend"] = False
    layout["margin"]["t"] = 16
    text = json.dumps({"data": content["data"], "layout": layout}, separators=(",", ":")).replace("<", "\\u003c")
    data = do_mark_safe(text)  # no "<" is left in it
    return Chart(name, title, remark, int(layout["height"]), data, legend)
