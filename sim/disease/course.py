"""The only door the engines use: enter (onset to entry), begin (a strategy at entry), advance (one event)."""

import math

from sim.disease.calendar import cancel, clear_calendar, find_next, schedule
from sim.disease.care import finish_episode, lesion_contact, review
from sim.disease.complications import (
    OTHER_CAUSE,
    collapse,
    die,
    fracture,
    joint_event,
    neck_fracture,
    neck_fracture_stage,
    update_nsaid,
)
from sim.disease.entry import begin_at_onset, draw_entrant
from sim.disease.further_lesions import next_lesion
from sim.disease.healing import update_all_lesions
from sim.disease.lesions import lesion_stage, symptoms_resolve, turn_into_osteonecrosis
from sim.disease.life_stages import change_life_stage, vertebral_fracture
from sim.disease.pain import KEEP_LOAD
from sim.disease.recording import record, record_with_leader
from sim.disease.rule import History, Patients, Population, Tables, door, rule
from sim.disease.strategy import consider_waiting_line
from sim.disease.treatment import adverse_event, course_event, release_repleted
from sim.disease.unloading import end_unloading, plan_sport, return_to_sport
from sim.disease.vitamin_d import cross_threshold
from sim.disease.windows import window_edge
from sim.disease.work import absence_after_arthroplasty, end_absence, lengthen_absence_by_fracture
from sim.vocabulary import slots
from sim.vocabulary.enums import JointState, LesionState
from sim.vocabulary.events import ErrorCode, Event
from sim.vocabulary.slots import NO_SLOT


@rule
def change_leader(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """The line that has just overtaken leads: the challenger for load pain, or the one for rest pain."""
    p = patients[i]
    p.dirty = 1
    if p.challenger >= KEEP_LOAD:
        forced, forced_rest = p.leader, p.challenger - KEEP_LOAD
    else:
        forced, forced_rest = p.challenger, p.rest_leader
    lesion = forced if forced < slots.LESIONS else -1
    record_with_leader(
        patients, i, tables, history, Event.PAIN_LEADER_CHANGES, lesion, -1, math.nan, forced, forced_rest
    )


@rule
def handle_care(patients: Patients, i: int, tables: Tables, history: History, slot: int) -> None:
    """Windows, adverse events, vitamin D, contacts, courses, unloading, work, life stage, next lesion, leader, end."""
    p = patients[i]
    if slot < slots.SLOT_ADVERSE_EVENT:
        window_edge(patients, i, tables, history, slot - slots.SLOT_WINDOW)
    elif slot < slots.SLOT_VITAMIN_D:
        adverse_event(patients, i, tables, history, slot - slots.SLOT_ADVERSE_EVENT)
    elif slot == slots.SLOT_VITAMIN_D:
        cross_threshold(patients, i, tables, history)
        release_repleted(patients, i)
    elif slot < slots.SLOT_REVIEW:
        lesion_contact(patients, i, tables, history, slot - slots.SLOT_LESION_CARE)
    elif slot == slots.SLOT_REVIEW:
        review(patients, i, tables, history)
    elif slot < slots.SLOT_UNLOADING:
        course_event(patients, i, tables, history, slot - slots.SLOT_COURSE)
    elif slot == slots.SLOT_UNLOADING:
        end_unloading(patients, i, tables, history)
    elif slot == slots.SLOT_SPORT:
        return_to_sport(patients, i, tables, history)
    elif slot == slots.SLOT_WORK:
        end_absence(patients, i, tables, history)
    elif slot == slots.SLOT_LIFE_STAGE:
        change_life_stage(patients, i, tables, history)
        consider_waiting_line(patients, i, tables, history)
    elif slot == slots.SLOT_NEXT_LESION:
        next_lesion(patients, i, tables, history)
    elif slot == slots.SLOT_PAIN_LEADER:
        change_leader(patients, i, tables, history)
    elif slot == slots.SLOT_END:
        clear_calendar(patients, i)
        record(patients, i, tables, history, Event.FOLLOW_UP_ENDED, -1, -1, math.nan)
    p.next_slot = NO_SLOT


@rule
def handle_joint(patients: Patients, i: int, tables: Tables, history: History, joint: int) -> None:
    """A listing, replacement or revision, and what follows from it for work and episode."""
    joint_event(patients, i, tables, history, joint)
    p = patients[i]
    if p.alive and p.joint_state[joint] == JointState.REPLACED:
        absence_after_arthroplasty(patients, i, tables, history, joint)
        finish_episode(patients, i, tables, history)
        plan_sport(patients, i, tables)


@rule
def gastrointestinal_event(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """A serious upper gastrointestinal event: no NSAID from here on, and pain without it."""
    p = patients[i]
    p.nsaid_possible, p.nsaid_harmed = 0, 1
    update_nsaid(patients, i, tables)
    update_all_lesions(patients, i, tables)
    record(patients, i, tables, history, Event.GASTROINTESTINAL_EVENT, -1, -1, math.nan)


@rule
def handle_disease(patients: Patients, i: int, tables: Tables, history: History, slot: int) -> None:
    """Death, joints, lesions and complications."""
    p = patients[i]
    if slot == slots.SLOT_DEATH:
        die(patients, i, tables, history, OTHER_CAUSE)
    elif slot < slots.SLOT_RESOLVE:
        handle_joint(patients, i, tables, history, slot - slots.SLOT_JOINT)
    elif slot < slots.SLOT_STAGE:
        symptoms_resolve(patients, i, tables, history, slot - slots.SLOT_RESOLVE)
        finish_episode(patients, i, tables, history)
    elif slot < slots.SLOT_FRACTURE:
        lesion_stage(patients, i, tables, history, slot - slots.SLOT_STAGE)
    elif slot < slots.SLOT_NECK_FRACTURE:
        k = slot - slots.SLOT_FRACTURE
        if p.lesions[k].fractured or p.lesions[k].osteonecrosis:
            collapse(patients, i, tables, history, k)
        else:
            fracture(patients, i, tables, history, k)
            lengthen_absence_by_fracture(patients, i, tables, history)
    elif slot < slots.SLOT_OSTEONECROSIS:
        neck_fracture(patients, i, tables, history, slot - slots.SLOT_NECK_FRACTURE)
    elif slot < slots.SLOT_NECK_FRACTURE_STAGE:
        turn_into_osteonecrosis(patients, i, tables, history, slot - slots.SLOT_OSTEONECROSIS)
    elif slot == slots.SLOT_NECK_FRACTURE_STAGE:
        neck_fracture_stage(patients, i, tables, history)
    elif slot == slots.SLOT_GASTROINTESTINAL:
        gastrointestinal_event(patients, i, tables, history)
    elif slot == slots.SLOT_VERTEBRAL_FRACTURE:
        vertebral_fracture(patients, i, tables, history)


@door
def advance(patients: Patients, i: int, tables: Tables, history: History) -> float:
    """Handle the next event of patient `i`; returns the time of the one after it, inf when the course is over."""
    p = patients[i]
    slot = p.next_slot
    p.now_years = p.next_years
    cancel(patients, i, slot)
    if slot >= slots.SLOT_WINDOW:
        handle_care(patients, i, tables, history, slot)
    else:
        handle_disease(patients, i, tables, history, slot)
    if p.error != ErrorCode.NONE:
        clear_calendar(patients, i)
    find_next(patients, i)
    return p.next_years


@door
def enter(
    patients: Patients, i: int, patient_id: int, tables: Tables, population: Population, history: History
) -> None:
    """Draw entrant `patient_id` into `patients[i]` and live him from onset up to (not including) his entry.

    The rare life that loses its first lesion or ends in an operation on the way is rejected too. His rows so far go
    to `history` from `history_row` on. An error shows in his `error` field.
    """
    p = patients[i]
    p.patient_id = patient_id
    p.error = ErrorCode.NONE
    first_row = p.history_row
    attempt = 0
    while True:
        draw_entrant(patients, i, tables, population, attempt)
        if p.error != ErrorCode.NONE:
            return
        p.history_row = first_row
        begin_at_onset(patients, i, tables, history)
        while p.next_years < p.entry_years and p.error == ErrorCode.NONE:
            advance(patients, i, tables, history)
        if p.error != ErrorCode.NONE or (p.alive and p.lesions[0].state == LesionState.ACTIVE):
            return
        attempt = p.attempts + 1


@door
def begin(
    patients: Patients,
    i: int,
    strategy: int,
    tables: Tables,
    history: History,
    lead: History,
    lead_start: int,
    lead_end: int,
) -> float:
    """Put the entrant `patients[i]` under `strategy` at his entry; returns the time of the next event.

    His rows from before entry, `lead[lead_start:lead_end]`, are repeated under the strategy.
    """
    p = patients[i]
    p.strategy = strategy
    for row in range(lead_start, lead_end):
        history[p.history_row] = lead[row]
        history[p.history_row].strategy = strategy
        p.history_row += 1
    p.now_years = p.entry_years
    schedule(patients, i, slots.SLOT_END, p.follow_up_ends_years)
    record(patients, i, tables, history, Event.ENTRY, -1, -1, math.nan)
    find_next(patients, i)
    return p.next_years
