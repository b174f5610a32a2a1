"""Who the patients are, as records: sites, ages and causes, traits, life stages; covariates that keep the mean."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.inputs.age_effect import AgeLaws, age_effect_mean
from sim.inputs.latent import Latent
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.parameters import ParameterSet
from sim.inputs.treatment_tables import vitamin_d_class_shares
from sim.vocabulary.enums import Aetiology, BodyMass, Bone, BoneDensity, Job, Kidney, Sex, Site
from sim.vocabulary.records import COMORBIDITIES

OLDEST_ONSET_YEARS = 100.0
PRIMARY = (Aetiology.IDIOPATHIC, Aetiology.OVERUSE)  # whose mix keeps the published means
WITH_A_PROFILE = (Aetiology.PREGNANCY, Aetiology.TRANSPLANT)  # causes with sites, sex and ages of their own


def key(member: IntEnum) -> str:
    """The name of an enum member as the parameter files write it."""
    return member.name.lower()


def cumulative(shares: Mapping[str, float], members: Iterable[IntEnum]) -> list[float]:
    """Running sums of `shares` over all `members` in order; members without a share add nothing, the last is 1."""
    sums = np.cumsum([shares.get(key(member), 0.0) for member in members])
    sums[sums > 1.0 - 1e-9] = 1.0
    return list(sums)


def by_aetiology(parameters: ParameterSet, name: str) -> list[float]:
    """The values `name.AETIOLOGY` in the order of the causes."""
    return [parameters.value(f"{name}.{key(aetiology)}") for aetiology in Aetiology]


def fill_population(t: Any, inputs: ModelInputs, latent: Latent) -> None:
    """All of it; `t` is the record of tables, whose vitamin D thresholds and shares of traits are filled here too."""
    parameters = inputs.parameters
    _fill_ages(t, inputs)
    patients = _site_shares(parameters)
    _fill_sites(t, parameters, patients, latent)
    _fill_traits(t, parameters)
    _fill_life_stages(t, parameters)
    _fill_covariates(t, inputs, patients)


def _site_shares(parameters: ParameterSet) -> npt.NDArray[np.float64]:
    """Shares of the sites among the patients of each cause, shape (6, 4)."""
    shares = np.empty((len(Aetiology), len(Site)))
    for aetiology in Aetiology:
        name = f"profile.{key(aetiology)}.site_share" if aetiology in WITH_A_PROFILE else "site_share"
        group = parameters.group(name)
        shares[aetiology] = [group[key(site)] for site in Site]
    return shares


def _fill_ages(t: Any, inputs: ModelInputs) -> None:
    parameters = inputs.parameters
    for aetiology in Aetiology:
        profile = f"profile.{key(aetiology)}" if aetiology in WITH_A_PROFILE else None
        for site in Site:
            name = f"male_probability.{key(site)}" if profile is None else f"{profile}.male_probability"
            t["male_probability"][aetiology, site] = parameters.value(name)
            young = parameters.value(f"adolescent_probability.{key(site)}") if aetiology in PRIMARY else 0.0
            t["adolescent_share"][aetiology, site] = young
            for sex in Sex:
                place = f".{key(site)}.{key(sex)}"
                mean, sd = (
                    f"{profile}.age_{law}_years" if profile else f"age_{law}_years{place}" for law in ("mean", "sd")
                )
                t["age_mean_years"][aetiology, site, sex] = parameters.years(mean)
                t["age_sd_years"][aetiology, site, sex] = parameters.years(sd)
    t["adolescent_age_mean_years"] = parameters.years("adolescent_age_mean_years")
    t["adolescent_age_sd_years"] = parameters.years("adolescent_age_sd_years")
    t["age_minimum_years"] = inputs.age_minimum_years
    t["age_maximum_years"] = OLDEST_ONSET_YEARS if inputs.age_maximum_years is None else inputs.age_maximum_years


def _fill_sites(t: Any, parameters: ParameterSet, patients: npt.NDArray[np.float64], latent: Latent) -> None:
    """Mixes of onsets from those of patients: more onsets where fewer reach the diagnosis."""
    diagnosed = latent.diagnosed_share_by_aetiology
    onsets = patients / diagnosed
    for aetiology in Aetiology:
        shares = dict(zip(map(key, Site), onsets[aetiology] / sum(onsets[aetiology]), strict=True))
        t["site_cumulative"][aetiology] = cumulative(shares, Site)
    causes = parameters.group("aetiology_share")
    reached = 1.0 / onsets.sum(axis=1)  # share of all onsets of a cause that become patients
    if np.ptp(reached[[causes[key(aetiology)] > 0.0 for aetiology in Aetiology]]) > 0.0:
        weights = {name: causes[name] / reached[Aetiology[name.upper()]] for name in causes}
        causes = {name: weight / sum(weights.values()) for name, weight in weights.items()}
    t["aetiology_cumulative"] = cumulative(causes, Aetiology)
    for site in Site:
        t["bone_cumulative"][site] = cumulative(parameters.group(f"bone_share.{key(site)}"), Bone)


def _fill_traits(t: Any, parameters: ParameterSet) -> None:
    t["vitamin_d_mean"] = parameters.value("vitamin_d_mean_ng_per_ml")
    t["vitamin_d_sd"] = parameters.value("vitamin_d_sd_ng_per_ml")
    t["vitamin_d_minimum"] = parameters.value("vitamin_d_minimum_ng_per_ml")
    t["vitamin_d_deficient"] = parameters.value("vitamin_d_deficient_ng_per_ml")
    t["vitamin_d_sufficient"] = parameters.value("vitamin_d_sufficient_ng_per_ml")
    body_mass = parameters.group("body_mass_share")
    offsets = np.array([0.0] + [parameters.value(f"vitamin_d_offset_ng_per_ml.{n}") for n in ("overweight", "obese")])
    shares = np.array([body_mass[key(member)] for member in BodyMass])
    t["vitamin_d_offset"] = offsets - offsets @ shares
    t["body_mass_cumulative"] = cumulative(body_mass, BodyMass)
    t["bone_density_cumulative"] = cumulative(parameters.group("bone_density_share"), BoneDensity)
    t["kidney_cumulative"] = cumulative(parameters.group("kidney_share"), Kidney)
    t["comorbidity_probability"] = [parameters.value(f"{name}_probability") for name in COMORBIDITIES]
    t["job_cumulative"] = cumulative(parameters.group("job_share"), Job)
    t["weekly_hours"] = [parameters.value(f"weekly_hours.{key(sex)}") for sex in Sex]
    t["working_age_years"] = parameters.years("working_age_minimum_years")
    t["retirement_age_years"] = parameters.years("retirement_age_years")
    for name in ("sport", "rest_pain", "adherence"):
        t[f"{name}_probability"] = parameters.value(f"{name}_probability")
    t["entry_pain_mean"] = parameters.value("entry_pain_mean_nrs")
    t["entry_pain_sd"] = parameters.value("entry_pain_sd_nrs")
    t["entry_pain_minimum"] = parameters.value("entry_pain_minimum_nrs")


def _fill_life_stages(t: Any, parameters: ParameterSet) -> None:
    t["delay_ratio"] = by_aetiology(parameters, "diagnosis_delay_ratio")
    t["mortality_ratio"] = by_aetiology(parameters, "mortality_ratio")
    t["bilateral_probability"] = by_aetiology(parameters, "bilateral_probability")
    for name in ("mean", "sd", "minimum"):
        t[f"gestational_week_{name}"] = parameters.value(f"gestational_week_{name}_weeks")
    t["pregnancy_weeks"] = parameters.value("pregnancy_length_weeks")
    t["breastfeeding_probability"] = parameters.value("breastfeeding_probability")
    t["breastfeeding_median_years"] = parameters.years("breastfeeding_median_months")
    t["breastfeeding_sigma"] = parameters.value("breastfeeding_sigma")
    t["childbearing_wish_probability"] = parameters.value("childbearing_wish_probability")
    ages = [parameters.years(f"childbearing_{end}_age_years") for end in ("minimum", "maximum")]
    t["childbearing_ages_years"] = ages
    t["growth_plates_close_age_years"] = [parameters.years(f"growth_plates_close_years.{key(sex)}") for sex in Sex]


def _fill_covariates(t: Any, inputs: ModelInputs, patients: npt.NDArray[np.float64]) -> None:
    """Ratios on healing work. Those of conditions and of age keep the population's mean; those of causes keep the mean
    of primary disease, whose course the published medians describe.
    """
    parameters = inputs.parameters
    t["work_ratio"] = [parameters.value(f"healing_time_ratio.{name}") for name in COMORBIDITIES]
    t["work_ratio_osteoporosis"] = parameters.value("healing_time_ratio.osteoporosis")
    t["work_ratio_vitamin_d_deficient"] = parameters.value("healing_time_ratio.vitamin_d_deficient")
    t["work_ratio_aetiology"] = by_aetiology(parameters, "healing_time_ratio")
    t["work_median_years"] /= _mean_work_ratio(t, parameters.group("aetiology_share"))
    effect = inputs.scenario.structure.age_effect_per_year
    t["age_effect_per_year"] = effect
    causes = parameters.group("aetiology_share")
    laws = AgeLaws(
        patient_share=patients * np.array([[causes[key(aetiology)]] for aetiology in Aetiology]),
        male_probability=t["male_probability"],
        mean_years=t["age_mean_years"],
        sd_years=t["age_sd_years"],
        adolescent_share=t["adolescent_share"],
        adolescent_mean_years=float(t["adolescent_age_mean_years"]),
        adolescent_sd_years=float(t["adolescent_age_sd_years"]),
        minimum_years=float(t["age_minimum_years"]),
        maximum_years=float(t["age_maximum_years"]),
    )
    t["age_effect_mean"] = age_effect_mean(effect, laws)


def _mean_work_ratio(t: Any, causes: Mapping[str, float]) -> float:
    """Population mean of the covariates' ratios on healing work (they are independent), so that the mean is kept."""
    osteoporosis = 1.0 - t["bone_density_cumulative"][BoneDensity.OSTEOPENIA]
    deficient = vitamin_d_class_shares(t)[0]
    mean = float(np.prod(1.0 + t["comorbidity_probability"] * (t["work_ratio"] - 1.0)))
    mean *= 1.0 + osteoporosis * (t["work_ratio_osteoporosis"] - 1.0)
    mean *= 1.0 + deficient * (t["work_ratio_vitamin_d_deficient"] - 1.0)
    primary = np.array([causes[key(aetiology)] for aetiology in PRIMARY])
    if primary.sum() > 0.0:
        mean *= float(primary @ t["work_ratio_aetiology"][list(PRIMARY)]) / float(primary.sum())
    return float(mean)
