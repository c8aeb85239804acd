"""The fonts of a file, cut to the glyphs that it shows.

The engine has the HarfBuzz of the system cut them, and each version of that writes other bytes for the same
glyphs. Ours comes with a Python package that is pinned like the others (uharfbuzz), so that the fonts in a
file are the same bytes on every system.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import uharfbuzz
from uharfbuzz import Face, SubsetFlags, SubsetInput
from weasyprint.pdf import fonts as weasyprint_fonts

KEPT = SubsetFlags.PASSTHROUGH_UNRECOGNIZED | SubsetFlags.DESUBROUTINIZE
USELESS_TABLES = ("BASE", "DSIG", "EBDT", "EBLC", "EBSC", "GPOS", "GSUB", "JSTF", "LTSH", "PCLT", "SVG ")
"""What a PDF has no use for: its text is shaped and placed already."""


@contextmanager
def cut_by_us() -> Iterator[None]:
    """Let the engine call `cut` where it cuts the fonts of a file, while one is written."""
    engines = weasyprint_fonts.Font.subset

    def subset(font: Any, to_unicode: Mapping[int, str], hinting: bool) -> None:
        if to_unicode:
            font.file_content = cut(
                font.file_content,
                font.index,
                to_unicode,
                hinting=hinting,
                outlines_missing=bool(font.missing),
            )

    weasyprint_fonts.Font.subset = subset
    try:
        yield
    finally:
        weasyprint_fonts.Font.subset = engines


def cut(data: bytes, index: int, glyphs: Iterable[int], *, hinting: bool, outlines_missing: bool) -> bytes:
    """Return the font file *data* with *glyphs* alone, each under the number that it has there.

    *index* is that of the font in a collection. *outlines_missing* keeps the drawing of the glyph for what
    is missing. Numbers behind the last of *glyphs* are gone, those between are empty.
    """
    wanted = sorted(glyphs)
    flags = KEPT | (SubsetFlags.NOTDEF_OUTLINE if outlines_missing else SubsetFlags.DEFAULT)
    face = Face(data, index)
    face = _cut(face, wanted, flags | SubsetFlags.RETAIN_GIDS)
    # To keep the numbers keeps the length of the font too; what is behind the last one is cut here.
    unhinted = SubsetFlags.DEFAULT if hinting else SubsetFlags.NO_HINTING
    face = _cut(face, range(wanted[-1] + 1), flags | unhinted)
    return bytes(face.blob.data)


def _cut(face: Face, glyphs: Iterable[int], flags: SubsetFlags) -> Face:
    asked = SubsetInput()
    asked.glyph_set.update(glyphs)
    asked.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in USELESS_TABLES)
    asked.flags = flags
    return uharfbuzz.subset(face, asked)
