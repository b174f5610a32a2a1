"""Parts of a sweep, of any ranges: which of them count, and what is missing."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.sweep_parts import missing_spans, part_files, sorted_out, write_part
from sim.vocabulary.errors import RunError

QUESTION = "q"


def cut(points, places):
    """The points 0 to `points` - 1 cut before these places: first and last of each piece."""
    edges = [0, *sorted({place for place in places if 0 < place < points}), points]
    return [(first, after - 1) for first, after in zip(edges, edges[1:], strict=False)]


pieces = st.integers(1, 40).flatmap(
    lambda points: st.tuples(st.just(points), st.sets(st.integers(1, 40)), st.sets(st.integers(1, 40)))
)


@given(pieces, st.data())
def test_the_parts_that_count_hold_every_written_point_once(case, data):
    points, fine, coarse = case
    small = cut(points, fine)
    merged = [span for span in cut(points, coarse & fine) if data.draw(st.booleans())]
    kept = [span for span in small if data.draw(st.booleans())]
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "parts").mkdir()
        (folder / "parts" / ".1-2.unfinished").write_bytes(b"half")
        (folder / "parts" / "points-000000000-000000003-0123456789abcdef.damaged").write_bytes(b"half")
        for first, last in {*merged, *kept}:
            write_part(b"rows", first, last, QUESTION, folder)
        counting, replaced = sorted_out(folder)
        held = [point for part in counting for point in range(part.first, part.last + 1)]
        written = {point for first, last in {*merged, *kept} for point in range(first, last + 1)}
        assert held == sorted(written)
        assert len(counting) + len(replaced) == len({*merged, *kept})
        assert part_files(folder) == [part.path for part in counting]
        missing = list(missing_spans(small, counting))
        assert missing == [(first, last) for first, last in small if not set(range(first, last + 1)) <= written]


def test_the_same_content_has_the_same_name_and_another_has_another(tmp_path):
    (tmp_path / "parts").mkdir()
    first = write_part(b"rows", 0, 3, QUESTION, tmp_path)
    assert write_part(b"rows", 0, 3, QUESTION, tmp_path) == first
    assert write_part(b"rows", 0, 3, "other", tmp_path) != first
    assert write_part(b"rowz", 0, 3, QUESTION, tmp_path) != first
    assert len(part_files(tmp_path)) == 1  # of one range one counts, always the same


def test_parts_that_overlap_otherwise_are_refused(tmp_path):
    (tmp_path / "parts").mkdir()
    write_part(b"rows", 0, 3, QUESTION, tmp_path)
    write_part(b"rows", 2, 5, QUESTION, tmp_path)
    with pytest.raises(RunError, match="same points"):
        part_files(tmp_path)


def test_a_folder_without_parts_has_none(tmp_path):
    assert part_files(tmp_path) == []
