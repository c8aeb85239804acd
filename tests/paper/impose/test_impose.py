"""Print sheets: each page stands where folding and cutting bring it, and printers are told how to print."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import pairwise

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from weasyprint import HTML

from handout.document import qr
from handout.model.document import SheetKind
from handout.model.units import MM_PER_INCH, POINTS_PER_INCH, mm_to_pt, pt_to_mm
from handout.paper import impose
from handout.paper.impose import DuplexEdge, ImpositionError, PageSize, Rectangle

Size = tuple[float, float]

A5: Size = (148, 210)
CARD: Size = (85, 55)
A3: Size = (297, 420)
A2: Size = (420, 594)
TRIFOLD: tuple[Size, ...] = ((100, 210), (97, 210), (100, 210), (100, 210), (97, 210), (100, 210))
MINI: tuple[Size, ...] = ((74.25, 105),) * 8

SCAN_DPI = 200

PIECES: dict[SheetKind, tuple[Size, ...]] = {
    SheetKind.TRIFOLD: TRIFOLD,
    SheetKind.TWO_UP: (A5, A5),
    SheetKind.BOOKLET: (A5,) * 8,
    SheetKind.CARDS: (CARD, CARD),
    SheetKind.FOLDED_CARDS: (CARD,) * 4,
    SheetKind.TILES: (A3,),
    SheetKind.TILES_A2: (A3,),
    SheetKind.ONE_A4: (A3,),
    SheetKind.PRINT_SHOP: (A5, A5),
    SheetKind.MINI: MINI,
}
"""A piece for each kind of sheet."""
KINDS = tuple(SheetKind)
SCALES = {SheetKind.TILES_A2: math.sqrt(2), SheetKind.ONE_A4: math.sqrt(1 / 2)}
"""Of the pieces above; all others are printed as large as they are."""


@cache
def piece(sizes: tuple[Size, ...], side_mm: float = 30, style: str = "") -> bytes:
    """Return a piece with the address of each page, `HTTPS://RAVV.NL/1`, as a QR code in its middle."""
    rules, sections = [], []
    for number, (width_mm, height_mm) in enumerate(sizes, 1):
        rules.append(f"@page p{number} {{ size: {width_mm}mm {height_mm}mm; margin: 0; {style} }}")
        code = qr.svg(qr.symbol(address(number)), f"bladzijde {number}")
        left_mm, top_mm = (width_mm - side_mm) / 2, (height_mm - side_mm) / 2
        place = f"margin: {top_mm}mm 0 0 {left_mm}mm; width: {side_mm}mm"
        sections.append(f'<section style="page: p{number}"><div style="{place}">{code}</div></section>')
    rules.append("body, section { margin: 0 } svg { display: block } section { break-after: page }")
    head = f'<html lang="nl"><title>Proef: één stuk</title><style>{" ".join(rules)}</style>'
    return HTML(string=head + "".join(sections)).write_pdf(pdf_variant="pdf/ua-1") or b""


def address(page: int) -> str:
    return f"HTTPS://RAVV.NL/{page}"


def sheet_of(kind: SheetKind) -> impose.PrintSheet:
    return impose.sheet(piece(PIECES[kind]), kind)


def sizes(kind: SheetKind) -> list[PageSize]:
    return [PageSize(*size) for size in PIECES[kind]]


def edges(box: Rectangle) -> tuple[float, float]:
    return box.x_mm, box.right_mm


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def box_mm(box: pikepdf.Object) -> list[float]:
    return [round(pt_to_mm(float(str(number))), 2) for number in box.as_list()]


@dataclass(frozen=True)
class Code:
    """A QR code as it was scanned on a sheet."""

    page: int
    """The page that its address names."""
    x_mm: float
    """Of its middle, from the left of the paper."""
    y_mm: float
    """From the bottom."""
    turned: bool
    """Upside down."""


def rasters(pdf: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=SCAN_DPI / POINTS_PER_INCH, grayscale=True).to_pil() for page in document]


def codes(raster: Image.Image) -> list[Code]:
    """Return the codes on *raster*, from the left and from the top."""
    found = []
    for code in zxingcpp.read_barcodes(raster):
        corner, opposite = code.position.top_left, code.position.bottom_right
        x_mm = (corner.x + opposite.x) / 2 / SCAN_DPI * MM_PER_INCH
        y_mm = (raster.height - (corner.y + opposite.y) / 2) / SCAN_DPI * MM_PER_INCH
        turned = abs(code.orientation) > 170
        found.append(Code(int(code.text.rsplit("/", 1)[1]), round(x_mm, 1), round(y_mm, 1), turned))
    return sorted(found, key=lambda code: (-round(code.y_mm), code.x_mm))


def pages_on(pdf: bytes) -> list[list[int]]:
    """Return the pages on each face of *pdf*, from the left and from the top, as they are scanned."""
    return [[code.page for code in codes(raster)] for raster in rasters(pdf)]


# ---- folding, as a model of paper ------------------------------------------------------------


def fold_trifold(outside: Sequence[int], inside: Sequence[int]) -> tuple[int, ...]:
    """Return the panels of a printed sheet in the order in which a reader meets them.

    The sheet lies with its inside up; turned over the short edge, the outside has its right panel behind the
    left one. The right third is folded over the middle, and the left third over that.
    """
    left, middle, right = zip(inside, reversed(outside), strict=True)
    top, between, bottom = left[::-1], right[::-1], middle
    cover, flap, back = top[0], between[0], bottom[1]
    return cover, flap, top[1], bottom[0], between[1], back


def fold_mini(upper: Sequence[int], lower: Sequence[int]) -> tuple[int, ...]:
    """Return the panels of a printed, cut sheet in the order in which a reader meets them.

    Folded over its long middle, the sheet is a tube of four columns with the upper row behind the lower one.
    Pushed together from both ends it opens at the cut: the two middle panels in front fold outwards, back to
    back, and so do the two behind. Four leaves stand in a cross, and are read around.
    """
    front, right, behind, left = (
        (lower[1], lower[2]),
        (lower[3], upper[3]),
        (upper[2], upper[1]),
        (upper[0], lower[0]),
    )
    return (*front, *right, *behind, *left)


def fold_booklet(faces: Sequence[tuple[int | None, int | None]]) -> list[int | None]:
    """Return the pages of folded sheets that lie in each other, the first one outermost, as they are read."""
    sheets = list(zip(faces[::2], faces[1::2], strict=True))
    opening = [page for front, back in sheets for page in (front[1], back[0])]
    closing = [page for front, back in reversed(sheets) for page in (back[1], front[0])]
    return opening + closing


@settings(deadline=None)
@given(st.permutations(range(1, 7)))
def test_trifold_folds_to_what_was_unfolded(pages: list[int]) -> None:
    assert fold_trifold(*impose.unfold_trifold(pages)) == tuple(pages)


@settings(deadline=None)
@given(st.permutations(range(1, 7)))
def test_trifold_unfolds_to_what_was_folded(panels: list[int]) -> None:
    flat = (tuple(panels[:3]), tuple(panels[3:]))
    assert impose.unfold_trifold(fold_trifold(*flat)) == flat


@settings(deadline=None)
@given(st.permutations(range(1, 9)))
def test_mini_folds_to_what_was_unfolded(pages: list[int]) -> None:
    assert fold_mini(*impose.unfold_mini(pages)) == tuple(pages)


@settings(deadline=None)
@given(st.permutations(range(1, 9)))
def test_mini_unfolds_to_what_was_folded(panels: list[int]) -> None:
    flat = (tuple(panels[:4]), tuple(panels[4:]))
    assert impose.unfold_mini(fold_mini(*flat)) == flat


@settings(deadline=None)
@given(st.integers(1, 200))
def test_booklet_holds_each_page_once_in_reading_order_and_blanks_only_at_the_end(pages: int) -> None:
    read = fold_booklet(impose.booklet_order(pages))
    blanks = -pages % 4
    assert read == [*range(1, pages + 1), *[None] * blanks]


def test_booklet_of_eight_pages_is_ordered_as_printers_do() -> None:
    assert impose.booklet_order(8) == ((8, 1), (2, 7), (6, 3), (4, 5))


# ---- folding, with the real sheet ------------------------------------------------------------


def test_trifold_is_read_in_order_when_it_is_folded() -> None:
    outside, inside = pages_on(sheet_of(SheetKind.TRIFOLD).pdf)
    assert (outside, inside) == ([2, 6, 1], [3, 4, 5])
    assert fold_trifold(outside, inside) == (1, 2, 3, 4, 5, 6)


def test_panels_of_a_trifold_meet_at_the_folds() -> None:
    outside, inside = impose.lay_out(SheetKind.TRIFOLD, sizes(SheetKind.TRIFOLD)).faces
    assert [edges(placement.box) for placement in outside.placements] == [(0, 97), (97, 197), (197, 297)]
    assert [edges(placement.box) for placement in inside.placements] == [(0, 100), (100, 200), (200, 297)]
    assert {stroke.points[0][0] for stroke in outside.strokes} == {97, 197}
    assert {stroke.points[0][0] for stroke in inside.strokes} == {100, 200}


def test_mini_is_read_in_order_and_upright_when_it_is_folded() -> None:
    (raster,) = rasters(sheet_of(SheetKind.MINI).pdf)
    found = codes(raster)
    upper = sorted((code for code in found if code.y_mm > 105), key=lambda code: code.x_mm)
    lower = sorted((code for code in found if code.y_mm < 105), key=lambda code: code.x_mm)
    assert all(code.turned for code in upper)
    assert not any(code.turned for code in lower)
    order = fold_mini([code.page for code in upper], [code.page for code in lower])
    assert order == (1, 2, 3, 4, 5, 6, 7, 8)


def test_mini_is_cut_through_its_two_middle_columns_only() -> None:
    (face,) = impose.lay_out(SheetKind.MINI, sizes(SheetKind.MINI)).faces
    (cut,) = (stroke for stroke in face.strokes if stroke.dashed)
    assert cut.points == ((74.25, 105), (222.75, 105))


@pytest.mark.parametrize("count", [4, 6, 8])
def test_booklet_is_read_in_order_when_it_is_folded(count: int) -> None:
    pdf = impose.sheet(piece((A5,) * count), SheetKind.BOOKLET).pdf
    faces = []
    for raster in rasters(pdf):
        by_half = {code.x_mm < 148.5: code.page for code in codes(raster)}
        faces.append((by_half.get(True), by_half.get(False)))
    assert fold_booklet(faces) == [*range(1, count + 1), *[None] * (-count % 4)]


@pytest.mark.parametrize(
    ("page", "paper"),
    [(A5, (297, 210)), ((105, 148), (210, 148)), ((210, 297), (420, 297)), ((120, 120), (240, 120))],
)
def test_booklet_is_printed_on_paper_of_a_usual_size_with_the_fold_in_its_middle(
    page: Size, paper: Size
) -> None:
    layout = impose.lay_out(SheetKind.BOOKLET, [PageSize(*page)] * 4)
    for face in layout.faces:
        left, right = (placement.box for placement in face.placements)
        assert (face.width_mm, face.height_mm) == paper
        assert left.right_mm == right.x_mm == paper[0] / 2


def test_pages_of_a_booklet_that_an_engine_rounded_touch_the_fold_as_they_are() -> None:
    pages = [PageSize(148 - 0.05 * number, 210) for number in range(4)]
    for face in impose.lay_out(SheetKind.BOOKLET, pages).faces:
        for placement in face.placements:
            assert placement.box.width_mm == pages[placement.page].width_mm
            assert min(abs(side_mm - face.width_mm / 2) for side_mm in edges(placement.box)) < 1e-9


def test_sheets_for_a_script_to_the_left_open_to_the_other_side() -> None:
    def scanned(kind: SheetKind) -> list[list[int]]:
        return pages_on(impose.sheet(piece(PIECES[kind]), kind, right_to_left=True).pdf)

    assert scanned(SheetKind.TRIFOLD) == [[1, 6, 2], [5, 4, 3]]
    assert scanned(SheetKind.BOOKLET) == [[1, 8], [7, 2], [3, 6], [5, 4]]
    (mini,) = rasters(impose.sheet(piece(MINI), SheetKind.MINI, right_to_left=True).pdf)
    # With the paper seen in a mirror, the model folds it as before.
    by_place = {(code.turned, round(code.x_mm / 74.25 - 0.5)): code.page for code in codes(mini)}
    rows = [[by_place[turned, column] for column in (3, 2, 1, 0)] for turned in (True, False)]
    assert fold_mini(*rows) == (1, 2, 3, 4, 5, 6, 7, 8)


# ---- cutting ----------------------------------------------------------------------------------


def test_two_up_cut_in_the_middle_gives_two_leaflets_that_are_the_same() -> None:
    front, back = rasters(sheet_of(SheetKind.TWO_UP).pdf)
    assert [code.page for code in codes(front)] == [1, 1]
    assert [code.page for code in codes(back)] == [2, 2]
    for raster in (front, back):
        pixels = np.asarray(raster)[100:-100]
        half = pixels.shape[1] // 2
        # One column of pixels more or less by rounding half a sheet to pixels.
        assert np.abs(pixels[:, :half].astype(int) - pixels[:, half : 2 * half]).mean() < 2


def test_two_up_has_each_page_in_the_middle_of_either_half() -> None:
    for number, face in enumerate(impose.lay_out(SheetKind.TWO_UP, sizes(SheetKind.TWO_UP)).faces):
        assert (face.width_mm, face.height_mm) == (297, 210)
        assert [placement.page for placement in face.placements] == [number, number]
        left, right = (placement.box for placement in face.placements)
        assert left == Rectangle(0.25, 0, 148, 210)
        assert right == Rectangle(148.5 + 0.25, 0, 148, 210)
        assert {round(x_mm, 3) for stroke in face.strokes for x_mm, _ in stroke.points} == {148.5}


def test_two_up_of_one_page_is_printed_on_one_side() -> None:
    sheet = impose.sheet(piece((A5,)), SheetKind.TWO_UP)
    assert pages_on(sheet.pdf) == [[1, 1]]
    assert (sheet.printing.sides, sheet.printing.edge) == (1, None)


def test_ten_cards_stand_in_the_middle_of_a4() -> None:
    front, _ = impose.lay_out(SheetKind.CARDS, sizes(SheetKind.CARDS)).faces
    boxes = [placement.box for placement in front.placements]
    assert len(boxes) == 10
    assert (min(box.x_mm for box in boxes), max(box.right_mm for box in boxes)) == (20, 190)
    assert (min(box.y_mm for box in boxes), max(box.top_mm for box in boxes)) == (11, 286)


def test_back_of_each_card_comes_behind_its_front() -> None:
    front, back = rasters(impose.sheet(piece((CARD,) * 6), SheetKind.CARDS).pdf)
    fronts, backs = codes(front), codes(back)
    assert sorted(code.page for code in fronts) == [1, 1, 1, 1, 3, 3, 3, 5, 5, 5]
    for code in fronts:
        behind = [b for b in backs if math.dist((b.x_mm, b.y_mm), (210 - code.x_mm, code.y_mm)) < 1]
        assert [b.page for b in behind] == [code.page + 1]


def test_more_cards_than_places_take_more_sheets() -> None:
    layout = impose.lay_out(SheetKind.CARDS, [PageSize(*CARD)] * 24)
    assert len(layout.faces) == 4
    placed = {placement.page for face in layout.faces for placement in face.placements}
    assert placed == set(range(24))
    # The second sheet has the last two, and then goes on from the first.
    on_second = [placement.page for placement in layout.faces[2].placements]
    assert on_second == [20, 22, 0, 2, 4, 6, 8, 10, 12, 14]


@pytest.mark.parametrize(("right_to_left", "spreads"), [(False, ((4, 1), (2, 3))), (True, ((1, 4), (3, 2)))])
def test_folded_card_opens_like_a_book(right_to_left: bool, spreads: tuple[tuple[int, int], ...]) -> None:
    sheet = impose.sheet(piece((CARD,) * 4), SheetKind.FOLDED_CARDS, right_to_left=right_to_left)
    outside, inside = map(codes, rasters(sheet.pdf))
    for found, (left, right) in zip((outside, inside), spreads, strict=True):
        assert [code.page for code in sorted(found, key=lambda code: code.x_mm)] == [left] * 5 + [right] * 5
    # The leaf that holds the front holds the page after it on its other side.
    fronts = [code for code in outside if code.page == 1]
    for front in fronts:
        behind = [
            one for one in inside if math.dist((one.x_mm, one.y_mm), (210 - front.x_mm, front.y_mm)) < 1
        ]
        assert [one.page for one in behind] == [2]


def test_folded_card_has_a_blank_panel_where_it_has_no_page() -> None:
    outside, inside = impose.lay_out(SheetKind.FOLDED_CARDS, [PageSize(*CARD)] * 3).faces
    assert {placement.page for placement in outside.placements} == {0}
    assert {placement.page for placement in inside.placements} == {1, 2}


def test_folded_card_shows_on_both_sides_where_it_is_folded() -> None:
    outside, inside = impose.lay_out(SheetKind.FOLDED_CARDS, [PageSize(*CARD)] * 4).faces
    for face in (outside, inside):
        ticks = [mark for mark in face.strokes if mark.dashed]
        middles_mm = {one.box.right_mm for one in face.placements if one.page in (3, 1)}
        assert {round(x_mm, 6) for mark in ticks for x_mm, _ in mark.points} == {
            round(x_mm, 6) for x_mm in middles_mm
        }
        assert len(ticks) == 2 * len(middles_mm)


def distance_mm(point: tuple[float, float], box: Rectangle) -> float:
    """Return how far *point* is from *box*; 0 within it."""
    across = max(box.x_mm - point[0], 0, point[0] - box.right_mm)
    up = max(box.y_mm - point[1], 0, point[1] - box.top_mm)
    return math.hypot(across, up)


@settings(deadline=None)
@given(st.floats(20, 191), st.floats(20, 278), st.booleans())
def test_crop_marks_stay_a_millimetre_off_every_card_and_on_the_paper_that_printers_reach(
    width_mm: float, height_mm: float, two_sides: bool
) -> None:
    layout = impose.lay_out(SheetKind.CARDS, [PageSize(width_mm, height_mm)] * (1 + two_sides))
    reach = Rectangle(0, 0, 210, 297).grown(-4.2)
    for face in layout.faces:
        boxes = [placement.box for placement in face.placements]
        for point in (point for stroke in face.strokes for point in stroke.points):
            assert distance_mm(point, reach) == 0
            assert min(distance_mm(point, box) for box in boxes) > 1 - 1e-5


@settings(deadline=None)
@given(st.floats(20, 191), st.floats(20, 278))
def test_cards_do_not_overlap_and_each_edge_has_its_marks(width_mm: float, height_mm: float) -> None:
    (face,) = impose.lay_out(SheetKind.CARDS, [PageSize(width_mm, height_mm)]).faces
    boxes = [placement.box for placement in face.placements]
    left, right = min(box.x_mm for box in boxes), max(box.right_mm for box in boxes)
    low, top = min(box.y_mm for box in boxes), max(box.top_mm for box in boxes)
    assert math.isclose((right - left) * (top - low), len(boxes) * width_mm * height_mm)
    assert (left, low) == pytest.approx((210 - right, 297 - top))
    upright = [s.points[0][0] for s in face.strokes if s.points[0][0] == s.points[1][0]]
    sides = [x_mm for box in boxes for x_mm in edges(box)]
    for some, others in ((upright, sides), (sides, upright)):
        assert max(min(abs(one - other) for other in others) for one in some) < 1e-6


def test_fold_ticks_stand_where_pages_are_empty_and_printers_reach() -> None:
    for kind in (SheetKind.TRIFOLD, SheetKind.TWO_UP, SheetKind.MINI):
        for face in impose.lay_out(kind, sizes(kind)).faces:
            ticks = [s for s in face.strokes if len(s.points) == 2 and not s.dashed and s.width_pt == 0.35]
            assert len(ticks) in (2, 4, 8)
            paper = Rectangle(0, 0, face.width_mm, face.height_mm)
            for tick in ticks:
                assert math.isclose(math.dist(*tick.points), 3)
                for point in tick.points:
                    assert distance_mm(point, paper.grown(-4.2)) == 0
                    assert distance_mm(point, paper.grown(-8)) > 0


@pytest.mark.parametrize("right_to_left", [False, True])
@pytest.mark.parametrize("kind", [SheetKind.TRIFOLD, SheetKind.MINI])
def test_fold_ticks_stand_where_one_page_ends_and_the_next_begins(
    kind: SheetKind, right_to_left: bool
) -> None:
    for face in impose.lay_out(kind, sizes(kind), right_to_left=right_to_left).faces:
        folds = {round(x_mm, 3) for one in face.placements for x_mm in edges(one.box)} - {0, face.width_mm}
        upright = [s.points for s in face.strokes if s.points[0][0] == s.points[1][0] and len(s.points) == 2]
        assert {round(points[0][0], 3) for points in upright} == folds


def test_scissors_stand_before_the_one_cut_of_a_mini_and_open_towards_it() -> None:
    (face,) = impose.lay_out(SheetKind.MINI, sizes(SheetKind.MINI)).faces
    (cut,) = (stroke.points for stroke in face.strokes if stroke.dashed)
    assert list(cut) == [(74.25, 105), (3 * 74.25, 105)]
    drawn = [stroke.points for stroke in face.strokes if stroke.width_pt == 0.7]
    blades = [points for points in drawn if len(points) == 2]
    for (start, end), side in zip(blades, (-1, 1), strict=True):
        assert start == pytest.approx((74.25 - 3.9, 105 + side * 0.6))
        assert end == pytest.approx((74.25 - 0.4, 105 - side * 0.9))
    rings = [points for points in drawn if len(points) == 13]
    assert len(drawn) == len(blades) + len(rings) == 4
    for points, side in zip(rings, (-1, 1), strict=True):
        for turn, (x_mm, y_mm) in enumerate(points):
            angle = math.tau * turn / 12
            assert math.isclose(x_mm, 69.65 + 0.9 * math.cos(angle))
            assert math.isclose(y_mm, 105 + side * 1.05 + 0.8 * math.sin(angle))


# ---- tiles ------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.floats(50, 1600), st.floats(50, 2300), st.floats(0, 40))
def test_tiles_cover_the_poster_and_share_the_overlap(
    width_mm: float, height_mm: float, overlap_mm: float
) -> None:
    grid = impose.tile_grid(width_mm, height_mm, overlap_mm=overlap_mm)
    tiles = [place for _, place in grid.tiles()]
    assert len(tiles) == grid.columns * grid.rows
    assert max(grid.width_mm - 190, grid.height_mm - 277) < 1e-3
    for start, end, length_mm in (
        ("x_mm", "right_mm", width_mm),
        ("y_mm", "top_mm", height_mm),
    ):
        strips = sorted({(round(getattr(tile, start), 6), round(getattr(tile, end), 6)) for tile in tiles})
        assert math.isclose(strips[0][0], 0, abs_tol=1e-4)
        assert math.isclose(strips[-1][1], length_mm, abs_tol=1e-4)
        for (_, before), (after, _) in pairwise(strips):
            assert math.isclose(before - after, overlap_mm, abs_tol=1e-4)


@settings(deadline=None)
@given(st.floats(50, 1600), st.floats(50, 2300))
def test_no_poster_is_cut_into_more_tiles_than_it_needs(width_mm: float, height_mm: float) -> None:
    grid = impose.tile_grid(width_mm, height_mm)
    fewer_columns_mm = (grid.columns - 1) * 180 + 10
    fewer_rows_mm = (grid.rows - 1) * 267 + 10
    assert grid.columns == 1 or fewer_columns_mm < width_mm
    assert grid.rows == 1 or fewer_rows_mm < height_mm


@pytest.mark.parametrize(("poster", "names"), [(A3, "A1 A2 B1 B2"), (A2, "A1 A2 A3 B1 B2 B3 C1 C2 C3")])
def test_tiles_are_named_by_row_and_column_from_the_top_left(poster: Size, names: str) -> None:
    tiles = list(impose.tile_grid(*poster).tiles())
    assert " ".join(name for name, _ in tiles) == names
    top_left = dict(tiles)["A1"]
    assert (top_left.x_mm, round(top_left.top_mm, 6)) == (0, poster[1])


@pytest.mark.parametrize("poster", [A3, A2, (300, 200)])
def test_tiles_cut_and_glued_are_the_poster_again(poster: Size) -> None:
    pdf = piece((poster,), side_mm=150, style="background: linear-gradient(#fff, #68a)")
    per_mm = SCAN_DPI / MM_PER_INCH
    (whole,) = rasters(pdf)
    _, *tiles = rasters(impose.sheet(pdf, SheetKind.TILES).pdf)
    glued = Image.new("L", whole.size, 0)
    for raster, (_, place) in zip(tiles, impose.tile_grid(*poster).tiles(), strict=True):
        left, top = (210 - place.width_mm) / 2, (297 - place.height_mm) / 2
        right, low = left + place.width_mm, top + place.height_mm
        part = raster.crop(
            (round(left * per_mm), round(top * per_mm), round(right * per_mm), round(low * per_mm))
        )
        glued.paste(part, (round(place.x_mm * per_mm), round((poster[1] - place.top_mm) * per_mm)))
    assert [code.text for code in zxingcpp.read_barcodes(glued)] == [address(1)]
    difference = np.abs(np.asarray(glued).astype(int) - np.asarray(whole))
    # A tile may come to lie a pixel off, which shows at the edges of modules.
    assert difference.mean() < 4


@settings(deadline=None)
@given(st.floats(220, 1600), st.floats(300, 2300))
def test_guides_and_names_of_tiles_stand_outside_the_cut(width_mm: float, height_mm: float) -> None:
    _, *tiles = impose.lay_out(SheetKind.TILES, [PageSize(width_mm, height_mm)]).faces
    reach = Rectangle(0, 0, 210, 297).grown(-4.2)
    for tile in tiles:
        (placement,) = tile.placements
        assert placement.window is not None
        for stroke in tile.strokes:
            for point in stroke.points:
                assert distance_mm(point, reach) == 0
                assert distance_mm(point, placement.window) > pt_to_mm(stroke.width_pt) / 2


def test_assembly_plan_shows_each_tile_once_and_where_they_are_glued() -> None:
    plan, *tiles = impose.lay_out(SheetKind.TILES, [PageSize(*A2)]).faces
    assert len(tiles) == 9
    assert plan.placements == ()
    assert len([stroke for stroke in plan.strokes if stroke.dashed]) == 4 * 9
    assert len(plan.tints) == 2 + 2
    (outline,) = (stroke.points for stroke in plan.strokes if stroke.width_pt == 1)
    assert len(outline) == 5
    assert outline[0] == outline[-1]
    width, height = outline[1][0] - outline[0][0], outline[2][1] - outline[1][1]
    assert math.isclose(width / height, 420 / 594)


@pytest.mark.parametrize("poster", [A2, (500, 300), (900, 2000), (1500, 250)])
def test_assembly_plan_is_the_poster_in_the_middle_of_its_sheet(poster: Size) -> None:
    width, height = poster
    plan = impose.lay_out(SheetKind.TILES, [PageSize(*poster)]).faces[0]
    grid = impose.tile_grid(*poster)
    scale = min(120 / width, 170 / height)
    step = grid.width_mm - grid.overlap_mm, grid.height_mm - grid.overlap_mm

    def on_plan(x_mm: float, y_mm: float) -> tuple[float, float]:
        return 105 + (x_mm - width / 2) * scale, 148.5 + (y_mm - height / 2) * scale

    upright = [(on_plan(at * step[0], 0), (10 * scale, height * scale)) for at in range(1, grid.columns)]
    lying = [(on_plan(0, at * step[1]), (width * scale, 10 * scale)) for at in range(1, grid.rows)]
    glued = [(box.x_mm, box.y_mm, box.width_mm, box.height_mm) for box in plan.tints]
    assert glued == [pytest.approx((*corner, *size)) for corner, size in (*upright, *lying)]
    tile = grid.width_mm * scale, grid.height_mm * scale
    most_mm = min(9, tile[1] / 2)
    starts = [at for at, stroke in enumerate(plan.strokes) if stroke.dashed][::4]
    for start, end in zip(starts, (*starts[1:], len(plan.strokes)), strict=True):
        name = [point for stroke in plan.strokes[start + 4 : end] for point in stroke.points]
        (left, right), (low, top) = ((min(one), max(one)) for one in zip(*name, strict=True))
        assert right - left <= 0.6 * tile[0] + 1e-9
        assert top - low <= most_mm + 1e-9
        assert math.isclose(top - low, most_mm) or right - left > 0.4 * tile[0]
        pens_pt = {stroke.width_pt for stroke in plan.strokes[start + 4 : end]}
        assert list(pens_pt) == [pytest.approx(mm_to_pt(top - low) / 12)]
        guides = [point for stroke in plan.strokes[start : start + 4] for point in stroke.points]
        across, up = ((min(one) + max(one)) / 2 for one in zip(*guides, strict=True))
        assert math.isclose((low + top) / 2, up)
        assert abs((left + right) / 2 - across) < 0.1 * tile[0]


@settings(max_examples=50, deadline=None)
@given(st.floats(220, 1600), st.floats(300, 2300))
def test_names_on_the_assembly_plan_stand_in_their_tiles(width_mm: float, height_mm: float) -> None:
    plan = impose.lay_out(SheetKind.TILES, [PageSize(width_mm, height_mm)]).faces[0]
    guides = [stroke.points for stroke in plan.strokes if stroke.dashed]
    tiles = [guides[start : start + 4] for start in range(0, len(guides), 4)]
    names = [stroke.points for stroke in plan.strokes[1:] if not stroke.dashed]
    for points in names:
        inside = [
            tile
            for tile in tiles
            if all(tile[0][0][0] < x < tile[0][1][0] and tile[1][0][1] < y < tile[1][1][1] for x, y in points)
        ]
        assert inside
    grid = impose.tile_grid(width_mm, height_mm)
    assert len(tiles) == grid.columns * grid.rows


def test_names_of_tiles_are_drawn_with_characters_that_differ() -> None:
    layout = impose.lay_out(SheetKind.TILES, [PageSize(1600, 2300)])
    shapes = set()
    for tile in layout.faces[1:]:
        left = min(x for stroke in tile.strokes for x, _ in stroke.points)
        shapes.add(tuple(tuple((round(x - left, 3), y) for x, y in stroke.points) for stroke in tile.strokes))
    assert len(shapes) == 81


# ---- posters on other paper --------------------------------------------------------------------

A_SIZES: tuple[Size, ...] = ((148, 210), (210, 297), (297, 420), (420, 594), (594, 841), (841, 1189))


@settings(deadline=None)
@given(
    st.sampled_from(A_SIZES),
    st.booleans(),
    st.sampled_from([(SheetKind.TILES_A2, (420, 594)), (SheetKind.ONE_A4, (210, 297))]),
)
def test_poster_of_any_a_size_is_scaled_by_whole_steps_to_the_paper_that_is_asked(
    poster: Size, lies: bool, asked: tuple[SheetKind, Size]
) -> None:
    kind, paper = asked
    size = PageSize(*(reversed(poster) if lies else poster))
    if poster == paper:
        with pytest.raises(ImpositionError, match="already"):
            impose.lay_out(kind, [size])
        return
    layout = impose.lay_out(kind, [size])
    steps = 2 * math.log2(layout.scale)
    assert math.isclose(steps, round(steps), abs_tol=1e-9)
    for placement in (placement for face in layout.faces for placement in face.placements):
        assert placement.scale == layout.scale
        assert math.isclose(placement.box.width_mm, size.width_mm * layout.scale)
        assert math.isclose(placement.box.height_mm, size.height_mm * layout.scale)
        found = sorted((placement.box.width_mm, placement.box.height_mm))
        assert found == pytest.approx(paper, abs=1.5)


@pytest.mark.parametrize("way", [-1, 1])
def test_poster_that_is_made_smaller_is_up_to_a_millimetre_off_its_paper(way: int) -> None:
    layout = impose.lay_out(SheetKind.ONE_A4, [PageSize(2 * (210 + way), 594)])
    assert layout.scale == 0.5
    with pytest.raises(ImpositionError, match="does not become A4"):
        impose.lay_out(SheetKind.ONE_A4, [PageSize(2 * (210 + 1.3 * way), 594)])


@settings(deadline=None)
@given(st.sampled_from([size for size in A_SIZES if size != (210, 297)]), st.booleans())
def test_poster_on_one_a4_fills_it_from_edge_to_edge(poster: Size, lies: bool) -> None:
    (face,) = impose.lay_out(SheetKind.ONE_A4, [PageSize(*(reversed(poster) if lies else poster))]).faces
    assert (face.width_mm, face.height_mm) == ((297, 210) if lies else (210, 297))
    (placement,) = face.placements
    sides = (placement.box.x_mm, placement.box.y_mm, placement.box.right_mm, placement.box.top_mm)
    assert sides == pytest.approx((0, 0, face.width_mm, face.height_mm), abs=0.6)


@settings(deadline=None)
@given(st.sampled_from([size for size in A_SIZES if size != (420, 594)]), st.booleans())
def test_tiles_of_an_enlarged_poster_show_each_part_of_it_once_but_for_the_overlaps(
    poster: Size, lies: bool
) -> None:
    size = PageSize(*(reversed(poster) if lies else poster))
    _, *tiles = impose.lay_out(SheetKind.TILES_A2, [size]).faces
    places = []
    for tile in tiles:
        (placement,) = tile.placements
        assert placement.window is not None
        places.append(placement.window.moved(-placement.box.x_mm, -placement.box.y_mm))
    whole = tiles[0].placements[0].box
    columns = len({round(place.x_mm, 3) for place in places})
    rows = len(places) // columns
    covered = sum(place.width_mm * place.height_mm for place in places)
    across, up = whole.width_mm + 10 * (columns - 1), whole.height_mm + 10 * (rows - 1)
    assert covered == pytest.approx(across * up)
    edges_found = (min(p.x_mm for p in places), min(p.y_mm for p in places))
    assert edges_found == pytest.approx((0, 0), abs=1e-6)
    far = (max(p.right_mm for p in places), max(p.top_mm for p in places))
    assert far == pytest.approx((whole.width_mm, whole.height_mm))


def test_code_of_a_poster_is_scanned_on_one_a4() -> None:
    sheet = impose.sheet(piece((A3,), side_mm=40), SheetKind.ONE_A4)
    (raster,) = rasters(sheet.pdf)
    (code,) = codes(raster)
    assert (code.page, code.x_mm, code.y_mm) == (1, 105, 148.5)


def test_code_within_one_tile_of_an_enlarged_poster_is_scanned() -> None:
    # Nine tiles of 146.7 mm: the one in the middle holds the whole code.
    sheet = impose.sheet(piece((A3,), side_mm=60), SheetKind.TILES_A2)
    assert [len(codes(raster)) for raster in rasters(sheet.pdf)] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_enlarged_tiles_cut_and_glued_are_the_poster_again() -> None:
    pdf = piece((A3,), side_mm=150, style="background: linear-gradient(#fff, #68a)")
    per_mm = SCAN_DPI / MM_PER_INCH
    enlarged = pypdfium2.PdfDocument(pdf)[0].render(
        scale=math.sqrt(2) * SCAN_DPI / POINTS_PER_INCH, grayscale=True
    )
    whole = enlarged.to_pil()
    _, *tiles = rasters(impose.sheet(pdf, SheetKind.TILES_A2).pdf)
    width_mm, height_mm = 297 * math.sqrt(2), 420 * math.sqrt(2)
    glued = Image.new("L", whole.size, 0)
    for raster, (_, place) in zip(tiles, impose.tile_grid(width_mm, height_mm).tiles(), strict=True):
        left, top = (210 - place.width_mm) / 2 * per_mm, (297 - place.height_mm) / 2 * per_mm
        right, low = left + place.width_mm * per_mm, top + place.height_mm * per_mm
        part = raster.crop((round(left), round(top), round(right), round(low)))
        glued.paste(part, (round(place.x_mm * per_mm), round((height_mm - place.top_mm) * per_mm)))
    assert [code.text for code in zxingcpp.read_barcodes(glued)] == [address(1)]
    difference = np.abs(np.asarray(glued).astype(int) - np.asarray(whole))
    assert difference.mean() < 4


# ---- how it will be printed --------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_format_promises_tells_how_its_sheet_will_be_printed(kind: SheetKind) -> None:
    first, count = PageSize(*PIECES[kind][0]), len(PIECES[kind])
    assert impose.planned_printing(kind, first, count) == sheet_of(kind).printing


def test_trifold_for_a_print_shop_is_planned_as_it_is_made() -> None:
    planned = impose.planned_printing(SheetKind.PRINT_SHOP, PageSize(100, 210), 6)
    assert planned == impose.sheet(piece(TRIFOLD), SheetKind.PRINT_SHOP).printing


@pytest.mark.parametrize(
    ("width_mm", "height_mm", "name"),
    [
        (210, 297, "A4"),
        (297, 210, "A4"),
        (297.1, 419.9, "A3"),
        (148, 210, "A5"),
        (148.5, 210, "148.5 × 210 mm"),
        (100, 210, "100 × 210 mm"),
        (85, 55, "85 × 55 mm"),
        (841, 1189, "A0"),
        (594, 841, "A1"),
        (420, 594, "A2"),
        (105, 148, "A6"),
        (74, 105, "A7"),
    ],
)
def test_paper_is_named_where_it_has_a_name(width_mm: float, height_mm: float, name: str) -> None:
    assert impose.paper_name(width_mm, height_mm) == name


@pytest.mark.parametrize(
    ("pages", "width_mm", "height_mm", "edge"),
    [
        (1, 210, 297, None),
        (2, 210, 297, DuplexEdge.LONG),
        (2, 297, 210, DuplexEdge.SHORT),
        (2, 100, 100, DuplexEdge.LONG),
        (4, 210, 297, DuplexEdge.LONG),
    ],
)
def test_piece_is_flipped_so_that_both_sides_stand_upright(
    pages: int, width_mm: float, height_mm: float, edge: DuplexEdge | None
) -> None:
    printing = impose.printing_of_piece(width_mm, height_mm, pages)
    assert (printing.edge, printing.sides) == (edge, 2 if edge else 1)
    assert (printing.width_mm, printing.height_mm, printing.page_count) == (width_mm, height_mm, pages)


# ---- print shop -------------------------------------------------------------------------------


def test_boxes_for_a_print_shop_lie_in_each_other_at_3_and_12_mm() -> None:
    with opened(sheet_of(SheetKind.PRINT_SHOP).pdf) as pdf:
        assert len(pdf.pages) == 2
        for page in pdf.pages:
            assert box_mm(page.obj.MediaBox) == [0, 0, 172, 234]
            assert box_mm(page.obj.BleedBox) == [9, 9, 163, 225]
            assert box_mm(page.obj.TrimBox) == [12, 12, 160, 222]


def test_pages_of_different_widths_keep_them_at_the_print_shop() -> None:
    with opened(impose.sheet(piece((A5, CARD)), SheetKind.PRINT_SHOP).pdf) as pdf:
        trims = [box_mm(page.obj.TrimBox) for page in pdf.pages]
    assert trims == [[12, 12, 160, 222], [12, 12, 97, 67]]


def test_trifold_goes_to_the_print_shop_as_its_two_flat_sides() -> None:
    sheet = impose.sheet(piece(TRIFOLD), SheetKind.PRINT_SHOP)
    assert pages_on(sheet.pdf) == [[2, 6, 1], [3, 4, 5]]
    with opened(sheet.pdf) as pdf:
        for page in pdf.pages:
            assert box_mm(page.obj.MediaBox) == [0, 0, 321, 234]
            assert box_mm(page.obj.BleedBox) == [9, 9, 312, 225]
            assert box_mm(page.obj.TrimBox) == [12, 12, 309, 222]
    backwards = impose.sheet(piece(TRIFOLD), SheetKind.PRINT_SHOP, right_to_left=True)
    assert pages_on(backwards.pdf) == [[1, 6, 2], [5, 4, 3]]


def test_print_shop_is_told_where_a_trifold_is_folded() -> None:
    for face, folds in zip(
        impose.lay_out(SheetKind.PRINT_SHOP, sizes(SheetKind.TRIFOLD)).faces,
        ({12 + 97, 12 + 197}, {12 + 100, 12 + 200}),
        strict=True,
    ):
        assert face.trim is not None
        dashed = [stroke for stroke in face.strokes if stroke.dashed]
        assert {x for stroke in dashed for x, _ in stroke.points} == folds
        assert {stroke.points[0][1] for stroke in dashed} == {face.trim.y_mm - 5, face.trim.top_mm + 5}
        assert len(dashed) == 2 * len(folds)
        assert {distance_mm(point, face.trim) for stroke in dashed for point in stroke.points} == {5, 10}


@pytest.mark.parametrize(
    "panels",
    [
        [(width_mm, 200) for width_mm in impose.TRIFOLD_WIDTHS_MM],
        [(2 * impose.TRIFOLD_WIDTHS_MM[0], 210), *TRIFOLD[1:]],
        TRIFOLD[:5],
    ],
    ids=["lower", "one twice as wide", "five"],
)
def test_pages_that_are_no_panels_go_to_the_print_shop_one_by_one(panels: Sequence[Size]) -> None:
    layout = impose.lay_out(SheetKind.PRINT_SHOP, [PageSize(*size) for size in panels])
    trims = [(face.trim.width_mm, face.trim.height_mm) for face in layout.faces if face.trim]
    assert trims == list(panels)


def test_panels_with_a_bleed_of_their_own_go_to_the_print_shop_side_by_side_too() -> None:
    panels = [PageSize(*size, bleed_mm=3) for size in TRIFOLD]
    layout = impose.lay_out(SheetKind.PRINT_SHOP, panels)
    assert [{placement.page for placement in face.placements} for face in layout.faces] == [
        {0, 1, 5},
        {2, 3, 4},
    ]


@pytest.mark.parametrize("off_mm", [1, 2.7])
def test_tint_of_a_flat_trifold_goes_on_over_its_outer_edges(off_mm: float) -> None:
    tinted = impose.sheet(piece(TRIFOLD, style="background: #888"), SheetKind.PRINT_SHOP)
    for raster in rasters(tinted.pdf):
        around = [(12 - off_mm, 50), (309 + off_mm, 50), (60, 12 - off_mm), (160, 222 + off_mm)]
        assert [grey(raster, *place) for place in around] == [0x88] * 4
        assert grey(raster, 12 - 3.3, 50) == 255


@settings(deadline=None)
@given(st.floats(20, 900), st.floats(20, 900))
def test_crop_marks_for_a_print_shop_stand_5_to_10_mm_from_the_trim(
    width_mm: float, height_mm: float
) -> None:
    (face,) = impose.lay_out(SheetKind.PRINT_SHOP, [PageSize(width_mm, height_mm)]).faces
    assert face.trim is not None
    assert len(face.strokes) == 8
    for stroke in face.strokes:
        near, far = (distance_mm(point, face.trim) for point in stroke.points)
        assert math.isclose(near, 5)
        assert math.isclose(far, 10)


def grey(raster: Image.Image, x_mm: float, y_mm: float) -> int:
    """Return how light the paper is at a place from its lower left corner: 0 black, 255 white."""
    per_mm = SCAN_DPI / MM_PER_INCH
    return int(np.asarray(raster)[round(raster.height - y_mm * per_mm), round(x_mm * per_mm)])


@pytest.mark.parametrize(
    "style", ["background: #888", "background: #888; bleed: 3mm", "background: #888; bleed: 10mm"]
)
def test_tint_goes_on_over_the_trim_until_the_bleed_ends(style: str) -> None:
    (raster,) = rasters(impose.sheet(piece((CARD,), style=style), SheetKind.PRINT_SHOP).pdf)
    middle_x, middle_y = 12 + 85 / 2, 12 + 55 / 2
    for off_mm, expected in ((-1, 0x88), (1, 0x88), (2.7, 0x88), (3.3, 255)):
        around = [
            (12 - off_mm, middle_y),
            (12 + 85 + off_mm, middle_y),
            (middle_x, 12 - off_mm),
            (middle_x, 12 + 55 + off_mm),
            (12 - off_mm, 12 - off_mm),
            (12 + 85 + off_mm, 12 + 55 + off_mm),
        ]
        assert [grey(raster, *place) for place in around] == [expected] * 6


def test_page_without_bleed_goes_on_as_its_edge_mirrored() -> None:
    style = "background: linear-gradient(to bottom right, #000, #fff)"
    (raster,) = rasters(impose.sheet(piece((CARD,), style=style), SheetKind.PRINT_SHOP).pdf)
    for off_mm in (1, 2, 2.8):
        for y_mm in (20, 50):
            assert abs(grey(raster, 12 - off_mm, y_mm) - grey(raster, 12 + off_mm, y_mm)) < 4
            assert abs(grey(raster, 97 + off_mm, y_mm) - grey(raster, 97 - off_mm, y_mm)) < 4
        for x_mm in (30, 80):
            assert abs(grey(raster, x_mm, 12 - off_mm) - grey(raster, x_mm, 12 + off_mm)) < 4
            assert abs(grey(raster, x_mm, 67 + off_mm) - grey(raster, x_mm, 67 - off_mm)) < 4


def test_own_bleed_of_a_page_is_what_a_print_shop_gets() -> None:
    # The engine repeats a tint beyond the page: left of its dark edge the light one comes again. Mirrored
    # edges would stay dark there.
    style = "bleed: 3mm; background: linear-gradient(to right, #000, #fff)"
    (raster,) = rasters(impose.sheet(piece((CARD,), style=style), SheetKind.PRINT_SHOP).pdf)
    assert grey(raster, 12.5, 20) < 20
    assert grey(raster, 10, 20) > 230


def test_bleed_of_a_page_is_cut_off_on_other_sheets() -> None:
    pdf = piece((CARD,), style="background: #888; bleed: 3mm")
    (raster,) = rasters(impose.sheet(pdf, SheetKind.CARDS).pdf)
    assert grey(raster, 20.5, 30) == 0x88
    assert grey(raster, 19.5, 30) == 255
    assert [code.page for code in codes(raster)] == [1] * 10


# ---- every sheet ------------------------------------------------------------------------------


def test_same_piece_gives_the_same_bytes_a_moment_later() -> None:
    first = [sheet_of(kind) for kind in KINDS]
    # Clocks and random names in a PDF count in seconds.
    time.sleep(1.1)
    assert [sheet_of(kind) for kind in KINDS] == first


@pytest.mark.parametrize(
    ("kind", "size", "sides", "edge"),
    [
        (SheetKind.TRIFOLD, (297, 210), 2, DuplexEdge.SHORT),
        (SheetKind.TWO_UP, (297, 210), 2, DuplexEdge.SHORT),
        (SheetKind.BOOKLET, (297, 210), 2, DuplexEdge.SHORT),
        (SheetKind.CARDS, (210, 297), 2, DuplexEdge.LONG),
        (SheetKind.FOLDED_CARDS, (210, 297), 2, DuplexEdge.LONG),
        (SheetKind.TILES, (210, 297), 1, None),
        (SheetKind.TILES_A2, (210, 297), 1, None),
        (SheetKind.ONE_A4, (210, 297), 1, None),
        (SheetKind.PRINT_SHOP, (172, 234), 1, None),
        (SheetKind.MINI, (297, 210), 1, None),
    ],
)
def test_sheet_says_how_it_is_printed(
    kind: SheetKind, size: Size, sides: int, edge: DuplexEdge | None
) -> None:
    sheet = sheet_of(kind)
    found = sheet.printing
    assert (found.width_mm, found.height_mm, found.sides, found.edge) == (*size, sides, edge)
    assert sheet.kind is kind
    duplex = {
        None: "/Simplex",
        DuplexEdge.LONG: "/DuplexFlipLongEdge",
        DuplexEdge.SHORT: "/DuplexFlipShortEdge",
    }
    with opened(sheet.pdf) as pdf:
        assert len(pdf.pages) == found.page_count
        preferences = {key: str(value) for key, value in pdf.Root.ViewerPreferences.items()}
        assert preferences == {"/DisplayDocTitle": "True", "/PrintScaling": "/None", "/Duplex": duplex[edge]}
        if kind is not SheetKind.PRINT_SHOP:
            assert {tuple(box_mm(page.obj.MediaBox)) for page in pdf.pages} == {(0, 0, *size)}


@pytest.mark.parametrize("kind", KINDS)
def test_page_is_scaled_by_a_step_of_its_paper_or_not_at_all(kind: SheetKind) -> None:
    sheet = sheet_of(kind)
    scale = SCALES.get(kind, 1)
    assert sheet.scale == pytest.approx(scale, rel=1e-12)
    with opened(sheet.pdf) as pdf:
        matrices = [
            tuple(float(str(operand)) for operand in instruction.operands)
            for page in pdf.pages
            for instruction in pikepdf.parse_content_stream(page)
            if str(instruction.operator) == "cm"
        ]
    assert matrices
    for a, b, c, d, _, _ in matrices:
        assert (b, c) == (0, 0)
        assert [abs(a), abs(d)] == pytest.approx([scale, scale], abs=1e-8)


def drawn_lines_mm(page: pikepdf.Page) -> Iterator[tuple[tuple[float, float], ...]]:
    """Yield the corners of each line that *page* itself draws, beside the pages that stand on it."""
    points: list[tuple[float, float]] = []
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in ("m", "l"):
            x, y = (pt_to_mm(float(str(operand))) for operand in instruction.operands)
            points = [*(points if operator == "l" else []), (round(x, 3), round(y, 3))]
        elif operator == "S":
            yield tuple(points)


@pytest.mark.parametrize("kind", KINDS)
def test_marks_are_drawn_where_the_layout_says(kind: SheetKind) -> None:
    with opened(sheet_of(kind).pdf) as pdf:
        for page, face in zip(pdf.pages, impose.lay_out(kind, sizes(kind)).faces, strict=True):
            planned = [point for stroke in face.strokes for point in stroke.points]
            drawn = [point for line in drawn_lines_mm(page) for point in line]
            assert np.allclose(drawn, planned, atol=1e-3) if planned else not drawn


@pytest.mark.parametrize("kind", KINDS)
def test_each_page_is_held_once_and_once_more_where_it_is_not_read(kind: SheetKind) -> None:
    with opened(sheet_of(kind).pdf) as pdf:
        held = [(page, str(name)) for page in pdf.pages for name in page.obj.Resources.XObject]
        forms = {name: page.obj.Resources.XObject[name].objgen for page, name in held}
    read = [name for _, name in held if name.startswith("/Page")]
    pages = [f"/Page{number}" for number in range(1, len(PIECES[kind]) + 1)]
    assert sorted(read) == pages
    assert len(set(forms.values())) == len(forms)
    assert set(forms) <= {*pages, *(page.replace("Page", "Copy") for page in pages)}


def test_sheet_has_title_tags_and_bookmarks_of_the_piece_and_no_links() -> None:
    body = '<h1>Kop</h1><p><a href="https://ravv.nl/">ravv.nl</a></p>'
    style = "@page { size: 210mm 148mm }"
    about = '<title>Proef: één stuk</title><meta name="author" content="ICT">'
    head = f'<html lang="nl">{about}<style>{style}</style>'
    source = HTML(string=head + body).write_pdf(pdf_variant="pdf/ua-1") or b""
    with opened(source) as pdf:
        assert "/Annots" in pdf.pages[0].obj
    with opened(impose.sheet(source, SheetKind.BOOKLET).pdf) as pdf:
        assert {"/Lang", "/MarkInfo", "/Metadata", "/StructTreeRoot", "/Outlines"} <= pdf.Root.keys()
        assert str(pdf.docinfo["/Title"]) == "Proef: één stuk"
        (face, *_) = pdf.pages
        assert pdf.Root.Outlines.First.Dest[0].objgen == face.obj.objgen
        assert not any("/Annots" in page.obj for page in pdf.pages)
        kinds = {str(thing.get("/S")) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary)}
        assert "/URI" not in kinds
        assert "/Link" not in kinds
        assert {"/H1", "/P"} <= kinds


def test_piece_without_a_title_makes_a_sheet_without_one() -> None:
    source = HTML(string="<style>@page { size: 148mm 210mm }</style><p>").write_pdf() or b""
    with opened(impose.sheet(source, SheetKind.TWO_UP).pdf) as pdf:
        assert "/Title" not in pdf.docinfo


# ---- pages that make no such sheet ------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "found", "what"),
    [
        (SheetKind.TRIFOLD, TRIFOLD[:5], "a sheet of kind 'trifold' takes 6 pages; this piece has 5"),
        (
            SheetKind.TRIFOLD,
            TRIFOLD[:1] * 6,
            "page 2 is 100 × 210 mm; on a sheet of kind 'trifold' it must be 97 × 210 mm",
        ),
        (SheetKind.MINI, MINI[:7], "a sheet of kind 'mini' takes 8 pages; this piece has 7"),
        (
            SheetKind.MINI,
            (A5,) * 8,
            "page 1 is 148 × 210 mm; on a sheet of kind 'mini' it must be 74.25 × 105 mm",
        ),
        (
            SheetKind.MINI,
            ((72, 105),) * 8,
            "page 1 is 72 × 105 mm; on a sheet of kind 'mini' it must be 74.25 × 105 mm",
        ),
        (SheetKind.TWO_UP, (A5,) * 3, "a sheet of kind 'two-up' takes 1 or 2 pages; this piece has 3"),
        (
            SheetKind.TWO_UP,
            (A5, CARD),
            "page 2 is 85 × 55 mm; on a sheet of kind 'two-up' it must be 148 × 210 mm",
        ),
        (
            SheetKind.BOOKLET,
            (A5, CARD),
            "page 2 is 85 × 55 mm; on a sheet of kind 'booklet' it must be 148 × 210 mm",
        ),
        (
            SheetKind.CARDS,
            (CARD,) * 3,
            "cards have 1 page, or a front and a back each; this piece has 3 pages",
        ),
        (
            SheetKind.CARDS,
            (A3, A3),
            "a card of 297 × 420 mm does not fit on A4 with its crop marks; there is room for 191 × 278 mm",
        ),
        (
            SheetKind.FOLDED_CARDS,
            (CARD,) * 5,
            "a sheet of kind 'folded-cards' takes 2 or 3 or 4 pages; this piece has 5",
        ),
        (SheetKind.TILES, (A3, A3), "a sheet of kind 'tiles' takes 1 page; this piece has 2"),
        (
            SheetKind.TILES,
            ((297, 210),),
            "a poster of 297 × 210 mm needs no tiles: it fits on one sheet of A4",
        ),
        (
            SheetKind.TILES,
            ((2000, 1000),),
            "a poster of 2000 × 1000 mm needs 4 rows of 12 sheets; at most 9 work",
        ),
        (SheetKind.ONE_A4, (A3, A3), "a sheet of kind 'one-a4' takes 1 page; this piece has 2"),
        (
            SheetKind.ONE_A4,
            ((297, 210),),
            "a poster of 297 × 210 mm is A4 already; a sheet of kind 'one-a4' takes another size",
        ),
        (
            SheetKind.ONE_A4,
            ((300, 400),),
            "a poster of 300 × 400 mm does not become A4: its sides are not those of an A size",
        ),
        (
            SheetKind.TILES_A2,
            (A2,),
            "a poster of 420 × 594 mm is A2 already; a sheet of kind 'tiles-a2' takes another size",
        ),
        (
            SheetKind.TILES_A2,
            ((297, 400),),
            "a poster of 297 × 400 mm does not become A2: its sides are not those of an A size",
        ),
    ],
)
def test_pages_that_do_not_make_the_sheet_are_refused(
    kind: SheetKind, found: tuple[Size, ...], what: str
) -> None:
    with pytest.raises(ImpositionError) as refused:
        impose.lay_out(kind, [PageSize(*size) for size in found])
    assert refused.value.what == what
    assert refused.value.fix


@pytest.mark.parametrize("kind", KINDS)
def test_piece_without_pages_is_refused(kind: SheetKind) -> None:
    with pytest.raises(ImpositionError):
        impose.lay_out(kind, [])


def test_wrong_size_is_measured_on_the_real_page() -> None:
    with pytest.raises(ImpositionError, match="page 1 is 85 × 55 mm"):
        impose.sheet(piece((CARD,)), SheetKind.TWO_UP)


def test_bytes_that_are_no_pdf_are_refused() -> None:
    with pytest.raises(ImpositionError, match="not a PDF"):
        impose.sheet(b"<html>", SheetKind.CARDS)


def test_page_that_a_viewer_must_rotate_is_refused() -> None:
    out = BytesIO()
    with opened(piece((CARD,))) as pdf:
        pdf.pages[0].rotate(90, relative=False)
        pdf.save(out)
    with pytest.raises(ImpositionError, match="page 1 is a page that a viewer must rotate"):
        impose.sheet(out.getvalue(), SheetKind.CARDS)
