"""Say how many in a language, and which day: its plural forms and dates as Unicode CLDR has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

FORMS = ("zero", "one", "two", "few", "many")
"""The categories of CLDR but for `other`, which is the word itself: `in-steps-few` beside `in-steps`."""


MOST_COUNTED = 202
"""The rules of CLDR look at the last two digits: a form of several numbers has a second one below this."""


def base_of(key: str) -> tuple[str, str] | None:
    """Return the word and the form that *key* names, ("in-steps", "few"); None where it ends in no form."""
    base, _, form = key.rpartition("-")
    return (base, form) if base and form in FORMS else None


def is_of_one_number(form: str, language: str) -> bool:
    """Tell whether *form* goes with a single number in *language*, and so need not say which.

    English has "one" for 1 alone; Ukrainian has it for 21 too. Nothing of which there is none is counted.
    A form that the language does not have is of no number.
    """
    import babel

    try:
        form_of = babel.Locale.parse(language, sep="-").plural_form
    except (babel.UnknownLocaleError, ValueError):
        return True
    return sum(form_of(count) == form for count in range(1, MOST_COUNTED)) <= 1


def form_key(words: Mapping[str, str], key: str, count: int, language: str) -> str:
    """Return the key among *words* of the form of *key* that goes with *count* things in *language*."""
    if not any(f"{key}-{form}" in words for form in FORMS):
        return key  # one form serves all: no need to know the language
    import babel

    try:
        form = babel.Locale.parse(language, sep="-").plural_form(count)
    except (babel.UnknownLocaleError, ValueError):
        return key  # a language that CLDR does not know
    return f"{key}-{form}" if f"{key}-{form}" in words else key


def counted(words: Mapping[str, str], key: str, count: int, language: str, **values: str) -> str:
    """Return the printed word *key* with its `{count}`, in the form that goes with it, and *values*."""
    return words[form_key(words, key, count, language)].format(count=count, **values)


def decimal_sign(language: str) -> str:
    """Return the sign between ones and tenths in *language*; a point for one that CLDR does not know."""
    import babel
    import babel.numbers

    try:
        sign: str = babel.numbers.get_decimal_symbol(babel.Locale.parse(language, sep="-"))
    except (babel.UnknownLocaleError, ValueError):
        return "."
    return sign


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
