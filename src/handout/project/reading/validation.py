"""Run a pydantic model and say its faults in the words of who wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import UnionType
from typing import Annotated, TypeAlias, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from handout.model.findings import Finding, Place, suggest
from handout.model.messages import Message, say, verbatim, with_values
from handout.model.names import quoted
from handout.model.rules import Rule

M = TypeVar("M", bound=BaseModel)
Location: TypeAlias = tuple[str | int, ...]
"""The keys and positions that lead to a value."""


def validated(
    model: type[M], data: Mapping[str, object], place_of: Callable[[Location], Place]
) -> tuple[M | None, tuple[Finding, ...]]:
    """Return *data* as a *model*, or None and what is wrong with it.

    *place_of* answers where the value at a location stands; for a missing key it gets the location that
    the key would have. A validator of *model* that raises ValueError says in its message what is allowed.
    """
    try:
        return model.model_validate(dict(data)), ()
    except ValidationError as error:
        return None, tuple(_finding(model, fault, place_of) for fault in error.errors(include_url=False))


def dotted(location: Location) -> str:
    """Return *location* as a person writes it: `formats.leaflet-a4.qr-mm`, `audiences[2]` for the second."""
    words = ""
    for part in location:
        if isinstance(part, int):
            words += f"[{part + 1}]"
        else:
            words += f".{part}" if words else part
    return words


def _finding(model: type[BaseModel], fault: ErrorDetails, place_of: Callable[[Location], Place]) -> Finding:
    location = tuple(part for part in fault["loc"] if part != "[key]")
    place = place_of(location)
    key = dotted(location)
    if fault["type"] == "missing":
        return Finding(
            place,
            say("'{key}' is missing", key=key),
            say("add it: {value}", value=_allowed(fault) or _wanted(model, location)),
            rule=Rule.KEY_MISSING,
        )
    if fault["type"] == "extra_forbidden":
        return Finding(
            place,
            say("the key {key} is not known", key=quoted(key)),
            _known_keys(model, location),
            rule=Rule.KEY_UNKNOWN,
        )
    what = say("'{key}' is {fault}", key=key, fault=_shown(fault["input"]))
    if isinstance(wrong := fault.get("ctx", {}).get("error"), WrongItem):
        what = say("'{key}' holds {value}", key=key, value=quoted(wrong.value))
    return Finding(
        place,
        what,
        say("write {value}", value=_allowed(fault) or fault["msg"]),
        rule=Rule.VALUE_WRONG,
    )


class WrongItem(ValueError):
    """One *value* of a list cannot stand in it; *what* may is told."""

    def __init__(self, what: Message, value: str) -> None:
        super().__init__(what)
        self.value = value


def _known_keys(model: type[BaseModel], location: Location) -> Message:
    owner = next(_models_at(model, location[:-1]), model)
    known = (field.alias or name for name, field in owner.model_fields.items())
    return suggest(str(location[-1]), known)


def _wanted(model: type[BaseModel], location: Location) -> Message:
    owner = next(_models_at(model, location[:-1]), model)
    for name, field in owner.model_fields.items():
        if location[-1] in (name, field.alias) and isinstance(field.description, Message):
            return field.description
    return say("every file of this kind needs '{location}'", location=location[-1])


def _models_at(kind: object, location: Location) -> Iterator[type[BaseModel]]:
    """Yield the models that can stand at *location* in a value of the type *kind*."""
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _models_in(kind, location)
    elif origin is Annotated:
        yield from _models_at(arguments[0], location)
    elif origin in (Union, UnionType):
        for argument in arguments:
            yield from _models_at(argument, location)
    elif arguments and location:
        yield from _models_at(arguments[-1 if origin is dict else 0], location[1:])


def _models_in(model: type[BaseModel], location: Location) -> Iterator[type[BaseModel]]:
    if not location:
        yield model
        return
    for name, field in model.model_fields.items():
        if location[0] in (name, field.alias):
            yield from _models_at(field.annotation, location[1:])


def _shown(value: object) -> Message:
    """Return *value* as a person wrote it."""
    match value:
        case bool():
            return verbatim(str(value).lower())
        case str():
            return verbatim(quoted(value)) if value else say("empty")
        case dict():
            return say("a table")
        case list() | tuple():
            return say("a list") if value else say("an empty list")
        case _:
            return verbatim(quoted(str(value)))


_KINDS = {
    "string_type": say("one text"),
    "bool_type": say("true or false"),
    "bool_parsing": say("true or false"),
    "int_type": say("a whole number"),
    "int_parsing": say("a whole number"),
    "int_from_float": say("a whole number"),
    "int_parsing_size": say("a smaller whole number"),
    "float_type": say("a number"),
    "float_parsing": say("a number"),
    "finite_number": say("a number that is not endless"),
    "list_type": say("a list, as [a, b]"),
    "tuple_type": say("a list, as [a, b]"),
    "dict_type": say("a table"),
    "model_type": say("a table"),
    "model_attributes_type": say("a table"),
    "date_type": say("a date, as 2026-11-22"),
    "date_parsing": say("a date, as 2026-11-22"),
    "date_from_datetime_parsing": say("a date, as 2026-11-22"),
    "date_from_datetime_inexact": say("a date, as 2026-11-22"),
}
_LIMITS = {
    "greater_than": (say("more than {limit}", limit=""), "gt"),
    "greater_than_equal": (say("{limit} or more", limit=""), "ge"),
    "less_than": (say("less than {limit}", limit=""), "lt"),
    "less_than_equal": (say("{limit} or less", limit=""), "le"),
    "string_too_short": (say("a text of {limit} or more characters", limit=""), "min_length"),
    "string_too_long": (say("a text of {limit} or fewer characters", limit=""), "max_length"),
    "too_short": (say("a list of at least {limit}", limit=""), "min_length"),
    "too_long": (say("a list of at most {limit}", limit=""), "max_length"),
    "enum": (say("one of: {limit}", limit=""), "expected"),
    "literal_error": (say("one of: {limit}", limit=""), "expected"),
    "value_error": (say("{limit}", limit=""), "error"),
}
_PATTERNS = {
    r"^[a-z0-9][a-z0-9-]*$": say("lower-case letters, digits and hyphens, as ict-anchor"),
    r"^#[0-9a-f]{6}$": say("a colour of six digits 0-9 a-f, as #0b5d8f"),
    r"^[a-z]{2,3}(-[A-Z]{2})?$": say("a language, as nl-BE"),
}


def _any(expected: str) -> Message:
    """Return the values that pydantic expects, `'bar', 'dots' or 'hatch'`, as a list in any language."""
    first, _, last = expected.rpartition(" or ")
    return say("{these} or {other}", these=first, other=last) if first else verbatim(last)


def _allowed(fault: ErrorDetails) -> Message | None:
    """Return what may stand in the place of a wrong value, or None where only pydantic has words for it."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind in _LIMITS:
        words, key = _LIMITS[kind]
        limit = context[key]
        if isinstance(limit, ValueError):  # of a validator of ours, which says what is allowed
            limit = limit.args[0]
        if key == "expected":
            limit = _any(limit)
        return with_values(words, limit=f"{limit:g}" if isinstance(limit, float) else limit)
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], say("it in the form {pattern}", pattern=context["pattern"]))
    return _KINDS.get(kind)
