"""Look-ups in a sweep, so that prose, tables, figures and workbook read the same numbers."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.experiments.store import INPUTS
from sim.experiments.sweep_analysis import SweepAnalysis, money_words
from sim.experiments.sweep_sensitivity import COST, GAIN, INCREMENTAL, QALYS, rows_of
from sim.inputs.factor_base import level_in_scenario
from sim.inputs.factors import Factor, plain, text_of
from sim.inputs.sweeps import GRID, LATIN_HYPERCUBE, LIST, MORRIS, SALTELLI, SOBOL
from sim.report.numbers import plain as plain_number
from sim.report.psa_findings import records
from sim.report.subject import Subject
from sim.valuation.outcomes import LABELS, UNITS

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, Any]
Floats = npt.NDArray[np.float64]
RANKED_BY = {MORRIS: "mu_star", SALTELLI: "total", GRID: "total"}  # other methods: first_order
DESIGNS = {
    GRID: "full grid",
    LATIN_HYPERCUBE: "Latin hypercube",
    SOBOL: "scrambled Sobol sequence",
    MORRIS: "trajectories of Morris",
    SALTELLI: "Saltelli's design",
    LIST: "list of points",
}
MUCH_CHANCE = 0.2  # of the variance between points: small shares may be nothing else
NOT_SHOWN = ("sweep",)  # of the manifest: a second copy of all that the page tells


class SweepFindings(Subject):
    """The numbers of a sweep by name. Net benefit is at the first threshold of each point's setting."""

    def __init__(self, analysis: SweepAnalysis) -> None:
        self.analysis, self.sweep, self.points = analysis, analysis.sweep, analysis.points
        manifest = {key: value for key, value in analysis.results.manifest.items() if key not in NOT_SHOWN}
        scenario = self.sweep.scenario
        super().__init__(scenario, analysis.inputs, manifest, scenario.strategies, scenario.patients)
        self.sensitivity = analysis.sensitivity
        self.threshold = self.thresholds[0]
        self.accepted: npt.NDArray[np.int64] = np.flatnonzero(self.points.accepted)
        self.one_money = len(self.points.moneys) == 1
        self.money = money_words(analysis.inputs.setting)

    @property
    def method(self) -> str:
        return self.sensitivity.method

    @property
    def measure(self) -> str:
        """What figures show: the gain, or QALYs where points have different currencies."""
        return GAIN if self.one_money else QALYS

    @property
    def decimals(self) -> int:
        """Of what figures show: whole units of money, or ten thousandths of a QALY."""
        return 0 if self.one_money else 4

    @property
    def index_decimals(self) -> int:
        """Of what ranks factors: those of what figures show for effects of Morris, hundredths for shares."""
        return self.decimals if self.method == MORRIS else 2

    @property
    def ranked_by(self) -> str:
        """The column by which factors are ranked."""
        return RANKED_BY.get(self.method, "first_order")

    @cached_property
    def shown_first(self) -> str:
        """Of the strategies other than the comparator that which is best at most points, or gains most on average."""
        wins = {name: self.share_best(name) for name in self.others}
        means = {name: float(np.mean(self.values(name))) if len(self.accepted) else 0.0 for name in self.others}
        return max(self.others, key=lambda name: (wins[name], means[name]))

    def first_shown(self) -> list[str]:
        """The strategies other than the comparator, the one that is shown first at the front."""
        return [self.shown_first, *(name for name in self.others if name != self.shown_first)]

    def share_best(self, strategy: str, place: int = 0) -> float:
        """Share of the accepted points at which a strategy has the highest net benefit, at the threshold of a place."""
        frame = self.analysis.best
        chosen = (frame["strategy"] == strategy) & (frame["threshold_place"] == place)
        return float(frame.loc[chosen, "share"].iloc[0])

    def values(self, strategy: str) -> Floats:
        """What figures show, of a strategy at each accepted point."""
        if self.one_money:
            return self.points.gain(strategy)[self.accepted]
        place = self.points.strategies.index(strategy)
        qalys: Floats = self.points.steps[self.accepted, place, 1]
        return qalys

    @cached_property
    def winners(self) -> list[str]:
        """The best strategy of each accepted point."""
        return [self.points.strategies[place] for place in self.points.best()[self.accepted]]

    def ranked(self, strategy: str, measure: str | None = None, worth: float | None = None) -> list[Record]:
        """The factors of a strategy and measure with their indices, the strongest first; none if it never varies."""
        measure = self.measure if measure is None else measure
        if measure == GAIN and worth is None:
            worth = self.threshold
        told = records(self.sensitivity.of(strategy, measure, self.money, worth))
        found = [row for row in told if _known(row[self.ranked_by])]
        if self.method == MORRIS and not any(float(row[self.ranked_by]) > 0.0 for row in found):
            return []
        return sorted(found, key=lambda row: -float(row[self.ranked_by]))

    @cached_property
    def leading(self) -> list[Factor]:
        """The factors by their strength for the strategy that is shown first, then those without a rank."""
        order = [str(row["factor"]) for row in self.ranked(self.shown_first)]
        known = {factor.name: factor for factor in self.points.factors}
        return [known[name] for name in order] + [one for name, one in known.items() if name not in order]

    def summary(self, strategy: str, measure: str, worth: float | None = None) -> Record | None:
        """How far a measure goes over the points; None where it was left out."""
        found = records(rows_of(self.analysis.summary, strategy, measure, self.money, worth))
        return found[0] if found else None

    def chance_share(self, strategy: str) -> float:
        """At most this share of the variance of what figures show is chance among the patients; nan if it is flat."""
        row = self.summary(strategy, self.measure, self.threshold if self.one_money else None)
        return float(row["chance_share"]) if row else float("nan")

    def cells(self, factor: Factor) -> "pd.Series":
        """The values of a factor at the accepted points."""
        return self.points.design[factor.name].iloc[self.accepted]

    def unit(self, factor: Factor) -> str:
        """The unit of a factor's numbers; nothing for choices."""
        return self.inputs.parameters.quantity(factor.parameter).unit if factor.parameter else ""

    def base_value(self, factor: Factor) -> str:
        """The value in the scenario itself; nothing where its files leave it open."""
        level = level_in_scenario(factor, self.inputs, self.analysis.results.folder / INPUTS)
        return "" if level is None else cell_words(text_of(level) if isinstance(level, tuple) else level)

    def axis_title(self, factor: Factor) -> str:
        unit = self.unit(factor)
        return f"{factor.name} ({unit})" if unit else factor.name


def is_scale(factor: Factor) -> bool:
    """Whether a factor is a number on a scale, not a choice."""
    return not factor.levels or all(isinstance(one, int | float) and not isinstance(one, bool) for one in factor.levels)


def cell_words(cell: Any) -> str:
    """A cell of the design as people read it."""
    cell = plain(cell)
    if isinstance(cell, bool | str):
        return text_of(cell).replace("_", " ")
    return plain_number(float(f"{float(cell):.4g}"))


def measure_words(measure: str) -> str:
    """What a measure is called, with the unit where it is no money (whose currency rows name) and no QALYs."""
    known = {GAIN: "net benefit gained", COST: "incremental cost", QALYS: "incremental QALYs"}
    if measure in known:
        return known[measure]
    outcome = measure.removeprefix(INCREMENTAL)
    unit = {"currency": "", "count": "per person"}.get(UNITS.get(outcome, ""), UNITS.get(outcome, ""))
    label = LABELS.get(outcome, outcome.replace("_", " "))
    return f"difference in {label[0].lower()}{label[1:]}{f' ({unit})' if unit else ''}"


def _known(value: Any) -> bool:
    return bool(np.isfinite(float(value)))
