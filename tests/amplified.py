"""The base case with everything common that is rare in it, so that few patients meet every rule.

No evidence: a probe. Probabilities that are small become 0.15 to 0.3, shares equal, values of 0 take a size that shows.
"""

from collections.abc import Iterable

from sim.inputs.parameters import load_parameters
from sim.inputs.root import data_root
from sim.inputs.scenario import load_scenario

TYPED = {
    "adherence_probability": 0.7,
    "arthroplasty_3_year_probability.knee": 0.8,
    "arthroplasty_death_probability.with_osteonecrosis": 0.4,
    "arthroplasty_death_probability.without_osteonecrosis": 0.1,
    "chronic_probability": 0.15,
    "collapse_after_fracture_probability.hip": 0.6,
    "collapse_after_fracture_probability.knee": 0.6,
    "collapse_minimum_age_years.hip": 45.0,
    "fixation_failure_probability": 0.5,
    "further_lesion_5_year_probability": 0.7,
    "further_lesion_repeat_probability": 0.6,
    "further_lesion_risk_ratio.osteopenia": 1.5,
    "gastrointestinal_event_rate_per_year": 0.5,
    "growth_plates_close_years.female": 40.0,  # so that some have them open
    "growth_plates_close_years.male": 40.0,
    "healing_time_ratio.overuse": 1.4,  # unlike that of the other aetiology
    "mri_earliest_hours": 400.0,
    "mri_sensitivity_probability": 0.8,
    "neck_fracture_probability.hip": 0.3,
    "neck_fracture_probability.pregnancy": 0.3,
    "vertebral_fracture_probability.pregnancy": 0.3,
    "osteonecrosis_early_stage_probability": 0.3,
    "childbearing_wish_probability": 0.5,
    "treatments.colecalciferol_prevention.further_lesion_ratio": 0.5,
    "osteonecrosis_detection_probability": 0.5,
    "osteonecrosis_probability": 0.2,
    "osteonecrosis_review_weeks": 12.95,  # a review lies 1 % later
    "relabelled_probability": 0.3,
    "rest_pain_end_level": 0.1,
    "revision_free_10_year_probability": 0.5,
    "stepwise_loading_weeks": 16.0,
    "treatments.core_decompression.adverse_events.femur_fracture.later_probability": 0.8,  # second operations are few
    "treatments.core_decompression.adverse_events.thromboembolism.later_probability": 0.8,
    "treatments.core_decompression.adverse_events.wound_infection.later_probability": 0.8,
    "treatments.core_decompression.death_probability": 0.05,
    "treatments.core_decompression.healing.lag_weeks": 1.0,
    "treatments.ibandronate.stop_probability": 0.3,
    "treatments.iloprost.healing.lag_weeks": 1.0,
    "treatments.iloprost.stop_probability": 0.3,
    "treatments.zoledronate.healing.lag_weeks": 1.0,
    "unloading_fracture_hazard_ratio": 0.5,
}
COMORBIDITY_PROBABILITY = 0.3
ADVERSE_EVENT_PROBABILITY = 0.2
HEALING_TIME_RATIO = 1.2


def _amplified(names: Iterable[str]) -> dict[str, float]:
    names = list(names)
    values = dict(TYPED)
    for name in names:
        group, _, leaf = name.rpartition(".")
        if leaf in ("first_probability", "later_probability"):
            values.setdefault(name, ADVERSE_EVENT_PROBABILITY)
        elif group == "healing_time_ratio":
            values.setdefault(name, HEALING_TIME_RATIO)
            if f"{leaf}_probability" in names:
                values[f"{leaf}_probability"] = COMORBIDITY_PROBABILITY
        elif any(part.endswith("_share") for part in group.split(".")):
            members = [other for other in names if other.rpartition(".")[0] == group]
            values[name] = 1.0 / len(members)
    return values


AMPLIFIED = _amplified(load_parameters(data_root(), load_scenario("base_case_uk").setting).names())
