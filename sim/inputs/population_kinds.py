"""Who may be simulated: the population files, each a title, its evidence in words, age limits and replaced quantities.

This module reads the plain part. The quantities of a file take the place of those of the same name in the base files;
that is done where parameters are loaded (sim.inputs.parameters).
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from sim.inputs.document import Document, Fault, Text, parsed, read_toml, suggestion
from sim.inputs.quantity_files import quantities_in
from sim.inputs.root import shown
from sim.inputs.treatments import Name
from sim.vocabulary.errors import InputError

OLDEST_AGE_YEARS = 120.0

Age = Annotated[float, Field(strict=True, ge=0, le=OLDEST_AGE_YEARS, allow_inf_nan=False)]


class PopulationKind(Document):
    """The plain part of a population file.

    title, summary: for lists and reports. evidence: what the population rests on and what is lacking, in a paragraph.
    age_minimum_years, age_maximum_years: limits of the age at symptom onset (None: no upper limit).
    """

    name: Name
    file: str
    title: Text
    summary: Text
    evidence: Text
    age_minimum_years: Age
    age_maximum_years: Age | None = None

    injected = frozenset({"name", "file"})

    @model_validator(mode="after")
    def _check_ages(self) -> "PopulationKind":
        oldest = OLDEST_AGE_YEARS if self.age_maximum_years is None else self.age_maximum_years
        if self.age_minimum_years >= oldest:
            what = f"no age lies between {self.age_minimum_years:g} and {oldest:g}"
            raise Fault("age_minimum_years", what, "Write a minimum below the maximum.")
        return self

    def check_narrowed(self, age_minimum_years: float | None, age_maximum_years: float | None, where: str) -> None:
        """Raise InputError at `where` when limits of a scenario (None: not given) leave those of this population, or
        leave nobody between them.
        """
        oldest = OLDEST_AGE_YEARS if self.age_maximum_years is None else self.age_maximum_years
        for key, age in (("age_minimum_years", age_minimum_years), ("age_maximum_years", age_maximum_years)):
            if age is not None and not self.age_minimum_years <= age <= oldest:
                what = f"{age:g} is outside {self.age_minimum_years:g} to {oldest:g}, the ages of {self.name!r}"
                raise InputError(f"{where}, {key}", what, "Narrow these ages, or choose another population.")
        low = self.age_minimum_years if age_minimum_years is None else age_minimum_years
        high = oldest if age_maximum_years is None else age_maximum_years
        if low >= high:
            what = f"no age lies between {low:g} and {high:g}"
            raise InputError(f"{where}, age_minimum_years", what, "Write a minimum below the maximum.")


def population_names(root: Path) -> list[str]:
    """The names of the populations below `root`/parameters/populations, sorted."""
    return sorted(path.stem for path in (root / "parameters" / "populations").glob("*.toml"))


def load_population_kind(root: Path, name: str, asked_at: str = "population.kind") -> PopulationKind:
    """The population `name` of the data folder `root`; `asked_at` is where its name stands. Raises InputError."""
    path = root / "parameters" / "populations" / f"{name}.toml"
    where = shown(path, root)
    if not path.is_file():
        names = population_names(root)
        raise InputError(asked_at, f"there is no population {name!r}", suggestion(name, names))
    try:
        plain, _ = quantities_in(read_toml(path, root))
    except Fault as fault:
        raise InputError(f"{where}, {fault.key}", fault.what, fault.repair) from None
    return parsed(
        PopulationKind, {key: entry for key, entry in plain.items() if not _empty(entry)}, where, name=name, file=where
    )


def load_population_kinds(root: Path) -> dict[str, PopulationKind]:
    """All populations by name. Raises InputError for the first faulty file."""
    return {name: load_population_kind(root, name) for name in population_names(root)}


def _empty(entry: object) -> bool:
    """Whether nothing but quantities stood in a table of the file."""
    return isinstance(entry, dict) and all(_empty(value) for value in entry.values())
