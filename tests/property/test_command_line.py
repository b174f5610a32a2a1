"""The command `bmes`: what it prints, its exit codes, and one clear line for whatever goes wrong."""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from commands import bmes, refused
from typer.testing import CliRunner

from sim import cli
from sim.experiments import run as run_module
from sim.experiments import store

COMMANDS = (
    "run",
    "trace",
    "report",
    "runs",
    "compare",
    "scenarios",
    "bench",
    "parameters",
    "parameters list",
    "parameters show",
    "parameters check",
)
SMALL = ("--patients", "3")


def process(*arguments, **settings):
    """A command in a process of its own, where Ctrl-C is heard as in a terminal."""
    package = str(Path(cli.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([package, os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen(
        [sys.executable, "-m", "sim.cli", *map(str, arguments)],
        env=environment, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), **settings,
    )  # fmt: skip


@pytest.fixture
def out(tmp_path):
    return tmp_path / "outputs"


@pytest.fixture(scope="module")
def small_run_folder(tmp_path_factory):
    """One small run, and what the command printed about it."""
    out = tmp_path_factory.mktemp("outputs")
    code, output, errors = bmes("run", "base_case_uk", "--patients", 40, "--out", out, "--keep-patients", "--history")
    assert code == 0, errors
    ((folder, _),) = store.list_runs(out)
    return folder, output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command):
    code, output, _ = bmes(*command.split(), "--help")
    assert code == 0
    assert "Example: bmes " in output


def test_a_run_prints_question_answer_table_and_the_report_it_wrote(small_run_folder):
    folder, output = small_run_folder
    assert output.startswith("Which way of managing")
    assert "the highest net benefit is that of" in " ".join(output.split())
    assert "on the frontier" in " ".join(output.split())
    assert f"Workbook: {folder / 'results.xlsx'}" in " ".join(output.split())
    assert output.split()[-1] == str(folder / "report.html")
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "manifest.json", "summary.csv", "outcomes.parquet", "report.html", "results.xlsx", "patients.parquet",
        "history.parquet", "tables", "inputs",
    }  # fmt: skip


def test_a_run_as_json(out):
    code, output, errors = bmes("run", "two_year_horizon", *SMALL, "--seed", 5, "--out", out, "--json")
    assert (code, errors) == (0, "")
    content = json.loads(output)
    assert content["manifest"]["seed"] == 5
    assert content["manifest"]["patients"] == 3
    assert {row["strategy"] for row in content["incremental"]} == {row["strategy"] for row in content["outcomes"]}
    assert Path(content["folder"], "report.html").is_file()
    assert Path(content["workbook"]) == Path(content["folder"], "results.xlsx")
    assert Path(content["workbook"]).is_file()


def test_runs_are_listed_and_reports_written_anew(small_run_folder):
    folder, _ = small_run_folder
    (folder / "report.html").unlink()
    (folder / "results.xlsx").unlink()
    code, output, errors = bmes("report", folder)
    assert (code, errors) == (0, "")
    assert "report.html" in output
    assert "plotly" in (folder / "report.html").read_text("utf-8")
    assert "results.xlsx" in output
    assert zipfile.is_zipfile(folder / "results.xlsx")
    code, output, _ = bmes("runs", "--out", folder.parent.parent, "--json")
    assert code == 0
    assert [row["folder"] for row in json.loads(output)] == [str(folder)]
    assert bmes("runs", "--out", folder.parent.parent)[0] == 0


def test_a_trace_tells_of_both_strategies():
    pair = ("--strategy", "supportive", "--strategy", "zoledronate")
    code, output, errors = bmes("trace", "base_case_uk", "--patient", 17, *pair)
    assert (code, errors) == (0, "")
    assert "zoledronate" in output.lower()
    code, output, _ = bmes("trace", "base_case_uk", "--patient", 17, *pair, "--json")
    assert code == 0
    told = json.loads(output)
    assert [course["strategy"] for course in told] == ["supportive", "zoledronate"]
    assert {row["patient_id"] for course in told for row in course["rows"]} == {17}


def test_parameters_are_listed_and_shown():
    code, output, _ = bmes("parameters", "list", "healing_median", "--json")
    assert code == 0
    names = [row["name"] for row in json.loads(output)]
    assert "healing_median_months.hip" in names
    assert all("healing_median" in name for name in names)
    code, output, _ = bmes("parameters", "show", "healing_median_months.hip")
    assert code == 0
    assert "months" in output


def test_the_shipped_parameters_are_sound():
    code, output, errors = bmes("parameters", "check", "--json")
    assert (code, errors) == (0, "")
    assert "base_case_uk" in json.loads(output)["scenarios"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "base_case_uk", "--patients", "0"), "--patients: 0"),
        (("run", "base_case_uk", "--patients", "-5"), "--patients: -5"),
        (("run", "base_case_uk", "--patients", "many"), "--patients"),
        (("run", "base_case_uk", "--seed", "-1"), "--seed: -1"),
        (("run", "base_case_uk", *SMALL, "--threads", "0"), "--threads: 0"),
        (("run", "base_case_uk", *SMALL, "--engine", "simp"), "Did you mean 'simpy'?"),
        (("run", "base_case_us"), "Did you mean 'base_case_uk'?"),
        (("run",), "SCENARIO"),
        (("run", "base_case_uk", "--patient", "3"), "--patient"),
        (("rum",), "rum"),
        (("trace", "base_case_uk", "--patient", "-1"), "--patient: -1"),
        (("trace", "base_case_uk", "--strategy", "zoledronat"), "Did you mean 'zoledronate'?"),
        (("parameters", "show", "healing_median_months.hips"), "healing_median_months.hip"),
        (("report", "nowhere"), "there is no such folder"),
        (("compare", "nowhere", "elsewhere"), "there is no such folder"),
        (("compare",), "RUN RUN ..."),
        (("runs", "--out", "nowhere"), "there is no such folder"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_two(arguments, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert words in refused(2, *arguments)
    assert not list(tmp_path.iterdir())


def test_a_binary_file_is_no_scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("noise.toml").write_bytes(bytes(range(256)))
    assert "not a text file" in refused(2, "run", "noise.toml")


def test_debug_shows_the_traceback(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli.app, ["run", "base_case_us", "--debug"])
    assert type(result.exception).__name__ == "InputError"


def test_an_output_folder_below_a_file_is_refused(out):
    out.write_text("I am a file.")
    line = refused(1, "run", "base_case_uk", *SMALL, "--out", out / "deeper")
    assert "the run folder cannot be written (not a directory)" in line


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_output_folder_is_refused(out):
    out.mkdir(mode=0o500)
    assert "permission denied" in refused(1, "run", "base_case_uk", *SMALL, "--out", out)
    assert not list(out.iterdir())


def test_a_full_disk_is_one_line_and_leaves_no_folder(out, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pandas.DataFrame.to_parquet", full)
    assert "no space left on device" in refused(1, "run", "base_case_uk", *SMALL, "--out", out)
    assert not out.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_output_that_cannot_be_written_is_one_line():
    with Path("/dev/full").open("w") as full, process("parameters", "list", "--json", stdout=full) as command:
        errors = command.stderr.read()
    assert command.returncode == 1
    assert errors == "The output cannot be written (no space left on device). Make room on the disk.\n"


def test_a_reader_who_has_had_enough_is_no_fault():
    with process("parameters", "list", "--json", stdout=subprocess.PIPE) as command:
        command.stdout.close()
        assert command.stderr.read() == ""


def test_ctrl_c_during_a_run_is_one_line_and_leaves_no_folder(out):
    with process("run", "base_case_uk", "--patients", 50_000_000, "--out", out, stdout=subprocess.PIPE) as command:
        waiting_ends = time.monotonic() + 60
        while not list(out.glob("*/.unfinished-*")) and time.monotonic() < waiting_ends:
            time.sleep(0.05)
        time.sleep(1.0)  # well into loading the rules, or into the first blocks
        command.send_signal(signal.SIGINT)
        output, errors = command.communicate(timeout=120)
    assert command.returncode == 130
    assert (output, errors) == ("", "Interrupted; no half-written run is left.\n")
    assert not out.exists()


def test_ctrl_c_between_blocks_is_one_line_and_leaves_no_folder(out, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run_module.Sums, "add", interrupted)
    assert refused(130, "run", "base_case_uk", *SMALL, "--out", out) == "Interrupted; no half-written run is left.\n"
    assert not out.exists()
