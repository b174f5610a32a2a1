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


BUSY_STRATEGIES = ("zoledronate", "iloprost_then_decompression", "vitamin_d_prevention", "denosumab")
SWITCHED = {
    "osteonecrosis": "early_stage",
    "carry_over": False,
    "overlap": "strongest_only",
    "decompression": "pain_only",
    "delay_healing_correlation": 0.3,
    "healing_law": "gamma",
    "age_effect_per_year": 0.01,
    "migratory_nonresponse": True,
    "response_spread_sigma": 0.2,
    "unprotected_healing_rate": 0.8,
}


@pytest.mark.parametrize("switches", [{}, SWITCHED, {"healing_law": "weibull"}], ids=["base", "switched", "weibull"])
@pytest.mark.parametrize("entry", ["diagnosis", "first_contact"])
def test_both_engines_write_the_same_history_where_rare_events_are_common(entry, switches, seed):
    """The same where every rule is busy: what hardly ever happens in the shipped scenarios happens here."""
    strategies = (*load_scenario("base_case_uk").strategies, *BUSY_STRATEGIES)
    strategies += ("early_mri_zoledronate",) if entry == "first_contact" else ()
    busy = changed(
        parameters=AMPLIFIED,
        entry=entry,
        structure=switches,
        population={"kind": "all_clinic"},
        strategies=tuple(dict.fromkeys(strategies)),
    )
    batch = simulated(busy, seed=seed, patients=500)
    assert_same_blocks(batch.block, simulated(busy, seed=seed, patients=500, engine=SimpyEngine()).block)
    seen = {Event(event) for event in np.concatenate([rows["event"] for rows in batch.block.histories])}
    only_switched = {Event.OSTEONECROSIS_STARTS, Event.GAIN_GIVEN_BACK}
    absent = {Event.NONE, Event.FOLLOW_UP_ENDED} | (set() if switches == SWITCHED else only_switched)
    assert seen == set(Event) - absent


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
