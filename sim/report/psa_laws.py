"""The laws of what was sampled as tables, by file, with what was drawn; joint laws; what was held."""

from typing import Any

from sim.inputs.draws import SWITCH, held_parameters, law_moments
from sim.inputs.listing import ParameterRow, list_parameters
from sim.report.evidence import group_title
from sim.report.facts import shown
from sim.report.numbers import number, percent, plain
from sim.report.psa_findings import PsaFindings
from sim.report.section import Section
from sim.report.table import Cell, Row, Table, words

JOINT_WORDS = {
    "shared": "the same quantile for all: what one of them is uncertain by, all are",
    "multivariate_normal": "jointly normal (of logarithms where a member is lognormal)",
    "rank_correlation": "correlated by ranks (normal copula)",
}
POSTERIOR = "rows of the posterior file"


def laws_section(findings: PsaFindings) -> Section:
    """All that was sampled, group by group, each closed at first."""
    paragraphs = [
        f"{number(len(findings.sampled))} parameters were drawn together in each of {number(findings.draws)} draws; "
        "the others are definitions, choices, lists, or belong to treatments that no strategy here gives. Mean and "
        "standard deviation are those of the law, as is the middle 95 %. The browser's search looks into closed tables "
        "too."
    ]
    if findings.inputs.posterior is not None:
        count = number(len(findings.inputs.posterior.names))
        paragraphs.append(
            f"{count} of them were taken row by row from the joint draws of the scenario's posterior file."
        )
    if not findings.inputs.scenario.uncertainty.correlations:
        paragraphs.append(
            "The scenario leaves out all correlations of the project's files; only what is one unknown under several "
            "names was drawn together."
        )
    tables = [table for table in (_switch_table(findings), _held_table(findings)) if table]
    together = _joint_table(findings)
    return Section(
        "parameters",
        "Parameters and their laws",
        paragraphs=tuple(paragraphs),
        first_tables=tuple(tables),
        closed=(*([together] if together else []), *_law_tables(findings)),
        late=True,
    )


def _law_tables(findings: PsaFindings) -> list[Table]:
    moments = {str(row["name"]): row for row in law_moments(findings.inputs, findings.sampled).to_dict("records")}
    groups: dict[str, list[Row]] = {}
    for row in list_parameters(findings.inputs):
        if row.name in moments:
            groups.setdefault(group_title(findings, row), []).append(_law_row(row, moments[row.name]))
    columns = (
        "Parameter",
        "Central value",
        "Unit",
        "Law",
        "Mean",
        "Standard deviation",
        "Middle 95 %",
        "Drawn with",
        "Status",
        "Source",
        "Place in the source, note",
    )
    return [Table(f"{title} ({len(rows)})", columns, tuple(rows)) for title, rows in sorted(groups.items())]


def _law_row(row: ParameterRow, moments: dict[str, Any]) -> Row:
    law = POSTERIOR if moments["distribution"] == "posterior" else row.distribution
    place = ". ".join(part.rstrip(".") for part in (row.where, row.note) if part)
    cells = (
        Cell(row.value, numeric=True),
        words(row.unit),
        words(law),
        Cell(_short(moments["mean"]), numeric=True),
        Cell(_short(moments["standard_deviation"]), numeric=True),
        Cell(f"{_short(moments['low'])} to {_short(moments['high'])}", numeric=True),
        words(str(moments["group"]).replace("_", " ")),
        words(row.status),
        words(row.source),
        words(place),
    )
    return Row(row.name, cells)


def _short(value: float) -> str:
    """Four significant digits."""
    return plain(float(f"{float(value):.4g}"))


def _joint_table(findings: PsaFindings) -> Table | None:
    """The groups that were drawn together, with their reasons."""
    sampled = set(findings.sampled)
    rows = []
    for law in findings.inputs.joint_laws:
        members = [name for name in law.members if name in sampled]
        if len(members) > 1:
            said = JOINT_WORDS.get(law.law, law.law)
            rows.append(
                Row(
                    law.name.replace("_", " "),
                    (words(said), words(", ".join(members)), words(" ".join(law.reason.split()))),
                )
            )
    if not rows:
        return None
    columns = ("Group", "How they are joined", "Parameters", "Reason")
    return Table(f"Drawn together ({len(rows)} groups)", columns, tuple(rows), "All others are drawn independently.")


def _switch_table(findings: PsaFindings) -> Table | None:
    """How often each value of a sampled structural switch was drawn."""
    rows = []
    for column in findings.switches:
        counts = findings.psa.parameters[column].value_counts(normalize=True, sort=True)
        said = "; ".join(f"{shown(value)} in {percent(float(part))}" for value, part in counts.items())
        rows.append(Row(column.removeprefix(SWITCH).replace("_", " "), (words(said),)))
    return Table("Structural switches sampled", ("Switch", "Drawn"), tuple(rows)) if rows else None


def _held_table(findings: PsaFindings) -> Table | None:
    """Uncertain parameters that the scenario holds at values of its own."""
    held = held_parameters(findings.inputs)
    if not held:
        return None
    quantities = {name: findings.inputs.parameters.quantity(name) for name in held}
    rows = [Row(name, (Cell(plain(one.value), numeric=True), words(one.unit))) for name, one in quantities.items()]
    note = "They have a law, but the scenario sets them: their uncertainty is not in any interval here."
    return Table("Held by the scenario", ("Parameter", "Value", "Unit"), tuple(rows), note)
