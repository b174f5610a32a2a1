"""Indices and effects of functions whose truth is known, through the project's own designs, rows and analyses."""

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from toy_sweep import (
    STRATEGIES,
    factors,
    ishigami,
    ishigami_indices,
    sobol_g,
    sobol_g_indices,
    toy_money,
    toy_points,
    toy_rows,
    toy_sweep,
)

from sim.analysis.global_sensitivity import (
    WIDTH_95,
    elementary_effects,
    morris_effects,
    sobol_indices,
    whole_blocks,
)
from sim.analysis.grid_effects import grid_indices
from sim.experiments.sweep_design import design_points
from sim.experiments.sweep_frames import sweep_points
from sim.experiments.sweep_sensitivity import GAIN, sweep_sensitivity
from sim.inputs.factors import Factor
from sim.vocabulary.errors import InputError, RunError

SURE = 4.0  # standard errors
READ = 0.01  # indices are read to two decimals; of a tiny one the bootstrap knows the error badly
G_COEFFICIENTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])


def standard_errors(frame: pd.DataFrame, column: str) -> np.ndarray:
    return (frame[f"{column}_high"] - frame[f"{column}_low"]).to_numpy(float) / (2.0 * WIDTH_95)


def close(frame: pd.DataFrame, column: str, truth: np.ndarray, rounding: float = READ) -> None:
    """Within four of its own standard errors and what is not read anyway."""
    off = np.abs(frame[column].to_numpy(float) - truth)
    assert (off <= SURE * standard_errors(frame, column) + rounding).all(), (frame, truth)


def gains_of(sweep, function, **more):
    found = sweep_sensitivity(toy_points(sweep, function, **more), sweep.design, sweep.scenario.seed)
    return found, found.frame[found.frame["measure"] == GAIN]


@pytest.mark.parametrize("second_order", [False, True])
def test_ishigami_has_its_known_indices(seed, second_order):
    sweep = toy_sweep(factors(3, -np.pi, np.pi), seed, kind="saltelli", samples=1024, second_order=second_order)
    found, frame = gains_of(sweep, ishigami)
    first, total = ishigami_indices()
    close(frame, "first_order", first)
    close(frame, "total", total)
    assert standard_errors(frame, "first_order").max() < 0.05, "the intervals say something"
    assert np.abs(frame["total"].to_numpy() - total).max() < 0.05
    assert (found.blocks, found.lost, found.method) == (1024, 0, "saltelli")
    if second_order:
        pairs = found.second_order[found.second_order["measure"] == GAIN]
        close(pairs, "second_order", np.array([0.0, total[0] - first[0], 0.0]))


def test_the_g_function_of_sobol_has_its_known_indices(seed):
    sweep = toy_sweep(factors(8), seed, kind="saltelli", samples=2048)
    _, frame = gains_of(sweep, lambda x: sobol_g(x, G_COEFFICIENTS))
    first, total = sobol_g_indices(G_COEFFICIENTS)
    close(frame, "first_order", first)
    close(frame, "total", total)
    assert np.abs(frame["first_order"].to_numpy() - first).max() < 0.05
    assert list(frame["factor"]) == [f"x{n}" for n in range(8)]


def test_a_range_in_logarithms_has_the_indices_of_its_logarithm(seed):
    """The function of log(value) on a log range is the function of the unit on a linear one."""
    linear, log = factors(2), tuple(factors(2, 1.0, np.e**2)[n] for n in range(2))
    log = tuple(type(one)(**{**one.__dict__, "scale": "log"}) for one in log)
    _, one = gains_of(toy_sweep(linear, seed, kind="saltelli", samples=64), lambda x: x[:, 0] ** 2 + x[:, 1])
    _, two = gains_of(
        toy_sweep(log, seed, kind="saltelli", samples=64),
        lambda x: (np.log(x[:, 0]) / 2.0) ** 2 + np.log(x[:, 1]) / 2.0,
    )
    np.testing.assert_allclose(one["total"].to_numpy(float), two["total"].to_numpy(float), rtol=1e-9)


def test_intervals_are_about_as_wide_as_estimates_scatter_between_seeds(seed):
    """Of 24 seeds a standard deviation has a relative error of 15 %; four of them are allowed above. Scrambled Sobol
    points may scatter much less than the independent ones for which the bootstrap is."""
    found, told = [], []
    for one in range(24):
        sweep = toy_sweep(factors(3, -np.pi, np.pi), seed + one, kind="saltelli", samples=128)
        _, frame = gains_of(sweep, ishigami)
        found.append(frame[["first_order", "total"]].to_numpy(float))
        told.append([standard_errors(frame, "first_order"), standard_errors(frame, "total")])
    scatter = np.std(found, axis=0, ddof=1).T
    assert (scatter <= 1.6 * np.mean(told, axis=0) + READ).all()


def test_blocks_with_a_refused_point_are_left_out_and_counted(seed):
    sweep = toy_sweep(factors(3, -np.pi, np.pi), seed, kind="saltelli", samples=64)
    found, frame = gains_of(sweep, ishigami, refused=(7, 8, 100))
    assert (found.blocks, found.lost, found.points) == (64, 2, 62 * 5)
    points = toy_points(sweep, ishigami)
    values = np.delete(points.gain("zoledronate").reshape(64, 5), [1, 20], axis=0).ravel()
    direct = sobol_indices(pd.DataFrame({0: values}), ["x0", "x1", "x2"], seed).frame
    np.testing.assert_array_equal(frame["total"].to_numpy(float), direct["total"].to_numpy(float))


def test_an_output_that_never_varies_has_no_indices():
    outputs = pd.DataFrame({"flat": np.full(40, 3.0), "slope": np.arange(40.0)})
    frame = sobol_indices(outputs, ["a", "b", "c"], 1).frame.set_index("output")
    assert frame.loc["flat", "first_order"].isna().all()
    assert frame.loc["slope", "first_order"].notna().all()


def test_fewer_than_two_whole_blocks_say_nothing():
    outputs = pd.DataFrame({0: [1.0, 2.0, 3.0, np.nan, 1.0, 2.0, 3.0, 4.0]})
    found = sobol_indices(outputs, ["a", "b"], 1)
    assert (len(found.frame), found.blocks, found.lost) == (0, 2, 1)


def test_rows_that_are_no_whole_blocks_are_refused():
    with pytest.raises(InputError, match="no whole number of blocks of 4"):
        whole_blocks(pd.DataFrame({0: np.arange(10.0)}), 4)


def test_morris_finds_the_slopes_of_a_plane_and_no_spread(seed):
    """A straight line has the same effect everywhere: its slope times the range."""
    slopes = np.array([3.0, -2.0, 0.0, 0.5])
    sweep = toy_sweep(factors(4, 10.0, 30.0), seed, kind="morris", samples=10)
    found, frame = gains_of(sweep, lambda x: x @ slopes)
    assert found.blocks == 10
    np.testing.assert_allclose(frame["mu"].to_numpy(float), 20.0 * slopes, atol=1e-9)
    np.testing.assert_allclose(frame["mu_star"].to_numpy(float), 20.0 * np.abs(slopes), atol=1e-9)
    np.testing.assert_allclose(frame["sigma"].to_numpy(float), 0.0, atol=1e-9)
    assert frame["mu_star_high"].to_numpy(float) == pytest.approx(20.0 * np.abs(slopes))


def test_morris_sees_a_product_as_spread(seed):
    """The effect of either factor is the other one, which lies on four levels: mean 1/2, variance 5/36."""
    sweep = toy_sweep(factors(2), seed, kind="morris", samples=400)
    _, frame = gains_of(sweep, lambda x: x[:, 0] * x[:, 1])
    close(frame, "mu", np.full(2, 0.5), rounding=0.0)
    close(frame, "sigma", np.full(2, np.sqrt(5.0) / 6.0), rounding=0.0)
    assert standard_errors(frame, "sigma").max() < 0.02


def test_our_effects_are_those_of_salib(seed):
    sweep = toy_sweep(factors(3, -np.pi, np.pi), seed, kind="morris", samples=12)
    points = toy_points(sweep, ishigami)
    units = (points.design.to_numpy(float) + np.pi) / (2.0 * np.pi)
    effects = elementary_effects(units, points.gain("zoledronate"))
    _, frame = gains_of(sweep, ishigami)
    np.testing.assert_allclose(frame["mu"].to_numpy(float), effects.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(frame["mu_star"].to_numpy(float), np.abs(effects).mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(frame["sigma"].to_numpy(float), effects.std(axis=1, ddof=1), rtol=1e-12)


def test_a_refused_point_costs_morris_its_two_steps_only(seed):
    slopes = np.array([3.0, -2.0, 0.5])
    sweep = toy_sweep(factors(3), seed, kind="morris", samples=6)
    found, frame = gains_of(sweep, lambda x: x @ slopes, refused=(5,))
    assert (found.blocks, found.lost) == (6, 1)
    assert frame["steps"].sum() == 6 * 3 - 2
    np.testing.assert_allclose(frame["mu"].to_numpy(float), slopes, atol=1e-9)


def test_a_step_between_equal_levels_has_no_effect():
    """Three points, two factors; the second one stays at its only level."""
    points = np.array([[0.0, 0.5], [2 / 3, 0.5], [2 / 3, 0.5]] * 2)
    outputs = pd.DataFrame({0: [1.0, 3.0, 3.0, 1.0, 5.0, 5.0]})
    frame = morris_effects(points, outputs, ["a", "b"], 1).frame.set_index("factor")
    assert frame.loc["a", "mu"] == pytest.approx((2.0 + 4.0) / 2.0 * 1.5)
    assert frame.loc["b", "mu_star"] == 0.0


@pytest.mark.parametrize("levels", [4, 6])
@pytest.mark.parametrize("refused", [(), (5,)])
def test_a_quantity_has_the_same_effect_as_a_range_and_as_levels(seed, levels, refused):
    """Of x + 2 y + z the effects over whole ranges of 600 are 600, 1,200 and 600, however many levels stand for it."""
    varied = (
        replace(factors(1)[0], low=20.0, high=620.0),
        Factor("two", "parameter", "x1", levels=(100.0, 700.0), parameter="x1"),
        Factor("three", "parameter", "x2", levels=(100.0, 400.0, 700.0), parameter="x2"),
    )
    sweep = toy_sweep(varied, seed, kind="morris", samples=8, levels=levels)
    _, frame = gains_of(sweep, lambda x: x @ np.array([1.0, 2.0, 1.0]), refused=refused)
    for column in ("mu", "mu_star"):
        np.testing.assert_allclose(frame[column].to_numpy(float), [600.0, 1200.0, 600.0], rtol=1e-9)
    np.testing.assert_allclose(frame["sigma"].to_numpy(float), 0.0, atol=1e-6)


def test_what_varies_by_rounding_only_has_no_effects(seed):
    """Increments of 1e-14 between quantities of 14 are how their sums were rounded."""
    sweep = toy_sweep(factors(3), seed, kind="morris", samples=6)
    random = np.random.default_rng(seed)
    design = design_points(sweep)
    rows = toy_rows(random.normal(size=len(design)))
    noise = np.where(rows["strategy"] == "supportive", 0.0, random.normal(size=len(rows)) * 5e-15)
    rows["qalys_discounted"], rows["inc_qalys"] = 14.0 + noise, noise
    rows["life_years"] = 20.0 + noise
    points = sweep_points(
        [rows], design, sweep.factors, STRATEGIES, STRATEGIES[0], toy_money(len(design)), 0, ["life_years"]
    )
    frame = sweep_sensitivity(points, sweep.design, seed).frame
    for measure in ("incremental_qalys", "incremental_life_years"):
        assert (frame.loc[frame["measure"] == measure, ["mu_star", "sigma"]].to_numpy(float) == 0.0).all()
    assert (frame.loc[frame["measure"] == GAIN, "mu_star"] > 0.1).all()


def test_a_constant_that_is_rounded_differently_has_no_effects_and_no_shares(seed):
    random = np.random.default_rng(seed)
    outputs = pd.DataFrame({0: 80.0 + random.normal(size=16) * 1e-12})
    grid = pd.DataFrame([(a, b) for a in range(4) for b in range(4)], columns=["a", "b"])
    assert grid_indices(grid, outputs)[["first_order", "total"]].isna().all(axis=None)
    points = np.array([[0.0, 0.0], [2 / 3, 0.0], [2 / 3, 2 / 3]] * 4)
    found = morris_effects(points, outputs.iloc[:12], ["a", "b"], seed).frame
    assert (found[["mu", "mu_star", "sigma"]].to_numpy(float) == 0.0).all()


def test_a_full_grid_gives_the_analysis_of_variance(seed):
    """f = x + y z on -1 and 1 has the variance 2: one half is x alone, one half y and z together."""
    axes = [np.array([-1.0, 1.0])] * 3
    grid = pd.DataFrame(np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 3), columns=list("xyz"))
    shuffled = grid.sample(frac=1.0, random_state=seed).reset_index(drop=True)
    outputs = pd.DataFrame({0: shuffled["x"] + shuffled["y"] * shuffled["z"]})
    frame = grid_indices(shuffled, outputs)
    np.testing.assert_allclose(frame["first_order"].to_numpy(float), [0.5, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(frame["total"].to_numpy(float), [0.5, 0.5, 0.5], atol=1e-12)


def test_a_grid_with_a_hole_is_refused_and_goes_by_main_effects_instead(seed):
    varied = tuple(type(one)(**{**one.__dict__, "steps": 9}) for one in factors(2))
    sweep = toy_sweep(varied, seed, kind="grid")
    whole, _ = gains_of(sweep, lambda x: x[:, 0])
    holed, frame = gains_of(sweep, lambda x: x[:, 0], refused=(3,))
    assert (whole.method, holed.method, holed.points) == ("grid", "main_effects", 80)
    np.testing.assert_allclose(frame["first_order"].to_numpy(float), [1.0, 0.0], atol=0.02)
    with pytest.raises(InputError, match="not full"):
        grid_indices(pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 1]}), pd.DataFrame({0: [1.0, 2.0, 3.0]}))


@pytest.mark.parametrize("analyse", [sobol_indices, lambda *given: morris_effects(np.eye(3, 2), *given)])
def test_without_salib_one_line_says_what_to_install(monkeypatch, analyse):
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    outputs = pd.DataFrame({0: np.arange(12.0) if analyse is sobol_indices else np.arange(3.0)})
    with pytest.raises(RunError, match=r"needs SALib\. Install bmes-sim\[sweep\]\."):
        analyse(outputs, ["a", "b"], 1)
