"""What the report of a probabilistic analysis claims is no more than its draws, methods and errors allow."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from report.psa_stand_in import FIRST, NOISE_SD_COST, STRATEGIES, PsaStandIn, psa_stand_in, voi_stand_in
from report.test_html import Page

from sim.experiments.parameter_groups import parameter_groups
from sim.experiments.psa_frames import analysis_of
from sim.report import information_tables, psa_charts, psa_tables, psa_value
from sim.report.figure_style import GREY
from sim.report.numbers import Estimate
from sim.report.psa_amounts import amount_texts
from sim.report.psa_drivers import drivers
from sim.report.psa_findings import PsaFindings
from sim.report.psa_html import psa_report_html
from sim.report.psa_sets import sets_table
from sim.report.psa_trial_words import judgements
from sim.report.psa_words import answer

MEDIANS = tuple(f"healing_median_months.{site}" for site in ("hip", "knee", "foot", "other"))


@pytest.fixture(scope="module")
def made() -> PsaStandIn:
    return psa_stand_in()


@pytest.fixture(scope="module")
def informed(made) -> PsaFindings:
    return PsaFindings(made.psa, made.analysis, voi_stand_in(made.psa.inputs.setting.thresholds))


def findings_of(psa) -> PsaFindings:
    return PsaFindings(psa, analysis_of(psa))


def with_outcome(made: PsaStandIn, strategy: str, **changes):
    """The analysis with other outcomes of one strategy: a function of its own values for each outcome."""
    frame = made.psa.outcomes.copy()
    own = frame["strategy"] == strategy
    for outcome, change in changes.items():
        frame.loc[own, outcome] = change(frame.loc[own, outcome].to_numpy())
    return replace(made.psa, outcomes=frame)


@pytest.mark.parametrize(
    ("mean", "error", "texts"),
    [
        (206.77, 28.43, ("207", "28")),
        (52_064.3, 192_867.4, ("50,000", "190,000")),
        (1_377_035.0, 255_796.0, ("1,380,000", "260,000")),
        (-77_992.0, 193_842.0, ("\u221280,000", "190,000")),
        (0.0, 165_864.7, ("0", "170,000")),
        (40.0, 1.5, ("40.0", "1.5")),
        (0.0, 2e-8, ("0.00", "<0.01")),
        (0.0, 0.0, ("0", "")),
        (12.345, float("nan"), ("12.35", "")),
        (float("nan"), 1.0, ("\u2013", "")),
    ],
)
def test_amounts_have_two_digits_of_their_error_and_a_zero_without_error_claims_none(mean, error, texts):
    assert amount_texts(Estimate(mean, error)) == texts


def test_differences_that_are_rounding_alone_are_no_gain_and_have_no_error(made):
    """A billionth of 14 QALYs is 1.4e-8: what is far below it is rounding, what is above it is kept."""
    base = made.psa.outcomes.loc[made.psa.outcomes["strategy"] == "supportive", "qalys_discounted"].to_numpy()
    random = np.random.default_rng(1)
    noise = made.psa.noise.copy()
    for place in (3, 4):  # QALYs of supportive care and of zoledronate: the same people, the same lives
        noise[:, [3, 4], place] = noise[:, place, [3, 4]] = noise[:, 3, 3][:, None] * (1.0 + 1e-15 * random.random())
    for luck in ("independent", "shared"):
        alike = with_outcome(
            made, "zoledronate", qalys_discounted=lambda _: base + 2e-15 * random.normal(size=len(base))
        )
        alike = replace(alike, noise=noise, manifest={**alike.manifest, "luck": luck})
        effect = findings_of(alike).spread("zoledronate", "incremental_effect")
        assert (effect.mean, effect.standard_error, effect.low, effect.high) == (0.0, 0.0, 0.0, 0.0)
    small = with_outcome(made, "zoledronate", qalys_discounted=lambda _: base + 1e-6)
    assert findings_of(small).spread("zoledronate", "incremental_effect").mean == pytest.approx(1e-6, rel=1e-6)


def test_where_no_draw_would_change_the_choice_the_report_says_how_much_so_many_draws_may_miss(made):
    psa = with_outcome(made, "zoledronate", cost_discounted=lambda cost: cost + 1e6)
    psa = replace(psa, outcomes=psa.outcomes)
    frame = psa.outcomes
    frame.loc[frame["strategy"] == "core_decompression", "cost_discounted"] += 1e6
    findings = findings_of(psa)
    assert findings.evpi(findings.thresholds[0]).exact_zero
    said = answer(findings).paragraphs[0]
    assert "in none of the 300 draws was another strategy better (chance among the simulated patients is taken" in said
    assert "may miss what has a probability below about 1.0 %" in said  # 3 / 300
    assert "could change the choice" not in said
    assert "in no draw" in information_tables.information_answer(findings.analysis.evpi, "GBP")


def test_of_parameters_that_are_drawn_together_one_stands_for_all(made):
    """Four copies of one quantity, each of which explains all of the gain, are told as one and its three partners."""
    drawn = made.psa.parameters
    same = {name: drawn[FIRST] + 1e-9 * place for place, name in enumerate(MEDIANS)}
    effect = 14.0 + 0.05 * (drawn[FIRST] - drawn[FIRST].mean()) / drawn[FIRST].std()
    psa = with_outcome(made, "zoledronate", qalys_discounted=lambda _: effect.to_numpy())
    found = drivers(findings_of(replace(psa, parameters=drawn.assign(**same))), "zoledronate")
    medians = [one for one in found if one.parameter in MEDIANS]
    assert len(medians) == 1
    assert medians[0].beside == 3
    assert medians[0].words.endswith("and 3 drawn together with it")


def enbs_of(rows: dict[tuple[float, str, int], tuple[float, float]]) -> pd.DataFrame:
    """ENBS by (threshold, method, size): estimate and standard error."""
    columns = ["willingness_to_pay", "method", "patients_per_arm", "enbs", "se"]
    return pd.DataFrame([(*key, *value) for key, value in rows.items()], columns=columns)


def judged(made: PsaStandIn, rows) -> list[str]:
    return judgements(PsaFindings(made.psa, made.analysis, {"enbs": enbs_of(rows)}))


def test_the_trial_is_judged_by_every_method_and_threshold_with_errors(made):
    """The numbers of a real analysis of 200 draws, in which sizes differ by method and signs by threshold."""
    rows = {
        (25_000.0, "regression", 25): (52_064.0, 192_867.0),
        (25_000.0, "regression", 100): (5_545.0, 189_059.0),
        (25_000.0, "moment_matching", 25): (-16_386.0, 135_002.0),
        (25_000.0, "moment_matching", 100): (63_101.0, 170_870.0),
        (35_000.0, "regression", 0): (0.0, 0.0),
        (35_000.0, "regression", 25): (-100_631.0, 228_928.0),
        (35_000.0, "moment_matching", 100): (-77_992.0, 193_842.0),
    }
    first, second, last = judged(made, rows)
    assert "GBP 50,000 (standard error 190,000) by regression with 25 patients per arm" in first
    assert "GBP 60,000 (standard error 170,000) by moment matching with 100 patients per arm" in first
    assert "no estimate is clear of 0" in first
    assert "name different sizes" in first
    assert "no size that was tried is worth its cost by these estimates, but no estimate is clear" in second
    assert last == "Between the thresholds the estimates change sign."


@pytest.mark.parametrize(
    ("regression", "matching", "words"),
    [
        ((900.0, 100.0), (800.0, 100.0), "a trial is worth its cost."),
        ((-900.0, 100.0), (-800.0, 100.0), "no size that was tried is worth its cost."),
        ((900.0, 100.0), (100.0, 100.0), "but not every estimate is clear of 0"),
        ((900.0, 100.0), (-100.0, 100.0), "the methods disagree on whether a trial is worth its cost."),
    ],
)
def test_a_verdict_needs_all_methods_and_their_errors(made, regression, matching, words):
    rows = {(1000.0, "regression", 50): regression, (1000.0, "moment_matching", 50): matching}
    (said,) = judged(made, rows)
    assert words in said
    assert "different sizes" not in said


def test_the_same_set_by_two_methods_is_valued_twice_for_all_concerned(informed):
    table = information_tables.population_table(informed.frame("population"), "GBP")
    healing = {row.cells[-1].text: row.cells[0].text for row in table.rows if row.heading == "healing"}
    assert healing == {"regression": "200,000", "nested Monte Carlo": "195,000"}


def test_every_set_that_was_valued_is_described_with_its_size(informed):
    groups = parameter_groups(informed.inputs, informed.sampled)
    rows = {row.heading: row.cells for row in sets_table(informed).rows}
    assert set(rows) == {"healing", "costs"}, "a single parameter needs no description"
    assert {name: int(cells[0].text) for name, cells in rows.items()} == {name: len(groups[name]) for name in rows}
    assert all(len(cells[1].text) > 5 for cells in rows.values())


def test_amounts_stand_before_names_that_a_narrow_screen_may_cut_and_no_bar_reaches_below_zero(informed):
    bars, *others = json.loads(psa_value.evppi_chart(informed).data)["data"]
    (names,) = [trace["text"] for trace in others if trace.get("mode") == "text"]
    assert names[:2] == ["GBP 40.0: healing", "GBP 35.0: zoledronate.healing.hazard_ratio"]
    assert all(low <= value for low, value in zip(bars["error_x"]["arrayminus"], bars["x"], strict=True))


def test_no_two_lines_of_a_legend_look_alike_and_the_frontier_is_drawn_as_its_legend_says(informed):
    makers = (psa_charts.acceptability_chart, psa_charts.frontier_chart, psa_charts.loss_chart, psa_charts.evpi_chart)
    for chart in (make(informed) for make in makers):
        lines = [(one.look.colour, one.look.dash) for one in chart.legend if one.kind == "line"]
        assert len(lines) == len(set(lines)), chart.name
        drawn = {
            trace["legendgroup"]: trace["line"] for trace in json.loads(chart.data)["data"] if trace["line"].get("dash")
        }
        for one in chart.legend:
            assert (drawn[one.group]["color"], drawn[one.group]["dash"]) == (one.look.colour, one.look.dash), one.words
            assert one.look.colour != GREY or not one.group.startswith("threshold")


def test_tables_in_parts_have_titles_of_their_own(informed, monkeypatch):
    monkeypatch.setattr(psa_tables, "in_pieces", lambda columns, at_most=8: [columns[:2], columns[2:]])
    first, second = (table.caption for table in psa_tables.outcomes_tables(informed))
    titles = [informed.title(name) for name in STRATEGIES]
    assert all(title in first for title in titles[:2])
    assert titles[2] in second
    shares = psa_tables.curve_tables(informed, "Curves", {name: {0.0: 0.5} for name in STRATEGIES})
    assert [table.caption for table in shares] == ["Curves, part 1 of 2", "Curves, part 2 of 2"]


def test_every_link_says_where_it_leads(made, informed):
    text = psa_report_html(made.psa, made.analysis, informed.voi)
    links = re.findall(r"<a [^>]*href=\"#[^>]*>(.*?)</a>", text)
    assert links
    assert all(words.strip() for words in links)


def test_values_are_said_to_be_held_only_where_the_scenario_sets_some(made):
    words = "as are the values that the scenario sets"
    assert words not in answer(findings_of(made.psa)).paragraphs[-1]
    scenario = made.psa.scenario.model_copy(update={"parameters": {"smoking_probability": 0.5}})
    assert words in answer(findings_of(replace(made.psa, scenario=scenario))).paragraphs[-1]


def test_sampled_switches_are_not_said_to_stand_as_in_the_base_case(made):
    law = ["early_stage", "distinct", "distinct"] * (len(made.psa.parameters) // 3)
    psa = replace(made.psa, parameters=made.psa.parameters.assign(**{"structure.osteonecrosis": law}))
    words = Page(psa_report_html(psa, made.analysis)).words
    assert "Structural switches sampled with the weights of the scenario: osteonecrosis." in words
    assert "All other structural switches stand as in the base case." in words
    assert "All structural switches stand" not in words
    assert "Osteonecrosis is in some draws a disease of its own" in words
    assert "Osteonecrosis is a disease of its own" not in words


@pytest.mark.parametrize(
    ("patients_sd", "words"), [(1e6, "--luck independent"), (0.0, "so that more draws are needed")]
)
def test_a_lead_that_shared_patients_blur_asks_for_patients_and_not_for_draws(made, patients_sd, words):
    """All means of a strategy's costs are off by the same chance; only where that is most of the error it is named."""
    noise = made.psa.noise / NOISE_SD_COST**2 * patients_sd**2
    psa = replace(made.psa, manifest={**made.psa.manifest, "luck": "shared"}, noise=noise)
    mean = psa.outcomes.groupby("strategy")["cost_discounted"].mean()
    effect = psa.outcomes.groupby("strategy")["qalys_discounted"].mean()
    best = max(STRATEGIES, key=lambda name: 25_000.0 * effect[name] - mean[name])
    other = next(name for name in STRATEGIES if name != best)
    step = 25_000.0 * (effect[best] - effect[other]) - (mean[best] - mean[other])
    level = with_outcome(PsaStandIn(psa, made.analysis), other, cost_discounted=lambda cost: cost - step + 1.0)
    assert words in answer(findings_of(level)).paragraphs[0]


def test_a_precision_that_was_asked_for_and_not_reached_is_told(made):
    def told(target: float) -> str:
        manifest = {**made.psa.manifest, "target_standard_error": target}
        return answer(PsaFindings(replace(made.psa, manifest=manifest), made.analysis)).paragraphs[2]

    findings = findings_of(made.psa)
    largest = max(findings.gain(name, findings.thresholds[0]).standard_error for name in findings.others)
    assert "was not reached" in told(0.9 * largest)
    assert "was not reached" not in told(1.1 * largest)
