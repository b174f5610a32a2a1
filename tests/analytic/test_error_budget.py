"""How sure a probabilistic analysis is: the split of its variance, limits of ICERs, standard errors of means."""

import numpy as np
import pytest
from gaussian_psa import gaussian_table, random_covariance, root
from scipy import stats

from sim.analysis.convergence import convergence
from sim.analysis.draw_moments import draw_moments
from sim.analysis.icer_error import fieller, incremental_with_limits
from sim.analysis.patient_noise import without_noise
from sim.analysis.plane import ellipses, plane_points
from sim.analysis.psa_analysis import analyse
from sim.analysis.psa_table import PsaTable
from sim.analysis.variance import error_budget

MEANS = np.array([5000.0, 5600.0, 8.00, 8.03])
THRESHOLD = 20_000.0
GAIN = np.array([1.0, -1.0, -THRESHOLD, THRESHOLD])


def laws(seed):
    rng = np.random.default_rng([seed, 20])
    return random_covariance(rng, 2, 200.0, 0.01), random_covariance(rng, 2, 150.0, 0.01)


def test_the_variance_is_split_as_it_was_put_together(seed):
    """Known variances by parameters and by patients, 20,000 draws: each part within 4 standard errors of its truth.

    The standard error of a normal variance is sqrt(2 / draws) times it, here of the total of both.
    """
    parameters, noise = laws(seed)
    table = gaussian_table(np.random.default_rng([seed, 21]), 20_000, MEANS, parameters, noise)
    budget = error_budget(table, "a", THRESHOLD).set_index(["strategy", "measure"])
    weights = {
        ("b", "cost"): [0, 1, 0, 0],
        ("a", "effect"): [0, 0, 1, 0],
        ("b", "incremental_cost"): [-1, 1, 0, 0],
        ("b", "incremental_effect"): [0, 0, -1, 1],
        ("b", "net_benefit_gain"): GAIN,
    }
    for key, weight in weights.items():
        row, weight = budget.loc[key], np.array(weight, float)
        p, w = weight @ parameters @ weight, weight @ noise @ weight
        error = np.sqrt(2 / 20_000) * (p + w)
        assert abs(row.total_variance - (p + w)) < 4 * error, key
        assert abs(row.parameter_variance - p) < 4 * error, key
        assert row.patient_variance == pytest.approx(w), key
        assert row.patient_share == pytest.approx(w / (p + w), rel=4 * np.sqrt(2 / 20_000)), key
        assert row.standard_error_of_mean == pytest.approx(np.sqrt(row.total_variance / 20_000)), key
        assert abs(row["mean"] - weight @ MEANS) < 4 * row.standard_error_of_mean, key
    assert set(budget.index) == {*weights, ("a", "cost"), ("b", "effect")}


def test_of_a_table_without_noise_the_share_of_patients_is_not_known(seed):
    table = gaussian_table(np.random.default_rng([seed, 22]), 100, MEANS, laws(seed)[0])
    budget = error_budget(table, "a", THRESHOLD)
    assert budget.patient_variance.isna().all()
    assert budget.patient_share.isna().all()
    assert (budget.parameter_variance == budget.total_variance).all()


def test_the_parts_are_zero_where_nothing_varies(seed):
    """Equal effects in every draw: no spread, whatever rounding left of the noise of their difference."""
    rng = np.random.default_rng([seed, 23])
    effects = np.repeat(rng.normal(8, 0.1, (50, 1)), 2, axis=1)
    noise = np.diag([100.0, 100.0, 1e-4, 1e-4])
    noise[2, 3] = noise[3, 2] = 1e-4 * (1 - 1e-13)
    table = PsaTable(("a", "b"), rng.normal(5e3, 1e2, (50, 2)), effects, noise=np.broadcast_to(noise, (50, 4, 4)))
    row = error_budget(table, "a", THRESHOLD).set_index(["strategy", "measure"]).loc["b", "incremental_effect"]
    assert list(row[["total_variance", "patient_variance", "parameter_variance", "patient_share"]]) == [0.0] * 4


def test_noise_beyond_the_spread_leaves_no_negative_variance(seed):
    parameters, noise = laws(seed)
    table = gaussian_table(np.random.default_rng([seed, 24]), 20, MEANS, parameters * 1e-6, noise)
    budget = error_budget(table, "a", THRESHOLD)
    assert (budget.parameter_variance >= 0.0).all()
    assert budget.patient_share.between(0.0, 1.0).all()


def test_fieller_limits_by_hand():
    """cost 100 (variance 100), effect 1 (0.01), no covariance, quantile 2: 0.96 R^2 - 200 R + 9,600 = 0."""
    assert fieller(100.0, 1.0, 100.0, 0.01, 0.0, 2.0) == pytest.approx(
        [(100 - np.sqrt(10_000 - 0.96 * 9_600)) / 0.96, (100 + np.sqrt(10_000 - 0.96 * 9_600)) / 0.96]
    )
    assert np.isnan(fieller(100.0, 0.1, 100.0, 0.01, 0.0, 2.0)).all()  # the effect is 1 standard error from 0
    assert fieller(100.0, 1.0, 0.0, 0.0, 0.0, 2.0) == (100.0, 100.0)


def test_fieller_limits_hold_the_true_ratio_in_95_of_100_samples(seed):
    """4,000 samples of 40 Gaussian pairs, variances estimated, so by Student's quantile; within 4 standard errors."""
    rng = np.random.default_rng([seed, 25])
    pairs = np.array([600.0, 0.03]) + rng.standard_normal((4000, 40, 2)) @ np.array([[300.0, 0.01], [0.0, 0.03]])
    held = 0
    for sample in pairs:
        (c, e), covariance = sample.mean(axis=0), np.cov(sample, rowvar=False) / 40
        low, high = fieller(c, e, covariance[0, 0], covariance[1, 1], covariance[0, 1], stats.t.ppf(0.975, 39))
        held += low < 20_000 < high
    assert abs(held / 4000 - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 4000)


def test_limits_hold_the_true_icer_in_95_of_100_tables(seed):
    """150 tables of 40 draws with both sources of spread; the true ICER is 600 / 0.03 = 20,000. Within 4 errors.

    By Fieller and by bootstrap; percentiles of 40 draws fall a little short, by some 2 of 100.
    """
    rng = np.random.default_rng([seed, 34])
    parameters, noise = laws(seed)
    held = []
    for _ in range(150):
        table = gaussian_table(rng, 40, MEANS, parameters, noise)
        moments = draw_moments(table)
        row = incremental_with_limits(table, moments, moments).set_index("strategy").loc["b"]
        held.append([row.icer_fieller_low < 20_000 < row.icer_fieller_high,
                     row.icer_bootstrap_low < 20_000 < row.icer_bootstrap_high])  # fmt: skip
    share = np.mean(held, axis=0)
    error = np.sqrt(0.95 * 0.05 / 150)
    assert abs(share[0] - 0.95) < 4 * error
    assert 0.93 - 4 * error < share[1] < 0.95 + 4 * error


def test_the_two_kinds_of_limits_agree_where_there_are_many_draws(seed):
    """20,000 draws, which the bootstrap takes in 2,000 groups: limits within a tenth of their distance."""
    table = gaussian_table(np.random.default_rng([seed, 26]), 20_000, MEANS, *laws(seed))
    row = analyse(table, [], [THRESHOLD], "a").incremental.set_index("strategy").loc["b"]
    width = row.icer_fieller_high - row.icer_fieller_low
    assert width > 0
    assert abs(row.icer_fieller_low - row.icer_bootstrap_low) < 0.1 * width
    assert abs(row.icer_fieller_high - row.icer_bootstrap_high) < 0.1 * width
    assert row.icer_fieller_low < row.icer < row.icer_fieller_high


def test_limits_by_parameters_are_where_95_of_100_draws_have_decided(seed):
    """At the lower limit a share of 0.025 of the draws favours b, at the upper one 0.975; the effect is far from 0.

    Gaussian draws: the gain at the limit is 1.96 standard deviations from 0. The share has its binomial error.
    """
    rng = np.random.default_rng([seed, 27])
    parameters = random_covariance(rng, 2, 50.0, 0.003)
    table = gaussian_table(rng, 20_000, MEANS, parameters)
    row = analyse(table, [], [THRESHOLD], "a").incremental.set_index("strategy").loc["b"]
    for limit, expected in ((row.icer_parameters_low, 0.025), (row.icer_parameters_high, 0.975)):
        share = (table.net_benefit(limit) @ [-1.0, 1.0] > 0.0).mean()
        assert abs(share - expected) < 4 * np.sqrt(0.025 * 0.975 / 20_000)


def test_an_icer_that_is_not_there_has_no_limits(seed):
    """A dominated strategy has none; one whose effect cannot be told from 0 has no bound."""
    rng = np.random.default_rng([seed, 28])
    means = np.array([5000.0, 5100.0, 5200.0, 8.0, 8.0002, 7.0])
    table = gaussian_table(rng, 100, means, np.diag([1.0] * 3 + [0.1**2] * 3))
    frame = analyse(table, [], [THRESHOLD], "a").incremental
    limits = frame.filter(like="icer_")
    assert limits[frame.status == "dominated"].isna().all(axis=None)
    assert limits.isna().all(axis=None)


def test_ellipses_have_the_covariance_of_the_increments(seed):
    """Without noise they are the plain sample moments of the increments to any comparator."""
    table = gaussian_table(np.random.default_rng([seed, 29]), 500, MEANS, laws(seed)[0])
    row = ellipses(table, "b").iloc[0]
    cost, effect = -np.diff(table.costs)[:, 0], -np.diff(table.effects)[:, 0]
    expected = [cost.mean(), effect.mean(), cost.var(ddof=1), effect.var(ddof=1), np.cov(cost, effect)[0, 1]]
    names = ["mean_cost", "mean_effect", "cost_variance", "effect_variance", "covariance"]
    assert list(row[names]) == pytest.approx(expected, rel=1e-9)
    inside = plane_points(table, "b")
    assert len(inside) == 500
    assert list(inside.incremental_cost) == list(cost)


def test_the_95_percent_ellipse_holds_95_percent_of_the_draws(seed):
    """With noise taken out of both; the radius is sqrt(-2 ln 0.05). 10,000 draws, of which 1,000 are shown."""
    table = gaussian_table(np.random.default_rng([seed, 30]), 10_000, MEANS, *laws(seed))
    row, points = ellipses(table, "a").iloc[0], plane_points(table, "a")
    assert len(points) == 1000
    covariance = np.array([[row.cost_variance, row.covariance], [row.covariance, row.effect_variance]])
    away = points[["incremental_cost", "incremental_effect"]].to_numpy() - [row.mean_cost, row.mean_effect]
    distance = np.einsum("di,ij,dj->d", away, np.linalg.inv(covariance), away)
    assert abs((distance < -2 * np.log(0.05)).mean() - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 1000)


def test_means_are_as_sure_as_their_standard_errors_say(seed):
    """150 tables with both sources of spread and with luck that all draws share: every error of summary and gain."""
    rng = np.random.default_rng([seed, 31])
    parameters, noise = laws(seed)
    shared = noise / 100.0
    found = []
    for _ in range(150):
        table = gaussian_table(rng, 100, MEANS + root(shared) @ rng.standard_normal(4), parameters, noise)
        known = PsaTable(table.strategies, table.costs, table.effects, noise=table.noise, shared_noise=shared)
        row = error_budget(known, "a", THRESHOLD).set_index(["strategy", "measure"]).loc["b"]
        found.append([row["mean"], row.standard_error_of_mean])
    values = np.array(found)
    spread, claimed = values[:, 0].std(axis=0, ddof=1), values[:, 1].mean(axis=0)
    assert (abs(spread / claimed - 1) < 4 / np.sqrt(2 * 150)).all()


def test_every_frame_gives_the_same_errors_and_the_corrected_spread(seed):
    """summary, net_benefit, error_budget and the last step of convergence tell one story, shared luck included."""
    parameters, noise = laws(seed)
    table = gaussian_table(np.random.default_rng([seed, 32]), 1000, MEANS, parameters, noise)
    table = PsaTable(table.strategies, table.costs, table.effects, noise=table.noise, shared_noise=noise / 50.0)
    analysis = analyse(table, [0.0, THRESHOLD], [THRESHOLD, 30_000.0], "a")
    budget = analysis.error_budget.set_index(["strategy", "measure"])
    summary = analysis.summary.set_index("strategy").loc["b"]
    for measure in ("cost", "effect", "incremental_cost", "incremental_effect"):
        row = budget.loc["b", measure]
        assert summary[measure] == pytest.approx(row["mean"])
        assert summary[f"{measure}_standard_error"] == pytest.approx(row.standard_error_of_mean)
        middle = (summary[f"{measure}_high"] - summary[f"{measure}_low"]) / (2 * stats.norm.ppf(0.975))
        assert middle == pytest.approx(
            np.sqrt(row.parameter_variance), rel=0.2
        )  # 4 errors of a 2.5 % point, 1,000 draws
    gain = analysis.net_benefit.set_index(["strategy", "willingness_to_pay"]).loc["b", THRESHOLD]
    row = budget.loc["b", "net_benefit_gain"]
    assert [gain.gain, gain.gain_standard_error] == pytest.approx([row["mean"], row.standard_error_of_mean])
    last = analysis.convergence[analysis.convergence.strategy == "b"].iloc[-1]
    assert [last.draws, last.gain, last.standard_error] == pytest.approx(
        [1000, row["mean"], row.standard_error_of_mean], rel=1e-9
    )
    draws = without_noise(table).net_benefit(THRESHOLD) @ [-1.0, 1.0]
    assert [gain.gain_low, gain.gain_high] == pytest.approx(np.quantile(draws, [0.025, 0.975]))
    assert analysis.corrected


def test_convergence_is_the_plain_running_mean(seed):
    """Recomputed from the first draws, with cuts that do not fall on those of the chunks."""
    table = gaussian_table(np.random.default_rng([seed, 33]), 100_003, MEANS, laws(seed)[0])
    gains = table.net_benefit(THRESHOLD) @ [1.0, -1.0]
    frame = convergence(table, "b", THRESHOLD, steps=7)
    assert len(frame) == 7
    assert frame.draws.iloc[-1] == 100_003
    for row in frame.itertuples():
        first = gains[: row.draws]
        assert row.gain == pytest.approx(first.mean(), rel=1e-9, abs=1e-6)  # of net benefits of 160,000
        assert row.standard_error == pytest.approx(first.std(ddof=1) / np.sqrt(row.draws), rel=1e-9)
