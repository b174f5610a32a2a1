"""Acceptability, expected loss and EVPI of Gaussian strategies, against closed forms."""

import numpy as np
import pytest
from gaussian_psa import gain_law, gaussian_table, random_covariance, unit_normal_loss_evpi
from scipy import stats

from sim.analysis.acceptability import acceptability, acceptability_frontier
from sim.analysis.expected_loss import expected_loss
from sim.analysis.information import evpi
from sim.analysis.psa_table import PsaTable

MEANS = np.array([5000.0, 5600.0, 8.00, 8.03])
THRESHOLDS = (0.0, 10_000.0, 20_000.0, 50_000.0)


@pytest.fixture(scope="module")
def covariance(seed):
    return random_covariance(np.random.default_rng([seed, 1]), 2, cost_sd=300.0, effect_sd=0.02)


@pytest.fixture(scope="module")
def table(covariance, seed):
    return gaussian_table(np.random.default_rng([seed, 2]), 100_000, MEANS, covariance)


def test_evpi_of_two_strategies_is_the_unit_normal_loss(table, covariance):
    """Within 4 standard errors, and those no larger than a hundredth of what is at stake."""
    found = evpi(table, THRESHOLDS).set_index("willingness_to_pay")
    for threshold in THRESHOLDS:
        mean, sd = gain_law(MEANS, covariance, threshold)
        row = found.loc[threshold]
        assert abs(row.evpi - unit_normal_loss_evpi(mean, sd)) < 4 * row.se
        assert 0 < row.se < 0.01 * sd
        assert row.uncorrected == row.evpi


def test_acceptability_of_two_strategies_is_the_normal_distribution(table, covariance):
    """P(gain > 0) = Phi(mean / sd); within 4 standard errors."""
    found = acceptability(table, THRESHOLDS).set_index(["willingness_to_pay", "strategy"])
    for threshold in THRESHOLDS:
        mean, sd = gain_law(MEANS, covariance, threshold)
        row = found.loc[threshold, "b"]
        truth = stats.norm.cdf(mean / sd)
        assert abs(row.probability - truth) < 4 * row.standard_error
        assert row.standard_error == pytest.approx(np.sqrt(truth * (1 - truth) / 100_000), rel=0.05)


def test_expected_losses_differ_by_the_mean_gain_and_the_lesser_is_evpi(table, covariance):
    """E[max(0, G)] is lost by staying with the first: sd (phi + z Phi), z = mean / sd; E[max(0, -G)] by leaving it."""
    found = expected_loss(table, THRESHOLDS).set_index(["willingness_to_pay", "strategy"])
    best = evpi(table, THRESHOLDS).set_index("willingness_to_pay").evpi
    for threshold in THRESHOLDS:
        mean, sd = gain_law(MEANS, covariance, threshold)
        z = mean / sd
        stay, leave = found.loc[threshold, "a"], found.loc[threshold, "b"]
        truth = sd * (stats.norm.pdf(z) + z * stats.norm.cdf(z))
        assert abs(stay.loss - truth) < 4 * stay.standard_error
        assert abs(leave.loss - (truth - mean)) < 4 * leave.standard_error
        gain = table.net_benefit(threshold) @ [-1.0, 1.0]
        assert stay.loss - leave.loss == pytest.approx(gain.mean(), rel=1e-9)
        assert best[threshold] == min(stay.loss, leave.loss)


def test_the_frontier_follows_the_mean_and_not_the_probability():
    """Two draws in three favour a by 1, the third favours b by 10: b has the higher mean and a probability of 1/3."""
    costs = np.tile([[0.0, 1.0], [0.0, 1.0], [10.0, 0.0]], (10, 1))
    table = PsaTable(("a", "b"), costs, np.zeros_like(costs))
    row = acceptability_frontier(table, [20_000.0]).iloc[0]
    assert row.strategy == "b"
    assert row.probability == pytest.approx(1 / 3)
    assert evpi(table, [20_000.0]).evpi.iloc[0] == pytest.approx(2 / 3)  # b loses 1 in two draws of three


def test_strategies_alike_in_law_have_equal_chances(seed):
    """Four independent strategies of one law: 1/4 each; EVPI = sd x 1.02938, the mean largest of four normals."""
    covariance = np.diag([0.0] * 4 + [0.01**2] * 4)
    table = gaussian_table(np.random.default_rng([seed, 3]), 50_000, np.zeros(8), covariance)
    found = acceptability(table, [20_000.0])
    assert (abs(found.probability - 0.25) < 4 * found.standard_error).all()
    x = np.linspace(-9, 9, 20_001)
    largest = np.trapezoid(x * 4 * stats.norm.pdf(x) * stats.norm.cdf(x) ** 3, x)
    row = evpi(table, [20_000.0]).iloc[0]
    # The best of four equal means is chosen on the same draws: as much lower as the largest of four mean errors.
    assert abs(row.evpi - 200.0 * largest * (1 - 1 / np.sqrt(50_000))) < 4 * row.se


@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_small_values_survive_large_costs(offset):
    """Gains of +1 and -1 by turns on costs of a billion: EVPI 0.5, exactly."""
    costs = np.full((1000, 2), offset)
    costs[::2, 1] += 1.0
    costs[1::2, 1] -= 1.0
    row = evpi(PsaTable(("a", "b"), costs, np.ones_like(costs)), [20_000.0]).iloc[0]
    assert row.evpi == 0.5
    assert row.se == pytest.approx(0.5 / np.sqrt(999))


def test_standard_errors_are_those_seen_over_many_tables(covariance, seed):
    """300 tables of 400 draws: the spread of the estimates is the mean standard error, within 4 times its own error.

    Where the means are level that of EVPI is too large, so the threshold is away from there.
    """
    rng = np.random.default_rng([seed, 4])
    rows = []
    for _ in range(300):
        table = gaussian_table(rng, 400, MEANS, covariance)
        value, chance = evpi(table, [12_000.0]).iloc[0], acceptability(table, [12_000.0]).iloc[1]
        loss = expected_loss(table, [12_000.0]).iloc[0]
        rows.append([value.evpi, chance.probability, loss.loss, value.se, chance.standard_error, loss.standard_error])
    found = np.array(rows)
    spread, claimed = found[:, :3].std(axis=0, ddof=1), found[:, 3:].mean(axis=0)
    assert (abs(spread / claimed - 1) < 4 / np.sqrt(2 * 300)).all()
