"""The results of a run as a workbook, results.xlsx, for whoever wants to calculate on. Needs the extra [excel]."""

from collections.abc import Callable
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from sim.report.findings import Findings, RunTables
from sim.vocabulary.errors import InputError, RunError
from sim.vocabulary.version import VERSION

WORKBOOK = "results.xlsx"
NEEDED = "xlsxwriter"
REPAIR = "Install bmes-sim[excel]."
NOT_WRITTEN = f"No {WORKBOOK}: it needs the extra [excel]. {REPAIR}"
# Text stays text: a title that begins with "=" must not become a formula when somebody opens the file.
TEXT_IS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def can_write() -> bool:
    """Whether the library that writes workbooks is there."""
    return find_spec(NEEDED) is not None


def writers() -> dict[str, Callable[[RunTables, Path], Path]]:
    """The workbook's writer by file name, for a run folder; empty where the extra is missing."""
    return {WORKBOOK: write_workbook} if can_write() else {}


def write_workbook(results: RunTables, path: Path | str) -> Path:
    """Write the workbook of `results` to `path`, as a whole or not at all.

    Raises InputError when the extra is missing, RunError when the file cannot be written.
    """
    if not can_write():
        raise InputError(str(path), "a workbook needs the extra [excel]", REPAIR)
    target = Path(path)
    content = workbook_bytes(results)
    unfinished = target.with_name(f".{target.name}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        cause = (error.strerror or "unknown cause").lower()
        raise RunError(f"{target}: the workbook cannot be written ({cause}). Check the folder and the disk.") from None
    return target


def workbook_bytes(results: RunTables) -> bytes:
    """The workbook; the same results give the same bytes."""
    import xlsxwriter

    from sim.report.sheet import Styles
    from sim.report.workbook_sheets import SHEETS

    findings = Findings(results)
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, **TEXT_IS_TEXT})
    book.set_properties(_properties(findings))
    styles = Styles(book)
    for write in SHEETS:
        write(book, styles, findings)
    book.close()
    return content.getvalue()


def _properties(findings: Findings) -> dict[str, Any]:
    """What file managers show; the time is that of the run, so that the file is the same whenever it is written."""
    from datetime import UTC, datetime

    found: dict[str, Any] = {"title": findings.scenario.title, "comments": f"bmes-sim {VERSION}"}
    started = findings.results.manifest.get("started")
    if started is not None:
        found["created"] = datetime.fromisoformat(str(started)).astimezone(UTC).replace(tzinfo=None)
    return found
