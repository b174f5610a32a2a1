"""The figures of a probabilistic analysis with their words, legends and tables of numbers."""

from collections.abc import Sequence
from dataclasses import replace

from sim.report import psa_figures as figures
from sim.report.chart import Chart, Swatch, as_chart, bar_swatches, strategy_swatches
from sim.report.figure_style import GREY, OKABE_ITO, THRESHOLD_DASHES, Look, looks
from sim.report.numbers import Estimate, decimals_for, money, number, percent, signed
from sim.report.psa_amounts import amount_cell, amount_texts, told
from sim.report.psa_drivers import drivers
from sim.report.psa_findings import PsaFindings, records
from sim.report.psa_tables import curve_tables, series
from sim.report.subject import Subject
from sim.report.table import Cell, Row, Table, money_cell

UNCORRECTED = "with chance among patients left in"
PLANE_REMARK = (
    "Small points are draws of the parameters, large ones their means; {chance}. An ellipse holds 95 % of the draws if "
    "they follow a normal law. Below and to the right of a broken line a strategy is worth its cost at that threshold. "
    "A few far draws may lie outside the figure."
)


def threshold_swatches(subject: Subject) -> tuple[Swatch, ...]:
    """Of the lines through the comparator in the plane."""
    return _swatches(subject, [Look(GREY, dash, "") for dash in THRESHOLD_DASHES])


def upright_swatches(subject: Subject) -> tuple[Swatch, ...]:
    """Of the upright lines in the curves, which stand beside the comparator's dashed grey."""
    return _swatches(subject, [figures.upright_look(place) for place in range(len(subject.thresholds))])


def _swatches(subject: Subject, known: Sequence[Look]) -> tuple[Swatch, ...]:
    return tuple(
        Swatch(f"threshold {place}", f"{money(threshold, subject.currency)} per QALY", known[place % len(known)])
        for place, threshold in enumerate(subject.thresholds)
    )


def plane_chart(findings: PsaFindings) -> Chart:
    """The plane; the table beside it holds means, standard deviations and correlations."""
    style = looks(findings)
    points = tuple(Swatch(name, findings.title(name), style[name], "point") for name in findings.others)
    said = []
    for name in findings.others:
        cost, effect = (findings.spread(name, f"incremental_{one}") for one in ("cost", "effect"))
        qalys = signed(number(effect.mean, decimals_for(effect.standard_error, 4)))
        said.append(f"{findings.title(name)} {qalys} QALYs, {findings.currency} {signed(number(cost.mean))}")
    words = f"Mean over the draws against {findings.title(findings.comparator)}: {'; '.join(said)}."
    legend = (*points, *threshold_swatches(findings))
    remark = PLANE_REMARK.format(chance=findings.chance_words)
    return as_chart("plane", figures.plane(findings), (remark, words), legend, (_ellipse_table(findings),))


def _ellipse_table(findings: PsaFindings) -> Table:
    rows = []
    for row in records(findings.analysis.ellipses):
        cost, effect = (max(float(row[f"{one}_variance"]), 0.0) ** 0.5 for one in ("cost", "effect"))
        correlation = float(row["covariance"]) / (cost * effect) if cost * effect > 0.0 else float("nan")
        cells = (
            Cell(signed(number(float(row["mean_effect"]), 4)), numeric=True),
            Cell(signed(number(float(row["mean_cost"]))), numeric=True),
            Cell(number(effect, 4), numeric=True),
            Cell(number(cost), numeric=True),
            Cell(number(correlation, 2), numeric=True),
        )
        rows.append(Row(findings.title(str(row["strategy"])), cells))
    columns = (
        "Against the comparator",
        "Mean QALYs",
        f"Mean cost ({findings.currency})",
        "Standard deviation, QALYs",
        "Standard deviation, cost",
        "Correlation",
    )
    return Table("What the parameters let vary", columns, tuple(rows))


def acceptability_chart(findings: PsaFindings) -> Chart:
    """Probability of being the best over willingness to pay (CEAC)."""
    values = series(findings, "acceptability", "probability", findings.strategies)
    title = "Probability of being the best choice (acceptability curves)"
    chart = figures.over_thresholds(findings, title, "probability", values, shares=True)
    said = []
    for threshold in findings.thresholds:
        ranked = sorted(findings.strategies, key=lambda name: -findings.probability(name, threshold).mean)[:3]
        named = ", ".join(f"{findings.title(n)} {percent(findings.probability(n, threshold).mean)}" for n in ranked)
        said.append(f"At {money(threshold, findings.currency)}: {named}.")
    remark = (
        f"The share of the draws in which a strategy has the highest net benefit; {findings.chance_words}. The "
        "most probable one is not always the one to choose: that is the one with the highest mean, see the frontier."
    )
    legend = (*strategy_swatches(findings), *upright_swatches(findings))
    tables = curve_tables(findings, "Probability of being the best choice", values)
    return as_chart("ceac", chart, (remark, " ".join(said)), legend, tables)


def frontier_chart(findings: PsaFindings) -> Chart:
    """The strategy with the highest mean, and the probability that it is the best (CEAF)."""
    rows = sorted(records(findings.analysis.acceptability_frontier), key=lambda row: float(row["willingness_to_pay"]))
    names = [name for name in findings.strategies if any(row["strategy"] == name for row in rows)]
    values: dict[str, dict[float, float]] = {name: {} for name in names}
    for row in rows:
        for name in names:
            here = float(row["probability"]) if row["strategy"] == name else float("nan")
            values[name][float(row["willingness_to_pay"])] = here
    title = "The strategy to choose, and the probability that it is the best (acceptability frontier)"
    chart = figures.over_thresholds(findings, title, "probability", values, shares=True)
    for trace in chart.data:
        if trace.legendgroup in names:
            trace.mode, trace.line.dash = "lines+markers", "solid"
            trace.marker = {"size": 4, "color": trace.line.color}
    spans = []
    for name in names:
        at = [wtp for wtp, value in values[name].items() if value == value]
        spans.append(f"{findings.title(name)} from {money(min(at), findings.currency)} to {number(max(at))} per QALY")
    remark = "At each willingness to pay the strategy with the highest expected net benefit, on the grid of the table."
    table = Table(
        "Acceptability frontier",
        (f"{findings.currency} per QALY", "Highest expected net benefit", "Probability of being the best"),
        tuple(
            Row(
                number(float(row["willingness_to_pay"])),
                (Cell(findings.title(str(row["strategy"]))), Cell(percent(float(row["probability"])), numeric=True)),
            )
            for row in rows
        ),
    )
    style = looks(findings)
    solid = (Swatch(name, findings.title(name), replace(style[name], dash="solid")) for name in names)
    legend = (*solid, *upright_swatches(findings))
    return as_chart("ceaf", chart, (remark, f"{'; '.join(spans)}."), legend, (table,))


def loss_chart(findings: PsaFindings) -> Chart:
    """Expected loss of each strategy over willingness to pay."""
    values = series(findings, "expected_loss", "loss", findings.strategies)
    title = "Expected loss from choosing each strategy"
    chart = figures.over_thresholds(findings, title, f"{findings.currency} per person", values, shares=False)
    said = []
    for threshold in findings.thresholds:
        best = findings.by_net_benefit(threshold)[0]
        loss = told(findings.loss(best, threshold), findings.currency)
        said.append(f"At {money(threshold, findings.currency)} the smallest is {loss}, of {findings.title(best)}.")
    remark = (
        "What is lost on average, against always choosing the best, by choosing this strategy whatever the parameters "
        "are. The lowest curve is the strategy to choose, and its height is the value of perfect information."
    )
    legend = (*strategy_swatches(findings), *upright_swatches(findings))
    errors = series(findings, "expected_loss", "standard_error", findings.strategies)
    tables = curve_tables(findings, f"Expected loss, {findings.currency} per person", values, errors)
    return as_chart("loss", chart, (remark, " ".join(said)), legend, tables)


def evpi_chart(findings: PsaFindings) -> Chart:
    """EVPI over willingness to pay."""
    currency, corrected = findings.currency, findings.analysis.corrected
    legend = (
        Swatch("evpi", "EVPI with its 95 % Monte Carlo interval", Look(OKABE_ITO[0], "solid", "")),
        *([Swatch("uncorrected", UNCORRECTED, Look(GREY, "dot", ""))] if corrected else []),
        *upright_swatches(findings),
    )
    said = [
        f"At {money(t, currency)} per QALY {told(findings.evpi(t), currency)} per person" for t in findings.thresholds
    ]
    remark = (
        "What it would be worth, per person, to know every sampled parameter before deciding: an upper bound for any "
        f"research on them; {findings.chance_words}."
        f"{' Left in it would pass for uncertainty: the dotted line shows how much.' if corrected else ''} "
        "What was not sampled, such as the structure of the model, is not in it."
    )
    rows = []
    for row in sorted(records(findings.analysis.evpi), key=lambda row: float(row["willingness_to_pay"])):
        value, other = (Estimate(float(row[name]), float(row["se"])) for name in ("evpi", "uncorrected"))
        cells = (amount_cell(value), Cell(amount_texts(other)[0], numeric=True))  # the error is that of the first
        rows.append(Row(number(float(row["willingness_to_pay"])), cells))
    columns = (f"{currency} per QALY", "EVPI", f"{UNCORRECTED[0].upper()}{UNCORRECTED[1:]}")
    table = Table(f"EVPI, {currency} per person", columns, tuple(rows), "In brackets: standard error.")
    return as_chart("evpi", figures.evpi_curve(findings), (remark, f"{'; '.join(said)}."), legend, (table,))


def driver_chart(findings: PsaFindings) -> Chart | None:
    """Which parameters the gain of the strategy to choose moves with, where no parameter stands alone at first."""
    best, second, *_ = findings.by_net_benefit(findings.thresholds[0])
    name = best if best != findings.comparator else second
    found = drivers(findings, name)
    if not found:
        return None
    threshold = money(findings.thresholds[0], findings.currency)
    title = f"What the gain of {findings.title(name)} moves with, at {threshold} per QALY"
    names = [f"{percent(one.share)}: {figures.short_name(one.words)}" for one in found]
    values = [100.0 * one.share for one in found]
    chart = figures.bars(title, "% of the gain's variance", names, [("share", "share", values, OKABE_ITO[0])])
    remark = (
        "The squared correlation of each parameter with the gain over the draws, chance among patients allowed for; "
        "those that chance could have made are left out, and of parameters that are drawn together the strongest "
        "stands for all. It sees straight lines only, and says how much a parameter "
        "moves the gain, not whether it could change the decision."
    )
    rows = tuple(
        Row(one.words, (Cell(percent(one.share), numeric=True), Cell("rises" if one.rises else "falls")))
        for one in found
    )
    table = Table("Share of the gain's variance", ("Parameter", "Share", "As it rises the gain"), rows)
    return as_chart("drivers", chart, (remark, f"{'; '.join(names[:3])}."), bar_swatches(chart), (table,))


def budget_chart(findings: PsaFindings) -> Chart | None:
    """Share of parameters and of patients in the variance of the gain between draws, a bar a strategy."""
    shown = [(name, findings.budget(name, "net_benefit_gain")) for name in findings.others]
    known = [(name, budget) for name, budget in shown if budget is not None and budget.total_variance > 0.0]
    if not known:
        return None
    patients = [min(max(budget.patient_share, 0.0), 1.0) for _, budget in known]
    names = [f"{percent(part)} chance: {findings.title(name)}" for (name, _), part in zip(known, patients, strict=True)]
    threshold = money(findings.thresholds[0], findings.currency)
    parts = [
        ("parameters", "parameters", [100.0 * (1.0 - part) for part in patients], figures.PARAMETERS_COLOUR),
        ("patients", "chance among patients", [100.0 * part for part in patients], figures.PATIENTS_COLOUR),
    ]
    title = f"Error budget: the spread of the gain at {threshold} per QALY between draws"
    chart = figures.bars(title, "% of the variance", names, parts)
    chart.update_xaxes(range=[0, 100])
    remark = (
        f"Each draw is a mean over {number(findings.patients)} patients per strategy; more patients shrink the second "
        "part, more draws do not. The table below has the standard deviations."
    )
    return as_chart("budget", chart, (remark, f"{'; '.join(names)}."), bar_swatches(chart))


def convergence_chart(findings: PsaFindings) -> Chart:
    """The mean gains as draws come in."""
    remark = "Running means with their 95 % Monte Carlo interval. A line that still drifts asks for more draws."
    frame = findings.analysis.convergence
    steps = sorted(int(draws) for draws in set(frame["draws"]))
    shown = [steps[len(steps) // 4], steps[len(steps) // 2], steps[-1]]
    by_key = {(str(row["strategy"]), int(row["draws"])): row for row in records(frame)}
    rows = tuple(
        Row(
            findings.title(name),
            tuple(
                money_cell(Estimate(float(row["gain"]), float(row["standard_error"])))
                for row in (by_key[name, draws] for draws in shown)
            ),
        )
        for name in findings.others
    )
    heads = ("Against the comparator", *(f"After {number(draws)} draws" for draws in shown))
    table = Table(f"Gain, {findings.currency} per person", heads, rows, "In brackets: standard error.")
    style = looks(findings)
    legend = tuple(Swatch(name, findings.title(name), style[name]) for name in findings.others)
    words = f"The mean gains of the first {number(shown[1])} and of all {number(shown[2])} draws stand in the table."
    return as_chart("convergence", figures.convergence(findings), (remark, words), legend, (table,))
