"""Exported analyses come back bit for bit, in every layout, and no name in them is a formula to a spreadsheet."""

import csv
import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from commands import bmes, refused
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.psa_csv import read_psa
from sim.analysis.psa_table import PsaTable
from sim.analysis.spreadsheet_names import guarded
from sim.experiments.exports import LAYOUTS, export, numeric
from sim.vocabulary.errors import InputError

DRAWS = 20
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FILES_OF_R = {"bcea": "read_with_bcea.R", "dampack": "read_with_dampack.R", "voi": "read_with_voi.R"}


def analysis(strategies=("usual", "=1+1", "@drug"), parameters=("price", "-hazard"), *, noise=True):
    chance = np.random.default_rng(3)
    shape = (DRAWS, len(strategies))
    return PsaTable(
        strategies=strategies,
        costs=chance.normal(1000, 1 / 3, shape),
        effects=-chance.random(shape) * 1e-5,
        parameters=pd.DataFrame(chance.normal(size=(DRAWS, len(parameters))), columns=list(parameters)),
        noise=np.zeros((DRAWS, 2 * shape[1], 2 * shape[1])) if noise else None,
    )


def written(table, layout, folder):
    return export(table, layout, folder, title="A test", currency="EUR", thresholds=(20000.0, 50000.0))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_table_comes_back_bit_for_bit(layout, tmp_path):
    table = analysis()
    files = written(table, layout, tmp_path / "out")
    assert sorted(file.name for file in files) == sorted(file.name for file in (tmp_path / "out").iterdir())
    costs, effects, parameters = (tmp_path / "out" / f"{name}.csv" for name in ("costs", "effects", "parameters"))
    back = read_psa(costs, effects, parameters)
    assert back.strategies == table.strategies
    assert back.costs.tobytes() == table.costs.tobytes()
    assert back.effects.tobytes() == table.effects.tobytes()
    pd.testing.assert_frame_equal(back.parameters, table.parameters, check_exact=True)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pandas_reads_the_same_numbers_without_knowing_of_this_program(layout, tmp_path):
    """A column a strategy and a row a draw, no column of row numbers: what as.matrix(read.csv(...)) needs too."""
    table = analysis()
    written(table, layout, tmp_path)
    frame = pd.read_csv(tmp_path / "costs.csv")
    assert list(frame.columns) == ["usual", "'=1+1", "'@drug"]
    assert np.array_equal(frame.to_numpy(), table.costs)
    assert list(pd.read_csv(tmp_path / "parameters.csv").columns) == ["price", "'-hazard"]


NAMES = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+-@\t\r\n;'\""), min_size=1, max_size=8)


@settings(max_examples=50)
@given(st.lists(NAMES, min_size=2, max_size=4, unique=True))
def test_no_cell_of_words_begins_a_formula_whatever_the_names(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("export")
    for file in written(analysis(tuple(names), tuple(names)), "csv", folder):
        if file.suffix == ".csv":
            with file.open(encoding="utf-8", newline="") as opened:
                headings = next(csv.reader(opened))
            assert headings == [guarded(name) for name in names]
            assert not any(heading.startswith(BEGINS_A_FORMULA) for heading in headings)


@pytest.mark.parametrize("layout", FILES_OF_R)
def test_the_lines_for_r_read_files_that_are_there_and_close_what_they_open(layout, tmp_path):
    written(analysis(), layout, tmp_path)
    script = (tmp_path / FILES_OF_R[layout]).read_text()
    assert f"library({layout if layout != 'bcea' else 'BCEA'})" in script
    for name in re.findall(r'read\.csv\("([^"]+)"', script):
        assert (tmp_path / name).is_file()
    code = "\n".join(line.split("#")[0] for line in script.splitlines())
    assert code.count("(") == code.count(")")
    assert code.count('"') % 2 == 0
    assert not re.search(r"[{}]", code)


def test_bcea_is_given_thresholds_that_lie_on_its_grid_of_500_steps(tmp_path):
    for thresholds in ((20000.0, 30000.0), (12345.0,), (80000.0, 110000.0)):
        folder = tmp_path / str(thresholds[0])
        export(analysis(), "bcea", folder, title="t", currency="GBP", thresholds=thresholds)
        script = (folder / "read_with_bcea.R").read_text()
        most = float(re.search(r"Kmax = ([\d.]+)", script)[1])
        first = float(re.search(r"wtp = ([\d.]+)", script)[1])
        assert most >= max(thresholds)
        assert first % (most / 500) == 0
        assert abs(first - thresholds[0]) <= most / 1000


def test_savi_is_spared_parameters_with_fewer_than_five_values_and_refused_without_any(tmp_path):
    table = analysis()
    few = table.parameters.assign(switch=["pain_only", "both"] * (DRAWS // 2), constant=1.0)
    mixed = PsaTable(table.strategies, table.costs, table.effects, few)
    written(mixed, "savi", tmp_path / "savi")
    assert list(pd.read_csv(tmp_path / "savi" / "parameters.csv").columns) == ["price", "'-hazard"]
    assert "switch.pain_only, constant" in (tmp_path / "savi" / "README.txt").read_text()
    written(mixed, "voi", tmp_path / "voi")
    assert "switch.pain_only" in pd.read_csv(tmp_path / "voi" / "parameters.csv").columns
    bare = PsaTable(table.strategies, table.costs, table.effects)
    with pytest.raises(InputError, match="SAVI needs parameters"):
        written(bare, "savi", tmp_path / "none")
    assert not (tmp_path / "none").exists()
    names = {file.name for file in written(bare, "csv", tmp_path / "none")}
    assert names == {"costs.csv", "effects.csv", "README.txt"}


def test_words_become_columns_of_0_and_1_that_are_independent():
    frame = pd.DataFrame({"x": [1, 2, 3], "switch": ["b", "c", "a"], "same": ["k"] * 3, "flag": [True, False, True]})
    made = numeric(frame)
    assert made.to_dict("list") == {
        "x": [1, 2, 3],
        "switch.b": [1, 0, 0],
        "switch.c": [0, 1, 0],
        "flag.True": [1, 0, 1],
    }
    assert all(made.dtypes == np.float64)


def test_the_readme_tells_of_patient_noise_only_where_there_is_some(tmp_path):
    written(analysis(), "csv", tmp_path / "noisy")
    written(analysis(noise=False), "csv", tmp_path / "exact")
    assert "by chance among its" in " ".join((tmp_path / "noisy" / "README.txt").read_text().split())
    assert "by chance" not in (tmp_path / "exact" / "README.txt").read_text()


def test_other_layouts_full_folders_and_places_that_cannot_be_written_are_refused(tmp_path):
    with pytest.raises(InputError, match="'excel' is no layout"):
        written(analysis(), "excel", tmp_path / "x")
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match="is no empty folder"):
        written(analysis(), "csv", tmp_path)
    below = tmp_path / "mine.txt" / "below"
    with pytest.raises(InputError, match=re.escape(f"--out {below}: this folder cannot be made (not a directory)")):
        written(analysis(), "csv", below)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_writes_the_layout_and_says_which_files(tmp_path, monkeypatch):
    table = analysis()
    setting = SimpleNamespace(currency="GBP", thresholds=(25000.0, 35000.0))
    results = SimpleNamespace(
        table=lambda: table, scenario=SimpleNamespace(title="Base case"), inputs=SimpleNamespace(setting=setting)
    )
    monkeypatch.setattr("sim.experiments.psa_store.load_psa", lambda folder: results)
    code, output, _ = bmes("export", "run", "--layout", "voi", "--out", tmp_path / "voi", "--json")
    assert code == 0
    files = ["README.txt", "costs.csv", "effects.csv", "parameters.csv", "read_with_voi.R"]
    assert json.loads(output) == {"folder": str(tmp_path / "voi"), "layout": "voi", "files": files}
    assert "k = c(25000, 35000)" in (tmp_path / "voi" / "read_with_voi.R").read_text()
    assert "Base case" in (tmp_path / "voi" / "README.txt").read_text()
    assert "is no empty folder" in refused(2, "export", "run", "--layout", "voi", "--out", tmp_path / "voi")


def test_the_command_refuses_other_layouts_and_folders_without_an_analysis(tmp_path):
    out = ("--out", tmp_path / "out")
    assert refused(2, "export", tmp_path, "--layout", "excel", *out).startswith("--layout: 'excel' is no layout.")
    assert "manifest.json" in refused(2, "export", tmp_path, "--layout", "csv", *out)
    assert not (tmp_path / "out").exists()
