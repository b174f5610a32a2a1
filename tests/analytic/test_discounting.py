"""Discounting against closed forms and quadrature."""

import math

import pytest
from independent.valuation_inputs import StandInInputs, arrays, quiet_course, without_losses
from scipy.integrate import quad

from sim.valuation.courses import value_block
from sim.valuation.discounting import continuous_rate, discounted_length, discounted_ramp
from sim.valuation.tariff import build_tariff

RATES = [0.0, 1e-12, 1e-6, 0.015, 0.035, 0.1, 0.5, 5.0]
LENGTHS = [0.0, 1e-9, 1e-3, 0.1, 0.57, 0.58, 1.0, 7.3, 60.0]


def outcome_of(course, inputs):
    history, patients = arrays([course])
    return value_block(history, patients, build_tariff(inputs)).outcomes[0]


def test_the_continuous_rate_gives_the_annual_factor_back_after_a_year():
    assert math.exp(-continuous_rate(0.035)) == pytest.approx(1.0 / 1.035, rel=1e-15)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("length", LENGTHS)
def test_both_integrals_are_those_of_quadrature(rate, length):
    expected = quad(lambda x: math.exp(-rate * x), 0.0, length, epsabs=0.0, epsrel=1e-13)[0]
    assert discounted_length(rate, length) == pytest.approx(expected, rel=1e-12, abs=0.0)
    expected = quad(lambda x: x * math.exp(-rate * x), 0.0, length, epsabs=0.0, epsrel=1e-13)[0]
    assert discounted_ramp(rate, length) == pytest.approx(expected, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("integral", [discounted_length, discounted_ramp])
def test_series_and_closed_form_meet_without_a_step(integral):
    below, above = integral(0.02, 1.0), integral(0.02, 1.0 + 1e-15)
    assert above == pytest.approx(below, rel=2e-13)  # 2e-14 of the series, and rounding of the closed form over z


def test_discounted_life_years_under_a_constant_hazard_have_their_closed_form():
    """Death at rate 0.2 a year, discount 3 % a year: 1 / (0.2 + log 1.03)."""
    inputs = without_losses(StandInInputs({"setting.discount_rate_effects_per_year": 0.03}))
    tariff = build_tariff(inputs)

    def density_of_value(years):
        history, patients = arrays([quiet_course(years)])
        return 0.2 * math.exp(-0.2 * years) * value_block(history, patients, tariff).outcomes["qalys_discounted"][0]

    mean = quad(density_of_value, 0.0, 150.0, limit=500, epsabs=1e-11)[0]  # beyond 150 years: less than 34 * exp(-30)
    assert mean == pytest.approx(1.0 / (0.2 + math.log1p(0.03)), abs=1e-9)


def test_a_lifetime_at_full_utility_is_an_annuity():
    inputs = without_losses(StandInInputs())
    rate = math.log1p(0.035)
    outcome = outcome_of(quiet_course(60.0, age_years=33.3), inputs)
    assert outcome["qalys_discounted"] == pytest.approx((1.0 - math.exp(-60.0 * rate)) / rate, abs=1e-12)
    assert outcome["life_years_discounted"] == pytest.approx((1.0 - math.exp(-60.0 * rate)) / rate, abs=1e-12)
    assert outcome["qalys"] == pytest.approx(60.0, abs=1e-12)
