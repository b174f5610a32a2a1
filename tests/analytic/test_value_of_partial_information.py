"""EVPPI by regression, and by nested sampling, of models in which it is known in closed form."""

import numpy as np
import pandas as pd
import pytest
from gaussian_psa import unit_normal_loss_evpi
from scipy import integrate, stats

from sim.analysis.evppi import evppi, evppi_of_sets, most_correlated
from sim.analysis.information import evpi
from sim.analysis.nested_means import nested_table
from sim.analysis.psa_table import PsaTable

WILLINGNESS_TO_PAY = 20_000.0
EFFECT_SD, COST_SD, OTHER_SD = 0.03, 300.0, 200.0  # of the gain by each parameter, in QALYs, money, money
MEAN_GAIN = -200.0
GAIN_SD = {"effect": WILLINGNESS_TO_PAY * EFFECT_SD, "cost": COST_SD, "other": OTHER_SD}
DRAWS = 1000
DRAWS_OF_MANY = 150  # for sets of as many parameters


def linear_table(rng, draws=DRAWS, noise_sd=0.0):
    """Two strategies whose gain in net benefit is a sum of three Gaussian parameters, and of patient noise."""
    parameters = pd.DataFrame(rng.standard_normal((draws, 3)), columns=list(GAIN_SD))
    effects = np.zeros((draws, 2))
    effects[:, 1] = EFFECT_SD * parameters["effect"] + noise_sd / WILLINGNESS_TO_PAY * rng.standard_normal(draws)
    costs = np.full((draws, 2), 1000.0)
    costs[:, 1] += COST_SD * parameters["cost"] + OTHER_SD * parameters["other"] - MEAN_GAIN
    return PsaTable(("a", "b"), costs, effects, parameters)


def truth(names):
    return unit_normal_loss_evpi(MEAN_GAIN, np.sqrt(sum(GAIN_SD[name] ** 2 for name in names)))


@pytest.mark.parametrize("names", [["effect"], ["cost"], ["other"], ["effect", "cost"], ["effect", "cost", "other"]])
@pytest.mark.parametrize("noise_sd", [0.0, 800.0])
def test_evppi_of_gaussian_parameters_is_a_unit_normal_loss_whatever_the_patient_noise(names, noise_sd, seed):
    """Within 4 standard errors; the noise is larger than all parameters together."""
    table = linear_table(np.random.default_rng([seed, 1, int(noise_sd)]), noise_sd=noise_sd)
    found = evppi(table, names, [WILLINGNESS_TO_PAY]).iloc[0]
    assert abs(found.value - truth(names)) < 4 * found.se
    assert found.se < 30.0


def test_standard_errors_are_those_of_repeated_analyses(seed):
    """Of 60 analyses: mean error below 3 of its errors, and spread of errors in standard errors between 0.7 and 1.3.

    The spread of 60 normal numbers is within 0.7 and 1.3 with a probability above 0.999.
    """
    errors = []
    for repeat in range(60):
        table = linear_table(np.random.default_rng([seed, 2, repeat]), draws=400, noise_sd=300.0)
        found = evppi(table, ["effect"], [WILLINGNESS_TO_PAY]).iloc[0]
        errors.append((found.value - truth(["effect"])) / found.se)
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(60)
    assert 0.7 < np.std(errors) < 1.3


def test_knowing_all_parameters_is_perfect_information(seed):
    """Where parameters decide everything the fit is exact, and both are means over the same draws."""
    table = linear_table(np.random.default_rng([seed, 3]))
    perfect = evpi(table, [WILLINGNESS_TO_PAY]).evpi.iloc[0]
    assert evppi(table, ["*"], [WILLINGNESS_TO_PAY]).value.iloc[0] == pytest.approx(perfect, rel=1e-6)


def test_knowing_more_is_never_worth_less(seed):
    """Beyond 3 standard errors, on the way from one parameter to all."""
    table = linear_table(np.random.default_rng([seed, 4]), noise_sd=300.0)
    sets = [["other"], ["other", "cost"], ["other", "cost", "effect"]]
    frames = [evppi(table, names, [10_000.0, WILLINGNESS_TO_PAY, 50_000.0]) for names in sets]
    for fewer, more in zip(frames, frames[1:], strict=False):
        assert (more.value - fewer.value > -3 * np.hypot(more.se, fewer.se)).all()


def test_a_curve_and_an_interaction_are_found(seed):
    """Gain = 500 (x^2 - 1) - 100, and gain = 500 x y - 100: values by quadrature, within 4 standard errors."""
    rng = np.random.default_rng([seed, 5])
    known = pd.DataFrame(rng.standard_normal((DRAWS, 2)), columns=["x", "y"])
    curve, product = 500.0 * (known["x"] ** 2 - 1.0) - 100.0, 500.0 * known["x"] * known["y"] - 100.0
    value_of_curve = integrate.quad(
        lambda x: max(500.0 * (x * x - 1.0) - 100.0, 0.0) * stats.norm.pdf(x), -8, 8, points=[-(1.2**0.5), 1.2**0.5]
    )[0]
    # Given y the gain is normal: E max(0, G) = sd phi(m / sd) + m Phi(m / sd), with sd = 500 |y|, m = -100.
    value_of_product = integrate.quad(
        lambda y: 2.0 * stats.norm.pdf(y) * unit_normal_loss_evpi(100.0, 500.0 * y), 1e-9, 8.0
    )[0]
    for gain, names, value in ((curve, ["x"], value_of_curve), (product, ["x", "y"], value_of_product)):
        noisy = gain + rng.normal(0.0, 300.0, DRAWS)
        costs = np.column_stack([np.zeros(DRAWS), -noisy])
        found = evppi(PsaTable(("a", "b"), costs, np.zeros((DRAWS, 2)), known), names, [0.0]).iloc[0]
        assert abs(found.value - value) < 4 * found.se
        assert found.se < 0.2 * value
    assert evppi(PsaTable(("a", "b"), costs, np.zeros((DRAWS, 2)), known), ["x"], [0.0]).value.iloc[0] < 0.2 * value


def test_knowing_a_choice_is_valued_by_the_means_of_its_groups(seed):
    """A switch with two values, as text: the value is that of deciding by group, on the draws themselves."""
    rng = np.random.default_rng([seed, 6])
    switch = np.where(rng.random(DRAWS) < 0.3, "on", "off")
    gain = np.where(switch == "on", 900.0, -300.0) + rng.normal(0.0, 100.0, DRAWS)
    table = PsaTable(
        ("a", "b"), np.column_stack([np.zeros(DRAWS), -gain]), np.zeros((DRAWS, 2)), pd.DataFrame({"switch": switch})
    )
    by_group = sum(max(gain[switch == value].mean(), 0.0) * (switch == value).mean() for value in ("on", "off"))
    found = evppi(table, ["switch"], [0.0]).iloc[0]
    assert found.value == pytest.approx(by_group - max(gain.mean(), 0.0), rel=1e-6)
    assert found.se > 0.0


def test_a_few_strong_parameters_are_found_among_a_hundred(seed):
    """One parameter of 100 matters: the set is worth what that one is, within 4 standard errors and a sixth."""
    rng = np.random.default_rng([seed, 7])
    table = linear_table(rng, 1000, noise_sd=200.0)
    crowd = pd.DataFrame(rng.standard_normal((1000, 99)), columns=[f"idle_{number}" for number in range(99)])
    crowd["effect"] = table.parameters["effect"]
    wide = PsaTable(table.strategies, table.costs, table.effects, crowd)
    found = evppi(wide, ["idle_*", "effect"], [WILLINGNESS_TO_PAY]).iloc[0]
    assert abs(found.value - truth(["effect"])) < 4 * found.se + truth(["effect"]) / 6
    assert found.se < truth(["effect"]) / 4
    assert most_correlated(wide, WILLINGNESS_TO_PAY, 3)[0] == "effect"


@pytest.mark.parametrize("number", [DRAWS_OF_MANY - 1, DRAWS_OF_MANY, 3 * DRAWS_OF_MANY // 2, 3 * DRAWS_OF_MANY])
def test_as_many_parameters_as_draws_and_more_do_not_tell_what_they_do_not_know(number, seed):
    """Of pure noise 0, where the EVPI is 100 / sqrt(2 pi) = 40; of five that tell nearly all, most of their value."""
    rng = np.random.default_rng([seed, 12, number])
    of_noise, of_signal = [], []
    for _ in range(4):
        crowd = pd.DataFrame(rng.standard_normal((DRAWS_OF_MANY, number))).add_prefix("x")
        chance = rng.normal(0.0, 100.0, DRAWS_OF_MANY)
        known = 100.0 * crowd[["x0", "x1", "x2", "x3", "x4"]].sum(axis=1) / 5**0.5
        for gain, found in ((chance, of_noise), (known + 0.3 * chance, of_signal)):
            costs = np.column_stack([np.zeros(DRAWS_OF_MANY), -gain])
            found.append(evppi(PsaTable(("a", "b"), costs, np.zeros_like(costs), crowd), ["*"], [0.0]).value.iloc[0])
    assert np.mean(of_noise) < 10.0
    assert 25.0 < np.mean(of_signal) < 45.0


def test_to_know_some_is_never_worth_more_than_to_know_all(seed):
    """Exactly, where half of the spread is noise that is known of: the EVPI has it taken out, and so has the rest."""
    rng = np.random.default_rng([seed, 13])
    for draws in (12, 30, 100):
        table = linear_table(rng, draws, noise_sd=500.0)
        noise = np.zeros((draws, 4, 4))
        noise[:, 3, 3] = (500.0 / WILLINGNESS_TO_PAY) ** 2
        table = PsaTable(table.strategies, table.costs, table.effects, table.parameters, noise)
        thresholds = [0.0, WILLINGNESS_TO_PAY, 50_000.0]
        most = evpi(table, thresholds).evpi.to_numpy()
        for names in (["effect"], ["*"]):
            assert (evppi(table, names, thresholds).value.to_numpy() <= most).all()


def test_equal_strategies_and_constant_parameters_are_worth_exactly_nothing(seed):
    rng = np.random.default_rng([seed, 8])
    numbers = rng.standard_normal((200, 1)).repeat(3, axis=1)
    known = pd.DataFrame({"x": numbers[:, 0], "constant": 1.0})
    equal = PsaTable(("a", "b", "c"), numbers, numbers, known)
    assert (evppi(equal, ["x"], [0.0, 20_000.0])[["value", "se"]] == 0.0).all(axis=None)
    table = linear_table(rng, 200)
    constant = PsaTable(table.strategies, table.costs, table.effects, known)
    assert evppi(constant, ["constant"], [WILLINGNESS_TO_PAY]).value.iloc[0] < 1e-6


def test_order_of_strategies_and_columns_does_not_matter(seed):
    table = linear_table(np.random.default_rng([seed, 9]), 500)
    turned = PsaTable(("b", "a"), table.costs[:, ::-1], table.effects[:, ::-1], table.parameters[["other", "effect"]])
    one = evppi(table, ["effect", "other"], [WILLINGNESS_TO_PAY], "known").iloc[0]
    other = evppi(turned, ["other", "effect"], [WILLINGNESS_TO_PAY], "known").iloc[0]
    assert one.value == pytest.approx(other.value, abs=0.5 * one.se)
    again = evppi(table, ["effect", "other"], [WILLINGNESS_TO_PAY], "known").iloc[0]
    assert (again.value, again.se) == (one.value, one.se)


def test_several_sets_come_in_the_order_of_their_value(seed):
    table = linear_table(np.random.default_rng([seed, 10]))
    sets = {"price": ["cost"], "all": ["*"], "rest": ["other"]}
    found = evppi_of_sets(table, sets, [WILLINGNESS_TO_PAY])
    assert list(found["parameters"]) == ["all", "price", "rest"]
    assert set(found["method"]) == {"regression"}


@pytest.mark.parametrize("inner", [2, 20])
def test_nested_sampling_agrees_with_closed_form_and_regression(inner, seed):
    """Within 4 and 3 standard errors; what the correction takes off is what 2 inner draws add, within a half."""
    rng = np.random.default_rng([seed, 11, inner])
    outer = 1500
    known = rng.standard_normal((outer, 1))
    rest = rng.standard_normal((outer, inner))
    gain = GAIN_SD["effect"] * known + GAIN_SD["cost"] * rest + MEAN_GAIN
    costs = np.zeros((outer, inner, 2))
    costs[..., 1] = -gain
    found = evpi(nested_table(("a", "b"), costs, np.zeros_like(costs)), [0.0]).iloc[0]
    assert abs(found.evpi - truth(["effect"])) < 4 * found.se
    regression = evppi(linear_table(rng), ["effect"], [WILLINGNESS_TO_PAY]).iloc[0]
    assert abs(found.evpi - regression.value) < 3 * np.hypot(found.se, regression.se)
    if inner == 2:
        added = unit_normal_loss_evpi(MEAN_GAIN, np.hypot(GAIN_SD["effect"], GAIN_SD["cost"] / 2**0.5))
        assert found.uncorrected - found.evpi == pytest.approx(added - truth(["effect"]), rel=0.5)
