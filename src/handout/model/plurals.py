"""Say how many in a language, and which day: its plural forms and dates as Unicode CLDR has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

FORMS = ("zero", "one", "two", "few", "many")
"""The categories of CLDR but for `other`, which is the word itself: `in-steps-few` beside `in-steps`."""


def form_key(words: Mapping[str, str], key: str, count: int, language: str) -> str:
    """Return the key among *words* of the form of *key* that goes with *count* things in *language*."""
    if not any(f"{key}-{form}" in words for form in FORMS):
        return key  # one form serves all: no need to know the language
    import babel

    form = babel.Locale.parse(language, sep="-").plural_form(count)
    return f"{key}-{form}" if f"{key}-{form}" in words else key


def counted(words: Mapping[str, str], key: str, count: int, language: str, **values: str) -> str:
    """Return the printed word *key* with its `{count}`, in the form that goes with it, and *values*."""
    return words[form_key(words, key, count, language)].format(count=count, **values)


def printed_date(day: date, language: str) -> str:
    """Return *day* as *language* writes it on paper.

    Dutch has what CLDR calls its short form, 29-11-2026: it is so common that no Dutch reader takes the day
    for the month. Elsewhere the month is a word, for 3/4 is another day in Paris than in Boston.
    """
    if language.partition("-")[0] == "nl":
        return f"{day:%d-%m-%Y}"
    import babel
    import babel.dates

    try:
        written: str = babel.dates.format_skeleton("yMMMd", day, locale=babel.Locale.parse(language, sep="-"))
    except (babel.UnknownLocaleError, ValueError):
        return day.isoformat()
    return written.replace("\u202f", "\u00a0")  # a narrow space that our fonts do not have
