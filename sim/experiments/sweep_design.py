"""The points of a sweep: a row a point, a column a factor, and how much work they are."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import qmc

from sim.inputs.designs import generator, uniforms
from sim.inputs.factors import Factor
from sim.inputs.sweeps import GRID, LATIN_HYPERCUBE, LIST, MORRIS, SALTELLI, SOBOL, Sweep
from sim.vocabulary.errors import InputError, RunError

Floats = npt.NDArray[np.float64]
COURSES_PER_PART = 500_000
MOST_POINTS_PER_PART = 1_000
MOST_PARTS = 20_000
PARTS_OF_A_SMALL_SWEEP = 64
INSTALL = "Install bmes-sim[sweep]."


@dataclass(frozen=True)
class SweepSize:
    """How much a sweep is: courses in all, rows of results (one a point, draw and strategy), files of them."""

    points: int
    courses: int
    rows: int
    parts: int


def design_points(sweep: Sweep) -> pd.DataFrame:
    """A row a point, numbered from 0, a column a factor with values of its own type; the same for the same sweep.

    Levels that are lists, or of several types, stand there as texts. On a grid the factors that cost most to change do
    so slowest (inputs to load, then switches and fields of files, then parameters), the first ones of the file before
    others. Raises RunError without SALib (morris, saltelli).
    """
    if sweep.design.kind == LIST:
        if sweep.listed is None:
            raise InputError(sweep.files[0], "the points of this list were not read", "Load the sweep from its file.")
        return sweep.listed
    if sweep.design.kind == GRID:
        return _grid(sweep)
    units = unit_points(sweep)
    columns = {factor.name: factor.at(units[:, place]) for place, factor in enumerate(sweep.factors)}
    return pd.DataFrame(columns).rename_axis("point")


def unit_points(sweep: Sweep) -> Floats:
    """Places of the points of a sampled design in the unit cube, shape (points, factors).

    latin_hypercube: McKay, Beckman & Conover 1979, each factor keyed by its name. sobol: scrambled (Owen 1998). morris:
    trajectories on a grid of `levels` (Morris 1991, doi:10.1080/00401706.1991.10484804). saltelli: two base samples of
    Sobol's sequence and their mixtures (Saltelli 2002, doi:10.1016/S0010-4655(02)00280-1). The last two by SALib.
    """
    design, seed, samples = sweep.design, sweep.scenario.seed, sweep.design.samples or 0
    if design.kind == LATIN_HYPERCUBE:
        return uniforms([factor.name for factor in sweep.factors], samples, seed, LATIN_HYPERCUBE)
    chance = generator(seed, "sweep", design.kind)
    if design.kind == SOBOL:
        return np.asarray(qmc.Sobol(len(sweep.factors), scramble=True, rng=chance).random(samples))
    if design.kind not in (MORRIS, SALTELLI):
        raise InputError(sweep.files[0], f"the design {design.kind!r} is not sampled", "Take its points themselves.")
    try:
        from SALib.sample import morris as sample_morris
        from SALib.sample import sobol as sample_sobol
    except ImportError:
        raise RunError(f"The design {design.kind!r} needs SALib. {INSTALL}") from None
    if design.kind == MORRIS:
        sampled = sample_morris.sample(problem(sweep), samples, num_levels=design.levels, seed=chance)
    else:
        sampled = sample_sobol.sample(problem(sweep), samples, calc_second_order=design.second_order, seed=chance)
    return np.clip(np.asarray(sampled, np.float64), 0.0, 1.0)


def problem(sweep: Sweep) -> dict[str, Any]:
    """The factors as SALib asks for them, each along the unit interval."""
    return {
        "num_vars": len(sweep.factors),
        "names": [factor.name for factor in sweep.factors],
        "bounds": [[0.0, 1.0] for _ in sweep.factors],
    }


def size_of(sweep: Sweep) -> SweepSize:
    """How much work the sweep is."""
    points, strategies = sweep.points, len(sweep.scenario.strategies)
    evaluations = points * max(1, sweep.draws)
    parts = math.ceil(points / points_per_part(sweep))
    return SweepSize(points, evaluations * sweep.scenario.patients * strategies, evaluations * strategies, parts)


def points_per_part(sweep: Sweep) -> int:
    """How many points share a file of results, by the design alone: about 500,000 courses. Fewer in a small sweep, so
    that there are tasks enough for many workers; more in a very large one, so that no folder has too many files.
    """
    courses = sweep.scenario.patients * len(sweep.scenario.strategies) * max(1, sweep.draws)
    most = math.ceil(sweep.points / PARTS_OF_A_SMALL_SWEEP)
    least = math.ceil(sweep.points / MOST_PARTS)
    return max(1, least, min(MOST_POINTS_PER_PART, COURSES_PER_PART // courses, most))


def _grid(sweep: Sweep) -> pd.DataFrame:
    columns = {factor.name: factor.on_a_grid() for factor in sweep.factors}
    slowest_first: list[Factor] = sorted(sweep.factors, key=_cost_of_a_change)
    sizes = [len(columns[factor.name]) for factor in slowest_first]
    places = np.unravel_index(np.arange(math.prod(sizes)), sizes)
    taken = {
        factor.name: columns[factor.name].iloc[place].reset_index(drop=True)
        for factor, place in zip(slowest_first, places, strict=True)
    }
    return pd.DataFrame({factor.name: taken[factor.name] for factor in sweep.factors}).rename_axis("point")


def _cost_of_a_change(factor: Factor) -> int:
    """0 where all inputs are loaded again, 1 where some are decided again, 2 where a value is laid over them."""
    if factor.parameter is not None:
        return 2
    return 1 if factor.kind in ("treatment", "strategy", "structure") else 0
