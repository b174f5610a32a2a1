"""The identities of the model in every shipped scenario, with its own population, strategies, setting and switches."""

from dataclasses import replace

import numpy as np
import pytest
from simulate import assert_same_rows, changed, simulated, with_values

from sim.inputs.model_inputs import gather
from sim.inputs.population import population_rows
from sim.inputs.root import data_root
from sim.inputs.scenario import load_scenario
from sim.vocabulary.events import Event

SCENARIOS = sorted(path.stem for path in (data_root() / "scenarios").glob("*.toml"))
PATIENTS = 240
INERT = {"treatment_effects": "none", "harms": False, "repletion_wait": False}
INERT |= {"perioperative_death": False, "unloading_after_surgery": False}
OF_JOINTS = (Event.COLLAPSE, Event.ARTHROPLASTY_LISTED, Event.ARTHROPLASTY, Event.REVISION, Event.NECK_FRACTURE)


@pytest.fixture(scope="module", params=SCENARIOS)
def inputs(request):
    return gather(load_scenario(request.param))


@pytest.fixture(scope="module")
def whole(inputs, seed):
    return simulated(inputs, seed=seed, patients=PATIENTS)


def test_two_halves_are_the_whole_row_by_row(inputs, whole, seed):
    """A patient's luck is keyed by his number, in every population."""
    half = PATIENTS // 2
    halves = [simulated(inputs, seed=seed, patients=half, first_patient=start) for start in (0, half)]
    for strategy in inputs.strategies:
        assert_same_rows(np.concatenate([one.rows(strategy) for one in halves]), whole.rows(strategy))


def test_strategies_in_another_order_or_fewer_of_them_move_no_other(inputs, whole, seed):
    """No random key holds a strategy's place; its number in the rows is the only thing that may differ."""
    for names in (list(reversed(inputs.strategies)), list(inputs.strategies)[-1:]):
        other = replace(inputs, strategies={name: inputs.strategies[name] for name in names})
        again = simulated(other, seed=seed, patients=PATIENTS)
        for name in names:
            assert_same_rows(again.rows(name), whole.rows(name), besides=("strategy",))
            assert_same_rows(again.outcomes(name), whole.outcomes(name))


def test_left_and_right_swapped_change_nothing(inputs, seed):
    """Everybody's disease starts on the left, or everybody's on the right: the courses mirror each other."""
    twins = []
    for side in (0, 1):
        people = population_rows(inputs.population).copy()
        people["side"] = side
        twins.append(simulated(inputs, seed=seed, patients=PATIENTS, population=people))
    for strategy in inputs.strategies:
        left, right = twins[0].rows(strategy), twins[1].rows(strategy).copy()
        joints = np.isin(right["event"], OF_JOINTS)
        right["value"][joints] = right["value"][joints].astype(int) ^ 1
        assert_same_rows(left, right)
        assert_same_rows(twins[0].outcomes(strategy), twins[1].outcomes(strategy))


def test_inert_harmless_treatments_heal_nobody_earlier_or_later(inputs, seed):
    """Ends of symptoms and normal MRIs are bit-equal between strategies where no treatment does anything.

    Early and usual scans are held apart: a collapsed joint is replaced sooner once its lesion is known.
    """
    scenario = changed(inputs.scenario, structure=INERT)
    prevention = [name for name in inputs.parameters.names() if name.endswith("further_lesion_ratio")]
    inert = with_values(replace(inputs, scenario=scenario), dict.fromkeys(prevention, 1.0))
    result = simulated(inert, seed=seed, patients=PATIENTS)
    reference = {}
    for name, strategy in inputs.strategies.items():
        rows = result.events(name, Event.SYMPTOMS_RESOLVE, Event.MRI_NORMAL)
        rows = rows[np.lexsort((rows["event"], rows["lesion"], rows["patient_id"]))]
        first = reference.setdefault(strategy.mri, rows)
        for field in ("patient_id", "lesion", "event", "time_years"):
            assert np.array_equal(first[field], rows[field])


def test_intervals_tile_the_time_lived(inputs, whole):
    """With utility one everywhere and no discounting, QALYs are life-years: from entry to death or end of follow-up."""
    names = inputs.parameters.names()
    losses = [name for name in names if "disutility" in name and not name.endswith("_weeks")]
    losses += [name for name in names if name.startswith("utility_loss")]
    rates = ["setting.discount_rate_costs_per_year", "setting.discount_rate_effects_per_year"]
    values = dict.fromkeys([*losses, *rates], 0.0)
    perfect = replace(with_values(inputs, values), utility_norms=np.ones_like(inputs.utility_norms))
    for strategy in inputs.strategies:
        outcomes = whole.outcomes(strategy, perfect)
        rows = whole.rows(strategy)
        entry = rows["time_years"][rows["event"] == Event.ENTRY]
        last = rows["time_years"][np.isin(rows["event"], [Event.DEATH, Event.FOLLOW_UP_ENDED])]
        np.testing.assert_allclose(outcomes["life_years"], last - entry, rtol=1e-12)
        np.testing.assert_allclose(outcomes["qalys"], outcomes["life_years"], rtol=1e-9)
