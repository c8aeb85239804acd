"""From and to PDF: measures the pages of a piece, and draws them on sheets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

import pikepdf

from handout.model.messages import say
from handout.model.units import mm_to_pt, pt_to_mm
from handout.paper.impose import notes, tagging
from handout.paper.impose.paper import (
    BLEED_MM,
    DuplexEdge,
    Face,
    ImpositionError,
    PageSize,
    Placement,
    Rectangle,
    SheetLayout,
    Stroke,
    print_words,
)
from handout.paper.saving import saved

_Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, low, right and top in points, as a PDF has them."""
DUPLEX = MappingProxyType(
    {
        None: pikepdf.Name.Simplex,
        DuplexEdge.LONG: pikepdf.Name.DuplexFlipLongEdge,
        DuplexEdge.SHORT: pikepdf.Name.DuplexFlipShortEdge,
    }
)
"""What a printer is told of the edge along which the paper is turned (ISO 32000-1 table 150)."""
_DASHES_PT = "4 3"
LENGTH_DIGITS = 4
"""After the point, of a length in points: more than paper can show."""
SCALE_DIGITS = 8
"""After the point, of a scale: it is multiplied with the length of a page."""


def measure(page: pikepdf.Page, number: int) -> PageSize:
    """Return how large *page* is after trimming. ImpositionError if it is turned."""
    if page.rotation % 360:
        what = say(
            "page {number} is a page that a viewer must rotate; sheets take upright pages", number=number
        )
        raise ImpositionError(what, say("build the piece without /Rotate"))
    left, low, right, top = _rectangle(page.trimbox)
    around = _rectangle(page.bleedbox)
    bleed_pt = min(left - around[0], low - around[1], around[2] - right, around[3] - top)
    # A PDF rounds points; millimetres that were written down come back as they were.
    width_mm, height_mm = round(pt_to_mm(right - left), 3), round(pt_to_mm(top - low), 3)
    return PageSize(width_mm, height_mm, max(0.0, pt_to_mm(bleed_pt)))


def _rectangle(array: Iterable[object]) -> _Rectangle:
    left, low, right, top = (float(str(number)) for number in array)
    return left, low, right, top


def draw(source: pikepdf.Pdf, layout: SheetLayout, words: Mapping[str, str] | None = None) -> bytes:
    """Return the pages of *source* on the faces of *layout*, as PDF; the same bytes each time.

    Where there is room for it a face says in the printed *words* how it is printed. The file has the tags,
    the title and the bookmarks of *source*, which is used up.
    """
    is_tagged = "/StructTreeRoot" in source.Root
    pages = [page.obj for page in source.pages]
    forms = _Forms(source, tagging.seats(layout) if is_tagged else {})
    faces = [_page(source, forms, number, face) for number, face in enumerate(layout.faces)]
    if is_tagged:
        tagging.move(source, pages, forms.tagged(faces))
    read_on = {pages[page].objgen: faces[seat.face].obj for page, seat in tagging.seats(layout).items()}
    if words is not None:
        printing = layout.printing
        notes.write(source, faces, layout, print_words(printing.paper, printing.edge, words))
    _lead_to_faces(source, read_on)
    del source.pages[:]
    source.pages.extend(faces)
    _say_how_to_print(source, layout.edge)
    return saved(source)


def _say_how_to_print(target: pikepdf.Pdf, edge: DuplexEdge | None) -> None:
    preferences = pikepdf.Dictionary(PrintScaling=pikepdf.Name("/None"), Duplex=DUPLEX[edge])
    if "/StructTreeRoot" in target.Root:
        preferences.DisplayDocTitle = True
    target.Root.ViewerPreferences = preferences


def _lead_to_faces(target: pikepdf.Pdf, faces: Mapping[tuple[int, int], pikepdf.Object]) -> None:
    """Let the bookmarks of *target* lead to the face on which a page is read. *faces* are by page."""
    for key in ("/Names", "/Dests", "/OpenAction"):
        if key in target.Root:
            del target.Root[key]
    waiting = [target.Root.get("/Outlines")]
    while waiting:
        item = waiting.pop()
        if item is None:
            continue
        waiting += [item.get("/Next"), item.get("/First")]
        if "/Dest" in item:
            face = faces.get(item.Dest[0].objgen) if isinstance(item.Dest, pikepdf.Array) else None
            if face is None:
                del item["/Dest"]
            else:
                item.Dest = pikepdf.Array([face, pikepdf.Name.Fit])


class _Forms:
    """The pages of the piece as form XObjects of the sheet.

    One of each with the tags, where it is read, and one without them for all other places.
    """

    def __init__(self, pdf: pikepdf.Pdf, seats: Mapping[int, tagging.Seat]) -> None:
        self._pdf = pdf
        self._pages = list(pdf.pages)
        self._seats = seats
        self._made: dict[tuple[int, float, bool], pikepdf.Object] = {}
        self._firsts: dict[int, int] = {}
        """The number of the first mark of each page that is read, on its face."""
        self._marks: dict[int, int] = {}
        """How many marks each face has so far."""

    def form(self, face: int, placement: Placement) -> tuple[str, pikepdf.Object]:
        """Return the page of *placement*, clipped to its trim or bleed, and the name that it always has."""
        key = (placement.page, placement.bleed_mm, self.is_read(face, placement))
        if key not in self._made:
            form = self._pages[placement.page].as_form_xobject()
            more = mm_to_pt(placement.bleed_mm)
            left, low, right, top = self.trim(placement.page)
            form.BBox = pikepdf.Array([left - more, low - more, right + more, top + more])
            if self._seats:
                form.write(self._marked(face, placement, form.read_bytes()))
            self._made[key] = self._pdf.make_indirect(form)
        return f"/{self.name(face, placement)}", self._made[key]

    def _marked(self, face: int, placement: Placement, content: bytes) -> bytes:
        """Return *content* of a page with marks that its face has not yet, or of a copy with none."""
        if not self.is_read(face, placement):
            return tagging.untagged(content)
        first = self._firsts[placement.page] = self._marks.get(face, 0)
        self._marks[face] = first + tagging.marks_in(content)
        return tagging.renumbered(content, first)

    def tagged(self, faces: Sequence[pikepdf.Page]) -> Mapping[int, tagging.TaggedForm]:
        """Return the pages that are read on *faces*, when all are drawn."""
        return {
            page: tagging.TaggedForm(
                self._made[page, seat.placement.bleed_mm, True],
                faces[seat.face].obj,
                self._firsts[page],
                seat.placement,
            )
            for page, seat in self._seats.items()
        }

    def is_read(self, face: int, placement: Placement) -> bool:
        seat = self._seats.get(placement.page)
        return seat is not None and seat.face == face and seat.placement is placement

    def name(self, face: int, placement: Placement) -> str:
        kind = "Copy" if self._seats and not self.is_read(face, placement) else "Page"
        return f"{kind}{placement.page + 1}"

    def trim(self, page: int) -> _Rectangle:
        return _rectangle(self._pages[page].trimbox)


def _page(target: pikepdf.Pdf, forms: _Forms, number: int, face: Face) -> pikepdf.Page:
    # In the order of reading, and what is decoration around it.
    placements = sorted(face.placements, key=lambda placement: placement.page)
    named = dict(forms.form(number, placement) for placement in placements)
    operators = [
        *(_decoration(_tint_operators(tint)) for tint in face.tints),
        *(_placement_operators(forms, number, placement) for placement in placements),
        *(_decoration(_stroke_operators(stroke)) for stroke in face.strokes),
    ]
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=_box_array(Rectangle(0, 0, face.width_mm, face.height_mm)),
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(named)),
        Contents=target.make_stream("\n".join(operators).encode("ascii")),
        Tabs=pikepdf.Name.S,
    )
    if face.trim is not None:
        page.TrimBox = _box_array(face.trim)
        page.BleedBox = _box_array(face.trim.grown(BLEED_MM))
    return pikepdf.Page(target.make_indirect(page))


# From a sheet of cards, from one for a print shop, where the page is mirrored into its own bleed, and a
# mark for the knife. A page of the piece is a form, its content as it was (ISO 32000-2 §8.10). `re W n`
# cuts it (§8.5.4), `cm` places it, and `Q` takes both back for what comes next.
#
#     q 1 0 0 1 56.6929 654.8031 cm /Page1 Do Q
#     q 25.5118 25.5118 612.2835 858.8976 re W n 1 0 0 -1 34.0157 1717.7953 cm /Page1 Do Q
#     q 0 G 0.35 w 1 j 56.6929 28.3465 m 56.6929 17.0079 l S Q
def _placement_operators(forms: _Forms, face: int, placement: Placement) -> str:
    across, up, x, y = tagging.matrix(placement, forms.trim(placement.page))
    clip = f"{_box_operands(placement.window)} re W n " if placement.window else ""
    matrix = f"{_number(across, SCALE_DIGITS)} 0 0 {_number(up, SCALE_DIGITS)} {_number(x)} {_number(y)}"
    drawn = f"q {clip}{matrix} cm /{forms.name(face, placement)} Do Q"
    return drawn if forms.is_read(face, placement) else _decoration(drawn)


def _decoration(operators: str) -> str:
    return f"/Artifact BMC {operators} EMC"


def _stroke_operators(stroke: Stroke) -> str:
    start, *rest = (f"{_number(mm_to_pt(x))} {_number(mm_to_pt(y))}" for x, y in stroke.points)
    path = " ".join([f"{start} m", *(f"{point} l" for point in rest)])
    dashes = f"[{_DASHES_PT}] 0 d " if stroke.dashed else ""
    return f"q 0 G {_number(stroke.width_pt)} w 1 j {dashes}{path} S Q"


def _tint_operators(tint: Rectangle) -> str:
    return f"q 0.85 g {_box_operands(tint)} re f Q"


def _box_operands(box: Rectangle) -> str:
    return " ".join(_number(mm_to_pt(length)) for length in (box.x_mm, box.y_mm, box.width_mm, box.height_mm))


def _box_array(box: Rectangle) -> pikepdf.Array:
    (left, low), _, (right, top), _ = box.corners
    return pikepdf.Array([round(mm_to_pt(length), 4) for length in (left, low, right, top)])


def _number(value: float, digits: int = LENGTH_DIGITS) -> str:
    """Return *value* as a PDF writes it: no exponent, at most *digits* after the point."""
    # Adding 0 makes the negative zero of a rounding a plain one.
    return f"{round(value, digits) + 0:.{digits}f}".rstrip("0").rstrip(".")
