"""Sheets for a print shop: with bleed, crop marks and the boxes that say where to cut.

The art of our own formats stays off the trim, so that their bleed is white paper. A format with art at its
edge gets it all the same: the bleed that its style asks for, or else its edges mirrored.
"""

from __future__ import annotations

from collections.abc import Iterator

from handout.model.messages import say
from handout.paper.impose.folding import is_trifold, lay_out_trifold
from handout.paper.impose.marks import corner_marks, fold_marks
from handout.paper.impose.paper import (
    BLEED_MM,
    SIZE_TOLERANCE_MM,
    Face,
    ImpositionError,
    PageSize,
    Placement,
    Rectangle,
    SheetLayout,
)

SHOP_SLUG_MM = 12.0
"""Paper around the trim of a print shop's page."""


def lay_out_for_print_shop(pages: tuple[PageSize, ...]) -> SheetLayout:
    """Return each page with its bleed and marks; the panels of a tri-fold as its two flat sides.

    A print shop folds and staples what it prints: single pages of a booklet are what it asks for, but
    panels are not, for they are one sheet of paper.
    """
    if not pages:
        raise ImpositionError(
            say("a print shop needs pages; this piece has none"), say("build the piece again")
        )
    flat = lay_out_trifold(pages).faces if is_trifold(pages) else _single_faces(pages)
    return SheetLayout(tuple(_shop_face(face, pages) for face in flat))


def _single_faces(pages: tuple[PageSize, ...]) -> tuple[Face, ...]:
    return tuple(
        Face(
            page.width_mm,
            page.height_mm,
            (Placement(number, Rectangle(0, 0, page.width_mm, page.height_mm)),),
        )
        for number, page in enumerate(pages)
    )


def _shop_face(flat: Face, pages: tuple[PageSize, ...]) -> Face:
    trim = Rectangle(SHOP_SLUG_MM, SHOP_SLUG_MM, flat.width_mm, flat.height_mm)
    folds_mm = sorted(placement.box.x_mm for placement in flat.placements)[1:]
    return Face(
        flat.width_mm + 2 * SHOP_SLUG_MM,
        flat.height_mm + 2 * SHOP_SLUG_MM,
        tuple(_with_bleed(flat, pages, trim)),
        (*corner_marks(trim), *fold_marks(trim, folds_mm)),
        trim=trim,
    )


def _with_bleed(flat: Face, pages: tuple[PageSize, ...], trim: Rectangle) -> Iterator[Placement]:
    """Yield the pages of *flat* with bleed: that of a page alone on it, or the edges of *trim* mirrored."""
    alone = flat.placements[0].page if len(flat.placements) == 1 else None
    if alone is not None and pages[alone].bleed_mm >= BLEED_MM - SIZE_TOLERANCE_MM:
        yield Placement(alone, trim, bleed_mm=BLEED_MM)
        return
    for placement in flat.placements:
        box = placement.box.moved(trim.x_mm, trim.y_mm)
        for across in (-1, 0, 1):
            for up in (-1, 0, 1):
                window = trim.grown(BLEED_MM) if across or up else None
                mirror = _mirrored_over(box, trim, across, up)
                yield Placement(placement.page, mirror, flip_x=across != 0, flip_y=up != 0, window=window)


def _mirrored_over(box: Rectangle, trim: Rectangle, across: int, up: int) -> Rectangle:
    """Return *box* as mirrors at the sides of *trim* show it: -1 for the left or low one, 1 for the other."""
    x_mm = {-1: 2 * trim.x_mm - box.right_mm, 0: box.x_mm, 1: 2 * trim.right_mm - box.right_mm}[across]
    y_mm = {-1: 2 * trim.y_mm - box.top_mm, 0: box.y_mm, 1: 2 * trim.top_mm - box.top_mm}[up]
    return Rectangle(x_mm, y_mm, box.width_mm, box.height_mm)
