"""The frames of one of our own probabilistic analyses: its setting's thresholds, and a grid of others around them."""

import numpy as np

from sim.analysis.psa_analysis import PsaAnalysis, analyse
from sim.experiments.psa_results import PsaResults

STEPS = 40  # of the curves over willingness to pay
WIDTH = 2.0  # the curves end at this times the highest threshold


def analysis_of(results: PsaResults) -> PsaAnalysis:
    """Analyse `results` at the setting's present and former thresholds, with curves from 0 to twice the highest."""
    setting = results.inputs.setting
    thresholds = list(dict.fromkeys([*setting.thresholds, *setting.former_thresholds]))
    grid = np.linspace(0.0, WIDTH * max(thresholds), STEPS + 1)
    return analyse(results.table(), grid.tolist(), thresholds, results.scenario.comparator)
