"""Nested Monte Carlo as a table: means over inner draws, with what they still have of chance as their noise."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.analysis.psa_table import PsaTable
from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]


def nested_table(strategies: Sequence[str], costs: Floats, effects: Floats) -> PsaTable:
    """A row an outer value. `costs`, `effects`: shape (outer values, inner draws, strategies), 2 inner draws at least.

    The noise is the covariance of the inner means, from the spread of the inner draws: other parameters and chance
    among patients together. Its EVPI (analysis.information) is the EVPPI of what the outer values are of (Brennan,
    Kharroubi, O'Hagan and Chilcott 2007, Medical Decision Making 27:448-470, on nested sampling). Raises InputError
    for a single inner draw.
    """
    numbers = np.concatenate([costs, effects], axis=2)
    inner = numbers.shape[1]
    if inner < 2:
        raise InputError("nested Monte Carlo", f"{inner} inner draws tell no error", "Take at least 2.")
    means = numbers.mean(axis=1)
    deviations = numbers - means[:, None, :]
    noise = np.einsum("kia,kib->kab", deviations, deviations) / ((inner - 1.0) * inner)
    split = len(strategies)
    return PsaTable(tuple(strategies), means[:, :split], means[:, split:], None, noise)
