"""The population files: sound by themselves, sound laid over the base, and one clear line for each mistake."""

import math
import tomllib

import pytest
from scipy import stats
from small_inputs import gathered, replace_in, write_inputs

from sim.inputs.parameters import load_parameters
from sim.inputs.population_kinds import load_population_kind, load_population_kinds, population_names
from sim.inputs.population_rows import BONES
from sim.inputs.quantity_files import read_quantities
from sim.inputs.root import data_root
from sim.inputs.sources import load_sources
from sim.vocabulary.enums import Aetiology, Site
from sim.vocabulary.errors import InputError

ROOT = data_root()
NAMES = ("adolescent", "adults", "all_clinic", "hip_referral", "pregnancy", "rheumatic", "transplant")
FOLDER = ROOT / "parameters" / "populations"
ADULTS = "parameters/populations/adults.toml"


def replaced(name):
    """The quantities of a population file by name."""
    return read_quantities(FOLDER / f"{name}.toml", ROOT, load_sources(ROOT))[1]


def shares(parameters, group):
    return {
        name.rpartition(".")[2]: parameters.quantity(name).value
        for name in parameters.names()
        if name.rpartition(".")[0] == group
    }


# Those that are shipped


def test_there_are_the_populations_that_the_page_describes():
    assert population_names(ROOT) == list(NAMES)
    page = (ROOT / "docs" / "populations.md").read_text(encoding="utf-8")
    for name, kind in load_population_kinds(ROOT).items():
        assert f"`{name}`" in page, name
        assert kind.title in page, name


@pytest.mark.parametrize("name", NAMES)
def test_a_population_says_in_a_paragraph_what_it_rests_on(name):
    kind = load_population_kind(ROOT, name)
    assert kind.name == name
    assert len(kind.evidence.split()) > 40
    assert "\n\n" not in kind.evidence
    assert kind.summary.endswith(".")
    assert 10.0 <= kind.age_minimum_years < (math.inf if kind.age_maximum_years is None else kind.age_maximum_years)


@pytest.mark.parametrize("name", NAMES)
def test_every_quantity_of_a_population_replaces_one_of_the_base(name):
    base, laid = load_parameters(ROOT, "uk"), load_parameters(ROOT, "uk", population=name)
    own = replaced(name)
    assert laid.names() == base.names()
    for parameter in base.names():
        expected = own[parameter].value if parameter in own else base.quantity(parameter).value
        assert laid.quantity(parameter).value == expected, parameter


def test_adults_are_the_base_files_without_a_change():
    assert not replaced("adults")
    assert load_parameters(ROOT, "uk", population="adults").content_hash() == load_parameters(ROOT, "uk").content_hash()


@pytest.mark.parametrize("name", NAMES)
def test_all_shares_of_a_population_sum_to_one(name):
    parameters = load_parameters(ROOT, "uk", population=name)
    groups = {one.rpartition(".")[0] for one in parameters.names()}
    groups = {group for group in groups if any(part.endswith("_share") for part in group.split("."))}
    assert {"site_share", "aetiology_share", "profile.pregnancy.site_share"} <= groups
    for group in groups:
        assert abs(sum(shares(parameters, group).values()) - 1.0) < 1e-9, group


@pytest.mark.parametrize("name", NAMES)
def test_a_population_gives_whole_groups_of_shares(name):
    """A part taken from the base would tie the group to a number that another file may change."""
    own, base = replaced(name), load_parameters(ROOT, "uk")
    for parameter in own:
        group = parameter.rpartition(".")[0]
        if any(part.endswith("_share") for part in group.split(".")):
            assert {one for one in base.names() if one.rpartition(".")[0] == group} <= set(own), group


@pytest.mark.parametrize("name", ["pregnancy", "transplant", "rheumatic"])
def test_a_population_of_one_cause_has_nobody_else(name):
    mix = shares(load_parameters(ROOT, "uk", population=name), "aetiology_share")
    assert mix == {one.name.lower(): float(one.name.lower() == name) for one in Aetiology}


def test_of_the_whole_clinic_as_many_are_primary_as_were_counted():
    """65 of 171: 38 %; both parts stand in the ratio of the base case."""
    mix = shares(load_parameters(ROOT, "uk", population="all_clinic"), "aetiology_share")
    base = shares(load_parameters(ROOT, "uk"), "aetiology_share")
    assert abs(mix["idiopathic"] + mix["overuse"] - 65 / 171) < 0.005
    assert abs(mix["idiopathic"] / mix["overuse"] - base["idiopathic"] / base["overuse"]) < 1e-3


def test_no_assumption_borrows_the_reason_of_another():
    """In the population files and in the base file that they replace from."""
    files = [*FOLDER.glob("*.toml"), ROOT / "parameters" / "population.toml"]
    reasons = [reason for file in files for reason in all_reasons(tomllib.loads(file.read_text(encoding="utf-8")))]
    assert len(reasons) > 100
    assert sorted({reason for reason in reasons if reasons.count(reason) > 1}) == []


def all_reasons(table):
    for key, entry in table.items():
        if isinstance(entry, dict):
            yield from all_reasons(entry)
        elif key == "reason":
            yield entry


# What a value was solved from


def test_onset_of_pregnancy_disease_has_the_published_mean_of_32_weeks():
    parameters = load_parameters(ROOT, "uk", population="pregnancy")
    names = ("gestational_week_mean_weeks", "gestational_week_sd_weeks", "gestational_week_minimum_weeks")
    centre, spread, first = (parameters.value(name) for name in names)
    last = parameters.value("pregnancy_length_weeks")
    mean = stats.truncnorm.mean((first - centre) / spread, (last - centre) / spread, centre, spread)
    assert abs(mean - 32.0) < 0.01


def test_of_adolescents_ten_in_thirteen_have_under_30_ng_per_ml():
    """A mixture of normals by body mass, each cut below at the least level; offsets have mean zero."""
    parameters = load_parameters(ROOT, "uk", population="adolescent")
    centre, spread = parameters.value("vitamin_d_mean_ng_per_ml"), parameters.value("vitamin_d_sd_ng_per_ml")
    low = (parameters.value("vitamin_d_minimum_ng_per_ml") - centre) / spread
    offsets = {"normal": 0.0} | parameters.group("vitamin_d_offset_ng_per_ml")
    mix = parameters.group("body_mass_share")
    mean_offset = sum(mix[name] * offsets[name] for name in mix)
    below = sum(
        mix[name] * stats.truncnorm.cdf(30.0 - offsets[name] + mean_offset, low, math.inf, centre, spread)
        for name in mix
    )
    assert abs(below - 10 / 13) < 0.001


def test_the_bones_of_a_site_are_those_that_are_drawn_there():
    parameters = load_parameters(ROOT, "uk")
    for site in Site:
        drawn = shares(parameters, f"bone_share.{site.name.lower()}")
        assert {name for name, share in drawn.items() if share > 0.0} <= {bone.name.lower() for bone in BONES[site]}
        assert set(drawn) == {bone.name.lower() for bone in BONES[site]}


# Mistakes


@pytest.fixture
def folder(tmp_path):
    return write_inputs(tmp_path)


def message(call, *arguments):
    with pytest.raises(InputError) as caught:
        call(*arguments)
    text = str(caught.value)
    assert "\n" not in text
    return text


EDITS = {
    "misspelt_key": ('title = "Adults"', 'titel = "Adults"', ["titel", "unknown", "Did you mean 'title'?"]),
    "missing_key": ('summary = "Adults."\n', "", ["adults.toml, summary", "this key is missing"]),
    "empty_evidence": ('evidence = "None; for a test."', 'evidence = ""', ["evidence", "may not be empty"]),
    "text_for_an_age": ("age_minimum_years = 18", 'age_minimum_years = "18"', ["age_minimum_years", "Write a number"]),
    "age_below_zero": ("age_minimum_years = 18", "age_minimum_years = -1", ["age_minimum_years", "not below 0"]),
    "ages_turned_round": (
        "age_minimum_years = 18", "age_minimum_years = 18\nage_maximum_years = 18",
        ["age_minimum_years", "no age lies between 18 and 18"],
    ),
    "name_in_the_file": ('title = "Adults"', 'title = "Adults"\nname = "x"', ["adults.toml, name", "unknown"]),
    "value_outside_a_quantity": (
        'title = "Adults"', 'title = "Adults"\nsmoking_probability = 0.3', ["smoking_probability", "unknown"]
    ),
    "quantity_without_value": (
        "age_minimum_years = 18", 'age_minimum_years = 18\n[smoking_probability]\nunit = "probability"',
        ["adults.toml, smoking_probability", "no value"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", EDITS)
def test_a_mistake_in_the_plain_part_is_one_line(case, folder):
    old, new, parts = EDITS[case]
    replace_in(folder, ADULTS, old, new)
    text = message(load_population_kind, folder, "adults")
    assert all(part in text for part in [ADULTS, *parts]), text


def test_an_unknown_population_is_refused_with_the_nearest_name(folder):
    text = message(load_population_kind, folder, "adult", "scenarios/base.toml, population.kind")
    assert text.startswith("scenarios/base.toml, population.kind")
    assert "Did you mean 'adults'?" in text


def test_a_quantity_that_the_base_has_not_is_refused(folder):
    with (folder / ADULTS).open("a") as file:
        file.write('[smokng_probability]\nvalue = 0.2\nunit = "probability"\ndistribution = "fixed"\n')
        file.write('status = "assumption"\nreason = "For a test."\n')
    text = message(load_parameters, folder, "uk", None, "adults")
    assert ADULTS in text
    assert "smoking_probability" in text


def test_shares_that_no_longer_sum_to_one_are_refused_where_they_stand(folder):
    with (folder / ADULTS).open("a") as file:
        file.write('[site_share.hip]\nvalue = 0.5\nunit = "probability"\ndistribution = "fixed"\n')
        file.write('status = "assumption"\nreason = "For a test."\n')
    text = message(load_parameters, folder, "uk", None, "adults")
    assert ADULTS in text
    assert "sum to 1.25" in text


def test_a_scenario_may_narrow_the_ages_of_a_population_and_not_widen_them():
    kind = load_population_kind(ROOT, "pregnancy")
    kind.check_narrowed(None, None, "x.toml, population")
    kind.check_narrowed(20.0, 40.0, "x.toml, population")
    for low, high, key in ((10.0, None, "age_minimum_years"), (None, 60.0, "age_maximum_years")):
        text = message(kind.check_narrowed, low, high, "x.toml, population")
        assert text.startswith(f"x.toml, population, {key}")
        assert "18 to 50" in text
    assert "no age lies between 50 and 50" in message(kind.check_narrowed, 50.0, None, "x.toml, population")


def test_ages_outside_the_population_stop_a_scenario(folder):
    replace_in(folder, "scenarios/base.toml", "age_minimum_years = 18", "age_minimum_years = 12")
    text = message(gathered, folder)
    assert "scenarios/base.toml, population, age_minimum_years: 12 is outside 18 to 120" in text
    assert "Narrow these ages" in text
