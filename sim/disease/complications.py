"""Insufficiency fracture, collapse, femoral neck fracture, joint replacement and revision, NSAID harm.

Hazards run while the lesion is symptomatic; each uses up one unit-exponential budget through all rate changes.
"""

import math

from sim.disease.calendar import cancel, clear_calendar, schedule
from sim.disease.healing import settle_symptomatic
from sim.disease.luck import exponential_quantile, lognormal_quantile, luck, weibull_quantile
from sim.disease.recording import record
from sim.disease.rule import History, Patients, Tables, rule
from sim.vocabulary.enums import Aetiology, JointState, LesionState
from sim.vocabulary.events import DeathCause, Decision, Event, Status
from sim.vocabulary.slots import (
    SLOT_FRACTURE,
    SLOT_GASTROINTESTINAL,
    SLOT_JOINT,
    SLOT_LESION_CARE,
    SLOT_NECK_FRACTURE,
    SLOT_NECK_FRACTURE_STAGE,
    SLOT_OSTEONECROSIS,
    SLOT_RESOLVE,
    SLOT_STAGE,
)

# `value` of a DEATH row, as plain integers
OTHER_CAUSE = int(DeathCause.OTHER)
PERIOPERATIVE = int(DeathCause.PERIOPERATIVE)

# The necks at risk in pregnancy are those that hurt from its start; a later lesion is one like any other's.
ANOTHER_TIME = int(Aetiology.IDIOPATHIC)


@rule
def joint_of(patients: Patients, i: int, k: int) -> int:
    """Number of the joint that lesion `k` is in."""
    lesion = patients[i].lesions[k]
    return lesion.site * 2 + lesion.side


@rule
def luck_of_joint(patients: Patients, i: int, tables: Tables, decision: int, joint: int, occurrence: int) -> float:
    """A draw about a joint, named as seen from the first lesion, so that a mirrored patient meets the same luck."""
    other_side = joint % 2 != patients[i].lesions[0].side
    return luck(patients, i, tables, decision, joint // 2 * 2 + other_side, occurrence)


@rule
def fracture_hazard(patients: Patients, i: int, tables: Tables, k: int) -> float:
    """Present hazard (per year) of the next structural step of lesion `k`: fracture first, collapse after it."""
    p = patients[i]
    t = tables[0]
    lesion = p.lesions[k]
    joint_is_native = p.joint_state[joint_of(patients, i, k)] == JointState.NATIVE
    if lesion.state != LesionState.ACTIVE:
        return 0.0
    if lesion.osteonecrosis:
        return t.osteonecrosis_collapse_hazard if joint_is_native else 0.0
    if not lesion.fractured:
        unloading = t.unloading_hazard_ratio if p.status & Status.UNLOADING else 1.0
        return t.fracture_hazard[p.fracture_band] * t.fracture_site_ratio[lesion.site] * unloading
    old_enough = p.age_years + lesion.onset_years >= t.collapse_minimum_age_years[lesion.site]
    return t.collapse_hazard[lesion.site] if joint_is_native and old_enough else 0.0


@rule
def budget_spent_years(now_years: float, budget: float, hazard: float) -> float:
    """When a budget is used up at a constant hazard; inf without hazard."""
    if hazard <= 0.0:
        return math.inf
    return now_years + max(budget, 0.0) / hazard


@rule
def update_hazards(patients: Patients, i: int, tables: Tables, k: int) -> None:
    """Recompute the hazards of lesion `k`; its budgets are charged and re-anchored only where a hazard changed."""
    p = patients[i]
    t = tables[0]
    lesion = p.lesions[k]
    hazard = fracture_hazard(patients, i, tables, k)
    if hazard != lesion.fracture_hazard:
        lesion.fracture_budget -= lesion.fracture_hazard * (p.now_years - lesion.fracture_anchor_years)
        lesion.fracture_anchor_years = p.now_years
        lesion.fracture_hazard = hazard
        schedule(patients, i, SLOT_FRACTURE + k, budget_spent_years(p.now_years, lesion.fracture_budget, hazard))
    neck_hazard = 0.0
    if lesion.state == LesionState.ACTIVE and p.joint_state[joint_of(patients, i, k)] == JointState.NATIVE:
        unloading = t.unloading_hazard_ratio if p.status & Status.UNLOADING else 1.0
        aetiology = p.aetiology if lesion.onset_years == 0.0 else ANOTHER_TIME
        neck_hazard = t.neck_fracture_hazard[aetiology, lesion.site] * unloading
    if neck_hazard != lesion.neck_hazard:
        lesion.neck_budget -= lesion.neck_hazard * (p.now_years - lesion.neck_anchor_years)
        lesion.neck_anchor_years = p.now_years
        lesion.neck_hazard = neck_hazard
        schedule(patients, i, SLOT_NECK_FRACTURE + k, budget_spent_years(p.now_years, lesion.neck_budget, neck_hazard))


@rule
def turns_into_osteonecrosis_years(patients: Patients, i: int, tables: Tables, k: int) -> float:
    """When lesion `k` would turn into osteonecrosis if it hurt for so long; inf if it is no early stage of it.

    The hazard is constant while the lesion is symptomatic, which it is without a break, so its budget gives one time.
    """
    hazard = tables[0].osteonecrosis_hazard
    if hazard <= 0.0:
        return math.inf
    budget = exponential_quantile(luck(patients, i, tables, Decision.OSTEONECROSIS_BUDGET, k, 0))
    return patients[i].lesions[k].onset_years + budget / hazard


@rule
def fracture(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """A subchondral insufficiency fracture: opens the way to collapse."""
    p = patients[i]
    lesion = p.lesions[k]
    lesion.fractured = 1
    lesion.fracture_budget = exponential_quantile(luck(patients, i, tables, Decision.COLLAPSE_BUDGET, k, 0))
    lesion.fracture_anchor_years = p.now_years
    lesion.fracture_hazard = 0.0
    cancel(patients, i, SLOT_FRACTURE + k)
    update_hazards(patients, i, tables, k)
    p.dirty = 1
    record(patients, i, tables, history, Event.INSUFFICIENCY_FRACTURE, k, -1, math.nan)


@rule
def await_arthroplasty(patients: Patients, i: int, tables: Tables, joint: int) -> None:
    """Start the time until a collapsed hip or knee is listed for replacement (constant hazard), unless it runs."""
    if patients[i].slot_years[SLOT_JOINT + joint] < math.inf:
        return
    hazard = tables[0].arthroplasty_hazard[joint // 2]
    budget = exponential_quantile(luck_of_joint(patients, i, tables, Decision.ARTHROPLASTY_BUDGET, joint, 0))
    schedule(patients, i, SLOT_JOINT + joint, budget_spent_years(patients[i].now_years, budget, hazard))


@rule
def collapse(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """The joint surface gives way: a pain floor until the joint is replaced."""
    p = patients[i]
    lesion = p.lesions[k]
    joint = joint_of(patients, i, k)
    p.joint_state[joint] = JointState.COLLAPSED
    p.joint_floor[joint] = tables[0].collapse_floor
    p.joint_osteonecrosis[joint] = lesion.osteonecrosis
    p.lines_beside_lesions += 1
    p.dirty = 1
    for other in range(p.lesions_begun):
        update_hazards(patients, i, tables, other)
    record(patients, i, tables, history, Event.COLLAPSE, k, -1, joint)
    if lesion.known:
        await_arthroplasty(patients, i, tables, joint)


@rule
def neck_fracture(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """A femoral neck fracture, fixed at once; some fixations fail and end in a replacement."""
    p = patients[i]
    t = tables[0]
    lesion = p.lesions[k]
    lesion.neck_budget = math.inf  # one neck fracture a lesion: the fixed neck does not break again
    lesion.neck_hazard = 0.0
    joint = joint_of(patients, i, k)
    p.neck_fractures += 1
    p.neck_fracture_stage = 0
    p.dirty = 1
    schedule(patients, i, SLOT_NECK_FRACTURE_STAGE, p.now_years + t.neck_fracture_edges_years[0])
    record(patients, i, tables, history, Event.NECK_FRACTURE, k, -1, joint)
    if (
        luck_of_joint(patients, i, tables, Decision.FIXATION_FAILURE, joint, p.neck_fractures)
        < t.fixation_failure_probability
    ):
        if p.joint_state[joint] == JointState.NATIVE:
            p.joint_state[joint] = JointState.LISTED
            schedule(patients, i, SLOT_JOINT + joint, p.now_years + t.fixation_failure_years)


@rule
def neck_fracture_stage(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """The fracture passes from acute to recovering to late."""
    p = patients[i]
    edges = tables[0].neck_fracture_edges_years
    p.neck_fracture_stage += 1
    p.dirty = 1
    if p.neck_fracture_stage == 1:
        schedule(patients, i, SLOT_NECK_FRACTURE_STAGE, p.now_years + (edges[1] - edges[0]))
    record(patients, i, tables, history, Event.NECK_FRACTURE_STAGE, -1, -1, p.neck_fracture_stage)


@rule
def update_nsaid(patients: Patients, i: int, tables: Tables) -> None:
    """The usual NSAID: used in an episode by those who can take it; its harm is a hazard of use."""
    p = patients[i]
    uses = p.nsaid_possible and p.episode_open
    if uses == p.uses_nsaid:
        return
    hazard = tables[0].gastrointestinal_hazard
    if p.uses_nsaid:
        p.gastrointestinal_budget -= hazard * (p.now_years - p.gastrointestinal_anchor_years)
        cancel(patients, i, SLOT_GASTROINTESTINAL)
        p.status = p.status & ~Status.USES_NSAID
    else:
        p.gastrointestinal_anchor_years = p.now_years
        spent = budget_spent_years(p.now_years, p.gastrointestinal_budget, hazard)
        schedule(patients, i, SLOT_GASTROINTESTINAL, spent)
        p.status = p.status | Status.USES_NSAID
    p.uses_nsaid = uses


@rule
def end_episode_if_well(patients: Patients, i: int, tables: Tables) -> None:
    """When no lesion hurts any more the episode is over: the row that says so already shows the NSAID put away."""
    p = patients[i]
    settle_symptomatic(patients, i)
    if p.episode_open and not p.status & Status.SYMPTOMATIC:
        p.episode_open = 0
        p.episode_just_closed = 1
        update_nsaid(patients, i, tables)


@rule
def replace_joint(patients: Patients, i: int, tables: Tables, joint: int) -> None:
    """The lesions of the joint end with it; a small residual pain stays."""
    p = patients[i]
    if p.joint_floor[joint] == 0.0:
        p.lines_beside_lesions += 1
    p.joint_floor[joint] = tables[0].arthroplasty_residual_pain
    p.joint_state[joint] = JointState.REPLACED
    for k in range(p.lesions_begun):
        lesion = p.lesions[k]
        if joint_of(patients, i, k) == joint and lesion.state != LesionState.VOID:
            if lesion.state == LesionState.CHRONIC:
                p.lines_beside_lesions -= 1
            lesion.state = LesionState.REPLACED
            for slot in (SLOT_RESOLVE, SLOT_STAGE, SLOT_OSTEONECROSIS, SLOT_LESION_CARE):
                cancel(patients, i, slot + k)
            update_hazards(patients, i, tables, k)
    end_episode_if_well(patients, i, tables)


@rule
def die(patients: Patients, i: int, tables: Tables, history: History, cause: int) -> None:
    """Death ends everything: pain, hazards, contacts."""
    p = patients[i]
    p.alive = 0
    p.status = 0
    p.dirty = 1
    clear_calendar(patients, i)
    record(patients, i, tables, history, Event.DEATH, -1, -1, cause)


@rule
def joint_event(patients: Patients, i: int, tables: Tables, history: History, joint: int) -> None:
    """What the calendar holds for a joint: listing, replacement, or revision."""
    p = patients[i]
    t = tables[0]
    if p.joint_state[joint] == JointState.COLLAPSED:
        p.joint_state[joint] = JointState.LISTED
        u = luck_of_joint(patients, i, tables, Decision.ARTHROPLASTY_WAIT, joint, 0)
        wait = lognormal_quantile(u, t.arthroplasty_wait_median_years, t.arthroplasty_wait_sigma)
        schedule(patients, i, SLOT_JOINT + joint, p.now_years + wait)
        record(patients, i, tables, history, Event.ARTHROPLASTY_LISTED, -1, -1, joint)
        return
    p.joint_operations[joint] += 1
    p.dirty = 1
    if p.joint_state[joint] == JointState.LISTED:
        replace_joint(patients, i, tables, joint)
        record(patients, i, tables, history, Event.ARTHROPLASTY, -1, -1, joint)
    else:
        record(patients, i, tables, history, Event.REVISION, -1, -1, joint)
    operations = p.joint_operations[joint]
    death_probability = t.arthroplasty_death_probability[p.joint_osteonecrosis[joint]]
    if luck_of_joint(patients, i, tables, Decision.PERIOPERATIVE_DEATH, joint, operations) < death_probability:
        die(patients, i, tables, history, PERIOPERATIVE)
        return
    life = weibull_quantile(
        luck_of_joint(patients, i, tables, Decision.REVISION, joint, operations),
        t.revision_shape,
        t.revision_scale_years,
    )
    schedule(patients, i, SLOT_JOINT + joint, p.now_years + life)
