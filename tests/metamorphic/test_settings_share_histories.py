"""A setting changes values and nothing that happens, except when people die of other causes."""

from dataclasses import replace

import numpy as np
import pytest
from simulate import assert_same_rows, changed, courses, digest, simulated

from sim.inputs.model_inputs import gather
from sim.inputs.tables import build_tables
from sim.vocabulary.enums import Sex

SETTINGS = ("uk", "nl")
STRATEGIES = ("supportive", "zoledronate", "core_decompression")
PATIENTS = 2_000


def test_the_rules_read_nothing_of_a_setting_but_its_life_table(seed):
    """Every field of the tables, bit for bit; the integrated hazard of death is the one that may differ."""
    british, dutch = (build_tables(gather(changed(setting=setting)), seed) for setting in SETTINGS)
    assert_same_rows(british, dutch, besides=["cumulative_hazard"])
    hazards = british["cumulative_hazard"][0], dutch["cumulative_hazard"][0]
    assert (hazards[1][:, 60] < hazards[0][:, 60]).all()  # at every table: fewer Dutch die before 60
    assert {len(hazard) for hazard in hazards} == {len(Sex)}


@pytest.fixture(scope="module")
def people(seed):
    """The same numbers under both settings, with three strategies each."""
    return {
        setting: simulated(
            changed(setting=setting, strategies=STRATEGIES, comparator=STRATEGIES[0]), seed=seed, patients=PATIENTS
        )
        for setting in SETTINGS
    }


def test_the_same_person_has_the_same_course_in_both_countries_until_the_earlier_death(people):
    """Row for row, all fields; only who died before entry in one of the two is somebody else (another attempt)."""
    british, dutch = (people[setting].block.patients for setting in SETTINGS)
    same = british["attempts"] == dutch["attempts"]
    assert same.mean() > 0.99  # a death within months of onset is rare under both tables
    compared = 0
    for strategy in STRATEGIES:
        pairs = zip(*(courses(people[setting].rows(strategy)) for setting in SETTINGS), strict=True)
        for j, (in_britain, in_the_netherlands) in enumerate(pairs):
            if not same[j]:
                continue
            alive = min(british["other_death_years"][j], dutch["other_death_years"][j])
            rows = [one[one["time_years"] < alive] for one in (in_britain, in_the_netherlands)]
            assert_same_rows(*rows)
            compared += len(rows[0])
    assert compared > 10 * PATIENTS


def test_deaths_of_other_causes_fall_differently(people):
    """The rank of a death is shared, its time is not: each table turns the same luck into an age of its own."""
    british, dutch = (people[setting].block.patients["other_death_years"] for setting in SETTINGS)
    assert not np.array_equal(british, dutch)
    assert np.corrcoef(np.argsort(np.argsort(british)), np.argsort(np.argsort(dutch)))[0, 1] > 0.9
    assert dutch.mean() > british.mean()  # life expectancy is longer at every adult age


def test_under_one_life_table_both_settings_have_one_history_bit_for_bit(seed):
    """With the British table laid under the Dutch setting nothing at all is left that could move a row."""
    british, dutch = (gather(changed(setting=setting)) for setting in SETTINGS)
    digests = []
    for inputs in (british, replace(dutch, life_table=british.life_table)):
        block = simulated(inputs, seed=seed, patients=500).block
        digests.append(digest(*block.histories))
    assert digests[0] == digests[1]
