"""A sweep on a cluster writes the files that it writes on threads, bit for bit, whatever happens to the cluster."""

import os
import signal

import pytest
from clusters import outside
from small_sweeps import GRID, assert_same_rows, small_sweep, swept

from sim.experiments.cluster import connected
from sim.experiments.cluster_flow import Patience
from sim.experiments.executor import ThreadExecutor, executor_of
from sim.experiments.sweep import resume
from sim.experiments.sweep_parts import part_files
from sim.experiments.sweep_results import load_sweep_results
from sim.experiments.sweep_store import begin
from sim.vocabulary.errors import RunError

DESIGN = GRID.replace("steps = 5", "steps = 15")  # 60 tasks

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return swept(tmp_path_factory.mktemp("whole"), DESIGN)


@pytest.fixture
def begun(tmp_path):
    return begin(small_sweep(tmp_path, DESIGN), tmp_path / "runs")


def assert_same_files(place, whole):
    found = load_sweep_results(place)
    assert found.finished
    assert_same_rows(whole, found)
    assert [path.read_bytes() for path in found.files()] == [path.read_bytes() for path in whole.files()]


@pytest.mark.parametrize("workers", [1, 3])
def test_any_number_of_workers_writes_the_same_files(whole, begun, workers):
    with executor_of(f"local:{workers}") as executor:
        assert_same_files(resume(begun, executor), whole)


def test_a_killed_worker_changes_nothing(whole, begun):
    with connected("local:2", patience=Patience(slow_seconds=60.0)) as executor:
        processes = list(executor.client.run(os.getpid).values())

        def kill_one(done, _points):
            if done == 5:
                os.kill(processes[0], signal.SIGKILL)

        assert_same_files(resume(begun, executor, kill_one), whole)


def test_a_lost_scheduler_leaves_what_is_done_and_resume_finishes_it(whole, begun, tmp_path):
    impatient = Patience(connection=3.0)
    with outside(tmp_path) as (scheduler, file):
        with (
            connected(f"scheduler-file:{file}", patience=impatient) as executor,
            pytest.raises(RunError, match=r"scheduler.*bmes sweep --resume"),
        ):
            resume(begun, executor, lambda done, _points: scheduler.kill() if done == 5 else None)
        assert 5 <= len(part_files(begun)) < 60
    assert_same_files(resume(begun, ThreadExecutor(1)), whole)
