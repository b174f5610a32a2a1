"""Subgroups: what each strategy gains for whom, with standard errors; small groups are flagged."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.report.findings import Findings
from sim.report.numbers import Estimate, money, number
from sim.report.table import Cell, Row, Table, figure_cell, in_pieces, money_cell
from sim.report.tables import ERROR_NOTE
from sim.report.terms import SITES

if TYPE_CHECKING:
    import pandas as pd

SMALL_GROUP = 500  # patients
FLAG = "\u00a0†"
FLAG_NOTE = f"†\u00a0fewer than {SMALL_GROUP} patients: chance alone may move these numbers more than a treatment does."
DIMENSIONS = {"site": "Site of the first lesion", "sex": "Sex", "age_band": "Age at entry"}
GROUPS = {site.name.lower(): words.capitalize() for site, words in SITES.items()} | {"female": "Women", "male": "Men"}


@dataclass(frozen=True)
class SubgroupSection:
    """Words, the gains of all strategies beside each other, and everything about one strategy at a time."""

    paragraphs: tuple[str, ...]
    gains: tuple[Table, ...]
    details: tuple[Table, ...]


def subgroup_section(findings: Findings) -> SubgroupSection | None:
    """None for a run without subgroups."""
    frame = findings.frame("subgroups")
    if not len(frame):
        return None
    threshold = findings.thresholds[0]
    words = [
        "The same run, looked at by site, sex and age. Groups differ by what the model knows of them: the course and "
        "the complications of a site, mortality and quality of life by age and sex, whom a treatment is not given to. "
        "No effect of a treatment was estimated within a group, so a difference between groups is a consequence of "
        "these inputs and no finding about who responds better."
    ]
    if findings.others:
        words.append(
            f"Gains are net monetary benefit at {money(threshold, findings.currency)} per QALY over "
            f"{findings.title(findings.comparator)}. With this many comparisons some clear differences are chance."
        )
    return SubgroupSection(tuple(words), tuple(_gains(findings, frame)), tuple(_details(findings, frame)))


def _by_group(frame: "pd.DataFrame") -> dict[str, list[str]]:
    """The groups of each dimension, in the frame's order."""
    found: dict[str, list[str]] = {}
    for dimension, group in zip(frame["dimension"].astype(str), frame["group"].astype(str), strict=True):
        groups = found.setdefault(dimension, [])
        if group not in groups:
            groups.append(group)
    return found


def _records(frame: "pd.DataFrame") -> dict[tuple[str, str, str], dict[str, Any]]:
    records = ({str(key): value for key, value in record.items()} for record in frame.to_dict("records"))
    return {(str(r["dimension"]), str(r["group"]), str(r["strategy"])): r for r in records}


def group_words(group: str) -> str:
    return GROUPS.get(group, group.replace("_", " "))


def _heading(group: str, patients: int) -> str:
    return f"{group_words(group)}{FLAG if patients < SMALL_GROUP else ''}"


def _estimate(record: dict[str, Any], name: str) -> Estimate:
    return Estimate(float(record[name]), float(record[f"{name}_se"]))


def _gains(findings: Findings, frame: "pd.DataFrame") -> list[Table]:
    """Net benefit gained over the comparator, a row a group; the best of each group is marked."""
    records = _records(frame)
    tables = []
    for piece in in_pieces(findings.others):
        rows: list[Row] = []
        for dimension, groups in _by_group(frame).items():
            rows.append(Row(_dimension_words(dimension)))
            for group in groups:
                patients = int(records[dimension, group, findings.comparator]["patients"])
                cells = _gain_cells(findings, [records[dimension, group, name] for name in findings.others], piece)
                rows.append(Row(_heading(group, patients), (Cell(number(patients), numeric=True), *cells)))
        columns = ("Group", "Patients", *(findings.title(name) for name in piece))
        title = findings.title(findings.comparator)
        caption = f"Net monetary benefit gained over {title} by subgroup, {findings.currency} per person"
        note = f"Bold: the highest of the group; none where the comparator has it. {ERROR_NOTE}"
        tables.append(Table(caption, columns, tuple(rows), _with_flag(note, rows)))
    return tables


def _gain_cells(findings: Findings, group: list[dict[str, Any]], piece: Sequence[str]) -> list[Cell]:
    """The gains of the strategies of `piece` in one group, whose records are in the order of `findings.others`."""
    gains = dict(zip(findings.others, (_estimate(record, "net_benefit_gain") for record in group), strict=True))
    best = max(gains, key=lambda name: -math.inf if gains[name].missing else gains[name].mean)
    return [money_cell(gains[name], plus=True, best=name == best and gains[name].mean > 0.0) for name in piece]


def _dimension_words(dimension: str) -> str:
    return DIMENSIONS.get(dimension, dimension.replace("_", " ").capitalize())


def _with_flag(note: str, rows: Sequence[Row]) -> str:
    """The note, and what the flag means where a row has one."""
    return f"{note} {FLAG_NOTE}" if any(row.heading.endswith(FLAG) for row in rows) else note


def _details(findings: Findings, frame: "pd.DataFrame") -> list[Table]:
    """Level and increments of each strategy by group."""
    records = _records(frame)
    tables = []
    for strategy in findings.strategies:
        compared = strategy != findings.comparator
        rows: list[Row] = []
        for dimension, groups in _by_group(frame).items():
            rows.append(Row(_dimension_words(dimension)))
            for group in groups:
                record = records[dimension, group, strategy]
                cells = _level_cells(record) + (_step_cells(record) if compared else ())
                rows.append(Row(_heading(group, int(record["patients"])), cells))
        columns = (
            "Group",
            "Patients",
            f"Cost ({findings.currency})",
            "QALYs",
            "Months from onset to end of symptoms",
            "Pain (NRS-years)",
            *((f"Incremental cost ({findings.currency})", "Incremental QALYs") if compared else ()),
        )
        against = f", against {findings.title(findings.comparator)}" if compared else ""
        caption = f"Subgroups under {findings.title(strategy)}{against}; cost and QALYs discounted"
        tables.append(Table(caption, columns, tuple(rows), _with_flag(ERROR_NOTE, rows)))
    return tables


def _level_cells(record: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        Cell(number(int(record["patients"])), numeric=True),
        money_cell(_estimate(record, "cost")),
        figure_cell(_estimate(record, "qalys"), 3),
        Cell(number(float(record["symptom_months"]), 1), numeric=True),
        Cell(number(float(record["pain_years"]), 2), numeric=True),
    )


def _step_cells(record: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        money_cell(_estimate(record, "incremental_cost"), plus=True),
        figure_cell(_estimate(record, "incremental_qalys"), 4, plus=True),
    )


def smallest(findings: Findings) -> float:
    """Patients in the smallest subgroup; nan for a run without any."""
    frame = findings.frame("subgroups")
    return float(frame["patients"].min()) if len(frame) else math.nan
