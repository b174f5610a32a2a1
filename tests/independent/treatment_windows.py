"""Healing rate and residual pain of one lesion under several open treatment windows: the oracle for overlap.

Written from the model description, sections 5 and 9. Within a class the strongest open effect counts (the one farthest
from no effect, on the log scale), between classes effects multiply, the total residual pain multiplier is at least 0.3
and the rate lies in 0.1 to 2. Healing and pain are judged apart. Pass only windows in whose scope the lesion is.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

MINIMUM_RATE, MAXIMUM_RATE = 0.1, 2.0
MINIMUM_PAIN_MULTIPLIER = 0.3


@dataclass(frozen=True)
class Window:
    """One opened effect window. Lag, plateau, waning and pain periods count in years from `opened_years`."""

    treatment_class: str
    opened_years: float
    healing_factor: float = 1.0
    lag_years: float = 0.0
    plateau_years: float = 0.0
    waned_years: float = 0.0
    pain_periods: tuple[tuple[float, float, float], ...] = ()  # from, until, multiplier

    def healing_edges(self) -> list[float]:
        """Times at which the healing effect changes: begins, 3/4, 1/4, over."""
        middle = 0.5 * (self.plateau_years + self.waned_years)
        return [self.opened_years + edge for edge in (self.lag_years, self.plateau_years, middle, self.waned_years)]

    def log_healing_effect(self, time_years: float) -> float:
        """Log of the acceleration at `time_years`; an edge belongs to the step that it begins."""
        begins, plateau_ends, middle, over = self.healing_edges()
        if not begins <= time_years < over:
            return 0.0
        share = 1.0 if time_years < plateau_ends else 0.75 if time_years < middle else 0.25
        return share * math.log(self.healing_factor)

    def log_pain_effect(self, time_years: float) -> float:
        """Log of the residual pain multiplier at `time_years`."""
        since_opened = time_years - self.opened_years
        return sum(math.log(multiplier) for start, end, multiplier in self.pain_periods if start <= since_opened < end)


def combined(windows: Iterable[Window], effect: Callable[[Window], float]) -> float:
    """Product over classes of the strongest effect within each class."""
    strongest: dict[str, float] = {}
    for window in windows:
        found = effect(window)
        if abs(found) > abs(strongest.get(window.treatment_class, 0.0)):
            strongest[window.treatment_class] = found
    return math.exp(sum(strongest.values()))


def healing_rate(windows: Iterable[Window], time_years: float, rate_without: float = 1.0) -> float:
    """Healing rate from `time_years` on; `rate_without` treatment is 1, or the unprotected rate before diagnosis."""
    rate = rate_without * combined(windows, lambda window: window.log_healing_effect(time_years))
    return min(max(rate, MINIMUM_RATE), MAXIMUM_RATE)


def pain_multiplier(windows: Iterable[Window], time_years: float, reference: float = 1.0) -> float:
    """Total residual pain multiplier; `reference` is 1, or 1 / 0.85 for a patient who cannot take NSAIDs."""
    total = reference * combined(windows, lambda window: window.log_pain_effect(time_years))
    return max(total, MINIMUM_PAIN_MULTIPLIER)


def rate_steps(windows: Sequence[Window], start_years: float) -> list[tuple[float, float]]:
    """(time, rate) from `start_years` on, one entry at each time the rate may change."""
    edges = {edge for window in windows for edge in window.healing_edges() if edge > start_years}
    return [(time, healing_rate(windows, time)) for time in (start_years, *sorted(edges))]


def time_of_work(windows: Sequence[Window], start_years: float, work_years: float) -> float:
    """When `work_years` of healing work, begun at `start_years`, are done."""
    steps = rate_steps(windows, start_years)
    ends = [time for time, _ in steps[1:]] + [math.inf]
    left = work_years
    for (time, rate), end in zip(steps, ends, strict=True):
        if left <= rate * (end - time):
            return time + left / rate
        left -= rate * (end - time)
    raise AssertionError("the last step is endless")
