"""Where gains that are known with an error cross zero, and between which values that may lie."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy.optimize import brentq

SURE = 1.959963984540054  # normal quantile of a 95 % interval
RELATIVE_TOLERANCE = 1e-5  # of the range searched

Gain = tuple[float, float]  # with its standard error
Gains = Callable[[float], Sequence[Gain]]  # at a value: over one rival, or over each of several


@dataclass(frozen=True)
class Crossing:
    """`value` where the gain is 0; `low`, `high`: its 95 % interval, a limit outside the range is nan. `rises`: the
    gain is positive above the value.
    """

    value: float
    low: float
    high: float
    rises: bool


def least(gains: Sequence[Gain]) -> float:
    """The gain over the strongest rival: above 0 where every rival is beaten."""
    return min(gain for gain, _ in gains)


def interval(gains: Sequence[Gain]) -> tuple[float, float]:
    """95 % limits of the gain over the strongest rival, whichever that is: the least of the limits of all gains.

    A rival that is a little weaker but less well known may be the strongest in truth, so all of them count.
    """
    return min(gain - SURE * error for gain, error in gains), min(gain + SURE * error for gain, error in gains)


def crossings(gains: Gains, grid: list[float]) -> list[Crossing]:
    """Every crossing of the least gain that the rising values of `grid` show, by Brent's method between neighbours.

    The interval holds the values around the crossing where the limits of the least gain have 0 between them: what would
    not surprise if it were 0 there. With one rival these are the values whose gain lies within 1.96 standard errors of
    0. With the same chance at every value the gain is smooth, and its error moves the crossing as a whole. Two
    crossings between neighbours of the grid stay unseen.
    """
    if len(grid) < 2:
        return []
    tolerance = RELATIVE_TOLERANCE * (grid[-1] - grid[0])
    positive = [least(gains(value)) >= 0.0 for value in grid]
    found = []
    for place in range(len(grid) - 1):
        if positive[place] != positive[place + 1]:
            below, above = grid[place], grid[place + 1]
            value = float(brentq(lambda at: least(gains(at)), below, above, xtol=tolerance))
            # the two sides of the crossing: where few patients make the gain jump, they differ
            low = _limit(gains, [max(below, value - 2.0 * tolerance), *grid[place::-1]], tolerance)
            high = _limit(gains, [min(above, value + 2.0 * tolerance), *grid[place + 1 :]], tolerance)
            found.append(Crossing(value, low, high, positive[place + 1]))
    return found


def _limit(gains: Gains, outwards: list[float], tolerance: float) -> float:
    """The end of the interval among values from the crossing `outwards`; nan if there is none."""

    def excess(at: float) -> float:
        low, high = interval(gains(at))
        return max(low, -high)

    inside = outwards[0]
    if excess(inside) >= 0.0:  # known without error, or a jump from one clear sign to the other
        return inside
    for outer in outwards[1:]:
        if excess(outer) > 0.0:
            return float(brentq(excess, inside, outer, xtol=tolerance))
        inside = outer
    return math.nan
