"""Peak pain from pain at entry: how far pain has risen or fallen at diagnosis, and what that makes of its peak."""

import math
from collections.abc import Sequence

from sim.inputs.delay_and_work import DelayAndWork
from sim.inputs.numerics import Array, normal_cdf, root
from sim.inputs.parameters import ParameterSet


def mean_shape_at_diagnosis(law: DelayAndWork, knots: tuple[float, float], levels: tuple[float, float]) -> float:
    """E[shape(p) | p < 1]: from levels[0] to 1 on [0, knots[0]], 1 to knots[1], to levels[1] at 1."""
    total = 0.0
    pieces = ((0.0, knots[0], levels[0], 1.0), (knots[0], knots[1], 1.0, 1.0), (knots[1], 1.0, 1.0, levels[1]))
    for low, high, at_low, at_high in pieces:
        if high > low:
            share, part = law.progress_between(low, high)
            slope = (at_high - at_low) / (high - low)
            total += (at_low - slope * low) * share + slope * part
    return total / law.diagnosed_share()


def mean_peak(divisor: float, location: float, scale: float, minimum: float) -> float:
    """E[min(10, E / divisor)] for entry pain E: Normal(location, scale) truncated to [minimum, 10]. Closed form."""

    def part(low: float, high: float) -> tuple[float, float]:
        """P and E[E;] of the untruncated normal between two bounds."""
        a, b = (low - location) / scale, (high - location) / scale
        density = (math.exp(-(a**2) / 2) - math.exp(-(b**2) / 2)) / math.sqrt(2 * math.pi)
        share = float(normal_cdf(b) - normal_cdf(a))
        return share, location * share + scale * density

    cap = min(max(10.0 * divisor, minimum), 10.0)
    below, mean_below = part(minimum, cap)
    above, _ = part(cap, 10.0)
    return (mean_below / divisor + 10.0 * above) / (below + above)


def solve_entry_pain(parameters: ParameterSet, laws: Sequence[DelayAndWork], shares: Array) -> tuple[float, float]:
    """Mean shape at diagnosis, and the divisor c of peak = min(10, entry pain / c) that keeps the published mean there.

    `laws` and `shares` by site. Raises InputError when the cap of 10 leaves less than the published mean.
    """
    knots = (
        parameters.value("pain_peak_share_of_work_ratio"),
        parameters.value("pain_decline_share_of_work_ratio"),
    )
    levels = (parameters.value("pain_start_level"), parameters.value("pain_end_level"))
    mean_shape = float(shares @ [mean_shape_at_diagnosis(law, knots, levels) for law in laws])
    mean = parameters.value("entry_pain_mean_nrs")
    scale, minimum = parameters.value("entry_pain_sd_nrs"), parameters.value("entry_pain_minimum_nrs")

    def gap(divisor: float) -> float:
        return mean_shape * mean_peak(divisor, mean, scale, minimum) - mean

    repair = f"Write less than {10.0 * mean_shape:.2f}, the most that a peak of 10 leaves on average at diagnosis."
    where = f"{parameters.file('entry_pain_mean_nrs')}, entry_pain_mean_nrs"
    return mean_shape, root(gap, 0.01, 2.0, where, repair)
