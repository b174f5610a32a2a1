"""How the mean gain of a probabilistic analysis settled as draws were added: shows whether there were enough."""

import numpy as np
import pandas as pd

from sim.analysis.draw_moments import (
    DrawMoments,
    contrast,
    covariance_of_means,
    merged,
    moments_of,
    numbers_of,
    variance_of,
)
from sim.analysis.psa_table import PsaTable

STEPS = 40


def convergence(table: PsaTable, comparator: str, willingness_to_pay: float, steps: int = STEPS) -> pd.DataFrame:
    """The mean net benefit gained over `comparator` in the first draws, at some `steps` numbers of them.

    Long: draws, strategy, comparator, willingness_to_pay, gain, standard_error, low, high (95 % of the mean's error, by
    draws and patients). Steps are evenly spaced; each strategy but the comparator has a row. Raises InputError.
    """
    size, base = len(table.strategies), table.place(comparator)
    edges = np.unique(np.linspace(0, table.draws, min(steps, table.draws // 2) + 1).astype(int))
    so_far: DrawMoments | None = None
    rows = []
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        parts = [
            moments_of(numbers_of(table, slice(begin.start + start, min(begin.stop + start, stop))))
            for begin in table.chunks()
            if begin.start + start < stop
        ]
        so_far = merged(parts if so_far is None else [so_far, *parts])
        errors = covariance_of_means(table, so_far)
        for place, strategy in enumerate(table.strategies):
            if place == base:
                continue
            weights = contrast(size, place, base, willingness_to_pay, -1.0)
            gain = float(weights @ so_far.means)
            error = float(np.sqrt(variance_of(weights, errors)))
            rows.append(
                {
                    "draws": so_far.draws,
                    "strategy": strategy,
                    "comparator": comparator,
                    "willingness_to_pay": float(willingness_to_pay),
                    "gain": gain,
                    "standard_error": error,
                    "low": gain - 1.96 * error,
                    "high": gain + 1.96 * error,
                }
            )
    return pd.DataFrame(rows)
