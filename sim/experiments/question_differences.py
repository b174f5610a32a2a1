"""In what the questions of several runs differ: keys of the scenario, values of parameters, the program itself."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.experiments.results import Results
from sim.inputs.parameters import SETTING_PREFIX

NOT_OF_THE_QUESTION = ("name", "title", "question", "parameters")
OF_THE_POPULATION = "parameters/populations/"
ABSENT = ""


def question_differences(labels: Sequence[str], runs: Sequence[Results]) -> pd.DataFrame:
    """A row a key in which the runs differ: key, then a column of words a run, by its label.

    Values of the setting are counted in one row where the settings differ, and those of the population where the
    populations do. Patients and seed are keys too, though they decide about chance only.
    """
    tables = [_flat(run.scenario.document()) | _people(run) for run in runs]
    keys = dict.fromkeys(key for table in tables for key in table)
    rows = [[key, *(_words(table.get(key, ABSENT)) for table in tables)] for key in keys]
    rows += _parameters(runs)
    rows += [[key, *(_words(run.manifest.get(key) or ABSENT) for run in runs)] for key in ("version", "commit")]
    return pd.DataFrame([row for row in rows if len(set(row[1:])) > 1], columns=["key", *labels])


def _people(run: Results) -> dict[str, str]:
    """A file of patients by what it holds: its path differs from run folder to run folder."""
    people = run.inputs.population
    if people is None:
        return {}
    digest = hashlib.sha256(pd.util.hash_pandas_object(people).to_numpy().tobytes()).hexdigest()
    return {"population.file": f"{len(people)} rows, {digest[:8]}"}


def _parameters(runs: Sequence[Results]) -> list[list[str]]:
    """The rows of parameters: name by name, or how many where a whole setting or population is another one."""
    sets = [run.inputs.parameters for run in runs]
    names = sorted({name for one in sets for name in one.names()})
    settings = {run.scenario.setting for run in runs}
    kinds = {run.scenario.population.sampled_from for run in runs}
    rows, of_setting, of_population = [], 0, 0
    for name in names:
        values = [_words(one.quantity(name).numbers) if name in one else ABSENT for one in sets]
        if len(set(values)) == 1:
            continue
        files = [one.file(name) for one in sets if name in one]
        if len(settings) > 1 and name.startswith(f"{SETTING_PREFIX}."):
            of_setting += 1
        elif len(kinds) > 1 and any(file.startswith(OF_THE_POPULATION) for file in files):
            of_population += 1
        else:
            rows.append([f"parameters.{name}", *values])
    if of_setting:
        rows.append(_counted("parameters of the setting", of_setting, [run.scenario.setting for run in runs]))
    if of_population:
        kind_names = [run.scenario.population.sampled_from for run in runs]
        rows.append(_counted("parameters of the population", of_population, kind_names))
    return rows


def _counted(key: str, count: int, owners: Sequence[str]) -> list[str]:
    return [f"{key} ({count} differ)", *(f"those of {owner}" for owner in owners)]


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested keys with dots, without what is no part of the question."""
    flat: dict[str, Any] = {}
    for key, entry in table.items():
        if not prefix and key in NOT_OF_THE_QUESTION:
            continue
        flat |= _flat(entry, f"{prefix}{key}.") if isinstance(entry, dict) else {f"{prefix}{key}": entry}
    return flat


def _words(value: Any) -> str:
    """A value as it may stand in a table."""
    if isinstance(value, list | tuple):
        return ", ".join(_words(one) for one in value)
    if isinstance(value, float):
        return f"{value:.9g}"
    return ABSENT if value is None else str(value)
