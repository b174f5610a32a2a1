"""The answer of a sweep in plain words: who is best over what was looked at, and which factors decide it."""

from sim.report.answer import Answer, joined
from sim.report.methods import Passage, framing, validation
from sim.report.numbers import money, number, share, signed
from sim.report.sweep_findings import DESIGNS, Record, SweepFindings

MOST_NAMED = 3
LITTLE = 0.05  # of the strongest mean effect: screened out
NEGLIGIBLE = 0.01  # share of the variance that is not worth a word
INTERACTING = 0.1  # of the variance that single factors leave


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
        return f"{findings.title(name)} changes QALYs by {low} to {high} against {findings.title(findings.comparator)}."
    low, high = (money(float(row[key]), findings.currency) for key in ("lowest", "highest"))
    return (
        f"The gain of {findings.title(name)} over {findings.title(findings.comparator)} goes from {low} to {high} per "
        f"person; it is surely above 0 at {share(float(row['above']), 0)} of the points and surely below at "
        f"{share(float(row['below']), 0)}."
    )


def _factors(findings: SweepFindings) -> str:
    """Which factors decide how large that gain is."""
    rows = findings.ranked(findings.shown_first)
    if not rows:
        few = "too few points for shares of the variance" if findings.method == "main_effects" else "nothing varies"
        lost = findings.sensitivity.blocks - findings.sensitivity.lost < 2 and findings.sensitivity.blocks > 0
        why = "the model refuses points of nearly every block of the design" if lost else few
        return f"What single factors do cannot be said: {why}."
    name = findings.title(findings.shown_first)
    what = f"the gain of {name}" if findings.one_money else f"the QALYs that {name} gains"
    if findings.method == "morris":
        return _screened(findings, rows, what)
    column = findings.ranked_by
    strong = [row for row in rows[:MOST_NAMED] if float(row[column]) >= NEGLIGIBLE] or rows[:1]
    named = [f"{row['factor']} ({share(max(float(row[column]), 0.0), 0)})" for row in strong]
    first = sum(float(row["first_order"]) for row in rows)
    if column == "first_order":
        return (
            f"By themselves most of the variance of {what} tell {joined(named)}. All factors one by one tell "
            f"{share(min(first, 1.0), 0)}; the rest is what they do together, and chance."
        )
    text = f"Most of the variance of {what} comes with {joined(named)}, interactions included."
    if 1.0 - first > INTERACTING:
        return f"{text} {share(1.0 - first, 0)} of the variance arises from factors acting together."
    return f"{text} Factors act nearly independently: {share(min(first, 1.0), 0)} is that of single ones."


def _screened(findings: SweepFindings, rows: list[Record], what: str) -> str:
    """What Morris's screening leaves."""
    top = float(rows[0]["mu_star"])
    named = [f"{row['factor']} ({_effect(findings, row)})" for row in rows[:MOST_NAMED]]
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


def _effect(findings: SweepFindings, row: Record) -> str:
    value = float(row["mu_star"])
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


INDICES = {
    "saltelli": (
        "First-order and total indices are those of Sobol, with the estimators of Saltelli and others (2010, Computer "
        "Physics Communications 181:259-270) as in SALib, intervals by bootstrap over blocks. The first-order index is "
        "the share of the variance that knowing a factor would take away on average, the total index the share that "
        "would stay if all others were known."
    ),
    "morris": (
        "Elementary effects are those of Morris (1991, Technometrics 33:161-174), with the mean size mu* of Campolongo "
        "and others (2007, Environmental Modelling & Software 22:1509-1518), intervals by bootstrap over trajectories. "
        "A factor of levels moves by whole levels, which makes its effects somewhat larger than those of a range."
    ),
    "grid": (
        "On the full grid the shares of variance are exact: first-order ones are the variance of the means by level, "
        "total ones the mean variance along a factor, each level counting the same."
    ),
    "main_effects": (
        "First-order shares come from a polynomial in each factor, or a mean for each of its levels, and are those of "
        "points left out of the fit, intervals by jackknife. They mean something for factors that vary independently."
    ),
}


def methods(findings: SweepFindings) -> list[Passage]:
    """The passages in the order of a methods section."""
    sweep = findings.sweep
    held = f"{number(sweep.draws)} joint draws, the same at every point" if sweep.draws else "their central values"
    points = (
        f"{number(len(findings.points.factors))} factors were varied over {number(len(findings.points.design))} points "
        f"({DESIGNS[sweep.design.kind]}); all other parameters stood at {held}. At each point the same "
        f"{number(findings.patients)} patients were simulated under every strategy, with the same luck at all points, "
        "so that differences between points are formed within people. Points at which parameters would contradict each "
        "other are refused by the model and listed."
    )
    noise = (
        "The indices are those of the model with these patients. Chance among them adds roughness, which total indices "
        "take for interaction; the table of results bounds its share."
    )
    return [
        *framing(findings),
        Passage("Sweep", (points,)),
        Passage("Global sensitivity", (INDICES[findings.method], noise)),
        validation(findings),
    ]
