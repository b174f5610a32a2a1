"""The tables of what is put side by side: structural switches, scenarios, groups that decide for themselves."""

from typing import Any

from sim.report.dsa_findings import DsaFindings, Record, estimate, is_clear_change
from sim.report.dsa_tables import LEVEL_NOTE, icer_cell, level_cells
from sim.report.numbers import NOTHING, money, number, share
from sim.report.subgroups import DIMENSIONS, group_words
from sim.report.table import Cell, Row, Table, figure_cell, money_cell, words
from sim.report.tables import ERROR_NOTE


def switches_table(findings: DsaFindings) -> Table | None:
    """Every value of every structural switch: the gain of each strategy and who is best."""
    by_key: dict[tuple[str, str], dict[str, Record]] = {}
    for row in (row for row in findings.rows("switches") if not bool(row["is_base"])):
        by_key.setdefault((str(row["switch"]), str(row["value"])), {})[str(row["strategy"])] = row
    base = (money_cell(findings.gain(name), plus=True) for name in findings.others)
    rows = [Row("base case", (*base, Cell(findings.title(findings.best))))] if by_key else []
    for switch in dict.fromkeys(switch for switch, _ in by_key):
        rows.append(Row(switch.replace("_", " ")))
        for (other, value), found in by_key.items():
            if other == switch:
                first = next(iter(found.values()))
                best = Cell(
                    findings.title(str(first["best"])), best=bool(first["decision_changes"]) and is_clear_change(first)
                )
                cells = [_gain_cell(found.get(name)) for name in findings.others]
                rows.append(Row(switch_value(value), (*cells, best)))
    columns = ("Value", *(findings.title(name) for name in findings.others), "Best")
    note = (
        f"Net benefit gained at {money(findings.threshold, findings.currency)} per QALY, {findings.currency} per "
        f"person. Bold: another decision than in the base case, by two standard errors or more. {ERROR_NOTE}"
    )
    return Table("Structural switches, one at a time", columns, tuple(rows), note) if rows else None


def switch_value(value: str) -> str:
    """A value of a switch as people read it."""
    return {"true": "on", "false": "off"}.get(value.lower(), value.replace("_", " "))


def _gain_cell(row: Record | None) -> Cell:
    if row is None:
        return Cell(NOTHING, numeric=True)
    return money_cell(estimate(row["net_benefit_gain"], row["net_benefit_gain_se"]), plus=True)


def scenarios_table(findings: DsaFindings) -> Table | None:
    """Scenarios beside each other, each in its own money and against its own comparator."""
    rows: list[Row] = []
    found = findings.rows("scenarios")
    for scenario in dict.fromkeys(str(row["scenario"]) for row in found):
        here = [row for row in found if row["scenario"] == scenario]
        at = money(float(here[0]["willingness_to_pay"]), str(here[0]["currency"]))
        rows.append(Row(f"{here[0]['title']} ({at} per QALY, prices of {here[0]['price_year']})"))
        rows += [_scenario_row(findings, row) for row in here]
    columns = ("Scenario and strategy", "Cost", "QALYs", "Net benefit gained", "ICER to the comparator")
    note = f"Bold: the highest net benefit of its scenario. {LEVEL_NOTE}"
    return Table("Scenarios side by side", columns, tuple(rows), note) if rows else None


def _scenario_row(findings: DsaFindings, row: Record) -> Row:
    name, best = str(row["strategy"]), row["best"] == row["strategy"]
    gain = money_cell(estimate(row["net_benefit_gain"], row["net_benefit_gain_se"]), plus=True, best=best)
    last = (Cell("comparator", best=best), Cell("")) if name == row["comparator"] else (gain, icer_cell(row))
    known = findings.inputs.strategies
    return Row(known[name].title if name in known else name.replace("_", " "), (*level_cells(row), *last))


def group_tables(findings: DsaFindings) -> list[Table]:
    """What it is worth to decide for each group by itself, and what would be chosen."""
    values = [
        Row(
            _dimension(row["dimension"]),
            (
                Cell(number(float(row["groups"])), numeric=True),
                Cell(money(float(row["willingness_to_pay"]), findings.currency), numeric=True),
                words(findings.title(str(row["best_for_all"]))),
                figure_cell(estimate(row["value"], row["value_se"]), 2),
                figure_cell(estimate(row["value_other_half"], row["value_other_half_se"]), 2, plus=True),
            ),
        )
        for row in findings.rows("subgroup_value")
    ]
    choices: list[Row] = []
    found = findings.rows("subgroup_choice")
    for key in dict.fromkeys(_question(row) for row in found):
        choices.append(Row(f"{_dimension(key[0])}, at {money(key[1], findings.currency)} per QALY"))
        choices += [_choice_row(findings, row) for row in found if _question(row) == key]
    tables = []
    if values:
        halves = "chosen in one half, valued in the other"
        heads = ("Decide by", "Groups", "per QALY", "One strategy for all", "Value", halves)
        note = (
            "The first value is never negative and somewhat too high, because the best of each group is chosen from "
            "the numbers that value it; the second is free of that. In brackets: Monte Carlo standard error."
        )
        caption = f"Value of deciding for each group by itself, {findings.currency} per person"
        tables.append(Table(caption, heads, tuple(values), note))
    if choices:
        gain = f"Gain from choosing so ({findings.currency} per person in it)"
        columns = ("Group", "Share", "Best in the group", gain)
        tables.append(Table("What would be chosen in each group", columns, tuple(choices), ERROR_NOTE))
    return tables


def _choice_row(findings: DsaFindings, row: Record) -> Row:
    other = row["best"] != row["best_for_all"]
    cells = (
        Cell(share(float(row["share"])), numeric=True),
        Cell(findings.title(str(row["best"])), best=other),
        money_cell(estimate(row["gain"], row["gain_se"])),
    )
    return Row(_group(row["group"]), cells)


def _question(row: Record) -> tuple[str, float]:
    return str(row["dimension"]), float(row["willingness_to_pay"])


def _dimension(name: Any) -> str:
    return DIMENSIONS.get(str(name), str(name).replace("_", " ").capitalize())


def _group(name: Any) -> str:
    return ", ".join(group_words(part.strip()) for part in str(name).split(","))
