"""Look-ups in a probabilistic analysis, so that prose, tables, figures and workbook all read the same numbers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.analysis.draw_moments import contrast, variance_of
from sim.analysis.psa_analysis import PsaAnalysis
from sim.analysis.psa_table import PsaTable
from sim.experiments.psa_results import DRAW, PsaResults
from sim.inputs.draws import SWITCH
from sim.report.numbers import Estimate
from sim.report.subject import Subject

if TYPE_CHECKING:
    import pandas as pd

ELLIPSE_RADIUS = math.sqrt(-2.0 * math.log(0.05))  # of 95 % of a bivariate normal, in standard deviations
MOST_DRAWS_SHOWN = 250  # points a strategy in the plane
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """The mean over the draws, its standard error, and the ends of the middle 95 % of what the parameters allow."""

    mean: float
    standard_error: float
    low: float
    high: float

    @property
    def estimate(self) -> Estimate:
        return Estimate(self.mean, self.standard_error)


@dataclass(frozen=True)
class Budget:
    """The variance between draws and its parts, the share of patients in it, the standard error of the mean."""

    total_variance: float
    parameter_variance: float
    patient_variance: float
    patient_share: float
    standard_error_of_mean: float


class PsaFindings(Subject):
    """The numbers of a probabilistic analysis by name."""

    def __init__(self, psa: PsaResults, analysis: PsaAnalysis, voi: "Mapping[str, pd.DataFrame] | None" = None) -> None:
        """`voi`: frames of the value of information by name: evppi, evsi, population, enbs; any may be missing."""
        self.psa, self.analysis = psa, analysis
        self.voi = dict(voi or {})
        table = psa.table()
        patients = int(psa.outcomes["patients"].iloc[0])
        super().__init__(psa.scenario, psa.inputs, psa.manifest, table.strategies, patients)
        self.table: PsaTable = table
        self.draws = table.draws

    @cached_property
    def sampled(self) -> list[str]:
        """Names of the sampled parameters, in the order of the draws' columns."""
        return [str(n) for n in self.psa.parameters.columns if n != DRAW and not str(n).startswith(SWITCH)]

    @cached_property
    def switches(self) -> list[str]:
        """Columns of the sampled structural switches."""
        return [str(name) for name in self.psa.parameters.columns if str(name).startswith(SWITCH)]

    @cached_property
    def _summary(self) -> dict[str, dict[str, Any]]:
        return {str(row["strategy"]): row for row in records(self.analysis.summary)}

    def spread(self, strategy: str, measure: str) -> Spread:
        """Of `measure` cost, effect, incremental_cost or incremental_effect (to the comparator)."""
        if measure.startswith("incremental") and strategy == self.comparator:
            return Spread(0.0, 0.0, 0.0, 0.0)
        row = self._summary[strategy]
        return Spread(*(float(row[f"{measure}{part}"]) for part in ("", "_standard_error", "_low", "_high")))

    def gain(self, strategy: str, threshold: float) -> Spread:
        """Net monetary benefit gained over the comparator."""
        if strategy == self.comparator:
            return Spread(0.0, 0.0, 0.0, 0.0)
        row = self._at("net_benefit", threshold, strategy)
        return Spread(*(float(row[f"gain{part}"]) for part in ("", "_standard_error", "_low", "_high")))

    def probability(self, strategy: str, threshold: float) -> Estimate:
        """Probability that the strategy has the highest net benefit."""
        row = self._at("acceptability", threshold, strategy)
        return Estimate(float(row["probability"]), float(row["standard_error"]))

    def loss(self, strategy: str, threshold: float) -> Estimate:
        """Expected loss of choosing the strategy whatever the parameters are."""
        row = self._at("expected_loss", threshold, strategy)
        return Estimate(float(row["loss"]), float(row["standard_error"]))

    def evpi(self, threshold: float) -> Estimate:
        """Expected value of perfect information on all sampled parameters, a person."""
        row = self._at("evpi", threshold)
        return Estimate(float(row["evpi"]), float(row["se"]))

    def by_net_benefit(self, threshold: float) -> list[str]:
        """The strategies from the highest expected net benefit down; equal ones in the scenario's order."""
        return sorted(self.strategies, key=lambda name: -self.gain(name, threshold).mean)

    def lead(self, strategy: str, against: str, threshold: float) -> Estimate:
        """Mean difference in net benefit between two strategies, paired by draw."""
        gain = self.draw_gain(strategy, against, threshold)
        variance = float(gain.var(ddof=1)) / self.draws + self._shared_variance(strategy, against, threshold)
        return Estimate(float(gain.mean()), math.sqrt(max(variance, 0.0)))

    def patients_blur(self, strategy: str, against: str, threshold: float) -> bool:
        """Whether most of the error of a lead is chance that all draws share, which more draws do not wash out."""
        by_draws = float(self.draw_gain(strategy, against, threshold).var(ddof=1)) / self.draws
        return self._shared_variance(strategy, against, threshold) > by_draws

    def _shared_variance(self, strategy: str, against: str, threshold: float) -> float:
        """Of a lead, by chance among patients whom all draws see; 0 where each draw has its own."""
        if self.table.shared_noise is None:
            return 0.0
        one, other = self.table.place(strategy), self.table.place(against)
        weights = contrast(len(self.table.strategies), one, other, threshold, -1.0)
        return variance_of(weights, self.table.shared_noise)

    @property
    def chance_words(self) -> str:
        """What was done about chance among the simulated patients in all that is said on the spread between draws."""
        if self.shared_luck:
            return "all draws share the same chance among the simulated patients"
        taken = "taken out" if self.analysis.corrected else "still in it"
        return f"chance among the simulated patients is {taken}"

    @property
    def shared_luck(self) -> bool:
        """Whether all draws see the same patients with the same luck."""
        return bool(self.manifest.get("luck") == "shared")

    def draw_gain(self, strategy: str, against: str, threshold: float) -> Floats:
        """Difference in net benefit between two strategies in each draw, chance among patients included."""
        one, other = self.table.place(strategy), self.table.place(against)
        gain: Floats = self.table.effects[:, one] - self.table.effects[:, other]
        gain *= threshold
        gain -= self.table.costs[:, one] - self.table.costs[:, other]
        return gain

    def budget(self, strategy: str, measure: str) -> "Budget | None":
        """Where the variance of a measure between draws comes from; None for what the analysis does not hold."""
        for row in records(self.analysis.error_budget):
            if row["strategy"] == strategy and row["measure"] == measure:
                names = ("total_variance", "parameter_variance", "patient_variance", "patient_share")
                return Budget(*(float(row[name]) for name in (*names, "standard_error_of_mean")))
        return None

    def frame(self, name: str) -> "pd.DataFrame":
        """A frame of the value of information; without rows if it was not asked for."""
        import pandas as pd

        found = self.voi.get(name)
        return pd.DataFrame() if found is None else found

    @cached_property
    def shown_draws(self) -> dict[str, tuple[Floats, ...]]:
        """Increments (QALYs, cost) to the comparator of some draws, chance among patients taken out, by strategy."""
        plane = self.analysis.plane
        columns = ("incremental_effect", "incremental_cost")
        every = max(math.ceil(len(plane) / max(len(self.others), 1) / MOST_DRAWS_SHOWN), 1)
        return {
            str(name): tuple(rows[column].to_numpy(np.float64)[::every] for column in columns)
            for name, rows in plane.groupby("strategy", sort=False)
        }

    def _at(self, frame: str, threshold: float, strategy: str | None = None) -> dict[str, Any]:
        """The row of a frame of the analysis at a threshold. Raises KeyError."""
        return self._rows[frame][float(threshold), strategy]

    @cached_property
    def _rows(self) -> dict[str, dict[tuple[float, str | None], dict[str, Any]]]:
        return {
            name: {
                (float(row["willingness_to_pay"]), str(row["strategy"]) if "strategy" in row else None): row
                for row in records(getattr(self.analysis, name))
            }
            for name in ("net_benefit", "acceptability", "expected_loss", "evpi")
        }


def records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """The rows of a frame by column name."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
