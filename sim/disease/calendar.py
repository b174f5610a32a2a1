"""One patient's calendar: pending events in fixed slots, earliest first, ties by slot.

The earliest time of every group of slots is kept beside the slots: most events move few of them.
"""

import math

from sim.disease.rule import Patients, rule
from sim.vocabulary.slots import NO_SLOT, SLOT_GROUP, SLOT_GROUPS, SLOTS


@rule
def schedule(patients: Patients, i: int, slot: int, time_years: float) -> None:
    """Put the event of `slot` at `time_years`, replacing what was there."""
    p = patients[i]
    before = p.slot_years[slot]
    p.slot_years[slot] = time_years
    group = slot // SLOT_GROUP
    if time_years <= p.group_years[group]:
        p.group_years[group] = time_years
    elif before == p.group_years[group]:
        p.stale_groups |= 1 << group  # its earliest time has gone: looked for when the next event is


@rule
def cancel(patients: Patients, i: int, slot: int) -> None:
    """Take the event of `slot` off the calendar."""
    if patients[i].slot_years[slot] < math.inf:
        schedule(patients, i, slot, math.inf)


@rule
def clear_calendar(patients: Patients, i: int) -> None:
    """Nothing is pending."""
    p = patients[i]
    for slot in range(SLOTS):
        p.slot_years[slot] = math.inf
    for group in range(SLOT_GROUPS):
        p.group_years[group] = math.inf
    p.stale_groups = 0


@rule
def settle_group(patients: Patients, i: int, group: int) -> None:
    """Find the earliest time of a group of slots anew."""
    p = patients[i]
    earliest = math.inf
    for slot in range(group * SLOT_GROUP, (group + 1) * SLOT_GROUP):
        earliest = min(earliest, p.slot_years[slot])
    p.group_years[group] = earliest


@rule
def find_next(patients: Patients, i: int) -> None:
    """Set `next_slot` and `next_years` to the earliest pending event; the lowest slot wins a tie."""
    p = patients[i]
    earliest = math.inf
    first = NO_SLOT
    for group in range(SLOT_GROUPS):
        if (p.stale_groups >> group) & 1:
            settle_group(patients, i, group)
        if p.group_years[group] < earliest:
            earliest = p.group_years[group]
            first = group
    p.stale_groups = 0
    if first != NO_SLOT:
        first *= SLOT_GROUP
        while p.slot_years[first] != earliest:
            first += 1
    p.next_slot = first
    p.next_years = earliest
