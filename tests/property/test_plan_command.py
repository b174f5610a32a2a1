"""`bmes plan`: what it recommends holds together, repeats, and bad questions get one clear line."""

import json
import math

import pytest
from commands import bmes, refused

from sim.experiments import precision
from sim.experiments.precision import plan, speed_of
from sim.inputs.scenario import load_scenario
from sim.report.plan_words import duration, figures, plan_text

SMALL = ("--pilot-draws", 10, "--pilot-patients", 50)
QUESTION = """
extends = "base_case_uk.toml"
title = "Two"
question = "Which?"
strategies = ["supportive", "zoledronate"]
"""


@pytest.fixture(autouse=True)
def less_to_simulate(monkeypatch):
    monkeypatch.setattr(precision, "LUCK_PATIENTS", 5_120)


@pytest.fixture
def question(tmp_path):
    path = tmp_path / "two.toml"
    path.write_text(QUESTION, encoding="utf-8")
    return path


def test_the_recommended_plan_reaches_the_target_and_comes_with_all_that_it_rests_on(question):
    code, output, errors = bmes("plan", question, "--target-se", 40, "--wtp", 20_000, *SMALL, "--json")
    assert code == 0, errors
    found = json.loads(output)
    best = found["recommended"]
    assert best["standard_error"] <= 40
    assert next(row for row in found["plans"] if row["best"])["draws"] == best["draws"]
    assert best["draws_low"] <= best["draws"]
    assert (found["measure"], found["willingness_to_pay"]) == ("net_benefit_gain", 20_000)
    assert found["comparator"] == "supportive"
    (split,) = found["splits"]
    assert split["strategy"] == best["strategy"] == "zoledronate"
    variance = split["parameter_variance"] + split["patient_variance"] / best["patients"]
    assert math.sqrt(variance / best["draws"]) == pytest.approx(best["standard_error"])
    speed = found["speed"]
    seconds = best["draws"] * (speed["seconds_per_draw"] + best["patients"] * speed["seconds_per_patient"])
    assert seconds == pytest.approx(best["seconds"])
    assert found["patients_alone"] >= split["patient_variance"] / 40**2
    assert {row["measure"] for row in found["common_luck"]} == set(precision.MEASURES)


def test_in_a_terminal_it_names_the_command_that_follows_the_plan(question):
    code, output, errors = bmes(
        "plan", question, "--target-se", 0.004, "--measure", "incremental_effect", "--strategy", "zoledronate", *SMALL
    )
    assert code == 0, errors
    words = " ".join(output.split())
    assert "standard error of 0.004 QALYs or less of the mean incremental QALYs to supportive." in words
    assert "bmes psa" in words
    assert "two.toml --draws" in words
    assert "What common luck saves" in output


def test_where_the_least_draws_are_enough_it_says_so(question, monkeypatch):
    monkeypatch.setattr(precision, "common_luck_saving", lambda *_, **__: None)
    found = plan(load_scenario(question), 5_000.0, draws=10, patients=50)
    assert "fewer draws would do for the mean" in plan_text(found, "two.toml")


def test_it_names_until_precise_only_where_that_asks_the_same(question, monkeypatch):
    """--until-precise stops by the net benefit of every strategy at the setting's first threshold, GBP 25,000."""
    monkeypatch.setattr(precision, "common_luck_saving", lambda *_, **__: None)

    def told(target: float, **more) -> str:
        return plan_text(plan(load_scenario(question), target, draws=10, patients=50, **more), "two.toml")

    assert "--until-precise" in told(5.0)
    for more in ({"strategy": "zoledronate"}, {"willingness_to_pay": 20_000.0}, {"measure": "incremental_cost"}):
        assert "--until-precise" not in told(5.0, **more), more
    assert "standard error of GBP 0.5 or less" in told(0.5)
    assert "standard error of 0.0005 QALYs or less" in told(0.0005, measure="incremental_effect")


def test_its_variances_repeat_bit_for_bit_on_any_number_of_threads(question, monkeypatch):
    monkeypatch.setattr(precision, "common_luck_saving", lambda *_, **__: None)  # has a test of its own
    one, two = (
        plan(load_scenario(question), 40.0, draws=10, patients=50, seed=3, threads=threads) for threads in (1, 2)
    )
    assert one.splits.equals(two.splits)
    assert one.patients_alone == two.patients_alone


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--target-se", 0), "--target-se: 0 is no standard error."),
        (("--target-se", 1e-200), "--target-se: 1e-200 is no standard error to plan for."),
        (("--target-se", 1e200), "--target-se: 1e+200 is no standard error to plan for."),
        (("--target-se", 1, "--wtp", 1e300), "--wtp: 1e+300 does not fit here."),
        (("--target-se", 1e-6, *SMALL), "--target-se: 1e-06 would take "),
        (("--target-se", "nan"), "--target-se: nan is no standard error."),
        (("--target-se", 1, "--measure", "incremental_costs"), "--measure: there is no measure 'incremental_costs'."),
        (("--target-se", 1, "--wtp", -1), "--wtp: -1 does not fit here."),
        (("--target-se", 1, "--strategy", "supportive"), "--strategy: 'supportive' is not compared here."),
        (("--target-se", 1, "--pilot-draws", 9), "--pilot-draws: 9 is too few."),
        (("--target-se", 1, "--pilot-patients", 49), "--pilot-patients: 49 is too few."),
        (("--target-se", 1, "--threads", 0), "--threads: 0 does not fit here."),
    ],
)
def test_a_bad_question_is_refused_in_one_line(question, arguments, words):
    assert refused(2, "plan", question, *arguments).startswith(words)


def test_one_strategy_leaves_nothing_to_plan(tmp_path):
    path = tmp_path / "one.toml"
    path.write_text(QUESTION.replace(', "zoledronate"', ""), encoding="utf-8")
    assert "strategies: one strategy is no decision." in refused(2, "plan", path, "--target-se", 1, *SMALL)


def test_the_speed_is_told_from_draws_of_two_sizes():
    """By hand: 0.02 s a draw and 0.001 s a patient."""
    speed = speed_of(10, 0.03, 100, 0.12)
    assert (speed.seconds_per_draw, speed.seconds_per_patient) == pytest.approx((0.02, 0.001))
    disturbed = speed_of(10, 0.2, 100, 0.1)  # the short draws took longer: no line through both
    assert (disturbed.seconds_per_draw, disturbed.seconds_per_patient) == pytest.approx((0.0, 0.001))
    assert speed_of(10, 0.01, 100, 0.2).seconds_per_draw == 0.0  # never below nothing


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "less than a second"),
        (59.6, "about 60 s"),
        (119.0, "about 119 s"),
        (150.0, "about 2.5 min"),
        (1_800.0, "about 30 min"),
        (9_000.0, "about 2.5 h"),
        (720_000.0, "about 200 h"),
    ],
)
def test_times_are_said_in_the_unit_that_people_use(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (12_345.6, "12,346"),
        (-57.64, "−57.6"),
        (0.025233, "0.0252"),
        (0.000012345, "1.23e−05"),
    ],
)
def test_figures_have_three_leading_digits(value, text):
    assert figures(value) == text
