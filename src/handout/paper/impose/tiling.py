"""Posters on other paper than their own: over several sheets, or smaller on one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from handout.model.document import SheetKind
from handout.model.messages import say
from handout.model.units import mm_to_pt
from handout.paper.impose.marks import cut_guides, length_mm, note_room, scissors, written
from handout.paper.impose.paper import (
    A4_HEIGHT_MM,
    A4_WIDTH_MM,
    PAPERS,
    ROUNDING_MM,
    SIZE_TOLERANCE_MM,
    Face,
    ImpositionError,
    PageSize,
    Placement,
    Rectangle,
    SheetLayout,
    Stroke,
    centred,
    expect_count,
)

TILE_MARGIN_MM = 10.0
"""Room around a tile for its label and for what a printer cannot reach."""
TILE_OVERLAP_MM = 10.0
MOST_TILES = 9
"""In a row or a column: its name is one letter and one digit."""


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

    def tiles(self) -> Iterator[tuple[str, Rectangle]]:
        """Yield each tile, its name and its place on the poster, row by row from the top left: A1, A2, B1."""
        step_x, step_y = self.width_mm - self.overlap_mm, self.height_mm - self.overlap_mm
        for row in range(self.rows):
            for column in range(self.columns):
                corner = (column * step_x, (self.rows - 1 - row) * step_y)
                yield f"{chr(ord('A') + row)}{column + 1}", Rectangle(*corner, self.width_mm, self.height_mm)


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


def scale_to(page: PageSize, name: str) -> float | None:
    """Return how many times *page* must be enlarged to be the ISO paper *name*, lying or standing as it does.

    A step of ISO 216 is √2, and a size in whole millimetres is up to one off, which is enlarged too. None
    for a page that no number of whole steps brings there.
    """
    paper = upright_as(page, name)
    scale: float = 2.0 ** (round(2 * math.log2(paper.height_mm / page.height_mm)) / 2)
    off_mm = (scale * page.width_mm - paper.width_mm, scale * page.height_mm - paper.height_mm)
    most_mm = ROUNDING_MM * max(1, scale) + SIZE_TOLERANCE_MM
    return scale if max(map(abs, off_mm)) <= most_mm else None


def upright_as(page: PageSize, name: str) -> PageSize:
    """Return the ISO paper *name*, lying where *page* lies."""
    paper = PAPERS[name]
    lies = page.width_mm > page.height_mm
    return PageSize(paper.height_mm, paper.width_mm) if lies else paper


def lay_out_one_a4(pages: tuple[PageSize, ...]) -> SheetLayout:
    """Return a poster on one sheet of A4: an A3 at 1/√2, an A2 at a half."""
    poster, scale = _scaled_poster(SheetKind.ONE_A4, pages, "A4")
    paper = upright_as(poster, "A4")
    whole = Rectangle(0, 0, paper.width_mm, paper.height_mm)
    placed = replace(centred(0, poster, whole), scale=scale)
    return SheetLayout((Face(paper.width_mm, paper.height_mm, (placed,)),))


def lay_out_tiles_a2(pages: tuple[PageSize, ...]) -> SheetLayout:
    """Return a poster as large as A2 over sheets of A4: an A3 at √2."""
    return _tiled(*_scaled_poster(SheetKind.TILES_A2, pages, "A2"))


def _scaled_poster(kind: SheetKind, pages: tuple[PageSize, ...], name: str) -> tuple[PageSize, float]:
    """Return the one page of *pages* as large as the paper *name*, and how many times it is enlarged."""
    expect_count(kind, pages, 1)
    (page,) = pages
    scale = scale_to(page, name)
    if scale is None:
        what = say(
            "a poster of {page} does not become {name}: its sides are not those of an A size",
            page=page,
            name=name,
        )
        raise ImpositionError(
            what, say("make it as large as A3, or take '{kind}' off its print sheets", kind=kind)
        )
    if scale == 1:
        what = say(
            "a poster of {page} is {name} already; a sheet of kind '{kind}' takes another size",
            page=page,
            name=name,
            kind=kind,
        )
        other = say("print the piece itself")
        if kind is not SheetKind.ONE_A4:
            other = say("ask for '{kind}'", kind=SheetKind.TILES)
        raise ImpositionError(
            what, say("{other}, and take '{kind}' off its print sheets", other=other, kind=kind)
        )
    return PageSize(scale * page.width_mm, scale * page.height_mm), scale


def lay_out_tiles(pages: tuple[PageSize, ...]) -> SheetLayout:
    """Return a poster as it is over sheets of A4, with a plan on the first."""
    expect_count(SheetKind.TILES, pages, 1)
    return _tiled(pages[0], 1)


def _tiled(poster: PageSize, scale: float) -> SheetLayout:
    """Return *poster*, a page that was enlarged *scale* times, over sheets of A4."""
    grid = tile_grid(poster.width_mm, poster.height_mm)
    if max(grid.columns, grid.rows) > MOST_TILES:
        what = say(
            "a poster of {poster} needs {rows} rows of {columns} sheets; at most {most_tiles} work",
            poster=poster,
            rows=grid.rows,
            columns=grid.columns,
            most_tiles=MOST_TILES,
        )
        raise ImpositionError(what, say("make the poster smaller, or take 'tiles' off its print sheets"))
    short_mm, long_mm = sorted((poster.width_mm, poster.height_mm))
    if short_mm <= A4_WIDTH_MM + SIZE_TOLERANCE_MM and long_mm <= A4_HEIGHT_MM + SIZE_TOLERANCE_MM:
        what = say("a poster of {poster} needs no tiles: it fits on one sheet of A4", poster=poster)
        raise ImpositionError(what, say("print the piece itself, or take 'tiles' off its print sheets"))
    tiles = tuple(_tile(name, place, poster, scale) for name, place in grid.tiles())
    return SheetLayout((_assembly_plan(grid, poster), *tiles))


def _tile(name: str, place: Rectangle, poster: PageSize, scale: float) -> Face:
    """Return the sheet with the part *place* of the poster in its middle."""
    x_mm = (A4_WIDTH_MM - place.width_mm) / 2
    y_mm = (A4_HEIGHT_MM - place.height_mm) / 2
    window = Rectangle(x_mm, y_mm, place.width_mm, place.height_mm)
    box = Rectangle(x_mm - place.x_mm, y_mm - place.y_mm, poster.width_mm, poster.height_mm)
    label = written(name, x_mm, y_mm - LABEL_GAP_MM - LABEL_MM, LABEL_MM, width_pt=0.7)
    strokes = (*cut_guides(window), *scissors(window.x_mm, window.top_mm), *label)
    placement = Placement(0, box, scale=scale, window=window)
    room = note_room(window.x_mm, window.right_mm, window.top_mm, A4_HEIGHT_MM)
    return Face(A4_WIDTH_MM, A4_HEIGHT_MM, (placement,), strokes, note_room=room)


def _assembly_plan(grid: TileGrid, poster: PageSize) -> Face:
    """Return the sheet that shows which tile comes where, and in grey where they are glued."""
    scale = min(PLAN.width_mm / poster.width_mm, PLAN.height_mm / poster.height_mm)
    x_mm = (A4_WIDTH_MM - scale * poster.width_mm) / 2
    y_mm = (A4_HEIGHT_MM - scale * poster.height_mm) / 2

    def on_plan(place: Rectangle) -> Rectangle:
        return _scaled(place, scale).moved(x_mm, y_mm)

    outline = on_plan(Rectangle(0, 0, poster.width_mm, poster.height_mm)).corners
    strokes = [Stroke((*outline, outline[0]), width_pt=1)]
    for name, place in grid.tiles():
        strokes += [*cut_guides(on_plan(place)), *_plan_label(name, on_plan(place))]
    glued = tuple(on_plan(strip) for strip in _overlaps(grid, poster))
    right_mm = A4_WIDTH_MM - TILE_MARGIN_MM
    room = note_room(TILE_MARGIN_MM, right_mm, A4_HEIGHT_MM - y_mm, A4_HEIGHT_MM)
    return Face(A4_WIDTH_MM, A4_HEIGHT_MM, strokes=tuple(strokes), tints=glued, note_room=room)


def _plan_label(name: str, tile: Rectangle) -> Iterator[Stroke]:
    """Yield *name* in the middle of *tile*, with room around it however small the tile is on the plan."""
    room_mm = 0.6 * tile.width_mm / length_mm(name, 1)
    height_mm = min(PLAN_LABEL_MM, room_mm, tile.height_mm / 2)
    x_mm = tile.x_mm + (tile.width_mm - length_mm(name, height_mm)) / 2
    y_mm = tile.y_mm + (tile.height_mm - height_mm) / 2
    return written(name, x_mm, y_mm, height_mm, width_pt=mm_to_pt(height_mm) / 12)


def _scaled(box: Rectangle, by: float) -> Rectangle:
    return Rectangle(box.x_mm * by, box.y_mm * by, box.width_mm * by, box.height_mm * by)


def _overlaps(grid: TileGrid, poster: PageSize) -> Iterator[Rectangle]:
    """Yield the strips of the poster that lie on two tiles."""
    for column in range(1, grid.columns):
        x_mm = column * (grid.width_mm - grid.overlap_mm)
        yield Rectangle(x_mm, 0, grid.overlap_mm, poster.height_mm)
    for row in range(1, grid.rows):
        y_mm = row * (grid.height_mm - grid.overlap_mm)
        yield Rectangle(0, y_mm, poster.width_mm, grid.overlap_mm)
