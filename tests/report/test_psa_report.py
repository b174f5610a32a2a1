"""The report of a probabilistic analysis holds the numbers of the draws, says them in words, and is a whole page."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from report.psa_stand_in import (
    FIRST,
    MEAN_COST,
    MEAN_EFFECT,
    NOISE_SD_COST,
    NOISE_SD_EFFECT,
    SD_COST,
    SD_EFFECT,
    SECOND,
    STRATEGIES,
    PsaStandIn,
    psa_stand_in,
    voi_stand_in,
)
from report.test_html import Page

from sim.experiments.psa_frames import analysis_of
from sim.report import psa_charts, psa_figures, psa_tables
from sim.report.numbers import money, number
from sim.report.psa_drivers import drivers
from sim.report.psa_findings import PsaFindings
from sim.report.psa_html import psa_report_html
from sim.report.psa_sets import members
from sim.report.psa_words import answer, psa_answer_text

SECTIONS = ["answer", "glance", "comparison", "acceptability", "information", "precision", "outcomes", "licence"]
SECTIONS += ["evidence", "methods", "checklist", "parameters", "sources", "manifest"]
CHARTS = ["plane", "ceac", "ceaf", "loss", "evpi", "drivers", "convergence", "budget"]


@pytest.fixture(scope="module")
def made() -> PsaStandIn:
    return psa_stand_in()


@pytest.fixture(scope="module")
def findings(made) -> PsaFindings:
    return PsaFindings(made.psa, made.analysis)


@pytest.fixture(scope="module")
def page(made) -> Page:
    return Page(psa_report_html(made.psa, made.analysis))


@pytest.fixture(scope="module")
def informed(made) -> Page:
    return Page(psa_report_html(made.psa, made.analysis, voi_stand_in(made.psa.inputs.setting.thresholds)))


def gains(made: PsaStandIn, threshold: float) -> dict[str, np.ndarray]:
    """Net benefit over supportive care by draw, worked out from the frame of outcomes."""
    frame = made.psa.outcomes
    frame = frame.assign(benefit=threshold * frame["qalys_discounted"] - frame["cost_discounted"])
    wide = frame.pivot_table(index="psa_draw", columns="strategy", values="benefit")
    return {name: (wide[name] - wide["supportive"]).to_numpy() for name in STRATEGIES}


def charts_of(page: Page) -> list[str]:
    return [chart["id"] for chart in page.all("div") if "chart" in chart.get("class", "").split()]


@pytest.mark.parametrize("which", ["page", "informed"])
def test_the_page_is_well_formed_and_its_links_lead_somewhere(which, request):
    page = request.getfixturevalue(which)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"].removeprefix("#") for link in page.all("a")} <= set(ids)
    assert len(page.all("caption")) == len(page.all("table"))
    assert not re.search(r"\b(nan|NaN|inf|array\(|Timestamp)\b", page.words)


def test_sections_and_charts_come_in_order_and_those_of_information_when_asked_for(page, informed):
    assert [section["id"] for section in page.all("section")] == SECTIONS
    assert charts_of(page) == CHARTS
    with_trial = [*SECTIONS[:5], "trial", *SECTIONS[5:]]
    assert [section["id"] for section in informed.all("section")] == with_trial
    assert charts_of(informed) == [*CHARTS[:5], "evppi", "evsi", "enbs", *CHARTS[6:]]


@pytest.mark.parametrize("which", ["page", "informed"])
def test_every_chart_is_told_in_words_and_its_script_cannot_be_ended(which, request):
    page = request.getfixturevalue(which)
    for chart in (one for one in page.all("div") if "chart" in one.get("class", "").split()):
        assert any(p.get("id") == chart["aria-describedby"] for p in page.all("p"))
        assert any(title.get("id") == chart["aria-labelledby"] for title in page.all("h3"))
    contents = [script for script in page.scripts if script.startswith('{"data"')]
    assert len(contents) == len(charts_of(page))
    assert not any("<" in content for content in contents)
    drawn = {trace.get("legendgroup") for content in contents for trace in json.loads(content)["data"]}
    assert {button["data-group"] for button in page.all("button")} <= drawn


def test_the_answer_names_who_has_the_highest_mean_net_benefit_and_its_lead(made, findings):
    said = answer(findings)
    for threshold in made.psa.inputs.setting.thresholds:
        mean = {name: gain.mean() for name, gain in gains(made, threshold).items()}
        best, second = sorted(mean, key=lambda name: -mean[name])[:2]
        assert findings.by_net_benefit(threshold)[:2] == [best, second]
        assert f"At {money(threshold, 'GBP')} per QALY" in said.paragraphs[0]
        assert f"GBP {mean[best] - mean[second]:,.0f} (standard error" in said.paragraphs[0]
    assert findings.title(best) in said.paragraphs[0]
    assert f"{number(len(made.psa.parameters.columns) - 1)} uncertain parameters" in said.paragraphs[2]
    assert psa_answer_text(made.psa, made.analysis) == "\n\n".join([said.question, *said.paragraphs])


def test_chance_among_patients_is_taken_out_of_the_intervals_that_are_shown(findings):
    """The gain's QALYs have the known spread SD_EFFECT; as simulated they have that of the noise of two means too."""
    effect = findings.spread("zoledronate", "incremental_effect")
    values = findings.psa.parameters[FIRST].to_numpy()
    low, high = np.quantile((values - values.mean()) / values.std(), [0.025, 0.975]) * SD_EFFECT
    assert effect.high - effect.low == pytest.approx(high - low, rel=0.1)
    assert effect.mean == pytest.approx(MEAN_EFFECT["zoledronate"] - MEAN_EFFECT["supportive"], abs=0.003)


def test_an_outline_is_the_ellipse_that_holds_95_percent_of_a_normal_law(findings):
    rows = {row["strategy"]: row for row in findings.analysis.ellipses.to_dict("records")}
    for name, (x, y) in psa_figures.ellipses(findings).items():
        row = rows[name]
        covariance = np.array([[row["effect_variance"], row["covariance"]], [row["covariance"], row["cost_variance"]]])
        away = np.stack([x - row["mean_effect"], y - row["mean_cost"]])
        if np.linalg.matrix_rank(covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))) == 2:
            distance = np.einsum("ip,ij,jp->p", away, np.linalg.inv(covariance), away)
            np.testing.assert_allclose(distance, -2.0 * np.log(0.05), rtol=1e-6)


def test_the_parameters_that_move_the_gain_have_their_known_shares(findings):
    """Of the gain at the first threshold w: variances (w SD_EFFECT)^2 and SD_COST^2; the others move nothing."""
    found = {one.parameter: one for one in drivers(findings, "zoledronate")}
    assert set(found) == {FIRST, SECOND}
    parts = {FIRST: (findings.thresholds[0] * SD_EFFECT) ** 2, SECOND: SD_COST**2}
    for name, part in parts.items():
        share = part / sum(parts.values())
        error = 2.0 * np.sqrt(share * (1.0 - share) / findings.draws)  # of a squared correlation, about
        assert abs(found[name].share - share) < 4.0 * error + 4.0 / findings.draws
    assert (found[FIRST].rises, found[SECOND].rises) == (True, False)


def test_a_strategy_that_is_the_same_in_every_draw_is_called_that():
    made = psa_stand_in(60, alike=True)
    said = answer(PsaFindings(made.psa, made.analysis)).paragraphs
    assert "has exactly the same in every draw" in said[0]
    assert Page(psa_report_html(made.psa, made.analysis)).open == []


def test_the_smallest_expected_loss_of_the_table_is_the_value_of_perfect_information(findings):
    for threshold in findings.thresholds:
        table = psa_tables.decision_table(findings, threshold)
        column = table.columns.index("Expected loss (GBP)") - 1
        losses = [float(row.cells[column].text.replace(",", "")) for row in table.rows]
        assert min(losses) == pytest.approx(findings.evpi(threshold).mean, abs=0.5)
        best = min(table.rows, key=lambda row: float(row.cells[column].text.replace(",", "")))
        assert best.cells[0].best, "the strategy to choose has the smallest loss"


def test_probabilities_of_being_the_best_add_up_to_one(findings):
    chart = psa_charts.acceptability_chart(findings)
    lines = [trace for trace in json.loads(chart.data)["data"] if trace["legendgroup"] in STRATEGIES]
    assert len(lines) == len(STRATEGIES)
    np.testing.assert_allclose(np.sum([trace["y"] for trace in lines], axis=0), 1.0, atol=1e-5)


def test_every_sampled_parameter_stands_with_its_law(page, findings):
    words = re.sub(r"(?<=[._]) (?=\w)", "", page.words)
    assert all(name in words for name in findings.sampled)
    assert "lognormal(sigma" in words
    assert "Drawn together" in words
    law = next(iter(findings.inputs.joint_laws))
    assert " ".join(law.reason.split()) in page.words


def test_the_checklist_answers_the_items_on_uncertainty(page):
    assert "20 Characterising uncertainty" in page.words
    assert "Probabilistic analysis" in page.words
    assert "drawn 300 times from laws that are listed" in page.words
    assert "expected loss and EVPI" in page.words


def test_the_report_says_that_redrawn_draws_were_replaced_and_how_it_was_sampled(page):
    assert "2 draws in which parameters contradicted each other" in page.words
    assert "independent pseudo-random draws" in page.words


def test_the_value_of_information_is_ranked_and_the_trial_judged(informed, made):
    size = len(members(PsaFindings(made.psa, made.analysis), "healing"))
    assert f"(EVPPI) healing ({size} parameters; GBP 40.0, standard error 1.5)" in informed.words
    assert "These overlap, so that their values do not add up." in informed.words
    assert "GBP 23,300 (standard error 5,000) by moment matching with 100 patients per arm" in informed.words
    assert "nested Monte Carlo" in informed.words
    evppi = voi_stand_in((12_345.0,))["evppi"]
    page = Page(psa_report_html(made.psa, made.analysis, {"evppi": evppi}))
    assert "GBP 12,345 per QALY (EVPPI)" in page.words, "also at thresholds that are not the setting's"


def test_names_that_look_like_code_are_shown_and_never_run(made):
    nasty = "<script>alert(1)</script>"
    strategies = dict(made.psa.inputs.strategies)
    strategies["zoledronate"] = strategies["zoledronate"].model_copy(update={"title": nasty})
    scenario = made.psa.scenario.model_copy(update={"title": nasty, "question": f"{nasty}?"})
    inputs = replace(made.psa.inputs, strategies=strategies, scenario=scenario)
    attacked = replace(made.psa, inputs=inputs, scenario=scenario)
    voi = voi_stand_in(inputs.setting.thresholds)
    voi["evppi"] = voi["evppi"].assign(parameters=nasty)
    text = psa_report_html(attacked, made.analysis, voi)
    page = Page(text)
    assert page.open == []
    assert nasty not in text
    assert nasty in page.words


def test_mean_costs_of_the_summary_are_those_of_the_draws(made, findings):
    table = psa_tables.summary_table(findings)
    means = made.psa.outcomes.groupby("strategy")["cost_discounted"].mean()
    for row, name in zip(table.rows, STRATEGIES, strict=True):
        assert row.heading == findings.title(name)
        assert float(row.cells[0].text.replace(",", "")) == pytest.approx(means[name], abs=0.5)
        assert means[name] == pytest.approx(MEAN_COST[name], abs=20.0)


def test_chance_that_all_draws_share_or_that_is_not_known_is_not_said_to_be_taken_out(made):
    shared = replace(made.psa, manifest={**made.psa.manifest, "luck": "shared"})
    unknown = replace(made.psa, noise=np.full_like(made.psa.noise, np.nan))
    told = {"all draws share the same chance": shared, "chance among the simulated patients is still in it": unknown}
    for words, psa in told.items():
        page = Page(psa_report_html(psa, analysis_of(psa)))
        assert words in page.words
        assert "taken out" not in page.words.replace("nothing is taken out of it", "")
        assert charts_of(page) == [name for name in CHARTS if name != "budget"], "nothing to divide"


def test_shared_chance_is_in_the_error_of_a_lead(made):
    """Independent draws have sd / sqrt(K); chance that all draws share adds its own variance, the same for any K."""
    shared = replace(made.psa, manifest={**made.psa.manifest, "luck": "shared"})
    error = PsaFindings(shared, analysis_of(shared)).lead("zoledronate", "supportive", 25_000.0).standard_error
    gain = gains(made, 25_000.0)["zoledronate"]
    added = 2.0 * ((25_000.0 * NOISE_SD_EFFECT) ** 2 + NOISE_SD_COST**2)
    assert error == pytest.approx(np.sqrt(gain.var(ddof=1) / len(gain) + added), rel=1e-6)


def test_sampled_switches_are_listed_with_how_often_each_value_was_drawn(made):
    law = ["gamma", "lognormal", "lognormal"] * (len(made.psa.parameters) // 3)
    psa = replace(made.psa, parameters=made.psa.parameters.assign(**{"structure.healing_law": law}))
    page = Page(psa_report_html(psa, made.analysis))
    assert "lognormal in 67 %; gamma in 33 %" in page.words
    assert "Structural switches sampled with weights: healing law." in page.words
