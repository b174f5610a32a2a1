"""What is drawn reaches the model in every shipped scenario; what does not is found."""

from dataclasses import replace

import pytest

from sim.experiments import reach
from sim.experiments.catalogue import shipped_scenarios
from sim.experiments.reach import refuse_unreached, refuse_unread_draws, unreached, unreached_everywhere
from sim.inputs.draws import sampled_parameters
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import load_scenario
from sim.inputs.structure import Alternative
from sim.inputs.tables import build_tables
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError

FREE_IN_THE_UK = ["informal_care_weekly_hours", "unpaid_work_lost_weekly_hours", "wrong_diagnosis_visits_count"]


@pytest.fixture(scope="module")
def everything():
    return {name: gather(scenario) for name, scenario in shipped_scenarios().items()}


def test_every_sampled_parameter_of_every_shipped_scenario_is_read(everything):
    for inputs in everything.values():
        fresh = replace(inputs, parameters=inputs.parameters.with_values({}))
        build_tables(fresh, 1)
        build_tariff(fresh)
        refuse_unread_draws(fresh, sampled_parameters(fresh))


def test_what_is_without_effect_under_one_scenario_may_have_one_under_another(everything, monkeypatch):
    """`bmes parameters check` asks this of all sampled parameters and all shipped questions."""
    monkeypatch.setattr(reach, "sampled_parameters", lambda inputs: [*FREE_IN_THE_UK, "healing_median_months.hip"])
    british, dutch = everything["base_case_uk"], everything["base_case_nl"]
    assert unreached_everywhere([british]) == FREE_IN_THE_UK
    assert unreached_everywhere([british, dutch]) == []
    refuse_unreached([british, dutch])
    with pytest.raises(InputError, match="drawn, but change nothing: informal_care_weekly_hours"):
        refuse_unreached([british])


def test_a_parameter_that_a_price_of_0_leaves_without_effect_is_found(everything):
    names = [*FREE_IN_THE_UK, "healing_median_months.hip", "treatments.iloprost.stop_probability", "site_share.hip"]
    assert unreached(everything["base_case_uk"], names) == FREE_IN_THE_UK


def test_without_effects_of_treatments_their_sizes_are_found():
    inputs = gather(load_scenario("skeptical"))
    names = ["treatments.iloprost.healing.hazard_ratio", "treatments.iloprost.stop_probability"]
    assert unreached(inputs, names) == names[:1]


def test_a_parameter_that_nobody_reads_is_refused_by_name():
    inputs = gather(load_scenario("osteonecrosis_early_stage"))
    build_tables(inputs, 1)
    build_tariff(inputs)
    with pytest.raises(InputError, match="osteonecrosis_probability"):
        refuse_unread_draws(inputs, ["osteonecrosis_probability", "healing_sigma.hip"])


def test_what_only_another_value_of_a_weighted_switch_needs_is_no_fault():
    alternatives = tuple(Alternative(value=value, weight=0.5) for value in ("distinct", "early_stage"))
    inputs = gather(load_scenario("osteonecrosis_early_stage"))
    scenario = inputs.scenario.model_copy(update={"structure_weights": {"osteonecrosis": alternatives}})
    inputs = replace(inputs, scenario=scenario)
    build_tables(inputs, 1)
    build_tariff(inputs)
    assert "osteonecrosis_probability" in inputs.parameters.unread()
    refuse_unread_draws(inputs, sampled_parameters(inputs))
