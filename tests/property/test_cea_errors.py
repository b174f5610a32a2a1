"""Standard errors and limits of `bmes cea`, and that the order of strategies and the largest numbers break nothing."""

import json
import math
import warnings

import numpy as np
import pandas as pd
import pytest
from commands import bmes
from scipy import stats

DRAWS = 400
THRESHOLDS = (10_000.0, 25_000.0)


@pytest.fixture
def frames(seed):
    """Costs, effects and parameters of three strategies, the last one much like the second."""
    chance = np.random.default_rng([seed, 51])
    price, hazard = chance.normal(size=(2, DRAWS))
    costs = pd.DataFrame({"usual": 1000 + 50 * chance.normal(size=DRAWS)})
    costs["drug"] = costs["usual"] + 400 + 150 * price
    costs["device"] = costs["usual"] + 900 + 150 * price + 80 * chance.normal(size=DRAWS)
    effects = pd.DataFrame({"usual": 8 + 0.1 * chance.normal(size=DRAWS)})
    effects["drug"] = effects["usual"] + 0.03 + 0.02 * hazard
    effects["device"] = effects["usual"] + 0.05 + 0.02 * hazard
    return costs, effects, pd.DataFrame({"price": price, "hazard": hazard})


def answer(folder, frames, *options):
    paths = [folder / f"{name}.csv" for name in ("costs", "effects", "parameters")][: len(frames)]
    for path, frame in zip(paths, frames, strict=True):
        frame.to_csv(path, index=False)
    code, output, errors = bmes("cea", *paths, *options, "--json")
    assert (code, errors) == (0, "")
    return json.loads(output)


def error(numbers):
    return numbers.std(ddof=1) / math.sqrt(DRAWS)


def test_means_increments_and_icers_come_with_the_errors_of_paired_draws(frames, tmp_path):
    """Against standard deviations over the root of the draws, and the roots of Fieller's parabola."""
    costs, effects, _ = frames
    rows = {row["strategy"]: row for row in answer(tmp_path, frames[:2], "--wtp", "25000")["incremental"]}
    assert [row["status"] for row in rows.values()] == ["frontier"] * 3
    for name, row in rows.items():
        assert [row["cost_se"], row["effect_se"]] == pytest.approx([error(costs[name]), error(effects[name])])
    assert rows["usual"]["icer_low"] is None
    assert rows["usual"]["inc_cost_se"] is None
    student = stats.t.ppf(0.975, DRAWS - 1)
    for name, before in (("drug", "usual"), ("device", "drug")):
        cost, effect, row = costs[name] - costs[before], effects[name] - effects[before], rows[name]
        assert [row["inc_cost_se"], row["inc_effect_se"]] == pytest.approx([error(cost), error(effect)], abs=1e-9)
        square = student**2 / DRAWS
        covariance = np.cov(cost, effect)
        parabola = [
            effect.mean() ** 2 - square * covariance[1, 1],
            -2 * (cost.mean() * effect.mean() - square * covariance[0, 1]),
            cost.mean() ** 2 - square * covariance[0, 0],
        ]
        assert [row["icer_low"], row["icer_high"]] == pytest.approx(sorted(np.roots(parabola)), rel=1e-6)
        assert row["icer_low"] < row["icer"] < row["icer_high"]


def test_an_icer_whose_effect_may_be_0_has_no_limits(tmp_path):
    """Increment of effect 0.1 with a standard error of sqrt(4 / 3) / 2 in four draws."""
    costs = pd.DataFrame({"a": [0.0] * 4, "b": [1.0, 2, 1, 2]})
    effects = pd.DataFrame({"a": [0.0] * 4, "b": [1.1, -0.9, 1.1, -0.9]})
    found = answer(tmp_path, (costs, effects), "--wtp", "1")["incremental"][1]
    assert found["icer"] == pytest.approx(15)
    assert (found["icer_low"], found["icer_high"]) == (None, None)
    assert "none" in bmes("cea", tmp_path / "costs.csv", tmp_path / "effects.csv", "--wtp", "1")[1]


def test_words_name_the_lead_over_the_next_with_its_paired_error(frames, tmp_path):
    costs, effects, _ = frames
    answer(tmp_path, frames[:2], "--wtp", "1")
    code, output, _ = bmes("cea", tmp_path / "costs.csv", tmp_path / "effects.csv", "--wtp", "20000", "--wtp", "1e4")
    text = " ".join(output.split())
    assert code == 0
    benefit = 20_000 * effects - costs
    first, second, _ = benefit.mean().sort_values(ascending=False).index
    lead = benefit[first] - benefit[second]
    clear = lead.mean() >= 2 * error(lead)
    amount = f"{lead.mean():.0f} (standard error {error(lead):.0f}) a person"
    words = (
        f", {amount} more than {second}, the next." if clear else f", but its lead over {second}, {amount}, is below"
    )
    assert f"At a willingness to pay of 20,000 {first} has the highest expected net benefit{words}" in text
    assert f"{benefit[first].mean():,.0f} ({error(benefit[first]):,.0f})" in text
    assert "At a willingness to pay of 10,000" in text


def test_equal_strategies_are_said_to_be_equal(tmp_path):
    frame = pd.DataFrame({"b": [1.0, 2, 3], "a": [1.0, 2, 3]})
    answer(tmp_path, (frame, frame), "--wtp", "5")
    text = bmes("cea", tmp_path / "costs.csv", tmp_path / "effects.csv", "--wtp", "5")[1]
    assert "but a has exactly the same in every draw" in " ".join(text.split())


def test_all_of_the_answer_is_the_same_to_the_last_digit_in_any_order_of_columns(frames, tmp_path):
    options = ("--wtp", "10000,25000", "--evppi", "price", "--evppi", "price,hazard", "--evppi", "*")

    def by_name(orders):
        turned = [frame[list(order)] for frame, order in zip(frames, orders, strict=True)]
        found = answer(tmp_path, turned, *options)
        assert found["strategies"] == list(orders[0])
        return {key: sorted(found[key], key=json.dumps) for key in found if key != "strategies"} | {
            "evppi": found["evppi"],
            "incremental": found["incremental"],
        }

    names, parameters = list(frames[0]), list(frames[2])
    plain = by_name((names, names, parameters))
    assert by_name((names[::-1], names, parameters)) == plain
    assert by_name((["drug", "usual", "device"], ["device", "usual", "drug"], parameters[::-1])) == plain


def test_of_equal_strategies_the_same_is_dominated_in_any_order(tmp_path):
    frame = pd.DataFrame({"b": [1.0, 2, 3], "a": [1.0, 2, 3], "c": [2.0, 3, 4]})
    rows = [
        answer(tmp_path, (frame[order], frame[order]), "--wtp", "5")["incremental"]
        for order in (["a", "b", "c"], ["c", "b", "a"])
    ]
    assert rows[0] == rows[1]
    assert {row["strategy"]: row["status"] for row in rows[0]} == {"a": "frontier", "b": "dominated", "c": "frontier"}


def test_thresholds_may_be_repeated_as_parameters_may(frames, tmp_path):
    found = answer(tmp_path, frames[:2], "--wtp", "20000", "--wtp", "30000,20000")
    assert [row["wtp"] for row in found["evpi"]] == [20_000, 30_000]


def test_the_largest_numbers_that_are_read_overflow_nowhere(frames, tmp_path):
    """Costs and effects of 1e100 at a threshold of 1e40: every number is there, and no warning."""
    costs, effects, parameters = frames
    large = (costs / costs.to_numpy().max() * 1e100, effects / effects.to_numpy().max() * 1e100, parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = answer(tmp_path, large, "--wtp", "1e40,0", "--evppi", "price")
    numbers = [
        row[key]
        for key, column in (("evpi", "se"), ("evppi", "se"), ("expected_loss", "loss"))
        for row in found[key]
        for key in (column,)
    ]
    assert all(number is not None and math.isfinite(number) for number in numbers)
    assert all(row["inc_cost_se"] is not None for row in found["incremental"][1:] if row["status"] == "frontier")
