"""What comes out of each population: its people, its course, its bounds (`-s` prints the figures).

Shares and moments that a file states must come back among the simulated people; solved values must show what they were
solved for; the rest are consequences beside published figures.
"""

import math
import sys
from functools import cache

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq
from simulate import Simulated, changed, simulated

from sim.inputs.delay_and_work import DelayAndWork
from sim.inputs.latent import solve_latent
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.root import data_root
from sim.vocabulary.enums import Aetiology, Site
from sim.vocabulary.events import Event

PEOPLE = 10_000
WEEK = 7 / 365.25
MONTH = 1 / 12
POPULATIONS = sorted(path.stem for path in (data_root() / "parameters" / "populations").glob("*.toml"))


@cache
def world(population: str) -> ModelInputs:
    who = {"kind": population, "age_minimum_years": None, "age_maximum_years": None}
    return gather(changed(strategies=("supportive",), comparator="supportive", population=who))


@cache
def cohort(population: str, seed: int) -> Simulated:
    """Supportive care."""
    return simulated(world(population), seed=seed, patients=PEOPLE)


def first_times(cohort: Simulated, event: Event, lesion: int = -1) -> np.ndarray:
    """Years since onset of each person's first such event (of that lesion); inf: never."""
    rows = cohort.events("supportive", event)
    rows = rows[rows["lesion"] == lesion] if lesion >= 0 else rows
    years = np.full(PEOPLE, np.inf)
    years[rows["patient_id"][::-1]] = rows["time_years"][::-1]
    return years


def report(text: str) -> None:
    sys.stdout.write(f"\n  {text}\n")


def assert_share(flags: np.ndarray, expected: float, what: str, beside: float = 0.0) -> None:
    """Within 4.5 standard errors (or `beside`, if that is stated) of the expected share."""
    error = math.sqrt(max(expected * (1.0 - expected), 1.0 / len(flags)) / len(flags))
    report(f"{what}: {flags.mean():.4f} of {len(flags)}, expected {expected:.4f}")
    assert abs(flags.mean() - expected) < 4.5 * error + beside, what


def assert_mean(values: np.ndarray, expected: float, what: str) -> None:
    report(f"{what}: {values.mean():.3f}, expected {expected:.3f}")
    assert abs(values.mean() - expected) < 4.5 * values.std() / math.sqrt(len(values)), what


# Who they are


@pytest.mark.parametrize("population", POPULATIONS)
def test_the_people_have_the_causes_sites_and_sexes_of_the_file(population, seed):
    """Entrants, not onsets: who heals before the diagnosis is more often of a fast-healing site or cause."""
    parameters, patients = world(population).parameters, cohort(population, seed).block.patients
    sites = patients["lesions"]["site"][:, 0]
    for aetiology in Aetiology:
        cause = aetiology.name.lower()
        here = patients["aetiology"] == aetiology
        assert_share(here, parameters.value(f"aetiology_share.{cause}"), f"{population}, {cause}")
        profile = f"profile.{cause}." if f"profile.{cause}.male_probability" in parameters else ""
        if here.sum() < 100:
            continue
        for site in Site:
            share = parameters.value(f"{profile}site_share.{site.name.lower()}")
            assert_share(sites[here] == site, share, f"{population}, {cause}, {site.name.lower()}")
            men = parameters.value(f"{profile}male_probability" if profile else f"male_probability.{site.name.lower()}")
            there = here & (sites == site)
            if there.any():
                assert_share(patients["sex"][there] == 1, men, f"{population}, {cause}, {site.name.lower()}, men")


@pytest.mark.parametrize("population", POPULATIONS)
def test_nobody_is_younger_or_older_than_the_population(population, seed):
    ages = cohort(population, seed).block.patients["age_years"]
    kind = world(population).kind
    oldest = math.inf if kind.age_maximum_years is None else kind.age_maximum_years
    assert kind.age_minimum_years <= ages.min() <= ages.max() <= oldest


@pytest.mark.parametrize("population", ["pregnancy", "transplant"])
def test_ages_of_a_profile_have_its_mean_and_spread(population, seed):
    """A normal cut at the limits of the population; mean and standard deviation by scipy."""
    parameters, kind = world(population).parameters, world(population).kind
    mean, sd = (parameters.value(f"profile.{population}.age_{law}_years") for law in ("mean", "sd"))
    ages = cohort(population, seed).block.patients["age_years"]
    highest = 100.0 if kind.age_maximum_years is None else kind.age_maximum_years
    law = stats.truncnorm((kind.age_minimum_years - mean) / sd, (highest - mean) / sd, mean, sd)
    assert_mean(ages, law.mean(), f"{population}, age")
    assert_mean((ages - law.mean()) ** 2, law.var(), f"{population}, variance of age")


# The way to the diagnosis


@pytest.mark.parametrize("population", ["adults", "hip_referral", "rheumatic", "transplant", "pregnancy"])
def test_half_of_the_diagnosed_waited_less_than_the_solved_median_delay(population, seed):
    """The median of D among those with D < W, by quadrature over the mix of causes and sites; 1.7 months in adults.

    1 % of scans miss and are repeated, which is left out of the quadrature.
    """
    delays = np.concatenate([first_times(cohort(population, seed), Event.MRI_SCAN)])
    laws = mixture(population)

    def below(years: float) -> float:
        return sum(share * law.delay_at_most(years) / law.diagnosed_share() for share, law in laws)

    median = brentq(lambda years: below(years) - 0.5, 1e-3, 5.0)
    report(f"{population}: median months to the scan {np.median(delays) / MONTH:.2f}, solved {median / MONTH:.2f}")
    assert_share(delays <= median, 0.5, f"{population}, scanned by then", beside=0.01)
    if population == "adults":
        assert abs(median / MONTH - 1.77) < 0.1


def mixture(population: str) -> list[tuple[float, DelayAndWork]]:
    """Shares of causes and sites among patients with their two laws."""
    inputs = world(population)
    parameters = inputs.parameters
    latent = solve_latent(parameters, inputs.scenario.structure)
    primary = [parameters.value(f"aetiology_share.{cause}") for cause in ("idiopathic", "overuse")]
    ratios = [parameters.value(f"healing_time_ratio.{cause}") for cause in ("idiopathic", "overuse")]
    reference = np.dot(primary, ratios) / sum(primary) if sum(primary) else 1.0
    parts = []
    for aetiology in Aetiology:
        cause = aetiology.name.lower()
        profile = f"profile.{cause}." if f"profile.{cause}.male_probability" in parameters else ""
        for site in Site:
            share = parameters.value(f"aetiology_share.{cause}")
            share *= parameters.value(f"{profile}site_share.{site.name.lower()}")
            law = DelayAndWork(
                parameters.years("diagnosis_delay_median_months") * parameters.value(f"diagnosis_delay_ratio.{cause}"),
                parameters.value("diagnosis_delay_sigma"),
                latent.work_median_years[site] * parameters.value(f"healing_time_ratio.{cause}") / reference,
                parameters.value(f"healing_sigma.{site.name.lower()}")
                * parameters.value(f"healing_sigma_ratio.{cause}"),
                1.0,
            )
            if share > 0.0:
                parts.append((share, law))
    return parts


@pytest.mark.parametrize("population", ["adults", "adolescent"])
def test_as_many_feet_as_published_are_first_given_another_diagnosis(population, seed):
    """8 of 14 feet."""
    people = cohort(population, seed)
    feet = people.block.patients["lesions"]["site"][:, 0] == Site.FOOT
    feet &= np.isfinite(first_times(people, Event.DIAGNOSIS, 0))
    wrong = np.isfinite(first_times(people, Event.WRONG_DIAGNOSIS))
    assert_share(wrong[feet], world(population).parameters.value("wrong_diagnosis_probability.foot"), "feet led astray")
    assert abs(world(population).parameters.value("wrong_diagnosis_probability.foot") - 8 / 14) < 0.001


# Pregnancy


def test_the_pain_begins_in_week_32_on_average(seed):
    """The published mean; the spread is the file's, cut at weeks 28 and 40."""
    weeks = cohort("pregnancy", seed).block.patients["gestational_week"]
    assert weeks.min() >= 28.0
    assert weeks.max() <= 40.0
    assert_mean(weeks, 32.0, "gestational week at onset")


def test_two_women_in_five_have_both_hips_from_the_start(seed):
    people = cohort("pregnancy", seed)
    both = first_times(people, Event.LESION_STARTS, 1) == 0.0
    assert_share(both, 0.40, "both sides at onset")
    lesions = people.block.patients["lesions"][both]
    assert (lesions["site"][:, 0] == lesions["site"][:, 1]).all()
    assert (lesions["side"][:, 0] != lesions["side"][:, 1]).all()


def test_about_six_women_in_a_hundred_break_a_femoral_neck(seed):
    """1 of 18 and 4 of 33 published; the hazard is set for 6 % over a usual course, so only its size can be held."""
    broken = np.isfinite(first_times(cohort("pregnancy", seed), Event.NECK_FRACTURE))
    assert_share(broken, 0.06, "femoral neck fracture", beside=0.01)


def test_nearly_half_of_the_diagnoses_come_after_the_delivery(seed):
    """17 of 34 published, to which nothing is fitted: inside its exact 95 % interval."""
    people = cohort("pregnancy", seed)
    after = first_times(people, Event.DIAGNOSIS, 0) > first_times(people, Event.DELIVERY)
    interval = stats.binomtest(17, 34).proportion_ci()
    report(
        f"diagnosed after the delivery: {after.mean():.3f}; published 0.5 ({interval.low:.2f} to {interval.high:.2f})"
    )
    assert interval.low < after.mean() < interval.high


def test_hips_of_pregnancy_heal_within_the_published_months(seed):
    """Complete remission in 6 to 8 months (mean judged 7.0, 5.5 to 8.5): what the ratio of 1 was chosen from."""
    resolved = first_times(cohort("pregnancy", seed), Event.SYMPTOMS_RESOLVE, 0)
    mean = resolved[np.isfinite(resolved)].mean() / MONTH
    report(f"months from onset to the end of symptoms of the first hip: {mean:.2f}; published 6 to 8")
    assert 5.5 < mean < 8.5


# After transplantation


def free_of_the_first_pain(people: Simulated) -> np.ndarray:
    """Years from onset until every lesion that began with the disease has resolved."""
    years = first_times(people, Event.SYMPTOMS_RESOLVE, 0)
    other = first_times(people, Event.SYMPTOMS_RESOLVE, 1)
    return np.where(people.block.patients["bilateral"] == 1, np.maximum(years, other), years)


def expected_free(years: float) -> float:
    """P(max(W1, W2) <= t | D < W1) over sites and both sides: a sum over 20,000 quantiles of D."""
    both = world("transplant").parameters.value("bilateral_probability.transplant")
    scores = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    free = 0.0
    for share, law in mixture("transplant"):
        work = stats.lognorm(law.work_sigma, scale=law.work_median_years)
        delay = law.delay_median_years * np.exp(law.delay_sigma * scores)
        first = np.maximum(work.cdf(years) - work.cdf(delay), 0.0).mean() / work.sf(delay).mean()
        free += share * first * (1.0 - both + both * work.cdf(years))
    return free


def test_four_in_five_are_free_of_the_pain_they_came_with_14_weeks_after_onset(seed):
    """8 of 10 published. The healing ratio was solved for it, so this shows that the rules do what was solved.

    1 % of lesions are osteonecrosis, which the quadrature leaves out and which never resolve.
    """
    years = free_of_the_first_pain(cohort("transplant", seed))
    assert_share(years <= 14 * WEEK, 0.80, "free at 14 weeks")
    necrosis = world("transplant").parameters.value("osteonecrosis_probability")
    assert_share(years <= 14 * WEEK, expected_free(14 * WEEK), "free at 14 weeks, by quadrature", beside=2 * necrosis)


def test_half_of_them_are_free_near_three_months(seed):
    """Median 3 months in the model's description: 12 to 13.5 weeks."""
    median = np.median(free_of_the_first_pain(cohort("transplant", seed))) / WEEK
    report(f"weeks from onset until half are free: {median:.2f}")
    assert 12.0 < median < 13.5


# Adolescents


def test_vitamin_d_is_low_in_as_many_adolescents_as_published(seed):
    """10 of 13 under 30 ng/mL."""
    levels = cohort("adolescent", seed).block.patients["vitamin_d_ng_per_ml"]
    assert_share(levels < 30.0, 10 / 13, "25(OH)D under 30 ng/mL")


def test_growth_plates_close_once_at_the_age_of_the_sex(seed):
    people = cohort("adolescent", seed)
    patients, parameters = people.block.patients, world("adolescent").parameters
    ages = np.array([parameters.value(f"growth_plates_close_years.{sex}") for sex in ("female", "male")])
    ahead = ages[patients["sex"]] - patients["age_years"]
    closed = first_times(people, Event.GROWTH_PLATES_CLOSE)
    report(f"growth plates open at onset: {(ahead > 0).mean():.3f}")
    assert np.isinf(closed[ahead <= 0.0]).all()
    alive = first_times(people, Event.DEATH) > ahead
    assert np.allclose(closed[(ahead > 0.0) & alive], ahead[(ahead > 0.0) & alive])
    rows = people.events("supportive", Event.GROWTH_PLATES_CLOSE)
    assert len(rows) == len(np.unique(rows["patient_id"]))
