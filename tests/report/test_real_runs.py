"""Reports of real, small runs: every section finds its data under the names that a run gives it."""

import re

import pytest
from report.test_html import CHARTS, SECTIONS, Page

from sim.experiments.run import run
from sim.inputs.scenario import load_scenario
from sim.report.html import report_html


@pytest.fixture(scope="module")
def early_mri(seed):
    return run(load_scenario("early_mri", patients=400, seed=seed))


@pytest.fixture(scope="module")
def page(early_mri):
    return Page(report_html(early_mri))


def test_a_real_run_fills_every_section_and_chart(page):
    assert [section["id"] for section in page.all("section")] == [*SECTIONS[:3], "scans", *SECTIONS[3:]]
    charts = [chart["id"] for chart in page.all("div") if "chart" in chart.get("class", "").split()]
    assert charts == ["plane", "scans-per-case", *CHARTS[1:]]


def test_no_number_of_a_real_run_reads_as_missing_code(page):
    assert not re.search(r"\b(nan|NaN|inf|array\(|Timestamp)\b", page.words)


def test_patients_of_each_dimension_add_up_to_all(early_mri):
    frame = early_mri.subgroups[early_mri.subgroups["strategy"] == "supportive"]
    assert set(frame.groupby("dimension")["patients"].sum()) == {400}


@pytest.mark.parametrize("scenario", ["pregnancy", "base_case_nl", "skeptical"])
def test_other_scenarios_have_reports_with_words_of_their_own(scenario, seed):
    results = run(load_scenario(scenario, patients=64, seed=seed))
    page = Page(report_html(results))
    assert page.open == []
    evidence = " ".join(results.inputs.kind.evidence.split())
    assert evidence in page.words
    said = {
        "pregnancy": "delivery at 40 weeks",
        "base_case_nl": "Counted beside medical care: travel",
        "skeptical": "In this run they are switched off",
    }
    assert said[scenario] in page.words
