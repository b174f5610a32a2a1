"""The range of a parameter in a deterministic analysis, and what else must move with it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from scipy.stats import beta

from sim.inputs.document import suggestion
from sim.inputs.laws import has_law, law_of
from sim.inputs.parameters import ParameterSet
from sim.inputs.quantity import Quantity
from sim.vocabulary.errors import InputError

TAIL = 0.025  # of a law, beyond each end of its range
FILE, LAW, GIVEN = "file", "law", "given"
WILDCARDS = frozenset("*?[")


@dataclass(frozen=True)
class End:
    """One end of a range: the value, in the unit of the file, and where it came from (FILE, LAW or GIVEN)."""

    value: float
    source: str


@dataclass(frozen=True)
class Range:
    """What a parameter may be: `low` and `high`, and the value of the base case."""

    name: str
    base: float
    low: End
    high: End

    @property
    def ends(self) -> dict[str, End]:
        return {"low": self.low, "high": self.high}


def range_of(parameters: ParameterSet, name: str, given: Mapping[str, tuple[float, float]] | None = None) -> Range:
    """The range of `name`: as given, else low and high of its file, else 2.5 and 97.5 % of its law.

    The range of a uniform or triangular quantity is that of its law, which is `low` to `high` of the file. Raises
    InputError for an unknown name, a list, a range that does not rise, or a quantity with neither range nor law.
    """
    if name not in parameters:
        repair = suggestion(name, parameters.names(), otherwise="`bmes parameters list` shows all names.")
        raise InputError(name, "there is no parameter of this name", repair)
    quantity = parameters.quantity(name)
    if quantity.is_list:
        raise InputError(name, "this is a list of numbers, which has no range", "Give a parameter of one number.")
    if given and name in given:
        low, high = given[name]
        if not -math.inf < low < high < math.inf:
            what = f"{low:g} to {high:g} is no range that rises between two finite numbers"
            raise InputError(f"--range {name}", what, "Write LOW:HIGH.")
        return Range(name, quantity.value, End(low, GIVEN), End(high, GIVEN))
    ends = [
        _end(parameters, name, quantity, limit, probability)
        for limit, probability in ((quantity.low, TAIL), (quantity.high, 1.0 - TAIL))
    ]
    if not ends[0].value < ends[1].value:
        what = f"its range from {ends[0].value:g} to {ends[1].value:g} has no room"
        raise InputError(name, what, f"Give one with --range {name}=LOW:HIGH.")
    return Range(name, quantity.value, *ends)


def has_range(quantity: Quantity) -> bool:
    """Whether `range_of` knows a range without being given one."""
    if quantity.is_list:
        return False
    if quantity.low is not None and quantity.high is not None:
        return quantity.low < quantity.high
    return has_law(quantity)


def _end(parameters: ParameterSet, name: str, quantity: Quantity, limit: float | None, probability: float) -> End:
    if limit is not None:
        return End(limit, FILE)
    if not has_law(quantity):
        repair = f"Give one with --range {name}=LOW:HIGH."
        raise InputError(name, "this parameter is fixed and has no range", repair)
    if quantity.distribution == "dirichlet" and quantity.concentration is not None:
        # a part of a Dirichlet law is beta with its own count against those of all others
        counts = [parameters.quantity(other).concentration or 0.0 for other in share_group(parameters, name)]
        return End(float(beta.ppf(probability, quantity.concentration, sum(counts) - quantity.concentration)), LAW)
    return End(float(law_of(name, quantity).quantile(np.array([probability]))[0]), LAW)


def share_group(parameters: ParameterSet, name: str) -> list[str]:
    """The parts, `name` among them, that must sum to 1; only `name` where there is no such group."""
    group = name.rpartition(".")[0]
    if not any(part.endswith("_share") for part in group.split(".")):
        return [name]
    return [other for other in parameters.names() if other.rpartition(".")[0] == group]


def moved(parameters: ParameterSet, name: str, value: float) -> dict[str, float]:
    """The values that lay `value` over `name`: where it is a part of a whole, the other parts keep their proportions.

    Raises InputError when the others cannot fill the whole.
    """
    others = [other for other in share_group(parameters, name) if other != name]
    if not others:
        return {name: value}
    rest = sum(parameters.quantity(other).value for other in others)
    if rest <= 0.0 or not 0.0 <= value <= 1.0:
        raise InputError(name, f"the other parts cannot make {value:g} up to 1", "Give another range.")
    return {name: value} | {other: parameters.quantity(other).value * (1.0 - value) / rest for other in others}


def matching(names: Sequence[str], patterns: Sequence[str], everything: ParameterSet) -> list[str]:
    """Those of `names` that one of `patterns` names (`*`, `?` and `[...]` as in file names), in their order.

    A pattern without such signs must be a parameter, and is taken even if it is not among `names`. Raises InputError
    for one that matches nothing.
    """
    found: set[str] = set()
    for pattern in patterns:
        if not WILDCARDS & set(pattern):
            if pattern not in everything:
                repair = suggestion(pattern, everything.names(), otherwise="`bmes parameters list` shows all names.")
                raise InputError(f"--parameters {pattern}", "there is no parameter of this name", repair)
            found.add(pattern)
            continue
        hits = {name for name in names if fnmatchcase(name, pattern)}
        if not hits:
            repair = "`bmes parameters list` shows all names; write * for any text."
            raise InputError(f"--parameters {pattern}", "no uncertain parameter of this scenario matches", repair)
        found |= hits
    return sorted(found)
