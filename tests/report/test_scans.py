"""Scans per case: the words, tables and lines say where early MRI stops being worth its cost."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sim.report.findings import Findings
from sim.report.scans import scan_section


@pytest.fixture(scope="module")
def section(early):
    return scan_section(Findings(early))


def test_the_words_say_what_scans_per_case_are_and_where_the_limit_lies(section):
    verdicts = " ".join(section.verdicts)
    assert section.meaning.startswith("Scans per case: how many people")
    assert "At GBP 25,000 per QALY Zoledronate is not worth its cost against Supportive care at any number" in verdicts
    assert "At GBP 35,000 per QALY Zoledronate is worth its cost against Supportive care up to 10.0 scans" in verdicts
    assert "with the 15 of this run it is not" in verdicts
    assert section.warning == "What Zoledronate gains is due to its treatment too, not to the early scan alone."


def test_a_run_below_the_limit_is_told_so(early):
    cheaper = early.scan_threshold.assign(scans_per_case=5.0)
    section = scan_section(Findings(replace(early, scan_threshold=cheaper)))
    assert "with the 5 of this run it is." in section.verdicts[1]


def test_the_table_holds_limits_intervals_and_none(section):
    first, second = section.tables[0].rows
    assert [cell.text for cell in first.cells][-2:] == ["none", "–"]
    assert [cell.text for cell in second.cells][-2:] == ["10.0", "9.4 to 10.6"]


def test_gains_by_number_of_scans_are_bold_where_positive(section, early):
    table = section.tables[1]
    assert table.columns[2:] == ("1 scan", *(f"{n} scans" for n in (3, 5, 10, 15, 20, 30, 43)))
    curve = early.scan_threshold_curve
    for row, wtp in zip(table.rows, (25000.0, 35000.0), strict=True):
        gains = curve[curve["willingness_to_pay"] == wtp]["increment"].to_numpy()
        assert [cell.best for cell in row.cells[1:]] == list(gains > 0.0)
        assert [cell.error for cell in row.cells[1:]] == [f"{5 * n}" for n in (1, 3, 5, 10, 15, 20, 30, 43)]


def test_lines_are_the_curve_and_the_dot_is_this_run(section, early):
    (chart,) = section.charts
    lines = [trace for trace in json.loads(chart.data)["data"] if trace["mode"] == "lines"]
    dots = [trace for trace in json.loads(chart.data)["data"] if trace["mode"] == "markers"]
    assert len(lines) == len(dots) == 2
    for line, dot in zip(lines, dots, strict=True):
        assert np.interp(dot["x"][0], line["x"], line["y"]) == pytest.approx(dot["y"][0])
        assert line["line"]["color"] == dot["marker"]["color"]
    assert lines[0]["line"]["dash"] != lines[1]["line"]["dash"]


def test_runs_without_early_mri_have_no_such_section(four):
    assert scan_section(Findings(four)) is None
