"""Look-ups in a deterministic analysis, so that prose, tables, figures and workbook read the same numbers."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.experiments.dsa_results import DsaResults
from sim.report.findings import ROUNDING
from sim.report.numbers import Estimate
from sim.report.psa_findings import records
from sim.report.subject import Subject

if TYPE_CHECKING:
    import pandas as pd

GAIN, ICER = "net_benefit_gain", "icer"
Record = dict[str, Any]


def estimate(mean: Any, error: Any) -> Estimate:
    """A number with its error; rounding of sums that are equal is nothing, a missing error (nan) stays missing."""
    mean, error = float(mean), float(error)
    return Estimate(0.0, 0.0) if abs(mean) < ROUNDING and not error > ROUNDING else Estimate(mean, error)


class DsaFindings(Subject):
    """The numbers of a deterministic analysis by name. Net benefit is at the setting's first threshold."""

    def __init__(self, dsa: DsaResults) -> None:
        self.dsa = dsa
        known = [str(name) for name in dsa.base["strategy"]]
        super().__init__(dsa.scenario, dsa.inputs, dsa.manifest, known, int(dsa.manifest.get("patients", 0)))
        self.threshold = self.thresholds[0]
        self._base = {str(row["strategy"]): row for row in records(dsa.base)}

    @cached_property
    def best(self) -> str:
        """The strategy with the highest net benefit at the central values."""
        return str(next(iter(self._base.values()))["best"])

    @property
    def shown_first(self) -> str:
        """The strategy that figures of one strategy show first: the best, or the next best if that is compared to."""
        if self.best != self.comparator:
            return self.best
        return max(self.others, key=lambda name: self.gain(name).mean)

    def gain(self, strategy: str) -> Estimate:
        """Net benefit gained over the comparator at the central values."""
        row = self._base[strategy]
        return estimate(row["net_benefit_gain"], row["net_benefit_gain_se"])

    def base(self, strategy: str, column: str) -> Any:
        return self._base[strategy][column]

    def rows(self, frame: str) -> list[Record]:
        return records(self.frame(frame))

    def frame(self, name: str) -> "pd.DataFrame":
        found: pd.DataFrame = getattr(self.dsa, name)
        return found

    def tornado(self, strategy: str, measure: str) -> list[Record]:
        """The bars of a strategy and measure, the widest first; those without any width are left out."""
        found = [row for row in self.rows("tornado") if row["strategy"] == strategy and row["measure"] == measure]
        found.sort(key=lambda row: int(row["rank"]))
        return [row for row in found if float(row["width"]) > ROUNDING or bool(row["is_open"])]

    @cached_property
    def parameters_varied(self) -> list[str]:
        return list(dict.fromkeys(str(name) for name in self.dsa.oneway["parameter"]))

    @cached_property
    def deciding(self) -> list[Record]:
        """Of each parameter and end that changes the decision one row, in the frame's order."""
        first: dict[tuple[str, str], Record] = {}
        for row in self.rows("oneway"):
            if bool(row["decision_changes"]):
                first.setdefault((str(row["parameter"]), str(row["end"])), row)
        return list(first.values())

    def first_shown(self) -> list[str]:
        """The strategies other than the comparator, the one that is shown first at the front."""
        return [self.shown_first, *(name for name in self.others if name != self.shown_first)]
