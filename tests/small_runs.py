"""Small runs of the shipped base case for tests of experiments, reports and commands."""

from typing import Any

import pandas as pd

from sim.experiments.results import Results
from sim.experiments.run import run
from sim.inputs.scenario import Scenario, load_scenario

STRATEGIES = ("supportive", "vitamin_d", "zoledronate", "core_decompression")
FRAMES = (
    "outcomes",
    "increments",
    "covariance",
    "incremental",
    "net_benefit",
    "curves",
    "occupancy",
    "adverse_events",
    "subgroups",
    "batches",
    "flows",
    "scan_threshold",
    "scan_threshold_curve",
    "patients",
    "history",
)


def small_scenario(seed: int, strategies: tuple[str, ...] = STRATEGIES) -> Scenario:
    return load_scenario("base_case_uk", strategies=strategies, comparator=strategies[0], patients=20, seed=seed)


def small_run(seed: int, strategies: tuple[str, ...] = STRATEGIES, **settings: Any) -> Results:
    """A run of few patients with everything kept."""
    return run(small_scenario(seed, strategies), **({"keep_patients": True, "keep_history": True} | settings))


def assert_same(first: Results, second: Results, frames: tuple[str, ...] = FRAMES) -> None:
    """Every number of these frames is equal bit for bit."""
    for name in frames:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True, obj=name)
