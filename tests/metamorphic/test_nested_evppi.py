"""EVPPI of the model itself, by two ways that share nothing but its points."""

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.evppi import evppi
from sim.analysis.information import evpi
from sim.experiments.nested import Nesting, completed, nested_evppi
from sim.experiments.psa import psa
from sim.experiments.psa_results import DRAW
from sim.inputs.draws import sampled_parameters
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import load_scenario, with_overrides
from sim.vocabulary.errors import InputError

KEPT = (
    "setting.unit_costs.iv_bisphosphonate_administration",
    "treatments.zoledronate.healing.hazard_ratio",
    "utility_loss_per_pain_point_utility",
)
EFFECT = "treatments.zoledronate.healing.hazard_ratio"
WILLINGNESS_TO_PAY = [20_000.0]


@pytest.fixture(scope="module")
def scenario(seed):
    """Two strategies and three uncertain parameters; all others are held at their values."""
    base = load_scenario("base_case_uk", strategies=["supportive", "zoledronate"], comparator="supportive", seed=seed)
    inputs = gather(base)
    held = {name: inputs.parameters.value(name) for name in sampled_parameters(inputs) if name not in KEPT}
    return with_overrides(base, parameters=held)


@pytest.fixture(scope="module")
def results(scenario):
    return psa(scenario, 240, 60)


def test_only_the_named_parameters_are_uncertain(results):
    assert sorted(name for name in results.parameters if name != DRAW) == sorted(KEPT)


def test_nested_and_regression_agree_on_the_model(results):
    """Within 3 standard errors of both; the value is not nothing."""
    nested = nested_evppi(
        results.inputs,
        results.parameters.drop(columns=DRAW),
        [EFFECT],
        WILLINGNESS_TO_PAY,
        Nesting(outer=60, inner=3, patients=80),
        seed=results.scenario.seed,
    ).iloc[0]
    regression = evppi(results.table(), [EFFECT], WILLINGNESS_TO_PAY).iloc[0]
    assert abs(nested.value - regression.value) < 3 * np.hypot(nested.se, regression.se)
    assert regression.value > 3 * regression.se
    perfect = evpi(results.table(), WILLINGNESS_TO_PAY).iloc[0]
    assert regression.value < perfect.evpi + 3 * np.hypot(regression.se, perfect.se)


def test_nested_draws_do_not_depend_on_the_number_of_threads(results):
    drawn = results.parameters.drop(columns=DRAW)
    one, two = (
        nested_evppi(results.inputs, drawn, [EFFECT], [20_000.0], Nesting(10, 2, 5), seed=1, threads=threads)
        for threads in (1, 2)
    )
    assert one.equals(two)


def test_a_set_that_cuts_what_is_drawn_together_is_refused():
    """Shares, and members of a correlated group; those that share one quantile are completed instead."""
    inputs = gather(load_scenario("base_case_uk"))
    names = sampled_parameters(inputs)
    with pytest.raises(InputError, match=r"site_share.hip is drawn together with site_share.foot \(the shares\)"):
        completed(inputs, ["site_share.hip"], names)
    shares = [name for name in names if name.startswith("site_share.")]
    assert completed(inputs, shares, names) == shares
    correlated = next(law for law in inputs.joint_laws if law.law != "shared" and set(law.members) <= set(names))
    with pytest.raises(InputError, match=f"group '{correlated.name}'"):
        completed(inputs, [correlated.members[0]], names)
    shared = next(law for law in inputs.joint_laws if law.law == "shared" and set(law.members) <= set(names))
    assert set(completed(inputs, [shared.members[0]], names)) == set(shared.members)


def test_too_little_nesting_is_refused(results):
    with pytest.raises(InputError, match="2 is too few for outer"):
        Nesting(outer=2)
    drawn = results.parameters.drop(columns=DRAW)
    few = replace(Nesting(), outer=241)
    with pytest.raises(InputError, match="241 outer values are asked for, and there are 240 draws"):
        nested_evppi(results.inputs, drawn, [EFFECT], WILLINGNESS_TO_PAY, few, seed=1)
