"""Tornado bars and the value of deciding by group, against hand-made tables with known answers."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.steps import icer_of
from sim.analysis.subgroup_value import subgroup_value
from sim.analysis.tornado import tornado
from sim.vocabulary.errors import InputError

WORTH = 20_000.0


def step(cost, effect):
    ratio, meaning = icer_of(cost, effect)
    return {"net_benefit_gain": WORTH * effect - cost, "icer": ratio, "icer_meaning": meaning}


BASE = pd.DataFrame([{"strategy": "drug", "comparator": "care", **step(400.0, 0.04)}])
ENDS = {  # cost and effect at the low and the high end
    "price": ((300.0, 0.04), (500.0, 0.04)),
    "effect": ((400.0, -0.01), (400.0, 0.06)),
    "idle": ((400.0, 0.04), (400.0, 0.04)),
    "half": (None, (430.0, 0.04)),
    "rounding": ((400.0 + 1e-10, 0.04), (400.0, 0.04)),
}


@pytest.fixture
def oneway():
    rows = [
        {"parameter": name, "end": end, "value": place, "strategy": "drug", "comparator": "care", **step(*numbers)}
        for name, ends in ENDS.items()
        for place, (end, numbers) in enumerate(zip(("low", "high"), ends, strict=True))
        if numbers is not None
    ]
    return pd.DataFrame(rows).assign(ends_se=10.0, change_se=10.0)


def bars(frame, measure):
    return frame[frame["measure"] == measure].set_index("parameter")


def test_bars_are_sorted_by_the_range_that_the_gain_takes(oneway):
    found = bars(tornado(oneway, BASE), "net_benefit_gain")
    assert list(found.index) == ["effect", "price", "half", "idle", "rounding"]
    assert list(found["rank"]) == [1, 2, 3, 4, 5]
    assert list(found["width"]) == pytest.approx([1400.0, 200.0, 30.0, 0.0, 0.0])
    assert list(found["sign_changes"]) == [True, False, False, False, False]
    assert list(found["is_clear"]) == [True, True, True, False, False]
    assert list(found.loc["effect", ["base", "at_low", "at_high"]]) == pytest.approx([400.0, -600.0, 800.0])


def test_a_missing_end_leaves_a_bar_open_and_its_width_is_that_of_the_other_end(oneway):
    half = bars(tornado(oneway, BASE), "net_benefit_gain").loc["half"]
    assert half["is_open"]
    assert math.isnan(half["at_low"])
    assert math.isnan(half["low_value"])
    assert half["width"] == pytest.approx(30.0)


def test_the_error_of_a_width_is_that_of_the_two_points_between_which_the_bar_reaches():
    rows = {  # gains at the low and the high end; the base case gains 400
        "across": (300.0, 500.0),  # the ends lie on either side of it
        "both below": (350.0, 390.0),  # from the low end to the base case
        "both above": (420.0, 480.0),  # from the base case to the high end
        "alike": (300.0, 300.0),  # the distance between the ends, known without error, is not the width
    }
    frame = pd.DataFrame(
        {"parameter": name, "end": end, "value": 1.0, "strategy": "drug", "comparator": "care"}
        | {"net_benefit_gain": gain, "icer": math.nan, "icer_meaning": "dominated"}
        | {"change_se": {"low": 3.0, "high": 60.0}[end], "ends_se": 0.0 if name == "alike" else 40.0}
        for name, gains in rows.items()
        for end, gain in zip(("low", "high"), gains, strict=True)
    )
    found = bars(tornado(frame, BASE), "net_benefit_gain")
    assert found["width"].to_dict() == {"across": 200.0, "both below": 50.0, "both above": 80.0, "alike": 100.0}
    assert found["width_se"].to_dict() == {"across": 40.0, "both below": 3.0, "both above": 60.0, "alike": 60.0}
    assert found["is_clear"].to_dict() == {"across": True, "both below": True, "both above": False, "alike": False}


def test_icer_bars_that_lose_their_ratio_come_first(oneway):
    found = bars(tornado(oneway, BASE), "icer")
    assert list(found.index) == ["effect", "price", "half", "idle", "rounding"]
    assert math.isnan(found.loc["effect", "at_low"])
    assert found.loc["effect", "is_open"]
    assert found.loc["price", ["base", "at_low", "at_high"]].tolist() == pytest.approx([10_000.0, 7_500.0, 12_500.0])
    assert found["width"].iloc[1:].is_monotonic_decreasing


def test_a_strategy_that_is_dominated_in_the_base_case_has_no_icer_bars(oneway):
    dominated = pd.DataFrame([{"strategy": "drug", "comparator": "care", **step(400.0, -0.04)}])
    assert set(tornado(oneway, dominated)["measure"]) == {"net_benefit_gain"}


def test_the_order_of_rows_does_not_matter(oneway):
    pd.testing.assert_frame_equal(tornado(oneway, BASE), tornado(oneway.iloc[::-1], BASE))


def test_a_table_without_a_needed_column_is_refused(oneway):
    with pytest.raises(InputError, match="'value' is missing"):
        tornado(oneway.drop(columns="value"), BASE)


def test_two_groups_with_opposite_best_strategies_give_the_closed_form():
    groups = np.repeat(["a", "b"], [300, 100])
    benefits = np.where((groups == "a")[:, None], [10.0, 4.0], [1.0, 9.0])
    value, choices = subgroup_value(benefits, groups, ["one", "other"])
    assert value["best_for_all"] == "one"  # 0.75 x 10 + 0.25 x 1 against 0.75 x 4 + 0.25 x 9
    assert value["value"] == pytest.approx(0.25 * (9.0 - 1.0))
    assert value["value_other_half"] == pytest.approx(value["value"])  # there is no chance in these numbers
    assert list(choices["best"]) == ["one", "other"]
    assert list(choices["gain"]) == pytest.approx([0.0, 8.0])
    assert list(choices["share"]) == pytest.approx([0.75, 0.25])
    contributions = np.where(groups == "b", 8.0, 0.0)
    assert value["value_se"] == pytest.approx(contributions.std(ddof=1) / 20.0)


def test_groups_that_agree_make_deciding_by_group_worth_exactly_nothing():
    groups = np.repeat(["a", "b", "c"], 20)
    benefits = np.column_stack([np.arange(60.0), np.arange(60.0) - 1.0])
    value, choices = subgroup_value(benefits, groups, ["one", "other"])
    assert (value["value"], value["value_se"], value["value_other_half"]) == (0.0, 0.0, 0.0)
    assert set(choices["best"]) == {"one"}


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 5))
def test_the_value_is_never_negative_and_is_the_share_weighted_sum_of_the_gains(key, patients, strategies):
    luck = np.random.Generator(np.random.Philox(key))
    groups = luck.choice(["a", "b", "c"], patients)
    benefits = luck.normal(size=(patients, strategies)) * 1000.0
    value, choices = subgroup_value(benefits, groups, [str(number) for number in range(strategies)])
    by_hand = sum(np.mean(groups == name) * benefits[groups == name].mean(axis=0).max() for name in set(groups))
    assert value["value"] == pytest.approx(by_hand - benefits.mean(axis=0).max(), abs=1e-6)
    assert value["value"] >= -1e-9
    assert value["value_other_half"] <= value["value"] + 1e-6
    assert (choices["share"] * choices["gain"]).sum() == pytest.approx(value["value"], abs=1e-9)


def test_where_groups_do_not_differ_the_value_is_chance_and_the_safe_side_is_not_above_nothing(seed):
    luck = np.random.Generator(np.random.Philox(seed))
    groups = np.tile(["a", "b", "c", "d"], 25)
    values = [subgroup_value(luck.normal(size=(100, 3)), groups, ["x", "y", "z"])[0] for _ in range(400)]
    plain, safe = (np.array([value[name] for value in values]) for name in ("value", "value_other_half"))
    assert plain.mean() > 4 * plain.std(ddof=1) / 20.0  # the winner's curse that the docstring warns of
    assert safe.mean() < 4 * safe.std(ddof=1) / 20.0


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="row a patient"):
        subgroup_value(np.zeros((3, 2)), np.array(["a", "b"]), ["x", "y"])
