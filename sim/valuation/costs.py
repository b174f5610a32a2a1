"""What things cost: vectors over the cost categories, put together from unit costs once, before a run.

Every amount is in the currency and price year of the setting. Which event bears which cost stands in docs/model.md,
section on value.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from sim.valuation.protocols import AdverseEventResources, Parameters
from sim.valuation.resources import (
    CATEGORY_COUNT,
    Resources,
    Vector,
    amount,
    bill,
    bills,
    each,
    travel,
    unit_cost,
    vector,
)
from sim.vocabulary.care_terms import CostCategory, Setting
from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event
from sim.vocabulary.slots import ADVERSE_EVENTS_PER_TREATMENT

EVENT_COUNT = max(Event) + 1
SITE_COUNT = len(Site)

FIRST_LESION, FURTHER_LESION = 0, 1  # whose diagnosis it is
USUAL, EARLY = 0, 1  # when a strategy asks for the first scan


def scan_for_diagnosis_costs(parameters: Parameters) -> Vector:
    """Shape (13,): one scan of a lesion not yet known, with the visits for what it shows by chance."""
    incidental = {"follow_up_consultation": parameters.value("incidental_visits_per_scan_count")}
    scan = {"mri": 1.0}
    return bills(parameters, [(CostCategory.DIAGNOSIS, scan), (CostCategory.DIAGNOSIS, incidental)])


def known_scan_costs(parameters: Parameters) -> Vector:
    """Shape (13,): a scan of a known lesion; what else this region can show has been seen before."""
    return bill(parameters, CostCategory.FOLLOW_UP, {"mri": 1.0})


def scans_per_case(parameters: Parameters) -> Vector:
    """Shape (2,): first scans made for one case that is found, under usual and early scanning."""
    return np.array([parameters.value("scans_per_case_count"), parameters.value("early_scans_per_case_count")])


def first_contact_costs(parameters: Parameters) -> Vector:
    """Shape (2, 13): the first visit and its tests; a bone scan belongs to the usual way only."""
    visit = bill(parameters, CostCategory.DIAGNOSIS, each("general_practice_consultation", "radiograph", "blood_panel"))
    bone_scan = bill(parameters, CostCategory.DIAGNOSIS, {"bone_scan": parameters.value("bone_scan_probability")})
    return np.stack([visit + bone_scan, visit])


def diagnosis_costs(parameters: Parameters) -> Vector:
    """Shape (2, sites, 13): the diagnosis of the first lesion and of a further one, with aids and physiotherapy."""
    consultations = (each("first_consultation", "vitamin_d_assay"), each("follow_up_consultation", "radiograph"))
    physiotherapy = {"physiotherapy_contact": parameters.value("physiotherapy_contacts_count")}
    own_aids = vector({CostCategory.PATIENT_OUT_OF_POCKET: unit_cost(parameters, "out_of_pocket_aids")})
    result = np.zeros((2, SITE_COUNT, CATEGORY_COUNT))
    for site in Site:
        aids = each("crutches") if site != Site.OTHER else {}  # nobody walks on a shoulder
        boot = each("walker_boot") if site == Site.FOOT else {}
        follow_up = bill(parameters, CostCategory.FOLLOW_UP, {**physiotherapy, **aids, **boot})
        for lesion, consultation in enumerate(consultations):
            result[lesion, site] = bill(parameters, CostCategory.DIAGNOSIS, consultation) + follow_up
        result[FIRST_LESION, site] += own_aids
    return result


def event_costs(parameters: Parameters) -> Vector:
    """Shape (events, sites, 13): events whose cost depends on nothing but their site."""
    everywhere = {
        Event.WRONG_DIAGNOSIS: (CostCategory.DIAGNOSIS, "wrong_diagnosis"),
        Event.RELABELLED: (CostCategory.DIAGNOSIS, "first_consultation"),
        Event.REVIEW: (CostCategory.FOLLOW_UP, "follow_up_consultation"),
        Event.REVISION: (CostCategory.COMPLICATION, "revision"),
        Event.NECK_FRACTURE: (CostCategory.COMPLICATION, "neck_fracture_surgery"),
        Event.VERTEBRAL_FRACTURE: (CostCategory.COMPLICATION, "vertebral_fracture"),
        Event.OSTEONECROSIS_FOUND: (CostCategory.COMPLICATION, "first_consultation"),
        Event.GASTROINTESTINAL_EVENT: (CostCategory.ADVERSE_EVENT, "gastrointestinal_event"),
    }
    result = np.zeros((EVENT_COUNT, SITE_COUNT, CATEGORY_COUNT))
    for event, (category, name) in everywhere.items():
        result[event, :] = bill(parameters, category, each(name))
    result[Event.WRONG_DIAGNOSIS, :] += travel(parameters, parameters.value("wrong_diagnosis_visits_count"))
    for site, name in ((Site.HIP, "hip_arthroplasty"), (Site.KNEE, "knee_arthroplasty")):
        result[Event.ARTHROPLASTY, site] = bill(parameters, CostCategory.COMPLICATION, each(name))
    return result


def fracture_costs(parameters: Parameters) -> Vector:
    """Shape (13,): an insufficiency fracture, once its lesion is known."""
    return bill(parameters, CostCategory.COMPLICATION, each("fracture_clinic"))


def pretreatment_costs(parameters: Parameters, names: Iterable[str]) -> Vector:
    """Shape (13,): what comes once before each course."""
    return bill(parameters, CostCategory.ADMINISTRATION, each(*names))


def administration_costs(parameters: Parameters, setting: Setting, resources: Mapping[str, Resources]) -> Vector:
    """Shape (sites, 13): one administration, one trip unless it is at home.

    Keys of `resources`: a category, or `procedure_SITE` for one site only.
    """
    result = np.zeros((SITE_COUNT, CATEGORY_COUNT))
    for key, used in resources.items():
        category, _, site = key.partition("procedure_")
        if site:
            result[Site[site.upper()], CostCategory.PROCEDURE] += amount(parameters, used)
        else:
            result[:, CostCategory[category.upper()]] += amount(parameters, used)
    return result if setting == Setting.HOME else result + travel(parameters, 1.0)


def home_costs_per_year(parameters: Parameters, resources: Mapping[str, Resources]) -> Vector:
    """Shape (13,): a year of a home course."""
    return bills(parameters, [(CostCategory[key.upper()], used) for key, used in resources.items()])


def adverse_event_costs(parameters: Parameters, events: Iterable[AdverseEventResources]) -> Vector:
    """Shape (adverse events, 13): one vector an adverse event of a treatment, in the treatment's order."""
    result = np.zeros((ADVERSE_EVENTS_PER_TREATMENT, CATEGORY_COUNT))
    for number, event in enumerate(events):
        result[number] = bill(parameters, CostCategory.ADVERSE_EVENT, event.resources)
    return result
