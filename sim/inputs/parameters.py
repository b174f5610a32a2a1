"""All numbers of the model under their dotted names: merged from the files, checked, and marked when read."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from sim.inputs.document import Fault, nearest, suggestion
from sim.inputs.prices import PRICES, at_setting_prices
from sim.inputs.quantity import SHARE_TOLERANCE, Quantity, check_numbers, checked_numbers, is_time
from sim.inputs.quantity_files import read_quantities, refuse_plain
from sim.inputs.root import shown
from sim.inputs.sources import SOURCES_FILE, Source, check_sources, load_sources
from sim.vocabulary.errors import InputError
from sim.vocabulary.units import to_years

SETTING_PREFIX = "setting"
TREATMENT_PREFIX = "treatments"
POPULATIONS = "populations"
BASE_POPULATION = "adults"
JOINT_FILE = "joint.toml"  # groups of quantities, not quantities (sim.inputs.joint_laws)
NO_QUANTITIES = (SOURCES_FILE, JOINT_FILE)


class ParameterSet:
    """Quantities by dotted name, with the values of one scenario or one draw laid over them.

    Reading a value marks it; `unread` names what no rule asked for. A set is never changed: `with_values` makes
    a new one, whose marks start afresh.
    """

    def __init__(
        self,
        quantities: Mapping[str, Quantity],
        files: Mapping[str, str],
        groups: Mapping[str, list[str]] | None = None,
    ) -> None:
        """`files` says for each name where it stands, for messages. `groups`: the names directly below each prefix, if
        they are known.
        """
        self._quantities = dict(quantities)
        self._files = dict(files)
        self._groups = _groups(self._quantities) if groups is None else groups
        self._overlay: dict[str, tuple[float, ...]] = {}
        self._read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._quantities

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._quantities)

    def quantity(self, name: str) -> Quantity:
        """The quantity with the value of this set; does not count as reading. Raises InputError."""
        self._require(name)
        if name not in self._overlay:
            return self._quantities[name]
        return self._quantities[name].model_copy(update={"numbers": self._overlay[name], "moved": None})

    def file(self, name: str) -> str:
        """The file in which `name` stands. Raises InputError."""
        self._require(name)
        return self._files[name]

    def value(self, name: str) -> float:
        """The single number of `name`, in its own unit. Raises InputError for an unknown name or a list."""
        numbers = self._numbers(name)
        if self._quantities[name].is_list:
            raise InputError(f"{self._files[name]}, {name}", "this is a list, but one number is needed", "Write one.")
        return numbers[0]

    def values(self, name: str) -> list[float]:
        """The numbers of `name`, in its own unit (one, unless it is a list)."""
        return list(self._numbers(name))

    def years(self, name: str) -> float:
        """The single number of `name`, a time, in years."""
        return to_years(self.value(name), self._time_unit(name))

    def years_list(self, name: str) -> list[float]:
        """The numbers of `name`, times, in years."""
        return [to_years(number, self._time_unit(name)) for number in self.values(name)]

    def comparable(self, name: str) -> float:
        """The number of `name` for checks, times in years; does not count as reading."""
        self._require(name)
        number = (self._overlay.get(name) or self._quantities[name].numbers)[0]
        unit = self._quantities[name].unit
        return to_years(number, unit) if is_time(unit) else number

    def group(self, prefix: str) -> dict[str, float]:
        """The single numbers directly below `prefix`, by the last part of their names, in the files' order."""
        leaves = self._groups.get(prefix)
        if leaves is None:
            self._require(prefix)
            raise InputError(f"{self._files[prefix]}, {prefix}", "a group of values is needed here", "Write a table.")
        return {name[len(prefix) + 1 :]: self.value(name) for name in leaves}

    def unread(self) -> list[str]:
        """Names that nobody has read from this set, sorted."""
        return sorted(set(self._quantities) - self._read)

    def with_values(
        self, values: Mapping[str, float | list[float] | tuple[float, ...]], where: str = "[parameters]"
    ) -> "ParameterSet":
        """A new set with `values` laid over this one, checked as if they stood in the files.

        Raises InputError, at `where`, for an unknown name, a number out of its range or shares that miss 1.
        """
        changed = ParameterSet(self._quantities, self._files, self._groups)
        changed._overlay.update(self._overlay)
        for name, value in values.items():
            self._require(name, f"{where}, {name}")
            quantity = self._quantities[name]
            try:
                numbers = checked_numbers(value)
                if isinstance(value, list | tuple) != quantity.is_list:
                    wanted = "a list of numbers" if quantity.is_list else "one number"
                    raise Fault("", f"{value!r} does not fit here", f"Write {wanted}.")
                check_numbers(name, numbers, quantity.unit)
            except Fault as fault:
                raise InputError(f"{where}, {name}", fault.what, fault.repair) from None
            changed._overlay[name] = numbers
        changed.check_shares(where, {name.rpartition(".")[0] for name in values})
        return changed

    def replaced(self, quantities: Mapping[str, Quantity], where: str) -> "ParameterSet":
        """A new set in which `quantities`, of the file `where`, take the place of those of the same name.

        Raises InputError for an unknown name, another unit, or shares that then miss 1.
        """
        for name, quantity in quantities.items():
            self._require(name, f"{where}, {name}")
            old = self._quantities[name]
            if quantity.unit != old.unit or quantity.is_list != old.is_list:
                form = "a list of numbers" if old.is_list else "one number"
                what = f"this replaces {form} with unit {old.unit!r}"
                raise InputError(f"{where}, {name}", what, "Give it in the same form and unit.")
        changed = ParameterSet({**self._quantities, **quantities}, {**self._files, **dict.fromkeys(quantities, where)})
        changed._overlay.update({name: value for name, value in self._overlay.items() if name not in quantities})
        changed.check_shares(where, {name.rpartition(".")[0] for name in quantities})
        return changed

    def content_hash(self) -> str:
        """SHA-256 (hex) of every value, unit and distribution: equal exactly when the numbers are."""
        content = {
            name: [self._overlay.get(name, quantity.numbers), quantity.unit, quantity.distribution, quantity.spread]
            for name, quantity in self._quantities.items()
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def check_shares(self, where: str | None = None, groups: set[str] | None = None) -> None:
        """Raise InputError when the shares of a group (of `groups`; all by default) do not sum to 1."""
        for group, names in self._groups.items():
            if groups is not None and group not in groups:
                continue
            if not any(part.endswith("_share") for part in group.split(".")):
                continue
            total = sum(self._overlay.get(name, self._quantities[name].numbers)[0] for name in names)
            if abs(total - 1.0) > SHARE_TOLERANCE:
                what = f"the shares {', '.join(name.rpartition('.')[2] for name in names)} sum to {total:.7g}, not to 1"
                raise InputError(f"{where or self._files[names[0]]}, {group}", what, "Correct them.")

    def _numbers(self, name: str) -> tuple[float, ...]:
        self._require(name)
        self._read.add(name)
        return self._overlay.get(name) or self._quantities[name].numbers

    def _time_unit(self, name: str) -> str:
        unit = self._quantities[name].unit
        if not is_time(unit):
            raise InputError(f"{self._files[name]}, {name}", f"{unit!r} is no time", "Write a unit of time.")
        return unit

    def _require(self, name: str, where: str | None = None) -> None:
        if name in self._quantities:
            return
        if where is not None:
            repair = suggestion(name, self._quantities, otherwise="`bmes parameters list` shows all names.")
            raise InputError(where, "there is no parameter of this name", repair)
        close = nearest(name, self._quantities)
        repair = f"Add it{f', or rename {close!r} if that is meant' if close else ''}."
        raise InputError(f"parameters, {name}", "the model needs this parameter, but it is missing", repair)


def _groups(names: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.rpartition(".")[0], []).append(name)
    return groups


def load_parameters(
    root: Path,
    setting: str,
    sources: Mapping[str, Source] | None = None,
    population: str = BASE_POPULATION,
    prices: str = "list",
) -> ParameterSet:
    """Everything below `root`/parameters with the numbers of one setting and one population, merged and checked.

    `sources` saves reading them again. `prices` is "list" or "tender" (sim.inputs.prices). Quantities of the population
    take the place of those of the same name in the base files. Raises InputError.
    """
    folder = root / "parameters"
    sources = load_sources(root) if sources is None else sources
    if prices not in PRICES:
        raise InputError("structure.prices", f"{prices!r} are no prices", suggestion(prices, PRICES))
    files = [(path, "") for path in sorted(folder.glob("*.toml")) if path.name not in NO_QUANTITIES]
    files += [(path, f"{TREATMENT_PREFIX}.{path.stem}.") for path in sorted((folder / "treatments").glob("*.toml"))]
    files.append((folder / "settings" / f"{setting}.toml", f"{SETTING_PREFIX}."))
    quantities: dict[str, Quantity] = {}
    places: dict[str, str] = {}
    for path, prefix in files:
        where = shown(path, root)
        plain, found = read_quantities(path, root, sources, prefix)
        if not prefix:
            refuse_plain(plain, where)
        if prefix == f"{SETTING_PREFIX}.":
            check_sources(f"{where}, sources", plain.get("sources", ()), sources)
            found = at_setting_prices(found, str(plain.get("price_year", "")), prices, where)
        for name, quantity in found.items():
            if name in quantities:
                raise InputError(f"{where}, {name}", f"this name is also in {places[name]}", "Remove one of the two.")
            quantities[name], places[name] = quantity, where
    parameters = ParameterSet(quantities, places)
    parameters.check_shares()
    path = folder / POPULATIONS / f"{population}.toml"
    if population == BASE_POPULATION and not path.is_file():
        return parameters  # the base files are its parameters
    if not path.is_file():
        names = [other.stem for other in sorted(path.parent.glob("*.toml"))]
        raise InputError("population.kind", f"there is no population {population!r}", suggestion(population, names))
    _, replacing = read_quantities(path, root, sources)
    return parameters.replaced(replacing, shown(path, root))
