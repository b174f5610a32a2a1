"""The answer in plain words: who wins at each threshold and by how much, how large differences are, how sure it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sim.report.findings import COST, EFFECT, Findings, RunTables
from sim.report.numbers import DAYS_PER_YEAR, Estimate, decimals_for, error_text, money, money_decimals, months, number
from sim.report.scan_words import in_short

MOST_DECIMALS = 4  # of money
LOWEST_PAIN_FOR_DAYS = 0.5  # NRS; below it "days at that pain" says nothing


@dataclass(frozen=True)
class Answer:
    """The question of the scenario and the answer of this run, paragraph by paragraph, as plain text."""

    question: str
    paragraphs: tuple[str, ...]


def answer(findings: Findings) -> Answer:
    """What the run says about its question, for one strategy or several."""
    if not findings.others:
        paragraphs = [_alone(findings), _uncertainty(findings)]
    else:
        scans = in_short(findings)
        paragraphs = [_winners(findings), _sizes(findings), *([scans] if scans else []), _uncertainty(findings)]
    return Answer(findings.scenario.question, tuple(paragraphs))


def answer_text(results: RunTables) -> str:
    """The answer as one text for a terminal."""
    found = answer(Findings(results))
    return "\n\n".join([found.question, *found.paragraphs])


def joined(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _winners(findings: Findings) -> str:
    """For each threshold of the setting the strategy with the highest net benefit, and its lead."""
    sentences: list[str] = []
    before = None
    for threshold in findings.thresholds:
        best, second, *_ = findings.by_net_benefit(threshold)
        at = f"At {money(threshold, findings.currency)} per QALY"
        if best == before:
            opening = f"{at} it is {findings.title(best)} again"
        else:
            role = ", the comparator" if best == findings.comparator else ""
            opening = f"{at} the highest net benefit is that of {findings.title(best)}{role}"
        before = best
        level = findings.level_with(best, threshold)
        lead = findings.gain(best, second, threshold)
        if level:
            sentences.append(f"{opening}, but {_too_close(findings, best, level, threshold)}.")
        else:
            sentences.append(
                f"{opening}: {_amount(findings, lead)} per person more than {findings.title(second)}, the next."
            )
        if best != findings.comparator and findings.comparator not in (second, *level):
            over = findings.gain(best, findings.comparator, threshold)
            sentences.append(
                f"Over {findings.title(findings.comparator)}, the comparator, it gains {_amount(findings, over)}."
            )
    return " ".join(sentences)


def _too_close(findings: Findings, best: str, level: Sequence[str], threshold: float) -> str:
    """What stands instead of a lead that is smaller than two standard errors."""
    if len(level) > 1:
        ranked = [name for name in findings.by_net_benefit(threshold) if name in level]
        names = joined([findings.title(name) for name in ranked])
        return f"its leads over {names} are below two Monte Carlo standard errors, so this run cannot tell them apart"
    lead = findings.gain(best, level[0], threshold)
    name = findings.title(level[0])
    if lead.exact_zero:
        return f"{name} has exactly the same"
    return (
        f"its lead over {name}, {_amount(findings, lead)} per person, is below two Monte Carlo standard errors, "
        "so this run cannot tell the two apart"
    )


def _amount(findings: Findings, gain: Estimate) -> str:
    """Money with its error in words, with so many decimals that both tell the same as the sentence around them."""
    decimals = money_decimals(gain)
    while decimals < MOST_DECIMALS and _looks_clear(gain, decimals) != gain.clear:
        decimals += 1
    mean = money(gain.mean, findings.currency, decimals)
    return f"{mean} (standard error {error_text(gain.standard_error, decimals)})"


def _looks_clear(gain: Estimate, decimals: int) -> bool:
    """Whether the rounded numbers say that the difference is clear."""
    return Estimate(round(gain.mean, decimals), round(gain.standard_error, decimals)).clear


def _sizes(findings: Findings) -> str:
    """How large the differences are in QALYs, days and money: the whole field first, then the winner.

    Where the comparator wins, the strategy with the most QALYs stands in.
    """
    reference = findings.comparator
    title = findings.title(reference)
    sentences = []
    if len(findings.others) > 1:
        effects = sorted((findings.increment(name, reference, EFFECT).mean, name) for name in findings.others)
        costs = sorted((findings.increment(name, reference, COST).mean, name) for name in findings.others)
        low, high = effects[0], effects[-1]
        sentences.append(
            f"Against {title} the other strategies change a person's QALYs (discounted) by "
            f"{_small(low[0], 4)} ({findings.title(low[1])}) to {_small(high[0], 4)} ({findings.title(high[1])}), "
            f"which is {_small(low[0] * DAYS_PER_YEAR, 1)} to {_small(high[0] * DAYS_PER_YEAR, 1)} days in full "
            f"health, and costs by {money(costs[0][0], findings.currency)} to {money(costs[-1][0], findings.currency)}."
        )
    best = findings.by_net_benefit(findings.thresholds[0])[0]
    most_effective = max(findings.others, key=lambda name: findings.increment(name, reference, EFFECT).mean)
    sentences.append(_one_against(findings, best if best != reference else most_effective, reference))
    return " ".join(sentences)


def _small(value: float, decimals: int) -> str:
    """A number that may be zero, which is then no `0.0000`."""
    return number(value, decimals) if value != 0.0 else "0"


def _one_against(findings: Findings, name: str, reference: str) -> str:
    """Effect, pain and cost of one strategy against another."""
    effect, cost = (findings.increment(name, reference, outcome) for outcome in (EFFECT, COST))
    days = effect.times(DAYS_PER_YEAR)
    decimals = decimals_for(effect.standard_error, 4)
    verb = "adds" if effect.mean >= 0 else "loses"
    text = (
        f"{findings.title(name)} {verb} {number(abs(effect.mean), decimals)} QALYs per person "
        f"(standard error {number(effect.standard_error, decimals)}), that is {number(abs(days.mean), 1)} days in full "
        f"health{_doubt(effect)}, and costs {_amount(findings, Estimate(abs(cost.mean), cost.standard_error))} "
        f"{'more' if cost.mean >= 0 else 'less'} than {findings.title(reference)}{_doubt(cost)}."
    )
    return f"{text}{_pain(findings, name, reference)}"


def _pain(findings: Findings, name: str, reference: str) -> str:
    """The difference in load pain over time, also as days at the mean pain of entry."""
    if not findings.has_increment("pain_years"):
        return ""
    pain = findings.increment(name, reference, "pain_years")
    at_entry = pain_at_entry(findings)
    if not at_entry > LOWEST_PAIN_FOR_DAYS:
        return ""
    days = abs(pain.mean) / at_entry * DAYS_PER_YEAR
    return (
        f" Load pain over time is {'lower' if pain.mean <= 0 else 'higher'} by as much as {number(days, 1)} days "
        f"at the mean pain of entry ({number(at_entry, 1)} of 10){_doubt(pain)}."
    )


def pain_at_entry(findings: Findings) -> float:
    """Mean load pain at entry; nan when the curves do not hold it."""
    curves = findings.results.curves
    rows = curves[(curves["quantity"] == "load_pain") & (curves["strategy"] == findings.comparator)]
    rows = rows.sort_values("months_since_entry")
    return float(rows["mean"].iloc[0]) if len(rows) else float("nan")


def _doubt(difference: Estimate) -> str:
    if difference.exact_zero:
        return " (no difference in any patient)"
    return "" if difference.clear else " (below two standard errors: no difference shown)"


def _alone(findings: Findings) -> str:
    """One strategy: nothing is compared, so its own level is all there is."""
    name = findings.strategies[0]
    cost, effect = findings.outcome(name, COST), findings.outcome(name, EFFECT)
    decimals = decimals_for(effect.standard_error, 3)
    text = (
        f"Only {findings.title(name)} was simulated, so nothing is compared. A person costs "
        f"{_amount(findings, cost)} and lives {number(effect.mean, decimals)} QALYs "
        f"(standard error {number(effect.standard_error, decimals)}), both discounted."
    )
    median = findings.number(name, "symptom_months_from_entry_median")
    if median == median:
        text += f" Half of those who recover are free of symptoms within {months(median)} of entry."
    return text


def _uncertainty(findings: Findings) -> str:
    """What the standard errors do not cover, and how weak the evidence is."""
    parameters = findings.inputs.parameters
    statuses = Counter(parameters.quantity(name).status for name in findings.parameter_names())
    grades = Counter(findings.inputs.treatments[name].evidence_grade for name in findings.treatments())
    sentences = [
        "This is one run at the central value of every parameter, without parameter uncertainty: its standard errors "
        f"only say how far chance among {number(findings.patients)} simulated patients per strategy reaches, "
        "not how sure the inputs or the structure of the model are.",
        f"{statuses['assumption']} of the {sum(statuses.values())} parameters are assumptions.",
    ]
    if grades:
        words = [f"{grade.replace('_', ' ')} ({count})" for grade, count in grades.most_common()]
        sentences.append(
            f"The evidence behind the effects of the treatments compared is graded {joined(words)}, "
            "and every use of a drug here is off-label."
        )
    return " ".join(sentences)
