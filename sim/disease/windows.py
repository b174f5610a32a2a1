"""Effect windows: opened by a treatment, stepped along its profile, closed at its end; never stacked."""

import math

from sim.disease.calendar import cancel, schedule
from sim.disease.healing import update_all_lesions
from sim.disease.luck import luck, normal_quantile
from sim.disease.recording import record
from sim.disease.rule import History, Patients, Tables, rule
from sim.vocabulary.care_terms import Scope
from sim.vocabulary.events import Decision, ErrorCode, Event
from sim.vocabulary.slots import SLOT_WINDOW, WINDOWS


@rule
def find_window(patients: Patients, i: int, number: int, lesion: int) -> int:
    """The open window of treatment `number` on `lesion` (-1: systemic), else a free one, else -1."""
    p = patients[i]
    free = -1
    for w in range(WINDOWS):
        window = p.windows[w]
        if window.treatment == number and window.lesion == lesion:
            return w
        if window.treatment < 0 and free < 0:
            free = w
    return free


@rule
def schedule_edge(patients: Patients, i: int, tables: Tables, w: int) -> None:
    """Put the next edge of window `w` on the calendar."""
    window = patients[i].windows[w]
    treatment = tables[0].treatments[window.treatment]
    if window.step + 1 < treatment.profile_steps:
        edge = window.start_years + treatment.profile_edge_years[window.step + 1]
        schedule(patients, i, SLOT_WINDOW + w, edge)
    else:
        cancel(patients, i, SLOT_WINDOW + w)


@rule
def settle_effect(patients: Patients, i: int, tables: Tables, w: int) -> None:
    """Copy the effect of the present step into window `w`, where the lesions look for it."""
    window = patients[i].windows[w]
    treatment = tables[0].treatments[window.treatment]
    window.treatment_class = treatment.treatment_class
    window.log_healing = treatment.profile_log_healing[window.step]
    if tables[0].response_spread > 0.0:
        u = luck(patients, i, tables, Decision.TREATMENT_RESPONSE, treatment.treatment_class, 0)
        spread = normal_quantile(u) * tables[0].response_spread
        window.log_healing += spread * treatment.profile_share[window.step]
    window.log_pain = treatment.profile_log_pain[window.step]


@rule
def open_window(patients: Patients, i: int, tables: Tables, number: int, lesion: int) -> None:
    """Start the effect of treatment `number` now; a window that is still open starts anew."""
    p = patients[i]
    treatment = tables[0].treatments[number]
    if treatment.profile_steps == 0:
        return
    reach = lesion
    if treatment.scope == Scope.SYSTEMIC:
        reach = -1
    w = find_window(patients, i, number, reach)
    if w < 0:
        p.error = ErrorCode.WINDOWS_FULL
        return
    window = p.windows[w]
    if window.treatment < 0:
        p.open_windows += 1
    window.treatment = number
    window.lesion = reach
    window.start_years = p.now_years
    window.step = 0
    settle_effect(patients, i, tables, w)
    schedule_edge(patients, i, tables, w)
    update_all_lesions(patients, i, tables)


@rule
def close_window(patients: Patients, i: int, tables: Tables, w: int) -> None:
    """End the effect of window `w` at once."""
    patients[i].windows[w].treatment = -1
    patients[i].open_windows -= 1
    cancel(patients, i, SLOT_WINDOW + w)
    update_all_lesions(patients, i, tables)


@rule
def window_edge(patients: Patients, i: int, tables: Tables, history: History, w: int) -> None:
    """The effect of window `w` changes to its next step; after the last step the window is free."""
    window = patients[i].windows[w]
    number = window.treatment
    lesion = window.lesion
    window.step += 1
    step = window.step
    if step + 1 >= tables[0].treatments[number].profile_steps:
        close_window(patients, i, tables, w)
    else:
        settle_effect(patients, i, tables, w)
        schedule_edge(patients, i, tables, w)
        update_all_lesions(patients, i, tables)
    record(patients, i, tables, history, Event.EFFECT_CHANGES, lesion, number, step)


@rule
def close_window_of(patients: Patients, i: int, tables: Tables, history: History, number: int, lesion: int) -> None:
    """End the effect of treatment `number` on `lesion`, as after a course that was broken off."""
    if tables[0].treatments[number].profile_steps == 0:
        return
    reach = lesion
    if tables[0].treatments[number].scope == Scope.SYSTEMIC:
        reach = -1
    for w in range(WINDOWS):
        window = patients[i].windows[w]
        if window.treatment == number and window.lesion == reach:
            close_window(patients, i, tables, w)
            record(patients, i, tables, history, Event.EFFECT_CHANGES, reach, number, math.nan)
