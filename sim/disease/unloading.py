"""Unloading on crutches, stepwise loading, and the return to sport."""

import math

from sim.disease.calendar import cancel, schedule
from sim.disease.complications import update_hazards
from sim.disease.recording import record, set_status
from sim.disease.rule import History, Patients, Tables, rule
from sim.vocabulary.enums import JointState
from sim.vocabulary.events import Event, Status
from sim.vocabulary.slots import JOINTS, SLOT_SPORT, SLOT_UNLOADING


@rule
def unload_until(
    patients: Patients, i: int, tables: Tables, history: History, end_years: float, surgical: bool
) -> None:
    """Unload until `end_years` at least; unloading after an operation also outlasts recovery."""
    p = patients[i]
    if surgical:
        p.surgical_unloading_end_years = max(p.surgical_unloading_end_years, end_years)
    if end_years <= p.now_years or (p.status & Status.UNLOADING and end_years <= p.unloading_end_years):
        return
    begins = not p.status & Status.UNLOADING
    p.unloading_end_years = end_years
    schedule(patients, i, SLOT_UNLOADING, end_years)
    if begins:
        set_status(patients, i, Status.UNLOADING, True)
        for k in range(p.lesions_begun):
            update_hazards(patients, i, tables, k)
        record(patients, i, tables, history, Event.UNLOADING_STARTS, -1, -1, end_years)


@rule
def has_collapsed_joint(patients: Patients, i: int) -> bool:
    """Whether a joint has collapsed and is not yet replaced."""
    p = patients[i]
    for joint in range(JOINTS):
        waits = p.joint_state[joint] == JointState.COLLAPSED or p.joint_state[joint] == JointState.LISTED
        if waits and p.joint_floor[joint] > 0.0:
            return True
    return False


@rule
def plan_sport(patients: Patients, i: int, tables: Tables) -> None:
    """Those who do sport return once symptom-free, fully loading, and not before the earliest date.

    Nobody returns with a collapsed joint.
    """
    p = patients[i]
    held_back = p.episode_open or p.status & Status.UNLOADING or has_collapsed_joint(patients, i)
    if not p.sport or held_back or p.sport_allowed_years == math.inf:
        cancel(patients, i, SLOT_SPORT)
        return
    loaded = p.unloading_end_years + tables[0].stepwise_loading_years
    schedule(patients, i, SLOT_SPORT, max(p.now_years, max(p.sport_allowed_years, loaded)))


@rule
def end_unloading(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """Crutches away; loading rises step by step from here."""
    p = patients[i]
    cancel(patients, i, SLOT_UNLOADING)
    set_status(patients, i, Status.UNLOADING, False)
    p.unloading_end_years = p.now_years
    for k in range(p.lesions_begun):
        update_hazards(patients, i, tables, k)
    record(patients, i, tables, history, Event.UNLOADING_ENDS, -1, -1, math.nan)
    plan_sport(patients, i, tables)


@rule
def cut_unloading_at_recovery(patients: Patients, i: int) -> None:
    """When nothing hurts any more unloading ends, but not before an operation's weeks are over."""
    p = patients[i]
    if p.status & Status.UNLOADING:
        end = max(p.now_years, p.surgical_unloading_end_years)
        if end < p.unloading_end_years:
            p.unloading_end_years = end
            schedule(patients, i, SLOT_UNLOADING, end)


@rule
def return_to_sport(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """Back at sport."""
    patients[i].sport_allowed_years = math.inf
    cancel(patients, i, SLOT_SPORT)
    record(patients, i, tables, history, Event.RETURN_TO_SPORT, -1, -1, math.nan)
