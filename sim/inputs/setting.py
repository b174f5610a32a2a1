"""The setting: whose money, which tables, which costs count, and the thresholds results are held against."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator

from sim.inputs.document import NO_REPEATS, Document, Fault, Text, parsed, read_toml, suggestion
from sim.inputs.quantity_files import quantities_in
from sim.inputs.root import shown
from sim.inputs.treatments import Name
from sim.vocabulary.care_terms import CostCategory
from sim.vocabulary.errors import InputError

COST_CATEGORIES = tuple(category.name.lower() for category in CostCategory)
Threshold = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]


def _cost_category(value: Any) -> str:
    """The name of a cost category, as a perspective lists it."""
    if value not in COST_CATEGORIES:
        raise Fault("", f"{value!r} is no cost category", suggestion(str(value), COST_CATEGORIES))
    return str(value)


class Setting(Document):
    """One country's frame; its costs and discount rates are the parameters `setting.…`.

    `thresholds` and `former_thresholds` are the willingness to pay for a QALY, in `currency`. `unrelated_medical` names
    a table of the yearly medical costs of everybody alive; None: they are not counted. `sources` are those of the plain
    keys, thresholds above all.
    """

    name: Name
    file: str
    title: Text
    currency: Literal["GBP", "EUR"]
    price_year: Text
    life_table: Name
    utility_norms: Name
    perspective: Annotated[tuple[Annotated[str, PlainValidator(_cost_category)], ...], Field(min_length=1), NO_REPEATS]
    thresholds: Annotated[tuple[Threshold, ...], Field(min_length=1), NO_REPEATS]
    former_thresholds: Annotated[tuple[Threshold, ...], NO_REPEATS] = ()
    unrelated_medical: Name | None = None
    sources: tuple[Text, ...] = ()
    note: Text | None = None

    injected = frozenset({"name", "file"})


def load_setting(root: Path, name: str, asked_at: str = "setting") -> Setting:
    """The setting `name` below `root`/parameters/settings; `asked_at` is where its name stands. Raises InputError."""
    folder = root / "parameters" / "settings"
    path = folder / f"{name}.toml"
    where = shown(path, root)
    if not path.is_file():
        names = [other.stem for other in sorted(folder.glob("*.toml"))]
        raise InputError(asked_at, f"there is no setting {name!r}", suggestion(name, names))
    try:
        plain, _ = quantities_in(read_toml(path, root))
    except Fault as fault:
        raise InputError(f"{where}, {fault.key}", fault.what, fault.repair) from None
    return parsed(Setting, {key: entry for key, entry in plain.items() if entry != {}}, where, name=name, file=where)
