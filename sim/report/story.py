"""One patient's life as a readable text: who it is, dated events and pain, where strategies part, what comes of it."""

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import fill
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.inputs.model_inputs import ModelInputs
from sim.report.person import who
from sim.report.table import in_pieces
from sim.report.words import moment, sentence
from sim.valuation.outcomes import LABELS, OUTCOME_NAMES, UNITS
from sim.vocabulary.errors import InputError
from sim.vocabulary.events import Event

TIME_WIDTH, PAIN_WIDTH, NUMBER_WIDTH, LABEL_WIDTH = 12, 11, 16, 34
LEAST_TEXT_WIDTH = 24  # narrower columns of events stand below each other instead
DIFFERENT = "*"


@dataclass(frozen=True)
class Trace:
    """One strategy for one person: his PATIENT record at entry, his HISTORY rows, his OUTCOME record."""

    strategy: str
    patient: Any
    history: Any
    outcomes: Any


@dataclass(frozen=True)
class Step:
    """What happens at one instant: sentences, and load pain before and after."""

    years: float
    pain: str
    events: tuple[str, ...]


def tell(traces: Sequence[Trace], inputs: ModelInputs, width: int = 100) -> str:
    """The story of one patient under the strategies of `traces`, for a terminal `width` characters wide.

    Strategies stand side by side where there is room. Raises InputError when the traces are of different patients.
    """
    _check(traces)
    first = traces[0]
    before, after = _parted_at_entry(first, inputs)
    courses = {inputs.strategies[first.strategy].title: after}
    courses |= {inputs.strategies[t.strategy].title: _parted_at_entry(t, inputs)[1] for t in traces[1:]}
    person = "\n".join(fill(line, width) for line in who(first.patient).splitlines())
    parts = [person, _single("Until entry, the same under every strategy", before, width)]
    if len(courses) == 1:
        ((title, steps),) = courses.items()
        parts.append(_single(f"From entry on: {title}", steps, width))
    else:
        parts.append(_parting(courses))
        room = (width - TIME_WIDTH - 4) // len(courses) - PAIN_WIDTH - 2
        if room >= LEAST_TEXT_WIDTH:
            parts.append(_side_by_side(courses, width))
        else:
            parts += [
                _single(f"From entry on: {title}", steps, width, _unlike(steps, after) if steps is not after else set())
                for title, steps in courses.items()
            ]
    parts += _totals(traces, inputs, width)
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _check(traces: Sequence[Trace]) -> None:
    if not traces:
        raise InputError("--strategy", "no strategy is given", "Name at least one.")
    numbers = sorted({int(trace.patient["patient_id"]) for trace in traces})
    if len(numbers) > 1:
        listed = ", ".join(map(str, numbers))
        raise InputError("--patient", f"the courses are of different patients ({listed})", "Trace one patient.")


def _parted_at_entry(trace: Trace, inputs: ModelInputs) -> tuple[list[Step], list[Step]]:
    """The steps before entry, and those from entry on."""
    rows = list(trace.history)
    entry = next(place for place, row in enumerate(rows) if int(row["event"]) == Event.ENTRY)
    return _steps(rows[:entry], trace.patient, inputs), _steps(rows[entry:], trace.patient, inputs)


def _steps(rows: Iterable[Any], patient: Any, inputs: ModelInputs) -> list[Step]:
    """Rows at the same instant are one step."""
    steps = []
    for years, group in groupby(rows, key=lambda row: float(row["time_years"])):
        together = list(group)
        before, after = f"{together[0]['pain_before']:.1f}", f"{together[-1]['pain_after']:.1f}"
        events = tuple(sentence(row, patient, inputs) for row in together)
        steps.append(Step(years, after if before == after else f"{before} -> {after}", events))
    return steps


def _unlike(steps: Sequence[Step], others: Sequence[Step]) -> set[float]:
    """The times at which two courses do not tell the same."""
    return {step.years for step in set(steps) ^ set(others)}


def _parting(courses: dict[str, list[Step]]) -> str:
    """Where the strategies part for the first time."""
    first = next(iter(courses.values()))
    times = set().union(*(_unlike(first, steps) for steps in courses.values()))
    if not times:
        return "Under these strategies the course is the same to the end."
    return f"The courses part at {moment(min(times))}; what differs is marked {DIFFERENT}."


def _single(title: str, steps: Sequence[Step], width: int, marked: set[float] | None = None) -> str:
    """One course as a table: when, load pain, what happens."""
    table = _table(title)
    _add_columns(table, "load pain", "what happens")
    for step in steps:
        mark = DIFFERENT if marked and step.years in marked else ""
        table.add_row(Text(f"{moment(step.years)}{mark}"), Text(step.pain), Text("\n".join(step.events)))
    return _drawn(table, width)


def _side_by_side(courses: dict[str, list[Step]], width: int) -> str:
    """The courses in columns, a row for each instant at which something happens in one of them."""
    table = _table("From entry on")
    for title in courses:
        _add_columns(table, "load pain", title)
    by_time = [{step.years: step for step in steps} for steps in courses.values()]
    for years in sorted(set().union(*by_time)):
        here = [steps.get(years) for steps in by_time]
        mark = "" if all(step == here[0] for step in here) else DIFFERENT
        cells = [Text(f"{moment(years)}{mark}")]
        for step in here:
            cells += [Text(step.pain), Text("\n".join(step.events))] if step else [Text(""), Text("")]
        table.add_row(*cells)
    return _drawn(table, width)


def _totals(traces: Sequence[Trace], inputs: ModelInputs, width: int) -> list[str]:
    """What each course adds up to, and the difference from the first one."""
    first = traces[0]
    names = [name for name in OUTCOME_NAMES if any(_counts(trace.outcomes, name) for trace in traces)]
    parts = []
    for piece in in_pieces(traces, max(1, (width - LABEL_WIDTH) // (2 * NUMBER_WIDTH))):
        table = _table("What it adds up to, from entry on")
        table.columns[0].header = Text("outcome")
        for trace in piece:
            table.add_column(Text(inputs.strategies[trace.strategy].title), justify="right")
            if trace is not first:
                table.add_column(Text("difference"), justify="right")
        for name in names:
            cells = [f"{LABELS[name]} ({UNITS[name].replace('currency', inputs.setting.currency)})"]
            for trace in piece:
                value = float(trace.outcomes[name])
                cells.append(_number(value, name))
                if trace is not first:
                    difference = value - float(first.outcomes[name])
                    cells.append(_number(difference, name, sign="+"))
            table.add_row(*(Text(cell) for cell in cells))
        parts.append(_drawn(table, width))
    return parts


def _counts(outcomes: Any, name: str) -> bool:
    value = float(outcomes[name])
    return value != 0.0 and not math.isnan(value)


def _number(value: float, name: str, sign: str = "") -> str:
    if math.isnan(value):
        return "-"
    decimals = {"QALYs": 5, "years": 3, "NRS-years": 3, "months": 2, "currency": 2, "days": 1}.get(UNITS[name], 0)
    text = f"{value:{sign},.{decimals}f}"
    return text if any(digit in text for digit in "123456789") else "0"


def _table(title: str) -> Table:
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(Text("since onset"), no_wrap=True)
    return table


def _add_columns(table: Table, pain: str, events: str) -> None:
    table.add_column(Text(pain), no_wrap=True)
    table.add_column(Text(events), ratio=1)


def _drawn(table: Table, width: int) -> str:
    """The table as plain text."""
    table.expand = any(column.ratio for column in table.columns)
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False, highlight=False)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())
