"""Where the names beside the points of the plane go, so that they do not lie on one another."""

from collections.abc import Sequence
from dataclasses import dataclass

# Rough size of a letter as a share of a plane some 900 pixels wide and 380 high.
LETTER_WIDTH, LINE_HEIGHT = 0.0085, 0.05
GAP = 0.008
POSITIONS = (
    "top right",
    "bottom right",
    "top left",
    "bottom left",
    "top center",
    "bottom center",
    "middle right",
    "middle left",
)

Box = tuple[float, float, float, float]  # left, bottom, right, top as shares of the plane


@dataclass(frozen=True)
class Point:
    """A point's name and the ends of its cross, in the units of the axes."""

    words: str
    x_low: float
    x_high: float
    y_low: float
    y_high: float


def label_positions(points: Sequence[Point], x_range: Sequence[float], y_range: Sequence[float]) -> list[str]:
    """For each point the first position whose words cover no cross, no other words and no edge.

    Points choose from the top down, so that of two that nearly coincide the upper one has its words above the lower
    one's. A point whose every position is taken gets the one with the fewest collisions.
    """
    crosses = [_cross(point, x_range, y_range) for point in points]
    taken: list[Box] = [arm for arms in crosses for arm in arms]
    chosen = [""] * len(points)
    for place in sorted(range(len(points)), key=lambda number: -(points[number].y_low + points[number].y_high)):
        point, arms = points[place], crosses[place]
        x, y = (arms[0][0] + arms[0][2]) / 2, (arms[0][1] + arms[0][3]) / 2
        boxes = {position: _box(x, y, point.words, position) for position in POSITIONS}
        collisions = {p: sum(_overlap(box, other) for other in taken) + 3 * _outside(box) for p, box in boxes.items()}
        best = min(POSITIONS, key=lambda position: collisions[position])
        chosen[place] = best
        taken.append(boxes[best])
    return chosen


def _cross(point: Point, x_range: Sequence[float], y_range: Sequence[float]) -> tuple[Box, Box]:
    """The two arms of a point's cross, at least as wide as its marker."""
    left, right = _share(point.x_low, x_range), _share(point.x_high, x_range)
    bottom, top = _share(point.y_low, y_range), _share(point.y_high, y_range)
    x, y = (left + right) / 2, (bottom + top) / 2
    level = (min(left, x - GAP), y - GAP, max(right, x + GAP), y + GAP)
    upright = (x - GAP / 2, min(bottom, y - 2 * GAP), x + GAP / 2, max(top, y + 2 * GAP))
    return level, upright


def _share(value: float, ends: Sequence[float]) -> float:
    return (value - ends[0]) / (ends[1] - ends[0])


def _box(x: float, y: float, words: str, position: str) -> Box:
    """The rectangle of the words beside a point."""
    vertical, horizontal = position.split()
    width = LETTER_WIDTH * (len(words) + 1)
    left = {"right": x + GAP, "left": x - GAP - width, "center": x - width / 2}[horizontal]
    bottom = {"middle": y - LINE_HEIGHT / 2, "top": y + 2 * GAP, "bottom": y - 2 * GAP - LINE_HEIGHT}[vertical]
    return left, bottom, left + width, bottom + LINE_HEIGHT


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _outside(box: Box) -> bool:
    return box[0] < 0.0 or box[1] < 0.0 or box[2] > 1.0 or box[3] > 1.0
