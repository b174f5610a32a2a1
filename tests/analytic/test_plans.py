"""Size of an analysis: variances that are known, so that the plan can be worked out by hand and tried out."""

import math
from itertools import pairwise

import numpy as np
import pytest

from sim.analysis.budget import MEASURES, VarianceSplit, increment, variance_splits
from sim.analysis.plans import (
    LEAST_DRAWS,
    LEAST_PATIENTS,
    Speed,
    best_patients,
    best_plan,
    patients_alone,
    plan_at,
    plan_table,
    rounded_up,
)
from sim.analysis.psa_table import PsaTable
from sim.analysis.stopping import FIRST_LOOK, checkpoints, largest_error, precise_enough
from sim.analysis.variance import error_budget
from sim.vocabulary.errors import InputError

SPEED = Speed(seconds_per_draw=0.02, seconds_per_patient=2e-5)


def generator(seed: int, name: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, name]))


def known(strategy: str, parameters: float, patients: float, draws: int = 4) -> VarianceSplit:
    """A split whose variances are exactly these: of the parameters, and of one patient (in draws of 50)."""
    noise = np.full(draws, patients / 50)
    return VarianceSplit(strategy, 0.0, parameters + noise, noise, 50)


def sampled(random: np.random.Generator, draws: int, patients: int, parameters: float, within: float) -> PsaTable:
    """Two strategies; the gain of b over a at a willingness to pay of 1 varies by `parameters` between draws and by
    `within` between the patients of a draw. Half of either comes through costs; a has costs and effects of its own.
    """
    truth = random.normal(0.0, math.sqrt(parameters / 2), (draws, 2))
    each = random.normal(0.0, math.sqrt(within / 2), (draws, patients, 2))
    gain = truth[:, None, :] + each  # (draws, patients, [saving, effect])
    shared = random.normal(5.0, 3.0, (draws, patients, 2))
    numbers = np.stack(
        [shared[:, :, 0], shared[:, :, 0] - gain[:, :, 0], shared[:, :, 1], shared[:, :, 1] + gain[:, :, 1]], axis=-1
    )
    means = numbers.mean(axis=1)
    deviations = numbers - means[:, None, :]
    noise = np.einsum("kni,knj->kij", deviations, deviations) / (patients * (patients - 1))
    return PsaTable(("a", "b"), means[:, :2], means[:, 2:], noise=noise)


def test_the_split_finds_the_variances_it_was_made_with(seed):
    """Expected: the variances of the sampler. Errors of their estimates: the split's own, and 2 within^2 / (n K)."""
    draws, patients, parameters, within = 3_000, 40, 9.0, 400.0
    table = sampled(generator(seed, 1), draws, patients, parameters, within)
    (split,) = variance_splits(table, patients, "a", "net_benefit_gain", 1.0)
    assert abs(split.parameter_variance - parameters) < 4 * split.parameter_variance_error
    assert abs(split.patient_variance - within) < 4 * within * math.sqrt(2 / (draws * (patients - 1)))
    total = parameters + within / patients
    assert split.parameter_variance_error == pytest.approx(total * math.sqrt(2 / draws), rel=0.2)  # of a normal
    assert abs(split.variance_at(400) - (parameters + within / 400)) < 4 * split.variance_error_at(400)


def test_the_split_is_that_of_the_error_budget(seed):
    """The error budget comes to it by matrices of all costs and effects, the split by one increment a draw."""
    table = sampled(generator(seed, 7), 60, 20, 9.0, 400.0)
    budget = error_budget(table, "a", 1.0).query("strategy == 'b'").set_index("measure")
    for measure in MEASURES:
        (split,) = variance_splits(table, 20, "a", measure, 1.0)
        row = budget.loc[measure]
        assert split.mean == pytest.approx(row["mean"])
        assert split.parameter_variance == pytest.approx(row["parameter_variance"])
        assert split.patient_variance / 20 == pytest.approx(row["patient_variance"])
        assert math.sqrt(split.variance_at(20) / 60) == pytest.approx(row["standard_error_of_mean"])


def test_each_measure_has_the_share_of_the_variance_it_was_given(seed):
    table = sampled(generator(seed, 2), 2_000, 20, 8.0, 100.0)
    for measure in ("incremental_cost", "incremental_effect"):
        (split,) = variance_splits(table, 20, "a", measure)
        assert abs(split.parameter_variance - 4.0) < 4 * split.parameter_variance_error
        assert split.patient_variance == pytest.approx(50.0, rel=0.05)


def test_the_measures_are_differences_to_the_comparator_weighted_as_they_say():
    table = PsaTable(("a", "b"), np.array([[1.0, 5.0], [2.0, 8.0]]), np.array([[0.1, 0.4], [0.2, 0.3]]))
    assert increment(table, "b", "a", "incremental_cost").tolist() == [4.0, 6.0]
    assert increment(table, "b", "a", "incremental_effect") == pytest.approx([0.3, 0.1])
    assert increment(table, "b", "a", "net_benefit_gain", 20.0) == pytest.approx([2.0, -4.0])
    assert increment(table, "a", "b", "net_benefit_gain", 20.0) == pytest.approx([-2.0, 4.0])


def test_strategies_that_are_equal_have_no_variance_of_either_kind(seed):
    random = generator(seed, 3)
    numbers = np.repeat(random.normal(size=(50, 1)), 2, axis=1)
    noise = np.repeat(np.repeat(np.eye(2), 2, axis=0), 2, axis=1)[None] * random.uniform(1, 2, (50, 1, 1))
    (split,) = variance_splits(PsaTable(("a", "b"), numbers, numbers, noise=noise), 30, "a", willingness_to_pay=7.0)
    assert (split.parameter_variance, split.patient_variance) == (0.0, 0.0)
    plan, _ = best_plan([split], SPEED, 0.1)
    assert (plan.patients, plan.draws, plan.standard_error) == (LEAST_PATIENTS, LEAST_DRAWS, 0.0)


def test_the_last_digits_of_large_numbers_are_no_variance(seed):
    """Effects that differ by rounding only, as those of two strategies with equal courses do."""
    effects = generator(seed, 6).normal(20.0, 1.0, (50, 1)) * [[1.0, 1.0 + 4e-16]]
    noise = np.zeros((50, 4, 4))
    noise[:, 2:, 2:] = [[0.1, 0.1], [0.1, 0.1 + 1e-16]]
    (split,) = variance_splits(PsaTable(("a", "b"), effects, effects, noise=noise), 30, "a", "incremental_effect")
    assert (split.mean, split.parameter_variance, split.patient_variance) == (0.0, 0.0, 0.0)


def test_the_best_number_of_patients_is_that_of_two_stage_sampling():
    """By hand: sqrt(0.02 / 0.00002 * 4000 / 4) = 1000."""
    assert best_patients([known("b", 4.0, 4_000.0)], SPEED, 0.01) == pytest.approx(1_000.0)


@pytest.mark.parametrize(
    "splits",
    [
        [known("b", 4.0, 4_000.0)],
        [known("b", 9.0, 10.0)],
        [known("b", 0.5, 90_000.0)],
        [known("b", 4.0, 4_000.0), known("c", 1.0, 60_000.0)],
        [known("b", 4.0, 4_000.0), known("c", 0.0, 9_000.0), known("d", 3.9, 4_100.0)],
    ],
)
def test_no_other_number_of_patients_reaches_the_target_sooner(splits):
    """The time of every other number, in fractions of a draw, so that rounding hides nothing."""
    target = 0.02
    best = best_patients(splits, SPEED, target)

    def seconds(patients):
        draws = max(max(split.variance_at(patients) for split in splits) / target**2, LEAST_DRAWS)
        return draws * (SPEED.seconds_per_draw + patients * SPEED.seconds_per_patient)

    others = [LEAST_PATIENTS, *(best * factor for factor in (0.5, 0.9, 0.99, 1.01, 1.1, 2.0)), 10_000.0, 100_000.0]
    for patients in others:
        if patients >= LEAST_PATIENTS:
            assert seconds(best) <= seconds(patients) * (1 + 1e-12)
    assert seconds(best) < seconds(2 * best)


def test_of_several_increments_the_one_that_needs_most_decides():
    """By hand: the optimum of each alone is 1000 and 7746, their variances cross at 56000 / 3 patients."""
    splits = [known("b", 4.0, 4_000.0), known("c", 1.0, 60_000.0)]
    assert best_patients(splits, SPEED, 0.01) == pytest.approx(math.sqrt(60_000_000.0))
    assert plan_at(splits, SPEED, 0.01, 10_000).strategy == "c"
    assert plan_at(splits, SPEED, 0.01, 30_000).strategy == "b"
    steep = [known("b", 4.0, 4_000.0), known("c", 3.9, 5_000.0)]  # cross at 10000, beyond both optima (1000, 1132)
    assert best_patients(steep, SPEED, 0.01) == pytest.approx(math.sqrt(1_000 * 5_000 / 3.9))
    crossed = [known("b", 4.0, 40.0), known("c", 0.4, 4_000.0)]  # at 1100, between the optima 100 and 3162
    assert best_patients(crossed, SPEED, 0.01) == pytest.approx(3_960.0 / 3.6)


def test_a_target_that_few_draws_reach_takes_the_least_number_of_them():
    """By hand: 100 draws may have the variance 100 x 0.5^2 = 25 each, reached with 4000 / (25 - 4) patients or more."""
    split = known("b", 4.0, 40_000.0)
    plan, optimum = best_plan([split], SPEED, 0.5)
    assert optimum == pytest.approx(40_000 / 21)
    assert (plan.patients, plan.draws) == (2_000, 100)  # 1905 in round numbers
    assert plan.standard_error <= 0.5


def test_parameters_that_move_nothing_need_patients_only():
    """By hand: 100 draws, each of 40000 / (100 x 0.3^2) = 4444 patients."""
    plan, optimum = best_plan([known("b", 0.0, 40_000.0)], SPEED, 0.3)
    assert optimum == pytest.approx(40_000 / 9)
    assert (plan.draws, plan.patient_share) == (100, 1.0)


@pytest.mark.parametrize("target", [0.05, 0.11, 0.3, 2.0])
def test_a_plan_promises_the_target_or_less_in_each_row_of_the_table(target):
    splits = [known("b", 4.0, 4_000.0), known("c", 1.0, 60_000.0)]
    table = plan_table(splits, SPEED, target)
    assert (table["standard_error"] <= target).all()
    assert table["best"].sum() == 1
    assert table["patients"].is_monotonic_increasing
    assert (table["draws"].diff().dropna() <= 0).all()  # more patients in a draw never need more draws
    best = table[table["best"]].iloc[0]
    assert best["seconds"] == pytest.approx(best["draws"] * (0.02 + best["patients"] * 2e-5))
    assert best["seconds"] <= table["seconds"].min() * 1.15  # rounding to two digits costs up to a tenth, and more


def test_following_the_plan_gives_the_standard_error_it_promised(seed):
    """A pilot, its plan, and 400 analyses of that size: the spread of their means is the target, within 4 errors.

    The mean of n patients is drawn as such (its law is normal here), so that 400 analyses take no time. The error of
    the spread: 1 / sqrt(2 x 399) for the repeats, and half the relative error of the pilot's variance.
    """
    random, target = generator(seed, 4), 0.05
    pilot = sampled(random, 400, 30, 4.0, 900.0)
    splits = variance_splits(pilot, 30, "a", "net_benefit_gain", 1.0)
    plan, _ = best_plan(splits, SPEED, target)
    deviation = math.sqrt(4.0 + 900.0 / plan.patients)
    means = [random.normal(0.0, deviation, plan.draws).mean() for _ in range(400)]
    of_repeats = 1 / math.sqrt(2 * 399)
    of_pilot = splits[0].variance_error_at(plan.patients) / splits[0].variance_at(plan.patients) / 2
    assert np.std(means, ddof=1) == pytest.approx(plan.standard_error, rel=4 * math.hypot(of_repeats, of_pilot))
    needed = (4.0 + 900.0 / plan.patients) / target**2
    assert plan.draws_low < plan.draws < plan.draws_high
    assert needed / plan.draws == pytest.approx(1.0, abs=0.02 + 8 * of_pilot)


def test_a_run_without_draws_needs_the_variance_of_a_patient_over_the_square_of_the_target():
    assert patients_alone([known("b", 4.0, 4_000.0), known("c", 1.0, 60_000.0)], 2.0) == 15_000


@pytest.mark.parametrize(
    ("number", "rounded"), [(7.2, 8), (99.5, 100), (100.0, 100), (100.5, 110), (1_000.0, 1_000), (12_001, 13_000)]
)
def test_numbers_are_rounded_up_to_two_digits(number, rounded):
    assert rounded_up(number) == rounded


@pytest.mark.parametrize("draws", [2, 100, 128, 129, 1_000, 4_096, 100_000])
def test_looks_are_taken_after_doubled_numbers_of_draws_and_at_the_end(draws):
    looks = checkpoints(draws)
    assert looks[-1] == draws
    assert all(later == 2 * earlier for earlier, later in pairwise(looks[:-1]))
    assert all(earlier < later for earlier, later in pairwise(looks))
    assert looks[0] == min(FIRST_LOOK, draws)
    assert looks[:-1] == checkpoints(2 * draws)[: len(looks) - 1]  # a longer analysis looks at the same places


def test_the_rule_stops_exactly_where_the_largest_standard_error_meets_the_target():
    """By hand: gains of b are 0, 2, 4 and those of c 0, 1, 2; standard errors 2 / sqrt(3) and 1 / sqrt(3)."""
    effects = np.array([[1.0, 1.0, 1.0], [1.0, 3.0, 2.0], [1.0, 5.0, 3.0]])
    table = PsaTable(("a", "b", "c"), np.zeros((3, 3)), effects)
    error = 2 / math.sqrt(3)
    assert largest_error(table, "a", "incremental_effect", 0.0) == pytest.approx(error)
    assert precise_enough(table, "a", error * 1.000001, "incremental_effect")
    assert not precise_enough(table, "a", error * 0.999999, "incremental_effect")
    assert precise_enough(table, "a", error * 10.01, willingness_to_pay=10.0)  # the gain in net benefit by default
    assert not precise_enough(table, "a", error * 9.99, willingness_to_pay=10.0)
    assert largest_error(table, "c", "incremental_effect", 0.0) == pytest.approx(1 / math.sqrt(3))


def test_chance_that_all_draws_share_does_not_fall_with_their_number():
    """By hand: variance 4 / 3 of the draws' mean, and 0.5 + 0.7 of the patients that all have in common."""
    effects = np.array([[1.0, 1.0], [1.0, 3.0], [1.0, 5.0]])
    noise = np.zeros((3, 4, 4))
    noise[:, 2, 2], noise[:, 3, 3] = 0.5, 0.7
    own = PsaTable(("a", "b"), np.zeros((3, 2)), effects, noise=noise)
    assert largest_error(own, "a", "incremental_effect", 0.0) == pytest.approx(math.sqrt(4 / 3))
    told = PsaTable(("a", "b"), np.zeros((3, 2)), effects, shared_noise=noise[0])
    assert largest_error(told, "a", "incremental_effect", 0.0) == pytest.approx(math.sqrt(4 / 3 + 1.2))


def test_an_analysis_that_stops_by_itself_is_as_precise_as_it_was_asked_to_be(seed):
    """1000 analyses under the rule: the spread of their means is at most the target, within 4 errors of a spread.

    Looking early lets some stop too soon; at doubled numbers of draws the overshoot outweighs it.
    """
    random, target, means, sizes = generator(seed, 5), 0.07, [], []
    for _ in range(1_000):
        gains = random.normal(0.0, 1.0, 1_024)
        for look in checkpoints(len(gains)):
            effects = np.stack([np.zeros(look), gains[:look]], axis=1)
            if precise_enough(PsaTable(("a", "b"), effects * 0, effects), "a", target, "incremental_effect"):
                break
        means.append(gains[:look].mean())
        sizes.append(look)
    assert np.std(means) < target * (1 + 4 / math.sqrt(2 * 999))
    assert set(sizes) <= {128, 256, 512}  # 1 / 0.07^2 = 204 draws are needed
    assert sizes.count(128) <= 8  # a spread of 0.79 or less among 128: 3.3 errors away, 1 in 2000
    assert sizes.count(256) > 960  # of 1.12 or less among 256: 2.7 errors, 4 in 1000 are above


def test_bad_questions_are_refused_in_one_line():
    split = known("b", 1.0, 1.0)
    table = PsaTable(("a", "b"), np.zeros((2, 2)), np.ones((2, 2)))
    with_noise = PsaTable(("a", "b"), np.zeros((2, 2)), np.ones((2, 2)), noise=np.zeros((2, 4, 4)))
    for call, words in (
        (lambda: best_plan([split], SPEED, 0.0), "0 is no standard error"),
        (lambda: best_plan([split], SPEED, math.inf), "inf is no standard error"),
        (lambda: best_plan([], SPEED, 1.0), "no increment"),
        (lambda: Speed(0.1, 0.0), "takes no time"),
        (lambda: variance_splits(table, 10, "a"), "chance of each draw"),
        (lambda: variance_splits(with_noise, 0, "a"), "0 patients"),
        (lambda: increment(table, "b", "a", "profit"), "there is no measure 'profit'"),
        (lambda: increment(table, "b", "z", "incremental_cost"), "there is no strategy 'z'"),
        (lambda: precise_enough(table, "a", math.nan), "nan is no standard error"),
        (lambda: checkpoints(1), "1 draws have no spread"),
    ):
        with pytest.raises(InputError, match=words):
            call()
