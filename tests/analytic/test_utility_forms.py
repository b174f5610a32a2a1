"""Forms of the loss by pain and the weight of rest pain, worked out by hand and by adaptive quadrature."""

import math

import numpy as np
import pytest
from independent.valuation_inputs import Course, Row, StandInInputs, arrays, norms_falling_with_age
from scipy.integrate import quad

from sim.valuation.courses import value_block
from sim.valuation.pain_loss import fill_pain_loss
from sim.valuation.tariff import TARIFF, build_tariff
from sim.vocabulary.events import Event

RATE = math.log1p(0.035)
WEEK = 7.0 / 365.25
FIRST_KNOT, SECOND_KNOT = 3.75, 6.25


def valued(rows, form, weight=1.0, norm=None, age_years=45.3):
    structure = {"utility_form": form, "experienced_pain_load_weight": weight}
    norms = None if norm is None else np.full((2, 121), norm)
    inputs = StandInInputs(structure=structure, utility_norms=norms)
    history, patients = arrays([Course(tuple(rows), age_years)])
    return value_block(history, patients, build_tariff(inputs))


def constant(load, rest=0.0, years=0.5):
    pain = {"pain": load, "rest_pain": rest}
    return [Row(0.0, Event.ENTRY, **pain), Row(years, Event.FOLLOW_UP_ENDED, **pain)]


def convex(felt):
    """0.06 a point to 3.75, 0.085 to 6.25, 0.11 beyond, for a person whose norm is 0.892."""
    return 0.06 * felt + 0.025 * max(felt - FIRST_KNOT, 0.0) + 0.025 * max(felt - SECOND_KNOT, 0.0)


@pytest.mark.parametrize(
    ("form", "pain", "loss"),
    [
        ("proportional", 8.0, 0.8 * 0.07 * 8.0 / 0.892),
        ("additive", 8.0, 0.07 * 8.0),
        ("above_one", 8.0, 0.8 * 0.07 * 7.0 / 0.892),
        ("above_one", 1.0, 0.0),
        ("above_one", 0.4, 0.0),
        ("convex", 3.0, 0.8 * 0.06 * 3.0 / 0.892),
        ("convex", 5.0, 0.8 * (0.06 * 3.75 + 0.085 * 1.25) / 0.892),
        ("convex", 8.0, 0.8 * (0.06 * 3.75 + 0.085 * 2.5 + 0.11 * 1.75) / 0.892),
    ],
)
def test_constant_pain_takes_its_loss_from_a_norm_of_0_8(form, pain, loss):
    value = valued(constant(pain), form, norm=0.8)
    assert value.outcomes["qalys"][0] == pytest.approx(0.5 * (0.8 - loss), abs=1e-12)
    assert value.curves["utility"][:12] == pytest.approx(np.full(12, 0.8 - loss), abs=1e-12)


@pytest.mark.parametrize(("weight", "felt"), [(1.0, 8.0), (0.6, 5.6), (0.0, 2.0)])
def test_the_pain_that_counts_is_a_weighted_mean(weight, felt):
    """Load pain 8 and rest pain 2; pain-years are load pain whatever the weight."""
    outcome = valued(constant(8.0, 2.0), "proportional", weight, norm=0.892).outcomes[0]
    assert outcome["qalys"] == pytest.approx(0.5 * (0.892 - 0.07 * felt), abs=1e-12)
    assert outcome["pain_years"] == pytest.approx(4.0, abs=1e-12)


def by_quadrature(age_years, length, felt_at, rate, loss=convex):
    """Adaptive quadrature of norm * (1 - loss / 0.892), told where the norm and the slope of the loss change."""
    norms = norms_falling_with_age()[1]

    def integrand(time):
        norm = norms[math.floor(age_years + time)]
        return norm * (1.0 - loss(felt_at(time)) / 0.892) * math.exp(-rate * time)

    start, end = felt_at(0.0), felt_at(length)
    kinks = [(knot - start) / (end - start) * length for knot in (1.0, FIRST_KNOT, SECOND_KNOT) if start != end]
    kinks += [age - age_years for age in range(math.ceil(age_years), math.ceil(age_years + length))]
    cuts = [0.0, *sorted(kink for kink in kinks if 0.0 < kink < length), length]
    pieces = zip(cuts, cuts[1:], strict=False)
    return sum(quad(integrand, left + 1e-15, right - 1e-15, epsabs=1e-13)[0] for left, right in pieces)


@pytest.mark.parametrize(("start", "end"), [(9.0, 0.5), (0.0, 10.0), (6.25, 3.75), (5.0, 5.0), (3.75, 7.0), (7.0, 7.0)])
@pytest.mark.parametrize("length", [0.4, 3.3])
def test_the_convex_integral_is_that_of_adaptive_quadrature(start, end, length):
    """Pain in a line across both knots and up to four birthdays."""
    slope = (end - start) / length
    rows = [Row(0.0, Event.ENTRY, pain=start, slope=slope), Row(length, Event.FOLLOW_UP_ENDED, pain=end)]
    outcome = valued(rows, "convex").outcomes[0]
    for name, rate in (("qalys", 0.0), ("qalys_discounted", RATE)):
        expected = by_quadrature(45.3, length, lambda time: start + slope * time, rate)
        assert outcome[name] == pytest.approx(expected, abs=1e-9), name


def test_the_integral_above_one_point_is_that_of_adaptive_quadrature_with_weighted_pain():
    """Load from 6 to 0 and rest from 0 to 2 over 2.4 years, weights 0.7 and 0.3: from 4.2 to 0.6, below 1 at last."""
    rows = [
        Row(0.0, Event.ENTRY, pain=6.0, slope=-2.5, rest_pain=0.0, rest_slope=2.0 / 2.4),
        Row(2.4, Event.FOLLOW_UP_ENDED, pain=0.0, rest_pain=2.0),
    ]
    outcome = valued(rows, "above_one", weight=0.7).outcomes[0]
    for name, rate in (("qalys", 0.0), ("qalys_discounted", RATE)):
        expected = by_quadrature(45.3, 2.4, lambda t: 4.2 - 1.5 * t, rate, lambda felt: 0.07 * max(felt - 1.0, 0.0))
        assert outcome[name] == pytest.approx(expected, abs=1e-9), name


def test_a_vertebral_fracture_takes_its_weeks_and_is_counted_and_paid():
    """0.3 for twelve weeks on top of pain; a second one four weeks before their end adds up for those weeks."""
    second = (12.0 - 4.0) * WEEK
    rows = [Row(0.0, Event.ENTRY), Row(0.0, Event.VERTEBRAL_FRACTURE), Row(second, Event.VERTEBRAL_FRACTURE)]
    outcome = valued([*rows, Row(1.0, Event.FOLLOW_UP_ENDED)], "proportional", norm=1.0).outcomes[0]
    assert outcome["qalys"] == pytest.approx(1.0 - 2.0 * 12.0 * WEEK * 0.3, abs=1e-12)
    assert outcome["vertebral_fractures"] == 2.0
    assert outcome["cost_complication"] == 2.0 * 1400.0


def test_a_form_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="cubic"):
        fill_pain_loss(np.zeros(1, TARIFF)[0], StandInInputs().parameters, "cubic")
