"""Commands on runs that were written, on the shipped scenarios, and without the extra that writes workbooks."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from commands import bmes, refused

from sim.experiments import store
from sim.report import workbook

SMALL = ("--patients", "3")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "outputs"


@pytest.fixture(scope="module")
def small_run_folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("outputs")
    code, _, errors = bmes("run", "base_case_uk", "--patients", 40, "--out", out)
    assert code == 0, errors
    ((folder, _),) = store.list_runs(out)
    return folder


def test_without_the_extra_a_run_says_in_one_line_that_it_writes_no_workbook(out, monkeypatch):
    monkeypatch.setattr(workbook, "find_spec", lambda _: None)
    code, output, errors = bmes("run", "base_case_uk", *SMALL, "--out", out)
    assert (code, errors) == (0, "")
    assert workbook.NOT_WRITTEN in output.splitlines()
    assert "[excel]" in workbook.NOT_WRITTEN
    ((folder, _),) = store.list_runs(out)
    assert not (folder / "results.xlsx").exists()
    code, output, _ = bmes("report", folder)
    assert code == 0
    assert workbook.NOT_WRITTEN in output.splitlines()
    assert json.loads(bmes("run", "base_case_uk", *SMALL, "--out", out, "--json")[1])["workbook"] is None


def test_runs_are_compared(small_run_folder):
    folder = small_run_folder
    code, output, errors = bmes("compare", folder, folder)
    assert (code, errors) == (0, "")
    told = " ".join(output.split())
    assert "base_case_uk (1)" in told
    assert "base_case_uk (2) minus base_case_uk (1)" in told
    assert "the same question with the same seed and the same answer" in told
    content = json.loads(bmes("compare", folder, folder, "--json")[1])
    assert content["folders"] == [str(folder)] * 2
    assert content["questions"] == []
    assert {row["difference"] for row in content["differences"]} == {0.0}
    assert len(content["runs"]) == 2


def test_the_shipped_scenarios_are_listed_with_their_questions(repository):
    code, output, errors = bmes("scenarios", "--json")
    assert (code, errors) == (0, "")
    listed = {one["name"]: one for one in json.loads(output)}
    assert set(listed) == {path.stem for path in (repository / "scenarios").glob("*.toml")}
    uk = listed["base_case_uk"]
    assert uk["setting"] == "uk"
    assert uk["population"] == "adults"
    assert "supportive" in uk["strategies"]
    code, output, _ = bmes("scenarios")
    assert code == 0
    assert all(name in output for name in listed)


def test_one_run_is_not_compared(small_run_folder):
    assert "this needs at least two runs" in refused(2, "compare", small_run_folder)


def test_a_run_of_a_version_with_fewer_outcomes_is_refused(small_run_folder, tmp_path):
    """The outcomes of a later version are looked for before anything else is read."""
    folder = Path(shutil.copytree(small_run_folder, tmp_path / "older"))
    outcomes = pd.read_parquet(folder / "outcomes.parquet").drop(columns=["first_scans"])
    outcomes.to_parquet(folder / "outcomes.parquet", index=False)
    (folder / "tables" / "flows.parquet").unlink()
    line = refused(2, "report", folder)
    assert "made by another version" in line
    assert "'first_scans'" in line
