"""What the report of a sweep claims: no more than the points support, and what was varied is told as varied."""

import io
import json
import tomllib

import numpy as np
import openpyxl
import pytest
from report.sweep_stand_in import CHOICES, RANGES, analysed, stored_sweep
from report.test_html import Page

from sim.analysis.response_surface import Surface
from sim.inputs.root import data_root
from sim.report import sweep_charts, sweep_surface, sweep_tables
from sim.report.numbers import number, share
from sim.report.sweep_findings import SweepFindings
from sim.report.sweep_html import sweep_report_html
from sim.report.sweep_methods import methods
from sim.report.sweep_surface import surface_of, surface_pair
from sim.report.sweep_surface_chart import surface_chart
from sim.report.sweep_varied import TOUCHED, glance
from sim.report.sweep_words import answer
from sim.report.sweep_workbook import sweep_workbook_bytes

WHO = {
    "people": 'population = "kind"\nlevels = ["adults", "hip_referral", "all_clinic", "rheumatic"]',
    "second step": 'strategy = "zoledronate.lines.1.maximum_cycles"\nlevels = [1, 2]',
}
TWO = {name: f"{words}\nsteps = 5" for name, words in list(RANGES.items())[:2]}
DESIGNS = {
    "grid": ('kind = "grid"', TWO),
    "morris": ('kind = "morris"\nsamples = 8', RANGES | {"harms": CHOICES["harms"]}),
    "latin_hypercube": ('kind = "latin_hypercube"\nsamples = 120', RANGES),
    "countries": ('kind = "grid"', TWO | CHOICES),
    "who": ('kind = "grid"', TWO | WHO),
    "few": ('kind = "saltelli"\nsamples = 4', RANGES),
    "one block": ('kind = "saltelli"\nsamples = 1', RANGES),
    "one trajectory": ('kind = "morris"\nsamples = 1', RANGES),
    "one factor": ('kind = "saltelli"\nsamples = 8', {"hazard ratio": RANGES["hazard ratio"]}),
}


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    folders = {name: stored_sweep(tmp_path_factory.mktemp(name), *given) for name, given in DESIGNS.items()}
    return {name: SweepFindings(analysed(folder)) for name, folder in folders.items()}


def content(chart):
    return json.loads(chart.data)["data"]


def test_what_differs_by_rounding_only_has_no_share_and_no_surface(findings):
    """The QALYs of vitamin D are the same at all points, but for the last bit."""
    one = findings["countries"]
    assert one.ranked("vitamin_d", "incremental_qalys") == []
    row = one.summary("vitamin_d", "incremental_qalys")
    assert (row["lowest"], row["highest"], row["above"], row["below"]) == (0.0, 0.0, 0.0, 0.0)
    assert [name for name, _ in surface_chart(one).choices] == ["zoledronate"]
    words = Page(sweep_report_html(one.analysis)).words
    assert "Without a surface, for it is level: Vitamin D." in words
    assert "Without a column, for it varies at no point: incremental QALYs." in words


def test_the_answer_gives_intervals_and_leaves_nothing_out_that_cannot_be(findings):
    """Against the frame: no share is cut at 0 or 100 %, and what contradicts itself is said."""
    one = findings["few"]
    words = " ".join(answer(one).paragraphs)
    rows = one.ranked("zoledronate")
    top = rows[0]
    low, high = share(top["total_low"], 0), share(top["total_high"], 0)
    assert f"{top['factor']} ({share(top['total'], 0)}, 95 % interval {low} to {high})" in words
    first = sum(row["first_order"] for row in rows)
    assert f"All factors one by one tell {share(first, 0)}" in words
    odd = first > 1.05 or any(row["first_order"] > row["total"] + 0.05 or row["total"] > 1.05 for row in rows)
    assert odd == ("cannot all be true" in words)
    assert "nearly independently" not in words


def test_one_factor_acts_with_no_other(findings):
    words = " ".join(answer(findings["one factor"]).paragraphs)
    assert "Only hazard ratio varies, so that all variance" in words
    assert "acting together" not in words


def test_one_block_is_too_few_and_no_refusal(findings):
    for name, what in (("one block", "block"), ("one trajectory", "trajectory")):
        words = " ".join(answer(findings[name]).paragraphs)
        assert f"one {what} of the design is too few" in words
        assert "refuses" not in words


def test_much_chance_is_said_beside_the_shares(findings, monkeypatch):
    """The gain over a grid of 5 x 5 has a known variance; errors are those of the stand-in."""
    one = findings["grid"]
    gains, errors = one.values("zoledronate"), one.points.gain_error("zoledronate")
    chance = float(np.mean(errors**2) / np.var(gains))
    assert one.chance_share("zoledronate") == pytest.approx(chance)
    assert chance < 0.2
    assert "Chance among" not in " ".join(answer(one).paragraphs)
    for share_of, said in ((0.4, "as much as 40 % of the variance"), (1.5, "all of the variance")):
        monkeypatch.setattr(SweepFindings, "chance_share", lambda self, strategy, known=share_of: known)
        assert said in " ".join(answer(one).paragraphs)
        assert said in sweep_charts.index_chart(one).remark


def test_what_a_factor_varies_is_not_told_as_if_it_held_everywhere(findings):
    one = findings["who"]
    rows = {row.heading: row.cells[0].text for row in glance(one, "100").rows}
    assert rows["Population"].startswith("Varied: people (adults, hip referral, all clinic, rheumatic). ")
    assert not rows["Setting"].startswith("Varied")
    passages = {passage.heading: passage.paragraphs[0] for passage in methods(one)}
    assert passages["People"].startswith("This sweep varies people (adults, ")
    assert passages["Strategies"].startswith("This sweep varies second step (1, 2).")
    countries = {row.heading: row.cells[0].text for row in glance(findings["countries"], "100").rows}
    assert "GBP 25,000 and GBP 35,000; EUR 20,000" in countries["Thresholds"]
    assert countries["Setting"].startswith("Varied: country (uk, nl).")
    assert countries["Switches of the model"] == "Varied: harms (true, false)."
    headings = {row.heading for row in glance(one, "100").rows}
    told = {name for _, names in TOUCHED.values() for name in names}
    assert {name for names, _ in TOUCHED.values() for name in names} <= headings
    assert told <= set(passages), "every passage that a factor may touch is there under its name"


def test_the_table_of_factors_gives_the_value_in_the_scenario_of_every_kind(findings):
    values = {
        row.heading: row.cells[-1].text
        for name in ("who", "countries")
        for row in sweep_tables.factors_table(findings[name]).rows
    }
    parameters = findings["who"].inputs.parameters
    price = parameters.quantity("setting.unit_costs.zoledronate_5mg").value
    assert float(values["price"]) == pytest.approx(price, rel=1e-3)
    assert (values["people"], values["country"], values["harms"]) == ("adults", "uk", "true")
    file = tomllib.loads((data_root() / "parameters/strategies/zoledronate.toml").read_text("utf-8"))
    assert values["second step"] == str(file["lines"][0]["maximum_cycles"])


def test_numbers_of_a_figure_are_whole_and_stand_under_their_strategy(findings):
    one = findings["morris"]
    (numbers,) = sweep_charts.index_chart(one).numbers
    told = one.ranked("zoledronate")
    assert numbers.rows[0].heading == one.title("zoledronate")
    shown = [[cell.text for cell in row.cells] for row in numbers.rows[1 : len(told) + 1]]
    assert shown == [[number(row["mu_star"]), number(row["sigma"])] for row in told]
    assert max(row["mu_star"] for row in told) > 999, "where three digits would not be enough"
    for chart in (sweep_charts.index_chart(findings["countries"]), surface_chart(findings["grid"])):
        assert len(chart.numbers) == 1
        headings = [row.heading for row in chart.numbers[0].rows if not row.cells]
        assert headings == [title for _, title in chart.choices]


def test_every_level_of_a_choice_stands_at_its_place(findings):
    chart = sweep_charts.all_points_chart(findings["who"])
    (labels,) = [trace for trace in content(chart) if trace["mode"] == "text"]
    places = dict(zip(labels["text"], labels["x"], strict=True))
    found = [places[name] for name in ("adults", "hip referral", "all clinic", "rheumatic")]
    assert found == pytest.approx([0.0, 1 / 3, 2 / 3, 1.0], abs=1e-5)


def test_units_stand_with_what_is_no_money_and_at_the_colours(findings):
    headings = [row.heading for row in sweep_tables.range_table(findings["grid"]).rows]
    assert "Difference in load pain over time (NRS-years)" in headings
    colours = next(trace["colorbar"] for trace in content(surface_chart(findings["grid"])) if "colorbar" in trace)
    assert colours["title"]["text"] == "GBP per person"


def test_lines_are_spoken_of_where_lines_are(findings):
    assert "lines of equal gain" in surface_chart(findings["grid"]).remark
    assert all(trace["type"] == "contour" for trace in content(surface_chart(findings["grid"])))
    who = surface_chart(findings["who"])
    drawn = {trace["type"] for trace in content(who)}
    assert ("contour" in drawn) == ("lines of equal gain" in who.remark)


def test_a_fitted_surface_is_blank_where_it_leaves_the_points(findings, monkeypatch):
    """A plane that is 0 at one end and three times the highest gain at the other: shown as far as gains go."""
    one = findings["latin_hypercube"]
    values = one.values("zoledronate")
    steep = Surface(1, np.array([1.5, 0.0, 1.5]) * values.max(), 0.5)
    monkeypatch.setattr(sweep_surface, "fit_surface", lambda *given: steep)
    shown = surface_of(one, "zoledronate", surface_pair(one))
    known = np.isfinite(shown.values)
    assert 0.2 < known.mean() < 0.6
    assert shown.values[known].max() <= values.max() + 0.1 * np.ptp(values)
    assert "Left blank where it goes beyond what the points support." in surface_chart(one).remark


def test_the_workbook_counts_thresholds_as_the_page_does(findings):
    book = openpyxl.load_workbook(io.BytesIO(sweep_workbook_bytes(findings["countries"].analysis)))
    cells = [[cell.value for cell in row] for row in book["Summary"].iter_rows()]
    start = next(place for place, row in enumerate(cells) if row[0] == "threshold")
    assert [row[0] for row in cells[start + 1 : start + 7]] == [1, 1, 1, 2, 2, 2]
