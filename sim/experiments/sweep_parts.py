"""Parts of a sweep: Parquet files named by their points and their content, each of them whole or not there at all."""

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.vocabulary.errors import RunError

PARTS = "parts"
UNFINISHED, DAMAGED = ".unfinished", ".damaged"
NAME = re.compile(r"points-(\d{9,})-(\d{9,})-([0-9a-f]{16})\.parquet")
QUESTION, REFUSED = b"bmes_question", b"bmes_refused_points"  # what a part says about itself


@dataclass(frozen=True)
class Part:
    """A file with the rows of the points `first` to `last`, both included. digest: of its content, from its name."""

    first: int
    last: int
    digest: str
    path: Path

    @property
    def points(self) -> int:
        return self.last - self.first + 1


def part_files(folder: Path) -> list[Path]:
    """The files that together hold every row of the run folder `folder` once, in the order of their points.

    Parts whose points lie within a merged one are passed over: whoever merged them was stopped before their removal.
    Raises RunError for parts that overlap otherwise.
    """
    return [part.path for part in sorted_out(folder)[0]]


def sorted_out(folder: Path) -> tuple[list[Part], list[Part]]:
    """The parts of a run folder that count, in the order of their points, and those that merged ones have replaced."""
    found = []
    for path in (folder / PARTS).iterdir() if (folder / PARTS).is_dir() else ():
        matched = NAME.fullmatch(path.name)
        if matched:
            found.append(Part(int(matched[1]), int(matched[2]), matched[3], path))
    counting: list[Part] = []
    replaced: list[Part] = []
    for part in sorted(found, key=lambda part: (part.first, -part.last, part.path.name)):
        if not counting or part.first > counting[-1].last:
            counting.append(part)
        elif part.last <= counting[-1].last:
            replaced.append(part)
        else:
            both = f"{counting[-1].path.name} and {part.path.name}"
            raise RunError(f"{folder / PARTS}: {both} hold the same points. Move one of them elsewhere.")
    return counting, replaced


def missing_spans(spans: Iterable[tuple[int, int]], kept: list[Part]) -> Iterator[tuple[int, int]]:
    """Those of the `spans` (first and last point, in their order) that no part of `kept` (in their order) covers."""
    place = 0
    for first, last in spans:
        while place < len(kept) and kept[place].last < first:
            place += 1
        if place == len(kept) or not (kept[place].first <= first and last <= kept[place].last):
            yield first, last


def write_part(content: bytes, first: int, last: int, question_hash: str, folder: Path) -> Path:
    """Put the bytes of a Parquet file in their place in a run folder."""
    unfinished = unfinished_name(folder)
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return put_in_place(unfinished, first, last, question_hash)


def unfinished_name(folder: Path, ending: str = UNFINISHED) -> Path:
    """A temporary name beside the parts, which no reader takes for one."""
    return folder / PARTS / f".{os.getpid()}-{time.time_ns()}{ending}"


def put_in_place(unfinished: Path, first: int, last: int, question_hash: str) -> Path:
    """Give a file that lies on the disk as a whole the name of its part; a failure of power leaves all or nothing."""
    place = unfinished.with_name(f"points-{first:09d}-{last:09d}-{digest_of(unfinished, question_hash)}.parquet")
    os.replace(unfinished, place)  # noqa: PTH105 os.replace is what tests make fail
    sync_folder(place.parent)
    return place


def digest_of(file: Path, question_hash: str) -> str:
    """First 16 hex digits of the SHA-256 of a question and of what a file holds."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.sha256(question_hash.encode())).hexdigest()[:16]


def is_whole(part: Part, question_hash: str) -> bool:
    """Whether a part can be read and holds what its name says, to the last bit, as an answer to this question."""
    try:
        return digest_of(part.path, question_hash) == part.digest
    except OSError:
        return False


def refuse_damaged(parts: Iterable[Part], folder: Path, question_hash: str) -> None:
    """Raise RunError for the first of the parts of the run folder `folder` that is not whole."""
    for part in parts:
        if not is_whole(part, question_hash):
            repair = f"This sets it aside and makes its points anew: bmes sweep --resume {folder}"
            raise RunError(f"{part.path}: this part is damaged. {repair}")


def sync_folder(folder: Path) -> None:
    """Have the names in `folder` written to the disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sound_parts(folder: Path, rows_per_point: int, question_hash: str) -> tuple[list[Part], int]:
    """The parts of a run folder, in their order, and the number of points in them that the model refused.

    Every file is read once. One that is damaged, or lacks rows, is set aside under another name, so that its points
    count as missing.
    """
    while True:
        kept, refused, damaged = sorted_out(folder)[0], 0, []
        for part in kept:
            found = _refused_points(part, rows_per_point, question_hash)
            if found is None:
                damaged.append(part)
            else:
                refused += found
        if not damaged:
            return kept, refused
        for part in damaged:  # what a damaged merged part had replaced may still be there, hence once more from the top
            part.path.rename(part.path.with_suffix(DAMAGED))


def _refused_points(part: Part, rows_per_point: int, question_hash: str) -> int | None:
    """As the part says; None when it is damaged or belongs to another question."""
    if not is_whole(part, question_hash):
        return None
    try:
        about = pq.read_metadata(part.path)
    except (OSError, pa.ArrowException):
        return None
    words = about.metadata or {}
    if about.num_rows != part.points * rows_per_point or words.get(QUESTION) != question_hash.encode():
        return None
    return int(words.get(REFUSED, b"0"))


def remove_unfinished(folder: Path, ending: str = UNFINISHED) -> None:
    """Remove what interrupted writers have left beside the parts."""
    for path in (folder / PARTS).glob(f".*{ending}"):
        path.unlink(missing_ok=True)
