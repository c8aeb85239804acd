"""Lays the pages of a piece on the sheets that go through a printer: PDF to PDF, pure on bytes.

First `lay_out` says where everything comes on the paper, as values in millimetres; then `sheet` draws it.
Pages keep their size, but for a poster that a kind of sheet enlarges or reduces, by steps of √2 alone
(ISO 216). A sheet has the tags, title and bookmarks of its piece, in the order in which that is read, and no
links: it is paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from handout.model.document import SheetKind
from handout.model.messages import say
from handout.paper.impose.folding import TRIFOLD_WIDTHS_MM, booklet_order, unfold_mini, unfold_trifold
from handout.paper.impose.layout import lay_out, planned_coverage, planned_printing
from handout.paper.impose.paper import (
    BLEED_MM,
    DuplexEdge,
    Face,
    ImpositionError,
    PageSize,
    Placement,
    Printing,
    Rectangle,
    SheetLayout,
    Stroke,
    paper_name,
    print_words,
    printing_of_piece,
)
from handout.paper.impose.tiling import TileGrid, tile_grid

__all__ = [
    "BLEED_MM",
    "TRIFOLD_WIDTHS_MM",
    "DuplexEdge",
    "Face",
    "ImpositionError",
    "PageSize",
    "Placement",
    "PrintSheet",
    "Printing",
    "Rectangle",
    "SheetLayout",
    "Stroke",
    "TileGrid",
    "booklet_order",
    "lay_out",
    "paper_name",
    "planned_coverage",
    "planned_printing",
    "print_words",
    "printing_of_piece",
    "sheet",
    "tile_grid",
    "unfold_mini",
    "unfold_trifold",
]


@dataclass(frozen=True)
class PrintSheet:
    """A print sheet: the file, and what to set at the printer."""

    kind: SheetKind
    pdf: bytes
    printing: Printing
    scale: float
    """How large the pages stand on it: 1 as they are, √2 a step of ISO 216 larger."""


def sheet(
    pdf: bytes, kind: SheetKind, *, right_to_left: bool = False, words: Mapping[str, str] | None = None
) -> PrintSheet:
    """Return the pages of *pdf*, in the order in which they are read, on sheets of *kind*.

    Where there is room on its margin a sheet says in the printed *words* how it is printed. *right_to_left*
    is the direction of the text: it turns over the sheets that are opened like a book. The same arguments
    give the same bytes. Raises ImpositionError where the number or size of the pages is not what *kind*
    takes.
    """
    # Only here: who asks what a sheet would be must not pay for what reads and writes PDF.
    import pikepdf

    from handout.paper.impose.drawing import draw, measure

    try:
        source = pikepdf.open(BytesIO(pdf))
    except pikepdf.PdfError as error:
        what = say("the piece is not a PDF that can be laid on sheets: {error}", error=error)
        raise ImpositionError(what, say("build the piece again")) from error
    with source:
        pages = tuple(measure(page, number) for number, page in enumerate(source.pages, 1))
        layout = lay_out(kind, pages, right_to_left=right_to_left)
        return PrintSheet(kind, draw(source, layout, words), layout.printing, layout.scale)
