"""Writes the pages of docs/ that are made from data: `make docs`, or `python -m sim.report.generated_pages`."""

import sys
from collections.abc import Callable
from pathlib import Path

from sim.inputs.root import data_root
from sim.report.concepts_page import concepts_page
from sim.report.evidence_page import evidence_page
from sim.vocabulary.errors import BmesError, RunError

PAGES: dict[str, Callable[[Path], str]] = {
    "evidence.md": evidence_page,
    "clinical_concepts.md": concepts_page,
}


def write_pages(root: Path) -> list[Path]:
    """Write the generated pages into `root`/docs; the files that changed. Raises RunError without that folder."""
    folder = root / "docs"
    if not folder.is_dir():
        raise RunError(f"{folder.name}: there is no such folder. Run this in the repository.")
    changed = []
    for name, made in PAGES.items():
        path, text = folder / name, made(root)
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


if __name__ == "__main__":
    try:
        for written in write_pages(data_root()):
            sys.stdout.write(f"{written.name} written\n")
    except BmesError as error:
        sys.exit(str(error))
