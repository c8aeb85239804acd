"""Cells that a spreadsheet spoiled: it takes a phone, a time or a room for a number or a date."""

from __future__ import annotations

import re
from enum import StrEnum

from handout.model.messages import Message, say
from handout.model.names import quoted
from handout.model.school import SchoolField


class Kind(StrEnum):
    """What a workbook says a cell holds. All cells of a CSV file are texts."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "date or time"
    TRUTH = "true or false"
    ERROR = "error"
    """Also a formula whose result was not saved."""


AS_TEXT = say(
    "type the cell anew in a column that holds text: in Excel select the column, choose Text on the tab Home "
    "(Start), then type; in Google Sheets Format > Number > Plain text"
)
"""Making a column text changes nothing of what is lost already."""
AS_VALUE = say("type what it should say, without a formula")

_ERRORS = re.compile(
    r"#(?:N/A|N/B|REF!|VERW!|VALUE!|WAARDE!|NAME\?|NAAM\?|DIV/0!|DEEL/0!|NUM!|GETAL!|NULL!|LEEG!|SPILL!|OVERLOOP!"
    r"|CALC!|BEREKENEN!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|GETTING_DATA|#+)"
)
"""In English and in Dutch; and the hashes that stand for what a column is too narrow for."""
_POWER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?E[+-][0-9]{1,3}")
_APOSTROPHE = re.compile(r"['\u2019\u2018](?=[0-9+=-])")
"""`'0475…` means a text inside a spreadsheet, and elsewhere an apostrophe. `'t Zonnetje` is a name."""
_SECONDS = re.compile(r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.0+)?(?: ?[AP]M)?", re.IGNORECASE)
_PART_OF_A_DAY = re.compile(r"0[.,][0-9]{6,}")
_MONTHS = "jan|feb|mrt|mar|maa|apr|avr|mei|may|mai|jun|jul|aug|sept?|okt|oct|nov|dec"
_DATE = re.compile(
    r"[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T]00:00:00)?"
    rf"|[0-9]{{1,2}}[-/](?:{_MONTHS})\.?(?:[-/][0-9]{{2,4}})?|(?:{_MONTHS})\.?[-/][0-9]{{1,4}}",
    re.IGNORECASE,
)
"""With the whole year, as a spreadsheet writes it: `10-12-14` may be three rooms."""
_WITHOUT_ZERO = re.compile(r"[1-9][0-9]{7,8}")
"""A Belgian or Dutch number has nine or ten digits, and begins with 0."""
_WITHOUT_PLUS = re.compile(r"(?:32|31|33|49|352|44)[0-9]{8,10}")
_WITH_A_FRACTION = re.compile(r"[0-9]{6,}[.,]0+|[1-9][0-9]{0,2}(?:[.,][0-9]{3}){2,3}")
"""`471234567.0`, as a program writes a number; `471.234.567`, parted by thousands."""

_PHONES = re.compile(r"phone|telefo|gsm|mobie?l")
"""The columns for numbers to call, a project's own too."""
_STANDARD_FIELDS = frozenset(SchoolField)
"""Of a column of the project's own nobody knows whether it is for dates."""


def fault(column: str, value: str, kind: Kind = Kind.TEXT) -> tuple[Message, Message] | None:
    """Return what a spreadsheet did to *value*, the cell of *column*, and how to mend it; None: nothing."""
    if not value and kind is not Kind.ERROR:
        return None
    if kind is Kind.ERROR or _ERRORS.fullmatch(value):
        did = say("a formula without a result, or a column that was too narrow")
        return say("'{column}' is {value}: {did}", column=column, value=quoted(value), did=did), AS_VALUE
    found = _of_kind(column, value, kind) or _of_any(value)
    if found is None and column in _STANDARD_FIELDS:
        found = say("a spreadsheet took it for a date") if _DATE.fullmatch(value) else None
    if found is None and _PHONES.search(column):
        found = _of_phone(value)
    return (
        (say("'{column}' is {value}: {found}", column=column, value=quoted(value), found=found), AS_TEXT)
        if found
        else None
    )


def _of_kind(column: str, value: str, kind: Kind) -> Message | None:
    match kind:
        case Kind.NUMBER if _PHONES.search(column):
            return say(
                "the cell holds a number, and a spreadsheet takes the 0 or + at the beginning off a number"
            )
        case Kind.NUMBER if not value.lstrip("-").isdigit():
            return say("the cell holds a number, and a spreadsheet takes zeros at its end off, as of 8.30")
        case Kind.MOMENT:
            return say("the cell holds a date or a time, which a spreadsheet shows in words of its own")
        case Kind.TRUTH:
            return say("the cell holds 'true' or 'false', which a spreadsheet shows in words of its own")
        case _:
            return None


def _of_any(value: str) -> Message | None:
    if _POWER.fullmatch(value):
        return say("a spreadsheet took it for a number, and kept its first digits and how many there were")
    if _APOSTROPHE.match(value):
        return say("the apostrophe marks a text inside of a spreadsheet only; here it would be printed")
    if _SECONDS.fullmatch(value) or _PART_OF_A_DAY.fullmatch(value):
        return say("a spreadsheet took it for a time of day, and wrote that in a way of its own")
    return None


def _of_phone(value: str) -> Message | None:
    if _WITHOUT_ZERO.fullmatch(value):
        return say(
            "a spreadsheet took it for a number, and the 0 at the beginning off: 0{value}?", value=value
        )
    if _WITHOUT_PLUS.fullmatch(value):
        return say(
            "a spreadsheet took it for a number, and the + at the beginning off: +{value}?", value=value
        )
    if _WITH_A_FRACTION.fullmatch(value):
        return say("a spreadsheet took it for a number, and the 0 at the beginning off")
    return None
