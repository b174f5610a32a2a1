"""Where a gain that is known with an error crosses zero, and between which values that may lie."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.optimize import brentq

SURE = 1.959963984540054  # normal quantile of a 95 % interval
RELATIVE_TOLERANCE = 1e-5  # of the range searched

Gain = Callable[[float], tuple[float, float]]  # at a value: the gain and its standard error


@dataclass(frozen=True)
class Crossing:
    """`value` where the gain is 0; `low`, `high`: its 95 % interval, a limit outside the range is nan. `rises`: the
    gain is positive above the value.
    """

    value: float
    low: float
    high: float
    rises: bool


def crossings(gain: Gain, grid: list[float]) -> list[Crossing]:
    """Every crossing that the rising values of `grid` show, by Brent's method between neighbours.

    The interval holds the values around the crossing whose gain lies within 1.96 standard errors of 0: what would not
    surprise if the gain there were 0. With the same chance at every value the gain is smooth, and its error moves the
    crossing as a whole. Two crossings between neighbours of the grid stay unseen.
    """
    if len(grid) < 2:
        return []
    tolerance = RELATIVE_TOLERANCE * (grid[-1] - grid[0])
    positive = [gain(value)[0] >= 0.0 for value in grid]
    found = []
    for place in range(len(grid) - 1):
        if positive[place] != positive[place + 1]:
            below, above = grid[place], grid[place + 1]
            value = float(brentq(lambda at: gain(at)[0], below, above, xtol=tolerance))
            # the two sides of the crossing: where few patients make the gain jump, they differ
            low = _limit(gain, [max(below, value - 2.0 * tolerance), *grid[place::-1]], tolerance)
            high = _limit(gain, [min(above, value + 2.0 * tolerance), *grid[place + 1 :]], tolerance)
            found.append(Crossing(value, low, high, positive[place + 1]))
    return found


def _limit(gain: Gain, outwards: list[float], tolerance: float) -> float:
    """The end of the interval among values from the crossing `outwards`; nan if there is none."""

    def excess(at: float) -> float:
        mean, error = gain(at)
        return abs(mean) - SURE * error

    inside = outwards[0]
    if excess(inside) >= 0.0:  # known without error, or a jump from one clear sign to the other
        return inside
    for outer in outwards[1:]:
        if excess(outer) > 0.0:
            return float(brentq(excess, inside, outer, xtol=tolerance))
        inside = outer
    return math.nan
