"""Capacities of the records, and the calendar: one slot per pending event, in the order of ties.

Every capacity is a constant here; running out of one is an error with the patient's number.
"""

# Capacities
LESIONS = 6
JOINTS = 8  # site * 2 + side
WINDOWS = 10
OPEN_ADVERSE_EVENTS = 8
COURSES = 6  # treatment courses that run at the same time
TREATMENTS = 40
STRATEGIES = 32
LINES = 6
TREATMENTS_PER_LINE = 4
PROFILE_STEPS = 12
ADVERSE_EVENTS_PER_TREATMENT = 8
REVIEWS = 12
FOLLOW_UP_SCANS = 4
LIFE_TABLE_AGES = 121
SITES = 4
AETIOLOGIES = 6
BONES = 12
CLASSES = 15
ROWS_PER_COURSE = 512  # most history rows of one patient under one strategy
# The calendar: one slot per pending event. Slots lie in the order in which simultaneous events are
# handled, so "earliest time, then lowest slot" is the documented tie order (MODEL, section 2).
SLOT_DEATH = 0
SLOT_JOINT = 1
SLOT_RESOLVE = SLOT_JOINT + JOINTS
SLOT_STAGE = SLOT_RESOLVE + LESIONS
SLOT_FRACTURE = SLOT_STAGE + LESIONS  # insufficiency fracture, then collapse
SLOT_NECK_FRACTURE = SLOT_FRACTURE + LESIONS
SLOT_OSTEONECROSIS = SLOT_NECK_FRACTURE + LESIONS
SLOT_NECK_FRACTURE_STAGE = SLOT_OSTEONECROSIS + LESIONS
SLOT_GASTROINTESTINAL = SLOT_NECK_FRACTURE_STAGE + 1
SLOT_VERTEBRAL_FRACTURE = SLOT_GASTROINTESTINAL + 1
SLOT_WINDOW = SLOT_VERTEBRAL_FRACTURE + 1
SLOT_ADVERSE_EVENT = SLOT_WINDOW + WINDOWS
SLOT_VITAMIN_D = SLOT_ADVERSE_EVENT + OPEN_ADVERSE_EVENTS
SLOT_LESION_CARE = SLOT_VITAMIN_D + 1
SLOT_REVIEW = SLOT_LESION_CARE + LESIONS
SLOT_COURSE = SLOT_REVIEW + 1
SLOT_UNLOADING = SLOT_COURSE + COURSES
SLOT_SPORT = SLOT_UNLOADING + 1
SLOT_WORK = SLOT_SPORT + 1
SLOT_LIFE_STAGE = SLOT_WORK + 1  # delivery, end of breastfeeding, closed growth plates
SLOT_NEXT_LESION = SLOT_LIFE_STAGE + 1
SLOT_PAIN_LEADER = SLOT_NEXT_LESION + 1
SLOT_END = SLOT_PAIN_LEADER + 1
SLOTS = SLOT_END + 1
NO_SLOT = -1
SLOT_GROUP = 9  # slots in a group whose earliest time is kept, so that a search touches few numbers
SLOT_GROUPS = SLOTS // SLOT_GROUP
