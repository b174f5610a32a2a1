"""Finds the first cell of a CSV file of numbers that is none: slow, line by line, and only once something is wrong."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from sim.vocabulary.errors import InputError

MISSING = ("", "#n/a", "-nan", "n/a", "na", "nan", "null", "none", ".")
LARGEST = 1e100  # products of larger numbers leave the range of doubles; no cost and no effect comes near
LONGEST_SHOWN = 40  # characters of a cell
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)


def is_number(text: str) -> bool:
    """Whether a cell holds one number that can be worked with, written with a decimal point."""
    bare = text.strip(" \t")
    return _NUMBER.fullmatch(bare) is not None and abs(float(bare)) <= LARGEST


def first_fault(
    path: Path, start_bytes: int, lines_before: int, names: Sequence[str], otherwise: str = ""
) -> InputError:
    """The first fault in the rows of `path`, which begin at `start_bytes` after `lines_before` lines.

    `otherwise`: what the fast reader said, for a fault that is none here.
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        file.seek(start_bytes)
        rows = csv.reader(file, strict=True)
        is_empty = True
        try:
            for cells in rows:
                is_empty = is_empty and not cells
                fault = _fault_of_row(cells, names)
                if fault:
                    column, what, repair = fault
                    place = f", column {column!r}" if column else ""
                    return InputError(f"{path}, line {lines_before + rows.line_num}{place}", what, repair)
        except csv.Error:
            what = "a quotation mark is not closed, or text follows it"
            return InputError(f"{path}, line {lines_before + rows.line_num}", what, "Write plain numbers.")
    if is_empty:
        return InputError(str(path), "there are names but no rows", "Give each draw a row.")
    reason = " ".join(otherwise.split())[:200]
    return InputError(str(path), f"this file cannot be read ({reason})", "Save it as a plain CSV file.")


def _fault_of_row(cells: Sequence[str], names: Sequence[str]) -> tuple[str, str, str] | None:
    """Column (or nothing), what is wrong and its repair; None for a row of numbers, and for a blank line."""
    if not cells:
        return None
    if len(cells) != len(names):
        what = f"the cells of this row number {len(cells)}, the names of the first {len(names)}"
        return "", what, "Give each row one number a name."
    for name, cell in zip(names, cells, strict=True):
        if is_number(cell):
            continue
        if cell.strip().lower() in MISSING:
            shown = f" ({cell.strip()})" if cell.strip() else ""
            return name, f"the value is missing{shown}", "Give every draw a number, or leave the row out of all files."
        if _DECIMAL_COMMA.fullmatch(cell.strip()):
            return name, f"{cell.strip()!r} has a decimal comma", "Write numbers with a decimal point."
        if cell.strip(" +-").lower() in ("inf", "infinity"):
            return name, f"{_shown(cell)} is not a finite number", "Give a finite number."
        if _NUMBER.fullmatch(cell.strip(" \t")):
            return name, f"{_shown(cell)} is too large a number", f"Give one below {LARGEST:g}."
        return name, f"{_shown(cell)} is not a number", "Write numbers only, with a decimal point."
    return None


def _shown(cell: str) -> str:
    """A cell as it may stand in a message: short, on one line, without control characters."""
    return repr(cell if len(cell) <= LONGEST_SHOWN else f"{cell[:LONGEST_SHOWN]}...")
