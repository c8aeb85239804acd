"""Lays the pages of a piece on the sheets that go through a printer: PDF to PDF, pure on bytes.

First `lay_out` says where everything comes on the paper, as values in millimetres; then `sheet` draws it.
No page is ever scaled. A sheet has no tags, links or bookmarks: it is for the printer only, and the tagged
piece lies beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BytesIO
from types import MappingProxyType
from typing import TypeAlias, TypeVar

import pikepdf

from handout.model import SheetKind
from handout.units import mm_to_pt, pt_to_mm


class DuplexEdge(StrEnum):
    """Over which edge of the sheet the printer turns it for the second side."""

    LONG = "long edge"
    SHORT = "short edge"


@dataclass(frozen=True)
class Sheet:
    """A print sheet: the file and what to set at the printer. Its scale is always 100 %."""

    pdf: bytes
    width_mm: float
    """Of the paper; for a print shop, of the first page with its marks."""
    height_mm: float
    page_count: int
    """Printed sides in the file."""
    sides: int
    """1 or 2 printed sides of each sheet of paper."""
    edge: DuplexEdge | None
    """None where one side is printed."""


class ImpositionError(Exception):
    """These pages do not make this sheet: what is wrong, and how to mend it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what, fix)
        self.what = what
        self.fix = fix


def sheet(pdf: bytes, kind: SheetKind, *, right_to_left: bool = False) -> Sheet:
    """Return the pages of *pdf*, in the order in which they are read, on sheets of *kind*.

    *right_to_left* is the direction of the text: it turns over the sheets that are opened like a book. The
    same arguments give the same bytes. Raises ImpositionError where the number or size of the pages is not
    what *kind* takes.
    """
    try:
        source = pikepdf.open(BytesIO(pdf))
    except pikepdf.PdfError as error:
        what = f"the piece is not a PDF that can be laid on sheets: {error}"
        raise ImpositionError(what, "build the piece again") from error
    with source:
        pages = tuple(_measure(page, number) for number, page in enumerate(source.pages, 1))
        layout = lay_out(kind, pages, right_to_left=right_to_left)
        data = _draw(source, layout)
    first = layout.faces[0]
    sides = 2 if layout.edge else 1
    return Sheet(data, first.width_mm, first.height_mm, len(layout.faces), sides, layout.edge)


# ---- where things come on the paper -----------------------------------------------------------

Point: TypeAlias = tuple[float, float]
"""Millimetres to the right of and above the lower left corner of the paper."""
Panel = TypeVar("Panel")


@dataclass(frozen=True)
class Box:
    """An upright rectangle on paper, from its lower left corner."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    @property
    def right_mm(self) -> float:
        return self.x_mm + self.width_mm

    @property
    def top_mm(self) -> float:
        return self.y_mm + self.height_mm

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """Counter-clockwise from the lower left one."""
        left, low, right, top = self.x_mm, self.y_mm, self.right_mm, self.top_mm
        return (left, low), (right, low), (right, top), (left, top)

    def grown(self, by_mm: float) -> Box:
        """Return the box that goes *by_mm* beyond this one on every side."""
        return Box(
            self.x_mm - by_mm, self.y_mm - by_mm, self.width_mm + 2 * by_mm, self.height_mm + 2 * by_mm
        )

    def moved(self, x_mm: float, y_mm: float) -> Box:
        """Return the box *x_mm* further to the right and *y_mm* higher."""
        return replace(self, x_mm=self.x_mm + x_mm, y_mm=self.y_mm + y_mm)


@dataclass(frozen=True)
class PageSize:
    """A page of the piece, as large as it is after trimming."""

    width_mm: float
    height_mm: float
    bleed_mm: float = 0
    """How far its own picture goes on beyond the trim, on every side."""

    def __str__(self) -> str:
        return f"{self.width_mm:.4g} × {self.height_mm:.4g} mm"


@dataclass(frozen=True)
class Placement:
    """A page on a face."""

    page: int
    """Counted from 0."""
    box: Box
    """Where the trimmed page comes."""
    flip_x: bool = False
    """Left and right change places; with *flip_y* the page stands upside down."""
    flip_y: bool = False
    window: Box | None = None
    """What is shown of it; None: all."""
    bleed_mm: float = 0
    """How much is shown of its own picture beyond the trim."""


@dataclass(frozen=True)
class Stroke:
    """A line for whoever cuts, folds or glues."""

    points: tuple[Point, ...]
    dashed: bool = False
    width_pt: float = 0.35
    """Thin enough to cut on, thick enough for an office printer of 600 dots per inch: three dots."""


@dataclass(frozen=True)
class Face:
    """One side of a sheet."""

    width_mm: float
    height_mm: float
    placements: tuple[Placement, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    tints: tuple[Box, ...] = ()
    """Light grey areas, under everything else."""
    trim: Box | None = None
    """Where a print shop cuts; the bleed goes beyond it."""


@dataclass(frozen=True)
class Layout:
    """The faces in the order in which they are printed."""

    faces: tuple[Face, ...]
    edge: DuplexEdge | None = None


A4_WIDTH_MM, A4_HEIGHT_MM = 210.0, 297.0
PAPERS_MM = ((594.0, 420.0), (420.0, 297.0), (297.0, 210.0), (210.0, 148.0))
"""A2 to A5, landscape (ISO 216)."""
SIZE_TOLERANCE_MM = 0.2
"""Engines round the sides of a page."""
ROUNDING_MM = 1.0
"""ISO 216 rounds down when it halves a size: two pages of A5 are 1 mm narrower than A4."""

UNPRINTABLE_MM = 4.5
"""Office printers leave 1/6 inch (4.2 mm) white at each edge: a mark closer to it never comes on paper."""
TICK_MM = 3.0
"""Length of a fold tick. It ends at 7.5 mm, where the outer 8 mm of every page are kept empty."""
MARK_GAP_MM = 1.0
"""A crop mark stops before the trim, so that a cut that is a little off leaves none of it on the card."""
MARK_MM = 4.0
BLEED_MM = 3.0
SHOP_MARKS_MM = (5.0, 10.0)
"""From where to where a print shop's crop marks stand, from the trim: clear of the bleed."""
SHOP_SLUG_MM = 12.0
"""Paper around the trim of a print shop's page."""
TILE_MARGIN_MM = 10.0
"""Room around a tile for its label and for what a printer cannot reach."""
TILE_OVERLAP_MM = 10.0
MOST_TILES = 9
"""In a row or a column: its name is one letter and one digit."""


def lay_out(kind: SheetKind, pages: Sequence[PageSize], *, right_to_left: bool = False) -> Layout:
    """Return where *pages* come on sheets of *kind*. Raises ImpositionError as `sheet` does."""
    layout = _LAYOUTS[kind](tuple(pages))
    if right_to_left and kind in _OPENED_LIKE_A_BOOK:
        return replace(layout, faces=tuple(_mirrored(face) for face in layout.faces))
    return layout


def _mirrored(face: Face) -> Face:
    """Return *face* with left and right exchanged; each page itself stays readable.

    For a script that runs to the left, and for what must come behind another side.
    """

    def moved(placement: Placement) -> Placement:
        box = placement.box
        return replace(placement, box=replace(box, x_mm=face.width_mm - box.right_mm))

    def turned(stroke: Stroke) -> Stroke:
        return replace(stroke, points=tuple((face.width_mm - x, y) for x, y in stroke.points))

    return replace(
        face,
        placements=tuple(moved(placement) for placement in face.placements),
        strokes=tuple(turned(stroke) for stroke in face.strokes),
    )


def _centred(page: int, size: PageSize, space: Box, *, upside_down: bool = False) -> Placement:
    x_mm = space.x_mm + (space.width_mm - size.width_mm) / 2
    y_mm = space.y_mm + (space.height_mm - size.height_mm) / 2
    box = Box(x_mm, y_mm, size.width_mm, size.height_mm)
    return Placement(page, box, flip_x=upside_down, flip_y=upside_down)


def _expect_count(kind: SheetKind, pages: Sequence[PageSize], *counts: int) -> None:
    if len(pages) not in counts:
        allowed = " or ".join(map(str, counts)) + (" page" if counts == (1,) else " pages")
        what = f"a sheet of kind '{kind}' takes {allowed}; this piece has {len(pages)}"
        fix = f"give the format a budget of {allowed}, or take '{kind}' off its print sheets"
        raise ImpositionError(what, fix)


def _expect_size(kind: SheetKind, page: int, found: PageSize, asked: PageSize, less_mm: float = 0) -> None:
    """Refuse page number *page* where it is not as large as *asked*, or at most *less_mm* smaller."""
    short_mm = (asked.width_mm - found.width_mm, asked.height_mm - found.height_mm)
    if not all(-SIZE_TOLERANCE_MM <= short <= less_mm + SIZE_TOLERANCE_MM for short in short_mm):
        what = f"page {page} is {found}; on a sheet of kind '{kind}' it must be {asked}"
        raise ImpositionError(what, f"set its @page size to {asked}, or take '{kind}' off its print sheets")


# ---- tri-fold ---------------------------------------------------------------------------------

TRIFOLD_WIDTHS_MM = (100.0, 97.0, 100.0, 100.0, 97.0, 100.0)
"""Cover, flap, the three inside panels, back: what folds in must be narrower, or it buckles."""


def unfold_trifold(pages: Sequence[Panel]) -> tuple[tuple[Panel, Panel, Panel], tuple[Panel, Panel, Panel]]:
    """Return the outside and the inside of the flat sheet, each from left to right.

    *pages* are in the order in which they are read: cover, flap, three inside panels, back.
    """
    cover, flap, left, middle, right, back = pages
    return (flap, back, cover), (left, middle, right)


def _lay_out_trifold(pages: tuple[PageSize, ...]) -> Layout:
    _expect_count(SheetKind.TRIFOLD, pages, len(TRIFOLD_WIDTHS_MM))
    for number, (page, width_mm) in enumerate(zip(pages, TRIFOLD_WIDTHS_MM, strict=True), 1):
        _expect_size(SheetKind.TRIFOLD, number, page, PageSize(width_mm, A4_WIDTH_MM))
    sides = unfold_trifold(range(len(pages)))
    return Layout(tuple(_row_of_panels(side, pages) for side in sides), DuplexEdge.SHORT)


def _row_of_panels(side: Iterable[int], pages: tuple[PageSize, ...]) -> Face:
    placements: list[Placement] = []
    ticks: list[Stroke] = []
    x_mm = 0.0
    for page in side:
        width_mm = TRIFOLD_WIDTHS_MM[page]
        placements.append(_centred(page, pages[page], Box(x_mm, 0, width_mm, A4_WIDTH_MM)))
        if x_mm:
            ticks += _ticks_across(x_mm, A4_WIDTH_MM)
        x_mm += width_mm
    return Face(A4_HEIGHT_MM, A4_WIDTH_MM, tuple(placements), tuple(ticks))


def _ticks_across(x_mm: float, height_mm: float) -> tuple[Stroke, Stroke]:
    """Return the ticks of the upright line at *x_mm*, at the lower and the upper edge of the paper."""
    first, last = UNPRINTABLE_MM, UNPRINTABLE_MM + TICK_MM
    low = Stroke(((x_mm, first), (x_mm, last)))
    return low, Stroke(((x_mm, height_mm - first), (x_mm, height_mm - last)))


def _ticks_along(y_mm: float, width_mm: float) -> tuple[Stroke, Stroke]:
    """Return the ticks of the level line at *y_mm*, at the left and the right edge of the paper."""
    first, last = UNPRINTABLE_MM, UNPRINTABLE_MM + TICK_MM
    left = Stroke(((first, y_mm), (last, y_mm)))
    return left, Stroke(((width_mm - first, y_mm), (width_mm - last, y_mm)))


# ---- mini -------------------------------------------------------------------------------------

MINI_PANEL = PageSize(A4_HEIGHT_MM / 4, A4_WIDTH_MM / 2)


def unfold_mini(
    pages: Sequence[Panel],
) -> tuple[tuple[Panel, Panel, Panel, Panel], tuple[Panel, Panel, Panel, Panel]]:
    """Return the upper and the lower row of the flat sheet, each from left to right.

    *pages* are in the order in which they are read. The upper row is printed upside down: it folds behind
    the lower one, over the long middle of the paper.
    """
    one, two, three, four, five, six, seven, eight = pages
    return (seven, six, five, four), (eight, one, two, three)


def _lay_out_mini(pages: tuple[PageSize, ...]) -> Layout:
    _expect_count(SheetKind.MINI, pages, 8)
    for number, page in enumerate(pages, 1):
        _expect_size(SheetKind.MINI, number, page, MINI_PANEL, ROUNDING_MM)
    upper, lower = unfold_mini(range(len(pages)))
    panel = Box(0, 0, MINI_PANEL.width_mm, MINI_PANEL.height_mm)
    placements = [
        _centred(page, pages[page], panel.moved(column * panel.width_mm, height_mm), upside_down=turned)
        for row, height_mm, turned in ((upper, panel.height_mm, True), (lower, 0, False))
        for column, page in enumerate(row)
    ]
    return Layout((Face(A4_HEIGHT_MM, A4_WIDTH_MM, tuple(placements), _mini_marks()),))


def _mini_marks() -> tuple[Stroke, ...]:
    """Return the ticks of the folds, and the cut through the two middle panels with its scissors."""
    folds = [
        tick for column in (1, 2, 3) for tick in _ticks_across(column * MINI_PANEL.width_mm, A4_WIDTH_MM)
    ]
    start, end, y_mm = MINI_PANEL.width_mm, 3 * MINI_PANEL.width_mm, MINI_PANEL.height_mm
    cut = Stroke(((start, y_mm), (end, y_mm)), dashed=True)
    return (*folds, *_ticks_along(y_mm, A4_HEIGHT_MM), cut, *_scissors(start, y_mm))


# ---- two-up and booklet -----------------------------------------------------------------------


def _lay_out_two_up(pages: tuple[PageSize, ...]) -> Layout:
    _expect_count(SheetKind.TWO_UP, pages, 1, 2)
    half = Box(0, 0, A4_HEIGHT_MM / 2, A4_WIDTH_MM)
    for number, page in enumerate(pages, 1):
        _expect_size(SheetKind.TWO_UP, number, page, PageSize(148, 210), ROUNDING_MM)
    faces = tuple(
        Face(
            A4_HEIGHT_MM,
            A4_WIDTH_MM,
            (_centred(page, size, half), _centred(page, size, half.moved(half.width_mm, 0))),
            _ticks_across(half.width_mm, A4_WIDTH_MM),
        )
        for page, size in enumerate(pages)
    )
    return Layout(faces, DuplexEdge.SHORT if len(pages) == 2 else None)


def booklet_order(pages: int) -> tuple[tuple[int | None, int | None], ...]:
    """Return the left and the right page of each face of a stapled booklet, from the outermost sheet in.

    Pages count from 1. Two faces make a sheet; None is a blank page, as many at the end as fill the last
    sheet.
    """
    total = -(-pages // 4) * 4

    def printed(page: int) -> int | None:
        return page if page <= pages else None

    outwards = range(total // 2)
    # The front of a sheet has its higher page on the left, the back on the right.
    rows = ((total - k, k + 1) if k % 2 == 0 else (k + 1, total - k) for k in outwards)
    return tuple((printed(left), printed(right)) for left, right in rows)


def _lay_out_booklet(pages: tuple[PageSize, ...]) -> Layout:
    if not pages:
        raise ImpositionError("a booklet needs pages; this piece has none", "build the piece again")
    for number, page in enumerate(pages, 1):
        _expect_size(SheetKind.BOOKLET, number, page, pages[0])
    width_mm, height_mm = _paper_of_a_spread(pages[0])
    faces = tuple(
        _spread((left, right), pages, width_mm, height_mm) for left, right in booklet_order(len(pages))
    )
    return Layout(faces, DuplexEdge.SHORT)


def _spread(
    numbers: tuple[int | None, int | None], pages: tuple[PageSize, ...], width_mm: float, height_mm: float
) -> Face:
    """Return two pages that touch at the fold; where the paper is wider, it is so at the outer edges."""
    placements = []
    for number, away in zip(numbers, (1, 0), strict=True):
        if number is not None:
            size = pages[number - 1]
            corner = (width_mm / 2 - away * size.width_mm, (height_mm - size.height_mm) / 2)
            placements.append(Placement(number - 1, Box(*corner, size.width_mm, size.height_mm)))
    return Face(width_mm, height_mm, tuple(placements))


def _paper_of_a_spread(page: PageSize) -> tuple[float, float]:
    """Return width and height of the paper for two of *page* side by side: an ISO size where one is meant."""
    width_mm, height_mm = 2 * page.width_mm, page.height_mm
    for paper in PAPERS_MM:
        if abs(paper[0] - width_mm) < 2 * ROUNDING_MM and abs(paper[1] - height_mm) < ROUNDING_MM:
            return paper
    return width_mm, height_mm


# ---- cards ------------------------------------------------------------------------------------


def _lay_out_cards(pages: tuple[PageSize, ...]) -> Layout:
    """Lay out cards: one page is a card without a back; else each two pages are its front and its back.

    Different cards fill the places in turn, and go on from the first when there are places left.
    """
    if len(pages) != 1 and (len(pages) % 2 or not pages):
        what = f"cards have 1 page, or a front and a back each; this piece has {len(pages)} pages"
        raise ImpositionError(what, "give each card a front and a back")
    for number, page in enumerate(pages, 1):
        _expect_size(SheetKind.CARDS, number, page, pages[0])
    places = _card_places(pages[0])
    sides = min(len(pages), 2)
    cards = len(pages) // sides
    faces = [
        _cards_on_a_face(
            places, [((first + k) % cards) * sides + side for k in range(len(places))], side == 1
        )
        for first in range(0, cards, len(places))
        for side in range(sides)
    ]
    return Layout(tuple(faces), DuplexEdge.LONG if sides == 2 else None)


def _card_places(card: PageSize) -> tuple[Box, ...]:
    """Return where the cards come on A4, in the middle of it, row by row from the top left."""
    margin_mm = MARK_GAP_MM + MARK_MM + UNPRINTABLE_MM
    columns = _how_often(card.width_mm, A4_WIDTH_MM - 2 * margin_mm)
    rows = _how_often(card.height_mm, A4_HEIGHT_MM - 2 * margin_mm)
    if not columns * rows:
        most = PageSize(A4_WIDTH_MM - 2 * margin_mm, A4_HEIGHT_MM - 2 * margin_mm)
        what = f"a card of {card} does not fit on A4 with its crop marks; there is room for {most}"
        raise ImpositionError(what, "make the card smaller, or take 'cards' off its print sheets")
    x_mm = (A4_WIDTH_MM - columns * card.width_mm) / 2
    y_mm = (A4_HEIGHT_MM - rows * card.height_mm) / 2
    return tuple(
        Box(x_mm + column * card.width_mm, y_mm + row * card.height_mm, card.width_mm, card.height_mm)
        for row in reversed(range(rows))
        for column in range(columns)
    )


def _how_often(length_mm: float, room_mm: float) -> int:
    """Return how many times *length_mm* goes into *room_mm*, give or take what an engine rounds."""
    return math.floor((room_mm + SIZE_TOLERANCE_MM) / length_mm)


def _cards_on_a_face(places: tuple[Box, ...], pages: Iterable[int], is_back: bool) -> Face:
    placements = tuple(Placement(page, box) for page, box in zip(pages, places, strict=True))
    face = Face(A4_WIDTH_MM, A4_HEIGHT_MM, placements, _crop_marks(places))
    # The long edge of a portrait sheet stands upright: what is on the left comes behind the right.
    return _mirrored(face) if is_back else face


def _crop_marks(places: Sequence[Box]) -> tuple[Stroke, ...]:
    """Return the marks around the block that *places* make, in line with every edge in it."""
    left, right = min(box.x_mm for box in places), max(box.right_mm for box in places)
    low, top = min(box.y_mm for box in places), max(box.top_mm for box in places)
    first, last = MARK_GAP_MM, MARK_GAP_MM + MARK_MM
    strokes = [
        Stroke(((x_mm, edge + way * first), (x_mm, edge + way * last)))
        for x_mm in _distinct(side for box in places for side in (box.x_mm, box.right_mm))
        for edge, way in ((low, -1), (top, 1))
    ]
    strokes += [
        Stroke(((edge + way * first, y_mm), (edge + way * last, y_mm)))
        for y_mm in _distinct(side for box in places for side in (box.y_mm, box.top_mm))
        for edge, way in ((left, -1), (right, 1))
    ]
    return tuple(strokes)


def _distinct(lengths_mm: Iterable[float]) -> list[float]:
    """Return *lengths_mm* sorted, those that differ by no more than a rounding error once."""
    return sorted({round(length, 6) for length in lengths_mm})


# ---- print shop -------------------------------------------------------------------------------


def _lay_out_for_print_shop(pages: tuple[PageSize, ...]) -> Layout:
    if not pages:
        raise ImpositionError("a print shop needs pages; this piece has none", "build the piece again")
    return Layout(tuple(_shop_face(number, page) for number, page in enumerate(pages)))


def _shop_face(number: int, page: PageSize) -> Face:
    trim = Box(SHOP_SLUG_MM, SHOP_SLUG_MM, page.width_mm, page.height_mm)
    return Face(
        page.width_mm + 2 * SHOP_SLUG_MM,
        page.height_mm + 2 * SHOP_SLUG_MM,
        tuple(_with_bleed(number, page, trim)),
        tuple(_corner_marks(trim)),
        trim=trim,
    )


def _with_bleed(number: int, page: PageSize, trim: Box) -> Iterator[Placement]:
    """Yield the page with its bleed: its own, or its edges mirrored, so that a tint runs on over the trim."""
    if page.bleed_mm >= BLEED_MM - SIZE_TOLERANCE_MM:
        yield Placement(number, trim, bleed_mm=BLEED_MM)
        return
    for across in (-1, 0, 1):
        for up in (-1, 0, 1):
            box = trim.moved(across * page.width_mm, up * page.height_mm)
            window = trim.grown(BLEED_MM) if across or up else None
            yield Placement(number, box, flip_x=across != 0, flip_y=up != 0, window=window)


def _corner_marks(trim: Box) -> Iterator[Stroke]:
    first, last = SHOP_MARKS_MM
    middle_x, middle_y = trim.x_mm + trim.width_mm / 2, trim.y_mm + trim.height_mm / 2
    for x_mm, y_mm in trim.corners:
        across, up = math.copysign(1, x_mm - middle_x), math.copysign(1, y_mm - middle_y)
        yield Stroke(((x_mm + across * first, y_mm), (x_mm + across * last, y_mm)))
        yield Stroke(((x_mm, y_mm + up * first), (x_mm, y_mm + up * last)))


# ---- tiles ------------------------------------------------------------------------------------

LABEL_MM = 4.0
LABEL_GAP_MM = 1.5
"""Below the cut. With the margin of a tile this keeps the label where a printer reaches."""
PLAN = PageSize(120, 170)
"""The most room that the assembly plan takes on its sheet."""
PLAN_LABEL_MM = 9.0
"""At most; on the plan of a large poster the names are smaller."""


@dataclass(frozen=True)
class TileGrid:
    """A poster cut into equal tiles that overlap."""

    columns: int
    rows: int
    width_mm: float
    """Of each tile, with its overlaps."""
    height_mm: float
    overlap_mm: float

    def tiles(self) -> Iterator[tuple[str, Box]]:
        """Yield each tile, its name and its place on the poster, row by row from the top left: A1, A2, B1."""
        step_x, step_y = self.width_mm - self.overlap_mm, self.height_mm - self.overlap_mm
        for row in range(self.rows):
            for column in range(self.columns):
                corner = (column * step_x, (self.rows - 1 - row) * step_y)
                yield f"{chr(ord('A') + row)}{column + 1}", Box(*corner, self.width_mm, self.height_mm)


def tile_grid(
    width_mm: float,
    height_mm: float,
    most_width_mm: float = A4_WIDTH_MM - 2 * TILE_MARGIN_MM,
    most_height_mm: float = A4_HEIGHT_MM - 2 * TILE_MARGIN_MM,
    overlap_mm: float = TILE_OVERLAP_MM,
) -> TileGrid:
    """Return the fewest equal tiles of at most *most_width_mm* by *most_height_mm* that cover a poster.

    Neighbours share *overlap_mm*, which must be less than both. The tiles are equal because a narrow strip
    as the last one is hard to glue.
    """
    columns, tile_width_mm = _split(width_mm, most_width_mm, overlap_mm)
    rows, tile_height_mm = _split(height_mm, most_height_mm, overlap_mm)
    return TileGrid(columns, rows, tile_width_mm, tile_height_mm, overlap_mm)


def _split(length_mm: float, most_mm: float, overlap_mm: float) -> tuple[int, float]:
    # The inner rounding keeps a length that fits exactly from needing one tile more.
    count = max(1, math.ceil(round((length_mm - overlap_mm) / (most_mm - overlap_mm), 6)))
    return count, (length_mm + (count - 1) * overlap_mm) / count


def _lay_out_tiles(pages: tuple[PageSize, ...]) -> Layout:
    _expect_count(SheetKind.TILES, pages, 1)
    (poster,) = pages
    grid = tile_grid(poster.width_mm, poster.height_mm)
    if max(grid.columns, grid.rows) > MOST_TILES:
        what = (
            f"a poster of {poster} needs {grid.rows} rows of {grid.columns} sheets; at most {MOST_TILES} work"
        )
        raise ImpositionError(what, "make the poster smaller, or take 'tiles' off its print sheets")
    short_mm, long_mm = sorted((poster.width_mm, poster.height_mm))
    if short_mm <= A4_WIDTH_MM + SIZE_TOLERANCE_MM and long_mm <= A4_HEIGHT_MM + SIZE_TOLERANCE_MM:
        what = f"a poster of {poster} needs no tiles: it fits on one sheet of A4"
        raise ImpositionError(what, "print the piece itself, or take 'tiles' off its print sheets")
    tiles = tuple(_tile(name, place, poster) for name, place in grid.tiles())
    return Layout((_assembly_plan(grid, poster), *tiles))


def _tile(name: str, place: Box, poster: PageSize) -> Face:
    """Return the sheet with the part *place* of the poster in its middle."""
    x_mm = (A4_WIDTH_MM - place.width_mm) / 2
    y_mm = (A4_HEIGHT_MM - place.height_mm) / 2
    window = Box(x_mm, y_mm, place.width_mm, place.height_mm)
    box = Box(x_mm - place.x_mm, y_mm - place.y_mm, poster.width_mm, poster.height_mm)
    label = _written(name, x_mm, y_mm - LABEL_GAP_MM - LABEL_MM, LABEL_MM, width_pt=0.7)
    strokes = (*_cut_guides(window), *_scissors(window.x_mm, window.top_mm), *label)
    return Face(A4_WIDTH_MM, A4_HEIGHT_MM, (Placement(0, box, window=window),), strokes)


def _cut_guides(window: Box) -> Iterator[Stroke]:
    """Yield the four dashed edges of *window*, just outside it, so that a cut leaves none on the poster."""
    corners = window.grown(0.1).corners
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        yield Stroke((start, end), dashed=True)


def _assembly_plan(grid: TileGrid, poster: PageSize) -> Face:
    """Return the sheet that shows which tile comes where, and in grey where they are glued."""
    scale = min(PLAN.width_mm / poster.width_mm, PLAN.height_mm / poster.height_mm)
    x_mm = (A4_WIDTH_MM - scale * poster.width_mm) / 2
    y_mm = (A4_HEIGHT_MM - scale * poster.height_mm) / 2

    def on_plan(place: Box) -> Box:
        return _scaled(place, scale).moved(x_mm, y_mm)

    outline = on_plan(Box(0, 0, poster.width_mm, poster.height_mm)).corners
    strokes = [Stroke((*outline, outline[0]), width_pt=1)]
    for name, place in grid.tiles():
        strokes += [*_cut_guides(on_plan(place)), *_plan_label(name, on_plan(place))]
    glued = tuple(on_plan(strip) for strip in _overlaps(grid, poster))
    return Face(A4_WIDTH_MM, A4_HEIGHT_MM, strokes=tuple(strokes), tints=glued)


def _plan_label(name: str, tile: Box) -> Iterator[Stroke]:
    """Yield *name* in the middle of *tile*, with room around it however small the tile is on the plan."""
    room_mm = 0.6 * tile.width_mm / _length_mm(name, 1)
    height_mm = min(PLAN_LABEL_MM, room_mm, tile.height_mm / 2)
    x_mm = tile.x_mm + (tile.width_mm - _length_mm(name, height_mm)) / 2
    y_mm = tile.y_mm + (tile.height_mm - height_mm) / 2
    return _written(name, x_mm, y_mm, height_mm, width_pt=mm_to_pt(height_mm) / 12)


def _scaled(box: Box, by: float) -> Box:
    return Box(box.x_mm * by, box.y_mm * by, box.width_mm * by, box.height_mm * by)


def _overlaps(grid: TileGrid, poster: PageSize) -> Iterator[Box]:
    """Yield the strips of the poster that lie on two tiles."""
    for column in range(1, grid.columns):
        x_mm = column * (grid.width_mm - grid.overlap_mm)
        yield Box(x_mm, 0, grid.overlap_mm, poster.height_mm)
    for row in range(1, grid.rows):
        y_mm = row * (grid.height_mm - grid.overlap_mm)
        yield Box(0, y_mm, poster.width_mm, grid.overlap_mm)


# ---- letters and scissors, made of strokes ----------------------------------------------------

_GLYPHS: Mapping[str, str] = MappingProxyType(
    {
        "A": "00 26 40|13 33",
        "B": "00 06 36 45 44 33 03|33 42 41 30 00",
        "C": "45 36 16 05 01 10 30 41",
        "D": "00 06 26 44 42 20 00",
        "E": "40 00 06 46|03 33",
        "F": "00 06 46|03 33",
        "G": "45 36 16 05 01 10 30 41 43 23",
        "H": "00 06|40 46|03 43",
        "I": "20 26|10 30|16 36",
        "1": "14 26 20|10 30",
        "2": "05 16 36 45 44 00 40",
        "3": "05 16 36 45 44 33 13|33 42 41 30 10 01",
        "4": "30 36 02 42",
        "5": "46 06 03 33 42 41 30 10 01",
        "6": "45 36 16 05 01 10 30 41 42 33 03",
        "7": "06 46 10",
        "8": "13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33",
        "9": "01 10 30 41 45 36 16 05 04 13 43",
    }
)
"""Column and row of each corner, on a grid of 4 by 6. So a sheet needs no font for the name of a tile."""
_GLYPH_ROWS = 6
_GLYPH_PITCH = 6
"""Columns from one character to the next."""


def _length_mm(text: str, height_mm: float) -> float:
    return (len(text) * _GLYPH_PITCH - 2) * height_mm / _GLYPH_ROWS


def _written(text: str, x_mm: float, y_mm: float, height_mm: float, width_pt: float) -> Iterator[Stroke]:
    """Yield the strokes of *text*, from the lower left corner of its first character."""
    unit_mm = height_mm / _GLYPH_ROWS
    for place, character in enumerate(text):
        for line in _GLYPHS[character].split("|"):
            corners = (
                (place * _GLYPH_PITCH + int(column), int(row)) for column, row in map(tuple, line.split())
            )
            points = tuple((x_mm + across * unit_mm, y_mm + up * unit_mm) for across, up in corners)
            yield Stroke(points, width_pt=width_pt)


def _scissors(x_mm: float, y_mm: float) -> Iterator[Stroke]:
    """Yield scissors that are about to cut to the right, from (*x_mm*, *y_mm*) on."""
    for side in (-1, 1):
        blade = ((x_mm - 3.9, y_mm + side * 0.6), (x_mm - 0.4, y_mm - side * 0.9))
        yield Stroke(blade, width_pt=0.7)
        turns = (math.tau * turn / 12 for turn in range(13))
        ring = ((x_mm - 4.6 + 0.9 * math.cos(t), y_mm + side * 1.05 + 0.8 * math.sin(t)) for t in turns)
        yield Stroke(tuple(ring), width_pt=0.7)


_LAYOUTS: Mapping[SheetKind, Callable[[tuple[PageSize, ...]], Layout]] = MappingProxyType(
    {
        SheetKind.TRIFOLD: _lay_out_trifold,
        SheetKind.TWO_UP: _lay_out_two_up,
        SheetKind.BOOKLET: _lay_out_booklet,
        SheetKind.CARDS: _lay_out_cards,
        SheetKind.TILES: _lay_out_tiles,
        SheetKind.PRINT_SHOP: _lay_out_for_print_shop,
        SheetKind.MINI: _lay_out_mini,
    }
)
_OPENED_LIKE_A_BOOK = frozenset({SheetKind.TRIFOLD, SheetKind.BOOKLET, SheetKind.MINI})


# ---- from and to PDF --------------------------------------------------------------------------

_Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, low, right and top in points, as a PDF has them."""
_DUPLEX = MappingProxyType(
    {
        None: pikepdf.Name.Simplex,
        DuplexEdge.LONG: pikepdf.Name.DuplexFlipLongEdge,
        DuplexEdge.SHORT: pikepdf.Name.DuplexFlipShortEdge,
    }
)
_DASHES_PT = "4 3"


def _measure(page: pikepdf.Page, number: int) -> PageSize:
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


def _draw(source: pikepdf.Pdf, layout: Layout) -> bytes:
    target = pikepdf.Pdf.new()
    forms = _Forms(source, target)
    for face in layout.faces:
        target.pages.append(_page(target, forms, face))
    target.Root.ViewerPreferences = pikepdf.Dictionary(
        PrintScaling=pikepdf.Name("/None"), Duplex=_DUPLEX[layout.edge]
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
        MediaBox=_box_array(Box(0, 0, face.width_mm, face.height_mm)),
        Resources=pikepdf.Dictionary(
            XObject=pikepdf.Dictionary({str(name): form for name, form in named.items()})
        ),
        Contents=target.make_stream("\n".join(operators).encode("ascii")),
    )
    if face.trim is not None:
        page.TrimBox = _box_array(face.trim)
        page.BleedBox = _box_array(face.trim.grown(BLEED_MM))
    return pikepdf.Page(target.make_indirect(page))


def _placement_operators(placement: Placement, trim: _Rectangle) -> str:
    box, (left, low, right, top) = placement.box, trim
    # A flipped page is drawn towards the left or down, so that it starts from the far side of its box.
    across, x = (-1, mm_to_pt(box.x_mm) + right) if placement.flip_x else (1, mm_to_pt(box.x_mm) - left)
    up, y = (-1, mm_to_pt(box.y_mm) + top) if placement.flip_y else (1, mm_to_pt(box.y_mm) - low)
    clip = f"{_box_operands(placement.window)} re W n " if placement.window else ""
    return f"q {clip}{across} 0 0 {up} {_number(x)} {_number(y)} cm /Page{placement.page + 1} Do Q"


def _stroke_operators(stroke: Stroke) -> str:
    start, *rest = (f"{_number(mm_to_pt(x))} {_number(mm_to_pt(y))}" for x, y in stroke.points)
    path = " ".join([f"{start} m", *(f"{point} l" for point in rest)])
    dashes = f"[{_DASHES_PT}] 0 d " if stroke.dashed else ""
    return f"q 0 G {_number(stroke.width_pt)} w 1 j {dashes}{path} S Q"


def _tint_operators(tint: Box) -> str:
    return f"q 0.85 g {_box_operands(tint)} re f Q"


def _box_operands(box: Box) -> str:
    return " ".join(_number(mm_to_pt(length)) for length in (box.x_mm, box.y_mm, box.width_mm, box.height_mm))


def _box_array(box: Box) -> pikepdf.Array:
    (left, low), _, (right, top), _ = box.corners
    return pikepdf.Array([round(mm_to_pt(length), 4) for length in (left, low, right, top)])


def _number(length: float) -> str:
    """Return *length* as a PDF writes it: no exponent, no more digits than paper can show."""
    # Adding 0 makes the negative zero of a rounding a plain one.
    return f"{round(length, 4) + 0:.4f}".rstrip("0").rstrip(".")
