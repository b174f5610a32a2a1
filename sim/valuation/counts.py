"""Who counts where on the grid: health state, symptoms, scan and joints, kept as changes from point to point.

Called after each row from entry on, when every point before the row has been passed: what is true from the row on is
true from the next point on. So a patient costs a few additions at the rows that change something and none in between.
"""

from typing import Any

import numpy as np

from sim.disease.rule import generic
from sim.valuation.curves import (
    ALIVE,
    FIRST_SITE,
    FIRST_STATE,
    FLOW_POINTS,
    INSTANT,
    MRI_NORMAL,
    POINTS,
    SYMPTOM_FREE,
    count_points,
)
from sim.valuation.situation import FLOWS
from sim.vocabulary.events import HealthState, Status
from sim.vocabulary.slots import SITES

_DEAD = int(HealthState.DEAD)


@generic
def begin_counts(s: Any, sums: Any) -> None:
    """At entry: alive, in the state of that row; the rest follows as changes from nothing."""
    sums.changes[ALIVE, 0] += 1.0
    sums.changes[FIRST_STATE + s.health_state, 0] += 1.0
    s.counted_state = s.health_state


@generic
def follow_counts(s: Any, sums: Any) -> None:
    """Count what the last row has changed, from the next grid point on."""
    s.counts_changed = 0
    point = s.next_point
    if s.health_state != s.counted_state:
        keep_states(s, point)
        sums.changes[FIRST_STATE + s.counted_state, point] -= 1.0
        sums.changes[FIRST_STATE + s.health_state, point] += 1.0
        s.counted_state = s.health_state
    free = 0 if s.status & Status.SYMPTOMATIC else 1
    if free != s.counted_free:
        sums.changes[SYMPTOM_FREE, point] += free - s.counted_free
        s.counted_free = free
    if not s.counted_normal and not np.isnan(s.mri_normal_years):
        sums.changes[MRI_NORMAL, point] += 1.0
        s.counted_normal = 1
    for site in range(SITES):
        if s.joints_at[site] != s.counted_joints[site]:
            sums.changes[FIRST_SITE + site, point] += s.joints_at[site] - s.counted_joints[site]
            s.counted_joints[site] = s.joints_at[site]


@generic
def keep_states(s: Any, point: int) -> None:
    """Keep the state so far for the times of the flow before this grid point."""
    while s.next_flow < FLOWS and FLOW_POINTS[s.next_flow] < point:
        s.states[s.next_flow] = s.counted_state
        s.next_flow += 1


@generic
def end_counts(s: Any, tariff: Any, sums: Any, died: bool) -> None:
    """At the last row: a point right at the end of follow-up still counts, and then nothing; the dead stay dead."""
    if not died:
        follow_counts(s, sums)
        count_points(s, tariff, sums, s.time_years + INSTANT)
    point = s.next_point
    keep_states(s, point)
    sums.changes[ALIVE, point] -= 1.0
    sums.changes[FIRST_STATE + s.counted_state, point] -= 1.0
    sums.changes[SYMPTOM_FREE, point] -= s.counted_free
    sums.changes[MRI_NORMAL, point] -= s.counted_normal
    for site in range(SITES):
        sums.changes[FIRST_SITE + site, point] -= s.counted_joints[site]
    if died:
        sums.changes[FIRST_STATE + _DEAD, point] += 1.0
        s.counted_state = _DEAD
        keep_states(s, POINTS)
