"""Ranges of deterministic analyses, and the command: what it writes and what it refuses."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from commands import bmes, refused
from simulate import changed

from sim.experiments import store
from sim.experiments.dsa import DsaPlan, checked_names, dsa
from sim.experiments.dsa_results import FRAMES
from sim.experiments.ranges import moved, range_of, share_group
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import load_scenario
from sim.vocabulary.errors import InputError

PRICE = "setting.unit_costs.zoledronate_5mg"
HEALING = "treatments.zoledronate.healing.hazard_ratio"
SHARE = "site_share.hip"


@pytest.fixture(scope="module")
def inputs():
    return gather(load_scenario("base_case_uk"))


def test_one_part_of_a_whole_moves_the_others_in_proportion(inputs):
    parameters = inputs.parameters
    parts = share_group(parameters, SHARE)
    values = moved(parameters, SHARE, 0.5)
    assert set(values) == set(parts)
    assert sum(values.values()) == pytest.approx(1.0, abs=1e-12)
    others = [name for name in parts if name != SHARE]
    ratios = [values[name] / parameters.quantity(name).value for name in others]
    assert ratios == pytest.approx([ratios[0]] * len(others))
    with pytest.raises(InputError, match=r"cannot make 1\.5 up to 1"):
        moved(parameters, SHARE, 1.5)


def test_without_a_range_in_the_file_it_is_that_of_the_law(inputs):
    parameters = inputs.parameters
    bare = {name: parameters.quantity(name).model_copy(update={"low": None, "high": None}) for name in (HEALING, SHARE)}
    parameters = parameters.replaced(bare, "a test")
    found = range_of(parameters, HEALING)
    quantity = parameters.quantity(HEALING)
    assert [found.low.value, found.high.value] == pytest.approx(
        [quantity.value * math.exp(sign * 1.959964 * quantity.sigma) for sign in (-1.0, 1.0)], rel=1e-6
    )
    assert found.low.source == "law"
    share = range_of(parameters, SHARE)
    counts = [parameters.quantity(name).concentration for name in share_group(parameters, SHARE)]
    own = parameters.quantity(SHARE).concentration
    draws = np.random.Generator(np.random.Philox(5)).beta(own, sum(counts) - own, 40_000)
    for end, probability in ((share.low, 0.025), (share.high, 0.975)):
        error = math.sqrt(probability * (1.0 - probability) / len(draws))
        assert abs(np.mean(draws < end.value) - probability) < 4 * error


def test_a_single_strategy_has_nothing_to_be_compared_with(inputs):
    with pytest.raises(InputError, match="one strategy"):
        dsa(changed(inputs.scenario, strategies=("supportive",)), DsaPlan(patients=2))


@pytest.fixture(scope="module")
def small_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("scenario") / "two.toml"
    file.write_text(
        'title = "Two"\nquestion = "?"\nextends = "base_case_uk.toml"\nstrategies = ["supportive", "zoledronate"]\n'
    )
    return file


def test_the_command_writes_a_folder_and_prints_tables_or_json(small_file, tmp_path):
    asked = ("dsa", small_file, "--parameters", PRICE, "--patients", 4, "--out", tmp_path, "--no-switches")
    code, output, errors = bmes(
        *asked, "--threshold", HEALING, "--two-way", PRICE, HEALING, "--grid", 2, "--group-patients", 0, "--json"
    )
    assert (code, errors) == (0, "")
    found = json.loads(output)
    assert set(found) == {"folder", "manifest", *FRAMES}
    assert {row["parameter"] for row in found["oneway"]} == {PRICE}
    code, output, errors = bmes(*asked, "--scenarios", "skeptical,base_case_nl", "--group-patients", 30)
    assert (code, errors) == (0, "")
    assert PRICE in output
    assert "base_case_nl" in output
    assert len(store.list_runs(tmp_path)) == 2
    assert (Path(found["folder"]) / "report.html").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"parameters": ("setting.unit_costs.mrii",)}, "there is no parameter of this name"),
        ({"parameters": ("nothing.*",)}, "no uncertain parameter of this scenario matches"),
        ({"parameters": ("review_weeks",)}, "a list of numbers"),
        ({"parameters": ("diagnosis_delay_ratio.idiopathic",)}, "is fixed and has no range"),
        ({"thresholds": ("unknown",)}, "there is no parameter of this name"),
        ({"ranges": {PRICE: (9.0, 5.0)}}, "9 to 5 is no range"),
        ({"ranges": {PRICE: (-1.0, 5.0)}}, "negative"),
        ({"ranges": {PRICE: (math.nan, 5.0)}}, "is no range"),
        ({"ranges": {PRICE: (0.0, math.inf)}}, "0 to inf is no range"),
        ({"ranges": {"unknown": (1.0, 5.0)}}, "there is no parameter of this name"),
        ({"two_way": ((SHARE, "site_share.knee"),)}, "moves with it"),
        ({"two_way": ((PRICE, PRICE),)}, "moves with it"),
        ({"grid": 1}, "Write 2 to"),
        ({"group_patients": -1}, "0, or 2 or more"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_simulated(inputs, plan, words):
    with pytest.raises(InputError, match=re.escape(words)) as refusal:
        checked_names(inputs, DsaPlan(**plan))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--range", f"{PRICE}=5"), "this is no range"),
        (("--parameters", "setting.unit_costs.mrii"), "setting.unit_costs.mri"),
        (("--patients", "1"), "not below 2"),
        (("--scenarios", "nowhere"), "there is no such scenario"),
    ],
)
def test_the_command_refuses_in_one_line_and_leaves_nothing_behind(small_file, tmp_path, arguments, words):
    out = tmp_path / "outputs"
    assert words in refused(2, "dsa", small_file, "--out", out, "--patients", 2, *arguments)
    assert not out.exists()
