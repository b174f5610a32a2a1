"""The mean over draws against a run at the means, of a model that is a straight line: no difference but by chance."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from gaussian_psa import random_covariance, root

from sim.analysis.psa_table import PsaTable
from sim.experiments.non_linearity import non_linearity

MEANS = np.array([5000.0, 5600.0, 8.00, 8.03])
THRESHOLD = 20_000.0
DRAWS, ANALYSES = 60, 300
MEASURES = {
    ("a", "cost"): [1.0, 0.0, 0.0, 0.0],
    ("b", "cost"): [0.0, 1.0, 0.0, 0.0],
    ("a", "qalys"): [0.0, 0.0, 1.0, 0.0],
    ("b", "qalys"): [0.0, 0.0, 0.0, 1.0],
    ("b", "incremental_cost"): [-1.0, 1.0, 0.0, 0.0],
    ("b", "incremental_qalys"): [0.0, 0.0, -1.0, 1.0],
    ("b", "net_benefit_gain"): [1.0, -1.0, -THRESHOLD, THRESHOLD],
}


def run_at_means(numbers, covariance):
    """Frames of a run whose means are `numbers`, costs then QALYs, known to `covariance`."""

    def estimate(key):
        weights = np.array(MEASURES[key])
        return float(weights @ numbers), float(np.sqrt(weights @ covariance @ weights))

    levels = {name: (estimate((name, "cost")), estimate((name, "qalys"))) for name in "ab"}
    outcomes = [
        {
            "strategy": name,
            "cost_discounted": cost[0],
            "cost_discounted_se": cost[1],
            "qalys_discounted": effect[0],
            "qalys_discounted_se": effect[1],
        }
        for name, (cost, effect) in levels.items()
    ]
    steps = [
        ("b", "a", outcome, *estimate(("b", measure)))
        for outcome, measure in (("cost_discounted", "incremental_cost"), ("qalys_discounted", "incremental_qalys"))
    ]
    columns = ["strategy", "willingness_to_pay", "incremental_vs_comparator", "incremental_standard_error"]
    return SimpleNamespace(
        outcomes=pd.DataFrame(outcomes),
        increments=pd.DataFrame(steps, columns=["strategy", "comparator", "outcome", "mean", "standard_error"]),
        net_benefit=pd.DataFrame([("b", THRESHOLD, *estimate(("b", "net_benefit_gain")))], columns=columns),
    )


def analysis(rng, luck, noise):
    """A straight line in Gaussian parameters, and at their means; each draw's chance its own, or the same for all."""
    parameters = rng.standard_normal((DRAWS, 4)) @ root(random_covariance(np.random.default_rng(1), 2, 200.0, 0.01)).T
    chance = rng.standard_normal((DRAWS if luck == "independent" else 1, 4)) @ root(noise).T
    numbers = MEANS + parameters + chance
    kinds = {"noise": np.broadcast_to(noise, (DRAWS, 4, 4))} if luck == "independent" else {"shared_noise": noise}
    table = PsaTable(("a", "b"), numbers[:, :2], numbers[:, 2:], **kinds)
    of_the_run = noise / DRAWS  # as many patients as all draws together
    at_means = MEANS + parameters.mean(axis=0) + root(of_the_run) @ rng.standard_normal(4)
    return SimpleNamespace(
        at_means=run_at_means(at_means, of_the_run),
        scenario=SimpleNamespace(comparator="a"),
        inputs=SimpleNamespace(setting=SimpleNamespace(thresholds=(THRESHOLD, 30_000.0))),
        manifest={"luck": luck},
        table=lambda: table,
    )


def test_under_shared_luck_the_chance_of_the_one_set_of_patients_is_in_the_error(seed):
    """Over 300 analyses differences are as wide as their errors say: the parameters are the same on both sides.

    Chance of the draws and of the run is all that differs: standard deviation sqrt(W + W / draws), to which the error
    adds the spread by parameters, known here: within 4 errors of a standard deviation of 300, and each error within 5
    of the errors that the variance of 60 draws has.
    """
    rng = np.random.default_rng([seed, 41])
    noise = random_covariance(np.random.default_rng(2), 2, 150.0, 0.02)
    frames = [non_linearity(analysis(rng, "shared", noise)) for _ in range(ANALYSES)]
    found = pd.concat(frames).groupby(["strategy", "measure"])
    spread = random_covariance(np.random.default_rng(1), 2, 200.0, 0.01)
    for key, weights in MEASURES.items():
        rows, w = found.get_group(key), np.array(weights)
        by_chance, by_parameters = w @ noise @ w * (1 + 1 / DRAWS), w @ spread @ w / DRAWS
        of_spread = 5 * np.sqrt(2 / (DRAWS - 1)) * by_parameters
        assert np.abs(rows["standard_error"] ** 2 - by_chance - by_parameters).max() < of_spread
        ratio = (rows["difference"] / rows["standard_error"]).std()
        expected = np.sqrt(by_chance / (by_chance + by_parameters))
        assert abs(ratio - expected) < 4 / np.sqrt(2 * ANALYSES), key


def test_independent_draws_have_the_chance_of_their_patients_in_their_spread(seed):
    """The error of 60 draws is sqrt(T / 60 + W / 60), T their own spread: nothing is added a second time."""
    noise = random_covariance(np.random.default_rng(2), 2, 150.0, 0.02)
    results = analysis(np.random.default_rng([seed, 42]), "independent", noise)
    numbers = np.hstack([results.table().costs, results.table().effects])
    frame = non_linearity(results).set_index(["strategy", "measure"])
    assert set(frame.index) == set(MEASURES)
    for key, weights in MEASURES.items():
        w = np.array(weights)
        error = np.sqrt((np.var(numbers @ w, ddof=1) + w @ noise @ w) / DRAWS)
        assert frame.loc[key, "standard_error"] == pytest.approx(error, rel=1e-9)
        assert frame.loc[key, "psa_mean"] == pytest.approx(np.mean(numbers @ w), rel=1e-9)


def test_of_one_patient_a_draw_the_shared_chance_is_not_known(seed):
    results = analysis(np.random.default_rng([seed, 43]), "shared", np.eye(4))
    bare = PsaTable(("a", "b"), results.table().costs, results.table().effects)
    results.table = lambda: bare
    assert non_linearity(results)["standard_error"].isna().all()
