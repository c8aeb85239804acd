"""What a printer does with four inks: black is black alone, and an edition in black alone has no colour.

A printer mixes a grey that is written in red, green and blue of all four of its inks: letters get seams of
colour, and a sheet that was made to spare the colour uses it up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import pikepdf

from handout.model.document import Ink
from handout.model.findings import Finding
from handout.model.messages import Message, say, with_values
from handout.proof.content import content_of
from handout.proof.expected import Expected
from handout.proof.paper import Paper
from handout.proof.rules import ProofRule, found

_MIXED = re.compile(rb"(?<![\d.])(?!1\s)([\d.]+)\s+\1\s+\1\s+(?:rg|RG)\b")
"""A grey; white is the ink of none."""
_COLOUR = re.compile(
    rb"(?<![\d.])(?!([\d.]+)\s+\1\s+\1\s+(?:rg|RG))(?:[\d.]+\s+){3}(?:rg|RG|[\d.]+\s+[kK])\b"
)
_GREY = "/DeviceGray"


def separation(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the first black that is mixed, and in an edition in black alone the first colour, of each."""
    drawn = list(_drawn(paper.pdf))
    yield from islice(
        _of(
            drawn,
            _MIXED,
            say("{where} has a black or grey of red, green and blue: '{said}'", where="", said=""),
            expected,
        ),
        1,
    )
    if expected.document.ink is Ink.MONO:
        yield from islice(
            _of(
                drawn,
                _COLOUR,
                say("{where} of this edition in black alone has a colour: '{said}'", where="", said=""),
                expected,
            ),
            1,
        )
        yield from islice(_coloured_pictures(paper.pdf, expected), 1)


def _of(
    drawn: Sequence[tuple[Message, bytes]], sought: re.Pattern[bytes], what: Message, expected: Expected
) -> Iterator[Finding]:
    for where, data in drawn:
        if match := sought.search(data):
            said = " ".join(match[0].decode("ascii").split())
            yield _mixed(expected, with_values(what, where=where, said=said))


def _mixed(expected: Expected, what: Message) -> Finding:
    return found(
        ProofRule.INK_MIXED,
        expected.document.place,
        say("{what}; a printer mixes it of four inks", what=what),
        say("build the handout again; if it stays so, report it with the name of the sheet"),
    )


def _drawn(pdf: pikepdf.Pdf) -> Iterator[tuple[Message, bytes]]:
    """Yield what the pages of *pdf* draw, and the forms and patterns in them, with a name of each."""
    for number, page in enumerate(pdf.pages, 1):
        yield say("page {number}", number=number), content_of(page.obj)
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and (
            item.get("/Subtype") == "/Form" or item.get("/PatternType") == 1
        ):
            yield say("a drawing on the pages"), item.read_bytes()


def _coloured_pictures(pdf: pikepdf.Pdf, expected: Expected) -> Iterator[Finding]:
    gradient = say("a gradient in the file of this edition in black alone has colours")
    photo = say("a photo in the file of this edition in black alone has colours")
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            continue
        if "/ShadingType" in item and item.ColorSpace != _GREY:
            yield _mixed(expected, gradient)
        elif item.get("/Subtype") == "/Image" and item.get("/ColorSpace", _GREY) != _GREY:
            yield _mixed(expected, photo)
