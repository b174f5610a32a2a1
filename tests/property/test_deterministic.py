"""Deterministic analyses of a small base case: identities, agreement with plain runs, and what is refused."""

import json
import math

import pandas as pd
import pytest
from simulate import changed

from sim.experiments import dsa_store, store
from sim.experiments.compare import compare
from sim.experiments.dsa import DsaPlan, dsa
from sim.experiments.dsa_results import FRAMES, as_frame
from sim.experiments.group_choices import group_choices
from sim.experiments.oneway import parameters_with_range
from sim.experiments.ranges import range_of
from sim.experiments.run import run
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import load_scenario
from sim.vocabulary.errors import InputError

PATIENTS = 260
STRATEGIES = ("supportive", "zoledronate", "core_decompression")
PRICE = "setting.unit_costs.zoledronate_5mg"
HEALING = "treatments.zoledronate.healing.hazard_ratio"
ELSEWHERE = "treatments.iloprost.healing.hazard_ratio"  # of a treatment that nobody here is given
SHARE = "site_share.hip"
PEAK = "pain_peak_share_of_work_ratio"
NO_SWITCHES = {"switches": False, "group_patients": 0}


@pytest.fixture(scope="module")
def scenario(seed):
    return load_scenario("base_case_uk", strategies=STRATEGIES, comparator="supportive", seed=seed, patients=PATIENTS)


@pytest.fixture(scope="module")
def inputs(scenario):
    return gather(scenario)


@pytest.fixture(scope="module")
def results(scenario):
    plan = DsaPlan(
        patients=PATIENTS,
        parameters=(PRICE, HEALING, ELSEWHERE, SHARE, PEAK),
        two_way=((PRICE, HEALING),),
        grid=2,
        thresholds=(PRICE, PEAK),
        scenarios=("skeptical",),
        ranges={PEAK: (0.1, 0.9), PRICE: (0.0, 20_000.0)},
        group_patients=PATIENTS,
    )
    return dsa(scenario, plan, threads=2)


@pytest.fixture(scope="module")
def oneway(results):
    return results.oneway.set_index(["parameter", "end", "strategy"])


@pytest.fixture(scope="module")
def plain(scenario):
    return run(scenario, keep_patients=True)


def gains(results):
    frame = results.net_benefit
    return frame[frame["willingness_to_pay"] == results.inputs.setting.thresholds[0]].set_index("strategy")


def test_every_frame_has_its_columns_in_their_order_also_when_nothing_was_asked(results, scenario):
    nothing = dsa(scenario, DsaPlan(patients=2, one_way=False, **NO_SWITCHES), threads=1)
    for one in (results, nothing):
        for name, columns in FRAMES.items():
            assert list(getattr(one, name)) == list(columns)
    empty = {name for name in FRAMES if getattr(nothing, name).empty}
    assert empty == set(FRAMES) - {"base"}


def test_the_base_case_is_that_of_a_plain_run(results, plain):
    expected = gains(plain)
    found = results.base.set_index("strategy")
    for strategy in STRATEGIES:
        row = expected.loc[strategy]
        assert found.loc[strategy, "net_benefit_gain"] == pytest.approx(row["incremental_vs_comparator"], abs=1e-6)
        error = row["incremental_standard_error"]
        assert found.loc[strategy, "net_benefit_gain_se"] == pytest.approx(error, abs=1e-6)
    assert found.loc["supportive", ["incremental_cost", "net_benefit_gain_se"]].tolist() == [0.0, 0.0]


def test_an_end_is_a_plain_run_with_that_value_and_its_change_is_paired_with_the_base_case(oneway, plain, scenario):
    value = oneway.loc[(HEALING, "high", "zoledronate"), "value"]
    other = run(changed(scenario, {HEALING: value}))
    differences = compare([plain, other]).differences
    differences = differences[differences["measure"] == "net_benefit_gain"].set_index("strategy")
    assert differences["paired"].all()
    for strategy in STRATEGIES[1:]:
        row, expected = oneway.loc[(HEALING, "high", strategy)], gains(other).loc[strategy]
        assert row["net_benefit_gain"] == pytest.approx(expected["incremental_vs_comparator"], abs=1e-6)
        assert row["net_benefit_gain_se"] == pytest.approx(expected["incremental_standard_error"], abs=1e-6)
        assert row["change"] == pytest.approx(differences.loc[strategy, "difference"], abs=1e-6)
        assert row["change_se"] == pytest.approx(differences.loc[strategy, "standard_error"], abs=1e-6)


def test_the_gain_is_a_straight_line_in_a_price_and_no_effect_moves(oneway, results):
    base = results.base.set_index("strategy")
    low, high = (oneway.loc[(PRICE, end, "zoledronate")] for end in ("low", "high"))
    slope = low["change"] / (low["value"] - low["base_value"])
    assert slope < 0.0
    assert high["change"] == pytest.approx(slope * (high["value"] - high["base_value"]), rel=1e-9)
    for row in (low, high):
        assert row["incremental_effect"] == base.loc["zoledronate", "incremental_effect"]
    assert oneway.loc[(PRICE, "low", "core_decompression"), "change"] == pytest.approx(0.0, abs=1e-6)


def test_the_threshold_of_a_price_is_that_of_the_straight_line(results, oneway):
    found = results.threshold.set_index(["parameter", "decision", "strategy", "willingness_to_pay"])
    low, high = (oneway.loc[(PRICE, end, "zoledronate")] for end in ("low", "high"))
    slope = (high["net_benefit_gain"] - low["net_benefit_gain"]) / (high["value"] - low["value"])
    base = results.base.set_index("strategy").loc["zoledronate"]
    for threshold in results.inputs.setting.thresholds:
        gain = threshold * base["incremental_effect"] - base["incremental_cost"]
        expected = low["base_value"] - gain / slope
        row = found.loc[(PRICE, "pair", "zoledronate", threshold)]
        assert row["gain_at_base"] == pytest.approx(gain, abs=1e-6)
        if 0.0 < expected < 20_000.0:
            assert row["status"] == "found"
            assert row["threshold_value"] == pytest.approx(expected, abs=1e-5 * 20_000.0)
            assert (row["below"], row["above"]) == ("zoledronate", "supportive")
            assert not row["threshold_low"] > expected
            assert not row["threshold_high"] < expected
        else:
            assert row["status"] == "none_in_range"
    assert found.loc[(PRICE, "pair", "core_decompression", threshold), "status"] == "no_effect"


def test_the_interval_of_a_threshold_ends_where_the_gain_is_clear_of_chance(results):
    row = results.threshold.query("parameter == @PRICE and decision == 'pair' and strategy == 'zoledronate'").iloc[0]
    if row["status"] == "found" and not math.isnan(row["threshold_high"]):
        one = DsaPlan(
            patients=PATIENTS, parameters=(PRICE,), ranges={PRICE: (0.0, row["threshold_high"])}, **NO_SWITCHES
        )
        found = dsa(results.scenario, one, threads=1).oneway.query("end == 'high' and strategy == 'zoledronate'")
        clear = abs(found["net_benefit_gain"].item()) / found["net_benefit_gain_se"].item()
        assert clear == pytest.approx(1.96, abs=0.01)


def test_a_parameter_of_a_treatment_that_nobody_gets_moves_nothing(oneway, results, inputs):
    rows = oneway.loc[ELSEWHERE]
    assert (rows["change"] == 0.0).all()
    assert (rows["change_se"] == 0.0).all()
    bars = results.tornado[results.tornado["parameter"] == ELSEWHERE]
    assert (bars["width"] == 0.0).all()
    assert ELSEWHERE not in parameters_with_range(inputs)
    assert HEALING in parameters_with_range(inputs)


def test_the_tornado_is_sorted_by_width_and_its_ends_are_those_of_the_one_way_table(results, oneway):
    bars = results.tornado[results.tornado["measure"] == "net_benefit_gain"]
    for strategy, of_one in bars.groupby("strategy"):
        assert of_one["width"].is_monotonic_decreasing
        assert list(of_one["rank"]) == list(range(1, 6))
        for bar in of_one.itertuples():
            assert bar.at_low == oneway.loc[(bar.parameter, "low", strategy), "net_benefit_gain"]


def test_an_end_that_the_model_refuses_is_listed_and_leaves_the_bar_open(results, oneway):
    refusal = results.refused[results.refused["analysis"] == "oneway"]
    assert refusal[["parameter", "end", "value"]].to_numpy().tolist() == [[PEAK, "high", 0.9]]
    assert "lies above" in refusal["reason"].item()
    assert (PEAK, "high", "zoledronate") not in oneway.index
    assert results.tornado.loc[results.tornado["parameter"] == PEAK, "is_open"].all()
    searched = results.refused[results.refused["analysis"] == "threshold"]
    assert set(searched["parameter"]) == {PEAK}
    simulated = results.threshold_curve.query("parameter == @PEAK")["value"]
    assert simulated.max() < searched["value"].min()  # pain may peak too late, never too early
    decline = results.inputs.parameters.quantity("pain_decline_share_of_work_ratio").value
    assert searched.loc[searched["value"] > decline, "reason"].str.contains("lies above").all()


def test_the_grid_of_two_parameters_meets_the_one_way_ends_at_its_middle_lines(results, oneway):
    grid = results.twoway
    assert len(grid.drop_duplicates(["value_a", "value_b"])) == 9  # both ends and the base value, squared
    base = grid[grid["is_base"]].set_index("strategy")
    assert (base["change"] == 0.0).all()
    for name, own, other in ((PRICE, "value_a", "value_b"), (HEALING, "value_b", "value_a")):
        middle = range_of(results.inputs.parameters, {PRICE: HEALING, HEALING: PRICE}[name]).base
        for end in ("low", "high"):
            row = oneway.loc[(name, end, "zoledronate")]
            cell = grid[(grid["strategy"] == "zoledronate") & (grid[own] == row["value"]) & (grid[other] == middle)]
            assert cell["net_benefit_gain"].item() == row["net_benefit_gain"]
            assert cell["best"].item() == row["best"]
    assert (grid["lead"] >= 0.0).all()
    assert (grid["second"] != grid["best"]).all()


def test_a_switch_is_a_plain_run_of_that_structure(results, scenario):
    found = results.switches.set_index(["switch", "value", "strategy"])
    for switch, value, word in (("treatment_effects", "none", "none"), ("harms", False, "false")):
        expected = gains(run(changed(scenario, structure={switch: value}))).loc["zoledronate"]
        row = found.loc[(switch, word, "zoledronate")]
        assert row["net_benefit_gain"] == pytest.approx(expected["incremental_vs_comparator"], abs=1e-6)
    tender = gains(run(load_scenario("tender_price", strategies=STRATEGIES, patients=PATIENTS, seed=scenario.seed)))
    row = found.loc[("prices", "tender", "zoledronate")]
    assert row["net_benefit_gain"] == pytest.approx(tender.loc["zoledronate", "incremental_vs_comparator"], abs=1e-6)
    base = results.switches[results.switches["is_base"]]
    assert (base["change"] == 0.0).all()
    assert not base["decision_changes"].any()
    assert base["switch"].nunique() == results.switches["switch"].nunique()


def test_scenarios_stand_beside_the_question_itself(results):
    own = results.scenarios[results.scenarios["scenario"] == "base_case_uk"].reset_index(drop=True)
    columns = ["strategy", "net_benefit_gain", "cost", "effect", "best"]
    pd.testing.assert_frame_equal(own[columns], results.base[columns])
    beside = results.scenarios[results.scenarios["scenario"] == "skeptical"]
    assert "zoledronate" in set(beside["strategy"])
    assert (beside["willingness_to_pay"] == 25_000.0).all()


def test_the_value_by_group_agrees_with_pandas_on_every_patient(results, plain):
    people = plain.patients
    for threshold in plain.inputs.setting.thresholds:
        worth = people.assign(nb=threshold * people["qalys_discounted"] - people["cost_discounted"])
        of_all = worth.groupby("strategy")["nb"].mean().max()
        means = worth.pivot_table(values="nb", index="sex", columns="strategy", aggfunc="mean", observed=True)
        shares = people[people["strategy"] == "supportive"]["sex"].value_counts(normalize=True)
        expected = (means.max(axis=1) * shares).sum() - of_all
        row = results.subgroup_value.query("dimension == 'sex' and willingness_to_pay == @threshold")
        assert row["value"].item() == pytest.approx(expected, abs=1e-6)
    again = group_choices(people, list(STRATEGIES), plain.inputs.setting.thresholds)
    pd.testing.assert_frame_equal(as_frame("subgroup_choice", again[1]), results.subgroup_choice)
    finer = results.subgroup_value.set_index(["dimension", "willingness_to_pay"])["value"]
    for dimension in ("site", "sex", "age_band"):
        assert (finer[dimension] <= finer["all three"] + 1e-6).all()


def test_one_thread_and_two_give_the_same_bits(scenario):
    plan = DsaPlan(
        patients=12, parameters=("setting.unit_costs.mri", SHARE), two_way=((PRICE, HEALING),), grid=2, **NO_SWITCHES
    )
    first, second = (dsa(scenario, plan, threads=threads) for threads in (1, 2))
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True, obj=name)


def test_a_stored_analysis_is_read_back_as_it_was(results, tmp_path):
    place = dsa_store.save_dsa(results, tmp_path)
    again = dsa_store.load_dsa(place)
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(results, name), check_exact=True, obj=name)
    assert again.manifest == json.loads(json.dumps(results.manifest))
    assert again.inputs.parameters.content_hash() == results.inputs.parameters.content_hash()
    ((listed, manifest),) = store.list_runs(tmp_path)
    assert (listed, manifest["kind"]) == (place, "dsa")
    with pytest.raises(InputError, match="another command"):
        store.load_run(place)
    (place / "tables" / "oneway.parquet").unlink()
    with pytest.raises(InputError, match="damaged"):
        dsa_store.load_dsa(place)
