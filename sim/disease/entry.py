"""Entry: people alive with an unhealed symptomatic first lesion at the entry moment, drawn by rejection."""

import math

from sim.disease.calendar import clear_calendar, find_next, schedule
from sim.disease.care import FIRST_CONTACT, KNOWN_PATIENT_REVIEW, scan_is_positive
from sim.disease.cohort import draw_person, patient_row
from sim.disease.complications import turns_into_osteonecrosis_years
from sim.disease.further_lesions import draw_bilateral, draw_further_lesions, plan_next_lesion
from sim.disease.lesions import begin_lesion
from sim.disease.life_stages import begin_life_stages
from sim.disease.luck import exponential_quantile, luck
from sim.disease.rule import History, Patients, Population, Tables, rule
from sim.disease.vitamin_d import vitamin_d_class
from sim.vocabulary.enums import JointState, LesionState
from sim.vocabulary.events import Decision, ErrorCode
from sim.vocabulary.slots import (
    COURSES,
    JOINTS,
    LESIONS,
    OPEN_ADVERSE_EVENTS,
    SLOT_DEATH,
    SLOT_LESION_CARE,
    TREATMENTS,
    WINDOWS,
)

MOST_ATTEMPTS = 60_000  # the attempt number has 16 bits in the random key
MOST_SCANS = 50


@rule
def first_positive_scan_years(patients: Patients, i: int, tables: Tables) -> float:
    """Time of the scan that shows the first lesion; the care rules repeat the same sum of waits."""
    time_years = patients[i].first_scan_years
    for scan in range(MOST_SCANS):
        if scan_is_positive(patients, i, tables, 0, scan, time_years):
            return time_years
        time_years += tables[0].mri_repeat_years
    return math.inf


@rule
def draw_entrant(patients: Patients, i: int, tables: Tables, population: Population, first_attempt: int) -> None:
    """Draw attempts until one may be alive and symptomatic at entry; sets his `attempts` and `entry_years`."""
    p = patients[i]
    t = tables[0]
    for attempt in range(first_attempt, MOST_ATTEMPTS):
        p.attempts = attempt
        work_ratio = draw_person(patients, i, tables, population)
        p.diagnosis_years = first_positive_scan_years(patients, i, tables)
        p.entry_years = p.first_contact_years if t.entry_at_first_contact else p.diagnosis_years
        first = p.lesions[0]
        healed_years = first.work_years / t.unprotected_rate
        turns = turns_into_osteonecrosis_years(patients, i, tables, 0) < healed_years
        unhealed = first.osteonecrosis or turns or first.work_years > t.unprotected_rate * p.entry_years
        if unhealed and p.other_death_years > p.entry_years:
            draw_bilateral(patients, i, tables, population[patient_row(patients, i, population)].bilateral)
            draw_further_lesions(patients, i, tables, work_ratio)
            p.follow_up_ends_years = p.entry_years + t.horizon_years
            return
    p.error = ErrorCode.NO_ENTRY


@rule
def reset_lesion(patients: Patients, i: int, k: int) -> None:
    """Lesion `k` as before it began."""
    lesion = patients[i].lesions[k]
    lesion.state = LesionState.ABSENT
    lesion.known, lesion.fractured, lesion.osteonecrosis_found, lesion.osteonecrosis_looks = 0, 0, 0, 0
    lesion.scans = 0
    lesion.fracture_hazard, lesion.neck_hazard = 0.0, 0.0
    lesion.fracture_anchor_years, lesion.neck_anchor_years = 0.0, 0.0
    lesion.pain_multiplier, lesion.rest_pain, lesion.rest_slope = 0.0, 0.0, 0.0
    lesion.ahead_years, lesion.gain_rate, lesion.gain_log_factor = 0.0, 0.0, 0.0
    lesion.diagnosed_years, lesion.entry_size = math.inf, math.nan
    if k == 0:
        lesion.care_step = FIRST_CONTACT
    else:
        lesion.care_step = KNOWN_PATIENT_REVIEW


@rule
def reset_state(patients: Patients, i: int, tables: Tables) -> None:
    """Everything that changes in a life, as at symptom onset."""
    p = patients[i]
    clear_calendar(patients, i)
    p.now_years, p.row_years = 0.0, 0.0
    p.strategy = -1
    p.status, p.demand, p.alive = 0, 0, 1
    p.line, p.line_waits, p.reviews_done, p.open_windows = 0, 0, 0, 0
    p.episode_open, p.episode_just_closed = 0, 0
    p.review_origin_years = 0.0
    p.leader, p.challenger, p.rest_leader = -1, -1, -1
    p.load_pain, p.load_slope, p.rest_pain, p.rest_slope = 0.0, 0.0, 0.0, 0.0
    p.dirty, p.health_state = 1, 0
    p.lesions_begun, p.lines_beside_lesions = 0, 0
    p.neck_fractures, p.neck_fracture_stage = 0, 2
    p.uses_nsaid = 0
    u = luck(patients, i, tables, Decision.GASTROINTESTINAL_BUDGET, 0, 0)
    p.gastrointestinal_budget = exponential_quantile(u)
    p.work_spells = 0
    p.unloading_end_years, p.surgical_unloading_end_years = 0.0, 0.0
    p.sport_allowed_years, p.treated_years = math.inf, math.inf
    p.vitamin_d_level = p.vitamin_d_ng_per_ml
    p.vitamin_d_plateau = p.vitamin_d_ng_per_ml
    p.vitamin_d_anchor_years = 0.0
    p.vitamin_d_class = vitamin_d_class(p.vitamin_d_ng_per_ml, tables)
    for joint in range(JOINTS):
        p.joint_state[joint] = JointState.NATIVE
        p.joint_floor[joint] = 0.0
        p.joint_osteonecrosis[joint], p.joint_operations[joint] = 0, 0
    for number in range(TREATMENTS):
        p.treatment_orders[number], p.treatment_doses[number] = 0, 0
    for w in range(WINDOWS):
        p.windows[w].treatment = -1
    for c in range(COURSES):
        p.courses[c].treatment = -1
    for slot in range(OPEN_ADVERSE_EVENTS):
        p.adverse_events[slot].treatment = -1
    for k in range(LESIONS):
        reset_lesion(patients, i, k)


@rule
def begin_at_onset(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """Start the life of an accepted entrant at his first symptom."""
    p = patients[i]
    reset_state(patients, i, tables)
    p.lesions_begun = 1
    begin_lesion(patients, i, tables, history, 0)
    plan_next_lesion(patients, i)
    begin_life_stages(patients, i)
    schedule(patients, i, SLOT_LESION_CARE, p.first_contact_years)
    schedule(patients, i, SLOT_DEATH, p.other_death_years)
    find_next(patients, i)
