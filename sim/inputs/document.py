"""Read a TOML document into a checked model, and turn every fault into one clear line."""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sim.inputs.root import shown
from sim.vocabulary.errors import InputError


class Fault(ValueError):
    """What a validator found: the `key` below its model ("" for the whole), `what` is wrong and the `repair`."""

    def __init__(self, key: str, what: str, repair: str) -> None:
        super().__init__(what)
        self.key, self.what, self.repair = key, what, repair


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name most like `name`, or None when none is like it. Whole parts of a dotted name count too."""
    names = list(names)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return close[0] if close else None


def suggestion(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """The repair for an unknown `name`: its nearest neighbour, or `otherwise`, or the whole list."""
    names = sorted(names)
    close = nearest(name, names)
    if close is not None:
        return f"Did you mean {close!r}?"
    return otherwise or f"Write one of: {', '.join(names) or '(there is none)'}."


class Document(BaseModel):
    """A frozen model of a TOML table that refuses unknown keys and names the nearest valid one.

    `injected` fields come from the loader (a file's name, for instance) and are no keys of the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    injected: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def file_keys(cls) -> list[str]:
        """The keys that a file may hold."""
        return [field.alias or name for name, field in cls.model_fields.items() if name not in cls.injected]

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, data: Any) -> Any:
        known = {*cls.file_keys(), *cls.injected}
        if isinstance(data, Mapping):
            for key in data:
                if key not in known:
                    raise Fault(str(key), "this key is unknown", suggestion(str(key), cls.file_keys()))
        return data


Model = TypeVar("Model", bound=Document)
Member = TypeVar("Member", bound=IntEnum)

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]
Whole = Annotated[int, Field(strict=True)]
Text = Annotated[str, Field(strict=True, min_length=1)]
Flag = Annotated[bool, Field(strict=True)]


REPAIR_BY_KIND = {
    "float_type": "Write a number, such as 0.5.",
    "finite_number": "Write a finite number.",
    "int_type": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "bool_type": "Write true or false.",
    "string_type": "Write a text in quotes.",
    "string_too_short": "Write a text; it may not be empty.",
    "tuple_type": "Write a list, such as [1, 2].",
    "dict_type": "Write a table.",
    "model_type": "Write a table.",
    "too_short": "Write at least one element.",
}


def member_of(members: type[Member]) -> BeforeValidator:
    """Validator: a member of an enum by its lower-case name."""

    def member(value: Any) -> Any:
        if isinstance(value, members):
            return value
        names = [one.name.lower() for one in members]
        if not isinstance(value, str) or value not in names:
            raise Fault("", f"{value!r} is not known here", suggestion(str(value), names))
        return members[value.upper()]

    return BeforeValidator(member)


def _without_repeats(values: tuple[Any, ...]) -> tuple[Any, ...]:
    for number, value in enumerate(values):
        if value in values[:number]:
            raise Fault("", f"{getattr(value, 'name', value)!r} stands there twice", "Remove one of the two.")
    return values


NO_REPEATS = AfterValidator(_without_repeats)


def read_toml(path: Path, root: Path | None = None) -> dict[str, Any]:
    """The TOML file at `path` as a dictionary. Raises InputError for whatever stops that."""
    where = shown(path, root)
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise InputError(where, "there is no such file", "Check the path.") from None
    except OSError as error:
        what = f"this file cannot be read ({(error.strerror or 'unknown cause').lower()})"
        raise InputError(where, what, "Check the path and its permissions.") from None
    except UnicodeDecodeError:
        raise InputError(where, "this is not a text file", "Give a TOML file in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        what = " ".join(f"this is not valid TOML: {error}".split())
        raise InputError(where, what, "Correct that line; TOML reads `key = value`, with texts in quotes.") from None


def parsed(
    model: type[Model],
    data: Mapping[str, Any],
    where: str | Callable[[str], str],
    **injected: Any,
) -> Model:
    """`data` as a `model`. Raises InputError that names `where`, the key and the repair.

    `where` may be a function of the faulty key, for keys that came from somewhere else than the file.
    """

    def place(key: str) -> str:
        if callable(where):
            return where(key)
        return f"{where}, {key}" if key else where

    for key in data:
        if key in model.injected:
            raise InputError(place(str(key)), "this key is unknown", suggestion(str(key), model.file_keys()))
    try:
        return model.model_validate({**data, **injected})
    except ValidationError as error:
        raise _first_fault(error, place) from None


def _first_fault(error: ValidationError, place: Callable[[str], str]) -> InputError:
    """The first fault of a pydantic error as our own; further ones are only counted."""
    faults = [one for one in error.errors(include_url=False) if not _follows(one, error)]
    first = faults[0]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, Fault):
        key = ".".join(part for part in (key, cause.key) if part)
        what, repair = cause.what, cause.repair
    elif first["type"] == "missing":
        what, repair = "this key is missing", "Add it."
    else:
        what = f"{_short(first['input'])} does not fit here"
        repair = _repair(dict(first))
    if len(faults) > 1:
        repair = f"{repair} ({len(faults) - 1} more below it.)"
    return InputError(place(key), what, repair)


def _follows(fault: Mapping[str, Any], error: ValidationError) -> bool:
    """Whether a list is too short only because pydantic does not count those of its elements that are faulty."""
    place = fault["loc"]
    others = (other["loc"] for other in error.errors(include_url=False))
    return fault["type"] == "too_short" and any(len(loc) > len(place) and loc[: len(place)] == place for loc in others)


def _repair(fault: Mapping[str, Any]) -> str:
    """What to write instead, by pydantic's kind of fault."""
    context = fault.get("ctx", {})
    limits = {"ge": "not below", "gt": "above", "le": "not above", "lt": "below"}
    for limit, words in limits.items():
        if limit in context:
            return f"Write a number {words} {context[limit]:g}."
    if fault["type"] == "literal_error":
        return suggestion(str(fault["input"]), re.findall(r"'([^']*)'", context["expected"]))
    if fault["type"] in REPAIR_BY_KIND:
        return REPAIR_BY_KIND[fault["type"]]
    return f"{' '.join(fault['msg'].split()).rstrip('.')}."


def _short(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
