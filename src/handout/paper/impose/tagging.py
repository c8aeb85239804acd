"""The tags of a piece on its print sheet: one tree, in the order of reading, however the pages lie.

A page of the piece is a form of the sheet, and its tags name their content by its number in that form
(ISO 32000-1 §14.7.4.2, marked-content references with /Stm). A form whose content has tags stands on one page
alone, so each page of the piece is read where it stands first; every other copy of it is decoration, as the
marks for knife and fold are. A sheet is paper: its links lead nowhere and are plain words.

Browsers do not look into forms: PDFium and pdf.js 5.6 find the tags of a page in the table of that page
(findings/tags-of-form.sh), and pdf.js takes a number for one of the page. So the numbers are unique on each
face, and its table names the tags too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name

from handout.model.units import mm_to_pt
from handout.paper.impose.paper import Placement, SheetLayout

_TAGGED = re.compile(rb"/\w+\s*<<[^>]*/MCID\s+\d+[^>]*>>\s*BDC")
_NUMBER = re.compile(rb"(/MCID\s+)(\d+)(?=[^>]*>>\s*BDC)")

# A tag of a tri-fold, on page 3 of the piece, and on the sheet, whose second face shows that page as form 31:
#
#     <</K [4 5]/P 55 0 R/Pg 9 0 R/S /P/Type /StructElem>>
#     <</K [<</MCID 4/Pg 80 0 R/Stm 31 0 R/Type /MCR>> …]/P 55 0 R/Pg 80 0 R/S /P/Type /StructElem>>


@dataclass(frozen=True)
class Seat:
    """Where a page of the piece is read on the sheet."""

    face: int
    placement: Placement


def seats(layout: SheetLayout) -> Mapping[int, Seat]:
    """Return where each page of the piece is read: where it first stands whole, and not mirrored."""
    found: dict[int, Seat] = {}
    for seat in sorted(_seats(layout), key=_is_second_best):
        found.setdefault(seat.placement.page, seat)
    return found


def _seats(layout: SheetLayout) -> Iterator[Seat]:
    for number, face in enumerate(layout.faces):
        for placement in face.placements:
            yield Seat(number, placement)


def _is_second_best(seat: Seat) -> tuple[bool, bool]:
    one = seat.placement
    return one.flip_x != one.flip_y, one.window is not None


def untagged(content: bytes) -> bytes:
    """Return *content* as one that has no tags: what it marks is decoration."""
    return _TAGGED.sub(b"/Artifact BMC", content)


def renumbered(content: bytes, first: int) -> bytes:
    """Return *content* with its marks numbered from *first* on, and not from 0."""
    return (
        _NUMBER.sub(lambda match: b"%s%d" % (match[1], int(match[2]) + first), content) if first else content
    )


def marks_in(content: bytes) -> int:
    """Return how many numbers the marks of *content* take."""
    return max((int(match[2]) + 1 for match in _NUMBER.finditer(content)), default=0)


@dataclass(frozen=True)
class TaggedForm:
    """A page of the piece on the face where it is read."""

    form: pikepdf.Object
    face: pikepdf.Object
    """A page of the sheet."""
    first: int
    """The number of its first mark on that face."""
    placement: Placement


def move(pdf: pikepdf.Pdf, pages: Sequence[pikepdf.Object], forms: Mapping[int, TaggedForm]) -> None:
    """Let the tags of *pdf* name their content in *forms*, by their numbers among *pages* of the piece.

    A page that stands on no face has no tags.
    """
    root = pdf.Root.StructTreeRoot
    mover = _Mover({page.objgen: number for number, page in enumerate(pages)}, forms)
    for kid in _kids(root):
        if isinstance(kid, pikepdf.Object):
            mover.move(kid, 0)
    numbers = Array()
    for one, table in mover.tables():
        one.StructParents = len(numbers) // 2
        numbers.extend([one.StructParents, Array([table.get(mark) for mark in range(max(table) + 1)])])
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=numbers))
    root.ParentTreeNextKey = len(numbers) // 2


@dataclass(frozen=True)
class _Mover:
    pages: Mapping[tuple[int, int], int]
    forms: Mapping[int, TaggedForm]
    _parents: dict[int, dict[int, pikepdf.Object]] = field(default_factory=dict)
    """What holds each mark, by the page of the piece."""

    def move(self, tag: pikepdf.Object, page: int) -> None:
        page = self._page(tag, page)
        own = self.forms.get(page)
        if own is not None:
            tag.Pg = own.face
        elif "/Pg" in tag:
            del tag["/Pg"]
        if tag.get("/S") == Name.Link:
            tag.S = Name.Span
        tag.K = Array([kid for item in _kids(tag) if (kid := self._kid(item, tag, page)) is not None])
        if own is not None and tag.get("/S") == Name.Figure:
            _place(tag, own)

    def _kid(self, kid: pikepdf.Object | int, tag: pikepdf.Object, page: int) -> pikepdf.Object | None:
        """Return *kid* of *tag* as it stands on the sheet; None for what does not, as the area of a link."""
        if isinstance(kid, int):
            return self._mark(tag, page, kid)
        if "/MCID" in kid:
            return self._mark(tag, self._page(kid, page), int(kid.MCID))
        if "/S" not in kid:
            return None
        self.move(kid, page)
        return kid

    def _mark(self, tag: pikepdf.Object, page: int, mark: int) -> pikepdf.Object | None:
        own = self.forms.get(page)
        if own is None:
            return None
        mark += own.first
        self._parents.setdefault(page, {})[mark] = tag
        return Dictionary(Type=Name.MCR, Pg=own.face, Stm=own.form, MCID=mark)

    def _page(self, item: pikepdf.Object, page: int) -> int:
        own = item.get("/Pg")
        return page if own is None else self.pages.get(own.objgen, page)

    def tables(self) -> Iterator[tuple[pikepdf.Object, Mapping[int, pikepdf.Object]]]:
        """Yield each form and each face with marks, and the tags of these."""
        faces: dict[tuple[int, int], tuple[pikepdf.Object, dict[int, pikepdf.Object]]] = {}
        for page, table in sorted(self._parents.items()):
            own = self.forms[page]
            yield own.form, table
            faces.setdefault(own.face.objgen, (own.face, {}))[1].update(table)
        yield from faces.values()


def _kids(tag: pikepdf.Object) -> list[pikepdf.Object | int]:
    kids = tag.get("/K", Array())
    return list(kids) if isinstance(kids, Array) else [kids]


def _place(figure: pikepdf.Object, own: TaggedForm) -> None:
    """Let the box of *figure*, which is that on the page of the piece, be that on the face."""
    box = figure.get("/A", Dictionary()).get("/BBox")
    if box is None:
        return
    left, low, right, top = (float(side) for side in own.form.BBox)
    more = mm_to_pt(own.placement.bleed_mm)
    across, up, x, y = matrix(own.placement, (left + more, low + more, right - more, top - more))
    left, low, right, top = (float(side) for side in box)
    xs, ys = sorted((across * left + x, across * right + x)), sorted((up * low + y, up * top + y))
    figure.A.BBox = Array([round(side, 4) for side in (xs[0], ys[0], xs[1], ys[1])])


def matrix(
    placement: Placement, trim: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """Return scale across, scale up and shift, in points, that bring a page to its place.

    *trim* are left, low, right and top of the trimmed page.
    """
    left, low, right, top = trim
    # A flipped page is drawn towards the left or down, so that it starts from the far side of its box.
    across, from_x = (-placement.scale, right) if placement.flip_x else (placement.scale, left)
    up, from_y = (-placement.scale, top) if placement.flip_y else (placement.scale, low)
    x_pt, y_pt = mm_to_pt(placement.box.x_mm), mm_to_pt(placement.box.y_mm)
    return across, up, x_pt - across * from_x, y_pt - up * from_y
