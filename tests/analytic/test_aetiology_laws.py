"""Laws by aetiology: ratios act where they should, the primary disease keeps its published median."""

import numpy as np
import pytest
from latent_parameters import OBSERVED, SITES, Onsets, assert_share, gamma_shape, parameters
from scipy import stats

from sim.inputs.aetiology_laws import laws_by_aetiology
from sim.inputs.latent import solve_latent, solve_laws
from sim.inputs.scenario import Structure
from sim.vocabulary.enums import Aetiology

PEOPLE = 100_000
TRANSPLANT = {
    "diagnosis_delay_ratio.transplant": 0.5,
    "healing_time_ratio.transplant": 0.4,
    "healing_sigma_ratio.transplant": 0.6,
}
STRUCTURES = [
    Structure(),
    Structure(healing_law="gamma", delay_healing_correlation=0.3),
    Structure(healing_law="weibull", delay_healing_correlation=0.3, unprotected_healing_rate=0.8),
]

each_structure = pytest.mark.parametrize("structure", STRUCTURES, ids=[s.healing_law for s in STRUCTURES])


@each_structure
def test_ratios_of_one_give_back_the_primary_disease_bit_for_bit(structure):
    latent = solve_latent(parameters(TRANSPLANT), structure)
    for aetiology in Aetiology:
        same = (latent.diagnosed_share_by_aetiology[aetiology] == latent.diagnosed_share).all()
        assert same == (aetiology != Aetiology.TRANSPLANT)


@each_structure
def test_the_diagnosed_share_of_another_aetiology_is_that_of_its_own_delay_and_work(structure, seed):
    latent = solve_latent(parameters(TRANSPLANT), structure)
    generator = np.random.default_rng([seed, 11])
    for place, site in enumerate(SITES):
        median, sigma = 0.4 * latent.work_median_years[place], 0.6 * OBSERVED[f"healing_sigma.{site}"]
        people = Onsets(generator, PEOPLE, median, sigma, structure, delay_median=1 / 12)
        assert_share(people.diagnosed, latent.diagnosed_share_by_aetiology[Aetiology.TRANSPLANT, place])


def test_shapes_and_medians_at_scale_one_are_those_of_each_law():
    for structure in STRUCTURES:
        latent = solve_latent(parameters(TRANSPLANT), structure)
        for place, site in enumerate(SITES):
            sigma = 0.6 * OBSERVED[f"healing_sigma.{site}"]
            shape = latent.work_shape[Aetiology.TRANSPLANT, place]
            unit_median = latent.work_unit_median[Aetiology.TRANSPLANT, place]
            if structure.healing_law == "lognormal":
                assert (shape, unit_median) == (pytest.approx(sigma), 1.0)
            elif structure.healing_law == "gamma":
                assert shape == pytest.approx(gamma_shape(sigma), rel=1e-9)
                assert unit_median == pytest.approx(stats.gamma.median(shape), rel=1e-9)
            else:
                assert shape == pytest.approx(np.pi / (np.sqrt(6) * sigma))
                assert unit_median == pytest.approx(stats.weibull_min.median(shape), rel=1e-12)


@pytest.mark.parametrize("overuse", [0.8, 1.0, 1.3])
def test_the_mean_work_of_primary_disease_stays_at_the_solved_median(overuse):
    """0.55 idiopathic and 0.45 overuse; other aetiologies do not count, and take their ratio over the same mean."""
    changed = parameters(TRANSPLANT | {"healing_time_ratio.overuse": overuse})
    laws = solve_laws(changed, Structure())
    table = laws_by_aetiology(changed, laws)
    for place, law in enumerate(laws):
        medians = [of_cause[place].work_median_years / law.work_median_years for of_cause in table]
        assert 0.55 * medians[Aetiology.IDIOPATHIC] + 0.45 * medians[Aetiology.OVERUSE] == pytest.approx(1.0, rel=1e-12)
        assert medians[Aetiology.TRANSPLANT] / medians[Aetiology.IDIOPATHIC] == pytest.approx(0.4, rel=1e-12)


def test_where_nobody_has_primary_disease_ratios_count_against_it_as_it_is():
    nobody = {"aetiology_share.idiopathic": 0.0, "aetiology_share.overuse": 0.0, "aetiology_share.transplant": 1.0}
    changed = parameters(TRANSPLANT | nobody)
    laws = solve_laws(changed, Structure())
    transplant = laws_by_aetiology(changed, laws)[Aetiology.TRANSPLANT]
    for law, own in zip(laws, transplant, strict=True):
        assert own.work_median_years == pytest.approx(0.4 * law.work_median_years, rel=1e-14)
        assert own.delay_median_years == pytest.approx(0.5 * law.delay_median_years, rel=1e-14)
