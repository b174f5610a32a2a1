"""The check of all shipped data: what it covers, and that it notices a number that nobody reads."""

from dataclasses import replace
from pathlib import Path

import pytest

from sim.experiments.catalogue import about, shipped_scenarios
from sim.experiments.check import check_shipped, refuse_unread, switch_values
from sim.inputs.model_inputs import gather
from sim.inputs.population_kinds import population_names
from sim.inputs.root import data_root
from sim.inputs.scenario import Structure, load_scenario
from sim.inputs.strategies import load_strategies
from sim.inputs.tables import build_tables
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError


def files_in(folder: str) -> set[str]:
    return {path.stem for path in Path(data_root(), folder).glob("*.toml")}


@pytest.fixture(scope="module")
def inputs():
    return gather(load_scenario("base_case_uk"))


def test_the_shipped_data_are_sound_in_every_scenario_population_setting_and_strategy():
    found = check_shipped()
    assert set(found.scenarios) == files_in("scenarios")
    assert set(found.populations) == files_in("parameters/populations")
    assert set(found.settings) == files_in("parameters/settings")
    assert found.strategies == len(files_in("parameters/strategies")) == len(load_strategies(data_root()))
    assert found.treatments == len(files_in("parameters/treatments"))
    switched = sum(len(switch_values(name)) - 1 for name in Structure.model_fields)
    assert found.variants == switched + len(population_names(data_root())) + len(found.settings) + 1


@pytest.mark.parametrize("name", Structure.model_fields)
def test_every_switch_is_tried_at_its_default_and_elsewhere(name):
    values = switch_values(name)
    assert Structure.model_fields[name].default in values
    assert len(set(values)) == len(values) >= 2
    for value in values:
        assert getattr(Structure(**{name: value}), name) == value


def test_a_number_that_nobody_reads_is_named_with_its_file(inputs):
    fresh = replace(inputs, parameters=inputs.parameters.with_values({}))
    build_tables(fresh, 1)
    with pytest.raises(InputError, match=r"setting\.unit_costs\.mri \(parameters/settings/uk\.toml\)"):
        refuse_unread([fresh])  # the tariff reads the prices


def test_a_number_must_be_read_from_every_file_that_gives_it(inputs):
    """A setting's prices are read with the setting; another setting's of the same names are not, by that."""
    dutch = gather(load_scenario("base_case_nl"))
    for one in (inputs, dutch):
        build_tables(one, 1)
    build_tariff(inputs)
    with pytest.raises(InputError, match=r"setting\.unit_costs\.mri \(parameters/settings/nl\.toml\)"):
        refuse_unread([inputs, dutch])


def test_every_shipped_scenario_is_listed_with_its_question():
    listed = [about(scenario) for scenario in shipped_scenarios().values()]
    assert {one["name"] for one in listed} == files_in("scenarios")
    assert all(one["question"].endswith("?") for one in listed)
    assert len({one["question"] for one in listed}) == len(listed)
    assert len({one["title"] for one in listed}) == len(listed)
    assert listed[0]["name"].startswith("base_case")
