"""The inputs of a sweep as one string of bytes, so that they can travel to workers on other machines."""

import hashlib
import io
import zipfile
from pathlib import Path

from sim.experiments.store import POPULATION, POSTERIOR
from sim.inputs.scenario import Scenario

EARLIEST = (1980, 1, 1, 0, 0, 0)  # date of every file in a bundle


def bundle_of(folder: Path) -> bytes:
    """All files below a folder, packed; the same files are the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.writestr(
                    zipfile.ZipInfo(path.relative_to(folder).as_posix(), EARLIEST),
                    path.read_bytes(),
                    zipfile.ZIP_DEFLATED,
                )
    return packed.getvalue()


def hash_of(folder: Path) -> str:
    """SHA-256 (hex) of all files below a folder and of their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def unpack(bundle: bytes, folder: Path) -> None:
    """Put the files of a bundle into a folder."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        archive.extractall(folder)


def with_files_in(scenario: Scenario, root: Path) -> Scenario:
    """The scenario with the copies of the user's own files that lie in `root`."""
    population, uncertainty = scenario.population, scenario.uncertainty
    if population.file is not None:
        population = population.model_copy(update={"file": str(root / POPULATION)})
    if uncertainty.posterior is not None:
        uncertainty = uncertainty.model_copy(update={"posterior": str(root / POSTERIOR)})
    return scenario.model_copy(update={"population": population, "uncertainty": uncertainty})
