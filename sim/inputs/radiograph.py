"""The radiograph at first contact: what it shows on average, and the wrong diagnoses that it leaves.

A positive radiograph spares the detour of a wrong diagnosis. The published share of misdiagnosed is one of all
patients, so after a negative radiograph it must be higher.
"""

from collections.abc import Sequence

import numpy as np

from sim.inputs.delay_and_work import DelayAndWork
from sim.inputs.numerics import Array
from sim.inputs.parameters import ParameterSet
from sim.vocabulary.errors import InputError


def expected_sensitivity(
    law: DelayAndWork, contact_share: float, edges_years: tuple[float, float], sensitivity: float
) -> float:
    """E[s(a D) | diagnosed], a = `contact_share`: s rises from 0 at the first edge to `sensitivity` at the second."""
    kinks = [edge / contact_share for edge in edges_years] if contact_share > 0.0 else []
    delay, weight = law.delays(*kinks)
    rise = np.interp(contact_share * delay, edges_years, (0.0, sensitivity))
    symptomatic = law.work_exceeds(law.unprotected_rate * delay, delay)
    return float((weight * rise) @ symptomatic) / law.diagnosed_share()


def solve_wrong_diagnosis(
    parameters: ParameterSet, laws: Sequence[DelayAndWork], sites: Sequence[str]
) -> tuple[Array, Array]:
    """Expected sensitivity at first contact among the diagnosed, and P(wrong diagnosis | negative radiograph), by site.

    The second is the published share over (1 - the first). Raises InputError where that is above 1.
    """
    edges = (parameters.years("radiograph_early_weeks"), parameters.years("radiograph_late_weeks"))
    contact_share = parameters.value("first_contact_share_of_delay_ratio")
    sensitivity = parameters.value("radiograph_sensitivity_probability")
    expected = np.array([expected_sensitivity(law, contact_share, edges, sensitivity) for law in laws])
    given_negative = np.zeros(len(laws))
    for number, (site, shown) in enumerate(zip(sites, expected, strict=True)):
        name = f"wrong_diagnosis_probability.{site}"
        published, most = parameters.value(name), 1.0 - shown
        if published > most:
            what = f"{published:g} of the patients cannot go astray when {shown:.3f} have a radiograph that shows it"
            raise InputError(f"{parameters.file(name)}, {name}", what, f"Write at most {most:.3f}.")
        given_negative[number] = published / most if most > 0.0 else 0.0
    return expected, given_negative
