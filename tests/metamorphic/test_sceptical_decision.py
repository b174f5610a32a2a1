"""If no treatment heals or relieves, nothing but costs and harms can make strategies differ, in any draw."""

import numpy as np
import pytest

from sim.experiments.psa import psa
from sim.inputs.scenario import load_scenario, with_overrides

DRAWS, PATIENTS, SEED = 24, 60, 11
WITHOUT_HARM = {
    "harms": False,
    "repletion_wait": False,
    "perioperative_death": False,
    "unloading_after_surgery": False,
}


def table_of(**switches):
    scenario = load_scenario("skeptical")
    structure = scenario.structure.model_dump() | switches
    return psa(with_overrides(scenario, structure=structure), DRAWS, PATIENTS, seed=SEED)


@pytest.fixture(scope="module")
def without_harm():
    return table_of(**WITHOUT_HARM)


@pytest.fixture(scope="module")
def with_harm():
    return table_of()


def increments(results):
    table = results.table()
    place = table.strategies.index(results.scenario.comparator)
    return table.costs - table.costs[:, [place]], table.effects - table.effects[:, [place]]


def test_without_harms_the_qalys_of_all_strategies_are_equal_in_every_draw(without_harm):
    costs, effects = increments(without_harm)
    assert np.abs(effects).max() <= 1e-12
    assert np.abs(costs).max() > 1.0


def test_without_harms_all_value_of_information_is_about_costs(without_harm):
    """Net benefit gains do not depend on what a QALY may cost."""
    table = without_harm.table()
    gains = [table.net_benefit(w) - table.net_benefit(w)[:, [0]] for w in (0.0, 1e5)]
    np.testing.assert_allclose(gains[0], gains[1], atol=1e-6)


def test_with_harms_every_strategy_that_treats_loses_qalys_on_average(with_harm):
    _, effects = increments(with_harm)
    strategies = with_harm.scenario.strategies
    treating = [strategies.index(name) for name in ("zoledronate", "core_decompression", "iloprost")]
    assert (effects[:, treating].mean(axis=0) < 0.0).all()


def test_the_courses_of_the_disease_itself_are_the_same_with_harms_and_without(with_harm, without_harm):
    """Only what harms touch may differ: lesions and their healing do not."""
    for results in (with_harm, without_harm):
        frame = results.outcomes
        by_draw = frame.pivot_table(index="psa_draw", columns="strategy", values="lesions")
        first = by_draw["supportive"]
        np.testing.assert_array_equal(by_draw["zoledronate"], first)
