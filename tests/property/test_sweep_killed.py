"""A sweep that is killed, at any moment, ends as one that was not; so does the merging of its parts."""

import json
import os
import subprocess
import sys

import pytest
from small_sweeps import GRID, assert_same_rows, small_sweep, swept

from sim.experiments.executor import ThreadExecutor
from sim.experiments.sweep import resume
from sim.experiments.sweep_compact import compact
from sim.experiments.sweep_parts import part_files, sorted_out
from sim.experiments.sweep_results import load_sweep_results
from sim.experiments.sweep_store import begin
from sim.vocabulary.errors import RunError

TRIALS = 30
ROWS_PER_FILE = 12
ONE_VARIANT = GRID.replace("steps = 5", "steps = 10")
ONE_VARIANT = ONE_VARIANT.replace('levels = ["uk", "nl"]', 'levels = ["uk"]')
POINTS = 20


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def whole(home):
    return swept(home, ONE_VARIANT)


def begun(home, out):
    return begin(small_sweep(home, ONE_VARIANT), out)


@pytest.mark.slow
def test_what_is_killed_at_random_moments_ends_as_what_is_not(home, whole, tmp_path, repository, seed):
    folder = tmp_path / "trials"
    folder.mkdir()
    script = [sys.executable, repository / "tests" / "sweep_killer.py", begun(home, tmp_path / "runs"), folder]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [*map(str, script), str(TRIALS), str(seed)],
        capture_output=True, text=True, timeout=900, cwd=repository, env=environment, check=False,
    )  # fmt: skip
    sys.stdout.write(f"seed {seed}\n{done.stdout}")  # shown when this test fails
    assert done.returncode == 0, done.stderr
    trials = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(trial["code"] == 0 for trial in trials)
    killed = [trial for trial in trials if trial["killed"]]
    assert sum(trial["kind"] == "sweep" for trial in killed) >= TRIALS // 2
    assert len({trial["parts"] for trial in killed if trial["kind"] == "sweep"}) > 3  # really at different moments
    assert sum(trial["kind"] == "replace" for trial in killed) == 8
    assert sum(trial["kind"] == "compact" for trial in killed) >= TRIALS // 3
    for trial in trials:
        if trial["kind"] == "compact":
            # What was left is whole without any repair, and what was repeated is tidy.
            assert_same_rows(whole, load_sweep_results(folder / f"{trial['name']}-left" / "run.partial"))
            assert_same_rows(whole, load_sweep_results(folder / trial["name"] / "run.partial"))
            assert trial["files"] == 4
        else:
            (place,) = (folder / trial["name"]).iterdir()
            found = load_sweep_results(place)
            assert found.finished
            assert_same_rows(whole, found)
            assert [path.read_bytes() for path in found.files()] == [path.read_bytes() for path in whole.files()]


@pytest.mark.parametrize("call", [0, 11, POINTS - 1])
def test_a_rename_that_fails_stops_the_sweep_in_one_line_and_loses_that_part_only(
    home, whole, tmp_path, monkeypatch, call
):
    folder = begun(home, tmp_path / "runs")
    replace, calls = os.replace, iter(range(100))

    def failing(*arguments):
        if next(calls) == call:
            raise OSError(28, "No space left on device")
        replace(*arguments)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(RunError, match=r"no space left on device.*--resume"):
        resume(folder, ThreadExecutor(1))
    monkeypatch.undo()
    assert len(part_files(folder)) == call
    place = resume(folder, ThreadExecutor(1))
    assert_same_rows(whole, load_sweep_results(place))
    assert len(list((place / "parts").iterdir())) == POINTS  # nothing unfinished is left


@pytest.mark.parametrize("call", [0, 1])
def test_a_rename_that_fails_while_merging_changes_nothing(home, whole, tmp_path, monkeypatch, call):
    folder = resume(begun(home, tmp_path / "runs"), ThreadExecutor(1))
    replace, calls = os.replace, iter(range(100))

    def failing(*arguments):
        if next(calls) == call:
            raise OSError(5, "Input/output error")
        replace(*arguments)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(RunError, match="input/output error"):
        compact(folder, ROWS_PER_FILE)
    monkeypatch.undo()
    assert_same_rows(whole, load_sweep_results(folder))
    assert not list((folder / "parts").glob(".*"))
    compact(folder, ROWS_PER_FILE)
    assert_same_rows(whole, load_sweep_results(folder))


def test_merged_files_hold_every_row_once_and_originals_that_were_left_do_not_count(home, whole, tmp_path):
    folder = resume(begun(home, tmp_path / "runs"), ThreadExecutor(1))
    originals = {path.name: path.read_bytes() for path in part_files(folder)}
    done = compact(folder, ROWS_PER_FILE)
    assert (done.before, done.after) == (POINTS, 4)
    assert len(list((folder / "parts").iterdir())) == 4
    for name in list(originals)[2:5]:
        (folder / "parts" / name).write_bytes(originals[name])
    assert_same_rows(whole, load_sweep_results(folder))
    assert len(sorted_out(folder)[1]) == 3
    assert compact(folder).after == 1  # the merged ones once more
    assert_same_rows(whole, load_sweep_results(folder))
    assert compact(folder).before == 1


def test_a_sweep_under_way_can_be_compacted_and_goes_on(home, whole, tmp_path):
    folder = begun(home, tmp_path / "runs")
    for path in [*whole.files()[:4], *whole.files()[6:8]]:
        (folder / "parts" / path.name).write_bytes(path.read_bytes())
    assert compact(folder).after == 2  # a gap is not closed
    found = load_sweep_results(resume(folder, ThreadExecutor(1)))
    assert_same_rows(whole, found)
    assert found.manifest["taken_from_parts"] == 6
