"""Sweeps: every point of a design simulated and written to the disk, by threads or by the workers of a cluster.

Memory does not grow with the number of points: tasks are read from the stored design as they are needed, and what comes
back is written and forgotten.
"""

from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.executor import Executor, ThreadExecutor
from sim.experiments.run import Progress
from sim.experiments.store import INPUTS, folder_faults
from sim.experiments.sweep_check import check_sweep
from sim.experiments.sweep_parts import REFUSED, missing_spans, sound_parts, write_part
from sim.experiments.sweep_results import SweepResults, load_sweep_results
from sim.experiments.sweep_store import begin, check_blocks, design_rows, finish, gone, is_partial, taken_up
from sim.experiments.sweep_work import SweepWork, Task
from sim.inputs.sweeps import Sweep
from sim.vocabulary.errors import InputError, RunError

Span = tuple[int, int]


def run_sweep(
    sweep: Sweep, out: str | Path = "outputs", executor: Executor | None = None, progress: Progress | None = None
) -> SweepResults:
    """Simulate every point of `sweep` and keep the results in a folder below `out`.

    executor: see executor.executor_of; all processors of this machine by default. Who does the work never changes the
    results. Raises InputError before anything runs, RunError.
    """
    check_sweep(sweep)
    return load_sweep_results(resume(begin(sweep, Path(out)), executor, progress))


def resume(folder: Path, executor: Executor | None = None, progress: Progress | None = None) -> Path:
    """Do what is missing in a run folder and give it its final name, if it has none; returns its place.

    All that was done before stays, however this one ends. Raises InputError, also where nothing is missing in a
    finished folder, and RunError.
    """
    started, clock = datetime.now(UTC), perf_counter()
    sweep, manifest = taken_up(folder)
    executor = executor or ThreadExecutor()
    workers = executor.workers
    points, question = manifest["points"], manifest["question_hash"]
    with folder_faults(folder):
        kept, refused = sound_parts(folder, manifest["rows_per_point"], question)
    check_blocks(folder, manifest, kept)
    done = taken = sum(part.points for part in kept)
    if done == points and not is_partial(folder):
        raise InputError(str(folder), "this sweep is finished", "Ask it with `bmes query`, or begin another one.")
    if progress is not None:
        progress(done, points)
    spans = _spans(points, manifest["points_per_part"])
    waiting: deque[Span] = deque()
    work = SweepWork(sweep, folder / INPUTS, question)
    try:
        asked = executor.map(work, _tasks(folder, missing_spans(spans, kept), waiting))
        with closing(cast("Generator[bytes]", asked)) as results:
            if done < points and isinstance(executor, ThreadExecutor):
                work.warm(Task(0, tuple(islice(design_rows(folder), 1))))
            for content in results:
                first, last = waiting.popleft()
                with folder_faults(folder):
                    write_part(content, first, last, question, folder)
                done, refused = done + last - first + 1, refused + _refused(content)
                if progress is not None:
                    progress(done, points)
    except RunError as error:
        if not folder.is_dir():
            raise RunError(gone(folder)) from error
        raise RunError(f"{error} What is done is kept; go on with: bmes sweep --resume {folder}") from error
    if done != points:
        raise RunError(f"{folder}: {points - done} of {points} points are missing. Go on with --resume.")
    made: dict[str, Any] = {
        "refused_points": refused,
        "taken_from_parts": taken,
        "workers": workers,
        "last_started": started.isoformat(timespec="seconds"),
        "seconds": round(perf_counter() - clock, 3),
    }
    return finish(folder, made)


def _spans(points: int, points_per_part: int) -> Iterator[Span]:
    """First and last points of the blocks that share a part."""
    for first in range(0, points, points_per_part):
        yield first, min(first + points_per_part, points) - 1


def _tasks(folder: Path, spans: Iterator[Span], waiting: deque[Span]) -> Iterator[Task]:
    """A task for each of the spans, which go on the queue `waiting` in the same order."""
    rows = design_rows(folder)
    place = 0
    for first, last in spans:
        values = tuple(islice(rows, first - place, last - place + 1))
        if len(values) != last - first + 1:
            raise RunError(f"{folder}: the design has fewer points than its manifest says.")
        place = last + 1
        waiting.append((first, last))
        yield Task(first, values)


def _refused(content: bytes) -> int:
    """Points of a part that the model refuses, as it says itself."""
    return int(pq.read_metadata(pa.BufferReader(content)).metadata[REFUSED])
