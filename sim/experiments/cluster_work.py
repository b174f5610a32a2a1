"""What a worker of a cluster does: unpack the work once, do its tasks, hand back results and errors, all as bytes.

Bytes, because the cluster looks into what it carries otherwise: it takes texts for names of tasks, and it would unpack
before we could say that two programs differ.
"""

import hashlib
import math
import platform
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiments.executor import LostClusterError
from sim.vocabulary.errors import InputError, RunError
from sim.vocabulary.version import VERSION

VALUE, INPUT_ERROR, RUN_ERROR = "value", "input error", "run error"
OTHER_PROGRAM, WORK_NEEDED = "other program", "work needed"
ARITHMETIC = "arithmetic"  # the last bits of elementary functions; they depend on processor and system library
LIBRARIES = ("numpy", "numba", "pandas", "scipy", "pydantic")
PACKAGES_THAT_MAKE_NUMBERS = ("vocabulary", "inputs", "disease", "engines", "valuation", "experiments")
WORKS_KEPT = 2  # in each worker: the present one, and one that its last tasks may still need

Answer = tuple[str, bytes]


class WorkNeeded(Exception):
    """This process has not seen the work yet."""


@dataclass(frozen=True)
class Parcel:
    """Work as bytes, under the digest of them, with the facts of the program that packed it. Without `content` it is
    a label only: enough for a worker that has seen the work.
    """

    digest: str
    facts: tuple[tuple[str, str], ...]
    content: bytes = field(default=b"", compare=False, repr=False)

    def label(self) -> "Parcel":
        return replace(self, content=b"")


def packed(work: Callable[..., Any]) -> Parcel:
    """Ready for the way to a worker."""
    content = to_bytes(work)
    return Parcel(hashlib.sha256(content).hexdigest(), tuple(program_facts().items()), content)


def kept(parcel: Parcel) -> Parcel:
    """The task that holds the parcel on the workers: a task, so that it is made again when they are lost."""
    return parcel


def answered(parcel: Parcel, task: bytes) -> Answer:
    """The task done. Errors of ours are handed back as values: nothing is gained by trying them again elsewhere.

    A worker that was given the label only, and needs the work, answers with its address.
    """
    try:
        return VALUE, to_bytes(_unpacked(parcel)(from_bytes(task)))
    except WorkNeeded:
        from distributed import get_worker

        return WORK_NEEDED, to_bytes(get_worker().address)
    except InputError as error:
        return INPUT_ERROR, to_bytes((error.where, error.what, error.repair))
    except LostClusterError as error:
        return OTHER_PROGRAM, to_bytes((str(error),))
    except RunError as error:
        return RUN_ERROR, to_bytes((str(error),))


def opened(answer: Answer) -> Any:
    """The result in an answer. Raises InputError, RunError or LostClusterError when it holds one."""
    kind, content = answer
    if kind == INPUT_ERROR:
        raise InputError(*from_bytes(content))
    if kind in (RUN_ERROR, OTHER_PROGRAM):
        raise (RunError if kind == RUN_ERROR else LostClusterError)(*from_bytes(content))
    return from_bytes(content)


@lru_cache(maxsize=WORKS_KEPT)
def _unpacked(parcel: Parcel) -> Callable[[Any], Any]:
    """The work, once in each process. Raises WorkNeeded for a label, LostClusterError where the program is another."""
    different = difference(dict(parcel.facts), program_facts())
    if different is not None:
        raise LostClusterError(f"A worker on {platform.node()} holds another program: {different}.")
    if not parcel.content:
        raise WorkNeeded
    work: Callable[[Any], Any] = from_bytes(parcel.content)
    return work


def program_facts() -> dict[str, str]:
    """Of this process: versions, digest of all sources of `sim`, and of its arithmetic."""
    return {
        "bmes-sim": VERSION,
        "Python": platform.python_version(),
        **{name: metadata.version(name) for name in LIBRARIES},
        "sources": _sources(),
        ARITHMETIC: arithmetic_digest(),
    }


def difference(here: dict[str, str], there: dict[str, str]) -> str | None:
    """In which program they differ, here and there; None where they do not. Arithmetic is no part of the program."""
    for name, mine in here.items():
        other = there.get(name, "unknown")
        if name != ARITHMETIC and mine != other:
            return f"{name} {other} instead of {mine}"
    return None


@lru_cache(maxsize=1)
def _sources() -> str:
    """Digest of the sources that make numbers: not of the rules alone, for what fills their tables counts as well."""
    digest = hashlib.blake2b(digest_size=8)
    package = Path(__file__).parents[1]
    for name in PACKAGES_THAT_MAKE_NUMBERS:
        for path in sorted((package / name).glob("*.py")):
            digest.update(f"{name}/{path.name}".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def arithmetic_digest() -> str:
    """Of elementary functions at some thousand points, to the last bit."""
    points = np.linspace(0.001, 3.999, 4096)
    digest = hashlib.blake2b(digest_size=8)
    for function in (np.exp, np.log, np.log1p, np.expm1, np.sqrt, np.sin, np.cos, np.tanh):
        digest.update(np.ascontiguousarray(function(points)).tobytes())
    digest.update((points**1.7).tobytes())
    one_by_one = (math.exp, math.log, math.log1p, math.expm1, math.sin, math.cos, math.erf, math.lgamma)
    digest.update(np.array([[function(float(x)) for function in one_by_one] for x in points[::4]]).tobytes())
    digest.update(np.array([float(x) ** 1.7 for x in points[::4]]).tobytes())
    return digest.hexdigest()


def to_bytes(content: Any) -> bytes:
    """Packed as the cluster itself packs functions."""
    packed_content: bytes = _packer().dumps(content)
    return packed_content


def from_bytes(content: bytes) -> Any:
    """What `to_bytes` packed. It comes from this program's own cluster, which can run anything on a worker anyhow."""
    return _packer().loads(content)


def _packer() -> Any:
    from distributed.protocol import pickle

    return pickle
