"""Charts of people over time: their data, and the tables and words beside them, are those of the frames."""

from dataclasses import replace

import numpy as np
import pytest

from sim.report import state_figures
from sim.report.findings import Findings
from sim.report.over_time import course_charts
from sim.report.terms import STATES
from sim.vocabulary.enums import Site
from sim.vocabulary.events import HealthState


def traces(chart, strategy: str) -> list:
    return [trace for trace in chart.data if trace.meta["strategy"] == strategy]


def chart_named(results, name: str):
    (found,) = [chart for chart in course_charts(Findings(results)) if chart.name == name]
    return found


@pytest.mark.parametrize("strategy", ["supportive", "zoledronate"])
def test_health_states_are_stacked_to_the_whole_under_each_strategy(four, strategy):
    frame = four.occupancy[four.occupancy["strategy"] == strategy]
    areas = traces(state_figures.occupancy(Findings(four)), strategy)
    for area in areas:
        assert list(area.y) == frame[frame["health_state"] == area.legendgroup]["share"].to_list()
    assert np.allclose(np.sum([area.y for area in areas], axis=0), 1.0)
    assert {area.stackgroup for area in areas} == {strategy}, "strategies never stack on each other"


def test_only_states_that_occur_are_drawn_and_all_of_them(four):
    drawn = {trace.legendgroup for trace in state_figures.occupancy(Findings(four)).data}
    shares = four.occupancy.groupby("health_state")["share"].max()
    assert drawn == set(shares.index[shares > 0.0])


def test_every_health_state_has_words_and_a_colour_of_its_own():
    names = [state.name.lower() for state in HealthState]
    assert [*STATES] == names
    assert [*state_figures.STATE_COLOURS] == names
    assert len(set(state_figures.STATE_COLOURS.values())) == len(names)
    assert len(set(STATES.values())) == len(names)


def test_joints_are_stacked_by_site_and_sites_without_any_are_left_out(four):
    found = Findings(four)
    assert state_figures.sites_with_joints(found) == [Site.HIP, Site.KNEE]
    for area in traces(state_figures.joints(found), "later"):
        rows = four.curves[
            (four.curves["strategy"] == "later") & (four.curves["quantity"] == f"joints_{area.legendgroup}")
        ]
        assert list(area.y) == rows["mean"].to_list()


def test_a_run_without_such_frames_has_no_such_charts(older):
    assert [chart.name for chart in course_charts(Findings(older))] == [
        "load-pain",
        "symptom-free",
        "mri-normal",
        "states",
    ]


def test_what_flows_into_a_state_is_what_is_there_and_flows_on(four):
    for trace in state_figures.flows(Findings(four)).data:
        link = trace.link
        arriving, leaving = np.zeros(len(trace.node.label)), np.zeros(len(trace.node.label))
        np.add.at(arriving, list(link.target), link.value)
        np.add.at(leaving, list(link.source), link.value)
        passing = (arriving > 0) & (leaving > 0)
        assert passing.sum() == 6, "two states at each of three months between entry and the end"
        assert np.array_equal(arriving[passing], leaving[passing])
        assert leaving[arriving == 0].sum() == arriving[leaving == 0].sum() == len(four.costs["later"])


def test_the_nodes_of_a_month_lie_in_one_column_and_do_not_overlap(four):
    for trace in state_figures.flows(Findings(four)).data:
        node = trace.node
        arriving, leaving = np.zeros(len(node.label)), np.zeros(len(node.label))
        np.add.at(arriving, list(trace.link.target), trace.link.value)
        np.add.at(leaving, list(trace.link.source), trace.link.value)
        heights = np.maximum(arriving, leaving)
        heights *= (1.0 - state_figures.ROOM_BETWEEN_NODES) / len(four.costs["later"])
        places = np.array(node.x)
        assert len(np.unique(places)) == 5
        for x in np.unique(places):
            here = np.flatnonzero(places == x)
            y = np.array(node.y)[here]
            assert np.all(np.diff(y) > 0.0), "from the best state down"
            low, high = y - heights[here] / 2, y + heights[here] / 2
            assert low.min() > -1e-9
            assert high.max() < 1.0 + 1e-9
            assert np.all(low[1:] >= high[:-1] - 1e-9)


def test_small_groups_have_no_words_on_the_ribbons_but_all_have_them_at_a_touch(four):
    for trace in state_figures.flows(Findings(four)).data:
        wide, narrow = trace.meta["labels"]["wide"], trace.meta["labels"]["narrow"]
        assert "" in wide, "the dead are one in a hundred"
        assert all(label.endswith("%") for label in (*wide, *narrow) if label)
        assert all(len(label) <= len("100 %") for label in narrow)
        assert any("dead: 4 (1.0 %)" in words for words in trace.node.customdata)


def test_numbers_behind_a_curve_are_its_points_with_their_errors(four):
    (table,) = chart_named(four, "load-pain").numbers
    assert table.columns == ("Strategy", "entry", "month 3", "month 6", "month 12", "month 24")
    (row,) = [row for row in table.rows if row.heading == "Two doses"]
    points = four.curves[(four.curves["strategy"] == "two_doses") & (four.curves["quantity"] == "load_pain")]
    points = points.set_index("months_since_entry")
    for month, cell in zip((0.0, 3.0, 6.0, 12.0, 24.0), row.cells, strict=True):
        assert cell.text == f"{points['mean'][month]:.3f}"
        assert cell.error == f"{points['standard_error'][month]:.3f}"


def test_months_after_a_short_horizon_are_dashes(four):
    short = replace(
        four,
        curves=four.curves[four.curves["months_since_entry"] <= 6.0],
        occupancy=four.occupancy[four.occupancy["months_since_entry"] <= 6.0],
    )
    for name in ("load-pain", "states"):
        (table,) = chart_named(short, name).numbers
        rows = [row for row in table.rows if row.cells]
        assert all([cell.text == "–" for cell in row.cells] == [False, False, False, True, True] for row in rows)
    assert "month 12" not in chart_named(short, "load-pain").alternative


def test_moves_are_told_as_counts_that_add_up_to_all_patients(four):
    (table,) = chart_named(four, "flows").numbers
    assert table.columns[1:] == ("months 0 to 3", "months 3 to 6", "months 6 to 12", "months 12 to 24")
    strategies = [place for place, row in enumerate(table.rows) if not row.cells]
    assert [table.rows[place].heading for place in strategies] == [
        four.inputs.strategies[name].title for name in four.costs
    ]
    for start, end in zip(strategies, [*strategies[1:], len(table.rows)], strict=True):
        counts = np.array([[int(cell.text) for cell in row.cells] for row in table.rows[start + 1 : end]])
        assert counts.sum(axis=0).tolist() == [len(four.costs["later"])] * 4


def test_a_share_that_is_not_zero_never_reads_as_zero(four):
    few = four.occupancy.copy()
    dead = (few["health_state"] == "dead") & (few["months_since_entry"] == 12.0)
    few.loc[dead, "share"] = 0.0001
    (table,) = chart_named(replace(four, occupancy=few), "states").numbers
    rows = [row for row in table.rows if row.heading == "Dead"]
    assert [row.cells[3].text for row in rows] == ["<0.1 %"] * len(four.costs)
    assert rows[0].cells[2].text == "0.0 %"


def test_words_for_who_cannot_see_name_the_extremes(four):
    words = chart_named(four, "load-pain").alternative
    assert words.startswith("At entry 7.20 under every strategy. ")
    low = four.curves[(four.curves["strategy"] == "zoledronate") & (four.curves["quantity"] == "load_pain")]
    at_6 = float(low.set_index("months_since_entry")["mean"][6.0])
    assert f"At month 6 from {at_6:.2f} (Zoledronate) to" in words
