"""From a parameter set to the record that the compiled rules read: years, cumulative shares, solved laws.

Everything that can be worked out once is worked out here, so that the rules hold no evidence and no units.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.inputs.latent import Latent, solve_latent
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.parameters import ParameterSet
from sim.inputs.population_tables import cumulative, fill_population, key
from sim.inputs.treatment_tables import fill_strategies, fill_treatments, vitamin_d_class_shares
from sim.vocabulary.enums import Aetiology, BoneDensity, Destination, Job, Site
from sim.vocabulary.errors import InputError, numbers_that_can_be_used
from sim.vocabulary.slots import FOLLOW_UP_SCANS, REVIEWS
from sim.vocabulary.tables import TABLES
from sim.vocabulary.units import to_years


@numbers_that_can_be_used()
def build_tables(inputs: ModelInputs, seed: int, psa_draw: int = 0) -> npt.NDArray[Any]:
    """The record array, shape (1,) of TABLES, for one parameter set; `seed` and `psa_draw` key the random numbers.

    Raises InputError when the latent laws have no solution, a schedule is too long, or a number cannot be used.
    """
    tables = np.zeros(1, TABLES)
    t = tables[0]
    parameters = inputs.parameters
    latent = solve_latent(parameters, inputs.scenario.structure)
    t["seed"], t["psa_draw"] = seed, psa_draw
    _fill_natural_history(t, inputs, latent)
    fill_population(t, inputs, latent)
    _fill_switches(t, inputs)
    _fill_vitamin_d(t, inputs)
    _fill_diagnosis(t, inputs, latent)
    _fill_further_lesions(t, parameters)
    _fill_complications(t, inputs, latent)
    _fill_care(t, parameters)
    _fill_work(t, parameters)
    _fill_mortality(t, inputs)
    fill_treatments(t, inputs, vitamin_d_class_shares(t))
    fill_strategies(t, inputs)
    return tables


def _years_by_site(parameters: ParameterSet, name: str) -> list[float]:
    return [parameters.years(f"{name}.{key(site)}") for site in Site]


def _fill_switches(t: Any, inputs: ModelInputs) -> None:
    structure = inputs.scenario.structure
    t["gains_are_kept"] = structure.carry_over
    t["strongest_only"] = structure.overlap == "strongest_only"
    t["migratory_nonresponse"] = structure.migratory_nonresponse
    t["response_spread"] = structure.response_spread_sigma


def _fill_natural_history(t: Any, inputs: ModelInputs, latent: Latent) -> None:
    parameters = inputs.parameters
    t["unprotected_rate"] = inputs.scenario.structure.unprotected_healing_rate
    t["entry_pain_over_peak"] = latent.entry_pain_over_peak
    t["fracture_onset_probability"] = latent.fracture_onset_probability
    t["fracture_hazard"] = latent.fracture_hazard_per_year
    t["work_median_years"] = latent.work_median_years
    t["work_law"], t["work_shape"] = latent.work_law, latent.work_shape
    t["work_unit_median"], t["delay_work_correlation"] = latent.work_unit_median, latent.delay_work_correlation
    t["lag_mean_years"] = parameters.years("mri_lag_mean_months")
    t["lag_shape"] = parameters.value("mri_lag_shape")
    t["minimum_rate"] = parameters.value("minimum_healing_factor")
    t["maximum_rate"] = parameters.value("maximum_healing_factor")
    peak = parameters.value("pain_peak_share_of_work_ratio")
    decline = parameters.value("pain_decline_share_of_work_ratio")
    if not 0.0 < peak < decline < 1.0:
        where = "pain_peak_share_of_work_ratio, pain_decline_share_of_work_ratio"
        raise InputError(where, f"{peak:g} and {decline:g} are not 0 < peak < decline < 1", "Put them in order.")
    t["pain_knots"] = [0.0, peak, decline, 1.0]
    t["pain_levels"] = [parameters.value("pain_start_level"), 1.0, 1.0, parameters.value("pain_end_level")]
    rest = [parameters.value(f"rest_pain_{point}_level") for point in ("start", "decline", "end")]
    t["rest_levels"] = [rest[0], 1.0, rest[1], rest[2]]
    t["rest_over_load"] = parameters.value("rest_over_load_pain_ratio")
    t["size_start"] = parameters.value("oedema_start_size")
    t["size_peak_share"] = parameters.value("oedema_peak_share_of_work_ratio")
    t["read_noise_sd"] = parameters.value("mri_read_noise_sigma")
    t["chronic_probability"] = parameters.value("chronic_probability")
    t["chronic_floor"] = parameters.value("chronic_pain_floor_nrs")
    t["pain_multiplier_minimum"] = parameters.value("pain_multiplier_minimum_ratio")


def _fill_diagnosis(t: Any, inputs: ModelInputs, latent: Latent) -> None:
    parameters = inputs.parameters
    t["entry_at_first_contact"] = inputs.scenario.entry == "first_contact"
    t["delay_median_years"] = parameters.years("diagnosis_delay_median_months")
    t["delay_sigma"] = parameters.value("diagnosis_delay_sigma")
    t["first_contact_share"] = parameters.value("first_contact_share_of_delay_ratio")
    t["referral_share"] = parameters.value("referral_share_of_delay_ratio")
    t["radiograph_sensitivity"] = parameters.value("radiograph_sensitivity_probability")
    t["radiograph_edges_years"] = [parameters.years(f"radiograph_{edge}_weeks") for edge in ("early", "late")]
    t["wrong_diagnosis_probability"] = latent.wrong_diagnosis_given_negative
    t["early_mri_wait_years"] = parameters.years("early_mri_wait_weeks")
    t["relabelled_probability"] = parameters.value("relabelled_probability")
    t["mri_sensitivity"] = parameters.value("mri_sensitivity_probability")
    t["mri_earliest_years"] = parameters.years("mri_earliest_hours")
    t["mri_repeat_years"] = parameters.years("mri_repeat_weeks")


def _fill_further_lesions(t: Any, parameters: ParameterSet) -> None:
    median = parameters.years("further_lesion_interval_median_months")
    sigma = parameters.value("further_lesion_interval_sigma")
    within_5_years = 0.5 * math.erfc(-math.log(5.0 / median) / (sigma * math.sqrt(2.0)))
    first = parameters.value("further_lesion_5_year_probability") / within_5_years
    t["further_probability"] = [first, parameters.value("further_lesion_repeat_probability")]
    density = parameters.group("bone_density_share")
    ratios = np.array(
        [1.0] + [parameters.value(f"further_lesion_risk_ratio.{n}") for n in ("osteopenia", "osteoporosis")]
    )
    t["further_ratio"] = ratios / (ratios @ np.array([density[key(member)] for member in BoneDensity]))
    t["further_median_years"], t["further_sigma"] = median, sigma
    for site in Site:
        destinations = parameters.group(f"destination_share.{key(site)}")
        t["destination_cumulative"][site] = cumulative(destinations, Destination)
        t["other_joint_cumulative"][site] = cumulative(parameters.group(f"other_joint_share.{key(site)}"), Site)
    t["further_review_median_years"] = parameters.years("further_lesion_review_median_weeks")
    t["further_review_sigma"] = parameters.value("further_lesion_review_sigma")
    t["further_mri_wait_years"] = parameters.years("further_lesion_mri_wait_weeks")


def hazard(probability: float, over_years: float) -> float:
    """Constant hazard per year that gives `probability` over `over_years`."""
    return -math.log1p(-probability) / over_years


def _fill_complications(t: Any, inputs: ModelInputs, latent: Latent) -> None:
    parameters = inputs.parameters
    structure = inputs.scenario.structure
    reference = parameters.years("complication_reference_months")
    foot = parameters.value("foot_stress_fracture_ratio")
    t["fracture_site_ratio"] = [1.0, 1.0, foot, parameters.value("other_fracture_ratio")]
    t["unloading_hazard_ratio"] = parameters.value("unloading_fracture_hazard_ratio")
    t["collapse_minimum_age_years"][Site.HIP] = parameters.years("collapse_minimum_age_years.hip")
    for site in (Site.HIP, Site.KNEE):
        probability = parameters.value(f"collapse_after_fracture_probability.{key(site)}")
        t["collapse_hazard"][site] = hazard(probability, reference)
        probability = parameters.value(f"arthroplasty_3_year_probability.{key(site)}")
        t["arthroplasty_hazard"][site] = hazard(probability, 3.0)
    t["collapse_floor"] = parameters.value("collapse_pain_floor_nrs")
    t["arthroplasty_wait_median_years"] = parameters.years("arthroplasty_wait_median_months")
    t["arthroplasty_wait_sigma"] = parameters.value("arthroplasty_wait_sigma")
    t["arthroplasty_residual_pain"] = parameters.value("arthroplasty_residual_pain_nrs")
    deaths = [parameters.value(f"arthroplasty_death_probability.{n}_osteonecrosis") for n in ("without", "with")]
    t["arthroplasty_death_probability"] = deaths if structure.perioperative_death else [0.0, 0.0]
    t["revision_shape"] = parameters.value("revision_shape")
    free = parameters.value("revision_free_10_year_probability")
    t["revision_scale_years"] = 10.0 / (-math.log(free)) ** (1.0 / float(t["revision_shape"]))
    if structure.osteonecrosis == "early_stage":
        t["osteonecrosis_hazard"] = latent.osteonecrosis_hazard_per_year
    else:
        t["osteonecrosis_probability"] = parameters.value("osteonecrosis_probability")
    t["osteonecrosis_detection"] = parameters.value("osteonecrosis_detection_probability")
    t["osteonecrosis_review_years"] = parameters.years("osteonecrosis_review_weeks")
    t["osteonecrosis_collapse_hazard"] = hazard(parameters.value("osteonecrosis_collapse_2_year_probability"), 2.0)
    t["neck_fracture_hazard"][:, Site.HIP] = hazard(parameters.value("neck_fracture_probability.hip"), reference)
    hips = 1.0 + parameters.value("bilateral_probability.pregnancy")  # the published share counts women, not hips
    pregnancy = hazard(parameters.value("neck_fracture_probability.pregnancy"), reference * hips)
    t["neck_fracture_hazard"][Aetiology.PREGNANCY, Site.HIP] = pregnancy
    window = parameters.years("vertebral_fracture_window_months")
    t["vertebral_fracture_window_years"] = window
    vertebral = hazard(parameters.value("vertebral_fracture_probability.pregnancy"), window)
    t["vertebral_fracture_hazard"][Aetiology.PREGNANCY] = vertebral
    acute, recovery = parameters.years("neck_fracture_acute_weeks"), parameters.years("neck_fracture_recovery_months")
    t["neck_fracture_edges_years"] = [acute, recovery]
    t["fixation_failure_probability"] = parameters.value("fixation_failure_probability")
    t["fixation_failure_years"] = parameters.years("fixation_failure_months")
    t["gastrointestinal_hazard"] = parameters.value("gastrointestinal_event_rate_per_year")
    t["nsaid_multiplier"] = parameters.value("nsaid_pain_multiplier")


def _fill_care(t: Any, parameters: ParameterSet) -> None:
    weeks = parameters.values("review_weeks")
    scans = parameters.values("follow_up_scan_weeks")
    if len(weeks) > REVIEWS or len(scans) > FOLLOW_UP_SCANS or sorted(set(weeks)) != weeks:
        raise InputError("review_weeks", f"at most {REVIEWS} rising weeks fit", "Shorten or sort the list.")
    if not set(scans) <= set(weeks):
        raise InputError("follow_up_scan_weeks", "a scan is at a week without review", "Take weeks of review_weeks.")
    t["review_count"], t["scan_count"] = len(weeks), len(scans)
    t["review_years"][: len(weeks)] = [to_years(week, "weeks") for week in weeks]
    t["scan_review"][: len(scans)] = [weeks.index(week) for week in scans]
    t["unloading_years"] = _years_by_site(parameters, "unloading_weeks")
    t["stepwise_loading_years"] = parameters.years("stepwise_loading_weeks")
    t["sport_earliest_years"] = parameters.years("sport_earliest_months")
    t["surgery_wait_median_years"] = parameters.years("surgery_wait_median_weeks")
    t["surgery_wait_sigma"] = parameters.value("surgery_wait_sigma")


def _fill_work(t: Any, parameters: ParameterSet) -> None:
    t["absence_probability"] = parameters.value("absence_probability")
    for job in (Job.SEDENTARY, Job.LIGHT, Job.HEAVY):
        t["absence_median_years"][job] = parameters.years(f"absence_median_weeks.{key(job)}")
        t["absence_sigma"][job] = parameters.value(f"absence_sigma.{key(job)}")
    t["absence_fracture_ratio"] = parameters.value("absence_fracture_ratio")
    t["absence_after_surgery_years"] = parameters.years("absence_after_decompression_weeks")
    t["absence_after_arthroplasty_years"] = parameters.years("absence_after_arthroplasty_weeks")
    t["no_return_probability"] = parameters.value("no_return_after_arthroplasty_probability")


def _fill_vitamin_d(t: Any, inputs: ModelInputs) -> None:
    parameters = inputs.parameters
    rises = [parameters.value(f"vitamin_d_rise_ng_per_ml.{name}") for name in ("deficient", "not_deficient")]
    t["vitamin_d_rise"] = rises
    t["vitamin_d_rate"] = math.log(2.0) / parameters.years("vitamin_d_half_time_days")
    wait = parameters.years("repletion_maximum_wait_weeks")
    t["repletion_wait_years"] = wait if inputs.scenario.structure.repletion_wait else 0.0


def _fill_mortality(t: Any, inputs: ModelInputs) -> None:
    """Integrated hazard at each birthday: constant within a year of age, from qx = 1 - exp(-hazard)."""
    with np.errstate(divide="ignore"):
        yearly = -np.log1p(-np.minimum(inputs.life_table, 1.0 - 1e-12))
    ages = t["cumulative_hazard"].shape[1]
    last = np.repeat(yearly[:, -1:], max(0, ages - 1 - yearly.shape[1]), axis=1)
    padded = np.concatenate([yearly, last], axis=1)[:, : ages - 1]
    t["cumulative_hazard"][:, 1:] = np.cumsum(padded, axis=1)
    t["horizon_years"] = inputs.scenario.horizon_years
