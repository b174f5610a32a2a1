"""A table as data: what the template draws, with captions, row headings and standard errors beside means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sim.report.numbers import NOTHING, Estimate, decimals_for, error_text, money_decimals, number, signed

Column = TypeVar("Column")
COLUMNS_AT_MOST = 8  # strategies beside each other; more are continued in another table


@dataclass(frozen=True)
class Cell:
    """What stands in one cell; `error` is the standard error of the number before it, `best` marks a winner."""

    text: str
    error: str = ""
    numeric: bool = False
    best: bool = False
    link: str = ""  # anchor on the same page, and what its link says
    link_words: str = ""


@dataclass(frozen=True)
class Row:
    """A row with its heading; a row without cells is a heading across the table."""

    heading: str
    cells: tuple[Cell, ...] = ()
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption; `columns` are the headings, that of the row headings first."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


def words(text: str) -> Cell:
    return Cell(text or NOTHING)


def figure_cell(estimate: Estimate, least: int, *, plus: bool = False, best: bool = False) -> Cell:
    """A mean with its standard error, as many decimals as the error deserves and no fewer than `least`."""
    if estimate.missing:
        return Cell(NOTHING, numeric=True)
    decimals = decimals_for(estimate.standard_error, least)
    mean = number(estimate.mean, decimals)
    error = error_text(estimate.standard_error, decimals)
    return Cell(signed(mean) if plus else mean, error, numeric=True, best=best)


def money_cell(estimate: Estimate, *, plus: bool = False, best: bool = False) -> Cell:
    """As `figure_cell`, for amounts of money; the column names the currency."""
    if estimate.missing:
        return Cell(NOTHING, numeric=True)
    decimals = money_decimals(estimate)
    mean = number(estimate.mean, decimals)
    return Cell(signed(mean) if plus else mean, error_text(estimate.standard_error, decimals), numeric=True, best=best)


def in_pieces(columns: Sequence[Column], at_most: int = COLUMNS_AT_MOST) -> list[Sequence[Column]]:
    """`columns` in pieces of nearly equal length, so that a table of them fits on paper."""
    pieces = -(-len(columns) // at_most)
    length = -(-len(columns) // pieces) if pieces else 1
    return [columns[start : start + length] for start in range(0, len(columns), length)]
