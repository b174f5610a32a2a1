"""A lesion's own events: it begins, its pain and its oedema change stage, its symptoms resolve."""

import math

from sim.disease.calendar import cancel, schedule
from sim.disease.complications import end_episode_if_well, turns_into_osteonecrosis_years, update_hazards
from sim.disease.healing import GAIN_STAGE, PAIN_STAGE, schedule_stage, update_lesion, work_done
from sim.disease.luck import exponential_quantile, luck
from sim.disease.pain import refresh_line
from sim.disease.recording import record
from sim.disease.rule import History, Patients, Tables, rule
from sim.vocabulary.enums import LesionState, MriStage
from sim.vocabulary.events import Decision, Event, Status
from sim.vocabulary.slots import SLOT_FRACTURE, SLOT_OSTEONECROSIS, SLOT_RESOLVE


@rule
def begin_lesion(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """Lesion `k`, whose fixed attributes the cohort has drawn, starts now."""
    p = patients[i]
    t = tables[0]
    lesion = p.lesions[k]
    lesion.state = LesionState.ACTIVE
    lesion.pain_phase = 0
    lesion.mri_stage = MriStage.GROWING
    lesion.known = 0
    lesion.rate = 0.0  # so that update_lesion anchors the clock here
    lesion.anchor_years = p.now_years
    lesion.anchor_done_years = 0.0
    if lesion.chronic:
        p.lines_beside_lesions += 1
    budget = Decision.OSTEONECROSIS_BUDGET if lesion.osteonecrosis else Decision.FRACTURE_BUDGET
    lesion.fracture_budget = exponential_quantile(luck(patients, i, tables, budget, k, 0))
    lesion.neck_budget = exponential_quantile(luck(patients, i, tables, Decision.NECK_FRACTURE_BUDGET, k, 0))
    if not lesion.osteonecrosis:
        turns_years = turns_into_osteonecrosis_years(patients, i, tables, k)
        if turns_years < math.inf:
            schedule(patients, i, SLOT_OSTEONECROSIS + k, max(turns_years, p.now_years))
        at_onset = t.fracture_onset_probability[p.fracture_band] * t.fracture_site_ratio[lesion.site]
        if luck(patients, i, tables, Decision.FRACTURE_AT_ONSET, k, 0) < at_onset:
            lesion.fractured = 1
            lesion.fracture_budget = exponential_quantile(luck(patients, i, tables, Decision.COLLAPSE_BUDGET, k, 0))
    update_lesion(patients, i, tables, k)
    update_hazards(patients, i, tables, k)
    p.status = p.status | Status.SYMPTOMATIC
    record(patients, i, tables, history, Event.LESION_STARTS, k, -1, lesion.destination)
    if lesion.fractured:
        record(patients, i, tables, history, Event.INSUFFICIENCY_FRACTURE, k, -1, math.nan)


@rule
def lesion_stage(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """The pain of lesion `k` enters its plateau or its decline, its oedema turns or is gone, or a gain is used up."""
    p = patients[i]
    lesion = p.lesions[k]
    if lesion.next_stage == GAIN_STAGE:
        lesion.ahead_years = -lesion.gain_rate * (p.now_years - lesion.anchor_years)  # nothing is left of the gain
        update_lesion(patients, i, tables, k)
        schedule_stage(patients, i, tables, k)
        record(patients, i, tables, history, Event.GAIN_GIVEN_BACK, k, -1, math.nan)
        return
    if lesion.next_stage == PAIN_STAGE:
        lesion.pain_phase += 1
        refresh_line(patients, i, tables, k, work_done(patients, i, k))
        event = Event.PAIN_PEAK_REACHED if lesion.pain_phase == 1 else Event.PAIN_DECLINE_STARTS
    else:
        lesion.mri_stage += 1
        event = Event.MRI_NORMAL if lesion.mri_stage == MriStage.NORMAL else Event.OEDEMA_PEAK_REACHED
    schedule_stage(patients, i, tables, k)
    record(patients, i, tables, history, event, k, -1, math.nan)


@rule
def symptoms_resolve(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """All healing work of lesion `k` is done: its pain is gone, or goes on at the chronic floor."""
    p = patients[i]
    lesion = p.lesions[k]
    if lesion.chronic:
        lesion.state = LesionState.CHRONIC
        refresh_line(patients, i, tables, k, lesion.work_years)
    else:
        lesion.state = LesionState.RESOLVED
    cancel(patients, i, SLOT_OSTEONECROSIS + k)
    schedule_stage(patients, i, tables, k)
    update_hazards(patients, i, tables, k)
    end_episode_if_well(patients, i, tables)
    p.dirty = 1
    record(patients, i, tables, history, Event.SYMPTOMS_RESOLVE, k, -1, math.nan)


@rule
def turn_into_osteonecrosis(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """What was an early stage becomes dead bone: its pain goes back to the plateau and stays, until collapse."""
    p = patients[i]
    lesion = p.lesions[k]
    done = work_done(patients, i, k)
    lesion.osteonecrosis = 1
    lesion.pain_phase = min(lesion.pain_phase, 1)
    lesion.mri_stage = MriStage.GROWING
    if lesion.chronic:
        lesion.chronic = 0
        p.lines_beside_lesions -= 1
    lesion.fracture_budget = exponential_quantile(luck(patients, i, tables, Decision.COLLAPSE_BUDGET, k, 1))
    lesion.fracture_anchor_years = p.now_years
    lesion.fracture_hazard = 0.0
    cancel(patients, i, SLOT_RESOLVE + k)
    cancel(patients, i, SLOT_FRACTURE + k)
    update_hazards(patients, i, tables, k)
    refresh_line(patients, i, tables, k, done)
    schedule_stage(patients, i, tables, k)
    record(patients, i, tables, history, Event.OSTEONECROSIS_STARTS, k, -1, math.nan)
