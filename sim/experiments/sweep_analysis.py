"""From the folder of a sweep to what it says: who is best where, which factors matter, and how far results go."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.experiments.store import INPUTS
from sim.experiments.sweep_frames import COST, KEYS, QALYS, STEPS, VARIANCES, Money, SweepPoints, sweep_points
from sim.experiments.sweep_results import SweepResults
from sim.experiments.sweep_rows import ALWAYS
from sim.experiments.sweep_sensitivity import SweepSensitivity, sweep_sensitivity
from sim.experiments.sweep_summary import measure_summary, winners
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.setting import Setting, load_setting
from sim.inputs.sweeps import Sweep

SETTING = "setting"  # kind and target of the factor that chooses a country


@dataclass(frozen=True, eq=False)
class SweepAnalysis:
    """A sweep with its points and what they say.

    summary: see `measure_summary`. best: see `winners`. inputs: those of the scenario, with no factor laid over them.
    """

    results: SweepResults
    inputs: ModelInputs
    points: SweepPoints
    sensitivity: SweepSensitivity
    summary: pd.DataFrame
    best: pd.DataFrame

    @property
    def sweep(self) -> Sweep:
        return self.results.sweep


def analysis_of_sweep(results: SweepResults) -> SweepAnalysis:
    """Read a finished sweep and work out what it says; the same folder gives the same numbers.

    Raises RunError when points are missing or SALib is (designs morris and saltelli).
    """
    sweep, inputs = results.sweep, results.inputs()
    design = results.design().reset_index(drop=True)
    further = [name for name in sweep.record if name not in ALWAYS]
    wanted = [*KEYS, COST, QALYS, *STEPS, *VARIANCES, *further]
    points = sweep_points(
        (batch.to_pandas() for batch in results.dataset().to_batches(columns=wanted)),
        design,
        sweep.factors,
        sweep.scenario.strategies,
        sweep.scenario.comparator,
        money_of(results, design, inputs.setting),
        sweep.draws,
        further,
    )
    sensitivity = sweep_sensitivity(points, sweep.design, sweep.scenario.seed)
    return SweepAnalysis(results, inputs, points, sensitivity, measure_summary(points), winners(points))


def money_of(results: SweepResults, design: pd.DataFrame, setting: Setting) -> Money:
    """Currency, price year and thresholds of every point: those of the scenario's setting, or of the point's own.

    Of settings with different numbers of thresholds the first ones that all have.
    """
    count = len(design)
    chosen = [one for one in results.sweep.factors if (one.kind, one.target) == (SETTING, SETTING)]
    if not chosen:
        thresholds = np.array(setting.thresholds, dtype=np.float64)
        return Money(np.full(count, money_words(setting)), np.broadcast_to(thresholds, (count, len(thresholds))))
    names, codes = np.unique(design[chosen[0].name].to_numpy(dtype=str), return_inverse=True)
    settings = [load_setting(results.folder / INPUTS, str(name)) for name in names]
    common = min(len(one.thresholds) for one in settings)
    thresholds = np.array([one.thresholds[:common] for one in settings], dtype=np.float64)
    return Money(np.array([money_words(one) for one in settings])[codes], thresholds[codes])


def money_words(setting: Setting) -> str:
    """For instance `GBP, prices of 2024/25`."""
    return f"{setting.currency}, prices of {setting.price_year}"
