"""Valuing the courses of one strategy in one pass over their history rows; compiled, and free of the interpreter lock.

`value_block` is the door for Python; `value_courses` is the kernel. Everything counts from the ENTRY row on; rows
before it only tell what is true at entry. Three outcomes look back: `lesions`, `insufficiency_fractures` and
`wrong_diagnoses` count all there were.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.disease.rule import generic
from sim.valuation.charges import end_home_courses
from sim.valuation.counts import begin_counts, end_counts, follow_counts
from sim.valuation.curves import GRID_SUMS, add_to_curves, count_points, empty_curves
from sim.valuation.intervals import count_interval
from sim.valuation.outcomes import OUTCOME, OUTCOME_GROUPED
from sim.valuation.resources import CATEGORY_COUNT
from sim.valuation.rows import note_row, take_event
from sim.valuation.situation import FLOWS, SITUATION, begin, plan_recovery
from sim.valuation.spells import change_spells, end_spells
from sim.valuation.unrelated import charge_unrelated
from sim.vocabulary.errors import RunError
from sim.vocabulary.events import DeathCause, Event, Status
from sim.vocabulary.slots import ADVERSE_EVENTS_PER_TREATMENT, TREATMENTS

MONTHS_PER_YEAR = 12.0


@dataclass(frozen=True)
class BlockValue:
    """What the courses of one strategy in one block are worth.

    `outcomes`: dtype OUTCOME, one record a patient. `curves`: dtype CURVE, one record a grid point, sums over patients.
    `adverse_events`: (treatments, adverse events) counts after entry, by their numbers in the history. `states_at`:
    (patients, 5), the HealthState at FLOW_MONTHS since entry, -1 after the end of follow-up.
    """

    outcomes: npt.NDArray[Any]
    curves: npt.NDArray[Any]
    adverse_events: npt.NDArray[np.int64]
    states_at: npt.NDArray[np.int8]


def value_block(history: npt.NDArray[Any], patients: npt.NDArray[Any], tariff: npt.NDArray[Any]) -> BlockValue:
    """Value the `history` (HISTORY) of one strategy, whose courses stand in the order of `patients` (PATIENT).

    Raises RunError when the rows and the patients do not fit together.
    """
    outcomes = np.zeros(len(patients), OUTCOME)
    curves = empty_curves()
    adverse_events = np.zeros((TREATMENTS, ADVERSE_EVENTS_PER_TREATMENT), np.int64)
    situations = np.zeros(1, SITUATION)
    grouped = outcomes.view(OUTCOME_GROUPED)
    sums = np.zeros(1, GRID_SUMS)
    states_at = np.zeros((len(patients), FLOWS), np.int8)
    failed = value_courses(history, patients, tariff, situations, sums, grouped, adverse_events, states_at)
    if failed >= 0:
        if failed == len(patients):
            raise RunError("the history holds rows after the last patient's course")
        patient_id = patients["patient_id"][failed]
        raise RunError(f"the history of patient {patient_id} cannot be valued: his rows do not form one whole course")
    add_to_curves(sums, curves)
    return BlockValue(outcomes, curves, adverse_events, states_at)


@generic
def value_courses(
    history: npt.NDArray[Any],
    patients: npt.NDArray[Any],
    tariff: npt.NDArray[Any],
    situations: npt.NDArray[Any],
    sums: npt.NDArray[Any],
    outcomes: npt.NDArray[Any],
    adverse_events: npt.NDArray[Any],
    states_at: npt.NDArray[Any],
) -> int:
    """Fill `outcomes` (OUTCOME_GROUPED, zeros) and `states_at`, one a patient; add to `sums` and `adverse_events`.

    Returns -1, or the place of the first patient whose rows are no whole course (or hold more than a SITUATION can);
    the number of patients if rows are left over.
    """
    row = 0
    for i in range(len(patients)):
        begin(situations[0], patients[i])
        start = row
        row = value_course(history, start, situations[0], tariff[0], outcomes[i], sums[0], patients[i])
        if row < 0 or history[start].patient_id != patients[i].patient_id:
            return i
        if outcomes[i].adverse_events > 0.0:
            count_adverse_events(history, start, row, adverse_events)
        for k in range(FLOWS):
            states_at[i, k] = situations[0].states[k]
    return -1 if row == len(history) else len(patients)


@generic
def value_course(
    history: npt.NDArray[Any], row: int, s: Any, tariff: Any, outcome: Any, sums: Any, patient: Any
) -> int:
    """Value the course that starts at `row`, in the situation record `s`; the row after it, or -1 if it is broken."""
    if row == len(history):
        return -1
    patient_id = history[row].patient_id
    while row < len(history) and history[row].patient_id == patient_id:
        r = history[row]
        if s.entered:
            count_points(s, tariff, sums, r.time_years)
            count_interval(s, tariff, outcome, r.time_years)
        s.counts_changed |= (s.health_state ^ r.health_state) | ((s.status ^ r.status) & Status.SYMPTOMATIC)
        note_row(s, tariff, r)
        if tariff.event_is_taken[r.event]:
            take_event(s, tariff, outcome, r, patient)
        changed = (s.status ^ s.spells) & tariff.spells_charged
        if changed:
            change_spells(s, tariff, outcome, changed)
        if r.event == Event.NECK_FRACTURE_STAGE:
            plan_recovery(s, tariff, history, row)
        row += 1
        if r.event == Event.DEATH or r.event == Event.FOLLOW_UP_ENDED:
            if s.entered:
                end_counts(s, tariff, sums, r.event == Event.DEATH)
            finish(s, tariff, outcome, r)
            return row if s.entered and not s.overflow else -1
        if s.entered and s.counts_changed:
            if r.event == Event.ENTRY:
                begin_counts(s, sums)
            follow_counts(s, sums)
    return -1


@generic
def count_adverse_events(history: npt.NDArray[Any], start: int, end: int, counts: npt.NDArray[Any]) -> None:
    """Add the adverse events of one course, from its ENTRY row on, to `counts` (treatments, adverse events)."""
    entered = False
    for row in range(start, end):
        event = history[row].event
        entered = entered or event == Event.ENTRY
        if entered and event == Event.ADVERSE_EVENT_STARTS:
            counts[history[row].treatment, int(history[row].value)] += 1


@generic
def finish(s: Any, tariff: Any, outcome: Any, last: Any) -> None:
    """At the `last` row: what still runs is charged; months, counts and total costs are worked out."""
    end_home_courses(s, tariff, outcome)
    end_spells(s, tariff, outcome)
    charge_unrelated(s, tariff, outcome)
    outcome.symptoms_resolved = 0.0 if np.isnan(s.resolved_years) else 1.0
    outcome.symptom_months_from_onset = MONTHS_PER_YEAR * s.resolved_years
    outcome.symptom_months_from_entry = MONTHS_PER_YEAR * (s.resolved_years - s.entry_years)
    outcome.symptom_months_from_diagnosis = months_between(s.diagnosis_years, s.resolved_years)
    outcome.symptom_months_from_treatment = months_between(s.treatment_years, s.resolved_years)
    outcome.mri_months_from_onset = MONTHS_PER_YEAR * s.mri_normal_years
    outcome.mri_months_from_entry = MONTHS_PER_YEAR * (s.mri_normal_years - s.entry_years)
    outcome.mri_months_from_diagnosis = months_between(s.diagnosis_years, s.mri_normal_years)
    outcome.mri_months_from_treatment = months_between(s.treatment_years, s.mri_normal_years)
    outcome.sport_months_from_diagnosis = months_between(s.diagnosis_years, s.sport_years)
    outcome.wrong_diagnoses = s.event_counts[Event.WRONG_DIAGNOSIS]
    outcome.treated = 0.0 if np.isnan(s.treatment_years) else 1.0
    outcome.lesions = s.event_counts[Event.LESION_STARTS]
    outcome.insufficiency_fractures = s.event_counts[Event.INSUFFICIENCY_FRACTURE]
    outcome.collapses = s.event_counts[Event.COLLAPSE]
    outcome.neck_fractures = s.event_counts[Event.NECK_FRACTURE]
    outcome.vertebral_fractures = s.event_counts[Event.VERTEBRAL_FRACTURE]
    outcome.arthroplasties = s.event_counts[Event.ARTHROPLASTY]
    outcome.revisions = s.event_counts[Event.REVISION]
    outcome.osteonecrosis_found = s.event_counts[Event.OSTEONECROSIS_FOUND]
    outcome.gastrointestinal_events = s.event_counts[Event.GASTROINTESTINAL_EVENT]
    outcome.adverse_events = s.event_counts[Event.ADVERSE_EVENT_STARTS]
    if last.event == Event.DEATH and int(last.value) == DeathCause.PERIOPERATIVE:
        outcome.deaths_perioperative = 1.0
    for category in range(CATEGORY_COUNT):
        outcome.cost += tariff.in_perspective[category] * outcome.costs[category]
        outcome.cost_discounted += tariff.in_perspective[category] * outcome.costs_discounted[category]


@generic
def months_between(start_years: float, end_years: float) -> float:
    """Months from start to end; nan when either never came or the end came before the start."""
    return MONTHS_PER_YEAR * (end_years - start_years) if end_years >= start_years else np.nan
