"""The latent laws give back what is published among the diagnosed: by simulation, by quadrature and in limits."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from sim.inputs.delay_and_work import DelayAndWork
from sim.inputs.latent import (
    mean_peak,
    mean_shape_at_diagnosis,
    solve_fracture,
    solve_latent,
    solve_work_median,
)
from sim.inputs.parameters import ParameterSet
from sim.inputs.quantity import Quantity
from sim.vocabulary.errors import InputError
from sim.vocabulary.units import unit_promised_by

SITES = ("hip", "knee", "foot", "other")
SHARES = (11 / 66, 15 / 66, 36 / 66, 4 / 66)
# docs/model.md, section 3 and the natural-history parameters: what is seen among the diagnosed
OBSERVED = {
    **{f"site_share.{site}": share for site, share in zip(SITES, SHARES, strict=True)},
    **{f"healing_median_months.{site}": months for site, months in zip(SITES, (6.0, 8.0, 8.0, 8.0), strict=True)},
    **{f"healing_sigma.{site}": sigma for site, sigma in zip(SITES, (0.40, 0.45, 0.60, 0.60), strict=True)},
    "diagnosis_delay_median_months": 2.0,
    "diagnosis_delay_sigma": 0.9,
    "pain_peak_share_of_work_ratio": 0.15,
    "pain_decline_share_of_work_ratio": 0.5,
    "pain_start_level": 0.5,
    "pain_end_level": 0.05,
    "entry_pain_mean_nrs": 7.5,
    "entry_pain_sd_nrs": 1.6,
    "entry_pain_minimum_nrs": 3.0,
    "fracture_at_diagnosis_probability.under_55": 0.33,
    "fracture_at_diagnosis_probability.from_55_to_64": 0.54,
    "fracture_at_diagnosis_probability.from_65": 0.75,
    "fracture_new_5_months_probability": 0.29,
}
BANDS = ("under_55", "from_55_to_64", "from_65")
PEOPLE = 400_000
FIVE_MONTHS = 5 / 12


def parameters(**changes: float) -> ParameterSet:
    """The observed values as a ParameterSet; a change names a value with __ for the dot."""
    values = OBSERVED | {name.replace("__", "."): value for name, value in changes.items()}
    quantities = {
        name: Quantity.model_validate(
            {
                "value": value,
                "unit": unit_promised_by(name),
                "distribution": "fixed",
                "status": "assumption",
                "reason": "A test.",
            }
        )
        for name, value in values.items()
    }
    return ParameterSet(quantities, dict.fromkeys(quantities, "test.toml"))


class Onsets:
    """People at symptom onset at one site, and which of them are diagnosed: an own simulation, years."""

    def __init__(self, generator, latent, site, unprotected_rate):
        self.delay = generator.lognormal(math.log(2 / 12), 0.9, PEOPLE)
        sigma = OBSERVED[f"healing_sigma.{SITES[site]}"]
        work = generator.lognormal(math.log(latent.work_median_years[site]), sigma, PEOPLE)
        done = unprotected_rate * self.delay
        self.diagnosed = done < work
        self.left = np.where(self.diagnosed, work - done, 0.0)
        self.progress = done / work
        self.resolved = self.delay + self.left


def assert_share(hits, expected):
    """The share of hits lies within 4 standard errors of what is expected."""
    assert abs(np.mean(hits) - expected) < 4 * math.sqrt(expected * (1 - expected) / len(hits))


@pytest.mark.parametrize("unprotected_rate", [1.0, 0.8])
def test_half_of_the_diagnosed_are_free_of_symptoms_at_the_published_median(unprotected_rate, seed):
    latent = solve_latent(parameters(), unprotected_rate)
    generator = np.random.default_rng([seed, 1])
    for number, site in enumerate(SITES):
        people = Onsets(generator, latent, number, unprotected_rate)
        assert_share(people.diagnosed, latent.diagnosed_share[number])
        published_years = OBSERVED[f"healing_median_months.{site}"] / 12
        assert_share(people.resolved[people.diagnosed] <= published_years, 0.5)


def test_half_of_the_diagnosed_over_the_site_mix_waited_less_than_the_solved_delay(seed):
    latent = solve_latent(parameters(), 1.0)
    generator = np.random.default_rng([seed, 2])
    share, variance = 0.0, 0.0
    for number, weight in enumerate(SHARES):
        people = Onsets(generator, latent, number, 1.0)
        early = people.delay[people.diagnosed] <= latent.delay_median_years
        share += weight * early.mean()
        variance += weight**2 * early.var() / len(early)
    assert abs(share - 0.5) < 4 * math.sqrt(variance)


def test_mean_load_pain_at_diagnosis_is_the_published_one_under_the_cap_at_10(seed):
    latent = solve_latent(parameters(), 1.0)
    generator = np.random.default_rng([seed, 3])
    mean, variance = 0.0, 0.0
    for number, weight in enumerate(SHARES):
        people = Onsets(generator, latent, number, 1.0)
        progress = people.progress[people.diagnosed]
        shape = np.interp(progress, [0.0, 0.15, 0.5, 1.0], [0.5, 1.0, 1.0, 0.05])
        a, b = (3.0 - 7.5) / 1.6, (10.0 - 7.5) / 1.6
        entry_pain = stats.truncnorm.rvs(a, b, 7.5, 1.6, size=len(shape), random_state=generator)
        pain = np.minimum(10.0, entry_pain / latent.entry_pain_over_peak) * shape
        mean += weight * pain.mean()
        variance += weight**2 * pain.var() / len(pain)
    assert abs(mean - 7.5) < 4 * math.sqrt(variance)


def test_fractures_of_the_hip_at_diagnosis_and_in_the_five_months_after_it_are_the_published_ones(seed):
    latent = solve_latent(parameters(), 1.0)
    generator = np.random.default_rng([seed, 4])
    for number, band in enumerate(BANDS):
        people = Onsets(generator, latent, 0, 1.0)
        at_onset = generator.random(PEOPLE) < latent.fracture_onset_probability[number]
        hazard_time = generator.exponential(1 / latent.fracture_hazard_per_year[number], PEOPLE)
        broken = at_onset | (hazard_time < people.delay)
        assert_share(broken[people.diagnosed], OBSERVED[f"fracture_at_diagnosis_probability.{band}"])
        whole = people.diagnosed & ~broken
        new = hazard_time < people.delay + np.minimum(FIVE_MONTHS, people.left)
        assert_share(new[whole], 0.29)


def test_the_solutions_are_those_of_the_model_page():
    """docs/model.md: 5.8, 7.7 and 7.5 months; delay about 1.7; 0.19 at onset and 0.096 a month in the younger hip."""
    latent = solve_latent(parameters(), 1.0)
    assert 12 * latent.work_median_years == pytest.approx([5.8, 7.7, 7.5, 7.5], abs=0.05)
    assert 12 * latent.delay_median_years == pytest.approx(1.7, abs=0.1)
    assert latent.mean_shape_at_entry == pytest.approx(0.865, abs=0.01)
    assert latent.fracture_onset_probability[0] == pytest.approx(0.19, abs=0.005)
    assert latent.fracture_hazard_per_year / 12 == pytest.approx([0.096] * 3, abs=0.0005)


LAW = DelayAndWork(2 / 12, 0.9, 5.8 / 12, 0.4, 0.8)


def test_delay_nodes_integrate_a_lognormal_moment_to_1e_12():
    delay, weight = LAW.delays()
    assert weight.sum() == pytest.approx(1.0, abs=1e-12)
    assert weight @ delay**1.5 == pytest.approx((2 / 12) ** 1.5 * math.exp(0.5 * (1.5 * 0.9) ** 2), rel=1e-12)


def test_the_diagnosed_share_in_closed_form_equals_the_sum_over_nodes():
    delay, weight = LAW.delays()
    assert LAW.diagnosed_share() == pytest.approx(weight @ LAW.work_exceeds(0.8 * delay), rel=1e-10)


def test_everybody_diagnosed_is_healed_later_than_at_time_zero():
    assert LAW.resolved_later_than(1e-9) == pytest.approx(1.0, abs=1e-9)


def test_without_delay_the_latent_median_is_the_observed_one():
    law = replace(LAW, delay_median_years=1e-9)
    assert solve_work_median(law, 0.5, "a test") == pytest.approx(0.5, rel=1e-6)


def test_the_mean_shape_equals_adaptive_quadrature_over_progress():
    log_mean, log_sd = LAW.log_progress_mean, LAW.log_progress_sd

    def integrand(log_p: float) -> float:
        shape = np.interp(math.exp(log_p), [0.0, 0.15, 0.5, 1.0], [0.5, 1.0, 1.0, 0.05])
        return float(shape * stats.norm.pdf(log_p, log_mean, log_sd))

    edges = [log_mean - 12 * log_sd, math.log(0.15), math.log(0.5), 0.0]
    whole = sum(integrate.quad(integrand, *piece, epsabs=1e-12)[0] for piece in zip(edges, edges[1:], strict=False))
    expected = whole / stats.norm.cdf(0.0, log_mean, log_sd)
    assert mean_shape_at_diagnosis(LAW, (0.15, 0.5), (0.5, 0.05)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("divisor", [0.2, 0.5, 0.81, 1.0, 1.4])
def test_the_mean_peak_equals_adaptive_quadrature_over_entry_pain(divisor):
    law = stats.truncnorm((3.0 - 7.5) / 1.6, (10.0 - 7.5) / 1.6, 7.5, 1.6)
    knot = min(max(10 * divisor, 3.0), 10.0)
    expected = sum(
        integrate.quad(lambda pain: min(10.0, pain / divisor) * law.pdf(pain), low, high, epsabs=1e-12)[0]
        for low, high in ((3.0, knot), (knot, 10.0))
    )
    assert mean_peak(divisor, 7.5, 1.6, 3.0) == pytest.approx(expected, abs=1e-9)


def test_without_new_fractures_all_fractures_are_there_at_onset():
    targets = np.array([0.33, 0.75])
    onset, hazard = solve_fracture(LAW, targets, 0.0, "a test")
    assert hazard == 0.0
    assert onset == pytest.approx(targets, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"entry_pain_mean_nrs": 9.5}, "entry_pain_mean_nrs"),
        ({"fracture_new_5_months_probability": 1.0}, "fracture_new_5_months_probability"),
        ({"fracture_at_diagnosis_probability__under_55": 0.05}, "fracture_at_diagnosis_probability.under_55"),
    ],
)
def test_what_cannot_be_solved_is_one_clear_line(change, key):
    with pytest.raises(InputError, match=rf"^test\.toml, {key}: .+\. Write .+\.$"):
        solve_latent(parameters(**change), 1.0)
