"""The one table that all analysis of uncertainty reads: costs and effects of each strategy in each parameter draw.

It may hold anybody's model; nothing here knows of bone marrow oedema. It may be large, so that whoever reads it goes
through `chunks` and makes no second copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]

CHUNK_NUMBERS = 1 << 16  # of one array of a chunk: half a megabyte, which stays in the cache of a processor
_WHERE = "probabilistic analysis"


@dataclass(frozen=True, eq=False)
class PsaTable:
    """A probabilistic analysis as arrays: a row a draw, a column a strategy.

    costs, effects: (draws, strategies); more effect is better. Kept as they are given if they are float64.
    strategies: their names, no special role for the first.
    parameters: a column a parameter, a row a draw, or None.
    noise: None, or (draws, 2 strategies, 2 strategies): covariance, by chance among the simulated patients, of the
        draw's means, costs of all strategies first, then effects. Independent between draws, so a part of their spread.
    shared_noise: None, or (2 strategies, 2 strategies): the same of chance that all draws share, because they all see
        the same patients with the same luck. It is an error of every mean, but no part of the spread between draws.

    Raises InputError for shapes that do not agree, fewer than 2 draws or strategies, a name that is empty or there
    twice, and a number that is not finite.
    """

    strategies: tuple[str, ...]
    costs: Floats
    effects: Floats
    parameters: pd.DataFrame | None = None
    noise: Floats | None = None
    shared_noise: Floats | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "strategies", tuple(self.strategies))
        _check_names(self.strategies)
        for name in ("costs", "effects"):
            object.__setattr__(self, name, _numbers(name, getattr(self, name), 2))
        shape = self.costs.shape
        if shape != self.effects.shape or shape[1] != len(self.strategies):
            what = f"costs are {shape}, effects {self.effects.shape}, and there are {len(self.strategies)} strategies"
            raise InputError(_WHERE, what, "Give both a row a draw and a column a strategy.")
        if shape[0] < 2:
            raise InputError(_WHERE, f"there are {shape[0]} draws", "Give at least 2.")
        self._check_finite()
        self._check_parameters()
        self._check_noise()

    @property
    def draws(self) -> int:
        return int(self.costs.shape[0])

    def net_benefit(self, willingness_to_pay: float) -> Floats:
        """Net monetary benefit, shape (draws, strategies): a new array as large as the costs."""
        benefit = self.effects * float(willingness_to_pay)
        benefit -= self.costs
        return benefit

    def chunks(self) -> Iterator[slice]:
        """Slices of successive draws that together are all of them, each small; the same whatever the machine."""
        rows = max(CHUNK_NUMBERS // len(self.strategies), 1)
        for start in range(0, self.draws, rows):
            yield slice(start, min(start + rows, self.draws))

    def place(self, strategy: str) -> int:
        """The column of `strategy`; InputError if there is none of this name."""
        if strategy not in self.strategies:
            what = f"there is no strategy {strategy!r}"
            raise InputError(_WHERE, what, f"Write one of {', '.join(self.strategies)}.")
        return self.strategies.index(strategy)

    def _check_finite(self) -> None:
        for name, numbers in (("costs", self.costs), ("effects", self.effects)):
            for rows in self.chunks():
                finite = np.isfinite(numbers[rows])
                if not finite.all():
                    row, column = (int(place) for place in np.argwhere(~finite)[0])
                    value = numbers[rows][row, column]
                    where = f"{_WHERE}, {name} of {self.strategies[column]!r} in draw {rows.start + row + 1}"
                    raise InputError(where, f"{value} is not a finite number", "Correct it or leave the draw out.")

    def _check_parameters(self) -> None:
        if self.parameters is None:
            return
        if len(self.parameters) != self.draws:
            what = f"there are {len(self.parameters)} rows of parameters and {self.draws} draws"
            raise InputError(_WHERE, what, "Give a row a draw.")
        twice = self.parameters.columns[self.parameters.columns.duplicated()]
        if len(twice):
            raise InputError(_WHERE, f"the parameter {str(twice[0])!r} is there twice", "Give each one column.")

    def _check_noise(self) -> None:
        width = 2 * len(self.strategies)
        for name, shape in (("noise", (self.draws, width, width)), ("shared_noise", (width, width))):
            if getattr(self, name) is None:
                continue
            noise = _numbers(name, getattr(self, name), len(shape))
            if noise.shape != shape:
                what = f"{name} is {noise.shape}, not {shape}"
                raise InputError(_WHERE, what, "Give a covariance of all costs, then all effects.")
            if not np.isfinite(noise.sum()):  # a sum is not finite if one of its terms is not; no second array
                raise InputError(_WHERE, f"{name} holds a number that is not finite", "Correct it or give none.")
            object.__setattr__(self, name, noise)


def _check_names(strategies: tuple[str, ...]) -> None:
    if len(strategies) < 2:
        what = f"{len(strategies)} strategies cannot be compared"
        raise InputError(_WHERE, what, "Give at least 2.")
    for name in strategies:
        if not name:
            raise InputError(_WHERE, "a strategy has no name", "Name each.")
        if strategies.count(name) > 1:
            raise InputError(_WHERE, f"the strategy {name!r} is there twice", "Give each one column.")


def _numbers(name: str, values: npt.ArrayLike, dimensions: int) -> Floats:
    """`values` as float64, not copied if they are."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(_WHERE, f"{name} are not all numbers", "Give numbers only.") from None
    if numbers.ndim != dimensions:
        raise InputError(_WHERE, f"{name} have {numbers.ndim} dimensions, not {dimensions}", "Give a table.")
    return numbers
