"""One run at the means of the sampled parameters, against which the mean over the draws is held; stored beside them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.experiments.blocks import study_of
from sim.experiments.points import Point, at_point
from sim.experiments.results import Results
from sim.experiments.run import run_study
from sim.experiments.store import MANIFEST, OUTCOMES, TABLES, read_manifest
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.scenario import Scenario, with_overrides
from sim.vocabulary.errors import InputError

MOST_PATIENTS = 100_000


def run_at(
    scenario: Scenario, inputs: ModelInputs, values: Mapping[str, float], patients: int, threads: int
) -> Results | None:
    """A run of `patients` people (no more than MOST_PATIENTS) with `values` laid over the parameters, by name.

    None if nothing was sampled, or if the model refuses these values together.
    """
    if not values:
        return None
    try:
        return run_study(study_of(_inputs_at(scenario, inputs, values, min(patients, MOST_PATIENTS))), threads)
    except InputError:
        return None


def load_at(folder: Path, scenario: Scenario, inputs: ModelInputs) -> Results | None:
    """The run in `folder`, of the same `scenario` and `inputs` as the draws but for its values; None if there is none.

    Raises InputError for a manifest that cannot be read, OSError or ValueError for tables that cannot.
    """
    if not (folder / MANIFEST).is_file():
        return None
    manifest = read_manifest(folder)
    frames = {name: pd.read_parquet(folder / "tables" / f"{name}.parquet") for name in TABLES}
    held = manifest["scenario"]
    there = _inputs_at(scenario, inputs, held["parameters"], held["patients"])
    return Results(there.scenario, there, manifest, outcomes=pd.read_parquet(folder / OUTCOMES), **frames)


def _inputs_at(scenario: Scenario, inputs: ModelInputs, values: Mapping[str, Any], patients: int) -> ModelInputs:
    """Inputs of a scenario in which nothing is drawn: a posterior file would contradict the values of its columns."""
    still = with_overrides(
        scenario,
        patients=patients,
        parameters={**scenario.parameters, **values},
        uncertainty={},
        structure_weights={},
    )
    return replace(at_point(inputs, Point(0, values)), scenario=still, posterior=None)
