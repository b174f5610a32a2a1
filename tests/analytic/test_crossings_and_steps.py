"""Where a gain crosses zero, what an ICER means, and the error of a gain, against closed forms."""

import math

import numpy as np
import pytest

from sim.analysis.crossing import SURE, crossings
from sim.analysis.steps import DOMINANT, DOMINATED, GAINED, NONE, SAVED, gain_error, icer_of, ranked

GRID = [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
CLOSE = 5e-4  # the crossing is looked for to 1e-5 of the range of 10, and its limits start two such steps beside it


@pytest.mark.parametrize(("slope", "at"), [(3.0, 4.7), (-0.5, 1.1), (200.0, 9.99), (1.0, 4.0)])
def test_a_straight_gain_crosses_where_its_formula_says_with_the_interval_of_its_error(slope, at):
    error = 0.01 * abs(slope)
    (found,) = crossings(lambda value: [(slope * (value - at), error)], GRID)
    assert found.value == pytest.approx(at, abs=CLOSE)
    assert found.rises == (slope > 0)
    assert found.low == pytest.approx(at - SURE * 0.01, abs=CLOSE)
    upper = at + SURE * 0.01
    assert found.high == pytest.approx(upper, abs=CLOSE) if upper <= 10.0 else math.isnan(found.high)


def test_a_curved_gain_has_a_skewed_interval():
    (found,) = crossings(lambda value: [(math.log(value / 3.0), 0.2)], [1.0, 2.0, 5.0, 8.0])
    expected = [3.0, 3.0 * math.exp(-SURE * 0.2), 3.0 * math.exp(SURE * 0.2)]
    assert [found.value, found.low, found.high] == pytest.approx(expected, abs=CLOSE)


def test_every_crossing_is_found_and_a_limit_beyond_the_range_is_left_open():
    found = crossings(lambda value: [((value - 3.0) * (value - 7.0), 0.5)], GRID)
    assert [one.value for one in found] == pytest.approx([3.0, 7.0], abs=CLOSE)
    assert [one.rises for one in found] == [False, True]
    (wide,) = crossings(lambda value: [(value - 5.0, 100.0)], GRID)
    assert math.isnan(wide.low)
    assert math.isnan(wide.high)


def test_a_gain_without_change_of_sign_has_no_crossing():
    assert crossings(lambda value: [(value + 1.0, 5.0)], GRID) == []
    assert crossings(lambda _: [(0.0, 0.0)], GRID) == []
    assert crossings(lambda value: [(value, 1.0)], [3.0]) == []


def test_where_the_gain_jumps_each_side_has_the_limit_of_its_own_error():
    (found,) = crossings(lambda value: [(-5.0, 1.0) if value < 4.5 else (5.0, 20.0)], GRID)
    assert found.value == pytest.approx(4.5, abs=CLOSE)
    assert found.low == pytest.approx(4.5, abs=CLOSE)  # clearly negative to the very jump
    assert math.isnan(found.high)  # nothing above it is clear


def test_a_rival_that_is_known_well_does_not_end_the_interval_of_one_that_is_not():
    """Above 6 the well known rival is the nearer one, but the other may still be the stronger in truth."""
    well_known = (1.0, 0.01)
    (found,) = crossings(lambda value: [(value - 5.0, 1.0), well_known], GRID)
    assert [found.value, found.low, found.high] == pytest.approx([5.0, 5.0 - SURE, 5.0 + SURE], abs=CLOSE)
    (wide,) = crossings(lambda value: [(value - 5.0, 3.0), well_known], GRID)
    assert math.isnan(wide.low)
    assert math.isnan(wide.high)


def test_one_rival_that_is_surely_better_is_enough_to_be_outside():
    rivals = [lambda value: (value - 5.0, 0.5), lambda value: (2.0 * value - 9.0, 9.0)]
    (found,) = crossings(lambda value: [rival(value) for rival in rivals], GRID)
    assert found.low == pytest.approx(5.0 - SURE * 0.5, abs=CLOSE)
    assert math.isnan(found.high)  # the other one may be better up to (9 + 9 x 1.96) / 2


@pytest.mark.parametrize("others", [[], [(0.3, 1e-3)]])
def test_the_interval_covers_the_true_crossing_as_often_as_it_says(seed, others):
    repeats, at, error = 2000, 5.0, 0.4
    luck = np.random.Generator(np.random.Philox(seed)).normal(0.0, error, repeats)
    covered = 0
    for noise in luck:  # common luck moves the gain at all values alike
        (found,) = crossings(lambda value, noise=noise: [(value - at + noise, error), *others], GRID)
        covered += found.low <= at <= found.high
    standard_error = math.sqrt(0.95 * 0.05 / repeats)
    assert abs(covered / repeats - 0.95) < 4 * standard_error


@pytest.mark.parametrize(
    ("cost", "effect", "ratio", "meaning"),
    [
        (600.0, 0.03, 20_000.0, GAINED),
        (-600.0, -0.03, 20_000.0, SAVED),
        (-600.0, 0.03, math.nan, DOMINANT),
        (0.0, 0.03, math.nan, DOMINANT),
        (-600.0, 0.0, math.nan, DOMINANT),
        (600.0, -0.03, math.nan, DOMINATED),
        (600.0, 1e-13, math.nan, DOMINATED),
        (1e-9, -0.03, math.nan, DOMINATED),
        (1e-9, -1e-13, math.nan, NONE),
    ],
)
def test_a_ratio_is_given_where_it_means_something_and_named_after_its_quadrant(cost, effect, ratio, meaning):
    found, said = icer_of(cost, effect)
    assert said == meaning
    assert found == pytest.approx(ratio, nan_ok=True)


def test_the_error_of_a_gain_is_that_of_the_differences_within_patients(seed):
    numbers = np.random.Generator(np.random.Philox(seed)).normal(size=(50, 6)) @ np.triu(np.ones((6, 6)))
    costs, effects = numbers[:, :3] * 100.0, numbers[:, 3:]
    covariance = np.cov(np.hstack([costs, effects]).T) / len(numbers)
    gains = 2000.0 * (effects[:, 2] - effects[:, 0]) - (costs[:, 2] - costs[:, 0])
    expected = gains.std(ddof=1) / math.sqrt(len(gains))
    assert gain_error(covariance, 2, 0, 2000.0) == pytest.approx(expected, rel=1e-9)
    assert gain_error(covariance, 1, 1, 2000.0) == 0.0


def test_of_equal_strategies_the_earlier_is_best_and_rounding_is_no_lead():
    costs, effects = np.array([100.0, 100.0 - 1e-10, 50.0]), np.array([1.0, 1.0, 0.0])
    assert ranked(costs, effects, 1000.0) == (0, 1, 0.0)
    assert ranked(costs, effects, 10.0) == (2, 0, 40.0)
