"""How sure an ICER is: limits of the ratio of two uncertain means, by Fieller's theorem and by bootstrap.

Two questions are kept apart. `icer_fieller_...` and `icer_bootstrap_...` ask how far the ICER of the means may be from
the one that endless draws of endless patients would give: the error of the simulation. `icer_parameters_...` ask what
the parameters leave open: the willingness to pay between which the draws disagree.
"""

import hashlib
import math

import numpy as np
import pandas as pd
from numpy.random import Generator, Philox
from scipy import stats

from sim.analysis.draw_moments import DrawMoments, contrast, covariance_of_means, variance_of
from sim.analysis.incremental import incremental_analysis
from sim.analysis.psa_table import Floats, PsaTable

REPLICATES = 1999
MOST_GROUPS = 2000  # more draws are resampled in groups of neighbours: their means are all that a mean can tell
_LEVELS = (0.025, 0.975)
_NONE = (math.nan, math.nan)


def fieller(
    cost: float, effect: float, cost_variance: float, effect_variance: float, covariance: float, quantile: float
) -> tuple[float, float]:
    """Lower and upper limit of cost / effect, two normal means with these variances and covariance.

    The ratios R for which (cost - R effect)^2 <= quantile^2 x variance of (cost - R effect) (Fieller 1954, Journal of
    the Royal Statistical Society B 16:175-185). nan, nan where they are unbounded: the effect cannot be told from 0.
    """
    # In units of their own, so that fourth powers of large numbers stay doubles.
    cost_unit = math.hypot(cost, math.sqrt(cost_variance)) or 1.0
    effect_unit = math.hypot(effect, math.sqrt(effect_variance)) or 1.0
    cost, cost_variance = cost / cost_unit, cost_variance / cost_unit / cost_unit
    effect, effect_variance = effect / effect_unit, effect_variance / effect_unit / effect_unit
    covariance = covariance / cost_unit / effect_unit
    square = quantile * quantile
    a = effect * effect - square * effect_variance
    half = cost * effect - square * covariance
    inside = half * half - a * (cost * cost - square * cost_variance)
    if not a > 0.0:
        return _NONE
    root = math.sqrt(max(inside, 0.0))  # not below 0 where a > 0, but for rounding
    unit = cost_unit / effect_unit
    return (half - root) / a * unit, (half + root) / a * unit


def fieller_limits(incremental: pd.DataFrame, table: PsaTable, moments: DrawMoments) -> list[tuple[float, float]]:
    """95 % limits of the ICER of each row of `incremental` (columns strategy, next_to, icer), by chance of the draws.

    `moments` are those of `table`. By Student's law, for the variance is estimated too; nan, nan where there is no ICER
    or no bound. Each pair is taken as the means put it next to each other.
    """
    errors = covariance_of_means(table, moments)
    student = float(stats.t.ppf(_LEVELS[1], moments.draws - 1))
    pairs = zip(incremental["strategy"], incremental["next_to"], incremental["icer"], strict=True)
    return [
        _NONE
        if math.isnan(icer)
        else _fieller_of_pair(moments.means, errors, (table.place(strategy), table.place(next_to)), student)
        for strategy, next_to, icer in pairs
    ]


def incremental_with_limits(table: PsaTable, moments: DrawMoments, clean: DrawMoments) -> pd.DataFrame:
    """The full incremental analysis of the mean costs and effects, with 95 % limits of each ICER.

    `moments` are those of `table`, `clean` those of the same table without noise. The columns of `incremental_analysis`
    and icer_fieller_low, icer_fieller_high, icer_bootstrap_low, icer_bootstrap_high (error of the simulation),
    icer_parameters_low, icer_parameters_high (Fieller's limits of a single draw). nan where there is no ICER or no
    bound.
    """
    size = len(table.strategies)
    frame = incremental_analysis(
        pd.DataFrame({"strategy": list(table.strategies), "cost": moments.means[:size], "effect": moments.means[size:]})
    )
    normal = float(stats.norm.ppf(_LEVELS[1]))
    resampled = resampled_means(table)
    pairs = zip(frame["strategy"], frame["next_to"], frame["icer"], strict=True)
    limits = []
    for (strategy, next_to, icer), own in zip(pairs, fieller_limits(frame, table, moments), strict=True):
        if math.isnan(icer):
            limits.append((*_NONE, *_NONE, *_NONE))
            continue
        pair = table.place(strategy), table.place(next_to)
        limits.append(
            (
                *own,
                *_percentiles(resampled, pair),
                *_fieller_of_pair(clean.means, clean.covariance, pair, normal),
            )
        )
    names = [f"icer_{method}_{end}" for method in ("fieller", "bootstrap", "parameters") for end in ("low", "high")]
    return frame.join(pd.DataFrame(limits, columns=names, index=frame.index, dtype=float))


def resampled_means(table: PsaTable) -> Floats:
    """Means of bootstrap samples of the draws, shape (REPLICATES, 2 strategies): costs, then effects.

    The luck is keyed by a name, so that the same table always gives the same numbers.
    """
    edges = np.linspace(0, table.draws, min(table.draws, MOST_GROUPS) + 1).astype(int)
    groups = list(zip(edges[:-1], edges[1:], strict=True))
    sums = np.array([np.concatenate([table.costs[a:b].sum(axis=0), table.effects[a:b].sum(axis=0)]) for a, b in groups])
    counts = np.diff(edges).astype(float)
    key = int.from_bytes(hashlib.blake2b(b"bootstrap of means", digest_size=16).digest(), "little")
    luck = Generator(Philox(key=key))
    times = luck.multinomial(len(groups), np.full(len(groups), 1.0 / len(groups)), REPLICATES).astype(float)
    means: Floats = np.einsum("rg,gi->ri", times, sums) / np.einsum("rg,g->r", times, counts)[:, None]
    if table.shared_noise is not None:  # of which resampling the draws knows nothing
        values, axes = np.linalg.eigh(table.shared_noise)
        root = axes * np.sqrt(np.maximum(values, 0.0))
        means += np.einsum("ij,rj->ri", root, luck.standard_normal(means.shape))
    return means


def _fieller_of_pair(means: Floats, covariance: Floats, pair: tuple[int, int], quantile: float) -> tuple[float, float]:
    """Limits for a pair (strategy, the one before it), of means (2 strategies,) with this covariance."""
    means, covariance = of_pair(means, covariance, pair)
    cost, effect = contrast(2, 0, 1, effect=0.0, cost=1.0), contrast(2, 0, 1, effect=1.0, cost=0.0)
    return fieller(
        float(cost @ means),
        float(effect @ means),
        variance_of(cost, covariance),
        variance_of(effect, covariance),
        float(np.einsum("i,ij,j->", cost, covariance, effect)),
        quantile,
    )


def of_pair(means: Floats, covariance: Floats, pair: tuple[int, int]) -> tuple[Floats, Floats]:
    """Means (4,) and covariance (4, 4) of the costs of two strategies, then of their effects.

    What is reckoned from them has the same last digits whatever other strategies stand before, between and after.
    """
    size = len(means) // 2
    places = [*pair, *(size + place for place in pair)]
    return means[places], covariance[np.ix_(places, places)]


def _percentiles(means: Floats, pair: tuple[int, int]) -> tuple[float, float]:
    """Percentile limits of the ratio, both of whose means are above 0; nan where too many effects are not.

    A replicate with no gain in effect lies beyond every ICER if it costs more, and below every one if it costs less.
    """
    size, (one, other) = means.shape[1] // 2, pair
    costs, effects = means[:, one] - means[:, other], means[:, size + one] - means[:, size + other]
    gains = effects > 0.0
    ratios = np.where(costs > 0.0, np.inf, -np.inf)
    ratios[gains] = costs[gains] / effects[gains]
    low, high = np.quantile(ratios, _LEVELS, method="closest_observation")
    return (float(low), float(high)) if math.isfinite(low) and math.isfinite(high) else _NONE
