"""Record layout of one parameter set as the rules read it: laws in years, treatments, strategies."""

import numpy as np

from sim.vocabulary.slots import (
    ADVERSE_EVENTS_PER_TREATMENT,
    AETIOLOGIES,
    BONES,
    FOLLOW_UP_SCANS,
    LIFE_TABLE_AGES,
    LINES,
    PROFILE_STEPS,
    REVIEWS,
    SITES,
    STRATEGIES,
    TREATMENTS,
    TREATMENTS_PER_LINE,
)

ADVERSE_EVENT = np.dtype(
    [
        ("subject", "u4"),
        ("first_probability", "f8"),
        ("later_probability", "f8"),
        ("delay_years", "f8"),
        ("duration_years", "f8"),
        ("stops_treatment", "i1"),
        ("sites", "i4"),  # bits
        ("below_20_ratio", "f8"),  # risk ratio of patients under 20 ng/mL, normalised at load
        ("below_30_ratio", "f8"),  # the same for 20 to under 30
        ("otherwise_ratio", "f8"),
    ],
    align=True,
)

TREATMENT = np.dtype(
    [
        ("subject", "u4"),  # the treatment's own number, made from its name
        ("treatment_class", "i1"),
        ("setting", "i1"),
        ("scope", "i1"),
        ("demand", "i1"),
        ("sites", "i4"),  # bits
        ("contraindications", "i4"),  # bits
        ("administrations", "i4"),
        ("interval_years", "f8"),
        ("home_duration_years", "f8"),  # of a home course; inf: until the episode ends
        ("needs_repletion", "i1"),
        ("waits_for_surgery", "i1"),
        ("vitamin_d_dose_1000_iu", "f8"),
        ("dose_stop_probability", "f8"),  # per administration
        ("death_probability", "f8"),  # perioperative
        ("further_lesion_ratio", "f8"),  # on the probability of a further lesion while the course runs
        ("continues_after_recovery", "i1"),
        ("unloading_years", "f8"),
        ("profile_steps", "i4"),
        ("profile_edge_years", "f8", (PROFILE_STEPS,)),  # since the window opened; first edge 0
        ("profile_log_healing", "f8", (PROFILE_STEPS,)),  # after that edge
        ("profile_log_pain", "f8", (PROFILE_STEPS,)),
        ("profile_share", "f8", (PROFILE_STEPS,)),  # of the full healing effect
        ("adverse_event_count", "i4"),
        ("adverse_events", ADVERSE_EVENT, (ADVERSE_EVENTS_PER_TREATMENT,)),
    ],
    align=True,
)

LINE = np.dtype(
    [
        ("treatment_count", "i4"),
        ("treatments", "i2", (TREATMENTS_PER_LINE,)),
        ("start_rule", "i1"),
        ("earliest_years", "f8"),  # at a review: not before this time since the episode's diagnosis
        ("pain_at_least", "f8"),
        ("sites", "i4"),  # bits
        ("maximum_cycles", "i4"),
        ("on_contraindication", "i1"),
        ("stop_at_resolution", "i1"),
    ],
    align=True,
)

STRATEGY = np.dtype([("early_mri", "i1"), ("line_count", "i4"), ("lines", LINE, (LINES,))], align=True)

TABLES = np.dtype(
    [
        # key of the random numbers
        ("seed", "u4"),
        ("psa_draw", "u4"),
        # population
        ("aetiology_cumulative", "f8", (AETIOLOGIES,)),
        ("site_cumulative", "f8", (AETIOLOGIES, SITES)),
        ("male_probability", "f8", (AETIOLOGIES, SITES)),
        ("age_mean_years", "f8", (AETIOLOGIES, SITES, 2)),
        ("age_sd_years", "f8", (AETIOLOGIES, SITES, 2)),
        ("adolescent_share", "f8", (AETIOLOGIES, SITES)),
        ("adolescent_age_mean_years", "f8"),
        ("adolescent_age_sd_years", "f8"),
        ("age_minimum_years", "f8"),
        ("age_maximum_years", "f8"),
        ("delay_ratio", "f8", (AETIOLOGIES,)),
        ("mortality_ratio", "f8", (AETIOLOGIES,)),
        ("bilateral_probability", "f8", (AETIOLOGIES,)),
        ("gestational_week_mean", "f8"),
        ("gestational_week_sd", "f8"),
        ("gestational_week_minimum", "f8"),
        ("pregnancy_weeks", "f8"),
        ("breastfeeding_probability", "f8"),
        ("breastfeeding_median_years", "f8"),
        ("breastfeeding_sigma", "f8"),
        ("childbearing_wish_probability", "f8"),
        ("childbearing_ages_years", "f8", (2,)),
        ("growth_plates_close_age_years", "f8", (2,)),  # by sex
        ("bone_cumulative", "f8", (SITES, BONES)),
        ("vitamin_d_mean", "f8"),
        ("vitamin_d_sd", "f8"),
        ("vitamin_d_minimum", "f8"),
        ("vitamin_d_offset", "f8", (3,)),  # by body mass, mean zero
        ("bone_density_cumulative", "f8", (3,)),
        ("body_mass_cumulative", "f8", (3,)),
        ("kidney_cumulative", "f8", (3,)),
        ("comorbidity_probability", "f8", (10,)),  # in the order of Decision 12 to 21
        ("work_ratio", "f8", (10,)),  # of healing work, same order
        ("work_ratio_osteoporosis", "f8"),
        ("work_ratio_vitamin_d_deficient", "f8"),
        ("work_ratio_aetiology", "f8", (AETIOLOGIES,)),
        ("age_effect_per_year", "f8"),
        ("age_effect_mean", "f8"),
        ("job_cumulative", "f8", (4,)),
        ("weekly_hours", "f8", (2,)),  # by sex
        ("working_age_years", "f8"),
        ("retirement_age_years", "f8"),
        ("sport_probability", "f8"),
        ("entry_pain_mean", "f8"),
        ("entry_pain_sd", "f8"),
        ("entry_pain_minimum", "f8"),
        ("entry_pain_over_peak", "f8"),  # mean shape at entry, solved
        ("rest_pain_probability", "f8"),
        ("adherence_probability", "f8"),
        # natural history
        ("work_law", "i1"),  # WorkLaw in enums.py
        ("work_median_years", "f8", (SITES,)),  # latent, solved
        ("work_shape", "f8", (AETIOLOGIES, SITES)),  # sigma of the lognormal, else the law's shape
        ("work_unit_median", "f8", (AETIOLOGIES, SITES)),  # of the law at scale 1
        ("delay_work_correlation", "f8"),  # of the normal scores
        ("lag_mean_years", "f8"),
        ("lag_shape", "f8"),
        ("unprotected_rate", "f8"),
        ("minimum_rate", "f8"),
        ("maximum_rate", "f8"),
        ("pain_levels", "f8", (4,)),  # at p = 0, p1, p2, 1
        ("rest_levels", "f8", (4,)),
        ("pain_knots", "f8", (4,)),  # 0, p1, p2, 1
        ("rest_over_load", "f8"),
        ("size_start", "f8"),
        ("size_peak_share", "f8"),  # q1
        ("read_noise_sd", "f8"),
        ("chronic_probability", "f8"),
        ("chronic_floor", "f8"),
        ("pain_multiplier_minimum", "f8"),
        ("gains_are_kept", "i1"),
        ("strongest_only", "i1"),
        ("migratory_nonresponse", "i1"),
        ("response_spread", "f8"),
        # diagnosis
        ("entry_at_first_contact", "i1"),
        ("delay_median_years", "f8"),
        ("delay_sigma", "f8"),
        ("first_contact_share", "f8"),
        ("referral_share", "f8"),
        ("radiograph_sensitivity", "f8"),
        ("radiograph_edges_years", "f8", (2,)),  # no sensitivity before the first, full after the second
        ("wrong_diagnosis_probability", "f8", (SITES,)),  # after a negative radiograph
        ("early_mri_wait_years", "f8"),
        ("relabelled_probability", "f8"),
        ("mri_sensitivity", "f8"),
        ("mri_earliest_years", "f8"),
        ("mri_repeat_years", "f8"),
        # further lesions
        ("further_probability", "f8", (2,)),  # first, repeat
        ("further_ratio", "f8", (3,)),  # by bone density, normalised
        ("further_median_years", "f8"),
        ("further_sigma", "f8"),
        ("destination_cumulative", "f8", (SITES, 5)),
        ("other_joint_cumulative", "f8", (SITES, SITES)),
        ("further_review_median_years", "f8"),
        ("further_review_sigma", "f8"),
        ("further_mri_wait_years", "f8"),
        # complications
        ("fracture_onset_probability", "f8", (3,)),  # by age band, solved
        ("fracture_hazard", "f8", (3,)),  # per year, solved
        ("fracture_site_ratio", "f8", (SITES,)),
        ("unloading_hazard_ratio", "f8"),
        ("collapse_hazard", "f8", (SITES,)),
        ("collapse_minimum_age_years", "f8", (SITES,)),
        ("collapse_floor", "f8"),
        ("arthroplasty_hazard", "f8", (SITES,)),
        ("arthroplasty_wait_median_years", "f8"),
        ("arthroplasty_wait_sigma", "f8"),
        ("arthroplasty_residual_pain", "f8"),
        ("arthroplasty_death_probability", "f8", (2,)),  # without, with osteonecrosis
        ("revision_shape", "f8"),
        ("revision_scale_years", "f8"),
        ("osteonecrosis_probability", "f8"),
        ("osteonecrosis_detection", "f8"),
        ("osteonecrosis_review_years", "f8"),
        ("osteonecrosis_hazard", "f8"),  # of an early stage that turns while it hurts
        ("osteonecrosis_collapse_hazard", "f8"),
        ("neck_fracture_hazard", "f8", (AETIOLOGIES, SITES)),
        ("vertebral_fracture_hazard", "f8", (AETIOLOGIES,)),
        ("vertebral_fracture_window_years", "f8"),
        ("neck_fracture_edges_years", "f8", (2,)),
        ("fixation_failure_probability", "f8"),
        ("fixation_failure_years", "f8"),
        ("gastrointestinal_hazard", "f8"),
        ("nsaid_multiplier", "f8"),
        # care
        ("review_count", "i4"),
        ("review_years", "f8", (REVIEWS,)),
        ("scan_count", "i4"),
        ("scan_review", "i4", (FOLLOW_UP_SCANS,)),  # numbers of the reviews with a scan
        ("unloading_years", "f8", (SITES,)),
        ("stepwise_loading_years", "f8"),
        ("sport_earliest_years", "f8"),
        ("surgery_wait_median_years", "f8"),
        ("surgery_wait_sigma", "f8"),
        ("absence_probability", "f8"),
        ("absence_median_years", "f8", (4,)),  # by job
        ("absence_sigma", "f8", (4,)),
        ("absence_fracture_ratio", "f8"),
        ("absence_after_surgery_years", "f8"),  # heavy work, after decompression
        ("absence_after_arthroplasty_years", "f8"),
        ("no_return_probability", "f8"),
        # vitamin D
        ("vitamin_d_rise", "f8", (2,)),  # ng/mL per 1000 IU a day: deficient, not deficient
        ("vitamin_d_rate", "f8"),  # per year
        ("vitamin_d_deficient", "f8"),
        ("vitamin_d_sufficient", "f8"),
        ("repletion_wait_years", "f8"),  # the most a treatment waits for repletion; 0: no wait
        # mortality: cumulative hazard at each birthday
        ("cumulative_hazard", "f8", (2, LIFE_TABLE_AGES)),
        ("horizon_years", "f8"),
        # what is compared
        ("treatment_count", "i4"),
        ("treatments", TREATMENT, (TREATMENTS,)),
        ("strategy_count", "i4"),
        ("strategies", STRATEGY, (STRATEGIES,)),
    ],
    align=True,
)
