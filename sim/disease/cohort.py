"""Who the patient is: attributes drawn once from class A luck, the same person under every strategy."""

import math

from sim.disease.contraindications import settle_contraindications
from sim.disease.further_lesions import draw_lesion_attributes, pick
from sim.disease.life_stages import draw_life_stages
from sim.disease.luck import lognormal_quantile, luck, truncated_normal_quantile
from sim.disease.mortality import death_age
from sim.disease.rule import Patients, Population, Tables, rule
from sim.vocabulary.enums import Aetiology, BoneDensity, Sex
from sim.vocabulary.events import Decision

HIGHEST_VITAMIN_D = 150.0  # ng/mL, upper end of the truncated normal; above it is intoxication


@rule
def chance(patients: Patients, i: int, tables: Tables, decision: int) -> float:
    """The person's one draw for a fixed attribute."""
    return luck(patients, i, tables, decision, 0, 0)


@rule
def given_or(given: int, drawn: int) -> int:
    """The value of the patient file, or the drawn one where the file is silent (-1)."""
    if given >= 0:
        return int(given)
    return int(drawn)


@rule
def ratio_if(tables: Tables, n: int, present: int) -> float:
    """Ratio of comorbidity `n` on healing work; 1 for those without it."""
    return tables[0].work_ratio[n] if present else 1.0


@rule
def has_comorbidity(patients: Patients, i: int, tables: Tables, n: int, given: int) -> int:
    """Whether the person has comorbidity `n` (0 or 1): as the patient file says, or by his draw where it is silent."""
    u = chance(patients, i, tables, Decision.CARDIOVASCULAR_DISEASE + n)
    return given_or(given, 1 if u < tables[0].comorbidity_probability[n] else 0)


@rule
def draw_comorbidities(patients: Patients, i: int, tables: Tables, population: Population, row_number: int) -> float:
    """The ten yes-or-no attributes; returns the product of their ratios on healing work."""
    p = patients[i]
    row = population[row_number]
    p.cardiovascular_disease = has_comorbidity(patients, i, tables, 0, row.cardiovascular_disease)
    p.anticoagulation = has_comorbidity(patients, i, tables, 1, row.anticoagulation)
    p.smoking = has_comorbidity(patients, i, tables, 2, row.smoking)
    p.alcohol = has_comorbidity(patients, i, tables, 3, row.alcohol)
    p.steroids = has_comorbidity(patients, i, tables, 4, row.steroids)
    p.hypothyroidism = has_comorbidity(patients, i, tables, 5, row.hypothyroidism)
    p.lipid_disorder = has_comorbidity(patients, i, tables, 6, row.lipid_disorder)
    p.cirrhosis = has_comorbidity(patients, i, tables, 7, row.cirrhosis)
    p.anaemia = has_comorbidity(patients, i, tables, 8, row.anaemia)
    p.previous_cancer_treatment = has_comorbidity(patients, i, tables, 9, row.previous_cancer_treatment)
    ratio = ratio_if(tables, 0, p.cardiovascular_disease) * ratio_if(tables, 1, p.anticoagulation)
    ratio *= ratio_if(tables, 2, p.smoking) * ratio_if(tables, 3, p.alcohol) * ratio_if(tables, 4, p.steroids)
    ratio *= ratio_if(tables, 5, p.hypothyroidism) * ratio_if(tables, 6, p.lipid_disorder)
    ratio *= ratio_if(tables, 7, p.cirrhosis) * ratio_if(tables, 8, p.anaemia)
    return ratio * ratio_if(tables, 9, p.previous_cancer_treatment)


@rule
def number_or(given: float, drawn: float) -> float:
    """The number of the patient file, or the drawn one where the file is silent (nan)."""
    return drawn if math.isnan(given) else given


@rule
def draw_age(patients: Patients, i: int, tables: Tables) -> float:
    """Age at onset given aetiology, site and sex; some are of the adolescent part of a site's patients."""
    p = patients[i]
    t = tables[0]
    site = p.lesions[0].site
    mean, sd = t.age_mean_years[p.aetiology, site, p.sex], t.age_sd_years[p.aetiology, site, p.sex]
    young = t.adolescent_share[p.aetiology, site]
    if young > 0.0 and chance(patients, i, tables, Decision.AGE_COMPONENT) < young:
        mean, sd = t.adolescent_age_mean_years, t.adolescent_age_sd_years
    u = chance(patients, i, tables, Decision.AGE)
    return truncated_normal_quantile(u, mean, sd, t.age_minimum_years, t.age_maximum_years)


@rule
def draw_demography(patients: Patients, i: int, tables: Tables, population: Population, row_number: int) -> None:
    """Aetiology, site of the first lesion given it, sex given both, age given all; the file's values where it has them.

    A drawn pregnancy that does not fit what the file says of the person becomes idiopathic.
    """
    p = patients[i]
    t = tables[0]
    first = p.lesions[0]
    row = population[row_number]
    drawn = pick(t.aetiology_cumulative, chance(patients, i, tables, Decision.AETIOLOGY))
    p.aetiology = given_or(row.aetiology, drawn)
    if row.aetiology < 0 and p.aetiology == Aetiology.PREGNANCY:
        fits = math.isnan(row.age_years) or (
            t.childbearing_ages_years[0] <= row.age_years <= t.childbearing_ages_years[1]
        )
        if row.sex == Sex.MALE or not fits:
            p.aetiology = Aetiology.IDIOPATHIC
    first.site = pick(t.site_cumulative[p.aetiology], chance(patients, i, tables, Decision.SITE))
    first.site = given_or(row.site, first.site)
    p.sex = 1 if chance(patients, i, tables, Decision.SEX) < t.male_probability[p.aetiology, first.site] else 0
    p.sex = given_or(row.sex, p.sex)
    p.age_years = number_or(row.age_years, draw_age(patients, i, tables))
    first.side = 1 if chance(patients, i, tables, Decision.SIDE) < 0.5 else 0
    first.side = given_or(row.side, first.side)
    first.bone = pick(t.bone_cumulative[first.site], chance(patients, i, tables, Decision.BONE))
    first.bone = given_or(row.bone, first.bone)
    first.destination = -1
    first.onset_years = 0.0


@rule
def draw_classes(patients: Patients, i: int, tables: Tables, population: Population, row_number: int) -> None:
    """Bone density, body mass, kidney, job and its hours."""
    p = patients[i]
    t = tables[0]
    bone_density = pick(t.bone_density_cumulative, chance(patients, i, tables, Decision.BONE_DENSITY))
    body_mass = pick(t.body_mass_cumulative, chance(patients, i, tables, Decision.BODY_MASS))
    kidney = pick(t.kidney_cumulative, chance(patients, i, tables, Decision.KIDNEY))
    job = pick(t.job_cumulative, chance(patients, i, tables, Decision.JOB))
    if p.age_years >= t.retirement_age_years or p.age_years < t.working_age_years:
        job = 0
    row = population[row_number]
    p.bone_density = given_or(row.bone_density, bone_density)
    p.body_mass = given_or(row.body_mass, body_mass)
    p.kidney = given_or(row.kidney, kidney)
    p.job = given_or(row.job, job)
    p.weekly_hours = number_or(row.weekly_hours, t.weekly_hours[p.sex]) if p.job > 0 else 0.0


@rule
def draw_traits(patients: Patients, i: int, tables: Tables, population: Population, row_number: int) -> None:
    """25(OH)D, pain at entry, rest pain, sport, adherence."""
    p = patients[i]
    t = tables[0]
    u = chance(patients, i, tables, Decision.VITAMIN_D_LEVEL)
    level = truncated_normal_quantile(u, t.vitamin_d_mean, t.vitamin_d_sd, t.vitamin_d_minimum, HIGHEST_VITAMIN_D)
    p.vitamin_d_ng_per_ml = max(level + t.vitamin_d_offset[p.body_mass], t.vitamin_d_minimum)
    u = chance(patients, i, tables, Decision.ENTRY_PAIN)
    p.entry_pain = truncated_normal_quantile(u, t.entry_pain_mean, t.entry_pain_sd, t.entry_pain_minimum, 10.0)
    rest_pain = 1 if chance(patients, i, tables, Decision.REST_PAIN) < t.rest_pain_probability else 0
    sport = 1 if chance(patients, i, tables, Decision.SPORT) < t.sport_probability else 0
    adherent = 1 if chance(patients, i, tables, Decision.ADHERENCE) < t.adherence_probability else 0
    row = population[row_number]
    p.vitamin_d_ng_per_ml = number_or(row.vitamin_d_ng_per_ml, p.vitamin_d_ng_per_ml)
    p.entry_pain = number_or(row.entry_pain, p.entry_pain)
    p.rest_pain_present = given_or(row.rest_pain_present, rest_pain)
    p.sport = given_or(row.sport, sport)
    p.adherent = given_or(row.adherent, adherent)


@rule
def draw_pathway(patients: Patients, i: int, tables: Tables) -> None:
    """Onset to first scan: one delay whose parts are shares of it; wrong diagnosis and relabelling."""
    p = patients[i]
    t = tables[0]
    u = chance(patients, i, tables, Decision.DIAGNOSTIC_DELAY)
    delay = lognormal_quantile(u, t.delay_median_years, t.delay_sigma) * t.delay_ratio[p.aetiology]
    p.first_contact_years = delay * t.first_contact_share
    p.referral_years = delay * t.referral_share
    p.first_scan_years = delay
    u = chance(patients, i, tables, Decision.WRONG_DIAGNOSIS)
    p.wrong_diagnosis = 1 if u < t.wrong_diagnosis_probability[p.lesions[0].site] else 0
    p.relabelled = 1 if chance(patients, i, tables, Decision.RELABELLED) < t.relabelled_probability else 0


@rule
def patient_row(patients: Patients, i: int, population: Population) -> int:
    """The row of the patient file that patient `i` takes: his number modulo that of the rows."""
    return patients[i].patient_id % population.shape[0]


@rule
def draw_person(patients: Patients, i: int, tables: Tables, population: Population) -> float:
    """Draw all fixed attributes of patient `i` for his present attempt; returns the ratio on his healing work.

    `population` holds the rows of a patient file, or one row that leaves everything open.
    """
    p = patients[i]
    t = tables[0]
    row_number = patient_row(patients, i, population)
    draw_demography(patients, i, tables, population, row_number)
    draw_classes(patients, i, tables, population, row_number)
    ratio = draw_comorbidities(patients, i, tables, population, row_number)
    draw_traits(patients, i, tables, population, row_number)
    ratio *= t.work_ratio_aetiology[p.aetiology]
    if p.bone_density == BoneDensity.OSTEOPOROSIS:
        ratio *= t.work_ratio_osteoporosis
    if p.vitamin_d_ng_per_ml < t.vitamin_d_deficient:
        ratio *= t.work_ratio_vitamin_d_deficient
    if t.age_effect_per_year > 0.0:
        ratio *= (1.0 + t.age_effect_per_year * max(0.0, p.age_years - 50.0)) / t.age_effect_mean
    draw_life_stages(patients, i, tables, population, row_number)
    p.nsaid_harmed = 0
    settle_contraindications(patients, i)
    p.fracture_band = (1 if p.age_years >= 55.0 else 0) + (1 if p.age_years >= 65.0 else 0)
    u = chance(patients, i, tables, Decision.OTHER_CAUSE_DEATH)
    if t.mortality_ratio[p.aetiology] != 1.0:
        u = -math.expm1(math.log1p(-u) / t.mortality_ratio[p.aetiology])  # a hazard so much higher at every age
    p.other_death_years = death_age(u, p.age_years, t.cumulative_hazard[p.sex]) - p.age_years
    draw_lesion_attributes(patients, i, tables, 0, ratio)
    draw_pathway(patients, i, tables)
    return ratio
