"""Hazards that run while a lesion is symptomatic, from shares seen among the diagnosed: fracture, osteonecrosis."""

from collections.abc import Sequence

import numpy as np

from sim.inputs.delay_and_work import DelayAndWork
from sim.inputs.numerics import Array, legendre_nodes, root
from sim.inputs.parameters import ParameterSet
from sim.vocabulary.errors import InputError

AGE_BANDS = ("under_55", "from_55_to_64", "from_65")
NEW_FRACTURE_WINDOW_YEARS = 5.0 / 12.0  # of fracture_new_5_months_probability
HIGHEST_FRACTURE_HAZARD = 50.0  # per year
HIGHEST_OSTEONECROSIS_HAZARD = 1000.0


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
    symptomatic = weight * law.work_exceeds(done, delay)
    still = weight[:, None] * law.work_exceeds(done[:, None] + x, delay[:, None])

    def new_within_window(hazard: float) -> float:
        unbroken = np.exp(-hazard * delay)
        new = hazard * (unbroken @ still) @ (x_weights * np.exp(-hazard * x))
        return float(new / (unbroken @ symptomatic))

    if new_share == 0.0:
        hazard = 0.0
    else:
        repair = "Write a smaller probability of new fracture."
        hazard = root(lambda h: new_within_window(h) - new_share, 0.0, HIGHEST_FRACTURE_HAZARD, where, repair)
    unbroken_share = float(np.exp(-hazard * delay) @ symptomatic / symptomatic.sum())
    return 1.0 - (1.0 - targets) / unbroken_share, hazard


def solve_fracture_bands(parameters: ParameterSet, hip: DelayAndWork) -> tuple[Array, float]:
    """`solve_fracture` for the published shares. Raises InputError when one needs a negative share at onset."""
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


def solve_osteonecrosis_hazard(laws: Sequence[DelayAndWork], shares: Array, probability: float, where: str) -> float:
    """Hazard h per year, the same at all sites, of an early stage that turns into osteonecrosis while symptomatic.

    The population are first lesions that come to diagnosis, sites mixed by `shares` (of patients), under supportive
    care alone: `probability` of them turn before symptoms would resolve. That is at R = D + (W - u D) for those
    diagnosed with u D < W; of the others, who would heal at W / u, only those that turn come to diagnosis. So with X
    their number, E[1 - exp(-h W / u); u D >= W], the share is (E[1 - exp(-h R); u D < W] + X) / (P(u D < W) + X).
    Raises InputError at `where`.
    """
    if probability == 0.0:
        return 0.0
    times, weights, other_times, other_weights = [], [], [], []
    for law, share in zip(laws, shares, strict=True):
        delay, work, weight = law.diagnosed_nodes()
        onsets = share / weight.sum()
        times.append((delay + (work - law.unprotected_rate * delay)).ravel())
        weights.append(onsets * weight.ravel())
        all_work, _, all_weight = law.works()
        other_times.append(all_work / law.unprotected_rate)
        other_weights.append(onsets * np.maximum(all_weight - weight.sum(axis=1), 0.0))
    time, weight = np.concatenate(times), np.concatenate(weights)
    other_time, other_weight = np.concatenate(other_times), np.concatenate(other_weights)

    def gap(hazard: float) -> float:
        turned = float(np.sum(weight * -np.expm1(-hazard * time)))
        found = float(np.sum(other_weight * -np.expm1(-hazard * other_time)))
        return (turned + found) / (1.0 + found) - probability

    return root(gap, 0.0, HIGHEST_OSTEONECROSIS_HAZARD, where, "Write a smaller probability.")
