"""Subgroups against pandas on every single patient."""

import numpy as np
import pandas as pd
import pytest
from simulate import changed
from small_runs import STRATEGIES, small_run, small_scenario

from sim.experiments.cells import DIMENSIONS
from sim.experiments.run import run

PATIENTS = 700
AGE_LIMITS = {"under_18": 0, "18_to_39": 18, "40_to_54": 40, "55_to_64": 55, "65_and_over": 65}


@pytest.fixture(scope="module")
def results(seed):
    return small_run(seed, patients=PATIENTS, block_size=128)


@pytest.fixture(scope="module")
def patients(results):
    """Every patient with his groups and his gains over the comparator; one frame a strategy, in the same order."""
    frames = {}
    for name, rows in results.patients.groupby("strategy", sort=False):
        at_entry = rows.age_years + rows.entry_years
        ages = pd.cut(at_entry, [*AGE_LIMITS.values(), np.inf], right=False, labels=list(AGE_LIMITS))
        frames[name] = rows.assign(age_band=ages.astype(str)).reset_index(drop=True)
    base = frames[STRATEGIES[0]]
    for rows in frames.values():
        rows["gained_cost"] = rows.cost_discounted - base.cost_discounted
        rows["gained_qalys"] = rows.qalys_discounted - base.qalys_discounted
    return frames


def error_of(values):
    return values.std(ddof=1) / np.sqrt(values.count())


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True)


def test_every_group_with_patients_has_a_row_a_strategy_and_no_other(results, patients):
    for dimension in DIMENSIONS:
        rows = results.subgroups[results.subgroups.dimension == dimension]
        wanted = {(name, group) for name in STRATEGIES for group in set(patients[name][dimension].astype(str))}
        assert len(rows) == len(wanted)
        assert set(zip(rows.strategy, rows.group, strict=True)) == wanted


def test_means_and_errors_of_a_group_are_those_of_its_patients(results, patients):
    threshold = results.inputs.setting.thresholds[0]
    assert len(results.subgroups) >= 8 * len(STRATEGIES)
    for row in results.subgroups.itertuples():
        everyone = patients[row.strategy]
        group = everyone[everyone[row.dimension].astype(str) == row.group]
        assert row.patients == len(group)
        benefit = threshold * group.gained_qalys - group.gained_cost
        for values, mean, error in (
            (group.cost_discounted, row.cost, row.cost_se),
            (group.qalys_discounted, row.qalys, row.qalys_se),
            (group.gained_cost, row.incremental_cost, row.incremental_cost_se),
            (group.gained_qalys, row.incremental_qalys, row.incremental_qalys_se),
        ):
            assert mean == near(values.mean())
            assert error == near(error_of(values))
        assert row.symptom_months == near(group.symptom_months_from_onset.mean())
        assert row.pain_years == near(group.pain_years.mean())
        assert row.net_benefit_gain == near(benefit.mean())
        assert row.net_benefit_gain_se == pytest.approx(error_of(benefit), rel=1e-6, abs=1e-6, nan_ok=True)


def test_the_groups_of_a_dimension_make_up_the_whole(results):
    totals = results.outcomes.set_index("strategy")
    for (_, strategy), rows in results.subgroups.groupby(["dimension", "strategy"]):
        assert rows.patients.sum() == PATIENTS
        for name, outcome in (("cost", "cost_discounted"), ("qalys", "qalys_discounted"), ("pain_years", "pain_years")):
            assert np.average(rows[name], weights=rows.patients) == near(totals.loc[strategy, outcome])


def test_a_group_that_holds_everybody_equals_the_run(seed):
    scenario = changed(small_scenario(seed), population={"age_minimum_years": 70.0})
    results = run(scenario, patients=200)
    band = results.subgroups[results.subgroups.dimension == "age_band"].set_index("strategy")
    assert set(band.group) == {"65_and_over"}
    totals = results.outcomes.set_index("strategy")
    benefit = results.net_benefit[results.net_benefit.willingness_to_pay == results.inputs.setting.thresholds[0]]
    benefit = benefit.set_index("strategy")
    for strategy in STRATEGIES:
        row = band.loc[strategy]
        assert row.patients == 200
        for name, outcome in (
            ("cost", "cost_discounted"),
            ("cost_se", "cost_discounted_se"),
            ("qalys", "qalys_discounted"),
            ("qalys_se", "qalys_discounted_se"),
            ("symptom_months", "symptom_months_from_onset"),
        ):
            assert row[name] == near(totals.loc[strategy, outcome])
        assert row.net_benefit_gain == pytest.approx(benefit.loc[strategy, "incremental_vs_comparator"], abs=1e-6)
        assert row.net_benefit_gain_se == pytest.approx(benefit.loc[strategy, "incremental_standard_error"], abs=1e-6)


def test_the_comparator_gains_exactly_nothing_in_any_group(results):
    rows = results.subgroups[results.subgroups.strategy == results.scenario.comparator]
    gained = rows[["incremental_cost", "incremental_qalys", "net_benefit_gain"]]
    assert (gained.to_numpy() == 0.0).all()
