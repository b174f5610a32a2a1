"""Which strategy is best at the central values, how surely, and what changes that by itself."""

from collections.abc import Sequence

from sim.report.answer import joined
from sim.report.dsa_findings import DsaFindings, Record, change_of_lead, gain_there, is_clear_change
from sim.report.dsa_side_tables import switch_value
from sim.report.numbers import money, number, plain
from sim.report.psa_words import amount
from sim.report.table import Cell, Row, Table, money_cell, words
from sim.report.tables import ERROR_NOTE

MOST_NAMED = 4
TOO_LITTLE = "another strategy comes out best by too little to be told from chance among the patients"
RANGE_WORDS = {"file": "range in the file", "law": "95 % of its law"}


def decision_words(findings: DsaFindings) -> str:
    """The best strategy with its lead, and which single parameters put another one in its place."""
    return f"{_best(findings)}{_parameters(findings)}"


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    rest = len(names) - MOST_NAMED
    return joined([*names[:MOST_NAMED], *([f"{rest} more"] if rest > 0 else [])])


def _best(findings: DsaFindings) -> str:
    """Who is best, by how much more than the next, and whether that can be told from chance."""
    best, second = findings.best, findings.behind[0]
    role = ", the comparator," if best == findings.comparator else ""
    at = f"{money(findings.threshold, findings.currency)} per QALY"
    said = f"At the central value of every parameter {findings.title(best)}{role} has the highest net benefit at {at}"
    if findings.level:
        said += f", but {_too_close(findings)}."
    else:
        lead = amount(findings.lead(second), findings.currency)
        said += f": {lead} per person more than {findings.title(second)}, the next."
    if findings.comparator not in (best, second, *findings.level):
        over = amount(findings.lead(findings.comparator), findings.currency)
        said += f" Over {findings.title(findings.comparator)}, the comparator, it gains {over}."
    return said


def _too_close(findings: DsaFindings) -> str:
    """What stands instead of a lead that is smaller than two standard errors."""
    closest, *others = findings.level
    lead = findings.lead(closest)
    names = [findings.title(name) for name in findings.level]
    if all(findings.lead(name).exact_zero for name in findings.level):
        return f"{listed(names)} {'have' if others else 'has'} exactly the same"
    same, apart = "", "tell which of the two is better"
    if others:
        those = "as is that over" if len(others) == 1 else "as are those over"
        same, apart = f", {those} {listed(names[1:])}", "tell them apart"
    return (
        f"its lead over {names[0]}, {amount(lead, findings.currency)} per person, is below two standard errors{same}, "
        f"so that more patients are needed to {apart}"
    )


def _parameters(findings: DsaFindings) -> str:
    """The parameters that surely put another strategy before the best one, and how many may do so by chance."""
    if not findings.parameters_varied:
        return ""
    varied = f"the {number(len(findings.parameters_varied))} parameters that were varied one at a time"
    surely = list(dict.fromkeys(str(row["parameter"]) for row in findings.deciding if is_clear_change(row)))
    maybe = len({str(row["parameter"]) for row in findings.deciding} - set(surely))
    if not surely and not maybe:
        return f" None of {varied} changes that decision."
    if not surely:
        return f" None of {varied} surely changes that decision. At an end of {number(maybe)} of them {TOO_LITTLE}."
    more = f" At an end of {number(maybe)} more {TOO_LITTLE}." if maybe else ""
    changes = "changes that decision by itself" if len(surely) == 1 else "change that decision by themselves"
    return (
        f" Of {varied}, {number(len(surely))} surely {changes}, by two standard errors or more at one end of the range "
        f"or at both: {listed(surely)}.{more}"
    )


def switch_words(findings: DsaFindings) -> list[str]:
    """The values of structural switches that surely put another strategy before the best one."""
    if not findings.rows("switches"):
        return []
    surely = [
        f"{str(row['switch']).replace('_', ' ')} {switch_value(str(row['value']))} ({findings.title(str(row['best']))})"
        for row in findings.deciding_switches
        if is_clear_change(row)
    ]
    maybe = len(findings.deciding_switches) - len(surely)
    other = "other " if surely else ""
    values = f"{number(maybe)} {other}{'value' if maybe == 1 else 'values'} of the switches"
    chance = [f"Under {values} {TOO_LITTLE}."] if maybe else []
    if not surely:
        return [f"No structural switch by itself {'surely ' if maybe else ''}changes the decision.", *chance]
    return [
        f"Structural switches that surely change the decision by themselves, by two standard errors or more: "
        f"{listed(surely)}.",
        *chance,
    ]


def deciding_tables(findings: DsaFindings) -> tuple[Table | None, Table | None]:
    """The ends of parameters at which another strategy comes out best: surely, and within chance."""
    surely = [row for row in findings.deciding if is_clear_change(row)]
    maybe = findings.deciding[len(surely) :]
    at = f"at {money(findings.threshold, findings.currency)} per QALY"
    return (
        _deciding(findings, f"Parameters that surely change the decision by themselves, {at}", surely),
        _deciding(findings, f"Parameters that change it within chance among the patients only, {at}", maybe),
    )


def _deciding(findings: DsaFindings, caption: str, rows: Sequence[Record]) -> Table | None:
    columns = (
        "Parameter",
        "End",
        "Base value",
        "Where the end comes from",
        "Status",
        "Best strategy there",
        f"Its gain over {findings.title(findings.best)} there",
        "Change from the base case",
    )
    note = (
        f"Gains in {findings.currency} per person, the largest changes first. Sure: both the gain and its change are "
        f"two standard errors or more. {ERROR_NOTE}"
    )
    made = tuple(_deciding_row(findings, row) for row in rows)
    return Table(caption, columns, made, note) if rows else None


def _deciding_row(findings: DsaFindings, row: Record) -> Row:
    cells = (
        words(f"{row['end']}: {plain(float(row['value']))} {row['unit']}"),
        Cell(plain(float(row["base_value"])), numeric=True),
        words(RANGE_WORDS.get(str(row["range_source"]), "as asked")),
        words(str(row["status"])),
        words(findings.title(str(row["best"]))),
        money_cell(gain_there(row), plus=True),
        money_cell(change_of_lead(row), plus=True),
    )
    return Row(str(row["parameter"]), cells)
