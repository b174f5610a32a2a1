"""Scans for each case found under early MRI: runs with another number of scans find what the line foretells."""

import numpy as np
import pytest
from simulate import changed
from small_runs import small_run

from sim.experiments.run import run
from sim.experiments.scan_threshold import SCANS_SHOWN
from sim.inputs.scenario import load_scenario

SCANS = "early_scans_per_case_count"
EARLY = ("early_mri_supportive", "early_mri_zoledronate")
PATIENTS = 400


@pytest.fixture(scope="module")
def scenario(seed):
    return load_scenario("early_mri", patients=PATIENTS, seed=seed)


@pytest.fixture(scope="module")
def results(scenario):
    return run(scenario, keep_patients=True)


def gain(results, strategy, threshold):
    """The increment of net monetary benefit over the comparator and its standard error, as that run reports it."""
    rows = results.net_benefit.set_index(["strategy", "willingness_to_pay"]).loc[strategy, threshold]
    return rows.incremental_vs_comparator, rows.incremental_standard_error


def with_scans(scenario, number):
    return run(changed(scenario, {SCANS: number}))


def test_there_is_a_row_for_each_early_strategy_and_present_threshold(results):
    table = results.scan_threshold
    thresholds = results.inputs.setting.thresholds
    pairs = list(zip(table.strategy, table.willingness_to_pay, strict=True))
    assert pairs == [(name, threshold) for name in EARLY for threshold in thresholds]
    assert set(table.comparator) == {"supportive"}
    assert set(table.scans_per_case) == {results.inputs.parameters.value(SCANS)}
    assert len(results.scan_threshold_curve) == len(table) * len(SCANS_SHOWN)


def test_a_run_with_the_threshold_number_of_scans_gains_nothing(results, scenario):
    known = results.scan_threshold.dropna(subset="threshold_scans")
    assert len(known) > 0
    for row in known.itertuples():
        found, _ = gain(with_scans(scenario, row.threshold_scans), row.strategy, row.willingness_to_pay)
        assert found == pytest.approx(0.0, abs=1e-6)
        assert row.increment_now == pytest.approx(gain(results, row.strategy, row.willingness_to_pay)[0], abs=1e-6)
        assert row.threshold_low <= row.threshold_scans <= row.threshold_high


@pytest.mark.parametrize("number", [SCANS_SHOWN[0], SCANS_SHOWN[-1]])
def test_runs_with_other_numbers_of_scans_lie_on_the_curve(number, results, scenario):
    other = with_scans(scenario, number)
    curve = results.scan_threshold_curve
    for row in curve[curve.scans_per_case == number].itertuples():
        found, error = gain(other, row.strategy, row.willingness_to_pay)
        assert row.increment == pytest.approx(found, abs=1e-6)
        assert row.standard_error == pytest.approx(error, rel=1e-6)


def test_at_the_limits_a_run_gains_as_much_as_its_interval_reaches(results, scenario):
    row = results.scan_threshold.dropna().iloc[-1]
    ends = [(limit, sign) for limit, sign in ((row.threshold_low, 1.0), (row.threshold_high, -1.0)) if limit > 0.0]
    assert ends
    for limit, sign in ends:
        found, error = gain(with_scans(scenario, limit), row.strategy, row.willingness_to_pay)
        assert found / error == pytest.approx(sign * 1.96, abs=1e-3)


def test_cost_rises_by_the_price_of_a_scan_for_each_first_scan(results, scenario):
    """The price that the table names, against the costs of two runs."""
    more = with_scans(scenario, results.inputs.parameters.value(SCANS) + 1.0).outcomes.set_index("strategy")
    now = results.outcomes.set_index("strategy")
    (price,) = set(results.scan_threshold.cost_per_scan)
    for name in EARLY:
        step = more.loc[name, "cost_discounted"] - now.loc[name, "cost_discounted"]
        assert step == pytest.approx(price * now.loc[name, "first_scans_discounted"], rel=1e-9)
    assert more.loc["supportive", "cost_discounted"] == now.loc["supportive", "cost_discounted"]


def test_nearly_everybody_is_scanned_early_and_once(results):
    people = results.patients[results.patients.strategy == EARLY[0]]
    assert set(people.first_scans) <= {0.0, 1.0}
    assert people.first_scans.mean() > 0.9
    assert (people.first_scans_discounted <= people.first_scans).all()


def test_no_table_where_nobody_scans_early_or_the_comparator_does_too(seed, scenario):
    usual = small_run(seed, patients=3)
    both = run(scenario.model_copy(update={"strategies": EARLY, "comparator": EARLY[0]}), patients=3)
    for results in (usual, both):
        assert results.scan_threshold.empty
        assert results.scan_threshold_curve.empty
        assert "threshold_scans" in results.scan_threshold


def test_a_strategy_that_is_not_worth_it_at_any_number_has_no_threshold(seed):
    """Scans that cost hardly anything cannot make up for a dear drug without effect."""
    scenario = changed(
        load_scenario("early_mri", seed=seed),
        {"setting.unit_costs.zoledronate_5mg": 1e6},
        structure={"treatment_effects": "none"},
    )
    table = run(scenario, patients=100).scan_threshold.set_index("strategy").loc["early_mri_zoledronate"]
    assert np.isnan(table[["threshold_scans", "threshold_low", "threshold_high"]]).all(axis=None)
