"""The results of a run as a workbook, results.xlsx, for whoever wants to calculate on. Needs the extra [excel]."""

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from sim.report.findings import Findings, RunTables
from sim.report.page import REPORT
from sim.report.subject import Subject
from sim.vocabulary.errors import InputError, RunError
from sim.vocabulary.version import VERSION

About = TypeVar("About", bound=Subject)

WORKBOOK = "results.xlsx"
NEEDED = "xlsxwriter"
REPAIR = "Install bmes-sim[excel]."
NOT_WRITTEN = f"No {WORKBOOK}: it needs the extra [excel]. {REPAIR}"
# Text stays text: a title that begins with "=" must not become a formula when somebody opens the file.
TEXT_IS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def can_write() -> bool:
    """Whether the library that writes workbooks is there."""
    return find_spec(NEEDED) is not None


def files(write_report: Callable[..., Path], write_workbook: Callable[..., Path]) -> dict[str, Callable[..., Path]]:
    """The files of a run folder by name, each with its writer; no workbook where the extra is missing."""
    return {REPORT: write_report} | ({WORKBOOK: write_workbook} if can_write() else {})


def write_workbook(results: RunTables, path: Path | str) -> Path:
    """Write the workbook of `results` to `path`, as a whole or not at all.

    Raises InputError when the extra is missing, RunError when the file cannot be written.
    """
    return write_book(lambda: workbook_bytes(results), path)


def workbook_bytes(results: RunTables) -> bytes:
    """The workbook; the same results give the same bytes."""
    from sim.report.workbook_sheets import SHEETS

    return book_bytes(Findings(results), SHEETS)


def write_book(content: Callable[[], bytes], path: Path | str) -> Path:
    """Write a workbook whose bytes `content` makes, as a whole or not at all. Raises InputError, RunError."""
    if not can_write():
        raise InputError(str(path), "a workbook needs the extra [excel]", REPAIR)
    target = Path(path)
    made = content()
    unfinished = target.with_name(f".{target.name}.part")
    try:
        unfinished.write_bytes(made)
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        cause = (error.strerror or "unknown cause").lower()
        raise RunError(f"{target}: the workbook cannot be written ({cause}). Check the folder and the disk.") from None
    return target


def book_bytes(findings: About, sheets: Iterable[Callable[[Any, Any, About], None]]) -> bytes:
    """A workbook whose sheets are each written by a function of the book, its styles and `findings`."""
    import xlsxwriter

    from sim.report.sheet import Styles

    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, **TEXT_IS_TEXT})
    book.set_properties(_properties(findings))
    styles = Styles(book)
    for write in sheets:
        write(book, styles, findings)
    book.close()
    return content.getvalue()


def _properties(subject: Subject) -> dict[str, Any]:
    """What file managers show; the time is that of the run, so that the file is the same whenever it is written."""
    from datetime import UTC, datetime

    found: dict[str, Any] = {"title": subject.scenario.title, "comments": f"bmes-sim {VERSION}"}
    started = subject.manifest.get("started")
    if started is not None:
        found["created"] = datetime.fromisoformat(str(started)).astimezone(UTC).replace(tzinfo=None)
    return found
