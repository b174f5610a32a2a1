"""Resources and their price: amounts, the trips they mean, and vectors over the cost categories."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from sim.valuation.protocols import Parameters
from sim.vocabulary.care_terms import CostCategory

CATEGORY_COUNT = len(CostCategory)

# Unit costs whose every use is a trip of the patient. Tests that are taken at such a visit are none, and a treatment
# away from home is one trip an administration, whatever it uses.
VISITS = frozenset(
    {
        "atypical_fracture",
        "bone_scan",
        "dental_check",
        "emergency_visit",
        "first_consultation",
        "follow_up_consultation",
        "fracture_clinic",
        "gastrointestinal_event",
        "general_practice_consultation",
        "hip_arthroplasty",
        "jaw_osteonecrosis",
        "knee_arthroplasty",
        "mri",
        "neck_fracture_surgery",
        "physiotherapy_contact",
        "revision",
        "thromboembolism",
        "vascular_event",
        "vertebral_fracture",
        "wound_infection",
    }
)

Vector = npt.NDArray[np.float64]
Resources = Mapping[str, float]  # unit cost name to number used


def unit_cost(parameters: Parameters, name: str) -> float:
    """The unit cost `name` of the setting."""
    return parameters.value(f"setting.unit_costs.{name}")


def amount(parameters: Parameters, resources: Resources) -> float:
    """What `resources` cost together."""
    return sum((number * unit_cost(parameters, name) for name, number in resources.items()), 0.0)


def trips(resources: Resources) -> float:
    """How many trips the use of `resources` means."""
    return sum((number for name, number in resources.items() if name in VISITS), 0.0)


def each(*names: str) -> Resources:
    """One of each; a name that comes twice counts twice."""
    return {name: float(names.count(name)) for name in names}


def vector(amounts: Mapping[CostCategory, float]) -> Vector:
    """Shape (13,): the amounts by category, zero elsewhere."""
    result = np.zeros(CATEGORY_COUNT)
    for category, number in amounts.items():
        result[category] = number
    return result


def travel(parameters: Parameters, number: float) -> Vector:
    """Shape (13,): so many return trips."""
    return vector({CostCategory.TRAVEL: number * unit_cost(parameters, "travel_visit")})


def bill(parameters: Parameters, category: CostCategory, resources: Resources) -> Vector:
    """Shape (13,): `resources` in a category, with the trips they mean."""
    return vector({category: amount(parameters, resources)}) + travel(parameters, trips(resources))


def bills(parameters: Parameters, used: Iterable[tuple[CostCategory, Resources]]) -> Vector:
    """Shape (13,): the sum of several bills."""
    total = np.zeros(CATEGORY_COUNT)
    for category, resources in used:
        total += bill(parameters, category, resources)
    return total
