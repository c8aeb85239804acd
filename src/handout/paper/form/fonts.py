"""The fonts that fields are typed in: whole, for nobody knows which letters will come.

A font of two bytes a letter (ISO 32000-1 §9.7) and not a simple one, whose 255 letters hold no ş and no č: by
its table of Unicode pdf.js and Poppler find all its letters. PDFium takes those outside Western Europe from a
font of the system all the same (findings/form-letters-pdfium.sh).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from handout.paper.engine.fonts import installed

_SYMBOLIC = 4
"""Its codes are numbers of glyphs (ISO 32000-1 table 123)."""
_PER_BLOCK = 100
"""Most rows of one block of a table of Unicode (Adobe Technical Note 5411)."""


@dataclass(frozen=True)
class FormFont:
    """A font file, measured."""

    file: str
    """One of FONT_FILES."""
    data: bytes = field(repr=False)

    @cached_property
    def name(self) -> str:
        """Its full name, with hyphens for spaces as the engine names fonts."""
        return str(self._font["name"].getDebugName(4)).replace(" ", "-")

    @cached_property
    def glyphs(self) -> Mapping[str, int]:
        """The number of the glyph of each letter."""
        return {chr(code): self._font.getGlyphID(glyph) for code, glyph in self._font.getBestCmap().items()}

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """Of each glyph, in thousandths of the size."""
        order, metrics = self._font.getGlyphOrder(), self._font["hmtx"]
        return tuple(round(metrics[glyph][0] * self._unit) for glyph in order)

    @property
    def ascent_em(self) -> float:
        return float(self._font["hhea"].ascent * self._unit / 1000)

    @property
    def _unit(self) -> float:
        return 1000 / float(self._font["head"].unitsPerEm)

    @cached_property
    def _font(self):  # type: ignore[no-untyped-def]
        from fontTools.ttLib import TTFont

        return TTFont(BytesIO(self.data), lazy=True)

    def width_em(self, text: str) -> float:
        """Return how wide *text* is, by its size."""
        return sum(self.widths[self.glyphs.get(letter, 0)] for letter in text) / 1000

    def shown(self, text: str) -> bytes:
        """Return *text* as the operand of `Tj`; letters that it lacks are left out."""
        codes = (self.glyphs[letter] for letter in text if letter in self.glyphs)
        return b"<" + b"".join(b"%04x" % code for code in codes) + b">"

    def put(self, pdf: pikepdf.Pdf, text: str | None = None) -> pikepdf.Object:
        """Put it into *pdf*, whole or with the letters of *text* alone, and return it as a page names it."""
        shown = range(len(self.widths)) if text is None else sorted({self.glyphs[letter] for letter in text})
        data = self.data if text is None else self._cut(shown)
        name = Name(f"/{self.name}" if text is None else f"/{_tag_of(data)}+{self.name}")
        widths: list[Any] = [0, Array(self.widths)]
        if text is not None:
            widths = [part for glyph in shown for part in (glyph, Array([self.widths[glyph]]))]
        head, across = self._font["head"], self._font["hhea"]
        box = (head.xMin, head.yMin, head.xMax, head.yMax)
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=name,
            Flags=_SYMBOLIC,
            FontBBox=Array([round(side * self._unit) for side in box]),
            ItalicAngle=0,
            Ascent=round(across.ascent * self._unit),
            Descent=round(across.descent * self._unit),
            CapHeight=round(self._font["OS/2"].sCapHeight * self._unit),
            StemV=80,
            FontFile2=pdf.make_stream(data, Length1=len(data)),
        )
        kid = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            CIDToGIDMap=Name.Identity,
            FontDescriptor=pdf.make_indirect(descriptor),
            W=Array(widths),
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=name,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(kid)]),
                ToUnicode=pdf.make_stream(self._unicode_table(shown)),
            )
        )

    def _cut(self, glyphs: Sequence[int]) -> bytes:
        """Return its file with *glyphs* alone, each under its number."""
        import uharfbuzz

        asked = uharfbuzz.SubsetInput()
        asked.glyph_set.update(glyphs)
        asked.flags = uharfbuzz.SubsetFlags.RETAIN_GIDS
        return bytes(uharfbuzz.subset(uharfbuzz.Face(self.data), asked).blob.data)

    def _unicode_table(self, shown: Collection[int]) -> bytes:
        """Return what each glyph *shown* is read as; of several letters with one glyph the first."""
        letters: dict[int, str] = {}
        for letter in sorted(self.glyphs):
            letters.setdefault(self.glyphs[letter], letter)
        rows = [
            f"<{glyph:04x}> <{letters[glyph].encode('utf-16-be').hex()}>"
            for glyph in sorted(letters)
            if glyph in shown and glyph
        ]
        blocks = [rows[at : at + _PER_BLOCK] for at in range(0, len(rows), _PER_BLOCK)]
        lines = [
            *("/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap"),
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            *("/CMapName /Adobe-Identity-UCS def", "/CMapType 2 def"),
            *("1 begincodespacerange", "<0000> <ffff>", "endcodespacerange"),
            *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            *("endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"),
        ]
        return "\n".join(lines).encode("ascii")


def _tag_of(data: bytes) -> str:
    """Return six letters for a font that is cut (ISO 32000-1 §9.6.4)."""
    return "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(data).digest()[:6])


@cache
def form_font(file: str) -> FormFont:
    """Return the font of *file*, one of FONT_FILES."""
    return FormFont(file, installed(file))
