"""From and to PDF: measures the pages of a piece, and draws them on sheets."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from types import MappingProxyType
from typing import TypeAlias

import pikepdf

from handout.model.units import mm_to_pt, pt_to_mm
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
)

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
        what = f"page {number} is a page that a viewer must rotate; sheets take upright pages"
        raise ImpositionError(what, "build the piece without /Rotate")
    left, low, right, top = _rectangle(page.trimbox)
    around = _rectangle(page.bleedbox)
    bleed_pt = min(left - around[0], low - around[1], around[2] - right, around[3] - top)
    # A PDF rounds points; millimetres that were written down come back as they were.
    width_mm, height_mm = round(pt_to_mm(right - left), 3), round(pt_to_mm(top - low), 3)
    return PageSize(width_mm, height_mm, max(0.0, pt_to_mm(bleed_pt)))


def _rectangle(array: Iterable[object]) -> _Rectangle:
    left, low, right, top = (float(str(number)) for number in array)
    return left, low, right, top


def draw(source: pikepdf.Pdf, layout: SheetLayout) -> bytes:
    """Return the pages of *source* on the faces of *layout*, as PDF; the same bytes each time."""
    target = pikepdf.Pdf.new()
    forms = _Forms(source, target)
    for face in layout.faces:
        target.pages.append(_page(target, forms, face))
    target.Root.ViewerPreferences = pikepdf.Dictionary(
        PrintScaling=pikepdf.Name("/None"), Duplex=DUPLEX[layout.edge]
    )
    if "/Title" in source.docinfo:
        target.docinfo["/Title"] = str(source.docinfo["/Title"])
    out = BytesIO()
    # The version, because a new PDF says 1.3, which has no transparency.
    target.save(
        out,
        deterministic_id=True,
        min_version=source.pdf_version,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return out.getvalue()


class _Forms:
    """The pages of the piece as form XObjects of the sheet: one copy each, however often it is drawn."""

    def __init__(self, source: pikepdf.Pdf, target: pikepdf.Pdf) -> None:
        self._source = source
        self._target = target
        self._made: dict[tuple[int, float], pikepdf.Object] = {}

    def form(self, placement: Placement) -> tuple[pikepdf.Name, pikepdf.Object]:
        """Return the page of *placement*, clipped to its trim or bleed, and the name that it always has."""
        key = (placement.page, placement.bleed_mm)
        if key not in self._made:
            form = self._source.pages[placement.page].as_form_xobject()
            more = mm_to_pt(placement.bleed_mm)
            left, low, right, top = self.trim(placement.page)
            form.BBox = pikepdf.Array([left - more, low - more, right + more, top + more])
            self._made[key] = self._target.copy_foreign(form)
        return pikepdf.Name(f"/Page{placement.page + 1}"), self._made[key]

    def trim(self, page: int) -> _Rectangle:
        return _rectangle(self._source.pages[page].trimbox)


def _page(target: pikepdf.Pdf, forms: _Forms, face: Face) -> pikepdf.Page:
    named = dict(forms.form(placement) for placement in face.placements)
    operators = [
        *(_tint_operators(tint) for tint in face.tints),
        *(_placement_operators(placement, forms.trim(placement.page)) for placement in face.placements),
        *(_stroke_operators(stroke) for stroke in face.strokes),
    ]
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=_box_array(Rectangle(0, 0, face.width_mm, face.height_mm)),
        Resources=pikepdf.Dictionary(
            XObject=pikepdf.Dictionary({str(name): form for name, form in named.items()})
        ),
        Contents=target.make_stream("\n".join(operators).encode("ascii")),
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
def _placement_operators(placement: Placement, trim: _Rectangle) -> str:
    box, (left, low, right, top), scale = placement.box, trim, placement.scale
    # A flipped page is drawn towards the left or down, so that it starts from the far side of its box.
    across, from_x = (-scale, right) if placement.flip_x else (scale, left)
    up, from_y = (-scale, top) if placement.flip_y else (scale, low)
    x, y = mm_to_pt(box.x_mm) - across * from_x, mm_to_pt(box.y_mm) - up * from_y
    clip = f"{_box_operands(placement.window)} re W n " if placement.window else ""
    matrix = f"{_number(across, SCALE_DIGITS)} 0 0 {_number(up, SCALE_DIGITS)} {_number(x)} {_number(y)}"
    return f"q {clip}{matrix} cm /Page{placement.page + 1} Do Q"


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
