"""Rows of a table of schools as people fill it in: apostrophes, accents, other scripts, gaps, long names.

No school, person or number is real. Every name has the word for a sample in it; no telephone of Belgium
begins with 1 behind the 03 of Antwerp, and no mobile one with 040. Like `leaflet`, this module imports
nothing but Python's own library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

KINDS = ("Voorbeeldschool", "Stedelijke Voorbeeldschool", "Vrije Voorbeeldschool", "Campus Voorbeeld")
NAMES = (
    "De Linde",
    "’t Kofschip",
    "'t Bruggetje",
    "d’Oude Molen",
    "L'Étoile",
    "Sint-Jan-Berchmans",
    "Sint-Anna-ten-Drieën",
    "Zuid – afdeling 2",
    "De Wip/De Wal",
    "École Zoë",
    "Coöperatie & Co",
    "Łódź",
    "İpek",
    "Ğül Çınar",
    "Čapek",
    "Ştefan",
    "Ørsted",
    "Dvořák",
    "Ñandú",
    "Őrség",
    "1 + 1 = 2",
    "GO! De Vlieg",
    "A.B.C.",
    "«De Ark»",
    "Олена",
    "Софія",
    "Ωμέγα",
    "مدرسة النور",
    "دار السلام",
)
LONG_NAME = "Stedelijke Voorbeeldschool voor Kleuter-, Lager en Buitengewoon Onderwijs De Vuurboei"
"""As long as official names of schools get: with its number 90 characters."""
PEOPLE = (
    "An",
    "Wout",
    "İpek",
    "Łukasz",
    "Олена",
    "Дмитро",
    "Marie-Ève",
    "Zoë",
    "Anaïs",
    "Çağla",
    "Jürgen",
    "Søren",
    "Željko",
    "Ștefania",
    "Kateřina",
    "Νίκος",
    "ليلى",
    "يوسف",
    "D’Arcy",
    "N'Golo",
    "Jan-Willem",
)
ROOMS = (
    "B{0}",
    "{1}.{0}",
    "A-{0}",
    "Lokaal {0}",
    "lokaal B{1}",
    "secretariaat",
    "onthaal",
    "ICT-lokaal",
    "Grote Zaal",
    "{1}de verdieping",
    "blok Z, {0}",
    "’t Salon",
    "N°{0}",
)
HOURS = (
    "8.30 tot 16 uur",
    "{1}u30 – 12u",
    "9-12 u en 13-16 u",
    "ma–vr 8.{2}–16.00",
    "woensdag vanaf {1} uur",
    "op afspraak",
    "{1} tot 1{3} uur",
)


@dataclass(frozen=True)
class Row:
    """A school, as its line in the table says; empty where the cell is."""

    id: str
    name: str
    ict_anchor: str
    room: str
    phone: str
    hours: str


def row(number: int) -> Row:
    """Return the sample row *number*, from 1 to 9999: always the same, and its name is that of no other."""
    chance = Random(number)
    has = chance.random()
    name = LONG_NAME if chance.random() < 0.04 else f"{chance.choice(KINDS)} {_of(NAMES, chance)}"
    return Row(
        f"school-{number:04d}",
        f"{name} {number:04d}",
        _people(chance) if has <= 0.95 else "",
        _filled(chance.choice(ROOMS), chance) if not 0.78 < has <= 0.95 else "",
        _phone(chance) if not 0.85 < has <= 0.95 else "",
        _filled(chance.choice(HOURS), chance) if not 0.70 < has <= 0.95 else "",
    )


def plain_row(number: int) -> Row:
    """Return a sample row that every revision of the program can print: filled, short, in plain letters."""
    return Row(
        id=f"school-{number:04d}",
        name=f"Voorbeeldschool {number:04d}",
        ict_anchor=f"naam van het ICT-anker {number:04d}",
        room=f"B{number:04d}",
        phone=f"03 000 {number // 100:02d} {number % 100:02d}",
        hours=f"8.{number % 60:02d} tot 16.{number // 60 % 60:02d} uur",
    )


def rows(count: int) -> tuple[Row, ...]:
    """Return the first *count* sample rows."""
    return tuple(row(number) for number in range(1, count + 1))


def _of(texts: Sequence[str], chance: Random) -> str:
    """Return one of *texts*; three times as often one whose letters Western Europe has."""
    return chance.choices(texts, [1 + 2 * (max(text) <= "’") for text in texts])[0]


def _people(chance: Random) -> str:
    one, other = _of(PEOPLE, chance), _of(PEOPLE, chance)
    forms = (
        f"{one} Voorbeeld",
        f"{one} Voorbeeld-{other}",
        f"{one} Voorbeeld en {other}",
        f"{one} & {other}",
    )
    return chance.choices(forms, (6, 1, 2, 1))[0]


def _filled(form: str, chance: Random) -> str:
    return form.format(
        chance.randrange(1, 400), chance.randrange(1, 10), chance.randrange(10, 60), chance.randrange(5, 8)
    )


def _phone(chance: Random) -> str:
    """Return a number in one of the ways in which people write it."""
    a, b, c = chance.randrange(100, 200), chance.randrange(100), chance.randrange(100)
    wire, mobile = f"{a} {b:02d} {c:02d}", f"040{a % 10} {b:02d} {c:02d} {a % 100:02d}"
    dotted = mobile[5:].replace(" ", ".")
    return chance.choice(
        (
            f"03 {wire}",
            f"03/{wire.replace(' ', '.')}",
            f"+32 3 {wire}",
            f"{mobile[:4]}/{dotted}",
            mobile,
            f"03 {wire} of {mobile[:4]} {dotted}",
            f"(03) {wire}",
            f"03 {wire} (toestel {b:02d})",
        )
    )
