"""The answer of a probabilistic analysis in plain words: who is best, how probably, what an error would cost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sim.analysis.psa_analysis import PsaAnalysis
from sim.experiments.psa_results import PsaResults
from sim.report.answer import Answer, joined
from sim.report.information_tables import UNKNOWN_NOISE
from sim.report.numbers import Estimate, decimals_for, error_text, money, money_decimals, number, percent, share
from sim.report.psa_amounts import told
from sim.report.psa_drivers import Driver, drivers
from sim.report.psa_findings import PsaFindings, Spread
from sim.report.psa_sets import members, overlap
from sim.report.psa_value import largest_evppi

if TYPE_CHECKING:
    import pandas as pd

NO_QALYS = 5e-5  # smaller changes would be shown as 0.0000
MOST_NAMED = 3  # parameters named as the largest sources of uncertainty
RULE_OF_THREE = 3.0  # what has a probability of 3 / K is missed by all of K draws one time in twenty


def answer(findings: PsaFindings) -> Answer:
    """What the analysis says about the question of its scenario, and how sure it is."""
    paragraphs = (_decision(findings), _sizes(findings), _uncertainty(findings), _basis(findings))
    return Answer(findings.scenario.question, tuple(text for text in paragraphs if text))


def psa_answer_text(psa: PsaResults, analysis: PsaAnalysis, voi: "Mapping[str, pd.DataFrame] | None" = None) -> str:
    """The answer as one text for a terminal."""
    found = answer(PsaFindings(psa, analysis, voi))
    return "\n\n".join([found.question, *found.paragraphs])


def amount(estimate: Estimate, currency: str) -> str:
    """For instance `GBP 120 (standard error 14)`."""
    decimals = money_decimals(estimate)
    mean = money(estimate.mean, currency, decimals)
    return f"{mean} (standard error {error_text(estimate.standard_error, decimals)})"


def money_interval(spread: Spread, currency: str) -> str:
    """For instance `GBP −200 to 800`."""
    small = max(abs(spread.low), abs(spread.high)) < 10.0
    return f"{currency} {number(spread.low, 2 * small)} to {number(spread.high, 2 * small)}"


def _decision(findings: PsaFindings) -> str:
    """For each threshold the strategy with the highest expected net benefit, its lead, its chance, its loss."""
    sentences: list[str] = []
    before = None
    for threshold in findings.thresholds:
        best, second, *_ = findings.by_net_benefit(threshold)
        at = f"At {money(threshold, findings.currency)} per QALY"
        role = ", the comparator" if best == findings.comparator else ""
        again = f"it is {findings.title(best)} again"
        opening = (
            again if best == before else f"the highest expected net benefit is that of {findings.title(best)}{role}"
        )
        before = best
        sentences.append(f"{at} {opening}{_lead(findings, best, second, threshold)}.")
        sentences.append(_sureness(findings, best, threshold))
    return " ".join(sentences)


def _lead(findings: PsaFindings, best: str, second: str, threshold: float) -> str:
    lead, name = findings.lead(best, second, threshold), findings.title(second)
    if lead.exact_zero:
        return f", but {name} has exactly the same in every draw"
    if not lead.clear:
        needed = "more draws are"
        if findings.patients_blur(best, second, threshold):
            needed = "more patients, or patients of its own for each draw (--luck independent), are"
        return (
            f", but its lead over {name}, {amount(lead, findings.currency)} per person, is below two standard errors, "
            f"so that {needed} needed to tell which of the two is better on average"
        )
    return f", {amount(lead, findings.currency)} per person more than {name}, the next"


def _sureness(findings: PsaFindings, best: str, threshold: float) -> str:
    """How probable it is that the choice is right, and what it costs that it may be wrong."""
    chance, evpi = findings.probability(best, threshold), findings.evpi(threshold)
    words = f"Its probability of being the best choice is {percent(chance.mean)}"
    likeliest = max(findings.strategies, key=lambda name: findings.probability(name, threshold).mean)
    if likeliest != best and findings.probability(likeliest, threshold).mean > chance.mean:
        other = percent(findings.probability(likeliest, threshold).mean)
        words += f" ({findings.title(likeliest)} is the best more often, {other}, but by less)"
    if evpi.mean <= 0.0:
        return f"{words}: {_never(findings, threshold)}"
    if threshold != findings.thresholds[0]:
        return f"{words}, its expected loss {amount(evpi, findings.currency)} per person."
    return (
        f"{words}; not knowing the parameters costs {amount(evpi, findings.currency)} per person, the expected loss "
        "from choosing it and the most that perfect information could be worth (EVPI)."
    )


def _never(findings: PsaFindings, threshold: float) -> str:
    """That no draw would change the choice, and what so many draws cannot exclude."""
    if threshold != findings.thresholds[0] and findings.evpi(findings.thresholds[0]).mean <= 0.0:
        return "again no other strategy was better in any draw."
    return (
        f"in none of the {number(findings.draws)} draws was another strategy better ({findings.chance_words}), so that "
        f"knowing the parameters shows no value (EVPI 0). {number(findings.draws)} draws may miss what has a "
        f"probability below about {share(RULE_OF_THREE / findings.draws)}."
    )


def _sizes(findings: PsaFindings) -> str:
    """Effect and cost of the winner against the comparator, with what the parameters leave open."""
    best = findings.by_net_benefit(findings.thresholds[0])[0]
    name = best
    if best == findings.comparator:
        name = max(findings.others, key=lambda other: findings.spread(other, "incremental_effect").mean)
    effect, cost = (findings.spread(name, f"incremental_{measure}") for measure in ("effect", "cost"))
    if effect.estimate.exact_zero and cost.estimate.exact_zero:
        return f"{findings.title(name)} and {findings.title(findings.comparator)} do not differ in any draw."
    more = "more" if cost.mean >= 0.0 else "less"
    costs = (
        f"costs {money(abs(cost.mean), findings.currency)} {more} (change: {money_interval(cost, findings.currency)})."
    )
    if max(abs(effect.low), abs(effect.high), abs(effect.mean)) < NO_QALYS:
        return f"Against {findings.title(findings.comparator)}, {findings.title(name)} changes no QALYs and {costs}"
    decimals = decimals_for(effect.standard_error, 4)
    verb = "adds" if effect.mean >= 0.0 else "loses"
    low, high = number(effect.low, decimals), number(effect.high, decimals)
    return (
        f"Against {findings.title(findings.comparator)}, {findings.title(name)} {verb} "
        f"{number(abs(effect.mean), decimals)} QALYs per person (95 % of what the parameters allow: {low} to {high}) "
        f"and {costs}"
    )


def _uncertainty(findings: PsaFindings) -> str:
    """How much of what is seen is chance among patients, and which parameters matter most."""
    threshold = findings.thresholds[0]
    best, second, *_ = findings.by_net_benefit(threshold)
    name = best if best != findings.comparator else second
    budget = findings.budget(name, "net_benefit_gain")
    gain = findings.gain(name, threshold)
    sentences = [
        f"These are means over {number(findings.draws)} draws of {number(len(findings.sampled))} uncertain parameters, "
        f"each simulated with {number(findings.patients)} patients per strategy."
    ]
    if findings.table.noise is None and findings.table.shared_noise is None:
        sentences.append(UNKNOWN_NOISE)
    elif findings.shared_luck:
        sentences.append(
            "All draws see the same patients, so that chance among them is in the standard error of the mean gain of "
            f"{findings.title(name)}, {money(gain.standard_error, findings.currency)}, and not in the spread."
        )
    elif findings.analysis.corrected and budget is not None and budget.total_variance > 0.0:
        sentences.append(
            f"Between draws, {percent(budget.patient_share)} of the variance of the gain of {findings.title(name)} is "
            "chance among the simulated patients, which intervals, probabilities and the value of information have had "
            f"taken out; the mean gain itself is known to a standard error of "
            f"{money(gain.standard_error, findings.currency)}."
        )
    sentences += [_target_missed(findings), _sources(findings, name)]
    return " ".join(sentence for sentence in sentences if sentence)


def _target_missed(findings: PsaFindings) -> str:
    """That the analysis ended before it was as precise as asked; empty if it is, or if nothing was asked."""
    target = findings.manifest.get("target_standard_error")
    errors = {name: findings.gain(name, findings.thresholds[0]).standard_error for name in findings.others}
    if target is None or max(errors.values()) <= float(target):
        return ""
    worst = max(errors, key=lambda name: errors[name])
    return (
        f"The standard error of {money(float(target), findings.currency)} that was asked for every mean gain "
        f"(--until-precise) was not reached: that of {findings.title(worst)} is "
        f"{money(errors[worst], findings.currency)}."
    )


def _sources(findings: PsaFindings, name: str) -> str:
    """The largest sources of uncertainty: by their value of information if it was asked for, else by correlation."""
    valued = largest_evppi(findings, MOST_NAMED)
    if valued:
        labels = [label for label, _ in valued]
        named = joined([_valued(findings, label, value) for label, value in valued])
        both = " These overlap, so that their values do not add up." if overlap(findings, labels) else ""
        return f"Of what was valued, it would be worth most per person to know for certain (EVPPI) {named}.{both}"
    found = drivers(findings, name)[:MOST_NAMED]
    if not found:
        return ""
    return f"The gain moves most with {joined([_driver(one) for one in found])}."


def _valued(findings: PsaFindings, label: str, value: Estimate) -> str:
    """For instance `costs (31 parameters; GBP 29, standard error 23)`."""
    size = len(members(findings, label))
    of = f"{number(size)} parameters; " if size > 1 else ""
    return f"{label} ({of}{told(value, findings.currency).replace(' (', ', ').rstrip(')')})"


def _driver(one: Driver) -> str:
    shared = f", shared with {one.beside} drawn together with it" if one.beside else ""
    return f"{one.parameter} ({percent(one.share)} of its variance{shared})"


def _basis(findings: PsaFindings) -> str:
    """What the intervals rest on and what they leave out."""
    parameters = findings.inputs.parameters
    statuses = Counter(parameters.quantity(name).status for name in findings.sampled)
    grades = Counter(findings.inputs.treatments[name].evidence_grade for name in findings.treatments())
    sentences = [
        f"{statuses['assumption']} of the {number(len(findings.sampled))} sampled parameters are assumptions: their "
        "spread is a judgement too, so the intervals say how sure the model is of its inputs, not how sure the inputs "
        "are."
    ]
    if findings.switches:
        sentences.append(f"Structural switches sampled with weights: {_switch_names(findings.switches)}.")
    else:
        held = ", as are the values that the scenario sets" if findings.scenario.parameters else ""
        sentences.append(f"The structure of the model is held{held}.")
    if grades:
        words = [f"{grade.replace('_', ' ')} ({count})" for grade, count in grades.most_common()]
        sentences.append(
            f"The evidence behind the effects of the treatments compared is graded {joined(words)}, and every use of "
            "a drug here is off-label."
        )
    return " ".join(sentences)


def _switch_names(columns: Sequence[str]) -> str:
    return joined([name.rpartition(".")[2].replace("_", " ") for name in columns])
