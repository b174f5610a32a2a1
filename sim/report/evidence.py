"""The evidence behind a run as tables: parameters with sources, assumptions with reasons, treatments with grades."""

from collections import Counter
from dataclasses import dataclass, replace

from sim.inputs.listing import ParameterRow, list_parameters
from sim.inputs.parameters import SETTING_PREFIX, TREATMENT_PREFIX
from sim.inputs.scenario import Structure
from sim.report import facts
from sim.report.subject import Subject
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

    @property
    def counted(self) -> Table:
        """The table under the group's title, which says how many there are."""
        return replace(self.table, caption=self.title)


def parameter_groups(subject: Subject) -> list[ParameterGroup]:
    """The parameters behind this run with their values, by file."""
    changed = set(subject.scenario.parameters)
    by_title: dict[str, list[ParameterRow]] = {}
    for row in _listed(subject):
        by_title.setdefault(group_title(subject, row), []).append(row)
    columns = ("Parameter", "Value", "Unit", "Distribution", "Status", "Source", "Place in the source, note")
    return [
        ParameterGroup(f"{title} ({len(rows)})", Table(title, columns, tuple(_parameter_row(r, changed) for r in rows)))
        for title, rows in sorted(by_title.items())
    ]


def _listed(subject: Subject) -> list[ParameterRow]:
    """The parameters behind this run."""
    names = set(subject.parameter_names())
    return [row for row in list_parameters(subject.inputs) if row.name in names]


def group_title(subject: Subject, row: ParameterRow) -> str:
    """What a table of the parameters of the same file is called."""
    first, _, rest = row.name.partition(".")
    if first == TREATMENT_PREFIX:
        name = rest.partition(".")[0]
        return f"Treatment: {subject.inputs.treatments[name].title}"
    if first == SETTING_PREFIX:
        return f"Setting: {subject.setting.title}"
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


def evidence_tables(subject: Subject) -> list[Table]:
    """How many numbers have which status, and what the scenario changes."""
    changes = changes_table(subject)
    return [status_table(subject), *([changes] if changes else [])]


def status_table(subject: Subject) -> Table:
    """How many parameters have which status."""
    counts = Counter(row.status for row in _listed(subject))
    rows = [
        Row(status, (Cell(str(counts[status]), numeric=True), words(said))) for status, said in STATUS_WORDS.items()
    ]
    return Table("Where the numbers come from", ("Status", "Parameters", "Meaning"), tuple(rows))


def assumptions_table(subject: Subject) -> Table:
    """Every assumed value with the reason given for it."""
    rows = [
        Row(row.name, (Cell(row.value, numeric=True), words(row.unit), words(quantity.reason or row.note)))
        for row in _listed(subject)
        if (quantity := subject.inputs.parameters.quantity(row.name)).status == "assumption"
    ]
    return Table("Assumed values and the reason for each", ("Parameter", "Value", "Unit", "Reason"), tuple(rows))


def changes_table(subject: Subject) -> Table | None:
    """What this scenario changes: values laid over the files', and structural switches off their default."""
    scenario, usual = subject.scenario, Structure()
    rows = [Row(name, (words(facts.shown(value)),)) for name, value in scenario.parameters.items()]
    for switch in type(usual).model_fields:
        value = getattr(scenario.structure, switch)
        if value != getattr(usual, switch):
            said = f"{facts.shown(value)}: {facts.switch_words(switch, value)}"
            rows.append(Row(switch.replace("_", " "), (words(said),)))
    return Table("What this scenario changes", ("Parameter or switch", "Value here"), tuple(rows)) if rows else None


def strategies_table(subject: Subject) -> Table:
    """What each strategy means."""
    strategies = subject.inputs.strategies
    rows = [Row(subject.title(name), (words(strategies[name].summary),)) for name in subject.strategies]
    return Table("The strategies compared", ("Strategy", "What is done"), tuple(rows))


def sources_table(subject: Subject) -> Table:
    """References of every source that a parameter or a treatment cites."""
    parameters, treatments = subject.inputs.parameters, subject.inputs.treatments
    cited = {key for name in subject.parameter_names() for key in parameters.quantity(name).source}
    cited |= {key for name in subject.treatments() for key in treatments[name].sources}
    rows = [Row(key, (words(subject.inputs.sources[key].reference),), anchor=f"source-{key}") for key in sorted(cited)]
    return Table("Sources", ("Key", "Reference"), tuple(rows))
