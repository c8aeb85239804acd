"""Reads a PDF back, with nothing of ours: its tags, and the text under each tag.

The tags stand in the structure tree (ISO 32000-1 §14.7); they name pieces of a page's content by number.
What a piece says is found in the content stream, letter by letter, with the table that each font carries
(§9.10.3).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

import pikepdf


@dataclass(frozen=True)
class Mark:
    """A numbered piece of the content of one page."""

    page: int
    """Counted from 0."""
    number: int


@dataclass(frozen=True)
class Run:
    """Text that is drawn in one go."""

    mark: Mark | None
    """None: the text has no tag, it is the foot of a page or decoration."""
    page: int
    text: str
    font: str
    """The name in the PDF, `ABCDEF+Lexend-Bold`."""
    size_pt: float
    """As it comes on paper."""


@dataclass(frozen=True)
class Tag:
    kind: str
    """`H1`, `LI`, `Lbl`."""
    kids: tuple[Tag | Run, ...]
    alt: str
    numbering: str
    """Of a list: `Decimal`, `LowerAlpha`, `None`."""

    def walk(self) -> Iterator[Tag]:
        """Yield this tag and all below it, in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Tag):
                yield from kid.walk()

    def all(self, kind: str) -> list[Tag]:
        return [tag for tag in self.walk() if tag.kind == kind]

    def runs(self) -> Iterator[Run]:
        """Yield the text below this tag, in reading order."""
        for kid in self.kids:
            if isinstance(kid, Tag):
                yield from kid.runs()
            else:
                yield kid

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs())


@dataclass(frozen=True)
class Reading:
    """A PDF, opened."""

    pdf: pikepdf.Pdf

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """All text, in the order in which it is drawn."""
        return tuple(run for number, page in enumerate(self.pdf.pages) for run in _runs_of_page(page, number))

    @cached_property
    def root(self) -> Tag:
        """The tag of the whole document."""
        by_mark: dict[Mark, list[Run]] = {}
        for run in self.runs:
            if run.mark is not None:
                by_mark.setdefault(run.mark, []).append(run)
        pages = {page.obj.objgen: number for number, page in enumerate(self.pdf.pages)}
        (document,) = _kids_of(self.pdf.Root.StructTreeRoot)
        return _tag(document, pages, by_mark)

    @cached_property
    def text(self) -> str:
        """All tagged text in reading order, without any white space: lines break without a space between."""
        return squeezed(self.root.text)


def read(pdf: bytes) -> Reading:
    """Open *pdf*."""
    return Reading(pikepdf.open(BytesIO(pdf)))


def squeezed(text: str) -> str:
    """Return *text* without white space, which a page shows by distance and not by characters."""
    return re.sub(r"\s+", "", text)


# ---- tags -------------------------------------------------------------------------------------


def _kids_of(node: pikepdf.Object) -> list[pikepdf.Object | int]:
    """Return what stands in /K: one thing or an array of them."""
    kids = node.get("/K", pikepdf.Array())
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _tag(
    node: pikepdf.Object | int, pages: dict[tuple[int, int], int], by_mark: dict[Mark, list[Run]]
) -> Tag:
    assert isinstance(node, pikepdf.Dictionary), node
    kids: list[Tag | Run] = []
    for kid in _kids_of(node):
        if isinstance(kid, int):
            kids += by_mark.get(Mark(pages[node.Pg.objgen], kid), ())
        elif kid.get("/Type") == "/MCR":
            page = kid.Pg if "/Pg" in kid else node.Pg
            kids += by_mark.get(Mark(pages[page.objgen], int(kid.MCID)), ())
        elif kid.get("/Type") != "/OBJR":
            kids.append(_tag(kid, pages, by_mark))
    attributes = node.get("/A", pikepdf.Dictionary())
    return Tag(
        str(node.S)[1:],
        tuple(kids),
        str(node.get("/Alt", "")),
        str(attributes.get("/ListNumbering", ""))[1:],
    )


# ---- content ----------------------------------------------------------------------------------


def _runs_of_page(page: pikepdf.Page, number: int) -> list[Run]:
    reader = _ContentReader(number)
    reader.read(page.obj, page.obj.Resources, pikepdf.Matrix(), None)
    return reader.runs


class _ContentReader:
    """Follows a content stream as far as text needs it: the matrix, the font and the marks."""

    def __init__(self, page: int) -> None:
        self.page = page
        self.runs: list[Run] = []
        self._letters: dict[str, dict[int, str]] = {}

    def read(
        self, content: pikepdf.Object, resources: pikepdf.Object, matrix: pikepdf.Matrix, mark: Mark | None
    ) -> None:
        marks = [mark]
        saved: list[tuple[pikepdf.Matrix, str, float]] = []
        text_matrix, font, size = pikepdf.Matrix(), "", 0.0
        for instruction in pikepdf.parse_content_stream(content):
            operands = instruction.operands
            match str(instruction.operator):
                case "q":
                    saved.append((matrix, font, size))
                case "Q":
                    matrix, font, size = saved.pop()
                case "cm":
                    matrix = _matrix(operands) @ matrix
                case "BDC":
                    marks.append(self._mark(operands[1]))
                case "BMC":
                    marks.append(None)
                case "EMC":
                    marks.pop()
                case "BT":
                    text_matrix = pikepdf.Matrix()
                case "Tm":
                    text_matrix = _matrix(operands)
                case "Tf":
                    font, size = str(operands[0]), float(operands[1])
                case "Tj" | "TJ":
                    text = self._text(operands[0], resources.Font[font])
                    name = str(resources.Font[font].BaseFont)[1:]
                    size_pt = size * _scale(text_matrix @ matrix)
                    self.runs.append(Run(marks[-1], self.page, text, name, size_pt))
                case "Do":
                    form = resources.XObject[str(operands[0])]
                    if form.Subtype == "/Form":
                        placed = _matrix(form.get("/Matrix", [1, 0, 0, 1, 0, 0])) @ matrix
                        self.read(form, form.get("/Resources", resources), placed, marks[-1])

    def _mark(self, properties: pikepdf.Object) -> Mark | None:
        return Mark(self.page, int(properties.MCID)) if "/MCID" in properties else None

    def _text(self, operand: pikepdf.Object, font: pikepdf.Object) -> str:
        """Return what *operand* says: glyph numbers of two bytes, as fonts of type 0 have them."""
        name = str(font.BaseFont)
        if name not in self._letters:
            self._letters[name] = _letters(font.ToUnicode.read_bytes().decode("ascii"))
        parts = operand if isinstance(operand, pikepdf.Array) else [operand]
        data = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
        glyphs = (int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
        return "".join(self._letters[name].get(glyph, "\ufffd") for glyph in glyphs)


def _letters(table: str) -> dict[int, str]:
    """Return the text of each glyph by its number, from a /ToUnicode *table* of single glyphs."""
    pairs = re.findall(r"^<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>$", table, re.MULTILINE)
    return {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs}


def _matrix(operands: object) -> pikepdf.Matrix:
    a, b, c, d, e, f = (float(number) for number in operands)  # type: ignore[attr-defined]
    return pikepdf.Matrix(a, b, c, d, e, f)


def _scale(matrix: pikepdf.Matrix) -> float:
    return math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c))
