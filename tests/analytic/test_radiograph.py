"""What the radiograph at first contact shows on average; the published share of wrong diagnoses comes out."""

import math
from dataclasses import replace

import numpy as np
import pytest
from latent_parameters import OBSERVED, SITES, parameters
from scipy import integrate, stats

from sim.inputs.delay_and_work import DelayAndWork
from sim.inputs.latent import solve_latent
from sim.inputs.radiograph import expected_sensitivity
from sim.inputs.scenario import Structure
from sim.vocabulary.enums import WorkLaw
from sim.vocabulary.errors import InputError

LAW = DelayAndWork(2 / 12, 0.9, 5.8 / 12, 0.4, 0.8)
SLOW = replace(LAW, work_median_years=1e6)  # nobody heals before the diagnosis
EDGES = (28 / 365.25, 56 / 365.25)
STRUCTURES = [
    Structure(),
    Structure(healing_law="gamma", delay_healing_correlation=0.3, unprotected_healing_rate=0.8),
    Structure(healing_law="weibull", delay_healing_correlation=-0.5),
]


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_share_after_a_negative_radiograph_makes_the_published_share_of_all(structure):
    latent = solve_latent(parameters(), structure)
    of_all = latent.wrong_diagnosis_given_negative * (1 - latent.radiograph_sensitivity)
    assert of_all == pytest.approx([OBSERVED[f"wrong_diagnosis_probability.{site}"] for site in SITES], rel=1e-14)
    assert (latent.radiograph_sensitivity > 0).all()
    assert (latent.radiograph_sensitivity < 0.2).all()


def test_a_radiograph_that_shows_nothing_changes_no_share():
    latent = solve_latent(parameters({"radiograph_sensitivity_probability": 0.0}), Structure())
    assert (latent.radiograph_sensitivity == 0).all()
    assert latent.wrong_diagnosis_given_negative.tolist() == [
        OBSERVED[f"wrong_diagnosis_probability.{site}"] for site in SITES
    ]


def test_without_selection_the_expected_sensitivity_is_that_of_two_lognormal_calls():
    """E[min(1, max(0, (T - a) / (b - a)))] = (E[(T - a)+] - E[(T - b)+]) / (b - a), each by Black's formula."""
    median, sigma = 0.4 * 2 / 12, 0.9

    def call(edge):
        d = math.log(median / edge) / sigma
        return median * math.exp(sigma**2 / 2) * stats.norm.cdf(d + sigma) - edge * stats.norm.cdf(d)

    expected = 0.2 * (call(EDGES[0]) - call(EDGES[1])) / (EDGES[1] - EDGES[0])
    assert expected_sensitivity(SLOW, 0.4, EDGES, 0.2) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("law", WorkLaw, ids=[law.name.lower() for law in WorkLaw])
def test_among_the_diagnosed_the_expected_sensitivity_equals_adaptive_quadrature(law):
    laws = replace(LAW, work_law=law, correlation=0.3)

    def integrand(z):
        delay = 2 / 12 * math.exp(0.9 * z)
        rise = min(1.0, max(0.0, (0.4 * delay - EDGES[0]) / (EDGES[1] - EDGES[0])))
        still_ill = float(laws.work_exceeds(np.array([0.8 * delay]), np.array([delay]))[0])
        return 0.2 * rise * still_ill * stats.norm.pdf(z)

    kinks = [math.log(edge / 0.4 / (2 / 12)) / 0.9 for edge in EDGES]
    edges = (-9.0, *kinks, 9.0)
    whole = sum(integrate.quad(integrand, *piece, epsabs=1e-13)[0] for piece in zip(edges, edges[1:], strict=False))
    assert expected_sensitivity(laws, 0.4, EDGES, 0.2) == pytest.approx(whole / laws.diagnosed_share(), abs=1e-10)


def test_a_first_contact_at_onset_sees_nothing_and_a_sensitivity_from_onset_on_is_seen_by_all():
    assert expected_sensitivity(LAW, 0.0, EDGES, 0.2) == 0.0
    assert expected_sensitivity(LAW, 0.4, (0.0, 1e-9), 0.2) == pytest.approx(0.2, abs=1e-9)


def test_a_share_that_no_negative_radiograph_can_make_is_refused_with_the_largest_that_can():
    changes = {
        "radiograph_sensitivity_probability": 0.9,
        "radiograph_early_weeks": 0.0,
        "radiograph_late_weeks": 0.001,
    }
    what = r"^test\.toml, wrong_diagnosis_probability\.hip: 0\.2 of the patients .+ Write at most 0\.100\.$"
    with pytest.raises(InputError, match=what):
        solve_latent(parameters(changes), Structure())
