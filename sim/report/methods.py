"""The methods of a run as text, made from its scenario and inputs: to be read, checked and copied into a paper."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sim.report import facts
from sim.report.answer import joined
from sim.report.licence import statement
from sim.report.numbers import money, number, share
from sim.report.subject import Subject

BASE_POPULATION, BASE_ENTRY, BASE_HORIZON = "adults", "diagnosis", "lifetime"
VALIDATION = (
    "The software is tested against closed forms, identities, patients worked out by hand, an independent rebuild of "
    "a part of the model and a second engine that must give the same history. For the adults of the base case, healing "
    "times, fractures, further lesions and pain at entry under supportive care are held against published figures, "
    "most of which also went into the model."
)
NOT_VALIDATED = (
    "Not done yet: review of the structure and of the results by clinicians, review of the code by others, "
    "calibration, comparison with other models and with data that were not used to build this one."
)


@dataclass(frozen=True)
class Passage:
    """A heading and what stands below it."""

    heading: str
    paragraphs: tuple[str, ...]


def methods(subject: Subject) -> list[Passage]:
    """The passages on one run, in the order of a methods section."""
    simulation = Passage("Simulation", (_simulation(subject),))
    uncertainty = Passage("Uncertainty", (_uncertainty(subject),))
    return [*framing(subject), simulation, uncertainty, validation(subject)]


def framing(subject: Subject, sampled: Sequence[str] = ()) -> list[Passage]:
    """The passages on question, inputs and model, which every analysis of a scenario shares.

    `sampled`: names of the structural switches that are drawn by weights, as a probabilistic analysis may do.
    """
    return [
        Passage("Design", (_design(subject),)),
        Passage("People", (facts.population(subject), *_evidence_on_people(subject))),
        Passage("Setting, perspective and prices", tuple(_setting(subject))),
        Passage("Start, horizon and discounting", (_time(subject),)),
        Passage("Strategies", tuple(_strategies(subject))),
        Passage("What differs from the base case", tuple(_differences(subject, sampled))),
        Passage("Model", (_model(subject, sampled),)),
        Passage("Effects of treatment and licence", tuple(_effects(subject, sampled))),
        Passage("Outcomes and costs", (_values(subject),)),
    ]


def _design(subject: Subject) -> str:
    kind = "Cost-utility analysis" if subject.others else "Description of costs and outcomes"
    return (
        f"{kind} by discrete event simulation of single patients with {facts.DISEASE}. "
        f"Question: {facts.stop(subject.scenario.question)}"
    )


def _evidence_on_people(subject: Subject) -> list[str]:
    replaced = facts.replaced_by_population(subject)
    text = f"What this population rests on: {facts.population_evidence(subject)}"
    if replaced:
        text += f" {len(replaced)} parameters have values of their own for it; the parameter tables show them."
    return [text]


def _setting(subject: Subject) -> list[str]:
    setting = subject.setting
    thresholds = joined([money(value, setting.currency) for value in setting.thresholds])
    text = (
        f"{setting.title}. Costs counted: {facts.perspective(subject)}. {facts.prices(subject)} "
        f"Results are held against {thresholds} per QALY"
    )
    if setting.former_thresholds:
        text += f", and the former {joined([money(value, setting.currency) for value in setting.former_thresholds])}"
    return [f"{text}.", *([facts.stop(setting.note)] if setting.note else [])]


def _time(subject: Subject) -> str:
    return (
        f"People are followed from {facts.starts_at(subject)}, where costs, effects and discounting start too; what "
        f"came before is recorded and not counted. Horizon: {facts.horizon(subject)}. Discounting: "
        f"{facts.discounting(subject)}, continuously."
    )


def _strategies(subject: Subject) -> list[str]:
    strategies = subject.inputs.strategies
    listed = [f"{subject.title(name)}: {facts.stop(strategies[name].summary)}" for name in subject.strategies]
    return [*listed, f"The comparator is {subject.title(subject.comparator)}."]


def _differences(subject: Subject, sampled: Sequence[str]) -> list[str]:
    """What is off the base case; where no switch and no parameter is, that is said too."""
    drawn = {facts.switch_words(name, getattr(subject.scenario.structure, name)) for name in sampled}
    switches = [words for words in facts.switches(subject) if words not in drawn]
    values = facts.parameters_set(subject)
    said = []
    if subject.scenario.population.kind != BASE_POPULATION:
        said.append("The people are others than in the base case, which is about adults with primary disease.")
    if subject.scenario.entry != BASE_ENTRY:
        said.append(f"Counting starts at {facts.starts_at(subject)}; in the base case it starts at the diagnosis.")
    if facts.horizon(subject) != BASE_HORIZON:
        said.append(f"The horizon is {facts.horizon(subject)} instead of a lifetime.")
    if sampled:
        named = joined([name.replace("_", " ") for name in sampled])
        said.append(
            f"Structural switches sampled with the weights of the scenario: {named}. The table beside the laws of the "
            "parameters has how often each value was drawn."
        )
    if switches:
        said.append(f"Structural switches off their default: {'; '.join(switches)}.")
    else:
        said.append(f"All {'other ' if sampled else ''}structural switches stand as in the base case.")
    if values:
        said.append(f"Parameters that the scenario sets: {'; '.join(values)}.")
    else:
        said.append("The scenario sets no parameter by itself.")
    return said


def _model(subject: Subject, sampled: Sequence[str]) -> str:
    osteonecrosis = (
        "Osteonecrosis may develop from a painful lesion."
        if subject.scenario.structure.osteonecrosis == "early_stage"
        else "Osteonecrosis is a disease of its own that a few take for this one at first."
    )
    if "osteonecrosis" in sampled:
        osteonecrosis = (
            "Osteonecrosis is in some draws a disease of its own that a few take for this one at first, in the others "
            "it may develop from a painful lesion."
        )
    return (
        "Each lesion has a time to heal of its own, and its pain follows the share of healing that is done. Treatment "
        "speeds healing and lowers pain while its effect lasts. Further lesions, insufficiency fracture, collapse, "
        "joint replacement and revision, femoral neck fracture, adverse events, absence from work and death are events "
        f"with chances of their own. {osteonecrosis} Patients are simulated one by one because what happens next "
        "depends on how long it has hurt, on earlier lesions and on what was given before. They do not compete for "
        "resources: waits are durations, there are no queues. The full description is the file docs/model.md of the "
        "software, in the order of STRESS-DES."
    )


def _effects(subject: Subject, sampled: Sequence[str]) -> list[str]:
    grades = Counter(subject.inputs.treatments[name].evidence_grade for name in subject.treatments())
    paragraphs = []
    if grades:
        graded = joined([f"{grade.replace('_', ' ')} ({count})" for grade, count in grades.most_common()])
        paragraphs.append(
            "Effects come as hazard ratios of healing and as multipliers of the pain that remains, from the sources "
            "that each treatment names; those of small or uncontrolled studies are pulled towards no effect unless the "
            f"scenario sets them. The evidence on the treatments compared is graded {graded}."
        )
    if subject.scenario.structure.treatment_effects == "none" and "treatment_effects" not in sampled:
        paragraphs.append("In this run they are switched off: no treatment changes healing or pain.")
    return paragraphs + statement(subject)[:1]


def _values(subject: Subject) -> str:
    return (
        "Quality-adjusted life years are time weighted by utility: the mean of age and sex, less a loss for pain and "
        "for events. Costs are resources, counted where they are used, times unit costs of the setting; both are "
        f"parameters. Sources of utilities: {_sources(subject, 'utilities')}; of unit costs: "
        f"{_sources(subject, subject.setting.name)}. References stand under Sources."
    )


def _sources(subject: Subject, file: str) -> str:
    """The keys that the parameters of a file cite."""
    parameters = subject.inputs.parameters
    names = [name for name in parameters.names() if parameters.file(name).endswith(f"/{file}.toml")]
    keys = sorted({key for name in names for key in parameters.quantity(name).source})
    return ", ".join(keys) or "none, assumptions only"


def _simulation(subject: Subject) -> str:
    text = (
        f"{facts.simulation(subject)}. Every person meets the same chance under every strategy (common random "
        "numbers from a counter-based generator), so differences are formed within people. Results do not depend on "
        "the engine, the number of threads or the other strategies compared."
    )
    rejected = subject.manifest.get("rejected_at_entry_share")
    if isinstance(rejected, float):
        text += f" {share(rejected)} of the people drawn did not enter, because they died or healed before."
    return text


def _uncertainty(subject: Subject) -> str:
    parameters = subject.inputs.parameters
    quantities = [parameters.quantity(name) for name in subject.parameter_names()]
    uncertain = sum(quantity.distribution != "fixed" for quantity in quantities)
    assumed = sum(quantity.status == "assumption" for quantity in quantities)
    return (
        "Standard errors and 95 % intervals of this report are Monte Carlo: chance among the simulated patients, and "
        f"nothing else. {number(uncertain)} of {number(len(quantities))} parameters have a distribution, which this "
        f"run at central values did not use; {number(assumed)} are assumptions. Uncertainty about the structure is "
        "looked at by comparing scenarios, one switch at a time, and is not part of any interval here."
    )


def validation(subject: Subject) -> Passage:
    """What was checked, and what was not."""
    other = subject.scenario.population.kind != BASE_POPULATION
    gap = "The population of this run has not been held against published courses in the same way. " if other else ""
    return Passage("Validation", (VALIDATION, f"{gap}{NOT_VALIDATED}"))
