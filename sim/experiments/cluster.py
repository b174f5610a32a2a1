"""Workers of a cluster, through Dask: who they are, whether they hold the same program, and work for them.

The only door to Dask: it is imported in functions of this module and of those it hands work to, and so never without
a cluster. See docs/cluster.md.
"""

import json
import logging
import signal
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import current_thread, main_thread
from time import monotonic, sleep
from typing import Any, TypeVar

from sim.experiments.cluster_flow import Flow, Patience
from sim.experiments.cluster_work import ARITHMETIC, difference, packed, program_facts
from sim.experiments.executor import LostClusterError, Tls
from sim.vocabulary.errors import InputError, RunError

T = TypeVar("T")
R = TypeVar("R")

LOCAL, SCHEDULER_FILE = "local:", "scheduler-file:"
FORMS = "Write local:N, tcp://HOST:PORT, tls://HOST:PORT or scheduler-file:PATH."
MOST_LOCAL_WORKERS = 1024
TASK_SECONDS = 1.0
CONNECTION = "distributed.comm.timeouts.connect"
NOISY = ("distributed", "tornado", "asyncio")
SETTINGS = {
    "distributed.scheduler.allowed-failures": 10,  # a task is not at fault when its workers are taken away
    "distributed.worker.profile.enabled": False,  # costs time and is not read
}


@dataclass(frozen=True)
class Address:
    """Where the workers are: `local` processes to be started, or a scheduler that is there."""

    local: int = 0
    scheduler: str | None = None
    file: Path | None = None

    def __str__(self) -> str:
        return f"local:{self.local}" if self.local else str(self.scheduler or self.file)


class DaskExecutor:
    """The workers of a cluster. `notes`: what is worth telling the user about them, a line each."""

    def __init__(self, client: Any, patience: Patience, notes: tuple[str, ...] = ()) -> None:
        self.client, self.patience, self.notes = client, patience, notes

    @property
    def workers(self) -> int:
        """Threads of all workers that are there now."""
        try:
            return max(int(sum(self.client.nthreads().values())), 1)
        except (OSError, AttributeError, RuntimeError) as error:
            raise LostClusterError("The cluster's scheduler is lost.") from error

    @property
    def task_seconds(self) -> float:
        return TASK_SECONDS

    def map(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """See Executor. Raises LostClusterError, and RunError when a worker fails or holds another program."""
        yield from Flow(self.client, packed(work), tasks, self.workers, self.patience).results()


def address_of(cluster: str, tls: Tls | None = None) -> Address:
    """What the option --cluster says. Raises InputError."""
    where = f"--cluster {cluster}"
    if tls is not None:
        for option, pem in (("--tls-ca", tls.authority), ("--tls-cert", tls.certificate), ("--tls-key", tls.key)):
            if pem is not None and not Path(pem).is_file():
                raise InputError(option, f"there is no file {pem}", "Give a file in PEM format.")
    if cluster.startswith(LOCAL):
        count = cluster.removeprefix(LOCAL)
        if not (count.isascii() and count.isdigit() and 1 <= int(count) <= MOST_LOCAL_WORKERS):
            raise InputError(where, f"{count!r} is no number of workers", f"Write 1 to {MOST_LOCAL_WORKERS}.")
        if tls is not None:
            raise InputError("--tls-ca", "workers of this machine need no certificates", "Leave it out.")
        return Address(local=int(count))
    if cluster.startswith(SCHEDULER_FILE):
        file = Path(cluster.removeprefix(SCHEDULER_FILE))
        return Address(file=file, scheduler=_scheduler_in(file, where, tls))
    protocol, _, host = cluster.partition("://")
    name, _, port = host.rpartition(":")
    if protocol not in ("tcp", "tls") or not name or not (port.isascii() and port.isdigit() and int(port) < 2**16):
        raise InputError(where, "this is no cluster", FORMS)
    _check_protocol(cluster, where, tls)
    return Address(scheduler=cluster)


def _scheduler_in(file: Path, where: str, tls: Tls | None) -> str:
    """The address in a file that `dask scheduler --scheduler-file` has written. Raises InputError."""
    try:
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
    except OSError:
        raise InputError(where, "there is no such file", "Start the scheduler with --scheduler-file first.") from None
    except (ValueError, KeyError, TypeError):
        address = None
    if not isinstance(address, str):
        what = "this is no file of a scheduler"
        raise InputError(where, what, "Give the one that `dask scheduler --scheduler-file` has written.")
    _check_protocol(address, where, tls)
    return address


def _check_protocol(address: str, where: str, tls: Tls | None) -> None:
    if address.startswith("tls://") and tls is None:
        raise InputError(where, "an encrypted cluster needs certificates", "Add --tls-ca, --tls-cert and --tls-key.")
    if not address.startswith("tls://") and tls is not None:
        raise InputError("--tls-ca", f"{address} is not encrypted", "Give a tls:// address, or leave it out.")


@contextmanager
def connected(cluster: str, tls: Tls | None = None, patience: Patience | None = None) -> Iterator[DaskExecutor]:
    """The workers at `cluster`, as executor.executor_of. Raises InputError, RunError.

    How long the scheduler may take to answer is Dask's own setting distributed.comm.timeouts.connect by default.
    """
    address = address_of(cluster, tls)
    dask, distributed = _imported()
    if patience is None:
        patience = Patience(connection=dask.utils.parse_timedelta(dask.config.get(CONNECTION)))
    with _quiet(), dask.config.set(SETTINGS):
        started = None
        try:
            if address.local:
                with _deaf_children():
                    started = distributed.LocalCluster(
                        n_workers=address.local,
                        threads_per_worker=1,
                        memory_limit=0,
                        dashboard_address=None,
                        silence_logs=logging.CRITICAL,
                    )
            client = distributed.Client(
                started or address.scheduler,
                timeout=patience.connection,
                security=None if tls is None else distributed.Security(**_security(tls)),
                set_as_default=False,
            )
        except (OSError, TimeoutError, ImportError, RuntimeError, ValueError) as error:
            if started is not None:
                started.close()
            raise RunError(f"--cluster: no scheduler answers at {address} ({_short(error)}).") from error
        try:
            yield DaskExecutor(client, patience, _checked_workers(client, address, patience))
        finally:
            with suppress(OSError, TimeoutError, RuntimeError, AttributeError):
                client.close(timeout=2.0)
            if started is not None:
                with suppress(OSError, TimeoutError, RuntimeError):
                    started.close(timeout=5.0)


def _checked_workers(client: Any, address: Address, patience: Patience) -> tuple[str, ...]:
    """Waits for a worker, asks all that are there for their program, and returns what is worth telling.

    Those that come later, or do not answer in time, are asked when they are given work. Raises RunError.
    """
    try:
        client.wait_for_workers(1, timeout=patience.first_worker)
    except (TimeoutError, OSError, AttributeError) as error:
        raise RunError(f"--cluster: {address} has no worker after {patience.first_worker:.0f} s.") from error
    asked = {
        client.submit(program_facts, workers=[worker], allow_other_workers=False, pure=False): worker
        for worker in client.nthreads()
    }
    given_up = monotonic() + patience.check
    while monotonic() < given_up and any(future.status == "pending" for future in asked):
        sleep(0.02)
    here, other_arithmetic = program_facts(), []
    for future, worker in asked.items():
        if future.status == "error":
            raise RunError(f"--cluster: worker {worker} cannot load bmes-sim ({_short(future.exception())}).")
        if future.status != "finished":
            continue
        there = future.result()
        different = difference(here, there)
        if different is not None:
            raise RunError(f"--cluster: worker {worker} holds another program: {different}. Install the same there.")
        if there.get(ARITHMETIC) != here[ARITHMETIC]:
            other_arithmetic.append(worker)
    if not other_arithmetic:
        return ()
    what = f"{len(other_arithmetic)} of {len(asked)} workers round elementary functions otherwise than this machine"
    return (f"{what}, such as {other_arithmetic[0]}: results agree with those made here, but not to the last bit.",)


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started meanwhile do not hear Ctrl-C, which a terminal sends to all: this one ends them in order."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _imported() -> tuple[Any, Any]:
    """Dask's two packages. Raises RunError where they are missing."""
    try:
        import dask.utils
        import distributed
    except ImportError:
        raise RunError("--cluster needs Dask. Install bmes-sim[cluster].") from None
    return dask, distributed


def _security(tls: Tls) -> dict[str, Any]:
    return {
        "require_encryption": True,
        "tls_ca_file": tls.authority,
        "tls_client_cert": tls.certificate,
        "tls_client_key": tls.key,
    }


def _short(error: BaseException | None) -> str:
    """The first line of an error, or its kind when it says nothing."""
    text = str(error).strip().splitlines()
    return text[0][:200] if text else type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask's own messages and warnings are for those who run the cluster; the user gets one line from us."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in NOISY]  # some have own levels
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="distributed")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
