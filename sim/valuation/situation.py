"""What is true of a patient between two history rows, as far as value depends on it.

The walk over a course keeps one SITUATION record and brings it up to date with every row (rows.py). Rows before entry
change it too, for they are history, but nothing is counted until `entered`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.disease.rule import generic
from sim.vocabulary.events import Event
from sim.vocabulary.slots import COURSES, LESIONS, OPEN_ADVERSE_EVENTS, SITES

OPEN_PHASES = 16  # procedures, gastrointestinal events and vertebral fractures whose weeks are not over
SPELLS = 4  # kinds of spell, in spells.py
FLOWS = 5  # times at which the state is kept, in curves.py

EVENT_COUNT = max(Event) + 1

NECK_INTACT, NECK_ACUTE, NECK_RECOVERING, NECK_LATE = 0, 1, 2, 3

SITUATION = np.dtype(
    [
        # who
        ("age_at_onset_years", "f8"),
        ("sex", "i8"),
        ("entered", "i8"),
        ("overflow", "i8"),  # 1 when more was open than the record can hold
        # since the last row
        ("time_years", "f8"),
        ("pain", "f8"),  # load pain
        ("slope", "f8"),  # NRS per year
        ("rest_pain", "f8"),
        ("rest_slope", "f8"),
        ("felt", "f8"),  # the pain that utility follows
        ("felt_slope", "f8"),
        ("status", "i8"),
        ("health_state", "i8"),
        # age at time_years, kept by `grow_older`
        ("completed_years", "i8"),
        ("next_birthday_years", "f8"),
        # clocks that start at entry
        ("entry_years", "f8"),
        ("effect_discount", "f8"),  # factor at time_years
        ("cost_discount", "f8"),
        ("cost_clock_years", "f8"),  # discounted years since entry
        ("next_point", "i8"),  # of the curves' grid
        ("next_flow", "i8"),
        ("counts_changed", "i8"),  # whether the following have changed since they were counted
        ("counted_state", "i8"),  # what the curves count from the next point on
        ("counted_free", "i8"),
        ("counted_normal", "i8"),
        ("counted_joints", "i8", (SITES,)),
        ("states", "i8", (FLOWS,)),  # the health state at the times of the flow, -1 beyond follow-up
        # losses of utility
        ("added_loss", "f8"),  # open adverse events that come on top of pain
        ("replacing_loss", "f8"),  # the worst open adverse event that stands in for pain
        ("adverse_event_count", "i8"),
        ("adverse_event_treatment", "i8", (OPEN_ADVERSE_EVENTS,)),
        ("adverse_event_number", "i8", (OPEN_ADVERSE_EVENTS,)),
        ("phase_count", "i8"),
        ("phase_ends_years", "f8", (OPEN_PHASES,)),
        ("phase_loss", "f8", (OPEN_PHASES,)),
        ("neck", "i8"),  # NECK_INTACT to NECK_LATE
        ("neck_fracture_years", "f8"),
        ("neck_stage_years", "f8"),  # when its present stage began
        ("neck_recovery_ends_years", "f8"),
        # running costs: home courses, and spells by the bits of the status
        ("home_count", "i8"),
        ("home_treatment", "i8", (COURSES,)),
        ("home_start_years", "f8", (COURSES,)),
        ("home_start_clock", "f8", (COURSES,)),  # cost_clock_years at the start
        ("weekly_hours", "f8"),  # of paid work
        ("spells", "i8"),  # bits of those that run
        ("spell_start_years", "f8", (SPELLS,)),
        ("spell_start_clock", "f8", (SPELLS,)),
        ("spell_start_discount", "f8", (SPELLS,)),
        # lesions, one bit each
        ("known_lesions", "i8"),
        ("unseen_fractures", "i8"),  # fractured before the lesion was diagnosed: paid at its diagnosis
        ("active_lesions", "i8"),  # symptomatic ones
        ("lesion_site", "i8", (LESIONS,)),  # once it has begun
        ("joints_at", "i8", (SITES,)),  # symptomatic joints by site
        ("first_scan_made", "i8"),  # of the first lesion
        ("last_diagnosis_years", "f8"),
        ("event_counts", "i8", (EVENT_COUNT,)),  # rows by event; `enter` starts most of them anew
        # first times, nan until they come
        ("resolved_years", "f8"),
        ("mri_normal_years", "f8"),
        ("diagnosis_years", "f8"),
        ("treatment_years", "f8"),
        ("sport_years", "f8"),
    ],
    align=True,
)


@generic
def begin(s: Any, patient: Any) -> None:
    """Reset the situation `s` for the course of `patient` (a PATIENT record), before its first row."""
    s.age_at_onset_years = patient.age_years
    s.sex = patient.sex
    s.weekly_hours = patient.weekly_hours
    s.entered = 0
    s.overflow = 0
    s.time_years = 0.0
    s.status = 0
    s.entry_years = 0.0
    s.effect_discount = 1.0
    s.cost_discount = 1.0
    s.cost_clock_years = 0.0
    s.next_point = 0
    s.next_flow = 0
    s.counted_free = 0
    s.counted_normal = 0
    s.counted_joints[:] = 0
    s.states[:] = -1
    s.added_loss = 0.0
    s.replacing_loss = 0.0
    s.adverse_event_count = 0
    s.phase_count = 0
    s.neck = NECK_INTACT
    s.home_count = 0
    s.spells = 0
    s.known_lesions = 0
    s.unseen_fractures = 0
    s.active_lesions = 0
    s.joints_at[:] = 0
    s.counts_changed = 0
    s.health_state = 0
    s.first_scan_made = 0
    s.last_diagnosis_years = np.nan
    s.event_counts[:] = 0
    s.resolved_years = np.nan
    s.mri_normal_years = np.nan
    s.diagnosis_years = np.nan
    s.treatment_years = np.nan
    s.sport_years = np.nan


@generic
def enter(s: Any, time_years: float) -> None:
    """Start all clocks. What a person came with stays counted, every other event is counted from here."""
    s.entered = 1
    s.counts_changed = 1
    s.entry_years = time_years
    lesions = s.event_counts[Event.LESION_STARTS]
    fractures = s.event_counts[Event.INSUFFICIENCY_FRACTURE]
    wrong_diagnoses = s.event_counts[Event.WRONG_DIAGNOSIS]
    s.event_counts[:] = 0
    s.event_counts[Event.LESION_STARTS] = lesions
    s.event_counts[Event.INSUFFICIENCY_FRACTURE] = fractures
    s.event_counts[Event.WRONG_DIAGNOSIS] = wrong_diagnoses


@generic
def weigh_adverse_events(s: Any, tariff: Any) -> None:
    """Recompute both losses from the open adverse events, in the order they began: never += and -=."""
    added, replacing = 0.0, 0.0
    for k in range(s.adverse_event_count):
        treatment, number = s.adverse_event_treatment[k], s.adverse_event_number[k]
        disutility = tariff.adverse_event_disutility[treatment, number]
        if tariff.adverse_event_replaces_pain[treatment, number]:
            replacing = max(replacing, disutility)
        else:
            added += disutility
    s.added_loss = added
    s.replacing_loss = replacing


@generic
def open_adverse_event(s: Any, tariff: Any, treatment: int, number: int) -> None:
    if s.adverse_event_count == OPEN_ADVERSE_EVENTS:
        s.overflow = 1
        return
    s.adverse_event_treatment[s.adverse_event_count] = treatment
    s.adverse_event_number[s.adverse_event_count] = number
    s.adverse_event_count += 1
    weigh_adverse_events(s, tariff)


@generic
def close_adverse_event(s: Any, tariff: Any, treatment: int, number: int) -> None:
    """Close the first open adverse event of this kind, if there is one."""
    for k in range(s.adverse_event_count):
        if s.adverse_event_treatment[k] == treatment and s.adverse_event_number[k] == number:
            s.adverse_event_count -= 1
            for later in range(k, s.adverse_event_count):
                s.adverse_event_treatment[later] = s.adverse_event_treatment[later + 1]
                s.adverse_event_number[later] = s.adverse_event_number[later + 1]
            weigh_adverse_events(s, tariff)
            return


@generic
def open_phase(s: Any, loss: float, length_years: float) -> None:
    """Start a phase of fixed length in which `loss` is added; its end is no history row."""
    if loss == 0.0 or length_years <= 0.0:
        return
    if s.phase_count == OPEN_PHASES:
        s.overflow = 1
        return
    s.phase_ends_years[s.phase_count] = s.time_years + length_years
    s.phase_loss[s.phase_count] = loss
    s.phase_count += 1


@generic
def drop_ended_phases(s: Any, until: float) -> None:
    kept = 0
    for k in range(s.phase_count):
        if s.phase_ends_years[k] > until:
            s.phase_ends_years[kept] = s.phase_ends_years[k]
            s.phase_loss[kept] = s.phase_loss[k]
            kept += 1
    s.phase_count = kept


@generic
def plan_recovery(s: Any, tariff: Any, history: npt.NDArray[Any], row: int) -> None:
    """At a stage row: the recovery from a neck fracture ends at the next stage row of this course, else as planned."""
    s.neck_recovery_ends_years = s.neck_fracture_years + tariff.neck_recovery_years
    patient_id = history[row].patient_id
    for later in range(row + 1, len(history)):
        event = history[later].event
        if history[later].patient_id != patient_id or event == Event.NECK_FRACTURE:
            return
        if event == Event.NECK_FRACTURE_STAGE:
            s.neck_recovery_ends_years = history[later].time_years
            return


@generic
def is_known(s: Any, lesion: int) -> bool:
    """Whether a diagnosis of the lesion has been made; what concerns no lesion counts as known."""
    return bool(lesion < 0 or s.known_lesions & (1 << lesion))
