"""Error budget of a probabilistic analysis: how much of the spread is chance among patients, how much the parameters.

The analysis of variance of O'Hagan, Stevenson and Madan (2007, Health Economics 16:1009-1023).
"""

from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.draw_moments import DrawMoments, contrast, covariance_of_means, draw_moments, variance_of
from sim.analysis.patient_noise import ROUNDING
from sim.analysis.psa_table import Floats, PsaTable


def error_budget(table: PsaTable, comparator: str, willingness_to_pay: float) -> pd.DataFrame:
    """Where the spread between the draws comes from, for each strategy and measure.

    Long: strategy, comparator (None for the strategy itself), measure (cost, effect, incremental_cost,
    incremental_effect, net_benefit_gain at `willingness_to_pay`), mean, total_variance (between the draws' means),
    patient_variance (the mean variance, by chance, of a draw's mean), parameter_variance (their difference, not below
    0), patient_share (of the total, at most 1), standard_error_of_mean (of both sources). Without noise in the table
    patient_variance and patient_share are nan, not known, and all spread is taken for that by parameters. Raises
    InputError if there is no such comparator.
    """
    return error_budget_of(table, draw_moments(table), comparator, willingness_to_pay)


def error_budget_of(table: PsaTable, moments: DrawMoments, comparator: str, willingness_to_pay: float) -> pd.DataFrame:
    """The frame of `error_budget`, of a table and its moments, noise left in."""
    size, base = len(table.strategies), table.place(comparator)
    noise = None if table.noise is None else table.noise.mean(axis=0)
    errors = covariance_of_means(table, moments)
    own = {"cost": (0.0, 1.0), "effect": (1.0, 0.0)}
    beside = {
        "incremental_cost": (0.0, 1.0),
        "incremental_effect": (1.0, 0.0),
        "net_benefit_gain": (willingness_to_pay, -1.0),
    }
    rows = []
    for place, strategy in enumerate(table.strategies):
        head = {"strategy": strategy}
        for measure, (effect, cost) in own.items():
            weights = contrast(size, place, None, effect, cost)
            rows.append({**head, "comparator": None, "measure": measure, **_split(weights, moments, noise, errors)})
        for measure, (effect, cost) in beside.items():
            if place != base:
                weights = contrast(size, place, base, effect, cost)
                rows.append(
                    {**head, "comparator": comparator, "measure": measure, **_split(weights, moments, noise, errors)}
                )
    return pd.DataFrame(rows)


def _split(weights: Floats, moments: DrawMoments, noise: Floats | None, errors: Floats) -> dict[str, Any]:
    """The numbers of one row, of a weighted sum of costs and effects."""
    total = variance_of(weights, moments.covariance)
    scale = float(np.abs(weights * moments.means).max())
    patient = float("nan") if noise is None else variance_of(weights, noise)
    if noise is not None and total <= (ROUNDING * scale) ** 2:
        patient = 0.0  # the same in every draw: what is left of the noise is rounding of larger numbers
    return {
        "mean": float(weights @ moments.means),
        "total_variance": total,
        "patient_variance": patient,
        "parameter_variance": total if noise is None else max(total - patient, 0.0),
        "patient_share": min(patient / total, 1.0) if total > 0.0 else patient,
        "standard_error_of_mean": float(np.sqrt(variance_of(weights, errors))),
    }
