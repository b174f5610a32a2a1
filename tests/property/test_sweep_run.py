"""Sweeps: what each row is, who may work it out, what is kept when one is stopped, and what is refused."""

import pickle
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_sweeps import EFFECT, GRID, PRICE, REFUSED, assert_same_rows, small_sweep, swept

from sim.experiments import sweep as sweeps
from sim.experiments.executor import ThreadExecutor
from sim.experiments.points import Point, evaluate
from sim.experiments.psa import psa
from sim.experiments.sweep import resume, run_sweep
from sim.experiments.sweep_parts import part_files
from sim.experiments.sweep_plan import plan_sweep
from sim.experiments.sweep_results import load_sweep_results
from sim.experiments.sweep_store import begin, taken_up
from sim.experiments.sweep_work import SweepWork, Task
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import with_overrides
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary.errors import InputError, RunError

RECORD = ["cost_discounted", "qalys_discounted", "pain_years", "symptoms_resolved"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("sweep")


@pytest.fixture(scope="module")
def small(home):
    return small_sweep(home)


@pytest.fixture(scope="module")
def whole(home):
    return swept(home)


@pytest.fixture
def begun(small, tmp_path):
    return begin(small, tmp_path / "runs")


def test_each_row_is_the_point_of_its_factors_with_the_luck_of_a_run(whole):
    scenario, rows = whole.sweep.scenario, whole.joined()
    assert list(rows["point"]) == [point for point in range(20) for _ in range(2)]
    for country in ("uk", "nl"):
        inputs = gather(with_overrides(scenario, setting=country))
        own = rows[rows["country"] == country]
        points = own.drop_duplicates("point")
        values = [
            {PRICE: price, EFFECT: effect} for price, effect in zip(points["price"], points["effect"], strict=True)
        ]
        asked = [Point(number, value) for number, value in zip(points["point"], values, strict=True)]
        for result in evaluate(inputs, asked, scenario.patients, scenario.seed, 1):
            found = own[own["point"] == result.number]
            assert list(found["strategy"]) == ["supportive", "zoledronate"]
            places = [OUTCOME_NAMES.index(name) for name in RECORD]
            np.testing.assert_array_equal(found[RECORD].to_numpy(), result.means[:, places])
            spread = result.covariance
            np.testing.assert_array_equal(found["cost_discounted_se"], np.sqrt(np.diag(spread)[:2]))
            np.testing.assert_array_equal(found["qalys_discounted_se"], np.sqrt(np.diag(spread)[2:]))
            step = np.array([[-1, 1, 0, 0], [0, 0, -1, 1]])  # cost and QALYs of the second over the first
            paired = step @ spread @ step.T
            second = found.iloc[1]
            errors = [second["inc_cost_se"] ** 2, second["inc_covariance"], second["inc_qalys_se"] ** 2]
            np.testing.assert_allclose(errors, [paired[0, 0], paired[0, 1], paired[1, 1]], rtol=1e-9)
            assert second["inc_cost"] == found["cost_discounted"].diff().iloc[1]
            assert second["inc_qalys"] == found["qalys_discounted"].diff().iloc[1]
            assert not found.iloc[0][["inc_cost", "inc_cost_se", "inc_qalys", "inc_qalys_se", "inc_covariance"]].any()


def test_the_draws_of_a_point_are_those_of_a_probabilistic_analysis_of_its_scenario(tmp_path):
    text = GRID[: GRID.index("[[factors]]")] + f'[[factors]]\nname = "price"\nparameter = "{PRICE}"\nlevels = [70.0]\n'
    found = swept(tmp_path, text, draws=5)
    held = with_overrides(found.sweep.scenario, parameters={PRICE: 70.0})
    other = psa(held, 5, 6, threads=1)
    columns = ["psa_draw", "strategy", *RECORD]
    pd.testing.assert_frame_equal(
        found.frame()[columns], other.outcomes[columns], check_dtype=False, check_column_type=False, check_exact=True
    )
    assert int(found.frame().drop_duplicates("psa_draw")["redrawn"].sum()) == other.manifest["redrawn"]


def test_two_threads_and_one_write_the_same_files(whole, begun):
    other = load_sweep_results(resume(begun, ThreadExecutor(2)))
    assert_same_rows(whole, other)
    assert [path.name for path in other.files()] == [path.name for path in whole.files()]
    assert [path.read_bytes() for path in other.files()] == [path.read_bytes() for path in whole.files()]


def test_the_work_can_travel_and_needs_no_files_of_its_own(whole, begun):
    folder = begun
    sweep, manifest = taken_up(folder)
    letter = pickle.dumps(SweepWork(sweep, folder / "inputs", manifest["question_hash"]))
    shutil.rmtree(folder)
    rows = tuple(whole.design().itertuples(index=False, name=None))
    work = pickle.loads(letter)  # noqa: S301 written above
    assert work(Task(3, rows[3:4])) == whole.files()[3].read_bytes()


def test_a_point_that_the_model_refuses_is_kept_with_its_reason(tmp_path):
    found = swept(tmp_path, REFUSED)
    rows = found.joined()
    refused_rows = rows[rows["refused"].notna()]
    assert set(zip(refused_rows["youngest"], refused_rows["oldest"], strict=True)) == {(40, 30)}
    assert refused_rows[[*RECORD, "inc_cost", "inc_cost_se"]].isna().all(axis=None)
    assert rows[rows["refused"].isna()][["cost_discounted", "inc_cost"]].notna().all(axis=None)
    assert "no age lies between 40 and 30" in refused_rows["refused"].iloc[0]
    assert found.manifest["refused_points"] == 1


def test_only_what_is_missing_is_done_again(whole, begun):
    folder = begun
    for path in whole.files():
        shutil.copy(path, folder / "parts")
    _, damaged, missing, *others = part_files(folder)
    damaged.write_bytes(damaged.read_bytes()[:-100])
    missing.unlink()
    written = {path.name: path.stat().st_mtime_ns for path in others}
    seen = []
    place = resume(folder, ThreadExecutor(1), lambda done, total: seen.append((done, total)))
    again = load_sweep_results(place)
    assert_same_rows(whole, again)
    assert seen == [(18, 20), (19, 20), (20, 20)]
    assert again.manifest["taken_from_parts"] == 18
    assert {path.name: path.stat().st_mtime_ns for path in again.files()[3:]} == written
    assert len(list((place / "parts").glob("*.damaged"))) == 1


def test_what_fails_leaves_what_was_done_and_says_how_to_go_on(whole, begun):
    folder = begun

    class Failing(ThreadExecutor):
        def map(self, work, tasks):
            for number, result in enumerate(super().map(work, tasks)):
                if number == 7:
                    raise RunError("The cluster is gone.")
                yield result

    with pytest.raises(RunError, match="--resume"):
        resume(folder, Failing(1))
    assert len(part_files(folder)) == 7
    assert load_sweep_results(folder).frame()["point"].max() == 6
    assert_same_rows(whole, load_sweep_results(resume(folder, ThreadExecutor(1))))


@pytest.mark.parametrize("place", ["inputs/parameters/utilities.toml", "design.parquet"])
def test_a_sweep_whose_inputs_were_changed_is_not_taken_up(begun, place):
    folder = begun
    (folder / place).write_bytes((folder / place).read_bytes() + b"\n")
    with pytest.raises(InputError, match="inputs were changed"):
        resume(folder)


def test_a_sweep_of_another_version_is_not_taken_up(begun):
    folder = begun
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"version": "', '"version": "9'))
    with pytest.raises(InputError, match="begun by version 9"):
        resume(folder)


def test_the_users_own_files_are_not_needed_again(tmp_path):
    home = tmp_path / "mine"
    home.mkdir()
    (home / "patients.csv").write_text("site,sex,age_years\n" + "hip,male,50\nknee,female,61\n" * 3)
    (home / "mine.toml").write_text(
        'extends = "base_case_uk.toml"\ntitle = "Mine"\nquestion = "With my own files?"\n'
        'strategies = ["supportive", "zoledronate"]\n[population]\nkind = "csv"\nfile = "patients.csv"\n'
    )
    sweep = small_sweep(home, scenario='"mine.toml"')
    folder, other = begin(sweep, tmp_path / "runs"), begin(sweep, tmp_path / "others")
    whole = load_sweep_results(resume(folder, ThreadExecutor(1)))
    shutil.rmtree(home)
    assert_same_rows(whole, load_sweep_results(resume(other, ThreadExecutor(1))))
    assert whole.inputs().population["age_years"].tolist() == [50, 61] * 3


def test_a_list_of_points_is_stored_with_the_sweep(tmp_path):
    (tmp_path / "points.csv").write_text("price,effect\n30,1.5\n90,1.1\n30,1.9\n")
    names = {"price": PRICE, "effect": EFFECT}
    factors = [f'[[factors]]\nname = "{name}"\nparameter = "{one}"\n' for name, one in names.items()]
    text = '[design]\nkind = "list"\nfile = "points.csv"\n' + "".join(factors)
    folder = begin(small_sweep(tmp_path, text), tmp_path / "runs")
    (tmp_path / "points.csv").unlink()
    found = load_sweep_results(resume(folder, ThreadExecutor(1)))
    assert found.design()["effect"].tolist() == [1.5, 1.1, 1.9]
    assert len(found.frame()) == 6


def test_ten_thousand_points_make_few_files(tmp_path):
    many = GRID.replace("steps = 5", "steps = 2500")
    sweep = small_sweep(tmp_path, many)
    assert sweep.points == 10_000
    assert plan_sweep(sweep).size.parts <= 64
    large = replace(sweep, scenario=sweep.scenario.model_copy(update={"patients": 1000}))
    folder = begin(large, tmp_path / "runs")
    assert load_sweep_results(folder).manifest["points_per_part"] * 2000 <= 500_000


def test_results_never_wait_in_the_driver(begun, monkeypatch):
    """Each part is written before the next task but two is asked for."""
    events = []
    tasks, write = sweeps._tasks, sweeps.write_part

    def watched(*arguments):
        for task in tasks(*arguments):
            events.append("task")
            yield task

    def written(*arguments):
        events.append("part")
        return write(*arguments)

    monkeypatch.setattr(sweeps, "_tasks", watched)
    monkeypatch.setattr(sweeps, "write_part", written)
    resume(begun, ThreadExecutor(2))
    ahead = np.cumsum([1 if event == "task" else -1 for event in events])
    assert ahead.max() <= 4
    assert ahead[-1] == 0


def test_run_sweep_checks_first_and_leaves_nothing_of_a_bad_one(small, tmp_path):
    bad = replace(small, record=("cost_discounted", "qalys_discounted", "happiness"))
    with pytest.raises(InputError, match="happiness"):
        run_sweep(bad, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()
