"""Closed lists: sites, states, events, decisions. A number, once given, is never reused.

Compiled rules read these classes as constants; keep every member an explicit integer.
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


class HealthState(IntEnum):
    """The patient's lasting state, worst first from the end; one per instant."""

    WELL = 0
    SYMPTOMATIC = 1
    SYMPTOMATIC_WITH_FRACTURE = 2
    CHRONIC_PAIN = 3
    REPLACED_JOINT = 4
    COLLAPSED_JOINT = 5
    NECK_FRACTURE = 6
    DEAD = 7


class Status(IntEnum):
    """Bits of the `status` column of a history row: what holds from this row to the next."""

    DIAGNOSED = 1
    UNLOADING = 2
    ABSENT_FROM_WORK = 4
    USES_NSAID = 8
    SYMPTOMATIC = 16
    TAKES_HOME_TREATMENT = 32


class Event(IntEnum):
    """What can happen to a patient. Ties are broken by slot (records.py), not by this number."""

    NONE = 0
    LESION_STARTS = 1
    FIRST_CONTACT = 2
    WRONG_DIAGNOSIS = 3
    REFERRAL = 4
    MRI_SCAN = 5
    DIAGNOSIS = 6
    ENTRY = 7
    PAIN_PEAK_REACHED = 8
    PAIN_DECLINE_STARTS = 9
    SYMPTOMS_RESOLVE = 10
    OEDEMA_PEAK_REACHED = 11
    MRI_NORMAL = 12
    PAIN_LEADER_CHANGES = 13
    INSUFFICIENCY_FRACTURE = 14
    COLLAPSE = 15
    OSTEONECROSIS_STARTS = 16
    OSTEONECROSIS_FOUND = 17
    NECK_FRACTURE = 18
    NECK_FRACTURE_STAGE = 19
    ARTHROPLASTY_LISTED = 20
    ARTHROPLASTY = 21
    REVISION = 22
    GASTROINTESTINAL_EVENT = 23
    CARDIOVASCULAR_EVENT = 24
    REVIEW = 25
    DISCHARGE = 26
    TREATMENT_ORDERED = 27
    TREATMENT_STARTS = 28
    ADMINISTRATION = 29
    TREATMENT_ENDS = 30
    TREATMENT_SKIPPED = 31
    EFFECT_CHANGES = 32
    ADVERSE_EVENT_STARTS = 33
    ADVERSE_EVENT_ENDS = 34
    VITAMIN_D_CROSSES = 35
    UNLOADING_STARTS = 36
    UNLOADING_ENDS = 37
    RETURN_TO_SPORT = 38
    WORK_ABSENCE_STARTS = 39
    WORK_ABSENCE_ENDS = 40
    LESION_VOID = 41
    RELABELLED = 42
    DEATH = 43
    FOLLOW_UP_ENDED = 44
    DELIVERY = 45


class DeathCause(IntEnum):
    """`value` of a DEATH row."""

    OTHER = 0
    PERIOPERATIVE = 1


class TreatmentEnd(IntEnum):
    """`value` of a TREATMENT_ENDS row."""

    COMPLETED = 0
    STOPPED_EARLY = 1
    ADVERSE_EVENT = 2
    RESOLVED = 3
    OTHER_DIAGNOSIS = 4


class SkipReason(IntEnum):
    """`value` of a TREATMENT_SKIPPED row."""

    CONTRAINDICATED = 0
    SITE_NOT_PERMITTED = 1
    MAXIMUM_CYCLES = 2
    RESOLVED = 3


class Setting(IntEnum):
    """Where a treatment is given."""

    HOME = 0
    DAY_UNIT = 1
    INPATIENT = 2
    THEATRE = 3
    PHYSIO = 4


class Demand(IntEnum):
    """What a patient waits for; the SimPy engine may queue it (MODEL, section 14)."""

    NOTHING = 0
    MRI = 1
    CHAIR = 2
    BED = 3
    THEATRE = 4


class Scope(IntEnum):
    SYSTEMIC = 0
    LOCAL = 1


class TreatmentClass(IntEnum):
    """Within a class the strongest open effect counts; between classes effects multiply."""

    BISPHOSPHONATE = 0
    DENOSUMAB = 1
    PROSTACYCLIN = 2
    DECOMPRESSION = 3
    SHOCK_WAVE = 4
    MAGNETIC_FIELD = 5
    HYPERBARIC_OXYGEN = 6
    VITAMIN_D = 7
    ANALGESIC = 8
    ANABOLIC = 9
    HORMONE = 10
    ANTI_INFLAMMATORY = 11
    CALCIUM_CHANNEL_BLOCKER = 12
    PHYSICAL = 13
    SUBSTITUTION = 14


class StartRule(IntEnum):
    AT_DIAGNOSIS = 0
    AT_REVIEW = 1


class OnContraindication(IntEnum):
    SKIP = 0
    WAIT = 1


class Contraindication(IntEnum):
    """Bits: a patient with any of a treatment's bits may not have it."""

    KIDNEY_POOR = 1
    KIDNEY_REDUCED = 2
    CARDIOVASCULAR_DISEASE = 4
    ANTICOAGULATION = 8
    PREGNANT = 16
    BREASTFEEDING = 32
    GROWTH_PLATES_OPEN = 64
    CIRRHOSIS = 128
    CHILDBEARING_WISH = 256
    REPLACED_JOINT = 512


# Bits of the contraindications that end by themselves; a line that waits waits for these only.
CLEARING_CONTRAINDICATIONS = int(
    Contraindication.PREGNANT | Contraindication.BREASTFEEDING | Contraindication.GROWTH_PLATES_OPEN
)


class CostCategory(IntEnum):
    """What a cost is for; the first seven are the perspective of the NHS and personal social services."""

    DIAGNOSIS = 0
    DRUG = 1
    ADMINISTRATION = 2
    PROCEDURE = 3
    FOLLOW_UP = 4
    ADVERSE_EVENT = 5
    COMPLICATION = 6
    TRAVEL = 7
    INFORMAL_CARE = 8
    UNPAID_WORK = 9
    PRODUCTIVITY = 10
    PATIENT_OUT_OF_POCKET = 11
    UNRELATED_MEDICAL = 12


class Decision(IntEnum):
    """Which draw this is: part of every random key. Numbers are for ever."""

    SITE = 1
    SEX = 2
    AGE = 3
    AGE_COMPONENT = 4
    BONE = 5
    SIDE = 6
    AETIOLOGY = 7
    VITAMIN_D_LEVEL = 8
    BONE_DENSITY = 9
    BODY_MASS = 10
    KIDNEY = 11
    CARDIOVASCULAR_DISEASE = 12
    ANTICOAGULATION = 13
    SMOKING = 14
    ALCOHOL = 15
    STEROIDS = 16
    HYPOTHYROIDISM = 17
    LIPID_DISORDER = 18
    CIRRHOSIS = 19
    ANAEMIA = 20
    PREVIOUS_CANCER_TREATMENT = 21
    JOB = 22
    SPORT = 23
    ENTRY_PAIN = 24
    REST_PAIN = 25
    ADHERENCE = 26
    OTHER_CAUSE_DEATH = 27
    HEALING_WORK = 28
    MRI_LAG = 29
    CHRONIC = 30
    DIAGNOSTIC_DELAY = 31
    FIRST_CONTACT_SHARE = 32
    WRONG_DIAGNOSIS = 33
    RELABELLED = 34
    FURTHER_LESION = 35
    FURTHER_LESION_INTERVAL = 36
    DESTINATION = 37
    DESTINATION_SITE = 38
    DESTINATION_BONE = 39
    OSTEONECROSIS = 40
    FRACTURE_AT_ONSET = 41
    FRACTURE_BUDGET = 42
    COLLAPSE_BUDGET = 43
    NECK_FRACTURE_BUDGET = 44
    OSTEONECROSIS_BUDGET = 45
    GASTROINTESTINAL_BUDGET = 46
    CARDIOVASCULAR_BUDGET = 47
    ARTHROPLASTY_BUDGET = 48
    SURGERY_WAIT = 49
    ARTHROPLASTY_WAIT = 50
    REVISION = 51
    MRI_RESULT = 52
    MRI_NOISE = 53
    OSTEONECROSIS_DETECTION = 54
    FURTHER_LESION_REVIEW = 55
    WORK_ABSENCE = 56
    WORK_ABSENCE_LENGTH = 57
    RETURN_TO_WORK = 58
    ADVERSE_EVENT = 59
    ADVERSE_EVENT_DELAY = 60
    EARLY_STOP = 61
    PERIOPERATIVE_DEATH = 62
    FIXATION_FAILURE = 63
    TREATMENT_RESPONSE = 64
    GROWTH_PLATES = 65
    CHILDBEARING_WISH = 66


class ErrorCode(IntEnum):
    """`error` of a patient record: which capacity ran out."""

    NONE = 0
    HISTORY_FULL = 1
    WINDOWS_FULL = 2
    COURSES_FULL = 3
    ADVERSE_EVENTS_FULL = 4
    NO_ENTRY = 5
    TOO_MANY_EVENTS = 6
