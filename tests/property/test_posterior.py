"""A file of joint draws: its rows are used evenly and whole, and what is wrong with it is said in one message."""

import numpy as np
import pytest

from sim.inputs.draws import draw_parameters, law_moments, redrawn, sampled_parameters
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import load_scenario
from sim.vocabulary.errors import InputError

HIP, KNEE, EXPONENT = "healing_median_months.hip", "healing_median_months.knee", "acceleration_exponent_mri_ratio"
SCENARIO = """
extends = "base_case_uk.toml"
title = "After calibration"
question = "Does a joint posterior change the answer?"
[uncertainty]
posterior = "posterior.csv"
"""
ROWS = [(round(5.0 + 0.1 * n, 3), round(8.0 - 0.05 * n, 3), round(0.40 + 0.001 * n, 3)) for n in range(10)]
GOOD = "\n".join([f"{HIP},{KNEE},{EXPONENT}", *(",".join(f"{x:g}" for x in row) for row in ROWS)])


@pytest.fixture
def gathered(tmp_path):
    def from_text(text, scenario=SCENARIO):
        (tmp_path / "after.toml").write_text(scenario, encoding="utf-8")
        (tmp_path / "posterior.csv").write_text(text, encoding="utf-8")
        return gather(load_scenario(tmp_path / "after.toml"))

    return from_text


def test_every_draw_holds_one_whole_row_and_every_row_is_used_as_often(gathered, seed):
    inputs = gathered(GOOD)
    draws = draw_parameters(inputs, 34, seed)
    columns = [draws.names.index(name) for name in (HIP, KNEE, EXPONENT)]
    found = [tuple(row) for row in draws.values[:, columns]]
    used = [found.count(row) for row in ROWS]
    assert sum(used) == 34
    assert set(used) == {3, 4}
    assert sorted(found[:10]) == sorted(found[10:20]) == sorted(ROWS)  # all of them once, before any comes again
    assert found[:10] != found[10:20]  # in an order by chance, each time: the same one in a seed of 3,628,800


def test_a_longer_analysis_begins_with_the_rows_of_the_shorter_one(gathered, seed):
    inputs = gathered(GOOD)
    assert np.array_equal(draw_parameters(inputs, 25, seed).values[:12], draw_parameters(inputs, 12, seed).values)


def test_other_parameters_are_drawn_as_without_the_file(gathered, seed):
    with_file = draw_parameters(gathered(GOOD), 20, seed).frame()
    without = draw_parameters(gather(load_scenario("base_case_uk")), 20, seed).frame()
    assert list(with_file) == list(without)
    others = [name for name in without if name not in (HIP, KNEE, EXPONENT)]
    assert with_file[others].equals(without[others])
    assert not with_file[HIP].equals(without[HIP])


def test_a_draw_that_is_replaced_is_a_row_too(gathered, seed):
    values = redrawn(gathered(GOOD), seed, 3, 1)
    assert (values[HIP], values[KNEE], values[EXPONENT]) in ROWS


def test_a_fixed_number_can_be_calibrated(gathered, seed):
    inputs = gathered("chronic_probability\n0.0\n0.02\n")
    assert inputs.parameters.quantity("chronic_probability").distribution == "fixed"
    assert "chronic_probability" in sampled_parameters(inputs)
    assert set(draw_parameters(inputs, 10, seed).frame()["chronic_probability"]) == {0.0, 0.02}


def test_moments_are_those_of_the_rows(gathered):
    moments = law_moments(gathered(GOOD), [HIP]).iloc[0]
    assert moments["distribution"] == "posterior"
    assert moments["mean"] == pytest.approx(np.mean([row[0] for row in ROWS]))
    assert moments["standard_deviation"] == pytest.approx(np.std([row[0] for row in ROWS]))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["the file is empty"]),
        (HIP, ["line 2: there is no draw"]),
        ("healing_median_months.hap\n5", ["line 1", "no parameter 'healing_median_months.hap'", HIP]),
        (f"{HIP},{HIP}\n5,5", ["line 1", "stands there twice"]),
        ("review_weeks\n6", ["line 1", "list of numbers"]),
        (f"{HIP}\n5\nfive\n6\nnan\n-1\n", ["line 3: 'five'", "line 5: 'nan'", "line 6", "negative"]),
        (f"{HIP},{KNEE}\n5,8\n5\n5,8,9\n", ["line 3: 1 cells below a header of 2", "line 4: 3 cells"]),
        ("mri_sensitivity_probability\n1.2\n", ["line 2", "not a probability"]),
        ("site_share.hip\n0.2\n", ["comes without site_share.foot, site_share.knee, site_share.other"]),
        (
            "site_share.hip,site_share.knee,site_share.foot,site_share.other\n0.2,0.2,0.5,0.1\n0.3,0.2,0.5,0.1\n",
            ["line 3: the shares site_share sum to 1.1"],
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_lines_before_anything_starts(gathered, text, parts):
    with pytest.raises(InputError) as caught:
        gathered(text)
    message = str(caught.value)
    assert "posterior.csv" in message
    assert "\n" not in message
    assert all(part in message for part in parts), message


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("zzzz", "line 1: there is no parameter 'zzzz' (`bmes parameters list` shows all). Correct the file."),
        ("healing_median_months.hap", f"'healing_median_months.hap' (did you mean {HIP!r}?). Correct the file."),
        (f"{HIP};{KNEE}", "line 1: the columns are separated by semicolons. Save the file with commas"),
        (f"{HIP}\t{KNEE}", "line 1: the columns are separated by tabs. Save the file with commas"),
    ],
)
def test_a_header_that_is_not_understood_gets_a_short_line_with_its_repair(gathered, header, said):
    with pytest.raises(InputError) as caught:
        gathered(f"{header}\n5\n")
    assert said in str(caught.value)
    assert len(str(caught.value)) < 300


def test_of_many_faulty_lines_the_first_twenty_are_named_and_the_rest_counted(gathered):
    with pytest.raises(InputError) as caught:
        gathered("\n".join([HIP, *["x"] * 50]))
    message = str(caught.value)
    assert message.count("line ") == 20
    assert "line 21:" in message
    assert "30 more" in message


def test_a_parameter_that_the_scenario_holds_cannot_have_a_posterior(gathered):
    held = f'{SCENARIO}\n[parameters]\n"{HIP}" = 5\n'
    with pytest.raises(InputError, match="the scenario lays a value over"):
        gathered(GOOD, held)


def test_a_file_that_is_missing_is_named(tmp_path):
    (tmp_path / "after.toml").write_text(SCENARIO, encoding="utf-8")
    with pytest.raises(InputError, match=r"posterior\.csv: there is no such file"):
        gather(load_scenario(tmp_path / "after.toml"))
