"""Stand-ins for the results of a run: several strategies, a single one, and two that are level."""

from dataclasses import replace

import pytest
from report.results_stand_in import StandIn, results_for, small_model_inputs
from report.wider_stand_in import with_early_mri


@pytest.fixture(scope="session")
def four(tmp_path_factory: pytest.TempPathFactory) -> StandIn:
    """Four strategies: zoledronate is worth its cost, two doses cost more for less, later is in between."""
    inputs = small_model_inputs(tmp_path_factory.mktemp("four"), ("supportive", "zoledronate", "two_doses", "later"))
    extra_cost = {"supportive": 0.0, "zoledronate": 300.0, "two_doses": 900.0, "later": 200.0}
    extra_qalys = {"supportive": 0.0, "zoledronate": 0.05, "two_doses": 0.03, "later": 0.01}
    return results_for(inputs, extra_cost, extra_qalys)


@pytest.fixture(scope="session")
def level(tmp_path_factory: pytest.TempPathFactory) -> StandIn:
    """Two strategies that differ by chance only."""
    inputs = small_model_inputs(tmp_path_factory.mktemp("level"), ("supportive", "zoledronate"))
    nothing = dict.fromkeys(inputs.strategies, 0.0)
    return results_for(inputs, nothing, nothing, patients=60)


@pytest.fixture(scope="session")
def single(tmp_path_factory: pytest.TempPathFactory) -> StandIn:
    """One strategy alone."""
    inputs = small_model_inputs(tmp_path_factory.mktemp("single"), ("supportive",))
    return results_for(inputs, {"supportive": 0.0}, {"supportive": 0.0})


@pytest.fixture(scope="session")
def early(four: StandIn) -> StandIn:
    """As `four`, with a threshold analysis on scans per case."""
    return with_early_mri(four)


@pytest.fixture(scope="session")
def older(four: StandIn) -> StandIn:
    """As `four`, as a version without subgroups, moves and joints would have left it."""
    nothing = four.flows.iloc[:0]
    curves = four.curves[~four.curves["quantity"].str.startswith("joints_")]
    return replace(four, subgroups=nothing, flows=nothing, curves=curves)
