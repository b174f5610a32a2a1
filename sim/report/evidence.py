"""The evidence behind a run as tables: parameters with sources, assumptions with reasons, treatments with grades."""

from collections import Counter
from dataclasses import dataclass

from sim.inputs.listing import ParameterRow, list_parameters
from sim.inputs.parameters import SETTING_PREFIX, TREATMENT_PREFIX
from sim.inputs.scenario import Structure
from sim.report import facts
from sim.report.findings import Findings
from sim.report.table import Cell, Row, Table, words

STATUS_WORDS = {
    "published": "taken from a publication",
    "derived": "own arithmetic on published figures",
    "elicited": "asked of experts",
    "assumption": "assumed, with a reason",
}
CHANGED = "set by the scenario"


@dataclass(frozen=True)
class ParameterGroup:
    """The parameters of one file, as one collapsible table."""

    title: str
    table: Table


def parameter_groups(findings: Findings) -> list[ParameterGroup]:
    """The parameters behind this run with their values, by file."""
    changed = set(findings.scenario.parameters)
    by_title: dict[str, list[ParameterRow]] = {}
    for row in _listed(findings):
        by_title.setdefault(_group_title(findings, row), []).append(row)
    columns = ("Parameter", "Value", "Unit", "Distribution", "Status", "Source", "Place in the source, note")
    return [
        ParameterGroup(f"{title} ({len(rows)})", Table(title, columns, tuple(_parameter_row(r, changed) for r in rows)))
        for title, rows in sorted(by_title.items())
    ]


def _listed(findings: Findings) -> list[ParameterRow]:
    """The parameters behind this run."""
    names = set(findings.parameter_names())
    return [row for row in list_parameters(findings.inputs) if row.name in names]


def _group_title(findings: Findings, row: ParameterRow) -> str:
    first, _, rest = row.name.partition(".")
    if first == TREATMENT_PREFIX:
        name = rest.partition(".")[0]
        return f"Treatment: {findings.inputs.treatments[name].title}"
    if first == SETTING_PREFIX:
        return f"Setting: {findings.setting.title}"
    stem = row.file.rpartition("/")[2].removesuffix(".toml")
    return stem.replace("_", " ").capitalize()


def _parameter_row(row: ParameterRow, changed: set[str]) -> Row:
    scope = f"; range {row.low or '?'} to {row.high or '?'}" if row.low or row.high else ""
    status = f"{row.status}; {CHANGED}" if row.name in changed else row.status
    place = ". ".join(part.rstrip(".") for part in (row.where, row.note) if part)
    cells = (
        Cell(row.value, numeric=True, best=row.name in changed),
        words(row.unit),
        words(f"{row.distribution}{scope}"),
        words(status),
        words(row.source),
        words(place),
    )
    return Row(row.name, cells)


def status_table(findings: Findings) -> Table:
    """How many parameters have which status."""
    counts = Counter(row.status for row in _listed(findings))
    rows = [
        Row(status, (Cell(str(counts[status]), numeric=True), words(said))) for status, said in STATUS_WORDS.items()
    ]
    return Table("Where the numbers come from", ("Status", "Parameters", "Meaning"), tuple(rows))


def assumptions_table(findings: Findings) -> Table:
    """Every assumed value with the reason given for it."""
    rows = [
        Row(row.name, (Cell(row.value, numeric=True), words(row.unit), words(quantity.reason or row.note)))
        for row in _listed(findings)
        if (quantity := findings.inputs.parameters.quantity(row.name)).status == "assumption"
    ]
    return Table("Assumed values and the reason for each", ("Parameter", "Value", "Unit", "Reason"), tuple(rows))


def changes_table(findings: Findings) -> Table | None:
    """What this scenario changes: values laid over the files', and structural switches off their default."""
    scenario, usual = findings.scenario, Structure()
    rows = [Row(name, (words(facts.shown(value)),)) for name, value in scenario.parameters.items()]
    for switch in type(usual).model_fields:
        value = getattr(scenario.structure, switch)
        if value != getattr(usual, switch):
            said = f"{facts.shown(value)}: {facts.switch_words(switch, value)}"
            rows.append(Row(switch.replace("_", " "), (words(said),)))
    return Table("What this scenario changes", ("Parameter or switch", "Value here"), tuple(rows)) if rows else None


def strategies_table(findings: Findings) -> Table:
    """What each strategy means."""
    strategies = findings.inputs.strategies
    rows = [Row(findings.title(name), (words(strategies[name].summary),)) for name in findings.strategies]
    return Table("The strategies compared", ("Strategy", "What is done"), tuple(rows))


def sources_table(findings: Findings) -> Table:
    """References of every source that a parameter or a treatment cites."""
    parameters, treatments = findings.inputs.parameters, findings.inputs.treatments
    cited = {key for name in findings.parameter_names() for key in parameters.quantity(name).source}
    cited |= {key for name in findings.treatments() for key in treatments[name].sources}
    rows = [Row(key, (words(findings.inputs.sources[key].reference),), anchor=f"source-{key}") for key in sorted(cited)]
    return Table("Sources", ("Key", "Reference"), tuple(rows))
