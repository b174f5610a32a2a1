"""Numerical tools of the latent solver: normal distribution, Gauss-Legendre pieces, a root that fails in one line."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.vocabulary.errors import InputError

Array = npt.NDArray[np.float64]

NORMAL_LIMIT = 9.0  # standard deviations; what lies beyond weighs 1e-19
NOT_REPRODUCED = "no latent value reproduces this number among the diagnosed"
NODES = 40  # Gauss-Legendre nodes on each smooth piece


def normal_cdf(z: Any) -> Any:
    """Standard normal distribution function."""
    from scipy.special import ndtr  # here, so that loading a scenario stays quick

    return ndtr(z)


def normal_quantile(probability: Any) -> Any:
    """Inverse of `normal_cdf`; -inf at 0 and inf at 1."""
    from scipy.special import ndtri

    return ndtri(probability)


@cache
def legendre_nodes() -> tuple[Array, Array]:
    """Nodes and weights on (-1, 1)."""
    return np.polynomial.legendre.leggauss(NODES)


def nodes_on(edges: Sequence[float]) -> tuple[Array, Array]:
    """Nodes and weights for an integral over consecutive pieces, the integrand being smooth on each; `edges` rise."""
    nodes, weights = legendre_nodes()
    centre, half = np.add(edges[1:], edges[:-1]) / 2, np.diff(edges) / 2
    return (centre[:, None] + half[:, None] * nodes).ravel(), (half[:, None] * weights).ravel()


def root(
    gap: Callable[[float], float], low: float, high: float, where: str, repair: str, what: str = NOT_REPRODUCED
) -> float:
    """Where `gap` is zero between `low` and `high`; InputError (`where`, `what`, `repair`) when it nowhere is."""
    from scipy.optimize import brentq

    if not gap(low) * gap(high) < 0:
        raise InputError(where, what, repair)
    return float(brentq(gap, low, high, xtol=1e-13, rtol=1e-13))
