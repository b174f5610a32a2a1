"""Texts of sweep files for tests, and the line with which a bad one is refused."""

from pathlib import Path

import pytest

from sim.experiments.sweep_check import check_sweep
from sim.inputs.sweeps import load_sweep
from sim.vocabulary.errors import InputError

HEAD = """
title = "Price"
question = "Does it matter?"
scenario = "base_case_uk"
strategies = ["supportive", "zoledronate", "ibandronate", "step_up"]
patients = 200
"""
GRID = '[design]\nkind = "grid"\n'
PRICE = 'name = "price"\nparameter = "setting.unit_costs.zoledronate_5mg"\n'
EFFECT = 'name = "effect"\nparameter = "treatments.zoledronate.healing.hazard_ratio"\n'
UTILITY = 'name = "utility"\nparameter = "utility_loss_per_pain_point_utility"\n'


def factor(text: str) -> str:
    return f"[[factors]]\n{text}\n"


def written(folder: Path, *parts: str, csv: str | None = None) -> Path:
    path = folder / "question.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    if csv is not None:
        (folder / "points.csv").write_text(csv, encoding="utf-8")
    return path


def refusal(path: Path, **overrides: object) -> str:
    with pytest.raises(InputError) as caught:
        check_sweep(load_sweep(path, **overrides))
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.repair
    return message
