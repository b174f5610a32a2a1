"""EVPPI by regression against heormodel, an implementation by others, on the same draws."""

import numpy as np
import pandas as pd
import pytest

from sim.analysis.evppi import evppi
from sim.analysis.information import evpi
from sim.analysis.psa_table import PsaTable

voi = pytest.importorskip("heormodel.voi", reason="for tests only")
outcomes = pytest.importorskip("heormodel.models")

THRESHOLDS = [10_000.0, 20_000.0, 50_000.0]
SETS = [["efficacy"], ["price"], ["efficacy", "price"], ["efficacy", "price", "utility"]]
DRAWS = 2000


@pytest.fixture(scope="module")
def table(seed):
    """Three strategies; skewed parameters, a curve, and noise that no parameter explains."""
    rng = np.random.default_rng([seed, 60])
    known = pd.DataFrame(
        {
            "efficacy": rng.lognormal(0.0, 0.3, DRAWS),
            "price": rng.gamma(9.0, 100.0, DRAWS),
            "utility": rng.beta(8.0, 2.0, DRAWS),
        }
    )
    effects = np.column_stack(
        [
            np.zeros(DRAWS),
            0.05 * known["efficacy"] + 0.1 * (known["utility"] - 0.8),
            0.07 * np.sqrt(known["efficacy"]) - 0.2 * (known["utility"] - 0.8),
        ]
    )
    costs = np.column_stack([np.zeros(DRAWS), known["price"], 900.0 + 0.5 * known["price"]])
    noise = rng.normal(0.0, 1.0, (2, DRAWS, 3)) * np.array([100.0, 0.01])[:, None, None]
    return PsaTable(("a", "b", "c"), costs + noise[0], effects + noise[1], known)


@pytest.mark.parametrize("names", SETS, ids=", ".join)
def test_evppi_agrees(table, names):
    """Two regressions on the same draws: within 2 standard errors of ours and a hundredth of perfect information.

    Theirs takes nothing off for the bias of the maximum.
    """
    frames = [pd.DataFrame(numbers, columns=list(table.strategies)) for numbers in (table.costs, table.effects)]
    draws = table.parameters.set_axis(pd.RangeIndex(DRAWS, name="iteration"))
    theirs = [voi.evppi(outcomes.Outcomes.from_wide(*frames), draws, names, threshold) for threshold in THRESHOLDS]
    ours = evppi(table, names, THRESHOLDS)
    assert max(theirs) > 20.0
    perfect = evpi(table, THRESHOLDS)["evpi"]
    for value, row, whole in zip(theirs, ours.itertuples(), perfect, strict=True):
        assert abs(row.value - value) < 2 * row.se + 0.01 * whole
