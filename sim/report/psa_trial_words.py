"""What the value of a proposed trial comes to, in words: by each method and threshold, with its error."""

from typing import Any

from sim.report.answer import joined
from sim.report.information_tables import METHODS
from sim.report.numbers import Estimate, money, number, plain
from sim.report.psa_amounts import told
from sim.report.psa_findings import PsaFindings, records

METHOD_ORDER = ("regression", "moment_matching", "nested")
Best = dict[str, dict[str, Any]]  # by method, the size with the highest net benefit of sampling


def trial_words(findings: PsaFindings) -> tuple[str, ...]:
    """The trial and, where its cost was stated, whether it pays at each threshold."""
    first = records(findings.frame("evsi"))[0]
    titles = {name: findings.title(name) for name in findings.strategies}
    arms = [titles.get(name.strip(), name.strip()) for name in str(first["arms"]).split(",")]
    text = (
        f"A trial of {joined(arms)} that measures {str(first['outcome']).replace('_', ' ')} over "
        f"{plain(float(first['follow_up_months']))} months, simulated by the model in every draw of the parameters. "
        "The value of its result is what it would be worth before the decision, per person who is treated afterwards."
    )
    judged = judgements(findings)
    return (text, " ".join(judged)) if judged else (text,)


def judgements(findings: PsaFindings) -> list[str]:
    """A sentence a threshold on the best size by each method, one on what follows, and one where thresholds differ."""
    found = best_sizes(findings)
    sentences: list[str] = []
    outcomes = []
    for threshold, best in found.items():
        estimates = [Estimate(float(row["enbs"]), float(row["se"])) for row in best.values()]
        named = [
            f"{told(estimate, findings.currency)} by {METHODS[method]} with "
            f"{number(float(row['patients_per_arm']))} patients per arm"
            for (method, row), estimate in zip(best.items(), estimates, strict=True)
        ]
        whole = "the net benefit of sampling for all concerned, at the best of the sizes tried, is"
        opening = "it is" if sentences else whole
        sentences.append(
            f"At {money(threshold, findings.currency)} per QALY {opening} {joined(named)}: {_verdict(best)}."
        )
        outcomes.append({estimate.mean > 0.0 for estimate in estimates})
    if len({frozenset(outcome) for outcome in outcomes}) > 1:
        sentences.append("Between the thresholds the estimates change sign.")
    return sentences


def best_sizes(findings: PsaFindings) -> dict[float, Best]:
    """By threshold and method the row of the trial, of some size above 0, with the highest net benefit of sampling."""
    frame = findings.frame("enbs")
    if not len(frame):
        return {}
    found: dict[float, Best] = {}
    sizes = [row for row in records(frame) if float(row["patients_per_arm"]) > 0.0]
    for row in sorted(sizes, key=lambda row: METHOD_ORDER.index(str(row["method"]))):
        best = found.setdefault(float(row["willingness_to_pay"]), {})
        before = best.setdefault(str(row["method"]), row)
        if float(row["enbs"]) > float(before["enbs"]):
            best[str(row["method"])] = row
    return dict(sorted(found.items()))


def _verdict(best: Best) -> str:
    """Whether a trial pays: by the signs of all methods, and only if all are clear of 0."""
    estimates = [Estimate(float(row["enbs"]), float(row["se"])) for row in best.values()]
    pays = {estimate.mean > 0.0 for estimate in estimates}
    sizes = {float(row["patients_per_arm"]) for row in best.values()}
    if len(pays) > 1:
        return "the methods disagree on whether a trial is worth its cost"
    worth = "a trial is worth its cost" if pays == {True} else "no size that was tried is worth its cost"
    if not all(estimate.clear for estimate in estimates):
        unclear = "but not every estimate is" if any(estimate.clear for estimate in estimates) else "but no estimate is"
        unclear = "but this estimate is not" if len(estimates) == 1 else unclear
        worth += f" by these estimates, {unclear} clear of 0 (two standard errors)"
    if pays == {True} and len(sizes) > 1:
        worth += ", and the methods name different sizes"
    return worth
