"""One number of the evidence: its value, unit, distribution, source and status, checked by itself."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from sim.inputs.document import Document, Fault, Number, Text, suggestion
from sim.vocabulary.units import UNITS, YEARS_PER_UNIT, suffix_agrees, unit_promised_by

CURRENCIES = frozenset({"GBP", "EUR"})
SHARE_TOLERANCE = 1e-6
MEAN_TOLERANCE = 0.05  # relative: values are printed rounded
SPREADS: dict[str, tuple[tuple[str, ...], ...]] = {
    # for each distribution the sets of keys of which one is required
    "fixed": ((),),
    "beta": (("alpha", "beta"), ("standard_error",)),
    "gamma": (("standard_error",),),
    "lognormal": (("sigma",),),
    "normal": (("standard_error",),),
    "truncated_normal": (("standard_error",),),
    "uniform": (("low", "high"),),
    "triangular": (("low", "high"),),
    "dirichlet": (("concentration",),),
}
SPREAD_KEYS = ("alpha", "beta", "standard_error", "sigma", "concentration", "lower", "upper")

Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Distribution = Literal[
    "fixed", "beta", "gamma", "lognormal", "normal", "truncated_normal", "uniform", "triangular", "dirichlet"
]
Status = Literal["published", "derived", "elicited", "assumption"]


def checked_numbers(value: Any) -> tuple[float, ...]:
    """A number or a list of numbers as a tuple. Raises Fault for text, true, nan, infinity and the empty list."""
    numbers = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if not numbers:
        raise Fault("", "the list is empty", "Write at least one number.")
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise Fault("", f"{number!r} is not a number", "Write a number without quotes, such as 0.5.")
    return tuple(float(number) for number in numbers)


def _tuple_of_texts(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def check_range(numbers: tuple[float, ...], unit: str) -> None:
    """What the `unit` promises: probabilities lie in 0-1, pain in 0-10, utilities in -1 to 1; costs, times, ratios,
    rates and counts are not negative (an offset in ng/mL may be). Raises Fault with the key `value`.
    """
    for number in numbers:
        if unit == "probability" and not 0.0 <= number <= 1.0:
            what = f"{number:g} is not a probability, which lies between 0 and 1"
            repair = "Write a number between 0 and 1."
            if 1.0 < number <= 100.0:
                repair = f"If the source gives a percentage write {number / 100:g}; if a rate, set unit = 'per year'."
            raise Fault("value", what, repair)
        if unit == "NRS 0-10" and not 0.0 <= number <= 10.0:
            raise Fault("value", f"{number:g} is no pain score", "Write a number between 0 and 10.")
        if unit == "utility" and not -1.0 <= number <= 1.0:
            raise Fault("value", f"{number:g} is no utility", "Write a number between -1 and 1.")
        if number < 0.0 and unit in CURRENCIES:
            raise Fault("value", f"{number:g} {unit} is a negative cost", f"Write {-number:g}, or 0 if it is free.")
        if number < 0.0 and unit not in ("utility", "ng/mL"):
            raise Fault("value", f"{number:g} is negative", f"Write a number of {unit} that is not negative.")


def check_in_context(name: str, numbers: tuple[float, ...], unit: str) -> None:
    """What the ending of the dotted `name` promises about the unit and the numbers. Raises Fault."""
    if not suffix_agrees(name, unit):
        promised = unit_promised_by(name)
        what = f"the name promises {promised!r}, but the unit is {unit!r}"
        raise Fault("unit", what, f"Write unit = {promised!r} or rename it.")
    check_numbers(name, numbers, unit)


def check_numbers(name: str, numbers: tuple[float, ...], unit: str) -> None:
    """What the `unit` of the parameter `name` promises about its numbers. Raises Fault."""
    check_range(numbers, unit)
    if unit == "ng/mL" and min(numbers) < 0.0 and "offset" not in name:
        raise Fault("value", f"{min(numbers):g} is negative", "Write a concentration that is not negative.")


@dataclass(frozen=True)
class Moved:
    """How a cost came to the setting's price year: `printed` x `index_to` / `index_from`.

    The index stands at `index_from` in `from_year`, the price year of the source, and at `index_to` in `to_year`.
    """

    printed: float
    from_year: str
    to_year: str
    index_from: float
    index_to: float

    @property
    def ratio(self) -> float:
        """Price level of `to_year` over that of `from_year`."""
        return self.index_to / self.index_from


class Quantity(Document):
    """A value with what is needed to judge it.

    `numbers` holds the value (one number, or several when `is_list`) in `unit`. Spread, by distribution: beta `alpha`
    and `beta`, or `standard_error`; gamma, normal and truncated_normal `standard_error` (the latter with `lower`
    and `upper`); lognormal `sigma`, the standard deviation of the logarithm; uniform and triangular `low` and `high`;
    dirichlet `concentration`, this leaf's count. `low` and `high` are otherwise the range of a one-way analysis.
    A cost has a `price_year` when that of its source is not the setting's; once moved, all its amounts are in the
    setting's prices and `moved` says how they came there.
    """

    numbers: Annotated[tuple[float, ...], BeforeValidator(checked_numbers), Field(alias="value")]
    is_list: bool = False
    unit: Text
    distribution: Distribution
    alpha: Positive | None = None
    beta: Positive | None = None
    standard_error: Positive | None = None
    sigma: Positive | None = None
    concentration: Positive | None = None
    lower: Number | None = None
    upper: Number | None = None
    low: Number | None = None
    high: Number | None = None
    source: Annotated[tuple[Text, ...], BeforeValidator(_tuple_of_texts)] = ()
    where: Text | None = None
    status: Status
    reason: Text | None = None
    note: Text | None = None
    price_year: Text | None = None
    moved: Moved | None = None

    injected = frozenset({"is_list", "moved"})

    @property
    def value(self) -> float:
        """The single number (the first one of a list)."""
        return self.numbers[0]

    @property
    def spread(self) -> dict[str, float]:
        """The keys that describe the distribution, with their numbers."""
        keys = (*SPREAD_KEYS, "low", "high") if self.distribution in ("uniform", "triangular") else SPREAD_KEYS
        return {key: getattr(self, key) for key in keys if getattr(self, key) is not None}

    @model_validator(mode="after")
    def _check(self) -> "Quantity":
        if self.unit not in UNITS:
            raise Fault("unit", f"{self.unit!r} is no unit", suggestion(self.unit, UNITS))
        check_range(self.numbers, self.unit)
        if self.price_year is not None and self.unit not in CURRENCIES:
            raise Fault("price_year", f"{self.unit} has no price year", "Remove it, or write the unit of a cost.")
        self._check_spread()
        self._check_order()
        if self.status == "assumption":
            if self.reason is None:
                raise Fault("reason", "an assumption needs its reason", "Add reason = '...'.")
        elif not self.source:
            repair = "Add source = 'KEY' with a key of parameters/sources.toml, or status = 'assumption' with a reason."
            raise Fault("source", f"a {self.status} value needs a source", repair)
        return self

    def _check_spread(self) -> None:
        """The keys of the distribution, all of them and no others."""
        alternatives = SPREADS[self.distribution]
        written = {key for key in SPREAD_KEYS if getattr(self, key) is not None}
        if self.is_list and self.distribution != "fixed":
            raise Fault("distribution", "a list of numbers has no distribution", "Write distribution = 'fixed'.")
        for keys in alternatives:
            optional = {"lower", "upper"} if self.distribution == "truncated_normal" else set()
            if all(getattr(self, key) is not None for key in keys) and written <= {*keys, *optional}:
                break
        else:
            needed = " or ".join(" and ".join(keys) or "no spread" for keys in alternatives)
            found = ", ".join(sorted(written)) or "nothing"
            raise Fault(
                "distribution", f"{self.distribution} goes with {needed}, but found {found}", f"Write {needed} only."
            )
        if self.alpha is not None and self.beta is not None:
            mean = self.alpha / (self.alpha + self.beta)
            if abs(mean - self.value) > MEAN_TOLERANCE * mean:
                what = f"{self.value:g} is not the mean of beta({self.alpha:g}, {self.beta:g}), which is {mean:.4g}"
                raise Fault("value", what, "Correct the value or the distribution.")

    def _check_order(self) -> None:
        for low_key, high_key in (("low", "high"), ("lower", "upper")):
            low, high = getattr(self, low_key), getattr(self, high_key)
            for key, limit, sign in ((low_key, low, 1.0), (high_key, high, -1.0)):
                if limit is not None and any(sign * (number - limit) < 0 for number in self.numbers):
                    what = f"{limit:g} and the value {self.value:g} contradict each other"
                    raise Fault(key, what, f"Write {low_key} <= value <= {high_key}.")


def quantity_of(table: dict[str, Any]) -> dict[str, Any]:
    """What the loader adds to a quantity's table: whether its value is a list."""
    return {"is_list": isinstance(table.get("value"), list)}


def is_time(unit: str) -> bool:
    """Whether `unit` converts to years."""
    return unit in YEARS_PER_UNIT
