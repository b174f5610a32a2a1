"""The report of a deterministic analysis of a small run: its figures and words are those of the frames."""

import io
import json
import re

import openpyxl
import pytest
from report.test_html import Page
from report.test_workbook import REFERENCE, parts, table

from sim.experiments.dsa import DsaPlan, dsa
from sim.experiments.dsa_results import DsaResults
from sim.inputs.scenario import load_scenario
from sim.report import dsa_charts, dsa_side_tables
from sim.report.dsa_decisions import deciding_tables
from sim.report.dsa_findings import DsaFindings, is_clear_change
from sim.report.dsa_html import dsa_report_html
from sim.report.dsa_words import answer, dsa_answer_text
from sim.report.dsa_workbook import dsa_workbook_bytes
from sim.report.numbers import money, number

RATIO, LOSS = "treatments.zoledronate.healing.hazard_ratio", "utility_loss_per_pain_point_utility"
PRICE = "setting.unit_costs.iv_bisphosphonate_administration"
OWN_CELLS = re.compile(r"(?:'[A-Z][\w -]*'|[A-Z]\w*)!\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?")


@pytest.fixture(scope="module")
def found(seed) -> DsaResults:
    scenario = load_scenario("base_case_uk", strategies=("supportive", "zoledronate", "vitamin_d"))
    plan = DsaPlan(
        patients=130,
        parameters=(RATIO, LOSS, PRICE),
        two_way=((RATIO, LOSS),),
        grid=2,
        thresholds=(PRICE,),
        scenarios=("skeptical",),
        ranges={PRICE: (0.0, 20_000.0)},
        group_patients=300,
    )
    return dsa(scenario, plan, seed=seed)


@pytest.fixture(scope="module")
def findings(found) -> DsaFindings:
    return DsaFindings(found)


@pytest.fixture(scope="module")
def page(found) -> Page:
    return Page(dsa_report_html(found))


def content(chart):
    return json.loads(chart.data)["data"]


def test_the_page_is_well_formed_and_its_links_lead_somewhere(page):
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"].removeprefix("#") for link in page.all("a")} <= set(ids)
    assert not re.search(r"\b(nan|NaN|inf|array\(|None,)\b", page.words)


def test_what_was_asked_for_has_its_section(page, found):
    sections = [section["id"] for section in page.all("section")]
    asked = ["answer", "glance", "one-way", "two-way", "thresholds", "switches", "scenarios", "subgroups"]
    assert sections[: len(asked)] == asked
    assert ("refused" in sections) == (len(found.refused) > 0)
    charts = [chart["id"] for chart in page.all("div") if "chart" in chart.get("class", "").split()]
    assert charts == ["tornado", "tornado-icer", "heat-1", "along-1", "switch-gains"]


def test_the_bars_of_the_tornado_reach_from_the_base_case_to_the_ends_of_the_frame(found, findings):
    (chart,) = (one for one in dsa_charts.tornado_charts(findings) if one.name == "tornado")
    rows = found.oneway.set_index(["strategy", "parameter", "end"])["net_benefit_gain"]
    seen = 0
    for trace in (one for one in content(chart) if one["type"] == "bar"):
        strategy, end = trace["meta"]["strategy"], trace["legendgroup"]
        for base, length, words in zip(trace["base"], trace["x"], trace["customdata"], strict=True):
            parameter = words.partition("<br>")[0]
            assert base + length == pytest.approx(rows[strategy, parameter, end], rel=1e-4, abs=0.01)
            assert base == pytest.approx(findings.gain(strategy).mean, rel=1e-4)
            seen += 1
    assert seen > 0
    widths = [row["width"] for row in findings.tornado("zoledronate", "net_benefit_gain")]
    assert widths == sorted(widths, reverse=True)


def test_the_heat_map_has_the_best_strategy_of_each_pair_of_values(found, findings):
    (chart,) = dsa_charts.heat_charts(findings)
    heat = next(trace for trace in content(chart) if trace["type"] == "heatmap")
    winners = [swatch.group for swatch in chart.legend[:-1]]
    best = {(row.value_a, row.value_b): row.best for row in found.twoway.itertuples()}
    assert len(best) == len(heat["x"]) * len(heat["y"])
    by_place = {(round(a, 4), round(b, 4)): name for (a, b), name in best.items()}
    for b, line in zip(heat["y"], heat["z"], strict=True):
        for a, place in zip(heat["x"], line, strict=True):
            assert winners[int(place)] == by_place[round(a, 4), round(b, 4)]


def test_parameters_that_change_the_decision_are_named(found, findings):
    rows = [row for row in found.oneway.to_dict("records") if row["decision_changes"]]
    tables = [table for table in deciding_tables(findings) if table is not None]
    assert {row.heading for table in tables for row in table.rows} == {row["parameter"] for row in rows}
    words = answer(findings).paragraphs[0]
    assert all(row["parameter"] in words for row in rows if is_clear_change(row))
    best = found.base.set_index("strategy")["net_benefit_gain"].idxmax()
    role = ", the comparator," if best == findings.comparator else ""
    assert f"{findings.title(best)}{role} has the highest net benefit" in words
    assert dsa_answer_text(found).startswith(found.scenario.question)


def test_a_threshold_is_told_with_its_value_or_that_there_is_none(found, findings):
    words = " ".join(answer(findings).paragraphs)
    for row in found.threshold[found.threshold["decision"] == "best"].itertuples():
        if row.willingness_to_pay == findings.threshold:
            told = f"{PRICE} (GBP) passes" if row.status == "found" else "does not change the decision"
            assert told in words


def test_switches_scenarios_and_groups_have_their_numbers(found, findings):
    switches = dsa_side_tables.switches_table(findings)
    off = found.switches[~found.switches["is_base"]]
    assert sum(bool(row.cells) for row in switches.rows) == 1 + len(off) / len(findings.others)
    scenarios = dsa_side_tables.scenarios_table(findings)
    shown = [row.cells[0].text for row in scenarios.rows if row.cells]
    assert shown == [number(cost) for cost in found.scenarios["cost"]]
    values, choices = dsa_side_tables.group_tables(findings)
    assert len(values.rows) == len(found.subgroup_value)
    assert sum(bool(row.cells) for row in choices.rows) == len(found.subgroup_choice)


def test_a_scenario_put_beside_stands_under_its_own_title_and_threshold(page, found):
    beside = found.scenarios[found.scenarios["scenario"] == "skeptical"]
    title, threshold = beside["title"].iloc[0], beside["willingness_to_pay"].iloc[0]
    assert f"{title} ({money(threshold, 'GBP')} per QALY" in page.words.replace("\u00a0", " ")


def test_an_analysis_of_one_kind_alone_is_a_whole_page_too(seed):
    scenario = load_scenario("base_case_uk", strategies=("supportive", "zoledronate"))
    plan = DsaPlan(patients=4, one_way=False, switches=False, group_patients=0, two_way=((RATIO, LOSS),), grid=2)
    alone = dsa(scenario, plan, seed=seed)
    page = Page(dsa_report_html(alone))
    assert page.open == []
    assert [section["id"] for section in page.all("section")][:3] == ["answer", "glance", "two-way"]
    assert openpyxl.load_workbook(io.BytesIO(dsa_workbook_bytes(alone))).sheetnames[:2] == ["Summary", "Two way"]


def test_the_workbook_holds_every_frame_and_no_formula(found, findings):
    made = dsa_workbook_bytes(found)
    assert made == dsa_workbook_bytes(found), "the same analysis gives the same bytes"
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert not any("<f>" in text for text in parts(made, "worksheets").values())
    for text in parts(made, "charts").values():
        assert all(OWN_CELLS.fullmatch(reference) for reference in REFERENCE.findall(text))
    rows = table(book["One way"])
    assert [row["net benefit gain"].value for row in rows] == pytest.approx(list(found.oneway["net_benefit_gain"]))
    assert [row["parameter"].value for row in rows] == list(found.oneway["parameter"])
    assert [row["strategy"].value for row in rows] == [findings.title(name) for name in found.oneway["strategy"]]
