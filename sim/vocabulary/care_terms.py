"""Closed lists about care: treatments, lines, contraindications, what costs are counted under."""

from enum import IntEnum


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
    NO_CALCINEURIN_INHIBITOR = 1024  # everybody but transplant patients
    NO_RHEUMATIC_DISEASE = 2048


# Bits of the contraindications that end by themselves; a line that waits waits for these only.
CLEARING_CONTRAINDICATIONS = int(
    Contraindication.PREGNANT | Contraindication.BREASTFEEDING | Contraindication.GROWTH_PLATES_OPEN
)


# Bits of those who cannot take the usual NSAID.
NSAID_CONTRAINDICATIONS = int(
    Contraindication.KIDNEY_POOR
    | Contraindication.KIDNEY_REDUCED
    | Contraindication.CARDIOVASCULAR_DISEASE
    | Contraindication.ANTICOAGULATION
    | Contraindication.CIRRHOSIS
    | Contraindication.PREGNANT
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
