"""How the spread of a probabilistic analysis divides into parameters and patients, and what that says about its size.

With K draws of the parameters and n patients in each, all patients different people with luck of their own, the mean of
an increment over the draws has the variance

    (parameter_variance + patient_variance / n) / K,

where `parameter_variance` is the variance of the true increment between draws and `patient_variance` that of one
patient's increment within a draw, averaged over the draws. Both come from any analysis that kept the chance of each
draw (O'Hagan, Stevenson & Madan 2007, Health Economics 16:1009-1023): the variance between the draws' means is expected
to be parameter_variance + patient_variance / n.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.analysis.draw_moments import contrast
from sim.analysis.patient_noise import ROUNDING
from sim.analysis.psa_table import PsaTable
from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]

GAIN = "net_benefit_gain"
MEASURES = (GAIN, "incremental_cost", "incremental_effect")


@dataclass(frozen=True, eq=False)
class VarianceSplit:
    """The variance of one strategy's increment to the comparator, from K draws.

    squares: shape (K,), of each draw: the squared distance of its mean from the mean of all, times K / (K - 1).
    noise: shape (K,), the variance of the draw's mean by chance among its patients. patients: in each draw.
    """

    strategy: str
    mean: float
    squares: Floats
    noise: Floats
    patients: int

    @property
    def patient_variance(self) -> float:
        """Of one patient's increment, by chance, averaged over the draws."""
        return float(np.mean(self.noise)) * self.patients

    @property
    def parameter_variance(self) -> float:
        """Between draws, chance among patients taken off; cut to 0 where chance alone is larger than what was seen."""
        return max(float(np.mean(self.squares - self.noise)), 0.0)

    @property
    def parameter_variance_error(self) -> float:
        """Standard error of `parameter_variance` before the cut: it is a mean over draws (of squares less noise)."""
        return _error_of_mean(self.squares - self.noise)

    def variance_at(self, patients: int) -> float:
        """Variance of a draw's mean, parameters and chance together, with so many patients in each draw."""
        return self.parameter_variance + self.patient_variance / patients

    def variance_error_at(self, patients: int) -> float:
        """Standard error of `variance_at`."""
        return _error_of_mean(self.squares - self.noise + self.noise * (self.patients / patients))


def variance_splits(
    table: PsaTable,
    patients: int,
    comparator: str,
    measure: str = "net_benefit_gain",
    willingness_to_pay: float = 0.0,
    strategies: Sequence[str] | None = None,
) -> list[VarianceSplit]:
    """The split of `measure` (one of MEASURES) for `strategies`, by default all but the comparator.

    `table` must hold the noise of its draws, each of `patients` patients whose luck is independent between draws.
    `willingness_to_pay` matters to the gain in net benefit only. Raises InputError.
    """
    if table.noise is None:
        raise InputError("variance split", "the chance of each draw is not in the table", "Give `noise`.")
    if patients < 1:
        raise InputError("variance split", f"{patients} patients make no draw", "Write a number not below 1.")
    names = [name for name in table.strategies if name != comparator] if strategies is None else strategies
    splits = []
    for name in names:
        values = increment(table, name, comparator, measure, willingness_to_pay)
        noise = increment_noise(table, table.noise, name, comparator, measure, willingness_to_pay)
        mean = float(values.mean())
        squares = (values - mean) ** 2 * (table.draws / (table.draws - 1.0))
        digits = ROUNDING * _scale(table, name, comparator, measure, willingness_to_pay)
        if float(squares.mean()) <= digits**2:  # the same in every draw; what is left is rounding of larger numbers
            squares, noise = np.zeros_like(squares), np.zeros_like(noise)
            mean = mean if abs(mean) > digits else 0.0
        splits.append(VarianceSplit(name, mean, squares, noise, patients))
    return splits


def _scale(table: PsaTable, strategy: str, comparator: str, measure: str, willingness_to_pay: float) -> float:
    """The largest of the numbers that `increment` subtracts."""
    of_cost, of_effect = measure_weights(measure, willingness_to_pay)
    pair = [table.place(strategy), table.place(comparator)]
    costs, effects = np.abs(table.costs[:, pair]).max(), np.abs(table.effects[:, pair]).max()
    return max(abs(of_cost) * float(costs), abs(of_effect) * float(effects))


def increment(table: PsaTable, strategy: str, comparator: str, measure: str, willingness_to_pay: float = 0.0) -> Floats:
    """`measure` of `strategy` against `comparator` in each draw, shape (draws,). Raises InputError."""
    of_cost, of_effect = measure_weights(measure, willingness_to_pay)
    a, b = table.place(strategy), table.place(comparator)
    values: Floats = of_cost * (table.costs[:, a] - table.costs[:, b])
    values += of_effect * (table.effects[:, a] - table.effects[:, b])
    return values


def increment_noise(
    table: PsaTable, noise: Floats, strategy: str, comparator: str, measure: str, willingness_to_pay: float = 0.0
) -> Floats:
    """The variance of `increment` by chance among patients, shape (draws,), from their `noise`. Raises InputError."""
    of_cost, of_effect = measure_weights(measure, willingness_to_pay)
    places = table.place(strategy), table.place(comparator)
    weights = contrast(len(table.strategies), *places, effect=of_effect, cost=of_cost)
    used = np.flatnonzero(weights)
    picked = noise[:, used[:, None], used[None, :]]
    variances: Floats = np.einsum("i,kij,j->k", weights[used], picked, weights[used])
    return np.maximum(variances, 0.0)  # equal courses may leave -1e-17


def measure_weights(measure: str, willingness_to_pay: float) -> tuple[float, float]:
    """What cost and effect count for in `measure` (one of MEASURES). Raises InputError."""
    weights = {
        "net_benefit_gain": (-1.0, float(willingness_to_pay)),
        "incremental_cost": (1.0, 0.0),
        "incremental_effect": (0.0, 1.0),
    }
    if measure not in weights:
        raise InputError("measure", f"there is no measure {measure!r}", f"Write one of {', '.join(MEASURES)}.")
    return weights[measure]


def _error_of_mean(values: Floats) -> float:
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))
