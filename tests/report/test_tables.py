"""The tables say what the frames say: dominance in words, errors beside means, nothing lost."""

import math
from dataclasses import replace

import pytest

from sim.report.findings import Findings
from sim.report.numbers import Estimate, decimals_for, money, number, signed
from sim.report.table import figure_cell, in_pieces, money_cell
from sim.report.tables import adverse_events_tables, incremental_table, net_benefit_table, outcomes_tables
from sim.valuation.outcomes import OUTCOMES


def verdicts(results) -> dict[str, str]:
    return {row.heading: row.cells[-1].text for row in incremental_table(Findings(results)).rows}


def test_strategies_stand_in_order_of_cost_with_their_verdict(four):
    table = incremental_table(Findings(four))
    assert [row.heading for row in table.rows] == ["Supportive care", "Zoledronate later", "Zoledronate", "Two doses"]
    assert verdicts(four) == {
        "Supportive care": "on the frontier: the lowest cost",
        "Zoledronate later": "dominated by a mix of other strategies (extended dominance)",
        "Zoledronate": "on the frontier",
        "Two doses": "dominated: Zoledronate costs less and gives more QALYs",
    }


def test_the_step_along_the_frontier_is_the_paired_increment_with_its_icer(four):
    (row,) = [row for row in incremental_table(Findings(four)).rows if row.heading == "Zoledronate"]
    cost, effect = (
        (four.costs["zoledronate"] - four.costs["supportive"]).mean(),
        (four.qalys["zoledronate"] - four.qalys["supportive"]).mean(),
    )
    assert row.cells[2].text == f"+{cost:,.0f}"
    assert row.cells[3].text == f"+{effect:.4f}"
    assert row.cells[4].text == f"{cost / effect:,.0f}"
    assert row.cells[2].error
    assert row.cells[3].error


def test_dominance_that_chance_could_undo_is_marked(four):
    wide = replace(four, increments=four.increments.assign(standard_error=1000.0))
    assert verdicts(wide)["Two doses"].endswith("but within two standard errors")


def test_dominance_at_exactly_equal_effect_is_said_so(four):
    equal = four.increments.copy()
    equal.loc[equal["outcome"] == "qalys_discounted", ["mean", "standard_error"]] = 0.0
    assert verdicts(replace(four, increments=equal))["Two doses"] == (
        "dominated: Zoledronate costs less and gives the same QALYs"
    )


def test_missing_neighbours_read_from_a_file_are_none(four):
    nan = four.incremental.assign(next_to=[x if isinstance(x, str) else math.nan for x in four.incremental["next_to"]])
    assert verdicts(replace(four, incremental=nan)) == verdicts(four)


def test_the_best_at_each_threshold_is_marked(four):
    table = net_benefit_table(Findings(four))
    for column in range(len(table.columns) - 1):
        assert [row.heading for row in table.rows if row.cells[column].best] == ["Zoledronate"]


def test_every_outcome_is_shown_once_or_is_zero_everywhere(four):
    (table,) = outcomes_tables(Findings(four))
    headings = [row.heading for row in table.rows]
    means = four.outcomes.set_index("strategy")
    for outcome in OUTCOMES:
        if outcome.unit != "currency":
            assert headings.count(outcome.label) == 1, outcome.name
        elif (means[outcome.name] != 0.0).any():
            label = outcome.label.removeprefix("Cost, ").removesuffix(", discounted").capitalize()
            assert headings.count(label) == 2, outcome.name


def test_counts_and_shares_are_told_per_100_patients(four):
    (table,) = outcomes_tables(Findings(four))
    means = four.outcomes.set_index("strategy").loc["zoledronate"]
    for label, name in (("Joint collapses", "collapses"), ("Started a treatment", "treated")):
        (row,) = [row for row in table.rows if row.heading == label]
        assert float(row.cells[1].text) == pytest.approx(100.0 * means[name], abs=0.051)
        assert float(row.cells[1].error) == pytest.approx(100.0 * means[f"{name}_se"], abs=0.051)


def test_what_applies_to_nobody_is_a_dash(four):
    (table,) = outcomes_tables(Findings(four))
    (row,) = [row for row in table.rows if row.heading == "First treatment to end of symptoms"]
    assert row.cells[0].text == "–"
    assert row.cells[1].error


def test_adverse_events_are_rates_with_their_counts(four):
    (table,) = adverse_events_tables(Findings(four))
    assert table.columns == ("Adverse event", "Zoledronate", "Two doses", "Zoledronate later")
    (row,) = [row for row in table.rows if row.heading == "acute phase reaction"]
    event = four.adverse_events.iloc[0]
    assert row.cells[0].text == f"{event['per_100_patients']:.1f}"
    assert row.cells[0].error == str(event["events"])


def test_no_adverse_events_give_no_table(four):
    assert adverse_events_tables(Findings(replace(four, adverse_events=four.adverse_events.iloc[:0]))) == []


def test_more_strategies_than_fit_are_continued_in_another_table():
    pieces = in_pieces([str(n) for n in range(9)], 8)
    assert [len(piece) for piece in pieces] == [5, 4]
    assert in_pieces([], 8) == []


@pytest.mark.parametrize(
    ("estimate", "text", "error"),
    [
        (Estimate(0.012345, 0.00043), "0.0123", "0.0004"),
        (Estimate(-0.0000123, 0.0000021), "−0.000012", "0.000002"),
        (Estimate(0.5, 0.0), "0.5000", "0.0000"),
        (Estimate(math.nan, math.nan), "–", ""),
    ],
)
def test_decimals_follow_the_error(estimate, text, error):
    cell = figure_cell(estimate, 4)
    assert (cell.text, cell.error) == (text, error)


@pytest.mark.parametrize(
    ("estimate", "text", "error"),
    [
        (Estimate(1234.4, 9.2), "+1,234", "9"),
        (Estimate(2299.7, 0.4), "+2,300", "<1"),
        (Estimate(17.85, 0.45), "+17.85", "0.45"),
        (Estimate(-3.2, 16.0), "−3", "16"),
        (Estimate(0.0, 0.0), "0", "0"),
    ],
)
def test_money_is_whole_unless_it_is_little_and_well_known(estimate, text, error):
    cell = money_cell(estimate, plus=True)
    assert (cell.text, cell.error) == (text, error)


def test_numbers_for_people():
    assert number(-1234.5678, 1) == "−1,234.6"
    assert number(-0.0001, 2) == "0.00"
    assert number(math.inf) == "infinite"
    assert money(1234.4, "GBP") == "GBP 1,234"
    assert money(1.5, "EUR") == "EUR 1.50"
    assert signed("0.00") == "0.00"
    assert [decimals_for(error, 2) for error in (0.0, 3.0, 0.02, 0.0004, math.nan)] == [2, 2, 2, 4, 2]
