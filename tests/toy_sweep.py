"""Sweeps that were never simulated: the points of a real design, and the rows that a known function gives there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.experiments.sweep_design import design_points
from sim.experiments.sweep_frames import Money, SweepPoints, sweep_points
from sim.inputs.factors import Factor
from sim.inputs.scenario import load_scenario
from sim.inputs.sweeps import Design, Sweep

Floats = npt.NDArray[np.float64]
STRATEGIES = ("supportive", "zoledronate")
THRESHOLD = 20_000.0


def factors(number: int, low: float = 0.0, high: float = 1.0) -> tuple[Factor, ...]:
    return tuple(Factor(f"x{n}", "parameter", f"x{n}", low=low, high=high, parameter=f"x{n}") for n in range(number))


def toy_sweep(varied: tuple[Factor, ...], seed: int, **design: Any) -> Sweep:
    scenario = load_scenario("base_case_uk", patients=100, strategies=STRATEGIES, seed=seed)
    return Sweep("toy", ("toy.toml",), "Toy", "Toy?", scenario, 0, ("cost_discounted",), Design(**design), varied)


def toy_rows(gains: Floats, refused: tuple[int, ...] = (), error: float = 0.0) -> pd.DataFrame:
    """Rows in which zoledronate gains `gains` in money and nothing else."""
    rows = []
    for point, gain in enumerate(gains):
        out = point in refused
        for strategy in STRATEGIES:
            cost = np.nan if out else 0.0 if strategy == STRATEGIES[0] else -float(gain)
            qalys = np.nan if out else 0.0
            why = "a reason" if out else None
            rows.append((point, strategy, why, cost, qalys, cost, qalys, error, 0.0, 0.0))
    names = ["point", "strategy", "refused", "cost_discounted", "qalys_discounted", "inc_cost", "inc_qalys"]
    names += ["inc_cost_se", "inc_qalys_se", "inc_covariance"]
    return pd.DataFrame(rows, columns=names)


def toy_money(points: int) -> Money:
    return Money(np.full(points, "GBP, prices of 2024/25"), np.full((points, 1), THRESHOLD))


def toy_points(
    sweep: Sweep, function: Callable[[Floats], Floats], refused: tuple[int, ...] = (), error: float = 0.0
) -> SweepPoints:
    """The points of the sweep's own design; zoledronate gains the function of their values, shape (points, factors)."""
    design = design_points(sweep).reset_index(drop=True)
    gains = function(design.to_numpy(dtype=np.float64))
    rows = toy_rows(gains, refused, error)
    return sweep_points([rows], design, sweep.factors, STRATEGIES, STRATEGIES[0], toy_money(len(design)))


def ishigami(x: Floats, a: float = 7.0, b: float = 0.1) -> Floats:
    """Ishigami and Homma's function of three numbers from -pi to pi."""
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices(a: float = 7.0, b: float = 0.1) -> tuple[Floats, Floats]:
    """First-order and total indices in closed form."""
    one = 0.5 * (1.0 + b * np.pi**4 / 5.0) ** 2
    two = a * a / 8.0
    both = b * b * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)  # of the first and third together
    whole = one + two + both
    return np.array([one, two, 0.0]) / whole, np.array([one + both, two, both]) / whole


def sobol_g(x: Floats, a: Floats) -> Floats:
    """Sobol's g-function of numbers from 0 to 1."""
    product: Floats = np.prod((np.abs(4.0 * x - 2.0) + a) / (1.0 + a), axis=1)
    return product


def sobol_g_indices(a: Floats) -> tuple[Floats, Floats]:
    """First-order and total indices in closed form."""
    single = 1.0 / (3.0 * (1.0 + a) ** 2)
    whole = np.prod(1.0 + single) - 1.0
    return single / whole, single * np.prod(1.0 + single) / (1.0 + single) / whole
