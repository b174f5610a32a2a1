"""The figures of factors and points of a sweep with their words, legends and tables of numbers."""

import numpy as np

from sim.inputs.sweeps import GRID, MORRIS
from sim.report import sweep_figures as figures
from sim.report import sweep_point_figures as point_figures
from sim.report.answer import joined
from sim.report.chart import Chart, Swatch, as_chart
from sim.report.figure_style import GREY, Look, looks
from sim.report.numbers import money, number, share
from sim.report.sweep_findings import Record, SweepFindings, cell_words, is_scale
from sim.report.sweep_words import chance_words
from sim.report.table import Cell, Row, Table

AGAINST = "Strategy"
MOST_POINTS = 600  # of the figure of winners
MOST_LINES = 200  # points of the figure of all factors
MOST_AXES = 8
TOTAL_WORDS = "Where the total is the longer bar{}, the factor acts together with others."
MAIN_WORDS = (
    "What knowing a factor by itself would take away of the variance, from a smooth fit. This design says nothing of "
    "what factors do together; Saltelli's does."
)


def what(findings: SweepFindings) -> str:
    """What the figures of factors show."""
    if not findings.one_money:
        return "incremental QALYs"
    return f"net benefit gained at {money(findings.threshold, findings.currency)} per QALY"


def unit(findings: SweepFindings) -> str:
    """Its unit."""
    return f"{findings.currency} per person" if findings.one_money else "QALYs per person"


def _ranks(findings: SweepFindings) -> dict[str, list[Record]]:
    """The ranked factors of each strategy that has some, the one that is shown first at the front."""
    found = {name: findings.ranked(name) for name in findings.first_shown()}
    return {name: rows for name, rows in found.items() if rows}


def index_chart(findings: SweepFindings) -> Chart | None:
    """Bars of first and total indices, or of Morris's effects."""
    ranks = _ranks(findings)
    if not ranks:
        return None
    morris = findings.method == "morris"
    parts = figures.MORRIS_PARTS if morris else figures.INDEX_PARTS
    if findings.method == "main_effects":
        parts = parts[:1]
    axis = unit(findings) if morris else "share of the variance"
    title = f"{'Effects on' if morris else 'Who carries the variance of'} the {what(findings)}"
    chart = figures.indices(title, axis, ranks, parts, list(ranks), findings.index_decimals)
    if morris:
        remark = "Change over the whole range of a factor: its mean size over all trajectories, and how much it varies."
    else:
        beyond = "" if findings.method == GRID else ", by more than the intervals"
        remark = MAIN_WORDS if findings.method == "main_effects" else TOTAL_WORDS.format(beyond)
    first = next(iter(ranks.values()))
    if any(np.isfinite(float(row[f"{parts[0][0]}_low"])) for row in first):
        remark += " Lines: 95 % intervals."
    else:
        remark += " Every combination was simulated: shares are exact for these patients, and have no intervals."
    remark += chance_words(findings)
    if any(len(rows) > figures.MOST_BARS for rows in ranks.values()):
        remark += f" The {figures.MOST_BARS} strongest of {len(first)} factors."
    legend = tuple(Swatch(key, words, Look(colour, "solid", ""), "area") for key, words, colour in parts)
    said = "; ".join(f"{findings.title(name)}: {_strongest(findings, rows)}" for name, rows in ranks.items())
    choices = tuple((name, findings.title(name)) for name in ranks)
    table = _index_table(findings, ranks, parts)
    words = (remark, f"The strongest factors. {said}.")
    return as_chart("indices", chart, words, legend, (table,), choices=choices, choice_words=AGAINST)


def _strongest(findings: SweepFindings, rows: list[Record]) -> str:
    """The first three by what they are ranked by."""
    decimals, after = findings.index_decimals, ""
    if findings.method == MORRIS:
        after = f" {unit(findings)}"
    return ", ".join(f"{row['factor']} ({number(float(row[findings.ranked_by]), decimals)}{after})" for row in rows[:3])


def _index_table(findings: SweepFindings, ranks: dict[str, list[Record]], parts: figures.Parts) -> Table:
    """The numbers of the bars, strategy below strategy."""
    made = []
    for name, rows in ranks.items():
        made.append(Row(findings.title(name)))
        made += [
            Row(str(row["factor"]), tuple(_number_cell(findings, row, key) for key, _, _ in parts)) for row in rows
        ]
    in_words = f" ({unit(findings)})" if findings.method == MORRIS else ""
    caption = f"Factors by strategy: {what(findings)}"
    return Table(caption, ("Factor", *(f"{words}{in_words}" for _, words, _ in parts)), tuple(made))


def _number_cell(findings: SweepFindings, row: Record, key: str) -> Cell:
    return Cell(number(float(row[key]), findings.index_decimals), numeric=True)


def morris_chart(findings: SweepFindings) -> Chart | None:
    """Morris's plane."""
    ranks = _ranks(findings)
    if findings.method != "morris" or not ranks:
        return None
    title = f"Size and spread of the effects on the {what(findings)}"
    chart = figures.morris_plane(title, unit(findings), ranks, list(ranks), findings.index_decimals)
    remark = (
        "Far left: without influence, may be fixed. Near the lower edge: a straight line that no other factor changes. "
        "Above the broken line: the effect depends on other factors, or is curved, more than it is an effect of its "
        f"own. Numbers: the rank in the figure before, up to {figures.MOST_RANKED}."
    )
    legend = (
        Swatch("factor", "a factor", Look(figures.FIRST_COLOUR, "solid", "circle"), "point"),
        Swatch("line", "sigma = mu*", Look(GREY, "dash", "")),
    )
    first = next(iter(ranks.values()))
    above = [str(row["factor"]) for row in first[:10] if float(row["sigma"]) > float(row["mu_star"])]
    said = f"Of the ten strongest, above the line: {joined(above) if above else 'none'}."
    choices = tuple((name, findings.title(name)) for name in ranks)
    return as_chart("morris", chart, (remark, said), legend, (), choices=choices, choice_words=AGAINST, switches=False)


def winners_chart(findings: SweepFindings) -> Chart | None:
    """Who is best at each point, over the two strongest factors."""
    factors = [one for one in findings.leading if len(set(findings.cells(one).tolist())) > 1]
    if len(factors) < 2 or (len(factors) > 2 and findings.sweep.design.kind in (GRID, MORRIS)):
        return None  # points would lie on one another
    pair = (factors[0], factors[1])
    chosen = point_figures.spread_out(len(findings.accepted), MOST_POINTS)
    title = f"Best strategy by {pair[0].name} and {pair[1].name}"
    chart = point_figures.winners_over(findings, title, pair, chosen)
    style = looks(findings)
    there = [name for name in findings.strategies if name in set(findings.winners)]
    legend = tuple(Swatch(name, findings.title(name), style[name], "point") for name in there)
    remark = "The strategy with the highest net benefit at each point, at the first threshold of its setting."
    if len(chosen) < len(findings.accepted):
        remark += f" {number(len(chosen))} of {number(len(findings.accepted))} points, evenly taken."
    if len(findings.points.factors) > 2:
        remark += " Points differ in other factors too."
    return as_chart("winners", chart, (remark, winners_words(findings)), legend)


def winners_words(findings: SweepFindings) -> str:
    """At how many points each strategy is the best."""
    said = [f"{findings.title(name)} {share(findings.share_best(name), 0)}" for name in findings.strategies]
    return f"Best at the first threshold, as a share of points: {', '.join(said)}."


def all_points_chart(findings: SweepFindings) -> Chart | None:
    """Parallel coordinates."""
    if len(findings.accepted) < 2 or len(findings.points.factors) < 2:
        return None
    factors = findings.leading[:MOST_AXES]
    chosen = point_figures.spread_out(len(findings.accepted), MOST_LINES)
    chart = point_figures.all_points(findings, "All factors at once (parallel coordinates)", factors, chosen)
    style = looks(findings)
    there = [name for name in findings.strategies if name in {findings.winners[one] for one in chosen}]
    legend = tuple(Swatch(name, findings.title(name), style[name]) for name in there)
    remark = "Each line is a point of the sweep in the colour of its best strategy, from the strongest factor down to "
    remark += "the gain. The legend hides and shows strategies."
    if len(factors) < len(findings.leading):
        remark += f" The {len(factors)} strongest of {len(findings.leading)} factors."
    if len(chosen) < len(findings.accepted):
        remark += f" {number(len(chosen))} of {number(len(findings.accepted))} points, evenly taken."
    words = f"{_typical(findings)} {winners_words(findings)}"
    return as_chart("all-points", chart, (remark, words), legend)


def _typical(findings: SweepFindings) -> str:
    """Where the strongest factor lies when the strategy that is shown first is best, and when it is not."""
    factor, name = findings.leading[0], findings.shown_first
    cells = findings.cells(factor)
    won = np.array([one == name for one in findings.winners])
    if not won.any() or won.all() or not is_scale(factor):
        return ""
    inside, outside = float(cells[won].median()), float(cells[~won].median())
    return (
        f"Where {findings.title(name)} is best the median of {factor.name} is {cell_words(inside)}, elsewhere "
        f"{cell_words(outside)}."
    )
