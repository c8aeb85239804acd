"""A file for a print shop is PDF/X-4 as far as it can be read back: its intent, its boxes and its colours.

No free program judges PDF/X-4. This holds the rules of ISO 15930-7 that a file of ours could break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Name

from handout.model.findings import Finding
from handout.model.messages import Message, say
from handout.model.press import PressProfile, is_of_a_press
from handout.proof.content import TextRun, content_of, instructions
from handout.proof.expected import Expected
from handout.proof.geometry import Box
from handout.proof.paper import Paper
from handout.proof.rules import ProofRule, found
from handout.proof.tags import squeezed

BLEED_PT = 3 * 72 / 25.4
ROUNDING_PT = 0.01
_NEEDED = (
    "pdfxid:GTS_PDFXVersion",
    "xmp:CreateDate",
    "xmp:ModifyDate",
    "xmp:MetadataDate",
    "xmpMM:DocumentID",
)
_VERSION = "<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>"
_UNEXPLAINED = re.compile(rb"/(?:DeviceRGB|CalRGB)\b")
_OF_A_SCREEN = frozenset({b"rg", b"RG"})


def press(paper: Paper, piece: Paper, expected: Expected, profile: PressProfile) -> Iterator[Finding]:
    """Yield in what *paper*, a sheet of *piece* for a print shop, is not PDF/X-4 for *profile*."""
    for what in _intent(paper.pdf, profile):
        yield _wrong(ProofRule.PRESS_INTENT, what, expected)
    for number, page in enumerate(paper.pdf.pages, 1):
        if (fault := _of_boxes(page, number)) is not None:
            yield _wrong(ProofRule.PRESS_BOX, fault, expected)
    for what in dict.fromkeys(_of_a_screen(paper.pdf)):
        yield _wrong(ProofRule.PRESS_COLOUR, what, expected)
    yield from _black(paper, piece, expected)


def _wrong(rule: ProofRule, what: Message, expected: Expected) -> Finding:
    fix = say("build the handout again; if it stays so, report it with the text of -v")
    return found(rule, expected.document.place, what, fix)


def _intent(pdf: pikepdf.Pdf, profile: PressProfile) -> Iterator[Message]:
    intents = list(pdf.Root.get("/OutputIntents", ()))
    if [one.get("/S") for one in intents] != [Name.GTS_PDFX]:
        yield say("the file for the print shop does not name the one press that it is for")
        return
    (intent,) = intents
    data = intent.DestOutputProfile.read_bytes() if "/DestOutputProfile" in intent else b""
    if data != profile.data or not is_of_a_press(data) or int(intent.DestOutputProfile.get("/N", 0)) != 4:
        yield say("the file for the print shop does not hold the profile of its press")
    if str(intent.get("/OutputConditionIdentifier", "")) != profile.condition:
        yield say(
            "the file for the print shop does not name the printing condition {condition}",
            condition=profile.condition,
        )
    metadata = pdf.Root.Metadata.read_bytes().decode("utf-8", "replace")
    if _VERSION not in metadata or not all(f"<{key}>" in metadata for key in _NEEDED):
        yield say("the file for the print shop does not say in its metadata that it is PDF/X-4")
    if "pdfaid:part" in metadata:
        yield say("the file for the print shop says that it is PDF/A, which its colours are not")
    if pdf.docinfo.get("/Trapped") != Name("/False") or "/ID" not in pdf.trailer:
        yield say("the file for the print shop does not say whether it is trapped, or which file it is")


def _of_boxes(page: pikepdf.Page, number: int) -> Message | None:
    if "/TrimBox" not in page.obj or "/BleedBox" not in page.obj:
        return say(
            "page {number} of the file for the print shop does not say where it is trimmed", number=number
        )
    media, bleed, trim = (Box(*map(float, one)) for one in (page.mediabox, page.bleedbox, page.trimbox))
    around = (trim.left - bleed.left, trim.low - bleed.low, bleed.right - trim.right, bleed.top - trim.top)
    if min(around) < BLEED_PT - ROUNDING_PT or media.excess(bleed) > ROUNDING_PT:
        return say(
            "page {number} of the file for the print shop has less than 3 mm around its trim, or marks "
            "off the page",
            number=number,
        )
    return None


def _of_a_screen(pdf: pikepdf.Pdf) -> Iterator[Message]:
    """Yield the colours of a screen that nothing explains: a press would take them for whatever it likes."""
    for number, page in enumerate(pdf.pages):
        yield from _drawn_in(page.obj, number)
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == Name.Form:
            yield from _drawn_in(thing, 0)
        if any(_UNEXPLAINED.search(space.unparse()) for space in _spaces(thing)):
            yield say(
                "the file for the print shop holds a picture or a gradient in red, green and blue without a "
                "profile"
            )


def _spaces(thing: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Yield the colour spaces that a picture, gradient or group *thing* is in."""
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        group = thing.get("/Group", pikepdf.Dictionary())
        found = thing.get("/ColorSpace"), thing.get("/CS"), group.get("/CS")
        yield from (space for space in found if space is not None)


def _drawn_in(holder: pikepdf.Object, page: int) -> Iterator[Message]:
    for operator, _ in instructions(content_of(holder), page):
        if operator in _OF_A_SCREEN:
            yield say("the file for the print shop draws something in red, green and blue")
            return


def _black(paper: Paper, piece: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the texts that are a grey on *piece* and mixed of inks on *paper*."""
    coloured = {squeezed(run.text) for run in piece.runs if not _is_grey(run)}
    for run in paper.runs:
        said = squeezed(run.text)
        if said and said not in coloured and not _is_grey(run):
            what = say(
                "the file for the print shop mixes the black of '{text}' of several inks", text=run.text[:40]
            )
            yield _wrong(ProofRule.PRESS_COLOUR, what, expected)
            return


def _is_grey(run: TextRun) -> bool:
    red, green, blue = run.colour
    return red == green == blue
