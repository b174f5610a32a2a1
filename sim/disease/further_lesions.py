"""Further lesions: drawn in full at entry, begun when their time comes unless their place has become impossible."""

import math

from sim.disease.calendar import cancel, schedule
from sim.disease.complications import joint_of
from sim.disease.lesions import begin_lesion
from sim.disease.luck import (
    gamma_quantile,
    lognormal_quantile,
    luck,
    normal_distribution,
    normal_quantile,
    weibull_quantile,
)
from sim.disease.recording import record
from sim.disease.rule import Floats, History, Patients, Tables, generic, rule
from sim.vocabulary.enums import Destination, JointState, LesionState, WorkLaw
from sim.vocabulary.events import Decision, Event
from sim.vocabulary.slots import BONES, COURSES, LESIONS, SLOT_LESION_CARE, SLOT_NEXT_LESION

SMALLEST_PROBABILITY = 1e-300
LARGEST_PROBABILITY = 1.0 - 1e-16


@generic
def pick(cumulative: Floats, u: float) -> int:
    """Index of the first element of a cumulative share table that exceeds `u`."""
    last = cumulative.shape[0] - 1
    for index in range(last):
        if u < cumulative[index]:
            return index
    return last


@rule
def draw_work_years(patients: Patients, i: int, tables: Tables, k: int) -> float:
    """Healing work of lesion `k` before covariates, by the law of its site and the patient's aetiology.

    The first lesion's normal score may go with that of the delay to its diagnosis (a Gaussian copula).
    """
    p = patients[i]
    t = tables[0]
    site = p.lesions[k].site
    median, shape = t.work_median_years[site], t.work_shape[p.aetiology, site]
    u = luck(patients, i, tables, Decision.HEALING_WORK, k, 0)
    correlation = t.delay_work_correlation
    if k == 0 and correlation != 0.0:
        score = correlation * normal_quantile(luck(patients, i, tables, Decision.DIAGNOSTIC_DELAY, 0, 0))
        score += math.sqrt(1.0 - correlation * correlation) * normal_quantile(u)
        u = min(max(normal_distribution(score), SMALLEST_PROBABILITY), LARGEST_PROBABILITY)
    if t.work_law == WorkLaw.LOGNORMAL:
        return lognormal_quantile(u, median, shape)
    if t.work_law == WorkLaw.GAMMA:
        return gamma_quantile(u, shape) * median / t.work_unit_median[p.aetiology, site]
    return weibull_quantile(u, shape, median / t.work_unit_median[p.aetiology, site])


@rule
def draw_lesion_attributes(patients: Patients, i: int, tables: Tables, k: int, work_ratio: float) -> None:
    """Healing work, MRI lag, peak pain and true nature of lesion `k` (class A luck; site already set)."""
    p = patients[i]
    t = tables[0]
    lesion = p.lesions[k]
    lesion.work_years = draw_work_years(patients, i, tables, k) * work_ratio
    u = luck(patients, i, tables, Decision.MRI_LAG, k, 0)
    lesion.lag_years = gamma_quantile(u, t.lag_shape) * t.lag_mean_years / t.lag_shape
    lesion.peak_pain = min(10.0, p.entry_pain / t.entry_pain_over_peak)
    osteonecrosis = luck(patients, i, tables, Decision.OSTEONECROSIS, k, 0) < t.osteonecrosis_probability
    chronic = luck(patients, i, tables, Decision.CHRONIC, k, 0) < t.chronic_probability
    lesion.osteonecrosis = osteonecrosis
    lesion.chronic = chronic and not osteonecrosis


@generic
def pick_other_bone(cumulative: Floats, bone: int, patients: Patients, i: int, tables: Tables, k: int) -> int:
    """A bone of the same joint other than `bone`, by the shares of the rest."""
    below = cumulative[bone - 1] if bone > 0 else 0.0
    own = cumulative[bone] - below
    u = luck(patients, i, tables, Decision.DESTINATION_BONE, k, 0) * (1.0 - own)
    if u >= below:
        u += own
    chosen = pick(cumulative, u)
    return min(chosen, BONES - 1)


@rule
def draw_destination(patients: Patients, i: int, tables: Tables, k: int) -> None:
    """Site, side and bone of lesion `k`, seen from the lesion before it."""
    p = patients[i]
    t = tables[0]
    origin = p.lesions[k - 1]
    lesion = p.lesions[k]
    kind = pick(t.destination_cumulative[origin.site], luck(patients, i, tables, Decision.DESTINATION, k, 0))
    lesion.destination = kind
    lesion.site = origin.site
    lesion.side = origin.side
    lesion.bone = origin.bone
    if kind == Destination.SAME_JOINT_RECURRENCE:
        return
    if kind == Destination.SAME_JOINT_OTHER_BONE:
        lesion.bone = pick_other_bone(t.bone_cumulative[origin.site], origin.bone, patients, i, tables, k)
        return
    if kind == Destination.CONTRALATERAL:
        lesion.side = 1 - origin.side
    else:
        u = luck(patients, i, tables, Decision.DESTINATION_SITE, k, 0)
        lesion.site = pick(t.other_joint_cumulative[origin.site], u)
        if kind == Destination.DISTANT and luck(patients, i, tables, Decision.DESTINATION_SITE, k, 1) < 0.5:
            lesion.side = 1 - origin.side
    u = luck(patients, i, tables, Decision.DESTINATION_BONE, k, 0)
    lesion.bone = pick(t.bone_cumulative[lesion.site], u)


@rule
def draw_bilateral(patients: Patients, i: int, tables: Tables, given: int) -> None:
    """Whether the disease starts on both sides at once: then the second lesion is the first one's mirror image."""
    p = patients[i]
    drawn = luck(patients, i, tables, Decision.BILATERAL, 0, 0) < tables[0].bilateral_probability[p.aetiology]
    if given >= 0:
        drawn = given == 1
    p.bilateral = 1 if drawn else 0


@rule
def further_probability(patients: Patients, i: int, tables: Tables, k: int) -> float:
    """Probability that lesion `k` of the chain follows the one before it; both of a bilateral start count as one."""
    t = tables[0]
    p = patients[i]
    return t.further_probability[0 if k == 1 + p.bilateral else 1] * t.further_ratio[p.bone_density]


@rule
def draw_further_lesions(patients: Patients, i: int, tables: Tables, work_ratio: float) -> None:
    """The chain of lesions that luck has in store after the first: whether, when, where."""
    p = patients[i]
    t = tables[0]
    p.further_lesions = p.bilateral
    if p.bilateral:
        first, mirrored = p.lesions[0], p.lesions[1]
        mirrored.onset_years, mirrored.destination = 0.0, Destination.CONTRALATERAL
        mirrored.site, mirrored.bone, mirrored.side = first.site, first.bone, 1 - first.side
        draw_lesion_attributes(patients, i, tables, 1, work_ratio)
    for k in range(1 + p.bilateral, LESIONS):
        probability = further_probability(patients, i, tables, k)
        if luck(patients, i, tables, Decision.FURTHER_LESION, k, 0) >= probability:
            return
        p.further_lesions += 1
        u = luck(patients, i, tables, Decision.FURTHER_LESION_INTERVAL, k, 0)
        interval = lognormal_quantile(u, t.further_median_years, t.further_sigma)
        p.lesions[k].onset_years = p.lesions[k - 1].onset_years + interval
        draw_destination(patients, i, tables, k)
        draw_lesion_attributes(patients, i, tables, k, work_ratio)


@rule
def plan_next_lesion(patients: Patients, i: int) -> None:
    """Put the next lesion of the chain on the calendar."""
    p = patients[i]
    if p.lesions_begun <= p.further_lesions:
        schedule(patients, i, SLOT_NEXT_LESION, max(p.lesions[p.lesions_begun].onset_years, p.now_years))
    else:
        cancel(patients, i, SLOT_NEXT_LESION)


@rule
def place_is_impossible(patients: Patients, i: int, k: int) -> bool:
    """A replaced joint bears no lesion; a recurrence needs a joint that is free of symptoms."""
    p = patients[i]
    joint = joint_of(patients, i, k)
    if p.joint_state[joint] == JointState.REPLACED:
        return True
    if p.lesions[k].destination == Destination.SAME_JOINT_RECURRENCE:
        for other in range(k):
            if p.lesions[other].state == LesionState.ACTIVE and joint_of(patients, i, other) == joint:
                return True
    return False


@rule
def prevention_ratio(patients: Patients, i: int, tables: Tables) -> float:
    """What the running courses leave of the probability of a further lesion; 1 without prevention."""
    p = patients[i]
    ratio = 1.0
    for c in range(COURSES):
        course = p.courses[c]
        if course.treatment >= 0 and course.given > 0 and p.adherent:
            ratio *= tables[0].treatments[course.treatment].further_lesion_ratio
    return ratio


@rule
def is_prevented(patients: Patients, i: int, tables: Tables, k: int) -> bool:
    """Whether lesion `k`, which luck had in store, falls to prevention: its own draw against the lower probability."""
    ratio = prevention_ratio(patients, i, tables)
    if ratio >= 1.0:
        return False
    probability = min(1.0, further_probability(patients, i, tables, k)) * ratio
    return luck(patients, i, tables, Decision.FURTHER_LESION, k, 0) >= probability


@rule
def plan_first_review(patients: Patients, i: int, tables: Tables, k: int) -> None:
    """A known patient is seen some weeks after a further lesion began (or after the first diagnosis)."""
    t = tables[0]
    u = luck(patients, i, tables, Decision.FURTHER_LESION_REVIEW, k, 0)
    delay = lognormal_quantile(u, t.further_review_median_years, t.further_review_sigma)
    schedule(patients, i, SLOT_LESION_CARE + k, patients[i].now_years + delay)


@rule
def next_lesion(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """The next lesion's time has come: it begins, or is void when its place is impossible (never redrawn)."""
    p = patients[i]
    k = p.lesions_begun
    if is_prevented(patients, i, tables, k):
        p.further_lesions = k - 1  # nothing follows a lesion that never was
        cancel(patients, i, SLOT_NEXT_LESION)
        record(patients, i, tables, history, Event.LESION_PREVENTED, k, -1, p.lesions[k].destination)
        return
    p.lesions_begun += 1
    plan_next_lesion(patients, i)
    if place_is_impossible(patients, i, k):
        p.lesions[k].state = LesionState.VOID
        record(patients, i, tables, history, Event.LESION_VOID, k, -1, p.lesions[k].destination)
        return
    begin_lesion(patients, i, tables, history, k)
    if p.lesions[0].known or p.lesions[0].state != LesionState.ACTIVE:
        plan_first_review(patients, i, tables, k)
