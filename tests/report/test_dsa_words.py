"""What a deterministic analysis says of its own sureness, in words, tables and figures, held against numbers made up.

The frames are those of a run of a few patients, with the numbers that matter written over.
"""

import json
import math
from dataclasses import replace

import pandas as pd
import pytest

from sim.experiments.dsa import DsaPlan, dsa
from sim.experiments.dsa_results import DsaResults
from sim.inputs.scenario import load_scenario
from sim.report import console, dsa_charts
from sim.report.dsa_decisions import deciding_tables, decision_words, switch_words
from sim.report.dsa_findings import DsaFindings
from sim.report.dsa_screen import dsa_tables, heading_width
from sim.report.dsa_side_tables import scenarios_table, switches_table
from sim.report.dsa_tables import base_table
from sim.report.dsa_thresholds import threshold_table, threshold_words
from sim.report.dsa_words import answer
from sim.report.numbers import number

COMPARATOR, FIRST, SECOND = STRATEGIES = ("supportive", "zoledronate", "iloprost_then_decompression")
WEAK, STRONG, SURE = PARAMETERS = (
    "treatments.zoledronate.healing.hazard_ratio",
    "utility_loss_per_pain_point_utility",
    "setting.unit_costs.iv_bisphosphonate_administration",
)
CHANGE = ["gain_over_base_case_best", "gain_over_base_case_best_se"]
CHANGE += ["gain_over_base_case_best_change", "gain_over_base_case_best_change_se"]
CHANCE = "another strategy comes out best by too little to be told from chance among the patients"


@pytest.fixture(scope="module")
def found(seed) -> DsaResults:
    scenario = load_scenario("base_case_uk", strategies=STRATEGIES, comparator=COMPARATOR)
    plan = DsaPlan(
        patients=3, parameters=PARAMETERS, thresholds=(WEAK,), scenarios=("skeptical",), grid=2, group_patients=0
    )
    return dsa(scenario, plan, seed=seed)


def with_leads(found, best, leads, frame="base"):
    """The same analysis where `best` leads over the other strategies by (lead, standard error)."""
    rows = getattr(found, frame).assign(best=best, lead_of_best=0.0, lead_of_best_se=0.0)
    for name, lead in leads.items():
        rows.loc[rows["strategy"] == name, ["lead_of_best", "lead_of_best_se"]] = lead
    return replace(found, **{frame: rows})


def with_changes(found, changes, frame="oneway", column="parameter"):
    """Where `best` of a parameter (or a switch) is another one; changes: name to gain, its error, change, its error."""
    rows = getattr(found, frame).assign(decision_changes=False, **dict.fromkeys(CHANGE, 0.0))
    for name, (*numbers, end) in changes.items():
        there = (rows[column] == name) & (rows["end" if column == "parameter" else "value"] == end)
        assert there.any()
        rows.loc[there, CHANGE] = numbers
        rows.loc[there, "decision_changes"] = True
        rows.loc[there, "best"] = COMPARATOR
    return replace(found, **{frame: rows})


@pytest.mark.parametrize(
    ("best", "leads", "words"),
    [
        (
            COMPARATOR,
            {FIRST: (44.0, 193.0), SECOND: (900.0, 100.0)},
            "Supportive care, the comparator, has the highest net benefit at GBP 25,000 per QALY, but its lead over "
            "Zoledronate, GBP 44 (standard error 193) per person, is below two standard errors",
        ),
        (
            COMPARATOR,
            {FIRST: (444.0, 193.0), SECOND: (900.0, 100.0)},
            "per QALY: GBP 444 (standard error 193) per person more than Zoledronate, the next.",
        ),
        (  # surely better than the comparator, but not than the next best
            FIRST,
            {COMPARATOR: (500.0, 100.0), SECOND: (80.0, 60.0)},
            "GBP 80 (standard error 60) per person, is below two standard errors, so that more patients are needed to "
            "tell which of the two is better. Over Supportive care, the comparator, it gains GBP 500 (standard error "
            "100).",
        ),
        (  # the next best is known well, a third one is not
            FIRST,
            {COMPARATOR: (90.0, 200.0), SECOND: (80.0, 1.0)},
            "but its lead over Supportive care, GBP 90 (standard error 200) per person, is below two standard errors",
        ),
        (FIRST, {COMPARATOR: (90.0, 200.0), SECOND: (95.0, 60.0)}, "errors, as is that over Iloprost"),
        (COMPARATOR, {FIRST: (0.0, 0.0), SECOND: (80.0, 1.0)}, "but Zoledronate has exactly the same."),
        (COMPARATOR, {FIRST: (44.0, math.nan), SECOND: (80.0, 1.0)}, "is below two standard errors"),
    ],
)
def test_the_first_paragraph_tells_the_lead_over_the_next_and_whether_it_is_sure(found, best, leads, words):
    told = answer(DsaFindings(with_leads(found, best, leads))).paragraphs[0]
    assert words in told
    assert ("more patients are needed" in told) == ("below two standard errors" in told)


def test_only_changes_of_decision_beyond_chance_are_counted_and_named_the_largest_first(found):
    changes = {  # gain there, its error, change from the base case, its error
        WEAK: (6.0, 180.0, 63.0, 185.0, "low"),
        STRONG: (840.0, 150.0, 900.0, 60.0, "high"),
        SURE: (400.0, 150.0, 460.0, 5.0, "high"),
    }
    findings = DsaFindings(with_changes(with_leads(found, FIRST, {COMPARATOR: (57.0, 15.0)}), changes))
    told = decision_words(findings)
    assert "Of the 3 parameters that were varied one at a time, 2 surely change that decision by themselves" in told
    assert f"{STRONG} and {SURE}. At an end of 1 more {CHANCE}." in told
    assert WEAK not in told
    surely, maybe = deciding_tables(findings)
    assert [row.heading for row in surely.rows] == [STRONG, SURE]
    assert [row.heading for row in maybe.rows] == [WEAK]
    shown = [[(cell.text, cell.error) for cell in table.rows[0].cells[-2:]] for table in (surely, maybe)]
    assert shown == [[("+840", "150"), ("+900", "60")], [("+6", "180"), ("+63", "185")]]


@pytest.mark.parametrize(
    ("numbers", "sure"),
    [
        ((100.0, 20.0, 120.0, 30.0), True),
        ((100.0, 60.0, 120.0, 30.0), False),  # moved for sure, but not surely behind
        ((100.0, 20.0, 120.0, 70.0), False),  # behind there, but perhaps not by the parameter
        ((100.0, 20.0, 120.0, math.nan), False),  # too few patients for an error
    ],
)
def test_a_change_is_sure_where_both_the_gain_there_and_the_way_to_it_are(found, numbers, sure):
    leads = with_leads(found, FIRST, {COMPARATOR: (20.0, 5.0), SECOND: (80.0, 1.0)})
    findings = DsaFindings(with_changes(leads, {WEAK: (*numbers, "low")}))
    told = decision_words(findings)
    assert (f"1 surely changes that decision by itself, by two standard errors or more at one end of the range or at "
            f"both: {WEAK}." in told) == sure  # fmt: skip
    assert (f"surely changes that decision. At an end of 1 of them {CHANCE}." in told) != sure
    nobody = DsaFindings(with_changes(leads, {}))
    assert "None of the 3 parameters that were varied one at a time changes that decision." in decision_words(nobody)
    assert deciding_tables(nobody) == (None, None)


def test_a_switch_that_changes_the_decision_by_chance_is_counted_apart(found):
    changes = {
        "delay_healing_correlation": (14.0, 300.0, 526.0, 444.0, "0.3"),
        "treatment_effects": (752.0, 23.0, 809.0, 146.0, "none"),
    }
    made = with_changes(with_leads(found, FIRST, {}), changes, "switches", "switch")
    told = " ".join(switch_words(DsaFindings(made)))
    assert "by two standard errors or more: treatment effects none (Supportive care). Under 1 other" in told
    assert "delay healing correlation" not in told
    bold = {row.heading for row in switches_table(DsaFindings(made)).rows if row.cells and row.cells[-1].best}
    assert bold == {"none"}
    (screen,) = (table for table in dsa_tables(made) if "Another form" in table.caption)
    last = {row.heading: row.cells[-1].text for row in screen.rows}
    assert last["treatment_effects = none"] == "supportive (changes)"
    assert last["delay_healing_correlation = 0.3"] == "supportive (may be chance)"
    del changes["treatment_effects"]
    told = switch_words(DsaFindings(with_changes(with_leads(found, FIRST, {}), changes, "switches", "switch")))
    chance = f"Under 1 value of the switches {CHANCE}."
    assert told == ["No structural switch by itself surely changes the decision.", chance]


def test_a_scenario_whose_lead_is_chance_is_told_as_such(found):
    made = with_leads(found, FIRST, {COMPARATOR: (57.0, 151.0), SECOND: (900.0, 100.0)}, "scenarios")
    told = " ".join(answer(DsaFindings(made)).paragraphs)
    assert "United Kingdom: Zoledronate (its lead is below two standard errors)" in told


def with_threshold(found, low, high, value=1.249):
    """One change of decision with this interval, and a pair whose strategy has a long name and nothing is known of."""
    row = found.threshold.iloc[0].to_dict() | {"parameter": WEAK, "decision": "best", "willingness_to_pay": 25_000.0}
    row |= {"status": "found", "threshold_value": value, "threshold_low": low, "threshold_high": high}
    row |= {"below": COMPARATOR, "above": FIRST, "strategy": FIRST, "against": COMPARATOR, "base_value": 1.5}
    pair = row | {"decision": "pair", "strategy": SECOND, "above": SECOND, "threshold_value": 1.873}
    pair |= {"threshold_low": math.nan, "threshold_high": math.nan}
    return replace(found, threshold=pd.DataFrame([row, pair], columns=found.threshold.columns))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1.1, 1.561, "1.1 to 1.561"),
        (1.2488, math.nan, "1.249 to above the range"),
        (math.nan, 1.4, "below the range to 1.4"),
        (math.nan, math.nan, "below the range to above the range"),
    ],
)
def test_an_interval_that_leaves_the_range_is_told(found, low, high, words):
    findings = DsaFindings(with_threshold(found, low, high))
    (told,) = threshold_words(findings)
    assert f"passes 1.249 (95 % interval {words}); its base value is 1.5." in told
    assert ("whether it is there at all" in told) == (math.isnan(low) and math.isnan(high))
    assert threshold_table(findings).rows[0].cells[4].text == words


def test_a_threshold_behind_a_refused_value_is_not_told_as_none(found):
    made = with_threshold(found, 1.0, 2.0)
    made = replace(made, threshold=made.threshold.assign(status="refused"))
    assert "cannot be told" in threshold_words(DsaFindings(made))[0]
    (table,) = (one for one in dsa_tables(made) if "Where the decision" in one.caption)
    assert f"The model refuses values of {WEAK}" in table.note
    assert "No decision changes" not in table.note


def test_the_terminal_cuts_nothing_off_the_table_of_thresholds(found, capsys):
    made = with_threshold(found, math.nan, math.nan)
    (table,) = (one for one in dsa_tables(made) if "Where the decision" in one.caption)
    console.print_table(table, heading_width=heading_width(table))
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines) <= console.WIDTH_OF_A_FILE
    shown = " ".join(" ".join(lines).split())
    for words in ("below the range", "to above the range", f"above {FIRST}", f"above {SECOND}", "1.249", "1.873"):
        assert words in shown
    assert sum(f"below {COMPARATOR}," in line for line in lines) == 2


def test_levels_stand_with_their_errors_and_nothing_claims_one_for_the_icer(found):
    made = replace(
        found,
        base=found.base.assign(cost=5000.0, cost_se=12.0, effect=14.5, effect_se=0.02),
        scenarios=found.scenarios.assign(cost=5000.0, cost_se=12.0, effect=14.5, effect_se=0.02),
    )
    for table in (base_table(DsaFindings(made)), scenarios_table(DsaFindings(made))):
        for row in (row for row in table.rows if row.cells):
            assert [(cell.text, cell.error) for cell in row.cells[:2]] == [("5,000", "12"), ("14.5000", "0.0200")]
        assert "An ICER has none" in table.note


def with_bars(found, ends):
    """A tornado of FIRST whose base is 100, with these gains at both ends."""
    rows = [
        row | {"strategy": FIRST, "measure": "net_benefit_gain", "base": 100.0, "rank": rank, "is_open": False}
        | {"at_low": low, "at_high": high, "width": max(low, high, 100.0) - min(low, high, 100.0), "is_clear": True}
        for rank, (row, (low, high)) in enumerate(zip(found.tornado.to_dict("records"), ends, strict=False), start=1)
    ]  # fmt: skip
    return replace(found, tornado=pd.DataFrame(rows, columns=found.tornado.columns))


def test_both_ends_of_a_bar_are_seen_where_they_lie_on_the_same_side(found):
    ends = [(400.0, 155.0), (131.0, 331.0), (-100.0, 300.0)]
    made = with_bars(with_leads(found, FIRST, {}), ends)
    chart = dsa_charts.tornado_charts(DsaFindings(made))[0]
    drawn = [one for one in json.loads(chart.data)["data"] if one["type"] == "bar"]
    seen = [
        (line, one["legendgroup"], base + length, one["width"])
        for one in drawn
        for line, base, length in zip(one["y"], one["base"], one["x"], strict=True)
    ]
    for line, (low, high) in enumerate(ends):
        here = [bar[1:] for bar in seen if bar[0] == line]
        assert {(end, at) for end, at, _ in here} == {("low", low), ("high", high)}
        if (low - 100.0) * (high - 100.0) > 0.0:  # the shorter is drawn later, that is on top, and is narrower
            assert abs(here[1][1] - 100.0) < abs(here[0][1] - 100.0)
            assert here[1][2] < here[0][2]
    assert number(400.0) in chart.alternative


def test_the_widest_bars_are_named_only_if_they_are_more_than_chance(found):
    made = with_bars(with_leads(found, FIRST, {}), [(400.0, 155.0), (131.0, 331.0), (-100.0, 300.0)])
    names = list(made.tornado["parameter"])
    unsure = replace(made, tornado=made.tornado.assign(is_clear=[False, True, False]))
    told = answer(DsaFindings(unsure)).paragraphs[1]
    assert f"The gain of Zoledronate over Supportive care depends most on {names[1]} (GBP 100 to 331)." == told
    nobody = replace(made, tornado=made.tornado.assign(is_clear=False))
    assert "No parameter by itself moves the gain of Zoledronate" in answer(DsaFindings(nobody)).paragraphs[1]
