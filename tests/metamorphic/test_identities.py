"""What must change nothing, or exactly one thing: identities that hold for any parameter values (MODEL, oracles)."""

import re
from shutil import copytree

import numpy as np
import pandas as pd
import pytest
from amplified import AMPLIFIED
from simulate import assert_same_rows, changed, simulated, with_values
from small_inputs import replace_in

from sim.inputs.model_inputs import gather
from sim.inputs.root import data_root
from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event

PATIENTS = 400
BUSY = changed(parameters=AMPLIFIED)  # rare events are common here, so that identities are tried on all rules
INERT = {"treatment_effects": "none", "harms": False, "repletion_wait": False}
INERT |= {"perioperative_death": False, "unloading_after_surgery": False}


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
    rename_in_joint_laws(root, {"ibandronate": "zz_ibandronate"})


def rename_in_joint_laws(root, renamed):
    """Joint laws name parameters; those of a treatment that goes (its new name None) go too."""
    path = root / "parameters" / "joint.toml"
    gone = [f'"treatments.{old}.' for old, new in renamed.items() if new is None]
    lines = path.read_text("utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not any(name in line for name in gone))
    text = re.sub(r"treatments\.(\w+)\.", lambda found: f"treatments.{renamed.get(found[1], found[1])}.", text)
    path.write_text(text, encoding="utf-8")


def without_ibandronate(root):
    rename_in_joint_laws(root, {"ibandronate": None})
    (root / "parameters" / "treatments" / "ibandronate.toml").unlink()
    (root / "parameters" / "strategies" / "ibandronate.toml").unlink()


UNTOUCHED = ("iloprost", "core_decompression")


def with_all_in_reverse(root):
    """All treatments but those of the strategies that are then compared get names in reverse order."""
    folder = root / "parameters" / "treatments"
    names = sorted(path.stem for path in folder.glob("*.toml"))
    renamed = {name: f"z{99 - n}_{name}" for n, name in enumerate(names) if name not in UNTOUCHED}
    for old, new in renamed.items():
        (folder / f"{old}.toml").rename(folder / f"{new}.toml")
    rename_in_joint_laws(root, renamed)
    for path in [*folder.glob("*.toml"), *(root / "parameters" / "strategies").glob("*.toml")]:
        lines = path.read_text("utf-8").splitlines(keepends=True)
        for n, line in enumerate(lines):
            if line.startswith(("as_treatment = ", "treatments = ")):
                lines[n] = re.sub(r'"(\w+)"', lambda found: f'"{renamed.get(found[1], found[1])}"', line)
        path.write_text("".join(lines), encoding="utf-8")


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
    kind, _, rest = parameter.partition(".")
    if kind != "treatments" or edit is with_first_name:
        return True
    name = rest.partition(".")[0]
    return name in UNTOUCHED if edit is with_all_in_reverse else name != "ibandronate"


def free(scenario):
    """Its inputs with treatments that cost nothing."""
    inputs = gather(scenario)
    costs = {name for one in inputs.treatments.values() for name in one.unit_costs()}
    names = [f"setting.unit_costs.{name}" for name in costs]
    return with_values(inputs, dict.fromkeys(names, 0.0))


@pytest.mark.parametrize("base", ["base_case_uk", BUSY], ids=["base case", "busy"])
def test_an_inert_harmless_treatment_without_a_wait_heals_nobody_earlier_or_later(base, seed):
    """Bit-equal healing, because an effect of nothing moves no anchor; QALYs and, since the treatments are free, costs
    to 1e-12, the rounding of their sums.
    """
    result = simulated(free(changed(base, structure=INERT)), seed=seed, patients=2_000)
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
        for name in ("qalys", "qalys_discounted", "cost", "cost_discounted"):
            np.testing.assert_allclose(outcomes[name], reference[name], rtol=1e-12, atol=1e-12)


def healing_times(rows):
    """Time at which each lesion's symptoms resolve, by patient and lesion."""
    found = rows[rows["event"] == Event.SYMPTOMS_RESOLVE]
    index = pd.MultiIndex.from_arrays([found["patient_id"], found["lesion"]])
    return pd.Series(found["time_years"], index)


ROUNDING_YEARS = 1e-12
RATIOS = ("zoledronate", "iloprost", "core_decompression")


@pytest.mark.parametrize("strategy", ["zoledronate", "ibandronate", "iloprost", "core_decompression"])
def test_a_stronger_healing_factor_never_delays_a_lesion_under_a_fixed_schedule(strategy, seed):
    """More work is done at every instant. Single lesions, so that the schedule hangs on the diagnosis alone.

    To 1e-12 years: an effect that opens and is broken off at once moves the anchor, which rounds.
    """
    values = {"further_lesion_5_year_probability": 0.0, "osteonecrosis_probability": 0.0}
    before = None
    for ratio in (1.0, 1.2, 1.5, 2.5, 6.0):
        values |= {f"treatments.{name}.healing.hazard_ratio": ratio for name in RATIOS}
        scenario = changed(parameters=values, strategies=(strategy,), comparator=strategy)
        times = healing_times(simulated(scenario, seed=seed, patients=1_000).rows(strategy))
        if before is not None:
            both = before.index.intersection(times.index)
            assert (times[both] <= before[both] + ROUNDING_YEARS).all()
            assert (times[both] < before[both]).any()
        before = times


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
    assert (with_effects[both] <= without[both] + ROUNDING_YEARS).all()


def test_left_and_right_swapped_change_nothing(seed, tmp_path):
    """The body is symmetric: only sides of lesions, and the number of a joint in a row's value, differ."""
    twins = []
    for side in ("left", "right"):
        path = tmp_path / f"{side}.csv"
        path.write_text(
            "age_years,sex,site,side\n"
            + "".join(
                f"{age},{sex},{site},{side}\n"
                for age in (35, 52, 71)
                for sex in ("female", "male")
                for site in ("hip", "knee", "foot", "other")
            )
        )
        scenario = changed(BUSY, population={"kind": "csv", "file": str(path)})
        twins.append(simulated(scenario, seed=seed, patients=600))
    left, right = twins
    first_lesions = [twin.block.patients["lesions"][:, 0] for twin in twins]
    assert np.array_equal(first_lesions[0]["side"], 1 - first_lesions[1]["side"])
    assert set(first_lesions[0]["site"]) == set(Site)
    of_joints = (Event.COLLAPSE, Event.ARTHROPLASTY_LISTED, Event.ARTHROPLASTY, Event.REVISION, Event.NECK_FRACTURE)
    for strategy in BUSY.strategies:
        first, second = left.rows(strategy), right.rows(strategy).copy()
        assert_same_rows(first, second, besides=("value",))
        joints = np.isin(second["event"], of_joints)
        second["value"][joints] = second["value"][joints].astype(int) ^ 1
        assert_same_rows(first, second)
        assert_same_rows(left.outcomes(strategy), right.outcomes(strategy))
