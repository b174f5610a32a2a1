"""The cost-effectiveness plane: increments of the draws to a comparator, and the ellipse that sums them up.

Ellipses of constant density of a bivariate normal: van Hout et al. 1994 (Health Economics 3:309-319).
"""

import math

import numpy as np
import pandas as pd

from sim.analysis.draw_moments import DrawMoments, contrast, draw_moments, variance_of
from sim.analysis.patient_noise import without_noise
from sim.analysis.psa_table import PsaTable

MOST_POINTS = 1000  # of a strategy: what a figure can show


def ellipses(table: PsaTable, comparator: str) -> pd.DataFrame:
    """Mean and covariance of each strategy's increments to `comparator`, by the parameters: patient noise is taken out.

    A row each strategy but the comparator: strategy, comparator, mean_cost, mean_effect, cost_variance,
    effect_variance, covariance. The ellipse that holds a share p of a normal law has the radius sqrt(-2 ln(1 - p)) in
    standardised coordinates: 2.448 for 95 %. Raises InputError if there is no such comparator.
    """
    clean = without_noise(table)
    return ellipses_of(clean, draw_moments(clean), comparator)


def ellipses_of(clean: PsaTable, moments: DrawMoments, comparator: str) -> pd.DataFrame:
    """The frame of `ellipses`, of a table without noise and its moments."""
    size, base = len(clean.strategies), clean.place(comparator)
    rows = []
    for place, strategy in enumerate(clean.strategies):
        if place == base:
            continue
        cost, effect = contrast(size, place, base, 0.0, 1.0), contrast(size, place, base, 1.0, 0.0)
        rows.append(
            {
                "strategy": strategy,
                "comparator": comparator,
                "mean_cost": float(cost @ moments.means),
                "mean_effect": float(effect @ moments.means),
                "cost_variance": variance_of(cost, moments.covariance),
                "effect_variance": variance_of(effect, moments.covariance),
                "covariance": float(np.einsum("i,ij,j->", cost, moments.covariance, effect)),
            }
        )
    return pd.DataFrame(rows)


def plane_points(table: PsaTable, comparator: str, most: int = MOST_POINTS) -> pd.DataFrame:
    """Increments of draws to `comparator`, patient noise taken out: at most `most` draws, evenly spaced.

    Long: psa_draw (from 1), strategy, comparator, incremental_cost, incremental_effect. Raises InputError.
    """
    return plane_points_of(without_noise(table), comparator, most)


def plane_points_of(clean: PsaTable, comparator: str, most: int = MOST_POINTS) -> pd.DataFrame:
    """The frame of `plane_points`, of a table without noise."""
    base = clean.place(comparator)
    rows = slice(0, clean.draws, math.ceil(clean.draws / most))
    costs, effects = clean.costs[rows], clean.effects[rows]
    draws = np.arange(1, clean.draws + 1)[rows]
    frames = [
        pd.DataFrame(
            {
                "psa_draw": draws,
                "strategy": strategy,
                "comparator": comparator,
                "incremental_cost": costs[:, place] - costs[:, base],
                "incremental_effect": effects[:, place] - effects[:, base],
            }
        )
        for place, strategy in enumerate(clean.strategies)
        if place != base
    ]
    return pd.concat(frames, ignore_index=True)
