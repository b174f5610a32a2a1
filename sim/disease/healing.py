"""The exact healing clock: work done at a piecewise-constant rate, boundaries, open effect windows.

A lesion keeps an anchor (time, work done) and a rate. The rate is recomputed from the open windows at every edge,
and the anchor moves only when the new rate differs bit for bit: an inert treatment moves nothing.
"""

import math

from sim.disease.calendar import schedule
from sim.disease.pain import refresh_line
from sim.disease.rule import Patients, Tables, rule
from sim.vocabulary.care_terms import TreatmentClass
from sim.vocabulary.enums import LesionState, MriStage
from sim.vocabulary.events import Status
from sim.vocabulary.slots import CLASSES, SLOT_RESOLVE, SLOT_STAGE, WINDOWS

# next_stage of a lesion: what the next stage on its calendar is about
MRI_STAGE = 0
PAIN_STAGE = 1
GAIN_STAGE = 2

LEAST_GAIN_YEARS = 1e-12  # below it nothing is given back: rounding


@rule
def exponential(x: float) -> float:
    """exp(x), without the work where no window is open."""
    return 1.0 if x == 0.0 else math.exp(x)


@rule
def work_done(patients: Patients, i: int, k: int) -> float:
    """Years of supportive-care healing that lesion `k` has behind it now."""
    p = patients[i]
    lesion = p.lesions[k]
    return lesion.anchor_done_years + lesion.rate * (p.now_years - lesion.anchor_years)


@rule
def window_reaches(patients: Patients, i: int, w: int, k: int) -> bool:
    """Whether open window `w` acts on lesion `k`: systemic ones on all, local ones on their own."""
    window = patients[i].windows[w]
    return window.treatment >= 0 and (window.lesion < 0 or window.lesion == k)


@rule
def stronger(one: float, other: float) -> float:
    """The log effect that is further from none; the first of two equal ones."""
    return other if abs(other) > abs(one) else one


@rule
def log_effects(patients: Patients, i: int, tables: Tables, k: int) -> tuple[float, float]:
    """Logs of the healing factor and of the residual pain multiplier on lesion `k`.

    Strongest open effect within a class, product between classes, summed in class order so that neither the order of
    treatments in a strategy nor that of windows matters. By a switch only the strongest of all counts; by another
    bisphosphonates do nothing for a lesion to which the disease has migrated (no bilateral start).
    """
    p = patients[i]
    t = tables[0]
    log_healing, log_pain = 0.0, 0.0
    if p.open_windows == 0:
        return log_healing, log_pain
    classes = 0
    for w in range(WINDOWS):
        if window_reaches(patients, i, w, k):
            classes |= 1 << p.windows[w].treatment_class
    for effect_class in range(CLASSES):
        if not (classes >> effect_class) & 1:
            continue
        if t.migratory_nonresponse and k > p.bilateral and effect_class == TreatmentClass.BISPHOSPHONATE:
            continue
        healing, pain = 0.0, 0.0
        for w in range(WINDOWS):
            window = p.windows[w]
            if window_reaches(patients, i, w, k) and window.treatment_class == effect_class:
                healing = stronger(healing, window.log_healing)
                pain = stronger(pain, window.log_pain)
        if t.strongest_only:
            log_healing, log_pain = stronger(log_healing, healing), stronger(log_pain, pain)
        else:
            log_healing += healing
            log_pain += pain
    return log_healing, log_pain


@rule
def boundary_years(patients: Patients, i: int, k: int, work_years: float) -> float:
    """When lesion `k` will have done `work_years`, at its present rate."""
    lesion = patients[i].lesions[k]
    return max(lesion.anchor_years + (work_years - lesion.anchor_done_years) / lesion.rate, patients[i].now_years)


@rule
def pain_stage_years(patients: Patients, i: int, tables: Tables, k: int) -> float:
    """When the load pain of lesion `k` next changes its phase before resolution; inf if it will not."""
    lesion = patients[i].lesions[k]
    last = 1 if lesion.osteonecrosis else 2
    if lesion.state != LesionState.ACTIVE or lesion.pain_phase >= last:
        return math.inf
    return boundary_years(patients, i, k, tables[0].pain_knots[lesion.pain_phase + 1] * lesion.work_years)


@rule
def mri_stage_years(patients: Patients, i: int, tables: Tables, k: int) -> float:
    """When the oedema of lesion `k` next changes its stage; inf once the MRI is normal."""
    t = tables[0]
    lesion = patients[i].lesions[k]
    going = lesion.state == LesionState.ACTIVE or lesion.state == LesionState.RESOLVED
    if lesion.mri_stage == MriStage.NORMAL or lesion.osteonecrosis:
        return math.inf
    if not going and lesion.state != LesionState.CHRONIC:
        return math.inf
    whole = lesion.work_years + lesion.lag_years
    if lesion.mri_stage == MriStage.GROWING:
        return boundary_years(patients, i, k, t.size_peak_share * whole)
    return boundary_years(patients, i, k, whole)


@rule
def schedule_stage(patients: Patients, i: int, tables: Tables, k: int) -> None:
    """Put the next stage of lesion `k` on the calendar; of several at once the pain's comes first."""
    pain_years = pain_stage_years(patients, i, tables, k)
    mri_years = mri_stage_years(patients, i, tables, k)
    lesion = patients[i].lesions[k]
    lesion.next_stage = PAIN_STAGE if pain_years <= mri_years else MRI_STAGE
    stage_years = min(pain_years, mri_years)
    if lesion.gain_rate < 0.0 and stage_years < math.inf:  # while anything still heals
        used_up_years = max(lesion.anchor_years - lesion.ahead_years / lesion.gain_rate, patients[i].now_years)
        if used_up_years < stage_years:
            lesion.next_stage = GAIN_STAGE
            stage_years = used_up_years
    schedule(patients, i, SLOT_STAGE + k, stage_years)


@rule
def schedule_boundaries(patients: Patients, i: int, tables: Tables, k: int) -> None:
    """Put the next boundaries of lesion `k` on the calendar: symptoms resolve, and the next other stage."""
    lesion = patients[i].lesions[k]
    if lesion.state == LesionState.ACTIVE and not lesion.osteonecrosis:
        schedule(patients, i, SLOT_RESOLVE + k, boundary_years(patients, i, k, lesion.work_years))
    schedule_stage(patients, i, tables, k)


@rule
def oedema_size(patients: Patients, i: int, tables: Tables, k: int) -> float:
    """True oedema size of lesion `k` now, as a share of its largest (piecewise linear in work done)."""
    t = tables[0]
    lesion = patients[i].lesions[k]
    if lesion.mri_stage == MriStage.NORMAL:
        return 0.0
    share = work_done(patients, i, k) / (lesion.work_years + lesion.lag_years)
    if lesion.osteonecrosis:
        share = min(share, t.size_peak_share)
    if share <= t.size_peak_share:
        return t.size_start + (1.0 - t.size_start) * share / t.size_peak_share
    return max(0.0, (1.0 - share) / (1.0 - t.size_peak_share))


@rule
def gained_years(patients: Patients, i: int, k: int) -> float:
    """Work that lesion `k` now has ahead of supportive care; kept only where gains are given back."""
    lesion = patients[i].lesions[k]
    gained = lesion.ahead_years + lesion.gain_rate * (patients[i].now_years - lesion.anchor_years)
    return gained if gained > LEAST_GAIN_YEARS else 0.0


@rule
def give_back(patients: Patients, i: int, k: int, log_healing: float) -> float:
    """Log of the healing factor where gains are not kept: after treatment 1 / factor, until nothing is gained."""
    lesion = patients[i].lesions[k]
    if log_healing > 0.0:
        lesion.gain_log_factor = max(lesion.gain_log_factor, log_healing)
    elif log_healing == 0.0 and gained_years(patients, i, k) > 0.0:
        return -lesion.gain_log_factor
    else:
        lesion.gain_log_factor = 0.0
    return log_healing


@rule
def update_lesion(patients: Patients, i: int, tables: Tables, k: int) -> None:
    """Recompute rate and pain multiplier of lesion `k`; re-anchor only what changed bit for bit."""
    p = patients[i]
    t = tables[0]
    lesion = p.lesions[k]
    active = lesion.state == LesionState.ACTIVE
    healed = lesion.state == LesionState.RESOLVED or lesion.state == LesionState.CHRONIC
    if not active and (not healed or lesion.mri_stage == MriStage.NORMAL):
        return  # nothing heals in it any more
    log_healing, log_pain = log_effects(patients, i, tables, k)
    base = 1.0 if lesion.known else t.unprotected_rate
    gives_back = False
    if not t.gains_are_kept:
        treated = log_healing
        log_healing = give_back(patients, i, k, treated)
        gives_back = log_healing < treated
    rate = min(max(base * exponential(log_healing), t.minimum_rate), t.maximum_rate)
    analgesia = 1.0 if p.nsaid_possible else 1.0 / t.nsaid_multiplier
    multiplier = max(exponential(log_pain) * analgesia, t.pain_multiplier_minimum)
    rate_changed = rate != lesion.rate
    if not rate_changed and multiplier == lesion.pain_multiplier:
        return
    done = work_done(patients, i, k)
    lesion.pain_multiplier = multiplier
    if rate_changed:
        if not t.gains_are_kept:
            lesion.ahead_years = gained_years(patients, i, k)
            lesion.gain_rate = rate - base if gives_back or rate > base else 0.0
        lesion.anchor_years = p.now_years
        lesion.anchor_done_years = done
        lesion.rate = rate
        schedule_boundaries(patients, i, tables, k)
    if active:
        refresh_line(patients, i, tables, k, done)


@rule
def update_all_lesions(patients: Patients, i: int, tables: Tables) -> None:
    """Recompute every lesion after a window opened, moved or closed."""
    for k in range(patients[i].lesions_begun):
        update_lesion(patients, i, tables, k)


@rule
def any_symptomatic(patients: Patients, i: int) -> bool:
    """Whether a lesion of the patient still hurts."""
    for k in range(patients[i].lesions_begun):
        if patients[i].lesions[k].state == LesionState.ACTIVE:
            return True
    return False


@rule
def settle_symptomatic(patients: Patients, i: int) -> None:
    """Keep the status bit of being symptomatic true to the lesions."""
    p = patients[i]
    if any_symptomatic(patients, i):
        p.status = p.status | Status.SYMPTOMATIC
    else:
        p.status = p.status & ~Status.SYMPTOMATIC
