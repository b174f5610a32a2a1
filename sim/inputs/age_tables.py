"""Tables by sex and age: probabilities of death, utility and medical costs of the general population."""

import csv
import math
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.inputs.root import shown
from sim.inputs.sources import Source, check_sources
from sim.vocabulary.enums import Sex
from sim.vocabulary.errors import InputError
from sim.vocabulary.slots import LIFE_TABLE_AGES

LEAST_LAST_AGE = 100  # a table that ends earlier would guess the years that count most
SOURCE_COMMENT = re.compile(r"# *(\w+)")


def load_life_table(root: Path, name: str, sources: Mapping[str, Source]) -> npt.NDArray[np.float64]:
    """Yearly probabilities of death, shape (2, ages) from age 0, first index as in enums.Sex.

    File: age,sex,qx with one row for each sex and age 0, 1, 2, …. Raises InputError for a probability outside 0-1,
    or a sex or an age that is missing.
    """
    path = root / "parameters" / "life_tables" / f"{name}.csv"
    return _by_sex_and_age(path, "qx", root, sources, first_age=0)


def load_utility_norms(root: Path, name: str, sources: Mapping[str, Source]) -> npt.NDArray[np.float64]:
    """Mean utility of the population, shape (2, 121) by sex and integer age 0-120.

    File: age,sex,mean for single years; ages below the first one take its value, ages above the last one that one's.
    """
    path = root / "parameters" / "utility_norms" / f"{name}.csv"
    table = _by_sex_and_age(path, "mean", root, sources, first_age=None)
    return table[:, :LIFE_TABLE_AGES]


def load_unrelated_medical_costs(
    root: Path, name: str, currency: str, sources: Mapping[str, Source]
) -> npt.NDArray[np.float64]:
    """Medical costs of a year alive that have nothing to do with the disease, shape (2, 121) by sex and integer age.

    File: age,sex,eur_per_year (the `currency` of the setting) for single years, padded as utility norms are.
    """
    path = root / "parameters" / "unrelated_medical_costs" / f"{name}.csv"
    table = _by_sex_and_age(path, f"{currency.lower()}_per_year", root, sources, first_age=None, most=math.inf)
    return table[:, :LIFE_TABLE_AGES]


def _by_sex_and_age(
    path: Path,
    column: str,
    root: Path,
    sources: Mapping[str, Source],
    first_age: int | None,
    most: float = 1.0,
) -> npt.NDArray[np.float64]:
    """A CSV with age, sex and `column` (0 to `most`) as an array (2, ages); padded at both ends without `first_age`."""
    where = shown(path, root)
    numbers: dict[tuple[Sex, int], float] = {}
    for line, row in _rows(path, where, {"age", "sex", column}, sources):
        place = f"{where}, line {line}"
        try:
            key, number = (Sex[row["sex"].strip().upper()], int(row["age"])), float(row[column])
        except (KeyError, ValueError):
            what = f"age {row['age']!r}, sex {row['sex']!r}, {column} {row[column]!r} cannot be read"
            raise InputError(place, what, "Write a whole age, female or male, and a number.") from None
        if not 0.0 <= number <= most or math.isinf(number):
            limits = "a finite number of 0 or more" if math.isinf(most) else f"between 0 and {most:g}"
            raise InputError(place, f"{column} = {number:g} is not {limits}", "Correct it.")
        if key in numbers:
            raise InputError(place, f"age {key[1]} of this sex was there before", "Remove one of the two.")
        numbers[key] = number
    ages = {sex: sorted(age for other, age in numbers if other == sex) for sex in Sex}
    low, high = min(ages[Sex.MALE], default=0), max(ages[Sex.MALE], default=0)
    for sex in Sex:
        missing = sorted(set(range(first_age if first_age is not None else low, high + 1)) ^ set(ages[sex]))
        if missing or high < LEAST_LAST_AGE:
            age = missing[0] if missing else high + 1
            what = f"age {age} of {sex.name.lower()} is missing, or is there for one sex only"
            raise InputError(where, what, f"Give every age to at least {LEAST_LAST_AGE} for both sexes.")
    table = np.array([[numbers[sex, age] for age in range(low, high + 1)] for sex in Sex])
    if first_age is not None:
        return table
    return np.pad(table, ((0, 0), (low, max(0, LIFE_TABLE_AGES - 1 - high))), mode="edge")


def _rows(path: Path, where: str, columns: set[str], sources: Mapping[str, Source]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV with their line numbers. Lines that begin with # are comments; the first names the source."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(where, "there is no such file", "Check the name in the setting.") from None
    except (OSError, UnicodeDecodeError):
        raise InputError(where, "this is not a readable text file", "Give a CSV in UTF-8.") from None
    source = SOURCE_COMMENT.match(text)
    if source is None:
        raise InputError(f"{where}, line 1", "a table needs a source", "Write # KEY: what it is, as the first line.")
    check_sources(f"{where}, line 1", [source[1]], sources)
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if not line.startswith("#")]
    reader = csv.DictReader([line for _, line in lines], restval="", restkey="")
    if set(reader.fieldnames or ()) != columns:
        raise InputError(where, "the columns are not right", f"Write the heading {','.join(sorted(columns))}.")
    return [(number, row) for (number, _), row in zip(lines[1:], reader, strict=False)]
