"""Identities of value: what doubled unit costs and worthless pain do to the outcomes, and that they move no event."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from amplified import AMPLIFIED
from simulate import assert_same_rows, changed, simulated, with_values

from sim.inputs.model_inputs import gather
from sim.valuation.courses import value_block
from sim.valuation.outcomes import CATEGORIES
from sim.valuation.tariff import build_tariff
from sim.vocabulary.events import Event

PATIENTS = 400
SETTINGS = ("base_case_uk", "base_case_nl")
STRATEGIES = ("supportive", "zoledronate", "iloprost_then_decompression", "step_up", "early_mri_zoledronate")
SOCIETAL = ("travel_visit", "informal_care_hour", "unpaid_work_hour", "out_of_pocket_aids")  # no British price

# Which unit costs supportive care and complications charge to which category (docs/model.md, section on value).
OF_EVENTS = {
    "diagnosis": (
        "mri",
        "radiograph",
        "bone_scan",
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
        "vertebral_fracture",
        "first_consultation",
    ),
    "travel": ("travel_visit",),
    "informal_care": ("informal_care_hour",),
    "unpaid_work": ("unpaid_work_hour",),
    "productivity": ("paid_hour",),
    "patient_out_of_pocket": ("out_of_pocket_aids",),
}


@pytest.fixture(scope="module", params=SETTINGS)
def busy(request, seed):
    """Every cost falls due, those before diagnosis too, and nothing is free."""
    inputs = gather(changed(request.param, parameters=AMPLIFIED, entry="first_contact", strategies=STRATEGIES))
    free = [f"setting.unit_costs.{name}" for name in SOCIETAL]
    free = [name for name in free if inputs.parameters.quantity(name).value == 0.0]
    assert bool(free) == (request.param == "base_case_uk")
    yearly = inputs.unrelated_medical_costs
    yearly = np.tile(2000.0 + 30.0 * np.arange(121), (2, 1)) if yearly is None else yearly
    inputs = replace(with_values(inputs, dict.fromkeys(free, 7.0)), unrelated_medical_costs=yearly)
    return simulated(inputs, seed=seed, patients=PATIENTS)


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
    for strategy in STRATEGIES:
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
    """Cost is linear in unit costs and has no constant part, in any of the thirteen categories."""
    dearer = doubled(busy.inputs, set().union(*unit_costs_by_category(busy.inputs).values()))
    dearer = replace(dearer, unrelated_medical_costs=2.0 * busy.inputs.unrelated_medical_costs)
    charged = dict.fromkeys(CATEGORIES, 0.0)
    for strategy in STRATEGIES:
        before, after = busy.outcomes(strategy), busy.outcomes(strategy, dearer)
        for field in ("cost", *(f"cost_{name}" for name in CATEGORIES)):
            assert np.array_equal(after[field], 2.0 * before[field])
            assert np.array_equal(after[f"{field}_discounted"], 2.0 * before[f"{field}_discounted"])
        for name in CATEGORIES:
            charged[name] += before[f"cost_{name}"].sum()
    assert min(charged.values()) > 0.0, charged


@pytest.mark.parametrize("scans", [1.0, 43.0])
def test_cost_is_linear_in_the_scans_for_each_case(busy, scans):
    """The difference is the discounted first scan times the cost of one scan, to 1e-9 of itself.

    One scan: MRI, the visits for chance findings and, where travel counts, the trips to both.
    """
    price = {name: busy.inputs.parameters.value(f"setting.unit_costs.{name}") for name in ("mri", "travel_visit")}
    visits = busy.inputs.parameters.value("incidental_visits_per_scan_count")
    one = price["mri"] + visits * busy.inputs.parameters.value("setting.unit_costs.follow_up_consultation")
    if "travel" in busy.inputs.setting.perspective:
        one += (1.0 + visits) * price["travel_visit"]
    for strategy, early in (("supportive", False), ("early_mri_zoledronate", True)):
        name = "early_scans_per_case_count" if early else "scans_per_case_count"
        more = scans - busy.inputs.parameters.value(name)
        before, after = busy.outcomes(strategy), busy.outcomes(strategy, with_values(busy.inputs, {name: scans}))
        for suffix in ("", "_discounted"):
            first = before[f"first_scans{suffix}"]
            difference = after[f"cost{suffix}"] - before[f"cost{suffix}"]
            np.testing.assert_allclose(difference, more * one * first, rtol=1e-9, atol=1e-9)
            assert (after[f"cost{suffix}"].mean() - before[f"cost{suffix}"].mean()) == pytest.approx(
                more * one * first.mean(), rel=1e-9
            )
        assert 0.5 < before["first_scans"].mean() <= 1.0
        assert np.all(before["first_scans_discounted"] <= before["first_scans"])
        assert np.array_equal(after["first_scans"], before["first_scans"])


def test_the_tariff_names_the_cost_of_one_scan(busy):
    """What the analysis of the threshold of scans reads is what is charged: one scan more for each case."""
    record = build_tariff(busy.inputs)[0]
    more = busy.inputs.parameters.value("scans_per_case_count") + 1.0
    dearer = with_values(busy.inputs, {"scans_per_case_count": more})
    before, after = busy.outcomes("supportive"), busy.outcomes("supportive", dearer)
    for number, name in enumerate(CATEGORIES):
        expected = record["scan_cost_per_case"][number] * before["first_scans"]
        np.testing.assert_allclose(after[f"cost_{name}"] - before[f"cost_{name}"], expected, rtol=1e-9, atol=1e-8)


def test_at_the_default_weight_rest_pain_moves_no_outcome(busy):
    """Bit for bit: the base case is the value with the whole weight on load pain, and blind to rest pain."""
    scenario = changed(busy.inputs.scenario, structure={"experienced_pain_load_weight": 1.0})
    rows = busy.rows("zoledronate").copy()
    assert np.any(rows["rest_pain_after"] > 0.0)
    rows["rest_pain_after"], rows["rest_slope"] = 9.0, -0.25
    tariff = build_tariff(replace(busy.inputs, scenario=scenario))
    blind = value_block(rows, busy.block.patients, tariff).outcomes
    assert blind.tobytes() == busy.outcomes("zoledronate").tobytes()


def test_without_losses_norms_below_one_and_discounting_qalys_are_the_time_lived(busy):
    """Utility is then 1 all the time, so its integral is the time from entry to the last row."""
    names = busy.inputs.parameters.names()
    losses = [name for name in names if "disutility" in name and not name.endswith("_weeks")]
    values = dict.fromkeys([*losses, "utility_loss_per_pain_point_utility"], 0.0)
    rates = [name for name in busy.inputs.parameters.names() if "discount_rate" in name]
    assert len(rates) == 2
    inputs = with_values(busy.inputs, values | dict.fromkeys(rates, 0.0))
    inputs = replace(inputs, utility_norms=np.ones_like(inputs.utility_norms))
    for strategy in STRATEGIES:
        rows = busy.rows(strategy)
        outcomes = busy.outcomes(strategy, inputs)
        last = rows["time_years"][np.isin(rows["event"], (Event.DEATH, Event.FOLLOW_UP_ENDED))]
        lived = last - rows["time_years"][rows["event"] == Event.ENTRY]
        for field in ("life_years", "life_years_discounted", "qalys", "qalys_discounted"):
            np.testing.assert_allclose(outcomes[field], lived, rtol=1e-12, atol=1e-12)
        assert np.array_equal(outcomes["cost"] > 0.0, np.ones(PATIENTS, bool))
