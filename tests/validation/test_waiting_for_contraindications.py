"""Drugs that must wait: nothing forbidden is given before delivery, during breastfeeding or with open growth plates.

Read from the history alone: delivery, the end of breastfeeding and the closing of growth plates are rows there, and so
is each start of a treatment and each dose. People are simulated in blocks, so that memory does not grow with them.
"""

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from sim.engines.batch import BatchEngine
from sim.engines.history import Buffers
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.population import population_rows
from sim.inputs.root import data_root
from sim.inputs.scenario import load_scenario
from sim.inputs.strategies import load_strategies
from sim.inputs.tables import build_tables
from sim.vocabulary.care_terms import Contraindication
from sim.vocabulary.events import Event

WOMEN, BLOCK = 100_000, 5_000
GIVEN = (Event.TREATMENT_STARTS, Event.ADMINISTRATION)
NEVER_IN_PREGNANCY = ("zoledronate", "ibandronate", "alendronate", "pamidronate", "denosumab", "iloprost")
WEEK = 7 / 365.25


@dataclass
class Doses:
    """Starts and doses of one treatment under one strategy: how many, and the least time since the bar fell."""

    count: int = 0
    least_years: dict[str, float] = field(default_factory=dict)

    def add(self, bar: str, years: Any) -> None:
        if len(years):
            self.least_years[bar] = min(self.least_years.get(bar, math.inf), float(years.min()))


def blocks(inputs: ModelInputs, seed: int, people: int) -> Iterator[tuple[str, Any, Any]]:
    """Strategy, records of the people and history rows, block by block; good until the next one."""
    engine, buffers, tables = BatchEngine(), Buffers(BLOCK), build_tables(inputs, seed)
    for first in range(0, people, BLOCK):
        entrants = engine.enter_block(tables, first, BLOCK, population_rows(None), buffers)
        for number, strategy in enumerate(inputs.strategies):
            yield strategy, entrants.patients, engine.follow_block(entrants, number, tables, buffers)


def times(rows: Any, patients: Any, event: Event, otherwise: float) -> np.ndarray:
    """When each person of the block had that event."""
    years = np.full(len(patients), otherwise)
    of_event = rows[rows["event"] == event]
    years[of_event["patient_id"] - patients["patient_id"][0]] = of_event["time_years"]
    return years


def names(inputs: ModelInputs, bar: Contraindication) -> list[bool]:
    """For every treatment whether its file bars it."""
    return [bar in treatment.contraindications for treatment in inputs.treatments.values()]


def watch(inputs: ModelInputs, seed: int, women: int) -> dict[str, dict[str, Doses]]:
    """Doses by strategy and treatment; fails at one that is forbidden when it is given, and at a wrong delivery."""
    listed = list(inputs.treatments)
    in_pregnancy, at_the_breast = (
        np.array(names(inputs, bar)) for bar in (Contraindication.PREGNANT, Contraindication.BREASTFEEDING)
    )
    doses: dict[str, dict[str, Doses]] = {strategy: {} for strategy in inputs.strategies}
    for strategy, patients, rows in blocks(inputs, seed, women):
        delivery = times(rows, patients, Event.DELIVERY, math.inf)
        weaned = times(rows, patients, Event.BREASTFEEDING_ENDS, math.inf)
        breastfeeds = np.isfinite(patients["breastfeeding_end_years"])
        check_deliveries(rows, patients, delivery)
        given = rows[np.isin(rows["event"], GIVEN)]
        woman, treatment, now = given["patient_id"] - patients["patient_id"][0], given["treatment"], given["time_years"]
        barred = in_pregnancy[treatment] & (now < delivery[woman])
        barred |= at_the_breast[treatment] & breastfeeds[woman] & (now >= delivery[woman]) & (now < weaned[woman])
        assert not barred.any(), f"{strategy}: {listed[treatment[barred][0]]}, patient {given['patient_id'][barred][0]}"
        for number in np.unique(treatment):
            entry = doses[strategy].setdefault(listed[number], Doses())
            mine = treatment == number
            entry.count += int(mine.sum())
            entry.add("delivery", (now - delivery[woman])[mine])
            entry.add("weaning", (now - weaned[woman])[mine & breastfeeds[woman]])
    return doses


def check_deliveries(rows: Any, patients: Any, delivery: np.ndarray) -> None:
    """One delivery a woman, at 40 weeks, unless she has died before."""
    delivered = np.isfinite(delivery)
    assert (rows["event"] == Event.DELIVERY).sum() == delivered.sum()
    term = (40.0 - patients["gestational_week"]) * WEEK
    assert np.allclose(delivery[delivered], term[delivered], rtol=0.0, atol=1e-9)
    died = times(rows, patients, Event.DEATH, math.inf)
    assert (died[~delivered] <= term[~delivered]).all()
    assert delivered.mean() > 0.99


@pytest.mark.slow
def test_no_forbidden_drug_is_given_before_delivery_or_during_breastfeeding(seed):
    """100,000 women under every strategy of the pregnancy scenario. Whoever waits begins on the day it is possible."""
    inputs = gather(load_scenario("pregnancy"))
    doses = watch(inputs, seed, WOMEN)
    for strategy, given in doses.items():
        for name, entry in given.items():
            sys.stdout.write(f"\n  {strategy}, {name}: {entry.count} starts and doses; {entry.least_years}")
            assert entry.count > 1_000
            if strategy == name:  # given at diagnosis: operations wait for a date, home courses for nothing
                barred = inputs.treatments[name].contraindications
                for bar, what in ((Contraindication.PREGNANT, "delivery"), (Contraindication.BREASTFEEDING, "weaning")):
                    assert bar not in barred or 0.0 <= entry.least_years[what] < 2 * WEEK
    assert {name for given in doses.values() for name in given} >= {"zoledronate", "iloprost", "core_decompression"}


@pytest.mark.slow
def test_no_strategy_of_the_library_gives_a_forbidden_drug_to_a_mother(seed):
    root = data_root()
    usual = [name for name, one in load_strategies(root).items() if not one.acts_before_diagnosis]
    for some in (usual[: len(usual) // 2], usual[len(usual) // 2 :]):
        doses = watch(gather(load_scenario("pregnancy", strategies=some, comparator=some[0])), seed, BLOCK)
        assert set(doses) == set(some)


def test_what_breastfeeding_forbids_is_forbidden_in_pregnancy_too():
    """Otherwise a course that runs at the delivery would have to be broken off."""
    for name, treatment in gather(load_scenario("pregnancy")).treatments.items():
        if Contraindication.BREASTFEEDING in treatment.contraindications:
            assert Contraindication.PREGNANT in treatment.contraindications, name


def test_the_drugs_that_are_never_given_in_pregnancy_say_so():
    treatments = gather(load_scenario("pregnancy")).treatments
    for name in NEVER_IN_PREGNANCY:
        barred = treatments[name].contraindications
        assert {Contraindication.PREGNANT, Contraindication.BREASTFEEDING} <= set(barred), name
    assert Contraindication.PREGNANT in treatments["core_decompression"].contraindications


@pytest.mark.slow
def test_nothing_that_open_growth_plates_forbid_is_given_before_they_close(seed):
    inputs = gather(load_scenario("adolescent"))
    barred_by_file = np.array(names(inputs, Contraindication.GROWTH_PLATES_OPEN))
    late = 0
    for strategy, patients, rows in blocks(inputs, seed, 20_000):
        closed = times(rows, patients, Event.GROWTH_PLATES_CLOSE, math.inf)
        opened = patients["growth_plates_open"] == 1
        given = rows[np.isin(rows["event"], GIVEN)]
        person, treatment, now = (
            given["patient_id"] - patients["patient_id"][0],
            given["treatment"],
            given["time_years"],
        )
        forbidden = barred_by_file[treatment] & opened[person]
        assert (now[forbidden] >= closed[person][forbidden]).all(), strategy
        late += int(forbidden.sum())
    assert late > 100, "some have waited"
