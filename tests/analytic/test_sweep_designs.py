"""The layout of points: what each design promises, counted and recomputed."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.sweep_design import design_points, points_per_part, problem, size_of, unit_points
from sim.inputs.factors import Factor, checked_levels
from sim.inputs.scenario import load_scenario
from sim.inputs.sweeps import Design, Sweep

SCENARIO = load_scenario("base_case_uk", patients=500, strategies=["supportive", "zoledronate"])
PRICE = Factor("price", "parameter", "a", low=10.0, high=1000.0, steps=3, parameter="a")
LOG_PRICE = replace(PRICE, name="log price", scale="log", parameter="b")
HARMS = Factor("harms", "structure", "harms", levels=(True, False))
WEEKS = Factor("weeks", "strategy", "s.lines.1.start.from_weeks", levels=(6, 13, 26))
WHERE = Factor("where", "setting", "setting", levels=("uk", "nl"))
HORIZON = Factor("horizon", "scenario", "horizon_years", levels=(2, "lifetime"))
SITES = Factor("sites", "treatment", "t.sites", levels=(("hip",), ("hip", "knee")))


def sweep(design: dict[str, Any], *factors: Factor, **changes: Any) -> Sweep:
    base = Sweep("s", ("s.toml",), "S", "S?", SCENARIO, 0, ("cost_discounted",), Design(**design), factors)
    return replace(base, **changes)


def many(number: int) -> tuple[Factor, ...]:
    return tuple(Factor(f"x{n}", "parameter", f"x{n}", low=0.0, high=1.0, parameter=f"x{n}") for n in range(number))


def test_a_grid_holds_every_combination_once():
    points = design_points(sweep({"kind": "grid"}, PRICE, HARMS, WEEKS))
    found = set(points.itertuples(index=False, name=None))
    assert found == set(product([10.0, 505.0, 1000.0], [True, False], [6, 13, 26]))
    assert len(points) == 18
    assert points.index.tolist() == list(range(18))


def test_on_a_grid_what_is_loaded_changes_slowest_and_parameters_fastest():
    points = design_points(sweep({"kind": "grid"}, PRICE, WEEKS, WHERE))
    assert list(points) == ["price", "weeks", "where"]
    changes = {name: int((points[name] != points[name].shift()).sum()) for name in points}
    assert changes == {"where": 2, "weeks": 6, "price": 18}


def test_a_logarithmic_range_has_equal_ratios_and_exact_ends():
    points = design_points(sweep({"kind": "grid"}, replace(LOG_PRICE, steps=5)))["log price"].to_numpy()
    assert (points[0], points[-1]) == (10.0, 1000.0)
    np.testing.assert_allclose(points[1:] / points[:-1], 10.0**0.5, rtol=1e-14)


def test_columns_have_the_type_of_their_levels_and_lists_and_mixtures_are_texts():
    points = design_points(sweep({"kind": "grid"}, PRICE, HARMS, WEEKS, WHERE, HORIZON, SITES))
    assert [points[name].dtype.kind for name in ("price", "harms", "weeks")] == ["f", "b", "i"]
    assert set(points["horizon"]) == {"2", "lifetime"}
    assert set(points["sites"]) == {"hip", "hip + knee"}


@pytest.mark.parametrize("factor", [PRICE, LOG_PRICE, HARMS, WEEKS, WHERE, HORIZON, SITES], ids=lambda one: one.name)
def test_a_cell_that_went_through_a_file_leads_back_to_its_level(factor: Factor, tmp_path):
    points = design_points(sweep({"kind": "grid"}, replace(factor, steps=3 if factor.range else None)))
    points.to_parquet(tmp_path / "design.parquet")
    again = pd.read_parquet(tmp_path / "design.parquet")[factor.name]
    levels = [factor.level_of(cell) for cell in again]
    assert levels == (list(factor.levels) or points[factor.name].tolist())
    assert [type(level) for level in levels] == [type(level) for level in factor.levels or (1.0,) * 3]


def test_a_whole_number_among_other_columns_of_numbers_is_still_a_whole_number():
    points = design_points(sweep({"kind": "grid"}, PRICE, WEEKS))
    level = WEEKS.level_of(points.iloc[1]["weeks"])  # a row of numbers is a row of floating-point numbers
    assert (level, type(level)) == (6, int)


@given(st.integers(1, 12), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30))
def test_levels_cut_the_unit_interval_into_equal_pieces(count: int, units: list[float]):
    factor = Factor("k", "structure", "k", levels=tuple(range(count)))
    column = factor.at(np.array(units))
    for unit, level in zip(units, column, strict=True):
        # Left-closed pieces, but for what rounding does to an edge.
        assert level / count - 1e-9 <= unit <= (level + 1) / count + 1e-9
    assert factor.at(np.array([1.0])).tolist() == [count - 1]
    middles = factor.units_of(column)
    np.testing.assert_allclose(middles, (column.to_numpy() + 0.5) / count)


@given(st.floats(0.0, 1.0))
def test_a_place_in_a_range_leads_to_its_value_and_back(unit: float):
    for factor in (PRICE, LOG_PRICE):
        column = factor.at(np.array([unit]))
        assert 10.0 <= column[0] <= 1000.0
        np.testing.assert_allclose(factor.units_of(column), [unit], atol=1e-12)


def test_a_latin_hypercube_has_one_point_in_each_stratum_and_keeps_its_columns_when_a_factor_is_added():
    few, more = (unit_points(sweep({"kind": "latin_hypercube", "samples": 50}, *many(n))) for n in (3, 4))
    for column in more.T:
        assert sorted(np.floor(column * 50)) == list(range(50))
    np.testing.assert_array_equal(few, more[:, :3])


def test_sobol_points_fill_the_boxes_of_a_net():
    """The first 2^6 points of a scrambled sequence: one in each dyadic interval of length 2^-6 of each factor, and one
    in each box of 8 x 8 of the first two, whose direction numbers make a (0, m, 2)-net (Sobol 1967)."""
    units = unit_points(sweep({"kind": "sobol", "samples": 64}, *many(5)))
    for column in units.T:
        assert sorted(np.floor(column * 64)) == list(range(64))
    boxes = set(zip(*np.floor(units[:, :2] * 8).T, strict=True))
    assert len(boxes) == 64


def test_morris_trajectories_move_each_factor_once_by_the_same_step():
    count, samples, levels = 7, 12, 4
    units = unit_points(sweep({"kind": "morris", "samples": samples, "levels": levels}, *many(count)))
    assert units.shape == (samples * (count + 1), count)
    assert set(np.round(units.ravel() * 3, 9)) <= {0.0, 1.0, 2.0, 3.0}
    for trajectory in units.reshape(samples, count + 1, count):
        steps = np.diff(trajectory, axis=0)
        moved = np.abs(steps) > 1e-9
        assert (moved.sum(axis=1) == 1).all()
        assert (moved.sum(axis=0) == 1).all()
        np.testing.assert_allclose(np.abs(steps[moved]), levels / (2 * (levels - 1)))


def test_every_step_of_morris_changes_the_level_of_a_factor():
    factors = (*many(2), HARMS, WEEKS, replace(WEEKS, name="four", levels=(1, 2, 3, 4)))
    points = design_points(sweep({"kind": "morris", "samples": 40}, *factors))
    blocks = [points.iloc[first : first + 6] for first in range(0, len(points), 6)]
    for block in blocks:
        changes = sum((block[name].iloc[1:].to_numpy() != block[name].iloc[:-1].to_numpy()) for name in points)
        assert (np.asarray(changes) == 1).all()


@pytest.mark.parametrize("second_order", [False, True])
def test_saltelli_blocks_are_two_base_points_and_their_mixtures(second_order: bool):
    count, samples = 4, 16
    design = {"kind": "saltelli", "samples": samples, "second_order": second_order}
    asked = sweep(design, *many(count))
    units = unit_points(asked)
    size = 2 * count + 2 if second_order else count + 2
    assert len(units) == asked.points == samples * size
    for block in units.reshape(samples, size, count):
        first, last = block[0], block[-1]
        for place in range(count):
            mixed = np.where(np.arange(count) == place, last, first)
            np.testing.assert_array_equal(block[1 + place], mixed)
            if second_order:
                np.testing.assert_array_equal(block[1 + count + place], first + last - mixed)


@pytest.mark.parametrize(
    "design",
    [{"kind": kind, "samples": 8} for kind in ("latin_hypercube", "sobol", "morris", "saltelli")] + [{"kind": "grid"}],
    ids=lambda design: design["kind"],
)
def test_designs_repeat_and_their_size_is_known_before(design: dict[str, Any]):
    asked = sweep(design, PRICE, HARMS, WEEKS, draws=7)
    points = design_points(asked)
    assert points.equals(design_points(asked))
    size = size_of(asked)
    assert size.points == len(points)
    assert size.rows == len(points) * 7 * 2
    assert size.courses == size.rows * 500
    assert size.parts == -(-len(points) // points_per_part(asked))
    if design["kind"] != "grid":
        other = replace(asked, scenario=load_scenario("base_case_uk", seed=1))
        assert not points.equals(design_points(other))


@pytest.mark.parametrize(
    ("patients", "draws", "samples", "points"),
    [(1, 0, 2**16, 1000), (500, 0, 2**16, 500), (500, 5, 2**16, 100), (10**6, 0, 2**14, 1)],
)
def test_a_file_of_results_holds_about_half_a_million_courses(patients: int, draws: int, samples: int, points: int):
    scenario = SCENARIO.model_copy(update={"patients": patients})
    asked = sweep({"kind": "sobol", "samples": samples}, PRICE, draws=draws, scenario=scenario)
    assert points_per_part(asked) == points


def test_a_very_large_sweep_has_twenty_thousand_files_at_the_most():
    scenario = SCENARIO.model_copy(update={"patients": 10**6})
    asked = sweep({"kind": "sobol", "samples": 2**20}, PRICE, draws=0, scenario=scenario)
    assert points_per_part(asked) == 53  # 2^20 / 20,000, rounded up
    assert size_of(asked).parts == 19_785


def test_ten_thousand_small_points_are_few_files():
    asked = sweep({"kind": "latin_hypercube", "samples": 10_000}, *many(2))
    assert size_of(asked).parts <= 100


def test_analyses_see_every_factor_along_the_unit_interval():
    assert problem(sweep({"kind": "grid"}, PRICE, HARMS)) == {
        "num_vars": 2, "names": ["price", "harms"], "bounds": [[0.0, 1.0], [0.0, 1.0]]
    }  # fmt: skip


def test_levels_are_distinct_as_they_are_shown():
    assert checked_levels([1, 0.1, 0.1 + 2**-55]) == (1, 0.1, 0.1 + 2**-55)
    for levels in ([1, 1.0], [True, 1], ["true", True], ["a + b", ["a", "b"]]):
        with pytest.raises(ValueError, match="twice"):
            checked_levels(levels)
