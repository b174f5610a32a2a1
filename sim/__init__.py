"""bmes-sim: a discrete-event simulation of bone marrow oedema syndrome and of what its treatment is worth.

Public names are loaded on first use, so that `bmes --help` does not wait for the numerical libraries.
"""

from importlib import import_module
from typing import Any

from sim.compiled import prepare_cache
from sim.vocabulary.version import VERSION

prepare_cache()

__version__ = VERSION

_PUBLIC = {
    "load_scenario": "sim.inputs.scenario",
    "Scenario": "sim.inputs.scenario",
    "run": "sim.experiments.run",
    "Results": "sim.experiments.results",
    "load_run": "sim.experiments.store",
    "save": "sim.experiments.store",
    "compare": "sim.experiments.compare",
    "psa": "sim.experiments.psa",
    "load_psa": "sim.experiments.psa_store",
    "analysis_of": "sim.experiments.psa_frames",
    "load_sweep": "sim.inputs.sweeps",
    "run_sweep": "sim.experiments.sweep",
    "load_sweep_results": "sim.experiments.sweep_results",
    "shipped_scenarios": "sim.experiments.catalogue",
    "write_report": "sim.report.html",
    "write_workbook": "sim.report.workbook",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
