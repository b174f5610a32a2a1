"""The batch engine's means and shares against the plain NumPy cohort, which was written without looking at the rules.

Both describe the same sub-model: one lesion that heals, one systemic treatment at diagnosis, nobody dies. The inputs of
both are the shipped parameters; what must be solved (latent medians, onsets by site, entry pain over peak) is solved
here a second time, by quadrature. Two samples of 100,000: a difference must be below 4 of its standard errors.
"""

import dataclasses
import math
from functools import cache

import numpy as np
import pytest
from independent import submodel
from scipy import integrate, optimize, stats

from sim.engines.batch import BatchEngine
from sim.engines.history import Buffers
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.population import population_rows
from sim.inputs.scenario import load_scenario
from sim.inputs.tables import build_tables
from sim.valuation.courses import value_block
from sim.valuation.outcomes import OUTCOME
from sim.valuation.tariff import build_tariff

PEOPLE = 100_000
BLOCK = 1_024
SITES = ("hip", "knee", "foot", "other")
STRATEGIES = ("supportive", "zoledronate")
HORIZON_YEARS = 60.0
CURVE_MONTHS = (0, 1, 3, 6)
SHARE_MONTHS = (3, 6, 12)


@cache
def inputs() -> ModelInputs:
    return gather(load_scenario("base_case_uk", strategies=STRATEGIES, comparator="supportive"))


def sub_model_tables(seed: int) -> np.ndarray:
    """Without further lesions, complications, harms, contraindications, waits, scans that miss, and death."""
    tables = build_tables(inputs(), seed)
    for name in (
        "further_probability",
        "osteonecrosis_probability",
        "fracture_onset_probability",
        "fracture_hazard",
        "neck_fracture_hazard",
        "gastrointestinal_hazard",
        "comorbidity_probability",
        "childbearing_wish_probability",
        "mri_earliest_years",
        "repletion_wait_years",
        "cumulative_hazard",
    ):
        tables[name] = 0.0
    tables["mri_sensitivity"] = 1.0
    tables["kidney_cumulative"] = 1.0
    tables["horizon_years"] = HORIZON_YEARS
    tables[0]["treatments"]["adverse_events"]["first_probability"] = 0.0
    return tables


@cache
def engine(seed: int) -> dict[str, dict[str, tuple[float, float]]]:
    """Mean and variance of each quantity, by strategy."""
    tables, tariff, batch, buffers = sub_model_tables(seed), build_tariff(inputs()), BatchEngine(), Buffers(BLOCK)
    outcomes = {name: np.zeros(PEOPLE, OUTCOME) for name in STRATEGIES}
    curves = dict.fromkeys(STRATEGIES, 0)
    for start in range(0, PEOPLE, BLOCK):
        count = min(BLOCK, PEOPLE - start)
        entrants = batch.enter_block(tables, start, count, population_rows(None), buffers)
        for number, name in enumerate(STRATEGIES):
            value = value_block(batch.follow_block(entrants, number, tables, buffers), entrants.patients, tariff)
            outcomes[name][start : start + count] = value.outcomes
            sums = np.stack([value.curves[field] for field in ("load_pain", "load_pain_squared")])
            curves[name] = curves[name] + sums
    result = {}
    for name in STRATEGIES:
        found = outcomes[name]
        months = {
            "symptoms from onset": found["symptom_months_from_onset"],
            "symptoms from entry": found["symptom_months_from_entry"],
            "MRI from onset": found["mri_months_from_onset"],
            "MRI from entry": found["mri_months_from_entry"],
        }
        result[name] = {key: moments(values) for key, values in months.items()}
        result[name]["pain-years"] = moments(found["pain_years"])
        for month in SHARE_MONTHS:
            result[name][f"recovered at {month}"] = moments(months["symptoms from entry"] <= month)
        for month in CURVE_MONTHS:
            mean, square = curves[name][:, 2 * month] / PEOPLE
            result[name][f"load pain at {month}"] = mean, square - mean**2
    return result


def moments(values: np.ndarray) -> tuple[float, float]:
    assert np.isfinite(values).all()
    return float(np.mean(values)), float(np.var(values))


@dataclasses.dataclass(frozen=True)
class Laws:
    """Of one site: healing work W and delay D in years, before anybody is rejected."""

    work: stats.rv_continuous
    delay: stats.rv_continuous
    ratio: stats.rv_continuous  # of D / W; an entrant has less than 1

    @property
    def enters(self) -> float:
        return float(self.ratio.cdf(1.0))


def laws(site: str, median_years: float) -> Laws:
    parameters = inputs().parameters
    sigma, delay_sigma = parameters.value(f"healing_sigma.{site}"), parameters.value("diagnosis_delay_sigma")
    delay_median = parameters.years("diagnosis_delay_median_months")
    return Laws(
        stats.lognorm(sigma, scale=median_years),
        stats.lognorm(delay_sigma, scale=delay_median),
        stats.lognorm(math.hypot(sigma, delay_sigma), scale=delay_median / median_years),
    )


def solved_laws(site: str) -> Laws:
    """Half of those with W > D have W up to the published median: quadrature over the quantiles of W."""
    published = inputs().parameters.years(f"healing_median_months.{site}")

    def gap(median_years: float) -> float:
        law = laws(site, median_years)
        early, _ = integrate.quad(lambda u: law.delay.cdf(law.work.ppf(u)), 0.0, law.work.cdf(published), epsabs=1e-10)
        return early / law.enters - 0.5

    return laws(site, optimize.brentq(gap, 0.5 * published, published))


def pain_shape() -> submodel.PainShape:
    names = ("pain_start_level", "pain_end_level", "pain_peak_share_of_work_ratio", "pain_decline_share_of_work_ratio")
    return submodel.PainShape(*(inputs().parameters.value(name) for name in names))


def entry_pain() -> stats.rv_continuous:
    names = ("entry_pain_minimum_nrs", "entry_pain_mean_nrs", "entry_pain_sd_nrs")
    low, mean, sd = (inputs().parameters.value(name) for name in names)
    return stats.truncnorm((low - mean) / sd, (10.0 - mean) / sd, mean, sd)


def entry_pain_over_peak(by_site: list[Laws], shares: list[float]) -> float:
    """The divisor c with E[min(10, E / c)] x mean level at entry = published mean; `shares` are of the entrants."""
    shape, law = pain_shape(), entry_pain()
    level = 0.0
    for share, site in zip(shares, by_site, strict=True):
        bends = [site.ratio.cdf(knot) for knot in (shape.peak_share, shape.decline_share)]

        def at(u: float, site: Laws = site) -> float:
            return float(submodel.pain_level(shape, site.ratio.ppf(u)))

        level += share * integrate.quad(at, 0.0, site.enters, points=bends, epsabs=1e-9, limit=200)[0] / site.enters

    def gap(divisor: float) -> float:
        peak, _ = integrate.quad(lambda u: min(10.0, law.ppf(u) / divisor), 0.0, 1.0, limit=200)
        return peak * level - inputs().parameters.value("entry_pain_mean_nrs")

    return float(optimize.brentq(gap, 0.3, 1.5))


@cache
def cohort(seed: int) -> tuple[submodel.Entrants, np.ndarray]:
    """The NumPy entrants and their peak pain."""
    parameters = inputs().parameters
    by_site = [solved_laws(site) for site in SITES]
    seen = [parameters.value(f"site_share.{site}") for site in SITES]  # among the diagnosed
    onsets = np.array([share / law.enters for share, law in zip(seen, by_site, strict=True)])
    generator = np.random.default_rng([seed, 71])
    entrants = submodel.draw_entrants(
        generator,
        PEOPLE,
        list(onsets / onsets.sum()),
        [law.work.median() for law in by_site],
        [parameters.value(f"healing_sigma.{site}") for site in SITES],
        parameters.years("mri_lag_mean_months"),
        parameters.value("mri_lag_shape"),
        parameters.years("diagnosis_delay_median_months"),
        parameters.value("diagnosis_delay_sigma"),
    )
    pain = entry_pain().rvs(PEOPLE, random_state=generator)
    return entrants, submodel.peak_pain(pain, entry_pain_over_peak(by_site, seen))


def treated(strategy: str) -> tuple[submodel.RateSteps, list[submodel.PainPeriod]]:
    """Rates and pain periods since entry: factor = hazard ratio ** exponent of MRI endpoints."""
    if strategy == "supportive":
        return submodel.no_treatment(), []
    parameters, healing = inputs().parameters, "treatments.zoledronate.healing"
    factor = parameters.value(f"{healing}.hazard_ratio") ** parameters.value("acceleration_exponent_mri_ratio")
    edges = (parameters.years(f"{healing}.{name}_weeks") for name in ("lag", "plateau", "waned"))
    pain = "treatments.zoledronate.pain.1"
    start, end = (parameters.years(f"{pain}.{name}_days") for name in ("from", "until"))
    periods = [(start, end, parameters.value(f"{pain}.multiplier_ratio"))]
    return submodel.treatment_rate_steps(factor, *edges), periods


@cache
def sub_model(seed: int) -> dict[str, dict[str, tuple[float, float]]]:
    """As `engine`."""
    entrants, peak = cohort(seed)
    result = {}
    for strategy in STRATEGIES:
        steps, periods = treated(strategy)
        resolved = submodel.resolved_since_entry_years(entrants, steps)
        normal = submodel.mri_normal_since_entry_years(entrants, steps)
        quantities = {
            "symptoms from onset": 12 * (entrants.delay_years + resolved),
            "symptoms from entry": 12 * resolved,
            "MRI from onset": 12 * (entrants.delay_years + normal),
            "MRI from entry": 12 * normal,
            "pain-years": submodel.pain_years(entrants, peak, steps, pain_shape(), periods, HORIZON_YEARS),
        }
        for month in SHARE_MONTHS:
            quantities[f"recovered at {month}"] = 12 * resolved <= month
        for month in CURVE_MONTHS:
            when = np.full(PEOPLE, month / 12)
            pain = submodel.load_pain(entrants, peak, steps, pain_shape(), periods, when)
            quantities[f"load pain at {month}"] = pain
        result[strategy] = {name: moments(values) for name, values in quantities.items()}
    return result


QUANTITIES = [
    *(f"{what} from {clock}" for what in ("symptoms", "MRI") for clock in ("onset", "entry")),
    *(f"recovered at {month}" for month in SHARE_MONTHS),
    *(f"load pain at {month}" for month in CURVE_MONTHS),
    "pain-years",
]


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_the_engine_agrees_with_the_plain_cohort(quantity, strategy, seed):
    """Expected: the cohort of tests/independent/submodel.py, months unless the name says otherwise."""
    mean, variance = engine(seed)[strategy][quantity]
    expected, other_variance = sub_model(seed)[strategy][quantity]
    assert abs(mean - expected) < 4 * math.sqrt((variance + other_variance) / PEOPLE)


def test_treated_people_of_the_engine_gain_what_those_of_the_cohort_gain(seed):
    """The gain in months, paired within each cohort: its standard error is far smaller than that of the means."""
    entrants, _ = cohort(seed)
    resolved = [submodel.resolved_since_entry_years(entrants, treated(strategy)[0]) for strategy in STRATEGIES]
    gain = 12 * (resolved[0] - resolved[1])
    assert (gain >= 0).all()
    found = engine(seed)
    difference = found["supportive"]["symptoms from entry"][0] - found["zoledronate"]["symptoms from entry"][0]
    assert abs(difference - gain.mean()) < 4 * math.sqrt(2 * gain.var() / PEOPLE)
