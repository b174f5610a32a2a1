"""The results of a sweep by point and strategy, as arrays that its analyses and its report read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inputs.factors import Factor
from sim.vocabulary.errors import RunError

Floats = npt.NDArray[np.float64]

COST, QALYS = "cost_discounted", "qalys_discounted"
STEPS = ("inc_cost", "inc_qalys")
VARIANCES = ("inc_cost_se", "inc_qalys_se", "inc_covariance")
KEYS = ("point", "strategy", "refused")
ROUNDING = 1e-9  # of a quantity itself: an increment that is no larger is what its means were rounded by


@dataclass(frozen=True, eq=False)
class Money:
    """The money of each point: currency with its price year in words, and thresholds, shape (points, thresholds).

    Points of another setting may have another currency; amounts of different currencies are never put together.
    """

    words: npt.NDArray[np.str_]
    thresholds: Floats


@dataclass(frozen=True, eq=False)
class SweepPoints:
    """What each point gave, P points and S strategies; a point that the model refuses is nan throughout.

    design: a row a point, a column a factor. steps: discounted cost and QALYs against the comparator, shape (P, S, 2),
    without rounding (`without_rounding`). errors: Monte Carlo variances of both and their covariance, (P, S, 3); of the
    mean over draws, if the sweep has draws. outcomes: further outcomes by name, each (P, S). refused: point and reason,
    a row a refused point. draws: how many there are at each point.
    """

    factors: tuple[Factor, ...]
    design: pd.DataFrame
    strategies: tuple[str, ...]
    comparator: str
    steps: Floats
    errors: Floats
    outcomes: dict[str, Floats]
    money: Money
    refused: pd.DataFrame
    draws: int = 0

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(name for name in self.strategies if name != self.comparator)

    @property
    def accepted(self) -> npt.NDArray[np.bool_]:
        """Which points have results, shape (P,)."""
        return np.isfinite(self.steps[:, 0, 0])

    def gain(self, strategy: str, threshold: int = 0) -> Floats:
        """Net benefit gained over the comparator at the setting's threshold of this place (0: the first)."""
        cost, qalys = self.steps[:, self.strategies.index(strategy)].T
        result: Floats = self.money.thresholds[:, threshold] * qalys - cost
        return result

    def gain_error(self, strategy: str, threshold: int = 0) -> Floats:
        """Its Monte Carlo standard error, of chance among the patients (and of the draws, if there are any)."""
        cost, qalys, both = self.errors[:, self.strategies.index(strategy)].T
        worth = self.money.thresholds[:, threshold]
        result: Floats = np.sqrt(np.maximum(worth * worth * qalys + cost - 2.0 * worth * both, 0.0))
        return result

    def best(self, threshold: int = 0) -> npt.NDArray[np.int64]:
        """Place of the strategy with the highest net benefit at each point; of equals the first; -1 where refused."""
        cost, qalys = self.steps[..., 0], self.steps[..., 1]
        gains = self.money.thresholds[:, threshold, None] * qalys - cost
        chosen = np.argmax(np.where(np.isnan(gains), -np.inf, gains), axis=1)
        return np.where(self.accepted, chosen, -1)

    @cached_property
    def moneys(self) -> tuple[str, ...]:
        """The different currencies, that of the first point first."""
        return tuple(dict.fromkeys(str(words) for words in self.money.words))

    def at(self, chosen: npt.NDArray[np.bool_]) -> "SweepPoints":
        """Some of the points, numbered anew."""
        return replace(
            self,
            design=self.design[chosen].reset_index(drop=True),
            steps=self.steps[chosen],
            errors=self.errors[chosen],
            outcomes={name: values[chosen] for name, values in self.outcomes.items()},
            money=Money(self.money.words[chosen], self.money.thresholds[chosen]),
            refused=self.refused[self.refused["point"].map(lambda point: bool(chosen[point])).astype(bool)],
        )


def sweep_points(
    rows: Iterable[pd.DataFrame],
    design: pd.DataFrame,
    factors: Sequence[Factor],
    strategies: Sequence[str],
    comparator: str,
    money: Money,
    draws: int = 0,
    record: Sequence[str] = (),
) -> SweepPoints:
    """The points from the rows of a sweep, which may come in pieces and in any order.

    rows: point, strategy, refused, cost_discounted, qalys_discounted, their steps inc_cost and inc_qalys with errors
    and covariance, and the outcomes of `record`. With draws a point is the mean over them, and its errors are those of
    that mean; a point whose draws were not all accepted is a refused one. Memory: 56 bytes a point and strategy, and 8
    for each further outcome. Raises RunError when a point is missing.
    """
    count, size, each = len(design), len(strategies), max(draws, 1)
    names = [name for name in record if name not in (COST, QALYS)]
    sums, levels = np.zeros((count, size, 2)), np.zeros((count, size, 2))
    seen = np.zeros((count, size), dtype=np.int32)
    errors, more = np.zeros((count, size, 3)), {name: np.zeros((count, size)) for name in names}
    reasons: dict[int, str] = {}
    for piece in rows:
        point = piece["point"].to_numpy(dtype=np.int64)
        place = pd.Index(strategies).get_indexer(piece["strategy"])
        steps = piece[list(STEPS)].to_numpy(dtype=np.float64)
        np.add.at(sums, (point, place), steps)
        np.add.at(levels, (point, place), piece[[COST, QALYS]].to_numpy(dtype=np.float64))
        np.add.at(seen, (point, place), 1)
        np.add.at(errors, (point, place), _squares(piece, steps, draws))
        for name, values in more.items():
            np.add.at(values, (point, place), piece[name].to_numpy(dtype=np.float64))
        why = piece.loc[piece["refused"].notna(), ["point", "refused"]].drop_duplicates("point")
        reasons |= {int(one): str(words) for one, words in zip(why["point"], why["refused"], strict=True)}
    if not (seen == each).all():
        missing = int(np.flatnonzero((seen != each).any(axis=1))[0])
        raise RunError(f"the sweep lacks results of point {missing}; take it up again with --resume")
    steps = sums / each
    if draws:
        errors = _of_the_mean(errors, steps, draws)
    steps = without_rounding(steps, levels / each)
    refused = pd.DataFrame({"point": sorted(reasons), "reason": [reasons[one] for one in sorted(reasons)]})
    outcomes = {name: values / each for name, values in more.items()}
    return SweepPoints(
        tuple(factors), design, tuple(strategies), comparator, steps, errors, outcomes, money, refused, draws
    )  # fmt: skip


def without_rounding(increments: Floats, levels: Floats) -> Floats:
    """Increments with 0 in place of those that are rounding only.

    increments, levels: shape (points, strategies, ...); an increment is the difference of two levels of its point, and
    below 1e-9 of the largest of them it is 0. Where nothing differs, the sums behind two means may still be rounded
    differently, at some 1e-15 of a level, and all that varies between points would be that.
    """
    size = np.abs(levels).max(axis=1, keepdims=True)
    return np.where(np.abs(increments) <= ROUNDING * size, 0.0, increments)


def _squares(piece: pd.DataFrame, steps: Floats, draws: int) -> Floats:
    """What the errors are made of: the variances of a row, or its squares, if the draws themselves are the sample."""
    if draws:
        return np.column_stack([steps * steps, steps[:, 0] * steps[:, 1]])
    cost, qalys, both = piece[list(VARIANCES)].to_numpy(dtype=np.float64).T
    return np.column_stack([cost * cost, qalys * qalys, both])


def _of_the_mean(squares: Floats, means: Floats, draws: int) -> Floats:
    """Variances and covariance of the mean over the draws, from sums of squares; nan for a single draw."""
    cost, qalys = means[..., 0], means[..., 1]
    products = np.stack([cost * cost, qalys * qalys, cost * qalys], axis=-1)
    if draws == 1:
        return np.full_like(squares, np.nan)
    result: Floats = (squares / draws - products) / (draws - 1.0)
    return result
