"""The sheets of the workbook in their order; here those that answer the question, in workbook_details.py the rest."""

import math
from collections.abc import Callable
from typing import Any

from sim.report import workbook_charts as charts
from sim.report import workbook_details as details
from sim.report.findings import COST, EFFECT, Findings
from sim.report.sheet import Column, Place, Sheet, Styles
from sim.report.tables import neighbour, verdict
from sim.report.workbook_details import CHANCE, money_words

SUBGROUP_KINDS = {"cost": "money", "incremental_cost": "money", "net_benefit_gain": "money", "symptom_months": "number"}
SUBGROUP_KINDS |= {"qalys": "qalys", "incremental_qalys": "qalys", "pain_years": "number", "patients": "whole"}
OF_THE_MANIFEST = ("seed", "engine", "version", "commit", "started")


def summary(book: Any, styles: Styles, findings: Findings) -> None:
    """The strategies with what a reader asks first, and what the run was."""
    note = f"Means per person, discounted; money in {money_words(findings)}. {CHANCE}"
    sheet = Sheet(book, styles, "Summary", findings.scenario.title, note)
    against = findings.title(findings.comparator)
    columns = [Column("Strategy"), Column("Cost", "money"), Column("QALYs", "qalys")]
    columns += [Column(f"Cost against {against}", "money"), Column(f"QALYs against {against}", "qalys")]
    columns += [Column(f"Net monetary benefit gained at {t:,.0f}", "money") for t in findings.thresholds]
    columns += [Column("ICER along the frontier", "money"), Column("Verdict")]
    records = {str(record["strategy"]): record for record in findings.results.incremental.to_dict("records")}
    rows = [
        (
            findings.title(name),
            findings.outcome(name, COST).mean,
            findings.outcome(name, EFFECT).mean,
            findings.increment(name, findings.comparator, COST).mean,
            findings.increment(name, findings.comparator, EFFECT).mean,
            *(findings.gain(name, findings.comparator, threshold).mean for threshold in findings.thresholds),
            float(records[name]["icer"]) if records[name]["status"] == "frontier" else math.nan,
            verdict(findings, {str(key): value for key, value in records[name].items()}),
        )
        for name in findings.strategies
    ]
    sheet.table(columns, rows)
    scenario, manifest = findings.scenario, findings.results.manifest
    horizon = "lifetime" if math.isinf(scenario.horizon_years) else f"{scenario.horizon_years:g} years"
    facts = (
        ("Question", scenario.question),
        ("Scenario", scenario.name),
        ("Setting", findings.setting.title),
        ("Costs counted", ", ".join(findings.setting.perspective).replace("_", " ")),
        ("Population", scenario.population.kind),
        ("Starts at", scenario.entry.replace("_", " ")),
        ("Horizon", horizon),
        ("Patients", str(findings.patients)),
        *((key.capitalize(), str(manifest[key])) for key in OF_THE_MANIFEST if key in manifest),
        ("Licence", "Every use of a drug for this condition is off-label. This is a research model, no advice."),
    )
    sheet.table([Column("About this run"), Column("", "line")], facts)
    sheet.close()


def incremental(book: Any, styles: Styles, findings: Findings) -> None:
    """Full incremental analysis, gains over the comparator, and the cost-effectiveness plane."""
    note = f"By cost; on the frontier each is held against the one before. Money in {money_words(findings)}. {CHANCE}"
    sheet = Sheet(book, styles, "Incremental", "Incremental analysis", note)
    base = findings.comparator
    columns = [Column("Strategy"), Column("Against the comparator: QALYs", "qalys")]
    columns += [Column("Against the comparator: cost", "money"), Column("QALYs, standard error", "qalys")]
    columns += [Column("Cost, standard error", "money"), Column("Cost", "money"), Column("QALYs", "qalys")]
    columns += [Column("Status"), Column("Held against"), Column("Incremental cost", "money")]
    columns += [Column("Incremental QALYs", "qalys"), Column("ICER", "money")]
    thresholds = sorted({*findings.setting.thresholds, *findings.setting.former_thresholds})
    for threshold in thresholds:
        former = "" if threshold in findings.setting.thresholds else " (former threshold)"
        columns += [Column(f"Net monetary benefit gained at {threshold:,.0f}{former}", "money")]
        columns += [Column("its standard error", "money")]
    rows = []
    for record in findings.results.incremental.to_dict("records"):
        name, other = str(record["strategy"]), neighbour({str(key): value for key, value in record.items()})
        effect, cost = (findings.increment(name, base, outcome) for outcome in (EFFECT, COST))
        row = [findings.title(name), effect.mean, cost.mean, effect.standard_error, cost.standard_error]
        row += [record["cost"], record["effect"], str(record["status"]), "" if other is None else findings.title(other)]
        row += [record["incremental_cost"], record["incremental_effect"], record["icer"]]
        for threshold in thresholds:
            gain = findings.gain(name, base, threshold)
            row += [gain.mean, gain.standard_error]
        rows.append(row)
    place = sheet.table(columns, rows)
    if findings.others:
        names = [str(name) for name in findings.results.incremental["strategy"]]
        gains = {
            kind: [findings.increment(name, base, kind).mean for name in findings.others] for kind in (EFFECT, COST)
        }
        points = zip(gains[EFFECT], gains[COST], strict=True)
        ends = charts.threshold_ends(findings, points)
        lines = sheet.table([Column("Lines of the chart"), Column("QALYs", "qalys"), Column("Cost", "money")], ends)
        sheet.chart(charts.plane(book, findings, names, place, lines))
    sheet.close()


def subgroups(book: Any, styles: Styles, findings: Findings) -> None:
    """The subgroups of the run as they are."""
    threshold = f"{findings.thresholds[0]:,.0f}"
    note = (
        f"Site of the first lesion, sex, age at entry. Cost and QALYs discounted, increments to "
        f"{findings.title(findings.comparator)}, net benefit at {threshold}; money in {money_words(findings)}. {CHANCE}"
    )
    sheet = Sheet(book, styles, "Subgroups", "Subgroups", note)
    frame = findings.frame("subgroups")
    _frame(sheet, findings, frame, SUBGROUP_KINDS, frozen_columns=3)
    sheet.close()


def scans(book: Any, styles: Styles, findings: Findings) -> None:
    """Scans per case of early MRI: the threshold, and the gain at other numbers. No sheet where nobody scans early."""
    thresholds, curve = findings.frame("scan_threshold"), findings.frame("scan_threshold_curve")
    if not len(thresholds):
        return
    note = f"Where the gain of early MRI in net monetary benefit is 0; money in {money_words(findings)}. {CHANCE}"
    sheet = Sheet(book, styles, "Scans", "Scans for each case found", note)
    kinds = {"willingness_to_pay": "money", "cost_per_scan": "small money", "increment_now": "money"}
    kinds |= {"threshold_scans": "number", "threshold_low": "number", "threshold_high": "number"}
    _frame(sheet, findings, thresholds, kinds)
    kinds = {"willingness_to_pay": "money", "increment": "money", "standard_error": "money"}
    _frame(sheet, findings, curve, kinds)
    sheet.close()


def _frame(sheet: Sheet, findings: Findings, frame: Any, kinds: dict[str, str], frozen_columns: int = 1) -> Place:
    """A frame as it is, strategies by their titles; a standard error has the format of what it belongs to."""
    names = [str(name) for name in frame.columns]
    columns = [Column(name.replace("_", " "), kinds.get(name.removesuffix("_se"), "plain")) for name in names]
    shown = frame.astype(object)
    for name in {"strategy", "comparator"} & set(names):
        shown[name] = [findings.title(str(strategy)) for strategy in frame[name]]
    rows = list(shown.itertuples(index=False))
    return sheet.table(columns, rows, frozen_columns=frozen_columns)


SHEETS: tuple[Callable[[Any, Styles, Findings], None], ...] = (
    summary,
    incremental,
    details.outcomes,
    details.costs,
    subgroups,
    details.curves,
    scans,
    details.parameters,
    details.sources,
)
