"""`bmes sweep`: what it prints, and what it refuses in one line."""

import json
import shutil

import pyarrow.parquet as pq
import pytest
from commands import bmes, refused
from small_sweeps import GRID, assert_same_rows, sweep_file, swept

from sim.experiments import sweep as sweeps
from sim.experiments.sweep_results import load_sweep_results


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("sweep")


@pytest.fixture(scope="module")
def whole(home):
    return swept(home)


def test_the_command_sweeps_and_says_what_it_would_take(home, whole, tmp_path):
    file = sweep_file(tmp_path)
    code, text, _ = bmes("sweep", file, "--dry-run")
    assert code == 0
    assert "20" in text
    assert "240" in text  # courses: 20 points, 6 patients, 2 strategies
    assert list(tmp_path.iterdir()) == [file]
    code, text, _ = bmes("sweep", file, "--threads", 1, "--patients", 6, "--json", "--out", tmp_path / "runs")
    assert code == 0
    told = json.loads(text)
    assert told["courses"] == 240
    (place,) = (tmp_path / "runs" / "small").iterdir()
    assert told["folder"] == str(place)
    assert_same_rows(whole, load_sweep_results(place))


def test_a_user_who_stops_a_sweep_is_told_how_to_go_on(whole, tmp_path, monkeypatch):
    write, calls = sweeps.write_part, iter(range(100))

    def interrupted(*arguments):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return write(*arguments)

    monkeypatch.setattr(sweeps, "write_part", interrupted)
    line = refused(130, "sweep", sweep_file(tmp_path), "--threads", 2, "--out", tmp_path / "runs")
    monkeypatch.undo()
    _, _, command = line.partition("Go on with: ")
    assert command.startswith("bmes sweep --resume ")
    assert bmes(*command.split()[1:], "--threads", 1)[0] == 0
    (place,) = (tmp_path / "runs" / "small").iterdir()
    found = load_sweep_results(place)
    assert found.manifest["taken_from_parts"] == 3
    assert_same_rows(whole, found)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "FILE or --resume"),
        (["x.toml"], "x.toml"),
        (["--resume", "nowhere"], "nowhere"),
        (["--resume", "nowhere", "--dry-run"], "--resume"),
        (["--resume", "nowhere", "--patients", "3"], "--resume"),
        (["price_and_effect", "--patients", "0"], "patients"),
        (["price_and_effect", "--threads", "0"], "--threads"),
    ],
)
def test_bad_arguments_get_one_line_and_leave_nothing(arguments, words, tmp_path):
    assert words in refused(2, "sweep", *arguments, "--out", tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_finished_sweep_is_not_resumed(whole):
    assert "finished" in refused(2, "sweep", "--resume", whole.folder)


def test_a_factor_with_the_name_of_a_column_is_refused(tmp_path):
    file = sweep_file(tmp_path, GRID.replace('"price"', '"Redrawn"'))
    assert "column" in refused(2, "sweep", file, "--out", tmp_path / "runs")
    assert "column" in refused(2, "sweep", file, "--dry-run")


def test_a_damaged_manifest_is_one_line(whole, tmp_path):
    place = tmp_path / "runs" / "copy"
    shutil.copytree(whole.folder, place)
    manifest = place / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"factors": [', '"factor": ['))
    assert "damaged" in refused(2, "query", place, "select 1")


def test_a_part_says_what_it_belongs_to(whole):
    about = pq.read_metadata(whole.files()[0]).metadata
    assert about[b"bmes_question"].decode() == whole.manifest["question_hash"]
