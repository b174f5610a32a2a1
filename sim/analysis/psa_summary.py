"""Costs, effects and net benefit of a probabilistic analysis: means, standard errors, and where 95 % of draws lie."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from sim.analysis.decisions import checked_thresholds
from sim.analysis.draw_moments import DrawMoments, contrast, covariance_of_means, variance_of
from sim.analysis.psa_table import Floats, PsaTable

_LEVELS = (0.025, 0.975)


def summary_of(clean: PsaTable, moments: DrawMoments, comparator: str) -> pd.DataFrame:
    """A row a strategy: cost, effect, incremental_cost and incremental_effect (to `comparator`; 0 for itself).

    Each with _standard_error (of the mean, by draws and patients) and _low, _high (2.5 and 97.5 % of draws). `clean` is
    the table without noise, `moments` are those with it. Raises InputError if there is no such comparator.
    """
    size, base, errors = len(clean.strategies), clean.place(comparator), covariance_of_means(clean, moments)
    rows = []
    for place, strategy in enumerate(clean.strategies):
        row: dict[str, object] = {"strategy": strategy}
        for name, effect, cost in (("cost", 0.0, 1.0), ("effect", 1.0, 0.0)):
            numbers = clean.costs if name == "cost" else clean.effects
            own = contrast(size, place, None, effect, cost)
            beside = contrast(size, place, base, effect, cost)
            row |= _measure(name, own, moments.means, errors, numbers[:, place].copy())
            row |= _measure(f"incremental_{name}", beside, moments.means, errors, numbers[:, place] - numbers[:, base])
        rows.append(row)
    measures = ("cost", "effect", "incremental_cost", "incremental_effect")
    order = [f"{measure}{end}" for measure in measures for end in ("", "_standard_error", "_low", "_high")]
    return pd.DataFrame(rows)[["strategy", *order]]


def net_benefit_of(
    clean: PsaTable, moments: DrawMoments, willingness_to_pay: Iterable[float], comparator: str
) -> pd.DataFrame:
    """Mean net monetary benefit, and the gain over `comparator`.

    Long: strategy, willingness_to_pay, net_benefit, standard_error, gain, gain_standard_error (of means, by draws and
    patients), gain_low, gain_high (2.5 and 97.5 % of draws, patient noise taken out). Raises InputError.
    """
    size, base, errors = len(clean.strategies), clean.place(comparator), covariance_of_means(clean, moments)
    rows = []
    for place, strategy in enumerate(clean.strategies):
        for threshold in checked_thresholds(willingness_to_pay):
            own = contrast(size, place, None, threshold, -1.0)
            gain = contrast(size, place, base, threshold, -1.0)
            draws = clean.effects[:, place] - clean.effects[:, base]
            draws *= threshold
            draws -= clean.costs[:, place]
            draws += clean.costs[:, base]
            rows.append(
                {
                    "strategy": strategy,
                    "willingness_to_pay": float(threshold),
                    "net_benefit": float(own @ moments.means),
                    "standard_error": _error(own, errors),
                    **_measure("gain", gain, moments.means, errors, draws),
                }
            )
    return pd.DataFrame(rows)


def _measure(name: str, weights: Floats, means: Floats, errors: Floats, draws: Floats) -> dict[str, float]:
    """Mean, its standard error and limits of one weighted sum of means; its `draws`, (draws,), are used up."""
    low, high = np.quantile(draws, _LEVELS, overwrite_input=True)
    return {
        name: float(weights @ means),
        f"{name}_standard_error": _error(weights, errors),
        f"{name}_low": float(low),
        f"{name}_high": float(high),
    }


def _error(weights: Floats, errors: Floats) -> float:
    return float(np.sqrt(variance_of(weights, errors)))
