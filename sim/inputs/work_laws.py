"""The laws that healing work may follow: lognormal, gamma, Weibull, with the same median and the same spread.

Each is named by its median and by sigma, the standard deviation of log W, so that another law changes the form and
neither the middle nor the width. The shape that belongs to sigma: lognormal, sigma itself; Weibull,
pi / (sqrt(6) sigma); gamma, the a with trigamma(a) = sigma^2, the variances of the logarithms of these variables.
"""

import math
from functools import cache

import numpy as np

from sim.inputs.numerics import Array, normal_cdf, normal_quantile, root
from sim.vocabulary.enums import WorkLaw

GAMMA_SHAPES = (0.01, 1e5)  # sigma from 100 to 0.003


@cache
def work_shape(law: WorkLaw, sigma: float) -> float:
    """Shape of the law whose log has standard deviation `sigma`. Raises InputError for a gamma out of reach."""
    if law == WorkLaw.LOGNORMAL:
        return sigma
    if law == WorkLaw.WEIBULL:
        return math.pi / (math.sqrt(6.0) * sigma)
    from scipy.special import polygamma

    def gap(log_shape: float) -> float:
        return float(polygamma(1, math.exp(log_shape))) - sigma**2

    low, high = (math.log(shape) for shape in GAMMA_SHAPES)
    what = f"no gamma law is used for a spread of {sigma:g}"
    repair = "Write a sigma between 0.01 and 50, or take another healing law."
    return math.exp(root(gap, low, high, "healing_sigma", repair, what))


@cache
def unit_median(law: WorkLaw, shape: float) -> float:
    """Median of the law at scale 1; the scale of a law with median m is m / unit_median."""
    if law == WorkLaw.LOGNORMAL:
        return 1.0
    if law == WorkLaw.WEIBULL:
        return float(math.log(2.0) ** (1.0 / shape))
    from scipy.special import gammaincinv

    return float(gammaincinv(shape, 0.5))


def work_exceeds(law: WorkLaw, shape: float, median_years: float, years: Array) -> Array:
    """P(W > years)."""
    exceeds: Array
    if law == WorkLaw.LOGNORMAL:
        exceeds = normal_cdf(np.log(median_years / years) / shape)
        return exceeds
    over_scale = years * (unit_median(law, shape) / median_years)
    if law == WorkLaw.WEIBULL:
        exceeds = np.exp(-(over_scale**shape))
        return exceeds
    from scipy.special import gammaincc

    exceeds = gammaincc(shape, over_scale)
    return exceeds


def exceedance_score(law: WorkLaw, shape: float, median_years: float, years: Array) -> Array:
    """The s with P(W > years) = Phi(s); falls in `years`. Each tail is computed from its own small probability."""
    score: Array
    if law == WorkLaw.LOGNORMAL:
        score = np.log(median_years / years) / shape
        return score
    over_scale = years * (unit_median(law, shape) / median_years)
    if law == WorkLaw.WEIBULL:
        power = over_scale**shape
        above, below = np.exp(-power), -np.expm1(-power)
    else:
        from scipy.special import gammainc, gammaincc

        above, below = gammaincc(shape, over_scale), gammainc(shape, over_scale)
    score = np.where(above < below, normal_quantile(above), -normal_quantile(below))
    return score


def work_at_score(law: WorkLaw, shape: float, median_years: float, score: Array) -> Array:
    """The W (years) that a share Phi(score) of lesions stays below; rises in `score`."""
    work: Array
    if law == WorkLaw.LOGNORMAL:
        work = median_years * np.exp(shape * score)
        return work
    scale = median_years / unit_median(law, shape)
    if law == WorkLaw.WEIBULL:
        from scipy.special import log_ndtr

        work = scale * (-log_ndtr(-score)) ** (1.0 / shape)
    else:
        from scipy.special import gammainccinv, gammaincinv

        below, above = normal_cdf(score), normal_cdf(-score)
        work = scale * np.where(score < 0.0, gammaincinv(shape, below), gammainccinv(shape, above))
    return work
