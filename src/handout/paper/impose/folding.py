"""Sheets that are folded: tri-fold, eight-panel mini, booklet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from handout.model.document import SheetKind
from handout.model.messages import say
from handout.paper.impose.marks import scissors, ticks_across, ticks_along
from handout.paper.impose.paper import (
    A4_HEIGHT_MM,
    A4_WIDTH_MM,
    PAPERS,
    ROUNDING_MM,
    SIZE_TOLERANCE_MM,
    DuplexEdge,
    Face,
    ImpositionError,
    PageSize,
    Placement,
    Rectangle,
    SheetLayout,
    Stroke,
    centred,
    expect_count,
    expect_size,
)

Panel = TypeVar("Panel")


TRIFOLD_WIDTHS_MM = (100.0, 97.0, 100.0, 100.0, 97.0, 100.0)
"""Cover, flap, the three inside panels, back: what folds in must be narrower, or it buckles."""


def unfold_trifold(pages: Sequence[Panel]) -> tuple[tuple[Panel, Panel, Panel], tuple[Panel, Panel, Panel]]:
    """Return the outside and the inside of the flat sheet, each from left to right.

    *pages* are in the order in which they are read: cover, flap, three inside panels, back.
    """
    cover, flap, left, middle, right, back = pages
    return (flap, back, cover), (left, middle, right)


def is_trifold(pages: Sequence[PageSize]) -> bool:
    """Tell whether *pages* are the six panels of a tri-fold."""
    return len(pages) == len(TRIFOLD_WIDTHS_MM) and all(
        abs(page.width_mm - width_mm) <= SIZE_TOLERANCE_MM
        and abs(page.height_mm - A4_WIDTH_MM) <= SIZE_TOLERANCE_MM
        for page, width_mm in zip(pages, TRIFOLD_WIDTHS_MM, strict=True)
    )


def lay_out_trifold(pages: tuple[PageSize, ...]) -> SheetLayout:
    """Return the outside and the inside of the flat sheet, with ticks where it is folded."""
    expect_count(SheetKind.TRIFOLD, pages, len(TRIFOLD_WIDTHS_MM))
    for number, (page, width_mm) in enumerate(zip(pages, TRIFOLD_WIDTHS_MM, strict=True), 1):
        expect_size(SheetKind.TRIFOLD, number, page, PageSize(width_mm, A4_WIDTH_MM))
    sides = unfold_trifold(range(len(pages)))
    return SheetLayout(tuple(_row_of_panels(side, pages) for side in sides), DuplexEdge.SHORT)


def _row_of_panels(side: Iterable[int], pages: tuple[PageSize, ...]) -> Face:
    placements: list[Placement] = []
    ticks: list[Stroke] = []
    x_mm = 0.0
    for page in side:
        width_mm = TRIFOLD_WIDTHS_MM[page]
        placements.append(centred(page, pages[page], Rectangle(x_mm, 0, width_mm, A4_WIDTH_MM)))
        if x_mm:
            ticks += ticks_across(x_mm, A4_WIDTH_MM)
        x_mm += width_mm
    return Face(A4_HEIGHT_MM, A4_WIDTH_MM, tuple(placements), tuple(ticks))


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


def lay_out_mini(pages: tuple[PageSize, ...]) -> SheetLayout:
    """Return eight panels on one side of A4, with ticks for the folds and a guide for the one cut."""
    expect_count(SheetKind.MINI, pages, 8)
    for number, page in enumerate(pages, 1):
        expect_size(SheetKind.MINI, number, page, MINI_PANEL, ROUNDING_MM)
    upper, lower = unfold_mini(range(len(pages)))
    panel = Rectangle(0, 0, MINI_PANEL.width_mm, MINI_PANEL.height_mm)
    placements = [
        centred(page, pages[page], panel.moved(column * panel.width_mm, height_mm), upside_down=turned)
        for row, height_mm, turned in ((upper, panel.height_mm, True), (lower, 0, False))
        for column, page in enumerate(row)
    ]
    return SheetLayout((Face(A4_HEIGHT_MM, A4_WIDTH_MM, tuple(placements), _mini_marks()),))


def _mini_marks() -> tuple[Stroke, ...]:
    """Return the ticks of the folds, and the cut through the two middle panels with its scissors."""
    folds = [tick for column in (1, 2, 3) for tick in ticks_across(column * MINI_PANEL.width_mm, A4_WIDTH_MM)]
    start, end, y_mm = MINI_PANEL.width_mm, 3 * MINI_PANEL.width_mm, MINI_PANEL.height_mm
    cut = Stroke(((start, y_mm), (end, y_mm)), dashed=True)
    return (*folds, *ticks_along(y_mm, A4_HEIGHT_MM), cut, *scissors(start, y_mm))


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


def lay_out_booklet(pages: tuple[PageSize, ...]) -> SheetLayout:
    """Return two pages a face, in the order of `booklet_order`."""
    if not pages:
        raise ImpositionError(say("a booklet needs pages; this piece has none"), say("build the piece again"))
    for number, page in enumerate(pages, 1):
        expect_size(SheetKind.BOOKLET, number, page, pages[0])
    width_mm, height_mm = _paper_of_a_spread(pages[0])
    faces = tuple(
        _spread((left, right), pages, width_mm, height_mm) for left, right in booklet_order(len(pages))
    )
    return SheetLayout(faces, DuplexEdge.SHORT)


def _spread(
    numbers: tuple[int | None, int | None], pages: tuple[PageSize, ...], width_mm: float, height_mm: float
) -> Face:
    """Return two pages that touch at the fold; where the paper is wider, it is so at the outer edges."""
    placements = []
    for number, away in zip(numbers, (1, 0), strict=True):
        if number is not None:
            size = pages[number - 1]
            corner = (width_mm / 2 - away * size.width_mm, (height_mm - size.height_mm) / 2)
            placements.append(Placement(number - 1, Rectangle(*corner, size.width_mm, size.height_mm)))
    return Face(width_mm, height_mm, tuple(placements))


def _paper_of_a_spread(page: PageSize) -> tuple[float, float]:
    """Return width and height of the paper for two of *page* side by side: an ISO size where one is meant."""
    width_mm, height_mm = 2 * page.width_mm, page.height_mm
    for paper in PAPERS.values():
        wider_mm, higher_mm = paper.height_mm - width_mm, paper.width_mm - height_mm
        if abs(wider_mm) < 2 * ROUNDING_MM and abs(higher_mm) < ROUNDING_MM:
            return paper.height_mm, paper.width_mm
    return width_mm, height_mm
