"""Continuous discounting: the one conversion of an annual rate, and the two integrals that everything else uses.

A discount factor is exp(-rate * t), with `rate` = log1p(annual rate) per year and `t` in years since entry.
"""

import math

from sim.disease.rule import generic

_SERIES_LIMIT = 0.02  # of rate * length; beyond it the closed forms lose no more than 4 digits to cancellation


def continuous_rate(annual_rate: float) -> float:
    """The continuous rate, per year, of an annual discount rate: log(1 + annual_rate)."""
    return math.log1p(annual_rate)


@generic
def discounted_length(rate: float, length: float) -> float:
    """Integral of exp(-rate * x) over x from 0 to `length`, in years: (1 - exp(-z)) / rate with z = rate * length.

    For small z its power series, whose first term left out is z**6 / 7! < 2e-14; so rate 0 gives `length` itself.
    """
    z = rate * length
    if abs(z) > _SERIES_LIMIT:
        return -math.expm1(-z) / rate
    higher = (1.0 / 6.0 - z * (1.0 / 24.0)) + z * z * (1.0 / 120.0 - z * (1.0 / 720.0))
    return length * ((1.0 - z * 0.5) + z * z * higher)


@generic
def discounted_ramp(rate: float, length: float) -> float:
    """Integral of x * exp(-rate * x) over x from 0 to `length`, in years squared.

    Closed form (1 - (1 + z) exp(-z)) / rate**2 with z = rate * length; for small z the series
    length**2 * sum of (-z)**n / (n! (n + 2)), whose first term left out is z**6 / 5760 < 2e-14.
    """
    z = rate * length
    if abs(z) > _SERIES_LIMIT:
        return (-math.expm1(-z) - z * math.exp(-z)) / (rate * rate)
    higher = (1.0 / 8.0 - z * (1.0 / 30.0)) + z * z * (1.0 / 144.0 - z * (1.0 / 840.0))
    return length * length * ((0.5 - z * (1.0 / 3.0)) + z * z * higher)


@generic
def discount_factor(rate: float, years: float) -> float:
    """What one unit is worth `years` after entry."""
    return math.exp(-rate * years)
