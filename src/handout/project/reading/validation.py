"""Run a pydantic model and say its faults in the words of who wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import UnionType
from typing import Annotated, TypeAlias, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from handout.model.findings import Finding, Place, suggest
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
            f"'{key}' is missing",
            f"add it: {_allowed(fault) or _wanted(model, location)}",
            rule=Rule.KEY_MISSING,
        )
    if fault["type"] == "extra_forbidden":
        return Finding(
            place, f"the key {quoted(key)} is not known", _known_keys(model, location), rule=Rule.KEY_UNKNOWN
        )
    return Finding(
        place,
        f"'{key}' is {_shown(fault['input'])}",
        f"write {_allowed(fault) or fault['msg']}",
        rule=Rule.VALUE_WRONG,
    )


def _known_keys(model: type[BaseModel], location: Location) -> str:
    owner = next(_models_at(model, location[:-1]), model)
    known = (field.alias or name for name, field in owner.model_fields.items())
    return suggest(str(location[-1]), known)


def _wanted(model: type[BaseModel], location: Location) -> str:
    owner = next(_models_at(model, location[:-1]), model)
    for name, field in owner.model_fields.items():
        if location[-1] in (name, field.alias) and field.description:
            return field.description
    return f"every file of this kind needs '{location[-1]}'"


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


def _shown(value: object) -> str:
    """Return *value* as a person wrote it."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value) if value else "empty"
        case dict():
            return "a table"
        case list() | tuple():
            return "a list" if value else "an empty list"
        case _:
            return quoted(str(value))


_KINDS = {
    "string_type": "one text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a smaller whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number that is not endless",
    "list_type": "a list, as [a, b]",
    "tuple_type": "a list, as [a, b]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "date_type": "a date, as 2026-11-22",
    "date_parsing": "a date, as 2026-11-22",
    "date_from_datetime_parsing": "a date, as 2026-11-22",
    "date_from_datetime_inexact": "a date, as 2026-11-22",
}
_LIMITS = {
    "greater_than": ("more than {}", "gt"),
    "greater_than_equal": ("{} or more", "ge"),
    "less_than": ("less than {}", "lt"),
    "less_than_equal": ("{} or less", "le"),
    "string_too_short": ("a text of {} or more characters", "min_length"),
    "string_too_long": ("a text of {} or fewer characters", "max_length"),
    "too_short": ("a list of at least {}", "min_length"),
    "too_long": ("a list of at most {}", "max_length"),
    "enum": ("one of: {}", "expected"),
    "literal_error": ("one of: {}", "expected"),
    "value_error": ("{}", "error"),
}
_PATTERNS = {
    r"^[a-z0-9][a-z0-9-]*$": "lower-case letters, digits and hyphens, as ict-anchor",
    r"^#[0-9a-f]{6}$": "a colour of six digits 0-9 a-f, as #0b5d8f",
    r"^[a-z]{2,3}(-[A-Z]{2})?$": "a language, as nl-BE",
}


def _allowed(fault: ErrorDetails) -> str | None:
    """Return what may stand in the place of a wrong value, or None where only pydantic has words for it."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind in _LIMITS:
        words, key = _LIMITS[kind]
        limit = context[key]
        return words.format(f"{limit:g}" if isinstance(limit, float) else limit)
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"it in the form {context['pattern']}")
    return _KINDS.get(kind)
