"""Folders of probabilistic analyses: what is opened again, and what is refused in one line."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from commands import bmes, refused

from sim.experiments import at_means
from sim.experiments.psa import prepared, simulate
from sim.experiments.psa_frames import analysis_of
from sim.experiments.psa_store import PARTS, begin, finish, load_frame, load_psa, taken_up
from sim.inputs.scenario import load_scenario, with_overrides
from sim.vocabulary.errors import InputError

HIP = "healing_median_months.hip"


@pytest.fixture(scope="module")
def question(tmp_path_factory):
    """A scenario whose draws of one parameter come from a file."""
    home = tmp_path_factory.mktemp("mine")
    (home / "draws.csv").write_text("\n".join([HIP, *(f"{6 + 0.1 * row}" for row in range(20))]) + "\n")
    (home / "mine.toml").write_text(
        'extends = "base_case_uk.toml"\ntitle = "Mine"\nquestion = "What with my own draws?"\n'
        'strategies = ["supportive", "zoledronate"]\n[uncertainty]\nposterior = "draws.csv"\n'
    )
    return load_scenario(home / "mine.toml")


def stored(question, out):
    study = prepared(question, 40, 5)
    folder = begin(study, out)
    results = simulate(study, threads=1, parts=folder / PARTS)
    return finish(results, analysis_of(results), folder, {}), results


@pytest.fixture(scope="module")
def run(question, tmp_path_factory):
    return stored(question, tmp_path_factory.mktemp("runs"))


def test_an_analysis_of_a_posterior_file_is_opened_again_by_every_command(run, tmp_path):
    folder, results = run
    again = load_psa(folder)
    assert again.at_means.inputs.parameters.value(HIP) == results.at_means.inputs.parameters.value(HIP)
    assert again.at_means.outcomes.equals(results.at_means.outcomes)
    assert again.at_means.scenario == results.at_means.scenario
    for arguments in (
        ["export", folder, "--layout", "csv", "--out", tmp_path / "tables"],
        ["voi", folder, "--evppi", HIP],
        ["report", folder],
    ):
        code, _, errors = bmes(*arguments)
        assert (code, errors) == (0, "")


def test_so_is_one_whose_run_at_the_means_still_names_the_file(question, tmp_path, monkeypatch):
    """As it was written before: the posterior kept beside values for its own columns."""

    def keeping(scenario, **changes):
        return with_overrides(scenario, **{key: changes[key] for key in ("patients", "parameters")})

    monkeypatch.setattr(at_means, "with_overrides", keeping)
    folder, results = stored(question, tmp_path)
    monkeypatch.undo()
    assert json.loads((folder / "at_means" / "manifest.json").read_text())["scenario"]["uncertainty"]["posterior"]
    assert load_psa(folder).at_means.increments.equals(results.at_means.increments)


@pytest.mark.parametrize(
    "option",
    [
        ("--draws", 1000),
        ("--patients", 5),
        ("--seed", 9),
        ("--design", "sobol"),
        ("--luck", "shared"),
        ("--until-precise", 3),
        ("--out", "elsewhere"),
    ],
)
def test_what_was_settled_at_the_beginning_is_refused_beside_resume(option, tmp_path):
    line = refused(2, "psa", "--resume", tmp_path, *option)
    assert line.startswith(f"{option[0]}: an interrupted analysis goes on as it was begun")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("draws_at_most", "x", "manifest.json, draws_at_most: 'x' does not fit here. Write a whole number."),
        ("draws_at_most", None, "manifest.json, draws_at_most: None does not fit here."),
        ("target_standard_error", "5", "manifest.json, target_standard_error: '5' does not fit here."),
        ("luck", 3, "manifest.json, luck: 3 does not fit here."),
        ("version", "0.0.1", "this was begun by version 0.0.1"),
        ("sources", "0123456789abcdef", "another state of its sources"),
    ],
)
def test_a_manifest_that_was_edited_by_hand_gets_one_line(question, tmp_path, key, value, said):
    folder = begin(prepared(question, 4, 2), tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {key: value}))
    assert said in refused(2, "psa", "--resume", folder)
    del manifest[key]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    if key != "target_standard_error":
        with pytest.raises(InputError, match="this key is missing"):
            taken_up(folder)


@pytest.mark.parametrize("command", [["psa", "--resume"], ["voi"], ["export", "--layout", "csv", "--out", "x"]])
def test_folders_that_are_none_are_refused_with_the_command_that_writes_them(command, tmp_path):
    first, *options = command
    for folder, said in ((tmp_path / "nowhere", "there is no such folder"), (tmp_path, "it holds no manifest.json")):
        line = refused(2, first, *options, folder)
        assert said in line
        assert "Give a folder that `bmes psa` has written" in line


def shorter(name):
    def damage(folder):
        frame = pd.read_parquet(folder / name)
        frame.iloc[:-3].to_parquet(folder / name, index=False)

    return damage


def without_effects(folder):
    frame = pd.read_parquet(folder / "outcomes.parquet")
    frame.drop(columns="qalys_discounted").to_parquet(folder / "outcomes.parquet", index=False)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (shorter("outcomes.parquet"), "(there are 77 rows of outcomes for 40 draws of 2 strategies)"),
        (shorter("parameters.parquet"), "(there are 80 rows of outcomes for 37 draws of 2 strategies)"),
        (shorter("noise.parquet"), "(the noise has 37 rows for 40 draws)"),
        (without_effects, "which knew no outcome 'qalys_discounted'"),
        (lambda folder: (folder / "tables" / "evppi.parquet").write_text("x"), "this run is damaged"),
        (lambda folder: (folder / "noise.parquet").unlink(), "this run is damaged"),
        (lambda folder: shutil.rmtree(folder / "inputs"), "this run is damaged (its folder inputs is gone)"),
        (lambda folder: (folder / "at_means" / "outcomes.parquet").write_text("x"), "this run is damaged"),
    ],
)
def test_a_damaged_run_gets_one_line(run, tmp_path, damage, said):
    folder = Path(shutil.copytree(run[0], tmp_path / "run"))
    assert bmes("voi", folder, "--wtp", 25_000, "--evppi", HIP)[0] == 0
    damage(folder)
    line = refused(2, "report", folder)
    assert said in line
    assert str(folder) in line


def test_a_table_of_another_version_is_as_good_as_none(run, tmp_path):
    folder = Path(shutil.copytree(run[0], tmp_path / "run"))
    frame = pd.DataFrame({"quantity": ["evpi"], "willingness_to_pay": [25_000.0], "value": [1.0], "se": [1.0]})
    frame.to_parquet(folder / "tables" / "population.parquet", index=False)
    assert load_frame(folder, "population") is None
    assert bmes("report", folder)[0] == 0
