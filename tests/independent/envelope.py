"""Upper envelope of the pain lines of several lesions, exact: the oracle for patients whose pain lines cross.

Numbers may be `fractions.Fraction` (exact) or float. A lesion is a list of pieces, each a straight line on
[start, end); outside its pieces a lesion causes no pain. Patient pain is the highest line open at that time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Number = Fraction | float
NO_LESION = -1


@dataclass(frozen=True)
class Piece:
    """Pain `pain_at_start + slope * (t - start)` on [start, end)."""

    start: Number
    end: Number
    pain_at_start: Number
    slope: Number

    def pain(self, time: Number) -> Number:
        """Value of the line at `time`, also beyond its ends."""
        return self.pain_at_start + self.slope * (time - self.start)


@dataclass(frozen=True)
class EnvelopePiece(Piece):
    """A piece of the envelope and the lesion that sets it; NO_LESION with pain 0."""

    leader: int


def lesion_pieces(
    onset: Number,
    work: Number,
    peak: Number,
    shares: tuple[Number, Number] = (Fraction(15, 100), Fraction(1, 2)),
    levels: tuple[Number, Number] = (Fraction(1, 2), Fraction(5, 100)),
) -> list[Piece]:
    """The three phases of a lesion that heals at rate 1: rising, steady, falling; then pain drops to 0.

    `shares` of the work: peak reached, decline starts. `levels` of the peak: at the start and just before the end.
    """
    times = [onset, onset + shares[0] * work, onset + shares[1] * work, onset + work]
    pains = [levels[0] * peak, peak, peak, levels[1] * peak]
    return pieces_through(times, pains)


def pieces_through(times: Sequence[Number], pains: Sequence[Number]) -> list[Piece]:
    """Straight lines through the given points; a length of zero is left out."""
    points = list(zip(times, pains, strict=True))
    return [
        Piece(start, end, pain, (next_pain - pain) / (end - start))
        for (start, pain), (end, next_pain) in zip(points[:-1], points[1:], strict=True)
        if end > start
    ]


def scaled(pieces: Sequence[Piece], start: Number, end: Number, multiplier: Number) -> list[Piece]:
    """The same lesion with its pain multiplied on [start, end): a residual pain effect."""
    result = []
    for piece in pieces:
        cuts = sorted({piece.start, piece.end, *(cut for cut in (start, end) if piece.start < cut < piece.end)})
        for left, right in zip(cuts[:-1], cuts[1:], strict=True):
            factor = multiplier if start <= left < end else 1
            result.append(Piece(left, right, piece.pain(left) * factor, piece.slope * factor))
    return result


def floor_after(falling: Piece, level: Number, end: Number) -> Piece:
    """The floor of a chronic course: level from the moment the falling line meets it until `end`."""
    if falling.slope >= 0 or falling.pain_at_start < level:
        raise ValueError("the line must fall from above the floor")
    return Piece(min(falling.start + (level - falling.pain_at_start) / falling.slope, falling.end), end, level, 0)


def envelope(lesions: Sequence[Sequence[Piece]], start: Number, end: Number) -> list[EnvelopePiece]:
    """The envelope on [start, end): pieces that tile it, cut wherever the leader or its line changes.

    Between two breakpoints every lesion is one line. The leader is the highest line, of equals the steepest, of
    equals the first; it leads until the first steeper line overtakes it.
    """
    inner = {edge for pieces in lesions for piece in pieces for edge in (piece.start, piece.end) if start < edge < end}
    cuts = [start, *sorted(inner), end]
    result: list[EnvelopePiece] = []
    for left, right in zip(cuts[:-1], cuts[1:], strict=True):
        lines = [
            (number, piece)
            for number, pieces in enumerate(lesions)
            for piece in pieces
            if piece.start <= left < piece.end
        ]
        for found in _envelope_of_lines(lines, left, right):
            _append(result, found)
    return result


def _envelope_of_lines(lines: Sequence[tuple[int, Piece]], left: Number, right: Number) -> list[EnvelopePiece]:
    if not lines:
        return [EnvelopePiece(left, right, 0, 0, NO_LESION)]
    number, leader = max(lines, key=lambda line: (line[1].pain(left), line[1].slope, -line[0]))
    result, now = [], left
    while now < right:
        rivals = [
            (_crossing(leader, rival, now), -rival.slope, rival_number, rival)
            for rival_number, rival in lines
            if rival.slope > leader.slope
        ]
        overtaken = min((rival for rival in rivals if rival[0] < right), default=None, key=lambda rival: rival[:3])
        until = right if overtaken is None else overtaken[0]
        if until > now:
            result.append(EnvelopePiece(now, until, leader.pain(now), leader.slope, number))
        now = until
        if overtaken is not None:
            number, leader = overtaken[2], overtaken[3]
    return result


def _crossing(leader: Piece, rival: Piece, now: Number) -> Number:
    """When a steeper rival, not above the leader at `now`, catches up with it."""
    return now + max(leader.pain(now) - rival.pain(now), 0) / (rival.slope - leader.slope)


def _append(pieces: list[EnvelopePiece], found: EnvelopePiece) -> None:
    """Add `found`, joining it to the piece before when that is the same line of the same lesion."""
    last = pieces[-1] if pieces else None
    if last and (last.leader, last.slope, last.pain(found.start)) == (found.leader, found.slope, found.pain_at_start):
        pieces[-1] = EnvelopePiece(last.start, found.end, last.pain_at_start, last.slope, last.leader)
    else:
        pieces.append(found)


def area(pieces: Sequence[Piece]) -> Number:
    """Area under the pieces: pain x time."""
    return sum(((piece.end - piece.start) * piece.pain((piece.start + piece.end) / 2) for piece in pieces), Fraction(0))
