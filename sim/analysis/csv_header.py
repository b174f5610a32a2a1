"""The names in the first line of a CSV file, checked, and where its rows begin."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from sim.analysis.csv_faults import is_number
from sim.analysis.spreadsheet_names import unguarded
from sim.vocabulary.errors import InputError

LONGEST_HEADER_BYTES = 1 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # Excel writes it before "CSV UTF-8"
HIGHEST_NUMBER_AS_A_NAME = 999


@dataclass(frozen=True)
class Header:
    """First line of a file: the names in it, where (in bytes) the rows begin, and how many lines stand before them."""

    names: tuple[str, ...]
    end_bytes: int
    lines: int


def read_header(path: Path) -> Header:
    """The names in the first line of a file that is not blank."""
    if not path.exists():
        raise InputError(str(path), "there is no such file", "Give a CSV file.")
    if not path.is_file():
        raise InputError(str(path), "this is no file", "Give a CSV file.")
    try:
        with path.open("rb") as file:
            start = file.read(LONGEST_HEADER_BYTES)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(str(path), f"this file cannot be read ({reason})", "Give a CSV file.") from None
    bare = start.removeprefix(BYTE_ORDER_MARK).lstrip(b"\r\n")
    if not bare.strip():
        raise InputError(str(path), "this file is empty", "Give a line of names, then a row a draw.")
    blank = start[: len(start) - len(bare)]
    line = bare.splitlines(keepends=True)[0]
    if line == bare and len(start) == LONGEST_HEADER_BYTES:
        raise InputError(str(path), "its first line is longer than a megabyte", "Give a line of names first.")
    lines = len(blank.removeprefix(BYTE_ORDER_MARK).splitlines()) + 1
    return Header(_names(path, line, lines), len(blank) + len(line), lines)


def _names(path: Path, line: bytes, number: int) -> tuple[str, ...]:
    """The names in a first line, without the spaces around them. Raises InputError for names that cannot be used."""
    where = f"{path}, line {number}"
    try:
        text = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError(where, "the names are not UTF-8 text", "Save the file as CSV UTF-8.") from None
    try:
        cells = next(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        raise InputError(where, "a quotation mark is not closed", "Close it in the same line.") from None
    for mark, words in ((";", "semicolons"), ("\t", "tabs")):
        if len(cells) == 1 and mark in cells[0]:
            what = f"the columns are separated by {words}"
            raise InputError(where, what, "Save the file with commas between columns and points in numbers.")
    names = [unguarded(cell.strip()) for cell in cells]
    places: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        if not name:
            repair = "Name it, or leave it out if it numbers the rows (in R, write.csv(..., row.names = FALSE))."
            raise InputError(where, f"column {place} has no name", repair)
        if not name.isprintable():
            what = f"the name of column {place}, {name!r}, holds a character that cannot be shown"
            raise InputError(where, what, "Remove it.")
        if name in places:
            what = f"columns {places[name]} and {place} are both named {name!r}"
            raise InputError(where, what, "Give each column a name of its own.")
        places[name] = place
    if all(is_number(name) for name in names) and not all(
        name.isdecimal() and int(name) <= HIGHEST_NUMBER_AS_A_NAME for name in names
    ):
        what = "the first line holds numbers where the names of the columns belong"
        raise InputError(where, what, "Put a line of names before the numbers.")
    return tuple(names)
