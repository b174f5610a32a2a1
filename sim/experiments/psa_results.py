"""What a probabilistic analysis gives back: a row a draw and strategy, the parameters of each draw, patient noise."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.psa_table import PsaTable
from sim.experiments.results import Results
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.scenario import Scenario

COST, EFFECT = "cost_discounted", "qalys_discounted"
DRAW = "psa_draw"
ROUNDING = 1e-9  # of the mean size: smaller differences are not the model's
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PsaResults:
    """The results of K draws under S strategies.

    inputs: at the central values. outcomes: a row a draw and strategy, in that order; psa_draw (1 to K), strategy,
    patients, every outcome of docs/glossary.md (means; those that may be missing are means among those who have them).
    parameters: a row a draw; psa_draw, then each sampled parameter under its dotted name, in the unit of its file, and
    each sampled switch as structure.NAME. noise: shape (K, 2 S, 2 S), covariance of the means of discounted cost of all
    strategies and then of their QALYs, by chance among the patients of a draw. at_means: a run at the means of the
    sampled parameters, the switches at their base values; None if nothing was sampled.
    """

    scenario: Scenario
    inputs: ModelInputs
    manifest: dict[str, Any]
    outcomes: pd.DataFrame
    parameters: pd.DataFrame
    noise: npt.NDArray[np.float64]
    at_means: Results | None = None

    def table(self) -> PsaTable:
        """Discounted cost and QALYs by draw and strategy, with the parameters and the patient noise.

        What differs between strategies by rounding alone is made equal, so that nothing after this takes it for a gain.
        """
        strategies = self.scenario.strategies
        shape = (len(self.parameters), len(strategies))
        costs, effects = (
            without_rounding(self.outcomes[name].to_numpy(np.float64).reshape(shape)) for name in (COST, EFFECT)
        )
        known = bool(np.isfinite(self.noise).all())  # one patient a draw has no spread
        shared = self.manifest["luck"] == "shared"
        return PsaTable(
            strategies=tuple(strategies),
            costs=costs,
            effects=effects,
            parameters=self.parameters.drop(columns=DRAW),
            noise=self.noise if known and not shared else None,
            shared_noise=_tied(self.noise.mean(axis=0), costs, effects) if known and shared else None,
        )


def without_rounding(numbers: Floats) -> Floats:
    """A copy of `numbers`, (draws, strategies), in which a strategy is like an earlier one in a draw wherever the two
    differ by less than a billionth of the mean size of all numbers.
    """
    least = ROUNDING * float(np.abs(numbers).mean())
    result = numbers.copy()
    for place in range(1, numbers.shape[1]):
        for other in reversed(range(place)):  # the earliest has the last word
            near = np.abs(numbers[:, place] - numbers[:, other]) < least
            result[near, place] = result[near, other]
    return result


def _tied(noise: Floats, costs: Floats, effects: Floats) -> Floats:
    """The covariance `noise`, (2 strategies, 2 strategies), without chance between numbers that are always equal."""
    result = noise.copy()
    numbers = np.hstack([costs, effects])
    for start, stop in ((0, costs.shape[1]), (costs.shape[1], numbers.shape[1])):
        for place in range(start, stop):
            same = (other for other in range(start, place) if np.array_equal(numbers[:, other], numbers[:, place]))
            twin = next(same, place)
            result[place] = result[twin]
            result[:, place] = result[:, twin]
    return result
