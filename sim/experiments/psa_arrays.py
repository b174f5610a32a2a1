"""The numbers of many points as arrays that grow row by row, and as parts on disk that survive whatever stops a run."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.points import PointResult
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary.errors import RunError

Floats = npt.NDArray[np.float64]

DRAWS_PER_PART = 32


@dataclass(frozen=True, eq=False)
class PsaArrays:
    """K draws in their order, numbered from `first`. Shapes: means (K, S, outcomes), covariance (K, 2 S, 2 S),
    values (K, sampled parameters), redrawn (K,).
    """

    first: int
    means: Floats
    covariance: Floats
    values: Floats
    redrawn: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.redrawn)


def as_arrays(results: list[PointResult], names: tuple[str, ...]) -> PsaArrays:
    """Consecutive results as arrays; `names` are those of the sampled parameters, in the order of columns."""
    return PsaArrays(
        results[0].number,
        np.stack([result.means for result in results]),
        np.stack([result.covariance for result in results]),
        np.array([[result.values[name] for name in names] for result in results]).reshape(len(results), len(names)),
        np.array([result.redrawn for result in results], np.int64),
    )


def joined(parts: Iterable[PsaArrays]) -> PsaArrays:
    """Parts that follow each other, as one. Raises RunError when one is missing between them."""
    ordered = sorted(parts, key=lambda part: part.first)
    for before, after in zip(ordered[:-1], ordered[1:], strict=True):
        if before.first + len(before) != after.first:
            raise RunError(f"the draws from {before.first + len(before)} on are missing")
    means, covariance, values, redrawn = (
        np.concatenate([getattr(part, name) for part in ordered])
        for name in ("means", "covariance", "values", "redrawn")
    )
    return PsaArrays(ordered[0].first, means, covariance, values, redrawn)


def write_part(part: PsaArrays, folder: Path) -> Path:
    """One file, under a temporary name first: a part that is there is whole."""
    flat = {"means": part.means, "covariance": part.covariance, "values": part.values}
    columns: dict[str, pa.Array] = {"redrawn": pa.array(part.redrawn)}
    for name, array in flat.items():
        width = int(np.prod(array.shape[1:]))
        columns[name] = pa.FixedSizeListArray.from_arrays(pa.array(array.reshape(-1)), width)
    place = folder / f"draws-{part.first:09d}.parquet"
    unfinished = place.with_suffix(".unfinished")
    pq.write_table(pa.table(columns), unfinished)
    unfinished.replace(place)
    return place


def read_parts(folder: Path, strategies: int) -> dict[int, PsaArrays]:
    """The parts that are there, by the number of their first draw. Raises RunError for one that cannot be read."""
    found = {}
    for place in sorted(folder.glob("draws-*.parquet")):
        try:
            table = pq.read_table(place)
        except (OSError, pa.ArrowException) as error:
            cause = " ".join(str(error).split())
            raise RunError(
                f"{place}: this part cannot be read ({cause}). Remove it; its draws are made again."
            ) from None
        first = int(place.stem.removeprefix("draws-"))
        draws = len(table)

        def array(name: str, table: pa.Table = table) -> Floats:
            column = table[name].combine_chunks()
            numbers: Floats = column.values.to_numpy().astype(np.float64)
            return numbers

        found[first] = PsaArrays(
            first,
            array("means").reshape(draws, strategies, len(OUTCOME_NAMES)),
            array("covariance").reshape(draws, 2 * strategies, 2 * strategies),
            array("values").reshape(draws, -1),
            table["redrawn"].to_numpy().astype(np.int64),
        )
    return found
