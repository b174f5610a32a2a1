"""The sentences of the answer are true of the frames: winners, leads, signs, doubts."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report.results_stand_in import mean_and_error, results_for

from sim.report.answer import answer, answer_text
from sim.report.findings import Findings
from sim.report.numbers import MINUS


def paragraphs(results) -> tuple[str, ...]:
    return answer(Findings(results)).paragraphs


def number_after(words: str, text: str) -> float:
    """The first number after `words`."""
    found = re.search(re.escape(words) + rf"\D*?({MINUS}?[\d,]+(?:\.\d+)?)", text)
    assert found, f"no number after {words!r} in {text!r}"
    return float(found.group(1).replace(",", "").replace(MINUS, "-"))


def benefit(results, name: str, threshold: float) -> np.ndarray:
    return threshold * results.qalys[name] - results.costs[name]


def test_the_question_of_the_scenario_comes_first(four):
    assert answer_text(four).startswith("Does it pay?\n\n")


def test_the_winner_and_its_lead_are_those_of_the_patients_themselves(four):
    text = paragraphs(four)[0]
    for threshold in (25_000.0, 35_000.0):
        means = {name: benefit(four, name, threshold).mean() for name in four.costs}
        best, second = sorted(means, key=means.get)[:-3:-1]
        lead, error = mean_and_error(benefit(four, best, threshold) - benefit(four, second, threshold))
        part = text.split(f"At GBP {threshold:,.0f} per QALY")[1]
        assert four.inputs.strategies[best].title in part.split(":")[0]
        assert number_after(": GBP", part) == pytest.approx(lead, abs=0.51)
        assert number_after("standard error", part) == pytest.approx(error, abs=0.51)
        assert f"more than {four.inputs.strategies[second].title}, the next" in part


def test_a_lead_within_two_standard_errors_is_no_lead(level):
    text = paragraphs(level)[0]
    assert "is below two Monte Carlo standard errors, so this run cannot tell the two apart" in text
    assert "the next" not in text


def test_equal_courses_are_said_to_be_exactly_equal(level):
    nothing = level.increments.assign(mean=1e-15, standard_error=0.0)
    equal = replace(level, increments=nothing, covariance=level.covariance.assign(covariance=0.0))
    text = " ".join(paragraphs(equal))
    assert "has exactly the same" in text
    assert "(no difference in any patient)" in text


def test_sizes_are_told_in_qalys_and_days_with_the_right_signs(four):
    text = paragraphs(four)[1]
    gain, error = mean_and_error(four.qalys["zoledronate"] - four.qalys["supportive"])
    cost, _ = mean_and_error(four.costs["zoledronate"] - four.costs["supportive"])
    told = text[text.index("Zoledronate adds") :]
    assert number_after("Zoledronate adds", told) == pytest.approx(gain, abs=6e-5)
    assert number_after("standard error", told) == pytest.approx(error, abs=6e-5)
    assert number_after("that is", told) == pytest.approx(365.25 * gain, abs=0.06)
    assert number_after("costs GBP", told) == pytest.approx(cost, abs=0.51)
    assert "more than Supportive care" in told
    assert "Load pain over time is lower" in told


def test_a_strategy_that_costs_less_and_gives_less_is_said_to(four):
    inputs = four.inputs
    results = results_for(
        inputs,
        {"supportive": 0.0, "zoledronate": -800.0, "two_doses": 900.0, "later": 700.0},
        {"supportive": 0.0, "zoledronate": -0.01, "two_doses": -0.05, "later": -0.04},
    )
    text = paragraphs(results)[1]
    assert "Zoledronate loses" in text
    assert re.search(r"costs GBP 8\d\d \(standard error [<\d.]+\) less than Supportive care", text)
    assert "Load pain over time is higher" in text


def test_where_the_comparator_wins_it_is_named_as_such(four):
    dear = results_for(
        four.inputs,
        {"supportive": 0.0, "zoledronate": 3000.0, "two_doses": 9000.0, "later": 4000.0},
        {"supportive": 0.0, "zoledronate": 0.05, "two_doses": 0.03, "later": 0.01},
    )
    first, second, _ = paragraphs(dear)
    assert "is that of Supportive care, the comparator: GBP" in first
    assert "Over Supportive care" not in first
    assert "Zoledronate adds" in second, "the strategy with the most QALYs stands in"


def test_a_single_strategy_is_reported_without_a_comparison(single):
    first, *rest = paragraphs(single)
    assert first.startswith("Only Supportive care was simulated, so nothing is compared.")
    assert number_after("costs GBP", first) == pytest.approx(single.costs["supportive"].mean(), abs=0.51)
    assert len(rest) == 1
    assert "off-label" not in rest[0], "no treatment, no licence"


def test_what_the_errors_do_not_cover_is_said(four):
    text = paragraphs(four)[-1]
    assert "without parameter uncertainty" in text
    assert "400 simulated patients per strategy" in text
    assert "every use of a drug here is off-label" in text
    statuses = [four.inputs.parameters.quantity(name).status for name in four.inputs.parameters.names()]
    assert f"{statuses.count('assumption')} of the {len(statuses)} parameters are assumptions" in text


def test_one_patient_gives_means_without_errors_and_no_winner(four):
    lonely = replace(
        four,
        increments=four.increments.assign(standard_error=np.nan),
        covariance=four.covariance.assign(covariance=np.nan),
    )
    assert "cannot tell them apart" in paragraphs(lonely)[0]


@given(st.lists(st.floats(-3000, 3000), min_size=4, max_size=4), st.lists(st.floats(-0.2, 0.2), min_size=4, max_size=4))
def test_the_named_winner_is_never_worse_than_another_by_more_than_chance(four, costs, qalys):
    names = list(four.inputs.strategies)
    results = results_for(four.inputs, dict(zip(names, costs, strict=True)), dict(zip(names, qalys, strict=True)), 30)
    text = paragraphs(results)[0].split("At GBP 35,000")[0]
    means = {name: benefit(results, name, 25_000.0).mean() for name in names}
    best = max(names, key=means.get)
    assert f"the highest net benefit is that of {four.inputs.strategies[best].title}" in text
    for name in names:
        lead, error = mean_and_error(benefit(results, best, 25_000.0) - benefit(results, name, 25_000.0))
        if name != best and abs(lead - 2.0 * error) > 1e-6:
            level = re.search(r"but its leads? over (.*?) so this run cannot tell", text)
            named = level is not None and re.search(
                rf"\b{four.inputs.strategies[name].title}\b(?! later)", level.group(1)
            )
            assert bool(named) == (lead < 2.0 * error)


def test_gains_agree_with_the_net_benefit_of_the_run(four):
    findings = Findings(four)
    for row in four.net_benefit.to_dict("records"):
        gain = findings.gain(row["strategy"], "supportive", row["willingness_to_pay"])
        assert gain.mean == pytest.approx(row["incremental_vs_comparator"], abs=1e-6)
        assert gain.standard_error == pytest.approx(row["incremental_standard_error"], rel=1e-6)


def test_only_the_draw_at_the_central_values_is_reported(four):
    other = four.outcomes.assign(psa_draw=1, cost_discounted=0.0)
    findings = Findings(replace(four, outcomes=pd.concat([other, four.outcomes])))
    assert findings.outcome("supportive", "cost_discounted").mean == pytest.approx(four.costs["supportive"].mean())


def test_rounding_never_contradicts_the_sentence(level):
    close = level.increments.copy()
    close["mean"] = np.where(close["strategy"] == "zoledronate", -39.7, 39.7) * (close["outcome"] == "cost_discounted")
    close["standard_error"] = 20.1 * (close["outcome"] == "cost_discounted")
    text = paragraphs(replace(level, increments=close, covariance=level.covariance.assign(covariance=0.0)))[0]
    assert "GBP 39.7 (standard error 20.1) per person, is below two Monte Carlo standard errors" in text


def test_the_answer_to_early_mri_names_the_number_of_scans_it_hangs_on(early, four):
    (paragraph,) = [text for text in answer(Findings(early)).paragraphs if "Early MRI" in text]
    assert "GBP 25,000 per QALY Zoledronate is not worth its cost" in paragraph
    assert "GBP 35,000" not in paragraph, "the first threshold is enough here"
    assert not any("Early MRI" in text for text in answer(Findings(four)).paragraphs)
