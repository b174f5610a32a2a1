"""Record layouts that the rules, the engines and the valuation share, and the calendar's slots.

Times are years since the first symptom of the first lesion unless the name says otherwise.
Every capacity is a constant here; running out of one is an error with the patient's number.
"""

import numpy as np

# Capacities
LESIONS = 6
JOINTS = 8  # site * 2 + side
WINDOWS = 10
OPEN_ADVERSE_EVENTS = 8
COURSES = 6  # treatment courses that run at the same time
TREATMENTS = 40
STRATEGIES = 32
LINES = 6
TREATMENTS_PER_LINE = 4
PROFILE_STEPS = 12
ADVERSE_EVENTS_PER_TREATMENT = 8
REVIEWS = 12
FOLLOW_UP_SCANS = 4
LIFE_TABLE_AGES = 121
SITES = 4
BONES = 12
CLASSES = 15
ROWS_PER_COURSE = 512  # most history rows of one patient under one strategy

# The calendar: one slot per pending event. Slots lie in the order in which simultaneous events are
# handled, so "earliest time, then lowest slot" is the documented tie order (MODEL, section 2).
SLOT_DEATH = 0
SLOT_JOINT = 1
SLOT_RESOLVE = SLOT_JOINT + JOINTS
SLOT_STAGE = SLOT_RESOLVE + LESIONS
SLOT_FRACTURE = SLOT_STAGE + LESIONS  # insufficiency fracture, then collapse
SLOT_NECK_FRACTURE = SLOT_FRACTURE + LESIONS
SLOT_OSTEONECROSIS = SLOT_NECK_FRACTURE + LESIONS
SLOT_NECK_FRACTURE_STAGE = SLOT_OSTEONECROSIS + LESIONS
SLOT_GASTROINTESTINAL = SLOT_NECK_FRACTURE_STAGE + 1
SLOT_CARDIOVASCULAR = SLOT_GASTROINTESTINAL + 1
SLOT_WINDOW = SLOT_CARDIOVASCULAR + 1
SLOT_ADVERSE_EVENT = SLOT_WINDOW + WINDOWS
SLOT_VITAMIN_D = SLOT_ADVERSE_EVENT + OPEN_ADVERSE_EVENTS
SLOT_LESION_CARE = SLOT_VITAMIN_D + 1
SLOT_REVIEW = SLOT_LESION_CARE + LESIONS
SLOT_COURSE = SLOT_REVIEW + 1
SLOT_UNLOADING = SLOT_COURSE + COURSES
SLOT_SPORT = SLOT_UNLOADING + 1
SLOT_WORK = SLOT_SPORT + 1
SLOT_DELIVERY = SLOT_WORK + 1
SLOT_NEXT_LESION = SLOT_DELIVERY + 1
SLOT_PAIN_LEADER = SLOT_NEXT_LESION + 1
SLOT_END = SLOT_PAIN_LEADER + 1
SLOTS = SLOT_END + 1
NO_SLOT = -1
SLOT_GROUP = 9  # slots in a group whose earliest time is kept, so that a search touches few numbers
SLOT_GROUPS = SLOTS // SLOT_GROUP

LESION = np.dtype(
    [
        ("onset_years", "f8"),
        ("work_years", "f8"),  # W: supportive-care healing work; reference work in osteonecrosis
        ("lag_years", "f8"),  # L: further work until the MRI is normal
        ("peak_pain", "f8"),  # NRS, before residual multipliers
        ("anchor_years", "f8"),
        ("anchor_done_years", "f8"),
        ("rate", "f8"),
        ("line_pain", "f8"),  # load pain at line_years
        ("line_slope", "f8"),  # NRS per year
        ("line_years", "f8"),
        ("rest_pain", "f8"),
        ("rest_slope", "f8"),
        ("pain_multiplier", "f8"),
        ("fracture_budget", "f8"),
        ("fracture_anchor_years", "f8"),
        ("fracture_hazard", "f8"),
        ("neck_budget", "f8"),
        ("neck_anchor_years", "f8"),
        ("neck_hazard", "f8"),
        ("diagnosed_years", "f8"),
        ("entry_size", "f8"),
        ("site", "i1"),
        ("bone", "i1"),
        ("side", "i1"),
        ("state", "i1"),
        ("pain_phase", "i1"),  # 0 rising, 1 plateau, 2 falling
        ("mri_stage", "i1"),
        ("known", "i1"),
        ("fractured", "i1"),
        ("osteonecrosis", "i1"),
        ("osteonecrosis_found", "i1"),
        ("osteonecrosis_looks", "i4"),
        ("chronic", "i1"),
        ("scans", "i4"),
        ("care_step", "i1"),  # CareStep in disease/care.py
        ("destination", "i1"),
    ],
    align=True,
)

WINDOW = np.dtype(
    [
        ("start_years", "f8"),
        ("scale", "f8"),
        ("treatment", "i2"),  # -1: free
        ("lesion", "i1"),  # -1: systemic
        ("step", "i1"),  # how many edges have passed
    ],
    align=True,
)

COURSE = np.dtype(
    [
        ("treatment", "i2"),  # -1: free
        ("lesion", "i1"),
        ("line", "i1"),
        ("phase", "i1"),  # CoursePhase in disease/treatment.py
        ("given", "i4"),
    ],
    align=True,
)

OPEN_ADVERSE_EVENT = np.dtype(
    [("treatment", "i2"), ("number", "i1"), ("begun", "i1")],  # treatment -1: free
    align=True,
)

PATIENT = np.dtype(
    [
        # identity and attributes, drawn once
        ("patient_id", "i8"),
        ("attempts", "i8"),  # entry attempts used, the accepted one included
        ("age_years", "f8"),  # at symptom onset
        ("vitamin_d_ng_per_ml", "f8"),  # at onset, untreated
        ("entry_pain", "f8"),
        ("other_death_years", "f8"),
        ("sex", "i1"),
        ("aetiology", "i1"),
        ("bone_density", "i1"),
        ("body_mass", "i1"),
        ("kidney", "i1"),
        ("cardiovascular_disease", "i1"),
        ("anticoagulation", "i1"),
        ("smoking", "i1"),
        ("alcohol", "i1"),
        ("steroids", "i1"),
        ("hypothyroidism", "i1"),
        ("lipid_disorder", "i1"),
        ("cirrhosis", "i1"),
        ("anaemia", "i1"),
        ("previous_cancer_treatment", "i1"),
        ("growth_plates_open", "i1"),
        ("childbearing_wish", "i1"),
        ("pregnant", "i1"),
        ("breastfeeding", "i1"),
        ("job", "i1"),
        ("sport", "i1"),
        ("rest_pain_present", "i1"),
        ("adherent", "i1"),
        ("wrong_diagnosis", "i1"),
        ("relabelled", "i1"),
        ("further_lesions", "i1"),  # lesions after the first that luck has in store
        ("first_contact_years", "f8"),
        ("referral_years", "f8"),
        ("first_scan_years", "f8"),
        ("diagnosis_years", "f8"),
        ("entry_years", "f8"),
        ("follow_up_ends_years", "f8"),
        # state
        ("now_years", "f8"),
        ("next_years", "f8"),
        ("next_slot", "i4"),
        ("strategy", "i2"),  # -1 before entry
        ("error", "i2"),  # 0, or an ErrorCode
        ("history_row", "i8"),
        ("history_end", "i8"),
        ("history_lead", "i8"),  # where the rows before entry begin
        ("status", "i4"),
        ("contraindications", "i4"),
        ("demand", "i1"),
        ("alive", "i1"),
        ("discharged", "i1"),
        ("line", "i1"),  # the next line to consider
        ("reviews_done", "i4"),
        ("review_origin_years", "f8"),
        ("episode_open", "i1"),
        ("episode_just_closed", "i1"),  # what goes with its end is still to be done at this instant
        ("open_windows", "i1"),
        ("dirty", "i1"),  # pain lines or states changed since the last row
        ("health_state", "i1"),
        ("lesions_begun", "i1"),  # lesion slots in use, void ones included
        ("lines_beside_lesions", "i1"),  # joint floors, and lesions that run a chronic course
        ("fracture_band", "i1"),  # age band of the fracture hazard
        ("leader", "i1"),  # lesion; LESIONS + joint for a floor; -1 for none
        ("challenger", "i1"),
        ("rest_leader", "i1"),
        ("neck_fracture_stage", "i1"),
        ("neck_fractures", "i4"),
        ("uses_nsaid", "i1"),
        ("nsaid_possible", "i1"),
        ("gastrointestinal_budget", "f8"),
        ("gastrointestinal_anchor_years", "f8"),
        ("cardiovascular_budget", "f8"),
        ("cardiovascular_anchor_years", "f8"),
        ("gastrointestinal_events", "i4"),
        ("work_spells", "i4"),
        ("work_spell_start_years", "f8"),
        ("work_spell_length_years", "f8"),
        ("work_spell_end_years", "f8"),
        ("unloading_end_years", "f8"),
        ("sport_allowed_years", "f8"),
        ("vitamin_d_anchor_years", "f8"),
        ("vitamin_d_level", "f8"),
        ("vitamin_d_plateau", "f8"),
        ("vitamin_d_class", "i1"),  # 0 deficient, 1 insufficient, 2 sufficient
        ("treated_years", "f8"),  # first administration; inf before
        ("row_years", "f8"),  # time of the last history row
        ("load_pain", "f8"),  # at that row, and its slope since
        ("load_slope", "f8"),
        ("rest_pain", "f8"),
        ("rest_slope", "f8"),
        ("surgical_unloading_end_years", "f8"),
        ("work_spell_minimum_years", "f8"),
        ("joint_state", "i1", (JOINTS,)),
        ("joint_floor", "f8", (JOINTS,)),
        ("joint_osteonecrosis", "i1", (JOINTS,)),
        ("joint_operations", "i4", (JOINTS,)),
        ("treatment_orders", "i2", (TREATMENTS,)),
        ("treatment_doses", "i2", (TREATMENTS,)),
        ("lesions", LESION, (LESIONS,)),
        ("windows", WINDOW, (WINDOWS,)),
        ("courses", COURSE, (COURSES,)),
        ("adverse_events", OPEN_ADVERSE_EVENT, (OPEN_ADVERSE_EVENTS,)),
        ("slot_years", "f8", (SLOTS,)),
        ("group_years", "f8", (SLOT_GROUPS,)),  # earliest of each group of slots
    ],
    align=True,
)

# One row of a patient file: what is given overrides the draw; nan or -1 means "draw it".
POPULATION_ROW = np.dtype(
    [("age_years", "f8"), ("vitamin_d_ng_per_ml", "f8"), ("entry_pain", "f8")]
    + [
        (name, "i1")
        for name in (
            "site",
            "sex",
            "side",
            "aetiology",
            "bone_density",
            "body_mass",
            "kidney",
            "cardiovascular_disease",
            "anticoagulation",
            "smoking",
            "alcohol",
            "steroids",
            "hypothyroidism",
            "lipid_disorder",
            "cirrhosis",
            "anaemia",
            "previous_cancer_treatment",
            "job",
            "sport",
            "rest_pain_present",
            "adherent",
        )
    ],
    align=True,
)

HISTORY = np.dtype(
    [
        ("time_years", "f8"),
        ("pain_before", "f8"),
        ("pain_after", "f8"),
        ("slope", "f8"),  # NRS per year, until the next row
        ("rest_pain_after", "f8"),
        ("rest_slope", "f8"),
        ("value", "f8"),  # its meaning depends on the event: docs/model.md
        ("patient_id", "i8"),
        ("strategy", "i2"),
        ("treatment", "i2"),  # -1: none
        ("status", "i2"),
        ("event", "u1"),
        ("health_state", "u1"),
        ("lesion", "i1"),  # -1: none
        ("site", "i1"),  # -1: none
    ],
    align=True,
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
        ("unloading_years", "f8"),
        ("profile_steps", "i4"),
        ("profile_edge_years", "f8", (PROFILE_STEPS,)),  # since the window opened; first edge 0
        ("profile_log_healing", "f8", (PROFILE_STEPS,)),  # after that edge
        ("profile_log_pain", "f8", (PROFILE_STEPS,)),
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

STRATEGY = np.dtype([("line_count", "i4"), ("lines", LINE, (LINES,))], align=True)

TABLES = np.dtype(
    [
        # key of the random numbers
        ("seed", "u4"),
        ("psa_draw", "u4"),
        # population
        ("site_cumulative", "f8", (SITES,)),
        ("male_probability", "f8", (SITES,)),
        ("age_mean_years", "f8", (SITES, 2)),
        ("age_sd_years", "f8", (SITES, 2)),
        ("age_minimum_years", "f8"),
        ("age_maximum_years", "f8"),
        ("aetiology_cumulative", "f8", (6,)),
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
        ("work_ratio_aetiology", "f8", (6,)),
        ("job_cumulative", "f8", (4,)),
        ("retirement_age_years", "f8"),
        ("sport_probability", "f8"),
        ("entry_pain_mean", "f8"),
        ("entry_pain_sd", "f8"),
        ("entry_pain_minimum", "f8"),
        ("entry_pain_over_peak", "f8"),  # mean shape at entry, solved
        ("rest_pain_probability", "f8"),
        ("adherence_probability", "f8"),
        # natural history
        ("work_median_years", "f8", (SITES,)),  # latent, solved
        ("work_sigma", "f8", (SITES,)),
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
        # diagnosis
        ("entry_at_first_contact", "i1"),
        ("delay_median_years", "f8"),
        ("delay_sigma", "f8"),
        ("first_contact_share", "f8"),
        ("referral_share", "f8"),
        ("wrong_diagnosis_probability", "f8", (SITES,)),
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
        ("osteonecrosis_collapse_hazard", "f8"),
        ("neck_fracture_hazard", "f8", (SITES,)),
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
