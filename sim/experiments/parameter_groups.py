"""Sets of sampled parameters that a question about more research would name: healing, harms, prices, each treatment."""

from collections.abc import Callable, Iterable

from sim.inputs.draws import SWITCH
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.parameters import TREATMENT_PREFIX
from sim.inputs.prices import UNIT_COSTS

HARMS = (".adverse_events.", ".death_probability", ".procedure_disutility", ".stop_probability")
EFFECTS = (".healing.", ".pain.")
_UTILITIES = "utilities.toml"
_FILES = {  # the rest of each file of the evidence, by what it tells of
    "natural_history.toml": "natural history",
    "further_lesions.toml": "further lesions",
    "complications.toml": "complications",
    "population.toml": "population",
    "vitamin_d.toml": "vitamin D",
    "societal.toml": "work and informal care",
    "care.toml": "care",
    "treatment_effects.toml": "effects of treatment",
}
MEANINGS = {
    "healing": "how fast lesions heal by themselves, and all effects of treatment on healing and pain",
    "effects of treatment": "effects of all treatments on healing and pain: how strong, when, for how long",
    "harms": "adverse events, deaths, burden and stopping of all treatments",
    "costs": "unit costs",
    "utilities": "utilities, and what events and procedures take from them",
    "structure": "structural switches",
    "natural history": "onset, pain, healing and diagnosis without treatment",
    "further lesions": "when and where further lesions arise",
    "complications": "fractures, osteonecrosis, joint replacement and what follows from them",
    "population": "who the patients are: age, sex, site, cause, job, illnesses",
    "vitamin D": "levels of vitamin D and how fast supplements change them",
    "work and informal care": "hours of unpaid work and informal care, visits for wrong diagnoses",
    "care": "visits, scans, days off work and other usual care",
}


def group_meaning(label: str) -> str:
    """What the group of `parameter_groups` with this label holds, in words; a treatment's has all of its parameters."""
    return MEANINGS.get(label, "all that is specific to this treatment: its effects, harms and doses")


def parameter_groups(inputs: ModelInputs, sampled: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Label to names, each in the order of `sampled`; groups without a sampled parameter are left out.

    healing: natural course and effects of treatment on healing and pain together. effects of treatment, harms, costs
    (unit costs), utilities, each treatment (effects and harms), structure (switches), and what is left of each file of
    the evidence, by its subject. A parameter is in several of them.
    """
    names = [str(name) for name in sampled]
    groups: dict[str, list[str]] = {}
    for label, belongs in _tests(inputs, names).items():
        found = [name for name in names if belongs(name)]
        if found:
            groups[label] = found
    return {label: tuple(found) for label, found in groups.items()}


def _tests(inputs: ModelInputs, names: list[str]) -> dict[str, Callable[[str], bool]]:
    def file(name: str) -> str:
        return "" if name.startswith(SWITCH) else inputs.parameters.file(name).rpartition("/")[2]

    def of_treatment(name: str, parts: tuple[str, ...]) -> bool:
        return name.startswith(f"{TREATMENT_PREFIX}.") and any(part in name for part in parts)

    def effect(name: str) -> bool:
        return of_treatment(name, EFFECTS) or file(name) == "treatment_effects.toml"

    def of_file(own: str) -> Callable[[str], bool]:
        return lambda name: file(name) == own and not name.startswith(TREATMENT_PREFIX)

    tests: dict[str, Callable[[str], bool]] = {
        "healing": lambda name: effect(name) or name.startswith("healing_"),
        "effects of treatment": effect,
        "harms": lambda name: of_treatment(name, HARMS),
        "costs": lambda name: name.startswith(UNIT_COSTS),
        "utilities": lambda name: file(name) == _UTILITIES or name.endswith("disutility"),
        "structure": lambda name: name.startswith(SWITCH),
    }
    treatments = sorted({name.split(".")[1] for name in names if name.startswith(f"{TREATMENT_PREFIX}.")})
    for treatment in treatments:
        prefix = f"{TREATMENT_PREFIX}.{treatment}."
        tests[treatment] = lambda name, prefix=prefix: name.startswith(prefix)  # type: ignore[misc]
    return tests | {label: of_file(own) for own, label in _FILES.items() if label not in tests}
