"""The figures of a sweep with their words, legends and tables of numbers."""

import numpy as np

from sim.inputs.sweeps import GRID, MORRIS
from sim.report import sweep_figures as figures
from sim.report import sweep_point_figures as point_figures
from sim.report.answer import joined
from sim.report.chart import Chart, Swatch, as_chart
from sim.report.figure_style import GREY, OKABE_ITO, Look, looks
from sim.report.numbers import money, number, share
from sim.report.sweep_findings import Record, SweepFindings, cell_words, is_scale
from sim.report.sweep_point_tables import surface_table
from sim.report.sweep_surface import Shown, surface_of, surface_pair
from sim.report.table import Cell, Row, Table

AGAINST = "Strategy"
MOST_POINTS = 600  # of the figure of winners
MOST_LINES = 200  # points of the figure of all factors
MOST_AXES = 8
TOTAL_WORDS = "Where the total is the longer bar, the factor acts together with others."
MAIN_WORDS = (
    "What knowing a factor by itself would take away of the variance, from a smooth fit. This design says nothing of "
    "what factors do together; Saltelli's does."
)


def what(findings: SweepFindings) -> str:
    """What the figures of factors show."""
    if not findings.one_money:
        return "incremental QALYs"
    return f"net benefit gained at {money(findings.threshold, findings.currency)} per QALY"


def _unit(findings: SweepFindings) -> str:
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
    axis = _unit(findings) if morris else "share of the variance"
    title = f"{'Effects on' if morris else 'Who carries the variance of'} the {what(findings)}"
    chart = figures.indices(title, axis, ranks, parts, list(ranks))
    if morris:
        remark = "Change over the whole range of a factor: its mean size over all trajectories, and how much it varies."
    else:
        remark = MAIN_WORDS if findings.method == "main_effects" else TOTAL_WORDS
    first = next(iter(ranks.values()))
    if any(np.isfinite(float(row[f"{parts[0][0]}_low"])) for row in first):
        remark += " Lines: 95 % intervals."
    else:
        remark += " The grid is whole, so that nothing was estimated and there are no intervals."
    if any(len(rows) > figures.MOST_BARS for rows in ranks.values()):
        remark += f" The {figures.MOST_BARS} strongest of {len(first)} factors."
    legend = tuple(Swatch(key, words, Look(colour, "solid", ""), "area") for key, words, colour in parts)
    said = "; ".join(f"{findings.title(name)}: {_strongest(findings, rows)}" for name, rows in ranks.items())
    choices = tuple((name, findings.title(name)) for name in ranks)
    tables = tuple(_index_table(findings, name, rows, parts) for name, rows in ranks.items())
    words = (remark, f"The strongest factors. {said}.")
    return as_chart("indices", chart, words, legend, tables, choices=choices, choice_words=AGAINST)


def _strongest(findings: SweepFindings, rows: list[Record]) -> str:
    """The first three by what they are ranked by."""
    decimals = 2 if findings.method != "morris" else 0 if findings.one_money else 4
    return ", ".join(f"{row['factor']} ({number(float(row[findings.ranked_by]), decimals)})" for row in rows[:3])


def _index_table(findings: SweepFindings, strategy: str, rows: list[Record], parts: figures.Parts) -> Table:
    made = tuple(
        Row(str(row["factor"]), tuple(Cell(f"{float(row[key]):,.3g}", numeric=True) for key, _, _ in parts))
        for row in rows
    )
    return Table(findings.title(strategy), ("Factor", *(words for _, words, _ in parts)), made)


def morris_chart(findings: SweepFindings) -> Chart | None:
    """Morris's plane."""
    ranks = _ranks(findings)
    if findings.method != "morris" or not ranks:
        return None
    title = f"Size and spread of the effects on the {what(findings)}"
    chart = figures.morris_plane(title, _unit(findings), ranks, list(ranks))
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


def surface_chart(findings: SweepFindings) -> Chart | None:
    """The response surface over the two strongest factors."""
    pair = surface_pair(findings)
    if pair is None:
        return None
    shown = {name: surface_of(findings, name, pair) for name in findings.first_shown()}
    shown = {name: one for name, one in shown.items() if np.isfinite(one.values).any()}
    if not shown:
        return None
    title = f"Response surface: {what(findings)} over {pair[0].name} and {pair[1].name}"
    chart = figures.surface(findings, title, shown, pair)
    first = next(iter(shown.values()))
    legend = [
        Swatch("gain", "gain", Look(OKABE_ITO[0], "solid", ""), "area"),
        Swatch("loss", "loss", Look(OKABE_ITO[1], "solid", ""), "area"),
    ]
    if first.smooth:
        legend.append(Swatch("zero", "no gain and no loss", Look(figures.ZERO_COLOUR, "solid", "")))
    choices = tuple((name, findings.title(name)) for name in shown)
    tables = tuple(surface_table(findings, name, one, pair) for name, one in shown.items())
    words = (_surface_remark(findings, first), _surface_words(findings, shown))
    return as_chart(
        "surface", chart, words, tuple(legend), tables, choices=choices, choice_words=AGAINST, switches=False
    )


def _surface_remark(findings: SweepFindings, shown: Shown) -> str:
    others = len(findings.points.factors) > 2
    if np.isnan(shown.told):
        return (
            f"Values of the grid{', averaged over the other factors' if others else ''}; lines of equal gain between."
        )
    rest = " The rest is other factors and chance." if others else ""
    return (
        f"A polynomial fitted to all points, averaged over the other factors; it tells {share(shown.told, 0)} of the "
        f"variance of points left out of the fit.{rest}"
    )


def _surface_words(findings: SweepFindings, shown: dict[str, Shown]) -> str:
    said = []
    for name, one in shown.items():
        low, high = float(np.nanmin(one.values)), float(np.nanmax(one.values))
        above = float(np.mean(one.values[np.isfinite(one.values)] > 0.0))
        said.append(f"{findings.title(name)}: from {_amount(findings, low)} to {_amount(findings, high)}, above 0 on "
                    f"{share(above, 0)} of the area")  # fmt: skip
    return f"{'; '.join(said)}."


def _amount(findings: SweepFindings, value: float) -> str:
    return money(value, findings.currency) if findings.one_money else number(value, 4)


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
