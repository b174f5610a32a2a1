"""Runs side by side: what differs is shown, what may not be subtracted is not, and chance is told of."""

from dataclasses import replace

import numpy as np
import pytest
from simulate import changed
from small_runs import small_run, small_scenario

from sim.experiments.compare import compare
from sim.experiments.measures import MEASURES
from sim.experiments.run import run
from sim.inputs.scenario import load_scenario
from sim.vocabulary.errors import InputError

PAIR = ("supportive", "zoledronate")
PRICE = "setting.unit_costs.zoledronate_5mg"
THRESHOLD = 25_000.0
PATIENTS = 640


@pytest.fixture(scope="module")
def base(seed):
    return small_run(seed, strategies=PAIR, patients=PATIENTS)


@pytest.fixture(scope="module")
def cheap(seed):
    return run(changed(small_scenario(seed, PAIR), {PRICE: 0.0}), patients=PATIENTS, keep_patients=True)


def by_patient(results, measure):
    """The measure of each patient under zoledronate, from the kept patients."""
    own, base = (results.patients[results.patients.strategy == name].reset_index(drop=True) for name in reversed(PAIR))
    cost, qalys = (own[name] - base[name] for name in ("cost_discounted", "qalys_discounted"))
    return {
        "cost": own.cost_discounted,
        "qalys": own.qalys_discounted,
        "incremental_cost": cost,
        "incremental_qalys": qalys,
        "net_benefit_gain": THRESHOLD * qalys - cost,
    }[measure]


def test_a_run_differs_from_itself_by_exactly_nothing(base):
    comparison = compare([base, base])
    assert len(comparison.differences) == len(PAIR) * len(MEASURES)
    assert (comparison.differences[["difference", "standard_error"]].to_numpy() == 0.0).all()
    assert comparison.questions.empty
    assert "the same question" in comparison.remarks[0]
    assert list(comparison.runs["run"]) == ["base_case_uk (1)", "base_case_uk (2)"]


def test_differences_are_those_of_the_patients(base, cheap):
    rows = compare([base, cheap]).differences.set_index(["strategy", "measure"])
    for measure in MEASURES:
        step = by_patient(cheap, measure) - by_patient(base, measure)
        assert rows.loc[("zoledronate", measure), "difference"] == pytest.approx(step.mean(), rel=1e-9, abs=1e-7)
    assert rows.loc[("supportive", "cost"), "difference"] == 0.0
    assert rows.loc[("zoledronate", "cost"), "difference"] < 0.0


def test_errors_of_pairs_are_those_of_differences_within_patients(base, cheap):
    """From 64 batch means, whose spread is sure to 1 / sqrt(2 * 63); the price moves no QALY, and so its pair none."""
    rows = compare([base, cheap]).differences.set_index(["strategy", "measure"])
    assert rows.paired.all()
    for measure in MEASURES:
        step = by_patient(cheap, measure) - by_patient(base, measure)
        row, error = rows.loc["zoledronate", measure], step.std(ddof=1) / np.sqrt(PATIENTS)
        assert row.standard_error == pytest.approx(error, rel=4.0 / np.sqrt(2 * 63), abs=1e-12)
    assert rows.loc[("zoledronate", "qalys"), "standard_error"] == 0.0
    assert rows.loc[("zoledronate", "cost"), "standard_error"] > 0.0


def test_the_error_of_batches_is_that_of_their_differences(base, cheap):
    """Recomputed from the kept patients: sum of squares between batches, by the size of each."""
    row = compare([base, cheap]).differences.set_index(["strategy", "measure"]).loc["zoledronate", "cost"]
    step = by_patient(cheap, "cost") - by_patient(base, "cost")
    batch = np.arange(PATIENTS) % 64
    squares = sum((batch == n).sum() * (step[batch == n].mean() - step.mean()) ** 2 for n in range(64))
    assert row.standard_error == pytest.approx(np.sqrt(squares / 63 / PATIENTS), rel=1e-6)


def test_few_patients_have_the_errors_of_independent_runs(seed):
    few = [run(changed(small_scenario(seed, PAIR), values), patients=100) for values in ({}, {PRICE: 0.0})]
    comparison = compare(few)
    rows = comparison.differences.set_index(["strategy", "measure"])
    assert not rows.paired.any()
    squares = sum(one.outcomes.set_index("strategy").loc["zoledronate", "cost_discounted_se"] ** 2 for one in few)
    assert rows.loc[("zoledronate", "cost"), "standard_error"] == pytest.approx(np.sqrt(squares))
    assert "are paired" in comparison.remarks[0]
    assert "too large" in comparison.remarks[0]


def test_halves_of_a_cohort_are_not_taken_for_the_same_people(seed):
    halves = [small_run(seed, strategies=PAIR, patients=150, first_patient=start) for start in (0, 150)]
    comparison = compare(halves)
    assert "different patients" in comparison.remarks[0]
    assert not comparison.differences.paired.any()


def test_only_what_differs_is_listed(base, cheap):
    questions = compare([base, cheap]).questions.set_index("key")
    assert list(questions.index) == [f"parameters.{PRICE}"]
    listed = base.inputs.parameters.value(PRICE)
    assert float(questions.loc[f"parameters.{PRICE}", "base_case_uk (1)"]) == pytest.approx(listed)
    assert questions.loc[f"parameters.{PRICE}", "base_case_uk (2)"] == "0"


def test_switches_horizon_seed_and_strategies_are_listed(base, seed):
    other = run(
        changed(
            small_scenario(seed, ("zoledronate",)),
            structure={"harms": False}, horizon_years=2.0, entry="first_contact",
        ),
        patients=PATIENTS, seed=seed + 1,
    )  # fmt: skip
    comparison = compare([base, other])
    differing = {"structure.harms", "horizon_years", "entry", "strategies", "comparator", "seed"}
    assert differing <= set(comparison.questions.key)
    assert "patients" not in set(comparison.questions.key)
    told = " ".join(comparison.remarks)
    assert "different patients" in told
    assert "different comparators" in told
    assert "different horizons" in told
    assert "different entries" in told
    assert set(comparison.differences.strategy) == {"zoledronate"}
    assert set(comparison.strategies[comparison.strategies.strategy == "supportive"].run) == {"base_case_uk (1)"}


def test_every_strategy_stands_with_its_own_increments_and_verdict(base, cheap):
    rows = compare([base, cheap]).strategies.set_index(["strategy", "run"])
    for label, results in (("base_case_uk (1)", base), ("base_case_uk (2)", cheap)):
        row = rows.loc["zoledronate", label]
        assert row.cost == pytest.approx(by_patient(results, "cost").mean())
        assert row.incremental_qalys == pytest.approx(by_patient(results, "incremental_qalys").mean())
        place = results.incremental.set_index("strategy").loc["zoledronate"]
        assert row.status == place.status
        assert row.icer == pytest.approx(place.icer, nan_ok=True)


def test_different_money_is_shown_and_never_subtracted(base, seed):
    dutch = run(load_scenario("base_case_nl", strategies=PAIR, comparator=PAIR[0], seed=seed), patients=PATIENTS)
    comparison = compare([base, dutch])
    assert comparison.differences.empty
    assert "not subtracted" in comparison.remarks[0]
    assert list(comparison.runs.currency) == ["GBP", "EUR"]
    assert len(comparison.strategies) == 2 * len(PAIR)
    counted = [key for key in comparison.questions.key if key.startswith("parameters of the setting")]
    assert len(counted) == 1
    assert not any(key.startswith("parameters.setting.") for key in comparison.questions.key)


def test_another_price_year_is_other_money(base):
    setting = base.inputs.setting.model_copy(update={"price_year": "1999/00"})
    older = replace(base, inputs=replace(base.inputs, setting=setting))
    comparison = compare([base, older])
    assert comparison.differences.empty
    assert "GBP of 1999/00" in comparison.remarks[0]


def test_patient_files_differ_by_what_they_hold_and_not_by_where_they_lie(seed, tmp_path):
    runs = []
    for folder, age in (("one", 44), ("other", 44), ("third", 45)):
        file = tmp_path / folder / "people.csv"
        file.parent.mkdir()
        file.write_text(f"age_years,sex,site\n{age},female,hip\n61,male,knee\n")
        scenario = changed(small_scenario(seed, PAIR), population={"kind": "csv", "file": str(file)})
        runs.append(run(scenario, patients=4))
    assert "population.file" not in set(compare(runs[:2]).questions.key)
    assert list(compare(runs[1:]).questions.key) == ["population.file"]


def test_one_run_cannot_be_compared(base):
    with pytest.raises(InputError, match="at least two runs"):
        compare([base])
