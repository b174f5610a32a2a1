"""Every parameter matters: 1 % more of it moves somebody's history or value.

A parameter that the model reads but that moves nobody is dead evidence. What is rare or switched off in the base case
is tried where it is common (tests/amplified.py), with entry at diagnosis and at first contact, with early scans, under
other structural switches, and where effects are so strong that their limits hold; a treatment that no strategy of the
base case gives is tried alone. People are added until something moves.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from amplified import AMPLIFIED
from library import alone
from simulate import changed, digest, with_values

from sim.engines.batch import BatchEngine
from sim.engines.history import Buffers
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.parameters import load_parameters
from sim.inputs.population import population_rows
from sim.inputs.root import data_root
from sim.inputs.tables import build_tables
from sim.valuation.courses import value_block
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError

STEP = 0.01
BLOCKS = ((0, 1_000), (1_000, 1_000), (2_000, 2_000), (4_000, 4_000), (8_000, 8_000), (16_000, 16_000))
LIMITS = {
    "treatments.zoledronate.healing.hazard_ratio": 1e-3,  # factor 0.055, raised to the least
    "treatments.iloprost.healing.hazard_ratio": 20.0,  # factor 3.5, cut to the most
    "treatments.core_decompression.pain.1.multiplier_ratio": 0.1,
}
STRATEGIES = ("zoledronate", "ibandronate", "iloprost_then_decompression", "core_decompression")
EARLY = ("early_mri_supportive", "early_mri_zoledronate")
BASE = changed(strategies=STRATEGIES, comparator=STRATEGIES[0])
PARAMETERS = {setting: load_parameters(data_root(), setting) for setting in (BASE.setting, "nl")}
TREATMENTS = gather(BASE).treatments
GIVEN_IN_BASE = ("zoledronate", "ibandronate", "iloprost", "core_decompression", "colecalciferol")
MORE = {  # on top of tests/amplified.py: what is 0, 1 or rare in the files of treatments and populations
    "childbearing_wish_probability": 0.5,
    "profile.pregnancy.male_probability": 0.3,
    "treatments.calcineurin_inhibitor_change.adverse_events.acute_rejection.later_probability": 0.8,
    "treatments.colecalciferol.healing.factor_ratio": 1.3,
    "treatments.colecalciferol.healing.lag_weeks": 1.0,
    "treatments.colecalciferol_prevention.further_lesion_ratio": 0.7,
    "treatments.subchondroplasty.death_probability": 0.05,
}
MORE_BY_ENDING = {"bilateral_probability": 0.2, "healing.lag_weeks": 1.0, "stop_probability": 0.3}
MORE |= {
    name: value
    for name in PARAMETERS[BASE.setting].names()
    for ending, value in MORE_BY_ENDING.items()
    if name not in AMPLIFIED and (name.endswith(ending) or name.startswith(f"{ending}."))
}
BUSY = changed(BASE, AMPLIFIED | MORE)
ADOLESCENTS = {f"adolescent_probability.{site}": 0.3 for site in ("hip", "knee", "foot", "other")}
WORLDS = {
    "base": BASE,
    "busy": BUSY,
    "busy, from first contact": changed(BUSY, entry="first_contact"),
    "limits": changed(BASE, LIMITS),
    "early scans": changed(BUSY, entry="first_contact", strategies=EARLY, comparator=EARLY[0]),
    "early osteonecrosis": changed(BUSY, structure={"osteonecrosis": "early_stage"}),
    "convex utility": changed(BUSY, structure={"utility_form": "convex"}),
    "adolescents": changed(BUSY, ADOLESCENTS, population={"kind": "all_clinic"}),
    "Netherlands": changed(BUSY, setting="nl", entry="first_contact"),
}
WEEKS = ("review_weeks", "follow_up_scan_weeks")
EVERY = {name: quantity for one in PARAMETERS.values() for name in one.names() for quantity in (one.quantity(name),)}


def worlds_of(parameter: str) -> list[tuple[str, str | None]]:
    """Where to look for an effect: pairs of a world and the treatment given alone there (None: its own strategies)."""
    kind, _, rest = parameter.partition(".")
    users = [rest.partition(".")[0]] if kind == "treatments" else []
    if parameter.startswith("setting.unit_costs."):
        cost = parameter.rpartition(".")[2]
        users = [name for name, treatment in TREATMENTS.items() if cost in treatment.unit_costs()]
    users = [name for name in users if name not in GIVEN_IN_BASE]
    general = [(which, None) for which in WORLDS] if kind != "treatments" or not users else []
    return [*general, *((which, name) for name in users for which in ("base", "busy"))]


@cache
def engine_and_buffers() -> tuple[BatchEngine, Buffers]:
    """One for all worlds: the buffers are large."""
    return BatchEngine(), Buffers(max(count for _, count in BLOCKS))


class World:
    """A scenario made ready, and what its blocks of patients look like before anything is moved."""

    def __init__(self, name: str, treatment: str | None, seed: int) -> None:
        inputs = gathered(name)
        self.inputs, self.seed = inputs if treatment is None else alone(inputs, treatment), seed
        self.people = population_rows(None)
        self.engine, self.buffers = engine_and_buffers()
        self.tables, self.tariff = self.records(self.inputs)
        self.unmoved: dict[tuple[int, int], list[str]] = {}

    def number(self, name: str, place: int = 0) -> float:
        return self.inputs.parameters.quantity(name).numbers[place]

    def records(self, inputs: ModelInputs) -> tuple[Any, Any]:
        return build_tables(inputs, self.seed), build_tariff(inputs)

    def looks(self, block: tuple[int, int], tables: Any, tariff: Any) -> Iterator[str]:
        """Digests of a block in the order in which they are made: rows before entry, rows and values by strategy.

        Of the person only the bone of the lesions counts, which no rule reads: the record describes him by it.
        """
        entrants = self.engine.enter_block(tables, *block, self.people, self.buffers)
        yield digest(entrants.lead[: entrants.lead_starts[-1]], entrants.patients["lesions"][["bone"]])
        for strategy in range(len(self.inputs.strategies)):
            rows = self.engine.follow_block(entrants, strategy, tables, self.buffers)
            yield digest(rows)
            yield digest(value_block(rows, entrants.patients, tariff).outcomes)

    def shows(self, values: dict[str, Any], block: tuple[int, int]) -> bool:
        """Whether anybody of the block looks otherwise with these values laid over the world's own."""
        tables, tariff = self.records(with_values(self.inputs, values))
        if digest(tables, tariff) == digest(self.tables, self.tariff):
            return False
        if block not in self.unmoved:
            self.unmoved[block] = list(self.looks(block, self.tables, self.tariff))
        looks = self.looks(block, tables, tariff)
        return any(look != before for look, before in zip(looks, self.unmoved[block], strict=True))

    def step(self, name: str, place: int) -> dict[str, Any] | None:
        """Values in which number `place` of parameter `name` is 1 % larger (or smaller where that is impossible).

        None where it is 0, of which there is no 1 %, or is no parameter of this setting. A share takes from its
        neighbour. The weeks of reviews with a scan move together with the scan; a scan can only go to another review.
        """
        if name not in self.inputs.parameters or self.number(name, place) == 0.0:
            return None
        if name == "review_weeks":
            return self.step_of_reviews(place)
        if name == "follow_up_scan_weeks":
            return self.step_of_scans(place)
        for factor in (1.0 + STEP, 1.0 - STEP):
            values = {name: factor * self.number(name)}
            group = name.rpartition(".")[0]
            if "_share" in group:
                members = [other for other in self.inputs.parameters.names() if other.rpartition(".")[0] == group]
                giver = members[members.index(name) - 1]
                values[giver] = self.number(giver) - (factor - 1.0) * self.number(name)
            try:
                self.records(with_values(self.inputs, values))
            except InputError:
                continue
            return values
        return None

    def step_of_reviews(self, place: int) -> dict[str, Any]:
        reviews, scans = (list(self.inputs.parameters.quantity(name).numbers) for name in WEEKS)
        later = reviews[place] * (1.0 + STEP)
        scans = [later if week == reviews[place] else week for week in scans]
        return dict(zip(WEEKS, ([*reviews[:place], later, *reviews[place + 1 :]], scans), strict=True))

    def step_of_scans(self, place: int) -> dict[str, Any]:
        reviews, scans = (list(self.inputs.parameters.quantity(name).numbers) for name in WEEKS)
        free = [week for week in reviews if week not in scans]
        nearest = min(free, key=lambda week: abs(week - scans[place]))
        return {"follow_up_scan_weeks": [*scans[:place], nearest, *scans[place + 1 :]]}


@cache
def gathered(name: str) -> ModelInputs:
    return gather(WORLDS[name])


@cache
def world(name: str, treatment: str | None, seed: int) -> World:
    return World(name, treatment, seed)


def test_nobody_moves_without_a_cause(seed):
    """The same block looks the same twice, and a value of what never happens in the base case moves nobody."""
    base, block = world("base", None, seed), BLOCKS[0]
    looks = [list(base.looks(block, base.tables, base.tariff)) for _ in range(2)]
    assert looks[0] == looks[1]
    assert base.inputs.parameters.quantity("chronic_probability").value == 0.0
    assert not base.shows({"chronic_pain_floor_nrs": 5.0}, block)


@pytest.mark.parametrize(
    ("name", "place"),
    [(name, place) for name, quantity in EVERY.items() for place in range(len(quantity.numbers))],
)
def test_a_step_of_one_percent_moves_somebody(name, place, seed):
    """Every parameter is there because the model description gives it an effect; none is exempt."""
    worlds = [world(which, treatment, seed) for which, treatment in worlds_of(name)]
    steps = [one.step(name, place) for one in worlds]
    assert any(steps), "it is 0 in every world: give it a value in tests/amplified.py"
    assert any(
        one.shows(values, block) for block in BLOCKS for one, values in zip(worlds, steps, strict=True) if values
    ), "nobody moved: the parameter is dead, or needs a world in which it matters"
