"""Name the glyphs of a PDF by what they draw, where the text that needed them first would mislead.

The engine names a glyph once in a file, by the text for which it was needed first. Two kinds of names are
wrong wherever else the glyph stands:

- In `مدرسة (فرع)` the bracket that opens is drawn as the one that closes; from then on all that close would
  be read as opening.
- A shaper may draw one letter with two glyphs, `Ê` as an E and a circumflex; which ones it does so with
  differs by its version. The engine names the first of them by nothing, the second by the whole letter, and
  from then on no `E` is read, and `Ŷ` as `YÊ`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from typing import Any

import pydyf
import weasyprint.pdf
from fontTools import agl
from fontTools.ttLib import TTFont


@contextmanager
def named_by_font() -> Iterator[None]:
    """Let the engine, while it writes a PDF, name glyphs so: just before the fonts go into the file."""
    build = weasyprint.pdf.build_fonts_dictionary

    def name_and_build(pdf: Any, fonts: Mapping[str, Any], *arguments: Any) -> Any:
        for font in fonts.values():
            _rename(font)
        return build(pdf, fonts, *arguments)

    with _built_by(name_and_build):
        yield


@contextmanager
def without_fonts() -> Iterator[None]:
    """Let the engine leave out the fonts of a file that nobody reads."""
    with _built_by(lambda *_: pydyf.Dictionary({})):
        yield


@contextmanager
def _built_by(function: Callable[..., Any]) -> Iterator[None]:
    build = weasyprint.pdf.build_fonts_dictionary
    weasyprint.pdf.build_fonts_dictionary = function
    try:
        yield
    finally:
        weasyprint.pdf.build_fonts_dictionary = build


def _rename(font: Any) -> None:
    for glyph, text in font.to_unicode.items():
        if _may_mislead(text):
            drawn = _letters(bytes(font.file_content), font.index).get(glyph, text)
            font.to_unicode[glyph] = name_of_glyph(text, drawn)


def _may_mislead(text: str) -> bool:
    return not text or bool(unicodedata.mirrored(text[0])) or len(_parts(text)) > 1


def _parts(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


def name_of_glyph(text: str, drawn: str) -> str:
    """Return what a glyph is read as that was needed for *text* and that its font has for *drawn*.

    A ligature keeps its letters, a letter that the font has two glyphs for the text that it was needed for.
    """
    is_bracket = len(text) == 1 and bool(unicodedata.mirrored(text)) and bool(unicodedata.mirrored(drawn[:1]))
    is_part = not text or (_parts(drawn) != _parts(text) and _parts(drawn) in _parts(text))
    return drawn if drawn and (is_bracket or is_part) else text


@lru_cache(maxsize=16)
def _letters(file: bytes, index: int) -> Mapping[int, str]:
    """Return the letter that each glyph of the font *file* draws, by the number of the glyph.

    Those that stand in for another have no code, but a name that says it: `uni0302.case` is a circumflex on a
    capital (Adobe Glyph List Specification §2).
    """
    font = TTFont(BytesIO(file), fontNumber=index, lazy=True)
    named = {font.getGlyphID(name): agl.toUnicode(name) for name in font.getGlyphOrder()}
    return named | {font.getGlyphID(name): chr(code) for code, name in font.getBestCmap().items()}
