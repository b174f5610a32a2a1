"""Words for the members of closed lists, as people read them in a report or a patient's story."""

from sim.vocabulary.care_terms import Contraindication, CostCategory, SkipReason, TreatmentEnd
from sim.vocabulary.enums import Aetiology, Bone, Destination, Site
from sim.vocabulary.events import DeathCause, HealthState

JOINTS = {Site.HIP: "hip", Site.KNEE: "knee", Site.FOOT: "foot", Site.OTHER: "shoulder"}
BONES = {
    Bone.FEMORAL_HEAD: "femoral head",
    Bone.FEMORAL_NECK: "femoral neck",
    Bone.MEDIAL_CONDYLE: "medial femoral condyle",
    Bone.LATERAL_CONDYLE: "lateral femoral condyle",
    Bone.TIBIAL_PLATEAU: "tibial plateau",
    Bone.TALUS: "talus",
    Bone.CALCANEUS: "calcaneus",
    Bone.CUBOID: "cuboid",
    Bone.NAVICULAR: "navicular bone",
    Bone.DISTAL_TIBIA: "distal tibia",
    Bone.HUMERAL_HEAD: "humeral head",
    Bone.GLENOID: "glenoid",
}
DESTINATIONS = {
    Destination.SAME_JOINT_OTHER_BONE: "another bone of the same joint",
    Destination.IPSILATERAL_OTHER_JOINT: "another joint of the same side",
    Destination.CONTRALATERAL: "the same joint of the other side",
    Destination.DISTANT: "a distant joint",
    Destination.SAME_JOINT_RECURRENCE: "a recurrence in the same place",
}
ENDS = {
    TreatmentEnd.COMPLETED: "as planned",
    TreatmentEnd.STOPPED_EARLY: "stopped early",
    TreatmentEnd.ADVERSE_EVENT: "stopped because of an adverse event",
    TreatmentEnd.RESOLVED: "no longer needed",
    TreatmentEnd.OTHER_DIAGNOSIS: "another diagnosis was made",
}
SKIPS = {
    SkipReason.CONTRAINDICATED: "contraindicated",
    SkipReason.SITE_NOT_PERMITTED: "no lesion at a site where it is given",
    SkipReason.MAXIMUM_CYCLES: "no further course is allowed",
    SkipReason.RESOLVED: "no longer needed",
}
DEATHS = {DeathCause.OTHER: "another cause", DeathCause.PERIOPERATIVE: "an operation"}
SITES = {Site.HIP: "hip", Site.KNEE: "knee", Site.FOOT: "foot and ankle", Site.OTHER: "shoulder and other"}
STATES = {
    state.name.lower(): words
    for state, words in {
        HealthState.WELL: "well",
        HealthState.SYMPTOMATIC: "painful",
        HealthState.SYMPTOMATIC_WITH_FRACTURE: "painful with a fracture",
        HealthState.CHRONIC_PAIN: "chronic pain",
        HealthState.REPLACED_JOINT: "replaced joint",
        HealthState.COLLAPSED_JOINT: "collapsed joint",
        HealthState.NECK_FRACTURE: "after a neck fracture",
        HealthState.DEAD: "dead",
    }.items()
}
AETIOLOGIES = {
    Aetiology.IDIOPATHIC: "idiopathic",
    Aetiology.OVERUSE: "overuse",
    Aetiology.OSTEOARTHRITIS: "with osteoarthritis",
    Aetiology.RHEUMATIC: "with a rheumatic disease",
    Aetiology.PREGNANCY: "in pregnancy",
    Aetiology.TRANSPLANT: "after an organ transplant",
}
COSTS = {
    category.name.lower(): words
    for category, words in {
        CostCategory.DIAGNOSIS: "diagnosis",
        CostCategory.DRUG: "drugs",
        CostCategory.ADMINISTRATION: "giving drugs",
        CostCategory.PROCEDURE: "procedures",
        CostCategory.FOLLOW_UP: "follow-up",
        CostCategory.ADVERSE_EVENT: "adverse events",
        CostCategory.COMPLICATION: "complications",
        CostCategory.TRAVEL: "travel",
        CostCategory.INFORMAL_CARE: "informal care",
        CostCategory.UNPAID_WORK: "unpaid work lost",
        CostCategory.PRODUCTIVITY: "paid work lost",
        CostCategory.PATIENT_OUT_OF_POCKET: "patients' own payments",
        CostCategory.UNRELATED_MEDICAL: "medical costs of other diseases",
    }.items()
}
GRADES = {
    "moderate": "moderate: a controlled trial close to this condition, with limits",
    "low": "low: small or indirect controlled studies",
    "very_low": "very low: uncontrolled series or reports",
    "none": "none: no usable evidence of an effect; none is modelled unless a scenario says so",
}
CONTRAINDICATIONS = {
    Contraindication.KIDNEY_POOR: "poor kidney function",
    Contraindication.KIDNEY_REDUCED: "reduced kidney function",
    Contraindication.CARDIOVASCULAR_DISEASE: "cardiovascular disease",
    Contraindication.ANTICOAGULATION: "anticoagulants",
    Contraindication.PREGNANT: "pregnancy",
    Contraindication.BREASTFEEDING: "breastfeeding",
    Contraindication.GROWTH_PLATES_OPEN: "open growth plates",
    Contraindication.CIRRHOSIS: "cirrhosis",
    Contraindication.CHILDBEARING_WISH: "a wish to have children",
    Contraindication.NO_CALCINEURIN_INHIBITOR: "no calcineurin inhibitor taken",
    Contraindication.NO_RHEUMATIC_DISEASE: "no rheumatic disease",
}
COUNTRIES = {"uk": "the United Kingdom", "nl": "the Netherlands"}
# What a structural switch means off its default: by value, or for numbers as a text with {value}, {percent}, {rest}.
SWITCHES: dict[str, str | dict[object, str]] = {
    "treatment_effects": {"none": "no treatment changes healing or pain"},
    "harms": {False: "the treatments compared do no harm"},
    "repletion_wait": {False: "infusions do not wait for vitamin D"},
    "perioperative_death": {False: "nobody dies at an operation"},
    "unloading_after_surgery": {False: "no unloading after an operation"},
    "unprotected_healing_rate": "before the diagnosis a lesion heals at {value:g} times its pace under unloading",
    "osteonecrosis": {
        "early_stage": "the oedema is an early stage of osteonecrosis: while a lesion hurts it may turn into it, so "
        "faster healing protects"
    },
    "carry_over": {False: "healing gained under a treatment is given back when its effect has ended"},
    "overlap": {"strongest_only": "of several treatments' effects only the strongest counts"},
    "decompression": {"pain_only": "core decompression relieves pain and does not speed healing"},
    "delay_healing_correlation": "the delay to the diagnosis and the time to heal have a rank correlation of {value:g}",
    "healing_law": {
        "gamma": "the time to heal follows a gamma law with the same median and spread",
        "weibull": "the time to heal follows a Weibull law with the same median and spread",
    },
    "age_effect_per_year": "healing takes {percent:g} % longer for each year of age over 50, around the same mean",
    "migratory_nonresponse": {True: "bisphosphonates do not act on second and later lesions"},
    "response_spread_sigma": "the effect on healing differs between patients, with a standard deviation of {value:g} "
    "of its logarithm",
    "experienced_pain_load_weight": "utility follows {value:g} of load pain and {rest:g} of rest pain",
    "utility_form": {
        "additive": "a point of pain takes the same utility from everybody, whatever the norm of age and sex",
        "convex": "utility falls with pain along bent lines",
        "above_one": "only pain above 1 of 10 lowers utility",
    },
    "prices": {"tender": "drugs are bought at tender prices where the setting states them"},
}
