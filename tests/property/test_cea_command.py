"""`bmes cea` on small analyses worked out by hand and on Gaussian ones with closed forms; its JSON is strict."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from commands import bmes, refused
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

ERRORS = {"cost_se", "effect_se", "inc_cost_se", "inc_effect_se", "icer_low", "icer_high"}
KEYS = {
    "incremental": {"strategy", "cost", "effect", "inc_cost", "inc_effect", "icer", "status", *ERRORS},
    "acceptability": {"wtp", "strategy", "probability"},
    "expected_loss": {"wtp", "strategy", "loss"},
    "evpi": {"wtp", "evpi", "se"},
    "evppi": {"parameters", "wtp", "value", "se"},
}


def strict(text):
    """JSON as other programs read it: NaN and Infinity are errors."""

    def refuse(token):
        raise ValueError(token)

    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def written(tmp_path):
    """Writes frames of costs, effects and parameters to CSV files, and gives their paths."""

    def write(*frames):
        paths = [tmp_path / f"{name}.csv" for name in ("costs", "effects", "parameters")][: len(frames)]
        for path, frame in zip(paths, frames, strict=True):
            frame.to_csv(path, index=False)
        return paths

    return write


def answer(paths, *options):
    code, output, _ = bmes("cea", *paths, *options, "--json")
    assert code == 0
    found = strict(output)
    assert set(found) == {"strategies", *KEYS}
    for key, columns in KEYS.items():
        assert all(set(row) == columns for row in found[key])
    return found


@pytest.fixture
def four_draws(written):
    """Net benefits at 10: usual 8 8 8 8, drug 9 5 9 5, surgery 2 12 2 12, placebo 7 7 7 7, in four draws."""
    costs = pd.DataFrame({"usual": [2.0] * 4, "drug": [3.0, 7, 3, 7], "surgery": [8.0] * 4, "placebo": [3.0] * 4})
    effects = pd.DataFrame({"usual": [1.0] * 4, "drug": [1.2] * 4, "surgery": [1.0, 2, 1, 2], "placebo": [1.0] * 4})
    return written(costs, effects)


def test_an_analysis_of_four_draws_is_what_was_worked_out_by_hand(four_draws):
    """The best of a draw: 9, 12, 9, 12; usual has the highest mean, 8, so that EVPI = 10.5 - 8.

    Its differences to the best are 1, 4, 1, 4: standard deviation sqrt(3), over the root of 4 draws.
    Mean cost and effect: usual (2, 1), placebo (3, 1) dominated, drug (5, 1.2) at 15 each, surgery (8, 1.5) at 10 each
    from there and at 12 from usual, so that drug is extendedly dominated.
    """
    found = answer(four_draws, "--wtp", "10")
    assert found["strategies"] == ["usual", "drug", "surgery", "placebo"]
    assert {row["strategy"]: row["probability"] for row in found["acceptability"]} == {
        "usual": 0,
        "drug": 0.5,
        "surgery": 0.5,
        "placebo": 0,
    }
    assert {row["strategy"]: row["loss"] for row in found["expected_loss"]} == pytest.approx(
        {"usual": 2.5, "drug": 3.5, "surgery": 3.5, "placebo": 3.5}
    )
    assert found["evpi"] == [
        {"wtp": 10, "evpi": pytest.approx(2.5), "se": pytest.approx(math.sqrt(3) / 2)},
    ]
    assert found["evppi"] == []
    rows = {row.pop("strategy"): {k: v for k, v in row.items() if k not in ERRORS} for row in found["incremental"]}
    nothing = {"inc_cost": None, "inc_effect": None, "icer": None}
    assert list(rows) == ["usual", "placebo", "drug", "surgery"]
    assert rows["usual"] == {"cost": 2, "effect": 1, "status": "frontier", **nothing}
    assert rows["placebo"] == {"cost": 3, "effect": 1, "status": "dominated", **nothing}
    assert rows["drug"] == {"cost": 5, "effect": pytest.approx(1.2), "status": "extended", **nothing}
    assert rows["surgery"] == {
        "cost": 8,
        "effect": 1.5,
        "status": "frontier",
        "inc_cost": 6,
        "inc_effect": 0.5,
        "icer": pytest.approx(12),
    }


def test_ties_are_shared_and_identical_strategies_lose_nothing(written):
    frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 2, 3]})
    found = answer(written(frame, frame), "--wtp", "0,5")
    assert [row["probability"] for row in found["acceptability"]] == [0.5] * 4
    assert [row["loss"] for row in found["expected_loss"]] == [0] * 4
    assert [row["evpi"] for row in found["evpi"]] == [0, 0]
    assert [row["status"] for row in found["incremental"]] == ["frontier", "dominated"]


@settings(max_examples=25)
@given(st.permutations(range(4)), st.permutations(range(4)), st.permutations(range(6)))
def test_neither_the_order_of_strategies_nor_that_of_draws_matters(tmp_path_factory, columns, other_columns, rows):
    chance = np.random.default_rng(4)
    names = ["a", "b", "c", "d"]
    frames = [pd.DataFrame(chance.normal(size=(6, 4)), columns=names) for _ in range(2)]
    folder = tmp_path_factory.mktemp("cea")
    answers = []
    for which, orders in enumerate((([0, 1, 2, 3],) * 2, (columns, other_columns))):
        paths = []
        for number, (frame, order) in enumerate(zip(frames, orders, strict=True)):
            turned = frame.iloc[list(rows)] if which else frame
            paths.append(folder / f"{which}{number}.csv")
            turned[[names[place] for place in order]].to_csv(paths[-1], index=False)
        found = answer(paths, "--wtp", "0.5,2")
        answers.append(
            {
                **{(r["wtp"], r["strategy"], "p"): r["probability"] for r in found["acceptability"]},
                **{(r["wtp"], r["strategy"], "loss"): r["loss"] for r in found["expected_loss"]},
                **{(r["wtp"], "evpi"): r["evpi"] for r in found["evpi"]},
                **{(r["strategy"], "icer"): r["icer"] or 0 for r in found["incremental"]},
            }
        )
    assert answers[1] == pytest.approx(answers[0], rel=1e-9, abs=1e-12)


def test_value_of_information_of_a_gaussian_decision_is_its_closed_form(written, seed):
    """The gain of b over a is normal: E max(gain, 0) = m Phi(m / s) + s phi(m / s). Four standard errors."""
    chance = np.random.default_rng(seed)
    draws, mean, of_price, of_effect = 4000, 100.0, 300.0, 400.0
    price = chance.normal(0, of_price, draws)
    health = chance.normal(mean, of_effect, draws) / 1000
    costs = pd.DataFrame({"a": np.zeros(draws), "b": price})
    effects = pd.DataFrame({"a": np.zeros(draws), "b": health})
    parameters = pd.DataFrame({"price": price, "health": health, "idle": chance.normal(size=draws)})
    sets = ("price", "health", "price,health", "idle")
    options = [part for name in sets for part in ("--evppi", name)]
    found = answer(written(costs, effects, parameters), "--wtp", "1000", *options)

    def value(spread):
        return mean * norm.cdf(mean / spread) + spread * norm.pdf(mean / spread) - mean

    both = math.hypot(of_price, of_effect)
    (evpi,) = found["evpi"]
    assert abs(evpi["evpi"] - value(both)) < 4 * evpi["se"]
    assert [row["parameters"] for row in found["evppi"]] == list(sets)
    for row, expected in zip(found["evppi"], (value(of_price), value(of_effect), value(both), 0.0), strict=True):
        assert abs(row["value"] - expected) < 4 * row["se"] + 1e-9, row
    probability = {row["strategy"]: row["probability"] for row in found["acceptability"]}
    truth = norm.cdf(mean / both)
    assert abs(probability["b"] - truth) < 4 * math.sqrt(truth * (1 - truth) / draws)


def test_a_parameter_with_a_comma_in_its_name_can_be_asked_for(written):
    chance = np.random.default_rng(2)
    price = chance.normal(size=200)
    frame = pd.DataFrame({"a": np.zeros(200), "b": price})
    paths = written(frame, frame * 0, pd.DataFrame({"price, in euros": price, "other": chance.normal(size=200)}))
    rows = answer(paths, "--wtp", "1,2", "--evppi", "price, in euros", "--evppi", "other, price*")["evppi"]
    assert [(row["parameters"], row["wtp"]) for row in rows] == [
        ("price, in euros", 1),
        ("price, in euros", 2),
        ("other, price*", 1),
        ("other, price*", 2),
    ]


def test_without_json_the_same_is_said_in_words_and_tables(four_draws):
    code, output, _ = bmes("cea", *four_draws, "--wtp", "10,20")
    assert code == 0
    text = " ".join(output.split())
    assert "At a willingness to pay of 10 usual has the highest expected net benefit" in text
    assert "its lead over drug, 1 (standard error 1) a person, is below two standard errors" in text  # -1 3 -1 3
    assert "Perfect information would be worth 2.5 (standard error 0.9) a person." in text
    assert "extendedly dominated" in text
    assert "EVPPI" not in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--wtp: no willingness to pay is given."),
        (("--wtp", "20000,much"), "--wtp: 'much' is not a number."),
        (("--wtp", "-1"), "willingness to pay: -1 is not a willingness to pay."),
        (("--wtp", "nan"), "willingness to pay: nan is not a willingness to pay."),
        (("--wtp", "1", "--wtp", "1e300"), "willingness to pay: 1e+300 is too large a willingness to pay."),
        (("--wtp", "1", "--evppi", "price"), "--evppi: there is no file of parameters."),
    ],
)
def test_options_that_cannot_be_meant_are_refused_in_one_line(four_draws, options, said):
    assert refused(2, "cea", *four_draws, *options, "--json").startswith(said)


def test_faulty_files_and_unknown_parameters_end_in_one_line_with_exit_code_2(written):
    frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 2, 4]})
    paths = written(frame, frame, pd.DataFrame({"price": [1.0, 2, 3]}))
    assert "there is no parameter 'prise'" in refused(2, "cea", *paths, "--wtp", "1", "--evppi", "price,prise")
    assert "no parameter is named" in refused(2, "cea", *paths, "--wtp", "1", "--evppi", ", ")
    paths[1].write_text("a,b\n1,2\nNaN,2\n3,4\n")
    assert "effects.csv, line 3, column 'a': the value is missing (NaN)" in refused(2, "cea", *paths, "--wtp", "1")
    paths[1].write_text("a,b\n1,2\n")
    assert "there are 1 rows here and 3 in" in refused(2, "cea", *paths, "--wtp", "1")
    paths[1].unlink()
    assert "there is no such file" in refused(2, "cea", *paths, "--wtp", "1")
