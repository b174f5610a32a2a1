"""What things cost: vectors over the cost categories, put together from unit costs once, before a run.

Every amount is in the currency and price year of the setting. Which event bears which cost stands in docs/model.md,
section on value.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sim.vocabulary.care_terms import CostCategory
from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event
from sim.vocabulary.slots import ADVERSE_EVENTS_PER_TREATMENT

CATEGORY_COUNT = len(CostCategory)
EVENT_COUNT = max(Event) + 1
SITE_COUNT = len(Site)

FIRST_LESION, FURTHER_LESION, KNOWN_LESION = 0, 1, 2  # what a scan looks at; a diagnosis is one of the first two

Vector = npt.NDArray[np.float64]


class Parameters(Protocol):
    """The part of a ParameterSet that valuation reads."""

    def value(self, name: str) -> float: ...

    def years(self, name: str) -> float: ...


class AdverseEventResources(Protocol):
    """The part of an adverse event that valuation reads."""

    @property
    def name(self) -> str: ...

    @property
    def replaces_pain(self) -> bool: ...

    @property
    def resources(self) -> Mapping[str, float]: ...


def unit_cost(parameters: Parameters, name: str) -> float:
    """The unit cost `name` of the setting."""
    return parameters.value(f"setting.unit_costs.{name}")


def amount(parameters: Parameters, resources: Mapping[str, float]) -> float:
    """What `resources` (unit cost name to number used) cost together."""
    return sum((number * unit_cost(parameters, name) for name, number in resources.items()), 0.0)


def vector(amounts: Mapping[CostCategory, float]) -> Vector:
    """Shape (13,): the amounts by category, zero elsewhere."""
    result = np.zeros(CATEGORY_COUNT)
    for category, number in amounts.items():
        result[category] = number
    return result


def scan_costs(parameters: Parameters) -> Vector:
    """Shape (3, 13): a scan before the first diagnosis, of a further lesion not yet known, of a known lesion.

    The first carries the scans of all who turn out not to have the disease.
    """
    scan = unit_cost(parameters, "mri")
    return np.stack(
        [
            vector({CostCategory.DIAGNOSIS: scan * parameters.value("scans_per_case_count")}),
            vector({CostCategory.DIAGNOSIS: scan}),
            vector({CostCategory.FOLLOW_UP: scan}),
        ]
    )


def diagnosis_costs(parameters: Parameters) -> Vector:
    """Shape (2, sites, 13): the diagnosis of the first lesion and of a further one, with aids and physiotherapy."""
    radiograph = unit_cost(parameters, "radiograph")
    tests = unit_cost(parameters, "blood_panel") + unit_cost(parameters, "vitamin_d_assay")
    first = radiograph + tests + unit_cost(parameters, "first_consultation")
    further = radiograph + unit_cost(parameters, "follow_up_consultation")
    physiotherapy = parameters.value("physiotherapy_contacts_count") * unit_cost(parameters, "physiotherapy_contact")
    crutches, walker_boot = unit_cost(parameters, "crutches"), unit_cost(parameters, "walker_boot")
    result = np.zeros((2, SITE_COUNT, CATEGORY_COUNT))
    for site in Site:
        aids = crutches if site != Site.OTHER else 0.0  # nobody walks on a shoulder
        follow_up = aids + physiotherapy + (walker_boot if site == Site.FOOT else 0.0)
        result[FIRST_LESION, site] = vector({CostCategory.DIAGNOSIS: first, CostCategory.FOLLOW_UP: follow_up})
        result[FURTHER_LESION, site] = vector({CostCategory.DIAGNOSIS: further, CostCategory.FOLLOW_UP: follow_up})
    return result


def event_costs(parameters: Parameters) -> Vector:
    """Shape (events, sites, 13): events whose cost depends on nothing but their site."""
    everywhere = {
        Event.WRONG_DIAGNOSIS: (CostCategory.DIAGNOSIS, "wrong_diagnosis"),
        Event.FIRST_CONTACT: (CostCategory.DIAGNOSIS, "general_practice_consultation"),
        Event.RELABELLED: (CostCategory.DIAGNOSIS, "first_consultation"),
        Event.REVIEW: (CostCategory.FOLLOW_UP, "follow_up_consultation"),
        Event.REVISION: (CostCategory.COMPLICATION, "revision"),
        Event.NECK_FRACTURE: (CostCategory.COMPLICATION, "neck_fracture_surgery"),
        Event.OSTEONECROSIS_FOUND: (CostCategory.COMPLICATION, "first_consultation"),
        Event.GASTROINTESTINAL_EVENT: (CostCategory.ADVERSE_EVENT, "gastrointestinal_event"),
    }
    result = np.zeros((EVENT_COUNT, SITE_COUNT, CATEGORY_COUNT))
    for event, (category, name) in everywhere.items():
        result[event, :, category] = unit_cost(parameters, name)
    result[Event.ARTHROPLASTY, Site.HIP, CostCategory.COMPLICATION] = unit_cost(parameters, "hip_arthroplasty")
    result[Event.ARTHROPLASTY, Site.KNEE, CostCategory.COMPLICATION] = unit_cost(parameters, "knee_arthroplasty")
    return result


def fracture_costs(parameters: Parameters) -> Vector:
    """Shape (13,): an insufficiency fracture, once its lesion is known."""
    return vector({CostCategory.COMPLICATION: unit_cost(parameters, "fracture_clinic")})


def nsaid_costs_per_year(parameters: Parameters) -> Vector:
    """Shape (13,): a year of the usual analgesic."""
    return vector({CostCategory.DRUG: unit_cost(parameters, "nsaid_year")})


def pretreatment_costs(parameters: Parameters, names: Iterable[str]) -> Vector:
    """Shape (13,): what comes once before each course."""
    return vector({CostCategory.ADMINISTRATION: sum((unit_cost(parameters, name) for name in names), 0.0)})


def administration_costs(parameters: Parameters, resources: Mapping[str, Mapping[str, float]]) -> Vector:
    """Shape (sites, 13): one administration. Keys of `resources`: a category, or `procedure_SITE` for one site only."""
    result = np.zeros((SITE_COUNT, CATEGORY_COUNT))
    for key, used in resources.items():
        category, _, site = key.partition("procedure_")
        if site:
            result[Site[site.upper()], CostCategory.PROCEDURE] += amount(parameters, used)
        else:
            result[:, CostCategory[category.upper()]] += amount(parameters, used)
    return result


def home_costs_per_year(parameters: Parameters, resources: Mapping[str, Mapping[str, float]]) -> Vector:
    """Shape (13,): a year of a home course."""
    return vector({CostCategory[key.upper()]: amount(parameters, used) for key, used in resources.items()})


def adverse_event_costs(parameters: Parameters, events: Iterable[AdverseEventResources]) -> Vector:
    """Shape (adverse events, 13): one vector an adverse event of a treatment, in the treatment's order."""
    result = np.zeros((ADVERSE_EVENTS_PER_TREATMENT, CATEGORY_COUNT))
    for number, event in enumerate(events):
        result[number, CostCategory.ADVERSE_EVENT] = amount(parameters, event.resources)
    return result
