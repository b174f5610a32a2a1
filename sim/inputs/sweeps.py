"""Sweeps: files that say which factors are varied, how the points are laid out, and what is kept of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.document import parsed, read_toml
from sim.inputs.factor_targets import resolved
from sim.inputs.factors import Factor, checked_level
from sim.inputs.listed_points import read_points
from sim.inputs.model_inputs import gather
from sim.inputs.root import data_root, shown
from sim.inputs.scenario import NAME_OF_A_RUN, Scenario, find_scenario, load_scenario
from sim.inputs.sweep_file import (
    GRID,
    LATIN_HYPERCUBE,
    LIST,
    MORRIS,
    MOST_POINTS,
    SALTELLI,
    SOBOL,
    Design,
    SweepFile,
)
from sim.vocabulary.errors import InputError

__all__ = [
    "GRID",
    "LATIN_HYPERCUBE",
    "LIST",
    "MORRIS",
    "MOST_POINTS",
    "SALTELLI",
    "SOBOL",
    "Design",
    "Sweep",
    "find_sweep",
    "load_sweep",
    "sweep_of",
]

COST, QALYS = "cost_discounted", "qalys_discounted"
RECORDED = (COST, QALYS, "life_years", "pain_years", "symptoms_resolved", "adverse_events")
LAID_OVER = ("strategies", "comparator", "patients", "seed")  # keys that take the place of the scenario's


@dataclass(frozen=True, eq=False)
class Sweep:
    """A checked sweep.

    files: those it came from, this one first, as messages name them. scenario: with the sweep's strategies, comparator,
    patients (of each point) and seed. draws: of the uncertain parameters at every point; 0 for their central values.
    record: outcomes that are kept, cost and QALYs first. listed: the points of a list, as `design_points` gives them;
    None for other designs.
    """

    name: str
    files: tuple[str, ...]
    title: str
    question: str
    scenario: Scenario
    draws: int
    record: tuple[str, ...]
    design: Design
    factors: tuple[Factor, ...]
    listed: "pd.DataFrame | None" = field(default=None, repr=False)

    @property
    def points(self) -> int:
        return self.design.points(self.factors, 0 if self.listed is None else len(self.listed))

    def place_of(self, factor: Factor) -> str:
        """Where a factor stands, for messages."""
        return f"{self.files[0]}, factors.{self.factors.index(factor) + 1}"

    def document(self) -> dict[str, Any]:
        """The sweep as plain data, which `sweep_of` reads back; without the points of a list."""
        factors = [{key: _plain(getattr(one, key)) for key in one.__dataclass_fields__} for one in self.factors]
        return {
            "name": self.name,
            "files": list(self.files),
            "title": self.title,
            "question": self.question,
            "scenario": self.scenario.document() | {"files": list(self.scenario.files)},
            "draws": self.draws,
            "record": list(self.record),
            "design": self.design.model_dump(mode="json", exclude_unset=True),
            "factors": factors,
        }


def sweep_of(document: Mapping[str, Any], listed: "pd.DataFrame | None" = None) -> Sweep:
    """The sweep that `Sweep.document` has written. `listed`: the points of a list, if they are needed."""
    scenario = dict(document["scenario"])
    name, files = scenario.pop("name"), tuple(scenario.pop("files"))
    factors = [
        Factor(**{**one, "levels": tuple(checked_level(level) for level in one["levels"])})
        for one in document["factors"]
    ]
    where = document["files"][0]
    return Sweep(
        name=document["name"],
        files=tuple(document["files"]),
        title=document["title"],
        question=document["question"],
        scenario=parsed(Scenario, scenario, f"{where}, scenario", name=name, files=files),
        draws=document["draws"],
        record=tuple(document["record"]),
        design=parsed(Design, document["design"], f"{where}, design"),
        factors=tuple(factors),
        listed=listed,
    )


def load_sweep(path: str | Path, root: Path | None = None, **overrides: Any) -> Sweep:
    """The sweep of a file, with its factors found among the inputs of the data folder `root` (the shipped one).

    `overrides` (patients, seed, strategies, comparator) replace keys unless None. Whether the model takes every level
    is for `sim.experiments.sweep_check.check_sweep`. Raises InputError, and TypeError for another override.
    """
    path = find_sweep(path)
    where = shown(path)
    if not NAME_OF_A_RUN.fullmatch(path.stem):
        repair = "Rename it with letters, digits, _ and - only."
        raise InputError(where, "the file's name cannot name the folder of a run", repair)
    for key in overrides:
        if key not in LAID_OVER:
            raise TypeError(f"load_sweep takes no {key!r}; it takes {', '.join(LAID_OVER)}")
    document = read_toml(path)
    given = {key: value for key, value in overrides.items() if value is not None}
    file = parsed(SweepFile, document | given, where)
    scenario = _scenario(file, path, where, given)
    try:
        inputs = gather(scenario, root)
    except InputError as error:
        raise _of_the_sweep(error, scenario, file, where, given) from None
    asked = [table.factor() for table in file.factors]
    lists = [level for one in asked if one.kind == "strategy" for level in one.levels if isinstance(level, tuple)]
    treatments = frozenset(str(element) for level in lists for element in level)
    factors = tuple(
        resolved(factor, inputs, f"{where}, factors.{number}", root or data_root(), treatments)
        for number, factor in enumerate(asked, start=1)
    )
    _refuse_one_target_twice(factors, where)
    files, listed = (where, *scenario.files), None
    if file.design.file is not None:
        points = path.parent / file.design.file
        factors, listed = read_points(points, factors, MOST_POINTS)
        files = (*files, shown(points))
    record = dict.fromkeys((COST, QALYS, *(RECORDED if file.record is None else file.record)))
    return Sweep(
        path.stem, files, file.title, file.question, scenario, file.draws, tuple(record), file.design, factors, listed
    )


def find_sweep(path_or_name: str | Path) -> Path:
    """The file of a sweep: a path, or the bare name of a shipped one."""
    given = Path(path_or_name)
    folder = data_root() / "scenarios" / "sweeps"
    shipped = folder / f"{given.stem}.toml"
    if given.is_file() or given.name != str(given) or given.suffix not in ("", ".toml"):
        return given
    if not shipped.is_file():
        names = ", ".join(sorted(other.stem for other in folder.glob("*.toml")))
        raise InputError(str(path_or_name), "there is no such sweep", f"Give a file, or one of: {names}.")
    return shipped


def _scenario(file: SweepFile, path: Path, where: str, given: Mapping[str, Any]) -> Scenario:
    """The scenario of the sweep, with what the sweep lays over it."""
    try:
        scenario = load_scenario(find_scenario(file.scenario, beside=path.parent))
    except InputError as error:
        if error.where == file.scenario:
            raise InputError(f"{where}, scenario", f"{error.what}: {file.scenario!r}", error.repair) from None
        raise
    document = scenario.model_dump(exclude={"name", "files"}) | _laid_over(file)
    name, files = scenario.name, scenario.files
    scenario = parsed(Scenario, document, lambda key: _place(key, where, given), name=name, files=files)
    if len(scenario.strategies) < 2:
        raise InputError(f"{where}, strategies", "one strategy has nothing to be compared with", "Write two or more.")
    return scenario


def _laid_over(file: SweepFile) -> dict[str, Any]:
    """Keys of the sweep that take the place of the scenario's."""
    return {key: getattr(file, key) for key in LAID_OVER if getattr(file, key) is not None}


def _place(key: str, where: str, given: Mapping[str, Any]) -> str:
    """Where a key stands that is laid over the scenario's: an option, or the file of the sweep."""
    return f"--{key}" if key.partition(".")[0] in given else f"{where}, {key}"


def _of_the_sweep(
    error: InputError, scenario: Scenario, file: SweepFile, where: str, given: Mapping[str, Any]
) -> InputError:
    """A fault of the scenario under the name of the sweep's file or option, where these laid the faulty key over it."""
    place, _, key = error.where.rpartition(", ")
    if place != scenario.files[0] or key.partition(".")[0] not in _laid_over(file):
        return error
    return InputError(_place(key, where, given), error.what, error.repair)


def _refuse_one_target_twice(factors: tuple[Factor, ...], where: str) -> None:
    seen: dict[str, str] = {}
    for number, factor in enumerate(factors, start=1):
        target = factor.parameter or f"{factor.kind} {factor.target}"
        if target in seen:
            what = f"{seen[target]!r} and {factor.name!r} vary the same thing, {target}"
            raise InputError(f"{where}, factors.{number}", what, "Remove one of the two.")
        seen[target] = factor.name


def _plain(value: Any) -> Any:
    return [_plain(element) for element in value] if isinstance(value, tuple) else value
