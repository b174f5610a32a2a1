"""The report of a sweep: its figures, tables and words are those of the points, whatever the design."""

import io
import json
import re

import numpy as np
import openpyxl
import pytest
from report.sweep_stand_in import CHOICES, RANGES, analysed, stored_sweep
from report.test_html import Page
from report.test_workbook import REFERENCE, parts, table

from sim.report import sweep_charts, sweep_point_tables, sweep_tables
from sim.report.numbers import money, number, share
from sim.report.stored import write_any_report
from sim.report.sweep_findings import SweepFindings
from sim.report.sweep_html import sweep_report_html
from sim.report.sweep_surface import surface_of, surface_pair
from sim.report.sweep_words import answer
from sim.report.sweep_workbook import sweep_workbook_bytes

OWN_CELLS = re.compile(r"(?:'[A-Z][\w -]*'|[A-Z]\w*)!\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?")
STEPS = {name: f"{words}\nsteps = 5" for name, words in RANGES.items()}
TWO = dict(list(STEPS.items())[:2])
DESIGNS = {
    "grid": ('kind = "grid"', TWO, ()),
    "saltelli": ('kind = "saltelli"\nsamples = 32\nsecond_order = true', RANGES | {"harms": CHOICES["harms"]}, (17,)),
    "morris": ('kind = "morris"\nsamples = 8', RANGES | {"harms": CHOICES["harms"]}, (3,)),
    "latin_hypercube": ('kind = "latin_hypercube"\nsamples = 120', RANGES, ()),
    "sobol": ('kind = "sobol"\nsamples = 64', RANGES, ()),
    "countries": ('kind = "grid"', TWO | CHOICES, ()),
    "refused": ('kind = "grid"', TWO, tuple(range(25))),
    "one": ('kind = "grid"', {"price": STEPS["price"]}, ()),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {name: stored_sweep(tmp_path_factory.mktemp(name), *given) for name, given in DESIGNS.items()}


@pytest.fixture(scope="module")
def analyses(folders):
    return {name: analysed(folder) for name, folder in folders.items()}


@pytest.fixture(scope="module")
def findings(analyses):
    return {name: SweepFindings(analysis) for name, analysis in analyses.items()}


@pytest.fixture(scope="module")
def pages(analyses):
    return {name: Page(sweep_report_html(analysis)) for name, analysis in analyses.items()}


def content(chart):
    return json.loads(chart.data)["data"]


def charts_of(page):
    return [chart["id"] for chart in page.all("div") if "chart" in chart.get("class", "").split()]


@pytest.mark.parametrize("name", DESIGNS)
def test_the_page_is_well_formed_and_no_two_things_have_one_name(pages, name):
    page = pages[name]
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {link["href"][1:] for link in page.all("a") if link.get("href", "").startswith("#")}
    assert links <= set(ids)
    assert not re.search(r"\b(nan|NaN|inf|array\(|None,)\b", page.words)


def test_every_design_has_the_figures_that_it_can_have(pages):
    assert {name: charts_of(page) for name, page in pages.items()} == {
        "grid": ["winners", "indices", "surface", "all-points"],
        "saltelli": ["winners", "indices", "surface", "all-points"],
        "morris": ["indices", "morris", "all-points"],  # eight trajectories support no surface
        "latin_hypercube": ["winners", "indices", "surface", "all-points"],
        "sobol": ["winners", "indices", "surface", "all-points"],
        "countries": ["indices", "surface", "all-points"],
        "refused": [],
        "one": ["indices"],
    }


@pytest.mark.parametrize("name", ["saltelli", "morris", "sobol", "grid"])
def test_the_bars_are_those_of_the_frame_with_their_intervals(findings, name):
    one = findings[name]
    chart = sweep_charts.index_chart(one)
    seen = 0
    for trace in (trace for trace in content(chart) if trace["type"] == "bar"):
        column, rows = trace["legendgroup"], one.ranked(trace["meta"]["strategy"])
        assert trace["x"] == pytest.approx([row[column] for row in rows], rel=1e-5, abs=1e-9)
        high = [max(row[f"{column}_high"] - row[column], 0.0) for row in rows]
        assert trace["error_x"]["array"] == pytest.approx(np.nan_to_num(high), rel=1e-4, abs=1e-9)
        seen += len(rows)
    assert seen > 0
    ranks = [row[one.ranked_by] for row in one.ranked("zoledronate")]
    assert ranks == sorted(ranks, reverse=True)


def test_factors_that_do_nothing_come_last_and_the_strongest_first(findings):
    """The gain rises by some 1,500 with the hazard ratio, falls by 600 with the price; the other two do nothing."""
    for name in ("saltelli", "morris"):
        order = [row["factor"] for row in findings[name].ranked("zoledronate")]
        assert order[:2] == ["hazard ratio", "price"]
        assert {"utility <loss>", "harms"} == set(order[2:])


def test_the_surface_of_a_grid_holds_its_values(findings, analyses):
    one, points = findings["grid"], analyses["grid"].points
    pair = surface_pair(one)
    shown = surface_of(one, "zoledronate", pair)
    gains = {
        (float(row[pair[0].name]), float(row[pair[1].name])): gain
        for (_, row), gain in zip(points.design.iterrows(), points.gain("zoledronate"), strict=True)
    }
    assert len(gains) == len(shown.x) * len(shown.y)
    for (x, y), gain in gains.items():
        assert shown.values[shown.y.index(y), shown.x.index(x)] == pytest.approx(gain)


def test_a_fitted_surface_is_the_function_behind_the_points(findings):
    """The gain is a product of straight lines in the units of both factors, which a polynomial holds exactly."""
    one = findings["latin_hypercube"]
    pair = surface_pair(one)
    assert [factor.name for factor in pair] == ["hazard ratio", "price"]
    shown = surface_of(one, "zoledronate", pair)
    assert shown.told == pytest.approx(1.0, abs=1e-6)
    ratio = np.log(np.array(shown.x) / 0.8) / np.log(2.8 / 0.8)
    price = np.array(shown.y)[:, None] / 600.0
    truth = 25_000.0 * (0.06 * ratio - 0.005 + 0.01 * ratio * price) - (300.0 + 600.0 * price)
    np.testing.assert_allclose(shown.values, truth, atol=20.0)  # the design ends a little inside of its ranges


def test_lines_of_all_points_have_a_vertex_on_every_axis(findings):
    one = findings["sobol"]
    chart = sweep_charts.all_points_chart(one)
    lines = [trace for trace in content(chart) if trace["mode"] == "lines" and trace.get("legendgroup")]
    axes = len(one.points.factors) + 1
    assert sum(trace["x"].count(None) for trace in lines) == 64
    for trace in lines:
        kept = [value for value in trace["x"] if value is not None]
        assert len(kept) == trace["x"].count(None) * axes
        assert min(kept) >= 0.0
        assert max(kept) <= 1.0


def test_winners_are_counted_as_the_points_say(findings, analyses):
    one, points = findings["grid"], analyses["grid"].points
    gains = np.column_stack([np.zeros(25), points.gain("zoledronate"), points.gain("vitamin_d")])
    shares = [share(float(np.mean(gains.argmax(axis=1) == place))) for place in range(3)]
    made = sweep_tables.winners_table(one)
    assert [row.cells[0].text for row in made.rows] == shares
    shown = {trace["legendgroup"]: len(trace["x"]) for trace in content(sweep_charts.winners_chart(one))}
    assert sum(shown.values()) == 25


def test_the_answer_says_how_far_the_gain_goes_and_what_was_refused(findings, analyses):
    words = " ".join(answer(findings["saltelli"]).paragraphs)
    gains = analyses["saltelli"].points.gain("zoledronate")
    assert money(float(np.nanmin(gains)), "GBP") in words
    assert money(float(np.nanmax(gains)), "GBP") in words
    assert "The model refuses 1 of 320 points. 1 of 32 blocks" in words
    assert answer(findings["saltelli"]).question == "What decides?"
    assert "The model refuses every point" in " ".join(answer(findings["refused"]).paragraphs)


def test_refused_points_are_listed_with_their_reason(findings):
    made = sweep_point_tables.refused_table(findings["saltelli"])
    assert [(row.heading[:19], row.cells[0].text, row.cells[1].text) for row in made.rows] == [
        ("entry_pain_mean_nrs", "1", "17")
    ]


def test_countries_with_their_own_money_share_no_amount(findings, pages):
    one = findings["countries"]
    assert one.measure == "incremental_qalys"
    assert "Settings have different money" in pages["countries"].words
    made = sweep_tables.range_table(one)
    headings = [row.heading for row in made.rows]
    assert any("GBP 25,000" in heading for heading in headings)
    assert any("EUR" in heading for heading in headings)


def test_a_sweep_with_draws_shows_means_over_them(tmp_path):
    folder = stored_sweep(tmp_path, 'kind = "grid"', TWO, more="draws = 4")
    found = analysed(folder)
    plain = found.points.steps[0, 1, 0]
    assert plain == pytest.approx(300.0 + 600.0 * 0.0 + np.mean([1, 2, 3, 4]))
    assert found.points.errors[0, 1, 0] == pytest.approx(np.var([1, 2, 3, 4], ddof=1) / 4.0)
    assert "mean over 4 joint draws" in " ".join(answer(SweepFindings(found)).paragraphs)


def test_the_workbook_holds_every_measure_and_no_formula(analyses, findings):
    for name in ("morris", "refused"):
        made = sweep_workbook_bytes(analyses[name])
        assert made == sweep_workbook_bytes(analyses[name]), "the same sweep gives the same bytes"
        book = openpyxl.load_workbook(io.BytesIO(made))
        assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
        assert not any("<f>" in text for text in parts(made, "worksheets").values())
        for text in parts(made, "charts").values():
            assert all(OWN_CELLS.fullmatch(reference) for reference in REFERENCE.findall(text))
    book = openpyxl.load_workbook(io.BytesIO(sweep_workbook_bytes(analyses["saltelli"])))
    rows = table(book["Points"])
    assert len(rows) == 320
    assert [row["price"].value for row in rows] == pytest.approx(list(analyses["saltelli"].points.design["price"]))


def test_a_stored_sweep_is_reported_as_a_sweep_and_twice_the_same(folders):
    written = write_any_report(folders["grid"])
    assert [path.name for path in written] == ["report.html", "results.xlsx"]
    first = [path.read_bytes() for path in written]
    assert [path.read_bytes() for path in write_any_report(folders["grid"])] == first
    assert number(25) in Page(first[0].decode()).words
