"""The points of a sweep from a CSV file: taken as they stand, or refused with file and line."""

from pathlib import Path

import pytest
from gathered_once import gather_once
from sweep_texts import HEAD, PRICE, factor, refusal, written

from sim.experiments.sweep_check import check_sweep
from sim.experiments.sweep_design import design_points, size_of
from sim.inputs import sweeps, variants
from sim.inputs.sweeps import load_sweep

LIST = '[design]\nkind = "list"\nfile = "points.csv"\n'
TWO = factor(PRICE) + factor('name = "harms"\nstructure = "harms"')


@pytest.fixture(autouse=True)
def _files_are_read_once(monkeypatch):
    for module in (sweeps, variants):
        monkeypatch.setattr(module, "gather", gather_once)


@pytest.mark.parametrize(
    ("csv", "words"),
    [
        ("", ["empty"]),
        ("price,harms\n", ["no point"]),
        ("price,harm\n20,true\n", ["line 1", "'harm' is no factor", "Did you mean 'harms'?"]),
        ("price\n20\n", ["line 1", "'harms' has no column"]),
        ("price,harms,price\n20,true,20\n", ["line 1", "twice"]),
        ("price,harms\n20,true\n30\n", ["line 3", "1 cells below a header of 2"]),
        ("price,harms\n20,true\n,true\n", ["line 3, price", "empty"]),
        ("price,harms\nnan,true\n", ["line 2, price", "not a finite number"]),
        ("price,harms\n1e999,true\n", ["line 2, price", "not a finite number"]),
        ("price,harms\ncheap,true\n", ["line 2, price", "'cheap' is not a number"]),
        ("price,harms\n-20,true\n20,true\n", ["price", "negative cost"]),
        ("price,harms\n20,True\n", ["refuses True", "Write true or false"]),
    ],
)
def test_a_bad_list_of_points_gets_one_line(csv: str, words: list[str], tmp_path: Path):
    message = refusal(written(tmp_path, HEAD, LIST, TWO, csv=csv))
    for word in words:
        assert word in message, message


def test_a_list_without_its_file_says_so(tmp_path: Path):
    assert "points.csv: there is no such file" in refusal(written(tmp_path, HEAD, LIST, TWO))


def test_a_list_keeps_to_the_ranges_and_levels_of_its_factors(tmp_path: Path):
    path = written(tmp_path, HEAD, LIST, factor(f"{PRICE}low = 10.0\nhigh = 30.0"), csv="price\n20\n31\n")
    assert "line 3, price" in refusal(path)
    path = written(tmp_path, HEAD, LIST, factor('name = "h"\nstructure = "harms"\nlevels = [true]'), csv="h\nfalse\n")
    assert "none of its levels" in refusal(path)


def test_a_list_is_taken_point_by_point_with_columns_in_any_order(tmp_path: Path):
    sweep = load_sweep(written(tmp_path, HEAD, LIST, TWO, csv="\ufeffharms, price\ntrue,20\n\nfalse,30.5\n"))
    check_sweep(sweep)
    points = design_points(sweep)
    assert list(points) == ["price", "harms"]
    assert points["price"].tolist() == [20.0, 30.5]
    assert points["harms"].tolist() == [True, False]
    assert size_of(sweep).points == 2


def test_levels_that_are_possible_only_together_are_taken_from_the_points_that_hold_them(tmp_path: Path):
    fields = [
        factor('name = "least"\npopulation = "age_minimum_years"'),
        factor('name = "most"\npopulation = "age_maximum_years"'),
    ]
    young = 'extends = "base_case_uk"\n[population]\nage_maximum_years = 55.0\n'
    (tmp_path / "young.toml").write_text(young, encoding="utf-8")
    head = HEAD.replace("base_case_uk", "young.toml") + LIST
    # 60 and older contradicts the 55 of the scenario, but not the 90 beside it.
    check_sweep(load_sweep(written(tmp_path, head, *fields, csv="least,most\n60,90\n20,50\n")))
    assert "refuses 60" in refusal(written(tmp_path, head, *fields, csv="least,most\n60,58\n"))


def test_ends_of_ranges_that_are_possible_only_together_are_taken_from_the_points_next_to_them(tmp_path: Path):
    """Half of the lesions at the hip leave no room for the foot of the scenario, but for a fifth at most."""
    hip = factor('name = "hip"\nparameter = "site_share.hip"\nlow = 0.1\nhigh = 0.5')
    foot = 'name = "foot"\nparameter = "site_share.foot"\nlow = {}\nhigh = {}'
    design = HEAD + '[design]\nkind = "latin_hypercube"\nsamples = 40\n'
    check_sweep(load_sweep(written(tmp_path, design, hip, factor(foot.format(0.05, 0.2)))))
    crowded = factor(foot.format(0.95, 0.99))
    assert "the model refuses" in refusal(written(tmp_path, design, hip.replace("0.1", "0.3"), crowded))


def test_a_misspelt_word_is_blamed_and_not_the_numbers_beside_it(tmp_path: Path):
    hip = factor('name = "hip"\nparameter = "site_share.hip"\nlevels = [0.1, 0.5]')
    foot = factor('name = "foot"\nparameter = "site_share.foot"\nlevels = [0.05, 0.2]')
    entry = factor('name = "entry"\nscenario = "entry"\nlevels = ["at_diagnosis", "first_contact"]')
    message = refusal(written(tmp_path, HEAD + '[design]\nkind = "grid"\n', hip, foot, entry))
    assert "factors.3.levels" in message
    assert "Did you mean 'diagnosis'?" in message
