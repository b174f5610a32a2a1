"""What the loaders promise: numbers come back as written, marked when read, and nothing is changed in place."""

import math
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_inputs import gathered, replace_in, write_inputs

from sim.inputs.model_inputs import gather
from sim.inputs.parameters import ParameterSet
from sim.inputs.population import COLUMNS, load_population, population_rows
from sim.inputs.quantity import Quantity
from sim.inputs.root import data_root
from sim.inputs.scenario import load_scenario
from sim.inputs.treatments import treatment_subject
from sim.vocabulary.care_terms import OnContraindication, StartRule
from sim.vocabulary.enums import Kidney, Sex, Site
from sim.vocabulary.errors import InputError
from sim.vocabulary.records import POPULATION_ROW
from sim.vocabulary.units import YEARS_PER_UNIT


def quantity(value, unit="ratio"):
    """An assumption without spread."""
    table = {"value": value, "unit": unit, "distribution": "fixed", "status": "assumption", "reason": "A test."}
    return Quantity.model_validate(table | {"is_list": isinstance(value, list)})


def parameter_set(**quantities):
    """A ParameterSet; __ in a name stands for the dot."""
    named = {name.replace("__", "."): one for name, one in quantities.items()}
    return ParameterSet(named, dict.fromkeys(named, "test.toml"))


@pytest.fixture
def folder(tmp_path):
    return write_inputs(tmp_path)


# Numbers

finite = st.floats(min_value=0, max_value=1e9, allow_nan=False)


@given(value=finite, unit=st.sampled_from(sorted(YEARS_PER_UNIT)))
def test_a_time_comes_back_in_its_unit_and_in_years(value, unit):
    parameters = parameter_set(wait=quantity(value, unit), steps=quantity([value, 2 * value], unit))
    assert parameters.value("wait") == value
    assert parameters.years("wait") == value * YEARS_PER_UNIT[unit]
    assert parameters.values("steps") == [value, 2 * value]
    assert parameters.years_list("steps") == [value * YEARS_PER_UNIT[unit], 2 * value * YEARS_PER_UNIT[unit]]


@given(parts=st.lists(st.floats(0.01, 1.0), min_size=2, max_size=6), excess=st.floats(1e-4, 0.2))
def test_shares_pass_when_they_sum_to_one_and_only_then(parts, excess):
    shares = [part / sum(parts) for part in parts]
    named = {f"job_share__part{n}": quantity(share, "probability") for n, share in enumerate(shares)}
    parameters = parameter_set(**named)
    parameters.check_shares()
    assert sum(parameters.group("job_share").values()) == pytest.approx(1.0)
    smaller = {"job_share.part0": shares[0] * (1 - excess)}
    if shares[0] * excess > 1e-5:
        with pytest.raises(InputError, match=r"job_share: the shares .* sum to 0"):
            parameters.with_values(smaller)


@given(old=finite, new=finite)
def test_values_laid_over_a_set_leave_the_set_as_it_was(old, new):
    before = parameter_set(a=quantity(old), b=quantity(1.0))
    after = before.with_values({"a": new})
    assert (before.value("a"), after.value("a"), after.value("b")) == (old, new, 1.0)
    assert after.quantity("a").value == new
    assert (before.content_hash() == after.content_hash()) == (old == new)
    assert after.with_values({"b": 2.0}).value("a") == new


def test_only_what_was_asked_for_counts_as_read():
    parameters = parameter_set(
        a=quantity(1.0), b__x=quantity(2.0), b__y=quantity(3.0), c=quantity(4.0), d=quantity(5.0)
    )
    parameters.quantity("d")
    assert parameters.unread() == ["a", "b.x", "b.y", "c", "d"]
    parameters.value("a")
    parameters.group("b")
    assert parameters.unread() == ["c", "d"]
    assert parameters.with_values({"c": 1.0}).unread() == ["a", "b.x", "b.y", "c", "d"]


def test_a_number_that_is_missing_is_named_with_what_may_have_been_meant():
    parameters = parameter_set(smoking_probabilty=quantity(0.1), steps=quantity([1.0, 2.0]))
    with pytest.raises(InputError, match=r"smoking_probability: .* missing\. Add it, or rename 'smoking_probabilty'"):
        parameters.value("smoking_probability")
    with pytest.raises(InputError, match="this is a list"):
        parameters.value("steps")
    with pytest.raises(InputError, match="'ratio' is no time"):
        parameters.years("smoking_probabilty")
    with pytest.raises(InputError, match="Write a list of numbers"):
        parameters.with_values({"steps": 3.0})


def test_a_share_group_may_lie_below_another_name():
    parameters = parameter_set(
        destination_share__hip__distant=quantity(0.5, "probability"),
        destination_share__hip__contralateral=quantity(0.5, "probability"),
        destination_share__knee__distant=quantity(0.9, "probability"),
    )
    with pytest.raises(InputError, match=r"destination_share\.knee"):
        parameters.check_shares()


# Treatments, strategies, settings


def test_numbers_of_treatments_get_dotted_names(folder):
    inputs = gathered(folder)
    treatment = inputs.treatments["zoledronate"]
    value = inputs.parameters.value
    assert value(treatment.parameter("healing.hazard_ratio")) == 1.5
    assert value("treatments.zoledronate.pain.1.multiplier_ratio") == 0.9
    assert value("treatments.zoledronate.adverse_events.acute_phase_reaction.first_probability") == 0.3
    assert value("setting.unit_costs.mri") == 191.0
    assert treatment.has("healing.hazard_ratio")
    assert not treatment.has("death_probability")
    assert treatment.sites == (Site.HIP, Site.KNEE)
    assert treatment.unit_costs() == ["infusion", "mri"]


def test_a_strategy_keeps_its_lines_in_order(folder):
    first, second = gathered(folder).strategies["zoledronate"].lines
    assert (first.start.rule, second.start.rule) == (StartRule.AT_DIAGNOSIS, StartRule.AT_REVIEW)
    assert (second.start.from_weeks, second.start.pain_at_least) == (13.0, 4.0)
    assert first.on_contraindication == OnContraindication.SKIP
    assert first.sites == tuple(Site)


def test_a_treatment_number_depends_on_its_name_alone_and_never_changes():
    """Part of every random key: a new number for an old name would change published results."""
    assert treatment_subject("zoledronate") == 2734228655
    numbers = {treatment_subject(f"treatment_{n}") for n in range(1000)}
    assert len(numbers) == 1000
    assert all(0 <= number < 2**32 for number in numbers)


def test_a_treatment_number_does_not_depend_on_the_hash_seed_of_python():
    command = "from sim.inputs.treatments import treatment_subject as s; print(s('zoledronate'))"
    found = {
        subprocess.run(
            [sys.executable, "-c", command],
            capture_output=True,
            text=True,
            check=True,
            cwd=data_root() if (data_root() / "sim").is_dir() else None,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {f"{treatment_subject('zoledronate')}\n"}


def test_norms_outside_their_ages_take_the_value_at_the_edge(folder):
    path = folder / "parameters/utility_norms/uk.csv"
    path.write_text(
        path.read_text().replace("\n16,male,0.9", "\n16,male,0.95").replace("\n100,female,0.9", "\n100,female,0.6")
    )
    norms = gathered(folder).utility_norms
    assert norms.shape == (2, 121)
    assert set(norms[Sex.MALE, :17]) == {0.95}
    assert set(norms[Sex.FEMALE, 100:]) == {0.6}
    assert norms[Sex.FEMALE, 99] == 0.9


# Scenarios


def test_an_extension_replaces_keys_and_lists_and_merges_tables(folder):
    (folder / "scenarios" / "other.toml").write_text(
        'extends = "base.toml"\ntitle = "Other"\nstrategies = ["supportive"]\n'
        '[population]\nage_maximum_years = 60\n[parameters]\n"smoking_probability" = 0.2\n'
    )
    (folder / "scenarios" / "third.toml").write_text(
        'extends = "other"\nhorizon_years = 2\n[structure]\nharms = false\n'
        "[parameters]\nhealing_median_months.hip = 7.0\n"
    )
    scenario = load_scenario(folder / "scenarios" / "third.toml")
    assert (scenario.name, scenario.title, scenario.question) == ("third", "Other", "Does it pay?")
    assert scenario.strategies == ("supportive",)
    assert (scenario.population.age_minimum_years, scenario.population.age_maximum_years) == (18.0, 60.0)
    assert scenario.parameters == {"smoking_probability": 0.2, "healing_median_months.hip": 7.0}
    assert scenario.structure.harms is False
    assert scenario.horizon_years == 2.0
    assert len(scenario.files) == 3
    inputs = gather(scenario, root=folder)
    assert inputs.parameters.value("healing_median_months.hip") == 7.0
    assert inputs.parameters.value("smoking_probability") == 0.2


def test_options_replace_keys_unless_they_are_none(folder):
    path = folder / "scenarios" / "base.toml"
    scenario = load_scenario(path, patients=5, seed=None, horizon_years=3.5)
    assert (scenario.patients, scenario.seed, scenario.horizon_years) == (5, 7, 3.5)
    assert load_scenario(path).horizon_years == math.inf
    assert load_scenario(path).document()["horizon_years"] == "lifetime"


def test_a_list_of_numbers_in_a_scenario_is_written_down_as_a_list(tmp_path):
    path = tmp_path / "early.toml"
    path.write_text('title = "Early"\nextends = "base_case_uk.toml"\n[parameters]\nreview_weeks = [4, 8]\n')
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_scenario(path).document()["parameters"] == {"review_weeks": [4.0, 8.0]}


def test_a_population_file_is_found_beside_the_scenario_that_names_it(folder):
    (folder / "data").mkdir()
    (folder / "data" / "people.csv").write_text("age_years,sex,site,kidney\n50,female,knee,reduced\n44.5,male,hip,\n")
    replace_in(folder, "scenarios/base.toml", 'kind = "adults"', 'kind = "csv"\nfile = "../data/people.csv"')
    (folder / "other").mkdir()
    (folder / "other" / "far.toml").write_text('extends = "../scenarios/base.toml"\n')
    inputs = gather(load_scenario(folder / "other" / "far.toml"), root=folder)
    rows = population_rows(inputs.population)
    assert list(rows["age_years"]) == [50.0, 44.5]
    assert list(rows["sex"]) == [Sex.FEMALE, Sex.MALE]
    assert list(rows["site"]) == [Site.KNEE, Site.HIP]
    assert list(rows["kidney"]) == [Kidney.REDUCED, -1]
    assert list(rows["smoking"]) == [-1, -1]
    assert np.isnan(rows["entry_pain"]).all()


# Populations


def test_a_population_may_have_exactly_the_attributes_that_the_rules_read():
    assert set(COLUMNS) == set(POPULATION_ROW.names)


def test_without_a_file_one_row_leaves_everything_open():
    rows = population_rows(None)
    assert rows.shape == (1,)
    assert all(np.isnan(rows[name][0]) if rows[name].dtype.kind == "f" else rows[name][0] == -1 for name in COLUMNS)


patients = st.lists(
    st.tuples(
        st.floats(18, 100), st.sampled_from(["male", "female"]), st.sampled_from(["hip", "knee", "foot", "other"]),
        st.sampled_from(["yes", "no", ""]), st.floats(0, 10),
    ),
    min_size=1, max_size=20,
)  # fmt: skip


@given(rows=patients, order=st.permutations(range(5)))
def test_a_population_comes_back_as_written_in_any_order_of_columns(rows, order, tmp_path_factory):
    names = ["age_years", "sex", "site", "smoking", "entry_pain"]
    lines = [[names[n] for n in order], *([str(row[n]) for n in order] for row in rows)]
    path = tmp_path_factory.mktemp("population") / "patients.csv"
    path.write_text("\n".join(",".join(cells) for cells in lines))
    read = population_rows(load_population(path))
    assert list(read["age_years"]) == [row[0] for row in rows]
    assert list(read["sex"]) == [Sex[row[1].upper()] for row in rows]
    assert list(read["site"]) == [Site[row[2].upper()] for row in rows]
    assert list(read["smoking"]) == [{"yes": 1, "no": 0, "": -1}[row[3]] for row in rows]
    assert list(read["entry_pain"]) == [row[4] for row in rows]
