"""From what is seen among the diagnosed to the laws behind it: healing work, peak pain, hazards, wrong diagnoses.

Diagnosis selects: who heals before the diagnosis is never seen. Letters (D, W, R, u) as in delay_and_work.py; method in
docs/model.md, sections on entry and complications. `python -m sim.inputs.latent` prints the solutions beside the
published values.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.inputs.aetiology_laws import diagnosed_shares, laws_by_aetiology, work_shapes
from sim.inputs.delay_and_work import DelayAndWork, score_correlation
from sim.inputs.entry_pain import solve_entry_pain
from sim.inputs.lesion_hazards import AGE_BANDS, solve_fracture_bands, solve_osteonecrosis_hazard
from sim.inputs.numerics import Array, root
from sim.inputs.parameters import ParameterSet
from sim.inputs.radiograph import solve_wrong_diagnosis
from sim.inputs.scenario import Structure
from sim.vocabulary.enums import Site, WorkLaw

SITES = [site.name.lower() for site in Site]


@dataclass(frozen=True, eq=False)
class Latent:
    """Solved laws. Times in years, sites in the order of enums.Site, aetiologies of enums.Aetiology.

    work_median_years: (4,) median of W. work_law, work_shape: the law of W and its shape, (6, 4) by aetiology and site.
    work_unit_median: (6, 4) median of that law at scale 1. delay_work_correlation: of the normal scores of D and W.
    diagnosed_share: (4,) share of onsets with u D < W. diagnosed_share_by_aetiology: (6, 4). delay_median_years: median
    of D among the diagnosed, over the site mix. mean_shape_at_entry: mean of pain over peak at diagnosis.
    entry_pain_over_peak: divisor c of peak = min(10, entry pain / c). fracture_onset_probability: (3,) by AGE_BANDS.
    fracture_hazard_per_year: (3,), while symptomatic. radiograph_sensitivity: (4,) expected at first contact.
    wrong_diagnosis_given_negative: (4,) after a radiograph that shows nothing. osteonecrosis_hazard_per_year: of an
    early stage, while symptomatic.
    """

    work_median_years: Array
    work_law: WorkLaw
    work_shape: Array
    work_unit_median: Array
    delay_work_correlation: float
    diagnosed_share: Array
    diagnosed_share_by_aetiology: Array
    delay_median_years: float
    mean_shape_at_entry: float
    entry_pain_over_peak: float
    fracture_onset_probability: Array
    fracture_hazard_per_year: Array
    radiograph_sensitivity: Array
    wrong_diagnosis_given_negative: Array
    osteonecrosis_hazard_per_year: float


def solve_work_median(law: DelayAndWork, observed_median_years: float, where: str) -> float:
    """Median of W (years) such that the median of R among the diagnosed is `observed_median_years`."""

    def gap(log_median: float) -> float:
        trial = replace(law, work_median_years=math.exp(log_median))
        return trial.resolved_later_than(observed_median_years) - 0.5

    target = math.log(observed_median_years)
    repair = "Write a longer median, a shorter delay or a smaller sigma."
    return math.exp(root(gap, target - 5.0, target + 2.0, where, repair))


def solve_laws(parameters: ParameterSet, structure: Structure) -> list[DelayAndWork]:
    """The laws of the primary disease by site. Raises InputError where a published median cannot be reproduced."""
    laws = []
    for site in SITES:
        name = f"healing_median_months.{site}"
        observed = parameters.years(name)
        start = DelayAndWork(
            parameters.years("diagnosis_delay_median_months"),
            parameters.value("diagnosis_delay_sigma"),
            observed,
            parameters.value(f"healing_sigma.{site}"),
            structure.unprotected_healing_rate,
            WorkLaw[structure.healing_law.upper()],
            score_correlation(structure.delay_healing_correlation),
        )
        median = solve_work_median(start, observed, f"{parameters.file(name)}, {name}")
        laws.append(replace(start, work_median_years=median))
    return laws


def solve_latent(parameters: ParameterSet, structure: Structure) -> Latent:
    """Solve every latent value from `parameters` under the healing law, correlation and rate of `structure`.

    Sites are weighted by `site_share`, the mix among the diagnosed. The published values are those of primary disease,
    so all but the tables by aetiology holds for it. Insufficiency fracture is solved with the hip's law, the site its
    figures come from, and holds for all sites (their ratios multiply it). MRI that comes too early or misses (1 %),
    what osteonecrosis changes in healing, death before diagnosis and an effect of age on healing are left out. Raises
    InputError when a published value cannot be reproduced.
    """
    shares = np.array([parameters.value(f"site_share.{site}") for site in SITES])
    laws = solve_laws(parameters, structure)
    mean_shape, divisor = solve_entry_pain(parameters, laws, shares)
    onset, hazard = solve_fracture_bands(parameters, laws[Site.HIP])
    by_aetiology = laws_by_aetiology(parameters, laws)
    shapes, unit_medians = work_shapes(by_aetiology)
    sensitivity, wrong = solve_wrong_diagnosis(parameters, laws, SITES)
    turning = "osteonecrosis_early_stage_probability"
    where = f"{parameters.file(turning)}, {turning}"
    return Latent(
        work_median_years=np.array([law.work_median_years for law in laws]),
        work_law=laws[0].work_law,
        work_shape=shapes,
        work_unit_median=unit_medians,
        delay_work_correlation=laws[0].correlation,
        diagnosed_share=np.array([law.diagnosed_share() for law in laws]),
        diagnosed_share_by_aetiology=diagnosed_shares(by_aetiology),
        delay_median_years=median_delay(laws, shares),
        mean_shape_at_entry=mean_shape,
        entry_pain_over_peak=divisor,
        fracture_onset_probability=onset,
        fracture_hazard_per_year=np.full(len(AGE_BANDS), hazard),
        radiograph_sensitivity=sensitivity,
        wrong_diagnosis_given_negative=wrong,
        osteonecrosis_hazard_per_year=solve_osteonecrosis_hazard(laws, shares, parameters.value(turning), where),
    )


def median_delay(laws: Sequence[DelayAndWork], shares: Array) -> float:
    """Median of D (years) among the diagnosed, over the site mix of the diagnosed."""

    def gap(years: float) -> float:
        below = [law.delay_at_most(years) / law.diagnosed_share() for law in laws]
        return float(shares @ below) - 0.5

    median = laws[0].delay_median_years
    return root(gap, median * 1e-3, median * 1e2, "parameters, diagnosis_delay_median_months", "Correct the delay.")


if __name__ == "__main__":
    from sim.inputs.latent_table import print_table

    print_table()
