"""Questions in SQL to sweeps: what they see, what they may not do, and how answers are printed."""

import csv
import io
import json
import sys

import numpy as np
import pytest
from commands import bmes, refused
from small_sweeps import GRID, small_sweep, swept

from sim.experiments.sweep_query import asked
from sim.experiments.sweep_store import begin
from sim.vocabulary.errors import InputError


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return swept(tmp_path_factory.mktemp("query"), GRID.replace("steps = 5", "steps = 3"))


def rows_of(results, sql):
    with asked(results, sql) as answer:
        return list(answer.rows)


def test_sql_pandas_and_pyarrow_tell_the_same(whole):
    frame = whole.joined()
    chosen = frame[(frame["country"] == "nl") & (frame["price"] > 100)]
    sql = "select point, strategy, inc_cost, price from joined where country = 'nl' and price > 100 order by all"
    expected = chosen[["point", "strategy", "inc_cost", "price"]].sort_values(["point", "strategy"])
    assert rows_of(whole, sql) == list(expected.itertuples(index=False, name=None))
    assert rows_of(whole, "select count(*), sum(patients) from results") == [(24, 24 * 6)]
    assert whole.dataset().count_rows() == 24
    assert whole.dataset().to_table(columns=["inc_cost"])["inc_cost"].to_pylist() == frame["inc_cost"].tolist()
    assert rows_of(whole, "select count(*) from design") == [(12,)]


def test_columns_can_be_loaded_alone(whole):
    frame = whole.joined(["strategy", "inc_qalys"])
    assert list(frame) == ["point", "strategy", "inc_qalys", "price", "country", "effect"]
    np.testing.assert_array_equal(frame["inc_qalys"], whole.frame(["inc_qalys"])["inc_qalys"])


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select nope from results", "nope"),
        ("selec * from results", "syntax"),
        ("select * from nothing", "nothing"),
        ("", "no single question"),
        ("select 1; select 2", "no single question"),
        ("create table t as select 1", "no single question"),
        ("copy results to 'x.csv'", "no single question"),
        ("attach 'x.db'", "no single question"),
        ("set threads = 1", "no single question"),
        ("install httpfs", "no single question"),
        ("insert into results values (1)", "no single question"),
        ("select * from read_csv('/etc/passwd')", "disabled"),
        ("select * from read_text('pyproject.toml')", "disabled"),
        ("select * from glob('*')", "disabled"),
        ("select * from 'x.parquet'", "disabled"),
        ("select * from whole", "whole"),
        ("select cast(strategy as integer) from results", "supportive"),
    ],
)
def test_what_is_no_question_gets_one_line(whole, sql, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    line = refused(2, "query", whole.folder, sql)
    assert line.startswith("SQL: ")
    assert words in line
    assert not list(tmp_path.iterdir())


def test_an_error_in_the_middle_of_an_answer_is_one_line_too(whole):
    sql = "select case when point > 10 then error('late') else point end from results"
    with pytest.raises(InputError, match="late"):
        rows_of(whole, sql)


def test_answers_come_as_json_csv_and_table(whole):
    sql = "select strategy, refused, avg(inc_cost) as gain, true as yes from results group by all order by 1"
    expected = rows_of(whole, sql)
    records = json.loads(bmes("query", whole.folder, sql, "--json")[1])
    assert [tuple(record.values()) for record in records] == expected
    assert list(records[0]) == ["strategy", "refused", "gain", "yes"]
    lines = list(csv.reader(io.StringIO(bmes("query", whole.folder, sql, "--csv")[1])))
    assert lines[0] == ["strategy", "refused", "gain", "yes"]
    assert [float(line[2]) for line in lines[1:]] == [row[2] for row in expected]
    code, text, _ = bmes("query", whole.folder, sql)
    assert code == 0
    assert f"{expected[1][2]:.6g}" in text
    code, text, _ = bmes("query", whole.folder, "select r.point from results r, results s")
    assert code == 0
    assert "The first 200 rows" in text
    assert len(text.splitlines()) < 220
    assert "--json" in refused(2, "query", whole.folder, sql, "--json", "--csv")


def test_two_columns_of_one_name_are_not_made_one(whole):
    sql = "select 1 as a, 2 as a"
    assert "two columns are named 'a'" in refused(2, "query", whole.folder, sql, "--json")
    lines = list(csv.reader(io.StringIO(bmes("query", whole.folder, sql, "--csv")[1])))
    assert lines == [["a", "a"], ["1", "2"]]


def test_no_cell_of_an_answer_in_csv_becomes_a_formula(whole):
    lines = list(csv.reader(io.StringIO(bmes("query", whole.folder, "select '=1+1' as \"=2\", -5.5 as n", "--csv")[1])))
    assert lines == [["'=2", "n"], ["'=1+1", "-5.5"]]


def test_a_sweep_that_has_just_begun_can_be_asked(tmp_path):
    folder = begin(small_sweep(tmp_path), tmp_path / "runs")
    code, text, _ = bmes("query", folder, "select count(*) as rows from results", "--json")
    assert (code, json.loads(text)) == (0, [{"rows": 0}])


def test_without_duckdb_it_says_what_to_install(whole, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert "bmes-sim[sweep]" in refused(1, "query", whole.folder, "select 1")


def test_a_folder_that_is_no_sweep_is_refused(tmp_path):
    assert "manifest.json" in refused(2, "query", tmp_path, "select 1")
    assert "manifest.json" in refused(2, "compact", tmp_path)


def test_compact_says_what_it_did_and_answers_stay(whole):
    before = rows_of(whole, "select * from results order by point, strategy")
    code, text, _ = bmes("compact", whole.folder)
    assert code == 0
    assert "12 files became 1" in text
    assert rows_of(whole, "select * from results order by point, strategy") == before
