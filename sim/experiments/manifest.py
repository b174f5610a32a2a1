"""The manifest: what a run was, so that it can be repeated, and on which machine it took how long."""

import hashlib
import json
import os
import platform
import subprocess
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.experiments.accumulate import Sums
from sim.experiments.blocks import Seconds, Study
from sim.vocabulary.version import VERSION

LIBRARIES = ("numpy", "numba", "pandas", "pyarrow", "scipy", "simpy")
_PACKAGE = Path(__file__).parents[1]


def question_hash(study: Study) -> str:
    """SHA-256 (hex) of what decides the numbers: version, scenario, parameters, counts, seed. Not of where or how."""
    scenario = study.scenario.document()
    content = [
        VERSION,
        scenario,
        study.inputs.parameters.content_hash(),
        study.inputs.setting.model_dump(mode="json"),
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def commit() -> str | None:
    """The commit of the repository around the package, with "+" when files differ from it; None outside of one."""
    repository = _PACKAGE.parent
    if not (repository / ".git").exists():
        return None
    try:
        head = _git(repository, "rev-parse", "HEAD")
        changed = _git(repository, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{head}+" if changed else head


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603 fixed words
    return done.stdout.strip()


def host() -> dict[str, Any]:
    return {
        "platform": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
    }


def manifest_of(
    study: Study, sums: Sums, threads: int, started: datetime, elapsed: float, busy: Seconds
) -> dict[str, Any]:
    """Plain data for manifest.json. `elapsed`: seconds from start to end; `busy`: seconds of all threads by phase."""
    strategies = len(study.inputs.strategies)
    return {
        "version": VERSION,
        "commit": commit(),
        "question_hash": question_hash(study),
        "parameter_hash": study.inputs.parameters.content_hash(),
        "seed": study.scenario.seed,
        "patients": sums.patients,
        "strategies": strategies,
        "courses": sums.patients * strategies,
        "events": sums.events,
        "rejected_at_entry_share": 1.0 - sums.patients / sums.attempts,
        "engine": study.engine,
        "threads": threads,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(elapsed, 3),
        "thread_seconds": {name: round(getattr(busy, name), 3) for name in busy.__dataclass_fields__},
        "host": host(),
        "scenario_files": list(study.scenario.files),
        "scenario": study.scenario.document(),
    }
