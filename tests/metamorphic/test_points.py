"""A point of a parameter analysis is a run, reduced: same people, same luck, same numbers."""

import math

import numpy as np
import pytest
from small_runs import STRATEGIES, small_scenario

from sim.experiments.batches import batch_frame
from sim.experiments.points import Point, evaluate
from sim.experiments.run import run
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import with_overrides
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary.errors import InputError

SEED, PATIENTS = 71, 1500  # more than one block
WARMER = {"healing_median_months.hip": 7.0, "setting.unit_costs.zoledronate_5mg": 100.0}


@pytest.fixture(scope="module")
def inputs():
    return gather(small_scenario(SEED))


@pytest.fixture(scope="module")
def ordinary():
    return run(small_scenario(SEED), patients=PATIENTS)


def one(inputs, point, patients=PATIENTS, threads=1):
    (result,) = evaluate(inputs, [point], patients, SEED, threads)
    return result


def test_a_point_without_changes_is_the_ordinary_run(inputs, ordinary):
    found = one(inputs, Point(0, {}))
    assert found.patients == PATIENTS
    expected = ordinary.outcomes[list(OUTCOME_NAMES)].to_numpy()
    np.testing.assert_allclose(found.means, expected, rtol=1e-12, atol=1e-12)


def test_its_patient_noise_is_that_of_the_run(inputs, ordinary):
    covariance = one(inputs, Point(0, {})).covariance
    strategies = len(STRATEGIES)
    for outcome, offset in (("cost_discounted", 0), ("qalys_discounted", strategies)):
        levels = ordinary.outcomes[f"{outcome}_se"].to_numpy()
        np.testing.assert_allclose(np.sqrt(np.diag(covariance)[offset : offset + strategies]), levels, rtol=1e-10)
        for place, name in enumerate(STRATEGIES[1:], start=1):
            rows = ordinary.increments
            keys = (rows["strategy"] == name) & (rows["comparator"] == STRATEGIES[0]) & (rows["outcome"] == outcome)
            a, b = offset + place, offset
            paired = covariance[a, a] + covariance[b, b] - 2.0 * covariance[a, b]
            expected = float(rows[keys]["standard_error"].iloc[0])
            assert math.sqrt(max(paired, 0.0)) == pytest.approx(expected, rel=1e-6, abs=1e-7)


def test_its_batches_are_those_of_the_run(inputs, ordinary):
    frame = batch_frame(one(inputs, Point(0, {})).batches, list(STRATEGIES))
    np.testing.assert_allclose(frame["cost"], ordinary.batches["cost"], rtol=1e-12)
    np.testing.assert_allclose(frame["qalys"], ordinary.batches["qalys"], rtol=1e-12)


def test_values_laid_over_a_point_are_those_laid_over_a_scenario(inputs):
    scenario = with_overrides(small_scenario(SEED), patients=PATIENTS, parameters=WARMER)
    expected = run(scenario).outcomes[list(OUTCOME_NAMES)].to_numpy()
    np.testing.assert_allclose(one(inputs, Point(3, WARMER)).means, expected, rtol=1e-12, atol=1e-12)


def test_a_switch_of_a_point_is_that_of_a_scenario(inputs):
    structure = small_scenario(SEED).structure.model_dump() | {"decompression": "pain_only"}
    expected = run(with_overrides(small_scenario(SEED), patients=PATIENTS, structure=structure))
    found = one(inputs, Point(0, {}, structure={"decompression": "pain_only"}))
    np.testing.assert_allclose(found.means, expected.outcomes[list(OUTCOME_NAMES)].to_numpy(), rtol=1e-12, atol=1e-12)


def test_points_are_the_same_on_one_thread_and_on_two_and_in_their_order(inputs):
    points = [Point(number, WARMER if number % 2 else {}, luck=number) for number in range(7)]
    alone, together = (list(evaluate(inputs, points, 200, SEED, threads)) for threads in (1, 2))
    assert [result.number for result in together] == list(range(7))
    for first, second in zip(alone, together, strict=True):
        np.testing.assert_array_equal(first.means, second.means)
        np.testing.assert_array_equal(first.covariance, second.covariance)
        np.testing.assert_array_equal(first.batches.totals, second.batches.totals)


def test_other_luck_gives_other_people(inputs):
    first, second = (one(inputs, Point(0, {}, luck=luck), 200) for luck in (1, 2))
    assert not np.array_equal(first.means, second.means)


def test_values_that_contradict_each_other_are_refused_by_the_number_of_the_point(inputs):
    wrong = {"pain_peak_share_of_work_ratio": 0.9, "pain_decline_share_of_work_ratio": 0.2}
    with pytest.raises(InputError, match="pain_peak_share_of_work_ratio"):
        one(inputs, Point(4, wrong), 10)


def test_a_point_that_is_refused_is_drawn_again_and_counted(inputs):
    wrong = {"pain_peak_share_of_work_ratio": 0.9, "pain_decline_share_of_work_ratio": 0.2}
    asked = []

    def redraw(number, attempt):
        asked.append((number, attempt))
        return wrong if attempt < 3 else WARMER

    (found,) = evaluate(inputs, [Point(4, wrong, luck=9)], 100, SEED, 1, redraw=redraw)
    assert asked == [(4, 1), (4, 2), (4, 3)]
    assert (found.redrawn, found.values) == (3, WARMER)
    np.testing.assert_array_equal(found.means, one(inputs, Point(0, WARMER, luck=9), 100).means)
