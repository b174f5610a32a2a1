"""Structural switches: named alternative forms of the model, and the weights with which draws take them."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from sim.inputs.document import Document, Fault, Flag, suggestion
from sim.inputs.quantity import SHARE_TOLERANCE

DECIDED_AT_LOADING = ("prices",)  # switches that change which values are loaded, not how they are used


class Structure(Document):
    """Structural switches (docs/model.md). The defaults are the base case.

    unprotected_healing_rate: speed of healing before diagnosis, relative to supportive care. carry_over: work gained
    under a treatment is kept; otherwise it is given back. delay_healing_correlation: rank correlation of the first
    lesion's delay and healing work. age_effect_per_year: longer work for each year over 50. response_spread_sigma:
    between-patient standard deviation of the log of a healing factor. experienced_pain_load_weight: weight of load pain
    against rest pain in the pain that utility follows.
    """

    treatment_effects: Literal["evidence", "none"] = "evidence"
    harms: Flag = True
    repletion_wait: Flag = True
    perioperative_death: Flag = True
    unloading_after_surgery: Flag = True
    unprotected_healing_rate: Annotated[float, Field(strict=True, gt=0, le=2, allow_inf_nan=False)] = 1.0
    osteonecrosis: Literal["distinct", "early_stage"] = "distinct"
    carry_over: Flag = True
    overlap: Literal["by_class", "strongest_only"] = "by_class"
    decompression: Literal["healing_and_pain", "pain_only"] = "healing_and_pain"
    delay_healing_correlation: Annotated[float, Field(strict=True, ge=-0.9, le=0.9, allow_inf_nan=False)] = 0.0
    healing_law: Literal["lognormal", "gamma", "weibull"] = "lognormal"
    age_effect_per_year: Annotated[float, Field(strict=True, ge=0, le=0.1, allow_inf_nan=False)] = 0.0
    migratory_nonresponse: Flag = False
    response_spread_sigma: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] = 0.0
    experienced_pain_load_weight: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] = 1.0
    utility_form: Literal["proportional", "additive", "convex", "above_one"] = "proportional"
    prices: Literal["list", "tender"] = "list"


class Alternative(Document):
    """One value of a structural switch and the probability with which a draw has it."""

    value: Any
    weight: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


def check_weights(switch: str, alternatives: tuple[Alternative, ...]) -> None:
    """Raise Fault when `switch` is none, cannot be drawn, has no such value, or its weights miss 1."""
    switches = [name for name in Structure.model_fields if name not in DECIDED_AT_LOADING]
    if switch not in switches:
        raise Fault(switch, "no switch of this name can be drawn", suggestion(switch, switches))
    values = [alternative.value for alternative in alternatives]
    for number, value in enumerate(values):
        if values.index(value) != number:
            raise Fault(switch, f"{value!r} stands there twice", "Remove one of the two.")
        try:
            Structure.model_validate({switch: value})
        except ValidationError:
            raise Fault(switch, f"{value!r} is no value of this switch", "Write one of docs/model.md.") from None
    total = sum(alternative.weight for alternative in alternatives)
    if abs(total - 1.0) > SHARE_TOLERANCE:
        raise Fault(switch, f"the weights sum to {total:.7g}, not to 1", "Correct them.")
