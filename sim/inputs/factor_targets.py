"""What the factors of a sweep point at: parameters by name, or fields in the files of treatments and strategies."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.inputs.document import Fault, read_toml, suggestion
from sim.inputs.factors import Factor, Level, text_of
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.parameters import SETTING_PREFIX, TREATMENT_PREFIX
from sim.inputs.prices import UNIT_COSTS
from sim.inputs.quantity import Quantity, check_numbers
from sim.inputs.quantity_files import quantities_in
from sim.inputs.sampled import CHARGED_ALWAYS
from sim.inputs.strategies import Strategy, load_strategies
from sim.inputs.structure import Structure
from sim.inputs.treatments import Treatment
from sim.vocabulary.errors import InputError

OF_A_POPULATION = ("kind", "age_minimum_years", "age_maximum_years")
OF_A_SCENARIO = ("horizon_years", "entry")
OF_A_SETTING = ("perspective", "life_table", "utility_norms", "unrelated_medical")
WORDS = {  # keys that the model does not read
    "treatment": ("title", "route", "dose", "evidence_grade", "sources", "note", "licence"),
    "strategy": ("title", "summary"),
}
FOLDERS = {"treatment": "treatments", "strategy": "strategies"}


def resolved(
    factor: Factor, inputs: ModelInputs, where: str, root: Path, given: frozenset[str] = frozenset()
) -> Factor:
    """The factor with the parameter that it stands for, if it is one.

    where: its place, for messages. given: treatments that a level of another factor gives.

    A treatment's or a setting's quantity is a parameter too. Raises InputError for a target that does not exist, that
    no compared strategy has, or that the model does not read, and for values that the quantity cannot have.
    """
    place = f"{where}.{factor.kind}"
    parameters = inputs.parameters
    if factor.kind == "parameter":
        if factor.target not in parameters:
            repair = suggestion(factor.target, parameters.names(), otherwise="`bmes parameters list` shows all names.")
            raise InputError(place, f"there is no parameter {factor.target!r}", repair)
        return _of_parameter(factor, factor.target, inputs, where, given)
    prefix = {"treatment": TREATMENT_PREFIX, "setting": SETTING_PREFIX}.get(factor.kind)
    if prefix is not None and f"{prefix}.{factor.target}" in parameters:
        return _of_parameter(factor, f"{prefix}.{factor.target}", inputs, where, given)
    if factor.kind in FOLDERS:
        _check_field(factor, inputs, place, root, given)
        return factor
    quantities = [name.partition(".")[2] for name in parameters.names() if name.startswith(f"{SETTING_PREFIX}.")]
    known = {
        "population": OF_A_POPULATION,
        "scenario": OF_A_SCENARIO,
        "structure": tuple(Structure.model_fields),
        "setting": ("setting", *OF_A_SETTING, *quantities),
    }[factor.kind]
    if factor.target not in known:
        otherwise = f"Write one of: {', '.join(('setting', *OF_A_SETTING))}, or a quantity of the setting's file."
        repair = suggestion(factor.target, known, otherwise=otherwise if factor.kind == "setting" else "")
        raise InputError(place, f"{factor.target!r} of the {factor.kind} cannot be varied", repair)
    return factor


def document_of(kind: str, name: str, root: Path) -> dict[str, Any]:
    """The file of a treatment or strategy without its quantities."""
    path = root / "parameters" / FOLDERS[kind] / f"{name}.toml"
    plain, _ = quantities_in(read_toml(path, root))
    return plain


def with_field(document: Mapping[str, Any], path: str, level: Level) -> dict[str, Any]:
    """A copy of `document` with `level` in the field at the dotted `path`; elements of a list count from 1, or go by
    their key `name`. Raises Fault when there is no way to that field.
    """
    changed = deepcopy(dict(document))
    table: Any = changed
    *folders, last = path.split(".")
    for depth, part in enumerate(folders):
        table = below(table, part, ".".join(folders[:depth]))
    if not isinstance(table, dict):
        raise Fault(path, "there is no such field", "Name a field of the element, such as lines.1.start.from_weeks.")
    table[last] = list(level) if isinstance(level, tuple) else level
    return changed


def below(table: Any, part: str, path: str) -> Any:
    """What lies below `part` of a table or of a list of tables."""
    if isinstance(table, list):
        names = {str(number): element for number, element in enumerate(table, start=1)}
        names |= {element["name"]: element for element in table if isinstance(element, dict) and "name" in element}
    else:
        names = {key: entry for key, entry in table.items() if isinstance(entry, dict | list)}
    if part in names and isinstance(names[part], dict | list):
        return names[part]
    there = ", ".join(names) or "no tables"
    raise Fault(path, f"there is no {part!r}{f' in {path}' if path else ''}", f"The file has {there} there.")


def _of_parameter(factor: Factor, name: str, inputs: ModelInputs, where: str, given: frozenset[str]) -> Factor:
    """The factor of a quantity, whose values must be possible for it by itself."""
    if name.startswith(f"{TREATMENT_PREFIX}."):
        _check_given(name.split(".")[1], inputs, f"{where}.{factor.kind}", given)
    if name.startswith(UNIT_COSTS):
        _check_charged(name.removeprefix(UNIT_COSTS), inputs, f"{where}.{factor.kind}", given)
    quantity = inputs.parameters.quantity(name)
    if quantity.is_list and factor.range is not None:
        raise InputError(f"{where}.low", f"{name} is a list of numbers", "Write levels = [[...], [...]].")
    for level in factor.levels:
        _check_number(name, quantity, level, f"{where}.levels")
    for key, end in (("low", factor.low), ("high", factor.high)):
        if end is not None:
            _check_number(name, quantity, end, f"{where}.{key}")
    return factor if quantity.is_list else replace(factor, parameter=name)


def check_value(name: str, quantity: Quantity, level: Level) -> None:
    """Raise Fault for what cannot be a value of the quantity: another type, or a number outside its bounds."""
    numbers = level if isinstance(level, tuple) else (level,)
    wanted = "a list of numbers" if quantity.is_list else "a number"
    fits = isinstance(level, tuple) == quantity.is_list
    if not fits or any(isinstance(number, bool | str) for number in numbers):
        raise Fault("", f"{text_of(level)!r} is not {wanted}, as {name} is", f"Write {wanted}, without quotes.")
    floats = tuple(float(number) for number in numbers)
    check_numbers(name, floats, quantity.unit)
    lower, upper = quantity.lower, quantity.upper
    for limit in (one for one in (lower, upper) if one is not None):
        if min(floats) < limit == lower or max(floats) > limit == upper:
            what = f"{text_of(level)} is outside the bounds of {name}, {_bounds(lower, upper)}"
            raise Fault("", what, f"Write a number within them, such as {limit:g}.")


def _check_number(name: str, quantity: Quantity, level: Level, where: str) -> None:
    try:
        check_value(name, quantity, level)
    except Fault as fault:
        raise InputError(where, fault.what, fault.repair) from None


def _bounds(lower: float | None, upper: float | None) -> str:
    return " and ".join(
        f"{words} {limit:g}" for words, limit in (("from", lower), ("up to", upper)) if limit is not None
    )


def _check_field(factor: Factor, inputs: ModelInputs, place: str, root: Path, given: frozenset[str]) -> None:
    """A field of a treatment's or strategy's file."""
    name, _, path = factor.target.partition(".")
    known: Iterable[str] = inputs.treatments if factor.kind == "treatment" else load_strategies(root)
    if name not in known:
        raise InputError(place, f"there is no {factor.kind} {name!r}", suggestion(name, known))
    if factor.kind == "treatment":
        _check_given(name, inputs, place, given)
    elif name not in inputs.strategies:
        what = f"the strategy {name!r} is not among those compared"
        raise InputError(place, what, f"Write one of: {', '.join(inputs.strategies)}.")
    if not path:
        raise InputError(place, f"no field of {name!r} is named", f"Write {name}.FIELD, as in its file.")
    first = path.partition(".")[0]
    if first in WORDS[factor.kind]:
        raise InputError(place, f"the model does not read {first!r}", "Vary a field that it reads.")
    model = Treatment if factor.kind == "treatment" else Strategy
    document = document_of(factor.kind, name, root)
    if first not in model.file_keys():
        quantities = inputs.treatments[name].quantities if factor.kind == "treatment" else ()
        names = {*model.file_keys(), *(quantity.partition(".")[0] for quantity in quantities)}
        raise InputError(place, f"the {factor.kind} {name!r} has no field {path!r}", suggestion(first, names))
    try:
        with_field(document, path, 0)
    except Fault as fault:
        raise InputError(place, fault.what, fault.repair) from None


def _check_given(treatment: str, inputs: ModelInputs, place: str, also: frozenset[str]) -> None:
    """The treatment must be given by a compared strategy, or its effect be copied by one that is."""
    given = _given(inputs, also)
    copied = {one.healing.as_treatment for name, one in inputs.treatments.items() if name in given and one.healing}
    if treatment in inputs.treatments and treatment not in given | copied:
        what = f"no compared strategy gives {treatment!r}"
        raise InputError(place, what, f"Write one of: {', '.join(sorted(given))}, or compare a strategy that gives it.")


def _check_charged(cost: str, inputs: ModelInputs, place: str, also: frozenset[str]) -> None:
    """The unit cost must be one that somebody is charged."""
    treatments = [one for name, one in inputs.treatments.items() if name in _given(inputs, also)]
    charged = CHARGED_ALWAYS.union(*(treatment.unit_costs() for treatment in treatments))
    if cost not in charged:
        what = f"under the compared strategies nobody is charged {cost!r}"
        raise InputError(place, what, "Compare a strategy that needs it, or remove the factor.")


def _given(inputs: ModelInputs, also: frozenset[str]) -> frozenset[str]:
    """The treatments of the compared strategies, and `also` those that a factor gives."""
    lines = [line for strategy in inputs.strategies.values() for line in strategy.lines]
    return also.union(*(line.treatments for line in lines))
