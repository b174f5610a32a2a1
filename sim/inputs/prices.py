"""One price level for a setting: costs moved to its price year, and tender prices in place of list prices.

Both happen once, at loading. The indices and tender prices themselves are used up by it: a model reads unit costs only.
"""

from collections.abc import Mapping

from sim.inputs.document import suggestion
from sim.inputs.quantity import Moved, Quantity
from sim.vocabulary.errors import InputError

PRICES = ("list", "tender")
PRICE_INDEX = "setting.price_index."
UNIT_COSTS = "setting.unit_costs."
TENDER_PRICES = "setting.tender_prices."
AMOUNTS = ("standard_error", "lower", "upper", "low", "high")  # what moves with the value; a sigma does not


def at_setting_prices(
    quantities: Mapping[str, Quantity], price_year: str, prices: str, where: str
) -> dict[str, Quantity]:
    """A setting's quantities as the model uses them, under the names of its file `where`.

    Costs with a price year of their own are moved to `price_year`: value x index of that year / index of their own.
    With `prices` = "tender" each tender price takes the place of the unit cost of its name. Raises InputError for a
    year without index, a tender price of nothing, or a setting that has none when they are asked for.
    """
    indices = _below(quantities, PRICE_INDEX)
    for year, index in indices.items():
        if index.unit != "ratio" or index.is_list or index.value <= 0.0:
            what = f"{index.value:g} {index.unit} is no price index"
            raise InputError(f"{where}, {PRICE_INDEX}{year}", what, "Write one number above 0 with unit = 'ratio'.")
    at_prices = {
        name: _moved(quantity, indices, price_year, f"{where}, {name}.price_year", where)
        for name, quantity in quantities.items()
        if not name.startswith(PRICE_INDEX)
    }
    unit_costs, tenders = _below(at_prices, UNIT_COSTS), _below(at_prices, TENDER_PRICES)
    for name, tender in tenders.items():
        _check_tender(name, tender, unit_costs, where)
        del at_prices[f"{TENDER_PRICES}{name}"]
        if prices == "tender":
            listed = unit_costs[name]
            note = f"A tender price; the list price is {listed.value:g} {listed.unit}."
            note = f"{tender.note} {note}" if tender.note else note
            at_prices[f"{UNIT_COSTS}{name}"] = tender.model_copy(update={"note": note})
    if prices == "tender" and not tenders:
        repair = "Write prices = 'list', or add [tender_prices.NAME] to the setting."
        raise InputError("structure.prices", f"{where} has no tender prices", repair)
    return at_prices


def _below(quantities: Mapping[str, Quantity], prefix: str) -> dict[str, Quantity]:
    """The quantities below `prefix`, by the rest of their names."""
    return {name.removeprefix(prefix): one for name, one in quantities.items() if name.startswith(prefix)}


def _moved(quantity: Quantity, indices: Mapping[str, Quantity], price_year: str, where: str, file: str) -> Quantity:
    """The quantity in prices of `price_year`; itself when it has no other year."""
    own_year = quantity.price_year
    if own_year is None or own_year == price_year:
        return quantity
    for year, place in ((own_year, where), (price_year, f"{file}, price_year")):
        if year not in indices:
            known = f"Write one of {', '.join(sorted(indices))}, or add" if indices else "Add"
            raise InputError(place, f"there is no price index of {year}", f'{known} [price_index."{year}"].')
    from_index, to_index = indices[own_year], indices[price_year]
    moved = Moved(quantity.value, own_year, price_year, from_index.value, to_index.value)
    amounts = {key: getattr(quantity, key) for key in AMOUNTS if getattr(quantity, key) is not None}
    return quantity.model_copy(
        update={
            "numbers": tuple(number * moved.ratio for number in quantity.numbers),
            **{key: amount * moved.ratio for key, amount in amounts.items()},
            "source": tuple(dict.fromkeys((*quantity.source, *from_index.source, *to_index.source))),
            "moved": moved,
        }
    )


def _check_tender(name: str, tender: Quantity, unit_costs: Mapping[str, Quantity], where: str) -> None:
    """A tender price needs a list price of its name, in the same unit."""
    place = f"{where}, {TENDER_PRICES}{name}"
    if name not in unit_costs:
        raise InputError(place, f"there is no unit cost {name!r} to replace", suggestion(name, unit_costs))
    if tender.unit != unit_costs[name].unit:
        what = f"a tender price in {tender.unit!r}"
        raise InputError(f"{place}.unit", what, f"Write unit = {unit_costs[name].unit!r}.")
