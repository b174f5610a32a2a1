"""Flows between health states: everybody once in each interval, and where his history says."""

import pytest
from simulate import changed
from small_runs import STRATEGIES, small_run, small_scenario

from sim.experiments.run import run

PATIENTS = 300
MONTHS = (0, 3, 6, 12, 24)
EXACT_YEARS = 1e-9


@pytest.fixture(scope="module")
def results(seed):
    return small_run(seed, patients=PATIENTS, block_size=64)


def states(flows, months, side):
    """Patients by strategy and state at a look: side "from" of the interval that starts there, or "to"."""
    return flows[flows[f"{side}_months"] == months].groupby(["strategy", f"{side}_state"]).patients.sum().to_dict()


def test_everybody_is_in_one_row_of_each_interval(results):
    flows = results.flows
    intervals = sorted({*zip(flows.from_months, flows.to_months, strict=True)})
    assert intervals == list(zip(MONTHS[:-1], MONTHS[1:], strict=True))
    assert (flows.patients > 0).all()
    assert not flows.duplicated(["strategy", "from_months", "from_state", "to_state"]).any()
    counts = flows.groupby(["strategy", "from_months"]).patients.sum()
    assert len(counts) == len(STRATEGIES) * (len(MONTHS) - 1)
    assert (counts == PATIENTS).all()


@pytest.mark.parametrize("months", MONTHS[1:-1])
def test_whoever_arrives_sets_out_again(months, results):
    assert states(results.flows, months, "to") == states(results.flows, months, "from")


def test_nobody_comes_back_from_the_dead(results):
    left = results.flows[results.flows.from_state == "dead"]
    assert set(left.to_state) <= {"dead"}


@pytest.mark.parametrize("months", MONTHS)
def test_states_are_those_of_the_histories(months, results):
    """The state of the last row that is not later than the look; who died before it is dead."""
    rows = results.history
    entry = rows[rows.event == "entry"].set_index(["strategy", "patient_id"]).time_years
    keys = rows.set_index(["strategy", "patient_id"]).index
    since_entry = rows.time_years.to_numpy() - entry.reindex(keys).to_numpy()
    seen = rows[since_entry <= months / 12 + EXACT_YEARS]
    last = seen.groupby(["strategy", "patient_id"], observed=True).tail(1)
    expected = last.groupby(["strategy", "health_state"], observed=True).size().to_dict()
    side = "from" if months == 0 else "to"
    assert states(results.flows, months, side) == {key: count for key, count in expected.items() if count}


def test_the_share_of_a_state_is_the_occupancy_at_the_same_month(results):
    shares = results.occupancy.set_index(["strategy", "months_since_entry", "health_state"])["share"]
    for months in MONTHS[1:]:
        for (strategy, state), patients in states(results.flows, months, "to").items():
            assert patients / PATIENTS == pytest.approx(shares.loc[strategy, months, state])


def test_intervals_that_reach_beyond_the_horizon_are_left_out(seed):
    results = run(changed(small_scenario(seed), horizon_years=0.75), patients=50)
    flows = results.flows
    assert sorted(set(flows.to_months)) == [3, 6]
    assert (flows.groupby(["strategy", "from_months"]).patients.sum() == 50).all()


def test_a_look_right_at_the_horizon_is_still_within_it(seed):
    results = run(changed(small_scenario(seed), horizon_years=1.0), patients=50)
    assert sorted(set(results.flows.to_months)) == [3, 6, 12]
