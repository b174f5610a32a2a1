"""Shares of single factors and response surfaces, fitted to points of any design, against functions that are known."""

import numpy as np
import pandas as pd
import pytest
from analytic.test_global_sensitivity import close, gains_of
from scipy.stats import qmc
from toy_sweep import factors, ishigami, ishigami_indices, toy_sweep

from sim.analysis.main_effects import main_effects
from sim.analysis.response_surface import fit_surface, left_out_share, terms


def test_main_effects_of_a_latin_hypercube_are_first_order_indices(seed):
    sweep = toy_sweep(factors(3, -np.pi, np.pi), seed, kind="latin_hypercube", samples=2000)
    found, frame = gains_of(sweep, ishigami)
    first, _ = ishigami_indices()
    assert found.method == "main_effects"
    close(frame, "first_order", first, rounding=0.015)  # sin^2 on its range to the sixth degree: 97 % of its variance
    assert frame["total"].isna().all()


def test_a_factor_that_does_nothing_tells_nothing(seed):
    random = np.random.default_rng(seed)
    units = pd.DataFrame(random.uniform(size=(300, 20)), columns=[f"x{n}" for n in range(20)])
    outputs = pd.DataFrame({0: random.normal(size=300)})
    frame = main_effects(units, outputs)
    assert frame["first_order"].to_numpy(float).max() < 0.06  # the largest of 20 of chance


def test_choices_tell_the_variance_of_their_means(seed):
    """Four levels with means 0, 1, 2, 3 (variance 5/4) plus noise of variance 5/4: one half."""
    random = np.random.default_rng(seed)
    level = random.integers(4, size=4000)
    outputs = pd.DataFrame({0: level + random.normal(scale=np.sqrt(1.25), size=4000)})
    frame = main_effects(pd.DataFrame({"level": (level + 0.5) / 4.0}), outputs)
    close(frame, "first_order", np.array([0.5]))


def test_intervals_of_small_shares_hold_the_truth_and_have_a_width(seed):
    """Of a + 0.3 b + 0.15 c the shares are 1, 0.09 and 0.0225 over their sum. Of 60 designs 95 % are 57, with a
    standard deviation of 1.7; four of them are allowed below."""
    weights = np.array([1.0, 0.3, 0.15, 0.0])
    truth = weights**2 / np.sum(weights**2)
    held = np.zeros(4)
    for one in range(60):
        units = qmc.LatinHypercube(4, rng=1000 * seed + one).random(50)
        frame = main_effects(pd.DataFrame(units, columns=list("abcd")), pd.DataFrame({0: units @ weights}))
        low, high = frame["first_order_low"].to_numpy(float), frame["first_order_high"].to_numpy(float)
        held += (low <= truth) & (truth <= high)
        assert (high > low).all()
        assert (high[1:] - low[1:] > 0.01).all(), "fifty points cannot know a small share to one per cent"
    assert (held >= 50).all(), held


def test_a_surface_finds_a_polynomial_and_says_how_much_it_tells(seed):
    random = np.random.default_rng(seed)
    units = random.uniform(size=(500, 2))
    truth = 1.0 + 2.0 * units[:, 0] - 3.0 * units[:, 0] * units[:, 1] ** 2
    exact = fit_surface(units, truth)
    places = random.uniform(size=(50, 2))
    wanted = 1.0 + 2.0 * places[:, 0] - 3.0 * places[:, 0] * places[:, 1] ** 2
    np.testing.assert_allclose(exact.at(places), wanted, atol=1e-9)
    assert exact.told == pytest.approx(1.0, abs=1e-9)
    noisy = fit_surface(units, truth + random.normal(scale=truth.std(), size=500))
    assert noisy.told == pytest.approx(0.5, abs=0.1)
    assert fit_surface(units, random.normal(size=500)).told < 0.05


@pytest.mark.parametrize("sizes", [[5] * 12, [1] * 60, [31, 20, 7, 2]])
def test_leaving_out_a_block_is_fitting_without_it(seed, sizes):
    """Against least squares that are done anew without each block."""
    random = np.random.default_rng(seed)
    blocks = np.repeat(np.arange(len(sizes)), sizes)[random.permutation(60)]
    units, values = random.uniform(size=(60, 2)), random.normal(size=60)
    columns = terms(units, 1)
    wrong, whole = np.empty(60), np.empty(60)
    for one in range(len(sizes)):
        out = blocks == one
        found = np.linalg.lstsq(columns[~out], values[~out], rcond=None)[0]
        wrong[out], whole[out] = values[out] - columns[out] @ found, values[out] - values[~out].mean()
    told = left_out_share(columns, values[:, None], blocks)
    assert told[0] == pytest.approx(1.0 - np.sum(wrong**2) / np.sum(whole**2))


def test_a_trajectory_that_repeats_itself_is_no_proof_of_a_surface(seed):
    """Values that belong to trajectories and not to the two factors: points of a trajectory would tell one another."""
    random = np.random.default_rng(seed)
    blocks = np.repeat(np.arange(40), 31)
    units = random.integers(4, size=(40, 2)).repeat(31, axis=0) / 3.0
    values = random.normal(size=40).repeat(31)
    assert fit_surface(units, values).told > 0.05, "left out one by one they seem to be told"
    blocked = fit_surface(units, values, blocks)
    assert blocked.told < 0.25
    assert fit_surface(units[: 31 * 5], values[: 31 * 5], blocks[: 31 * 5]).degree == 0, (
        "five trajectories tell nothing"
    )
