"""Plural forms as Unicode CLDR has them, and what is said where it knows nothing of a language."""

from __future__ import annotations

import pytest

from handout.model.plurals import counted, decimal_sign, is_of_one_number

WORDS = {"more": "{count} more", "more-one": "one more", "more-few": "{count} few"}


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en-GB", 1, "one more"),
        ("en-GB", 21, "21 more"),
        ("pl", 22, "22 few"),
        ("ar-MA", 3, "3 few"),
        ("ar-MA", 100, "100 more"),
        ("xx", 1, "1 more"),  # CLDR knows no such language
    ],
)
def test_number_goes_with_the_form_of_its_language(language: str, count: int, words: str) -> None:
    assert counted(WORDS, "more", count, language) == words


@pytest.mark.parametrize(
    ("form", "language", "is_one"),
    [
        ("one", "nl-BE", True),
        ("one", "fr", True),  # for 0 too, and nothing of which there is none is counted
        ("one", "pl", True),
        ("one", "ru", False),
        ("one", "sl", False),
        ("two", "ar", True),
        ("few", "ar", False),
        ("many", "cy", True),
        ("many", "xx", True),
    ],
)
def test_form_is_of_one_number_or_of_several(form: str, language: str, is_one: bool) -> None:
    assert is_of_one_number(form, language) is is_one


def test_tenths_are_written_as_in_the_language() -> None:
    signs = {language: decimal_sign(language) for language in ("nl", "en", "fr", "tr", "uk", "de", "xx")}
    assert signs == {"nl": ",", "en": ".", "fr": ",", "tr": ",", "uk": ",", "de": ",", "xx": "."}
