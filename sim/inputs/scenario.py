"""The question: which population, strategies, horizon and switches; scenarios may extend one another."""

import math
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PlainValidator,
    field_serializer,
    field_validator,
    model_validator,
)

from sim.inputs.document import NO_REPEATS, Document, Fault, Flag, Text, Whole, parsed, read_toml, suggestion
from sim.inputs.quantity import checked_numbers
from sim.inputs.root import data_root, shown
from sim.inputs.structure import Alternative, check_weights
from sim.inputs.structure import Structure as Structure  # where it is looked for, too
from sim.inputs.treatments import Name
from sim.vocabulary.errors import InputError
from sim.vocabulary.slots import STRATEGIES

LARGEST_SEED = 2**32 - 1
LARGEST_PATIENTS = 2**32 - 1  # a patient's number is one 32-bit word of the random key
OLDEST_AGE_YEARS = 120.0
FROM_A_FILE = "csv"
NAME_OF_A_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
OVERRIDES = ("patients", "seed", "horizon_years", "strategies", "comparator", "setting", "entry")

Age = Annotated[float, Field(strict=True, ge=0, le=OLDEST_AGE_YEARS, allow_inf_nan=False)]


class Population(Document):
    """Who enters: people sampled from a population of parameters/populations, or the rows of a CSV `file`.

    `drawn_as`: the population that fills what a file leaves open. The ages narrow those of the population. The path of
    the file is as found from the scenario's folder.
    """

    kind: Name = "adults"
    drawn_as: Name | None = None
    age_minimum_years: Age | None = None
    age_maximum_years: Age | None = None
    file: Text | None = None

    @property
    def sampled_from(self) -> str:
        """The population of parameters/populations whose parameters hold."""
        return self.kind if self.kind != FROM_A_FILE else self.drawn_as or "adults"

    @model_validator(mode="after")
    def _check(self) -> "Population":
        youngest = 0.0 if self.age_minimum_years is None else self.age_minimum_years
        oldest = OLDEST_AGE_YEARS if self.age_maximum_years is None else self.age_maximum_years
        if youngest >= oldest:
            what = f"no age lies between {youngest:g} and {oldest:g}"
            raise Fault("age_minimum_years", what, "Write a minimum below the maximum.")
        if (self.kind == FROM_A_FILE) != (self.file is not None):
            raise Fault("file", f"kind = {self.kind!r} and this key contradict", "Write kind = 'csv' with a file.")
        if self.drawn_as is not None and self.kind != FROM_A_FILE:
            raise Fault("drawn_as", "only what a file leaves open is drawn as another population", "Write it as kind.")
        return self


class Uncertainty(Document):
    """What a probabilistic analysis draws otherwise than the files say.

    posterior: a CSV file of joint draws (a column a parameter) that take the place of their laws; the path is as found
    from the scenario's folder. correlations: whether the correlations of parameters/joint.toml hold; without them only
    what is one unknown under several names is drawn together.
    """

    posterior: Text | None = None
    correlations: Flag = True


def _years(value: Any) -> Any:
    """A number of years above 0; the word lifetime is an infinite horizon."""
    if value == "lifetime":
        return math.inf
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise Fault("", f"{value!r} is no horizon", "Write 'lifetime' or a number of years above 0.")
    return float(value)


def _number_or_numbers(value: Any) -> float | tuple[float, ...]:
    numbers = checked_numbers(value)
    return numbers if isinstance(value, list | tuple) else numbers[0]


class Scenario(Document):
    """A checked scenario.

    `parameters` are values laid over the files', by dotted name; `files` those it came from. `uncertainty` and
    `structure_weights` (by switch, the alternatives that a draw may have) matter to probabilistic analyses only.
    """

    name: Text
    files: tuple[str, ...]
    title: Text
    question: Text
    setting: Name
    entry: Literal["diagnosis", "first_contact"] = "diagnosis"
    horizon_years: Annotated[float, BeforeValidator(_years)]
    strategies: Annotated[tuple[Name, ...], Field(min_length=1, max_length=STRATEGIES), NO_REPEATS]
    comparator: Name
    patients: Annotated[Whole, Field(ge=1, le=LARGEST_PATIENTS)]
    seed: Annotated[Whole, Field(ge=0, le=LARGEST_SEED)]
    population: Population = Population()
    structure: Structure = Structure()
    parameters: dict[str, Annotated[float | tuple[float, ...], PlainValidator(_number_or_numbers)]] = Field(
        default_factory=dict
    )
    uncertainty: Uncertainty = Uncertainty()
    structure_weights: dict[str, Annotated[tuple[Alternative, ...], Field(min_length=1)]] = Field(default_factory=dict)

    injected = frozenset({"name", "files"})

    @field_validator("structure_weights", mode="after")
    @classmethod
    def _check_weights(cls, weights: dict[str, tuple[Alternative, ...]]) -> dict[str, tuple[Alternative, ...]]:
        for switch, alternatives in weights.items():
            check_weights(switch, alternatives)
        return weights

    @model_validator(mode="after")
    def _check_comparator(self) -> "Scenario":
        if self.comparator not in self.strategies:
            what = f"{self.comparator!r} is not among the strategies compared"
            raise Fault("comparator", what, suggestion(self.comparator, self.strategies))
        return self

    @field_serializer("horizon_years")
    def _horizon_text(self, horizon_years: float) -> float | str:
        return "lifetime" if math.isinf(horizon_years) else horizon_years

    @field_serializer("parameters")
    def _parameter_lists(self, parameters: dict[str, float | tuple[float, ...]]) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in parameters.items()}

    def document(self) -> dict[str, Any]:
        """The scenario as plain data, extensions and overrides resolved, for the manifest."""
        return self.model_dump(mode="json", exclude={"files"})


def load_scenario(path_or_name: str | Path, **overrides: Any) -> Scenario:
    """The scenario at a path, or the shipped one of that name.

    `overrides` (patients, seed, horizon_years, strategies, comparator, setting, entry) replace keys unless None.
    Raises InputError, and TypeError for any other override.
    """
    for key in overrides:
        if key not in OVERRIDES:
            raise TypeError(f"load_scenario takes no {key!r}; it takes {', '.join(OVERRIDES)}")
    path = find_scenario(path_or_name)
    document, chain = _read_with_extensions(path, [])
    given = {key: value for key, value in overrides.items() if value is not None}
    document |= given

    def place(key: str) -> str:
        first = key.partition(".")[0]
        return f"--{first.replace('_', '-')}" if first in given else f"{shown(path)}, {key}".rstrip(", ")

    if not NAME_OF_A_RUN.fullmatch(path.stem):
        repair = "Rename it with letters, digits, _ and - only."
        raise InputError(shown(path), "the file's name cannot name the folder of a run", repair)
    return parsed(Scenario, document, place, name=path.stem, files=tuple(shown(file) for file in chain))


def with_overrides(scenario: Scenario, **overrides: Any) -> Scenario:
    """`scenario` with those of the keys that are not None, checked as if they stood in its file. Raises InputError."""
    given = {key: value for key, value in overrides.items() if value is not None}
    if not given:
        return scenario
    document = scenario.model_dump(exclude={"name", "files"}) | given
    return parsed(Scenario, document, lambda key: f"--{key}", name=scenario.name, files=scenario.files)


def find_scenario(path_or_name: str | Path, beside: Path | None = None) -> Path:
    """The file of a scenario: a path (from the folder `beside`, if given), or a bare name among the shipped ones."""
    given = Path(path_or_name)
    shipped = data_root() / "scenarios"
    candidates = [beside / given] if beside is not None else [given]
    if given.name == str(given):
        candidates += [folder / f"{given.stem}.toml" for folder in ([beside] if beside else [])]
        candidates.append(shipped / f"{given.stem}.toml")
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    folders = [shipped] if beside is None else [beside, shipped]
    names = {path.stem for folder in folders for path in folder.glob("*.toml")}
    raise InputError(str(path_or_name), "there is no such scenario", suggestion(given.stem, names))


def _read_with_extensions(path: Path, chain: list[Path]) -> tuple[dict[str, Any], list[Path]]:
    """The document at `path` laid over those it extends; the files that were read, this one first."""
    where = shown(path)
    resolved = path.resolve()
    if resolved in chain:
        names = " -> ".join(file.stem for file in [*chain[chain.index(resolved) :], resolved])
        raise InputError(f"{where}, extends", f"the scenario extends itself ({names})", "Remove one `extends`.")
    document = read_toml(path)
    _refuse_unknown(document, where)
    _settle(document, path)
    base = document.pop("extends", None)
    if base is None:
        return document, [*chain, resolved]
    if not isinstance(base, str):
        raise InputError(f"{where}, extends", f"{base!r} is no file name", "Write extends = 'base_case_uk.toml'.")
    try:
        base_path = find_scenario(base, beside=path.parent)
    except InputError as error:
        raise InputError(f"{where}, extends", f"there is no scenario {base!r}", error.repair) from None
    lower, files = _read_with_extensions(base_path, [*chain, resolved])
    return _laid_over(lower, document), files


def _refuse_unknown(document: dict[str, Any], where: str) -> None:
    """Before merging, so that the message names the file in which the key stands."""
    keys = [*Scenario.file_keys(), "extends"]
    for key in document:
        if key not in keys:
            raise InputError(f"{where}, {key}", "this key is unknown", suggestion(key, keys))
    for section, model in (("population", Population), ("structure", Structure), ("uncertainty", Uncertainty)):
        table = document.get(section, {})
        for key in table if isinstance(table, dict) else ():
            if key not in model.file_keys():
                raise InputError(f"{where}, {section}.{key}", "this key is unknown", suggestion(key, model.file_keys()))


def _settle(document: dict[str, Any], path: Path) -> None:
    """What depends on the file itself: dotted parameter names written as tables, and the paths of other files."""
    if isinstance(document.get("parameters"), dict):
        document["parameters"] = _flat(document["parameters"])
    for section, key in (("population", "file"), ("uncertainty", "posterior")):
        table = document.get(section)
        if isinstance(table, dict) and isinstance(table.get(key), str):
            table[key] = str(path.parent / table[key])


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, entry in table.items():
        flat |= _flat(entry, f"{prefix}{key}.") if isinstance(entry, dict) else {f"{prefix}{key}": entry}
    return flat


def _laid_over(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    """`upper` over `lower`: tables key by key, everything else (lists too) as a whole."""
    merged = dict(lower)
    for key, entry in upper.items():
        below = merged.get(key)
        merged[key] = _laid_over(below, entry) if isinstance(below, dict) and isinstance(entry, dict) else entry
    return merged
