"""The independent cohort itself, against hand calculations and one-dimensional quadrature."""

import math

import numpy as np
import pytest
from independent import submodel
from scipy import integrate, stats

SHARES = (11 / 66, 15 / 66, 36 / 66, 4 / 66)
LATENT_MEDIAN_YEARS = (5.8 / 12, 7.7 / 12, 7.5 / 12, 7.5 / 12)
SIGMA = (0.40, 0.45, 0.60, 0.60)
DELAY_MEDIAN_YEARS, DELAY_SIGMA = 2.0 / 12, 0.9
SHAPE = submodel.PainShape()
COUNT = 100_000
WINDOW = {"factor": 1.44, "lag_years": 0.1, "plateau_years": 0.3, "waned_years": 0.5}


def entrants(seed: int, count: int, shares: tuple[float, ...] = SHARES, rate: float = 1.0) -> submodel.Entrants:
    return submodel.draw_entrants(
        np.random.default_rng(seed),
        count,
        shares,
        LATENT_MEDIAN_YEARS,
        SIGMA,
        lag_mean_years=1.5 / 12,
        lag_shape=4.0,
        delay_median_years=DELAY_MEDIAN_YEARS,
        delay_sigma=DELAY_SIGMA,
        rate_before_diagnosis=rate,
    )


def one_patient(work: float, delay: float, lag: float = 0.125) -> submodel.Entrants:
    return submodel.Entrants(
        np.array([0]), np.array([work]), np.array([lag]), np.array([delay]), np.array([work - delay]), 0.0
    )


def only(site: int) -> tuple[float, ...]:
    return tuple(float(number == site) for number in range(4))


def test_the_rates_of_a_window_are_lag_full_three_quarters_one_quarter_and_none():
    """By hand: 1.44 ** 0.75 = 1.2 ** 1.5 and 1.44 ** 0.25 = sqrt(1.2); the middle of 0.3 to 0.5 is 0.4."""
    steps = submodel.treatment_rate_steps(**WINDOW)
    np.testing.assert_allclose(steps.starts_years, [0, 0.1, 0.3, 0.4, 0.5])
    np.testing.assert_allclose(steps.rates, [1, 1.44, 1.2**1.5, math.sqrt(1.2), 1])


def test_healing_under_a_window_ends_when_the_hand_sum_of_the_work_says():
    """0.1 year at 1, 0.2 at 1.44, 0.1 at 1.2 ** 1.5 are 0.5195 years of work; 0.55 is reached in the step after."""
    patient = one_patient(work=0.75, delay=0.2)
    steps = submodel.treatment_rate_steps(**WINDOW)
    expected = 0.4 + (0.55 - 0.1 - 0.288 - 0.1 * 1.2**1.5) / math.sqrt(1.2)
    resolved = submodel.resolved_since_entry_years(patient, steps)
    assert resolved[0] == pytest.approx(expected, rel=1e-12)
    total = 0.1 + 0.288 + 0.1 * 1.2**1.5 + 0.1 * math.sqrt(1.2)
    assert submodel.mri_normal_since_entry_years(patient, steps)[0] == pytest.approx(0.5 + 0.675 - total, rel=1e-12)


def test_work_done_and_time_of_work_undo_each_other():
    """An identity of the cumulative rate and its inverse."""
    steps = submodel.treatment_rate_steps(**WINDOW, start_years=0.05)
    times = np.linspace(0.0, 2.0, 4_001)
    np.testing.assert_allclose(submodel.time_of_work_years(steps, submodel.work_done_years(steps, times)), times)


def test_rates_are_kept_between_a_tenth_and_two():
    """The clip of the model description, section 5."""
    assert submodel.treatment_rate_steps(3.0, 0.0, 0.3, 0.5).rates[1] == 2.0
    assert submodel.treatment_rate_steps(0.01, 0.0, 0.3, 0.5).rates[1] == 0.1


def test_the_whole_course_has_the_hand_area_of_its_three_phases():
    """Per peak and year of work: 0.75 x 0.15 rising, 0.35 steady, 0.525 x 0.5 falling, together 0.725."""
    area = submodel.pain_years(one_patient(0.8, 0.0), np.array([6.0]), submodel.no_treatment(), SHAPE, [], 5.0)
    assert area[0] == pytest.approx(0.725 * 6.0 * 0.8, rel=1e-12)


def test_the_pain_area_of_treated_patients_equals_adaptive_quadrature(seed):
    """The same integral by scipy's adaptive rule on the pointwise pain, cut at its jumps and bends."""
    cohort = entrants(seed, 8)
    peak = np.linspace(4.0, 9.5, 8)
    steps = submodel.treatment_rate_steps(**WINDOW)
    periods = [(0.02, 0.12, 0.8), (0.12, 0.35, 0.92)]
    areas = submodel.pain_years(cohort, peak, steps, SHAPE, periods, until_years=0.9)
    for number, area in enumerate(areas):
        row = {name: getattr(cohort, name)[number : number + 1] for name in ("site", "work_years", "lag_years")}
        left = cohort.work_left_years[number : number + 1]
        one = submodel.Entrants(**row, delay_years=left, work_left_years=left, rejected_share=0.0)

        def pain(time: float, one: submodel.Entrants = one, number: int = number) -> float:
            return float(submodel.load_pain(one, peak[number], steps, SHAPE, periods, np.array([time]))[0])

        bends = [submodel.time_of_work_years(steps, left - (1 - share) * one.work_years)[0] for share in (0.15, 0.5, 1)]
        points = [0.02, 0.12, 0.35, *steps.starts_years[1:], *(bend for bend in bends if 0 < bend < 0.9)]
        expected, _ = integrate.quad(pain, 0.0, 0.9, points=points, epsabs=1e-12, epsrel=1e-12, limit=500)
        assert area == pytest.approx(expected, abs=1e-10)


def test_pain_at_an_edge_is_what_holds_after_it():
    """Peak 8 on its plateau, multiplier 0.5 on [0.1, 0.2): 4 at 0.1, 8 again at 0.2; 0 at the end of symptoms, 0.8."""
    patient, times = one_patient(1.0, 0.2), np.array([0.1, 0.2, 0.8])
    found = submodel.load_pain(patient, np.array([8.0]), submodel.no_treatment(), SHAPE, [(0.1, 0.2, 0.5)], times)
    np.testing.assert_allclose(found, [4.0, 8.0, 0.0])


def test_an_area_under_a_multiplier_above_one_is_refused():
    """The cap of 10 would bend the line: the oracle must not answer what it does not know exactly."""
    with pytest.raises(ValueError, match="at most 1"):
        submodel.pain_years(one_patient(0.8, 0.0), np.ones(1), submodel.no_treatment(), SHAPE, [(0, 1, 1.2)], 1.0)


def delay_over_work(site: int) -> stats.rv_continuous:
    """Law of D / W before rejection: a ratio of lognormals is lognormal. An entrant is someone with D / W < 1."""
    sigma = math.hypot(DELAY_SIGMA, SIGMA[site])
    return stats.lognorm(sigma, scale=DELAY_MEDIAN_YEARS / LATENT_MEDIAN_YEARS[site])


def standard_error(share: float) -> float:
    return math.sqrt(share * (1.0 - share) / COUNT)


@pytest.mark.parametrize(("site", "published_months"), [(0, 6.0), (1, 8.0), (2, 8.0)])
def test_latent_medians_reproduce_the_published_ones_among_the_diagnosed(seed, site, published_months):
    """Share with W up to the published median given W > D, by quadrature over W; the cohort must agree with it too.

    Latent and published medians: model description, section 3; the latent ones are given to 0.1 month, which leaves
    0.05 x the share of entrants per month of W.
    """
    work = stats.lognorm(SIGMA[site], scale=12 * LATENT_MEDIAN_YEARS[site])
    delay = stats.lognorm(DELAY_SIGMA, scale=12 * DELAY_MEDIAN_YEARS)
    below, _ = integrate.quad(lambda u: delay.cdf(work.ppf(u)), 0.0, work.cdf(published_months), epsabs=1e-10)
    exact = below / delay_over_work(site).cdf(1.0)
    density = work.pdf(published_months) * delay.cdf(published_months) / delay_over_work(site).cdf(1.0)
    assert abs(exact - 0.5) < 0.05 * density
    cohort = entrants(seed, COUNT, only(site))
    assert abs(submodel.share_at(cohort.work_years, published_months) - exact) < 4 * standard_error(exact)


@pytest.mark.parametrize("site", [0, 1, 2, 3])
@pytest.mark.parametrize("rate", [1.0, 0.8])
def test_the_share_rejected_and_the_level_at_entry_are_those_of_the_lognormal_ratio(seed, site, rate):
    """Rejected: P(rate D > W). Mean pain level at entry: quadrature over the law of rate D / W below 1."""
    ratio = delay_over_work(site)
    enter = ratio.cdf(1.0 / rate)
    cohort = entrants(seed, COUNT, only(site), rate)
    assert abs(cohort.rejected_share - (1.0 - enter)) < 4 * standard_error(enter)

    def level(u: float) -> float:
        return float(submodel.pain_level(SHAPE, rate * ratio.ppf(u)))

    bends = [ratio.cdf(share / rate) for share in (SHAPE.peak_share, SHAPE.decline_share)]
    exact = integrate.quad(level, 0.0, enter, points=bends, epsabs=1e-9, limit=200)[0] / enter
    levels = submodel.pain_level(SHAPE, 1.0 - cohort.work_left_years / cohort.work_years)
    assert submodel.mean_level_at_entry(cohort, SHAPE) == levels.mean()
    assert abs(levels.mean() - exact) < 4 * levels.std(ddof=1) / math.sqrt(COUNT)


def test_entrants_have_more_of_the_slow_sites_than_the_clinic(seed):
    """Whole persons are redrawn, so the mix among entrants is proportional to share x P(W > D)."""
    weights = np.array([share * delay_over_work(site).cdf(1.0) for site, share in enumerate(SHARES)])
    exact = weights / weights.sum()
    found = np.bincount(entrants(seed, COUNT).site, minlength=4) / COUNT
    assert all(abs(found - exact) < [4 * standard_error(share) for share in exact])


def test_the_mri_lag_and_the_peak_have_their_stated_means(seed):
    """Gamma with shape 4 and mean 1.5 months has standard deviation 0.75 months; peaks are capped at 10."""
    lag_months = 12 * entrants(seed, COUNT).lag_years
    assert abs(lag_months.mean() - 1.5) < 4 * 0.75 / math.sqrt(COUNT)
    assert lag_months.std(ddof=1) == pytest.approx(0.75, rel=0.03)
    np.testing.assert_allclose(submodel.peak_pain(np.array([4.3, 8.6, 9.5]), 0.86), [5.0, 10.0, 10.0])
