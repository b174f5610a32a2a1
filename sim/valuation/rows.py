"""Taking one history row: what it costs, and what is true from it on. The decision table of valuation by event."""

from typing import Any

import numpy as np

from sim.disease.rule import generic
from sim.valuation.charges import (
    charge,
    charge_first_contact,
    charge_scan,
    end_home_course,
    site_of,
    start_home_course,
)
from sim.valuation.costs import FIRST_LESION, FURTHER_LESION
from sim.valuation.joints import begin_in_joint, end_in_joint, end_joint
from sim.valuation.situation import (
    NECK_ACUTE,
    NECK_LATE,
    NECK_RECOVERING,
    close_adverse_event,
    enter,
    is_known,
    open_adverse_event,
    open_phase,
)
from sim.valuation.utility import grow_older
from sim.vocabulary.care_terms import Setting
from sim.vocabulary.events import Event

# Events for which `take_event` has a branch of its own. Others matter only where they cost something, and half of all
# rows neither have one nor cost: they are passed over.
OWN_BRANCH = (
    Event.ENTRY,
    Event.LESION_STARTS,
    Event.SYMPTOMS_RESOLVE,
    Event.FIRST_CONTACT,
    Event.MRI_SCAN,
    Event.DIAGNOSIS,
    Event.MRI_NORMAL,
    Event.RETURN_TO_SPORT,
    Event.INSUFFICIENCY_FRACTURE,
    Event.TREATMENT_STARTS,
    Event.ADMINISTRATION,
    Event.TREATMENT_ENDS,
    Event.ADVERSE_EVENT_STARTS,
    Event.ADVERSE_EVENT_ENDS,
    Event.GASTROINTESTINAL_EVENT,
    Event.VERTEBRAL_FRACTURE,
    Event.ARTHROPLASTY,
    Event.NECK_FRACTURE,
    Event.NECK_FRACTURE_STAGE,
)


@generic
def note_row(s: Any, tariff: Any, r: Any) -> None:
    """What holds from the row `r` on, whatever happened."""
    s.time_years = r.time_years
    s.pain = r.pain_after
    s.slope = r.slope
    s.rest_pain = r.rest_pain_after
    s.rest_slope = r.rest_slope
    s.felt = tariff.load_weight * s.pain + tariff.rest_weight * s.rest_pain
    s.felt_slope = tariff.load_weight * s.slope + tariff.rest_weight * s.rest_slope
    s.status = r.status
    s.health_state = r.health_state
    s.event_counts[r.event] += 1


@generic
def take_event(s: Any, tariff: Any, outcome: Any, r: Any, patient: Any) -> None:
    """Charge what happened at the row `r` of `patient` and bring the situation up to date with it."""
    event = r.event
    if event == Event.ENTRY:
        enter(s, r.time_years)
        grow_older(s, r.time_years)
    elif event == Event.LESION_STARTS:
        begin_in_joint(s, patient, r.lesion, r.site)
    elif event == Event.SYMPTOMS_RESOLVE:
        end_in_joint(s, patient, r.lesion)
    elif event == Event.FIRST_CONTACT:
        charge_first_contact(s, tariff, outcome, r.strategy)
    elif event == Event.MRI_SCAN:
        charge_scan(s, tariff, outcome, r.lesion, r.strategy)
    elif event == Event.DIAGNOSIS:
        take_diagnosis(s, tariff, outcome, r)
    elif event == Event.MRI_NORMAL:
        if r.lesion == 0 and s.entered:
            s.mri_normal_years = first(s.mri_normal_years, r.time_years)
            s.counts_changed = 1
    elif event == Event.RETURN_TO_SPORT:
        if s.entered:
            s.sport_years = first(s.sport_years, r.time_years)
    elif event == Event.INSUFFICIENCY_FRACTURE:
        take_fracture(s, tariff, outcome, r.lesion)
    elif event == Event.TREATMENT_STARTS:
        take_treatment(s, tariff, outcome, r)
    elif event == Event.ADMINISTRATION:
        charge(s, outcome, tariff.administration_costs[r.treatment, site_of(r)])
    elif event == Event.TREATMENT_ENDS:
        end_home_course(s, tariff, outcome, r.treatment)
    elif event == Event.ADVERSE_EVENT_STARTS:
        number = int(r.value)
        open_adverse_event(s, tariff, r.treatment, number)
        charge(s, outcome, tariff.adverse_event_costs[r.treatment, number])
    elif event == Event.ADVERSE_EVENT_ENDS:
        close_adverse_event(s, tariff, r.treatment, int(r.value))
    else:
        charge(s, outcome, tariff.event_costs[event, site_of(r)])
    if event == Event.GASTROINTESTINAL_EVENT:
        open_phase(s, tariff.gastrointestinal_disutility, tariff.gastrointestinal_years)
    elif event == Event.VERTEBRAL_FRACTURE:
        open_phase(s, tariff.vertebral_fracture_disutility, tariff.vertebral_fracture_years)
    elif event == Event.ARTHROPLASTY:
        end_joint(s, patient, int(r.value))
    elif event == Event.NECK_FRACTURE:
        s.neck = NECK_ACUTE
        s.neck_fracture_years = r.time_years
    elif event == Event.NECK_FRACTURE_STAGE:
        s.neck = NECK_LATE if r.value >= 2.0 else NECK_RECOVERING
        s.neck_stage_years = r.time_years


@generic
def take_diagnosis(s: Any, tariff: Any, outcome: Any, r: Any) -> None:
    """A diagnosis also bears the clinic visit for a fracture that nobody had seen before it.

    Lesions that are diagnosed at the same moment (on both sides) are one visit, one pair of crutches and one course of
    physiotherapy, which the first of the rows bears.
    """
    if s.last_diagnosis_years != r.time_years:
        charge(s, outcome, tariff.diagnosis_costs[FIRST_LESION if r.lesion <= 0 else FURTHER_LESION, site_of(r)])
    s.last_diagnosis_years = r.time_years
    if r.lesion <= 0:  # also before entry: where a clock begins is no outcome yet
        s.diagnosis_years = first(s.diagnosis_years, r.time_years)
    if r.lesion >= 0:
        if s.unseen_fractures & (1 << r.lesion):
            charge(s, outcome, tariff.fracture_costs)
        s.unseen_fractures &= ~(1 << r.lesion)
        s.known_lesions |= 1 << r.lesion


@generic
def take_fracture(s: Any, tariff: Any, outcome: Any, lesion: int) -> None:
    """An insufficiency fracture is paid at once in a known lesion, else at the diagnosis of its lesion."""
    if is_known(s, lesion):
        charge(s, outcome, tariff.fracture_costs)
    else:
        s.unseen_fractures |= 1 << lesion


@generic
def take_treatment(s: Any, tariff: Any, outcome: Any, r: Any) -> None:
    """A course starts: what comes before it, its first administration, its running cost, a procedure's weeks."""
    charge(s, outcome, tariff.start_costs[r.treatment, site_of(r)])
    if tariff.costs_at_home[r.treatment]:
        start_home_course(s, r.treatment)
    if tariff.treatment_setting[r.treatment] == Setting.THEATRE:
        open_phase(s, tariff.procedure_disutility[r.treatment], tariff.procedure_years[r.treatment])
    if s.entered:
        s.treatment_years = first(s.treatment_years, r.time_years)


@generic
def first(known_years: float, time_years: float) -> float:
    """The time already known, or this one where it is nan."""
    return time_years if np.isnan(known_years) else known_years
