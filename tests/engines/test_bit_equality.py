"""One model, two clocks: the compiled loop and SimPy write the same history, bit for bit, in blocks of any size."""

import numpy as np
import pytest
from amplified import AMPLIFIED
from simulate import assert_same_rows, changed, simulated

from sim.engines.simpy_engine import SimpyEngine
from sim.experiments.run import run
from sim.inputs.root import data_root
from sim.inputs.scenario import load_scenario
from sim.vocabulary.events import Event

SCENARIOS = sorted(path.stem for path in (data_root() / "scenarios").glob("*.toml"))
PATIENTS = 2_000


def assert_same_blocks(first, second):
    """Histories of every strategy, and the patients at entry with all that their records hold."""
    assert len(first.histories) == len(second.histories)
    for one, other in zip(first.histories, second.histories, strict=True):
        assert_same_rows(one, other)
    assert_same_patients(first.patients, second.patients)


def assert_same_patients(first, second):
    for name in first.dtype.names:
        if first.dtype[name].base.names:  # records within the record
            assert_same_rows(first[name], second[name])
        else:
            assert np.array_equal(first[name], second[name], equal_nan=first[name].dtype.kind == "f"), name


@pytest.mark.parametrize("further", [0, 1, 2])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_both_engines_write_the_same_history_under_every_strategy(scenario, further, seed):
    """The rules are written once; the clocks may differ in nothing (MODEL, two engines). Three seeds a scenario."""
    batch = simulated(scenario, seed=seed + further, patients=PATIENTS)
    simpy = simulated(scenario, seed=seed + further, patients=PATIENTS, engine=SimpyEngine())
    assert len(batch.block.histories) == len(load_scenario(scenario).strategies)
    assert_same_blocks(batch.block, simpy.block)


@pytest.mark.parametrize("entry", ["diagnosis", "first_contact"])
def test_both_engines_write_the_same_history_where_rare_events_are_common(entry, seed):
    """The same where every rule is busy: what hardly ever happens in the shipped scenarios happens here."""
    busy = changed(parameters=AMPLIFIED, entry=entry)
    batch = simulated(busy, seed=seed, patients=500)
    assert_same_blocks(batch.block, simulated(busy, seed=seed, patients=500, engine=SimpyEngine()).block)
    seen = set(np.concatenate([rows["event"] for rows in batch.block.histories]))
    not_built = {Event.NONE, Event.OSTEONECROSIS_STARTS, Event.CARDIOVASCULAR_EVENT, Event.DELIVERY}
    assert {Event(event) for event in seen} == set(Event) - not_built - {Event.FOLLOW_UP_ENDED}


@pytest.mark.parametrize("engine", [None, SimpyEngine()], ids=["batch", "simpy"])
@pytest.mark.parametrize("block_size", [1, 7, 1_024])
def test_blocks_of_any_size_give_the_same_rows(block_size, engine, seed):
    """A draw is keyed by its patient and not by his place, so cutting the cohort elsewhere moves nothing."""
    patients = 1_100 if block_size == 1_024 else 60
    whole = simulated(seed=seed, patients=patients)
    blocks = [
        simulated(
            whole.inputs, seed=seed, patients=min(block_size, patients - start), first_patient=start, engine=engine
        )
        for start in range(0, patients, block_size)
    ]
    for strategy, rows in zip(whole.inputs.strategies, whole.block.histories, strict=True):
        assert_same_rows(np.concatenate([block.rows(strategy) for block in blocks]), rows)


def test_one_thread_and_two_keep_the_same_rows(seed):
    """Threads share tables and nothing else; kept histories are put together in the order of blocks."""
    scenario = load_scenario("base_case_uk")
    one, two = (
        run(scenario, PATIENTS, seed, threads=threads, keep_history=True, block_size=128).history for threads in (1, 2)
    )
    for name in one.columns:
        codes = [frame[name].cat.codes if frame[name].dtype == "category" else frame[name] for frame in (one, two)]
        assert np.array_equal(*(column.to_numpy() for column in codes), equal_nan=codes[0].dtype.kind == "f"), name
