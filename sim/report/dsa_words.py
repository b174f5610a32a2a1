"""The answer of a deterministic analysis in plain words: what the decision rests on, and what would change it."""

import math
from collections.abc import Sequence

from sim.experiments.dsa_results import DsaResults
from sim.report.answer import Answer, joined
from sim.report.dsa_findings import GAIN, DsaFindings, Record, estimate
from sim.report.dsa_side_tables import switch_value
from sim.report.methods import Passage, framing, validation
from sim.report.numbers import money, number, plain
from sim.report.psa_words import amount

MOST_NAMED = 4


def answer(findings: DsaFindings) -> Answer:
    """What the analysis says about the question of its scenario."""
    paragraphs = (_decision(findings), _one_way(findings), _others(findings), _limits(findings))
    return Answer(findings.scenario.question, tuple(text for text in paragraphs if text))


def dsa_answer_text(dsa: DsaResults) -> str:
    """The answer as one text for a terminal."""
    found = answer(DsaFindings(dsa))
    return "\n\n".join([found.question, *found.paragraphs])


def _decision(findings: DsaFindings) -> str:
    """Who is best at the central values, and whether any single parameter or switch changes that."""
    best, at = findings.best, f"{money(findings.threshold, findings.currency)} per QALY"
    lead = f"At the central value of every parameter {findings.title(best)} has the highest net benefit at {at}"
    if best != findings.comparator:
        gain, doubt = findings.gain(best), ""
        if not (gain.clear or math.isnan(gain.standard_error)):
            doubt = ", a difference below two standard errors, so that more patients are needed to be sure of it"
        said = f"{amount(gain, findings.currency)} per person more than {findings.title(findings.comparator)}"
        lead += f": {said}, the comparator{doubt}"
    varied = len(findings.parameters_varied)
    if not varied:
        return f"{lead}."
    names = list(dict.fromkeys(str(row["parameter"]) for row in findings.deciding))
    if not names:
        return f"{lead}. None of the {number(varied)} parameters that were varied one at a time changes that decision."
    return (
        f"{lead}. {len(names)} of the {number(varied)} parameters that were varied one at a time change that decision "
        f"at one end of their range by themselves: {_listed(names)}."
    )


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    return joined([*names[:MOST_NAMED], *([f"{rest} more"] if rest > 0 else [])])


def _one_way(findings: DsaFindings) -> str:
    """The widest bars of the strategy that is shown first."""
    name = findings.shown_first
    rows = findings.tornado(name, GAIN)[:3]
    if not rows:
        return ""
    said = [f"{row['parameter']} ({money(_low(row), findings.currency)} to {number(_high(row))})" for row in rows]
    return (
        f"The gain of {findings.title(name)} over {findings.title(findings.comparator)} depends most on {joined(said)}."
    )


def _ends(row: Record) -> list[float]:
    return [
        value for value in (float(row["at_low"]), float(row["at_high"]), float(row["base"])) if math.isfinite(value)
    ]


def _low(row: Record) -> float:
    return min(_ends(row))


def _high(row: Record) -> float:
    return max(_ends(row))


def _others(findings: DsaFindings) -> str:
    """Thresholds, switches, scenarios and groups, as far as they were asked for."""
    sentences = [*_thresholds(findings), *_switches(findings), *_scenarios(findings), *_groups(findings)]
    return " ".join(sentences)


def _thresholds(findings: DsaFindings) -> list[str]:
    sentences = []
    for row in findings.rows("threshold"):
        if row["decision"] != "best" or float(row["willingness_to_pay"]) != findings.threshold:
            continue
        if row["status"] != "found":
            sentences.append(f"Within its range {row['parameter']} does not change the decision.")
            continue
        low, high = (float(row[f"threshold_{end}"]) for end in ("low", "high"))
        known = not (math.isnan(low) or math.isnan(high))
        interval = f" (95 % interval {_short(low)} to {_short(high)})" if known else ""
        sentences.append(
            f"The decision changes where {row['parameter']} ({row['unit']}) passes "
            f"{_short(float(row['threshold_value']))}{interval}; its base value is {_short(float(row['base_value']))}."
        )
    return sentences


def _short(value: float) -> str:
    return plain(float(f"{value:.3g}"))


def _switches(findings: DsaFindings) -> list[str]:
    rows = findings.rows("switches")
    if not rows:
        return []
    changing = [
        f"{str(row['switch']).replace('_', ' ')} {switch_value(str(row['value']))} ({findings.title(str(row['best']))})"
        for row in rows
        if bool(row["decision_changes"]) and row["strategy"] == findings.others[0]
    ]
    if not changing:
        return ["No structural switch changes the decision by itself."]
    return [f"Structural switches that change the decision by themselves: {_listed(changing)}."]


def _scenarios(findings: DsaFindings) -> list[str]:
    best = {str(row["title"]): str(row["best"]) for row in findings.rows("scenarios")}
    if not best:
        return []
    known = findings.inputs.strategies
    said = [f"{title}: {known[name].title if name in known else name}" for title, name in best.items()]
    return [f"Best by scenario: {'; '.join(said)}."]


def _groups(findings: DsaFindings) -> list[str]:
    rows = [row for row in findings.rows("subgroup_value") if float(row["willingness_to_pay"]) == findings.threshold]
    if not rows:
        return []
    most = max(rows, key=lambda row: float(row["value"]))
    value, other = estimate(most["value"], most["value_se"]), float(most["value_other_half"])
    said = amount(value, findings.currency)
    return [
        f"Deciding for each group by itself would gain {said} per person at most; chosen from one half of the patients "
        f"and valued in the other, {money(other, findings.currency)}."
    ]


def _limits(findings: DsaFindings) -> str:
    return (
        "One parameter at a time, the others at their central values: what several do together, and how probable a "
        "range is, stands in the probabilistic analysis (bmes psa). Standard errors are those of chance among "
        f"{number(findings.patients)} patients, who are the same at every point."
    )


def methods(findings: DsaFindings) -> list[Passage]:
    """The passages in the order of a methods section."""
    points = (
        f"Each point is simulated with the same {number(findings.patients)} patients under every strategy, with the "
        "same luck, so that differences between points are formed within people and have a small error. A parameter "
        "is moved to the low and high value of its evidence, or else to 2.5 and 97.5 % of its law, the others stay at "
        "their central values. Points at which parameters would contradict each other are refused by the model and "
        "listed. Thresholds are found by bisection on the gain, with the same luck at all points."
    )
    groups = (
        "The value of deciding by group is the mean over groups of the highest net benefit in each, minus the highest "
        "mean net benefit. Because the best is chosen from the numbers that value it, it is also chosen from one half "
        "of the patients and valued in the other."
    )
    said = (points, groups) if len(findings.frame("subgroup_value")) else (points,)
    return [*framing(findings), Passage("Deterministic analysis", said), validation(findings)]
