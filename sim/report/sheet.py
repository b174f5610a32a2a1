"""One sheet of a workbook: a title, what it shows, and tables whose cells are numbers or text, never formulas."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_TEXT = 32_767  # characters a cell may hold
WIDEST, NARROWEST = 60, 9  # characters
FORMATS = {
    "text": "General",  # broken at the width of its column
    "line": "General",  # text in one line, which may run over empty cells beside it
    "money": "#,##0",
    "small money": "#,##0.00",
    "qalys": "0.0000",
    "number": "0.000",
    "share": "0.0%",
    "whole": "#,##0",
    "plain": "General",
}


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, one of FORMATS for its cells (a cell may have another), its least width."""

    heading: str
    kind: str = "text"
    width: int = NARROWEST


@dataclass(frozen=True)
class Formatted:
    """A number with a format of its own."""

    number: float
    kind: str


@dataclass(frozen=True)
class Place:
    """Where the cells of a table stand: first and last row of its body, and its first column, from 0."""

    sheet: str
    first_row: int
    last_row: int
    column: int = 0

    def cell(self, row: int, column: int) -> list[Any]:
        """Reference to one cell, by its place in the body."""
        return [self.sheet, self.first_row + row, self.column + column]

    def cells(self, column: int, first: int = 0, last: int | None = None) -> list[Any]:
        """Reference to the cells of a column, `first` to `last` row of the body."""
        end = self.last_row if last is None else self.first_row + last
        return [self.sheet, self.first_row + first, self.column + column, end, self.column + column]

    def across(self, row: int, first: int, last: int) -> list[Any]:
        """Reference to the cells `first` to `last` of a row of the body; row -1 holds the headings."""
        return [self.sheet, self.first_row + row, self.column + first, self.first_row + row, self.column + last]


class Styles:
    """The cell formats of a workbook, made once."""

    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.note = book.add_format({"italic": True, "font_color": "#595959"})
        self.heading = book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "top"}
        )
        self.of = {
            kind: book.add_format(
                {"num_format": code, "valign": "top", **({"text_wrap": True} if kind == "text" else {})}
            )
            for kind, code in FORMATS.items()
        }


class Sheet:
    """A sheet that is written from the top down. Every text is written as text, whatever it begins with."""

    def __init__(self, book: Any, styles: Styles, name: str, title: str, note: str) -> None:
        """`name` of the sheet; the first row holds `title`, the second `note`."""
        self.name, self.styles = name, styles
        self.sheet = book.add_worksheet(name)
        self.sheet.hide_gridlines(2)
        self._text(0, 0, title, styles.title)
        self._text(1, 0, note, styles.note)
        self.next_row = 3
        self.widths: dict[int, int] = {}
        self.frozen = False

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Any]], *, frozen_columns: int = 1) -> Place:
        """Write headings and rows below what is there; the headings of the first table stay when one scrolls."""
        top = self.next_row
        for place, column in enumerate(columns):
            self._text(top, place, column.heading, self.styles.heading)
            self._widen(place, max((column.width, *(len(word) + 2 for word in column.heading.split()))))
        for number, row in enumerate(rows, start=top + 1):
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                self._cell(number, place, value, column.kind)
        if not self.frozen:
            self.sheet.freeze_panes(top + 1, frozen_columns)
            self.frozen = True
        last = top + len(rows)
        self.next_row = last + 2
        return Place(self.name, top + 1, last)

    def filtered(self, place: Place, columns: int) -> None:
        """Let the reader filter the rows of a table."""
        self.sheet.autofilter(place.first_row - 1, 0, place.last_row, columns - 1)

    def chart(self, chart: Any, rows: int = 22) -> None:
        """Put a chart below everything else."""
        self.sheet.insert_chart(self.next_row, 0, chart)
        self.next_row += rows

    def close(self) -> None:
        """Set the widths of the columns by what was written."""
        for place, width in self.widths.items():
            self.sheet.set_column(place, place, min(width, WIDEST))

    def _cell(self, row: int, place: int, value: Any, kind: str) -> None:
        if isinstance(value, Formatted):
            value, kind = value.number, value.kind
        if isinstance(value, bool):
            value = "yes" if value else "no"
        style = self.styles.of[kind]
        if value is None or (isinstance(value, float) and math.isnan(value)):
            self.sheet.write_blank(row, place, None, style)
        elif isinstance(value, str):
            self._text(row, place, value, style)
            self._widen(place, 0 if kind == "line" else len(value) + 1)
        elif math.isinf(value):
            self._text(row, place, "infinite", style)
        else:
            self.sheet.write_number(row, place, value, style)
            self._widen(place, 11)

    def _text(self, row: int, place: int, text: str, style: Any) -> None:
        self.sheet.write_string(row, place, text[:LONGEST_TEXT], style)

    def _widen(self, place: int, width: int) -> None:
        self.widths[place] = max(self.widths.get(place, 0), width)
