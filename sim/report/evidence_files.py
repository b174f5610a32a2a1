"""What each file below parameters/ rests on: its plain keys, its quantities, and the sources that they cite."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.inputs.parameters import NO_QUANTITIES
from sim.inputs.quantity import Quantity
from sim.inputs.quantity_files import read_quantities
from sim.inputs.sources import Source

STATUSES = ("published", "derived", "elicited", "assumption")
CITED_IN_TEXT = re.compile(r"\[@(\w+)\]")
FIRST_WORD = re.compile(r"# *(\w+)")


@dataclass(frozen=True)
class EvidenceFile:
    """One TOML file: `plain` are its keys without numbers, `quantities` its numbers by their name in the file."""

    path: Path
    plain: dict[str, Any]
    quantities: dict[str, Quantity]

    @property
    def name(self) -> str:
        return self.path.stem

    def text(self, key: str, otherwise: str = "") -> str:
        """A plain key as a text on one line."""
        return " ".join(str(self.plain.get(key, otherwise)).split())

    def statuses(self) -> Counter[str]:
        """How many quantities have which status."""
        return Counter(quantity.status for quantity in self.quantities.values())

    def cited(self) -> Counter[str]:
        """How many quantities cite which source; sources of the file as a whole count once more."""
        counts = Counter(key for quantity in self.quantities.values() for key in quantity.source)
        counts.update(self.plain.get("sources", ()))
        texts = [text for text in self.plain.values() if isinstance(text, str)]
        counts.update({key for text in texts for key in CITED_IN_TEXT.findall(text)})
        return counts


def read_folder(root: Path, folder: str, sources: dict[str, Source]) -> list[EvidenceFile]:
    """The TOML files directly below `root`/parameters/`folder` in the order of their names. Raises InputError."""
    paths = sorted((root / "parameters" / folder).glob("*.toml"))
    return [
        EvidenceFile(path, *read_quantities(path, root, sources)) for path in paths if path.name not in NO_QUANTITIES
    ]


def table_sources(root: Path) -> Counter[str]:
    """Sources of the complete tables by age and sex: the first word of each CSV file."""
    paths = sorted((root / "parameters").glob("*/*.csv"))
    found = (FIRST_WORD.match(path.read_text("utf-8")) for path in paths)
    return Counter(match.group(1) for match in found if match)
