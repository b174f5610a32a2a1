"""The care pathway: first contact, wrong diagnosis, MRI, diagnosis, reviews, episodes, strategy lines."""

import math

from sim.disease.calendar import cancel, schedule
from sim.disease.complications import await_arthroplasty, joint_of, update_nsaid
from sim.disease.further_lesions import plan_first_review
from sim.disease.healing import oedema_size, update_lesion
from sim.disease.luck import luck, normal_quantile
from sim.disease.recording import record
from sim.disease.rule import History, Patients, Tables, rule
from sim.disease.strategy import consider_lines
from sim.disease.treatment import end_courses_for, end_courses_of_episode
from sim.disease.unloading import cut_unloading_at_recovery, plan_sport, unload_until
from sim.disease.work import cut_absence_at_recovery, start_absence
from sim.vocabulary.care_terms import Demand
from sim.vocabulary.enums import JointState, LesionState, MriStage
from sim.vocabulary.events import Decision, Event, Status
from sim.vocabulary.slots import SLOT_LESION_CARE, SLOT_REVIEW

# care_step of a lesion: what its next contact is
FIRST_CONTACT = 0
REFERRAL = 1
SCAN = 2
KNOWN_PATIENT_REVIEW = 3
SEEN_ON_THE_SCAN = 4  # the other side of a bilateral start, found with the first lesion


@rule
def await_arthroplasty_if_collapsed(patients: Patients, i: int, tables: Tables, k: int) -> None:
    """Someone who comes with lesion `k` in a collapsed joint is considered for its replacement."""
    joint = joint_of(patients, i, k)
    if patients[i].joint_state[joint] == JointState.COLLAPSED:
        await_arthroplasty(patients, i, tables, joint)


@rule
def scan_is_positive(
    patients: Patients, i: int, tables: Tables, k: int, scan: int, time_since_onset_years: float
) -> bool:
    """Whether MRI number `scan` of lesion `k` shows it: nothing before 48 hours, then by its sensitivity."""
    t = tables[0]
    if time_since_onset_years < t.mri_earliest_years:
        return False
    return luck(patients, i, tables, Decision.MRI_RESULT, k, scan) < t.mri_sensitivity


@rule
def look_for_osteonecrosis(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """An osteonecrosis that passed for BMES is recognised with some probability at every look."""
    p = patients[i]
    lesion = p.lesions[k]
    if not lesion.osteonecrosis or lesion.osteonecrosis_found or not lesion.known:
        return
    if lesion.state != LesionState.ACTIVE:
        return
    look = lesion.osteonecrosis_looks
    lesion.osteonecrosis_looks += 1
    if luck(patients, i, tables, Decision.OSTEONECROSIS_DETECTION, k, look) < tables[0].osteonecrosis_detection:
        lesion.osteonecrosis_found = 1
        record(patients, i, tables, history, Event.OSTEONECROSIS_FOUND, k, -1, math.nan)
        end_courses_for(patients, i, tables, history, k)


@rule
def open_episode(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """The strategy starts at its first line, the reviews count from here."""
    p = patients[i]
    p.line, p.line_waits = 0, 0
    p.reviews_done = 0
    p.review_origin_years = p.now_years
    schedule(patients, i, SLOT_REVIEW, p.now_years + tables[0].review_years[0])
    consider_lines(patients, i, tables, history, True)


@rule
def see_other_lesions(patients: Patients, i: int, tables: Tables, other_side: int) -> None:
    """The first lesion's story has ended in a diagnosis, or by itself: whoever still hurts elsewhere is seen for that.

    `other_side`: the next contact of the other side of a bilateral start, which comes at once.
    """
    p = patients[i]
    for other in range(1, p.lesions_begun):
        lesion = p.lesions[other]
        if lesion.state != LesionState.ACTIVE or lesion.known:
            continue
        if other == 1 and p.bilateral:
            lesion.care_step = other_side
            schedule(patients, i, SLOT_LESION_CARE + 1, p.now_years)
        elif p.slot_years[SLOT_LESION_CARE + other] == math.inf:
            plan_first_review(patients, i, tables, other)


@rule
def diagnose(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """Lesion `k` becomes known: supportive care begins or goes on, an episode opens, the strategy may act."""
    p = patients[i]
    t = tables[0]
    lesion = p.lesions[k]
    lesion.known = 1
    lesion.diagnosed_years = p.now_years
    lesion.entry_size = oedema_size(patients, i, tables, k)
    p.status = p.status | Status.DIAGNOSED
    update_lesion(patients, i, tables, k)
    opens = not p.episode_open
    p.episode_open = 1
    update_nsaid(patients, i, tables)
    record(patients, i, tables, history, Event.DIAGNOSIS, k, -1, math.nan)
    if k == 0 and p.relabelled:
        record(patients, i, tables, history, Event.RELABELLED, k, -1, math.nan)
    await_arthroplasty_if_collapsed(patients, i, tables, k)
    if k == 0:
        see_other_lesions(patients, i, tables, SEEN_ON_THE_SCAN)
    look_for_osteonecrosis(patients, i, tables, history, k)
    unload_until(patients, i, tables, history, p.now_years + t.unloading_years[lesion.site], False)
    p.sport_allowed_years = p.now_years + t.sport_earliest_years
    plan_sport(patients, i, tables)
    start_absence(patients, i, tables, history)
    if opens:
        open_episode(patients, i, tables, history)


@rule
def scan_for_diagnosis(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """An MRI of a lesion not yet known; repeated after some weeks when it shows nothing."""
    p = patients[i]
    lesion = p.lesions[k]
    scan = lesion.scans
    lesion.scans += 1
    record(patients, i, tables, history, Event.MRI_SCAN, k, -1, math.nan)
    if scan_is_positive(patients, i, tables, k, scan, p.now_years - lesion.onset_years):
        p.demand = Demand.NOTHING
        diagnose(patients, i, tables, history, k)
    else:
        schedule(patients, i, SLOT_LESION_CARE + k, p.now_years + tables[0].mri_repeat_years)


@rule
def radiograph_is_positive(patients: Patients, i: int, tables: Tables) -> bool:
    """Whether the radiograph at first contact shows the disease: never early on, then by a rising sensitivity."""
    t = tables[0]
    early, late = t.radiograph_edges_years[0], t.radiograph_edges_years[1]
    share = 1.0 if patients[i].now_years >= late else max(0.0, (patients[i].now_years - early) / (late - early))
    return luck(patients, i, tables, Decision.RADIOGRAPH, 0, 0) < t.radiograph_sensitivity * share


@rule
def first_contact(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """The first visit with the first lesion: a radiograph, and MRI soon where the strategy says so, else the usual way.

    On the usual way many get another diagnosis first, unless the radiograph points to the bone. An early scan is never
    later than the usual one.
    """
    p = patients[i]
    t = tables[0]
    early = p.strategy >= 0 and t.strategies[p.strategy].early_mri
    positive = radiograph_is_positive(patients, i, tables)
    record(patients, i, tables, history, Event.FIRST_CONTACT, 0, -1, math.nan)
    record(patients, i, tables, history, Event.RADIOGRAPH, 0, -1, 1.0 if positive else 0.0)
    if early:
        p.lesions[0].care_step = SCAN
        p.demand = Demand.MRI
        schedule(patients, i, SLOT_LESION_CARE, min(p.now_years + t.early_mri_wait_years, p.first_scan_years))
        return
    p.lesions[0].care_step = REFERRAL
    schedule(patients, i, SLOT_LESION_CARE, p.referral_years)
    if p.wrong_diagnosis and not positive:
        record(patients, i, tables, history, Event.WRONG_DIAGNOSIS, 0, -1, math.nan)


@rule
def lesion_contact(patients: Patients, i: int, tables: Tables, history: History, k: int) -> None:
    """The next step on the way to the diagnosis of lesion `k`."""
    p = patients[i]
    t = tables[0]
    lesion = p.lesions[k]
    if lesion.care_step == FIRST_CONTACT:
        first_contact(patients, i, tables, history)
    elif lesion.care_step == REFERRAL:
        lesion.care_step = SCAN
        p.demand = Demand.MRI
        schedule(patients, i, SLOT_LESION_CARE + k, p.first_scan_years)
        record(patients, i, tables, history, Event.REFERRAL, k, -1, math.nan)
    elif lesion.state != LesionState.ACTIVE:
        # a known patient whose new complaint has gone does not come, but with a collapsed joint he does
        await_arthroplasty_if_collapsed(patients, i, tables, k)
        if k == 0:
            see_other_lesions(patients, i, tables, SCAN)
    elif lesion.care_step == KNOWN_PATIENT_REVIEW:
        lesion.care_step = SCAN
        p.demand = Demand.MRI
        schedule(patients, i, SLOT_LESION_CARE + k, p.now_years + t.further_mri_wait_years)
        record(patients, i, tables, history, Event.REFERRAL, k, -1, math.nan)
    elif lesion.care_step == SEEN_ON_THE_SCAN:
        diagnose(patients, i, tables, history, k)
    else:
        scan_for_diagnosis(patients, i, tables, history, k)


@rule
def finish_episode(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """What follows an episode that has just closed: unloading, home courses and absence end, sport is planned."""
    p = patients[i]
    if not p.episode_just_closed:
        return
    p.episode_just_closed = 0
    cut_unloading_at_recovery(patients, i)
    cut_absence_at_recovery(patients, i)
    end_courses_of_episode(patients, i, tables, history)
    plan_sport(patients, i, tables)


@rule
def scan_for_follow_up(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """A follow-up MRI of the first known lesion not yet normal; the size is read with fresh noise per scan."""
    p = patients[i]
    for k in range(p.lesions_begun):
        lesion = p.lesions[k]
        visible = lesion.state == LesionState.ACTIVE or lesion.state == LesionState.RESOLVED
        if visible and lesion.known and lesion.mri_stage != MriStage.NORMAL:
            scan = lesion.scans
            lesion.scans += 1
            noise = normal_quantile(luck(patients, i, tables, Decision.MRI_NOISE, k, scan)) * tables[0].read_noise_sd
            ratio = oedema_size(patients, i, tables, k) * math.exp(noise) / lesion.entry_size
            record(patients, i, tables, history, Event.MRI_SCAN, k, -1, ratio)
            return


@rule
def review(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """A planned review: scan if due, missed osteonecrosis, next line, next review or discharge."""
    p = patients[i]
    t = tables[0]
    number = p.reviews_done
    p.reviews_done += 1
    cancel(patients, i, SLOT_REVIEW)
    record(patients, i, tables, history, Event.REVIEW, -1, -1, number)
    for scan in range(t.scan_count):
        if t.scan_review[scan] == number:
            scan_for_follow_up(patients, i, tables, history)
    if not p.episode_open:
        record(patients, i, tables, history, Event.DISCHARGE, -1, -1, math.nan)
        return
    if t.review_years[number] >= t.osteonecrosis_review_years:
        for k in range(p.lesions_begun):
            look_for_osteonecrosis(patients, i, tables, history, k)
    consider_lines(patients, i, tables, history, False)
    if p.reviews_done < t.review_count:
        schedule(patients, i, SLOT_REVIEW, p.review_origin_years + t.review_years[p.reviews_done])
    else:
        record(patients, i, tables, history, Event.DISCHARGE, -1, -1, math.nan)
