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
        ([*POPULATION, "--discount-rate", -0.1], "annual_discount_rate"),
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


def test_a_folder_that_is_no_probabilistic_analysis_is_refused(tmp_path):
    assert "no run folder" in refused(2, "voi", tmp_path)
