"""Look-ups in a deterministic analysis, so that prose, tables, figures and workbook read the same numbers."""

from collections.abc import Sequence
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

    def lead(self, strategy: str) -> Estimate:
        """Net benefit by which the best strategy leads over this one at the central values."""
        row = self._base[strategy]
        return estimate(row["lead_of_best"], row["lead_of_best_se"])

    @cached_property
    def behind(self) -> list[str]:
        """All strategies but the best, the next best first; equal ones in the scenario's order."""
        return sorted((name for name in self.strategies if name != self.best), key=lambda name: self.lead(name).mean)

    @property
    def level(self) -> list[str]:
        """The strategies over which the lead of the best is below two standard errors, the next best first."""
        return [name for name in self.behind if not self.lead(name).clear]

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
        """Of each parameter and end at which another strategy comes out best one row, clear changes first."""
        return changed_decisions(self.rows("oneway"), ("parameter", "end"))

    @cached_property
    def deciding_switches(self) -> list[Record]:
        """The same of values of switches."""
        return changed_decisions(self.rows("switches"), ("switch", "value"))

    def first_shown(self) -> list[str]:
        """The strategies other than the comparator, the one that is shown first at the front."""
        return [self.shown_first, *(name for name in self.others if name != self.shown_first)]


def changed_decisions(rows: Sequence[Record], place: tuple[str, str]) -> list[Record]:
    """One row of each place (two columns) where another strategy comes out best than in the base case.

    Clear changes (`is_clear_change`) stand first; among both kinds the larger changes.
    """
    first: dict[tuple[str, str], Record] = {}
    for row in rows:
        if bool(row["decision_changes"]):
            first.setdefault((str(row[place[0]]), str(row[place[1]])), row)
    return sorted(first.values(), key=lambda row: (not is_clear_change(row), -change_of_lead(row).mean))


def gain_there(row: Record) -> Estimate:
    """What the best strategy of a point gains there over the best of the base case."""
    return estimate(row["gain_over_base_case_best"], row["gain_over_base_case_best_se"])


def change_of_lead(row: Record) -> Estimate:
    """How far that gain is from the same difference in the base case."""
    return estimate(row["gain_over_base_case_best_change"], row["gain_over_base_case_best_change_se"])


def is_clear_change(row: Record) -> bool:
    """Whether both are two standard errors or more: the best of the base case is behind there, and not by chance, and
    it is the parameter that put it there.
    """
    return gain_there(row).clear and change_of_lead(row).clear
