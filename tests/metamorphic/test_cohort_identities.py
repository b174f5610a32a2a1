"""Who runs with whom must not matter: halves of a cohort, people alone, patient files, other processes."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from amplified import AMPLIFIED
from simulate import assert_same_rows, changed, courses, simulated

from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event

PATIENTS = 400
BUSY = changed(parameters=AMPLIFIED)  # rare events are common here, so that identities are tried on all rules


@pytest.fixture(scope="module")
def busy(seed):
    return simulated(BUSY, seed=seed, patients=PATIENTS)


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
    assert len(set(people["job"][2::3])) > 1
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
