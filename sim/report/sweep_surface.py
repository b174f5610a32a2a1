"""What the response surface shows: means over a grid, or a smooth fit where points lie anywhere."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.analysis.response_surface import fit_surface
from sim.inputs.factors import LOG, Factor
from sim.inputs.sweeps import GRID, MORRIS, SALTELLI
from sim.report.sweep_findings import Floats, SweepFindings, cell_words, is_scale

STEPS = 31  # of a fitted surface along each factor
LEAST_VALUES = 4  # of a factor along which a surface is fitted
LEAST_POINTS = 20
MOST_FITTED = 20_000
BEYOND = 0.1  # of the range of all points: how far a fitted mean may leave it


@dataclass(frozen=True, eq=False)
class Shown:
    """A surface of one strategy. values: shape (len(y), len(x)), nan where every point is refused, or where a fit goes
    so far beyond all points that they do not support it.

    x_words, y_words: names of choices, which then stand at 0, 1, 2 and so on; empty for a scale. smooth: whether lines
    of equal gain make sense. told: share of the variance that a fit tells of points left out of it; nan without a fit.
    """

    x: list[float]
    y: list[float]
    values: Floats
    x_words: list[str]
    y_words: list[str]
    smooth: bool
    told: float


def surface_pair(findings: SweepFindings) -> tuple[Factor, Factor] | None:
    """The two strongest factors: of a grid any, otherwise those of many values. None where there are no two."""
    factors = [one for one in findings.leading if len(set(findings.cells(one).tolist())) > 1]
    if findings.sweep.design.kind != GRID:
        if len(findings.accepted) < LEAST_POINTS:
            return None
        factors = [one for one in factors if is_scale(one) and findings.cells(one).nunique() >= LEAST_VALUES]
    return (factors[0], factors[1]) if len(factors) > 1 else None


def surface_of(findings: SweepFindings, strategy: str, pair: tuple[Factor, Factor]) -> Shown:
    """The surface of what figures show, averaged over all other factors.

    Its values are all nan where nothing varies, and where no fit tells anything of points left out of it.
    """
    values = findings.values(strategy)
    if findings.sweep.design.kind == GRID:
        return _averaged(findings, values, pair)
    return _fitted(findings, values, pair)


def _averaged(findings: SweepFindings, values: Floats, pair: tuple[Factor, Factor]) -> Shown:
    """The mean at each pair of values of a grid."""
    axes, places = [], []
    for factor in pair:
        whole = findings.points.design[factor.name].tolist()
        known = sorted(set(whole)) if is_scale(factor) else [one for one in factor.cells if one in set(whole)]
        order = {one: place for place, one in enumerate(known)}
        axes.append(known)
        places.append(np.array([order[one] for one in findings.cells(factor).tolist()], dtype=np.int64))
    shape = (len(axes[1]), len(axes[0]))
    sums, counts = np.zeros(shape), np.zeros(shape)
    np.add.at(sums, (places[1], places[0]), values)
    np.add.at(counts, (places[1], places[0]), 1.0)
    means = np.divide(sums, counts, out=np.full(shape, np.nan), where=counts > 0)
    words, numbers = [], []
    for factor, axis in zip(pair, axes, strict=True):
        words.append([] if is_scale(factor) else [cell_words(one) for one in axis])
        numbers.append([float(one) for one in (axis if is_scale(factor) else range(len(axis)))])
    smooth = all(is_scale(factor) and len(axis) > 2 for factor, axis in zip(pair, axes, strict=True))
    return Shown(numbers[0], numbers[1], means, words[0], words[1], smooth=smooth, told=np.nan)


def _fitted(findings: SweepFindings, values: Floats, pair: tuple[Factor, Factor]) -> Shown:
    """A smooth fit to all points, on a regular grid within the range of both factors."""
    columns = [findings.cells(factor).to_numpy(dtype=np.float64) for factor in pair]
    scaled, axes = [], []
    for factor, column in zip(pair, columns, strict=True):
        log = factor.scale == LOG
        on_scale = np.log(column) if log else column
        low, high = float(on_scale.min()), float(on_scale.max())
        scaled.append((on_scale - low) / (high - low))
        along = np.linspace(low, high, STEPS)
        axes.append([float(one) for one in (np.exp(along) if log else along)])
    blocks = _blocks(findings)
    fitted = fit_surface(
        np.column_stack(scaled)[:MOST_FITTED], values[:MOST_FITTED], None if blocks is None else blocks[:MOST_FITTED]
    )
    units = np.linspace(0.0, 1.0, STEPS)
    x, y = np.meshgrid(units, units)
    means = fitted.at(np.column_stack([x.ravel(), y.ravel()])).reshape(STEPS, STEPS)
    low, high = float(values.min()), float(values.max())
    room = BEYOND * (high - low)
    means[(means < low - room) | (means > high + room) | (fitted.told <= 0.0)] = np.nan
    return Shown(axes[0], axes[1], means, [], [], smooth=True, told=fitted.told)


def _blocks(findings: SweepFindings) -> npt.NDArray[np.int64] | None:
    """The trajectory of Morris or the block of Saltelli of each accepted point; None where points stand alone."""
    design, factors = findings.sweep.design, len(findings.points.factors)
    if design.kind not in (MORRIS, SALTELLI):
        return None
    size = factors + 1 if design.kind == MORRIS else (2 if design.second_order else 1) * factors + 2
    return findings.accepted // size
