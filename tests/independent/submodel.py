"""A plain NumPy cohort of the sub-model: one lesion, one systemic treatment at diagnosis, no engine.

Written from the model description alone (sections 2, 3, 5 and 9), as a second opinion on the engine's means. It draws
with NumPy's own generator: agreement is within Monte Carlo error, never bit for bit. Work W (lognormal) and lag L
(gamma) are years of supportive-care healing, done at `rate_before_diagnosis` until diagnosis (= entry), then at the
rates of the treatment window. Symptoms resolve when W is done, the MRI is normal at W + L.
All arrays have shape (n,), all times are years unless the name says otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
PainPeriod = tuple[float, float, float]  # from and until in years since entry, residual pain multiplier

MONTHS_PER_YEAR = 12.0
PAIN_SCALE_TOP = 10.0
MINIMUM_RATE, MAXIMUM_RATE = 0.1, 2.0


@dataclass(frozen=True)
class Entrants:
    """Patients whose lesion was unhealed when the diagnosis came; `rejected_share` is of all who were drawn."""

    site: npt.NDArray[np.int64]
    work_years: Floats
    lag_years: Floats
    delay_years: Floats
    work_left_years: Floats  # at entry
    rejected_share: float


@dataclass(frozen=True)
class RateSteps:
    """Healing rate since entry: `rates[i]` from `starts_years[i]` on; the first start is 0, the last rate stays."""

    starts_years: Floats
    rates: Floats


@dataclass(frozen=True)
class PainShape:
    """Pain over peak pain, by share of the healing work done: rises to 1, stays, falls, and drops to 0 at the end."""

    start_level: float = 0.5
    end_level: float = 0.05
    peak_share: float = 0.15
    decline_share: float = 0.5


def draw_entrants(
    generator: np.random.Generator,
    count: int,
    site_share: Sequence[float],
    work_median_years: Sequence[float],
    work_sigma: Sequence[float],
    lag_mean_years: float,
    lag_shape: float,
    delay_median_years: float,
    delay_sigma: float,
    rate_before_diagnosis: float = 1.0,
) -> Entrants:
    """`count` entrants; `work_median_years` (latent) and `work_sigma` are by site, in the order of `site_share`.

    A rejected candidate is replaced by a wholly new person, site included, so slow sites are a little commoner among
    the entrants than in `site_share`. One site alone: share 1 for it.
    """
    medians, sigmas = np.asarray(work_median_years), np.asarray(work_sigma)
    accepted: list[npt.NDArray[np.float64]] = []
    drawn = kept = 0
    while kept < count:
        site = generator.choice(len(medians), size=count, p=np.asarray(site_share))
        work = medians[site] * np.exp(sigmas[site] * generator.standard_normal(count))
        lag = generator.gamma(lag_shape, lag_mean_years / lag_shape, count)
        delay = delay_median_years * np.exp(delay_sigma * generator.standard_normal(count))
        enters = work > rate_before_diagnosis * delay
        accepted.append(np.stack([site, work, lag, delay])[:, enters])
        drawn, kept = drawn + count, kept + int(enters.sum())
    site_number, work, lag, delay = np.concatenate(accepted, axis=1)[:, :count]
    work_left = work - rate_before_diagnosis * delay
    return Entrants(site_number.astype(np.int64), work, lag, delay, work_left, 1.0 - kept / drawn)


def treatment_rate_steps(
    factor: float, lag_years: float, plateau_years: float, waned_years: float, start_years: float = 0.0
) -> RateSteps:
    """Rates of one window opened `start_years` after entry; lag, plateau and waned count from that opening.

    Nothing until the lag is over, `factor` until the plateau ends, then two steps of equal length at 3/4 and 1/4 of
    the log effect, then nothing.
    """
    edges = np.array([lag_years, plateau_years, 0.5 * (plateau_years + waned_years), waned_years])
    starts = np.concatenate([[0.0], start_years + edges])
    rates = np.array([1.0, factor, factor**0.75, factor**0.25, 1.0])
    return RateSteps(starts, np.clip(rates, MINIMUM_RATE, MAXIMUM_RATE))


def no_treatment() -> RateSteps:
    """Supportive care: rate 1 from entry on."""
    return RateSteps(np.zeros(1), np.ones(1))


def work_done_years(steps: RateSteps, time_years: Floats) -> Floats:
    """Healing work done between entry and `time_years` after it: the integral of the rate."""
    at_starts = _work_at_starts(steps)
    step = np.searchsorted(steps.starts_years, time_years, side="right") - 1
    return at_starts[step] + steps.rates[step] * (time_years - steps.starts_years[step])


def time_of_work_years(steps: RateSteps, work_years: Floats) -> Floats:
    """Time since entry at which `work_years` are done; negative work lies before entry and is not inverted here."""
    at_starts = _work_at_starts(steps)
    step = np.maximum(np.searchsorted(at_starts, work_years, side="right") - 1, 0)
    return steps.starts_years[step] + (work_years - at_starts[step]) / steps.rates[step]


def _work_at_starts(steps: RateSteps) -> Floats:
    return np.concatenate([[0.0], np.cumsum(steps.rates[:-1] * np.diff(steps.starts_years))])


def resolved_since_entry_years(entrants: Entrants, steps: RateSteps) -> Floats:
    """Years from entry to symptom resolution; add `delay_years` for the clock since onset."""
    return time_of_work_years(steps, entrants.work_left_years)


def mri_normal_since_entry_years(entrants: Entrants, steps: RateSteps) -> Floats:
    """Years from entry to a normal MRI; add `delay_years` for the clock since onset."""
    return time_of_work_years(steps, entrants.work_left_years + entrants.lag_years)


def share_at(event_times_years: Floats, months: float) -> float:
    """Share whose event has come by `months`, on the clock of `event_times_years`; nobody dies in the sub-model."""
    return float(np.mean(event_times_years <= months / MONTHS_PER_YEAR))


def pain_level(shape: PainShape, share_done: Floats) -> Floats:
    """Pain over peak at share p of the work; at p = 1 it is already 0 (what holds after the event)."""
    knots = [0.0, shape.peak_share, shape.decline_share, 1.0]
    level = np.interp(share_done, knots, [shape.start_level, 1.0, 1.0, shape.end_level])
    return np.where(share_done < 1.0, level, 0.0)


def mean_level_at_entry(entrants: Entrants, shape: PainShape) -> float:
    """Mean pain over peak at entry: the divisor that turns entry pain into peak pain (published start: 0.865)."""
    return float(np.mean(pain_level(shape, 1.0 - entrants.work_left_years / entrants.work_years)))


def peak_pain(entry_pain: Floats, mean_level: float) -> Floats:
    """Peak pain of a lesion from the patient's entry pain, both NRS, never above 10."""
    return np.minimum(PAIN_SCALE_TOP, entry_pain / mean_level)


def pain_multiplier(periods: Sequence[PainPeriod], time_years: Floats) -> Floats:
    """Residual multiplier at `time_years` since entry; a period holds from its start up to, not at, its end."""
    result = np.ones_like(time_years)
    for start, end, multiplier in periods:
        result = np.where((time_years >= start) & (time_years < end), result * multiplier, result)
    return result


def load_pain(
    entrants: Entrants,
    peak: Floats,
    steps: RateSteps,
    shape: PainShape,
    periods: Sequence[PainPeriod],
    time_years: Floats,
) -> Floats:
    """Load pain, NRS, at `time_years` after entry: peak x shape x residual multiplier, capped at 10."""
    share_done = 1.0 - (entrants.work_left_years - work_done_years(steps, time_years)) / entrants.work_years
    return np.minimum(PAIN_SCALE_TOP, peak * pain_level(shape, share_done) * pain_multiplier(periods, time_years))


def pain_years(
    entrants: Entrants,
    peak: Floats,
    steps: RateSteps,
    shape: PainShape,
    periods: Sequence[PainPeriod],
    until_years: float,
) -> Floats:
    """Area under load pain from entry to `until_years` after it, NRS-years, exact for multipliers of at most 1.

    Time is cut at the rate steps, the period edges, the two pain knots and the end of symptoms; in between pain is a
    straight line, so its middle is its mean. A multiplier above 1 could meet the cap of 10 and bend the line.
    """
    if any(multiplier > 1.0 for _, _, multiplier in periods):
        raise ValueError("pain_years is exact only for residual multipliers of at most 1")
    knots = [(share - 1.0) * entrants.work_years for share in (shape.peak_share, shape.decline_share, 1.0)]
    cuts = [time_of_work_years(steps, entrants.work_left_years + knot) for knot in knots]
    edges = [*steps.starts_years, until_years] + [edge for period in periods for edge in period[:2]]
    cuts += [np.full_like(peak, edge) for edge in edges]
    sorted_cuts = np.sort(np.clip(np.stack(cuts), 0.0, until_years), axis=0)
    area = np.zeros_like(peak)
    for start, end in zip(sorted_cuts[:-1], sorted_cuts[1:], strict=True):
        area += (end - start) * load_pain(entrants, peak, steps, shape, periods, 0.5 * (start + end))
    return area
