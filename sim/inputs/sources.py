"""The references behind the numbers: parameters/sources.toml, one table a source."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from sim.inputs.document import Document, Text, parsed, read_toml, suggestion
from sim.inputs.root import shown
from sim.vocabulary.errors import InputError

SOURCES_FILE = "sources.toml"


class Source(Document):
    """One reference. `year` is a number, or a text such as "2024/25"."""

    key: str
    authors: Text
    year: Annotated[int, Field(strict=True)] | Text | None = None
    title: Text
    journal: Text | None = None
    volume_pages: Text | None = None
    doi: Text | None = None
    pmid: Text | None = None
    seen_at: Text | None = None
    note: Text | None = None

    injected = frozenset({"key"})

    @property
    def reference(self) -> str:
        """The reference in one line."""
        parts = [self.authors, str(self.year) if self.year is not None else "", self.title, self.journal or ""]
        parts += [self.volume_pages or "", f"doi:{self.doi}" if self.doi else ""]
        return ". ".join(part.rstrip(".") for part in parts if part) + "."


def load_sources(root: Path) -> dict[str, Source]:
    """All sources below `root`, by key. Raises InputError."""
    path = root / "parameters" / SOURCES_FILE
    where = shown(path, root)
    sources = {}
    for key, table in read_toml(path, root).items():
        if not isinstance(table, dict):
            raise InputError(f"{where}, {key}", "a source is a table", f"Write [{key}] above its keys.")

        def place(below: str, key: str = key) -> str:
            return f"{where}, {key}.{below}".rstrip(".")

        sources[key] = parsed(Source, table, place, key=key)
    return sources


def check_sources(where: str, keys: Iterable[str], sources: Mapping[str, Source]) -> None:
    """Raise InputError at `where` for a key that is no source."""
    for key in keys:
        if key not in sources:
            repair = suggestion(key, sources, otherwise=f"Add [{key}] to parameters/{SOURCES_FILE}.")
            raise InputError(where, f"the source {key!r} is not in parameters/{SOURCES_FILE}", repair)
