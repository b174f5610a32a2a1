"""Pain: each lesion's straight lines, and the patient's pain as their upper envelope.

A lesion's load pain is min(10, peak x residual multiplier) x shape(p), p = done / W; within a phase of the shape
and at a constant rate that is a straight line. Lines can cross, so the first overtaking time is an event.
"""

import math

from sim.disease.calendar import cancel, schedule
from sim.disease.rule import Patients, Tables, rule
from sim.vocabulary.enums import JointState, LesionState
from sim.vocabulary.events import HealthState
from sim.vocabulary.slots import JOINTS, LESIONS, SLOT_PAIN_LEADER

FLOORS = LESIONS  # codes of lines: lesions, then joint floors, then chronic floors
CHRONIC_FLOORS = LESIONS + JOINTS
LINES = LESIONS + JOINTS + LESIONS
KEEP_LOAD = 100  # challenger codes from here on are about rest pain


@rule
def refresh_line(patients: Patients, i: int, tables: Tables, k: int, done_years: float) -> None:
    """Compute the load and rest lines of lesion `k` anew at `now`, where it has done `done_years` of work."""
    p = patients[i]
    t = tables[0]
    lesion = p.lesions[k]
    lesion.line_years = p.now_years
    p.dirty = 1
    if lesion.state == LesionState.CHRONIC:
        lesion.line_pain = t.chronic_floor
        lesion.line_slope = 0.0
        lesion.rest_pain = 0.0
        lesion.rest_slope = 0.0
        return
    phase = lesion.pain_phase
    progress = done_years / lesion.work_years
    progress_per_year = lesion.rate / lesion.work_years
    width = t.pain_knots[phase + 1] - t.pain_knots[phase]
    top = min(10.0, lesion.peak_pain * lesion.pain_multiplier)
    step = (t.pain_levels[phase + 1] - t.pain_levels[phase]) / width
    rest_step = (t.rest_levels[phase + 1] - t.rest_levels[phase]) / width
    beyond = progress - t.pain_knots[phase]
    if lesion.osteonecrosis and phase == 1:  # dead bone stays on its plateau
        step, rest_step, beyond = 0.0, 0.0, 0.0
    lesion.line_pain = top * (t.pain_levels[phase] + step * beyond)
    lesion.line_slope = top * step * progress_per_year
    if p.rest_pain_present:
        rest_top = top * t.rest_over_load
        lesion.rest_pain = rest_top * (t.rest_levels[phase] + rest_step * beyond)
        lesion.rest_slope = rest_top * rest_step * progress_per_year


@rule
def pain_line(patients: Patients, i: int, tables: Tables, code: int, rest: bool) -> tuple[bool, float, float]:
    """Whether line `code` exists now, its value (NRS) and slope (NRS per year)."""
    p = patients[i]
    if code < LESIONS:
        lesion = p.lesions[code]
        if lesion.state != LesionState.ACTIVE and lesion.state != LesionState.CHRONIC:
            return False, 0.0, 0.0
        elapsed = p.now_years - lesion.line_years
        if rest:
            return True, lesion.rest_pain + lesion.rest_slope * elapsed, lesion.rest_slope
        return True, lesion.line_pain + lesion.line_slope * elapsed, lesion.line_slope
    if code < CHRONIC_FLOORS:
        floor = p.joint_floor[code - FLOORS]
        return floor > 0.0 and not rest, floor, 0.0
    lesion = p.lesions[code - CHRONIC_FLOORS]
    falling = lesion.chronic and lesion.state == LesionState.ACTIVE and lesion.pain_phase == 2
    return falling and not rest, tables[0].chronic_floor, 0.0


@rule
def find_leader(
    patients: Patients, i: int, tables: Tables, rest: bool, forced: int
) -> tuple[int, float, float, float, int]:
    """The leading line now, and when it is overtaken first.

    Returns (leader, value, slope, overtaken at, by whom). `forced` >= 0 names the leader: the line that has just
    overtaken, whose value equals the old leader's but for rounding. Slopes rise with every change, so changes end.
    """
    leader, value, slope = -1, 0.0, 0.0
    lines = LINES if patients[i].lines_beside_lesions > 0 else patients[i].lesions_begun
    for code in range(lines):
        exists, line_value, line_slope = pain_line(patients, i, tables, code, rest)
        if not exists:
            continue
        if forced >= 0:
            better = code == forced
        else:
            better = line_value > value or (line_value == value and line_slope > slope) or leader < 0
        if better:
            leader, value, slope = code, line_value, line_slope
    overtaken_years, challenger = math.inf, -1
    if leader >= 0:
        for code in range(lines):
            exists, line_value, line_slope = pain_line(patients, i, tables, code, rest)
            if exists and line_slope > slope:
                crossing = patients[i].now_years + max(0.0, value - line_value) / (line_slope - slope)
                if crossing < overtaken_years:
                    overtaken_years, challenger = crossing, code
    return leader, value, slope, overtaken_years, challenger


@rule
def lead_alone(patients: Patients, i: int) -> tuple[int, bool]:
    """The only line of the patient as (lesion code or -1, True), or (-1, False) if an envelope is needed."""
    p = patients[i]
    if p.lines_beside_lesions > 0:
        return -1, False
    alone = -1
    for k in range(p.lesions_begun):
        state = p.lesions[k].state
        if state == LesionState.ACTIVE or state == LesionState.CHRONIC:
            if alone >= 0:
                return -1, False
            alone = k
    return alone, True


@rule
def settle_pain(patients: Patients, i: int, tables: Tables, forced: int, forced_rest: int) -> None:
    """Recompute the patient's load and rest pain, and schedule the next change of leader."""
    p = patients[i]
    alone, simple = lead_alone(patients, i)
    if not p.alive:
        alone, simple = -1, True
    if simple:
        p.leader = alone
        p.rest_leader = alone
        cancel(patients, i, SLOT_PAIN_LEADER)
        p.load_pain, p.load_slope, p.rest_pain, p.rest_slope = 0.0, 0.0, 0.0, 0.0
        if alone >= 0:
            lesion = p.lesions[alone]
            elapsed = p.now_years - lesion.line_years
            p.load_pain = lesion.line_pain + lesion.line_slope * elapsed
            p.load_slope = lesion.line_slope
            if p.rest_pain_present:
                p.rest_pain = lesion.rest_pain + lesion.rest_slope * elapsed
                p.rest_slope = lesion.rest_slope
        return
    leader, value, slope, overtaken_years, challenger = find_leader(patients, i, tables, False, forced)
    p.leader, p.load_pain, p.load_slope = leader, value, slope
    if p.rest_pain_present:
        leader, value, slope, rest_overtaken_years, rest_challenger = find_leader(
            patients, i, tables, True, forced_rest
        )
        p.rest_leader, p.rest_pain, p.rest_slope = leader, value, slope
        if rest_overtaken_years < overtaken_years:
            overtaken_years, challenger = rest_overtaken_years, rest_challenger + KEEP_LOAD
    p.challenger = challenger
    schedule(patients, i, SLOT_PAIN_LEADER, overtaken_years)


# Numbers of HealthState, because a compiled function does not mix enum members and integers in one variable.
SYMPTOMATIC = int(HealthState.SYMPTOMATIC)
WITH_FRACTURE = int(HealthState.SYMPTOMATIC_WITH_FRACTURE)
CHRONIC_PAIN = int(HealthState.CHRONIC_PAIN)
REPLACED_JOINT = int(HealthState.REPLACED_JOINT)
COLLAPSED_JOINT = int(HealthState.COLLAPSED_JOINT)
NECK_FRACTURE = int(HealthState.NECK_FRACTURE)
DEAD = int(HealthState.DEAD)


@rule
def settle_health_state(patients: Patients, i: int) -> None:
    """The worst lasting state that holds now."""
    p = patients[i]
    state = 0
    for k in range(p.lesions_begun):
        lesion = p.lesions[k]
        if lesion.state == LesionState.ACTIVE:
            state = max(state, WITH_FRACTURE if lesion.fractured else SYMPTOMATIC)
        elif lesion.state == LesionState.CHRONIC:
            state = max(state, CHRONIC_PAIN)
    if p.lines_beside_lesions > 0:
        for joint in range(JOINTS):
            if p.joint_state[joint] == JointState.REPLACED:
                state = max(state, REPLACED_JOINT)
            elif p.joint_floor[joint] > 0.0:
                state = max(state, COLLAPSED_JOINT)
    if p.neck_fractures > 0 and p.neck_fracture_stage < 2:
        state = NECK_FRACTURE
    if not p.alive:
        state = DEAD
    p.health_state = state
