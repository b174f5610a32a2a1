"""Laws of uncertain quantities against scipy's, against integrals, and against large samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from sim.inputs.designs import keyed_uniforms
from sim.inputs.laws import has_law, law_of
from sim.inputs.model_inputs import gather
from sim.inputs.quantity import Quantity, check_in_context
from sim.inputs.scenario import load_scenario
from sim.vocabulary.errors import InputError

SAMPLE = 200_000
STANDARD_ERRORS = 4
TEN, ONE = (0, 10), (-1, 1)


def quantity(**keys):
    return Quantity.model_validate({"status": "assumption", "reason": "a test", "unit": "ratio", **keys})


LAWS = {
    "beta by counts": ({"value": 0.29, "distribution": "beta", "alpha": 9, "beta": 22}, stats.beta(9, 22)),
    "beta by moments": (
        {"value": 0.2, "distribution": "beta", "standard_error": 0.08},
        stats.beta(0.2 * 24, 0.8 * 24),  # 0.2 * 0.8 / 0.0064 - 1 = 24
    ),
    "rare beta": ({"value": 0.0004, "distribution": "beta", "alpha": 0.5, "beta": 1249.5}, stats.beta(0.5, 1249.5)),
    "gamma": ({"value": 6, "distribution": "gamma", "standard_error": 1.5}, stats.gamma(16, scale=0.375)),
    "lognormal": ({"value": 2, "distribution": "lognormal", "sigma": 0.7}, stats.lognorm(0.7, scale=2)),
    "normal": ({"value": 56, "distribution": "normal", "standard_error": 3}, stats.norm(56, 3)),
    "uniform": ({"value": 0.5, "distribution": "uniform", "low": 0.2, "high": 0.7}, stats.uniform(0.2, 0.5)),
    "triangular": ({"value": 3, "distribution": "triangular", "low": 2, "high": 7}, stats.triang(0.2, 2, 5)),
    "triangular, peak at its end": (
        {"value": 2, "distribution": "triangular", "low": 2, "high": 7},
        stats.triang(0, 2, 5),
    ),
    "truncated normal": (
        {"value": 1, "distribution": "truncated_normal", "standard_error": 2, "lower": 0.5, "upper": 4},
        stats.truncnorm(-0.25, 1.5, loc=1, scale=2),
    ),
    "normal that could be negative": (
        {"value": 1, "distribution": "normal", "standard_error": 1},
        stats.truncnorm(-1, np.inf, loc=1, scale=1),
    ),
}


@pytest.fixture(params=LAWS, ids=LAWS)
def law_and_scipy(request):
    keys, known = LAWS[request.param]
    return law_of(request.param, quantity(**keys)), known


def test_quantiles_are_those_of_scipy(law_and_scipy):
    law, known = law_and_scipy
    probabilities = np.array([1e-9, 0.001, 0.1, 0.2, 0.5, 0.8, 0.99, 1 - 1e-6])
    np.testing.assert_allclose(law.quantile(probabilities), known.ppf(probabilities), rtol=1e-7, atol=1e-12)


def test_moments_are_those_of_scipy(law_and_scipy):
    law, known = law_and_scipy
    assert law.mean == pytest.approx(known.mean(), rel=1e-9)
    assert law.standard_deviation == pytest.approx(known.std(), rel=1e-9)


def test_moments_are_those_of_a_large_sample(law_and_scipy, seed):
    law, _ = law_and_scipy
    sample = law.quantile(keyed_uniforms(SAMPLE, seed, "a law"))
    error = law.standard_deviation / np.sqrt(SAMPLE)
    assert abs(sample.mean() - law.mean) < STANDARD_ERRORS * error
    squares = (sample - law.mean) ** 2
    error_of_variance = squares.std(ddof=1) / np.sqrt(SAMPLE)
    assert abs(squares.mean() - law.standard_deviation**2) < STANDARD_ERRORS * error_of_variance


@pytest.mark.parametrize(
    ("keys", "whole", "bounds"),
    [
        (
            {"value": 0.5, "unit": "probability", "distribution": "lognormal", "sigma": 0.6},
            stats.lognorm(0.6, scale=0.5),
            (0, 1),
        ),
        (
            {"value": 8, "unit": "NRS 0-10", "distribution": "gamma", "standard_error": 2},
            stats.gamma(16, scale=0.5),
            (0, 10),
        ),
        ({"value": 9, "unit": "NRS 0-10", "distribution": "normal", "standard_error": 1}, stats.norm(9, 1), (0, 10)),
        (
            {"value": 0.9, "unit": "utility", "distribution": "normal", "standard_error": 0.2},
            stats.norm(0.9, 0.2),
            (-1, 1),
        ),
    ],
    ids=["lognormal", "gamma", "normal", "utility"],
)
def test_a_law_that_could_leave_its_unit_is_cut_and_has_the_moments_of_what_is_left(keys, whole, bounds):
    law = law_of("a law", quantity(**keys))
    inside = whole.cdf(bounds[1]) - whole.cdf(bounds[0])
    mean, second = (integrate.quad(lambda x, n=n: x**n * whole.pdf(x), *bounds)[0] / inside for n in (1, 2))
    assert law.mean == pytest.approx(mean, rel=1e-6)
    assert law.standard_deviation == pytest.approx(np.sqrt(second - mean**2), rel=1e-6)
    extremes = law.quantile(np.array([1e-15, 1 - 2.0**-53]))
    assert bounds[0] <= extremes[0] < extremes[1] <= bounds[1]
    median = law.quantile(np.array([0.5]))[0]
    assert (whole.cdf(median) - whole.cdf(bounds[0])) / inside == pytest.approx(0.5, abs=1e-9)


@given(
    st.sampled_from(sorted(LAWS)),
    st.lists(st.floats(2.0**-53, 1.0 - 2.0**-53), min_size=2, max_size=20),
)
def test_quantiles_rise_with_the_probability(name, probabilities):
    law = law_of(name, quantity(**LAWS[name][0]))
    assert (np.diff(law.quantile(np.sort(probabilities))) >= 0.0).all()


@pytest.mark.parametrize("error", [0.5, 0.6])
def test_a_beta_with_more_spread_than_any_is_refused_with_the_most_there_can_be(error):
    with pytest.raises(InputError, match=r"no beta law has mean 0\.5 .*below 0\.5"):
        law_of("a law", quantity(value=0.5, distribution="beta", standard_error=error))


def test_an_interval_outside_of_what_its_unit_allows_is_refused():
    with pytest.raises(InputError, match=r"high = 11 lies outside of what 'NRS 0-10' allows.*from 0 to 10"):
        law_of("a law", quantity(value=9, unit="NRS 0-10", distribution="triangular", low=8, high=11))


def test_an_interval_without_room_is_no_law():
    with pytest.raises(InputError, match="no law"):
        law_of("a law", quantity(value=1, distribution="uniform", low=1, high=1))


@pytest.mark.parametrize(
    "keys",
    [
        {"value": 0.0, "distribution": "beta", "standard_error": 0.02},
        {"value": 0.0, "distribution": "gamma", "standard_error": 1},
        {"value": 1.0, "distribution": "fixed"},
    ],
    ids=["a beta at 0", "a gamma at 0", "fixed"],
)
def test_what_cannot_vary_has_no_law(keys):
    assert not has_law(quantity(**keys))


def test_every_shipped_law_exists_and_stays_in_its_range_out_to_its_ends():
    parameters = gather(load_scenario("base_case_uk")).parameters
    ends = np.array([2.0**-53, 1e-6, 0.5, 1 - 1e-6, 1 - 2.0**-53])
    names = [name for name in parameters.names() if has_law(parameters.quantity(name))]
    assert len(names) > 500
    for name in names:
        one = parameters.quantity(name)
        values = law_of(name, one).quantile(ends)
        if one.distribution != "dirichlet":  # a gamma, before its group is divided by its sum
            check_in_context(name, tuple(values.tolist()), one.unit)
