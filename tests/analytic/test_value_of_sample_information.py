"""EVSI of conjugate normal trials against closed forms, and what a trial is worth to all concerned."""

import math

import numpy as np
import pandas as pd
import pytest
from gaussian_psa import unit_normal_loss_evpi
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.evppi import evppi
from sim.analysis.evsi import evsi, never_falling
from sim.analysis.psa_table import PsaTable
from sim.analysis.trial_data import TrialData
from sim.analysis.trial_value import Concerned, TrialCost, enbs, population_value
from sim.vocabulary.errors import InputError

SIZES = (5, 20, 50, 200, 800)
DRAWS = 1000
PRIOR_SD, PATIENT_SD, MEAN_GAIN = 600.0, 8000.0, -200.0
METHODS = ("regression", "moment_matching")


def conjugate_table(rng, noise_sd=300.0):
    """Two strategies; the gain is a normal mean that a trial measures, another parameter, and patient noise."""
    known = pd.DataFrame(rng.standard_normal((DRAWS, 2)) * [PRIOR_SD, 300.0], columns=["measured", "other"])
    costs = np.zeros((DRAWS, 2))
    costs[:, 1] = -(MEAN_GAIN + known.sum(axis=1) + rng.normal(0.0, noise_sd, DRAWS))
    return PsaTable(("a", "b"), costs, np.zeros((DRAWS, 2)), known)


def conjugate_trial(rng, true_means, sizes=SIZES, long_run=math.inf):
    """One arm that measures each of `true_means` (draws,) with the patient's standard deviation; nested sizes."""
    ends = [*sizes, long_run] if math.isfinite(long_run) else list(sizes)
    steps = np.diff([0, *ends])
    increments = true_means * steps[:, None] + PATIENT_SD * np.sqrt(steps)[:, None] * rng.standard_normal(
        (len(ends), len(true_means))
    )
    averages = (np.cumsum(increments, axis=0) / np.array(ends)[:, None])[:, :, None]
    last = true_means[:, None] if len(ends) == len(sizes) else averages[-1]
    return TrialData(("gain.mean",), sizes, averages[: len(sizes)], last, long_run, np.array([[PATIENT_SD**2]]))


def truth(size):
    """The posterior mean is normal with variance prior^2 n / (n + h), h = patient^2 / prior^2 (conjugate normal)."""
    h = (PATIENT_SD / PRIOR_SD) ** 2
    return unit_normal_loss_evpi(MEAN_GAIN, PRIOR_SD * math.sqrt(size / (size + h)))


@pytest.fixture(scope="module", params=[math.inf, 4000], ids=["known means", "long run of 4,000"])
def found(request, seed):
    rng = np.random.default_rng([seed, 20])
    table = conjugate_table(rng)
    trial = conjugate_trial(rng, table.parameters["measured"].to_numpy(), long_run=request.param)
    return table, evsi(table, trial, [0, *SIZES], [0.0])


@pytest.mark.parametrize("method", METHODS)
def test_evsi_of_a_normal_mean_is_a_unit_normal_loss(found, method):
    """Within 4 standard errors, at every size, with patient noise and another parameter beside.

    A fiftieth of what perfect knowledge is worth comes on top, for far in the tail errors are skewed.
    """
    rows = found[1][found[1]["method"] == method].set_index("patients_per_arm")
    for size in SIZES:
        tolerance = 4 * rows.loc[size, "se"] + 0.02 * truth(10**9)
        assert abs(rows.loc[size, "value"] - truth(size)) < tolerance
        assert rows.loc[size, "se"] < 30.0
    assert rows.loc[800, "value"] > 10 * rows.loc[800, "se"] / 3


@pytest.mark.parametrize("method", METHODS)
def test_evsi_rises_with_the_patients_from_nothing_and_stays_below_evppi(found, method):
    table, frame = found
    rows = frame[frame["method"] == method]
    assert rows["patients_per_arm"].is_monotonic_increasing
    assert rows["value"].is_monotonic_increasing
    assert (rows["value"].iloc[0], rows["se"].iloc[0]) == (0.0, 0.0)
    bound = evppi(table, ["measured"], [0.0]).iloc[0]
    assert (rows["value"] - bound.value < 3 * np.hypot(rows["se"], bound.se)).all()


def test_a_tiny_trial_is_worth_next_to_nothing(seed):
    """One patient: its closed form is below a thousandth of EVPPI, and so is the estimate within 3 standard errors."""
    rng = np.random.default_rng([seed, 21])
    table = conjugate_table(rng)
    trial = conjugate_trial(rng, table.parameters["measured"].to_numpy(), sizes=(1, 10, 50))
    frame = evsi(table, trial, [1], [0.0])
    assert truth(1) < 0.001 * truth(10**9)
    assert (frame["value"] < truth(1) + 3 * frame["se"]).all()
    assert (frame["value"] < 0.15 * truth(10**9)).all()


def test_the_two_methods_agree_where_a_trial_tells_of_several_strategies(seed):
    """Two arms, three strategies, correlated priors: within 3 standard errors of each other, and worth something."""
    rng = np.random.default_rng([seed, 22])
    means = rng.standard_normal((DRAWS, 2)) @ np.array([[400.0, 200.0], [0.0, 300.0]])
    costs = np.column_stack([np.zeros(DRAWS), 100.0 - means[:, 0], 50.0 - 0.5 * means[:, 0] - means[:, 1]])
    table = PsaTable(("a", "b", "c"), costs, np.zeros((DRAWS, 3)))
    arms = [conjugate_trial(rng, column, long_run=4000) for column in means.T]
    trial = TrialData(
        ("first.mean", "second.mean"),
        SIZES,
        np.concatenate([arm.averages for arm in arms], axis=2),
        np.hstack([arm.long_run for arm in arms]),
        4000,
        PATIENT_SD**2 * np.eye(2),
    )
    frame = evsi(table, trial, (20, 200, 800), [0.0]).set_index(["method", "patients_per_arm"])
    regression, matching = (frame.loc[method] for method in METHODS)
    assert (abs(regression["value"] - matching["value"]) < 3 * np.hypot(regression["se"], matching["se"])).all()
    assert matching["value"].loc[800] > 5 * matching["se"].loc[800] / 2


def test_a_size_that_was_not_simulated_is_refused(seed):
    rng = np.random.default_rng([seed, 23])
    table = conjugate_table(rng)
    trial = conjugate_trial(rng, table.parameters["measured"].to_numpy())
    with pytest.raises(InputError, match="no data of 33 patients"):
        evsi(table, trial, [33], [0.0])
    with pytest.raises(InputError, match="do not rise"):
        TrialData(trial.names, (5, 5, 50, 200, 800), trial.averages, trial.long_run, math.inf, trial.covariance)


def test_mean_squares_are_reported_as_standard_deviations():
    averages = np.array([[[2.0, 5.0, 0.3], [0.0, 9.0, 0.4]]])
    names = ("x.mean", "x.mean_square", "resolved.mean")
    trial = TrialData(names, (7,), averages, averages[0], math.inf, np.eye(3))
    reported = trial.summaries(7)
    assert list(reported.columns) == ["x.mean", "resolved.mean", "x.standard_deviation"]
    assert reported["x.standard_deviation"].tolist() == [1.0, 3.0]


values_and_errors = st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), min_size=1, max_size=8)


@given(values_and_errors)
def test_pooled_values_never_fall_and_are_the_nearest_such(pairs):
    """They never fall, keep the weighted mean, and no step towards another rising sequence is nearer."""
    values, errors = (np.array(column) for column in zip(*pairs, strict=True))
    pooled, weights = np.array(never_falling(values, errors)), 1.0 / errors**2
    assert (np.diff(pooled) >= -1e-9).all()
    assert np.sum(weights * pooled) == pytest.approx(np.sum(weights * values), abs=1e-6 * np.sum(weights))
    distance = np.sum(weights * (values - pooled) ** 2)
    for other in (np.sort(values), np.maximum.accumulate(values), np.full_like(values, values.mean())):
        assert distance <= np.sum(weights * (values - other) ** 2) + 1e-6


def test_people_concerned_are_an_annuity():
    """1,000 a year for 10 years at 3.5 %: the integral of 1000 x 1.035^-t, here by a sum over small steps."""
    concerned = Concerned(1000.0, 10.0, 0.035)
    times = (np.arange(100_000) + 0.5) / 10_000.0
    for start in (0.0, 2.5):
        steps = times[times > start]
        assert concerned.people(start) == pytest.approx(np.sum(1000.0 * 1.035**-steps) / 10_000.0, rel=1e-6)
    assert Concerned(1000.0, 10.0, 0.0).people(4.0) == pytest.approx(6000.0)
    assert concerned.people(10.0) == 0.0


@pytest.mark.parametrize("bad", [(-1.0, 10.0, 0.0), (1.0, 0.0, 0.0), (1.0, math.inf, 0.0), (1.0, 1.0, -0.1)])
def test_impossible_populations_are_refused(bad):
    with pytest.raises(InputError):
        Concerned(*bad)


def test_the_best_trial_is_the_one_of_highest_net_benefit_and_none_where_none_pays():
    """By hand: value x people who arise after the results, less fixed cost and cost of every patient of two arms."""
    frame = pd.DataFrame(
        {
            "patients_per_arm": [0, 50, 100, 200],
            "willingness_to_pay": 20_000.0,
            "value": [0.0, 10.0, 15.0, 16.0],
            "se": [0.0, 1.0, 1.0, 1.0],
            "method": "regression",
        }
    )
    concerned = Concerned(1000.0, 10.0, 0.0)
    found = enbs(frame, concerned, TrialCost(20_000.0, 100.0, 2, results_after_years=2.0))
    assert found["enbs"].tolist() == [0.0, 80_000 - 30_000, 120_000 - 40_000, 128_000 - 60_000]
    assert found["se"].tolist() == [0.0, 8000.0, 8000.0, 8000.0]
    assert found.loc[found["best"], "patients_per_arm"].tolist() == [100]
    dear = enbs(frame, concerned, TrialCost(1_000_000.0, 100.0, 2))
    assert dear.loc[dear["best"], "patients_per_arm"].tolist() == [0]


def test_population_value_is_the_value_of_a_person_times_people():
    perfect = pd.DataFrame({"willingness_to_pay": [1.0], "evpi": [50.0], "se": [2.0], "uncorrected": [60.0]})
    partial = pd.DataFrame(
        {
            "parameters": ["x", "x"],
            "willingness_to_pay": [1.0, 1.0],
            "value": [20.0, 21.0],
            "se": [3.0, 4.0],
            "method": ["regression", "nested"],
        }
    )
    found = population_value(perfect, partial, Concerned(100.0, 5.0, 0.0)).set_index(["quantity", "method"])
    assert not found.index.duplicated().any(), "the same set by two methods is told apart"
    assert found.loc[("evpi", "draws"), ["value", "se"]].tolist() == [25_000.0, 1000.0]
    assert found.loc[("x", "regression"), ["per_person", "value", "se"]].tolist() == [20.0, 10_000.0, 1500.0]
    assert found.loc[("x", "nested"), ["per_person", "value", "se"]].tolist() == [21.0, 10_500.0, 2000.0]
