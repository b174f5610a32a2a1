"""Full incremental analysis: who is dominated, who is extendedly dominated, and the ICERs along the frontier.

A strategy stands on the frontier when, at some willingness to pay, no other has a higher net benefit: the lower convex
hull of cost against effect (Drummond et al. 2015, Methods for the Economic Evaluation of Health Care Programmes,
chapter 4). Comparisons are made in exact rational arithmetic, so that ties are ties.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from sim.vocabulary.errors import InputError

FRONTIER, DOMINATED, EXTENDED = "frontier", "dominated", "extended"
COLUMNS = ("strategy", "cost", "effect")


@dataclass(frozen=True)
class _Point:
    """One strategy: its place in the given table, its name, and its exact mean cost and effect."""

    place: int
    name: str
    cost: Fraction
    effect: Fraction

    @property
    def order(self) -> tuple[Fraction, Fraction, int]:
        """Cheapest first; of equal costs the more effective, then the earlier in the table."""
        return self.cost, -self.effect, self.place


def incremental_analysis(table: pd.DataFrame) -> pd.DataFrame:
    """Compare every strategy of `table` (columns strategy, cost, effect; more effect is better).

    One row a strategy in order of cost: strategy, cost, effect, incremental_cost, incremental_effect, icer, status,
    next_to. `next_to` is what the row is held against, and the increments are taken to it:

    - status "frontier": the frontier strategy before it; `icer` = incremental cost / incremental effect.
    - "dominated": one that costs no more and gives no less (on the frontier, if such a one stands there); no `icer`.
      Of strategies with equal cost and effect the first in the table counts and the others are dominated by it.
    - "extended": the frontier strategy before it, whose successor on the frontier has the lower `icer`.

    A strategy in the middle of a straight edge of the frontier stands on it. Missing numbers are nan, a missing
    `next_to` is None. Raises InputError for a missing column, a strategy that is there twice or a number that is not
    finite.
    """
    points = _points(table)
    efficient = _not_dominated(points)
    frontier = _lower_hull(efficient)
    rows: list[dict[str, Any]] = []
    for point in points:
        if point in frontier:
            place = frontier.index(point)
            rows.append(_row(point, FRONTIER, frontier[place - 1] if place > 0 else None))
        elif point in efficient:
            cheaper = [other for other in frontier if other.cost < point.cost]
            rows.append(_row(point, EXTENDED, cheaper[-1]))
        else:
            rows.append(_row(point, DOMINATED, _dominator(point, points, frontier)))
    return pd.DataFrame(rows)


def _points(table: pd.DataFrame) -> list[_Point]:
    """The rows of `table` as points, in order of cost."""
    for column in COLUMNS:
        if column not in table.columns:
            raise InputError(f"incremental analysis, {column}", "this column is missing", f"Give {', '.join(COLUMNS)}.")
    points = []
    for place, (name, cost, effect) in enumerate(zip(*(table[column] for column in COLUMNS), strict=True)):
        try:
            points.append(_Point(place, str(name), Fraction(float(cost)), Fraction(float(effect))))
        except (ValueError, OverflowError, TypeError):
            what = f"cost {cost} and effect {effect} are not both finite numbers"
            raise InputError(f"incremental analysis, {name}", what, "Leave this strategy out.") from None
    names = [point.name for point in points]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"incremental analysis, {name}", "this strategy is there twice", "Give each one row.")
    return sorted(points, key=lambda point: point.order)


def _not_dominated(points: list[_Point]) -> list[_Point]:
    """Of points in order of cost those that give more than every point before them."""
    efficient: list[_Point] = []
    for point in points:
        if not efficient or point.effect > efficient[-1].effect:
            efficient.append(point)
    return efficient


def _lower_hull(efficient: list[_Point]) -> list[_Point]:
    """The points, rising in cost and effect, under which no straight line between two others passes."""
    hull: list[_Point] = []
    for point in efficient:
        while len(hull) >= 2 and _is_above(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return hull


def _is_above(before: _Point, middle: _Point, after: _Point) -> bool:
    """Whether the line from `before` to `after` passes below `middle`: its ICER exceeds that of the step after it."""
    first = (middle.cost - before.cost) * (after.effect - middle.effect)
    second = (after.cost - middle.cost) * (middle.effect - before.effect)
    return first > second


def _dominator(point: _Point, points: list[_Point], frontier: list[_Point]) -> _Point:
    """Who dominates `point`: the most effective one on the frontier that does, else the most effective of all."""
    better = [other for other in points if other.order < point.order and other.effect >= point.effect]
    on_frontier = [other for other in better if other in frontier]
    return max(on_frontier or better, key=lambda other: (other.effect, -other.cost, -other.place))


def _row(point: _Point, status: str, next_to: _Point | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "strategy": point.name,
        "cost": float(point.cost),
        "effect": float(point.effect),
        "incremental_cost": float("nan"),
        "incremental_effect": float("nan"),
        "icer": float("nan"),
        "status": status,
        "next_to": None,
    }
    if next_to is not None:
        cost, effect = point.cost - next_to.cost, point.effect - next_to.effect
        row |= {"incremental_cost": float(cost), "incremental_effect": float(effect), "next_to": next_to.name}
        if status != DOMINATED:
            row["icer"] = float(cost) / float(effect)
    return row
