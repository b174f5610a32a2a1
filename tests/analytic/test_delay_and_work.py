"""Delay and work at one site: closed forms against quadrature, limits, and the correlation that is asked for."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from sim.inputs.delay_and_work import DelayAndWork, score_correlation
from sim.inputs.entry_pain import mean_peak, mean_shape_at_diagnosis
from sim.inputs.latent import solve_work_median
from sim.inputs.lesion_hazards import solve_fracture, solve_osteonecrosis_hazard
from sim.vocabulary.enums import WorkLaw

LAW = DelayAndWork(2 / 12, 0.9, 5.8 / 12, 0.4, 0.8)
CORRELATIONS = (-0.8, -0.3, 0.0, 0.3, 0.8)

each_correlation = pytest.mark.parametrize("correlation", CORRELATIONS)
each_law = pytest.mark.parametrize("work_law", WorkLaw, ids=[law.name.lower() for law in WorkLaw])


def adaptive(integrand, *edges):
    """Sum of adaptive quadratures over consecutive pieces."""
    return sum(integrate.quad(integrand, *piece, epsabs=1e-13)[0] for piece in zip(edges, edges[1:], strict=False))


def test_delay_nodes_integrate_a_lognormal_moment_to_1e_12():
    delay, weight = LAW.delays()
    assert weight.sum() == pytest.approx(1.0, abs=1e-12)
    assert weight @ delay**1.5 == pytest.approx((2 / 12) ** 1.5 * math.exp(0.5 * (1.5 * 0.9) ** 2), rel=1e-12)


@each_correlation
def test_progress_of_correlated_lognormals_in_closed_form_equals_quadrature(correlation):
    """log p = log(u D / W) is normal; adaptive quadrature over it, and the solver's own over W, both to 1e-9."""
    law = replace(LAW, correlation=correlation)
    mean = math.log(0.8 * (2 / 12) / (5.8 / 12))
    sd = math.sqrt(0.9**2 + 0.4**2 - 2 * correlation * 0.9 * 0.4)
    for low, high in ((0.0, 0.15), (0.15, 0.5), (0.0, 1.0)):
        edges = (math.log(low) if low else mean - 12 * sd, math.log(high))
        share = adaptive(lambda log_p: stats.norm.pdf(log_p, mean, sd), *edges)
        part = adaptive(lambda log_p: math.exp(log_p) * stats.norm.pdf(log_p, mean, sd), *edges)
        assert law.progress_between(low, high) == pytest.approx((share, part), abs=1e-9)
        assert law.progress_by_quadrature(low, high) == pytest.approx((share, part), abs=1e-9)


@each_law
@each_correlation
def test_the_diagnosed_share_is_the_same_over_delays_and_over_work(work_law, correlation):
    law = replace(LAW, work_law=work_law, correlation=correlation)
    delay, weight = law.delays()
    assert law.diagnosed_share() == pytest.approx(weight @ law.work_exceeds(0.8 * delay, delay), abs=1e-9)
    assert law.diagnosed_nodes()[2].sum() == pytest.approx(law.diagnosed_share(), abs=1e-9)
    assert law.delay_at_most(1e9) == pytest.approx(law.diagnosed_share(), abs=1e-9)


@each_law
@each_correlation
def test_work_given_the_delay_averages_to_the_law_of_work(work_law, correlation):
    law = replace(LAW, work_law=work_law, correlation=correlation)
    delay, weight = law.delays()
    for years in (0.2, 5.8 / 12, 0.9):
        whole = replace(law, correlation=0.0).work_exceeds(np.array([years]), delay[:1])[0]
        assert weight @ law.work_exceeds(np.full(delay.shape, years), delay) == pytest.approx(whole, abs=1e-9)


@each_law
@each_correlation
def test_everybody_diagnosed_is_healed_later_than_at_time_zero(work_law, correlation):
    law = replace(LAW, work_law=work_law, correlation=correlation)
    assert law.resolved_later_than(1e-9) == pytest.approx(1.0, abs=1e-8)


@pytest.mark.parametrize("rank_correlation", [-0.9, -0.3, 0.0, 0.3, 0.9])
def test_normal_scores_get_the_rank_correlation_that_is_asked_for(rank_correlation, seed):
    """Spearman's coefficient of 200,000 pairs; its standard error by Bonett and Wright 2000."""
    pearson, people = score_correlation(rank_correlation), 200_000
    first, rest = np.random.default_rng([seed, 7]).standard_normal((2, people))
    second = pearson * first + math.sqrt(1 - pearson**2) * rest
    standard_error = (1 - rank_correlation**2) * math.sqrt((1 + rank_correlation**2 / 2) / (people - 3))
    assert abs(stats.spearmanr(first, second).statistic - rank_correlation) < 4 * standard_error


def test_without_rank_correlation_the_scores_have_exactly_none():
    assert score_correlation(0.0) == 0.0


@each_law
def test_without_delay_the_latent_median_is_the_observed_one(work_law):
    law = replace(LAW, delay_median_years=1e-9, work_law=work_law, correlation=0.3)
    assert solve_work_median(law, 0.5, "a test") == pytest.approx(0.5, rel=1e-6)


@each_law
@each_correlation
def test_the_mean_shape_equals_adaptive_quadrature_over_work(work_law, correlation):
    """Given the score of W, log p is normal: mean log(u D / W) plus the part of D's score that goes with W's."""
    law = replace(LAW, work_law=work_law, correlation=correlation)
    knots, levels = [0.0, 0.15, 0.5, 1.0], [0.5, 1.0, 1.0, 0.05]
    scores = {"lognormal": lambda z: 0.4 * z}
    k = math.pi / (math.sqrt(6) * 0.4)
    scores["weibull"] = lambda z: (math.log(-stats.norm.logsf(z)) - math.log(math.log(2))) / k
    shape = law.shape  # of the gamma; checked with the laws
    scores["gamma"] = lambda z: math.log(stats.gamma.ppf(stats.norm.cdf(z), shape) / stats.gamma.median(shape))
    log_work = scores[work_law.name.lower()]
    sd = 0.9 * math.sqrt(1 - correlation**2)
    x, x_weight = np.polynomial.legendre.leggauss(60)

    def given_score(z):
        mean = math.log(0.8 * (2 / 12) / (5.8 / 12)) - log_work(z) + 0.9 * correlation * z
        share = pain = 0.0
        edges = (mean - 10 * sd, math.log(0.15), math.log(0.5), 0.0)
        for low, high in zip(edges, edges[1:], strict=False):
            if high > low:
                log_p = (low + high) / 2 + (high - low) / 2 * x
                density = (high - low) / 2 * x_weight * stats.norm.pdf(log_p, mean, sd)
                share += density.sum()
                pain += density @ np.interp(np.exp(log_p), knots, levels)
        return pain * stats.norm.pdf(z), share * stats.norm.pdf(z)

    nodes, weights = np.polynomial.legendre.leggauss(80)
    sums = np.array([given_score(7.5 * z) for z in nodes]).T @ (7.5 * weights)
    assert mean_shape_at_diagnosis(law, (0.15, 0.5), (0.5, 0.05)) == pytest.approx(sums[0] / sums[1], abs=1e-8)


@pytest.mark.parametrize("divisor", [0.2, 0.5, 0.81, 1.0, 1.4])
def test_the_mean_peak_equals_adaptive_quadrature_over_entry_pain(divisor):
    law = stats.truncnorm((3.0 - 7.5) / 1.6, (10.0 - 7.5) / 1.6, 7.5, 1.6)
    knot = min(max(10 * divisor, 3.0), 10.0)
    expected = adaptive(lambda pain: min(10.0, pain / divisor) * law.pdf(pain), 3.0, knot, 10.0)
    assert mean_peak(divisor, 7.5, 1.6, 3.0) == pytest.approx(expected, abs=1e-9)


def test_without_new_fractures_all_fractures_are_there_at_onset():
    targets = np.array([0.33, 0.75])
    onset, hazard = solve_fracture(LAW, targets, 0.0, "a test")
    assert hazard == 0.0
    assert onset == pytest.approx(targets, abs=1e-12)


@each_law
def test_lesions_of_one_length_turn_at_the_hazard_of_an_exponential_clock(work_law):
    """Without spread of W (1 %) and with next to no delay: 1 - exp(-h W) = p."""
    law = replace(LAW, delay_median_years=1e-6, work_sigma=0.01, work_law=work_law)
    hazard = solve_osteonecrosis_hazard([law], np.ones(1), 0.05, "a test")
    assert hazard == pytest.approx(-math.log1p(-0.05) / (5.8 / 12), rel=3e-3)


def test_nothing_turns_at_probability_zero():
    assert solve_osteonecrosis_hazard([LAW], np.ones(1), 0.0, "a test") == 0.0
