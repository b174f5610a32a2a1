"""`bmes voi`: what it prints, what it leaves with the run, and what it refuses."""

import json
import sys

import pandas as pd
import pytest
from commands import bmes, refused

from sim.experiments import psa_store
from sim.experiments.psa import prepared, simulate
from sim.experiments.psa_frames import analysis_of
from sim.inputs.scenario import load_scenario

EFFECT = "treatments.zoledronate.healing.hazard_ratio"
TRIAL = ["--trial", "supportive,zoledronate", "--patients-per-arm", "10,20"]
POPULATION = ["--incidence", 1000, "--horizon", 10]
COST = ["--cost-fixed", 1000, "--cost-per-patient", 10]


@pytest.fixture(scope="module")
def run(tmp_path_factory, seed):
    """A stored probabilistic analysis of two strategies."""
    scenario = load_scenario(
        "base_case_uk", strategies=["supportive", "zoledronate"], comparator="supportive", seed=seed
    )
    study = prepared(scenario, 60, 10)
    folder = psa_store.begin(study, tmp_path_factory.mktemp("runs"))
    results = simulate(study, parts=folder / psa_store.PARTS)
    return psa_store.finish(results, analysis_of(results), folder, {})


def test_everything_at_once_is_printed_and_left_with_the_run(run):
    nesting = ["--nested", "--outer", 10, "--inner", 2, "--inner-patients", 5]
    code, output, _ = bmes("voi", run, "--evppi", EFFECT, *nesting, *TRIAL, *POPULATION, *COST, "--json")
    content = json.loads(output)
    assert code == 0
    assert {row["method"] for row in content["evppi"]} == {"regression", "nested"}
    assert content["tables"] == ["evppi", "evsi", "enbs", "population"]
    for name in content["tables"]:
        stored = pd.read_parquet(run / "tables" / f"{name}.parquet")
        assert len(stored) == len(content[name])
    assert set(content["evppi"][0]) == {"parameters", "willingness_to_pay", "value", "se", "method", "evpi"}
    thresholds = {row["willingness_to_pay"] for row in content["evpi"]}
    assert {row["willingness_to_pay"] for row in content["evsi"]} == thresholds
    assert not list((run / "tables").glob(".*"))


def test_tables_for_people_name_sets_sizes_and_the_best_trial(run):
    code, output, _ = bmes("voi", run, "--wtp", "20000", "--evppi", "healing*", *TRIAL, *POPULATION, *COST)
    output = " ".join(output.split())
    assert code == 0
    for words in ("perfect information", "healing*", "EVSI", "ENBS", "no trial", "best", "1,000 a year for 10 years"):
        assert words in output


def test_sets_that_were_valued_before_are_kept(run):
    for names in ("healing*", f"{EFFECT}, entry_pain_mean_nrs"):
        assert bmes("voi", run, "--wtp", "20000", "--evppi", names)[0] == 0
    stored = pd.read_parquet(run / "tables" / "evppi.parquet")
    assert {"healing*", f"{EFFECT}, entry_pain_mean_nrs"} <= set(stored["parameters"])
    assert not stored.duplicated(["parameters", "willingness_to_pay", "method"]).any()


def test_whether_an_earlier_trial_pays_does_not_stay_beside_another_trial(run):
    assert bmes("voi", run, "--evppi", EFFECT, *TRIAL, *POPULATION, *COST)[0] == 0
    assert "ENBS" in (run / "report.html").read_text("utf-8")
    other = ["--trial", "zoledronate,supportive", "--patients-per-arm", "10", "--outcome", "cost", "--follow-up", 3]
    assert bmes("voi", run, "--evppi", EFFECT, *other)[0] == 0
    assert not (run / "tables" / "enbs.parquet").exists()
    text = (run / "report.html").read_text("utf-8")
    assert "over 3 months" in text
    assert "ENBS" not in text


def test_thresholds_may_be_given_one_by_one(run):
    _, output, _ = bmes("voi", run, "--evppi", EFFECT, "--wtp", "20000", "--wtp", "30000", "--json")
    assert [row["willingness_to_pay"] for row in json.loads(output)["evpi"]] == [20_000.0, 30_000.0]


def test_a_stored_run_with_sampled_switches_can_be_nested_and_tried(tmp_path, seed):
    """Switches that are true or false come back from the file as numpy's own, which no scenario takes."""
    scenario = load_scenario("structural_uncertainty", strategies=["supportive", "zoledronate"], seed=seed)
    assert any(isinstance(one.value, bool) for one in scenario.structure_weights["carry_over"])
    study = prepared(scenario, 20, 10)
    folder = psa_store.begin(study, tmp_path)
    results = simulate(study, parts=folder / psa_store.PARTS)
    folder = psa_store.finish(results, analysis_of(results), folder, {})
    nesting = ["--nested", "--outer", 10, "--inner", 2, "--inner-patients", 5]
    code, output, errors = bmes("voi", folder, "--evppi", "structure.*", *nesting, *TRIAL, "--json")
    assert code == 0, errors
    found = json.loads(output)
    assert {row["method"] for row in found["evppi"]} == {"regression", "nested"}
    assert found["evsi"]


def test_by_default_groups_and_the_strongest_parameters_are_ranked(run):
    code, output, _ = bmes("voi", run, "--wtp", "20000", "--json")
    rows = json.loads(output)["evppi"]
    values = [row["value"] for row in rows]
    assert code == 0
    assert values == sorted(values, reverse=True)
    labels = {row["parameters"] for row in rows}
    assert {"healing", "costs", "harms", "utilities", "zoledronate"} <= labels
    assert labels & set(pd.read_parquet(run / "parameters.parquet").columns)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--evppi", "healing_medan_months.hip"], "Did you mean 'healing_median_months.hip'?"),
        (["--evppi", "nothing*"], "no parameter matches 'nothing*'"),
        (["--nested"], "Add --evppi NAMES."),
        (["--evppi", EFFECT, "--nested", "--outer", 1], "1 is too few for outer"),
        (["--wtp", "much"], "'much' is not a number"),
        (["--wtp", "-5"], "-5 is no willingness to pay"),
        (["--incidence", 100], "Give both or neither."),
        (["--cost-fixed", 100], "only one is given"),
        (COST, "Add --trial, --incidence and --horizon."),
        ([*POPULATION, "--discount-rate", -0.1], "--discount-rate: -0.1 does not fit here"),
        ([*POPULATION, "--discount-rate", 3.5], "--discount-rate: 3.5 is 350 % a year"),
        (["--discount-rate", 0.03], "--discount-rate: it does nothing without --incidence"),
        (["--incidence", -1, "--horizon", 10], "--incidence: -1 does not fit here"),
        (["--incidence", 100, "--horizon", 0], "--horizon: a decision that stands for no time"),
        ([*TRIAL, *POPULATION, "--cost-fixed", -1, "--cost-per-patient", 1], "--cost-fixed: -1 does not fit here"),
        ([*TRIAL, *POPULATION, "--results-after", 2], "--results-after: it does nothing without --cost-fixed"),
        (["--patients-per-arm", 100], "--patients-per-arm: it does nothing without --trial"),
        (["--evppi", EFFECT, "--outer", 30], "--outer: it does nothing without --nested"),
        (["--trial", ","], "--trial: ',' names no strategy"),
        (["--wtp", "1e300"], "is no willingness to pay"),
        (["--trial", "supportive"], "no set of arms"),
        ([*TRIAL, "--patients-per-arm", "many"], "'many' are no numbers of patients"),
        ([*TRIAL, "--outcome", "pain"], "--outcome pain"),
    ],
)
def test_mistakes_are_one_line(run, options, words):
    assert words in refused(2, "voi", run, *options)


def test_without_scikit_learn_one_line_says_what_to_install(run, monkeypatch):
    for module in [name for name in sys.modules if name.partition(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert "Install bmes-sim[voi]." in refused(1, "voi", run, "--evppi", EFFECT)


def test_one_patient_a_draw_is_said_to_hide_the_chance_among_patients(tmp_path, seed):
    scenario = load_scenario("base_case_uk", strategies=["supportive", "zoledronate"], seed=seed)
    study = prepared(scenario, 20, 1)
    folder = psa_store.begin(study, tmp_path)
    results = simulate(study, parts=folder / psa_store.PARTS)
    folder = psa_store.finish(results, analysis_of(results), folder, {})
    code, output, errors = bmes("voi", folder, "--evppi", EFFECT)
    assert code == 0, errors
    words = "One patient a draw does not show how much of the spread between draws is chance"
    assert words in " ".join(output.split())
    assert words in (folder / "report.html").read_text("utf-8")


def test_a_folder_that_is_no_probabilistic_analysis_is_refused(tmp_path):
    assert "no run folder" in refused(2, "voi", tmp_path)
