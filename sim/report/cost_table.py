"""Costs by category as a table: those of the perspective, and those that the run knows but does not count."""

from collections.abc import Sequence
from dataclasses import replace

from sim.report.answer import joined
from sim.report.findings import COST, Findings
from sim.report.numbers import Estimate
from sim.report.table import Row, Table, in_pieces, money_cell
from sim.report.tables import ERROR_NOTE
from sim.report.terms import COSTS
from sim.valuation.outcomes import CATEGORIES

MEDICAL = CATEGORIES[:7]  # what a health service bears


def cost_tables(findings: Findings) -> list[Table]:
    """Discounted mean cost per person, a row a category of the perspective; others below if they are not zero."""
    perspective = findings.setting.perspective
    counted = [name for name in CATEGORIES if name in perspective]
    aside = [name for name in CATEGORIES if name not in perspective and _any(findings, name)]
    tables = []
    for piece in in_pieces(findings.strategies):
        rows = [_row(findings, piece, COSTS[name], f"cost_{name}_discounted") for name in counted]
        rows.append(_row(findings, piece, "All of the perspective", COST))
        if aside:
            rows.append(Row("Outside of the perspective, not in the sum"))
            rows += [_row(findings, piece, COSTS[name], f"cost_{name}_discounted") for name in aside]
        columns = ("Category", *(findings.title(name) for name in piece))
        caption = f"Mean cost per person by category, discounted, {findings.currency} {findings.setting.price_year}"
        tables.append(Table(caption, columns, tuple(rows), ERROR_NOTE))
    return tables


def _any(findings: Findings, category: str) -> bool:
    return any(_cost(findings, name, category).mean != 0.0 for name in findings.strategies)


def _cost(findings: Findings, strategy: str, category: str) -> Estimate:
    return findings.outcome(strategy, f"cost_{category}_discounted")


def _row(findings: Findings, strategies: Sequence[str], heading: str, outcome: str) -> Row:
    costs = [findings.outcome(name, outcome) for name in strategies]
    cells = [money_cell(cost) for cost in costs]
    certain = [cost.standard_error == 0.0 for cost in costs]  # the same for everybody: chance has no part in it
    cells = [replace(cell, error="") if sure else cell for cell, sure in zip(cells, certain, strict=True)]
    return Row(heading[0].upper() + heading[1:], tuple(cells))


def perspective_words(findings: Findings) -> str:
    """Whose costs count, in one or two sentences."""
    perspective = findings.setting.perspective
    left_out = [COSTS[name] for name in CATEGORIES if name not in perspective]
    beyond = [COSTS[name] for name in perspective if name not in MEDICAL]
    text = "Only what the health service and its social services bear is counted."
    if beyond:
        text = f"Counted beside medical care: {joined(beyond)}."
    return f"{text} Not counted: {joined(left_out)}." if left_out else f"{text} No category is left out."
