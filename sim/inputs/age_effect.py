"""An effect of age on healing work, and its mean over the patients, so that the published medians stay theirs."""

from dataclasses import dataclass

import numpy as np

from sim.inputs.numerics import NORMAL_LIMIT, Array, nodes_on
from sim.vocabulary.enums import Sex

AGE_EFFECT_FROM_YEARS = 50.0
TAIL_SD = 3.0  # within which the tail of a normal ends, six standard deviations and more from its mean


@dataclass(frozen=True, eq=False)
class AgeLaws:
    """Ages of patients at onset by aetiology and first site (6, 4) and sex (last axis, enums.Sex): normals truncated to
    [minimum_years, maximum_years].

    patient_share: (6, 4) of all patients, sums to 1. male_probability: (6, 4). mean_years, sd_years: (6, 4, 2) of the
    untruncated normals. adolescent_share: (6, 4) of those whose age follows the adolescents' normal instead, truncated
    to the same bounds.
    """

    patient_share: Array
    male_probability: Array
    mean_years: Array
    sd_years: Array
    adolescent_share: Array
    adolescent_mean_years: float
    adolescent_sd_years: float
    minimum_years: float
    maximum_years: float


def age_effect_mean(effect_per_year: float, ages: AgeLaws) -> float:
    """E[1 + g max(0, age - 50)] over the patients, g = `effect_per_year`; exactly 1 when g is 0.

    A rule that gives healing work the ratio (1 + g max(0, age - 50)) / this mean leaves the mean ratio at 1.
    """
    if effect_per_year == 0.0:
        return 1.0
    adult_share = ages.patient_share * (1.0 - ages.adolescent_share)
    sex_share = np.zeros(ages.mean_years.shape)
    sex_share[..., Sex.MALE] = adult_share * ages.male_probability
    sex_share[..., Sex.FEMALE] = adult_share * (1.0 - ages.male_probability)
    bounds = (ages.minimum_years, ages.maximum_years)
    years_beyond = 0.0
    for group in np.ndindex(sex_share.shape):
        if sex_share[group] > 0.0:
            mean, sd = float(ages.mean_years[group]), float(ages.sd_years[group])
            years_beyond += float(sex_share[group]) * mean_years_beyond(mean, sd, *bounds)
    adolescents = float(np.sum(ages.patient_share * ages.adolescent_share))
    if adolescents > 0.0:
        mean, sd = ages.adolescent_mean_years, ages.adolescent_sd_years
        years_beyond += adolescents * mean_years_beyond(mean, sd, *bounds)
    return 1.0 + effect_per_year * years_beyond


def mean_years_beyond(mean: float, sd: float, lowest: float, highest: float) -> float:
    """E[max(0, A - 50)] for A: Normal(mean, sd) truncated to [lowest, highest], years. Quadrature.

    Only the weights' ratio counts, so the density is taken relative to its peak within the bounds. Nodes lie where the
    normal has weight, or next to the nearer bound when it has none between the bounds.
    """
    low = max(lowest, min(mean - NORMAL_LIMIT * sd, highest - TAIL_SD * sd))
    high = min(highest, max(mean + NORMAL_LIMIT * sd, lowest + TAIL_SD * sd))
    kink = min(max(AGE_EFFECT_FROM_YEARS, low), high)
    middle = min(max(mean, low), high)
    age, weight = nodes_on(sorted((low, middle, kink, high)))
    score = (age - mean) / sd
    weight = weight * np.exp((float(np.min(score**2)) - score**2) / 2.0)
    beyond = np.maximum(age - AGE_EFFECT_FROM_YEARS, 0.0)
    return float(weight @ beyond / weight.sum())
