"""The short answer of a deterministic analysis for the terminal; the frames hold all of it."""

import re
from typing import Any

import pandas as pd

from sim.experiments.dsa_results import DsaResults
from sim.report.dsa_findings import is_clear_change
from sim.report.dsa_thresholds import ENOUGH_DIGITS, interval, short
from sim.report.numbers import Estimate, number
from sim.report.table import Cell, Row, Table, money_cell, words

TOP = 10  # bars of a tornado
WIDEST_NAME = 36  # characters of a parameter's name in a line


def dsa_tables(results: DsaResults) -> list[Table]:
    """The tables that have rows, in the order of the analysis."""
    makers = (_tornado, _thresholds, _two_way, _switches, _scenarios, _groups, _refused)
    return [table for maker in makers if (table := maker(results)) is not None]


def heading_width(table: Table) -> int:
    """The least width of the first column, so that no name is cut off."""
    return max((len(line) for row in table.rows for line in row.heading.splitlines()), default=0)


def in_lines(name: str) -> str:
    """A dotted name, broken after dots, and before a unit in brackets where it is long."""
    lines = [""]
    for part in re.findall(r"\(.+|[^.(]+\.?", name):
        if lines[-1] and len(lines[-1]) + len(part) > WIDEST_NAME:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.strip() for line in lines)


def closest(results: DsaResults) -> str:
    """The strategy whose tornado is shown: of those that are not the comparator the one with the highest gain."""
    others = results.base[results.base["strategy"] != results.base["comparator"]]
    return str(others.loc[others["net_benefit_gain"].idxmax(), "strategy"])


def _tornado(results: DsaResults) -> Table | None:
    frame = results.tornado
    if frame.empty:
        return None
    strategy = closest(results)
    bars = frame[(frame["strategy"] == strategy) & (frame["measure"] == "net_benefit_gain")]
    rows = [
        Row(
            in_lines(bar["parameter"]),
            (
                _value(bar["low_value"]),
                _value(bar["high_value"]),
                _money(bar["at_low"]),
                _money(bar["at_high"]),
                money_cell(Estimate(bar["width"], bar["width_se"])),
                Cell("yes" if bar["is_clear"] else "no"),
                Cell("yes" if bar["sign_changes"] else "no"),
            ),
        )
        for bar in bars.head(TOP).to_dict("records")
    ]
    about = _about(results)
    base = float(bars["base"].iloc[0])
    caption = (
        f"What moves the net benefit that {strategy} gains over {bars['comparator'].iloc[0]} most, "
        f"{about}; {number(base)} in the base case"
    )
    columns = ("parameter", "low", "high", "gain at low", "gain at high", "width", "clear", "turns")
    note = (
        f"The first {min(TOP, len(bars))} of {len(bars)} parameters; standard errors in brackets. Clear: wider than "
        "chance among the patients explains; turns: the gain has another sign at one end."
    )
    return Table(caption, columns, tuple(rows), note)


def _thresholds(results: DsaResults) -> Table | None:
    frame = results.threshold
    if frame.empty:
        return None
    found = frame[frame["status"] == "found"]
    rows = []
    for (decision, threshold), of_one in found.groupby(["decision", "willingness_to_pay"], sort=False):
        who = "best of all" if decision == "best" else "one strategy against another"
        rows.append(Row(f"{who}, at {number(threshold)}"))
        rows += [
            Row(
                in_lines(f"{row['parameter']} ({row['unit']})"),
                (
                    words(short(row["threshold_value"])),
                    words(interval(row).replace(" to ", "\nto ")),
                    words(f"below {row['below']},\nabove {row['above']}"),
                ),
            )
            for row in of_one.to_dict("records")
        ]
    refused = sorted(set(frame.loc[frame["status"] == "refused", "parameter"]))
    silent = sorted(set(frame["parameter"]) - set(found["parameter"]) - set(refused))
    note = "The interval is that of chance among the simulated patients; all other parameters are held."
    note += f" No decision changes within the range of {', '.join(silent)}." if silent else ""
    note += f" The model refuses values of {', '.join(refused)}: decisions may change there unseen." if refused else ""
    columns = ("parameter", "changes at", "95 % interval", "better")
    return Table(f"Where the decision changes ({_money_name(results)})", columns, tuple(rows), note)


def _two_way(results: DsaResults) -> Table | None:
    frame = results.twoway
    if frame.empty:
        return None
    rows = []
    for (first, second), pair in frame.groupby(["parameter_a", "parameter_b"], sort=False):
        points = pair.drop_duplicates(["value_a", "value_b"])
        shares = points["best"].value_counts()
        told = ", ".join(f"{name} at {count} of {len(points)}" for name, count in shares.items())
        rows.append(Row(f"{in_lines(first)} and\n{in_lines(second)}", (words(told),)))
    return Table(f"Two at a time: the best strategy, {_about(results)}", ("parameters", "best"), tuple(rows))


def _switches(results: DsaResults) -> Table | None:
    frame = results.switches
    if frame.empty:
        return None
    strategy = closest(results)
    of_one = frame[(frame["strategy"] == strategy) & ~frame["is_base"]]
    rows = [_step_row(f"{row['switch']} = {row['value']}", row) for row in of_one.to_dict("records")]
    caption = f"Another form of the model: net benefit that {strategy} gains over the comparator, {_about(results)}"
    return Table(caption, ("switch", "gain", "change", "best strategy"), tuple(rows))


def _scenarios(results: DsaResults) -> Table | None:
    frame = results.scenarios
    if frame.empty:
        return None
    rows = []
    for _, one in frame.groupby("scenario", sort=False):
        first = one.iloc[0]
        gains = one[one["strategy"] != one["comparator"]]
        top = gains.loc[gains["net_benefit_gain"].idxmax()] if len(gains) else first
        cells = (
            words(f"{first['currency']} {first['price_year']}"),
            Cell(number(first["willingness_to_pay"]), numeric=True),
            words(first["best"]),
            words(top["strategy"]),
            money_cell(Estimate(top["net_benefit_gain"], top["net_benefit_gain_se"]), plus=True),
        )
        rows.append(Row(str(first["scenario"]), cells))
    columns = ("scenario", "money", "threshold", "best", "highest gain over the comparator", "gain")
    return Table("Scenarios side by side", columns, tuple(rows))


def _groups(results: DsaResults) -> Table | None:
    frame = results.subgroup_value
    if frame.empty:
        return None
    rows = [
        Row(
            row["dimension"].replace("_", " "),
            (
                Cell(number(row["willingness_to_pay"]), numeric=True),
                words(row["best_for_all"]),
                money_cell(Estimate(row["value"], row["value_se"])),
                money_cell(Estimate(row["value_other_half"], row["value_other_half_se"])),
            ),
        )
        for row in frame.to_dict("records")
    ]
    columns = ("choice by", "threshold", "best for all", "value a person", "on the safe side")
    caption = f"What deciding by group would be worth ({_money_name(results)})"
    return Table(caption, columns, tuple(rows), "On the safe side: each half of the patients decides for the other.")


def _refused(results: DsaResults) -> Table | None:
    frame = results.refused
    if frame.empty:
        return None
    rows = tuple(
        Row(in_lines(row["parameter"]), (words(row["end"]), _value(row["value"]), words(row["reason"])))
        for row in frame.to_dict("records")
    )
    return Table("What the model refuses, because parameters would contradict each other", _REFUSED, rows)


_REFUSED = ("parameter", "end", "value", "reason")


def _step_row(heading: str, row: dict[str, Any]) -> Row:
    gain = money_cell(Estimate(row["net_benefit_gain"], row["net_benefit_gain_se"]), plus=True)
    change = money_cell(Estimate(row["change"], row["change_se"]), plus=True)
    changes = (" (changes)" if is_clear_change(row) else " (may be chance)") if row["decision_changes"] else ""
    best = Cell(row["best"] + changes)
    return Row(heading, (gain, change, best))


def _money_name(results: DsaResults) -> str:
    return results.inputs.setting.currency


def _about(results: DsaResults) -> str:
    return f"{_money_name(results)} at a threshold of {number(results.inputs.setting.thresholds[0])}"


def _money(value: float) -> Cell:
    return Cell(number(value), numeric=True)


def _value(value: float) -> Cell:
    return Cell("" if pd.isna(value) else f"{value:.{ENOUGH_DIGITS}g}", numeric=True)
