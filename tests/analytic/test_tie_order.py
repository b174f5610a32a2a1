"""Simultaneous events are handled in the order of the calendar's slots, as the record layouts document it."""

from collections import Counter

import numpy as np
import pytest
from amplified import AMPLIFIED
from simulate import changed, courses, simulated

from sim.vocabulary import slots
from sim.vocabulary.events import DeathCause, Event

# The slot from which an event comes when its time has come (not as the consequence of another event).
SLOT_OF = {
    Event.DEATH: slots.SLOT_DEATH,
    Event.ARTHROPLASTY_LISTED: slots.SLOT_JOINT,
    Event.ARTHROPLASTY: slots.SLOT_JOINT,
    Event.REVISION: slots.SLOT_JOINT,
    Event.SYMPTOMS_RESOLVE: slots.SLOT_RESOLVE,
    Event.PAIN_PEAK_REACHED: slots.SLOT_STAGE,
    Event.PAIN_DECLINE_STARTS: slots.SLOT_STAGE,
    Event.OEDEMA_PEAK_REACHED: slots.SLOT_STAGE,
    Event.MRI_NORMAL: slots.SLOT_STAGE,
    Event.INSUFFICIENCY_FRACTURE: slots.SLOT_FRACTURE,
    Event.COLLAPSE: slots.SLOT_FRACTURE,
    Event.NECK_FRACTURE: slots.SLOT_NECK_FRACTURE,
    Event.NECK_FRACTURE_STAGE: slots.SLOT_NECK_FRACTURE_STAGE,
    Event.GASTROINTESTINAL_EVENT: slots.SLOT_GASTROINTESTINAL,
    Event.EFFECT_CHANGES: slots.SLOT_WINDOW,
    Event.ADVERSE_EVENT_STARTS: slots.SLOT_ADVERSE_EVENT,
    Event.ADVERSE_EVENT_ENDS: slots.SLOT_ADVERSE_EVENT,
    Event.VITAMIN_D_CROSSES: slots.SLOT_VITAMIN_D,
    Event.FIRST_CONTACT: slots.SLOT_LESION_CARE,
    Event.REFERRAL: slots.SLOT_LESION_CARE,
    Event.REVIEW: slots.SLOT_REVIEW,
    Event.TREATMENT_STARTS: slots.SLOT_COURSE,
    Event.ADMINISTRATION: slots.SLOT_COURSE,
    Event.UNLOADING_ENDS: slots.SLOT_UNLOADING,
    Event.RETURN_TO_SPORT: slots.SLOT_SPORT,
    Event.WORK_ABSENCE_ENDS: slots.SLOT_WORK,
    Event.LESION_STARTS: slots.SLOT_NEXT_LESION,
    Event.LESION_VOID: slots.SLOT_NEXT_LESION,
    Event.PAIN_LEADER_CHANGES: slots.SLOT_PAIN_LEADER,
    Event.FOLLOW_UP_ENDED: slots.SLOT_END,
}
TIES = {
    "treatments.iloprost.adverse_events.headache.delay_days": 1.0,  # the interval of the infusions
    "treatments.iloprost.adverse_events.flush.delay_days": 7.0,
    "treatments.iloprost.pain.1.from_days": 7.0,
    "treatments.iloprost.adverse_events.nausea.delay_days": 730.5,  # two years: the horizon
}


def is_a_consequence(row, before):
    """Rows that a handler writes at once because of what it handles: they follow their cause, whatever their slot."""
    event = Event(int(row["event"]))
    if event == Event.DEATH:
        return row["value"] == DeathCause.PERIOPERATIVE
    if event == Event.EFFECT_CHANGES:
        return np.isnan(row["value"])  # the course was broken off
    return event == Event.INSUFFICIENCY_FRACTURE and before is not None and before["event"] == Event.LESION_STARTS


def ties(rows):
    """Pairs of rows, one after the other at one instant in a course, both because their time had come."""
    for course in courses(rows):
        earlier = None
        for place in np.flatnonzero(np.isin(course["event"], list(SLOT_OF))):
            row = course[place]
            if is_a_consequence(row, course[place - 1] if place else None):
                continue
            if earlier is not None and earlier["time_years"] == row["time_years"]:
                yield earlier, row
            earlier = row


@pytest.mark.parametrize("horizon_years", [2.0, float("inf")])
def test_simultaneous_events_happen_in_the_order_of_their_slots(horizon_years, seed):
    """Order: MODEL section 2, the numbers of vocabulary/slots.py. Ties are made by parameters: reviews and crutches
    of six weeks, an adverse event on the day of the next infusion, one at the horizon, one when an effect begins.
    """
    result = simulated(changed(parameters=AMPLIFIED | TIES, horizon_years=horizon_years), seed=seed, patients=300)
    seen = Counter()
    for strategy in result.inputs.strategies:
        for first, second in ties(result.rows(strategy)):
            pair = (Event(int(first["event"])), Event(int(second["event"])))
            assert SLOT_OF[pair[0]] <= SLOT_OF[pair[1]], (pair, int(first["patient_id"]), strategy)
            seen[pair] += 1
    expected = {
        (Event.REVIEW, Event.UNLOADING_ENDS),
        (Event.ADVERSE_EVENT_STARTS, Event.ADMINISTRATION),
        (Event.EFFECT_CHANGES, Event.ADVERSE_EVENT_STARTS),
    }
    if horizon_years == 2.0:
        expected.add((Event.ADVERSE_EVENT_STARTS, Event.FOLLOW_UP_ENDED))
    assert not expected - set(seen), seen
