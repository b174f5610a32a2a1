"""A population's own parameters take the place of those of the base, and of nothing else."""

import pytest
from small_inputs import write_inputs

from sim.inputs.parameters import load_parameters
from sim.vocabulary.errors import InputError

CLINIC = """
title = "A clinic"
age_minimum_years = 30
[smoking_probability]
value = 0.5
unit = "probability"
distribution = "beta"
alpha = 5
beta = 5
source = "author2019"
status = "published"
[site_share]
hip = {value = 0.9, unit = "probability", distribution = "fixed", status = "assumption", reason = "A hip clinic."}
knee = {value = 0.1, unit = "probability", distribution = "fixed", status = "assumption", reason = "A hip clinic."}
"""


@pytest.fixture
def folder(tmp_path):
    write_inputs(tmp_path)
    write(tmp_path, CLINIC)
    return tmp_path


def write(folder, text):
    path = folder / "parameters" / "populations" / "clinic.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_parameters_of_a_population_replace_those_of_the_same_name_and_no_others(folder):
    base, clinic = load_parameters(folder, "uk"), load_parameters(folder, "uk", population="clinic")
    changed = {"smoking_probability": 0.5, "site_share.hip": 0.9, "site_share.knee": 0.1}
    assert base.names() == clinic.names()
    for name in base.names():
        expected = changed.get(name, base.quantity(name).value)
        assert clinic.quantity(name).value == expected
        assert (clinic.file(name) == "parameters/populations/clinic.toml") == (name in changed)
    assert clinic.quantity("smoking_probability").spread == {"alpha": 5.0, "beta": 5.0}


def test_the_base_population_needs_no_file_of_its_own(folder):
    assert load_parameters(folder, "uk", population="adults").value("smoking_probability") == 0.3


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("smoking_probability", "smokin_probability", ["clinic.toml, smokin_probability", "'smoking_probability'?"]),
        ("value = 0.9", "value = 0.7", ["populations/clinic.toml, site_share", "sum to 0.8"]),
        ("knee = ", "foot = ", ["populations/clinic.toml, site_share.foot", "no parameter of this name"]),
        ("value = 0.9", "value = 90", ["clinic.toml, site_share.hip", "write 0.9"]),
    ],
)
def test_a_mistake_in_a_population_is_named_with_its_file(folder, old, new, parts):
    write(folder, CLINIC.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load_parameters(folder, "uk", population="clinic")
    for part in parts:
        assert part in str(caught.value)


def test_a_population_keeps_the_unit_and_the_form_of_what_it_replaces(folder):
    table = '{value = [6], unit = "weeks", distribution = "fixed", status = "assumption", reason = "x"}'
    for name, text in (("review_weeks", table.replace("[6]", "6")), ("smoking_probability", table)):
        write(folder, f"{name} = {text}\n")
        with pytest.raises(InputError, match=name):
            load_parameters(folder, "uk", population="clinic")


def test_an_unknown_population_is_named_with_the_nearest_one(folder):
    with pytest.raises(InputError, match=r"population\.kind: there is no population 'clinics'\. Did you mean 'clinic'"):
        load_parameters(folder, "uk", population="clinics")
