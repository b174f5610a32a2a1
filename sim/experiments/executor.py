"""Who does the work: threads of this process, or the workers of a cluster; results always come in the order of tasks.

Only a few tasks are under way at any time, so that memory does not grow with their number, and what they give does not
depend on who worked them out.
"""

import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Generic, Protocol, TypeVar

from sim.vocabulary.errors import InputError, RunError

T = TypeVar("T")
R = TypeVar("R")

TASKS_AHEAD = 2  # for each thread: enough to keep it busy, few enough to keep memory flat


class LostClusterError(RunError):
    """Scheduler or workers are gone for good; what was handed back before is sound, and the rest can be done later."""


class Executor(Protocol):
    """Calls `work` on every task. `workers` is how many tasks it can do at once, for cutting tasks; at least 1.
    `task_seconds`: how long a task should take at least, so that handing it over costs little.
    """

    @property
    def workers(self) -> int: ...

    @property
    def task_seconds(self) -> float: ...

    def map(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """The results in the order of `tasks`, which are asked for lazily.

        On a cluster `work`, tasks and results travel by pickle; then LostClusterError may be raised. An error of `work`
        is raised when its task's turn comes.
        """
        ...


class ThreadExecutor:
    """Threads of this process. `work` is shared by all of them."""

    def __init__(self, threads: int | None = None) -> None:
        """All processors by default. Raises InputError for fewer threads than 1."""
        self.threads = thread_count(threads)

    @property
    def workers(self) -> int:
        return self.threads

    @property
    def task_seconds(self) -> float:
        return 0.0

    def map(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """See Executor. A single thread is the calling one."""
        if self.threads == 1:
            yield from map(work, tasks)
            return
        waiting: deque[Future[R]] = deque()
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                for task in tasks:
                    waiting.append(pool.submit(work, task))
                    if len(waiting) >= self.threads * TASKS_AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, eq=False)
class InBlocks(Generic[T, R]):
    """The same work on several tasks at once."""

    work: Callable[[T], R]

    def __call__(self, block: Sequence[T]) -> list[R]:
        return [self.work(task) for task in block]


def map_in_blocks(executor: Executor, work: Callable[[T], R], tasks: Iterable[T], seconds_each: float) -> Iterator[R]:
    """As `executor.map`, with as many tasks handed over together as take its `task_seconds`.

    `seconds_each`: about how long one takes. Few tasks are cut so that every worker gets some.
    """
    size = max(math.ceil(executor.task_seconds / seconds_each), 1)
    if size == 1:
        yield from executor.map(work, tasks)
        return
    tasks = iter(tasks)
    pieces = executor.workers * TASKS_AHEAD
    first = list(islice(tasks, size * pieces))
    if len(first) < size * pieces:
        size = max(math.ceil(len(first) / pieces), 1)
    for results in executor.map(InBlocks(work), _blocks(chain(first, tasks), size)):
        yield from results


def _blocks(tasks: Iterator[T], size: int) -> Iterator[list[T]]:
    while block := list(islice(tasks, size)):
        yield block


@dataclass(frozen=True)
class Tls:
    """Files (PEM) of an encrypted cluster: certificate of the authority, own certificate and own key."""

    authority: str
    certificate: str
    key: str | None = None  # may stand in the file of the certificate


@contextmanager
def executor_of(cluster: str | None = None, threads: int | None = None, tls: Tls | None = None) -> Iterator[Executor]:
    """Threads of this process, or the cluster `cluster`, for as long as the context lasts.

    cluster: "local:N" (N worker processes on this machine), "tcp://HOST:PORT", "tls://HOST:PORT" (needs `tls`) or
    "scheduler-file:PATH". Raises InputError for what is no such thing and RunError when nobody answers there.
    """
    if cluster is None:
        if tls is not None:
            raise InputError("--tls-ca", "there is no cluster that it could serve", "Add --cluster tls://HOST:PORT.")
        yield ThreadExecutor(threads)
        return
    from sim.experiments.cluster import connected

    with connected(cluster, tls) as executor:
        yield executor


def thread_count(threads: int | None) -> int:
    """`threads`, or as many as there are processors for this process. Raises InputError for fewer than 1."""
    if threads is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if threads < 1:
        raise InputError("--threads", f"{threads} does not fit here", "Write a number not below 1.")
    return threads
