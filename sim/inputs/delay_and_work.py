"""The two laws before diagnosis, delay and healing work, and what diagnosis selects from them.

Delay D from onset to diagnosis and healing work W are independent lognormals; with u the healing rate before diagnosis
a person is diagnosed while symptomatic, that is when u D < W, and is free of symptoms at R = D + (W - u D).
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

NORMAL_LIMIT = 9.0  # standard deviations; what lies beyond weighs 1e-19
NODES = 40  # Gauss-Legendre nodes on each smooth piece: 1e-12 relative


def normal_cdf(z: Any) -> Any:
    """Standard normal distribution function."""
    from scipy.special import ndtr  # here, so that loading a scenario stays quick

    return ndtr(z)


@cache
def legendre_nodes() -> tuple[Array, Array]:
    """Nodes and weights on (-1, 1)."""
    return np.polynomial.legendre.leggauss(NODES)


@dataclass(frozen=True)
class DelayAndWork:
    """The two laws at one site (medians in years, sigma of the logarithm) and the healing rate u before diagnosis."""

    delay_median_years: float
    delay_sigma: float
    work_median_years: float
    work_sigma: float
    unprotected_rate: float

    def delays(self, kink_years: float | None = None) -> tuple[Array, Array]:
        """Nodes and weights for an expectation over D; `kink_years` is where the integrand is not smooth."""
        pieces = [-NORMAL_LIMIT, -NORMAL_LIMIT / 3, 0.0, NORMAL_LIMIT / 3, NORMAL_LIMIT]
        if kink_years is not None:
            kink = math.log(kink_years / self.delay_median_years) / self.delay_sigma
            pieces = sorted([*pieces, min(max(kink, -NORMAL_LIMIT), NORMAL_LIMIT)])
        nodes, weights = legendre_nodes()
        centre, half = np.add(pieces[1:], pieces[:-1]) / 2, np.diff(pieces) / 2
        z = (centre[:, None] + half[:, None] * nodes).ravel()
        density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        return self.delay_median_years * np.exp(self.delay_sigma * z), (half[:, None] * weights).ravel() * density

    def work_exceeds(self, years: Array) -> Array:
        """P(W > years)."""
        exceeds: Array = normal_cdf(np.log(self.work_median_years / years) / self.work_sigma)
        return exceeds

    @property
    def log_progress_mean(self) -> float:
        """Mean of log(u D / W); its standard deviation is `log_progress_sd`."""
        return math.log(self.unprotected_rate * self.delay_median_years / self.work_median_years)

    @property
    def log_progress_sd(self) -> float:
        return math.hypot(self.delay_sigma, self.work_sigma)

    def diagnosed_share(self) -> float:
        """P(u D < W), in closed form."""
        return float(normal_cdf(-self.log_progress_mean / self.log_progress_sd))

    def resolved_later_than(self, years: float) -> float:
        """P(R > years | diagnosed). W > u D and W > years - (1 - u) D; the larger bound changes at D = years."""
        delay, weight = self.delays(kink_years=years)
        bound = np.maximum(self.unprotected_rate * delay, years - (1.0 - self.unprotected_rate) * delay)
        return float(weight @ self.work_exceeds(bound)) / self.diagnosed_share()

    def delay_at_most(self, years: float) -> float:
        """P(D <= years and diagnosed)."""
        delay, weight = self.delays(kink_years=years)
        return float((weight * (delay <= years)) @ self.work_exceeds(self.unprotected_rate * delay))

    def progress_between(self, low: float, high: float) -> tuple[float, float]:
        """P(low < p <= high) and E[p; low < p <= high] for p = u D / W, lognormal, without conditioning."""
        mean, sd = self.log_progress_mean, self.log_progress_sd
        z = [(math.log(edge) - mean) / sd if edge > 0 else -math.inf for edge in (low, high)]
        share = float(normal_cdf(z[1]) - normal_cdf(z[0]))
        part = math.exp(mean + sd**2 / 2) * float(normal_cdf(z[1] - sd) - normal_cdf(z[0] - sd))
        return share, part
