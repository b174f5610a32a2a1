"""25(OH)D: an exponential approach to a dose-dependent plateau; crossing 20 and 30 ng/mL are events."""

import math

from sim.disease.calendar import cancel, schedule
from sim.disease.recording import record
from sim.disease.rule import History, Patients, Tables, rule
from sim.vocabulary.events import Event
from sim.vocabulary.slots import COURSES, SLOT_VITAMIN_D


@rule
def vitamin_d_class(level: float, tables: Tables) -> int:
    """0 deficient, 1 insufficient, 2 sufficient."""
    t = tables[0]
    if level < t.vitamin_d_deficient:
        return 0
    if level < t.vitamin_d_sufficient:
        return 1
    return 2


@rule
def vitamin_d_level_now(patients: Patients, i: int, tables: Tables) -> float:
    """Level now (ng/mL)."""
    p = patients[i]
    decay = math.exp(-tables[0].vitamin_d_rate * (p.now_years - p.vitamin_d_anchor_years))
    return p.vitamin_d_plateau + (p.vitamin_d_level - p.vitamin_d_plateau) * decay


@rule
def running_dose(patients: Patients, i: int, tables: Tables) -> float:
    """Colecalciferol taken now, in 1000 IU a day: the home courses of an adherent patient."""
    p = patients[i]
    dose = 0.0
    for c in range(COURSES):
        course = p.courses[c]
        if course.treatment >= 0 and course.given > 0 and p.adherent:
            dose += tables[0].treatments[course.treatment].vitamin_d_dose_1000_iu
    return dose


@rule
def threshold(tables: Tables, number: int) -> float:
    """Lower edge of class 1 (number 0) and of class 2 (number 1), ng/mL."""
    if number == 0:
        return tables[0].vitamin_d_deficient
    return tables[0].vitamin_d_sufficient


@rule
def schedule_crossing(patients: Patients, i: int, tables: Tables) -> None:
    """Put the next threshold on the way to the plateau on the calendar."""
    p = patients[i]
    cancel(patients, i, SLOT_VITAMIN_D)
    rising = p.vitamin_d_plateau > p.vitamin_d_level
    number = p.vitamin_d_class if rising else p.vitamin_d_class - 1
    if number < 0 or number > 1:
        return
    level = threshold(tables, number)
    reached = p.vitamin_d_plateau > level if rising else p.vitamin_d_plateau < level
    if reached:
        share = (p.vitamin_d_level - p.vitamin_d_plateau) / (level - p.vitamin_d_plateau)
        delay = math.log(max(share, 1.0)) / tables[0].vitamin_d_rate
        schedule(patients, i, SLOT_VITAMIN_D, max(p.vitamin_d_anchor_years + delay, p.now_years))


@rule
def update_vitamin_d(patients: Patients, i: int, tables: Tables) -> None:
    """Aim at the plateau of the present dose; re-anchor only if the plateau changed."""
    p = patients[i]
    t = tables[0]
    rise = t.vitamin_d_rise[0]
    if p.vitamin_d_ng_per_ml >= t.vitamin_d_deficient:
        rise = t.vitamin_d_rise[1]
    plateau = p.vitamin_d_ng_per_ml + rise * running_dose(patients, i, tables)
    if plateau == p.vitamin_d_plateau:
        return
    p.vitamin_d_level = vitamin_d_level_now(patients, i, tables)
    p.vitamin_d_anchor_years = p.now_years
    p.vitamin_d_plateau = plateau
    schedule_crossing(patients, i, tables)


@rule
def cross_threshold(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """The level passes 20 or 30 ng/mL."""
    p = patients[i]
    rising = p.vitamin_d_plateau > p.vitamin_d_level
    number = p.vitamin_d_class if rising else p.vitamin_d_class - 1
    p.vitamin_d_class = p.vitamin_d_class + 1 if rising else p.vitamin_d_class - 1
    record(patients, i, tables, history, Event.VITAMIN_D_CROSSES, -1, -1, threshold(tables, number))
    schedule_crossing(patients, i, tables)
