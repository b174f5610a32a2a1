"""Run folders: whole or not at all, and read back as they were written."""

import errno
import json
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
from small_runs import FRAMES, assert_same, small_run

from sim.experiments import store
from sim.experiments.results import Results
from sim.experiments.run import run
from sim.inputs.scenario import load_scenario
from sim.vocabulary.errors import InputError, RunError


@pytest.fixture(scope="module")
def results(seed):
    return small_run(seed, strategies=("supportive", "zoledronate"), patients=20)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "outputs"


def everything_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_run_is_read_back_as_it_was_written(results, out):
    folder = store.save(results, out, {"note.txt": lambda _, path: path.write_text("x")})
    assert folder.parent == out / "base_case_uk"
    assert folder.name.endswith(results.manifest["question_hash"][:8])
    assert (folder / "note.txt").exists()
    again = store.load_run(folder)
    assert isinstance(again, Results)
    assert_same(results, again, tuple(name for name in FRAMES if name not in ("history", "patients")))
    for name in ("history", "patients"):  # categories come back in another order
        written, read = (getattr(one, name).astype({"strategy": str}) for one in (results, again))
        pd.testing.assert_frame_equal(written, read, check_exact=True, check_categorical=False)
    assert again.manifest == json.loads(json.dumps(results.manifest))
    assert again.scenario == results.scenario
    assert again.inputs.parameters.content_hash() == results.manifest["parameter_hash"]
    assert {field.name for field in fields(Results)} >= set(FRAMES)


def test_the_summary_holds_a_row_a_strategy(results, out):
    summary = pd.read_csv(store.save(results, out) / "summary.csv").set_index("strategy")
    assert list(summary.index) == ["supportive", "zoledronate"]
    gain = summary.qalys_discounted.zoledronate - summary.qalys_discounted.supportive
    assert summary.incremental_qalys_discounted.zoledronate == pytest.approx(gain, abs=1e-9)


def test_two_runs_of_the_same_second_get_two_folders(results, out):
    assert store.save(results, out) != store.save(results, out)
    assert len(store.list_runs(out)) == 2


def test_the_hash_follows_the_question_and_not_the_way_to_the_answer(results, seed):
    settings = {"strategies": ("supportive", "zoledronate"), "keep_history": False}
    same = small_run(seed, patients=20, threads=1, engine="simpy", **settings)
    other = small_run(seed, patients=21, **settings)
    assert same.manifest["question_hash"] == results.manifest["question_hash"]
    assert other.manifest["question_hash"] != results.manifest["question_hash"]


def full_disk(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("method", [(pd.DataFrame, "to_parquet"), (pd.DataFrame, "to_csv"), (Path, "write_text")])
def test_a_full_disk_leaves_nothing_behind(method, results, out, monkeypatch):
    monkeypatch.setattr(*method, full_disk)
    with pytest.raises(RunError, match=r"no space left on device\). Make room"):
        store.save(results, out)
    assert not out.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_device_that_is_full_leaves_nothing_behind(results, out):
    writer = {"outcomes2.parquet": lambda results, _: results.outcomes.to_parquet("/dev/full")}
    with pytest.raises(RunError, match=r"no space left on device\). Make room"):
        store.save(results, out, writer)
    assert not out.exists()


def test_a_folder_that_may_not_be_written_is_found_before_the_simulation(out, monkeypatch):
    def read_only(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", read_only)
    with pytest.raises(RunError, match=r"read-only file system.*--out"), store.unfinished_folder(out, "base_case_uk"):
        pytest.fail("the body must not be reached")


def test_a_file_in_the_way_is_named(out):
    out.write_text("I am a file.")
    with pytest.raises(RunError, match="not a directory"), store.unfinished_folder(out / "deeper", "base_case_uk"):
        pytest.fail("the body must not be reached")
    assert out.read_text() == "I am a file."


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RunError("x"), ZeroDivisionError])
def test_whatever_stops_a_run_leaves_no_folder(stop, results, out):
    kept = store.save(results, out)
    before = everything_below(out)

    def stopped():
        with store.unfinished_folder(out, "base_case_uk") as folder:
            store.write_results(results, folder)
            raise stop

    with pytest.raises(stop if isinstance(stop, type) else type(stop)):
        stopped()
    assert everything_below(out) == before
    assert store.list_runs(out)[0][0] == kept


def test_an_unfinished_folder_is_no_run(results, out):
    with store.unfinished_folder(out, "base_case_uk") as folder:
        store.write_results(results, folder)
        assert store.list_runs(out) == []


def test_a_patient_file_goes_with_the_run(out, tmp_path, seed):
    (tmp_path / "people.csv").write_text("age_years,sex,site\n44,female,hip\n61,male,knee\n")
    question = tmp_path / "two_people.toml"
    question.write_text('extends = "base_case_uk"\n[population]\nkind = "csv"\nfile = "people.csv"\n')
    folder = store.save(run(load_scenario(question, patients=4, seed=seed), keep_patients=True), out)
    (tmp_path / "people.csv").unlink()
    again = store.load_run(folder)
    assert list(again.patients.site[:4]) == ["hip", "knee", "hip", "knee"]
    assert again.inputs.population.age_years.tolist() == [44.0, 61.0]


def test_a_single_strategy_is_compared_with_nothing(out, seed):
    results = small_run(seed, strategies=("iloprost",), patients=3)
    assert results.increments.empty
    assert list(results.incremental.status) == ["frontier"]
    assert (results.net_benefit.incremental_vs_comparator == 0.0).all()
    assert store.load_run(store.save(results, out)).increments.empty


def test_one_patient_has_means_and_no_standard_errors(seed):
    results = small_run(seed, strategies=("supportive", "iloprost"), patients=1)
    assert results.outcomes.cost.notna().all()
    assert results.outcomes.cost_se.isna().all()
    assert results.net_benefit.standard_error.isna().all()


@pytest.mark.parametrize("damage", ["manifest.json", "outcomes.parquet", "tables/curves.parquet"])
@pytest.mark.parametrize("content", [None, b"\x00\x01", b"[]"])
def test_a_damaged_run_is_refused_in_one_line(damage, content, results, out):
    file = store.save(results, out) / damage
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        store.load_run(file.parent if damage == file.name else file.parent.parent)
    assert "\n" not in str(refusal.value)
