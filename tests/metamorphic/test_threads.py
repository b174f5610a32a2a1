"""What must not matter: threads, block sizes, how many patients run, which of them run together."""

import numpy as np
import pandas as pd
import pytest
from small_runs import FRAMES, STRATEGIES, assert_same, small_run

PATIENTS = 150


@pytest.fixture(scope="module")
def whole(seed):
    return small_run(seed, patients=PATIENTS, block_size=16, threads=1)


@pytest.mark.parametrize("threads", [2, 3])
def test_results_are_bit_equal_for_any_number_of_threads(threads, whole, seed):
    assert_same(whole, small_run(seed, patients=PATIENTS, block_size=16, threads=threads))


def test_threads_do_not_matter_when_nothing_is_kept(whole, seed):
    """The path of large runs, where only sums remain."""
    lean = small_run(seed, patients=PATIENTS, block_size=16, threads=2, keep_patients=False, keep_history=False)
    assert lean.patients is None
    assert lean.history is None
    assert_same(whole, lean, tuple(name for name in FRAMES if name not in ("patients", "history")))


@pytest.mark.parametrize("block_size", [1, 7, 1024])
def test_no_patient_depends_on_the_size_of_his_block(block_size, whole, seed):
    other = small_run(seed, patients=PATIENTS, block_size=block_size)
    assert_same(whole, other, ("patients", "history"))
    summed = ("outcomes", "increments", "curves", "net_benefit", "subgroups", "batches", "flows")
    for name in summed:  # sums differ by rounding
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(other, name), rtol=1e-9, atol=1e-9)


def test_the_two_engines_give_equal_results(whole, seed):
    assert_same(whole, small_run(seed, patients=PATIENTS, block_size=16, engine="simpy"))


def test_a_cohort_in_two_halves_equals_the_whole_row_by_row(whole, seed):
    half = PATIENTS // 2
    parts = [small_run(seed, patients=half, first_patient=start) for start in (0, half)]
    for name, keys in (("patients", ["strategy", "patient_id"]), ("history", ["strategy", "patient_id", "row"])):
        joined = pd.concat([getattr(part, name) for part in parts])
        order = joined["strategy"].astype(str).map(STRATEGIES.index)
        joined = joined.assign(order=order).sort_values(["order", *keys[1:]], kind="stable").drop(columns="order")
        joined["strategy"] = joined["strategy"].astype(getattr(whole, name)["strategy"].dtype)
        pd.testing.assert_frame_equal(joined.reset_index(drop=True), getattr(whole, name), check_exact=True)


def test_no_patient_depends_on_how_many_follow_him(whole, seed):
    few = small_run(seed, patients=20)
    kept = whole.patients[whole.patients.patient_id < 20].reset_index(drop=True)
    pd.testing.assert_frame_equal(few.patients, kept, check_exact=True)


def test_no_strategy_depends_on_the_others(whole, seed):
    alone = small_run(seed, strategies=("zoledronate", "supportive"), patients=PATIENTS, block_size=16)
    for strategy in ("zoledronate", "supportive"):
        for name in ("patients", "outcomes"):
            frames = [getattr(results, name) for results in (alone, whole)]
            rows = [frame[frame.strategy == strategy].reset_index(drop=True) for frame in frames]
            pd.testing.assert_frame_equal(*rows, check_exact=True)


def test_kept_histories_are_sorted_and_whole(whole):
    history = whole.history
    order = history["strategy"].cat.codes.to_numpy()
    keys = np.stack([order, history.patient_id, history.row], axis=1)
    assert (np.lexsort(keys.T[::-1]) == np.arange(len(keys))).all()
    last = history.groupby(["strategy", "patient_id"], observed=True).tail(1)
    assert set(last.event) <= {"death", "follow_up_ended"}
    assert len(last) == PATIENTS * len(STRATEGIES)
    assert whole.manifest["courses"] == len(last)


def test_another_seed_gives_other_patients(whole, seed):
    other = small_run(seed + 1, patients=20)
    assert not np.isclose(other.patients.age_years[:20], whole.patients.age_years[:20]).any()
