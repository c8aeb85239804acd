"""What the codes of a font of a PDF stand for: letters and widths."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import pikepdf

UNKNOWN = "\ufffd"
"""What stands for a letter that the file cannot name."""
FLAWED = (UNKNOWN, "\0")
"""The texts of glyphs without a name."""
SPACE = 32
"""The one code that word spacing widens, in simple fonts only (§9.3.3)."""
Letter: TypeAlias = tuple[str, float, bool, bool]
"""Of a glyph its text, its width in em, whether it is the box of a missing one, and whether it is the space
that word spacing widens."""
STRING = rb"\((?:\\.|[^\\()])*+\)"
HEX = rb"<[0-9A-Fa-f\s]*+>"
_TJ_PART = re.compile(rb"(?:" + HEX + rb"|" + STRING + rb"|^)[^<(]*+", re.DOTALL)
_NUMBERS = re.compile(rb"\s*(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:\s+|\Z))*")
"""Numbers as PDF knows them: without exponents (§7.3.3)."""
_AROUND = b"[] \t\r\n\f\0"
"""What may stand around the strings and numbers of an array."""


class Shown(NamedTuple):
    """A string of shown text, with the numbers behind it."""

    letters: tuple[Letter, ...]
    back: float
    """How far to the left what follows is drawn, in thousandths of the size."""
    text: str
    advance_em: float
    """How far on what follows is drawn, in a state without spacing of its own."""
    is_flawed: bool
    """True where a glyph has no shape or no name."""


class _Pieces(dict[bytes, Shown]):
    """What pieces of shown text say, each found out once: most of the time goes into reading them."""

    def __init__(self, find: Callable[[bytes], Shown]) -> None:
        self._find = find

    def __missing__(self, piece: bytes) -> Shown:
        self[piece] = found = self._find(piece)
        return found


# What a name and a title of a card show, and what a font of that file says of its codes (ISO 32000-2 §9.4.3,
# §9.7.4.3, §9.10.3). A code is the number of a glyph, in two bytes (Identity-H, §9.7.5.2).
#
#     [<0014>0<0031>0<002d>0<0036>13<003c>0<0032>0 … <003b>0<002b0030>10<002d>0<0084>0 … <003b>0] TJ
#     [<0073>22<>23.01345360626036<0046>81<>23.01345360626036<0001>71 … <01ad>0] TJ
#
#     /W [3 [320] 6 [448] 26 [537] 41 [553] 43 [520 596 566 367 597] …]
#     24 beginbfchar
#     <0035> <006d>
#     <0041> <0079>
#     <003b> <0073>
#
# A number moves what follows to the left, by thousandths of the size. `draw_first_line` of the engine
# (weasyprint/draw/text.py) closes a string for each kern, though it rounds to 0, and lets glyphs without one
# stand together: <002b0030> is "ch". `<>` is a glyph without a shape, of which it writes the width alone.


def read_as(texts: Iterable[str]) -> str:
    """Return what *texts*, of glyphs or of runs, are read as together: a letter drawn in two is one again.

    A single glyph that is named by two characters stays so: no reader needs that.

    >>> read_as(["E", "\u0302"])
    'Ê'
    """
    parts = tuple(texts)
    text = "".join(parts)
    if text.isascii() or not all(unicodedata.is_normalized("NFC", one) for one in parts):
        return text
    return unicodedata.normalize("NFC", _WITHOUT_ITS_DOT.sub(_with_its_dot, text))


_WITHOUT_ITS_DOT = re.compile("[ıȷ](?=[\u0300-\u0314\u033d-\u0344\u0346\u034a-\u034c])")
"""Under an accent an `i` is drawn without its dot (The Unicode Standard §7.1, "Diacritics on i and j")."""


def _with_its_dot(match: re.Match[str]) -> str:
    return "i" if match[0] == "ı" else "j"


class Font:
    """How a font of the file turns bytes into letters and how wide these are."""

    def __init__(self, font: pikepdf.Object) -> None:
        self.name = str(font.get("/BaseFont", ""))[1:]
        self.is_composite = font.get("/Subtype") == "/Type0"
        self._texts = unicode_table(font.ToUnicode.read_bytes()) if "/ToUnicode" in font else {}
        if self.is_composite:
            (descendant,) = font.DescendantFonts
            self._widths = dict(composite_widths(descendant.get("/W", ())))
            self._usual_width = float(descendant.get("/DW", 1000))
        else:
            first = int(font.get("/FirstChar", 0))
            self._widths = {first + i: float(width) for i, width in enumerate(font.get("/Widths", ()))}
            self._usual_width = 500.0
        self._pieces = _Pieces(self._piece)

    def shown(self, operands: bytes) -> Iterable[Shown]:
        """Return what the strings and numbers *operands* show: `[<0024>46<00370037>-.5]`, `(ab)`.

        The engine puts glyphs into one string where there is no kerning between them: how many stand in one
        says nothing. Raises ValueError where *operands* are something else.
        """
        pieces = self._pieces
        if b"(" in operands:
            return [pieces[piece] for piece in _TJ_PART.findall(operands.strip(_AROUND))]
        return [pieces[piece] for piece in operands.strip(_AROUND).split(b"<")]

    def _piece(self, piece: bytes) -> Shown:
        """Return what *piece* says: a string, one without its `<`, or neither; and the numbers behind it."""
        literal, bracket, numbers = piece.rpartition(b")" if piece.startswith(b"(") else b">")
        data = _string(literal.removeprefix(b"<") + bracket)
        letters = tuple(map(self._letter, self._codes(data)))
        if _NUMBERS.fullmatch(numbers) is None:
            raise ValueError(f"{numbers!r} is no number of a PDF")
        back = sum(map(float, numbers.split()))
        texts = [text for text, _, _, _ in letters]
        advance_em = sum(width_em for _, width_em, _, _ in letters) - back / 1000
        is_flawed = any(text in FLAWED or is_missing for text, _, is_missing, _ in letters)
        return Shown(letters, back, read_as(texts), advance_em, is_flawed)

    def _codes(self, data: bytes) -> Iterable[int]:
        """Return the numbers of the glyphs in a string: of two bytes in a composite font (Identity-H)."""
        if not self.is_composite:
            return data
        if len(data) % 2:
            raise ValueError(f"a string of {len(data)} bytes in a font with codes of two")
        return [data[at] << 8 | data[at + 1] for at in range(0, len(data), 2)]

    def _letter(self, code: int) -> Letter:
        width_em = self._widths.get(code, self._usual_width) / 1000
        is_space = code == SPACE and not self.is_composite
        return self._text(code), width_em, code == 0 and self.is_composite, is_space

    def _text(self, code: int) -> str:
        found = self._texts.get(code)
        if found is not None:
            return found
        return UNKNOWN if self.is_composite else bytes([code]).decode("cp1252", "replace")


_BLOCKS = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_TOKENS = re.compile(rb"<([0-9a-fA-F\s]*)>|(\[|\])")


def unicode_table(table: bytes) -> dict[int, str]:
    """Return the text of each glyph by its number, from the content of a /ToUnicode stream (§9.10.3)."""
    found: dict[int, str] = {}
    for kind, body in _BLOCKS.findall(table):
        tokens = [bracket or bytes.fromhex(digits.decode()) for digits, bracket in _TOKENS.findall(body)]
        if kind == b"bfchar":
            found.update(
                (_number(code), _letters(text)) for code, text in zip(*[iter(tokens)] * 2, strict=False)
            )
        else:
            found.update(_ranges(tokens))
    return found


def _ranges(tokens: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    rest = iter(tokens)
    for low in rest:
        first, last = _number(low), _number(next(rest, low))
        target = next(rest, b"")
        if target == b"[":
            texts = iter(lambda: next(rest, b"]"), b"]")
            yield from ((code, _letters(text)) for code, text in enumerate(texts, first))
        else:
            for code in range(first, min(last, first + 0xFFFF) + 1):
                last_letter = int.from_bytes(target[-2:], "big") + code - first
                yield code, _letters(target[:-2] + last_letter.to_bytes(4, "big")[-2:])


def _number(digits: bytes) -> int:
    return int.from_bytes(digits, "big")


def _letters(data: bytes) -> str:
    return data.decode("utf-16-be", "replace")


def composite_widths(array: Iterable[pikepdf.Object]) -> Iterator[tuple[int, float]]:
    """Yield glyph and width from a /W array: `first [w w …]` or `first last w` (§9.7.4.3)."""
    items = iter(array)
    for first in items:
        second = next(items)
        if isinstance(second, pikepdf.Array):
            yield from ((int(first) + i, float(width)) for i, width in enumerate(second))
        else:
            width = float(next(items))
            yield from ((code, width) for code in range(int(first), int(second) + 1))


def _string(literal: bytes) -> bytes:
    """Return the bytes of *literal*, `(ab)` or, in hexadecimal digits, `6162>`."""
    if literal.startswith(b"("):
        return bytes(pikepdf.Object.parse(literal))
    digits = b"".join(literal.removesuffix(b">").split()).decode("ascii")
    # A last digit that is missing is 0 (§7.3.4.3).
    return bytes.fromhex(digits if len(digits) % 2 == 0 else f"{digits}0")
