"""Tasks on their way to the workers of a cluster and back: few at a time, lost ones asked again, slow ones twice."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from statistics import median
from time import monotonic
from typing import Any
from uuid import uuid4

from sim.experiments.cluster_work import WORK_NEEDED, Answer, Parcel, answered, from_bytes, kept, opened, to_bytes
from sim.experiments.executor import TASKS_AHEAD, LostClusterError
from sim.vocabulary.errors import RunError

WINDOW = 8  # times the tasks under way: how many may be done and wait for an earlier one
MOST_FETCHED = 64  # answers in one go
FETCHERS = 4  # at once: a worker that does not answer holds one of them only
LOOK_SECONDS, COUNT_SECONDS = 0.5, 5.0  # between looks at what is late, and between counts of the workers
TURNAROUNDS = 101  # the latest, of which the median is taken
DEATHS = 3  # how often a task may be asked again after it has been given up because its workers died


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds, and when a task counts as slow: after `slow_times` the usual time and at least
    `slow_seconds`, then it is asked of another worker too, and the first answer counts.
    """

    connection: float = 30.0  # for the scheduler to answer
    first_worker: float = 300.0
    check: float = 60.0  # for the workers to say which program they hold
    all_gone: float = 300.0  # with no worker left
    first_answer: float = 180.0  # of any task; workers may compile first
    slow_seconds: float = 20.0
    slow_times: float = 6.0


@dataclass
class _Asked:
    """A task under way. `asked_at` is the time of its last copy; `needed_by`: the worker that asked for the work."""

    content: bytes
    first_asked: float
    asked_at: float
    futures: list[Any] = field(default_factory=list)
    deaths: int = 0
    needed_by: str | None = None


class Flow:
    """One `map` of a DaskExecutor: its work is packed, its tasks come lazily."""

    def __init__(self, client: Any, parcel: Parcel, tasks: Iterable[Any], workers: int, patience: Patience) -> None:
        self.client, self.parcel, self.tasks, self.patience = client, parcel, iter(tasks), patience
        self.workers = max(workers, 1)
        self.name = f"bmes-{uuid4().hex[:12]}"
        self.label = parcel.label()
        self.held: Any = None  # the parcel on the cluster, once it is needed
        self.asked: dict[int, _Asked] = {}
        self.answers: dict[int, Answer] = {}
        self.copies = 0
        self.number, self.next, self.exhausted = 0, 0, False
        self.news: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self.turnarounds: deque[float] = deque(maxlen=TURNAROUNDS)
        self.looked = self.counted = self.last_seen = monotonic()
        self.fetchers = ThreadPoolExecutor(FETCHERS)

    def results(self) -> Iterator[Any]:
        """In the order of tasks. Raises what the work raises, LostClusterError, RunError."""
        try:
            while True:
                self._fill()
                if self.next in self.answers:
                    answer = self.answers.pop(self.next)
                    self.next += 1
                    yield opened(answer)
                elif self.asked:
                    self._listen()
                else:
                    return
        finally:
            self._drop()

    def _fill(self) -> None:
        """Ask as many tasks as keep the workers busy."""
        most = max(TASKS_AHEAD * self.workers, self.workers + 2)
        while not self.exhausted and len(self.asked) < most and len(self.asked) + len(self.answers) < WINDOW * most:
            try:
                content = to_bytes(next(self.tasks))
            except StopIteration:
                self.exhausted = True
                return
            now = monotonic()
            self.asked[self.number] = _Asked(content, now, now)
            self._ask(self.number)
            self.number += 1

    def _ask(self, number: int, *, to: str | None = None, avoid: str | None = None) -> None:
        """Hand a task to the cluster, once more perhaps: with the work to the worker `to`, or to any but `avoid`.

        Ordinary tasks depend on nothing, for the cluster would crowd them where the work lies.
        """
        task = self.asked[number]
        task.asked_at = monotonic()
        parcel: Any = self.label
        where: dict[str, Any] = {}
        if to is not None:
            # The second time from here: the worker that holds the work may be the one that does not answer.
            parcel = self._held() if task.needed_by is None else self.parcel
            task.needed_by, where = to, {"workers": [to], "allow_other_workers": True}
        elif avoid is not None:
            others = [worker for worker in self._thread_counts() if worker != avoid]
            where = {"workers": others, "allow_other_workers": True} if others else {}
        # An earlier task first: those behind it wait for it.
        future = self._submit(number, answered, parcel, task.content, priority=-number, **where)
        task.futures.append(future)
        future.add_done_callback(lambda done: self.news.put(("done", (number, done))))

    def _held(self) -> Any:
        """The whole parcel, on some worker."""
        if self.held is None or self.held.status not in ("pending", "finished"):
            self.held = self._submit(-1, kept, self.parcel)
        return self.held

    def _submit(self, number: int, function: Any, *arguments: Any, **settings: Any) -> Any:
        from distributed.client import ClosedClientError

        self.copies += 1
        # A key of this form makes one group of all, which the scheduler hands out to whoever is free.
        key = (self.name, number, self.copies)
        try:
            return self.client.submit(function, *arguments, key=key, pure=False, **settings)
        except (ClosedClientError, OSError) as error:
            raise self._lost() from error

    def _listen(self) -> None:
        """Wait a little for news, take all there are, and look at times after what is lost or late."""
        news = []
        with suppress(Empty):
            news.append(self.news.get(timeout=LOOK_SECONDS))
            while True:
                news.append(self.news.get_nowait())
        ready = []
        for kind, (number, content) in news:
            if number not in self.asked:
                continue  # another copy was quicker
            if kind == "answer":
                self._take(number, *content)
            elif content.status == "error":
                self._failed(number, content)
            elif kind == "again" or content.status != "finished":
                self._ask_again(number, content)
            else:
                ready.append((number, content))
        for first in range(0, len(ready), MOST_FETCHED):
            self.fetchers.submit(self._fetch, ready[first : first + MOST_FETCHED])
        if monotonic() - self.looked > LOOK_SECONDS:
            self.looked = monotonic()
            self._look()

    def _fetch(self, finished: list[tuple[int, Any]]) -> None:
        """On a thread of its own: answers from the workers to this process."""
        try:
            answers = self.client.gather([future for _, future in finished])
        except Exception:  # noqa: BLE001 - whatever it is, of this client, the scheduler or a worker: asked again
            if len(finished) > 1:
                for one in finished:
                    self._fetch([one])
            else:
                self.news.put(("again", finished[0]))
            return
        for (number, future), answer in zip(finished, answers, strict=True):
            self.news.put(("answer", (number, (future, answer))))

    def _take(self, number: int, future: Any, answer: Answer) -> None:
        if answer[0] == WORK_NEEDED:
            self._ask_again(number, future, to=from_bytes(answer[1]))
            return
        task = self.asked.pop(number)
        self.answers[number] = answer
        self.turnarounds.append(monotonic() - task.first_asked)
        slower = [copy for copy in task.futures if copy.status == "pending"]
        if slower:
            self._cancel(slower)

    def _ask_again(self, number: int, lost: Any, to: str | None = None) -> None:
        """Unless another copy is under way."""
        task = self.asked[number]
        if lost in task.futures:
            task.futures.remove(lost)
            if not task.futures:
                self._ask(number, to=to)

    def _failed(self, number: int, future: Any) -> None:
        """A task that ended in an error that is not ours. Raises RunError unless its workers have died."""
        from distributed.scheduler import KilledWorker

        task, error = self.asked[number], future.exception()
        task.deaths += 1
        if not isinstance(error, KilledWorker):
            raise RunError(f"A worker of the cluster failed: {type(error).__name__}: {error}") from error
        if task.deaths > DEATHS:
            what = "workers die again and again at the same task"
            raise LostClusterError(f"{what.capitalize()}; they may have too little memory.") from error
        self.held = None  # it may be the work itself that could not be handed over
        self._ask_again(number, future)

    def _look(self) -> None:
        """Raises LostClusterError when the scheduler is gone, or all workers for too long. Asks slow tasks twice."""
        now = monotonic()
        if self.client.status == "closed":
            raise self._lost()
        if self.client.status != "running":
            return  # it is connecting again, for as long as patience.connection
        if now - self.counted > COUNT_SECONDS:
            self.counted = now
            threads = sum(self._thread_counts().values())
            if threads > 0:
                self.workers, self.last_seen = threads, now
            elif now - self.last_seen > self.patience.all_gone:
                raise LostClusterError(f"The cluster has had no worker for {now - self.last_seen:.0f} s.")
        limit = self.patience.first_answer
        if self.turnarounds:
            limit = max(self.patience.slow_times * median(self.turnarounds), self.patience.slow_seconds)
        late = [number for number, task in self.asked.items() if now - task.asked_at > limit]
        if not late:
            return
        places = self._places()
        for number in late:
            worker = next((places[f.key] for f in self.asked[number].futures if f.key in places), None)
            needed_by = self.asked[number].needed_by
            if needed_by is not None:
                self._ask(number, to=needed_by)
            if worker is not None:
                self._ask(number, avoid=worker)
            elif needed_by is None:  # it waits in the scheduler: late because of others
                self.asked[number].asked_at = now

    def _places(self) -> dict[Any, str]:
        """The worker that is at a task, or that holds what came of it and does not hand it over, by the task's key."""
        places = {key: worker for worker, keys in self._call("processing", workers=None).items() for key in keys}
        finished = [f.key for task in self.asked.values() for f in task.futures if f.status == "finished"]
        held = self._call("who_has", keys=finished) if finished else {}
        return places | {key: workers[0] for key, workers in held.items() if workers}

    def _thread_counts(self) -> dict[str, int]:
        """Threads of each worker, by its address."""
        return dict(self._call("ncores", workers=None))

    def _call(self, question: str, **arguments: Any) -> Any:
        """Ask the scheduler. Raises LostClusterError when it does not answer."""
        try:
            ask = getattr(self.client.scheduler, question)
            return self.client.sync(ask, callback_timeout=self.patience.connection, **arguments)
        except (OSError, TimeoutError, RuntimeError, AttributeError) as error:
            if self.client.status == "connecting":
                return {}
            raise self._lost() from error

    def _lost(self) -> LostClusterError:
        return LostClusterError("The cluster's scheduler is lost.")

    def _cancel(self, futures: list[Any]) -> None:
        from distributed import CancelledError

        if self.client.status == "running":
            with suppress(CancelledError, OSError, RuntimeError, TimeoutError, AttributeError):
                self.client.cancel(futures)

    def _drop(self) -> None:
        """Nothing of this flow is wanted any more."""
        self._cancel([future for task in self.asked.values() for future in task.futures])
        self.asked.clear()
        self.held = None
        self.fetchers.shutdown(wait=False, cancel_futures=True)
