"""Joint draws from elsewhere, such as a calibration: a CSV file that takes the place of the laws of its columns."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.inputs.designs import keyed_order
from sim.inputs.document import Fault, nearest
from sim.inputs.parameters import ParameterSet
from sim.inputs.quantity import SHARE_TOLERANCE, check_in_context
from sim.inputs.root import shown
from sim.inputs.shares import group_of, is_part, uncertain_parts, uncertain_share
from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]
SHOWN_FAULTS = 20
SEPARATORS = ((";", "semicolons"), ("\t", "tabs"))  # of other CSV files


@dataclass(frozen=True, eq=False)
class Posterior:
    """values: (rows, names), one row a joint draw, in the units of the files."""

    names: tuple[str, ...]
    values: Floats

    def rows(self, draws: int, seed: int) -> npt.NDArray[np.int64]:
        """Which row each of `draws` draws takes: all rows once in an order by chance, then all again in another."""
        number = len(self.values)
        rounds = -(-draws // number)
        orders = [keyed_order(number, seed, "posterior", str(turn)) for turn in range(rounds)]
        return np.concatenate(orders)[:draws]

    def columns(self, names: list[str]) -> Floats:
        """The columns of `names`, shape (rows, names)."""
        return self.values[:, [self.names.index(name) for name in names]]


def load_posterior(path: Path, parameters: ParameterSet, held: frozenset[str] = frozenset()) -> Posterior:
    """The draws of the file at `path`: a header of parameter names, then rows of numbers.

    `held`: names that the scenario lays values over, which no column may have. Raises one InputError that lists what is
    wrong, the first 20 faults: names that are unknown, doubled or lists, rows that are too short or too long, cells
    that are no number or out of range, shares that miss 1.
    """
    where = shown(path)
    lines = _lines(path, where)
    _, header = next(lines, (1, []))
    names = [name.strip() for name in header]
    for mark, words in SEPARATORS:
        if len(names) == 1 and mark in names[0]:
            what = f"the columns are separated by {words}"
            raise InputError(f"{where}, line 1", what, "Save the file with commas between columns, points in numbers.")
    faults = [f"line 1: {text}" for text in _faults_of_header(names, parameters, held)]
    if faults:
        raise _refusal(where, faults)
    groups = _groups(names, parameters)
    rows = []
    for number, cells in lines:
        numbers, found = _row(cells, names, parameters)
        if not found:
            found = [f"the shares {group} sum to {total:.7g}, not to 1" for group, total in _missed(numbers, groups)]
        faults += [f"line {number}: {text}" for text in found]
        rows.append(numbers)
    if not rows:
        faults.append("line 2: there is no draw")
    if faults:
        raise _refusal(where, faults)
    return Posterior(tuple(names), np.array(rows))


def _lines(path: Path, where: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each with the line on which it ends."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield reader.line_num, row
    except FileNotFoundError:
        raise InputError(where, "there is no such file", "Check uncertainty.posterior.") from None
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InputError(where, "this cannot be read as CSV", "Give a text file in UTF-8 with commas.") from None


def _faults_of_header(names: list[str], parameters: ParameterSet, held: frozenset[str]) -> Iterator[str]:
    if not names:
        yield "the file is empty"
    for place, name in enumerate(names):
        if name not in parameters:
            close = nearest(name, parameters.names())
            hint = "`bmes parameters list` shows all" if close is None else f"did you mean {close!r}?"
            yield f"there is no parameter {name!r} ({hint})"
        elif name in names[:place]:
            yield f"{name} stands there twice"
        elif parameters.quantity(name).is_list:
            yield f"{name} is a list of numbers, which is never drawn"
        elif name in held:
            yield f"the scenario lays a value over {name} too"
        elif is_part(parameters, name):
            missing = [part for part in uncertain_parts(parameters, name) if part not in names]
            if missing:
                yield f"{name} comes without {', '.join(missing)}, and shares are drawn together"


def _groups(names: list[str], parameters: ParameterSet) -> dict[str, tuple[list[int], float]]:
    """By group of shares: the places of its parts among `names`, and what they sum to."""
    groups: dict[str, tuple[list[int], float]] = {}
    for name in names:
        if is_part(parameters, name):
            parts = uncertain_parts(parameters, name)
            groups[group_of(name)] = [names.index(part) for part in parts], uncertain_share(parameters, name)
    return groups


def _missed(numbers: list[float], groups: dict[str, tuple[list[int], float]]) -> Iterator[tuple[str, float]]:
    for group, (places, wanted) in groups.items():
        total = sum(numbers[place] for place in places)
        if abs(total - wanted) > SHARE_TOLERANCE:
            yield group, total + 1.0 - wanted


def _row(cells: list[str], names: list[str], parameters: ParameterSet) -> tuple[list[float], list[str]]:
    """The numbers of a row, and what is wrong with it."""
    if len(cells) != len(names):
        return [], [f"{len(cells)} cells below a header of {len(names)}"]
    numbers, faults = [], []
    for name, cell in zip(names, cells, strict=True):
        try:
            number = float(cell)
        except ValueError:
            faults.append(f"{cell!r} below {name} is not a number")
            continue
        if not np.isfinite(number):
            faults.append(f"{cell!r} below {name} is not a number")
            continue
        try:
            check_in_context(name, (number,), parameters.quantity(name).unit)
        except Fault as fault:
            faults.append(f"{name}: {fault.what}")
        numbers.append(number)
    return numbers, faults


def _refusal(where: str, faults: list[str]) -> InputError:
    shown_faults = "; ".join(faults[:SHOWN_FAULTS])
    more = f"; and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
    return InputError(where, f"{shown_faults}{more}", "Correct the file.")
