"""Sweeps as the report reads them, with numbers from known functions: nothing is simulated but everything is stored."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.experiments.sweep_analysis import SweepAnalysis, analysis_of_sweep
from sim.experiments.sweep_parts import write_part
from sim.experiments.sweep_results import load_sweep_results
from sim.experiments.sweep_rows import Rows
from sim.experiments.sweep_store import begin, finish
from sim.inputs.sweeps import load_sweep

Floats = npt.NDArray[np.float64]

HEAD = """
title = "A sweep of <numbers> & choices"
question = "What decides?"
scenario = "base_case_uk"
strategies = ["supportive", "zoledronate", "vitamin_d"]
patients = 100
record = ["pain_years"]
"""
RANGES = {
    "hazard ratio": 'parameter = "treatments.zoledronate.healing.hazard_ratio"\nlow = 0.8\nhigh = 2.8\nscale = "log"',
    "price": 'parameter = "setting.unit_costs.zoledronate_5mg"\nlow = 0.0\nhigh = 600.0',
    "utility <loss>": 'parameter = "utility_loss_per_pain_point_utility"\nlow = 0.041\nhigh = 0.105',
}
CHOICES = {
    "harms": 'structure = "harms"\nlevels = [true, false]',
    "country": 'setting = "setting"\nlevels = ["uk", "nl"]',
}


def sweep_file(folder: Path, design: str, factors: dict[str, str], more: str = "") -> Path:
    tables = "".join(f'\n[[factors]]\nname = "{name}"\n{words}\n' for name, words in factors.items())
    path = folder / "stand_in.toml"
    path.write_text(f"{HEAD}{more}\n[design]\n{design}\n{tables}", encoding="utf-8")
    return path


def stored_sweep(
    folder: Path, design: str, factors: dict[str, str], refused: tuple[int, ...] = (), more: str = ""
) -> Path:
    """A finished run folder of a sweep whose zoledronate gains a known function of the first two factors."""
    sweep = load_sweep(sweep_file(folder, design, factors, more))
    place = begin(sweep, folder / "out")
    results = load_sweep_results(place)
    rows = Rows(tuple(sweep.scenario.strategies), 0, tuple(sweep.record), sweep.scenario.patients)
    for point, steps in enumerate(_steps(results.design(), results.sweep.factors)):
        for draw in range(1, sweep.draws + 1) if sweep.draws else [0]:
            if point in refused:
                rows.refuse(point, draw, "entry_pain_mean_nrs: no latent value reproduces this number")
            else:
                _add(rows, point, draw, steps)
    write_part(rows.parquet(results.manifest["question_hash"]), 0, results.manifest["points"] - 1,
               results.manifest["question_hash"], place)  # fmt: skip
    return finish(place, {"refused_points": len(refused), "seconds": 1.0})


def _steps(design: Any, factors: Any) -> Floats:
    """Cost and QALYs that zoledronate adds at each point, shape (points, 2), and a little for vitamin D."""
    units = np.column_stack([factor.units_of(design[factor.name]) for factor in factors])
    second = units[:, 1] if units.shape[1] > 1 else np.full(len(units), 0.5)
    return np.column_stack([300.0 + 600.0 * second, 0.06 * units[:, 0] - 0.005 + 0.01 * units[:, 0] * second])


def _add(rows: Rows, point: int, draw: int, steps: Floats) -> None:
    """As Rows.add, from steps instead of a simulation; each draw differs by 1 of money.

    The QALYs of vitamin D differ by rounding only, as those of two sums of the same numbers may.
    """
    cost, qalys = steps
    rounding = (point % 5 - 2) * np.spacing(14.0)
    dear = 80.0 + 0.01 * cost
    zoledronate, vitamin_d = [3000.0 + cost + draw, 14.0 + qalys, 3.5], [3000.0 + dear, 14.0 + rounding, 4.0]
    levels = np.array([[3000.0, 14.0, 4.0], zoledronate, vitamin_d])
    errors = np.array([[50.0, 0.02], [60.0, 0.02], [50.0, 0.02]])
    increments = np.array([[0.0] * 5, [cost + draw, 20.0, qalys, 0.002, 0.01], [dear, 2.0, rounding, 0.0, 0.0]])
    rows.blocks.append(np.column_stack([levels, errors, increments]))
    rows.keys.append((point, draw, 0, None))


def analysed(folder: Path) -> SweepAnalysis:
    return analysis_of_sweep(load_sweep_results(folder))
