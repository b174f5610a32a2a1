"""Look-ups in the tables of one run, so that prose, tables and figures all read the same numbers."""

import math
from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from sim.inputs.model_inputs import ModelInputs
from sim.inputs.scenario import Scenario
from sim.report.numbers import Estimate
from sim.report.subject import Subject

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-9  # a difference below it, and without error, is the rounding of sums
COST, EFFECT = "cost_discounted", "qalys_discounted"
CENTRAL_DRAW = 0  # psa_draw of the run at the central values


class RunTables(Protocol):
    """What a report is made from: the results of a run, fresh or loaded; columns as in experiments/results.py."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def inputs(self) -> ModelInputs: ...
    @property
    def manifest(self) -> Mapping[str, Any]: ...
    @property
    def outcomes(self) -> "pd.DataFrame": ...
    @property
    def increments(self) -> "pd.DataFrame": ...
    @property
    def covariance(self) -> "pd.DataFrame": ...
    @property
    def curves(self) -> "pd.DataFrame": ...
    @property
    def occupancy(self) -> "pd.DataFrame": ...
    @property
    def adverse_events(self) -> "pd.DataFrame": ...
    @property
    def incremental(self) -> "pd.DataFrame": ...
    @property
    def net_benefit(self) -> "pd.DataFrame": ...


def _difference(row: Mapping[Hashable, Any]) -> Estimate:
    """A paired difference; that of patients who are all equal is exactly zero."""
    mean, error = float(row["mean"]), float(row["standard_error"])
    return Estimate(0.0, 0.0) if abs(mean) < ROUNDING and error < ROUNDING else Estimate(mean, error)


class Findings(Subject):
    """The numbers of a run by name."""

    def __init__(self, results: RunTables) -> None:
        self.results = results
        outcomes = results.outcomes[results.outcomes["psa_draw"] == CENTRAL_DRAW]
        self._outcomes = {str(row["strategy"]): row for row in outcomes.to_dict("records")}
        patients = int(next(iter(self._outcomes.values()))["patients"])
        super().__init__(results.scenario, results.inputs, results.manifest, list(self._outcomes), patients)
        self._increments = {
            (str(row["strategy"]), str(row["comparator"]), str(row["outcome"])): _difference(row)
            for row in results.increments.to_dict("records")
        }
        self._covariances = {
            (str(row["strategy"]), str(row["comparator"])): float(row["covariance"])
            for row in results.covariance.to_dict("records")
        }

    @cached_property
    def points(self) -> dict[tuple[str, str], dict[float, Estimate]]:
        """The curves: for each strategy and quantity the mean by month since entry, in the order of months."""
        found: dict[tuple[str, str], dict[float, Estimate]] = {}
        frame = self.results.curves.sort_values("months_since_entry")
        names = ("strategy", "quantity", "months_since_entry", "mean", "standard_error")
        for strategy, quantity, month, mean, error in zip(*(frame[name].tolist() for name in names), strict=True):
            found.setdefault((strategy, quantity), {})[month] = Estimate(mean, error)
        return found

    @cached_property
    def shares(self) -> dict[tuple[str, str], dict[float, float]]:
        """For each strategy and health state the share of patients by month since entry, in the order of months."""
        found: dict[tuple[str, str], dict[float, float]] = {}
        frame = self.results.occupancy.sort_values("months_since_entry")
        names = ("strategy", "health_state", "months_since_entry", "share")
        for strategy, state, month, part in zip(*(frame[name].tolist() for name in names), strict=True):
            found.setdefault((strategy, state), {})[month] = part
        return found

    def frame(self, name: str) -> "pd.DataFrame":
        """A table of the results that runs of older versions lack; without rows if this one lacks it."""
        import pandas as pd

        found = getattr(self.results, name, None)
        return pd.DataFrame() if found is None else found

    def outcome(self, strategy: str, outcome: str) -> Estimate:
        """Mean of an outcome; nan where it applies to nobody."""
        row = self._outcomes[strategy]
        return Estimate(float(row[outcome]), float(row[f"{outcome}_se"]))

    def number(self, strategy: str, column: str) -> float:
        """Another column of the outcomes, such as a median; nan where there is none."""
        value = self._outcomes[strategy].get(column)
        return math.nan if value is None else float(value)

    def increment(self, strategy: str, against: str, outcome: str) -> Estimate:
        """Mean paired difference, `strategy` minus `against`."""
        if strategy == against:
            return Estimate(0.0, 0.0)
        return self._increments[strategy, against, outcome]

    def has_increment(self, outcome: str) -> bool:
        return all((name, self.comparator, outcome) in self._increments for name in self.others)

    def gain(self, strategy: str, against: str, willingness_to_pay: float) -> Estimate:
        """Paired difference in net monetary benefit: threshold * QALYs - cost, with its standard error."""
        if strategy == against:
            return Estimate(0.0, 0.0)
        cost, effect = (self.increment(strategy, against, name) for name in (COST, EFFECT))
        variance = (willingness_to_pay * effect.standard_error) ** 2 + cost.standard_error**2
        variance -= 2.0 * willingness_to_pay * self._covariances[strategy, against]
        return Estimate(willingness_to_pay * effect.mean - cost.mean, math.sqrt(max(variance, 0.0)))

    def by_net_benefit(self, willingness_to_pay: float) -> list[str]:
        """The strategies from the highest net benefit down; equal ones in the scenario's order."""
        gains = {name: self.gain(name, self.comparator, willingness_to_pay).mean for name in self.strategies}
        return sorted(self.strategies, key=lambda name: -gains[name])

    def level_with(self, strategy: str, willingness_to_pay: float) -> list[str]:
        """The other strategies whose net benefit this run cannot tell from that of `strategy`."""
        others = (name for name in self.strategies if name != strategy)
        return [name for name in others if not self.gain(strategy, name, willingness_to_pay).clear]
