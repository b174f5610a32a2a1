"""What a sweep says about its factors: indices or effects for every strategy and measure, whatever the design."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.global_sensitivity import SECOND_COLUMNS, Sensitivity, morris_effects, sobol_indices
from sim.analysis.grid_effects import grid_indices
from sim.analysis.main_effects import main_effects
from sim.experiments.sweep_frames import SweepPoints, without_rounding
from sim.inputs.sweeps import GRID, MORRIS, SALTELLI, Design

Floats = npt.NDArray[np.float64]

GAIN, COST, QALYS = "net_benefit_gain", "incremental_cost", "incremental_qalys"
INCREMENTAL = "incremental_"  # before the name of a further outcome
LABELS = ("strategy", "comparator", "measure", "money", "willingness_to_pay")
WITHOUT = ""  # the money of what is none
MAIN = "main_effects"  # the method of designs that have none of their own


@dataclass(frozen=True, eq=False)
class SweepSensitivity:
    """Factors by what they do.

    method: "saltelli" (Sobol indices), "morris", "grid" (indices of a full grid) or "main_effects" (first-order ones
    only). frame: strategy, comparator, measure ("net_benefit_gain" with its willingness_to_pay, "incremental_cost",
    "incremental_qalys", "incremental_" and an outcome's name), money (currency and price year of the first two, else
    ""), factor, then the columns of the method. second_order: of
    pairs, mostly empty. blocks, lost: blocks or trajectories of the design, and those of which the model refuses a
    point. factors: those that were looked at. points: how many the numbers rest on.
    """

    method: str
    frame: pd.DataFrame
    second_order: pd.DataFrame
    blocks: int
    lost: int
    factors: tuple[str, ...]
    points: int

    def of(self, strategy: str, measure: str, money: str, willingness_to_pay: float | None = None) -> pd.DataFrame:
        """The rows of one strategy and measure; `money` counts for what is money only."""
        return rows_of(self.frame, strategy, measure, money, willingness_to_pay)


def rows_of(
    frame: pd.DataFrame, strategy: str, measure: str, money: str, willingness_to_pay: float | None = None
) -> pd.DataFrame:
    """The rows of a frame with LABELS that are about one strategy and measure."""
    chosen = (frame["strategy"] == strategy) & (frame["measure"] == measure) & frame["money"].isin((money, WITHOUT))
    if willingness_to_pay is not None:
        chosen &= frame["willingness_to_pay"] == willingness_to_pay
    return frame[chosen]


def sweep_sensitivity(points: SweepPoints, design: Design, seed: int) -> SweepSensitivity:
    """The analysis that fits the design: Saltelli's, Morris's, that of a full grid, or of each factor by itself.

    Of points of several currencies what is no money is looked at over all points; what is money within each currency,
    if the design has no blocks, which would be torn apart. Raises RunError when SALib is missing.
    """
    blocked = design.kind in (SALTELLI, MORRIS)
    parts = [(points, *measures(points))]
    if len(points.moneys) > 1 and not blocked:
        for words in points.moneys:
            some = points.at(points.money.words == words)
            labels, outputs = measures(some)
            chosen = np.flatnonzero(labels["money"] != WITHOUT)
            parts.append((some, labels.iloc[chosen].reset_index(drop=True), _renumbered(outputs, chosen)))
    names = tuple(one.name for one in points.factors)
    found = [(_analysed(some, outputs, design, seed), labels) for some, labels, outputs in parts]
    frame, second = (
        pd.concat([_labelled(getattr(one, name), labels) for one, labels in found], ignore_index=True)
        for name in ("frame", "second_order")
    )
    first, used = found[0][0], int(points.accepted.sum())
    full = design.kind == GRID and used == len(points.design)
    if design.kind == SALTELLI:
        used = (first.blocks - first.lost) * (len(points.design) // max(first.blocks, 1))
    method = design.kind if blocked or full else MAIN
    return SweepSensitivity(method, frame, second, first.blocks, first.lost, names, used)


def _analysed(points: SweepPoints, outputs: pd.DataFrame, design: Design, seed: int) -> Sensitivity:
    """What the design says about some outputs; factors that do not vary are left out where there are no blocks."""
    blocked = design.kind in (SALTELLI, MORRIS)
    names = [one.name for one in points.factors if blocked or _varies(points.design[one.name])]
    if design.kind == SALTELLI:
        return sobol_indices(outputs, names, seed, second_order=design.second_order)
    units = pd.DataFrame({name: units_of(points, name) for name in names})
    if design.kind == MORRIS:
        along = np.column_stack([_along(points, name) for name in names])
        return morris_effects(along, outputs, names, seed, levels=design.levels)
    full = design.kind == GRID and bool(points.accepted.all())
    frame = grid_indices(points.design[names], outputs) if full else main_effects(units, outputs)
    return Sensitivity(frame, pd.DataFrame(columns=list(SECOND_COLUMNS)), len(outputs), 0)


def _renumbered(outputs: pd.DataFrame, chosen: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Some of the outputs, numbered anew."""
    return outputs[chosen].set_axis(range(len(chosen)), axis=1)


def units_of(points: SweepPoints, factor: str) -> Any:
    """The cells of a factor as numbers from 0 to 1 that rise with its place in the design."""
    (known,) = (one for one in points.factors if one.name == factor)
    column = points.design[factor]
    if known.levels or known.range:
        return known.units_of(column)
    values = column.to_numpy(dtype=np.float64)  # the numbers of a list
    spread = float(np.ptp(values))
    return (values - values.min()) / spread if spread > 0.0 else np.full(len(values), 0.5)


def _along(points: SweepPoints, factor: str) -> Floats:
    """The cells of a factor from 0 at its first to 1 at its last level, or along its range."""
    (known,) = (one for one in points.factors if one.name == factor)
    units: Floats = units_of(points, factor)
    count = len(known.levels)
    return (units * count - 0.5) / (count - 1.0) if count > 1 else units


def measures(points: SweepPoints) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is looked at: labels, a row a measure, and its values, a column a measure in the same order.

    Money is left out where points have different currencies, and so is an outcome that some points do not have.
    Increments that are rounding only are 0.
    """
    labels: list[tuple[str, str, str, str, float]] = []
    columns: list[Any] = []
    base = points.strategies.index(points.comparator)
    money = points.moneys[0]
    for strategy in points.others:
        place = points.strategies.index(strategy)
        found: list[tuple[str, str, float, Any]] = []
        if len(points.moneys) == 1:
            for at, worth in enumerate(points.money.thresholds[0]):
                found.append((GAIN, money, float(worth), points.gain(strategy, at)))
            found.append((COST, money, np.nan, points.steps[:, place, 0]))
        found.append((QALYS, WITHOUT, np.nan, points.steps[:, place, 1]))
        for name, values in points.outcomes.items():
            what = f"{INCREMENTAL}{name}"
            kind = money if name.startswith("cost") else WITHOUT
            if kind == WITHOUT or len(points.moneys) == 1:
                found.append((what, kind, np.nan, without_rounding(values - values[:, [base]], values)[:, place]))
        found = [one for one in found if np.isfinite(one[-1][points.accepted]).all()]
        labels += [(strategy, points.comparator, *one[:-1]) for one in found]
        columns += [one[-1] for one in found]
    return pd.DataFrame(labels, columns=list(LABELS)), pd.DataFrame(dict(enumerate(columns)))


def _varies(column: pd.Series) -> bool:
    return bool((column != column.iloc[0]).any())


def _labelled(frame: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """With the labels of an output in place of its number."""
    told = labels.iloc[frame["output"].astype(int)].reset_index(drop=True)
    return pd.concat([told, frame.drop(columns="output").reset_index(drop=True)], axis=1)
