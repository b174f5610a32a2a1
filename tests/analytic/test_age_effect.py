"""The mean effect of age on healing work, against adaptive quadrature, closed forms and limits."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from sim.inputs.age_effect import AGE_EFFECT_FROM_YEARS, AgeLaws, age_effect_mean, mean_years_beyond

SHAPE = (6, 4)
BOUNDS = [(18.0, 100.0), (18.0, 60.0), (55.0, 100.0), (10.0, 50.0)]
EFFECT = 0.01


def beyond_by_quadrature(mean, sd, low, high):
    """E[max(0, A - 50)] by adaptive quadrature in short pieces; the density relative to its peak between the bounds."""
    peak = min(max(mean, low), high)

    def density(age):
        return math.exp((((peak - mean) / sd) ** 2 - ((age - mean) / sd) ** 2) / 2)

    steps = [peak + sd * step for step in (-12, -6, -3, -1, -0.3, 0, 0.3, 1, 3, 6, 12)]
    edges = sorted({low, high, min(max(50.0, low), high), *(step for step in steps if low < step < high)})
    pieces = list(zip(edges, edges[1:], strict=False))
    whole = sum(integrate.quad(density, *piece, epsabs=1e-14)[0] for piece in pieces)
    part = sum(integrate.quad(lambda a: max(0.0, a - 50.0) * density(a), *piece, epsabs=1e-14)[0] for piece in pieces)
    return part / whole


def mixed_ages(generator, low, high):
    """Ages that differ in every group, with adolescents at one site."""
    shares = generator.dirichlet(np.ones(24)).reshape(SHAPE)
    young = np.zeros(SHAPE)
    young[:4, 2] = 0.2
    return AgeLaws(
        patient_share=shares,
        male_probability=generator.uniform(0.0, 1.0, SHAPE),
        mean_years=generator.uniform(35.0, 65.0, (*SHAPE, 2)),
        sd_years=generator.uniform(4.0, 16.0, (*SHAPE, 2)),
        adolescent_share=young,
        adolescent_mean_years=16.0,
        adolescent_sd_years=4.0,
        minimum_years=low,
        maximum_years=high,
    )


@pytest.mark.parametrize(("low", "high"), BOUNDS)
@pytest.mark.parametrize(
    ("mean", "sd"), [(44.0, 10.0), (62.0, 12.0), (34.0, 4.75), (50.0, 0.5), (80.0, 25.0), (72.0, 2.0)]
)
def test_mean_years_beyond_fifty_equal_adaptive_quadrature(mean, sd, low, high):
    assert mean_years_beyond(mean, sd, low, high) == pytest.approx(beyond_by_quadrature(mean, sd, low, high), abs=1e-9)


@pytest.mark.parametrize(("low", "high"), BOUNDS[:2])
def test_the_mean_effect_is_that_of_sites_sexes_and_adolescents_by_their_shares(low, high, seed):
    ages = mixed_ages(np.random.default_rng([seed, 21]), low, high)
    expected = 1.0
    for cause, site in np.ndindex(SHAPE):
        share, young = ages.patient_share[cause, site], ages.adolescent_share[cause, site]
        expected += EFFECT * share * young * beyond_by_quadrature(16.0, 4.0, low, high)
        for sex, of_sex in enumerate((1 - ages.male_probability[cause, site], ages.male_probability[cause, site])):
            mean, sd = ages.mean_years[cause, site, sex], ages.sd_years[cause, site, sex]
            expected += EFFECT * share * (1 - young) * of_sex * beyond_by_quadrature(mean, sd, low, high)
    assert age_effect_mean(EFFECT, ages) == pytest.approx(expected, abs=1e-9)


def test_a_population_that_draws_its_ages_has_a_mean_ratio_of_one(seed):
    generator = np.random.default_rng([seed, 22])
    ages, people = mixed_ages(generator, 18.0, 100.0), 400_000
    group = generator.choice(24, size=people, p=ages.patient_share.ravel())
    male = (generator.random(people) < ages.male_probability.ravel()[group]).astype(int)
    young = generator.random(people) < ages.adolescent_share.ravel()[group]
    mean = np.where(young, 16.0, ages.mean_years.reshape(24, 2)[group, male])
    sd = np.where(young, 4.0, ages.sd_years.reshape(24, 2)[group, male])
    low, high = (stats.norm.cdf((bound - mean) / sd) for bound in (18.0, 100.0))
    age = mean + sd * stats.norm.ppf(low + generator.random(people) * (high - low))
    ratio = (1 + EFFECT * np.maximum(0, age - 50)) / age_effect_mean(EFFECT, ages)
    assert abs(ratio.mean() - 1.0) < 4 * ratio.std(ddof=1) / np.sqrt(people)


def test_without_an_effect_the_mean_is_exactly_one(seed):
    assert age_effect_mean(0.0, mixed_ages(np.random.default_rng([seed, 23]), 18.0, 100.0)) == 1.0


def test_a_population_below_fifty_feels_no_effect(seed):
    ages = mixed_ages(np.random.default_rng([seed, 24]), 18.0, AGE_EFFECT_FROM_YEARS)
    assert age_effect_mean(EFFECT, ages) == 1.0


def test_one_age_has_its_own_effect(seed):
    """With next to no spread around 63 years the mean is 1 + 13 g."""
    ages = mixed_ages(np.random.default_rng([seed, 25]), 18.0, 100.0)
    same = replace(
        ages,
        mean_years=np.full((*SHAPE, 2), 63.0),
        sd_years=np.full((*SHAPE, 2), 1e-6),
        adolescent_share=np.zeros(SHAPE),
    )
    assert age_effect_mean(EFFECT, same) == pytest.approx(1.13, abs=1e-9)
