"""The probabilistic analysis: what is drawn, what is kept, and how it is taken up again after it was stopped."""

import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from commands import bmes, refused
from small_runs import small_scenario

from sim.experiments.points import Point, evaluate
from sim.experiments.psa import prepared, psa, simulate
from sim.experiments.psa_arrays import DRAWS_PER_PART
from sim.experiments.psa_store import begin, load_psa, taken_up
from sim.inputs.scenario import load_scenario
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary.errors import InputError

SEED, DRAWS, PATIENTS = 5, 70, 12  # three parts, the last one short
STRATEGIES = ("supportive", "zoledronate")


def scenario():
    return small_scenario(SEED, STRATEGIES)


@pytest.fixture(scope="module")
def study():
    return prepared(scenario(), DRAWS, PATIENTS)


@pytest.fixture(scope="module")
def whole(study):
    return simulate(study, threads=1)


def assert_equal(first, second):
    pd.testing.assert_frame_equal(first.outcomes, second.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(first.parameters, second.parameters, check_exact=True)
    np.testing.assert_array_equal(first.noise, second.noise)


def test_one_thread_and_two_give_the_same_numbers(study, whole):
    assert_equal(whole, simulate(study, threads=2))


def test_each_draw_is_the_point_of_its_parameters_and_of_its_own_luck(study, whole):
    for place in (0, DRAWS_PER_PART, DRAWS - 1):
        values = whole.parameters.drop(columns="psa_draw").iloc[place].to_dict()
        (alone,) = evaluate(study.inputs, [Point(0, values, luck=place + 1)], PATIENTS, SEED, 1)
        rows = whole.outcomes[whole.outcomes["psa_draw"] == place + 1]
        assert list(rows["strategy"]) == list(STRATEGIES)
        np.testing.assert_array_equal(rows[list(OUTCOME_NAMES)].to_numpy(), alone.means)
        np.testing.assert_array_equal(whole.noise[place], alone.covariance)


def test_shared_luck_gives_every_draw_the_same_people(whole):
    shared = psa(scenario(), 4, PATIENTS, luck="shared", threads=1)
    held = prepared(scenario(), 4, PATIENTS)
    (alone,) = evaluate(held.inputs, [Point(0, held.drawn.values_of(3), luck=0)], PATIENTS, SEED, 1)
    np.testing.assert_array_equal(shared.outcomes[list(OUTCOME_NAMES)].to_numpy()[-2:], alone.means)


def test_the_table_holds_costs_and_effects_by_strategy(whole):
    table = whole.table()
    for place, name in enumerate(STRATEGIES):
        rows = whole.outcomes[whole.outcomes["strategy"] == name]
        np.testing.assert_array_equal(table.costs[:, place], rows["cost_discounted"])
        np.testing.assert_array_equal(table.effects[:, place], rows["qalys_discounted"])
    assert list(table.parameters) == list(whole.parameters.columns[1:])


def test_the_run_at_the_means_holds_the_means_of_the_draws(whole):
    names = whole.parameters.columns[1:]
    for name in names:
        mean = float(whole.parameters[name].mean())
        assert whole.at_means.inputs.parameters.value(name) == pytest.approx(mean, rel=1e-12, abs=1e-300)


def test_parts_that_are_there_are_not_simulated_again(study, whole, tmp_path):
    folder = begin(study, tmp_path)
    assert_equal(whole, simulate(study, threads=1, parts=folder / "parts"))
    parts = sorted((folder / "parts").iterdir())
    assert len(parts) == 3
    written = {part: part.stat().st_mtime_ns for part in parts}
    parts[1].unlink()
    again = simulate(taken_up(folder), threads=1, parts=folder / "parts")
    assert_equal(whole, again)
    assert again.manifest["taken_from_parts"] == DRAWS - DRAWS_PER_PART
    changed = [part for part in parts if part.stat().st_mtime_ns != written[part]]
    assert changed == [parts[1]]


def test_an_analysis_whose_inputs_were_changed_is_not_taken_up(study, tmp_path):
    folder = begin(study, tmp_path)
    place = folder / "inputs" / "parameters" / "utilities.toml"
    place.write_text(place.read_text().replace("standard_error = 0.012", "standard_error = 0.013"))
    with pytest.raises(InputError, match="inputs were changed"):
        taken_up(folder)


@pytest.mark.slow
def test_an_analysis_that_was_killed_ends_as_one_that_was_not(tmp_path):
    asked = ["base_case_uk", "--draws", "200", "--patients", "40", "--threads", "2"]
    command = [sys.executable, "-m", "sim.cli", "psa", *asked, "--out", str(tmp_path / "killed")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    parts = tmp_path / "killed" / "base_case_uk"
    deadline = time.monotonic() + 300
    while len(list(parts.glob("*/parts/draws-*.parquet"))) < 2:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (partial,) = parts.iterdir()
    assert partial.name.endswith(".partial")
    refused(2, "voi", partial)
    assert bmes("psa", "--resume", partial)[0] == 0
    assert bmes("psa", *asked, "--out", tmp_path / "whole")[0] == 0
    (killed,), (whole,) = ((tmp_path / name / "base_case_uk").iterdir() for name in ("killed", "whole"))
    assert_equal(load_psa(killed), load_psa(whole))
    for name in ("outcomes", "parameters", "noise"):
        assert (killed / f"{name}.parquet").read_bytes() == (whole / f"{name}.parquet").read_bytes()


def test_it_stops_at_the_first_look_that_is_precise_enough():
    wide = prepared(scenario(), 400, 5, target_standard_error=1e6)
    assert simulate(wide, threads=1).manifest["draws"] == 128
    never = prepared(scenario(), 140, 5, target_standard_error=1e-9)
    assert simulate(never, threads=1).manifest["draws"] == 140


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["base_case_uk", "--draws", "1"], "--draws"),
        (["base_case_uk", "--patients", "0"], "--patients"),
        (["base_case_uk", "--design", "grid"], "grid"),
        (["base_case_uk", "--luck", "bad"], "--luck"),
        (["base_case_uk", "--until-precise", "-3"], "--until-precise"),
        (["base_case_uk", "--until-precise", "3", "--design", "latin_hypercube"], "Latin hypercube"),
        ([], "SCENARIO"),
        (["base_case_uk", "--resume", "outputs"], "one of the two"),
        (["nothing_of_this_name"], "nothing_of_this_name"),
    ],
)
def test_bad_input_gets_one_line_and_leaves_nothing(arguments, words, tmp_path):
    assert words in refused(2, "psa", *arguments, "--out", tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_folder_that_is_no_interrupted_analysis_is_not_resumed(tmp_path):
    assert "manifest.json" in refused(2, "psa", "--resume", tmp_path)


def test_an_analysis_with_files_of_its_own_is_taken_up_where_they_no_longer_are(tmp_path):
    home = tmp_path / "mine"
    home.mkdir()
    rows = "\n".join(f"{0.05 + 0.001 * row},{6 + 0.1 * row}" for row in range(20))
    (home / "draws.csv").write_text(f"utility_loss_per_pain_point_utility,healing_median_months.hip\n{rows}\n")
    (home / "patients.csv").write_text("site,sex,age_years\nhip,male,50\nknee,female,61\n")
    (home / "mine.toml").write_text(
        'extends = "base_case_uk.toml"\ntitle = "Mine"\nquestion = "What with my own files?"\n'
        'strategies = ["supportive", "zoledronate"]\n[population]\nkind = "csv"\nfile = "patients.csv"\n'
        '[uncertainty]\nposterior = "draws.csv"\ncorrelations = false\n'
    )
    study = prepared(load_scenario(home / "mine.toml"), 5, 2)
    folder = begin(study, tmp_path / "runs")
    whole = simulate(study, threads=1)
    shutil.rmtree(home)
    assert_equal(whole, simulate(taken_up(folder), threads=1))
    names = ["utility_loss_per_pain_point_utility", "healing_median_months.hip"]
    pairs = {(round(0.05 + 0.001 * row, 6), round(6 + 0.1 * row, 6)) for row in range(20)}
    assert {tuple(row) for row in whole.parameters[names].round(6).to_numpy().tolist()} <= pairs
