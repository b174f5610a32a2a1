"""Probabilities for the draws of an analysis: a column a name, by chance, by Latin hypercube or by Sobol's sequence.

Each column is a function of seed and name alone, so that adding or removing a name leaves all the others as they were,
bit for bit. (Sobol: but for names that want the same dimension, see `sobol_dimensions`.) By chance and by Sobol the
first draws of a longer design are the shorter design.
"""

import hashlib
from collections.abc import Sequence
from itertools import count

import numpy as np
import numpy.typing as npt
from numpy.random import Generator, Philox, SeedSequence
from scipy.stats import qmc

from sim.inputs.document import suggestion
from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]
DESIGNS = ("random", "latin_hypercube", "sobol")
SOBOL_DIMENSIONS = int(qmc.Sobol.MAXDIM)  # 21,201, of the direction numbers of Joe & Kuo (2008)
SOBOL_ROWS = 256  # at a time: 43 MB for all dimensions; a power of 2, as the sequence wants it
SOBOL_BITS = 30
LARGEST = 1.0 - 2.0**-53


def uniforms(names: Sequence[str], draws: int, seed: int, design: str = "random") -> Floats:
    """Numbers strictly inside 0 and 1, shape (draws, names), a column a name, whatever stands beside it.

    random: independent draws of a Philox stream for each name. latin_hypercube: one draw in each of `draws` equal
    strata, in an order of its own for each name (McKay, Beckman & Conover 1979, doi:10.1080/00401706.1979.10489755).
    sobol: a scrambled Sobol sequence (Owen 1998; direction numbers of Joe & Kuo 2008), whose error is smallest at
    numbers of draws that are powers of 2; in hundreds of dimensions some pairs of its columns are correlated by their
    making (docs/decisions/0018-joint-draws.md), so it wants 4,096 draws or few parameters. Raises InputError for
    another design or no draws.
    """
    if design not in DESIGNS:
        raise InputError("--design", f"there is no design {design!r}", suggestion(design, DESIGNS))
    if draws < 1:
        raise InputError("--draws", f"{draws} does not fit here", "Write a number not below 1.")
    if design == "sobol":
        return _sobol(names, draws, seed)
    columns = np.empty((len(names), draws))
    for place, name in enumerate(names):
        if design == "random":
            columns[place] = keyed_uniforms(draws, seed, name)
        else:
            cube = qmc.LatinHypercube(d=1, rng=Generator(Philox(_seeds(seed, "latin_hypercube", name))))
            columns[place] = np.clip(cube.random(draws)[:, 0], 2.0**-54, LARGEST)
    return np.ascontiguousarray(columns.T)


def keyed_uniforms(number: int, seed: int, *words: str) -> Floats:
    """`number` independent uniforms of the Philox stream of `seed` and `words`: odd multiples of 2 ** -53."""
    stream = Philox(_seeds(seed, "random", *words))
    return ((stream.random_raw(number) >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def keyed_order(number: int, seed: int, *words: str) -> npt.NDArray[np.int64]:
    """The numbers 0 ... `number` - 1 in an order by chance of its own for `seed` and `words`."""
    return np.argsort(keyed_uniforms(number, seed, "order", *words), kind="stable")


def sobol_dimensions(names: Sequence[str]) -> dict[str, int]:
    """The dimension of each name, from hashes of the name, no two the same.

    Every name has a list of dimensions that it wants in turn, and a dimension that several want goes to the name with
    the lowest hash. That assignment is the same in whatever order names come (Gale & Shapley 1962), and a new name
    moves only a name that it displaces.
    """
    holders: dict[int, str] = {}
    for newcomer in names:
        name: str | None = newcomer
        wish = 0
        while name is not None:
            dimension = _hash(f"{name}/{wish}") % SOBOL_DIMENSIONS
            holder = holders.get(dimension)
            if holder is None:
                holders[dimension] = name
                name = None
            elif _hash(name) < _hash(holder):
                holders[dimension] = name
                wish = next(n for n in count() if _hash(f"{holder}/{n}") % SOBOL_DIMENSIONS == dimension) + 1
                name = holder
            else:
                wish += 1
    return {name: dimension for dimension, name in holders.items()}


def generator(seed: int, *words: str) -> Generator:
    """A stream of its own for `seed` and `words`, for designs that other libraries lay out."""
    return Generator(Philox(_seeds(seed, *words)))


def _sobol(names: Sequence[str], draws: int, seed: int) -> Floats:
    if draws > 2**SOBOL_BITS or len(names) > SOBOL_DIMENSIONS:
        what = f"{draws} draws of {len(names)} parameters are more than Sobol's sequence has"
        raise InputError("--design", what, "Write random.")
    places = sobol_dimensions(names)
    columns = [places[name] for name in names]
    rng = Generator(Philox(_seeds(seed, "sobol")))
    sequence = qmc.Sobol(d=SOBOL_DIMENSIONS, scramble=True, bits=SOBOL_BITS, rng=rng)
    kept = np.empty((draws, len(names)))
    for first in range(0, draws, SOBOL_ROWS):
        rows = min(SOBOL_ROWS, draws - first)
        kept[first : first + rows] = sequence.random(SOBOL_ROWS)[:rows, columns]
    return kept + 2.0 ** -(SOBOL_BITS + 1)  # from the lower edge to the middle of its cell, away from 0


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")


def _seeds(seed: int, *words: str) -> SeedSequence:
    """A stream of its own for each seed and words. A word holds no line break, so no two lists run together."""
    return SeedSequence(_hash("\n".join((str(seed), *words))))
