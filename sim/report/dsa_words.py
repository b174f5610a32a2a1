"""The answer of a deterministic analysis in plain words: what the decision rests on, and what would change it."""

import math

from sim.experiments.dsa_results import DsaResults
from sim.report.answer import Answer, joined
from sim.report.dsa_decisions import decision_words, switch_words
from sim.report.dsa_findings import GAIN, DsaFindings, Record, estimate
from sim.report.dsa_thresholds import threshold_words
from sim.report.methods import Passage, framing, validation
from sim.report.numbers import money, number
from sim.report.psa_words import amount

MOST_BARS = 3


def answer(findings: DsaFindings) -> Answer:
    """What the analysis says about the question of its scenario."""
    paragraphs = (decision_words(findings), _one_way(findings), _others(findings), _limits(findings))
    return Answer(findings.scenario.question, tuple(text for text in paragraphs if text))


def dsa_answer_text(dsa: DsaResults) -> str:
    """The answer as one text for a terminal."""
    found = answer(DsaFindings(dsa))
    return "\n\n".join([found.question, *found.paragraphs])


def _one_way(findings: DsaFindings) -> str:
    """The widest bars of the strategy that is shown first, of those that chance does not explain."""
    name = findings.shown_first
    bars = findings.tornado(name, GAIN)
    rows = [row for row in bars if bool(row["is_clear"])][:MOST_BARS]
    gain = f"gain of {findings.title(name)} over {findings.title(findings.comparator)}"
    if not bars:
        return ""
    if not rows:
        return f"No parameter by itself moves the {gain} so far that it could be told from chance among the patients."
    said = [f"{row['parameter']} ({money(_low(row), findings.currency)} to {number(_high(row))})" for row in rows]
    return f"The {gain} depends most on {joined(said)}."


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
    sentences = [*threshold_words(findings), *switch_words(findings), *_scenarios(findings), *_groups(findings)]
    return " ".join(sentences)


def _scenarios(findings: DsaFindings) -> list[str]:
    known = findings.inputs.strategies
    rows_of: dict[str, list[Record]] = {}
    for row in findings.rows("scenarios"):
        rows_of.setdefault(str(row["title"]), []).append(row)
    said = []
    for title, rows in rows_of.items():
        name = str(rows[0]["best"])
        leads = [estimate(row["lead_of_best"], row["lead_of_best_se"]) for row in rows if row["strategy"] != name]
        doubt = "" if all(lead.clear for lead in leads) else " (its lead is below two standard errors)"
        said.append(f"{title}: {known[name].title if name in known else name}{doubt}")
    return [f"Best by scenario: {'; '.join(said)}."] if said else []


def _groups(findings: DsaFindings) -> list[str]:
    rows = [row for row in findings.rows("subgroup_value") if float(row["willingness_to_pay"]) == findings.threshold]
    if not rows:
        return []
    most = max(rows, key=lambda row: float(row["value"]))
    value, other = (estimate(most[name], most[f"{name}_se"]) for name in ("value", "value_other_half"))
    return [
        f"Deciding for each group by itself would gain {amount(value, findings.currency)} per person at most; chosen "
        f"from one half of {number(float(most['patients']))} patients and valued in the other, "
        f"{amount(other, findings.currency)}."
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
        "same luck, so that differences between points are formed within people and have a small error. Another best "
        "strategy counts as sure where its gain over that of the base case, and the change of this gain from the base "
        "case, are both two standard errors or more. A parameter is moved to the low and high value of its evidence, "
        "or else to 2.5 and 97.5 % of its law, the others stay at their central values. Points at which parameters "
        "would contradict each other are refused by the model and listed. Thresholds are where the gain is 0, found "
        "by Brent's method, with the same luck at all points."
    )
    groups = (
        "The value of deciding by group is the mean over groups of the highest net benefit in each, minus the highest "
        "mean net benefit. Because the best is chosen from the numbers that value it, it is also chosen from one half "
        "of the patients and valued in the other."
    )
    said = (points, groups) if len(findings.frame("subgroup_value")) else (points,)
    return [*framing(findings), Passage("Deterministic analysis", said), validation(findings)]
