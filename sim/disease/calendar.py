"""One patient's calendar: pending events in fixed slots, earliest first, ties by slot."""

import math

from numba import njit

from sim.vocabulary.records import NO_SLOT, SLOTS


@njit(cache=True)
def schedule(patients, i, slot, time_years):
    """Put the event of `slot` at `time_years`, replacing what was there."""
    patients[i].slot_years[slot] = time_years


@njit(cache=True)
def cancel(patients, i, slot):
    """Take the event of `slot` off the calendar."""
    patients[i].slot_years[slot] = math.inf


@njit(cache=True)
def clear_calendar(patients, i):
    """Nothing is pending."""
    times = patients[i].slot_years
    for slot in range(SLOTS):
        times[slot] = math.inf


@njit(cache=True)
def find_next(patients, i):
    """Set `next_slot` and `next_years` to the earliest pending event; the lowest slot wins a tie."""
    times = patients[i].slot_years
    earliest = math.inf
    first = NO_SLOT
    for slot in range(SLOTS):
        if times[slot] < earliest:
            earliest = times[slot]
            first = slot
    patients[i].next_slot = first
    patients[i].next_years = earliest
