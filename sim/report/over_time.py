"""The course over time as charts with their numbers: pain and recovery, painful joints, health states, moves."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.report import figures, state_figures
from sim.report.chart import Chart, Swatch, area_swatches, as_chart, strategy_swatches
from sim.report.figure_style import Look
from sim.report.findings import Findings
from sim.report.numbers import NOTHING, Estimate, error_text, number, share
from sim.report.table import Cell, Row, Table
from sim.report.terms import SITES

if TYPE_CHECKING:
    pass

MONTHS_SHOWN = (0.0, 3.0, 6.0, 12.0, 24.0)
RIBBONS = "Ribbons span the 95 % Monte Carlo interval and are often thinner than the line."
CURVE_REMARKS = {
    "load_pain": f"Mean among those alive; 0 is no pain. {RIBBONS}",
    "symptom_free": f"Among those alive: no lesion hurts at the time. Falls when a further lesion begins. {RIBBONS}",
    "mri_normal": f"Among those alive: the scan of the first lesion is normal, which comes after the pain. {RIBBONS}",
}
STATES_REMARK = "Each patient is in one state at a time; the shares add up to all."
JOINTS_REMARK = (
    "Mean number of joints with a painful lesion, by site, among those alive. A joint is a site and a side, so two "
    "lesions in one joint count once, and somebody with two painful joints counts twice."
)
FLOWS_REMARK = (
    "Each column is one moment: entry, then the month above it. The width of a ribbon is the number of patients "
    "who move between two states, its colour that of the state they leave; what happens in between is not shown."
)
ERROR_NOTE = "In brackets: Monte Carlo standard error."


def course_charts(findings: Findings) -> list[Chart]:
    """All charts over time for which the run holds data."""
    charts = [_curve(findings, quantity) for quantity in CURVE_REMARKS if quantity in _quantities(findings)]
    if state_figures.sites_with_joints(findings):
        charts.append(_joints(findings))
    if len(findings.results.occupancy):
        charts.append(_occupancy(findings))
    if len(findings.frame("flows")):
        charts.append(_flows(findings))
    return charts


def _quantities(findings: Findings) -> set[str]:
    return set(findings.results.curves["quantity"])


def _choices(findings: Findings) -> tuple[tuple[str, str], ...]:
    first = state_figures.first_shown(findings)
    names = [first, *(name for name in findings.strategies if name != first)]
    return tuple((name, findings.title(name)) for name in names)


def _curve(findings: Findings, quantity: str) -> Chart:
    chart = figures.curve(findings, quantity)
    shares = quantity in figures.SHARES
    rows = [Row(findings.title(s), _means(findings, s, quantity, shares=shares)) for s in findings.strategies]
    table = _month_table(f"{figures.CURVES[quantity][0].removesuffix(', by strategy')}", "Strategy", rows, ERROR_NOTE)
    words = (CURVE_REMARKS[quantity], _range_in_words(findings, quantity, shares=shares))
    return as_chart(quantity.replace("_", "-"), chart, words, strategy_swatches(findings), (table,))


def _points(findings: Findings, strategy: str, quantity: str) -> list[Estimate | None]:
    """Means at the months shown; None where there is none."""
    points = [findings.points[strategy, quantity].get(month) for month in MONTHS_SHOWN]
    return [None if point is None or point.missing else point for point in points]


def _means(findings: Findings, strategy: str, quantity: str, *, shares: bool) -> tuple[Cell, ...]:
    cells = []
    for point in _points(findings, strategy, quantity):
        if point is None:
            cells.append(Cell(NOTHING, numeric=True))
        elif shares:
            cells.append(Cell(share(point.mean), error_text(100.0 * point.standard_error, 1), numeric=True))
        else:
            cells.append(Cell(number(point.mean, 3), error_text(point.standard_error, 3), numeric=True))
    return tuple(cells)


def _range_in_words(findings: Findings, quantity: str, *, shares: bool) -> str:
    """The lowest and the highest strategy at each of the months shown."""
    show: Callable[[float], str] = share if shares else lambda value: number(value, 2)
    sentences = []
    by_strategy = {name: _points(findings, name, quantity) for name in findings.strategies}
    for place, month in enumerate(MONTHS_SHOWN):
        found = {name: points[place] for name, points in by_strategy.items()}
        here = sorted((point.mean, name) for name, point in found.items() if point is not None)
        if not here:
            continue
        (low, lowest), (high, highest) = here[0], here[-1]
        when = "At entry" if month == 0.0 else f"At month {month:g}"
        if show(low) == show(high):
            sentences.append(f"{when} {show(low)} under every strategy.")
        else:
            span = f"from {show(low)} ({findings.title(lowest)}) to {show(high)} ({findings.title(highest)})"
            sentences.append(f"{when} {span}.")
    return " ".join(sentences)


def _joints(findings: Findings) -> Chart:
    sites = state_figures.sites_with_joints(findings)
    rows = []
    for strategy in findings.strategies:
        rows.append(Row(findings.title(strategy)))
        for site in sites:
            cells = _means(findings, strategy, state_figures.joint_quantity(site), shares=False)
            rows.append(Row(SITES[site].capitalize(), cells))
    table = _month_table("Painful joints per person by site", "Site", rows, ERROR_NOTE)
    first = state_figures.first_shown(findings)
    parts = []
    for site in sites:
        start = _points(findings, first, state_figures.joint_quantity(site))[0]
        if start is not None:
            parts.append(f"{SITES[site]} {number(start.mean, 2)}")
    words = f"At entry, under {findings.title(first)}, painful joints per person: {', '.join(parts)}."
    swatches = tuple(
        Swatch(site.name.lower(), SITES[site], Look(state_figures.SITE_COLOURS[site], "solid", ""), "area")
        for site in sites
    )
    return as_chart(
        "joints",
        state_figures.joints(findings),
        (JOINTS_REMARK, words),
        swatches,
        (table,),
        choices=_choices(findings),
    )


def _occupancy(findings: Findings) -> Chart:
    states = state_figures.states_of(findings.results.occupancy, "health_state", "share")
    rows, said = [], []
    for strategy in findings.strategies:
        rows.append(Row(findings.title(strategy)))
        for state in states:
            found = [findings.shares[strategy, state].get(month) for month in MONTHS_SHOWN]
            shares = [NOTHING if part is None else _share_text(part) for part in found]
            rows.append(
                Row(state_figures.state_words(state).capitalize(), tuple(Cell(x, numeric=True) for x in shares))
            )
            if strategy == state_figures.first_shown(findings):
                said.append(f"{state_figures.state_words(state)} {shares[0]} at entry, {shares[3]} at month 12")
    table = _month_table("Share of patients in each health state", "Health state", rows)
    words = f"Under {findings.title(state_figures.first_shown(findings))}: {'; '.join(said)}."
    chart = state_figures.occupancy(findings)
    swatches = area_swatches(chart)
    return as_chart("states", chart, (STATES_REMARK, words), swatches, (table,), choices=_choices(findings))


def _share_text(value: float) -> str:
    """A share that is not zero never reads as zero."""
    return "<0.1 %" if 0.0 < value < 0.0005 else share(value)


def _month_table(caption: str, first: str, rows: list[Row], note: str = "") -> Table:
    columns = (first, *("entry" if month == 0.0 else f"month {month:g}" for month in MONTHS_SHOWN))
    return Table(f"{caption}, by months since entry", columns, tuple(rows), note)


def _flows(findings: Findings) -> Chart:
    frame = findings.frame("flows")
    months = state_figures.months_of(frame)
    spans = list(zip(months, months[1:], strict=False))
    rows = []
    for strategy in findings.strategies:
        rows.append(Row(findings.title(strategy)))
        moves: dict[str, dict[tuple[float, float], int]] = {}
        for record in state_figures.flow_rows(frame[(frame["strategy"] == strategy) & (frame["patients"] > 0)]):
            heading = " to ".join(state_figures.state_words(str(record[f"{side}_state"])) for side in ("from", "to"))
            span = (float(record["from_months"]), float(record["to_months"]))
            moves.setdefault(heading, {})[span] = int(record["patients"])
        for heading, counts in moves.items():
            cells = tuple(Cell(number(counts.get(span, 0)), numeric=True) for span in spans)
            rows.append(Row(heading[0].upper() + heading[1:], cells))
    columns = ("From state to state", *(f"months {start:g} to {end:g}" for start, end in spans))
    table = Table("Patients who move from one health state to another", columns, tuple(rows))
    first = state_figures.first_shown(findings)
    found = state_figures.numbers_in_states(frame[frame["strategy"] == first], months)
    said = []
    for month in months:
        here = [f"{number(n)} {state_figures.state_words(state)}" for (at, state), n in found.items() if at == month]
        said.append(f"{'at entry' if month == 0 else f'at month {month:g}'} {', '.join(here)}")
    words = f"Under {findings.title(first)}: {'; '.join(said)}."
    states = list(dict.fromkeys([*state_figures.states_of(frame, "from_state", "patients")]))
    states += [state for state in state_figures.states_of(frame, "to_state", "patients") if state not in states]
    swatches = tuple(
        Swatch(state, state_figures.state_words(state), Look(state_figures.state_colour(state), "solid", ""), "area")
        for state in states
    )
    return as_chart(
        "flows",
        state_figures.flows(findings),
        (FLOWS_REMARK, words),
        swatches,
        (table,),
        choices=_choices(findings),
        switches=False,
    )
