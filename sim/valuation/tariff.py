"""The tariff: every number that the compiled valuation needs, laid out once from the inputs.

Treatments stand in the order of `inputs.treatments`, as in the history's `treatment` column; adverse events in the
order of their treatment's file.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.valuation import costs
from sim.valuation.costs import EARLY, EVENT_COUNT, SITE_COUNT, USUAL
from sim.valuation.curves import GRID_YEARS, POINTS
from sim.valuation.discounting import continuous_rate
from sim.valuation.outcomes import CATEGORIES
from sim.valuation.pain_loss import KNOTS, fill_pain_loss
from sim.valuation.protocols import Inputs, Parameters
from sim.valuation.resources import CATEGORY_COUNT
from sim.valuation.rows import OWN_BRANCH
from sim.valuation.situation import SPELLS
from sim.valuation.spells import SPELL_BITS, SPELL_CATEGORIES, spell_costs_per_year, spell_limits_years
from sim.valuation.utility import NORM_AGES, norm_years_ahead
from sim.vocabulary.errors import numbers_that_can_be_used
from sim.vocabulary.slots import ADVERSE_EVENTS_PER_TREATMENT, STRATEGIES, TREATMENTS

_ADVERSE_EVENTS = (TREATMENTS, ADVERSE_EVENTS_PER_TREATMENT)

TARIFF = np.dtype(
    [
        # discounting, continuous rates per year
        ("effect_rate", "f8"),
        ("cost_rate", "f8"),
        # utility
        ("norms", "f8", (2, NORM_AGES)),  # by sex and completed years
        ("norm_years", "f8", (2, NORM_AGES)),  # integral of the norm from each birthday to the last one
        ("norm_years_discounted", "f8", (2, NORM_AGES)),  # the same, discounted at effect_rate to that birthday
        ("load_weight", "f8"),  # of load pain in the pain that counts
        ("rest_weight", "f8"),
        ("loss_share_per_point", "f8"),  # share of the norm lost per point of pain, below all knots
        ("loss_per_point", "f8"),  # the same where it is no share of the norm
        ("kinked", "i1"),  # whether the loss has knots
        ("pain_knots", "f8", (KNOTS,)),
        ("knot_shares", "f8", (KNOTS,)),  # share of the norm lost per point above a knot, over and above the first
        ("unloading_disutility", "f8"),
        ("adverse_event_disutility", "f8", _ADVERSE_EVENTS),
        ("adverse_event_replaces_pain", "i1", _ADVERSE_EVENTS),
        ("treatment_setting", "i1", (TREATMENTS,)),
        ("procedure_disutility", "f8", (TREATMENTS,)),
        ("procedure_years", "f8", (TREATMENTS,)),
        ("gastrointestinal_disutility", "f8"),
        ("gastrointestinal_years", "f8"),
        ("vertebral_fracture_disutility", "f8"),
        ("vertebral_fracture_years", "f8"),
        ("neck_acute_disutility", "f8"),
        ("neck_one_year_disutility", "f8"),
        ("neck_late_disutility", "f8"),
        ("neck_recovery_years", "f8"),  # planned end of the recovery, since the fracture
        # costs by category
        ("in_perspective", "f8", (CATEGORY_COUNT,)),  # 1 or 0
        ("event_is_taken", "i1", (EVENT_COUNT,)),  # whether its rows change a cost or the situation
        ("event_costs", "f8", (EVENT_COUNT, SITE_COUNT, CATEGORY_COUNT)),
        ("early_mri", "i1", (STRATEGIES,)),  # whether the strategy scans at first contact
        ("scans_per_case", "f8", (2,)),  # first scans for each case found: usual, early
        ("scan_cost_per_case", "f8", (CATEGORY_COUNT,)),  # of one of them
        ("known_scan_costs", "f8", (CATEGORY_COUNT,)),
        ("first_contact_costs", "f8", (2, CATEGORY_COUNT)),  # usual, early
        ("diagnosis_costs", "f8", (2, SITE_COUNT, CATEGORY_COUNT)),
        ("fracture_costs", "f8", (CATEGORY_COUNT,)),
        ("start_costs", "f8", (TREATMENTS, SITE_COUNT, CATEGORY_COUNT)),  # what comes before, and the first dose
        ("administration_costs", "f8", (TREATMENTS, SITE_COUNT, CATEGORY_COUNT)),
        ("costs_at_home", "i1", (TREATMENTS,)),
        ("home_costs_per_year", "f8", (TREATMENTS, CATEGORY_COUNT)),
        ("adverse_event_costs", "f8", (*_ADVERSE_EVENTS, CATEGORY_COUNT)),
        # costs of time
        ("spells_charged", "i8"),  # status bits whose spells cost something
        ("spell_bits", "i8", (SPELLS,)),  # by kind of spell
        ("spell_categories", "i8", (SPELLS,)),
        ("spell_costs_per_year", "f8", (SPELLS,)),  # absence: for each weekly hour of paid work
        ("spell_limits_years", "f8", (SPELLS,)),  # how much of a spell counts at most
        ("has_unrelated_costs", "i1"),
        ("unrelated_costs", "f8", (2, NORM_AGES)),  # a year of medical care for other reasons, by sex and age
        ("unrelated_years", "f8", (2, NORM_AGES)),  # their integral from each birthday to the last one
        ("unrelated_years_discounted", "f8", (2, NORM_AGES)),
        # curves
        ("grid_years", "f8", (POINTS,)),
    ],
    align=True,
)


@numbers_that_can_be_used()
def build_tariff(inputs: Inputs) -> npt.NDArray[Any]:
    """The tariff of one parameter set, dtype TARIFF, shape (1,).

    Raises InputError for a parameter that is missing, or a number that cannot be used.
    """
    tariff = np.zeros(1, TARIFF)
    record = tariff[0]
    _fill_utility(record, inputs)
    _fill_costs(record, inputs)
    _fill_costs_of_time(record, inputs)
    for number, treatment in enumerate(inputs.treatments.values()):
        _fill_treatment(record, number, treatment, inputs.parameters, harms=inputs.scenario.structure.harms)
    record["grid_years"] = GRID_YEARS
    return tariff


def _fill_utility(record: Any, inputs: Inputs) -> None:
    parameters = inputs.parameters
    rate = continuous_rate(parameters.value("setting.discount_rate_effects_per_year"))
    record["effect_rate"] = rate
    record["norms"] = inputs.utility_norms
    record["norm_years"] = norm_years_ahead(inputs.utility_norms, 0.0)
    record["norm_years_discounted"] = norm_years_ahead(inputs.utility_norms, rate)
    structure = inputs.scenario.structure
    fill_pain_loss(record, parameters, structure.utility_form)
    record["load_weight"] = structure.experienced_pain_load_weight
    record["rest_weight"] = 1.0 - structure.experienced_pain_load_weight
    record["unloading_disutility"] = parameters.value("unloading_disutility")
    record["gastrointestinal_disutility"] = parameters.value("gastrointestinal_event_disutility")
    record["gastrointestinal_years"] = parameters.years("gastrointestinal_event_weeks")
    record["vertebral_fracture_disutility"] = parameters.value("vertebral_fracture_disutility")
    record["vertebral_fracture_years"] = parameters.years("vertebral_fracture_weeks")
    record["neck_acute_disutility"] = parameters.value("neck_fracture_disutility.acute")
    record["neck_one_year_disutility"] = parameters.value("neck_fracture_disutility.at_one_year")
    record["neck_late_disutility"] = parameters.value("neck_fracture_disutility.later")
    record["neck_recovery_years"] = parameters.years("neck_fracture_recovery_months")


def _fill_costs(record: Any, inputs: Inputs) -> None:
    parameters = inputs.parameters
    record["cost_rate"] = continuous_rate(parameters.value("setting.discount_rate_costs_per_year"))
    record["in_perspective"] = [float(name in inputs.setting.perspective) for name in CATEGORIES]
    record["event_costs"] = costs.event_costs(parameters)
    record["event_is_taken"] = record["event_costs"].any(axis=(1, 2))
    record["event_is_taken"][list(OWN_BRANCH)] = True
    for number, strategy in enumerate(inputs.strategies.values()):
        record["early_mri"][number] = USUAL if strategy.mri == "usual" else EARLY
    record["scans_per_case"] = costs.scans_per_case(parameters)
    record["scan_cost_per_case"] = costs.scan_for_diagnosis_costs(parameters)
    record["known_scan_costs"] = costs.known_scan_costs(parameters)
    record["first_contact_costs"] = costs.first_contact_costs(parameters)
    record["diagnosis_costs"] = costs.diagnosis_costs(parameters)
    record["fracture_costs"] = costs.fracture_costs(parameters)


def _fill_costs_of_time(record: Any, inputs: Inputs) -> None:
    record["spell_bits"] = SPELL_BITS
    record["spell_categories"] = SPELL_CATEGORIES
    record["spell_costs_per_year"] = spell_costs_per_year(inputs.parameters)
    record["spells_charged"] = SPELL_BITS[record["spell_costs_per_year"] > 0.0].sum()
    record["spell_limits_years"] = spell_limits_years(inputs.parameters)
    yearly = inputs.unrelated_medical_costs
    if yearly is not None:
        record["has_unrelated_costs"] = bool(yearly.any())
        record["unrelated_costs"] = yearly
        record["unrelated_years"] = norm_years_ahead(yearly, 0.0)
        record["unrelated_years_discounted"] = norm_years_ahead(yearly, float(record["cost_rate"]))


def _fill_treatment(record: Any, number: int, treatment: Any, parameters: Parameters, *, harms: bool) -> None:
    record["treatment_setting"][number] = treatment.setting
    if treatment.has("procedure_disutility"):
        loss = parameters.value(treatment.parameter("procedure_disutility"))
        record["procedure_disutility"][number] = loss if harms else 0.0
        record["procedure_years"][number] = parameters.years(treatment.parameter("procedure_disutility_weeks"))
    administration = costs.administration_costs(parameters, treatment.setting, treatment.resources_per_administration)
    record["administration_costs"][number] = administration
    record["start_costs"][number] = administration + costs.pretreatment_costs(parameters, treatment.pretreatment)
    record["costs_at_home"][number] = bool(treatment.resources_per_year)
    record["home_costs_per_year"][number] = costs.home_costs_per_year(parameters, treatment.resources_per_year)
    record["adverse_event_costs"][number] = costs.adverse_event_costs(parameters, treatment.adverse_events)
    for event_number, event in enumerate(treatment.adverse_events):
        disutility = parameters.value(treatment.parameter(f"adverse_events.{event.name}.disutility"))
        record["adverse_event_disutility"][number, event_number] = disutility
        record["adverse_event_replaces_pain"][number, event_number] = event.replaces_pain
