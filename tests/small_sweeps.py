"""Small sweeps for tests of their runs, stores and questions."""

from pathlib import Path
from typing import Any

import pandas as pd

from sim.experiments.executor import ThreadExecutor
from sim.experiments.sweep import resume
from sim.experiments.sweep_results import SweepResults, load_sweep_results
from sim.experiments.sweep_store import begin
from sim.inputs.sweeps import Sweep, load_sweep

PRICE, EFFECT = "setting.unit_costs.zoledronate_5mg", "treatments.zoledronate.healing.hazard_ratio"
HEAD = """
title = "Small"
question = "Does it hold together?"
scenario = "base_case_uk"
strategies = ["supportive", "zoledronate"]
patients = 6
seed = 11
record = ["pain_years", "symptoms_resolved"]
"""
GRID = f"""
[design]
kind = "grid"
[[factors]]
name = "price"
parameter = "{PRICE}"
low = 20.0
high = 300.0
steps = 5
[[factors]]
name = "country"
setting = "setting"
levels = ["uk", "nl"]
[[factors]]
name = "effect"
parameter = "{EFFECT}"
levels = [1.2, 2.0]
"""
# An oldest age of 30 and a youngest of 40 exclude each other.
REFUSED = """
[design]
kind = "grid"
[[factors]]
name = "youngest"
population = "age_minimum_years"
levels = [18, 40]
[[factors]]
name = "oldest"
population = "age_maximum_years"
levels = [30, 90]
"""


def sweep_file(folder: Path, text: str = GRID, **keys: Any) -> Path:
    """A sweep file; `keys` are further lines before the design, such as draws = 2."""
    place = folder / "small.toml"
    lines = [f"{key} = {value}" for key, value in keys.items()]
    head = [line for line in HEAD.strip().splitlines() if line.partition(" ")[0] not in keys]
    place.write_text("\n".join([*head, *lines, text]))
    return place


def small_sweep(folder: Path, text: str = GRID, **keys: Any) -> Sweep:
    return load_sweep(sweep_file(folder, text, **keys))


def swept(folder: Path, text: str = GRID, threads: int = 1, **keys: Any) -> SweepResults:
    """A small sweep from beginning to end; its runs lie in the folder `runs`."""
    begun = begin(small_sweep(folder, text, **keys), folder / "runs")
    return load_sweep_results(resume(begun, ThreadExecutor(threads)))


def assert_same_rows(first: SweepResults, second: SweepResults) -> None:
    """Every row of both, sorted, is equal bit for bit."""
    keys = ["point", "psa_draw", "strategy"]
    frames = [one.frame().sort_values(keys, ignore_index=True) for one in (first, second)]
    pd.testing.assert_frame_equal(*frames, check_exact=True)
    pd.testing.assert_frame_equal(first.design(), second.design(), check_exact=True)
