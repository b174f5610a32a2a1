"""The file of a sweep: its factors, how its points are laid out, and what is kept of each; checked by itself."""

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from sim.inputs.document import Document, Fault, Number, Text, Whole
from sim.inputs.factors import KINDS, LOG, Factor, Level, checked_levels

MOST_POINTS = 10_000_000
MOST_DRAWS = 2**24  # as of a probabilistic analysis
MOST_LEVELS = 1_000  # of a screening: they are laid out in a square table
GRID, LATIN_HYPERCUBE, SOBOL, MORRIS, SALTELLI, LIST = (
    "grid", "latin_hypercube", "sobol", "morris", "saltelli", "list",
)  # fmt: skip
SAMPLED = (LATIN_HYPERCUBE, SOBOL, MORRIS, SALTELLI)
POWERS_OF_TWO = (SOBOL, SALTELLI)


class Design(Document):
    """How the points are laid out.

    samples: points of latin_hypercube and sobol, trajectories of morris, size of each base sample of saltelli. levels:
    of morris' grid. second_order: saltelli's further points for indices of pairs. file: the points of a list.
    """

    kind: Literal["grid", "latin_hypercube", "sobol", "morris", "saltelli", "list"]
    samples: Annotated[Whole, Field(ge=1)] | None = None
    levels: Annotated[Whole, Field(ge=2, le=MOST_LEVELS)] = 4
    second_order: Annotated[bool, Field(strict=True)] = False
    file: Text | None = None

    @model_validator(mode="after")
    def _check(self) -> "Design":
        needed = {"samples": self.kind in SAMPLED, "file": self.kind == LIST}
        allowed = {"levels": self.kind == MORRIS, "second_order": self.kind == SALTELLI}
        for key, needs in needed.items():
            if needs and getattr(self, key) is None:
                raise Fault(key, f"the design {self.kind!r} needs this key", "Add it.")
        for key, may in {**needed, **allowed}.items():
            if key in self.model_fields_set and not may and getattr(self, key) is not None:
                raise Fault(key, f"the design {self.kind!r} has no such key", "Remove it.")
        if self.kind in POWERS_OF_TWO and self.samples is not None and self.samples & (self.samples - 1):
            below = 1 << (self.samples.bit_length() - 1)
            what = f"{self.samples} is no power of 2, and Sobol's sequence is even at those only"
            raise Fault("samples", what, f"Write {below} or {2 * below}.")
        if self.kind == MORRIS and self.levels % 2:
            raise Fault("levels", f"{self.levels} is odd", "Write an even number of levels, such as 4.")
        return self

    def points(self, factors: tuple[Factor, ...], listed: int = 0) -> int:
        """The number of points; `listed` is that of a list."""
        samples = self.samples or 0
        if self.kind == GRID:
            return math.prod(len(factor.levels) or factor.steps or 0 for factor in factors)
        if self.kind == MORRIS:
            return samples * (len(factors) + 1)
        if self.kind == SALTELLI:
            return samples * ((2 if self.second_order else 1) * len(factors) + 2)
        return listed if self.kind == LIST else samples


def _name(name: str) -> str:
    """The name of a column: printable, and not hidden by blanks around it."""
    if not name or not name.isprintable() or name != name.strip():
        raise Fault("", f"{name!r} is no name for a column", "Write a text of one line without blanks around it.")
    return name


class FactorTable(Document):
    """A factor as it stands in the file."""

    name: Annotated[str, AfterValidator(_name)]
    parameter: Text | None = None
    treatment: Text | None = None
    strategy: Text | None = None
    population: Text | None = None
    setting: Text | None = None
    structure: Text | None = None
    scenario: Text | None = None
    levels: Annotated[tuple[Level, ...], PlainValidator(checked_levels)] | None = None
    low: Number | None = None
    high: Number | None = None
    scale: Literal["linear", "log"] = "linear"
    steps: Annotated[Whole, Field(ge=2)] | None = None

    @model_validator(mode="after")
    def _check(self) -> "FactorTable":
        kinds = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            what = f"a factor varies one thing, but here stand {' and '.join(kinds) or 'none of the keys for it'}"
            raise Fault("", what, f"Write one of {', '.join(KINDS)}.")
        ranged = [key for key in ("low", "high") if getattr(self, key) is not None]
        if self.levels is not None and (ranged or self.steps is not None):
            raise Fault(ranged[0] if ranged else "steps", "this contradicts the key 'levels'", "Remove one of the two.")
        if len(ranged) == 1:
            missing = "high" if ranged == ["low"] else "low"
            raise Fault(missing, "this key is missing", "Write both ends of the range.")
        if self.low is not None and self.high is not None and self.low >= self.high:
            what = f"the range from {self.low:g} to {self.high:g} is empty"
            raise Fault("low", what, "Write low below high, or one level.")
        if self.scale == LOG and self.low is None:
            raise Fault("scale", "there is no range that it could be the scale of", "Remove it, or write low and high.")
        if self.scale == LOG and self.low is not None and self.low <= 0:
            raise Fault("low", f"{self.low:g} has no logarithm", "Write a low end above 0, or scale = 'linear'.")
        return self

    def factor(self) -> Factor:
        """The factor, whose target has not been looked for."""
        kind = next(kind for kind in KINDS if getattr(self, kind) is not None)
        return Factor(
            self.name, kind, getattr(self, kind), self.levels or (), self.low, self.high, self.scale, self.steps
        )


class SweepFile(Document):
    """A sweep as its file holds it."""

    title: Text
    question: Text
    scenario: Text
    strategies: tuple[Text, ...] | None = None
    comparator: Text | None = None
    patients: Whole | None = None
    seed: Whole | None = None
    draws: Annotated[Whole, Field(ge=0)] = 0
    record: tuple[Text, ...] | None = None
    design: Design
    factors: Annotated[tuple[FactorTable, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> "SweepFile":
        kind = self.design.kind
        seen: dict[str, str] = {}
        for number, table in enumerate(self.factors, start=1):
            key = f"factors.{number}"
            other = seen.setdefault(table.name.casefold(), table.name)
            if number > len(seen):
                what = f"two factors are named {table.name!r}"
                if other != table.name:
                    what = f"the names {other!r} and {table.name!r} differ in their case only"
                raise Fault(f"{key}.name", what, "Rename one.")
            if kind == GRID and table.levels is None and table.steps is None and table.low is not None:
                raise Fault(f"{key}.steps", "a grid over a range needs this key", "Write the number of its values.")
            if kind != GRID and table.steps is not None:
                raise Fault(f"{key}.steps", f"the design {kind!r} has no such key", "Remove it.")
            if kind != LIST and table.levels is None and table.low is None:
                raise Fault(key, "it has neither levels nor a range", "Write levels = [...], or low and high.")
            if kind in (MORRIS, SALTELLI) and table.levels is not None and len(table.levels) < 2:
                raise Fault(f"{key}.levels", "a factor of one level does not vary", "Write two or more.")
        if self.draws > MOST_DRAWS:
            raise Fault("draws", f"this is {self.draws:,} draws, and {MOST_DRAWS:,} are the most", "Take fewer.")
        points = self.design.points(tuple(table.factor() for table in self.factors))
        if points > MOST_POINTS:
            what = f"this is {points:,} points, and {MOST_POINTS:,} are the most"
            raise Fault("design", what, "Take fewer factors, levels, steps or samples.")
        return self
