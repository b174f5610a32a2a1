"""The tables of a sweep: what was varied, how far results go, who is best, what factors do."""

import numpy as np

from sim.experiments.sweep_sensitivity import COST, GAIN, QALYS
from sim.inputs.factors import LOG, Factor
from sim.report.answer import joined
from sim.report.numbers import NOTHING, money, number, share, signed
from sim.report.psa_findings import records
from sim.report.sweep_findings import (
    DESIGNS,
    Record,
    SweepFindings,
    cell_words,
    measure_words,
)
from sim.report.table import Cell, Row, Table, words


def design_table(findings: SweepFindings) -> Table:
    """The sweep in a few lines."""
    sweep, points = findings.sweep, findings.points
    design = sweep.design
    more = {
        "morris": f", {number(design.samples or 0)} trajectories on {design.levels} levels",
        "saltelli": f", {number(design.samples or 0)} base samples"
        + (" with pairs of factors" if design.second_order else ""),
    }.get(design.kind, "")
    pairs = {
        "Design": f"{DESIGNS[design.kind]}{more}",
        "Points": number(len(points.design)),
        "Refused by the model": number(len(points.design) - len(findings.accepted)),
        "Factors": number(len(points.factors)),
        "Other parameters": f"{number(sweep.draws)} joint draws at every point, the same ones; results are means"
        if sweep.draws
        else "at their central values",
    }
    if not findings.one_money:
        pairs["Money"] = f"{'; '.join(points.moneys)}. Amounts are never put together."
    return Table("The sweep at a glance", ("", ""), tuple(Row(key, (words(value),)) for key, value in pairs.items()))


def factors_table(findings: SweepFindings) -> Table:
    """What is varied, over which values."""
    rows = [
        Row(
            factor.name,
            (
                words(factor.parameter or f"{factor.kind}: {factor.target}"),
                words(_values(findings, factor)),
                words(findings.unit(factor)),
                Cell(findings.base_value(factor) or NOTHING, numeric=True),
            ),
        )
        for factor in findings.points.factors
    ]
    note = "Ranges are those of the sweep's file. They say what was looked at, not how probable it is."
    return Table("The factors", ("Factor", "What it varies", "Values", "Unit", "In the scenario"), tuple(rows), note)


def _values(findings: SweepFindings, factor: Factor) -> str:
    if factor.levels:
        return ", ".join(cell_words(cell) for cell in factor.cells)
    column = findings.points.design[factor.name]
    low, high = factor.range or (float(column.min()), float(column.max()))
    steps = f", {factor.steps} values" if factor.steps else ""
    return f"{cell_words(low)} to {cell_words(high)}{steps}{', even in logarithms' if factor.scale == LOG else ''}"


def range_table(findings: SweepFindings) -> Table:
    """How far each measure goes over the points."""
    rows = []
    for strategy in findings.others:
        rows.append(Row(f"{findings.title(strategy)} against {findings.title(findings.comparator)}"))
        found = [row for row in records(findings.analysis.summary) if row["strategy"] == strategy]
        rows += [Row(_measure(row), _range_cells(row)) for row in found]
    columns = ("Measure", "Mean", "Standard deviation", "Lowest", "Highest", "Surely above 0", "Surely below 0",
               "Chance, at most")  # fmt: skip
    note = (
        "Over the accepted points, each counting the same. Surely: by more than 1.96 Monte Carlo standard errors, as a "
        "share of points. Chance: the mean squared error against the variance between points. All points share their "
        "patients and luck, which makes the true share smaller. Of further outcomes no errors are kept."
    )
    return Table("How far results go over the design", columns, tuple(rows), note)


def _measure(row: Record) -> str:
    name = _capital(measure_words(str(row["measure"])))
    currency = str(row["money"]).partition(",")[0]
    at = f" at {money(float(row['willingness_to_pay']), currency)}" if row["measure"] == GAIN else ""
    return f"{name}{at}{f' ({currency})' if currency else ''}"


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _range_cells(row: Record) -> tuple[Cell, ...]:
    decimals = 0 if row["money"] else 4 if row["measure"] == QALYS else 3
    numbers = [number(float(row[key]), decimals) for key in ("mean", "standard_deviation", "lowest", "highest")]
    numbers = [one if place == 1 else signed(one) for place, one in enumerate(numbers)]
    shares = [share(float(row[key]), 0) for key in ("above", "below", "chance_share")]
    return tuple(Cell(one, numeric=True) for one in (*numbers, *shares))


def winners_table(findings: SweepFindings) -> Table:
    """At how many points each strategy is the best, at each threshold."""
    frame = findings.analysis.best
    places = sorted(set(frame["threshold_place"]))
    most = {place: max(findings.share_best(name, place) for name in findings.strategies) for place in places}
    rows = []
    for strategy in findings.strategies:
        shares = {place: findings.share_best(strategy, place) for place in places}
        cells = [Cell(share(one), numeric=True, best=one == most[place]) for place, one in shares.items()]
        rows.append(Row(findings.title(strategy), tuple(cells)))
    names = [
        f"at {money(findings.thresholds[place], findings.currency)} per QALY"
        if findings.one_money
        else f"at threshold {place + 1} of each setting"
        for place in places
    ]
    note = "Share of the points, each counting the same: how much of what was looked at, not a probability."
    return Table("Highest net benefit, as a share of the points", ("Strategy", *names), tuple(rows), note)


def sensitivity_tables(findings: SweepFindings) -> list[Table]:
    """What factors do, one table a strategy, measures beside each other."""
    return [table for name in findings.first_shown() if (table := _sensitivity_table(findings, name))]


def _sensitivity_table(findings: SweepFindings, strategy: str) -> Table | None:
    morris = findings.method == "morris"
    keys: tuple[str, ...] = ("mu_star", "sigma") if morris else ("first_order", "total")
    if findings.method == "main_effects":
        keys = keys[:1]
    heads = {"mu_star": "mu*", "sigma": "sigma", "first_order": "first order", "total": "total"}
    shown = [(GAIN, findings.threshold), (COST, None), (QALYS, None)]
    columns: list[str] = []
    cells: dict[str, list[Cell]] = {}
    flat: list[str] = []
    order = [str(row["factor"]) for row in findings.ranked(strategy)]
    for measure, worth in shown:
        by_factor = {str(row["factor"]): row for row in findings.ranked(strategy, measure, worth)}
        if not by_factor:
            if findings.summary(strategy, measure, worth):
                flat.append(measure_words(measure))
            continue
        order = order or list(by_factor)
        columns += [f"{_capital(measure_words(measure))}, {heads[key]}" for key in keys]
        for factor in order:
            row = by_factor.get(factor)
            decimals = 2 if not morris else 4 if measure == QALYS else 0
            cells.setdefault(factor, []).extend(_index_cell(row, key, decimals) for key in keys)
    if not cells:
        return None
    note = "In brackets: 95 % intervals. " if any(cell.error for row in cells.values() for cell in row) else ""
    note += f"Net benefit at {money(findings.threshold, findings.currency)} per QALY"
    note += ". " if findings.one_money else ", and cost, at points with the scenario's money. "
    note += f"Without a column, for it varies at no point: {joined(flat)}. " if flat else ""
    note += "Other thresholds and outcomes stand in the workbook."
    caption = f"{findings.title(strategy)} against {findings.title(findings.comparator)}"
    rows = tuple(Row(factor, tuple(found)) for factor, found in cells.items())
    return Table(caption, ("Factor", *columns), rows, note)


def _index_cell(row: Record | None, key: str, decimals: int) -> Cell:
    if row is None:
        return Cell(NOTHING, numeric=True)
    low, high = float(row[f"{key}_low"]), float(row[f"{key}_high"])
    span = f"{number(low, decimals)} to {number(high, decimals)}" if np.isfinite(low) else ""
    return Cell(number(float(row[key]), decimals), span, numeric=True)


def pairs_table(findings: SweepFindings) -> Table | None:
    """The strongest pairs of factors, if the design looked at them."""
    frame = findings.sensitivity.second_order
    if not len(frame):
        return None
    found = [
        row
        for row in records(frame)
        if row["strategy"] == findings.shown_first
        and row["measure"] == findings.measure
        and (row["measure"] != GAIN or float(row["willingness_to_pay"]) == findings.threshold)
    ]
    found.sort(key=lambda row: -float(row["second_order"]))
    rows = [Row(f"{row['factor']} with {row['other']}", (_index_cell(row, "second_order", 2),)) for row in found[:15]]
    caption = f"{findings.title(findings.shown_first)}: share of the variance that only two factors together tell"
    return Table(caption, ("Pair", "second order"), tuple(rows), "In brackets: 95 % intervals.") if rows else None
