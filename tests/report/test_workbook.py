"""results.xlsx read back with another library: numbers are numbers, text is text, charts point at their cells."""

import io
import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from small_runs import small_run

from sim.report import html, workbook
from sim.vocabulary.errors import InputError, RunError

STRATEGIES = ("supportive", "zoledronate", "core_decompression")
SHEETS = ["Summary", "Incremental", "Outcomes", "Costs", "Subgroups", "Curves", "Parameters", "Sources"]
DANGEROUS = ("=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "{=1+1}", "https://example.org", "12")
HEADINGS_ROW = 4
REFERENCE = re.compile(r"<c:f>(.*?)</c:f>")
OWN_CELLS = re.compile(rf"(?:{'|'.join(SHEETS)})!\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?")


@pytest.fixture(scope="module")
def results(seed):
    return small_run(seed, strategies=STRATEGIES, patients=80)


@pytest.fixture(scope="module")
def content(results):
    return workbook.workbook_bytes(results)


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def table(sheet, heading_row=HEADINGS_ROW):
    """The rows of the first table below its headings, as dictionaries."""
    headings = [cell.value for cell in sheet[heading_row] if cell.value is not None]
    rows = []
    for row in sheet.iter_rows(min_row=heading_row + 1):
        cells = row[: len(headings)]
        if cells[0].value is None:
            break
        rows.append(dict(zip(headings, cells, strict=True)))
    return rows


def title(results, strategy):
    return results.inputs.strategies[strategy].title


def number(cell):
    """The number in a cell; nan where there is none."""
    return math.nan if cell.value is None else cell.value


def parts(content, folder):
    """The files of the workbook below a folder, as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.startswith(f"xl/{folder}/")}


def test_the_sheets_stand_in_their_order_each_with_headings_that_stay(book):
    assert book.sheetnames == SHEETS
    for sheet in book:
        row = int(re.sub(r"\D", "", sheet.freeze_panes))
        assert row == HEADINGS_ROW + 1
        assert all(cell.font.bold for cell in sheet[HEADINGS_ROW] if cell.value is not None)


def test_no_cell_is_a_formula_and_every_number_a_number(content, book):
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds == {"s", "n"}
    assert not [name for name, text in parts(content, "worksheets").items() if "<f>" in text or "<f " in text]


def test_chart_texts_refer_to_cells_of_this_workbook_only(content):
    drawn = parts(content, "charts")
    assert len(drawn) == 3
    for text in drawn.values():
        references = REFERENCE.findall(text)
        assert references
        assert all(OWN_CELLS.fullmatch(reference) for reference in references)


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula_a_link_or_a_number(text, results):
    """Titles of scenario and strategies come from files that anybody may write."""
    scenario = results.scenario.model_copy(update={"title": text, "question": text})
    strategies = {name: one.model_copy(update={"title": text}) for name, one in results.inputs.strategies.items()}
    inputs = replace(results.inputs, scenario=scenario, strategies=strategies)
    content = workbook.workbook_bytes(replace(results, scenario=scenario, inputs=inputs))
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    same = [cell for cell in cells if cell.value == text]
    assert len(same) > 20
    assert {cell.data_type for cell in same} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert not any("<f>" in sheet for sheet in parts(content, "worksheets").values())
    for chart in parts(content, "charts").values():
        assert all(OWN_CELLS.fullmatch(reference) for reference in REFERENCE.findall(chart))


def test_the_summary_holds_the_strategies_and_the_question(results, book):
    sheet = book["Summary"]
    assert sheet["A1"].value == results.scenario.title
    rows = {row["Strategy"].value: row for row in table(sheet)}
    for strategy, outcome in results.outcomes.set_index("strategy").iterrows():
        row = rows[title(results, strategy)]
        assert row["Cost"].value == pytest.approx(outcome.cost_discounted)
        assert row["Cost"].number_format == "#,##0"
        assert row["QALYs"].value == pytest.approx(outcome.qalys_discounted)
        assert row["QALYs"].number_format == "0.0000"
    texts = {cell.value for row in sheet.iter_rows() for cell in row}
    assert results.scenario.question in texts


def test_outcomes_and_costs_are_those_of_the_run(results, book):
    outcomes = results.outcomes.set_index("strategy")
    seen = set()
    for row in table(book["Outcomes"]):
        name = row["Name in tables"].value
        seen.add(name.removesuffix("_median"))
        for strategy in STRATEGIES:
            assert number(row[title(results, strategy)]) == pytest.approx(outcomes.loc[strategy, name], nan_ok=True)
            if not name.endswith("_median"):
                error = number(row[f"{title(results, strategy)}, standard error"])
                assert error == pytest.approx(outcomes.loc[strategy, f"{name}_se"], nan_ok=True)
    wanted = {name for name in outcomes if f"{name}_se" in outcomes and not name.startswith("cost")}
    assert seen == wanted
    costs = [row for row in table(book["Costs"]) if row["Discounted"].value == "yes"]
    for strategy in STRATEGIES:
        column = title(results, strategy)
        total = costs[-1][column].value
        assert total == pytest.approx(outcomes.loc[strategy, "cost_discounted"])
        assert total == pytest.approx(
            sum(row[column].value for row in costs[:-1] if row["In the perspective"].value == "yes")
        )


def test_subgroups_are_those_of_the_run(results, book):
    rows = table(book["Subgroups"])
    assert len(rows) == len(results.subgroups)
    for row, (_, expected) in zip(rows, results.subgroups.iterrows(), strict=True):
        assert row["strategy"].value == title(results, expected.strategy)
        for name in results.subgroups.columns.drop("strategy"):
            cell, wanted = row[name.replace("_", " ")], expected[name]
            if isinstance(wanted, str):
                assert cell.value == wanted
            else:
                assert number(cell) == pytest.approx(wanted, nan_ok=True)


def test_every_parameter_stands_with_its_unit_and_reference(results, book):
    rows = {row["Name"].value: row for row in table(book["Parameters"])}
    parameters = results.inputs.parameters
    assert set(rows) == set(parameters.names())
    for name, row in rows.items():
        quantity = parameters.quantity(name)
        assert row["Unit"].value == quantity.unit
        assert row["Status"].value == quantity.status
        assert all(results.inputs.sources[key].reference in row["Reference"].value for key in quantity.source)
        if not quantity.is_list:
            assert row["Value"].value == pytest.approx(quantity.value)
            assert row["Value"].data_type == "n"
    assert {row["Key"].value for row in table(book["Sources"])} == set(results.inputs.sources)


def numbers_at(book, reference):
    """The values of the cells that a chart refers to."""
    sheet, _, cells = reference.partition("!")
    found = book[sheet.strip("'")][cells.replace("$", "")]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell.value for row in rows for cell in (row if isinstance(row, tuple) else (row,))]


def test_the_plane_shows_the_increments_over_the_comparator(results, book):
    (chart,) = book["Incremental"]._charts
    increments = results.increments[results.increments.comparator == "supportive"]
    points = chart.series[: len(STRATEGIES)]
    shown = {}
    for one in points:
        references = (one.tx.strRef.f, one.xVal.numRef.f, one.yVal.numRef.f)
        (name,), (x,), (y,) = (numbers_at(book, reference) for reference in references)
        shown[name] = (x, y)
    assert shown.pop(title(results, "supportive")) == (0, 0)
    for strategy in STRATEGIES[1:]:
        rows = increments[increments.strategy == strategy].set_index("outcome")["mean"]
        assert shown[title(results, strategy)] == pytest.approx((rows.qalys_discounted, rows.cost_discounted))
    for line, threshold in zip(chart.series[len(STRATEGIES) :], results.inputs.setting.thresholds, strict=True):
        start, end = zip(numbers_at(book, line.xVal.numRef.f), numbers_at(book, line.yVal.numRef.f), strict=True)
        assert start == (0, 0)
        assert end[1] == pytest.approx(threshold * end[0])


def test_the_pain_curve_shows_mean_load_pain(results, book):
    (chart,) = book["Curves"]._charts
    pain = results.curves[results.curves.quantity == "load_pain"]
    assert len(chart.series) == len(STRATEGIES)
    for one, strategy in zip(chart.series, STRATEGIES, strict=True):
        rows = pain[pain.strategy == strategy]
        assert numbers_at(book, one.tx.strRef.f) == [title(results, strategy)]
        assert numbers_at(book, one.xVal.numRef.f) == list(rows.months_since_entry)
        assert numbers_at(book, one.yVal.numRef.f) == pytest.approx(list(rows["mean"]))


def test_the_bars_stack_to_the_cost_of_the_perspective(results, book):
    (chart,) = book["Costs"]._charts
    assert chart.grouping == "stacked"
    totals = [sum(column) for column in zip(*(numbers_at(book, one.val.numRef.f) for one in chart.series), strict=True)]
    outcomes = results.outcomes.set_index("strategy")
    assert totals == pytest.approx([outcomes.loc[name, "cost_discounted"] for name in STRATEGIES])
    for one in chart.series:
        assert numbers_at(book, one.cat.strRef.f) == [title(results, name) for name in STRATEGIES]


def test_a_single_strategy_has_a_workbook_without_a_plane(seed):
    content = workbook.workbook_bytes(small_run(seed, strategies=("iloprost",), patients=3))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [len(book[name]._charts) for name in ("Incremental", "Costs", "Curves")] == [0, 1, 1]


def test_the_same_results_give_the_same_file(results, content, tmp_path):
    path = workbook.write_workbook(results, tmp_path / "results.xlsx")
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["results.xlsx"]


def test_without_the_extra_the_refusal_names_it(results, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "find_spec", lambda _: None)
    assert set(html.writers()) == {"report.html"}
    with pytest.raises(InputError, match=r"extra \[excel\]"):
        workbook.write_workbook(results, tmp_path / "results.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_nothing_behind(results, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RunError, match="no space left on device"):
        workbook.write_workbook(results, tmp_path / "results.xlsx")
    assert not list(tmp_path.iterdir())
