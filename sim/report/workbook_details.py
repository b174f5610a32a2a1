"""The sheets of the workbook that go into detail: outcomes, costs, curves, parameters, sources."""

import math
from typing import Any

from sim.inputs.listing import list_parameters
from sim.report import workbook_charts as charts
from sim.report.findings import Findings
from sim.report.sheet import Column, Formatted, Sheet, Styles
from sim.report.subject import Subject
from sim.valuation.outcomes import CATEGORIES, LABELS, OUTCOMES

CHANCE = "Standard errors are those of chance (Monte Carlo), not of the parameters."
LONG, SHORT = 40, 16  # width of a column of running text, and of one of a few words
KINDS = {"QALYs": "qalys", "years": "number", "NRS-years": "number", "share": "share", "count": "qalys"}


def money_words(subject: Subject) -> str:
    """For instance `GBP, prices of 2024/25`."""
    return f"{subject.currency}, prices of {subject.setting.price_year}"


def _twice(findings: Findings, kind: str) -> list[Column]:
    """A column of means a strategy, then one of standard errors each."""
    titles = [findings.title(name) for name in findings.strategies]
    return [Column(title, kind) for title in titles] + [Column(f"{title}, standard error", kind) for title in titles]


def outcomes(book: Any, styles: Styles, findings: Findings) -> None:
    """Every outcome but costs: a row an outcome, with its median where it is a time."""
    note = f"Means per person; times among those who have them, with medians. {CHANCE}"
    sheet = Sheet(book, styles, "Outcomes", "Outcomes", note)
    columns = [Column("Outcome"), Column("Name in tables"), Column("Unit"), *_twice(findings, "number")]
    rows: list[list[Any]] = []
    for outcome in OUTCOMES:
        if outcome.unit == "currency":
            continue
        kind = KINDS.get(outcome.unit, "number")
        estimates = [findings.outcome(name, outcome.name) for name in findings.strategies]
        numbers = [one.mean for one in estimates] + [one.standard_error for one in estimates]
        rows.append([outcome.label, outcome.name, outcome.unit, *(Formatted(number, kind) for number in numbers)])
        median = f"{outcome.name}_median"
        medians = [findings.number(name, median) for name in findings.strategies]
        if not all(math.isnan(number) for number in medians):
            rows.append([f"{outcome.label}, median", median, outcome.unit, *medians, *(None for _ in medians)])
    sheet.filtered(sheet.table(columns, rows), len(columns))
    sheet.close()


def costs(book: Any, styles: Styles, findings: Findings) -> None:
    """Costs by category, discounted and not, and the discounted ones of the perspective as stacked bars."""
    note = f"Mean per person; money in {money_words(findings)}. {CHANCE}"
    sheet = Sheet(book, styles, "Costs", "Costs by category", note)
    columns = [Column("Category"), Column("Discounted"), Column("In the perspective"), *_twice(findings, "money")]
    perspective = findings.setting.perspective
    counted = [name for name in CATEGORIES if name in perspective]
    aside = [name for name in CATEGORIES if name not in perspective]
    rows: list[list[Any]] = []
    for suffix, discounted in (("_discounted", True), ("", False)):
        for name in (*counted, *aside, None):  # None: the sum over the perspective
            outcome = f"cost{suffix}" if name is None else f"cost_{name}{suffix}"
            estimates = [findings.outcome(strategy, outcome) for strategy in findings.strategies]
            numbers = [one.mean for one in estimates] + [one.standard_error for one in estimates]
            rows.append([_category_words(name), discounted, name is None or name in perspective, *numbers])
    place = sheet.table(columns, rows)
    sheet.filtered(place, len(columns))
    shown = [number for number, row in enumerate(rows[: len(counted)]) if any(row[3 : 3 + len(findings.strategies)])]
    sheet.chart(charts.cost_bars(book, findings, place, shown))
    sheet.close()


def _category_words(name: str | None) -> str:
    return "All of the perspective" if name is None else LABELS[f"cost_{name}"].removeprefix("Cost, ").capitalize()


def curves(book: Any, styles: Styles, findings: Findings) -> None:
    """Every curve on its grid: a row a quantity and month, and mean load pain as a chart."""
    note = f"Means and shares of those alive, by months since entry. {CHANCE}"
    sheet = Sheet(book, styles, "Curves", "Curves over time", note)
    columns = [Column("Quantity"), Column("Months since entry", "plain"), *_twice(findings, "number")]
    frame = findings.results.curves
    by_key = frame.set_index(["quantity", "strategy", "months_since_entry"])[["mean", "standard_error"]]
    cells = {key: tuple(row) for key, row in zip(by_key.index, by_key.to_numpy(), strict=True)}
    months = [float(month) for month in dict.fromkeys(frame["months_since_entry"])]
    rows: list[list[Any]] = []
    quantities = [str(quantity) for quantity in dict.fromkeys(frame["quantity"])]
    for quantity in quantities:
        for month in months:
            points = [cells[quantity, name, month] for name in findings.strategies]
            rows.append([quantity, month, *(mean for mean, _ in points), *(error for _, error in points)])
    place = sheet.table(columns, rows, frozen_columns=2)
    sheet.filtered(place, len(columns))
    first = quantities.index("load_pain") * len(months)
    chart = charts.pain_curve(book, findings, place, first, first + len(months) - 1)
    sheet.sheet.insert_chart(place.first_row - 1, len(columns) + 1, chart)
    sheet.close()


def parameters(book: Any, styles: Styles, subject: Subject) -> None:
    """Every parameter with value, unit, distribution, range, status, source and reference in full."""
    note = "Values of this run. Status says whether a value is published, derived, elicited or an assumption."
    sheet = Sheet(book, styles, "Parameters", "Parameters", note)
    columns = [Column("Name"), Column("Value", "plain"), Column("Unit"), Column("Distribution")]
    columns += [Column("Low", "plain"), Column("High", "plain"), Column("Status"), Column("Source")]
    columns += [Column(heading, "line", LONG) for heading in ("Where", "Reference", "Note or reason", "File")]
    inputs = subject.inputs
    rows = []
    for row in list_parameters(inputs):
        quantity = inputs.parameters.quantity(row.name)
        value = row.value if quantity.is_list else quantity.value
        references = " ".join(inputs.sources[key].reference for key in quantity.source)
        spread = (row.distribution, quantity.low, quantity.high, row.status, row.source, row.where, references)
        rows.append((row.name, value, row.unit, *spread, row.note, row.file))
    sheet.filtered(sheet.table(columns, rows), len(columns))
    sheet.close()


def sources(book: Any, styles: Styles, subject: Subject) -> None:
    """Every source, whether a parameter of this run rests on it or not."""
    note = "A parameter names its sources by key."
    sheet = Sheet(book, styles, "Sources", "Sources", note)
    keys = ("authors", "year", "title", "journal", "volume_pages", "doi", "pmid", "seen_at", "note")
    wide = ("authors", "title", "journal", "seen_at", "note")
    columns = [Column("Key")]
    columns += [Column(key.replace("_", " ").capitalize(), "line", LONG if key in wide else SHORT) for key in keys]
    rows = []
    for key, source in sorted(subject.inputs.sources.items()):
        values = [getattr(source, name) for name in keys]
        rows.append([key, *("" if value is None else str(value) for value in values)])
    sheet.filtered(sheet.table(columns, rows), len(columns))
    sheet.close()
