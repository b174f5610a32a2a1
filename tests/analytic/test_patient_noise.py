"""Patient noise is taken out of a probabilistic analysis: known Gaussian noise on known Gaussian draws."""

import numpy as np
import pytest
from gaussian_psa import gain_law, gaussian_table, random_covariance, root, unit_normal_loss_evpi
from scipy import stats

from sim.analysis.acceptability import acceptability
from sim.analysis.decisions import decide
from sim.analysis.expected_loss import expected_loss
from sim.analysis.information import evpi
from sim.analysis.patient_noise import without_noise
from sim.analysis.plane import ellipses
from sim.analysis.psa_table import PsaTable

MEANS = np.array([5000.0, 5300.0, 8.00, 8.03])
THRESHOLD = 20_000.0


def numbers(table):
    return np.hstack([table.costs, table.effects])


def covariances(seed):
    """Parameters and noise of two strategies, the noise the larger."""
    rng = np.random.default_rng([seed, 10])
    return random_covariance(rng, 2, 200.0, 0.02), random_covariance(rng, 2, 300.0, 0.03)


@pytest.fixture(scope="module")
def laws(seed):
    return covariances(seed)


@pytest.fixture(scope="module")
def table(laws, seed):
    return gaussian_table(np.random.default_rng([seed, 11]), 10_000, MEANS, *laws)


def test_corrected_decisions_are_those_of_the_parameters_alone(table, laws):
    """EVPI, acceptability and losses agree with the closed forms within 4 standard errors; uncorrected they do not."""
    mean, sd = gain_law(MEANS, laws[0], THRESHOLD)
    value, truth = evpi(table, [THRESHOLD]).iloc[0], unit_normal_loss_evpi(mean, sd)
    assert abs(value.evpi - truth) < 4 * value.se
    assert value.uncorrected - truth > 4 * value.se
    chance = acceptability(table, [THRESHOLD]).set_index("strategy").loc["b"]
    assert abs(chance.probability - stats.norm.cdf(mean / sd)) < 4 * chance.standard_error
    assert abs(chance.uncorrected - stats.norm.cdf(mean / sd)) > 4 * chance.standard_error
    loss = expected_loss(table, [THRESHOLD]).set_index("strategy").loc["a"]
    assert abs(loss.loss - (truth + mean)) < 4 * loss.standard_error  # the gain is above 0: a is not the best


def test_the_covariance_left_is_that_between_draws_less_the_noise(table, laws):
    """An identity where the noise is the smaller in every direction; with the truth within 4 standard errors."""
    quiet = PsaTable(table.strategies, table.costs, table.effects, noise=table.noise * 0.01)
    kept = np.cov(numbers(without_noise(quiet)), rowvar=False)
    between = np.cov(numbers(quiet), rowvar=False)
    np.testing.assert_allclose(kept, between - 0.01 * laws[1], rtol=1e-9, atol=1e-9 * between.max())
    ellipse = ellipses(table, "a").iloc[0]
    cost = np.array([-1.0, 1.0, 0.0, 0.0])
    parameters, noisy = cost @ laws[0] @ cost, cost @ (laws[0] + laws[1]) @ cost
    assert abs(ellipse.cost_variance - parameters) < 4 * noisy * np.sqrt(2 / 10_000)


def test_means_stay_where_they_are(table):
    np.testing.assert_allclose(numbers(without_noise(table)).mean(axis=0), numbers(table).mean(axis=0), rtol=1e-12)


def test_a_table_without_noise_is_left_alone(table):
    clean = without_noise(table)
    assert without_noise(clean) is clean
    silent = PsaTable(table.strategies, table.costs, table.effects, noise=np.zeros_like(table.noise))
    np.testing.assert_allclose(numbers(without_noise(silent)), numbers(table), rtol=1e-10)


def test_units_and_order_do_not_matter(seed):
    """Pence for pounds, days for years, the strategies in another order, a sum of both: the result moves along."""
    rng = np.random.default_rng([seed, 12])
    means, size = np.concatenate([[5e3, 6e3, 7e3], [8.0, 8.1, 8.2]]), 3
    table = gaussian_table(rng, 300, means, random_covariance(rng, 3), random_covariance(rng, 3, 60.0, 0.005))
    clean = without_noise(table)
    order = [2, 0, 1]
    both = [*order, *(size + place for place in order)]
    moved = PsaTable(
        ("c", "a", "b"),
        table.costs[:, order] * 100.0,
        table.effects[:, order] * 365.25,
        noise=(table.noise[:, both][:, :, both] * np.outer(*[np.repeat([100.0, 365.25], size)] * 2)),
    )
    np.testing.assert_allclose(without_noise(moved).costs, clean.costs[:, order] * 100.0, rtol=1e-9)
    np.testing.assert_allclose(without_noise(moved).effects, clean.effects[:, order] * 365.25, rtol=1e-9)
    # Costs of a strategy and of one that is the mean of two others: the noise of a sum is that of its terms.
    mix = np.kron(np.eye(2), np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0]]))
    mixed = numbers(table) @ mix.T
    mixed_noise = mix @ table.noise @ mix.T
    result = without_noise(PsaTable(table.strategies, mixed[:, :size], mixed[:, size:], noise=mixed_noise))
    np.testing.assert_allclose(numbers(result), numbers(clean) @ mix.T, rtol=1e-9)


def test_differences_that_are_always_zero_stay_exactly_zero(seed):
    """Equal strategies, equal effects of unequal costs, constant numbers: no division by a spread that is not there."""
    rng = np.random.default_rng([seed, 13])
    draws = 200
    costs = rng.normal(5000, 300, (draws, 5))
    effects = np.repeat(rng.normal(8, 0.1, (draws, 1)), 5, axis=1)
    effects[:, 2] += rng.normal(0, 0.01, draws)
    effects[:, 3] = effects[:, 2]
    costs[:, 1] = costs[:, 0]
    costs[:, 4] = 1234.5
    spread = np.concatenate([[50.0] * 4, [0.0], [0.02] * 5])
    noise = np.broadcast_to(np.outer(spread, spread) * (0.5 + 0.5 * np.eye(10)), (draws, 10, 10))
    clean = without_noise(PsaTable(tuple("abcde"), costs, effects, noise=noise))
    assert (clean.costs[:, 1] == clean.costs[:, 0]).all()
    assert (clean.effects[:, [1, 4]] == clean.effects[:, [0]]).all()
    assert (clean.effects[:, 3] == clean.effects[:, 2]).all()
    np.testing.assert_allclose(clean.costs[:, 4], 1234.5, rtol=1e-12)
    assert np.isfinite(numbers(clean)).all()
    assert clean.costs[:, 2].std() < costs[:, 2].std()


def test_differences_that_are_rounding_stay_rounding(seed):
    """Effects equal but for some units in the last place are not blown up."""
    rng = np.random.default_rng([seed, 14])
    effects = np.repeat(rng.normal(8, 0.1, (500, 1)), 2, axis=1)
    effects[:, 1] *= 1.0 + rng.choice([-2e-16, 0.0, 3e-16], 500)
    noise = np.broadcast_to(np.diag([2500.0, 2500.0, 0.0, 0.0]) + 4e-4 * np.pad(np.ones((2, 2)), (2, 0)), (500, 4, 4))
    clean = without_noise(PsaTable(("a", "b"), rng.normal(5000, 300, (500, 2)), effects, noise=noise))
    assert abs(clean.effects[:, 1] - clean.effects[:, 0]).max() < 1e-13


def test_where_all_spread_is_noise_hardly_any_value_of_information_is_left(seed):
    """Eight strategies that do not differ, 1,000 draws: cutting negative variances alone would leave a fifth of it."""
    rng = np.random.default_rng([seed, 15])
    noise = random_covariance(rng, 8, 100.0, 0.01)
    means = np.repeat([5000.0, 8.0], 8)
    values = [evpi(gaussian_table(rng, 1000, means, np.zeros((16, 16)), noise), [THRESHOLD]).iloc[0] for _ in range(10)]
    left = np.array([value.evpi / value.uncorrected for value in values])
    assert left.mean() < 0.1


def test_the_variance_left_is_right_on_average_though_none_is_negative(seed):
    """40 tables of 60 draws, parameters in 2 of 8 directions: what is cut from some is not left over in others.

    The trace of P in units of the noise, W = 1, is 2 x 4 = 8; its estimate has the mean 8 (9 if eigenvalues were only
    cut), and the standard error of the mean of 40 is known from their spread.
    """
    rng = np.random.default_rng([seed, 16])
    parameters = np.diag([4.0, 4.0, 0, 0, 0, 0, 0, 0])
    traces = []
    for _ in range(40):
        table = gaussian_table(rng, 60, np.zeros(8), parameters, np.eye(8))
        traces.append(np.trace(np.cov(numbers(without_noise(table)), rowvar=False)))
    assert abs(np.mean(traces) - 8.0) < 4 * np.std(traces, ddof=1) / np.sqrt(40)


def test_standard_errors_hold_what_the_correction_costs(seed):
    """100 tables of 320 draws, half of the spread noise: their spread is the mean standard error, within 4 of its own.

    A jackknife of 32 blocks errs by a factor that is itself seen in the mean of 100; without noise in the sum, as
    counting draws alone would have it, the errors of EVPI would come out too small.
    """
    rng = np.random.default_rng([seed, 17])
    parameters, noise = covariances(seed)
    found, naive = [], []
    for _ in range(100):
        table = gaussian_table(rng, 320, MEANS, parameters, noise)
        decisions, plain = decide(table, [THRESHOLD]), decide(without_noise(table), [THRESHOLD])
        found.append(
            [
                decisions.evpi[0], decisions.probability[0, 1], decisions.loss[0, 0],
                decisions.evpi_error[0], decisions.probability_error[0, 1], decisions.loss_error[0, 0],
            ]
        )  # fmt: skip
        naive.append([plain.evpi_error[0], plain.probability_error[0, 1], plain.loss_error[0, 0]])
    values = np.array(found)
    spread, claimed = values[:, :3].std(axis=0, ddof=1), values[:, 3:].mean(axis=0)
    assert (abs(spread / claimed - 1) < 4 / np.sqrt(2 * 100)).all(), spread / claimed
    assert (spread / np.mean(naive, axis=0) > 1).all()


def test_shared_luck_is_an_error_of_the_decision_and_not_of_the_spread(seed):
    """The same patients in all draws: each table is moved as a whole. 150 tables; errors as they are seen."""
    rng = np.random.default_rng([seed, 18])
    parameters, noise = covariances(seed)
    shared = noise / 25.0
    found = []
    for _ in range(150):
        moved = MEANS + root(shared) @ rng.standard_normal(4)
        table = gaussian_table(rng, 2000, moved, parameters)
        known = PsaTable(table.strategies, table.costs, table.effects, shared_noise=shared)
        with_it, without = decide(known, [THRESHOLD]), decide(table, [THRESHOLD])
        assert with_it.evpi[0] == without.evpi[0]
        found.append(
            [with_it.probability[0, 1], with_it.loss[0, 0], with_it.probability_error[0, 1], with_it.loss_error[0, 0],
             without.loss_error[0, 0]]
        )  # fmt: skip
    values = np.array(found)
    spread, claimed = values[:, :2].std(axis=0, ddof=1), values[:, 2:].mean(axis=0)
    assert (abs(spread / claimed[:2] - 1) < 4 / np.sqrt(2 * 150)).all()
    assert spread[1] > 2 * claimed[2]
