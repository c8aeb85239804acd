"""Where the pages of a piece come on paper, for every kind of sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from handout.model.document import SheetKind
from handout.paper.impose.cutting import lay_out_cards, lay_out_folded_cards, lay_out_two_up
from handout.paper.impose.folding import TRIFOLD_WIDTHS_MM, lay_out_booklet, lay_out_mini, lay_out_trifold
from handout.paper.impose.paper import SIZE_TOLERANCE_MM, PageSize, Printing, SheetLayout, mirrored
from handout.paper.impose.shop import lay_out_for_print_shop
from handout.paper.impose.tiling import lay_out_one_a4, lay_out_tiles, lay_out_tiles_a2


def lay_out(kind: SheetKind, pages: Sequence[PageSize], *, right_to_left: bool = False) -> SheetLayout:
    """Return where *pages* come on sheets of *kind*. Raises ImpositionError as `sheet` does."""
    layout = _LAYOUTS[kind](tuple(pages))
    if right_to_left and kind in _OPENED_LIKE_A_BOOK:
        return replace(layout, faces=tuple(mirrored(face) for face in layout.faces))
    return layout


def planned_printing(kind: SheetKind, page: PageSize, page_count: int) -> Printing:
    """Return how the sheet of *kind* of a piece that is still to be made will be printed.

    *page* and *page_count* are what its format promises. Raises ImpositionError as `sheet` does.
    """
    return lay_out(kind, _promised(page, page_count)).printing


def planned_coverage(kind: SheetKind, page: PageSize, coverage: Sequence[float]) -> tuple[float, ...]:
    """Return the part of each face of a sheet of *kind* that is ink, 0 to 1.

    *page* is what the format promises, *coverage* the part of each page of the piece that is. Of a page that
    stands on several faces each has its share by area. What the marks for knife and fold take does not count.
    Raises ImpositionError as `sheet` does.
    """
    layout = lay_out(kind, _promised(page, len(coverage)))
    return tuple(
        sum(coverage[one.page] * one.shown.area_mm2 for one in face.placements)
        / (face.width_mm * face.height_mm)
        for face in layout.faces
    )


def _promised(page: PageSize, page_count: int) -> tuple[PageSize, ...]:
    """Return the pages that a format promises: of one size, but for the panels that fold in."""
    first = TRIFOLD_WIDTHS_MM[0]
    if page_count == len(TRIFOLD_WIDTHS_MM) and abs(page.width_mm - first) <= SIZE_TOLERANCE_MM:
        return tuple(replace(page, width_mm=width_mm) for width_mm in TRIFOLD_WIDTHS_MM)
    return (page,) * page_count


_LAYOUTS: Mapping[SheetKind, Callable[[tuple[PageSize, ...]], SheetLayout]] = MappingProxyType(
    {
        SheetKind.TRIFOLD: lay_out_trifold,
        SheetKind.TWO_UP: lay_out_two_up,
        SheetKind.BOOKLET: lay_out_booklet,
        SheetKind.CARDS: lay_out_cards,
        SheetKind.FOLDED_CARDS: lay_out_folded_cards,
        SheetKind.TILES: lay_out_tiles,
        SheetKind.TILES_A2: lay_out_tiles_a2,
        SheetKind.ONE_A4: lay_out_one_a4,
        SheetKind.PRINT_SHOP: lay_out_for_print_shop,
        SheetKind.MINI: lay_out_mini,
    }
)
_OPENED_LIKE_A_BOOK = frozenset(
    {SheetKind.TRIFOLD, SheetKind.BOOKLET, SheetKind.MINI, SheetKind.FOLDED_CARDS, SheetKind.PRINT_SHOP}
)
"""A sheet for a print shop too: it may be a tri-fold; a page alone on it stays where it is."""
