"""From the file with bleed and marks to PDF/X-4: its colours in inks, and what it says of itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from handout.model.colours import Colour
from handout.model.press import PressProfile
from handout.paper.press.inks import Inks
from handout.paper.saving import saved

VERSION = "PDF/X-4"
_COLOUR = re.compile(rb"(?<![\w.])([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+(rg|RG)(?![\w])")
SPOT = "/Spot"
"""What the ink of an accent is called among the colour spaces of a page."""

# A fill in the accent of an audience, as the engine writes it; in process inks; in an ink of its own:
#
#     0.070588 0.243137 0.54902 rg
#     1 0.867 0.102 0.02 k
#     /Spot cs 1 scn
#
# What is grey is written as a grey already, `0 g`, which a press prints in black alone.


def pressed(pdf: bytes, press: PressProfile, spot: tuple[str, Colour] | None, when: date | None) -> bytes:
    """Return *pdf*, a sheet for a print shop, as PDF/X-4 for *press*; the same bytes for the same arguments.

    *spot* is the ink of the accent with its name, where that has one of its own. *when* is the date of what
    it says: no clock is asked. It keeps its tags, and is no longer PDF/A: its colours are those of a press.
    """
    inks = Inks(press.data)
    with pikepdf.open(BytesIO(pdf)) as source:
        screen = source.Root.OutputIntents[0].DestOutputProfile
        space = source.make_indirect(Array([Name.ICCBased, screen]))
        own = _separation(source, inks, *spot) if spot is not None and press.has_spots else None
        wanted = spot[1] if spot is not None and own is not None else None
        for holder in _holders(source):
            _ink(source, holder, inks, wanted, own)
        for thing in source.objects:
            _explain(thing, space)
        _say(source, press, when)
        return saved(source)


# ---- colours ----------------------------------------------------------------------------------


def _holders(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield all that draws: pages, forms and patterns."""
    yield from (page.obj for page in pdf.pages)
    for thing in pdf.objects:
        is_drawn = thing.get("/Subtype") == Name.Form if isinstance(thing, pikepdf.Stream) else False
        if is_drawn or (isinstance(thing, pikepdf.Stream) and thing.get("/PatternType") == 1):
            yield thing


def _ink(
    pdf: pikepdf.Pdf, holder: pikepdf.Object, inks: Inks, wanted: Colour | None, own: pikepdf.Object | None
) -> None:
    """Let *holder* draw in inks what it draws in red, green and blue; *wanted* in the ink *own*."""
    if not isinstance(holder, pikepdf.Stream):
        pikepdf.Page(holder).contents_coalesce()
    content = holder if isinstance(holder, pikepdf.Stream) else holder.Contents
    before = content.read_bytes()
    uses_own = False

    def inked(match: re.Match[bytes]) -> bytes:
        nonlocal uses_own
        red, green, blue = (float(match[number]) for number in (1, 2, 3))
        is_fill = match[4] == b"rg"
        if wanted is not None and same_colour((red, green, blue), wanted):
            uses_own = True
            return f"{SPOT} cs 1 scn".encode() if is_fill else f"{SPOT} CS 1 SCN".encode()
        parts = " ".join(f"{part:.3f}".rstrip("0").rstrip(".") for part in inks.of((red, green, blue)))
        return f"{parts} {'k' if is_fill else 'K'}".encode()

    after = _COLOUR.sub(inked, before)
    if after != before:
        content.write(after)
    if uses_own:
        resources = holder.get("/Resources", Dictionary())
        # Forms may share what they name: one that is written to is a copy of its own.
        spaces = Dictionary(dict(resources.get("/ColorSpace", Dictionary()).items()))
        spaces[SPOT] = own
        copied = Dictionary(dict(resources.items()))
        copied.ColorSpace = spaces
        holder.Resources = copied


def same_colour(one: Colour, other: Colour) -> bool:
    """Tell whether two colours are one of the 16 million of a screen."""
    return all(round(a * 255) == round(b * 255) for a, b in zip(one, other, strict=True))


def _separation(pdf: pikepdf.Pdf, inks: Inks, name: str, colour: Colour) -> pikepdf.Object:
    """Return the ink *name*, which looks as *colour* does where it is mixed (ISO 32000-1 §8.6.6.4)."""
    full: list[Any] = [round(part, 3) for part in inks.of(colour)]
    nothing: list[Any] = [0, 0, 0, 0]
    mixed = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array(nothing), C1=Array(full), N=1)
    return pdf.make_indirect(Array([Name.Separation, Name(f"/{name}"), Name.DeviceCMYK, mixed]))


def _explain(thing: pikepdf.Object, space: pikepdf.Object) -> None:
    """Let a picture, gradient or group *thing* say which red, green and blue are meant: those of *space*."""
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return
    for key in ("/ColorSpace", "/CS"):
        own = thing.get(key)
        if own == Name.DeviceRGB:
            thing[key] = space
        elif isinstance(own, Array) and len(own) > 1 and own[0] == Name.Indexed and own[1] == Name.DeviceRGB:
            own[1] = space
    if isinstance(thing, pikepdf.Stream) and "/Group" in thing:
        _explain(thing.Group, space)


# ---- what the file says of itself ---------------------------------------------------------------

_OF_ARCHIVE = re.compile(r'<rdf:Description [^>]*pdfaid:part="[^>]*/>')


def _say(pdf: pikepdf.Pdf, press: PressProfile, when: date | None) -> None:
    profile = pdf.make_stream(press.data, N=4)
    pdf.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFX,
                OutputConditionIdentifier=String(press.condition),
                Info=String(press.condition),
                RegistryName=String("http://www.color.org"),
                DestOutputProfile=profile,
            )
        ]
    )
    day = when or date(2000, 1, 1)
    pdf.docinfo["/Trapped"] = Name("/False")
    for key in ("/CreationDate", "/ModDate"):
        pdf.docinfo[key] = String(f"D:{day:%Y%m%d}000000Z")
    data = pdf.Root.Metadata.read_bytes().decode("utf-8")
    number = hashlib.md5(data.encode() + press.data, usedforsecurity=False).hexdigest()
    stamp = f"{day.isoformat()}T00:00:00Z"
    own = (
        '<rdf:Description rdf:about="" xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
        f"<pdfxid:GTS_PDFXVersion>{escape(VERSION)}</pdfxid:GTS_PDFXVersion>"
        f"<xmp:CreateDate>{stamp}</xmp:CreateDate><xmp:ModifyDate>{stamp}</xmp:ModifyDate>"
        f"<xmp:MetadataDate>{stamp}</xmp:MetadataDate>"
        f"<xmpMM:DocumentID>uuid:{number}</xmpMM:DocumentID><xmpMM:VersionID>1</xmpMM:VersionID>"
        "<xmpMM:RenditionClass>default</xmpMM:RenditionClass><pdf:Trapped>False</pdf:Trapped></rdf:Description>"
    )
    data = _OF_ARCHIVE.sub("", data).replace("</rdf:RDF>", f"{own}</rdf:RDF>")
    pdf.Root.Metadata.write(data.encode())
