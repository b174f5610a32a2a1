"""Kills processes that work on a sweep, at random moments and in the middle of a rename: run by test_sweep_killed.py.

Usage: python sweep_killer.py BEGUN FOLDER TRIALS SEED. BEGUN is a sweep of which nothing is done. Every trial works on
a copy of it in a folder of its own below FOLDER, is killed with SIGKILL, and is taken up again in a new process. Prints
a line of JSON a trial.

A program of its own, and one thread until it forks, so that every child starts warm and as a healthy process.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sim.experiments import sweep as sweeps
from sim.experiments.executor import ThreadExecutor
from sim.experiments.sweep_compact import compact
from sim.experiments.sweep_design import design_points
from sim.experiments.sweep_parts import sorted_out
from sim.experiments.sweep_store import taken_up
from sim.experiments.sweep_work import SweepWork, Task

ROWS_PER_FILE = 12  # six parts of a point and two strategies
LONGEST_SECONDS = 120


def child(work: Callable[[], object]) -> int:
    """Start `work` in a process of its own; its id."""
    number = os.fork()
    if number == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return number


def ended(number: int) -> int:
    """Wait for a child; how it ended (negative: by that signal)."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        found, status = os.waitpid(number, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)
    raise TimeoutError(f"process {number} did not end")


def killed_after(seconds: float, work: Callable[[], object]) -> int:
    number = child(work)
    time.sleep(seconds)
    os.kill(number, signal.SIGKILL)
    return ended(number)


def killed_at_replace(call: int, after: bool, work: Callable[[], object]) -> int:
    """Killed just before or just after the file of the `call`-th rename (from 0) has its name."""
    calls = 0
    replace = os.replace

    def deadly(*arguments: object) -> None:
        nonlocal calls
        if calls == call and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(*arguments)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        calls += 1

    def patched() -> None:
        os.replace = deadly
        work()

    return ended(child(patched))


def killed_at_unlink(call: int, work: Callable[[], object]) -> int:
    """Killed just before the `call`-th removal of a file (from 0)."""
    calls = 0
    unlink = Path.unlink

    def deadly(path: Path, **settings: bool) -> None:
        nonlocal calls
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        calls += 1
        unlink(path, **settings)

    def patched() -> None:
        Path.unlink = deadly
        work()

    return ended(child(patched))


def main(begun: Path, folder: Path, trials: int, seed: int) -> None:
    chance = random.Random(seed)
    sweep, manifest = taken_up(begun)
    row = next(design_points(sweep).itertuples(index=False, name=None))
    warm = SweepWork(sweep, begun / "inputs", manifest["question_hash"])
    warm.rows(Task(0, (row,)))
    sweeps.SweepWork = lambda *_: warm  # children need not load anything again

    def copy(name: str, of: Path = begun) -> Path:
        return Path(
            shutil.copytree(of, folder / name / "run.partial", copy_function=os.link)
        )  # nothing is changed in place

    def go_on(place: Path) -> None:
        sweeps.resume(place, ThreadExecutor(1))

    def tell(kind: str, name: str, **facts: object) -> None:
        sys.stdout.write(json.dumps({"kind": kind, "name": name, **facts}) + "\n")
        sys.stdout.flush()

    def swept(kind: str, name: str, kill: Callable[[Callable[[], object]], int], **facts: object) -> None:
        """Kill, look, take up again."""
        place = copy(name)
        how = kill(lambda: go_on(place))
        finished = not place.exists()
        parts = 0 if finished else len(sorted_out(place)[0])
        code = 0 if finished else ended(child(lambda: go_on(place)))
        tell(kind, name, killed=how == -signal.SIGKILL, parts=parts, finished=finished, code=code, **facts)

    def compacted(kind: str, name: str, kill: Callable[[Callable[[], object]], int], **facts: object) -> None:
        """Kill; a copy is left as the killed one was, another is compacted again."""
        place = copy(name, full)
        how = kill(lambda: compact(place, ROWS_PER_FILE))
        copy(f"{name}-left", place)
        code = ended(child(lambda: compact(place, ROWS_PER_FILE)))
        files = len(list((place / "parts").iterdir()))
        tell(kind, name, killed=how == -signal.SIGKILL, files=files, code=code, **facts)

    # How long it takes when nobody interferes.
    place = copy("timed")
    started = time.monotonic()
    assert ended(child(lambda: go_on(place))) == 0
    sweeping = time.monotonic() - started
    (full,) = (folder / "timed").iterdir()
    place = copy("timed-compact", full)
    started = time.monotonic()
    assert ended(child(lambda: compact(place, ROWS_PER_FILE))) == 0
    compacting = time.monotonic() - started

    for trial in range(trials):
        moment = chance.uniform(0.0, sweeping)
        swept("sweep", f"sweep-{trial}", lambda work, moment=moment: killed_after(moment, work), moment=moment)
        moment = chance.uniform(0.0, compacting)
        compacted("compact", f"compact-{trial}", lambda work, m=moment: killed_after(m, work), moment=moment)
    for call in (0, 11, manifest["points"] - 1, manifest["points"]):  # the last one is that of the manifest
        for after in (False, True):
            name = f"replace-{call}-{after}"
            swept("replace", name, lambda work, c=call, a=after: killed_at_replace(c, a, work), call=call)
    for call in range(4):
        for after in (False, True):
            name = f"merged-{call}-{after}"
            compacted("compact", name, lambda work, c=call, a=after: killed_at_replace(c, a, work), call=call)
    for call in range(0, manifest["points"], 3):
        compacted("compact", f"unlinked-{call}", lambda work, c=call: killed_at_unlink(c, work), call=call)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
