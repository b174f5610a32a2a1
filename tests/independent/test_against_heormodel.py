"""The analysis of probabilistic tables against heormodel, an implementation by others, on the same draws."""

import numpy as np
import pandas as pd
import pytest
from gaussian_psa import gaussian_table, random_covariance
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.incremental import incremental_analysis
from sim.analysis.psa_analysis import analyse

heormodel = pytest.importorskip("heormodel", reason="for tests only")
cea = pytest.importorskip("heormodel.cea")
voi = pytest.importorskip("heormodel.voi")
outcomes = pytest.importorskip("heormodel.models")

THRESHOLDS = [0.0, 5_000.0, 20_000.0, 30_000.0, 100_000.0]
STATUS = {"frontier": cea.STATUS_ND, "dominated": cea.STATUS_D, "extended": cea.STATUS_ED}


@pytest.fixture(scope="module", params=["three strategies", "eight strategies"])
def both(request, seed):
    """Our analysis and their outcomes, of 3,000 draws."""
    size = {"three strategies": 3, "eight strategies": 8}[request.param]
    rng = np.random.default_rng([seed, 50, size])
    steps = np.arange(size)
    means = np.concatenate([5000.0 + 400.0 * steps, 8.0 + 0.02 * rng.permutation(steps)])
    table = gaussian_table(rng, 3000, means, random_covariance(rng, size, 300.0, 0.02))
    frames = [pd.DataFrame(numbers, columns=list(table.strategies)) for numbers in (table.costs, table.effects)]
    return analyse(table, THRESHOLDS, THRESHOLDS, "a"), outcomes.Outcomes.from_wide(*frames)


def wide(frame, values):
    return frame.pivot_table(index="willingness_to_pay", columns="strategy", values=values)


def test_the_incremental_analysis_agrees(both):
    ours, theirs = both[0].incremental.set_index("strategy"), cea.icer_table(both[1])
    assert list(ours.index) == list(theirs.index)
    assert list(ours.status.map(STATUS)) == list(theirs.status)
    np.testing.assert_allclose(ours[["cost", "effect"]], theirs[["cost", "effect"]], rtol=1e-12)
    standing = ours.status == "frontier"
    np.testing.assert_allclose(ours.icer[standing], theirs.icer[standing], rtol=1e-9)


def test_acceptability_its_frontier_and_expected_loss_agree(both):
    analysis, their = both
    assert wide(analysis.acceptability, "probability").to_numpy() == pytest.approx(
        cea.ceac(their, THRESHOLDS).to_numpy(), abs=1e-12
    )
    assert wide(analysis.expected_loss, "loss").to_numpy() == pytest.approx(
        cea.expected_loss(their, THRESHOLDS).to_numpy(), rel=1e-9
    )
    frontier = cea.ceaf(their, THRESHOLDS)
    assert list(analysis.acceptability_frontier.strategy) == list(frontier.intervention)
    assert list(analysis.acceptability_frontier.probability) == pytest.approx(list(frontier.prob), abs=1e-12)


def test_the_value_of_perfect_information_agrees(both):
    theirs = voi.evpi(both[1], THRESHOLDS)
    np.testing.assert_allclose(both[0].evpi.evpi, theirs, rtol=1e-9, atol=1e-9)


def test_the_plane_agrees(both):
    theirs = cea.ce_plane(both[1], comparator="a")
    first = theirs[theirs.iteration == 0].set_index("intervention")
    ours = both[0].plane
    ours = ours[ours.psa_draw == 1].set_index("strategy").loc[first.index]
    np.testing.assert_allclose(ours.incremental_cost, first.inc_cost)
    np.testing.assert_allclose(ours.incremental_effect, first.inc_effect)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=2, max_size=7))
def test_the_frontier_agrees_with_ties_and_duplicates(points):
    """Small integers: exact in both."""
    names = [f"s{place}" for place in range(len(points))]
    means = pd.DataFrame(points, columns=["cost", "effect"], index=names).astype(float)
    ours = incremental_analysis(means.rename_axis("strategy").reset_index()).set_index("strategy")
    theirs = cea.icer_table(means)
    # Of equal points one stands for all; which one is a convention, so numbers are compared and not names.
    kept = [(row.cost, row.effect) for row in ours[ours.status == "frontier"].itertuples()]
    assert kept == [(row.cost, row.effect) for row in theirs[theirs.status == cea.STATUS_ND].itertuples()]
    for status, theirs_name in STATUS.items():
        assert (ours.status == status).sum() == (theirs.status == theirs_name).sum()
