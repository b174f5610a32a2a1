"""The rows that a sweep keeps: one for each point, draw and strategy; what a refused point has is the reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.points import PointResult
from sim.experiments.sweep_parts import QUESTION, REFUSED
from sim.valuation.outcomes import OUTCOME_NAMES

Floats = npt.NDArray[np.float64]

COST, QALYS = "cost_discounted", "qalys_discounted"
ALWAYS = (COST, QALYS)
STEPS = ("inc_cost", "inc_cost_se", "inc_qalys", "inc_qalys_se", "inc_covariance")
ERRORS = (f"{COST}_se", f"{QALYS}_se")
KEYS = ("point", "psa_draw", "strategy", "patients", "redrawn")
WHY = "refused"


def outcomes_of(record: Iterable[str]) -> tuple[str, ...]:
    """The outcomes that rows have: discounted cost and QALYs, then those recorded on request."""
    return tuple(dict.fromkeys((*ALWAYS, *record)))


def columns_of(record: Iterable[str]) -> tuple[str, ...]:
    """The columns of the results, in their order."""
    return (*KEYS, *outcomes_of(record), *ERRORS, *STEPS, WHY)


def schema_of(record: Iterable[str]) -> pa.Schema:
    """Columns with their types. What is not there (an outcome that nobody has, all of a refused point) is null."""
    keys = [pa.field("point", pa.int64()), pa.field("psa_draw", pa.int32()), pa.field("strategy", pa.string())]
    keys += [pa.field("patients", pa.int64()), pa.field("redrawn", pa.int32())]
    numbers = [pa.field(name, pa.float64()) for name in (*outcomes_of(record), *ERRORS, *STEPS)]
    return pa.schema([*keys, *numbers, pa.field(WHY, pa.string())])


@dataclass
class Rows:
    """Gathers the rows of consecutive points of S strategies; `comparator` is a place among them."""

    strategies: tuple[str, ...]
    comparator: int
    record: tuple[str, ...]
    patients: int
    keys: list[tuple[int, int, int, str | None]] = field(default_factory=list)
    blocks: list[Floats] = field(default_factory=list)
    refused_points: set[int] = field(default_factory=set)

    def add(self, point: int, draw: int, result: PointResult) -> None:
        """What one point gave in one draw (0: at the central values)."""
        places = [OUTCOME_NAMES.index(name) for name in outcomes_of(self.record)]
        errors = np.sqrt(np.diag(result.covariance)).reshape(2, -1).T
        steps = steps_of(result.means[:, _PAIR], result.covariance, self.comparator)
        self.blocks.append(np.column_stack([result.means[:, places], errors, steps]))
        self.keys.append((point, draw, result.redrawn, None))

    def refuse(self, point: int, draw: int, reason: str) -> None:
        """A point that the model refuses."""
        width = len(outcomes_of(self.record)) + len(ERRORS) + len(STEPS)
        self.blocks.append(np.full((len(self.strategies), width), np.nan))
        self.keys.append((point, draw, 0, reason))
        self.refused_points.add(point)

    def table(self) -> pa.Table:
        """All rows that were added, in their order."""
        size = len(self.strategies)
        point, draw, redrawn, refused = zip(*self.keys, strict=True)
        numbers = np.concatenate(self.blocks)
        schema = schema_of(self.record)
        columns: list[object] = [np.repeat(point, size), np.repeat(draw, size), list(self.strategies) * len(self.keys)]
        columns += [np.full(len(numbers), self.patients), np.repeat(redrawn, size)]
        columns += list(numbers.T)
        columns.append([reason for reason in refused for _ in range(size)])
        arrays = [pa.array(column, kind.type, from_pandas=True) for column, kind in zip(columns, schema, strict=True)]
        return pa.Table.from_arrays(arrays, schema=schema)

    def parquet(self, question_hash: str) -> bytes:
        """The rows as the bytes of a Parquet file; the same rows are the same bytes."""
        sink = pa.BufferOutputStream()
        table = self.table()
        with pq.ParquetWriter(sink, table.schema, compression="zstd") as writer:
            writer.write_table(table)
            writer.add_key_value_metadata({QUESTION: question_hash, REFUSED: str(len(self.refused_points))})
        content: bytes = sink.getvalue().to_pybytes()
        return content


_PAIR = [OUTCOME_NAMES.index(name) for name in ALWAYS]


def steps_of(means: Floats, covariance: Floats, comparator: int) -> Floats:
    """Steps from the comparator to each strategy, shape (S, 5), in the order of STEPS; 0 for the comparator itself.

    means: (S, 2), cost and QALYs. covariance: (2 S, 2 S), of all costs and then all QALYs; the same patients meet the
    same luck under all strategies, so that most of their chance falls out of a step.
    """
    size = len(means)
    blocks = [covariance[:size, :size], covariance[size:, size:], covariance[:size, size:]]
    variances = [  # in sums of one order, and without a library of linear algebra: the same bits on any machine
        (np.diag(block) - block[:, comparator]) - (block[comparator] - block[comparator, comparator])
        for block in blocks
    ]
    cost, qalys = (np.sqrt(np.maximum(variance, 0.0)) for variance in variances[:2])
    increments = means - means[comparator]
    return np.column_stack([increments[:, 0], cost, increments[:, 1], qalys, variances[2]])
