"""The tables of results: increments with dominance in words, net benefit, outcomes, adverse events, the run itself."""

import json
import math
from typing import Any

from sim.report import facts
from sim.report.findings import COST, EFFECT, Findings
from sim.report.numbers import money, number
from sim.report.subject import Subject
from sim.report.table import Cell, Row, Table, figure_cell, in_pieces, money_cell, words
from sim.valuation.outcomes import OUTCOMES, Outcome

ERROR_NOTE = "In brackets: Monte Carlo standard error."
DECIMALS = {"years": 3, "QALYs": 4, "NRS-years": 3, "days": 1, "months": 2}
DISCOUNTED = "_discounted"


def incremental_table(findings: Findings) -> Table:
    """Strategies by cost: the frontier, each against the one before it, and the others with the reason in words."""
    frame = findings.results.incremental
    rows = []
    for record in sorted(frame.to_dict("records"), key=lambda record: float(record["cost"])):
        name = str(record["strategy"])
        rows.append(
            Row(
                findings.title(name),
                (
                    money_cell(findings.outcome(name, COST)),
                    figure_cell(findings.outcome(name, EFFECT), 4),
                    *_step(findings, record),
                    words(verdict(findings, record)),
                ),
            )
        )
    columns = (
        "Strategy",
        f"Cost ({findings.currency})",
        "QALYs",
        f"Incremental cost ({findings.currency})",
        "Incremental QALYs",
        f"ICER ({findings.currency} per QALY)",
        "Verdict",
    )
    caption = (
        "Full incremental analysis per person, discounted. On the frontier each is held against the one before it."
    )
    return Table(caption, columns, tuple(rows), ERROR_NOTE)


def _step(findings: Findings, record: dict[str, Any]) -> tuple[Cell, Cell, Cell]:
    """Increments and ICER of a frontier strategy against the one before it; empty for the others."""
    name, before = str(record["strategy"]), neighbour(record)
    if record["status"] != "frontier" or before is None:
        return (Cell("", numeric=True),) * 3
    cost, effect = (findings.increment(name, before, outcome) for outcome in (COST, EFFECT))
    icer = Cell(number(float(record["icer"])), numeric=True)
    return money_cell(cost, plus=True), figure_cell(effect, 4, plus=True), icer


def neighbour(record: dict[str, Any]) -> str | None:
    """The strategy that a row of the incremental analysis is held against."""
    value = record.get("next_to")
    return value if isinstance(value, str) and value else None


def verdict(findings: Findings, record: dict[str, Any]) -> str:
    """Frontier or dominance in words, and whether chance alone could have made it."""
    name, other, status = str(record["strategy"]), neighbour(record), str(record["status"])
    if status == "frontier":
        return "on the frontier" if other else "on the frontier: the lowest cost"
    if status == "extended":
        return "dominated by a mix of other strategies (extended dominance)"
    if other is None:
        return "dominated: another strategy costs no more and gives no fewer QALYs"
    cost, effect = (findings.increment(other, name, outcome) for outcome in (COST, EFFECT))
    costs = "the same" if cost.exact_zero else "less"
    gives = "the same QALYs" if effect.exact_zero else "more QALYs"
    sure = all(difference.clear or difference.exact_zero for difference in (cost, effect))
    text = f"dominated: {findings.title(other)} costs {costs} and gives {gives}"
    return text if sure else f"{text}, but within two standard errors"


def net_benefit_table(findings: Findings) -> Table:
    """Net monetary benefit gained over the comparator at each threshold, present and former; the best is marked."""
    setting = findings.setting
    thresholds = sorted({*setting.thresholds, *setting.former_thresholds})
    best = {threshold: findings.by_net_benefit(threshold)[0] for threshold in thresholds}
    rows = []
    for name in findings.strategies:
        gains = [
            money_cell(findings.gain(name, findings.comparator, t), plus=True, best=best[t] == name) for t in thresholds
        ]
        if name == findings.comparator:
            gains = [Cell("comparator", numeric=True, best=best[t] == name) for t in thresholds]
        rows.append(Row(findings.title(name), tuple(gains)))
    heads = [
        f"at {money(t, findings.currency)}" + ("" if t in setting.thresholds else " (former threshold)")
        for t in thresholds
    ]
    caption = f"Net monetary benefit gained over {findings.title(findings.comparator)}, {findings.currency} per person"
    return Table(caption, ("Strategy", *heads), tuple(rows), f"Bold: the highest at this threshold. {ERROR_NOTE}")


def outcomes_tables(findings: Findings) -> list[Table]:
    """Every outcome of every strategy; more strategies than fit beside each other are continued in another table."""
    groups = {
        "Life and quality of life": [o for o in OUTCOMES if o.unit in ("years", "QALYs")],
        "Pain": [o for o in OUTCOMES if o.name in ("pain_years", "pain_free_days")],
        "Months, among those to whom it happened": [o for o in OUTCOMES if o.unit == "months"],
        "Per 100 patients": [o for o in OUTCOMES if o.unit in ("share", "count")],
        "Days": [o for o in OUTCOMES if o.name in ("days_off_work", "unloading_days")],
        f"Cost per person ({findings.currency}), discounted": _costs(findings, discounted=True),
        f"Cost per person ({findings.currency}), undiscounted": _costs(findings, discounted=False),
    }
    tables = []
    for names in in_pieces(findings.strategies):
        rows: list[Row] = []
        for heading, outcomes in groups.items():
            rows.append(Row(heading))
            for outcome in outcomes:
                rows.append(Row(_label(outcome), tuple(_outcome_cell(findings, name, outcome) for name in names)))
                rows += _median_row(findings, names, outcome)
        columns = ("Outcome", *(findings.title(name) for name in names))
        tables.append(Table("Outcomes: means per person", columns, tuple(rows), ERROR_NOTE))
    return tables


def _costs(findings: Findings, *, discounted: bool) -> list[Outcome]:
    """The categories in which some strategy costs anything, then the total."""
    costs = [o for o in OUTCOMES if o.unit == "currency" and o.name.endswith(DISCOUNTED) == discounted]
    return [o for o in costs if any(findings.outcome(name, o.name).mean != 0.0 for name in findings.strategies)]


def _label(outcome: Outcome) -> str:
    """The label without what the group's heading says."""
    if outcome.unit == "currency":
        label = outcome.label.removeprefix("Cost, ").removesuffix(", discounted")
        return label[0].upper() + label[1:]
    return outcome.label


def _outcome_cell(findings: Findings, name: str, outcome: Outcome) -> Cell:
    estimate = findings.outcome(name, outcome.name)
    if outcome.unit == "currency":
        return money_cell(estimate)
    if outcome.unit in ("share", "count"):
        return figure_cell(estimate.times(100.0), 1)
    return figure_cell(estimate, DECIMALS[outcome.unit])


def _median_row(findings: Findings, names: Any, outcome: Outcome) -> list[Row]:
    """The median below the mean of a time, where the run has it."""
    medians = [findings.number(name, f"{outcome.name}_median") for name in names]
    if not outcome.may_be_missing or all(math.isnan(median) for median in medians):
        return []
    return [Row(f"{outcome.label}, median", tuple(Cell(number(median, 2), numeric=True) for median in medians))]


def adverse_events_tables(findings: Findings) -> list[Table]:
    """Adverse events of treatments per 100 patients: a row an event, a column a strategy with any."""
    frame = findings.results.adverse_events
    rate = {
        (str(r["treatment"]), str(r["adverse_event"]), str(r["strategy"])): (
            float(r["per_100_patients"]),
            int(r["events"]),
        )
        for r in frame.to_dict("records")
    }
    kinds = list(dict.fromkeys((treatment, event) for treatment, event, _ in rate))
    names = [name for name in findings.strategies if any(rate.get((*kind, name), (0.0, 0))[1] for kind in kinds)]
    tables = []
    for piece in in_pieces(names):
        rows: list[Row] = []
        for treatment in dict.fromkeys(treatment for treatment, _ in kinds):
            events = [event for other, event in kinds if other == treatment]
            shown = [e for e in events if any(rate.get((treatment, e, name), (0.0, 0))[1] for name in piece)]
            if shown:
                rows.append(Row(findings.inputs.treatments[treatment].title))
            for event in shown:
                cells = [rate.get((treatment, event, name), (0.0, 0)) for name in piece]
                rows.append(Row(event.replace("_", " "), tuple(_rate_cell(*cell) for cell in cells)))
        columns = ("Adverse event", *(findings.title(name) for name in piece))
        note = (
            "In excess of supportive care; a person may have an event more than once. In brackets: how many were seen."
        )
        tables.append(Table("Adverse events of treatment per 100 patients", columns, tuple(rows), note))
    return tables


def _rate_cell(per_100: float, events: int) -> Cell:
    return (
        Cell(number(per_100, 2 if per_100 < 10 else 1), number(events), numeric=True)
        if events
        else Cell("0", numeric=True)
    )


def glance_table(subject: Subject, patients: str = "") -> Table:
    """Who, where, how long, with which prices: the frame of the run in a few lines.

    `patients` says how many there are where it is not one run.
    """
    setting = subject.setting
    pairs = {
        "Strategies": "; ".join(subject.title(name) for name in subject.strategies),
        "Comparator": subject.title(subject.comparator),
        "Patients": patients or f"{number(subject.patients)} for each strategy, the same people under each",
        "Population": facts.population(subject),
        "Starts at": facts.starts_at(subject),
        "Horizon": facts.horizon(subject),
        "Setting": f"{setting.title}; prices of {setting.price_year} in {setting.currency}",
        "Costs counted": facts.perspective(subject),
        "Discounting": facts.discounting(subject),
        "Thresholds": ", ".join(f"{money(t, setting.currency)} per QALY" for t in setting.thresholds),
    }
    changed = facts.switches(subject)
    if changed:
        pairs["Unlike the base case"] = "; ".join(changed)
    return Table("The run at a glance", ("", ""), tuple(Row(key, (words(value),)) for key, value in pairs.items()))


def manifest_table(subject: Subject) -> Table:
    """What was run, for somebody who wants to run it again."""
    rows = [Row(str(key).replace("_", " "), (words(_plain(value)),)) for key, value in subject.manifest.items()]
    return Table("Manifest of the run", ("Key", "Value"), tuple(rows))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False, indent=1)
