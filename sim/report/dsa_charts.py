"""The figures of a deterministic analysis with their words, legends and tables of numbers."""

from sim.report import dsa_figures as figures
from sim.report.chart import Chart, Swatch, as_chart
from sim.report.dsa_findings import GAIN, ICER, DsaFindings, Record, estimate
from sim.report.dsa_side_tables import switch_value
from sim.report.dsa_tables import heat_tables
from sim.report.figure_style import GREY, OKABE_ITO, Look, looks
from sim.report.numbers import money, number, plain
from sim.report.psa_figures import short_name
from sim.report.table import Cell, Row, Table, money_cell

TORNADO_LEGEND = (
    Swatch("low", "low end of the range", Look(figures.LOW_COLOUR, "solid", ""), "area"),
    Swatch("high", "high end of the range", Look(figures.HIGH_COLOUR, "solid", ""), "area"),
    Swatch("base", "base case", Look(GREY, "solid", "")),
)
AGAINST = "Strategy"


def tornado_charts(findings: DsaFindings) -> list[Chart]:
    """Tornado of the gain and of the ICER, one strategy at a time; those without bars are left out."""
    threshold, against = money(findings.threshold, findings.currency), findings.title(findings.comparator)
    gain = f"Tornado: net benefit gained over {against} at {threshold} per QALY, one parameter at a time"
    ratio = f"Tornado: ICER to {against}, one parameter at a time"
    kinds = (
        ("tornado", GAIN, gain, f"gain ({findings.currency} per person)"),
        ("tornado-icer", ICER, ratio, f"{findings.currency} per QALY gained"),
    )
    return [chart for kind in kinds if (chart := _tornado(findings, *kind))]


def _tornado(findings: DsaFindings, name: str, measure: str, title: str, axis: str) -> Chart | None:
    shown = [one for one in findings.first_shown() if figures.bar_rows(findings, one, measure)]
    if not shown:
        return None
    chart = figures.tornado(findings, measure, title, axis, shown)
    remark = (
        f"From the base value to the value at both ends of each parameter, the {figures.MOST_BARS} widest at most. "
        "Ends are those of the evidence, or 2.5 and 97.5 % of the law: bars say how far each could be wrong, not how "
        "probable that is. Where both ends lie on the same side the shorter bar lies upon the longer. All points see "
        "the same patients with the same luck."
    )
    if measure == ICER:
        remark += " Left out: parameters at one end of which the ICER is no cost per QALY gained."
    said = "; ".join(f"{findings.title(one)}: {_widest(figures.bar_rows(findings, one, measure))}" for one in shown)
    choices = tuple((one, findings.title(one)) for one in shown)
    tables = tuple(_bar_table(findings, one, measure) for one in shown)
    words = (remark, f"The widest bars. {said}.")
    return as_chart(name, chart, words, TORNADO_LEGEND, tables, choices=choices, choice_words=AGAINST, switches=False)


def _widest(rows: list[Record]) -> str:
    return ", ".join(
        f"{row['parameter']} ({number(float(row['at_low']))} to {number(float(row['at_high']))})" for row in rows[:3]
    )


def _bar_table(findings: DsaFindings, strategy: str, measure: str) -> Table:
    rows = tuple(
        Row(
            str(row["parameter"]),
            tuple(
                Cell(_value(row[key]) if key.endswith("_value") else number(float(row[key])), numeric=True)
                for key in ("low_value", "high_value", "at_low", "base", "at_high")
            ),
        )
        for row in figures.bar_rows(findings, strategy, measure)
    )
    heads = ("Parameter", "Low end", "High end", "At the low end", "Base case", "At the high end")
    return Table(f"{findings.title(strategy)}", heads, rows)


def _value(value: float) -> str:
    """A parameter's value to four significant digits."""
    return plain(float(f"{float(value):.4g}"))


def heat_charts(findings: DsaFindings) -> list[Chart]:
    """A heat map of each pair of parameters that was asked for."""
    pairs: dict[tuple[str, str], list[Record]] = {}
    for row in findings.rows("twoway"):
        pairs.setdefault((str(row["parameter_a"]), str(row["parameter_b"])), []).append(row)
    return [_heat_map(findings, number_, rows) for number_, rows in enumerate(pairs.values(), start=1)]


def _heat_map(findings: DsaFindings, number_: int, rows: list[Record]) -> Chart:
    style, winners = looks(findings), figures.heat_winners(findings, rows)
    title = f"Best strategy at {money(findings.threshold, findings.currency)} per QALY, two parameters together"
    legend = (
        *(Swatch(name, findings.title(name), style[name], "area") for name in winners),
        Swatch("base", "base case", Look(GREY, "solid", "x"), "point"),
    )
    remark = "The strategy with the highest net benefit at each pair of values, all others at their central values."
    grid = {(float(row["value_a"]), float(row["value_b"])): str(row["best"]) for row in rows}
    counts = [f"{findings.title(name)} at {sum(best == name for best in grid.values())}" for name in winners]
    words = f"Of {len(grid)} pairs of values: {'; '.join(counts)}."
    chart = figures.heat_map(findings, rows, title)
    return as_chart(f"heat-{number_}", chart, (remark, words), legend, heat_tables(findings, rows), switches=False)


def threshold_charts(findings: DsaFindings) -> list[Chart]:
    """The gain along each parameter of which a threshold was asked: the base case's best against the best other."""
    curves: dict[tuple[str, str], list[Record]] = {}
    for row in findings.rows("threshold_curve"):
        if row["decision"] == "best" and float(row["willingness_to_pay"]) == findings.threshold:
            curves.setdefault((str(row["parameter"]), str(row["strategy"])), []).append(row)
    return [_along(findings, number_, *key, rows) for number_, (key, rows) in enumerate(curves.items(), start=1)]


def _along(findings: DsaFindings, number_: int, parameter: str, strategy: str, rows: list[Record]) -> Chart:
    pair = f"{findings.title(strategy)} against the best of the others"
    title = f"Gain of {pair} by {short_name(parameter)}"
    remark = (
        "With its 95 % Monte Carlo ribbon, which minds that another of them may be the best in truth. The decision "
        "changes where the line crosses 0."
    )
    ends = sorted(rows, key=lambda row: float(row["value"]))
    words = " to ".join(
        f"{money(float(row['gain']), findings.currency)} at {plain(float(row['value']))}" for row in (ends[0], ends[-1])
    )
    made = tuple(
        Row(
            _value(row["value"]),
            (
                Cell(number(float(row["gain"])), numeric=True),
                Cell(" to ".join(number(float(row[f"gain_{end}"])) for end in ("low", "high"))),
                Cell(findings.title(str(row["against"]))),
            ),
        )
        for row in ends
    )
    heads = (f"{parameter} ({ends[0]['unit']})", f"Gain ({findings.currency})", "95 % interval", "Best of the others")
    table = Table(pair, heads, made, "The interval is that of chance among the simulated patients.")
    legend = (Swatch("gain", pair, Look(OKABE_ITO[0], "solid", "")),)
    return as_chart(f"along-{number_}", figures.along(findings, ends, title, pair), (remark, words), legend, (table,))


def switch_chart(findings: DsaFindings) -> Chart | None:
    """The gain under every value of every switch, one strategy at a time."""
    found = findings.rows("switches")
    by_strategy: dict[str, list[tuple[str, float, float]]] = {
        name: [("base case", findings.gain(name).mean, findings.gain(name).standard_error)] if found else []
        for name in findings.first_shown()
    }
    for row in (row for row in found if not bool(row["is_base"])):
        words = f"{str(row['switch']).replace('_', ' ')}: {switch_value(str(row['value']))}"
        by_strategy[str(row["strategy"])].append(
            (words, float(row["net_benefit_gain"]), float(row["net_benefit_gain_se"]))
        )
    shown = [name for name, rows in by_strategy.items() if rows]
    if not shown:
        return None
    threshold = money(findings.threshold, findings.currency)
    title = f"Gain at {threshold} per QALY under each structural switch"
    axis = f"gain over {findings.title(findings.comparator)} ({findings.currency} per person)"
    chart = figures.dots(title, axis, by_strategy, shown)
    remark = "Each row changes one switch of the base case. With 95 % Monte Carlo intervals; the same patients in all."
    rows = by_strategy[shown[0]]
    low, high = min(rows, key=lambda row: row[1]), max(rows, key=lambda row: row[1])
    said = (
        f"{findings.title(shown[0])}: from {money(low[1], findings.currency)} ({low[0]}) to "
        f"{money(high[1], findings.currency)} ({high[0]})."
    )
    legend = (Swatch("gain", "gain with its 95 % interval", Look(OKABE_ITO[0], "solid", "circle"), "point"),)
    choices = tuple((name, findings.title(name)) for name in shown)
    tables = tuple(_dot_table(findings, name, by_strategy[name]) for name in shown[:1])
    return as_chart(
        "switch-gains", chart, (remark, said), legend, tables, choices=choices, choice_words=AGAINST, switches=False
    )


def _dot_table(findings: DsaFindings, strategy: str, rows: list[tuple[str, float, float]]) -> Table:
    made = tuple(Row(name, (money_cell(estimate(gain, error), plus=True),)) for name, gain, error in rows)
    heads = ("Switch", f"Gain ({findings.currency})")
    return Table(f"{findings.title(strategy)}; all strategies stand in the table below", heads, made)
