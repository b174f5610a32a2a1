"""Which quantities a probabilistic analysis of a scenario draws: the uncertain ones that its answer can depend on."""

from collections.abc import Iterable

from sim.inputs.laws import has_law
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.parameters import TREATMENT_PREFIX
from sim.inputs.prices import UNIT_COSTS
from sim.inputs.shares import group_of, is_part
from sim.inputs.treatments import Treatment

# Unit costs that the valuation charges whatever is compared; the others are charged by the treatments that name them.
CHARGED_ALWAYS = frozenset(
    {
        "blood_panel",
        "bone_scan",
        "crutches",
        "first_consultation",
        "follow_up_consultation",
        "fracture_clinic",
        "gastrointestinal_event",
        "general_practice_consultation",
        "hip_arthroplasty",
        "informal_care_hour",
        "knee_arthroplasty",
        "mri",
        "neck_fracture_surgery",
        "nsaid_year",
        "out_of_pocket_aids",
        "paid_hour",
        "physiotherapy_contact",
        "radiograph",
        "revision",
        "travel_visit",
        "unpaid_work_hour",
        "vertebral_fracture",
        "vitamin_d_assay",
        "walker_boot",
        "wrong_diagnosis",
    }
)
EXPONENT_OF_ENDPOINT = {
    "mri": ("acceleration_exponent_mri_ratio",),
    "symptom": ("acceleration_exponent_symptom_ratio",),
    "mixture": ("acceleration_exponent_mri_ratio", "acceleration_exponent_symptom_ratio"),
    "factor": (),
}
ONLY_UNDER = {
    # what one value of a switch asks for, and no other
    "osteonecrosis_probability": ("osteonecrosis", "distinct"),
    "osteonecrosis_early_stage_probability": ("osteonecrosis", "early_stage"),
    "convex_utility_loss.below_first_knot_utility": ("utility_form", "convex"),
    "convex_utility_loss.between_knots_utility": ("utility_form", "convex"),
    "convex_utility_loss.above_second_knot_utility": ("utility_form", "convex"),
}


def sampled_parameters(inputs: ModelInputs) -> list[str]:
    """The names of what is drawn, sorted: every quantity with a law that the model reads in this scenario.

    Not drawn: fixed quantities and lists; what the scenario lays values over (see `held_parameters`); quantities and
    unit costs of treatments that no compared strategy gives.
    """
    held = set(held_parameters(inputs))
    given = frozenset() if inputs.posterior is None else frozenset(inputs.posterior.names)
    return [
        name
        for name in _used(inputs)
        if name in given or (name not in held and has_law(inputs.parameters.quantity(name)))
    ]


def held_parameters(inputs: ModelInputs) -> list[str]:
    """Uncertain quantities that are held at a value, sorted: what the scenario lays values over, and the value 0 of a
    distribution that has no law around it (a beta of mean 0).

    A group of shares of which one is held is held as a whole, or the parts would miss 1. A posterior goes first.
    """
    given = set(inputs.scenario.parameters)
    groups = {group_of(name) for name in given if is_part(inputs.parameters, name)}
    drawn = frozenset() if inputs.posterior is None else frozenset(inputs.posterior.names)

    def held(name: str) -> bool:
        quantity = inputs.parameters.quantity(name)
        if quantity.distribution == "fixed" or name in drawn:
            return False
        in_group = group_of(name) in groups and is_part(inputs.parameters, name)
        return name in given or in_group or not has_law(quantity)

    return [name for name in _used(inputs) if held(name)]


def _used(inputs: ModelInputs) -> list[str]:
    """All names, sorted, but those of what is not compared."""
    given, copied = _treatments_given(inputs)
    charged = {f"{UNIT_COSTS}{cost}" for treatment in given.values() for cost in treatment.unit_costs()}
    charged |= {f"{UNIT_COSTS}{cost}" for cost in CHARGED_ALWAYS}
    exponents = {name for names in EXPONENT_OF_ENDPOINT.values() for name in names}
    exponents -= _exponents({**given, **copied}.values())

    def used(name: str) -> bool:
        if name.startswith(UNIT_COSTS):
            return name in charged
        if name.startswith(f"{TREATMENT_PREFIX}."):
            _, treatment, quantity = name.split(".", 2)
            return treatment in given or (treatment in copied and quantity.startswith(("healing.", "pain.")))
        if name in ONLY_UNDER:
            switch, value = ONLY_UNDER[name]
            return value in _values_of(inputs, switch)
        return name not in exponents

    return [name for name in inputs.parameters.names() if used(name)]


def _treatments_given(inputs: ModelInputs) -> tuple[dict[str, Treatment], dict[str, Treatment]]:
    """Treatments of the compared strategies, and those whose effect one of them copies without being given."""
    names = {name for strategy in inputs.strategies.values() for line in strategy.lines for name in line.treatments}
    given = {name: inputs.treatments[name] for name in sorted(names)}
    originals = {one.healing.as_treatment for one in given.values() if one.healing and one.healing.as_treatment}
    return given, {name: inputs.treatments[name] for name in sorted(originals - names)}


def _exponents(treatments: Iterable[Treatment]) -> set[str]:
    """The exponents by which these treatments' hazard ratios become speeds of healing."""
    endpoints = {treatment.healing.endpoint for treatment in treatments if treatment.healing}
    return {name for endpoint in endpoints if endpoint is not None for name in EXPONENT_OF_ENDPOINT[endpoint]}


def _values_of(inputs: ModelInputs, switch: str) -> set[object]:
    """The values that a switch has in the draws: the scenario's, or those it weighs."""
    weighted = inputs.scenario.structure_weights
    if switch in weighted:
        return {alternative.value for alternative in weighted[switch] if alternative.weight > 0.0}
    return {getattr(inputs.scenario.structure, switch)}
