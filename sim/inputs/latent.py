"""From what is seen among the diagnosed to the laws behind it: healing work, peak pain, insufficiency fracture.

Diagnosis selects: who heals before the diagnosis is never seen. Letters (D, W, R, u) as in delay_and_work.py; method in
docs/model.md, sections on entry and complications. `python -m sim.inputs.latent` prints the solutions beside the
published values.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sim.inputs.delay_and_work import Array, DelayAndWork, legendre_nodes, normal_cdf
from sim.inputs.parameters import ParameterSet, load_parameters
from sim.inputs.root import data_root
from sim.vocabulary.enums import Site
from sim.vocabulary.errors import InputError

SITES = [site.name.lower() for site in Site]
AGE_BANDS = ("under_55", "from_55_to_64", "from_65")
NEW_FRACTURE_WINDOW_YEARS = 5.0 / 12.0  # of fracture_new_5_months_probability


@dataclass(frozen=True, eq=False)
class Latent:
    """Solved laws. Times in years, `site` in the order of enums.Site, age bands as in AGE_BANDS.

    work_median_years: (4,) median of W. diagnosed_share: (4,) share of onsets with u D < W. delay_median_years: median
    of D among the diagnosed, over the site mix. mean_shape_at_entry: mean of pain over peak at diagnosis.
    entry_pain_over_peak: divisor c of peak = min(10, entry pain / c). fracture_onset_probability: (3,).
    fracture_hazard_per_year: (3,), while symptomatic.
    """

    work_median_years: Array
    diagnosed_share: Array
    delay_median_years: float
    mean_shape_at_entry: float
    entry_pain_over_peak: float
    fracture_onset_probability: Array
    fracture_hazard_per_year: Array


def _root(gap: Callable[[float], float], low: float, high: float, where: str, repair: str) -> float:
    """Where `gap` is zero between `low` and `high`. Raises InputError at `where` when it nowhere is."""
    from scipy.optimize import brentq

    if not gap(low) * gap(high) < 0:
        raise InputError(where, "no latent value reproduces this number among the diagnosed", repair)
    return float(brentq(gap, low, high, xtol=1e-13, rtol=1e-13))


def solve_work_median(law: DelayAndWork, observed_median_years: float, where: str) -> float:
    """Median of W (years) such that the median of R among the diagnosed is `observed_median_years`."""

    def gap(log_median: float) -> float:
        trial = replace(law, work_median_years=math.exp(log_median))
        return trial.resolved_later_than(observed_median_years) - 0.5

    target = math.log(observed_median_years)
    repair = "Write a longer median, a shorter delay or a smaller sigma."
    return math.exp(_root(gap, target - 5.0, target + 2.0, where, repair))


def mean_shape_at_diagnosis(law: DelayAndWork, knots: tuple[float, float], levels: tuple[float, float]) -> float:
    """E[shape(p) | p < 1]: from levels[0] to 1 on [0, knots[0]], 1 to knots[1], to levels[1] at 1. Closed form."""
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


def solve_fracture(law: DelayAndWork, targets: Array, new_share: float, where: str) -> tuple[Array, float]:
    """Probability at onset by age band, and the hazard per year, of insufficiency fracture.

    With h the hazard while symptomatic and X = W - u D what is left of healing at diagnosis: of those without fracture
    then, E[exp(-h D) (1 - exp(-h min(5 months, X)))] / E[exp(-h D)] = `new_share` (over the diagnosed) gives h, the
    same for all bands; 1 - (1 - onset) E[exp(-h D)] = target gives the probability at onset. A fracture does not
    change who is diagnosed. E[1 - exp(-h min(t, X)); X > 0] = h * integral over (0, t) of exp(-h x) P(X > x).
    """
    delay, weight = law.delays()
    done = law.unprotected_rate * delay
    nodes, node_weights = legendre_nodes()
    x = NEW_FRACTURE_WINDOW_YEARS * (nodes + 1.0) / 2.0
    x_weights = NEW_FRACTURE_WINDOW_YEARS * node_weights / 2.0
    symptomatic = weight * law.work_exceeds(done)
    still = weight[:, None] * law.work_exceeds(done[:, None] + x)

    def new_within_window(hazard: float) -> float:
        unbroken = np.exp(-hazard * delay)
        new = hazard * (unbroken @ still) @ (x_weights * np.exp(-hazard * x))
        return float(new / (unbroken @ symptomatic))

    if new_share == 0.0:
        hazard = 0.0
    else:
        repair = "Write a smaller probability of new fracture."
        hazard = _root(lambda h: new_within_window(h) - new_share, 0.0, 50.0, where, repair)
    unbroken_share = float(np.exp(-hazard * delay) @ symptomatic / symptomatic.sum())
    return 1.0 - (1.0 - targets) / unbroken_share, hazard


def solve_latent(parameters: ParameterSet, unprotected_rate: float) -> Latent:
    """Solve every latent value from `parameters`; `unprotected_rate` is the healing rate before diagnosis.

    Sites are weighted by `site_share`, the mix among the diagnosed. Insufficiency fracture is solved with the hip's
    law, the site its figures come from, and holds for all sites (their ratios multiply it). MRI that comes too early
    or misses (1 %), osteonecrosis (1 %) and death before diagnosis are left out. Raises InputError when a published
    value cannot be reproduced.
    """
    shares = np.array([parameters.value(f"site_share.{site}") for site in SITES])
    laws = []
    for site in SITES:
        name = f"healing_median_months.{site}"
        observed = parameters.years(name)
        start = DelayAndWork(
            parameters.years("diagnosis_delay_median_months"),
            parameters.value("diagnosis_delay_sigma"),
            observed,
            parameters.value(f"healing_sigma.{site}"),
            unprotected_rate,
        )
        median = solve_work_median(start, observed, f"{parameters.file(name)}, {name}")
        laws.append(replace(start, work_median_years=median))
    mean_shape, divisor = _solve_entry_pain(parameters, laws, shares)
    onset, hazard = _solve_fracture_bands(parameters, laws[Site.HIP])
    return Latent(
        work_median_years=np.array([law.work_median_years for law in laws]),
        diagnosed_share=np.array([law.diagnosed_share() for law in laws]),
        delay_median_years=_median_delay(laws, shares),
        mean_shape_at_entry=mean_shape,
        entry_pain_over_peak=divisor,
        fracture_onset_probability=onset,
        fracture_hazard_per_year=np.full(len(AGE_BANDS), hazard),
    )


def _median_delay(laws: list[DelayAndWork], shares: Array) -> float:
    """Median of D among the diagnosed, over the site mix of the diagnosed."""

    def gap(years: float) -> float:
        below = [law.delay_at_most(years) / law.diagnosed_share() for law in laws]
        return float(shares @ below) - 0.5

    median = laws[0].delay_median_years
    return _root(gap, median * 1e-3, median * 1e2, "parameters, diagnosis_delay_median_months", "Correct the delay.")


def _solve_entry_pain(parameters: ParameterSet, laws: list[DelayAndWork], shares: Array) -> tuple[float, float]:
    """Mean shape at diagnosis, and the divisor that makes the mean load pain there the published one."""
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
    return mean_shape, _root(gap, 0.01, 2.0, where, repair)


def _solve_fracture_bands(parameters: ParameterSet, hip: DelayAndWork) -> tuple[Array, float]:
    names = [f"fracture_at_diagnosis_probability.{band}" for band in AGE_BANDS]
    targets = np.array([parameters.value(name) for name in names])
    new = "fracture_new_5_months_probability"
    onset, hazard = solve_fracture(hip, targets, parameters.value(new), f"{parameters.file(new)}, {new}")
    for name, target, probability in zip(names, targets, onset, strict=True):
        if probability < 0.0:
            least = (target - probability) / (1.0 - probability)
            what = f"{target:g} is less than the hazard alone gives by the time of diagnosis"
            raise InputError(f"{parameters.file(name)}, {name}", what, f"Write at least {least:.3f}.")
    return onset, hazard


def main() -> None:
    """Print the solved values beside those of docs/model.md."""
    parameters = load_parameters(data_root(), "uk")
    latent = solve_latent(parameters, unprotected_rate=1.0)
    rows = [("latent value", "solved", "published beside it")]
    for site, median in zip(SITES, latent.work_median_years, strict=True):
        observed = parameters.value(f"healing_median_months.{site}")
        rows.append((f"healing work, median months, {site}", f"{12 * median:.2f}", f"{observed:g} among the diagnosed"))
    delay = parameters.value("diagnosis_delay_median_months")
    rows.append(("delay among the diagnosed, months", f"{12 * latent.delay_median_years:.2f}", f"{delay:g} latent"))
    rows.append(("mean pain shape at diagnosis", f"{latent.mean_shape_at_entry:.3f}", "0.865"))
    rows.append(("entry pain over peak", f"{latent.entry_pain_over_peak:.3f}", "0.865 without the cap at 10"))
    for band, onset, hazard in zip(
        AGE_BANDS, latent.fracture_onset_probability, latent.fracture_hazard_per_year, strict=True
    ):
        target = parameters.value(f"fracture_at_diagnosis_probability.{band}")
        rows.append((f"fracture at onset, {band}", f"{onset:.3f}", f"{target:g} at diagnosis"))
        rows.append((f"fracture hazard a month, {band}", f"{hazard / 12:.3f}", "0.096"))
    sys.stdout.write("".join(f"{name:40} {solved:>8}  {published}\n" for name, solved, published in rows))


if __name__ == "__main__":
    main()
