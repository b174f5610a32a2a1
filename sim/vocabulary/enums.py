"""Closed lists about people and their lesions: sites, bones, states. A number, once given, is never reused.

Compiled rules read these classes as constants; every member is an explicit integer.
"""

from enum import IntEnum


class Site(IntEnum):
    """Where a lesion is; `OTHER` (shoulder and the rest) follows the foot's healing law."""

    HIP = 0
    KNEE = 1
    FOOT = 2
    OTHER = 3


class Bone(IntEnum):
    """Bones and compartments a lesion can sit in."""

    FEMORAL_HEAD = 0
    FEMORAL_NECK = 1
    MEDIAL_CONDYLE = 2
    LATERAL_CONDYLE = 3
    TIBIAL_PLATEAU = 4
    TALUS = 5
    CALCANEUS = 6
    CUBOID = 7
    NAVICULAR = 8
    DISTAL_TIBIA = 9
    HUMERAL_HEAD = 10
    GLENOID = 11


class Side(IntEnum):
    LEFT = 0
    RIGHT = 1


class Sex(IntEnum):
    FEMALE = 0
    MALE = 1


class Aetiology(IntEnum):
    IDIOPATHIC = 0
    OVERUSE = 1
    OSTEOARTHRITIS = 2
    RHEUMATIC = 3
    PREGNANCY = 4
    TRANSPLANT = 5


class WorkLaw(IntEnum):
    """Law of healing work."""

    LOGNORMAL = 0
    GAMMA = 1
    WEIBULL = 2


class BoneDensity(IntEnum):
    NORMAL = 0
    OSTEOPENIA = 1
    OSTEOPOROSIS = 2


class BodyMass(IntEnum):
    NORMAL = 0
    OVERWEIGHT = 1
    OBESE = 2


class Kidney(IntEnum):
    """Estimated glomerular filtration rate: 60 and more, 35 to 59, under 35 mL/min/1.73 m2."""

    NORMAL = 0
    REDUCED = 1
    POOR = 2


class Job(IntEnum):
    NONE = 0
    SEDENTARY = 1
    LIGHT = 2
    HEAVY = 3


class Destination(IntEnum):
    """Where a further lesion goes, seen from the lesion before it."""

    SAME_JOINT_OTHER_BONE = 0
    IPSILATERAL_OTHER_JOINT = 1
    CONTRALATERAL = 2
    DISTANT = 3
    SAME_JOINT_RECURRENCE = 4


class LesionState(IntEnum):
    """ABSENT: not yet begun; VOID: its destination was impossible when its time came."""

    ABSENT = 0
    ACTIVE = 1
    RESOLVED = 2
    CHRONIC = 3
    REPLACED = 4
    VOID = 5


class MriStage(IntEnum):
    GROWING = 0
    SHRINKING = 1
    NORMAL = 2


class JointState(IntEnum):
    NATIVE = 0
    COLLAPSED = 1
    LISTED = 2
    REPLACED = 3
