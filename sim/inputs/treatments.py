"""Treatments as data: what is given where to whom; the numbers themselves live among the parameters.

The numbers of parameters/treatments/NAME.toml are the parameters `treatments.NAME.…`; what is left is the structure.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from sim.inputs.document import NO_REPEATS, Document, Fault, Flag, Text, Whole, member_of, parsed, read_toml, suggestion
from sim.inputs.quantity_files import quantities_in
from sim.inputs.root import shown
from sim.inputs.sources import Source, check_sources, load_sources
from sim.vocabulary.care_terms import Contraindication, Scope, Setting, TreatmentClass
from sim.vocabulary.enums import Site
from sim.vocabulary.errors import InputError
from sim.vocabulary.slots import ADVERSE_EVENTS_PER_TREATMENT, TREATMENTS

QUANTITIES = {
    "": (
        "stop_probability",
        "vitamin_d_dose_iu",
        "death_probability",
        "unloading_weeks",
        "procedure_disutility",
        "procedure_disutility_weeks",
        "further_lesion_ratio",
    ),
    "healing": ("hazard_ratio", "factor_ratio", "lag_weeks", "plateau_weeks", "waned_weeks", "scale_ratio"),
    "pain": ("multiplier_ratio", "from_days", "until_days"),
    "adverse_events": (
        "first_probability",
        "later_probability",
        "delay_days",
        "duration_days",
        "disutility",
        "risk_ratio_below_20_ratio",
        "risk_ratio_from_20_to_30_ratio",
    ),
}
OF_THE_THEATRE = ("death_probability", "procedure_disutility", "procedure_disutility_weeks")
TIMING = ("lag_weeks", "plateau_weeks", "waned_weeks")
OF_AN_ADVERSE_EVENT = QUANTITIES["adverse_events"][:5]

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Amounts = dict[Text, Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]]
ResourceCategory = Literal[
    "drug", "administration", "procedure", "procedure_hip", "procedure_knee", "procedure_foot", "procedure_other"
]
Sites = Annotated[tuple[Annotated[Site, member_of(Site)], ...], Field(min_length=1), NO_REPEATS]


class Healing(Document):
    """How a treatment speeds healing: its own hazard ratio at an endpoint, or a scaled copy of another's effect.

    endpoint "mixture": the evidence mixes both endpoints; the exponent is the mean of the two. "factor": the number is
    the factor of healing itself.
    """

    endpoint: Literal["mri", "symptom", "mixture", "factor"] | None = None
    as_treatment: Text | None = None

    @property
    def quantities(self) -> tuple[str, ...]:
        """The quantities that this kind of effect needs."""
        if self.as_treatment is not None:
            return ("scale_ratio",)
        return ("factor_ratio" if self.endpoint == "factor" else "hazard_ratio", *TIMING)

    @model_validator(mode="after")
    def _check_one_of_two(self) -> "Healing":
        if (self.endpoint is None) == (self.as_treatment is None):
            raise Fault("", "either 'endpoint' or 'as_treatment' is needed", "Write one of the two.")
        return self


class PainPeriod(Document):
    """One period with a residual pain multiplier; its three numbers are parameters."""


class AdverseEvent(Document):
    """What an excess adverse event does. `resources`: unit cost name to number used per event."""

    name: Name
    stops_treatment: Flag
    replaces_pain: Flag
    sites: Sites = tuple(Site)
    resources: Amounts = Field(default_factory=dict)


class Treatment(Document):
    """One treatment; `quantities` are the names, below `treatments.NAME.`, of the numbers that its file holds."""

    name: Name
    file: str
    quantities: frozenset[str]
    title: Text
    treatment_class: Annotated[TreatmentClass, member_of(TreatmentClass), Field(alias="class")]
    route: Text
    dose: Text
    setting: Annotated[Setting, member_of(Setting)]
    scope: Annotated[Scope, member_of(Scope)]
    sites: Sites
    contraindications: Annotated[tuple[Annotated[Contraindication, member_of(Contraindication)], ...], NO_REPEATS] = ()
    evidence_grade: Literal["moderate", "low", "very_low", "none"]
    requires_repletion: Flag = False
    waits_for_surgery: Flag = False
    pretreatment: tuple[Text, ...] = ()
    licence: dict[Text, Text] = Field(default_factory=dict)
    administrations: Annotated[Whole, Field(ge=1)] = 1
    interval_days: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] = 0.0
    home_duration_weeks: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None = None
    continues_after_recovery: Flag = False
    sources: tuple[Text, ...] = ()
    note: Text | None = None
    healing: Healing | None = None
    pain: tuple[PainPeriod, ...] = ()
    adverse_events: tuple[AdverseEvent, ...] = Field(default=(), max_length=ADVERSE_EVENTS_PER_TREATMENT)
    resources_per_administration: dict[ResourceCategory, Amounts] = Field(default_factory=dict)
    resources_per_year: dict[Literal["drug"], Amounts] = Field(default_factory=dict)

    injected = frozenset({"name", "file", "quantities"})

    def has(self, quantity: str) -> bool:
        """Whether the file holds `quantity`, named below the treatment ("healing.hazard_ratio")."""
        return quantity in self.quantities

    def parameter(self, quantity: str) -> str:
        """The full name of a quantity of this treatment."""
        return f"treatments.{self.name}.{quantity}"

    def unit_costs(self) -> list[str]:
        """The unit costs that this treatment names, in the order of its file, without repeats."""
        tables = [*self.resources_per_administration.values(), *self.resources_per_year.values()]
        tables += [event.resources for event in self.adverse_events]
        return list(dict.fromkeys([*self.pretreatment, *(name for table in tables for name in table)]))

    @model_validator(mode="after")
    def _check_together(self) -> "Treatment":
        """Keys that contradict each other, and quantities that are missing or have no place."""
        if (self.administrations > 1) != (self.interval_days > 0):
            what = f"{self.administrations} administration(s) and an interval of {self.interval_days:g} days contradict"
            raise Fault("interval_days", what, "Write 0 for one administration, more than 0 for several.")
        at_home = self.setting == Setting.HOME
        if not at_home and (self.home_duration_weeks is not None or self.resources_per_year):
            key = "home_duration_weeks" if self.home_duration_weeks is not None else "resources_per_year"
            raise Fault(key, "this key is for home courses", "Write setting = 'home' or remove it.")
        if self.continues_after_recovery and self.home_duration_weeks is None:
            what = "a course that outlasts recovery needs an end"
            raise Fault("continues_after_recovery", what, "Write home_duration_weeks, with setting = 'home'.")
        for key in OF_THE_THEATRE:
            if self.has(key) and self.setting != Setting.THEATRE:
                raise Fault(key, "this quantity is for operations", "Write setting = 'theatre' or remove it.")
        for category in self.resources_per_administration:
            site = category.removeprefix("procedure_").upper()
            if category.startswith("procedure_") and Site[site] not in self.sites:
                what = f"{site.lower()} is no site of this treatment"
                raise Fault(f"resources_per_administration.{category}", what, "Add the site or remove the resources.")
        names = [event.name for event in self.adverse_events]
        for name in names:
            if names.count(name) > 1:
                raise Fault(f"adverse_events.{name}", "two adverse events have this name", "Rename one.")
        self._check_quantities(names)
        return self

    def _check_quantities(self, adverse_events: list[str]) -> None:
        needed = ["stop_probability"] if self.administrations > 1 else []
        if self.has("stop_probability") and not needed:
            raise Fault("stop_probability", "a single dose cannot be stopped early", "Remove it.")
        if self.healing is not None:
            needed += [f"healing.{key}" for key in self.healing.quantities]
            for key in set(QUANTITIES["healing"]) - set(self.healing.quantities):
                if self.has(f"healing.{key}"):
                    what = "this contradicts the key " + (
                        "'as_treatment'" if self.healing.as_treatment else "'endpoint'"
                    )
                    raise Fault(f"healing.{key}", what, "Remove one of the two.")
        if self.has("procedure_disutility") or self.has("procedure_disutility_weeks"):
            needed += ["procedure_disutility", "procedure_disutility_weeks"]
        needed += [f"pain.{n}.{key}" for n in range(1, len(self.pain) + 1) for key in QUANTITIES["pain"]]
        needed += [f"adverse_events.{name}.{key}" for name in adverse_events for key in OF_AN_ADVERSE_EVENT]
        for key in needed:
            if not self.has(key):
                raise Fault(key, "this quantity is missing", "Add it with value, unit, source and status.")


def treatment_subject(name: str) -> int:
    """The treatment's own 32-bit number, made from its name: part of random keys, so it may never depend on a place."""
    return int.from_bytes(hashlib.blake2s(name.encode(), digest_size=4).digest(), "big")


def load_treatments(root: Path, sources: Mapping[str, Source] | None = None) -> dict[str, Treatment]:
    """All treatments below `root`/parameters/treatments, by name and in the order of names. Raises InputError.

    `sources` saves reading them again.
    """
    sources = load_sources(root) if sources is None else sources
    treatments: dict[str, Treatment] = {}
    for path in sorted((root / "parameters" / "treatments").glob("*.toml")):
        treatment = _load(path, root)
        check_sources(f"{treatment.file}, sources", treatment.sources, sources)
        treatments[treatment.name] = treatment
    if len(treatments) > TREATMENTS:
        what = f"{len(treatments)} treatments, but at most {TREATMENTS} fit"
        raise InputError("parameters/treatments", what, "Remove some, or raise TREATMENTS in the records.")
    check_between(treatments)
    return treatments


def _load(path: Path, root: Path) -> Treatment:
    where = shown(path, root)
    try:
        plain, quantities = quantities_in(read_toml(path, root))
    except Fault as fault:
        raise InputError(f"{where}, {fault.key}", fault.what, fault.repair) from None
    for name in quantities:
        section, leaf = name.partition(".")[0] if "." in name else "", name.rpartition(".")[2]
        if leaf not in QUANTITIES.get(section, ()):
            repair = suggestion(leaf, QUANTITIES.get(section, ()))
            raise InputError(f"{where}, {name}", "a treatment has no such quantity", repair)
    return parsed(Treatment, plain, where, name=path.stem, file=where, quantities=frozenset(quantities))


def check_between(treatments: Mapping[str, Treatment]) -> None:
    """What one file cannot know: the treatment that another copies, and numbers made from two names that are equal.

    Raises InputError.
    """
    subjects: dict[int, str] = {}
    for name, treatment in treatments.items():
        healing = treatment.healing
        if healing is not None and healing.as_treatment is not None:
            where = f"{treatment.file}, healing.as_treatment"
            if healing.as_treatment not in treatments:
                what = f"there is no treatment {healing.as_treatment!r}"
                raise InputError(where, what, suggestion(healing.as_treatment, treatments))
            original = treatments[healing.as_treatment].healing
            if original is None or original.endpoint is None:
                what = f"{healing.as_treatment!r} has no healing effect of its own"
                raise InputError(where, what, "Name a treatment with a hazard ratio.")
        other = subjects.setdefault(treatment_subject(name), name)
        if other != name:
            raise InputError(treatment.file, f"its random number equals that of {other!r}", "Rename the file.")
