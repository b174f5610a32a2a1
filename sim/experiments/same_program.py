"""An interrupted analysis goes on with the program that began it, or its parts would be of two models."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.experiments.cluster_work import program_facts
from sim.vocabulary.errors import InputError
from sim.vocabulary.version import VERSION

SOURCES = "sources"


def digest_of_sources() -> str:
    """Of all sources that make numbers; manifests hold it under `SOURCES`."""
    return program_facts()[SOURCES]


def check_same_program(manifest: Mapping[str, Any], folder: Path) -> None:
    """Raises InputError when `folder` was begun by another version, or by other sources of this one."""
    if manifest.get("version") != VERSION:
        what = f"this was begun by version {manifest.get('version')}, and this is {VERSION}"
        raise InputError(str(folder), what, "Go on with that version, or begin anew.")
    if manifest.get(SOURCES) != digest_of_sources():
        what = f"this was begun by version {VERSION} with another state of its sources"
        raise InputError(str(folder), what, f"Go on with that one (commit {manifest.get('commit')}), or begin anew.")
