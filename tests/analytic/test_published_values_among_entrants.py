"""Entrants whom the rules draw show what is published among the diagnosed, under every kind of structure.

What the solver leaves out (a missed scan, osteonecrosis from the onset) is switched off.
"""

from functools import cache

import numpy as np
import pytest
from latent_parameters import assert_share
from simulate import changed, simulated

from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event

ENTRANTS = 10_000
LEFT_OUT = {"osteonecrosis_probability": 0.0, "mri_sensitivity_probability": 1.0, "mri_earliest_hours": 0.0}
STRUCTURES = {
    "base case": {},
    "gamma, slow before diagnosis": {"healing_law": "gamma", "unprotected_healing_rate": 0.8},
    "Weibull, correlated": {"healing_law": "weibull", "delay_healing_correlation": 0.3},
    "lognormal, correlated, early stage": {"delay_healing_correlation": -0.4, "osteonecrosis": "early_stage"},
    "Weibull, early stage, age effect": {
        "healing_law": "weibull",
        "osteonecrosis": "early_stage",
        "age_effect_per_year": 0.01,
    },
}

each_structure = pytest.mark.parametrize("name", STRUCTURES)


@cache
def run(name, seed):
    """Entrants under supportive care; returns the run, and by patient whether the healing clock alone admits him."""
    scenario = changed(
        structure=STRUCTURES[name],
        parameters=LEFT_OUT,
        strategies=("supportive",),
        comparator="supportive",
        horizon_years=5.0,
    )
    first_patient = ENTRANTS * list(STRUCTURES).index(name)  # other people, so that each structure is a test of its own
    done = simulated(scenario, seed=seed, patients=ENTRANTS, first_patient=first_patient)
    patients = done.block.patients
    rate = STRUCTURES[name].get("unprotected_healing_rate", 1.0)
    left = patients["lesions"][:, 0]["work_years"] - rate * patients["entry_years"]
    return done, left


@pytest.mark.parametrize("name", [name for name, keys in STRUCTURES.items() if "age_effect_per_year" not in keys])
def test_half_of_them_heal_by_the_published_median(name, seed):
    """Age slows some and speeds others, so with it the median of the mixture is no longer the published one."""
    done, left = run(name, seed)
    patients = done.block.patients
    for site in Site:
        there = (patients["lesions"][:, 0]["site"] == site) & (left > 0.0)
        published = done.inputs.parameters.years(f"healing_median_months.{site.name.lower()}")
        assert_share((patients["entry_years"] + left)[there] <= published, 0.5)


@each_structure
def test_the_published_share_had_a_wrong_diagnosis(name, seed):
    done, left = run(name, seed)
    patients = done.block.patients
    misled = done.events("supportive", Event.WRONG_DIAGNOSIS)["patient_id"]
    for site in Site:
        there = (patients["lesions"][:, 0]["site"] == site) & (left > 0.0)
        published = done.inputs.parameters.value(f"wrong_diagnosis_probability.{site.name.lower()}")
        assert_share(np.isin(patients["patient_id"][there], misled), published)


@pytest.mark.parametrize("name", [name for name, keys in STRUCTURES.items() if "osteonecrosis" in keys])
def test_the_published_share_of_first_lesions_turns_into_osteonecrosis(name, seed):
    """Without treatment; those count whose lesion turned before it could heal, and who were found for that reason."""
    done, _ = run(name, seed)
    turns = done.events("supportive", Event.OSTEONECROSIS_STARTS)
    turned = turns["patient_id"][turns["lesion"] == 0]
    published = done.inputs.parameters.value("osteonecrosis_early_stage_probability")
    assert_share(np.isin(done.block.patients["patient_id"], turned), published)


@each_structure
def test_the_site_mix_of_the_found_is_the_published_one(name, seed):
    done, left = run(name, seed)
    first = done.block.patients["lesions"][:, 0]
    for site in Site:
        published = done.inputs.parameters.value(f"site_share.{site.name.lower()}")
        assert_share(first["site"][left > 0.0] == site, published)
