"""Where the names beside the points of the plane go, so that they do not lie on one another."""

from collections.abc import Sequence

# Rough size of a letter as a share of a plane some 900 pixels wide and 380 high.
LETTER_WIDTH, LINE_HEIGHT = 0.0085, 0.055
GAP = 0.012
POSITIONS = ("middle right", "top right", "bottom right", "middle left", "top left", "bottom left", "top center", "bottom center")

Box = tuple[float, float, float, float]  # left, bottom, right, top as shares of the plane


def label_positions(
    points: Sequence[tuple[tuple[float, float], str]], x_range: Sequence[float], y_range: Sequence[float]
) -> list[str]:
    """For each point (x, y) with its words the first position that covers no point, no earlier label and no edge.

    A point whose every position is taken gets the one with the fewest collisions.
    """
    places = [(_share(x, x_range), _share(y, y_range)) for (x, y), _ in points]
    taken: list[Box] = [(x - GAP, y - 2 * GAP, x + GAP, y + 2 * GAP) for x, y in places]
    chosen = []
    for (x, y), (_, words) in zip(places, points, strict=True):
        boxes = {position: _box(x, y, words, position) for position in POSITIONS}
        collisions = {p: sum(_overlap(box, other) for other in taken) + 3 * _outside(box) for p, box in boxes.items()}
        best = min(POSITIONS, key=lambda position: collisions[position])
        chosen.append(best)
        taken.append(boxes[best])
    return chosen


def _share(value: float, ends: Sequence[float]) -> float:
    return (value - ends[0]) / (ends[1] - ends[0])


def _box(x: float, y: float, words: str, position: str) -> Box:
    """The rectangle of a label beside a point."""
    vertical, horizontal = position.split()
    width = LETTER_WIDTH * (len(words) + 2)
    left = {"right": x + GAP, "left": x - GAP - width, "center": x - width / 2}[horizontal]
    bottom = {"middle": y - LINE_HEIGHT / 2, "top": y + GAP, "bottom": y - GAP - LINE_HEIGHT}[vertical]
    return left, bottom, left + width, bottom + LINE_HEIGHT


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _outside(box: Box) -> bool:
    return box[0] < 0.0 or box[1] < 0.0 or box[2] > 1.0 or box[3] > 1.0
