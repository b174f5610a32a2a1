"""The subgroup tables: gains with errors, the best of each group marked, small groups flagged."""

from dataclasses import replace

import pytest

from sim.report.findings import Findings
from sim.report.subgroups import SMALL_GROUP, subgroup_section


@pytest.fixture(scope="module")
def section(four):
    return subgroup_section(Findings(four))


def test_gains_are_those_of_the_frame_with_their_errors(four, section):
    (table,) = section.gains
    frame = four.subgroups.set_index(["group", "strategy"])
    assert table.columns == ("Group", "Patients", "Zoledronate", "Two doses", "Zoledronate later")
    for row in (row for row in table.rows if row.cells):
        group = {"Hip": "hip", "Knee": "knee", "Women": "female", "Men": "male"}.get(
            row.heading.rstrip("\u00a0†"), row.heading.rstrip("\u00a0†")
        )
        assert row.cells[0].text == f"{frame.loc[(group, 'later'), 'patients']:,}"
        found = frame.loc[(group, "zoledronate")]
        assert row.cells[1].text == f"{found['net_benefit_gain']:+,.0f}"
        assert row.cells[1].error == f"{found['net_benefit_gain_se']:,.0f}"


def test_the_best_of_each_group_is_marked_unless_the_comparator_is_best(four, section):
    (table,) = section.gains
    for row in (row for row in table.rows if row.cells):
        assert [cell.best for cell in row.cells] == [False, True, False, False], "zoledronate gains most"
    worse = four.subgroups.assign(net_benefit_gain=-1.0)
    (table,) = subgroup_section(Findings(replace(four, subgroups=worse))).gains
    assert not any(cell.best for row in table.rows for cell in row.cells)


def test_groups_below_the_limit_are_flagged_and_the_flag_is_explained(four, section):
    (table,) = section.gains
    assert all("†" in row.heading for row in table.rows if row.cells), "400 patients in all"
    assert f"fewer than {SMALL_GROUP}" in table.note
    many = four.subgroups.assign(patients=SMALL_GROUP)
    (table,) = subgroup_section(Findings(replace(four, subgroups=many))).gains
    assert not any("†" in row.heading for row in table.rows)
    assert "†" not in table.note


def test_every_strategy_has_its_own_table_and_the_comparator_no_increments(four, section):
    assert len(section.details) == len(four.costs)
    with_increments = ["Incremental QALYs" in table.columns for table in section.details]
    assert with_increments == [False, True, True, True]
    for table in section.details:
        assert all(len(row.cells) == len(table.columns) - 1 for row in table.rows if row.cells)
        assert [row.heading for row in table.rows if not row.cells] == [
            "Site of the first lesion",
            "Sex",
            "Age at entry",
        ]


def test_the_words_say_that_no_effect_was_estimated_within_groups(section):
    assert "No effect of a treatment was estimated within a group" in section.paragraphs[0]
    assert "GBP 25,000 per QALY" in section.paragraphs[1]


def test_an_empty_group_is_a_row_of_dashes(four):
    nan = four.subgroups.copy()
    empty = nan["group"] == "hip"
    nan.loc[empty, "patients"] = 0
    numbers = [name for name in nan.columns if nan[name].dtype == float]
    nan.loc[empty, numbers] = float("nan")
    (table,) = subgroup_section(Findings(replace(four, subgroups=nan))).gains
    (row,) = [row for row in table.rows if row.heading.startswith("Hip")]
    assert [cell.text for cell in row.cells] == ["0", "–", "–", "–"]
    assert not any(cell.best for cell in row.cells)


def test_one_strategy_alone_has_levels_only(single):
    section = subgroup_section(Findings(single))
    assert section.gains == ()
    assert len(section.details) == 1


def test_a_run_without_subgroups_has_no_section(older):
    assert subgroup_section(Findings(older)) is None
