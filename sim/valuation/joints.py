"""Which joints hurt: counted by site from the rows that begin and end the symptoms of a lesion.

A joint (a site and a side) hurts while a lesion in it does. The side of a lesion stands with the patient and is looked
up only where two lesions of one site hurt at once: that record lies far from what the walk over the rows touches.
"""

from typing import Any

from sim.disease.rule import generic
from sim.vocabulary.slots import LESIONS


@generic
def begin_in_joint(s: Any, patient: Any, lesion: int, site: int) -> None:
    """The symptoms of a lesion begin."""
    end_in_joint(s, patient, lesion)
    s.lesion_site[lesion] = site
    if not shares_joint(s, patient, lesion):
        s.joints_at[site] += 1
        s.counts_changed = 1
    s.active_lesions |= 1 << lesion


@generic
def end_in_joint(s: Any, patient: Any, lesion: int) -> None:
    """The symptoms of a lesion end, if it has any."""
    if s.active_lesions & (1 << lesion):
        s.active_lesions &= ~(1 << lesion)
        if not shares_joint(s, patient, lesion):
            s.joints_at[s.lesion_site[lesion]] -= 1
            s.counts_changed = 1


@generic
def end_joint(s: Any, patient: Any, joint: int) -> None:
    """All lesions of joint number site * 2 + side end with it."""
    for lesion in range(LESIONS):
        if s.active_lesions & (1 << lesion):
            if s.lesion_site[lesion] * 2 + patient.lesions[lesion].side == joint:
                end_in_joint(s, patient, lesion)


@generic
def shares_joint(s: Any, patient: Any, lesion: int) -> bool:
    """Whether another symptomatic lesion lies in the same joint."""
    if s.active_lesions == 0:
        return False
    for other in range(LESIONS):
        if other != lesion and s.active_lesions & (1 << other) and s.lesion_site[other] == s.lesion_site[lesion]:
            if patient.lesions[other].side == patient.lesions[lesion].side:
                return True
    return False
