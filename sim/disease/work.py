"""Absence from work as spells: a fresh draw at every start, cut at recovery, longer with a fracture."""

import math

from sim.disease.calendar import cancel, schedule
from sim.disease.complications import luck_of_joint
from sim.disease.luck import lognormal_quantile, luck
from sim.disease.recording import record, set_status
from sim.disease.rule import History, Patients, Tables, rule
from sim.vocabulary.enums import Job, LesionState
from sim.vocabulary.events import Decision, Event, Status
from sim.vocabulary.slots import SLOT_WORK


@rule
def retirement_years(patients: Patients, i: int, tables: Tables) -> float:
    """When the patient reaches the age of retirement."""
    return tables[0].retirement_age_years - patients[i].age_years


@rule
def has_fracture(patients: Patients, i: int) -> bool:
    """Whether a symptomatic lesion has a fracture line."""
    for k in range(patients[i].lesions_begun):
        lesion = patients[i].lesions[k]
        if lesion.state == LesionState.ACTIVE and lesion.fractured:
            return True
    return False


@rule
def set_absence_end(
    patients: Patients, i: int, tables: Tables, history: History, end_years: float, begins: bool
) -> None:
    """Plan the end of the spell, at retirement at the latest, and write the start of a new one."""
    p = patients[i]
    p.work_spell_end_years = min(end_years, retirement_years(patients, i, tables))
    schedule(patients, i, SLOT_WORK, max(p.work_spell_end_years, p.now_years))
    if begins:
        set_status(patients, i, Status.ABSENT_FROM_WORK, True)
        record(patients, i, tables, history, Event.WORK_ABSENCE_STARTS, -1, -1, p.work_spell_end_years)


@rule
def start_absence(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """At a diagnosis: with some probability a spell begins, its length drawn by job."""
    p = patients[i]
    t = tables[0]
    if p.job == Job.NONE or p.status & Status.ABSENT_FROM_WORK or p.now_years >= retirement_years(patients, i, tables):
        return
    spell = p.work_spells
    p.work_spells += 1
    if luck(patients, i, tables, Decision.WORK_ABSENCE, 0, spell) >= t.absence_probability:
        return
    u = luck(patients, i, tables, Decision.WORK_ABSENCE_LENGTH, 0, spell)
    length = lognormal_quantile(u, t.absence_median_years[p.job], t.absence_sigma[p.job])
    p.work_spell_start_years = p.now_years
    p.work_spell_minimum_years = p.now_years
    p.work_spell_length_years = length
    if has_fracture(patients, i):
        length *= t.absence_fracture_ratio
    set_absence_end(patients, i, tables, history, p.now_years + length, True)


@rule
def lengthen_absence_by_fracture(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """A fracture within a spell makes the whole spell longer (once)."""
    p = patients[i]
    if p.status & Status.ABSENT_FROM_WORK:
        end = p.work_spell_start_years + p.work_spell_length_years * tables[0].absence_fracture_ratio
        if end > p.work_spell_end_years:
            set_absence_end(patients, i, tables, history, end, False)


@rule
def absence_after_operation(patients: Patients, i: int, tables: Tables, history: History, length_years: float) -> None:
    """An operation keeps someone with a job away for at least `length_years`, recovered or not."""
    p = patients[i]
    if p.job == Job.NONE or p.now_years >= retirement_years(patients, i, tables):
        return
    begins = not p.status & Status.ABSENT_FROM_WORK
    end = p.now_years + length_years
    if begins:
        p.work_spells += 1
        p.work_spell_start_years = p.now_years
        p.work_spell_length_years = 0.0
    elif p.work_spell_end_years > end:
        end = p.work_spell_end_years
    p.work_spell_minimum_years = p.now_years + length_years
    set_absence_end(patients, i, tables, history, end, begins)


@rule
def absence_after_arthroplasty(patients: Patients, i: int, tables: Tables, history: History, joint: int) -> None:
    """Weeks away after a joint replacement; some never return."""
    t = tables[0]
    operations = patients[i].joint_operations[joint]
    length = t.absence_after_arthroplasty_years
    if luck_of_joint(patients, i, tables, Decision.RETURN_TO_WORK, joint, operations) < t.no_return_probability:
        length = math.inf
    absence_after_operation(patients, i, tables, history, length)


@rule
def cut_absence_at_recovery(patients: Patients, i: int) -> None:
    """When nothing hurts any more the spell ends, but not before an operation's minimum."""
    p = patients[i]
    if p.status & Status.ABSENT_FROM_WORK:
        end = max(p.now_years, min(p.work_spell_minimum_years, p.work_spell_end_years))
        if end < p.work_spell_end_years:
            p.work_spell_end_years = end
            schedule(patients, i, SLOT_WORK, end)


@rule
def end_absence(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """Back at work."""
    cancel(patients, i, SLOT_WORK)
    set_status(patients, i, Status.ABSENT_FROM_WORK, False)
    record(patients, i, tables, history, Event.WORK_ABSENCE_ENDS, -1, -1, math.nan)
