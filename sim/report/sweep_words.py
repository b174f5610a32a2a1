"""The answer of a sweep in plain words: who is best over what was looked at, and which factors decide it."""

import numpy as np

from sim.analysis.global_sensitivity import LEAST_BLOCKS
from sim.inputs.sweeps import MORRIS, SALTELLI
from sim.report.answer import Answer, joined
from sim.report.numbers import money, number, share, signed
from sim.report.sweep_findings import MUCH_CHANCE, Record, SweepFindings

MOST_NAMED = 3
LITTLE = 0.05  # of the strongest mean effect: screened out
NEGLIGIBLE = 0.01  # share of the variance that is not worth a word
IMPOSSIBLE = 0.05  # share by which estimates may contradict one another before it is said


def answer(findings: SweepFindings) -> Answer:
    """What the sweep says about its question."""
    paragraphs = (_decision(findings), _factors(findings), _limits(findings))
    return Answer(findings.sweep.question, tuple(text for text in paragraphs if text))


def _decision(findings: SweepFindings) -> str:
    """Who is best at how many points."""
    count = len(findings.accepted)
    if not count:
        return "The model refuses every point of this sweep."
    shares = sorted(((findings.share_best(name), name) for name in findings.strategies), key=lambda pair: -pair[0])
    top, best = shares[0]
    at = (
        f"At {money(findings.threshold, findings.currency)} per QALY"
        if findings.one_money
        else ("At the first threshold of each setting")
    )
    rest = [f"{findings.title(name)} at {share(one, 0)}" for one, name in shares[1:] if one > 0.0]
    if not rest:
        said = f"{at} {findings.title(best)} has the highest net benefit at all {number(count)} points"
    else:
        said = (
            f"{at} {findings.title(best)} has the highest net benefit at {share(top, 0)} of the {number(count)} "
            f"points, {joined(rest)}"
        )
    return f"{said}. {_reach(findings)}"


def _reach(findings: SweepFindings) -> str:
    """How far the gain of the strategy that is shown first goes."""
    name = findings.shown_first
    row = findings.summary(name, findings.measure, findings.threshold if findings.one_money else None)
    if row is None:
        return ""
    if not findings.one_money:
        low, high = (signed(number(float(row[key]), 4)) for key in ("lowest", "highest"))
        said = f"{findings.title(name)} changes QALYs by {low} to {high} against {findings.title(findings.comparator)}"
        it = "the change"
    else:
        low, high = (money(float(row[key]), findings.currency) for key in ("lowest", "highest"))
        said = f"The gain of {findings.title(name)} over {findings.title(findings.comparator)} goes from {low} to "
        said += f"{high} per person"
        it = "it"
    if not np.isfinite(float(row["above"])):
        return f"{said}."
    return (
        f"{said}; {it} is surely above 0 at {share(float(row['above']), 0)} of the points and surely below at "
        f"{share(float(row['below']), 0)}."
    )


def _factors(findings: SweepFindings) -> str:
    """Which factors decide how large that gain is, and how far chance may be taken for one."""
    rows = findings.ranked(findings.shown_first)
    if not rows:
        few = "too few points for shares of the variance" if findings.method == "main_effects" else "nothing varies"
        found = findings.sensitivity
        why = few
        if found.blocks - found.lost < LEAST_BLOCKS and findings.method in (SALTELLI, MORRIS):
            why = "the model refuses points of nearly every block of the design"
            if not found.lost:
                why = f"one {'trajectory' if findings.method == MORRIS else 'block'} of the design is too few"
        return f"What single factors do cannot be said: {why}."
    name = findings.title(findings.shown_first)
    what = f"the gain of {name}" if findings.one_money else f"the QALYs that {name} gains"
    told = _screened if findings.method == MORRIS else _shared
    if len(rows) == 1 and findings.method != MORRIS:
        return f"Only {rows[0]['factor']} varies, so that all variance of {what} is its own."
    return f"{told(findings, rows, what)}{chance_words(findings)}"


def _shared(findings: SweepFindings, rows: list[Record], what: str) -> str:
    """Which factors carry the variance, and whether they act together."""
    column = findings.ranked_by
    strong = [row for row in rows[:MOST_NAMED] if float(row[column]) >= NEGLIGIBLE] or rows[:1]
    named = joined([f"{row['factor']} ({_span(findings, row, column)})" for row in strong])
    first = sum(float(row["first_order"]) for row in rows)
    whole = f"All factors one by one tell {share(first, 0)}"
    if column == "first_order":
        return (
            f"The factors that by themselves tell most of the variance of {what}: {named}. {whole}; what is missing to "
            "100 % is what they do together, and chance."
        )
    text = f"The factors that carry most of the variance of {what}, interactions included: {named}. {whole}"
    if not np.isfinite(float(rows[0]["total_low"])):
        return f"{text}; the other {share(1.0 - first, 0)} are what they do together."
    together = [
        str(row["factor"])
        for row in rows
        if float(row["total_low"]) > max(float(row["first_order_high"]), 0.0) + NEGLIGIBLE
    ]
    if together:
        text += f". These surely act together with others, for their intervals do not touch: {joined(together)}."
    else:
        text += ". No factor's share with all interactions is surely larger than its share by itself."
    odd = first > 1.0 + IMPOSSIBLE or any(
        float(row["first_order"]) > float(row["total"]) + IMPOSSIBLE or float(row["total"]) > 1.0 + IMPOSSIBLE
        for row in rows
    )
    if odd:
        text += (
            " Some of these shares cannot all be true, for those by themselves add up to 100 % at most, and none "
            "exceeds that with interactions: the design has too few points for more than the order of the strongest."
        )
    return text


def _span(findings: SweepFindings, row: Record, column: str) -> str:
    """A share or an effect with its interval, if it has one."""
    value, low, high = (float(row[key]) for key in (column, f"{column}_low", f"{column}_high"))
    if column == "mu_star":
        said, decimals = _effect(findings, value), findings.decimals
        return f"{said}, 95 % interval {number(low, decimals)} to {number(high, decimals)}"
    span = f", 95 % interval {share(low, 0)} to {share(high, 0)}" if np.isfinite(low) else ""
    return f"{share(value, 0)}{span}"


def chance_words(findings: SweepFindings) -> str:
    """A sentence, after a space, where chance among the patients may be much of what differs between points."""
    chance = findings.chance_share(findings.shown_first)
    if not chance > MUCH_CHANCE:
        return ""
    most = f"as much as {share(chance, 0)}" if chance < 1.0 else "all"
    small = "effects" if findings.method == "morris" else "shares"
    return (
        f" Chance among the {number(findings.patients)} patients may account for {most} of the variance between "
        f"points, so that small {small} may be nothing else: take more patients before reading them."
    )


def _screened(findings: SweepFindings, rows: list[Record], what: str) -> str:
    """What Morris's screening leaves."""
    top = float(rows[0]["mu_star"])
    named = [f"{row['factor']} ({_span(findings, row, 'mu_star')})" for row in rows[:MOST_NAMED]]
    weak = [row for row in rows if float(row["mu_star_high"]) < LITTLE * top]
    bent = [str(row["factor"]) for row in rows[:10] if float(row["sigma"]) > float(row["mu_star"])][:MOST_NAMED]
    text = f"Over its whole range {what} is moved most by {joined(named)}."
    if weak:
        text += (
            f" {number(len(weak))} of {number(len(rows))} factors surely move it by less than {share(LITTLE, 0)} of "
            "what the strongest does and may be held fixed."
        )
    if bent:
        text += f" Of the strong ones these act mostly through other factors, or along a curve: {joined(bent)}."
    return text


def _effect(findings: SweepFindings, value: float) -> str:
    return money(value, findings.currency) if findings.one_money else f"{number(value, 4)} QALYs"


def _limits(findings: SweepFindings) -> str:
    """What the numbers are not."""
    sweep, found = findings.sweep, findings.sensitivity
    lost = len(findings.points.design) - len(findings.accepted)
    parts = [
        "Every point counts the same: shares of points describe what was looked at, and are no probabilities. All "
        f"points see the same {number(findings.patients)} patients with the same luck."
    ]
    if lost:
        text = f"The model refuses {number(lost)} of {number(len(findings.points.design))} points."
        if found.lost and findings.method == "morris":
            text += " Steps of a trajectory to or from them are left out."
        elif found.lost:
            text += (
                f" {number(found.lost)} of {number(found.blocks)} blocks of the design hold one of them and are left "
                "out of the indices."
            )
        text += " What is said of factors describes that part of their ranges that the model takes."
        parts.append(text)
    if not findings.one_money:
        parts.append(
            "Settings have different money: figures of factors show QALYs, and what is money stays within a currency."
        )
    if sweep.draws:
        parts.append(f"Each point is the mean over {number(sweep.draws)} joint draws of the other parameters.")
    return " ".join(parts)
