"""A number at the very end of what its unit allows gets one line where the model cannot calculate with it."""

import pytest
from gathered_once import gather_once

from sim.experiments.points import Point, at_point
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.scenario import load_scenario
from sim.inputs.tables import build_tables
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError, numbers_that_can_be_used

# Each is the division by 0 or logarithm of 0 of another law.
ENDS = {
    "healing_median_months.hip": 0.0,
    "diagnosis_delay_sigma": 0.0,
    "diagnosis_delay_ratio.overuse": 0.0,
    "healing_time_ratio.overuse": 0.0,
    "entry_pain_sd_nrs": 0.0,
    "arthroplasty_3_year_probability.hip": 1.0,
    "complication_reference_months": 0.0,
    "further_lesion_interval_sigma": 0.0,
    "revision_free_10_year_probability": 1.0,
    "vitamin_d_half_time_days": 0.0,
    "treatments.zoledronate.healing.hazard_ratio": 0.0,
    "treatments.zoledronate.pain.1.multiplier_ratio": 0.0,
    "utility_reference_norm_utility": 0.0,
}


def build(inputs: ModelInputs) -> None:
    build_tables(inputs, 1)
    build_tariff(inputs)


@pytest.mark.parametrize(("name", "value"), ENDS.items())
def test_a_number_that_no_law_can_use_is_refused(name: str, value: float):
    inputs = at_point(gather_once(load_scenario("base_case_uk")), Point(0, {name: value}))
    with pytest.raises(InputError) as caught:
        build(inputs)
    assert "\n" not in str(caught.value)


def test_another_error_of_ours_is_not_taken_for_a_mistake_of_the_user():
    with pytest.raises(ValueError, match="ours"), numbers_that_can_be_used():
        raise ValueError("this one is ours")
