"""Merges the many parts of a sweep into a few files; stopped at any moment it loses and doubles nothing."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.store import file_faults
from sim.experiments.sweep_parts import (
    QUESTION,
    REFUSED,
    Part,
    put_in_place,
    remove_unfinished,
    sorted_out,
    sync_folder,
    unfinished_name,
)
from sim.vocabulary.errors import RunError

ROWS_PER_FILE = 1_000_000
MERGING = ".merging"  # ending of a file that is not finished; a sweep under way has others
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Compacted:
    """What was done: files before and after."""

    before: int
    after: int


def compact(folder: Path, rows_per_file: int = ROWS_PER_FILE) -> Compacted:
    """Merge neighbouring parts of a run folder into files of about `rows_per_file` rows.

    A merged file is written under a temporary name, brought to the disk and renamed; only then do the parts go that it
    replaces, and readers pass over those that are still there. Points that are missing stay missing. Raises RunError.
    """
    with file_faults(folder):
        counting, replaced = sorted_out(folder)
        before = len(counting) + len(replaced)
        remove_unfinished(folder, MERGING)
        _remove(replaced)
        for group in _groups(counting, rows_per_file):
            if len(group) > 1:
                _merge(group, folder)
                _remove(group)
        return Compacted(before, len(sorted_out(folder)[0]))


def _groups(parts: list[Part], rows_per_file: int) -> Iterator[list[Part]]:
    """Neighbours without a gap between their points, as many as fit into a file."""
    group: list[Part] = []
    rows = 0
    for part in parts:
        size = _about(part).num_rows
        if group and (part.first != group[-1].last + 1 or rows + size > rows_per_file):
            yield group
            group, rows = [], 0
        group.append(part)
        rows += size
    if group:
        yield group


def _merge(parts: list[Part], folder: Path) -> None:
    """One part after the other, so that memory holds no more than one."""
    abouts = [_about(part).metadata for part in parts]
    (question,) = {about[QUESTION] for about in abouts}
    refused = sum(int(about[REFUSED]) for about in abouts)
    unfinished = unfinished_name(folder, MERGING)
    try:
        with pq.ParquetWriter(unfinished, _schema(parts[0]), compression="zstd") as writer:
            for part in parts:
                writer.write_table(_table(part))
            writer.add_key_value_metadata({QUESTION: question, REFUSED: str(refused)})
        digest = hashlib.sha256(question)
        with unfinished.open("rb+") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
            os.fsync(file.fileno())
        put_in_place(unfinished, parts[0].first, parts[-1].last, digest.hexdigest())
    finally:
        unfinished.unlink(missing_ok=True)


def _remove(parts: list[Part]) -> None:
    for part in parts:
        part.path.unlink(missing_ok=True)
    if parts:
        sync_folder(parts[0].path.parent)


def _about(part: Part) -> pq.FileMetaData:
    try:
        about = pq.read_metadata(part.path)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(part, error) from None
    if not {QUESTION, REFUSED} <= set(about.metadata or {}):
        raise RunError(f"{part.path}: this is no part of a sweep. Move it elsewhere.")
    return about


def _schema(part: Part) -> pa.Schema:
    return pq.read_schema(part.path).remove_metadata()


def _table(part: Part) -> pa.Table:
    try:
        return pq.read_table(part.path).replace_schema_metadata(None)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(part, error) from None


def _damaged(part: Part, error: Exception) -> RunError:
    cause = " ".join(str(error).split())
    return RunError(f"{part.path}: this part cannot be read ({cause}). Remove it, and resume the sweep.")
