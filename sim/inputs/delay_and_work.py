"""The two laws before diagnosis, delay and healing work, and what diagnosis selects from them.

Delay D from onset to diagnosis is lognormal, healing work W follows one of the laws of work_laws; their normal scores
are jointly normal (a Gaussian copula). With u the healing rate before diagnosis a person is diagnosed while
symptomatic, that is when u D < W, and is free of symptoms at R = D + (W - u D). Progress p = u D / W has a closed form
where W is lognormal; everything else is quadrature over D or over W.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.inputs.numerics import NORMAL_LIMIT, Array, legendre_nodes, nodes_on, normal_cdf
from sim.inputs.work_laws import exceedance_score, work_at_score, work_exceeds, work_shape
from sim.vocabulary.enums import WorkLaw

PIECES = (-NORMAL_LIMIT, -NORMAL_LIMIT / 3, 0.0, NORMAL_LIMIT / 3, NORMAL_LIMIT)  # of a normal score
FINE_PIECES = (-9.0, -4.5, -3.0, -1.5, 0.0, 1.5, 3.0, 4.5, 9.0)  # where W's law or its correlation with D is steep


def score_correlation(rank_correlation: float) -> float:
    """Pearson correlation of two normal scores with that Spearman correlation: 2 sin(pi r / 6) (Pearson 1907)."""
    return 2.0 * math.sin(math.pi * rank_correlation / 6.0)


def normal_density(z: Array) -> Array:
    """Density of the standard normal distribution."""
    density: Array = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return density


def lognormal_part(log_mean: Any, log_sd: float, low: float, high: float) -> tuple[Any, Any]:
    """P(low < X <= high) and E[X; low < X <= high] for a lognormal X; `log_mean` may be an array."""
    z = [(math.log(edge) - log_mean) / log_sd if edge > 0 else -math.inf for edge in (low, high)]
    share = normal_cdf(z[1]) - normal_cdf(z[0])
    return share, np.exp(log_mean + log_sd**2 / 2) * (normal_cdf(z[1] - log_sd) - normal_cdf(z[0] - log_sd))


@dataclass(frozen=True)
class DelayAndWork:
    """The two laws at one site (medians in years, sigma of the logarithm) and the healing rate u before diagnosis.

    `correlation` is that of the normal scores of D and W.
    """

    delay_median_years: float
    delay_sigma: float
    work_median_years: float
    work_sigma: float
    unprotected_rate: float
    work_law: WorkLaw = WorkLaw.LOGNORMAL
    correlation: float = 0.0

    @property
    def shape(self) -> float:
        """Shape of the law of W."""
        return work_shape(self.work_law, self.work_sigma)

    @property
    def residual(self) -> float:
        """Standard deviation of one normal score given the other."""
        return math.sqrt(1.0 - self.correlation**2)

    def delay_score(self, years: float) -> float:
        """Normal score of a delay, within the limits of the nodes."""
        score = math.log(years / self.delay_median_years) / self.delay_sigma if years > 0.0 else -math.inf
        return min(max(score, -NORMAL_LIMIT), NORMAL_LIMIT)

    def delays(self, *kinks_years: float) -> tuple[Array, Array]:
        """Nodes and weights for an expectation over D; `kinks_years` are where the integrand is not smooth."""
        plain = self.work_law == WorkLaw.LOGNORMAL and self.correlation == 0.0
        z, weight = nodes_on(
            sorted([*(PIECES if plain else FINE_PIECES), *(self.delay_score(kink) for kink in kinks_years)])
        )
        return self.delay_median_years * np.exp(self.delay_sigma * z), weight * normal_density(z)

    def work_exceeds(self, years: Array, delay: Array) -> Array:
        """P(W > years | D = delay)."""
        if self.correlation == 0.0:
            return work_exceeds(self.work_law, self.shape, self.work_median_years, years)
        score = exceedance_score(self.work_law, self.shape, self.work_median_years, years)
        shift = self.correlation * np.log(delay / self.delay_median_years) / self.delay_sigma
        exceeds: Array = normal_cdf((score + shift) / self.residual)
        return exceeds

    @property
    def log_progress_mean(self) -> float:
        """Mean of log(u D / W) for a lognormal W; its standard deviation is `log_progress_sd`."""
        return math.log(self.unprotected_rate * self.delay_median_years / self.work_median_years)

    @property
    def log_progress_sd(self) -> float:
        if self.correlation == 0.0:
            return math.hypot(self.delay_sigma, self.work_sigma)
        covariance = self.correlation * self.delay_sigma * self.work_sigma
        return math.sqrt(self.delay_sigma**2 + self.work_sigma**2 - 2.0 * covariance)

    def diagnosed_share(self) -> float:
        """P(u D < W)."""
        if self.work_law == WorkLaw.LOGNORMAL:
            return float(normal_cdf(-self.log_progress_mean / self.log_progress_sd))
        return self.progress_by_quadrature(0.0, 1.0)[0]

    def resolved_later_than(self, years: float) -> float:
        """P(R > years | diagnosed). W > u D and W > years - (1 - u) D; the larger bound changes at D = years."""
        delay, weight = self.delays(years)
        bound = np.maximum(self.unprotected_rate * delay, years - (1.0 - self.unprotected_rate) * delay)
        return float(weight @ self.work_exceeds(bound, delay)) / self.diagnosed_share()

    def delay_at_most(self, years: float) -> float:
        """P(D <= years and diagnosed)."""
        delay, weight = self.delays(years)
        return float((weight * (delay <= years)) @ self.work_exceeds(self.unprotected_rate * delay, delay))

    def progress_between(self, low: float, high: float) -> tuple[float, float]:
        """P(low < p <= high) and E[p; low < p <= high] for p = u D / W, without conditioning."""
        if self.work_law != WorkLaw.LOGNORMAL:
            return self.progress_by_quadrature(low, high)
        share, part = lognormal_part(self.log_progress_mean, self.log_progress_sd, low, high)
        return float(share), float(part)

    def progress_by_quadrature(self, low: float, high: float) -> tuple[float, float]:
        """`progress_between` for any law of W: given W, progress is lognormal, and W has nodes."""
        work, z, weight = self.works()
        mean = np.log(self.unprotected_rate * self.delay_median_years / work) + self.delay_sigma * self.correlation * z
        share, part = lognormal_part(mean, self.delay_sigma * self.residual, low, high)
        return float(weight @ share), float(weight @ part)

    def works(self) -> tuple[Array, Array, Array]:
        """Nodes, their normal scores and weights for an expectation over W."""
        z, weight = nodes_on(PIECES)
        return work_at_score(self.work_law, self.shape, self.work_median_years, z), z, weight * normal_density(z)

    def diagnosed_nodes(self) -> tuple[Array, Array, Array]:
        """D, W and weights, each (nodes of W, nodes of D): for a smooth expectation over both among the diagnosed.

        The weights sum to the diagnosed share; at each W only delays below W / u have nodes.
        """
        work, z, weight = self.works()
        latest = np.log(work / (self.unprotected_rate * self.delay_median_years)) / self.delay_sigma
        latest = np.clip((latest - self.correlation * z) / self.residual, -NORMAL_LIMIT, NORMAL_LIMIT)
        nodes, node_weights = legendre_nodes()
        half = (latest[:, None] + NORMAL_LIMIT) / 2.0
        rest = half * (nodes + 1.0) - NORMAL_LIMIT  # what the score of D has beside its share of the score of W
        delay = self.delay_median_years * np.exp(
            self.delay_sigma * (self.correlation * z[:, None] + self.residual * rest)
        )
        joint = weight[:, None] * half * node_weights * normal_density(rest)
        return delay, np.broadcast_to(work[:, None], delay.shape), joint
