"""What is seen among the diagnosed, as a parameter set, and a plain simulation of onsets: for tests of the solver.

The simulation shares nothing with the solver but the laws' definitions: lognormal delay, healing work with a published
median and spread of its logarithm, normal scores with the Pearson correlation that belongs to a rank correlation.
"""

import math

import numpy as np
from scipy import special, stats

from sim.inputs.parameters import ParameterSet
from sim.inputs.quantity import Quantity
from sim.vocabulary.units import unit_promised_by

SITES = ("hip", "knee", "foot", "other")
SHARES = (11 / 66, 15 / 66, 36 / 66, 4 / 66)
BANDS = ("under_55", "from_55_to_64", "from_65")
AETIOLOGIES = ("idiopathic", "overuse", "osteoarthritis", "rheumatic", "pregnancy", "transplant")
# docs/model.md, section 3 and the natural-history parameters
OBSERVED = {
    **{f"site_share.{site}": share for site, share in zip(SITES, SHARES, strict=True)},
    **{f"healing_median_months.{site}": months for site, months in zip(SITES, (6.0, 8.0, 8.0, 8.0), strict=True)},
    **{f"healing_sigma.{site}": sigma for site, sigma in zip(SITES, (0.40, 0.45, 0.60, 0.60), strict=True)},
    **{f"wrong_diagnosis_probability.{site}": p for site, p in zip(SITES, (0.2, 0.25, 0.571, 0.3), strict=True)},
    **{f"aetiology_share.{name}": share for name, share in zip(AETIOLOGIES, (0.55, 0.45, 0, 0, 0, 0), strict=True)},
    **{f"{ratio}.{name}": 1.0 for ratio in ("healing_time_ratio", "healing_sigma_ratio") for name in AETIOLOGIES},
    **{f"diagnosis_delay_ratio.{name}": 1.0 for name in AETIOLOGIES},
    "diagnosis_delay_median_months": 2.0,
    "diagnosis_delay_sigma": 0.9,
    "first_contact_share_of_delay_ratio": 0.4,
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
    "radiograph_sensitivity_probability": 0.20,
    "radiograph_early_weeks": 4.0,
    "radiograph_late_weeks": 8.0,
    "osteonecrosis_early_stage_probability": 0.05,
}


def parameters(changes: dict[str, float] | None = None) -> ParameterSet:
    """The observed values as a ParameterSet, some of them changed, all in the file test.toml."""
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
        for name, value in (OBSERVED | (changes or {})).items()
    }
    return ParameterSet(quantities, dict.fromkeys(quantities, "test.toml"))


def draw_work(law: str, median: float, sigma: float, scores: np.ndarray) -> np.ndarray:
    """Healing work at normal scores, from SciPy's distributions; `sigma` is the standard deviation of its logarithm."""
    if law == "lognormal":
        return median * np.exp(sigma * scores)
    if law == "weibull":
        unit = stats.weibull_min(math.pi / (math.sqrt(6) * sigma))
    else:
        unit = stats.gamma(gamma_shape(sigma))
    return median / unit.median() * unit.ppf(stats.norm.cdf(scores))


def gamma_shape(sigma: float) -> float:
    """The a with trigamma(a) = sigma^2, by halving."""
    low, high = 1e-3, 1e6
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if special.polygamma(1, middle) > sigma**2 else (low, middle)
    return middle


class Onsets:
    """People at symptom onset at one site, and which of them are diagnosed; years."""

    def __init__(self, generator, people, work_median, sigma, structure, delay_median=2 / 12):
        rate = structure.unprotected_healing_rate
        pearson = 2 * math.sin(math.pi * structure.delay_healing_correlation / 6)
        scores = generator.standard_normal((2, people))
        self.delay = delay_median * np.exp(0.9 * scores[0])
        work_scores = pearson * scores[0] + math.sqrt(1 - pearson**2) * scores[1]
        self.work = draw_work(structure.healing_law, work_median, sigma, work_scores)
        done = rate * self.delay
        self.diagnosed = done < self.work
        self.left = np.where(self.diagnosed, self.work - done, 0.0)
        self.progress = done / self.work
        self.resolved = np.where(self.diagnosed, self.delay + self.left, self.work / rate)


def assert_share(hits, expected):
    """The share of hits lies within 4 standard errors of what is expected."""
    assert abs(np.mean(hits) - expected) < 4 * math.sqrt(expected * (1 - expected) / len(hits))


def assert_mean(samples, weights, expected):
    """The weighted mean of several samples' means lies within 4 standard errors of what is expected."""
    mean = sum(weight * np.mean(sample) for sample, weight in zip(samples, weights, strict=True))
    variance = sum(weight**2 * np.var(sample) / len(sample) for sample, weight in zip(samples, weights, strict=True))
    assert abs(mean - expected) < 4 * math.sqrt(variance)
