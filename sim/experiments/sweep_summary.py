"""How far the results of a sweep go over its points, and who is best at how many of them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from sim.analysis.global_sensitivity import WIDTH_95
from sim.experiments.sweep_frames import SweepPoints
from sim.experiments.sweep_sensitivity import COST, GAIN, LABELS, QALYS, WITHOUT, measures

Floats = npt.NDArray[np.float64]

LEAST_DRAWS = 2  # for an error
SUMMARY = ("points", "mean", "standard_deviation", "lowest", "highest", "above", "below", "chance_share")


def measure_summary(points: SweepPoints) -> pd.DataFrame:
    """How far each measure goes over the accepted points: LABELS, points, mean, standard_deviation, lowest, highest.

    Of gains, cost and QALYs also `above` and `below`, the shares of points at which they are above or below 0 by more
    than 1.96 Monte Carlo standard errors (with draws, by Student's quantile), and chance_share, the mean of their
    squared errors over the variance between points: at most so much of that variance is chance among patients, and less
    where all points share their luck. Of further outcomes no errors are kept; nan, as where nothing varies.
    """
    if len(points.moneys) > 1:
        frames = [measure_summary(points.at(points.money.words == words)) for words in points.moneys]
        money = [frame[frame["money"] != WITHOUT] for frame in frames]
        return pd.concat([_summary(points), *money], ignore_index=True)
    return _summary(points)


def _summary(points: SweepPoints) -> pd.DataFrame:
    labels, outputs = measures(points)
    there = points.accepted
    rows = []
    for place, label in enumerate(labels.itertuples(index=False)):
        values = outputs[place].to_numpy()[there]
        row = [len(values), *([np.nan] * 4 if not len(values) else _spread(values)), np.nan, np.nan, np.nan]
        error = _error(points, str(label.strategy), str(label.measure), float(label.willingness_to_pay))
        if error is not None and len(values):
            error = error[there]
            clear = np.abs(values) > _width(points.draws) * error
            variance = float(values.var())
            share = float(np.mean(error * error)) / variance if variance > 0.0 else np.nan
            if np.isfinite(error).all():
                row[5:] = [float(np.mean(clear & (values > 0.0))), float(np.mean(clear & (values < 0.0))), share]
        rows.append((*label, *row))
    return pd.DataFrame(rows, columns=[*LABELS, *SUMMARY])


def _error(points: SweepPoints, strategy: str, measure: str, worth: float) -> Floats | None:
    """Monte Carlo standard errors of a measure, shape (points,); None where none are kept."""
    if measure == GAIN:
        return points.gain_error(strategy, int(np.flatnonzero(points.money.thresholds[0] == worth)[0]))
    if measure not in (COST, QALYS):
        return None
    variances = points.errors[:, points.strategies.index(strategy), (COST, QALYS).index(measure)]
    return np.sqrt(np.maximum(variances, 0.0))


def _width(draws: int) -> float:
    """Half the width of a 95 % interval in standard errors: those of few draws are known badly (Student's law)."""
    return WIDTH_95 if draws < LEAST_DRAWS else float(stdtrit(draws - 1, 0.975))


def _spread(values: Any) -> list[float]:
    return [float(one) for one in (values.mean(), values.std(), values.min(), values.max())]


def winners(points: SweepPoints) -> pd.DataFrame:
    """At how many of the accepted points each strategy has the highest net benefit: threshold_place (from 0), strategy,
    points, share. Each point counts at the thresholds of its own setting.
    """
    rows = []
    for at in range(points.money.thresholds.shape[1]):
        best = points.best(at)
        whole = int(np.sum(best >= 0))
        for place, strategy in enumerate(points.strategies):
            count = int(np.sum(best == place))
            rows.append((at, strategy, count, count / whole if whole else np.nan))
    return pd.DataFrame(rows, columns=["threshold_place", "strategy", "points", "share"])
