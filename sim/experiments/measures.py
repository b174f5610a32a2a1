"""What runs are compared by: means of a few measures, their standard errors, and their means by batch of patients."""

from dataclasses import dataclass

import pandas as pd

from sim.analysis.net_benefit import net_benefit_standard_error
from sim.experiments.frames import cost_effect_increments
from sim.experiments.moments import Floats
from sim.experiments.results import Results

LEVELS = ("cost", "qalys")
STEPS = ("incremental_cost", "incremental_qalys")  # to the comparator of the run itself
GAIN = "net_benefit_gain"
MEASURES = (*LEVELS, *STEPS, GAIN)
_OUTCOMES = {"cost": "cost_discounted", "qalys": "qalys_discounted"}


@dataclass(frozen=True)
class Measured:
    """The measures of one run by strategy; increments are to its own comparator."""

    comparator: str
    outcomes: pd.DataFrame  # by strategy
    increments: pd.DataFrame  # by strategy: cost, effect, their standard errors, covariance
    batches: dict[str, pd.DataFrame]  # by strategy: patients, cost, qalys by batch

    def mean(self, strategy: str, measure: str, threshold: float = 0.0) -> float:
        """The mean of a measure; `threshold` is the willingness to pay of the net benefit."""
        if measure in LEVELS:
            return float(self.outcomes.loc[strategy, _OUTCOMES[measure]])
        cost, effect = self._increment(strategy, "cost"), self._increment(strategy, "effect")
        return {STEPS[0]: cost, STEPS[1]: effect, GAIN: threshold * effect - cost}[measure]

    def error(self, strategy: str, measure: str, threshold: float = 0.0) -> float:
        """Monte Carlo standard error of `mean`."""
        if measure in LEVELS:
            return float(self.outcomes.loc[strategy, f"{_OUTCOMES[measure]}_se"])
        cost, effect = (self._increment(strategy, f"{name}_standard_error") for name in ("cost", "effect"))
        if measure == GAIN:
            return net_benefit_standard_error(threshold, cost, effect, self._increment(strategy, "covariance"))
        return cost if measure == STEPS[0] else effect

    def by_batch(self, strategy: str, measure: str, threshold: float = 0.0) -> Floats:
        """The means of a measure in the batches of patients."""
        own = self.batches[strategy][list(LEVELS)]
        if measure in LEVELS:
            found: Floats = own[measure].to_numpy()
            return found
        cost, effect = (own - self.batches[self.comparator][list(LEVELS)]).to_numpy().T
        means: dict[str, Floats] = {STEPS[0]: cost, STEPS[1]: effect, GAIN: threshold * effect - cost}
        return means[measure]

    def batch_sizes(self) -> Floats:
        """The number of patients in each batch."""
        sizes: Floats = self.batches[self.comparator]["patients"].to_numpy(float)
        return sizes

    def _increment(self, strategy: str, column: str) -> float:
        return 0.0 if strategy == self.comparator else float(self.increments.loc[strategy, column])


def measured(run: Results) -> Measured:
    """The measures of `run`."""
    comparator = run.scenario.comparator
    increments = cost_effect_increments(run.increments, run.covariance)
    batches = run.batches.groupby("strategy", sort=False)
    return Measured(
        comparator=comparator,
        outcomes=run.outcomes.set_index("strategy"),
        increments=increments[increments["comparator"] == comparator].set_index("strategy"),
        batches={str(name): rows.set_index("batch") for name, rows in batches},
    )
