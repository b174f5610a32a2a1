"""The compiled quantile functions against scipy.stats, from 1e-12 to 1 - 1e-12."""

import math

import numpy as np
import pytest
from scipy import special, stats

from sim.disease import luck

TAIL = np.logspace(-12, -1, 111)
UNIFORMS = np.concatenate([TAIL, np.linspace(0.1, 0.9, 161), 1.0 - TAIL[::-1]])
GAMMA_SHAPES = [0.5, 1.0, 1.5, 4.0, 9.3, 40.0]
TRUNCATIONS = [  # mean, sd, lower, upper
    (48.0, 14.0, 18.0, 95.0),
    (7.5, 1.6, 1.0, 10.0),
    (22.0, 9.0, 4.0, math.inf),
    (0.07, 0.012, 0.041, 0.105),
    (0.0, 1.0, 3.0, 5.0),
    (30.0, 5.0, -math.inf, 33.0),
]


def gamma_reference(u: float, shape: float) -> float:
    """Inverse of the regularised incomplete gamma function, from the nearer tail."""
    return float(special.gammaincinv(shape, u) if u < 0.5 else special.gammainccinv(shape, 1.0 - u))


def test_normal_quantile_equals_scipy():
    """scipy.stats.norm.ppf; relative 1e-9, and 1e-15 where the quantile itself is 0."""
    for u in UNIFORMS:
        assert luck.normal_quantile(u) == pytest.approx(stats.norm.ppf(u), rel=1e-9, abs=1e-15)


def test_normal_quantile_is_odd_around_one_half():
    """Symmetry of the law; 1 - u is exact for these u."""
    for u in (0.5, 0.375, 0.25, 2.0**-10, 2.0**-30, 2.0**-50):
        assert luck.normal_quantile(1.0 - u) == pytest.approx(-luck.normal_quantile(u), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("shape", GAMMA_SHAPES)
def test_gamma_quantile_equals_scipy(shape):
    """scipy.special's inverse incomplete gamma functions (those of scipy.stats.gamma); relative 1e-8."""
    for u in UNIFORMS:
        assert luck.gamma_quantile(u, shape) == pytest.approx(gamma_reference(float(u), shape), rel=1e-8, abs=0.0)


def test_gamma_quantile_of_shape_one_is_the_exponential_quantile():
    """Closed form: -log(1 - u)."""
    for u in UNIFORMS:
        assert luck.gamma_quantile(u, 1.0) == pytest.approx(-math.log1p(-u), rel=1e-8, abs=0.0)


@pytest.mark.parametrize(("median", "sigma"), [(0.48, 0.40), (0.167, 0.9), (0.75, 1.0), (3.0, 0.01)])
def test_lognormal_quantile_equals_scipy(median, sigma):
    """scipy.stats.lognorm.ppf; an error of 1e-9 in the normal quantile, at most 7.1, gives sigma x 7.1e-9 here."""
    for u in UNIFORMS:
        expected = stats.lognorm.ppf(u, sigma, scale=median)
        assert luck.lognormal_quantile(u, median, sigma) == pytest.approx(expected, rel=8e-9 * max(sigma, 0.1), abs=0.0)


def test_lognormal_quantile_without_spread_is_the_median():
    """exp(0) = 1 exactly."""
    for u in UNIFORMS:
        assert luck.lognormal_quantile(u, 0.48, 0.0) == 0.48


@pytest.mark.parametrize(("mean", "sd", "lower", "upper"), TRUNCATIONS)
def test_truncated_normal_quantile_equals_scipy(mean, sd, lower, upper):
    """scipy.stats.truncnorm.ppf, relative 1e-9 (of the sd near 0).

    Where the density is low, rounding the probability itself (four units of 2**-52) moves the quantile by that over the
    density of the untruncated law: no function of a double can be held to more.
    """
    law = stats.truncnorm((lower - mean) / sd, (upper - mean) / sd, loc=mean, scale=sd)
    for u in UNIFORMS:
        expected = float(law.ppf(u))
        rounding = 4 * 2.0**-52 / stats.norm.pdf(expected, mean, sd)
        found = luck.truncated_normal_quantile(u, mean, sd, lower, upper)
        assert abs(found - expected) <= 1e-9 * max(abs(expected), sd) + rounding
        assert lower <= found <= upper


@pytest.mark.parametrize(("shape", "scale"), [(1.85, 50.0), (1.0, 3.0), (0.7, 12.0)])
def test_weibull_quantile_equals_scipy(shape, scale):
    """scipy.stats.weibull_min.ppf: scale (-log(1 - u)) ** (1 / shape)."""
    for u in UNIFORMS:
        expected = stats.weibull_min.ppf(u, shape, scale=scale)
        assert luck.weibull_quantile(u, shape, scale) == pytest.approx(expected, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    "quantile",
    [
        luck.normal_quantile,
        lambda u: luck.gamma_quantile(u, 4.0),
        lambda u: luck.lognormal_quantile(u, 0.5, 0.6),
        lambda u: luck.truncated_normal_quantile(u, 48.0, 14.0, 18.0, 95.0),
        lambda u: luck.weibull_quantile(u, 1.85, 50.0),
    ],
    ids=["normal", "gamma", "lognormal", "truncated normal", "weibull"],
)
def test_quantiles_never_fall_and_stay_finite_over_the_whole_range_of_uniforms(quantile):
    """From 2**-54 to 1 - 2**-53, the ends that the generator can reach; 1e-12 allows for rounding."""
    values = [quantile(u) for u in (2.0**-54, *UNIFORMS, 1.0 - 2.0**-53)]
    assert all(math.isfinite(value) for value in values)
    assert all(after >= before - 1e-12 * abs(before) for before, after in zip(values[:-1], values[1:], strict=True))
