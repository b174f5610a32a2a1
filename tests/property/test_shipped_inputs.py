"""The shipped data: sound as a whole, sourced to the last number, and quick to load."""

import subprocess
import sys

import pytest

from sim.inputs.latent import solve_latent
from sim.inputs.listing import list_parameters, show_parameter
from sim.inputs.model_inputs import gather
from sim.inputs.root import data_root
from sim.inputs.scenario import load_scenario
from sim.inputs.treatments import load_treatments, treatment_subject
from sim.vocabulary.errors import InputError

SHIPPED = sorted(path.stem for path in (data_root() / "scenarios").glob("*.toml"))


def test_there_are_scenarios():
    assert "base_case_uk" in SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scenario_is_sound(name):
    inputs = gather(load_scenario(name))
    assert list(inputs.strategies) == list(inputs.scenario.strategies)
    latent = solve_latent(inputs.parameters, inputs.scenario.structure)
    assert (latent.work_median_years > 0).all()
    assert ((latent.fracture_onset_probability >= 0) & (latent.fracture_onset_probability <= 1)).all()


def test_every_shipped_number_says_where_it_comes_from():
    inputs = gather(load_scenario("base_case_uk"))
    for row in list_parameters(inputs):
        quantity = inputs.parameters.quantity(row.name)
        assert (quantity.source and quantity.where) or quantity.status == "assumption", row.name
        assert all(key in inputs.sources for key in quantity.source)
        labels = dict(show_parameter(inputs.parameters, inputs.sources, row.name))
        assert labels["name"] == row.name
        assert row.unit in labels["value"]


def test_a_parameter_that_does_not_exist_is_named_with_the_nearest_one():
    inputs = gather(load_scenario("base_case_uk"))
    with pytest.raises(InputError, match="Did you mean 'smoking_probability'"):
        show_parameter(inputs.parameters, inputs.sources, "smokin_probability")


def test_the_shipped_treatments_have_numbers_of_their_own():
    names = list(load_treatments(data_root()))
    assert len({treatment_subject(name) for name in names}) == len(names) > 0


def test_loading_a_scenario_imports_nothing_slow():
    command = "import sim.inputs.scenario, sys; print([m for m in ('scipy', 'pandas', 'numba') if m in sys.modules])"
    cwd = data_root() if (data_root() / "sim").is_dir() else None
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=cwd)
    assert done.stdout == "[]\n"
