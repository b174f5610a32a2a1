"""Proposed trials that the model simulates: who is in them, and that they say what the draws say."""

import numpy as np
import pytest

from sim.analysis.evsi import evsi
from sim.experiments.points import Point, evaluate
from sim.experiments.psa import psa
from sim.experiments.psa_results import DRAW
from sim.experiments.trials import FIRST_PATIENT, Trial, simulate_trials
from sim.inputs.scenario import load_scenario, with_overrides
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary.errors import InputError

ARMS = ("supportive", "zoledronate")
MONTHS = 9.0


@pytest.fixture(scope="module")
def results(seed):
    scenario = load_scenario("base_case_uk", strategies=list(ARMS), comparator="supportive", seed=seed)
    return psa(scenario, 40, 20)


@pytest.fixture(scope="module")
def data(results):
    return simulate_trials(results, Trial(ARMS, "pain_years", MONTHS, (30, 12)))


def test_sizes_are_those_asked_for_and_the_pilots(data):
    assert data.sizes == (5, 10, 12, 20, 30)
    assert data.names[:3] == (
        "supportive.pain_years.mean",
        "supportive.pain_years.mean_square",
        "supportive.symptoms_resolved.mean",
    )
    assert data.averages.shape == (5, 40, 6)


def test_each_arm_follows_its_own_patients_to_the_end_of_follow_up(results, data):
    """Against points with the trial's horizon and patients, which know nothing of trials; equal but for rounding."""
    scenario = with_overrides(results.scenario, horizon_years=MONTHS / 12.0)
    inputs = type(results.inputs)(**{**vars(results.inputs), "scenario": scenario})
    places = [OUTCOME_NAMES.index(name) for name in ("pain_years", "symptoms_resolved")]
    for draw in (0, 17):
        values = results.parameters.drop(columns=DRAW).iloc[draw].to_dict()
        point = Point(0, values, luck=draw + 1)
        for arm, size in ((0, 30), (1, 30), (1, 12)):
            first = FIRST_PATIENT + arm * int(data.long_run_size)
            (one,) = evaluate(inputs, [point], size, scenario.seed, threads=1, first_patient=first)
            averages = data.averages[data.sizes.index(size), draw]
            assert averages[[3 * arm, 3 * arm + 2]] == pytest.approx(one.means[arm, places], rel=1e-9, abs=1e-12)


def test_trials_do_not_depend_on_the_number_of_threads(results, data):
    again = simulate_trials(results, Trial(ARMS, "pain_years", MONTHS, (12, 30)), threads=1)
    assert np.array_equal(again.averages, data.averages)
    assert np.array_equal(again.long_run, data.long_run)


def test_averages_scatter_as_the_covariance_of_a_patient_says(data):
    """(Average of 30 - long run) has covariance C (1/30 - 1/N): within a half, for 40 draws tell no more."""
    scatter = data.averages[data.sizes.index(30)] - data.long_run
    expected = np.diag(data.covariance) * (1 / 30 - 1 / data.long_run_size)
    assert np.mean(scatter**2, axis=0) / expected == pytest.approx(np.ones(6), abs=0.8)
    assert data.covariance[:3, 3:] == pytest.approx(np.zeros((3, 3)))


def test_both_methods_value_the_trial(results, data):
    frame = evsi(results.table(), data, [0, 12, 30], [20_000.0])
    assert set(frame["method"]) == {"regression", "moment_matching"}
    assert (frame.loc[frame["patients_per_arm"] == 0, ["value", "se"]] == 0.0).all(axis=None)
    assert (frame.loc[frame["method"] == "regression", "value"] >= 0.0).all()
    assert frame.loc[frame["patients_per_arm"] == 30, "value"].isna().tolist() == [False, True]  # too few are alike


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arms": ("supportive", "zoledronat")}, "not among the strategies of this run. Did you mean 'zoledronate'"),
        ({"arms": ("supportive",)}, "no set of arms"),
        ({"outcome": "pain_yeas"}, "Did you mean 'pain_years'"),
        ({"outcome": "mri_months_from_entry"}, "some patients have no such outcome"),
        ({"follow_up_months": 0.0}, "no follow-up"),
        ({"sizes": (1, 50)}, "1, 50 does not fit here"),
    ],
)
def test_impossible_trials_are_refused(results, changes, message):
    given = {"arms": ARMS, "outcome": "pain_years", "follow_up_months": 6.0, "sizes": (50,)} | changes
    with pytest.raises(InputError, match=message):
        Trial(**given).checked(results.inputs)
