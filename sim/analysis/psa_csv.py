"""Reads the probabilistic analysis of any model from CSV files: a column a strategy (or a parameter), a row a draw.

Large files are streamed by pyarrow into arrays of their final size, so that nothing is held twice. When it finds
something that is no number, `csv_faults` looks for the place. Columns are matched by name; their order and the first
strategy have no special role.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from sim.analysis.csv_faults import LARGEST, first_fault
from sim.analysis.csv_header import Header, read_header
from sim.analysis.psa_table import Floats, PsaTable
from sim.vocabulary.errors import InputError

BLOCK_BYTES = 1 << 22  # of a file that are worked on at once
COUNTERS = ("draw", "id", "index", "iter", "iteration", "psa_draw", "row", "run", "sample", "sim", "simulation")


def read_psa(costs: Path, effects: Path, parameters: Path | None = None) -> PsaTable:
    """The table in files of costs and effects (a column a strategy, a row a draw), and of parameters if there are any.

    Strategies stand in the order of the costs. Rows belong together by their place: the tenth of each file is one draw.
    Raises InputError, with file, line and column, for a file that cannot be read, rows of another length, text, a
    missing value, nan or infinity, names that are empty, there twice, or not the same in costs and effects, fewer than
    two strategies, and numbers of rows that differ.
    """
    headers = {path: read_header(path) for path in (costs, effects) + ((parameters,) if parameters else ())}
    strategies = headers[costs].names
    if len(strategies) < 2:
        what = f"there is one strategy only, {strategies[0]!r}, and it takes two to compare"
        raise InputError(str(costs), what, "Give each strategy a column.")
    _check_same_names(costs, strategies, effects, headers[effects].names)
    cost_rows = _numbers(costs, headers[costs], strategies)
    _check_no_counter(costs, strategies, cost_rows)
    effect_rows = _numbers(effects, headers[effects], strategies)
    _check_same_rows(costs, cost_rows, effects, effect_rows)
    frame = None
    if parameters is not None:
        names = headers[parameters].names
        values = _numbers(parameters, headers[parameters], names)
        _check_same_rows(costs, cost_rows, parameters, values)
        frame = pd.DataFrame(values, columns=list(names), copy=False)
    if len(cost_rows) < 2:
        raise InputError(str(costs), "there is one row only, and it takes two to analyse", "Give each draw a row.")
    return PsaTable(strategies=strategies, costs=cost_rows, effects=effect_rows, parameters=frame)


def _check_same_names(costs: Path, wanted: Sequence[str], effects: Path, given: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in given]
    surplus = [name for name in given if name not in wanted]
    if missing:
        what = f"there is no column {missing[0]!r}, a strategy of {costs}"
        found = f"This file has {', '.join(given)}." if len(given) <= 20 else ""
        raise InputError(str(effects), what, f"Name the same strategies in both files. {found}")
    if surplus:
        what = f"the column {surplus[0]!r} is no strategy of {costs}"
        raise InputError(str(effects), what, "Name the same strategies in both files.")


def _check_same_rows(costs: Path, first: Floats, other: Path, second: Floats) -> None:
    if len(first) != len(second):
        what = f"there are {len(second)} rows here and {len(first)} in {costs}"
        raise InputError(str(other), what, "Give both files a row a draw, in the same order.")


def _check_no_counter(path: Path, names: Sequence[str], rows: Floats) -> None:
    """A column that numbers the draws would be taken for a strategy."""
    for place, name in enumerate(names):
        if name.lower() in COUNTERS:
            steps = np.arange(len(rows)) + rows[0, place]
            if rows[0, place] in (0.0, 1.0) and np.array_equal(rows[:, place], steps):
                what = f"the column {name!r} numbers the rows, so that it is no strategy"
                raise InputError(str(path), what, "Leave it out of both files.")


def _numbers(path: Path, header: Header, names: Sequence[str]) -> Floats:
    """All rows of a file, its columns in the order of `names`: (rows, columns)."""
    numbers = np.empty((_most_rows(path, header.end_bytes), len(names)))
    places = [header.names.index(name) for name in names]
    done = 0
    try:
        with pa.OSFile(str(path)) as file:
            file.seek(header.end_bytes)
            for batch in _batches(file, header.names):
                rows = slice(done, done + batch.num_rows)
                for column, place in enumerate(places):
                    numbers[rows, column] = batch.column(place).to_numpy()
                if not (np.abs(numbers[rows]) <= LARGEST).all():  # nan is not either
                    raise first_fault(path, header.end_bytes, header.lines, header.names)
                done = rows.stop
    except (pa.ArrowException, OSError) as error:
        raise first_fault(path, header.end_bytes, header.lines, header.names, str(error)) from None
    if not done:
        raise first_fault(path, header.end_bytes, header.lines, header.names)
    return numbers[:done]


def _batches(file: pa.NativeFile, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Rows from the place of `file` on, some at a time. Raises ArrowInvalid for no rows, and for one not of numbers."""
    columns = [str(place) for place in range(len(names))]
    yield from arrow_csv.open_csv(
        file,
        arrow_csv.ReadOptions(column_names=columns, block_size=BLOCK_BYTES),
        arrow_csv.ParseOptions(newlines_in_values=False),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.float64()), null_values=[]),
    )


def _most_rows(path: Path, start_bytes: int) -> int:
    """How many rows a file holds at most; memory asked for more than there are costs nothing until it is written."""
    ends = 0
    with path.open("rb") as file:
        file.seek(start_bytes)
        while block := file.read(BLOCK_BYTES):
            ends += block.count(b"\n") + block.count(b"\r")
    return ends + 1
