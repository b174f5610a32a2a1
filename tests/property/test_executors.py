"""Whoever does the work, the results are the same and come in the order of the tasks; what goes wrong is one line."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from cluster_works import Always, Fails, OnceAt, Sums
from clusters import outside
from commands import refused

from sim.experiments.cluster import address_of, connected
from sim.experiments.cluster_flow import Flow, Patience
from sim.experiments.cluster_work import Parcel, answered, difference, opened, packed, program_facts, to_bytes
from sim.experiments.executor import LostClusterError, ThreadExecutor, Tls, executor_of
from sim.vocabulary.errors import InputError, RunError

TASKS = 40
HASTY = Patience(connection=5.0, first_worker=60.0, slow_seconds=0.5, slow_times=3.0)


def numbers(results):
    """Results of Sums without the process that made them."""
    return np.array([result[:2] for result in results])


EXPECTED = numbers(map(Sums(0.7), range(TASKS)))


@pytest.fixture(scope="module")
def cluster():
    with connected("local:2", patience=HASTY) as executor:
        yield executor


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_give_the_results_in_the_order_of_tasks(threads):
    np.testing.assert_array_equal(numbers(ThreadExecutor(threads).map(Sums(0.7), range(TASKS))), EXPECTED)


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_ask_for_few_tasks_ahead(threads):
    asked = []
    results = ThreadExecutor(threads).map(Sums(0.7), (asked.append(task) or task for task in itertools.count()))
    for _ in range(10):
        next(results)
    results.close()
    assert len(asked) <= 10 + 2 * threads


def test_worker_processes_give_the_very_same_results(cluster):
    found = list(cluster.map(Sums(0.7, seconds=0.02), range(TASKS)))
    np.testing.assert_array_equal(numbers(found), EXPECTED)
    processes = {int(result[2]) for result in found}
    assert len(processes) == 2
    assert os.getpid() not in processes


def test_a_cluster_asks_for_few_tasks_ahead_and_ends_with_its_reader(cluster):
    asked = []
    results = cluster.map(Sums(0.7), (asked.append(task) or task for task in itertools.count()))
    for _ in range(10):
        next(results)
    results.close()
    assert len(asked) <= 10 + 8 * 2 * 2
    np.testing.assert_array_equal(numbers(cluster.map(Sums(0.7), range(3))), EXPECTED[:3])


def test_no_tasks_give_no_results(cluster):
    assert list(cluster.map(Sums(0.7), [])) == []


def test_a_killed_worker_costs_no_result(cluster, tmp_path):
    work = OnceAt(7, signal.SIGKILL, str(tmp_path))
    np.testing.assert_array_equal(numbers(cluster.map(work, range(TASKS))), EXPECTED)
    assert (tmp_path / "first").exists()


@pytest.mark.parametrize(
    ("how", "kind", "line"),
    [
        ("input", InputError, "file.toml, key: this is wrong. Correct it."),
        ("run", RunError, "patient 7 has no room left"),
        ("fault", RunError, "A worker of the cluster failed: ZeroDivisionError: a fault of ours"),
    ],
)
def test_an_error_of_the_work_arrives_as_it_was_after_the_results_before_it(cluster, how, kind, line):
    results = cluster.map(Fails(5, how), range(TASKS))
    found = []
    with pytest.raises(kind) as caught:
        found.extend(results)
    assert str(caught.value) == line
    assert found == list(range(5)) or how == "fault"


def test_a_task_that_kills_every_worker_ends_the_run():
    with connected("local:1", patience=HASTY) as executor:
        executor.client.cluster.scheduler.allowed_failures = 0
        with pytest.raises(LostClusterError, match="memory"):
            list(executor.map(Always(2), range(4)))


def test_a_worker_with_another_program_is_refused(cluster):
    parcel = packed(Sums(0.7))
    facts = tuple((name, "0.0" if name == "numpy" else value) for name, value in parcel.facts)
    other = Parcel("another digest", facts, parcel.content)
    with pytest.raises(LostClusterError, match=r"holds another program: numpy .* instead of 0\.0\."):
        opened(answered(other, to_bytes(1)))
    flow = Flow(cluster.client, other, range(3), 2, HASTY)
    with pytest.raises(LostClusterError, match="another program"):
        list(flow.results())


def test_every_fact_but_the_arithmetic_makes_another_program():
    here = program_facts()
    assert difference(here, dict(here)) is None
    for name in here:
        found = difference(here, here | {name: "other"})
        assert found == (None if name == "arithmetic" else f"{name} other instead of {here[name]}")
        assert difference(here, {other: value for other, value in here.items() if other != name}) is not None or (
            name == "arithmetic"
        )


def test_a_lost_scheduler_is_one_line_and_what_was_handed_back_stands(tmp_path):
    with outside(tmp_path) as (scheduler, file):
        with connected(f"scheduler-file:{file}", patience=Patience(connection=2.0)) as executor:
            results = executor.map(Sums(0.7, seconds=0.05), range(1000))
            found = [next(results) for _ in range(10)]
            scheduler.kill()
            with pytest.raises(LostClusterError, match="lost") as caught:
                found += list(results)
        assert "\n" not in str(caught.value)
    assert 10 <= len(found) < 1000
    np.testing.assert_array_equal(numbers(found), numbers(map(Sums(0.7), range(len(found)))))


def test_a_connection_that_breaks_for_a_moment_costs_no_result(tmp_path):
    with outside(tmp_path) as (_, file), connected(f"scheduler-file:{file}", patience=HASTY) as executor:
        found = []
        for result in executor.map(Sums(0.7, seconds=0.02), range(TASKS)):
            if not found:
                executor.client.loop.add_callback(executor.client.scheduler_comm.comm.abort)
            found.append(result)
    np.testing.assert_array_equal(numbers(found), EXPECTED)


def test_workers_that_join_later_are_given_work():
    with connected("local:1", patience=HASTY) as executor:
        processes = set()
        for result in executor.map(Sums(0.7, seconds=0.1), itertools.count()):
            if not processes:
                executor.client.cluster.scale(2)
            processes.add(int(result[2]))
            if len(processes) == 2 or result[0] > 300:
                break
    assert len(processes) == 2


def test_a_cluster_that_loses_all_its_workers_is_given_up(tmp_path):
    with outside(tmp_path, workers=1) as (_, file):
        patience = Patience(connection=5.0, all_gone=1.0)
        with connected(json.loads(file.read_text())["address"], patience=patience) as executor:
            results = executor.map(Sums(0.7, seconds=0.05), range(1000))
            (process,) = {int(next(results)[2]) for _ in range(3)}
            os.kill(process, signal.SIGKILL)
            with pytest.raises(LostClusterError, match="no worker"):
                list(results)


@pytest.fixture
def certificate(tmp_path):
    """A certificate that is its own authority, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run(command, check=True, capture_output=True)
    return Tls(str(files[0]), str(files[0]), str(files[1]))


def test_an_encrypted_cluster_works_with_its_certificates_only(certificate, tmp_path):
    files = ["--tls-ca-file", certificate.authority, "--tls-cert", certificate.certificate]
    with outside(tmp_path, *files, "--tls-key", certificate.key, "--protocol", "tls", workers=1) as (_, file):
        address = json.loads(file.read_text())["address"]
        assert address.startswith("tls://")
        with connected(address, certificate, HASTY) as executor:
            np.testing.assert_array_equal(numbers(executor.map(Sums(0.7), range(5))), EXPECTED[:5])
        plain = address.replace("tls://", "tcp://")
        with pytest.raises(RunError, match="no scheduler answers"), connected(plain, patience=Patience(connection=2.0)):
            pass
        with pytest.raises(InputError, match="certificates"), connected(address):
            pass


NO_CLUSTERS = """local local: local:0 local:two local:-1 local:1.5 local:99999 tcp:// tcp://host tcp://:8786
tcp://host:99999 tcp://host:x http://host:1 host:8786 scheduler-file: scheduler-file:/no/such/file ucx://host:1"""


@pytest.mark.parametrize("cluster", ["", *NO_CLUSTERS.split()])
def test_what_is_no_cluster_is_refused_in_one_line(cluster):
    with pytest.raises(InputError) as caught, executor_of(cluster):
        pass
    assert str(caught.value).startswith(f"--cluster {cluster}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"address": 1}', "not json", "null"])
def test_a_file_that_no_scheduler_has_written_is_refused(content, tmp_path):
    file = tmp_path / "scheduler.json"
    file.write_text(content)
    with pytest.raises(InputError, match="no file of a scheduler"):
        address_of(f"scheduler-file:{file}")


def test_certificates_must_be_there_and_be_needed(certificate):
    with pytest.raises(InputError, match="--tls-key"):
        address_of("tls://host:8786", Tls(certificate.authority, certificate.certificate, "/no/such/file"))
    for cluster in ("tcp://host:8786", "local:2", None):
        with pytest.raises(InputError, match="--tls-ca"), executor_of(cluster, tls=certificate):
            pass


def test_where_nobody_listens_the_run_ends_in_one_line():
    address = "tcp://127.0.0.1:9"
    with (
        pytest.raises(RunError, match=f"no scheduler answers at {address} ") as caught,
        connected(address, patience=Patience(connection=1.0)),
    ):
        pass
    assert "\n" not in str(caught.value)


def test_without_a_cluster_dask_is_never_imported(tmp_path):
    script = """
import sys
from typer.testing import CliRunner
from sim import cli
from sim.experiments.executor import executor_of
import sim.experiments.cluster
with executor_of(None, 2) as executor:
    assert list(executor.map(abs, [-1, 2])) == [1, 2]
arguments = ["psa", "base_case_uk", "--draws", "2", "--patients", "2", "--out", sys.argv[1]]
assert CliRunner().invoke(cli.app, arguments).exit_code == 0
print(sorted(name for name in sys.modules if name.partition(".")[0] in ("dask", "distributed", "tornado")))
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--cluster", "nowhere"], "--cluster nowhere: this is no cluster. Write local:N, tcp://HOST:PORT"),
        (["--tls-ca", "ca.pem"], "--tls-ca and --tls-cert: an encrypted cluster needs"),
        (["--tls-key", "key.pem"], "--tls-ca and --tls-cert: an encrypted cluster needs"),
        (["--tls-ca", "ca.pem", "--tls-cert", "me.pem"], "--tls-ca: there is no cluster that it could serve."),
    ],
)
@pytest.mark.parametrize("command", [["psa"], ["dsa"], ["plan", "--target-se", "50"]])
def test_commands_refuse_what_is_no_cluster_before_they_simulate(command, options, line, tmp_path):
    name, *others = command
    place = [] if name == "plan" else ["--out", tmp_path / "out"]
    assert refused(2, name, "base_case_uk", *others, *options, *place).startswith(line)
    assert not (tmp_path / "out").exists()


def test_a_single_thread_is_the_calling_one():
    here = threading.get_ident()
    assert list(ThreadExecutor(1).map(lambda _: threading.get_ident(), [0])) == [here]
