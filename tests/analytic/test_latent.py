"""The latent laws give back what is published among the diagnosed, under every structure: by simulation."""

import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from latent_parameters import BANDS, OBSERVED, SHARES, SITES, Onsets, assert_mean, assert_share, parameters
from scipy import stats

from sim.inputs.latent import solve_latent
from sim.inputs.scenario import Structure
from sim.vocabulary.errors import InputError

PEOPLE = 100_000
FIVE_MONTHS = 5 / 12
STRUCTURES = [
    Structure(healing_law=law, delay_healing_correlation=correlation, unprotected_healing_rate=rate)
    for law in ("lognormal", "gamma", "weibull")
    for correlation in (0.0, 0.3)
    for rate in (1.0, 0.8)
]


def label(structure):
    return f"{structure.healing_law}-{structure.delay_healing_correlation:g}-{structure.unprotected_healing_rate:g}"


@cache
def world(number, seed):
    """The solution under a structure, and people at each site who live by it."""
    structure = STRUCTURES[number]
    latent = solve_latent(parameters(), structure)
    generator = np.random.default_rng([seed, number])
    medians = zip(SITES, latent.work_median_years, strict=True)
    people = [Onsets(generator, PEOPLE, m, OBSERVED[f"healing_sigma.{site}"], structure) for site, m in medians]
    return latent, people, generator


each_structure = pytest.mark.parametrize("number", range(len(STRUCTURES)), ids=[label(s) for s in STRUCTURES])


@each_structure
def test_half_of_the_diagnosed_are_free_of_symptoms_at_the_published_median(number, seed):
    latent, sites, _ = world(number, seed)
    for site, people, share in zip(SITES, sites, latent.diagnosed_share, strict=True):
        assert_share(people.diagnosed, share)
        assert_share(people.resolved[people.diagnosed] <= OBSERVED[f"healing_median_months.{site}"] / 12, 0.5)


@each_structure
def test_half_of_the_diagnosed_over_the_site_mix_waited_less_than_the_solved_delay(number, seed):
    latent, sites, _ = world(number, seed)
    early = [people.delay[people.diagnosed] <= latent.delay_median_years for people in sites]
    assert_mean(early, SHARES, 0.5)


@each_structure
def test_mean_load_pain_at_diagnosis_is_the_published_one_under_the_cap_at_10(number, seed):
    latent, sites, generator = world(number, seed)
    shapes, pains = [], []
    for people in sites:
        shape = np.interp(people.progress[people.diagnosed], [0.0, 0.15, 0.5, 1.0], [0.5, 1.0, 1.0, 0.05])
        a, b = (3.0 - 7.5) / 1.6, (10.0 - 7.5) / 1.6
        entry_pain = stats.truncnorm.rvs(a, b, 7.5, 1.6, size=len(shape), random_state=generator)
        shapes.append(shape)
        pains.append(np.minimum(10.0, entry_pain / latent.entry_pain_over_peak) * shape)
    assert_mean(shapes, SHARES, latent.mean_shape_at_entry)
    assert_mean(pains, SHARES, 7.5)


@each_structure
def test_fractures_of_the_hip_at_diagnosis_and_in_the_five_months_after_it_are_the_published_ones(number, seed):
    latent, (hip, *_), generator = world(number, seed)
    for band, onset, hazard in zip(
        BANDS, latent.fracture_onset_probability, latent.fracture_hazard_per_year, strict=True
    ):
        at_onset = generator.random(PEOPLE) < onset
        hazard_time = generator.exponential(1 / hazard, PEOPLE)
        broken = at_onset | (hazard_time < hip.delay)
        assert_share(broken[hip.diagnosed], OBSERVED[f"fracture_at_diagnosis_probability.{band}"])
        whole = hip.diagnosed & ~broken
        new = hazard_time < hip.delay + np.minimum(FIVE_MONTHS, hip.left)
        assert_share(new[whole], 0.29)


@each_structure
def test_the_published_share_goes_astray_although_a_positive_radiograph_spares_it(number, seed):
    latent, sites, generator = world(number, seed)
    for place, (site, people) in enumerate(zip(SITES, sites, strict=True)):
        contact_weeks = 0.4 * people.delay[people.diagnosed] * 365.25 / 7
        shown = generator.random(len(contact_weeks)) < 0.2 * np.clip((contact_weeks - 4) / 4, 0, 1)
        assert_share(shown, latent.radiograph_sensitivity[place])
        led_astray = generator.random(len(contact_weeks)) < latent.wrong_diagnosis_given_negative[place]
        assert_share(led_astray & ~shown, OBSERVED[f"wrong_diagnosis_probability.{site}"])


@each_structure
def test_one_in_twenty_untreated_lesions_that_are_found_turn_into_osteonecrosis_if_they_are_an_early_stage(
    number, seed
):
    """Whoever turns before healing stays ill and is found; the site mix is that of patients healing would give."""
    latent, sites, generator = world(number, seed)
    turned, weights = [], []
    for people, share, diagnosed in zip(sites, SHARES, latent.diagnosed_share, strict=True):
        turns = generator.exponential(1 / latent.osteonecrosis_hazard_per_year, PEOPLE) < people.resolved
        found = people.diagnosed | turns
        turned.append(turns[found])
        weights.append(share / diagnosed * found.mean())
    assert_mean(turned, np.array(weights) / sum(weights), 0.05)


def test_the_solutions_are_those_of_the_model_page():
    """docs/model.md: 5.8, 7.7 and 7.5 months; delay about 1.7; 0.19 at onset and 0.096 a month in the younger hip."""
    latent = solve_latent(parameters(), Structure())
    assert 12 * latent.work_median_years == pytest.approx([5.8, 7.7, 7.5, 7.5], abs=0.05)
    assert 12 * latent.delay_median_years == pytest.approx(1.7, abs=0.1)
    assert latent.mean_shape_at_entry == pytest.approx(0.865, abs=0.01)
    assert latent.fracture_onset_probability[0] == pytest.approx(0.19, abs=0.005)
    assert latent.fracture_hazard_per_year / 12 == pytest.approx([0.096] * 3, abs=0.0005)


def test_the_first_table_of_the_module_shows_the_solutions_of_the_model_page():
    run = subprocess.run([sys.executable, "-m", "sim.inputs.latent"], capture_output=True, text=True, check=True)
    solved = {line[:60].strip(): line[60:].split()[0] for line in run.stdout.splitlines()}
    for site, months in (("hip", 5.8), ("knee", 7.7), ("foot", 7.5)):
        assert float(solved[f"healing work, median months, {site}"]) == pytest.approx(months, abs=0.06)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"entry_pain_mean_nrs": 9.5}, "entry_pain_mean_nrs"),
        ({"fracture_new_5_months_probability": 1.0}, "fracture_new_5_months_probability"),
        ({"fracture_at_diagnosis_probability.under_55": 0.05}, "fracture_at_diagnosis_probability.under_55"),
        ({"wrong_diagnosis_probability.foot": 0.99}, "wrong_diagnosis_probability.foot"),
        ({"osteonecrosis_early_stage_probability": 1.0}, "osteonecrosis_early_stage_probability"),
    ],
)
def test_what_cannot_be_solved_is_one_clear_line(change, key):
    with pytest.raises(InputError, match=rf"^test\.toml, {key}: .+\. Write .+\.$"):
        solve_latent(parameters(change), Structure())
