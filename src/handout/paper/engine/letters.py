"""Name brackets in a PDF by what they draw, whichever way the text around them runs.

The engine names a glyph once in a file, by the text for which it was needed first. In `مدرسة (فرع)` the
bracket that opens is drawn as the one that closes; from then on all that close would be read as opening.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from typing import Any

import weasyprint.pdf
from fontTools.ttLib import TTFont


@contextmanager
def named_brackets() -> Iterator[None]:
    """Let the engine, while it writes a PDF, name brackets so: just before the fonts go into the file."""
    build = weasyprint.pdf.build_fonts_dictionary

    def name_and_build(pdf: Any, fonts: Mapping[str, Any], *arguments: Any) -> Any:
        _name_brackets(fonts.values())
        return build(pdf, fonts, *arguments)

    weasyprint.pdf.build_fonts_dictionary = name_and_build
    try:
        yield
    finally:
        weasyprint.pdf.build_fonts_dictionary = build


def _name_brackets(fonts: Iterable[Any]) -> None:
    for font in fonts:
        for glyph, text in font.to_unicode.items():
            if len(text) == 1 and unicodedata.mirrored(text):
                font.to_unicode[glyph] = _brackets(bytes(font.file_content), font.index).get(glyph, text)


@lru_cache(maxsize=16)
def _brackets(file: bytes, index: int) -> Mapping[int, str]:
    """Return the brackets in the font *file*, by the number of the glyph that draws each."""
    font = TTFont(BytesIO(file), fontNumber=index, lazy=True)
    named = font.getBestCmap().items()
    return {font.getGlyphID(name): chr(code) for code, name in named if unicodedata.mirrored(chr(code))}
