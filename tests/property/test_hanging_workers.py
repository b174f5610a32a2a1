"""A worker that hangs holds nobody up, wherever the work lies."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from cluster_works import OnceAt, Sums

from sim.experiments.cluster import connected
from sim.experiments.cluster_flow import Flow, Patience
from sim.experiments.cluster_work import kept, packed

TASKS = 40
HASTY = Patience(connection=5.0, first_worker=60.0, first_answer=2.0, slow_seconds=0.5, slow_times=3.0)


def numbers(results):
    """Results of Sums without the process that made them."""
    return np.array([result[:2] for result in results])


def expected(work):
    return numbers(map(work, range(TASKS)))


def stopped(process):
    """Whether it hangs still: the scheduler kills a worker that says nothing for minutes."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    return False


def test_a_worker_that_hangs_holds_nobody_up(tmp_path):
    with connected("local:2", patience=HASTY) as executor:
        try:
            results = executor.map(OnceAt(7, signal.SIGSTOP, str(tmp_path)), range(TASKS))
            np.testing.assert_array_equal(numbers(results), expected(Sums(0.7)))
            assert stopped(int((tmp_path / "first").read_text()))
        finally:
            with suppress(ProcessLookupError):
                os.kill(int((tmp_path / "first").read_text()), signal.SIGKILL)


@pytest.mark.parametrize("there", [True, False])
def test_nor_does_one_that_holds_the_work_of_all_others(there):
    """The work lies on it, or was on its way to it, when it stops; none of the others has it yet."""
    parcel = packed(Sums(0.3))
    with connected("local:2", patience=HASTY) as executor:
        hanging, process = next(iter(executor.client.run(os.getpid).items()))
        flow = Flow(executor.client, parcel, range(TASKS), 2, HASTY)
        if not there:
            os.kill(process, signal.SIGSTOP)
        flow.held = flow._submit(-1, kept, parcel, workers=[hanging])
        if there:
            flow.held.result()
            os.kill(process, signal.SIGSTOP)
        try:
            np.testing.assert_array_equal(numbers(flow.results()), expected(Sums(0.3)))
            assert stopped(process)
        finally:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
