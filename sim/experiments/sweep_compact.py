"""Merges the many parts of a sweep into a few files; stopped at any moment it loses and doubles nothing."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.store import folder_faults, read_manifest
from sim.experiments.sweep_parts import (
    QUESTION,
    REFUSED,
    Part,
    put_in_place,
    refuse_damaged,
    remove_unfinished,
    sorted_out,
    sync_folder,
    unfinished_name,
)

ROWS_PER_FILE = 1_000_000
MERGING = ".merging"  # ending of a file that is not finished; a sweep under way has others


@dataclass(frozen=True)
class Compacted:
    """What was done: files before and after."""

    before: int
    after: int


def compact(folder: Path, rows_per_file: int = ROWS_PER_FILE) -> Compacted:
    """Merge neighbouring parts of a run folder into files of about `rows_per_file` rows.

    A merged file is written under a temporary name, brought to the disk and renamed; only then do the parts go that it
    replaces, and readers pass over those that are still there. Points that are missing stay missing. Raises RunError,
    and does nothing, where a part is damaged: what it has replaced may still be there.
    """
    question = read_manifest(folder)["question_hash"]
    with folder_faults(folder):
        counting, replaced = sorted_out(folder)
        refuse_damaged(counting, folder, question)
        before = len(counting) + len(replaced)
        remove_unfinished(folder, MERGING)
        _remove(replaced)
        for group in _groups(counting, rows_per_file):
            if len(group) > 1:
                _merge(group, folder, question)
                _remove(group)
        return Compacted(before, len(sorted_out(folder)[0]))


def _groups(parts: list[Part], rows_per_file: int) -> Iterator[list[Part]]:
    """Neighbours without a gap between their points, as many as fit into a file."""
    group: list[Part] = []
    rows = 0
    for part in parts:
        size = pq.read_metadata(part.path).num_rows
        if group and (part.first != group[-1].last + 1 or rows + size > rows_per_file):
            yield group
            group, rows = [], 0
        group.append(part)
        rows += size
    if group:
        yield group


def _merge(parts: list[Part], folder: Path, question: str) -> None:
    """One part after the other, so that memory holds no more than one."""
    refused = sum(int(pq.read_metadata(part.path).metadata[REFUSED]) for part in parts)
    unfinished = unfinished_name(folder, MERGING)
    try:
        with pq.ParquetWriter(unfinished, _schema(parts[0]), compression="zstd") as writer:
            for part in parts:
                writer.write_table(pq.read_table(part.path).replace_schema_metadata(None))
            writer.add_key_value_metadata({QUESTION: question, REFUSED: str(refused)})
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        put_in_place(unfinished, parts[0].first, parts[-1].last, question)
    finally:
        unfinished.unlink(missing_ok=True)


def _remove(parts: list[Part]) -> None:
    for part in parts:
        part.path.unlink(missing_ok=True)
    if parts:
        sync_folder(parts[0].path.parent)


def _schema(part: Part) -> pa.Schema:
    return pq.read_schema(part.path).remove_metadata()
