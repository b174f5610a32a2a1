"""The law of an uncertain quantity: its quantile function, mean and standard deviation, inside what its unit allows.

Conventions are those of parameters/README.md: the value of a lognormal is its median, that of a triangle its peak, that
of a beta, gamma or normal its mean; a beta without counts and a gamma have the moments (value, standard_error).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammainc, gammaincinv, ndtr, ndtri

from sim.inputs.quantity import Quantity
from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]
NOTHING_CUT = 1e-15  # probability outside the bounds below which a law counts as whole
ALLOWED: dict[str, tuple[float, float]] = {
    # what sim.inputs.quantity.check_range lets through; all other units are not negative
    "probability": (0.0, 1.0),
    "NRS 0-10": (0.0, 10.0),
    "utility": (-1.0, 1.0),
}


@dataclass(frozen=True)
class Law:
    """One quantity's distribution. `shape` are its parameters, by `kind`:

    beta (alpha, beta) · gamma (shape, scale) · lognormal (mean of the log, sigma) · normal (mean, sd of the untruncated
    law) · uniform (low, high) · triangular (low, mode, high). `lower` and `upper` cut the law off: the probability
    outside is spread over the inside, as for a truncated normal.
    """

    kind: str
    shape: tuple[float, ...]
    lower: float = -np.inf
    upper: float = np.inf

    def quantile(self, uniform: Floats) -> Floats:
        """The value at each probability in `uniform` (any shape, strictly inside 0 and 1); rises with it."""
        below, above = self._cut
        if below + above > NOTHING_CUT:
            uniform = below + uniform * (1.0 - below - above)
        values = self._whole_quantile(uniform)
        return np.clip(values, self.lower, self.upper)

    def part_of(self, concentration: float) -> "Law":
        """The law of one share of a Dirichlet whose concentrations sum to `concentration`: a beta."""
        return Law("beta", (self.shape[0], concentration - self.shape[0]))

    @property
    def mean(self) -> float:
        """Its mean, after the cut."""
        return self._moments[0]

    @property
    def standard_deviation(self) -> float:
        """Its standard deviation, after the cut."""
        return self._moments[1]

    def _whole_quantile(self, uniform: Floats) -> Floats:
        first, second = self.shape[0], self.shape[1]
        if self.kind == "beta":
            return np.asarray(betaincinv(first, second, uniform))
        if self.kind == "gamma":
            return np.asarray(gammaincinv(first, uniform) * second)
        if self.kind == "lognormal":
            return np.asarray(np.exp(first + second * ndtri(uniform)))
        if self.kind == "normal":
            return np.asarray(first + second * ndtri(uniform))
        if self.kind == "uniform":
            return first + (second - first) * uniform
        low, mode, high = self.shape
        left = (mode - low) / (high - low)
        rising = low + np.sqrt(uniform * (high - low) * (mode - low))
        falling = high - np.sqrt((1.0 - uniform) * (high - low) * (high - mode))
        return np.where(uniform < left, rising, falling)

    @property
    def _cut(self) -> tuple[float, float]:
        """Probability of the whole law below `lower` and above `upper`."""
        if self.kind in ("beta", "uniform", "triangular"):
            return 0.0, 0.0  # they lie where they are told to
        return self._below(self.lower), 1.0 - self._below(self.upper)

    def _below(self, limit: float) -> float:
        first, second = self.shape[0], self.shape[1]
        if self.kind == "normal":
            return float(ndtr((limit - first) / second))
        if limit <= 0.0:
            return 0.0
        if self.kind == "gamma":
            return float(gammainc(first, limit / second))
        return float(ndtr((np.log(limit) - first) / second))

    @property
    def _moments(self) -> tuple[float, float]:
        mean, second_moment = (self._whole_moment(power) for power in (1, 2))
        below, above = self._cut
        if below + above > NOTHING_CUT:
            inside = 1.0 - below - above
            mean, second_moment = (self._moment_inside(power) / inside for power in (1, 2))
        elif self.kind == "normal":
            return self.shape[0], self.shape[1]  # as given, without rounding
        return mean, float(np.sqrt(max(0.0, second_moment - mean**2)))

    def _whole_moment(self, power: int) -> float:
        """E[X ** power] of the whole law, power 1 or 2."""
        first, second = self.shape[0], self.shape[1]
        if self.kind == "beta":
            mean = first / (first + second)
            return mean if power == 1 else mean * (first + 1.0) / (first + second + 1.0)
        if self.kind == "gamma":
            return first * second if power == 1 else first * (first + 1.0) * second**2
        if self.kind == "lognormal":
            return float(np.exp(power * first + 0.5 * (power * second) ** 2))
        if self.kind == "normal":
            return first if power == 1 else first**2 + second**2
        if self.kind == "uniform":
            mean = 0.5 * (first + second)
            return mean if power == 1 else mean**2 + (second - first) ** 2 / 12.0
        low, mode, high = self.shape
        mean = (low + mode + high) / 3.0
        spread = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18.0
        return mean if power == 1 else mean**2 + spread

    def _moment_inside(self, power: int) -> float:
        """E[X ** power; lower < X < upper], by the closed forms of partial moments (gamma, lognormal, normal)."""
        first, second = self.shape[0], self.shape[1]
        if self.kind == "gamma":
            moved = Law("gamma", (first + power, second), self.lower, self.upper)
        elif self.kind == "lognormal":
            moved = Law("lognormal", (first + power * second**2, second), self.lower, self.upper)
        else:
            return self._normal_moment_inside(power)
        below, above = moved._cut
        return self._whole_moment(power) * (1.0 - below - above)

    def _normal_moment_inside(self, power: int) -> float:
        mean, sd = self.shape[0], self.shape[1]
        edges = [(limit - mean) / sd for limit in (self.lower, self.upper)]
        heights = [float(np.exp(-0.5 * edge**2) / np.sqrt(2.0 * np.pi)) for edge in edges]
        inside = float(ndtr(edges[1]) - ndtr(edges[0]))
        first = heights[0] - heights[1]  # E[Z; inside]
        if power == 1:
            return mean * inside + sd * first
        tails = [edge * height if np.isfinite(edge) else 0.0 for edge, height in zip(edges, heights, strict=True)]
        second = inside + tails[0] - tails[1]  # E[Z^2; inside]
        return mean**2 * inside + 2.0 * mean * sd * first + sd**2 * second


def has_law(quantity: Quantity) -> bool:
    """Whether a quantity varies: neither a list, nor fixed, nor a value at the edge of its law (a beta of mean 0)."""
    if quantity.is_list or quantity.distribution == "fixed":
        return False
    if quantity.distribution == "beta" and quantity.alpha is None:
        return 0.0 < quantity.value < 1.0
    if quantity.distribution in ("gamma", "lognormal"):
        return quantity.value > 0.0
    return True


def law_of(name: str, quantity: Quantity) -> Law:
    """The law of `quantity`. A dirichlet part gives the gamma (concentration, 1) that its group is normalised from.

    Raises InputError, at `name`, for a law that does not exist: moments that no beta has, limits without room.
    """
    lower, upper = _allowed(name, quantity)
    value, error = quantity.value, quantity.standard_error
    if quantity.distribution in ("uniform", "triangular"):
        for key, limit in (("low", quantity.low), ("high", quantity.high)):
            if limit is not None and not lower <= limit <= upper:
                what = f"{key} = {limit:g} lies outside of what {quantity.unit!r} allows"
                raise InputError(name, what, f"Write a number from {lower:g} to {upper:g}.")
    match quantity.distribution:
        case "beta":
            return Law("beta", _beta_counts(name, quantity), lower, upper)
        case "gamma" if error is not None and value > 0.0:
            return Law("gamma", ((value / error) ** 2, error**2 / value), lower, upper)
        case "lognormal" if quantity.sigma is not None and value > 0.0:
            return Law("lognormal", (float(np.log(value)), quantity.sigma), lower, upper)
        case "normal" | "truncated_normal" if error is not None:
            return Law("normal", (value, error), lower, upper)
        case "uniform" if quantity.low is not None and quantity.high is not None and quantity.low < quantity.high:
            return Law("uniform", (quantity.low, quantity.high), lower, upper)
        case "triangular" if quantity.low is not None and quantity.high is not None and quantity.low < quantity.high:
            return Law("triangular", (quantity.low, value, quantity.high), lower, upper)
        case "dirichlet" if quantity.concentration is not None:
            return Law("gamma", (quantity.concentration, 1.0))
    what = f"{quantity.distribution} around {value:g} is no law"
    raise InputError(name, what, "Write another distribution, or distribution = 'fixed'.")


def _allowed(name: str, quantity: Quantity) -> tuple[float, float]:
    """What unit and name allow, narrowed by the limits of a truncated normal."""
    unit = quantity.unit
    lower, upper = ALLOWED.get(unit, (0.0, np.inf))
    if unit == "ng/mL" and "offset" in name:
        lower = -np.inf
    if quantity.lower is not None:
        lower = max(lower, quantity.lower)
    if quantity.upper is not None:
        upper = min(upper, quantity.upper)
    return lower, upper


def _beta_counts(name: str, quantity: Quantity) -> tuple[float, float]:
    """The counts alpha and beta, as given or by the moments: alpha + beta = mean (1 - mean) / variance - 1."""
    if quantity.alpha is not None and quantity.beta is not None:
        return quantity.alpha, quantity.beta
    mean, error = quantity.value, quantity.standard_error or 0.0
    total = mean * (1.0 - mean) / error**2 - 1.0
    if not 0.0 < mean < 1.0 or total <= 0.0:
        most = max(0.0, mean * (1.0 - mean)) ** 0.5
        what = f"no beta law has mean {mean:g} and standard error {error:g}"
        raise InputError(name, what, f"Write a standard_error below {most:.3g}, or alpha and beta.")
    return mean * total, (1.0 - mean) * total
