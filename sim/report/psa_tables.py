"""The tables of a probabilistic analysis: means with intervals, decisions, error budget, outcomes."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.report.answer import joined
from sim.report.numbers import NOTHING, Estimate, decimals_for, error_text, money, number, percent, share, signed
from sim.report.psa_amounts import amount_cell, told
from sim.report.psa_findings import PsaFindings, Spread, records
from sim.report.subject import Subject
from sim.report.table import Cell, Row, Table, figure_cell, in_pieces, money_cell, words
from sim.report.tables import neighbour
from sim.valuation.outcomes import OUTCOMES, Outcome

ERROR_NOTE = "In brackets: standard error of the mean over the draws."
STATUS = {"frontier": "on the frontier", "dominated": "dominated", "extended": "dominated by a mix (extended)"}


def interval_note(findings: PsaFindings) -> str:
    """What intervals and brackets hold."""
    return f"Intervals hold the middle 95 % of what the sampled parameters allow; {findings.chance_words}. {ERROR_NOTE}"


def summary_table(findings: PsaFindings) -> Table:
    """Cost and QALYs of each strategy and what it adds to the comparator, with 95 % intervals."""
    rows = []
    for name in findings.strategies:
        cost, effect = findings.spread(name, "cost"), findings.spread(name, "effect")
        cells = [money_cell(cost.estimate), figure_cell(effect.estimate, 4)]
        if name == findings.comparator:
            cells += [words("comparator"), Cell(""), Cell(""), Cell("")]
        else:
            more_cost, more_effect = (findings.spread(name, f"incremental_{one}") for one in ("cost", "effect"))
            cells += [money_cell(more_cost.estimate, plus=True), interval_cell(more_cost, 0)]
            decimals = decimals_for(more_effect.standard_error, 4)
            cells += [figure_cell(more_effect.estimate, 4, plus=True), interval_cell(more_effect, decimals)]
        rows.append(Row(findings.title(name), tuple(cells)))
    columns = (
        "Strategy",
        f"Cost ({findings.currency})",
        "QALYs",
        f"Incremental cost ({findings.currency})",
        "95 % interval",
        "Incremental QALYs",
        "95 % interval",
    )
    caption = f"Means per person over {number(findings.draws)} draws, discounted; increments to the comparator"
    return Table(caption, columns, tuple(rows), interval_note(findings))


def interval_cell(spread: Spread, decimals: int) -> Cell:
    return Cell(f"{number(spread.low, decimals)} to {number(spread.high, decimals)}", numeric=True)


def incremental_table(findings: PsaFindings) -> Table:
    """Strategies by mean cost along the frontier, with the intervals of the ICERs."""
    rows = []
    for record in sorted(records(findings.analysis.incremental), key=lambda record: float(record["cost"])):
        status, before = str(record["status"]), neighbour(record)
        stepped = before is not None and status == "frontier"
        on_step = (
            Cell(signed(number(record["incremental_cost"])), numeric=True),
            Cell(signed(number(record["incremental_effect"], 4)), numeric=True),
            Cell(number(record["icer"]), numeric=True),
            Cell(_ends(record, "fieller"), numeric=True),
            Cell(_ends(record, "bootstrap"), numeric=True),
            Cell(_ends(record, "parameters"), numeric=True),
        )
        cells = (
            words(STATUS[status]),
            words("" if before is None else findings.title(before)),
            *(on_step if stepped else (Cell(""),) * 6),
        )
        rows.append(Row(findings.title(str(record["strategy"])), cells))
    columns = (
        "Strategy",
        "Status",
        "Held against",
        f"Incremental cost ({findings.currency})",
        "Incremental QALYs",
        f"ICER ({findings.currency} per QALY)",
        "95 % by Fieller",
        "95 % by bootstrap",
        "95 % of the draws",
    )
    note = (
        "Fieller and bootstrap: how far the ratio of the means may be wrong for the number of draws and patients. The "
        "last column: between which ratios the draws of the parameters lie, by Fieller. A dash: there is no bound, "
        "because the gain in QALYs is not clear of zero."
    )
    return Table("Full incremental analysis of the means over the draws", columns, tuple(rows), note)


def _ends(record: Mapping[str, Any], method: str) -> str:
    low, high = (float(record[f"icer_{method}_{end}"]) for end in ("low", "high"))
    if math.isnan(low) and math.isnan(high):
        return NOTHING
    return f"{number(low)} to {number(high)}"


def decision_table(findings: PsaFindings, threshold: float) -> Table:
    """Gain, probability of being the best and expected loss of each strategy at a threshold."""
    best = findings.by_net_benefit(threshold)[0]
    rows = []
    for name in findings.strategies:
        gain, mark = findings.gain(name, threshold), name == best
        first = (money_cell(gain.estimate, plus=True, best=mark), interval_cell(gain, 0))
        if name == findings.comparator:
            first = (Cell("comparator", numeric=True, best=mark), Cell(""))
        cells = (
            *first,
            _probability_cell(findings.probability(name, threshold)),
            money_cell(findings.loss(name, threshold)),
        )
        rows.append(Row(findings.title(name), cells))
    columns = (
        "Strategy",
        f"Net benefit gained ({findings.currency})",
        "95 % interval",
        "Probability of being the best",
        f"Expected loss ({findings.currency})",
    )
    evpi = findings.evpi(threshold)
    note = (
        f"Bold: the highest. The smallest expected loss is the value of perfect information, "
        f"{told(evpi, findings.currency)} per person. "
        f"{interval_note(findings)}"
    )
    former = "" if threshold in findings.thresholds else " (former threshold)"
    caption = f"The decision at {money(threshold, findings.currency)} per QALY{former}"
    return Table(caption, columns, tuple(rows), note)


def _probability_cell(probability: Estimate) -> Cell:
    return Cell(percent(probability.mean), share(probability.standard_error), numeric=True)


Curves = Mapping[str, Mapping[float, float]]  # by strategy, then by willingness to pay


def curve_tables(subject: Subject, caption: str, series: Curves, errors: Curves | None = None) -> tuple[Table, ...]:
    """The numbers of curves over willingness to pay: a row a threshold, a column a strategy.

    Amounts of money where their standard `errors` are given, else shares.
    """

    def cell(name: str, wtp: float) -> Cell:
        value = series[name].get(wtp, math.nan)
        if errors is None:
            return Cell(share(value), numeric=True)
        return amount_cell(Estimate(value, errors[name].get(wtp, math.nan)))

    tables = []
    pieces = in_pieces(list(series))
    for place, names in enumerate(pieces, 1):
        at = sorted({wtp for name in names for wtp in series[name]})
        rows = [Row(number(wtp), tuple(cell(name, wtp) for name in names)) for wtp in at]
        columns = (f"{subject.currency} per QALY", *(subject.title(name) for name in names))
        note = "" if errors is None else "In brackets: standard error."
        tables.append(Table(f"{caption}{part(place, len(pieces))}", columns, tuple(rows), note))
    return tuple(tables)


def part(place: int, of: int) -> str:
    """What tells the tables of one kind apart, such as `, part 1 of 2`; empty of a single one."""
    return f", part {place} of {of}" if of > 1 else ""


def budget_table(findings: PsaFindings) -> Table:
    """Where the variance between draws comes from, by strategy and measure."""
    rows: list[Row] = []
    kinds = {
        "net_benefit_gain": (f"Net benefit gained at {money(findings.thresholds[0], findings.currency)} per QALY", 0),
        "incremental_cost": (f"Incremental cost ({findings.currency})", 0),
        "incremental_effect": ("Incremental QALYs", 5),
    }
    for measure, (heading, least) in kinds.items():
        rows.append(Row(heading))
        for name in findings.others:
            budget = findings.budget(name, measure)
            if budget is None:
                continue
            sds = [math.sqrt(max(value, 0.0)) for value in (budget.parameter_variance, budget.patient_variance)]
            error = budget.standard_error_of_mean
            decimals = max(least, decimals_for(error, least))
            cells = (
                *(Cell(number(sd, decimals), numeric=True) for sd in sds),
                Cell(percent(budget.patient_share), numeric=True),
                Cell(error_text(error, decimals), numeric=True),
            )
            rows.append(Row(findings.title(name), cells))
    columns = (
        "Against the comparator",
        "Standard deviation by parameters",
        "by chance among the patients of a draw",
        "Share of patients in the variance",
        "Standard error of the mean",
    )
    return Table("Error budget: where the spread between draws comes from", columns, tuple(rows))


def outcomes_tables(findings: PsaFindings) -> list[Table]:
    """Every outcome: its mean over the draws, and the middle 95 % of the draws with chance among patients in it."""
    frame = findings.psa.outcomes
    by_strategy = {name: frame[frame["strategy"] == name] for name in findings.strategies}
    tables = []
    pieces = in_pieces(findings.strategies, 4)
    for place, names in enumerate(pieces, 1):
        rows = []
        for outcome in OUTCOMES:
            if not any(_told(by_strategy[name][outcome.name].to_numpy(np.float64)) for name in names):
                continue
            cells = [_outcome_cell(by_strategy[name][outcome.name].to_numpy(np.float64), outcome) for name in names]
            rows.append(Row(f"{outcome.label} ({_unit(outcome, findings.currency)})", tuple(cells)))
        columns = ("Outcome", *(findings.title(name) for name in names))
        note = (
            "In brackets: the middle 95 % of the draws, here with chance among the patients of each draw, which makes "
            "it wider for rare outcomes."
        )
        titles = joined([findings.title(name) for name in names])
        which = f"{part(place, len(pieces))}: {titles}" if len(pieces) > 1 else ""
        tables.append(Table(f"Outcomes: means per person over the draws{which}", columns, tuple(rows), note))
    return tables


def _told(values: np.ndarray) -> bool:
    return bool(np.isfinite(values).any() and np.nanmax(np.abs(values)) > 0.0)


def _unit(outcome: Outcome, currency: str) -> str:
    return {"currency": currency, "share": "per 100", "count": "per 100"}.get(outcome.unit, outcome.unit)


def _outcome_cell(values: np.ndarray, outcome: Outcome) -> Cell:
    known = values[np.isfinite(values)] * (100.0 if outcome.unit in ("share", "count") else 1.0)
    if not len(known):
        return Cell(NOTHING, numeric=True)
    low, high = np.quantile(known, (0.025, 0.975))
    decimals = {"QALYs": 3, "currency": 0, "days": 1, "months": 1}.get(outcome.unit, 2)
    return Cell(number(known.mean(), decimals), f"{number(low, decimals)} to {number(high, decimals)}", numeric=True)


def series(findings: PsaFindings, frame: str, value: str, strategies: Sequence[str]) -> dict[str, dict[float, float]]:
    """A frame of the analysis by strategy and willingness to pay."""
    found: dict[str, dict[float, float]] = {name: {} for name in strategies}
    for row in sorted(records(getattr(findings.analysis, frame)), key=lambda row: float(row["willingness_to_pay"])):
        if str(row["strategy"]) in found:
            found[str(row["strategy"])][float(row["willingness_to_pay"])] = float(row[value])
    return found
