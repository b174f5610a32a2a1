"""What a run is about, in sentences made from its scenario and inputs: people, place, prices, time, switches."""

import math

from sim.inputs.parameters import POPULATIONS
from sim.inputs.quantity import CURRENCIES, Quantity
from sim.inputs.scenario import Structure
from sim.report.answer import joined
from sim.report.numbers import number
from sim.report.subject import Subject
from sim.report.terms import COSTS, SWITCHES
from sim.valuation.outcomes import CATEGORIES

DISEASE = "bone marrow oedema syndrome"
ENTRIES = {
    "diagnosis": "the diagnosis of the first lesion",
    "first_contact": "the first contact with a doctor, before the diagnosis",
}


def ages(subject: Subject) -> str:
    """For instance `18 years and older`, `10 to 60 years`."""
    low, high = subject.inputs.age_minimum_years, subject.inputs.age_maximum_years
    return f"{low:g} years and older" if high is None else f"{low:g} to {high:g} years"


def population(subject: Subject) -> str:
    """Who the simulated people are, in one or two sentences."""
    who, kind = subject.scenario.population, subject.inputs.kind
    if who.file is not None:
        name = who.file.replace("\\", "/").rpartition("/")[2]
        return (
            f"The people of the file {name}, one row each; what it leaves open is drawn as in the population "
            f"\N{LEFT DOUBLE QUOTATION MARK}{kind.title}\N{RIGHT DOUBLE QUOTATION MARK}. {stop(kind.summary)}"
        )
    return f"{stop(kind.summary)} Aged {ages(subject)} at the first symptom."


def population_evidence(subject: Subject) -> str:
    """What the description of the people rests on."""
    return stop(" ".join(subject.inputs.kind.evidence.split()))


def replaced_by_population(subject: Subject) -> list[str]:
    """Names of the parameters for which the population has values of its own."""
    parameters = subject.inputs.parameters
    return [name for name in parameters.names() if f"/{POPULATIONS}/" in parameters.file(name)]


def starts_at(subject: Subject) -> str:
    return ENTRIES[subject.scenario.entry]


def horizon(subject: Subject) -> str:
    years = subject.scenario.horizon_years
    return "lifetime" if math.isinf(years) else f"{years:g} year{'' if years == 1 else 's'}"


def discounting(subject: Subject) -> str:
    """Both rates; the same rate is said once."""
    rates = []
    for kind in ("costs", "effects"):
        rate = subject.inputs.parameters.quantity(f"setting.discount_rate_{kind}_per_year").value
        rates.append(f"{100.0 * rate:g} %")
    if rates[0] == rates[1]:
        return f"{rates[0]} a year for costs and effects"
    return f"{rates[0]} a year for costs, {rates[1]} for effects"


def perspective(subject: Subject) -> str:
    """The cost categories that count."""
    return joined([COSTS[name] for name in CATEGORIES if name in subject.setting.perspective])


def prices(subject: Subject) -> str:
    """Price year, and what was moved to it."""
    setting, parameters = subject.setting, subject.inputs.parameters
    text = f"Prices of {setting.price_year} in {setting.currency}."
    moved = [parameters.quantity(name).moved for name in subject.parameter_names()]
    years = sorted({(one.from_year, round(one.ratio, 4)) for one in moved if one is not None})
    if years:
        steps = joined([f"{year} times {ratio:g}" for year, ratio in years])
        count = sum(one is not None for one in moved)
        text += f" {count} costs of other years were moved to it by the price index of the setting: {steps}."
    else:
        text += " No cost had to be moved from another year by an index; where a source did so, its entry says so."
    converted = sum(_is_converted(parameters.quantity(name)) for name in subject.parameter_names())
    if converted:
        text += (
            f" {converted} costs come from another country, converted at purchasing power parity, as each entry says."
        )
    level = "tender prices where the setting states them" if subject.scenario.structure.prices == "tender" else ""
    return f"{text} Drugs are at {level or 'list prices'}."


def _is_converted(quantity: Quantity) -> bool:
    """Whether the words beside a cost say that it was converted from another currency (not just its range)."""
    words = " ".join(text for text in (quantity.where, quantity.reason, quantity.note) if text)
    return quantity.unit in CURRENCIES and quantity.value > 0.0 and "purchasing power" in words.lower()


def switches(subject: Subject) -> list[str]:
    """The structural switches off their default, each in words."""
    structure, usual = subject.scenario.structure, Structure()
    said = []
    for name in type(usual).model_fields:
        value = getattr(structure, name)
        if value != getattr(usual, name):
            said.append(switch_words(name, value))
    return said


def switch_words(name: str, value: object) -> str:
    """One switch in words."""
    known = SWITCHES.get(name)
    if isinstance(known, str) and isinstance(value, float):
        return known.format(value=value, percent=100.0 * value, rest=1.0 - value)
    if isinstance(known, dict) and value in known:
        return str(known[value])
    return f"{name.replace('_', ' ')}: {shown(value)}"


def shown(value: object) -> str:
    """A value of a scenario as people read it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(shown(part) for part in value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def parameters_set(subject: Subject) -> list[str]:
    """The parameters that the scenario sets, with their values and units."""
    parameters = subject.inputs.parameters
    return [
        f"{name} = {shown(value)} {parameters.quantity(name).unit}"
        for name, value in subject.scenario.parameters.items()
    ]


def simulation(subject: Subject) -> str:
    """Engine, patients, seed, events: what was run."""
    manifest = subject.manifest
    parts = [f"{number(subject.patients)} patients for each of {len(subject.strategies)} strategies"]
    if "events" in manifest:
        parts.append(f"{number(float(manifest['events']))} events")
    parts.append(f"seed {subject.scenario.seed}")
    if "engine" in manifest:
        parts.append(f"{manifest['engine']} engine")
    if "version" in manifest:
        commit = manifest.get("commit")
        changed = ", with local changes" if isinstance(commit, str) and commit.endswith("+") else ""
        of = f", commit {commit[:12].rstrip('+')}{changed}" if isinstance(commit, str) else ""
        parts.append(f"bmes-sim {manifest['version']}{of}")
    return joined(parts)


def stop(text: str) -> str:
    """The text with a full stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
