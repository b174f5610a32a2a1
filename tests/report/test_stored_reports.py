"""A folder of any kind of analysis gives its report and its workbook anew; the workbook holds the draws."""

import io
import re
from dataclasses import replace

import openpyxl
import pytest
from report.psa_stand_in import STRATEGIES, PsaStandIn, psa_stand_in, voi_stand_in
from report.test_html import Page
from report.test_workbook import DANGEROUS, REFERENCE, parts, table
from small_runs import small_scenario

from sim.experiments.dsa import DsaPlan, dsa
from sim.experiments.dsa_store import save_dsa
from sim.experiments.psa import prepared, simulate
from sim.experiments.psa_frames import analysis_of
from sim.experiments.psa_store import PARTS, begin, finish
from sim.experiments.run import run
from sim.experiments.store import save
from sim.report import dsa_html, psa_html, workbook
from sim.report.psa_workbook import psa_workbook_bytes, write_psa_workbook
from sim.report.stored import write_any_report
from sim.vocabulary.errors import InputError

TWO = ("supportive", "zoledronate")
SHEETS = [
    "Summary",
    "Incremental",
    "Acceptability",
    "Expected loss",
    "EVPI",
    "Error budget",
    "Laws",
    "Draws",
    "Sources",
]
OWN_CELLS = re.compile(r"(?:'[A-Z][\w -]*'|[A-Z]\w*)!\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?")


@pytest.fixture(scope="module")
def made() -> PsaStandIn:
    return psa_stand_in(80)


@pytest.fixture(scope="module")
def content(made) -> bytes:
    return psa_workbook_bytes(made.psa, made.analysis)


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def stored_psa(seed, tmp_path, writers):
    """A small probabilistic analysis in its folder."""
    study = prepared(small_scenario(seed, TWO), 6, 8, seed=seed)
    folder = begin(study, tmp_path)
    results = simulate(study, parts=folder / PARTS)
    return finish(results, analysis_of(results), folder, writers)


def test_a_probabilistic_analysis_is_written_anew_as_it_was(seed, tmp_path):
    folder = stored_psa(seed, tmp_path, psa_html.writers())
    first = {name: (folder / name).read_bytes() for name in ("report.html", "results.xlsx")}
    assert [path.name for path in write_any_report(folder)] == ["report.html", "results.xlsx"]
    for name, before in first.items():
        assert (folder / name).read_bytes() == before, name
    page = Page(first["report.html"].decode())
    assert page.open == []
    assert "one run at the means of the parameters" in page.words
    assert not re.search(r"\b(nan|NaN|inf|array\(|Timestamp)\b", page.words)


def test_frames_of_the_value_of_information_that_lie_there_come_into_the_report(seed, tmp_path):
    folder = stored_psa(seed, tmp_path, {})
    for name, frame in voi_stand_in((25_000.0,)).items():
        frame.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    report, book = write_any_report(folder)
    assert "A proposed trial and the population" in Page(report.read_text("utf-8")).words
    assert {"EVPPI", "EVSI", "ENBS", "Population"} <= set(openpyxl.load_workbook(book).sheetnames)


def test_a_deterministic_analysis_and_a_run_are_written_anew_too(seed, tmp_path):
    plan = DsaPlan(patients=2, one_way=False, switches=False, group_patients=0, scenarios=("skeptical",))
    deterministic = save_dsa(dsa(small_scenario(seed, TWO), plan, seed=seed), tmp_path, dsa_html.writers())
    before = (deterministic / "report.html").read_bytes()
    assert [path.name for path in write_any_report(deterministic)] == ["report.html", "results.xlsx"]
    assert (deterministic / "report.html").read_bytes() == before
    plain = save(run(small_scenario(seed, TWO)), tmp_path)
    assert [path.name for path in write_any_report(plain)] == ["report.html", "results.xlsx"]


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(InputError, match="this is no run folder"):
        write_any_report(tmp_path)


def test_without_the_extra_there_is_a_report_and_no_workbook(seed, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "find_spec", lambda _: None)
    assert set(psa_html.writers()) == {"report.html"}
    assert set(dsa_html.writers()) == {"report.html"}
    plain = save(run(small_scenario(seed, TWO)), tmp_path)
    assert [path.name for path in write_any_report(plain)] == ["report.html"]


def test_the_sheets_stand_in_their_order_and_hold_no_formula(content, book):
    assert book.sheetnames == SHEETS
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert not any("<f>" in text or "<f " in text for text in parts(content, "worksheets").values())
    drawn = parts(content, "charts")
    assert len(drawn) == 4
    for text in drawn.values():
        assert all(OWN_CELLS.fullmatch(reference) for reference in REFERENCE.findall(text))


def test_the_draws_are_those_of_the_analysis(made, book):
    rows = table(book["Draws"])
    frame = made.psa.outcomes
    for name in STRATEGIES:
        title = made.psa.inputs.strategies[name].title
        own = frame[frame["strategy"] == name]
        for words, column in (("cost", "cost_discounted"), ("QALYs", "qalys_discounted")):
            assert [row[f"{title}, {words}"].value for row in rows] == pytest.approx(list(own[column]))
    for name in list(made.psa.parameters.columns)[1:5]:
        assert [row[name].value for row in rows] == pytest.approx(list(made.psa.parameters[name]))


def test_the_curves_of_the_workbook_are_those_of_the_analysis(made, book):
    rows = table(book["Acceptability"])
    wide = made.analysis.acceptability.pivot_table(index="willingness_to_pay", columns="strategy", values="probability")
    for name in STRATEGIES:
        shown = [row[made.psa.inputs.strategies[name].title].value for row in rows]
        assert shown == pytest.approx(list(wide[name]))
    assert [row["Willingness to pay"].value for row in rows] == pytest.approx(list(wide.index))
    (chart,) = book["Acceptability"]._charts
    assert len(chart.series) == len(STRATEGIES)


def test_no_name_becomes_a_formula(made):
    text = DANGEROUS[1]
    strategies = {name: one.model_copy(update={"title": text}) for name, one in made.psa.inputs.strategies.items()}
    scenario = made.psa.scenario.model_copy(update={"title": text})
    inputs = replace(made.psa.inputs, strategies=strategies, scenario=scenario)
    voi = voi_stand_in((25_000.0,))
    voi["evppi"] = voi["evppi"].assign(parameters=text)
    content = psa_workbook_bytes(replace(made.psa, inputs=inputs, scenario=scenario), made.analysis, voi)
    cells = [c for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for c in row]
    assert {cell.data_type for cell in cells if cell.value == text} == {"s"}
    assert not any("<f>" in sheet for sheet in parts(content, "worksheets").values())


def test_the_workbook_is_written_as_a_whole_and_the_same_again(made, content, tmp_path):
    path = write_psa_workbook(made.psa, made.analysis, tmp_path / "results.xlsx")
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["results.xlsx"]


def test_many_draws_leave_their_parameters_out_of_the_sheet(made, monkeypatch):
    monkeypatch.setattr("sim.report.psa_workbook.MOST_CELLS", 10)
    book = openpyxl.load_workbook(io.BytesIO(psa_workbook_bytes(made.psa, made.analysis)))
    headings = [cell.value for cell in book["Draws"][4]]
    assert len([heading for heading in headings if heading]) == 1 + 2 * len(STRATEGIES)
    monkeypatch.setattr("sim.report.psa_workbook.MOST_DRAWS", 10)
    book = openpyxl.load_workbook(io.BytesIO(psa_workbook_bytes(made.psa, made.analysis)))
    assert "Draws" not in book.sheetnames
