"""What must change nothing, or exactly one thing: identities that hold for any parameter values (MODEL, oracles)."""

import os
import subprocess
import sys
from dataclasses import replace
from shutil import copytree

import numpy as np
import pandas as pd
import pytest
from amplified import AMPLIFIED
from simulate import assert_same_rows, changed, courses, simulated, with_values
from small_inputs import replace_in

from sim.inputs.model_inputs import gather
from sim.inputs.root import data_root
from sim.inputs.scenario import load_scenario
from sim.vocabulary.enums import Event, LesionState, Site
from sim.vocabulary.records import LESIONS

PATIENTS = 400
BUSY = changed(parameters=AMPLIFIED)  # rare events are common here, so that identities are tried on all rules
INERT = {"treatment_effects": "none", "harms": False, "repletion_wait": False}
INERT |= {"perioperative_death": False, "unloading_after_surgery": False}
FREE = {"treatments.core_decompression.procedure_disutility": 0.0}


@pytest.fixture(scope="module")
def busy(seed):
    return simulated(BUSY, seed=seed, patients=PATIENTS)


@pytest.mark.parametrize(
    "strategies",
    [("supportive",), ("iloprost", "supportive", "step_up"), tuple(reversed(BUSY.strategies))],
    ids=["alone", "some in another order", "all in reverse"],
)
def test_adding_removing_or_reordering_strategies_moves_no_other(strategies, busy, seed):
    """No random key holds a strategy's place; its number in the rows is the only thing that may differ."""
    other = simulated(changed(BUSY, strategies=strategies), seed=seed, patients=PATIENTS)
    for strategy in strategies:
        assert_same_rows(other.rows(strategy), busy.rows(strategy), besides=("strategy",))
        assert_same_rows(other.outcomes(strategy), busy.outcomes(strategy))


def with_first_name(root):
    """One treatment more, whose name comes first, so that every other gets another number."""
    folder = root / "parameters" / "treatments"
    (folder / "aaa_first.toml").write_bytes((folder / "iloprost.toml").read_bytes())


def with_ibandronate_renamed(root):
    folder = root / "parameters" / "treatments"
    (folder / "ibandronate.toml").rename(folder / "zz_ibandronate.toml")
    replace_in(root, "parameters/strategies/ibandronate.toml", '["ibandronate"', '["zz_ibandronate"')


def without_ibandronate(root):
    (root / "parameters" / "treatments" / "ibandronate.toml").unlink()
    (root / "parameters" / "strategies" / "ibandronate.toml").unlink()


def with_all_in_reverse(root):
    """All but zoledronate, which ibandronate names, and core decompression get names in reverse order."""
    folder = root / "parameters" / "treatments"
    with_ibandronate_renamed(root)
    (folder / "colecalciferol.toml").rename(folder / "zzz_colecalciferol.toml")
    for strategy in ("vitamin_d", "zoledronate", "ibandronate", "step_up"):
        replace_in(root, f"parameters/strategies/{strategy}.toml", '"colecalciferol"', '"zzz_colecalciferol"')


@pytest.mark.parametrize("edit", [with_first_name, with_ibandronate_renamed, without_ibandronate, with_all_in_reverse])
def test_adding_removing_renaming_or_reordering_other_treatments_moves_no_number(edit, busy, seed, tmp_path):
    """Random keys hold a number made from the treatment's name, never its place among the files."""
    root = tmp_path / "data"
    for name in ("parameters", "scenarios"):
        copytree(data_root() / name, root / name)
    edit(root)
    untouched = tuple(name for name in BUSY.strategies if name not in touched_by(edit))
    values = {name: value for name, value in AMPLIFIED.items() if keeps_its_name(name, edit)}
    scenario = changed(strategies=untouched, parameters=values)
    other = simulated(gather(scenario, root), seed=seed, patients=PATIENTS)
    old, new = list(busy.inputs.treatments), list(other.inputs.treatments)
    number = np.array([new.index(name) if name in new else -2 for name in old] + [-1])  # the last for "none"
    assert old != new
    for strategy in untouched:
        first, second = busy.rows(strategy), other.rows(strategy)
        assert np.array_equal(number[first["treatment"]], second["treatment"])
        assert_same_rows(first, second, besides=("strategy", "treatment"))
        assert_same_rows(busy.outcomes(strategy), other.outcomes(strategy))


def touched_by(edit):
    return ("ibandronate", "vitamin_d", "zoledronate", "step_up") if edit is with_all_in_reverse else ("ibandronate",)


def keeps_its_name(parameter, edit):
    renamed = ("ibandronate", "colecalciferol") if edit is with_all_in_reverse else ("ibandronate",)
    return edit is with_first_name or not parameter.startswith(tuple(f"treatments.{name}." for name in renamed))


@pytest.mark.parametrize("base", ["base_case_uk", BUSY], ids=["base case", "busy"])
def test_an_inert_harmless_treatment_without_a_wait_heals_nobody_earlier_or_later(base, seed):
    """Bit-equal healing, because an effect of nothing moves no anchor; QALYs to 1e-12, the rounding of their sums."""
    values = {name: value for name, value in AMPLIFIED.items() if base is BUSY}
    result = simulated(changed(base, values | FREE, INERT), seed=seed, patients=2_000)
    assert len(result.events("iloprost", Event.TREATMENT_STARTS)) > 1_000
    healing = (Event.SYMPTOMS_RESOLVE, Event.MRI_NORMAL)
    reference = result.outcomes("supportive")
    for strategy in result.inputs.strategies:
        for event in healing:
            without, treated = (result.events(name, event) for name in ("supportive", strategy))
            for field in ("patient_id", "lesion", "time_years"):
                assert np.array_equal(without[field], treated[field])
        outcomes = result.outcomes(strategy)
        assert np.array_equal(outcomes["symptom_months_from_entry"], reference["symptom_months_from_entry"], True)
        for name in ("qalys", "qalys_discounted"):
            np.testing.assert_allclose(outcomes[name], reference[name], rtol=1e-12, atol=1e-12)


def healing_times(rows):
    """Time at which each lesion's symptoms resolve, by patient and lesion."""
    found = rows[rows["event"] == Event.SYMPTOMS_RESOLVE]
    index = pd.MultiIndex.from_arrays([found["patient_id"], found["lesion"]])
    return pd.Series(found["time_years"], index)


@pytest.mark.parametrize("strategy", ["zoledronate", "ibandronate", "iloprost", "core_decompression"])
def test_a_stronger_healing_factor_never_delays_a_lesion_under_a_fixed_schedule(strategy, seed):
    """More work is done at every instant. Single lesions, so that the schedule hangs on the diagnosis alone."""
    values = {"further_lesion_5_year_probability": 0.0, "osteonecrosis_probability": 0.0}
    before = None
    for ratio in (1.0, 1.2, 1.5, 2.5, 6.0):
        values |= {f"treatments.{name}.healing.hazard_ratio": ratio for name in RATIOS}
        result = simulated(changed(parameters=values, strategies=(strategy,), comparator=strategy), seed=seed, patients=1_000)
        times = healing_times(result.rows(strategy))
        if before is not None:
            both = before.index.intersection(times.index)
            assert (times[both] <= before[both]).all()
            assert (times[both] < before[both]).any()
        before = times


RATIOS = ("zoledronate", "iloprost", "core_decompression")


@pytest.mark.parametrize("strategy", ["zoledronate", "iloprost", "core_decompression"])
def test_no_lesion_heals_later_with_the_effects_than_without(strategy, seed):
    """With several lesions the schedule may move, but every factor is above 1, so nothing falls behind no effect."""
    scenario = changed(BUSY, strategies=(strategy,), comparator=strategy)
    with_effects, without = (
        healing_times(simulated(one, seed=seed, patients=2_000).rows(strategy))
        for one in (scenario, changed(scenario, structure={"treatment_effects": "none"}))
    )
    both = with_effects.index.intersection(without.index)
    assert (both.get_level_values(1) > 0).sum() > 100
    assert (with_effects[both] <= without[both]).all()


def test_left_and_right_swapped_change_nothing(seed, tmp_path):
    """The body is symmetric: only the side of lesions, and the number of joints in a row's value, tell the twins apart."""
    twins = []
    for side in ("left", "right"):
        path = tmp_path / f"{side}.csv"
        path.write_text("age_years,sex,site,side\n" + "".join(
            f"{age},{sex},{site},{side}\n" for age in (35, 52, 71) for sex in ("female", "male")
            for site in ("hip", "knee", "foot", "other")
        ))
        scenario = changed(BUSY, population={"kind": "csv", "file": str(path)})
        twins.append(simulated(scenario, seed=seed, patients=600))
    left, right = twins
    begun = left.block.patients["lesions"]["site"][:, 0]
    assert np.array_equal(left.block.patients["lesions"]["side"][:, 0], 1 - right.block.patients["lesions"]["side"][:, 0])
    assert set(begun) == set(Site)
    of_joints = (Event.COLLAPSE, Event.ARTHROPLASTY_LISTED, Event.ARTHROPLASTY, Event.REVISION, Event.NECK_FRACTURE)
    for strategy in BUSY.strategies:
        first, second = left.rows(strategy), right.rows(strategy).copy()
        assert_same_rows(first, second, besides=("value",))
        joints = np.isin(second["event"], of_joints)
        second["value"][joints] = second["value"][joints].astype(int) ^ 1
        assert_same_rows(first, second)
        assert_same_rows(left.outcomes(strategy), right.outcomes(strategy))


def test_a_cohort_in_two_halves_equals_the_whole_row_by_row(busy, seed):
    """A patient's luck is keyed by his number, which the second half keeps."""
    half = PATIENTS // 2
    halves = [simulated(BUSY, seed=seed, patients=half, first_patient=start) for start in (0, half)]
    for strategy in BUSY.strategies:
        assert_same_rows(np.concatenate([one.rows(strategy) for one in halves]), busy.rows(strategy))
        assert_same_rows(np.concatenate([one.outcomes(strategy) for one in halves]), busy.outcomes(strategy))


def test_a_history_depends_neither_on_how_many_patients_run_nor_on_who_comes_before(busy, seed):
    """Each of these people runs alone, and their rows are those they had among all the others."""
    for patient in (0, 1, 137, PATIENTS - 1):
        alone = simulated(BUSY, seed=seed, patients=1, first_patient=patient)
        for strategy in BUSY.strategies:
            assert_same_rows(alone.rows(strategy), courses(busy.rows(strategy))[patient])


def test_a_patient_file_is_respected_row_by_row(seed, tmp_path):
    """Patient n takes row n, from the top again after the last; what the file leaves open is drawn."""
    rows = [
        {"age_years": 33.5, "sex": "male", "site": "hip", "side": "left", "job": "heavy", "entry_pain": 8.5},
        {"age_years": 71.0, "sex": "female", "site": "knee", "side": "right", "vitamin_d_ng_per_ml": 12.0},
        {"age_years": 50.25, "sex": "female", "site": "foot", "smoking": "yes", "kidney": "poor", "sport": "no"},
    ]
    path = tmp_path / "people.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    result = simulated(changed(population={"kind": "csv", "file": str(path)}), seed=seed, patients=300)
    people = result.block.patients
    assert np.array_equal(people["age_years"], np.tile([33.5, 71.0, 50.25], 100))
    assert np.array_equal(people["sex"], np.tile([1, 0, 0], 100))
    assert np.array_equal(people["lesions"]["site"][:, 0], np.tile([Site.HIP, Site.KNEE, Site.FOOT], 100))
    assert set(people["job"][0::3]) == {3}
    assert set(people["entry_pain"][0::3]) == {8.5}
    assert set(people["vitamin_d_ng_per_ml"][1::3]) == {12.0}
    assert set(people["lesions"]["side"][1::3, 0]) == {1}
    assert set(people["kidney"][2::3]) == {2}
    assert set(people["smoking"][2::3]) == {1}
    assert set(people["sport"][2::3]) == {0}
    assert len(set(people["job"][1::3])) > 1
    assert len(set(people["entry_pain"][1::3])) == 100
    starts = result.events("supportive", Event.LESION_STARTS)
    assert np.array_equal(starts["site"][starts["lesion"] == 0], people["lesions"]["site"][:, 0])


HASHED = """
from simulate import digest, simulated
result = simulated(seed={seed}, patients=100)
print(digest(*result.block.histories, *(result.outcomes(name) for name in result.inputs.strategies)))
"""


def test_runs_under_different_hash_seeds_are_equal(repository, seed):
    """Python's hash() changes with PYTHONHASHSEED; no key and no order may come from it."""
    path = os.pathsep.join(str(folder) for folder in (repository, repository / "tests"))
    digests = {
        subprocess.run(
            [sys.executable, "-c", HASHED.format(seed=seed)],
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(digests) == 1
