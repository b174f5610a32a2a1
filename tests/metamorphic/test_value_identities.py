"""Identities of value: what doubled unit costs and worthless pain do to the outcomes, and that they move no event."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from amplified import AMPLIFIED
from simulate import assert_same_rows, changed, simulated, with_values

from sim.valuation.outcomes import CATEGORIES
from sim.vocabulary.events import Event

PATIENTS = 400
BUSY = changed(parameters=AMPLIFIED, entry="first_contact")  # every cost falls due, those before diagnosis too

# Which unit costs supportive care and complications charge to which category (docs/model.md, section on value).
OF_EVENTS = {
    "diagnosis": (
        "mri",
        "radiograph",
        "blood_panel",
        "vitamin_d_assay",
        "general_practice_consultation",
        "first_consultation",
        "follow_up_consultation",
        "wrong_diagnosis",
    ),
    "drug": ("nsaid_year",),
    "follow_up": ("crutches", "walker_boot", "physiotherapy_contact", "mri", "follow_up_consultation"),
    "adverse_event": ("gastrointestinal_event",),
    "complication": (
        "fracture_clinic",
        "hip_arthroplasty",
        "knee_arthroplasty",
        "revision",
        "neck_fracture_surgery",
        "first_consultation",
    ),
}


@pytest.fixture(scope="module")
def busy(seed):
    return simulated(BUSY, seed=seed, patients=PATIENTS)


def unit_costs_by_category(inputs):
    """Names of unit costs by the category they count in: those of events, and those that treatments name."""
    names = defaultdict(set, {category: set(costs) for category, costs in OF_EVENTS.items()})
    for treatment in inputs.treatments.values():
        names["administration"] |= set(treatment.pretreatment)
        for key, used in (*treatment.resources_per_administration.items(), *treatment.resources_per_year.items()):
            names[key.partition("_")[0] if key.startswith("procedure") else key] |= set(used)
        for event in treatment.adverse_events:
            names["adverse_event"] |= set(event.resources)
    return names


def doubled(inputs, costs):
    names = [f"setting.unit_costs.{name}" for name in costs]
    return with_values(inputs, {name: 2.0 * inputs.parameters.quantity(name).value for name in names})


def test_every_unit_cost_counts_in_some_category(busy):
    """The table of this file and the treatments' own resources name all there are."""
    counted = set().union(*unit_costs_by_category(busy.inputs).values())
    prefix = "setting.unit_costs."
    assert counted == {name.removeprefix(prefix) for name in busy.inputs.parameters.names() if name.startswith(prefix)}


@pytest.mark.parametrize("category", [*OF_EVENTS, "administration", "procedure"])
def test_doubling_all_unit_costs_of_a_category_doubles_it_and_moves_no_event(category, busy, seed):
    """Doubling is exact in binary numbers, so it is so in sums. Categories that share no unit cost stay as they are."""
    by_category = unit_costs_by_category(busy.inputs)
    dearer = doubled(busy.inputs, by_category[category])
    again = simulated(dearer, seed=seed, patients=PATIENTS)
    charged = 0.0
    for strategy in BUSY.strategies:
        assert_same_rows(busy.rows(strategy), again.rows(strategy))
        before, after = busy.outcomes(strategy), again.outcomes(strategy)
        charged += before[f"cost_{category}"].sum()
        for name in CATEGORIES:
            for field in (f"cost_{name}", f"cost_{name}_discounted"):
                if name == category:
                    assert np.array_equal(after[field], 2.0 * before[field])
                elif not by_category[name] & by_category[category]:
                    assert np.array_equal(after[field], before[field])
        for field in ("qalys", "qalys_discounted", "life_years"):
            assert np.array_equal(after[field], before[field])
    assert charged > 0.0


def test_doubling_every_unit_cost_doubles_the_whole_cost(busy):
    """Cost is linear in unit costs and has no constant part."""
    dearer = doubled(busy.inputs, set().union(*unit_costs_by_category(busy.inputs).values()))
    for strategy in BUSY.strategies:
        before, after = busy.outcomes(strategy), busy.outcomes(strategy, dearer)
        for field in ("cost", "cost_discounted"):
            assert np.array_equal(after[field], 2.0 * before[field])


def test_without_losses_norms_below_one_and_discounting_qalys_are_the_time_lived(busy):
    """Utility is then 1 all the time, so its integral is the time from entry to the last row."""
    losses = [name for name in busy.inputs.parameters.names() if "disutility" in name and not name.endswith("_weeks")]
    values = dict.fromkeys([*losses, "utility_loss_per_pain_point_utility"], 0.0)
    rates = [name for name in busy.inputs.parameters.names() if "discount_rate" in name]
    assert len(rates) == 2
    inputs = with_values(busy.inputs, values | dict.fromkeys(rates, 0.0))
    inputs = replace(inputs, utility_norms=np.ones_like(inputs.utility_norms))
    for strategy in BUSY.strategies:
        rows = busy.rows(strategy)
        outcomes = busy.outcomes(strategy, inputs)
        last = rows["time_years"][np.isin(rows["event"], (Event.DEATH, Event.FOLLOW_UP_ENDED))]
        lived = last - rows["time_years"][rows["event"] == Event.ENTRY]
        for field in ("life_years", "life_years_discounted", "qalys", "qalys_discounted"):
            np.testing.assert_allclose(outcomes[field], lived, rtol=1e-12, atol=1e-12)
        assert np.array_equal(outcomes["cost"] > 0.0, np.ones(PATIENTS, bool))
