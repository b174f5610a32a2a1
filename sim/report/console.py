"""Printing in a terminal: tables, running text, machine-readable records, and a progress bar."""

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table as ScreenTable
from rich.text import Text

from sim.report.table import Cell, Row, Table

if TYPE_CHECKING:
    import pandas as pd

WIDTH_OF_A_FILE = 120  # when the output is no terminal


def console() -> Console:
    """Standard output; colours and its own width in a terminal only."""
    return Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE, highlight=False)


def print_text(text: str) -> None:
    """Running text, its paragraphs apart, broken at the width of the terminal."""
    console().print(Text(text))


def print_table(table: Table, heading_width: int | None = None) -> None:
    """A table of the report; `heading_width` is the least width of its first column."""
    screen = ScreenTable(box=box.SIMPLE_HEAD, title=table.caption, caption=table.note, title_justify="left")
    numeric = [
        any(len(row.cells) > n and row.cells[n].numeric for row in table.rows) for n in range(len(table.columns))
    ]
    screen.add_column(Text(table.columns[0]), min_width=heading_width)
    for number, heading in enumerate(table.columns[1:]):
        screen.add_column(Text(heading), justify="right" if numeric[number] else "left", overflow="fold")
    for row in table.rows:
        cells = [Text(f"{cell.text} ({cell.error})" if cell.error else cell.text) for cell in row.cells]
        screen.add_row(Text(row.heading), *cells)
    console().print(screen)


def print_rows(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table of texts, its first column the heading of the rows."""
    made = tuple(Row(row[0], tuple(Cell(text) for text in row[1:])) for row in rows)
    print_table(Table(caption, tuple(columns), made), heading_width=max((len(row[0]) for row in rows), default=None))


def print_json(content: Any) -> None:
    """`content` as JSON on standard output."""
    sys.stdout.write(json.dumps(content, indent=2, default=str) + "\n")


def records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """The rows of a frame as plain data; what is missing is None."""
    rows = frame.astype(object).to_dict("records")
    return [{str(name): _plain(value) for name, value in row.items()} for row in rows]


def record(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """One NumPy record, or mapping, as plain data."""
    return {name: _plain(row[name]) for name in names}


def _plain(value: Any) -> Any:
    """A NumPy number as a Python one; nan as None, infinity as a text, for JSON knows neither."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def print_pairs(pairs: Sequence[tuple[str, str]] | Mapping[str, str]) -> None:
    """Labels and texts below one another."""
    screen = ScreenTable(box=None, show_header=False, pad_edge=False)
    for label, text in pairs.items() if isinstance(pairs, Mapping) else pairs:
        screen.add_row(Text(label, style="bold"), Text(text))
    console().print(screen)


@contextmanager
def progress_bar(words: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, driven by calls with what is done and what there is; None where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn(words), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
