"""The model on a cluster gives what it gives on threads, bit for bit, and a lost cluster costs no finished draw."""

import itertools
import json
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from clusters import outside
from commands import bmes, refused
from small_runs import small_scenario

from sim.experiments import cluster as cluster_module
from sim.experiments.cluster import connected
from sim.experiments.cluster_flow import Patience
from sim.experiments.dsa import DsaPlan, dsa
from sim.experiments.executor import ThreadExecutor, map_in_blocks
from sim.experiments.nested import Nesting, nested_evppi
from sim.experiments.points import Point, PointWorker, evaluate
from sim.experiments.psa import prepared, simulate
from sim.experiments.psa_store import load_psa
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import load_scenario
from sim.vocabulary.errors import InputError

SEED, DRAWS, PATIENTS = 17, 40, 30
PARAMETER = "setting.unit_costs.zoledronate_5mg"


@pytest.fixture(scope="module")
def cluster():
    with connected("local:2", patience=Patience(slow_seconds=60.0)) as executor:
        yield executor


@pytest.fixture(scope="module")
def study():
    return prepared(small_scenario(SEED), DRAWS, PATIENTS)


@pytest.fixture(scope="module")
def on_threads(study):
    return simulate(study, threads=2)


def assert_same(one, other):
    pd.testing.assert_frame_equal(one.outcomes, other.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(one.parameters, other.parameters, check_exact=True)
    np.testing.assert_array_equal(one.noise, other.noise)


def test_draws_are_the_same_to_the_last_bit(cluster, study, on_threads):
    assert_same(simulate(study, executor=cluster), on_threads)


def test_they_are_with_a_worker_killed_on_the_way(cluster, study, on_threads):
    processes = list(cluster.client.run(os.getpid).values())
    once = threading.Event()

    def kill_one(_done, _all):
        if not once.is_set():
            once.set()
            os.kill(processes[0], signal.SIGKILL)

    assert_same(simulate(study, executor=cluster, progress=kill_one), on_threads)
    assert once.is_set()


def test_one_way_points_are_the_same_refused_ones_included(cluster):
    plan = DsaPlan(
        patients=PATIENTS,
        parameters=(PARAMETER, "healing_median_months.*"),
        ranges={PARAMETER: (10.0, 400.0), "healing_median_months.hip": (0.2, 9.0)},
        switches=False,
        group_patients=0,
    )
    scenario = small_scenario(SEED)
    one, other = dsa(scenario, plan, threads=1), dsa(scenario, plan, executor=cluster)
    pd.testing.assert_frame_equal(one.oneway, other.oneway, check_exact=True)
    pd.testing.assert_frame_equal(one.refused, other.refused, check_exact=True)
    assert len(one.oneway) > 0


def test_nested_simulations_are_the_same(cluster, study, on_threads):
    drawn = on_threads.parameters.drop(columns="psa_draw")
    wanted = study.inputs, drawn, ["setting.unit_costs.bone_scan"], [25_000.0], Nesting(10, 2, 2)
    one, other = (nested_evppi(*wanted, seed=SEED, executor=who) for who in (ThreadExecutor(2), cluster))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_a_point_that_the_model_refuses_is_the_same_line(cluster):
    inputs = gather(small_scenario(SEED))
    points = [Point(0, {}), Point(1, {PARAMETER: -1.0})]
    lines = set()
    for executor in (ThreadExecutor(1), cluster):
        with pytest.raises(InputError) as caught:
            list(evaluate(inputs, points, 2, SEED, executor=executor))
        lines.add(str(caught.value))
    assert len(lines) == 1


class Counting(ThreadExecutor):
    """Wants tasks of a second, and remembers how long they were."""

    task_seconds = 1.0

    def __init__(self, workers):
        super().__init__(workers)
        self.sizes = []

    def map(self, work, tasks):
        return super().map(work, (self.sizes.append(len(task)) or task for task in tasks))


@pytest.mark.parametrize(("count", "expected"), [(0, []), (1, [1]), (7, [2, 2, 2, 1]), (95, [20, 20, 20, 20, 15])])
def test_points_go_in_blocks_of_a_second_unless_there_are_few(count, expected):
    executor = Counting(2)
    assert list(map_in_blocks(executor, abs, range(count), 0.05)) == list(range(count))
    assert executor.sizes == expected


def test_blocks_are_cut_lazily():
    results = map_in_blocks(Counting(2), abs, itertools.count(), 0.05)
    assert list(itertools.islice(results, 100)) == list(range(100))
    results.close()


def test_a_worker_that_travels_is_no_larger_than_its_inputs_and_works_on(study):
    from sim.experiments.cluster_work import from_bytes, to_bytes

    worker = PointWorker(study.inputs, PATIENTS, SEED)
    before = worker(Point(0, {}))
    packed = to_bytes(worker)
    assert len(packed) < 3_000_000
    after = from_bytes(packed)(Point(0, {}))
    np.testing.assert_array_equal(before.means, after.means)


QUESTION = """
extends = "base_case_uk.toml"
title = "Two"
question = "Which?"
strategies = ["supportive", "zoledronate"]
"""


def test_a_lost_scheduler_leaves_what_is_done_and_resume_finishes_it(tmp_path, monkeypatch):
    import dask
    import distributed  # noqa: F401 - its settings must be there before one of them is changed

    # Tasks so short that most are still to be asked when the first part is there.
    monkeypatch.setattr(cluster_module, "TASK_SECONDS", 0.2)
    question = tmp_path / "question.toml"
    question.write_text(QUESTION, encoding="utf-8")
    arguments = [question, "--draws", 128, "--patients", 10, "--seed", SEED, "--out", tmp_path / "out"]
    with (
        outside(tmp_path) as (scheduler, file),
        dask.config.set({"distributed.comm.timeouts.connect": "2s"}),
    ):

        def kill_after_the_first_part():
            while not list((tmp_path / "out").rglob("draws-*.parquet")) and scheduler.poll() is None:
                time.sleep(0.005)
            scheduler.kill()

        watcher = threading.Thread(target=kill_after_the_first_part)
        watcher.start()
        line = refused(1, "psa", *arguments, "--cluster", f"scheduler-file:{file}")
        watcher.join()
    assert "scheduler is lost. What is done is kept; go on with: bmes psa --resume " in line
    folder = Path(line.rpartition(" ")[2].strip())
    kept = len(list((folder / "parts").iterdir()))
    assert 1 <= kept < 4
    code, output, _ = bmes("psa", "--resume", folder, "--json", "--cluster", "local:1")
    assert code == 0
    finished = load_psa(Path(json.loads(output)["folder"]))
    assert finished.manifest["taken_from_parts"] == 32 * kept
    assert_same(finished, simulate(prepared(load_scenario(str(question)), 128, 10, seed=SEED)))
