"""Who the patient is: attributes drawn once from class A luck, the same person under every strategy."""

import math

from numba import njit

from sim.disease.further_lesions import draw_lesion_attributes, pick
from sim.disease.luck import lognormal_quantile, luck, truncated_normal_quantile
from sim.disease.mortality import death_age
from sim.vocabulary.enums import BoneDensity, Contraindication, Decision, Destination, Job, Kidney

HIGHEST_VITAMIN_D = 150.0  # ng/mL, upper end of the truncated normal; above it is intoxication
COMORBIDITIES = 10


@njit(cache=True)
def chance(patients, i, tables, decision):
    """The person's one draw for a fixed attribute."""
    return luck(patients, i, tables, decision, 0, 0)


@njit(cache=True)
def given_or(given, drawn):
    """The value of the patient file, or the drawn one where the file is silent (-1)."""
    if given >= 0:
        return int(given)
    return int(drawn)


@njit(cache=True)
def draw_comorbidities(patients, i, tables, row, has_row):
    """The ten yes-or-no attributes; returns the product of their ratios on healing work."""
    t = tables[0]
    p = patients[i]
    present = [0] * COMORBIDITIES
    for n in range(COMORBIDITIES):
        u = chance(patients, i, tables, Decision.CARDIOVASCULAR_DISEASE + n)
        present[n] = 1 if u < t.comorbidity_probability[n] else 0
    if has_row:
        present[0] = given_or(row.cardiovascular_disease, present[0])
        present[1] = given_or(row.anticoagulation, present[1])
        present[2] = given_or(row.smoking, present[2])
        present[3] = given_or(row.alcohol, present[3])
        present[4] = given_or(row.steroids, present[4])
        present[5] = given_or(row.hypothyroidism, present[5])
        present[6] = given_or(row.lipid_disorder, present[6])
        present[7] = given_or(row.cirrhosis, present[7])
        present[8] = given_or(row.anaemia, present[8])
        present[9] = given_or(row.previous_cancer_treatment, present[9])
    p.cardiovascular_disease, p.anticoagulation, p.smoking = present[0], present[1], present[2]
    p.alcohol, p.steroids, p.hypothyroidism = present[3], present[4], present[5]
    p.lipid_disorder, p.cirrhosis, p.anaemia = present[6], present[7], present[8]
    p.previous_cancer_treatment = present[9]
    ratio = 1.0
    for n in range(COMORBIDITIES):
        if present[n]:
            ratio *= t.work_ratio[n]
    return ratio


@njit(cache=True)
def draw_demography(patients, i, tables, row, has_row):
    """Site of the first lesion, sex given site, age given both; the file's values where it has them."""
    p = patients[i]
    t = tables[0]
    first = p.lesions[0]
    first.site = pick(t.site_cumulative, chance(patients, i, tables, Decision.SITE))
    if has_row:
        first.site = given_or(row.site, first.site)
    p.sex = 1 if chance(patients, i, tables, Decision.SEX) < t.male_probability[first.site] else 0
    if has_row:
        p.sex = given_or(row.sex, p.sex)
    mean, sd = t.age_mean_years[first.site, p.sex], t.age_sd_years[first.site, p.sex]
    u = chance(patients, i, tables, Decision.AGE)
    p.age_years = truncated_normal_quantile(u, mean, sd, t.age_minimum_years, t.age_maximum_years)
    if has_row and not math.isnan(row.age_years):
        p.age_years = row.age_years
    first.side = 1 if chance(patients, i, tables, Decision.SIDE) < 0.5 else 0
    if has_row:
        first.side = given_or(row.side, first.side)
    first.bone = pick(t.bone_cumulative[first.site], chance(patients, i, tables, Decision.BONE))
    first.destination = -1
    first.onset_years = 0.0


@njit(cache=True)
def draw_classes(patients, i, tables, row, has_row):
    """Aetiology, bone density, body mass, kidney, job."""
    p = patients[i]
    t = tables[0]
    aetiology = pick(t.aetiology_cumulative, chance(patients, i, tables, Decision.AETIOLOGY))
    bone_density = pick(t.bone_density_cumulative, chance(patients, i, tables, Decision.BONE_DENSITY))
    body_mass = pick(t.body_mass_cumulative, chance(patients, i, tables, Decision.BODY_MASS))
    kidney = pick(t.kidney_cumulative, chance(patients, i, tables, Decision.KIDNEY))
    job = pick(t.job_cumulative, chance(patients, i, tables, Decision.JOB))
    if p.age_years >= t.retirement_age_years:
        job = 0
    if has_row:
        aetiology = given_or(row.aetiology, aetiology)
        bone_density = given_or(row.bone_density, bone_density)
        body_mass = given_or(row.body_mass, body_mass)
        kidney = given_or(row.kidney, kidney)
        job = given_or(row.job, job)
    p.aetiology, p.bone_density, p.body_mass, p.kidney, p.job = aetiology, bone_density, body_mass, kidney, job


@njit(cache=True)
def draw_traits(patients, i, tables, row, has_row):
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
    if has_row:
        if not math.isnan(row.vitamin_d_ng_per_ml):
            p.vitamin_d_ng_per_ml = row.vitamin_d_ng_per_ml
        if not math.isnan(row.entry_pain):
            p.entry_pain = row.entry_pain
        rest_pain = given_or(row.rest_pain_present, rest_pain)
        sport = given_or(row.sport, sport)
        adherent = given_or(row.adherent, adherent)
    p.rest_pain_present, p.sport, p.adherent = rest_pain, sport, adherent


@njit(cache=True)
def settle_contraindications(patients, i):
    """The bits of what this patient may not have, and whether an NSAID is possible."""
    p = patients[i]
    bits = 0
    if p.kidney == Kidney.POOR:
        bits |= Contraindication.KIDNEY_POOR
    if p.kidney != Kidney.NORMAL:
        bits |= Contraindication.KIDNEY_REDUCED
    if p.cardiovascular_disease:
        bits |= Contraindication.CARDIOVASCULAR_DISEASE
    if p.anticoagulation:
        bits |= Contraindication.ANTICOAGULATION
    if p.cirrhosis:
        bits |= Contraindication.CIRRHOSIS
    p.contraindications = bits
    p.nsaid_possible = 1 if bits == 0 else 0


@njit(cache=True)
def draw_person(patients, i, tables, population):
    """Draw all fixed attributes of patient `i` for his present attempt; returns the ratio on his healing work.

    `population` holds rows of a patient file (POPULATION_ROW) or is empty; patient n takes row n modulo its length.
    """
    p = patients[i]
    t = tables[0]
    has_row = population.shape[0] > 0
    row = population[p.patient_id % population.shape[0]] if has_row else population[0:1][0]
    draw_demography(patients, i, tables, row, has_row)
    draw_classes(patients, i, tables, row, has_row)
    ratio = draw_comorbidities(patients, i, tables, row, has_row)
    draw_traits(patients, i, tables, row, has_row)
    ratio *= t.work_ratio_aetiology[p.aetiology]
    if p.bone_density == BoneDensity.OSTEOPOROSIS:
        ratio *= t.work_ratio_osteoporosis
    if p.vitamin_d_ng_per_ml < t.vitamin_d_deficient:
        ratio *= t.work_ratio_vitamin_d_deficient
    settle_contraindications(patients, i)
    p.fracture_band = (1 if p.age_years >= 55.0 else 0) + (1 if p.age_years >= 65.0 else 0)
    u = chance(patients, i, tables, Decision.OTHER_CAUSE_DEATH)
    p.other_death_years = death_age(u, p.age_years, t.cumulative_hazard[p.sex]) - p.age_years
    draw_lesion_attributes(patients, i, tables, 0, ratio)
    draw_pathway(patients, i, tables)
    return ratio


@njit(cache=True)
def draw_pathway(patients, i, tables):
    """Onset to first scan: one delay whose parts are shares of it; wrong diagnosis and relabelling."""
    p = patients[i]
    t = tables[0]
    u = chance(patients, i, tables, Decision.DIAGNOSTIC_DELAY)
    delay = lognormal_quantile(u, t.delay_median_years, t.delay_sigma)
    p.first_contact_years = delay * t.first_contact_share
    p.referral_years = delay * t.referral_share
    p.first_scan_years = delay
    u = chance(patients, i, tables, Decision.WRONG_DIAGNOSIS)
    p.wrong_diagnosis = 1 if u < t.wrong_diagnosis_probability[p.lesions[0].site] else 0
    p.relabelled = 1 if chance(patients, i, tables, Decision.RELABELLED) < t.relabelled_probability else 0


# Draws by number above rely on these.
assert Decision.PREVIOUS_CANCER_TREATMENT - Decision.CARDIOVASCULAR_DISEASE == COMORBIDITIES - 1
assert Job.NONE == 0 and Destination.SAME_JOINT_OTHER_BONE == 0
