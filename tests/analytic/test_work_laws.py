"""The laws of healing work have the median and the spread they are named by, and are those that the rules draw."""

import math

import numpy as np
import pytest
from latent_parameters import draw_work
from scipy import integrate, stats

from sim.disease.luck import gamma_quantile, lognormal_quantile, weibull_quantile
from sim.inputs.work_laws import exceedance_score, unit_median, work_at_score, work_exceeds, work_shape
from sim.vocabulary.enums import WorkLaw
from sim.vocabulary.errors import InputError

SIGMAS = (0.1, 0.4, 0.6, 1.2)
MEDIAN_YEARS = 0.64

each_law = pytest.mark.parametrize("law", WorkLaw, ids=[law.name.lower() for law in WorkLaw])
each_sigma = pytest.mark.parametrize("sigma", SIGMAS)


@each_law
@each_sigma
def test_half_of_all_work_is_above_the_median(law, sigma):
    assert work_exceeds(law, work_shape(law, sigma), MEDIAN_YEARS, MEDIAN_YEARS) == pytest.approx(0.5, abs=1e-12)


@each_law
@each_sigma
def test_the_log_of_work_has_the_standard_deviation_sigma(law, sigma):
    """With T = log(W / median): E[T] and E[T^2] as integrals of its two tails, by adaptive quadrature."""
    shape = work_shape(law, sigma)

    def tails(t):
        above = float(work_exceeds(law, shape, MEDIAN_YEARS, MEDIAN_YEARS * math.exp(t)))
        return above, 1.0 - float(work_exceeds(law, shape, MEDIAN_YEARS, MEDIAN_YEARS * math.exp(-t)))

    def integral(integrand):
        edges = np.array([0.0, 1.0, 3.0, 8.0, 20.0, 60.0]) * sigma
        pieces = zip(edges, edges[1:], strict=False)
        return sum(integrate.quad(integrand, *piece, epsabs=1e-12, epsrel=1e-12)[0] for piece in pieces)

    mean = integral(lambda t: tails(t)[0] - tails(t)[1])
    square = integral(lambda t: 2 * t * sum(tails(t)))
    assert math.sqrt(square - mean**2) == pytest.approx(sigma, rel=1e-9)


@each_law
@each_sigma
def test_shares_scores_and_quantiles_are_one_law(law, sigma):
    """Against SciPy's distributions, out to seven standard deviations on both sides."""
    shape, scores = work_shape(law, sigma), np.linspace(-7.0, 7.0, 29)
    work = work_at_score(law, shape, MEDIAN_YEARS, scores)
    middle = np.abs(scores) <= 5.0  # where SciPy's quantile of a share near 1 is exact enough
    assert work[middle] == pytest.approx(draw_work(law.name.lower(), MEDIAN_YEARS, sigma, scores[middle]), rel=1e-8)
    assert work_exceeds(law, shape, MEDIAN_YEARS, work) == pytest.approx(stats.norm.sf(scores), rel=1e-9)
    assert exceedance_score(law, shape, MEDIAN_YEARS, work) == pytest.approx(-scores, abs=1e-9)


@each_law
@each_sigma
@pytest.mark.parametrize("u", [1e-6, 0.2, 0.5, 0.9, 1 - 1e-6])
def test_the_quantiles_of_the_rules_give_the_same_work(law, sigma, u):
    shape = work_shape(law, sigma)
    scale = MEDIAN_YEARS / unit_median(law, shape)
    drawn = {
        WorkLaw.LOGNORMAL: lambda: lognormal_quantile(u, scale, shape),
        WorkLaw.GAMMA: lambda: scale * gamma_quantile(u, shape),
        WorkLaw.WEIBULL: lambda: weibull_quantile(u, shape, scale),
    }[law]()
    score = np.array([stats.norm.ppf(u)])
    assert drawn == pytest.approx(work_at_score(law, shape, MEDIAN_YEARS, score)[0], rel=1e-9)


def test_a_gamma_law_that_is_too_narrow_is_refused_with_a_repair():
    with pytest.raises(InputError, match=r"^healing_sigma: no gamma law .+ 0\.001\. Write a sigma between"):
        work_shape(WorkLaw.GAMMA, 0.001)
