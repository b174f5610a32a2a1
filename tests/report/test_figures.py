"""The data in the figures are those of the frames."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import plotly.graph_objects as go
import pytest

from sim.report import figures
from sim.report.comparison import cost_charts
from sim.report.figure_labels import Point, label_positions
from sim.report.figure_style import GREY, SYMBOL_PATHS, SYMBOLS, looks
from sim.report.findings import Findings
from sim.valuation.outcomes import CATEGORIES
from sim.vocabulary.slots import STRATEGIES


def trace(chart: go.Figure, name: str) -> go.Scatter:
    (found,) = [trace for trace in chart.data if trace.name == name]
    return found


def test_points_and_crosses_of_the_plane_are_the_increments(four):
    chart = figures.plane(Findings(four))
    increments = four.increments.set_index(["strategy", "comparator", "outcome"])
    for name in ("zoledronate", "two_doses", "later"):
        point = trace(chart, four.inputs.strategies[name].title)
        for axis, error, outcome in (("x", "error_x", "qalys_discounted"), ("y", "error_y", "cost_discounted")):
            row = increments.loc[(name, "supportive", outcome)]
            assert point[axis][0] == row["mean"]
            assert point[error].array[0] == pytest.approx(1.96 * row["standard_error"])
    comparator = trace(chart, "Supportive care")
    assert (comparator.x[0], comparator.y[0]) == (0.0, 0.0)


def test_threshold_lines_pass_through_the_comparator_with_the_thresholds_slope(four):
    chart = figures.plane(Findings(four))
    for threshold in four.inputs.setting.thresholds:
        line = trace(chart, f"GBP {threshold:,.0f} per QALY")
        assert np.allclose(np.array(line.y), threshold * np.array(line.x))
        assert line.x[0] < 0.0 < line.x[1]
        low, high = chart.layout.yaxis.range
        assert low - 1e-6 <= min(line.y) < max(line.y) <= high + 1e-6


@pytest.mark.parametrize("quantity", ["load_pain", "symptom_free", "mri_normal"])
def test_lines_and_ribbons_are_means_and_their_errors(four, quantity):
    chart = figures.curve(Findings(four), quantity)
    frame = four.curves[four.curves["quantity"] == quantity]
    for name in four.costs:
        rows = frame[frame["strategy"] == name]
        line = trace(chart, four.inputs.strategies[name].title)
        assert list(line.x) == rows["months_since_entry"].to_list()
        assert list(line.y) == rows["mean"].to_list()
        ribbon = trace(chart, f"{four.inputs.strategies[name].title}, 95 % Monte Carlo")
        high, low = np.split(np.array(ribbon.y), 2)
        most = 10.0 if quantity == "load_pain" else 1.0
        assert np.allclose(high, np.minimum(rows["mean"] + 1.96 * rows["standard_error"], most))
        assert np.allclose(low[::-1], np.maximum(rows["mean"] - 1.96 * rows["standard_error"], 0.0))


def test_bars_are_the_costs_of_the_perspective_and_their_total_stands_at_the_end(four):
    findings = Findings(four)
    chart = figures.costs_by_category(findings)
    bars = [trace for trace in chart.data if trace.type == "bar"]
    assert [bar.legendgroup for bar in bars] == list(four.inputs.setting.perspective)
    outcomes = four.outcomes.set_index("strategy")
    for bar in bars:
        assert list(bar.x) == outcomes[f"cost_{bar.legendgroup}_discounted"].loc[list(four.costs)].to_list()
        assert list(bar.customdata) == [four.inputs.strategies[name].title for name in four.costs]
    totals = trace(chart, "total")
    for name, text in zip(four.costs, totals.text, strict=True):
        cost = outcomes["cost_discounted"][name]
        assert text == f"{four.inputs.strategies[name].title}: GBP {cost:,.0f}"


def test_costs_of_other_diseases_are_left_out_of_the_bars_where_they_leave_no_room_and_it_is_said(four):
    setting = four.inputs.setting.model_copy(update={"perspective": CATEGORIES})
    few = replace(four, inputs=replace(four.inputs, setting=setting))
    assert figures.left_out_of_bars(Findings(few)) == []
    outcomes = four.outcomes.assign(
        cost_unrelated_medical_discounted=9000.0, cost_discounted=four.outcomes["cost_discounted"] + 9000.0
    )
    found = Findings(replace(few, outcomes=outcomes))
    bars = [trace for trace in figures.costs_by_category(found).data if trace.type == "bar"]
    assert "unrelated_medical" not in [bar.legendgroup for bar in bars]
    cost = four.outcomes.set_index("strategy")["cost_discounted"]["later"]
    words = trace(figures.costs_by_category(found), "total").text
    assert f"Zoledronate later: GBP {cost:,.0f} of {cost + 9000.0:,.0f}" in words
    (chart,) = cost_charts(found)
    assert "medical costs of other diseases" in chart.remark
    assert "medical costs of other diseases" not in cost_charts(Findings(four))[0].remark


def test_hatched_bars_have_hatched_entries_in_the_legend(four):
    setting = four.inputs.setting.model_copy(update={"perspective": CATEGORIES})
    costly = four.outcomes.assign(**{f"cost_{name}_discounted": 10.0 for name in CATEGORIES})
    (chart,) = cost_charts(Findings(replace(four, outcomes=costly, inputs=replace(four.inputs, setting=setting))))
    looks_of = [(swatch.look.colour, swatch.kind) for swatch in chart.legend]
    assert len(set(looks_of)) == len(CATEGORIES)


@pytest.mark.parametrize("draw", [figures.plane, figures.costs_by_category, lambda f: figures.curve(f, "load_pain")])
def test_every_chart_has_a_title_axis_titles_and_no_zoom(four, draw):
    layout = draw(Findings(four)).layout
    assert layout.title.text
    assert layout.xaxis.title.text
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange


def test_each_strategy_looks_the_same_everywhere_and_unlike_the_others(four):
    findings = Findings(four)
    style = looks(findings)
    assert len(set(style.values())) == len(style)
    assert style["supportive"].colour == GREY
    for chart in (figures.curve(findings, "load_pain"), figures.curve(findings, "mri_normal")):
        for name, look in style.items():
            assert trace(chart, four.inputs.strategies[name].title).line.color == look.colour


def test_every_symbol_can_be_drawn_in_the_legend():
    assert {*SYMBOLS, "circle-open"} <= set(SYMBOL_PATHS)


def test_names_beside_points_that_lie_close_do_not_cover_each_other():
    points = [Point(f"strategy number {n}", 0.5 + 0.001 * n, 0.5 + 0.001 * n, 0.5, 0.5) for n in range(4)]
    assert len(set(label_positions(points, [0.0, 1.0], [0.0, 1.0]))) == 4


def test_of_two_names_side_by_side_the_upper_point_has_the_upper_one():
    """Whichever comes first in the list."""
    lower, upper = Point("Supportive care", 0.1, 0.1, 0.3, 0.3), Point("Vitamin D", 0.1, 0.1, 0.32, 0.32)
    assert label_positions([lower, upper], [0.0, 1.0], [0.0, 1.0]) == ["bottom right", "top right"]
    assert label_positions([upper, lower], [0.0, 1.0], [0.0, 1.0]) == ["top right", "bottom right"]


def test_names_at_the_right_edge_go_to_the_left():
    (position,) = label_positions([Point("a rather long name", 0.98, 0.98, 0.5, 0.5)], [0.0, 1.0], [0.0, 1.0])
    assert position.endswith("left")


def test_what_looks_like_mark_up_in_a_title_is_shown_as_it_stands(four):
    strategies = dict(four.inputs.strategies)
    strategies["later"] = strategies["later"].model_copy(update={"title": "A <b>bold</b> & wide one"})
    findings = Findings(four)
    findings.inputs = type(four.inputs)(**{**vars(four.inputs), "strategies": strategies})
    names = [trace.name for trace in figures.plane(findings).data]
    assert "A &lt;b&gt;bold&lt;/b&gt; &amp; wide one" in names


def test_one_patient_without_errors_still_gives_finite_axes(four):
    findings = Findings(four)
    findings._increments = {key: type(e)(e.mean, float("nan")) for key, e in findings._increments.items()}
    chart = figures.plane(findings)
    assert np.all(np.isfinite([*chart.layout.xaxis.range, *chart.layout.yaxis.range]))


def test_as_many_strategies_as_the_records_hold_all_look_different():
    names = [f"strategy_{number}" for number in range(STRATEGIES)]
    many = SimpleNamespace(comparator=names[0], others=names[1:], strategies=names)
    style = looks(many)
    assert len({(look.colour, look.dash) for look in style.values()}) == STRATEGIES
