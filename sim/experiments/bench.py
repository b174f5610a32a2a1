"""Speed and memory on this machine, each figure beside its mark. Nothing here is a test: machines differ."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from sim.engines.bare_timeouts import seconds_per_timeout
from sim.experiments.accumulate import Sums
from sim.experiments.blocks import BLOCK_SIZE, Seconds, Study, Worker, in_order, prepared, spans
from sim.experiments.executor import thread_count
from sim.experiments.run import Progress
from sim.inputs.scenario import load_scenario

SCENARIO = "base_case_uk"
REPEATS = 3  # the best of them counts: a shared machine only ever slows a run down
SIMPY_PATIENTS = 256
PEAK_MEMORY = """
import resource, sys, sim
sim.run(sim.load_scenario(sys.argv[1]), patients=int(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@dataclass(frozen=True)
class Figure:
    """One measurement; `mark` is what it should reach, empty where nothing is asked."""

    name: str
    value: float
    unit: str
    mark: str = ""
    note: str = ""


@dataclass(frozen=True)
class Timing:
    """A timed simulation: seconds on the wall and of the processors, history rows, courses, and where the time went."""

    seconds: float
    processor_seconds: float
    events: int
    courses: int
    busy: Seconds


def measure(patients: int, *, large: bool = False, progress: Progress | None = None) -> list[Figure]:
    """All figures. `patients` are simulated in the timed runs, 1 million more for memory if `large`."""
    steps: list[Callable[[], list[Figure]]] = [
        lambda: _batch(patients),
        _simpy,
        lambda: [_memory(100_000)],
        *([lambda: [_memory(1_000_000)]] if large else []),
        lambda: [_help(), _whole_run()],
        lambda: [_first_compilation()],
    ]
    figures: list[Figure] = []
    for number, step in enumerate(steps, start=1):
        figures += step()
        if progress is not None:
            progress(number, len(steps))
    return figures


def timed(study: Study, patients: int, threads: int) -> Timing:
    """Simulate, value and sum up `patients` under every strategy, the rules being loaded before the clock starts."""
    worker = Worker(study, BLOCK_SIZE)
    worker((0, 1))
    sums, busy = Sums(len(study.inputs.strategies)), Seconds()
    started, processor_started = perf_counter(), process_time()
    for block in in_order(worker, spans(0, patients), threads):
        sums.add(block.sums)
        busy += block.seconds
    seconds, processor_seconds = perf_counter() - started, process_time() - processor_started
    return Timing(seconds, processor_seconds, sums.events, sums.patients * len(study.inputs.strategies), busy)


def best(study: Study, patients: int, threads: int) -> Timing:
    """The fastest of some repeats."""
    return min((timed(study, patients, threads) for _ in range(REPEATS)), key=lambda timing: timing.seconds)


def _batch(patients: int) -> list[Figure]:
    study = prepared(load_scenario(SCENARIO))
    threads = thread_count(None)
    one, all_cores = best(study, patients, 1), best(study, patients, threads)
    per_event = 1e9 * one.processor_seconds / one.events
    rate = all_cores.courses / all_cores.seconds
    share = one.busy
    whole = share.entry + share.following + share.valuation + share.sums
    phases = {"entry": share.entry, "following": share.following, "valuation": share.valuation, "sums": share.sums}
    note = f"one thread, {one.events / one.courses:.1f} events a course"
    return [
        Figure("batch, time per event and core", per_event, "ns", "at most 150", note),
        Figure("batch, courses per second", rate, "1/s", "at least 300,000", f"{threads} threads"),
        *(Figure(f"batch, share of {name}", 100.0 * seconds / whole, "%") for name, seconds in phases.items()),
    ]


def _simpy() -> list[Figure]:
    """The SimPy engine, and bare timeouts before and after it in the same process."""
    study = prepared(load_scenario(SCENARIO), "simpy")
    bare = [_bare_timeouts()]
    timing = best(study, SIMPY_PATIENTS, 1)
    bare.append(_bare_timeouts())
    per_event, per_timeout = 1e6 * timing.processor_seconds / timing.events, 1e6 * min(bare)
    return [
        Figure("SimPy, time per event", per_event, "us", "at most 4.5", f"{per_event / per_timeout:.1f} bare timeouts"),
        Figure("bare SimPy, time per timeout", per_timeout, "us", "", "the same number of processes"),
    ]


def _bare_timeouts() -> float:
    return min(seconds_per_timeout(SIMPY_PATIENTS, 300) for _ in range(REPEATS))


def _memory(patients: int) -> Figure:
    """Highest resident memory of a process that runs so many patients."""
    done = _python("-c", PEAK_MEMORY, SCENARIO, str(patients))
    mark = "at most 1,536" if patients >= 1_000_000 else ""
    return Figure(f"peak memory, {patients:,} patients", float(done.split()[-1]), "MB", mark)


def _help() -> Figure:
    seconds = min(_seconds_of("-m", "sim.cli", "--help") for _ in range(REPEATS))
    return Figure("bmes --help, whole process", seconds, "s", "below 0.5")


def _whole_run() -> Figure:
    seconds = min(_seconds_of_run(10_000) for _ in range(REPEATS))
    return Figure("bmes run, 10,000 patients, whole process", seconds, "s", "below 5", "rules compiled before")


def _first_compilation() -> Figure:
    """A tiny run with an empty cache folder, less the same with a full one."""
    with TemporaryDirectory() as folder:
        cold = _seconds_of_run(4, {"BMES_CACHE_DIR": folder})
        warm = _seconds_of_run(4, {"BMES_CACHE_DIR": folder})
    return Figure("first compilation", cold - warm, "s", "below 60", f"whole process {cold:.1f} s")


def _seconds_of_run(patients: int, environment: Mapping[str, str] | None = None) -> float:
    with TemporaryDirectory() as folder:
        command = ("-m", "sim.cli", "run", SCENARIO, "--patients", str(patients), "--out", folder)
        return _seconds_of(*command, environment=environment)


def _seconds_of(*arguments: str, environment: Mapping[str, str] | None = None) -> float:
    started = perf_counter()
    _python(*arguments, environment=environment)
    return perf_counter() - started


def _python(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Standard output of this Python, with this package in its path, wherever it is called from."""
    package = str(Path(__file__).parents[2])
    paths = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    settings = {**os.environ, "PYTHONPATH": paths, **(environment or {})}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)  # noqa: S603 our own words
    return done.stdout
