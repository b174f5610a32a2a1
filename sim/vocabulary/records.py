"""Record layouts of a patient and of a history row, shared by rules, engines and valuation.

Times are years since the first symptom of the first lesion unless the name says otherwise.
"""

import numpy as np

from sim.vocabulary.slots import COURSES, JOINTS, LESIONS, OPEN_ADVERSE_EVENTS, SLOT_GROUPS, SLOTS, TREATMENTS, WINDOWS

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
        ("ahead_years", "f8"),  # work gained under treatments at the anchor, where gains are not kept
        ("gain_rate", "f8"),  # what is gained (or given back) a year since the anchor
        ("gain_log_factor", "f8"),  # log of the largest healing factor since the last gain was given back
        ("site", "i1"),
        ("bone", "i1"),
        ("side", "i1"),
        ("state", "i1"),
        ("pain_phase", "i1"),  # 0 rising, 1 plateau, 2 falling
        ("mri_stage", "i1"),
        ("next_stage", "i1"),  # what the next stage on the calendar is: NextStage in disease/healing.py
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
        ("log_healing", "f8"),  # of the present step
        ("log_pain", "f8"),
        ("treatment", "i2"),  # -1: free
        ("treatment_class", "i1"),
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
        ("weekly_hours", "f8"),  # of paid work
        ("gestational_week", "f8"),  # at onset; nan unless pregnant then
        ("delivery_years", "f8"),  # inf: never
        ("breastfeeding_end_years", "f8"),  # inf: never breastfeeds
        ("growth_plates_close_years", "f8"),  # inf: closed at onset
        ("vertebral_fracture_years", "f8"),  # inf: never
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
        ("bilateral", "i1"),  # whether the second lesion starts with the first, on the other side
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
        ("status", "i4"),
        ("contraindications", "i4"),
        ("demand", "i1"),
        ("alive", "i1"),
        ("line", "i1"),  # the next line to consider
        ("line_waits", "i1"),  # whether it waits for a contraindication to clear
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
        ("nsaid_harmed", "i1"),
        ("gastrointestinal_budget", "f8"),
        ("gastrointestinal_anchor_years", "f8"),
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
        ("stale_groups", "i4"),  # bits of the groups whose earliest time is to be found anew
    ],
    align=True,
)

# Yes-or-no attributes; the comorbidities in the order of Decision 12 to 21, each with a ratio on healing work.
COMORBIDITIES = (
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
)
OTHER_YES_OR_NO = ("sport", "rest_pain_present", "adherent", "childbearing_wish", "bilateral")

# One row of a patient file: what is given overrides the draw; nan or -1 means "draw it".
POPULATION_ROW = np.dtype(
    [
        ("age_years", "f8"),
        ("vitamin_d_ng_per_ml", "f8"),
        ("entry_pain", "f8"),
        ("weekly_hours", "f8"),
        ("gestational_week", "f8"),
        ("breastfeeding_months", "f8"),
        ("growth_plates_close_age_years", "f8"),
    ]
    + [
        (name, "i1")
        for name in (
            "site",
            "bone",
            "sex",
            "side",
            "aetiology",
            "bone_density",
            "body_mass",
            "kidney",
            *COMORBIDITIES,
            "job",
            *OTHER_YES_OR_NO,
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
