"""What the program says, as values: an English sentence that remembers how it was made.

A sentence is made where a fault is found, and said where a person reads it, maybe in another language,
another process or a later run. So it keeps its pattern and what stands in it; `in_words` says it from a
catalog.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, TypeAlias

MessageValue: TypeAlias = str | int | float
"""What stands in a sentence: a name, a number, or another `Message`."""


class Message(str):
    """An English sentence, which knows its pattern and the values in it.

    It is a `str` of that sentence, and is compared, sorted and printed as one. What `str` makes of it, by
    `+`, `replace` or an f-string, is English alone: another sentence is made of it by `say`.
    """

    __slots__ = ("number", "pattern", "plural", "values")

    pattern: str
    """With the names of its values in braces: `step {number} has no command`. The key of the catalogs."""
    plural: str
    """The pattern for any number but one; empty where none is counted."""
    number: int
    """What is counted."""
    values: Mapping[str, MessageValue]

    def __new__(
        cls, pattern: str, values: Mapping[str, MessageValue], plural: str = "", number: int = 1
    ) -> Message:
        """Return the sentence. Raises KeyError where *values* lacks a name of the pattern."""
        message = super().__new__(cls, (plural if plural and number != 1 else pattern).format_map(values))
        message.pattern, message.plural, message.number, message.values = pattern, plural, number, values
        return message

    def __reduce__(self) -> tuple[type[Message], tuple[str, Mapping[str, MessageValue], str, int]]:
        return Message, (self.pattern, self.values, self.plural, self.number)


def say(pattern: str, /, **values: object) -> Message:
    """Return the sentence of *pattern* with *values* in the place of their names.

    *pattern* is a literal, from which `make messages` takes it; a brace that is printed stands twice.
    """
    return Message(pattern, {name: _value(value) for name, value in values.items()})


def say_count(number: int, one: str, many: str, /, **values: object) -> Message:
    """Return the sentence *one* for a single thing, and *many* for any other *number*: their `{n}`."""
    return Message(
        one, {"n": number, **{name: _value(value) for name, value in values.items()}}, many, number
    )


def all_of(names: Iterable[object]) -> Message:
    """Return *names*, one or more, as a list of which all are meant: `a and b and c`."""
    first, *others = map(_value, names)
    rest: MessageValue = first
    for name in others:
        rest = say("{these} and {other}", these=rest, other=name)
    return verbatim(rest)


def any_of(names: Iterable[object]) -> Message:
    """Return *names*, one or more, as a list of which one is meant: `a or b or c`."""
    first, *others = map(_value, names)
    rest: MessageValue = first
    for name in others:
        rest = say("{these} or {other}", these=rest, other=name)
    return verbatim(rest)


def and_more(names: object, more: int) -> Message:
    """Return *names* and how many *more* there are, where there are."""
    return say("{names} and {more} more", names=names, more=more) if more > 0 else verbatim(names)


def with_values(message: Message, **values: object) -> Message:
    """Return *message* with *values* in the place of those that it had under their names."""
    new = {name: _value(value) for name, value in values.items()}
    return Message(message.pattern, {**message.values, **new}, message.plural, message.number)


def together(separator: str, parts: Iterable[object]) -> Message:
    """Return *parts* behind each other, *separator* between them: names, or whole sentences."""
    values = {f"part{number}": _value(part) for number, part in enumerate(parts)}
    between = separator.replace("{", "{{").replace("}", "}}")
    return Message(between.join(f"{{{name}}}" for name in values), values)


def verbatim(words: object) -> Message:
    """Return *words* as they are in every language: names, or what another program says."""
    return words if isinstance(words, Message) else Message("{words}", {"words": str(words)})


def _value(value: object) -> MessageValue:
    plain = isinstance(value, Message) or type(value) in (int, float)
    return value if plain else str(value)  # type: ignore[return-value]


# ---- in a language ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Catalog:
    """The sentences of the program in one language."""

    language: str
    """Its tag: `nl`."""
    one: Callable[[str], str]
    """From a pattern to that of the language; the same one where it has none."""
    counted: Callable[[str, str, int], str]
    """From a pattern, its plural and a number to the pattern of the language for that number."""
    decimal_sign: str = "."


ENGLISH = Catalog("en", lambda pattern: pattern, lambda one, many, number: one if number == 1 else many)


def in_words(words: str, catalog: Catalog) -> str:
    """Return *words* in the language of *catalog*; what is no `Message`, or not in it, as it is."""
    if not isinstance(words, Message) or catalog is ENGLISH:
        return str(words)
    if words.plural:
        pattern = catalog.counted(words.pattern, words.plural, words.number)
    else:
        pattern = catalog.one(words.pattern)
    return _Filler(catalog).vformat(pattern, (), words.values)


class _Filler(Formatter):
    """Fills in the values of a sentence, each in the language of a catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, float):
            return format(value, format_spec).replace(".", self._catalog.decimal_sign)
        return format(in_words(value, self._catalog) if isinstance(value, str) else value, format_spec)


# ---- as JSON ----------------------------------------------------------------------------------


def message_row(words: str) -> object:
    """Return *words* as JSON has them, so that `message_of` gives them back."""
    if not isinstance(words, Message):
        return words
    values = {name: message_row(v) if isinstance(v, str) else v for name, v in words.values.items()}
    return [words.pattern, values, words.plural, words.number]


def message_of(row: Any) -> Message:
    """Return what `message_row` made *row* of. Raises KeyError, TypeError and ValueError for another one."""
    pattern, values, plural, number = row
    kept = {name: message_of(value) if isinstance(value, list) else value for name, value in values.items()}
    return Message(pattern, kept, plural, int(number))
