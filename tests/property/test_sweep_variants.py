"""What a point of a sweep changes reaches the inputs, and nothing else does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gathered_once import gather_once

from sim.experiments import sweep_plan
from sim.experiments.points import Point, at_point, evaluate
from sim.experiments.sweep_check import row_of
from sim.experiments.sweep_design import design_points
from sim.experiments.sweep_work import SweepWork, Task
from sim.inputs import sweeps, variants
from sim.inputs.draws import draw_parameters, sampled_parameters
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.root import data_root
from sim.inputs.scenario import load_scenario
from sim.inputs.strategies import load_strategies
from sim.inputs.sweeps import Sweep, load_sweep
from sim.inputs.tables import build_tables
from sim.inputs.variants import parameter_values, variant_inputs, variant_of
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary.errors import InputError

HEAD = """
title = "T"
question = "Q?"
scenario = "base_case_uk"
strategies = ["supportive", "ibandronate", "step_up"]
patients = 300
draws = DRAWS
[design]
kind = "grid"
"""


@pytest.fixture(autouse=True)
def _files_are_read_once(monkeypatch):
    for module in (sweeps, variants):
        monkeypatch.setattr(module, "gather", gather_once)


def sweep(folder: Path, *factors: str, draws: int = 0) -> Sweep:
    parts = [f"[[factors]]\nname = 'f{number}'\n{text}\n" for number, text in enumerate(factors)]
    path = folder / "q.toml"
    path.write_text(HEAD.replace("DRAWS", str(draws)) + "".join(parts), encoding="utf-8")
    return load_sweep(path)


def inputs_at(asked: Sweep, **row: object) -> ModelInputs:
    return variant_inputs(asked, variant_of(asked, row))


def test_a_field_of_a_treatment_reaches_its_inputs_alone(tmp_path):
    asked = sweep(tmp_path, 'treatment = "ibandronate.administrations"\nlevels = [2, 3]')
    base, other = (inputs_at(asked, f0=number) for number in (3, 2))
    assert (base.treatments["ibandronate"].administrations, other.treatments["ibandronate"].administrations) == (3, 2)
    assert other.treatments["ibandronate"].model_copy(update={"administrations": 3}) == base.treatments["ibandronate"]
    assert {name: one for name, one in other.treatments.items() if name != "ibandronate"} == {
        name: one for name, one in base.treatments.items() if name != "ibandronate"
    }


def test_fewer_infusions_cost_less_and_leave_supportive_care_untouched(tmp_path):
    asked = sweep(tmp_path, 'treatment = "ibandronate.administrations"\nlevels = [2, 3]')
    two, three = (next(evaluate(inputs_at(asked, f0=n), [Point(0, {})], 300, 1, threads=1)).means for n in (2, 3))
    drug = OUTCOME_NAMES.index("cost_drug")
    assert two[1, drug] < three[1, drug]
    np.testing.assert_array_equal(two[0], three[0])


def test_a_field_deep_in_a_strategy_reaches_its_line(tmp_path):
    asked = sweep(tmp_path, 'strategy = "step_up.lines.2.start.from_weeks"\nlevels = [13, 39]')
    lines = inputs_at(asked, f0=13).strategies["step_up"].lines
    assert [line.start.from_weeks for line in lines] == [6.0, 13.0]
    shipped = load_strategies(data_root())["step_up"]
    assert lines[0] == shipped.lines[0]


def test_lists_are_levels_too(tmp_path):
    asked = sweep(
        tmp_path,
        'strategy = "step_up.lines.2.sites"\nlevels = [["hip"], ["hip", "knee"]]',
        'parameter = "review_weeks"\nlevels = [[6, 13, 26], [13, 26]]',
        'setting = "perspective"\nlevels = [["drug"], ["drug", "administration"]]',
    )
    inputs = inputs_at(asked, f0="hip", f1="13 + 26", f2="drug + administration")
    assert [site.name for site in inputs.strategies["step_up"].lines[1].sites] == ["HIP"]
    assert inputs.parameters.values("review_weeks") == [13.0, 26.0]
    assert inputs.setting.perspective == ("drug", "administration")


def test_population_setting_structure_and_horizon_reach_the_scenario(tmp_path):
    asked = sweep(
        tmp_path,
        'population = "kind"\nlevels = ["adults", "hip_referral"]',
        'setting = "setting"\nlevels = ["uk", "nl"]',
        'structure = "healing_law"\nlevels = ["lognormal", "gamma"]',
        'scenario = "horizon_years"\nlevels = [2, "lifetime"]',
        'structure = "unprotected_healing_rate"\nlow = 0.5\nhigh = 1.0\nsteps = 2',
    )
    row = {"f0": "hip_referral", "f1": "nl", "f2": "gamma", "f3": "2", "f4": 0.75}
    inputs = inputs_at(asked, **row)
    expected = gather_once(
        load_scenario("base_case_nl", strategies=asked.scenario.strategies).model_copy(
            update={"population": inputs.scenario.population}
        )
    )
    assert inputs.setting == expected.setting
    assert inputs.parameters.content_hash() == expected.parameters.content_hash()
    assert inputs.kind.name == "hip_referral"
    structure = inputs.scenario.structure
    assert (structure.healing_law, structure.unprotected_healing_rate) == ("gamma", 0.75)
    assert inputs.scenario.horizon_years == 2.0


def test_what_is_kept_between_variants_changes_nothing(tmp_path):
    asked = sweep(
        tmp_path,
        'population = "kind"\nlevels = ["adults", "hip_referral"]',
        'structure = "harms"\nlevels = [true, false]',
        'treatment = "ibandronate.interval_days"\nlevels = [30, 60]',
    )
    kept: dict = {}
    for who, harms, days in (("adults", True, 60), ("hip_referral", False, 30), ("adults", False, 30)):
        variant = variant_of(asked, {"f0": who, "f1": harms, "f2": days})
        one, other = variant_inputs(asked, variant), variant_inputs(asked, variant, None, kept)
        assert build_tables(one, 1).tobytes() == build_tables(other, 1).tobytes()
    assert len(kept) == 2


def test_no_variant_is_the_scenario_itself(tmp_path):
    asked = sweep(tmp_path, 'parameter = "absence_probability"\nlevels = [0.5]')
    assert variant_of(asked, {"f0": 0.5}) == ()
    base = gather_once(load_scenario("base_case_uk", strategies=asked.scenario.strategies))
    assert build_tables(variant_inputs(asked, ()), 1).tobytes() == build_tables(base, 1).tobytes()


def test_the_rest_of_a_whole_keeps_its_proportions(tmp_path):
    asked = sweep(
        tmp_path,
        'parameter = "site_share.hip"\nlow = 0.1\nhigh = 0.5\nsteps = 2',
        'parameter = "site_share.knee"\nlow = 0.1\nhigh = 0.6\nsteps = 2',
        'parameter = "absence_probability"\nlevels = [0.5]',
    )
    inputs = variant_inputs(asked, ())
    with pytest.raises(TypeError, match="part of a whole"):
        parameter_values(asked, {"f0": 0.4, "f1": 0.3, "f2": 0.5})
    values = parameter_values(asked, {"f0": 0.4, "f1": 0.3, "f2": 0.5}, inputs)
    shares = {name: value for name, value in values.items() if name.startswith("site_share.")}
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-12)
    assert (shares["site_share.hip"], shares["site_share.knee"]) == (0.4, 0.3)
    base = inputs.parameters
    ratio = base.value("site_share.foot") / base.value("site_share.other")
    assert shares["site_share.foot"] / shares["site_share.other"] == pytest.approx(ratio, rel=1e-12)
    at_point(inputs, Point(0, values))
    with pytest.raises(InputError, match=r"cannot make 1\.1 up to 1"):
        parameter_values(asked, {"f0": 0.5, "f1": 0.6, "f2": 0.5}, inputs)


def test_with_draws_the_factors_are_held_and_all_else_is_drawn_as_before(tmp_path):
    factors = ['parameter = "absence_probability"\nlevels = [0.5]', 'parameter = "site_share.hip"\nlevels = [0.3]']
    without = variant_inputs(sweep(tmp_path, *factors), ())
    held = variant_inputs(sweep(tmp_path, *factors, draws=5), ())
    names = set(sampled_parameters(without))
    shares = {name for name in names if name.rpartition(".")[0] == "site_share"}
    assert len(shares) == 4
    assert set(sampled_parameters(held)) == names - {"absence_probability"} - shares
    one, other = draw_parameters(without, 5, 1).frame(), draw_parameters(held, 5, 1).frame()
    assert one[list(other)].equals(other)


def test_a_switch_that_is_a_factor_is_not_drawn(tmp_path):
    scenario = tmp_path / "weighed.toml"
    weights = "[structure_weights]\nharms = [{value = true, weight = 0.5}, {value = false, weight = 0.5}]\n"
    scenario.write_text(f'extends = "base_case_uk"\n{weights}', encoding="utf-8")
    asked = sweep(tmp_path, 'structure = "harms"\nlevels = [true, false]', draws=5)
    path = tmp_path / "q.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"base_case_uk"', '"weighed.toml"'), encoding="utf-8")
    asked = load_sweep(path)
    assert "harms" in asked.scenario.structure_weights
    inputs = inputs_at(asked, f0=False)
    assert inputs.scenario.structure_weights == {}
    assert inputs.scenario.structure.harms is False


def test_a_plan_counts_how_often_inputs_are_read(tmp_path, monkeypatch):
    """Twelve variants, of which two differ in what is read: the work itself reads twice."""
    asked = sweep(
        tmp_path,
        "treatment = 'ibandronate.administrations'\nlevels = [2, 3]",
        "structure = 'harms'\nlevels = [true, false]",
        "strategy = 'step_up.lines.2.start.from_weeks'\nlevels = [13, 20, 26]",
        "setting = 'setting'\nlevels = ['uk', 'nl']",
    )
    read = []
    monkeypatch.setattr(variants, "gather", lambda scenario, root: read.append(1) or gather_once(scenario, root))
    points = design_points(asked)
    work = SweepWork(replace(asked, scenario=asked.scenario.model_copy(update={"patients": 1})), data_root(), "")
    work.rows(Task(0, tuple(tuple(row_of(points, place).values()) for place in points.index)))
    assert len(points) == 24
    assert len(read) == 2
    assert sweep_plan._loads(asked, points) == len(read)
