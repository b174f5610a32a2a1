"""The CHEERS 2022 checklist: each of the 28 items answered from the run, or marked open with what has to be added.

Husereau et al. 2022, BMJ 376:e067975. The topics are in our own words.
"""

from dataclasses import dataclass

from sim.report import facts
from sim.report.answer import joined
from sim.report.cheers_items import ANSWERED, IN_PART, OPEN, Analysed, Item
from sim.report.evidence import STATUS_WORDS
from sim.report.licence import country
from sim.report.subject import Subject
from sim.report.table import Cell, Row, Table

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
class Checklist:
    """A sentence on what is open, and the table."""

    summary: str
    table: Table


def checklist(subject: Subject, analysed: Analysed) -> Checklist:
    """All 28 items; `analysed` has those that differ with the kind of analysis."""
    groups = _items(subject, analysed)
    rows: list[Row] = []
    number = 0
    statuses = []
    for heading, items in groups.items():
        rows.append(Row(heading))
        for item in items:
            number += 1
            statuses.append(item.status)
            section = analysed.sections.get(item.section, item.section)
            said = Cell(item.text, link=section, link_words=SECTIONS[section] if section else "")
            rows.append(Row(f"{number} {item.topic}", (Cell(item.status, best=item.status == OPEN), said)))
    counts = [f"{statuses.count(status)} {status}" for status in (ANSWERED, IN_PART, OPEN)]
    summary = f"Of {number} items {joined(counts)}. What is open has to be added by the people who do the study."
    columns = ("Item", "State", "Answer, or what to add")
    return Checklist(summary, Table("CHEERS 2022 checklist", columns, tuple(rows), NOTE))


SECTIONS = {
    "answer": "Question and answer",
    "glance": "What was compared",
    "comparison": "Costs against effects",
    "acceptability": "The decision and the chance that it is wrong",
    "outcomes": "Outcomes",
    "costs-section": "Costs",
    "subgroups": "Subgroups",
    "evidence": "Evidence",
    "methods": "Methods",
    "parameters": "Parameters",
    "manifest": "Manifest",
}


def _items(subject: Subject, analysed: Analysed) -> dict[str, list[Item]]:
    return {
        "Title and abstract": _front(subject),
        "Introduction": _introduction(subject),
        "Methods": [*_frame(subject), *_measurement(subject), *_analysis(analysed)],
        "Results": _results(analysed),
        "Discussion": [_discussion()],
        "Other": _other(),
    }


def _front(subject: Subject) -> list[Item]:
    titles = joined([subject.title(name) for name in subject.strategies])
    return [
        Item("Title", f"{subject.scenario.title}: economic evaluation by simulation of {titles}.", section="answer"),
        Item(
            "Abstract",
            "The first section states question, main results and their uncertainty.",
            "a structured abstract with context, methods, results and alternative analyses.",
            "answer",
        ),
    ]


def _introduction(subject: Subject) -> list[Item]:
    return [
        Item(
            "Background and objectives",
            f"{facts.stop(subject.scenario.question)} The disease heals by itself in most people, hurts for months "
            "meanwhile, and nearly all evidence on treatment is weak.",
            "who is to use the answer, and for which decision.",
            "answer",
        )
    ]


def _frame(subject: Subject) -> list[Item]:
    setting, scenario = subject.setting, subject.scenario
    reason = " Joint replacements and their revisions come late." if facts.horizon(subject) == "lifetime" else ""
    return [
        Item("Health economic analysis plan", "", "whether a plan was written before the analysis, and where it is."),
        Item("Study population", f"{facts.population(subject)} {facts.population_evidence(subject)}", "", "methods"),
        Item(
            "Setting and location",
            f"{setting.title}. Unit costs, life table and norms of {country(subject)}.",
            "",
            "methods",
        ),
        Item(
            "Comparators",
            f"{joined([subject.title(name) for name in subject.strategies])}; the comparator is "
            f"{subject.title(scenario.comparator)}. What is done under each stands in a table.",
            "",
            "glance",
        ),
        Item("Perspective", f"{setting.title}. Counted: {facts.perspective(subject)}.", "", "costs-section"),
        Item(
            "Time horizon",
            f"{facts.horizon(subject).capitalize()}, from {facts.starts_at(subject)}.{reason}",
            "",
            "methods",
        ),
        Item("Discount rate", f"{facts.discounting(subject)}.", "", "methods"),
        Item("Selection of outcomes", OUTCOMES, "", "outcomes"),
    ]


def _measurement(subject: Subject) -> list[Item]:
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
            f"Utility norms of {country(subject)} by age and sex, less a loss for pain and for events; sources and "
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
        Item("Currency, price date and conversion", facts.prices(subject), "", "methods"),
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


def _analysis(analysed: Analysed) -> list[Item]:
    return [
        analysed.heterogeneity,
        Item(
            "Characterising distributional effects",
            "",
            "how gains and costs fall on different social groups. No such analysis was done, and nobody's gains are "
            "weighted.",
        ),
        analysed.uncertainty,
        Item(
            "Approach to engagement",
            "",
            "whether and how patients, clinicians or the public took part in the design.",
        ),
    ]


def _results(analysed: Analysed) -> list[Item]:
    statuses = joined([f"{name} ({meaning})" for name, meaning in STATUS_WORDS.items()])
    return [
        Item(
            "Study parameters",
            f"All values with unit, distribution, range, source and status: {statuses}.",
            "",
            "parameters",
        ),
        analysed.main_results,
        analysed.effect_of_uncertainty,
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
