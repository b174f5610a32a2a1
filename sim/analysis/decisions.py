"""Who has the highest net benefit in each draw, and what another choice would lose, at many thresholds with errors.

The loss of a strategy in a draw is the highest net benefit of all in this draw less its own. Its mean is the expected
loss (Alarid-Escudero et al. 2019, Value in Health 22:611-618); that of the strategy with the highest mean net benefit
is the expected value of perfect information (Claxton 1999, Journal of Health Economics 18:341-364). Losses are summed
draw by draw, so that no large numbers are subtracted at the end. Patient noise is taken out first (patient_noise.py).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.analysis.decision_errors import variances_of_correction, variances_of_shared_luck
from sim.analysis.decision_sums import sums_of_table
from sim.analysis.patient_noise import without_noise
from sim.analysis.psa_table import Floats, PsaTable
from sim.vocabulary.errors import InputError

LARGEST_THRESHOLD = 1e40  # times the largest effect that is read (1e100), squared and summed, it stays a double


@dataclass(frozen=True, eq=False)
class Decisions:
    """For T thresholds and S strategies, in the order of the table.

    willingness_to_pay: (T,). probability (of the highest net benefit; ties are shared), loss: (T, S), with their
    standard errors. best: (T,), the place of the highest mean net benefit, of equals the first. evpi: (T,), the loss of
    the best, with its standard error. uncorrected_...: the same with patient noise left in; equal if there is none.
    """

    strategies: tuple[str, ...]
    draws: int
    willingness_to_pay: Floats
    best: npt.NDArray[np.intp]
    probability: Floats
    probability_error: Floats
    loss: Floats
    loss_error: Floats
    evpi: Floats
    evpi_error: Floats
    uncorrected_probability: Floats
    uncorrected_evpi: Floats


def decide(table: PsaTable, willingness_to_pay: Iterable[float]) -> Decisions:
    """The decision at each threshold; a table with noise is corrected first.

    Standard errors are those of independent draws; of a Latin hypercube or Sobol design they are rather too large.
    Without noise they are sd / sqrt(draws), and of a probability the standard deviation of its posterior under a
    uniform prior, which is not 0 where no draw was counted. With noise they also hold what the correction costs, with
    shared noise what it may have moved. Raises InputError for a threshold that is negative or above LARGEST_THRESHOLD.
    """
    thresholds = checked_thresholds(willingness_to_pay)
    clean = without_noise(table)
    raw = sums_of_table(table, thresholds)
    sums = raw if clean is table else sums_of_table(clean, thresholds)
    best = np.argmin(sums.losses, axis=1)
    counted = (sums.wins + 1.0) / (sums.draws + 2.0)
    probability_variance = counted * (1.0 - counted) / (sums.draws + 3.0)
    loss_variance = sums.squares / (sums.draws - 1.0) / sums.draws
    evpi_variance = np.take_along_axis(loss_variance, best[:, None], axis=1)[:, 0]
    if table.noise is not None:
        correction = variances_of_correction(table, table.noise, thresholds)
        probability_variance = np.maximum(probability_variance, correction.probability)
        loss_variance, evpi_variance = correction.loss, correction.evpi
    if table.shared_noise is not None:
        shared = variances_of_shared_luck(clean, table.shared_noise, thresholds)
        probability_variance = probability_variance + shared.probability
        loss_variance, evpi_variance = loss_variance + shared.loss, evpi_variance + shared.evpi
    return Decisions(
        strategies=table.strategies,
        draws=table.draws,
        willingness_to_pay=thresholds,
        best=best,
        probability=sums.probability,
        probability_error=np.sqrt(probability_variance),
        loss=sums.losses,
        loss_error=np.sqrt(loss_variance),
        evpi=sums.evpi,
        evpi_error=np.sqrt(evpi_variance),
        uncorrected_probability=raw.probability,
        uncorrected_evpi=raw.evpi,
    )


def checked_thresholds(willingness_to_pay: Iterable[float]) -> Floats:
    """The thresholds as an array, in their order; InputError for none, and for one that is negative or too large."""
    thresholds = [float(threshold) for threshold in willingness_to_pay]
    if not thresholds:
        raise InputError("willingness to pay", "no threshold is given", "Give at least one.")
    for threshold in thresholds:
        if not (math.isfinite(threshold) and threshold >= 0.0):
            what = f"{threshold:g} is not a willingness to pay"
            raise InputError("willingness to pay", what, "Give a number that is 0 or more.")
        if threshold > LARGEST_THRESHOLD:
            what = f"{threshold:g} is too large a willingness to pay"
            raise InputError("willingness to pay", what, f"Give one of {LARGEST_THRESHOLD:g} or less.")
    return np.array(thresholds)
