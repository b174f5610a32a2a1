"""Treatment courses: ordered, waited for, given dose by dose, with harms, early stop and end."""

from sim.disease.calendar import cancel, schedule
from sim.disease.complications import die
from sim.disease.luck import lognormal_quantile, luck
from sim.disease.recording import record
from sim.disease.rule import History, Patients, Tables, rule
from sim.disease.unloading import unload_until
from sim.disease.vitamin_d import update_vitamin_d
from sim.disease.windows import close_window_of, open_window
from sim.disease.work import absence_after_operation
from sim.vocabulary.care_terms import Demand, Scope, Setting, SkipReason, TreatmentEnd
from sim.vocabulary.enums import Job, LesionState
from sim.vocabulary.events import DeathCause, Decision, ErrorCode, Event
from sim.vocabulary.slots import COURSES, OPEN_ADVERSE_EVENTS, SLOT_ADVERSE_EVENT, SLOT_COURSE

AWAITS_REPLETION = 0
AWAITS_SURGERY = 1
GIVING = 2
RUNNING = 3  # a home course between its start and its end

# `value` of a history row: plain integers, because a compiled function does not cast enum members
COMPLETED = int(TreatmentEnd.COMPLETED)
STOPPED_EARLY = int(TreatmentEnd.STOPPED_EARLY)
STOPPED_BY_HARM = int(TreatmentEnd.ADVERSE_EVENT)
ENDED_BY_RECOVERY = int(TreatmentEnd.RESOLVED)
OTHER_DIAGNOSIS = int(TreatmentEnd.OTHER_DIAGNOSIS)
NO_LONGER_NEEDED = int(SkipReason.RESOLVED)
PERIOPERATIVE = int(DeathCause.PERIOPERATIVE)


@rule
def runs_at_home(patients: Patients, i: int, tables: Tables, number: int) -> bool:
    """Whether a home course of treatment `number` is on already."""
    for c in range(COURSES):
        course = patients[i].courses[c]
        if course.treatment == number and tables[0].treatments[number].setting == Setting.HOME:
            return True
    return False


@rule
def order_treatment(
    patients: Patients, i: int, tables: Tables, history: History, number: int, lesion: int, line: int
) -> None:
    """Put a course of treatment `number` for `lesion` on its way: at once, after repletion, or after a surgery wait."""
    p = patients[i]
    t = tables[0]
    treatment = t.treatments[number]
    if runs_at_home(patients, i, tables, number):
        return
    c = 0
    while c < COURSES and p.courses[c].treatment >= 0:
        c += 1
    if c == COURSES:
        p.error = ErrorCode.COURSES_FULL
        return
    course = p.courses[c]
    course.treatment = number
    course.lesion = lesion
    course.line = line
    course.given = 0
    course.phase = GIVING
    orders = p.treatment_orders[number]
    p.treatment_orders[number] += 1
    start_years = p.now_years
    if treatment.waits_for_surgery:
        u = luck(patients, i, tables, Decision.SURGERY_WAIT, treatment.subject, orders)
        start_years += lognormal_quantile(u, t.surgery_wait_median_years, t.surgery_wait_sigma)
        course.phase = AWAITS_SURGERY
        p.demand = Demand.THEATRE
    elif treatment.needs_repletion and p.vitamin_d_class == 0 and t.repletion_wait_years > 0.0:
        start_years += t.repletion_wait_years
        course.phase = AWAITS_REPLETION
    schedule(patients, i, SLOT_COURSE + c, start_years)
    if course.phase != GIVING:
        record(patients, i, tables, history, Event.TREATMENT_ORDERED, lesion, number, start_years)


@rule
def release_repleted(patients: Patients, i: int) -> None:
    """25(OH)D has passed 20 ng/mL: what waited for it starts now."""
    p = patients[i]
    for c in range(COURSES):
        if p.courses[c].treatment >= 0 and p.courses[c].phase == AWAITS_REPLETION and p.vitamin_d_class > 0:
            schedule(patients, i, SLOT_COURSE + c, p.now_years)


@rule
def expect_adverse_event(patients: Patients, i: int, number: int, n: int, time_years: float) -> None:
    """Put an adverse event on the calendar; the same one still to come or going on is not doubled."""
    p = patients[i]
    free = -1
    for slot in range(OPEN_ADVERSE_EVENTS):
        entry = p.adverse_events[slot]
        if entry.treatment == number and entry.number == n:
            return
        if entry.treatment < 0 and free < 0:
            free = slot
    if free < 0:
        p.error = ErrorCode.ADVERSE_EVENTS_FULL
        return
    entry = p.adverse_events[free]
    entry.treatment = number
    entry.number = n
    entry.begun = 0
    schedule(patients, i, SLOT_ADVERSE_EVENT + free, time_years)


@rule
def draw_adverse_events(patients: Patients, i: int, tables: Tables, number: int, lesion: int) -> None:
    """Chance nodes of one dose: which of the treatment's adverse events it brings, each after its delay."""
    p = patients[i]
    treatment = tables[0].treatments[number]
    dose = p.treatment_doses[number]
    for n in range(treatment.adverse_event_count):
        kind = treatment.adverse_events[n]
        if lesion >= 0 and not (kind.sites >> p.lesions[lesion].site) & 1:
            continue
        ratio = kind.otherwise_ratio
        if p.vitamin_d_class == 0:
            ratio = kind.below_20_ratio
        elif p.vitamin_d_class == 1:
            ratio = kind.below_30_ratio
        probability = ratio * (kind.first_probability if dose == 1 else kind.later_probability)
        if probability <= 0.0:
            continue
        if luck(patients, i, tables, Decision.ADVERSE_EVENT, kind.subject, dose) < probability:
            expect_adverse_event(patients, i, number, n, p.now_years + kind.delay_years)


@rule
def end_course(patients: Patients, i: int, tables: Tables, history: History, c: int, reason: int) -> None:
    """End course `c`; one broken off, before its last dose or its planned end at home, loses its effect at once."""
    course = patients[i].courses[c]
    number = course.treatment
    lesion = course.lesion
    broken_off = course.phase == GIVING or (course.phase == RUNNING and reason != COMPLETED)
    course.treatment = -1
    cancel(patients, i, SLOT_COURSE + c)
    update_vitamin_d(patients, i, tables)
    record(patients, i, tables, history, Event.TREATMENT_ENDS, lesion, number, reason)
    if broken_off:
        close_window_of(patients, i, tables, history, number, lesion)


@rule
def plan_next_dose(patients: Patients, i: int, tables: Tables, history: History, c: int) -> None:
    """After a dose: stop early, go on, run at home, or be done."""
    p = patients[i]
    course = p.courses[c]
    number = course.treatment
    treatment = tables[0].treatments[number]
    if treatment.setting == Setting.HOME:
        course.phase = RUNNING
        schedule(patients, i, SLOT_COURSE + c, p.now_years + treatment.home_duration_years)
        return
    if course.given >= treatment.administrations:
        course.treatment = -1
        cancel(patients, i, SLOT_COURSE + c)
        return
    u = luck(patients, i, tables, Decision.EARLY_STOP, treatment.subject, p.treatment_doses[number])
    if u < treatment.dose_stop_probability:
        end_course(patients, i, tables, history, c, STOPPED_EARLY)
    else:
        schedule(patients, i, SLOT_COURSE + c, p.now_years + treatment.interval_years)


@rule
def give_dose(patients: Patients, i: int, tables: Tables, history: History, c: int) -> None:
    """One administration; the first opens the effect window and starts what goes with the course."""
    p = patients[i]
    t = tables[0]
    course = p.courses[c]
    number = course.treatment
    lesion = course.lesion
    treatment = t.treatments[number]
    p.treatment_doses[number] += 1
    course.given += 1
    first = course.given == 1
    if first:
        p.treated_years = min(p.treated_years, p.now_years)
        if treatment.setting != Setting.HOME or p.adherent:
            open_window(patients, i, tables, number, lesion)
        update_vitamin_d(patients, i, tables)
    event = Event.TREATMENT_STARTS if first else Event.ADMINISTRATION
    record(patients, i, tables, history, event, lesion, number, p.treatment_doses[number])
    if treatment.death_probability > 0.0:
        u = luck(patients, i, tables, Decision.PERIOPERATIVE_DEATH, treatment.subject, p.treatment_doses[number])
        if u < treatment.death_probability:
            die(patients, i, tables, history, PERIOPERATIVE)
            return
    at_operation = treatment.setting == Setting.THEATRE
    if treatment.unloading_years > 0.0:
        unload_until(patients, i, tables, history, p.now_years + treatment.unloading_years, at_operation)
    if at_operation and p.job == Job.HEAVY:
        absence_after_operation(patients, i, tables, history, t.absence_after_surgery_years)
    draw_adverse_events(patients, i, tables, number, lesion)
    plan_next_dose(patients, i, tables, history, c)


@rule
def drop_course(patients: Patients, i: int, tables: Tables, history: History, c: int) -> None:
    """A course that was ordered but is no longer wanted."""
    course = patients[i].courses[c]
    number = course.treatment
    course.treatment = -1
    cancel(patients, i, SLOT_COURSE + c)
    record(patients, i, tables, history, Event.TREATMENT_SKIPPED, course.lesion, number, NO_LONGER_NEEDED)


@rule
def course_event(patients: Patients, i: int, tables: Tables, history: History, c: int) -> None:
    """The next dose of course `c`, or the planned end of a home course."""
    p = patients[i]
    course = p.courses[c]
    if course.phase == RUNNING:
        end_course(patients, i, tables, history, c, COMPLETED)
        return
    if course.phase != GIVING:
        p.demand = Demand.NOTHING
        local = tables[0].treatments[course.treatment].scope == Scope.LOCAL
        if not p.episode_open or (local and p.lesions[course.lesion].state != LesionState.ACTIVE):
            drop_course(patients, i, tables, history, c)
            return
        course.phase = GIVING
    give_dose(patients, i, tables, history, c)


@rule
def adverse_event(patients: Patients, i: int, tables: Tables, history: History, slot: int) -> None:
    """An adverse event begins, or ends."""
    p = patients[i]
    entry = p.adverse_events[slot]
    number = entry.treatment
    n = entry.number
    kind = tables[0].treatments[number].adverse_events[n]
    if entry.begun:
        entry.treatment = -1
        record(patients, i, tables, history, Event.ADVERSE_EVENT_ENDS, -1, number, n)
        return
    entry.begun = 1
    schedule(patients, i, SLOT_ADVERSE_EVENT + slot, p.now_years + kind.duration_years)
    record(patients, i, tables, history, Event.ADVERSE_EVENT_STARTS, -1, number, n)
    if kind.stops_treatment:
        for c in range(COURSES):
            if p.courses[c].treatment == number:
                end_course(patients, i, tables, history, c, STOPPED_BY_HARM)


@rule
def end_courses_of_episode(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """Nothing hurts any more: home courses end, what waited is dropped, lines that stop at resolution stop."""
    p = patients[i]
    for c in range(COURSES):
        course = p.courses[c]
        if course.treatment < 0:
            continue
        if course.phase == RUNNING:
            if not tables[0].treatments[course.treatment].continues_after_recovery:
                end_course(patients, i, tables, history, c, ENDED_BY_RECOVERY)
        elif course.phase != GIVING:
            drop_course(patients, i, tables, history, c)
        elif tables[0].strategies[p.strategy].lines[course.line].stop_at_resolution:
            end_course(patients, i, tables, history, c, ENDED_BY_RECOVERY)
    p.demand = Demand.NOTHING


@rule
def end_courses_for(patients: Patients, i: int, tables: Tables, history: History, lesion: int) -> None:
    """Another diagnosis was made of `lesion`: courses meant for it end."""
    p = patients[i]
    for c in range(COURSES):
        course = p.courses[c]
        if course.treatment >= 0 and course.lesion == lesion and course.phase != RUNNING:
            if course.phase == GIVING and course.given > 0:
                end_course(patients, i, tables, history, c, OTHER_DIAGNOSIS)
            else:
                drop_course(patients, i, tables, history, c)
