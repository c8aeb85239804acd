"""The names of the columns of a table, as people write them in its first line and at the command line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from handout.model.findings import nearest


def key(word: str) -> str:
    """Return the letters and digits of *word*, without capitals: "E-mail" and "email" are one word."""
    return "".join(letter for letter in unicodedata.normalize("NFC", word).casefold() if letter.isalnum())


def meant(word: str, columns: Iterable[str], words: Mapping[str, str]) -> str | None:
    """Return which of *columns* is meant by *word*, or None.

    Its own name goes before those that *words* has for it, which are the `key` of each.
    """
    by_key = {key(column): column for column in columns}
    column = by_key.get(key(word)) or words.get(key(word))
    return column if column in by_key.values() else None


def like(word: str, columns: Iterable[str], words: Mapping[str, str]) -> str | None:
    """Return which of *columns* is called most like *word*, or None where none looks like it."""
    known = {key_: column for key_, column in words.items() if column in columns}
    known |= {key(column): column for column in columns}
    near = nearest(key(word), known)
    return known[near] if near else None
