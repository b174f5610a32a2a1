"""Every mistake in the inputs ends in one line that names the file, the key and the repair."""

import shutil

import pytest
from bad_edits import CARE, EDITS, POPULATION, SCENARIO, STRATEGY, TREATMENT, UK
from hypothesis import given, settings
from hypothesis import strategies as st
from small_inputs import FILES, gathered, replace_in, write_inputs

from sim.inputs.population import load_population
from sim.inputs.scenario import load_scenario
from sim.vocabulary.errors import InputError


@pytest.fixture
def folder(tmp_path):
    return write_inputs(tmp_path)


def message_of(call, *arguments, **options) -> str:
    """The message of the InputError that the call must end in; one line, exit code 2."""
    with pytest.raises(InputError) as caught:
        call(*arguments, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.repair
    assert caught.value.exit_code == 2
    return message


@pytest.mark.parametrize("case", EDITS)
def test_a_mistake_in_a_file_is_one_line_with_file_key_and_repair(case, folder):
    name, old, new, parts = EDITS[case]
    replace_in(folder, name, old, new)
    message = message_of(gathered, folder)
    for part in [name.removeprefix("parameters/"), *parts]:
        assert part in message, message


def test_the_small_inputs_are_sound_before_they_are_damaged(folder):
    assert list(gathered(folder).strategies) == ["supportive", "zoledronate"]


def test_two_scenarios_that_extend_each_other_are_refused(folder):
    for name, base in (("one", "two"), ("two", "one")):
        (folder / "scenarios" / f"{name}.toml").write_text(f'extends = "{base}.toml"\n')
    message = message_of(gathered, folder, "one")
    assert "one -> two -> one" in message
    assert "scenarios/one.toml, extends" in message


def test_strategies_that_act_before_entry_are_refused(folder):
    replace_in(folder, STRATEGY, "title =", 'mri = "at_first_contact"\ntitle =')
    message = message_of(gathered, folder)
    assert "scenarios/base.toml, entry" in message
    assert "'zoledronate' acts before diagnosis" in message
    assert "Write entry = 'first_contact'" in message


def test_strategies_that_act_before_diagnosis_are_welcome_where_patients_enter_at_first_contact(folder):
    replace_in(folder, STRATEGY, "title =", 'mri = "at_first_contact"\ntitle =')
    replace_in(folder, SCENARIO, "setting =", 'entry = "first_contact"\nsetting =')
    assert gathered(folder).strategies["zoledronate"].acts_before_diagnosis


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("mangled")


@settings(max_examples=300)
@given(data=st.data())
def test_any_damage_to_a_file_is_harmless_or_one_clear_line(data, scratch):
    name = data.draw(st.sampled_from(sorted(FILES)))
    text = FILES[name]
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 30))
    put = data.draw(
        st.sampled_from(["", "=", "[", "]", '"', "\n", "-1", "true", "1e400", "[]", "{}", "x", "nan", "\0", "é"])
    )
    write_inputs(scratch)
    (scratch / name).write_text(text[:start] + put + text[start + length :], encoding="utf-8")
    message = ".toml: sound. No repair."
    try:
        gathered(scratch)
    except InputError as error:
        message = str(error)
    assert "\n" not in message
    assert ".toml" in message
    assert message.count(". ") >= 1


@pytest.mark.parametrize("name", [POPULATION, "parameters/sources.toml", TREATMENT, STRATEGY, UK, SCENARIO])
def test_a_binary_file_is_named(name, folder):
    (folder / name).write_bytes(bytes(range(256)))
    message = message_of(gathered, folder)
    assert name.removeprefix("parameters/") in message
    assert "not a text file" in message


def test_a_folder_in_the_place_of_a_file_is_named(folder):
    (folder / CARE).unlink()
    (folder / CARE).mkdir()
    assert "care.toml: this file cannot be read" in message_of(gathered, folder)


def test_a_scenario_that_is_nowhere_is_named_with_the_nearest_one(folder):
    assert "nowhere: there is no such scenario" in message_of(load_scenario, "nowhere")


@pytest.mark.parametrize(
    ("override", "parts"),
    [
        ({"patients": 0}, ["--patients: 0", "not below 1"]),
        ({"patients": 2.5}, ["--patients: 2.5", "whole number"]),
        ({"seed": -1}, ["--seed: -1", "not below 0"]),
        ({"seed": 2**32}, ["--seed", "not above"]),
        ({"horizon_years": -1.0}, ["--horizon-years", "above 0"]),
        ({"strategies": ["zoledronate"]}, ["comparator", "'supportive' is not among the strategies"]),
    ],
)
def test_a_wrong_option_is_named_as_on_the_command_line(override, parts, folder):
    message = message_of(load_scenario, folder / SCENARIO, **override)
    assert all(part in message for part in parts), message


def test_an_option_that_does_not_exist_is_a_mistake_of_the_program(folder):
    with pytest.raises(TypeError, match="takes no 'pateints'"):
        load_scenario(folder / SCENARIO, pateints=3)


LIFE_TABLE, NORMS = "parameters/life_tables/uk.csv", "parameters/utility_norms/uk.csv"


@pytest.mark.parametrize(
    ("name", "old", "new", "parts"),
    [
        (LIFE_TABLE, "\n50,male,0.01", "\n50,male,1.01", ["line 103", "qx = 1.01"]),
        (LIFE_TABLE, "\n50,male,0.01", "\n50,male,nan", ["line 103", "qx = nan"]),
        (LIFE_TABLE, "\n50,male,0.01", "\n50,man,0.01", ["line 103", "female or male"]),
        (LIFE_TABLE, "\n50,male,0.01", "", ["age 50", "Give every age"]),
        (LIFE_TABLE, "\n50,male,0.01", "\n49,male,0.01", ["line 103", "was there before"]),
        (LIFE_TABLE, "# author2019", "# author", ["line 1", "'author'", "Did you mean 'author2019'?"]),
        (LIFE_TABLE, "# author2019\n", "", ["line 1", "needs a source", "# KEY"]),
        (LIFE_TABLE, "age,sex,qx", "age,sex,q", ["columns", "Write the heading age,qx,sex"]),
        (NORMS, "\n50,male,0.9", "\n50,male,9", ["mean = 9"]),
        (NORMS, "\n100,female,0.9", "", ["age 100 of female", "Give every age"]),
    ],
)
def test_a_table_with_a_hole_or_an_impossible_number_is_refused(name, old, new, parts, folder):
    replace_in(folder, name, old, new)
    message = message_of(gathered, folder)
    assert all(part in message for part in [name.removeprefix("parameters/"), *parts]), message


def test_a_missing_table_is_named(folder):
    shutil.rmtree(folder / "parameters" / "life_tables")
    assert "life_tables/uk.csv: there is no such file" in message_of(gathered, folder)


HEADING = "age_years,sex,site,kidney\n"
PATIENTS = {
    "empty_file": ("", ["the file is empty", "age_years,sex,site"]),
    "no_rows": (HEADING, ["no patients", "one row a patient"]),
    "nan_age": (f"{HEADING}nan,male,hip,normal\n", ["line 2, age_years: 'nan' is not between 18 and 120"]),
    "text_for_an_age": (f"{HEADING}old,male,hip,normal\n", ["line 2, age_years: 'old' is not a number"]),
    "missing_age": (f"{HEADING},male,hip,normal\n", ["line 2, age_years: '' is not a number"]),
    "child": (f"{HEADING}12,male,hip,normal\n", ["line 2, age_years", "between 18 and 120"]),
    "wrong_text": (f"{HEADING}50,male,hipp,normal\n", ["line 2, site", "did you mean 'hip'?", "Correct these rows"]),
    "short_row": (f"{HEADING}50,male,hip\n", ["line 2 has 3 cells instead of 4"]),
    "unknown_column": (f"age_years,sex,site,kidny\n{'50,male,hip,normal'}\n", ["'kidny'", "Did you mean 'kidney'?"]),
    "missing_column": ("age_years,sex\n50,male\n", ["patients.csv, site", "Add it"]),
    "column_twice": ("age_years,sex,site,sex\n50,male,hip,male\n", ["sex", "twice"]),
}


@pytest.mark.parametrize("case", PATIENTS)
def test_a_population_that_cannot_be_used_is_one_line(case, folder):
    text, parts = PATIENTS[case]
    (folder / "scenarios" / "patients.csv").write_text(text)
    replace_in(folder, SCENARIO, 'kind = "adults"', 'kind = "csv"\nfile = "patients.csv"')
    message = message_of(gathered, folder)
    assert all(part in message for part in ["scenarios/patients.csv", *parts]), message


def test_bad_rows_are_reported_together_and_only_the_first_twenty(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text(HEADING + "50,male,hip,normal\n" + "x,male,hip,normal\n" * 25)
    message = message_of(load_population, path)
    assert message.count("is not a number") == 20
    assert "line 3, age_years" in message
    assert "line 22, age_years" in message
    assert "; and 5 more" in message


def test_a_binary_population_is_named(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_bytes(bytes(range(256)) * 4)
    assert "patients.csv: this is not a CSV text file" in message_of(load_population, path)
