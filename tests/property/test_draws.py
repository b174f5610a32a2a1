"""What is drawn in a scenario, and that draws have the laws they promise."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.inputs.designs import DESIGNS
from sim.inputs.draws import _switches, draw_parameters, held_parameters, law_moments, redrawn, sampled_parameters
from sim.inputs.model_inputs import gather
from sim.inputs.sampled import CHARGED_ALWAYS
from sim.inputs.scenario import load_scenario
from sim.inputs.structure import Alternative
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError

STANDARD_ERRORS = 4.5  # in some 430 columns at once: false alarm once in 300 seeds
SITES = [f"site_share.{site}" for site in ("foot", "hip", "knee", "other")]
every_design = pytest.mark.parametrize("design", DESIGNS)


@pytest.fixture(scope="module")
def inputs():
    return gather(load_scenario("base_case_uk"))


@pytest.fixture(scope="module")
def many(inputs, seed):
    return draw_parameters(inputs, 5_000, seed)


def of_file(tmp_path, text):
    path = tmp_path / "question.toml"
    path.write_text(f'extends = "base_case_uk.toml"\ntitle = "t"\nquestion = "q"\n{text}', encoding="utf-8")
    return gather(load_scenario(path))


def test_every_column_has_the_mean_and_spread_of_its_law(inputs, many):
    drawn, draws = many, len(many)
    moments = law_moments(inputs, drawn.names)
    errors = moments["standard_deviation"] / np.sqrt(draws)
    assert (np.abs(drawn.values.mean(axis=0) - moments["mean"]) < STANDARD_ERRORS * errors).all()
    squares = (drawn.values - moments["mean"].to_numpy()) ** 2
    error_of_variance = squares.std(axis=0, ddof=1) / np.sqrt(draws)
    distance = np.abs(squares.mean(axis=0) - moments["standard_deviation"] ** 2)
    light_tails = ~np.isin(moments["distribution"], ["lognormal"]) & (moments["mean"] > 1e-3)
    assert (distance < STANDARD_ERRORS * error_of_variance)[light_tails].all()
    tails = (drawn.values < moments["low"].to_numpy()).mean(axis=0), (drawn.values > moments["high"].to_numpy()).mean(0)
    for tail in tails:
        assert (np.abs(tail - 0.025) < STANDARD_ERRORS * np.sqrt(0.025 * 0.975 / draws)).all()


@every_design
def test_shares_sum_to_1_and_every_draw_is_let_through(inputs, design, seed):
    drawn = draw_parameters(inputs, 16, seed, design)
    frame = drawn.frame()
    assert frame[SITES].sum(axis=1).to_numpy() == pytest.approx(1.0, abs=1e-12)
    for index in range(len(drawn)):
        inputs.parameters.with_values(drawn.values_of(index))  # raises for a number out of range or shares that miss 1


def test_shares_have_the_covariance_of_a_dirichlet(many):
    """Cov(X_i, X_j) = -a_i a_j / (A^2 (A + 1)), with the counts 36, 11, 15 and 4 of the site shares."""
    draws, shares = len(many), many.frame()[SITES].to_numpy()
    counts = np.array([36.0, 11.0, 15.0, 4.0])
    centred = shares - counts / counts.sum()
    for i in range(4):
        for j in range(i):
            products = centred[:, i] * centred[:, j]
            expected = -counts[i] * counts[j] / (counts.sum() ** 2 * (counts.sum() + 1.0))
            assert abs(products.mean() - expected) < 4 * products.std() / np.sqrt(draws)


def test_uncertain_shares_sum_to_what_the_fixed_ones_leave(inputs, seed):
    """Of six aetiologies two are uncertain; one of the fixed ones is moved from 0 to 0.2."""
    values = {"idiopathic": 0.45, "overuse": 0.35, "rheumatic": 0.2}
    quantities = {f"aetiology_share.{name}": inputs.parameters.quantity(f"aetiology_share.{name}") for name in values}
    moved = {
        name: one.model_copy(update={"numbers": (values[name.rpartition(".")[2]],)}) for name, one in quantities.items()
    }
    changed = replace(inputs, parameters=inputs.parameters.replaced(moved, "a population"))
    frame = draw_parameters(changed, 50, seed).frame()
    names = [name for name in frame if name.startswith("aetiology_share.")]
    assert names == ["aetiology_share.idiopathic", "aetiology_share.overuse"]
    assert frame[names].sum(axis=1).to_numpy() == pytest.approx(0.8, abs=1e-12)
    assert law_moments(changed, names)["mean"].sum() == pytest.approx(0.8, abs=1e-12)


@pytest.mark.parametrize("design", ["random", "latin_hypercube"])
def test_another_set_of_strategies_moves_no_column_that_both_draw(inputs, design, seed):
    fewer = gather(load_scenario("base_case_uk", strategies=["supportive", "iloprost"]))
    all_of_them = draw_parameters(inputs, 30, seed, design).frame()
    some = draw_parameters(fewer, 30, seed, design).frame()
    assert set(some) < set(all_of_them)
    assert some.equals(all_of_them[list(some)])


def test_of_treatments_only_those_compared_are_drawn_and_what_they_copy():
    inputs = gather(load_scenario("base_case_uk", strategies=["supportive", "ibandronate"]))
    names = sampled_parameters(inputs)
    of_treatments = {name.split(".")[1] for name in names if name.startswith("treatments.")}
    assert of_treatments == {"ibandronate", "zoledronate", "colecalciferol"} & of_treatments
    copied = [name for name in names if name.startswith("treatments.zoledronate.")]
    assert copied
    assert all(name.split(".")[2] in ("healing", "pain") for name in copied)
    assert "setting.unit_costs.iloprost_day" not in names
    assert "acceleration_exponent_symptom_ratio" not in names
    assert "acceleration_exponent_mri_ratio" in names


def test_what_is_fixed_or_a_list_is_never_drawn(inputs):
    drawn = set(sampled_parameters(inputs))
    for name in inputs.parameters.names():
        quantity = inputs.parameters.quantity(name)
        if quantity.distribution == "fixed" or quantity.is_list:
            assert name not in drawn


def test_unit_costs_that_no_treatment_names_are_those_the_valuation_charges_always(inputs):
    """What the tariff reads when there are no treatments at all."""
    bare = replace(inputs, treatments={}, strategies={}, parameters=inputs.parameters.with_values({}))
    build_tariff(bare)
    read = set(inputs.parameters.names()) - set(bare.parameters.unread())
    prefix = "setting.unit_costs."
    assert {name.removeprefix(prefix) for name in read if name.startswith(prefix)} == CHARGED_ALWAYS


def test_what_the_scenario_lays_values_over_is_held_and_a_group_of_shares_as_a_whole(tmp_path):
    inputs = of_file(tmp_path, '[parameters]\n"site_share.hip" = 0.166667\n"healing_median_months.hip" = 5\n')
    held, drawn = held_parameters(inputs), sampled_parameters(inputs)
    assert {"healing_median_months.hip", *SITES} <= set(held)
    assert not set(held) & set(drawn)
    assert "healing_median_months.knee" in drawn  # its group is of laws, which can be drawn without one member


def test_a_draw_that_is_replaced_is_another_one_each_time_and_the_same_again(inputs, seed):
    first, again = redrawn(inputs, seed, 7, 1), redrawn(inputs, seed, 7, 1)
    assert first == again
    assert list(first) == sampled_parameters(inputs)
    others = [redrawn(inputs, seed, 7, 2), redrawn(inputs, seed, 8, 1), redrawn(inputs, seed + 1, 7, 1)]
    assert all(first["healing_sigma.hip"] != other["healing_sigma.hip"] for other in others)
    assert sum(first[name] for name in SITES) == pytest.approx(1.0, abs=1e-12)
    shared = [name for name in first if name.endswith("jaw_osteonecrosis.delay_days")]
    assert len({first[name] for name in shared}) == 1  # one unknown under two names


def test_replacements_have_the_law_of_the_draws(inputs, seed):
    name = "healing_sigma.hip"
    moments = law_moments(inputs, [name]).iloc[0]
    sample = np.array([redrawn(inputs, seed, number, 1)[name] for number in range(60)])
    known = stats.norm.cdf((sample - moments["mean"]) / moments["standard_deviation"])  # a gamma of shape 44
    assert stats.kstest(known, "uniform").pvalue > 1e-4


WEIGHTS = """
[structure_weights]
decompression = [{ value = "healing_and_pain", weight = 0.7 }, { value = "pain_only", weight = 0.3 }]
carry_over = [{ value = true, weight = 0.5 }, { value = false, weight = 0.5 }]
age_effect_per_year = [{ value = 0.0, weight = 0.75 }, { value = 0.01, weight = 0.25 }]
"""


def test_switches_are_drawn_with_their_weights_and_alter_no_parameter(tmp_path, inputs, seed):
    weighted, draws = of_file(tmp_path, WEIGHTS), 2000
    drawn = draw_parameters(weighted, draws, seed, "random")
    assert list(drawn.switches) == [f"structure.{n}" for n in ("decompression", "carry_over", "age_effect_per_year")]
    for column, value, weight in (
        ("structure.decompression", "pain_only", 0.3),
        ("structure.carry_over", True, 0.5),
        ("structure.age_effect_per_year", 0.01, 0.25),
    ):
        share = (drawn.switches[column] == value).mean()
        assert abs(share - weight) < 4 * np.sqrt(weight * (1 - weight) / draws)
    assert np.array_equal(drawn.values, draw_parameters(inputs, draws, seed, "random").values)
    switches = drawn.structure_of(0)
    assert {type(value) for value in switches.values()} == {str, bool, float}
    weighted.scenario.structure.model_validate(switches)
    assert list(drawn.frame())[-3:] == list(drawn.switches)


def test_without_weights_no_switch_is_drawn(inputs):
    drawn = draw_parameters(inputs, 3, 1)
    assert drawn.switches is None
    assert drawn.structure_of(1) == {}
    assert isinstance(drawn.frame(), pd.DataFrame)
    assert len(drawn) == 3


def test_what_only_one_value_of_a_switch_needs_is_drawn_when_some_draws_have_it(tmp_path, inputs):
    early, text = "osteonecrosis_early_stage_probability", "osteonecrosis"
    weights = f'{text} = [{{ value = "distinct", weight = 0.5 }}, {{ value = "early_stage", weight = 0.5 }}]'
    assert early not in sampled_parameters(inputs)
    both = of_file(tmp_path, f"[structure_weights]\n{weights}\n")
    assert {early, "osteonecrosis_probability"} <= set(sampled_parameters(both))


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ('prices = [{ value = "list", weight = 1.0 }]', ["structure_weights.prices", "can be drawn"]),
        ('overlapp = [{ value = "by_class", weight = 1.0 }]', ["overlapp", "Did you mean 'overlap'"]),
        ('overlap = [{ value = "by_clas", weight = 1.0 }]', ["'by_clas' is no value of this switch"]),
        ("carry_over = [{ value = true, weight = 0.7 }]", ["sum to 0.7, not to 1"]),
        ("carry_over = [{ value = true, weight = -1.0 }]", ["weight", "not below 0"]),
        ("carry_over = [{ value = true, weight = 0.5 }, { value = true, weight = 0.5 }]", ["twice"]),
        ("carry_over = []", ["at least one"]),
        ("carry_over = [{ value = true, wieght = 1.0 }]", ["wieght", "Did you mean 'weight'"]),
    ],
)
def test_bad_weights_are_one_clear_line(tmp_path, line, parts):
    with pytest.raises(InputError) as caught:
        of_file(tmp_path, f"[structure_weights]\n{line}\n")
    assert all(part in str(caught.value) for part in parts), str(caught.value)


@given(st.lists(st.integers(1, 8), min_size=2, max_size=4))
def test_any_weights_that_sum_to_1_are_taken_as_probabilities(parts):
    """By the edges of the cumulative weights: the draw at probability u has the value whose interval holds u."""
    total = sum(parts)
    alternatives = tuple(Alternative(value=n, weight=part / total) for n, part in enumerate(parts))

    scenario = SimpleNamespace(structure_weights={"a": alternatives})
    middles = (np.arange(total) + 0.5) / total
    frame = _switches(SimpleNamespace(scenario=scenario), {"structure.a": middles})
    assert frame["structure.a"].tolist() == [n for n, part in enumerate(parts) for _ in range(part)]
