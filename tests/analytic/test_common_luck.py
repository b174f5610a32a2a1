"""What common luck saves: constructed cases whose ratio is known, and the model itself against another way to count."""

import math

import numpy as np
import pytest

from sim.analysis.budget import MEASURES
from sim.experiments.common_luck import PAIRS, common_luck_saving, saving_frame
from sim.experiments.points import Point, evaluate
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import load_scenario
from sim.vocabulary.errors import InputError

STRATEGIES = ("a", "b")


def constructed(random: np.random.Generator, shared: float, own: float, pairs: int = PAIRS, batches: int = 64):
    """Batch means whose cost and effect hold chance that strategies share and chance of their own; all variances."""
    shape = (2 * pairs, 2, batches, 2)
    together = random.normal(0.0, math.sqrt(shared), (shape[0], 1, *shape[2:]))
    return together + random.normal(0.0, math.sqrt(own), shape) + 100.0 * random.normal(size=(1, 2, 1, 2))


def generator(seed: int, name: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, 100 + name]))


@pytest.mark.parametrize(("shared", "own"), [(9.0, 1.0), (99.0, 1.0), (0.0, 4.0)])
def test_the_ratio_is_the_share_of_chance_that_strategies_do_not_have_in_common(seed, shared, own):
    """By hand: 2 own / (2 own + 2 shared), whatever the measure; the increment of a patient has 10 x 2 own."""
    frame = saving_frame(constructed(generator(seed, 1), shared, own), 10, STRATEGIES, "a", 3.0)
    assert list(frame["measure"]) == list(MEASURES)
    for row in frame.to_dict("records"):
        assert abs(row["ratio"] - own / (own + shared)) < 4 * row["ratio_standard_error"]
        weight = 10.0 if row["measure"] == "net_benefit_gain" else 1.0  # 3^2 + 1
        count = 2 * PAIRS * 63
        assert row["variance_common"] == pytest.approx(10 * 2 * own * weight, rel=4 * math.sqrt(2 / count))
        assert row["variance_independent"] == pytest.approx(
            10 * 2 * (own + shared) * weight, rel=4 * math.sqrt(4 / count)
        )
        assert row["times_fewer_patients"] == 1 / row["ratio"]


def test_the_error_of_the_ratio_is_the_spread_of_repeated_measurements(seed):
    """300 measurements: their spread is known to 1 in sqrt(2 x 299), the mean of their errors better than that."""
    random = generator(seed, 2)
    frames = [saving_frame(constructed(random, 9.0, 1.0), 10, STRATEGIES, "a", 1.0).iloc[1] for _ in range(300)]
    spread = np.std([frame["ratio"] for frame in frames], ddof=1)
    errors = np.sqrt(np.mean([frame["ratio_standard_error"] ** 2 for frame in frames]))
    assert errors == pytest.approx(spread, rel=0.05 + 4 / math.sqrt(2 * 299))


def test_strategies_with_equal_courses_leave_no_chance_at_all(seed):
    means = np.repeat(generator(seed, 3).normal(20.0, 1.0, (8, 1, 64, 2)), 2, axis=1)
    for courses in (means, means * [[[1.0]], [[1 + 1e-15]]]):  # the last digits of a sum are no chance
        frame = saving_frame(courses, 10, STRATEGIES, "a", 1.0)
        assert (frame["ratio"] == 0.0).all()
        assert np.isinf(frame["times_fewer_patients"]).all()


def test_where_nothing_varies_there_is_no_ratio():
    frame = saving_frame(np.ones((8, 2, 64, 2)), 10, STRATEGIES, "a", 1.0)
    assert frame["ratio"].isna().all()


@pytest.fixture(scope="module")
def inputs():
    return gather(load_scenario("base_case_uk", strategies=("supportive", "zoledronate"), comparator="supportive"))


def test_two_ways_to_count_agree_on_what_the_model_saves(inputs, seed):
    """Independent luck makes variances add up: both are in the covariance of one run of other patients.

    Within 4 errors of the difference of two estimates of the same size.
    """
    frame = common_luck_saving(inputs, 5_120, seed, willingness_to_pay=25_000.0).set_index("measure")
    (result,) = evaluate(inputs, [Point(0, {}, luck=1_000)], 5_120, seed)
    for measure, places, weights in (
        ("incremental_cost", (0, 1), (1.0,)),
        ("incremental_effect", (2, 3), (1.0,)),
        ("net_benefit_gain", (0, 1, 2, 3), (-1.0, 25_000.0)),
    ):
        comparator = np.zeros(4)
        strategy = np.zeros(4)
        comparator[list(places[0::2])], strategy[list(places[1::2])] = weights, weights
        gain = strategy - comparator
        covariance = result.covariance
        apart = comparator @ covariance @ comparator + strategy @ covariance @ strategy
        ratio = gain @ covariance @ gain / apart
        row = frame.loc[measure]
        assert abs(row["ratio"] - ratio) < 4 * math.sqrt(2) * row["ratio_standard_error"]
        assert row["ratio"] < 0.1  # the same people under both strategies: that is what it is for


def test_the_measurement_repeats_on_any_number_of_threads(inputs, seed):
    one, two = (common_luck_saving(inputs, 5_120, seed, threads=threads) for threads in (1, 2))
    assert one.equals(two)


def test_too_few_patients_are_refused(inputs):
    with pytest.raises(InputError, match=r"5119 patients are too few\. Write a number not below 5120"):
        common_luck_saving(inputs, 5_119, 1)
