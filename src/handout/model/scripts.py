"""Scripts, the letters that a language is written in, and what is said of one that no font has."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from types import MappingProxyType

from handout.model.findings import Finding, Place
from handout.model.messages import Message, say, say_count
from handout.model.rules import Rule

_NAMES = MappingProxyType(
    {
        "ARMENIAN": say("Armenian"),
        "BENGALI": say("Bengali (Bengali, Assamese)"),
        "BOPOMOFO": say("Bopomofo (Chinese)"),
        "CJK": say("Chinese characters (Chinese, Japanese)"),
        "DEVANAGARI": say("Devanagari (Hindi, Nepali, Marathi)"),
        "ETHIOPIC": say("Ethiopic (Tigrinya, Amharic)"),
        "GEORGIAN": say("Georgian"),
        "GUJARATI": say("Gujarati"),
        "GURMUKHI": say("Gurmukhi (Punjabi)"),
        "HANGUL": say("Hangul (Korean)"),
        "HEBREW": say("Hebrew (Hebrew, Yiddish)"),
        "HIRAGANA": say("Hiragana (Japanese)"),
        "KANNADA": say("Kannada"),
        "KATAKANA": say("Katakana (Japanese)"),
        "KHMER": say("Khmer"),
        "LAO": say("Lao"),
        "MALAYALAM": say("Malayalam"),
        "MONGOLIAN": say("Mongolian"),
        "MYANMAR": say("Burmese"),
        "ORIYA": say("Odia"),
        "SINHALA": say("Sinhala"),
        "SYRIAC": say("Syriac (Aramaic)"),
        "TAMIL": say("Tamil"),
        "TELUGU": say("Telugu"),
        "THAANA": say("Thaana (Dhivehi)"),
        "THAI": say("Thai"),
        "TIBETAN": say("Tibetan"),
        "TIFINAGH": say("Tifinagh (Tamazight)"),
    }
)
"""By the word with which Unicode begins the name of each letter: the script, and who writes it."""
_LETTERS_OF_A_SCRIPT = ("LETTER", "SYLLABLE", "CHARACTER")
"""What follows it, of a script that `_NAMES` does not list: CHEROKEE LETTER A. A snowman has none."""
_SHOWN = 3


def script_of(letter: str) -> str | None:
    """Return the word that Unicode has for the script of *letter*; None where it belongs to none."""
    name = unicodedata.name(letter, "").split()
    if not name or unicodedata.category(letter)[0] not in "LM":
        return name[0] if name and name[0] in _NAMES else None
    is_known = name[0] in _NAMES or any(word in _LETTERS_OF_A_SCRIPT for word in name[1:3])
    return name[0] if is_known else None


def missing_letters(
    missing: Iterable[tuple[Place, Collection[str]]], held: Collection[str]
) -> Iterator[Finding]:
    """Yield that the letters *missing*, with the place of each text, are in no font; the fonts have *held*.

    A script of which the fonts hold no letter is told once, at the first place by file and line. Else each
    letter is told at each of its places.
    """
    has_font = {script_of(letter) for letter in held}
    places: dict[str, set[Place]] = {}
    shown: dict[str, dict[str, None]] = {}
    for place, letters in missing:
        for letter in letters:
            script = script_of(letter)
            if script is None or script in has_font:
                yield _letter(letter, place)
            else:
                places.setdefault(script, set()).add(place)
                shown.setdefault(script, {})[letter] = None
    for script, found in places.items():
        yield _script(
            script, list(shown[script]), sorted(found, key=lambda one: (one.path, one.line, one.column))
        )


def _script(script: str, letters: list[str], places: list[Place]) -> Finding:
    name: Message | str = _NAMES.get(script, script.capitalize())
    return Finding(
        places[0],
        say_count(
            len(places),
            "no font has the script {name}: {letters}, here alone",
            "no font has the script {name}: {letters}, in {n} places, of which this is the first",
            name=name,
            letters=" ".join(letters[:_SHOWN]) + (" …" if len(letters) > _SHOWN else ""),
        ),
        say("write it in Latin, Greek, Cyrillic or Arabic letters; show a single word as a drawing"),
        rule=Rule.CHARACTER_MISSING,
    )


def _letter(letter: str, place: Place) -> Finding:
    return Finding(
        place,
        say("no font has the character {named}", named=named_letter(letter)),
        say("write it in other words, or show it as a drawing"),
        rule=Rule.CHARACTER_MISSING,
    )


def named_letter(letter: str) -> str:
    """Return *letter* with its number and its name in Unicode: 'Ꝏ' (U+A74E, LATIN CAPITAL LETTER OO)."""
    return f"'{letter}' (U+{ord(letter):04X}, {unicodedata.name(letter, 'without a name')})"
