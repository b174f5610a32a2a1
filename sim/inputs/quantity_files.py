"""Find the quantities in a document, name them and check each: the step from files to parameters."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.inputs.document import Fault, nearest, parsed, read_toml
from sim.inputs.quantity import Quantity, check_in_context, quantity_of
from sim.inputs.root import shown
from sim.inputs.sources import Source, check_sources
from sim.vocabulary.errors import InputError


def read_quantities(
    path: Path, root: Path, sources: Mapping[str, Source], prefix: str = ""
) -> tuple[dict[str, Any], dict[str, Quantity]]:
    """The plain keys of a file and its quantities, checked, under dotted names below `prefix`. Raises InputError."""
    where = shown(path, root)
    try:
        plain, tables = quantities_in(read_toml(path, root), prefix)
    except Fault as fault:
        raise InputError(f"{where}, {fault.key}", fault.what, fault.repair) from None
    return plain, parse_quantities(tables, where, sources)


def quantities_in(table: Mapping[str, Any], prefix: str = "") -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Part a document into its plain keys and its quantities (the tables with a key `value`).

    Quantities get dotted names below `prefix`; elements of a list of tables are named by their key `name`, otherwise
    by position from 1. Tables that held nothing but quantities stay behind empty. Raises Fault for a quantity
    without value.
    """
    plain: dict[str, Any] = {}
    quantities: dict[str, dict[str, Any]] = {}
    for key, entry in table.items():
        for label, element in _tables(key, entry):
            if "value" in element:
                quantities[f"{prefix}{label}"] = element
                continue
            if {"unit", "distribution", "status"} & element.keys():
                close = nearest("value", element)
                repair = f"Rename {close!r} to 'value'." if close else "Add value = NUMBER."
                raise Fault(f"{prefix}{label}", "this quantity has no value", repair)
            below, found = quantities_in(element, f"{prefix}{label}.")
            quantities |= found
            if isinstance(entry, list):
                plain.setdefault(key, []).append(below)
            else:
                plain[key] = below
        if not any(True for _ in _tables(key, entry)):
            plain[key] = entry
    return plain, quantities


def _tables(key: str, entry: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tables in an entry of a document, each with its dotted label."""
    if isinstance(entry, dict):
        yield key, entry
    elif isinstance(entry, list) and entry and all(isinstance(element, dict) for element in entry):
        for position, element in enumerate(entry, start=1):
            name = element.get("name", position)
            yield f"{key}.{name}", element


def parse_quantities(
    tables: Mapping[str, dict[str, Any]], where: str, sources: Mapping[str, Source]
) -> dict[str, Quantity]:
    """Quantities from their tables, each checked by itself, against its name and against the sources."""
    quantities = {}
    for name, table in tables.items():

        def place(key: str, name: str = name) -> str:
            return f"{where}, {name}" if key in ("", "value") else f"{where}, {name}.{key}"

        quantity = parsed(Quantity, table, place, **quantity_of(table))
        try:
            check_in_context(name, quantity.numbers, quantity.unit)
        except Fault as fault:
            raise InputError(place(fault.key), fault.what, fault.repair) from None
        check_sources(place("source"), quantity.source, sources)
        quantities[name] = quantity
    return quantities


def refuse_plain(plain: Mapping[str, Any], where: str, prefix: str = "") -> None:
    """In a file of parameters nothing stands outside a quantity."""
    for key, entry in plain.items():
        if isinstance(entry, dict) and entry:
            refuse_plain(entry, where, f"{prefix}{key}.")
        elif not isinstance(entry, dict):
            repair = f"Write a table with value = {entry!r}, unit, distribution, source and status."
            raise InputError(f"{where}, {prefix}{key}", "a value needs a unit, a source and a status", repair)
