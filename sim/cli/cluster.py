"""The options of a cluster, made into those who do the work."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.vocabulary.errors import InputError

if TYPE_CHECKING:
    from sim.experiments.executor import Executor


@contextmanager
def workers(
    cluster: str | None, threads: int | None, tls_ca: str | None, tls_cert: str | None, tls_key: str | None
) -> "Iterator[Executor]":
    """Threads of this process, or the workers of `cluster`. Raises InputError, RunError."""
    from sim.experiments.executor import Tls, executor_of

    if (tls_ca is None) != (tls_cert is None) or (tls_key is not None and tls_ca is None):
        what = "an encrypted cluster needs the certificate of its authority and an own one"
        raise InputError("--tls-ca and --tls-cert", what, "Give both; --tls-key too, unless it is in the latter file.")
    tls = None if tls_ca is None or tls_cert is None else Tls(tls_ca, tls_cert, tls_key)
    with executor_of(cluster, threads, tls) as executor:
        for note in getattr(executor, "notes", ()):
            print(note, file=sys.stderr)
        yield executor
