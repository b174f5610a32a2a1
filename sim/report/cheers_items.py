"""Items of the CHEERS checklist, and those answered by the kind of analysis: here for one run at central values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.report import facts
from sim.report.answer import joined
from sim.report.findings import Findings
from sim.report.numbers import money
from sim.report.subgroups import smallest
from sim.report.subject import Subject

ANSWERED, IN_PART, OPEN = "answered", "in part", "open"


@dataclass(frozen=True)
class Item:
    """One item: its topic, what the run says to it, what is still to be added, the section that holds it."""

    topic: str
    said: str = ""
    missing: str = ""
    section: str = ""

    @property
    def status(self) -> str:
        if not self.missing:
            return ANSWERED
        return IN_PART if self.said else OPEN

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.said, f"Open: {self.missing}" if self.missing else "") if part)


@dataclass(frozen=True)
class Analysed:
    """The items that one run and an analysis of uncertainty answer each in its own way.

    sections: for each section of a run's page that this page lacks, the one that holds the same.
    """

    heterogeneity: Item
    uncertainty: Item
    main_results: Item
    effect_of_uncertainty: Item
    sections: Mapping[str, str] = field(default_factory=dict)


def of_run(findings: Findings) -> Analysed:
    """One run at the central values."""
    grouped = smallest(findings)
    heterogeneity = Item("Characterising heterogeneity", "", "subgroups; this run holds none.")
    if grouped == grouped:
        said = "By site, sex and age, with standard errors; effects of treatment are the same in all groups by input."
        heterogeneity = Item("Characterising heterogeneity", said, "", "subgroups")
    if findings.others:
        thresholds = joined([money(value, findings.currency) for value in findings.thresholds])
        said = f"Mean costs, QALYs, increments, frontier and net benefit at {thresholds} per QALY, in tables."
        main = Item("Summary of main results", said, "", "comparison")
    else:
        said = "Mean costs and QALYs of one strategy; nothing is compared."
        main = Item("Summary of main results", said, "", "answer")
    return Analysed(
        heterogeneity,
        Item(
            "Characterising uncertainty",
            f"{structure_words(findings)}Chance among patients is shown as Monte Carlo standard errors. Every "
            "parameter has its range or distribution listed.",
            "parameter uncertainty, which this run at central values does not hold, and comparison with scenarios of "
            "another structure.",
            "methods",
        ),
        main,
        Item(
            "Effect of uncertainty",
            "What chance leaves open is said beside every result.",
            "the effect of parameter uncertainty, discount rate, horizon and structure on the answer.",
            "answer",
        ),
    )


def structure_words(subject: Subject) -> str:
    """What the scenario itself asks about the structure of the model; empty for the base case."""
    switched = facts.switches(subject)
    return f"This scenario itself asks what if {'; '.join(switched)}. " if switched else ""
