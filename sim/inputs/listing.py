"""Parameters as tables: the list of all, and everything known about one."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.inputs.document import suggestion
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.parameters import ParameterSet
from sim.inputs.quantity import Quantity
from sim.inputs.sources import Source
from sim.vocabulary.errors import InputError


@dataclass(frozen=True)
class ParameterRow:
    """One parameter in words, for tables on screen and in the report. `source` holds the keys, comma separated."""

    name: str
    value: str
    unit: str
    distribution: str
    low: str
    high: str
    status: str
    source: str
    where: str
    note: str
    file: str


def list_parameters(inputs: ModelInputs) -> list[ParameterRow]:
    """A row for each parameter, sorted by name, with the scenario's values."""
    return [_row(inputs.parameters, name) for name in inputs.parameters.names()]


def show_parameter(parameters: ParameterSet, sources: Mapping[str, Source], name: str) -> list[tuple[str, str]]:
    """Pairs of label and text about one parameter, its references in full. Raises InputError with the nearest name."""
    if name not in parameters:
        repair = suggestion(name, parameters.names(), otherwise="`bmes parameters list` shows all names.")
        raise InputError(name, "there is no parameter of this name", repair)
    row, quantity = _row(parameters, name), parameters.quantity(name)
    pairs = [
        ("name", name),
        ("value", f"{row.value} {row.unit}"),
        ("as printed", _as_printed(quantity)),
        ("distribution", row.distribution),
        ("range", f"{row.low} to {row.high}" if row.low or row.high else ""),
        ("status", row.status),
        ("reason", quantity.reason or ""),
        ("where", row.where),
        ("note", quantity.note or ""),
        ("file", row.file),
    ]
    pairs += [("source", f"{key}: {sources[key].reference}") for key in quantity.source]
    return [(label, text) for label, text in pairs if text]


def _row(parameters: ParameterSet, name: str) -> ParameterRow:
    quantity = parameters.quantity(name)
    return ParameterRow(
        name=name,
        value=", ".join(f"{number:g}" for number in quantity.numbers),
        unit=quantity.unit,
        distribution=_distribution(quantity),
        low="" if quantity.low is None else f"{quantity.low:g}",
        high="" if quantity.high is None else f"{quantity.high:g}",
        status=quantity.status,
        source=", ".join(quantity.source),
        where=quantity.where or "",
        note=" ".join(text for text in (quantity.note or quantity.reason, _as_printed(quantity)) if text),
        file=parameters.file(name),
    )


def _as_printed(quantity: Quantity) -> str:
    """What the source printed, and how it was moved to the setting's price year; empty when it was not."""
    moved = quantity.moved
    if moved is None:
        return ""
    index = f"{moved.index_to:g} / {moved.index_from:g} = {moved.ratio:.4f}"
    return f"{moved.printed:g} {quantity.unit} in prices of {moved.from_year}, moved to {moved.to_year} by {index}."


def _distribution(quantity: Quantity) -> str:
    """For instance `beta(alpha 10, beta 30)`."""
    spread = ", ".join(f"{key.replace('_', ' ')} {number:g}" for key, number in quantity.spread.items())
    return f"{quantity.distribution}({spread})" if spread else quantity.distribution
