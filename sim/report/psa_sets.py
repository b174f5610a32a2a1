"""Sets of parameters whose value of information was asked for: what is in each, in words and as a table."""

from collections.abc import Sequence

from sim.analysis.cea import parsed_set
from sim.analysis.evppi import chosen_names
from sim.experiments.parameter_groups import group_meaning, parameter_groups
from sim.report.numbers import number
from sim.report.psa_findings import PsaFindings
from sim.report.table import Cell, Row, Table, words
from sim.vocabulary.errors import InputError

SEVERAL_NAMED = "the parameters of this name (* stands for any letters)"


def members(findings: PsaFindings, label: str) -> tuple[str, ...]:
    """The sampled parameters of the set that an EVPPI frame calls `label`; none if this analysis has no such set."""
    known = [*findings.sampled, *findings.switches]
    if label in known:
        return (label,)
    group = parameter_groups(findings.inputs, known).get(label)
    if group is not None:
        return group
    try:
        return tuple(chosen_names(known, parsed_set(label, known)))
    except InputError:
        return ()


def overlap(findings: PsaFindings, labels: Sequence[str]) -> bool:
    """Whether a parameter is in more than one of the sets."""
    held = [set(members(findings, label)) for label in labels]
    return sum(map(len, held)) > len(set().union(*held))


def sets_table(findings: PsaFindings) -> Table | None:
    """How many parameters each set of the EVPPI has, and what they are; None where single ones alone were valued."""
    groups = parameter_groups(findings.inputs, [*findings.sampled, *findings.switches])
    rows = []
    for label in dict.fromkeys(str(label) for label in findings.frame("evppi")["parameters"]):
        size = len(members(findings, label))
        if size > 1 or label in groups:
            meaning = group_meaning(label) if label in groups else SEVERAL_NAMED
            rows.append(Row(label, (Cell(number(size), numeric=True), words(meaning))))
    note = "A parameter may be in several sets. What is valued alone is not listed."
    columns = ("Set", "Parameters sampled", "What they are")
    return Table("What the sets of parameters hold", columns, tuple(rows), note) if rows else None
