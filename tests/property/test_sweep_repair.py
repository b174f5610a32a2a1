"""Run folders of sweeps that lost or damaged something: it is seen, said in one line, and made anew."""

import errno
import json
import os
import random
import shutil

import pytest
from commands import bmes, refused
from small_sweeps import assert_same_rows, small_sweep, sweep_file, swept

from sim.experiments import same_program, store
from sim.experiments import sweep as sweeps
from sim.experiments.executor import ThreadExecutor
from sim.experiments.sweep import resume
from sim.experiments.sweep_compact import compact
from sim.experiments.sweep_results import load_sweep_results
from sim.experiments.sweep_store import begin
from sim.vocabulary.errors import InputError, RunError

POINTS = 20


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return swept(tmp_path_factory.mktemp("sweep"))


@pytest.fixture
def finished(whole, tmp_path):
    """A finished run folder of its own."""
    return shutil.copytree(whole.folder, tmp_path / "small" / "run")


@pytest.fixture
def partial(whole, tmp_path):
    """A folder with all parts, whose sweep was stopped before its end."""
    return shutil.copytree(whole.folder, tmp_path / "small" / "run.partial")


def parts_of(folder):
    return sorted((folder / "parts").glob("*.parquet"))


def flip(path, chance):
    """Turn one bit of a file over."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def edit(folder, **keys):
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | keys))


def test_a_lost_part_of_a_finished_sweep_is_told_and_made_again_in_place(whole, finished):
    parts_of(finished)[7].unlink()
    code, text, line = bmes("query", finished, "select count(distinct point) as points from results", "--json")
    assert (code, json.loads(text)) == (0, [{"points": POINTS - 1}])
    assert line.startswith(f"1 of the sweep's points are not there yet. To do them: bmes sweep --resume {finished}")
    assert line.count("\n") == 1
    code, _, line = bmes("compact", finished)
    assert (code, line.count("1 of the sweep's points")) == (0, 1)
    assert "--resume" in refused(1, "report", finished)
    code, text, _ = bmes("sweep", "--resume", finished, "--threads", 1, "--json")
    assert (code, json.loads(text)["folder"]) == (0, str(finished))
    again = load_sweep_results(finished)
    assert_same_rows(whole, again)
    assert again.manifest["taken_from_parts"] == POINTS - 1
    assert [path.name for path in finished.parent.iterdir()] == ["run"]
    assert bmes("query", finished, "select 1")[2] == ""
    assert "finished" in refused(2, "sweep", "--resume", finished)


def test_any_bit_that_is_turned_over_is_seen_before_a_number_is_read(whole, finished, seed):
    chance = random.Random(seed)
    place = parts_of(finished)[3]
    content = place.read_bytes()
    results = load_sweep_results(finished)
    for _ in range(100):
        flip(place, chance)
        with pytest.raises(RunError, match=r"this part is damaged.*bmes sweep --resume"):
            results.frame()
        place.write_bytes(content)
    assert_same_rows(whole, results)


@pytest.mark.parametrize("command", [("query", "select 1"), ("compact",), ("report",)])
def test_a_damaged_part_is_one_line_that_tells_a_repair_which_works(whole, finished, command, seed):
    flip(parts_of(finished)[3], random.Random(seed))
    before = parts_of(finished)
    line = refused(1, command[0], finished, *command[1:])
    assert f"{before[3].name}: this part is damaged" in line
    assert parts_of(finished) == before
    words = line.strip().partition(": bmes ")[2].split()
    assert bmes(*words, "--threads", 1)[0] == 0
    assert_same_rows(whole, load_sweep_results(finished))
    assert [path.name for path in (finished / "parts").glob("*.damaged")] == [before[3].with_suffix(".damaged").name]


def test_a_damaged_part_is_set_aside_when_a_sweep_goes_on(whole, partial, seed):
    flip(parts_of(partial)[3], random.Random(seed))
    again = load_sweep_results(resume(partial, ThreadExecutor(1)))
    assert again.manifest["taken_from_parts"] == POINTS - 1
    assert_same_rows(whole, again)


def test_what_a_damaged_merged_part_has_replaced_is_not_thrown_away(whole, finished, seed):
    originals = {path.name: path.read_bytes() for path in parts_of(finished)}
    compact(finished)
    (merged,) = parts_of(finished)
    for name, content in list(originals.items())[:5]:  # as if the merging had been stopped before their removal
        (finished / "parts" / name).write_bytes(content)
    flip(merged, random.Random(seed))
    with pytest.raises(RunError, match="damaged"):
        compact(finished)
    again = load_sweep_results(resume(finished, ThreadExecutor(1)))
    assert again.manifest["taken_from_parts"] == 5
    assert_same_rows(whole, again)


def test_a_damaged_design_is_one_line(finished):
    place = finished / "design.parquet"
    place.write_bytes(place.read_bytes()[:-20])
    assert "design.parquet of this sweep is damaged" in refused(2, "query", finished, "select 1")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"points": 10}, "points: 10 is not the number that the design and the sweep give. Write 20."),
        ({"points": 20.0}, "Write 20."),
        ({"rows_per_point": 3}, "Write 2."),
        ({"rows": "x"}, "Write 40."),
        ({"courses": 1}, "Write 240."),
        ({"points_per_part": 50}, "50 is another number than the parts were made with"),
        ({"points_per_part": 0}, "0 is no number of points"),
        ({"points_per_part": "x"}, "'x' is no number of points"),
        ({"started": "yesterday"}, "'yesterday' does not fit here"),
        ({"started": 5}, "5 does not fit here"),
        ({"question_hash": 5}, "no manifest of a run"),
        ({"question_hash": "0"}, "inputs were changed"),
        ({"sources": "0123456789abcdef"}, "another state of its sources"),
        ({"sources": None}, "another state of its sources"),
    ],
)
def test_a_manifest_that_was_edited_is_one_line_before_anything_runs(partial, keys, words):
    for path in parts_of(partial)[10:]:
        path.unlink()
    edit(partial, **keys)
    assert words in refused(2, "sweep", "--resume", partial)
    assert len(parts_of(partial)) == 10


def test_whoever_comes_second_is_told_that_the_folder_is_gone(partial, monkeypatch):
    parts_of(partial)[0].unlink()
    parts_of(partial)[0].unlink()
    write = sweeps.write_part

    def overtaken(*arguments):
        monkeypatch.setattr(sweeps, "write_part", write)
        resume(partial, ThreadExecutor(1))  # another process finishes first
        return write(*arguments)

    monkeypatch.setattr(sweeps, "write_part", overtaken)
    with pytest.raises(RunError) as caught:
        resume(partial, ThreadExecutor(1))
    assert str(caught.value).startswith(f"{partial}: this folder is gone.")
    assert "--resume" not in str(caught.value)


def test_what_stays_in_its_place_is_not_sent_elsewhere_by_an_option_that_does_not_exist(finished, partial, monkeypatch):
    def refusing(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "replace", refusing)
    line = refused(1, "compact", finished)
    assert "read-only file system" in line
    assert "--out" not in line
    parts_of(partial)[0].unlink()
    line = refused(1, "sweep", "--resume", partial, "--threads", 1)
    assert "read-only file system" in line
    assert "--out" not in line


def test_a_full_disk_while_inputs_are_copied_is_one_short_line(tmp_path, monkeypatch):
    def full(source, place, **_):
        raise OSError(errno.ENOSPC, "No space left on device", str(place))

    copytree = shutil.copytree
    monkeypatch.setattr(store, "copytree", lambda *given, **more: copytree(*given, **more, copy_function=full))
    with pytest.raises(RunError) as caught:
        begin(small_sweep(tmp_path), tmp_path / "runs")
    line = str(caught.value)
    assert line.endswith("(no space left on device). Make room on the disk, or choose another place with --out.")
    assert len(line) < 300
    assert list((tmp_path / "runs" / "small").iterdir()) == []


def test_a_folder_that_is_not_there_is_no_folder_of_another_command(tmp_path):
    line = refused(2, "query", tmp_path / "nowhere", "select 1")
    assert "there is no such folder" in line
    assert "bmes run`" not in line


def test_the_manifest_says_which_sources_began_the_sweep(whole, tmp_path, monkeypatch):
    folder = begin(small_sweep(tmp_path), tmp_path / "runs")
    monkeypatch.setattr(same_program, "program_facts", lambda: {"sources": "others"})
    with pytest.raises(InputError, match="another state of its sources"):
        resume(folder)
    monkeypatch.undo()
    assert_same_rows(whole, load_sweep_results(resume(folder, ThreadExecutor(1))))


def test_a_cluster_beside_a_dry_run_is_refused(tmp_path):
    file = sweep_file(tmp_path)
    assert refused(2, "sweep", file, "--dry-run", "--cluster", "local:2").startswith("--dry-run: ")
