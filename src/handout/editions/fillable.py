"""A piece with fields where a school's values go, for who has no row in the table of schools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from handout.model.files import FILLABLE, FileKind, FinishedPiece, register

# A plan names what is made long before anything is.
if TYPE_CHECKING:
    import pikepdf

    from handout.paper.form.rooms import Room
    from handout.paper.form.writing import PlacedField
    from handout.paper.impose import SheetLayout
    from handout.proof.geometry import Box


def fillable(piece: FinishedPiece) -> bytes:
    """Return *piece* as a school prints it, with a field in each of its open slots; the same bytes each time.

    Each copy of a page on a print sheet has its fields. A piece that shows no open slot is as it is printed.
    """
    import pikepdf

    from handout.paper.form import opening, rooms, writing
    from handout.paper.impose import drawing
    from handout.paper.saving import saved
    from handout.proof.paper import opened

    with opened(piece.pdf) as paper, pikepdf.open(BytesIO(piece.pdf)) as pdf:
        trims = tuple(_trim(page) for page in pdf.pages)
        found = rooms.rooms(piece.slots, paper.drawn, trims)
        opening.opened(pdf, found, paper.drawn, trims)
        layout = _layout(pdf, piece)
        data = drawing.draw(pdf, layout, piece.words) if layout else saved(pdf)
    with pikepdf.open(BytesIO(data)) as sheet:
        if found:
            fields = tuple(_placed(found, trims, layout) if layout else _as_they_are(found))
            writing.write_fields(sheet, fields, opening.seats(sheet))
        return saved(sheet)


def _layout(pdf: pikepdf.Pdf, piece: FinishedPiece) -> SheetLayout | None:
    """Return how the pages of *pdf*, those of *piece*, lie where they are printed; None: as they are."""
    from handout.paper.impose import ImpositionError, drawing, lay_out

    if piece.sheet is None:
        return None
    pages = tuple(drawing.measure(page, number) for number, page in enumerate(pdf.pages, 1))
    try:
        return lay_out(piece.sheet, pages, right_to_left=piece.is_right_to_left)
    except ImpositionError:  # which is told of the print sheet itself
        return None


def _as_they_are(rooms: Sequence[Room]) -> Iterator[PlacedField]:
    from handout.paper.form.writing import PlacedField

    for number, room in enumerate(rooms):
        yield PlacedField(number, room.slot.page_index, room, is_copy=False)


def _placed(rooms: Sequence[Room], trims: Sequence[Box], layout: SheetLayout) -> Iterator[PlacedField]:
    """Yield *rooms* on each copy of their pages, whose trim boxes are *trims*, as *layout* places them."""
    from handout.paper.form.writing import PlacedField, placed_in
    from handout.paper.impose import tagging
    from handout.proof.geometry import placed

    read = tagging.seats(layout)
    for number, room in enumerate(rooms):
        page = room.slot.page_index
        trim = trims[page]
        for face_index, face in enumerate(layout.faces):
            for placement in face.placements:
                if placement.page != page:
                    continue
                across, up, x, y = tagging.matrix(placement, (trim.left, trim.low, trim.right, trim.top))
                box = placed(room.box, (across, 0, 0, up, x, y))
                seat = read[page]
                is_copy = seat.face != face_index or seat.placement is not placement
                is_turned = room.is_turned != (placement.flip_x and placement.flip_y)
                one = PlacedField(number, face_index, room, is_copy)
                yield placed_in(one, box, placement.scale, is_turned)


def _trim(page: pikepdf.Page) -> Box:
    from handout.proof.geometry import Box

    return Box(*(float(side) for side in page.trimbox))


register(FileKind(FILLABLE, "-fillable.pdf", fillable, is_printed=True, is_for_open_slots=True))
