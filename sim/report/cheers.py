"""The CHEERS 2022 checklist: each of the 28 items answered from the run, or marked open with what has to be added.

Husereau et al. 2022, BMJ 376:e067975. The topics are in our own words.
"""

from dataclasses import dataclass

from sim.report import facts
from sim.report.answer import joined
from sim.report.evidence import STATUS_WORDS
from sim.report.findings import Findings
from sim.report.licence import country
from sim.report.numbers import money
from sim.report.subgroups import smallest
from sim.report.table import Cell, Row, Table

ANSWERED, IN_PART, OPEN = "answered", "in part", "open"
NOTE = (
    "After Husereau et al. 2022, BMJ 376:e067975; topics in our own words, so take the wording of the items from "
    "there. \N{LEFT DOUBLE QUOTATION MARK}Answered\N{RIGHT DOUBLE QUOTATION MARK} says that the report holds what the "
    "item asks for, not that it is enough for every reader."
)
OUTCOMES = (
    "Quality-adjusted life years, because they can be compared across diseases; beside them pain over time, time to "
    "the end of symptoms and to a normal scan, fractures, osteonecrosis, joint replacements, adverse events, days off "
    "work."
)


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
class Checklist:
    """A sentence on what is open, and the table."""

    summary: str
    table: Table


def checklist(findings: Findings) -> Checklist:
    """All 28 items of the run."""
    groups = _items(findings)
    rows: list[Row] = []
    number = 0
    statuses = []
    for heading, items in groups.items():
        rows.append(Row(heading))
        for item in items:
            number += 1
            statuses.append(item.status)
            said = Cell(item.text, link=item.section, link_words=SECTIONS.get(item.section, ""))
            rows.append(Row(f"{number} {item.topic}", (Cell(item.status, best=item.status == OPEN), said)))
    counts = [f"{statuses.count(status)} {status}" for status in (ANSWERED, IN_PART, OPEN)]
    summary = f"Of {number} items {joined(counts)}. What is open has to be added by the people who do the study."
    columns = ("Item", "State", "Answer, or what to add")
    return Checklist(summary, Table("CHEERS 2022 checklist", columns, tuple(rows), NOTE))


SECTIONS = {
    "answer": "Question and answer",
    "glance": "What was compared",
    "comparison": "Costs against effects",
    "outcomes": "Outcomes",
    "costs-section": "Costs",
    "subgroups": "Subgroups",
    "evidence": "Evidence",
    "methods": "Methods",
    "parameters": "Parameters",
    "manifest": "Manifest",
}


def _items(findings: Findings) -> dict[str, list[Item]]:
    return {
        "Title and abstract": _front(findings),
        "Introduction": _introduction(findings),
        "Methods": [*_frame(findings), *_measurement(findings), *_analysis(findings)],
        "Results": _results(findings),
        "Discussion": [_discussion()],
        "Other": _other(),
    }


def _front(findings: Findings) -> list[Item]:
    titles = joined([findings.title(name) for name in findings.strategies])
    return [
        Item("Title", f"{findings.scenario.title}: economic evaluation by simulation of {titles}.", section="answer"),
        Item(
            "Abstract",
            "The first section states question, main results and their uncertainty.",
            "a structured abstract with context, methods, results and alternative analyses.",
            "answer",
        ),
    ]


def _introduction(findings: Findings) -> list[Item]:
    return [
        Item(
            "Background and objectives",
            f"{facts.stop(findings.scenario.question)} The disease heals by itself in most people, hurts for months "
            "meanwhile, and nearly all evidence on treatment is weak.",
            "who is to use the answer, and for which decision.",
            "answer",
        )
    ]


def _frame(findings: Findings) -> list[Item]:
    setting, scenario = findings.setting, findings.scenario
    reason = " Joint replacements and their revisions come late." if facts.horizon(findings) == "lifetime" else ""
    return [
        Item("Health economic analysis plan", "", "whether a plan was written before the analysis, and where it is."),
        Item("Study population", f"{facts.population(findings)} {facts.population_evidence(findings)}", "", "methods"),
        Item(
            "Setting and location",
            f"{setting.title}. Unit costs, life table and norms of {country(findings)}.",
            "",
            "methods",
        ),
        Item(
            "Comparators",
            f"{joined([findings.title(name) for name in findings.strategies])}; the comparator is "
            f"{findings.title(scenario.comparator)}. What is done under each stands in a table.",
            "",
            "glance",
        ),
        Item("Perspective", f"{setting.title}. Counted: {facts.perspective(findings)}.", "", "costs-section"),
        Item(
            "Time horizon",
            f"{facts.horizon(findings).capitalize()}, from {facts.starts_at(findings)}.{reason}",
            "",
            "methods",
        ),
        Item("Discount rate", f"{facts.discounting(findings)}.", "", "methods"),
        Item("Selection of outcomes", OUTCOMES, "", "outcomes"),
    ]


def _measurement(findings: Findings) -> list[Item]:
    return [
        Item(
            "Measurement of outcomes",
            "Effects from the studies that each treatment names, graded; the natural course from published series. "
            "No data of patients were collected for this analysis.",
            "",
            "evidence",
        ),
        Item(
            "Valuation of outcomes",
            f"Utility norms of {country(findings)} by age and sex, less a loss for pain and for events; sources and "
            "spread of each value are listed.",
            "",
            "methods",
        ),
        Item(
            "Measurement and valuation of resources and costs",
            "Quantities used are rules and parameters of the care pathway; unit costs come from the setting. Both are "
            "listed apart with their sources.",
            "",
            "parameters",
        ),
        Item("Currency, price date and conversion", facts.prices(findings), "", "methods"),
        Item(
            "Rationale and description of the model",
            "Discrete event simulation of single patients, because what happens next depends on history. The model and "
            "its description are public with the software, under the MIT licence.",
            "",
            "methods",
        ),
        Item(
            "Analytics and assumptions",
            "Means over simulated patients with Monte Carlo standard errors, differences within patients; continuous "
            "time, so no half-cycle correction. Every assumed value stands there with its reason.",
            "",
            "evidence",
        ),
    ]


def _analysis(findings: Findings) -> list[Item]:
    grouped = smallest(findings)
    heterogeneity = Item("Characterising heterogeneity", "", "subgroups; this run holds none.")
    if grouped == grouped:
        said = "By site, sex and age, with standard errors; effects of treatment are the same in all groups by input."
        heterogeneity = Item("Characterising heterogeneity", said, "", "subgroups")
    switched = facts.switches(findings)
    structure = f"This scenario itself asks what if {'; '.join(switched)}. " if switched else ""
    return [
        heterogeneity,
        Item(
            "Characterising distributional effects",
            "",
            "how gains and costs fall on different social groups. No such analysis was done, and nobody's gains are "
            "weighted.",
        ),
        Item(
            "Characterising uncertainty",
            f"{structure}Chance among patients is shown as Monte Carlo standard errors. Every parameter has its range "
            "or distribution listed.",
            "parameter uncertainty, which this run at central values does not hold, and comparison with scenarios of "
            "another structure.",
            "methods",
        ),
        Item(
            "Approach to engagement",
            "",
            "whether and how patients, clinicians or the public took part in the design.",
        ),
    ]


def _results(findings: Findings) -> list[Item]:
    main = "answer"
    if findings.others:
        thresholds = joined([money(value, findings.currency) for value in findings.thresholds])
        said = f"Mean costs, QALYs, increments, frontier and net benefit at {thresholds} per QALY, in tables."
        main = "comparison"
    else:
        said = "Mean costs and QALYs of one strategy; nothing is compared."
    statuses = joined([f"{name} ({meaning})" for name, meaning in STATUS_WORDS.items()])
    return [
        Item(
            "Study parameters",
            f"All values with unit, distribution, range, source and status: {statuses}.",
            "",
            "parameters",
        ),
        Item("Summary of main results", said, "", main),
        Item(
            "Effect of uncertainty",
            "What chance leaves open is said beside every result.",
            "the effect of parameter uncertainty, discount rate, horizon and structure on the answer.",
            "answer",
        ),
        Item("Effect of engagement", "", "what engagement changed, if there was any."),
    ]


def _discussion() -> Item:
    return Item(
        "Findings, limits, generalisability, current knowledge",
        "Findings and the weakness of the evidence stand with the answer; what was validated stands in the methods.",
        "what the findings mean for patients and policy, how far they carry to other settings, and how they fit with "
        "what is known.",
        "answer",
    )


def _other() -> list[Item]:
    return [
        Item("Source of funding", "", "who paid for the study, and what part they had in it."),
        Item("Conflicts of interest", "", "the conflicts of interest of the authors, or that there are none."),
    ]
