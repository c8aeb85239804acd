"""The slots of a piece that are still open: what is to be written, or typed, on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handout.model.document import Document
from handout.model.files import FinishedPiece, OpenSlot
from handout.paper.compose.page import is_right_to_left
from handout.paper.compose.slots import field_of, font_file
from handout.paper.engine.region import Region
from handout.project.plan import Edition
from handout.project.project import Project, primary_language
from handout.project.settings import Align, slots_of


def finished_piece(
    project: Project, edition: Edition, document: Document, pdf: bytes, regions: Iterable[Region]
) -> FinishedPiece:
    """Return the piece *pdf* of *edition*, with those of its slots that no value stands in.

    *regions* are all of them as the pages show them. Its page for a screen is composed where it is asked for.
    """
    page = ""
    if any(kind.is_paperless for kind in edition.also):
        from handout.paper.compose import screen

        page = screen.page(document, project)
    return FinishedPiece(
        pdf,
        document,
        tuple(open_slots(project, document, regions)),
        edition.laid_sheet,
        is_right_to_left(edition.language),
        project.words_of_pages,
        page,
        project.settings.braille.cells,
        project.settings.braille.lines,
    )


def open_slots(project: Project, document: Document, regions: Iterable[Region]) -> Iterator[OpenSlot]:
    """Yield those of *regions*, the slots on the pages of *document*, in which its school has no value."""
    declared = slots_of(project.settings.formats, document.format)
    words = project.strings[primary_language(document.language)]
    for region in regions:
        slot = declared.get(region.name)
        if slot is None:  # a code, its address, a logo
            continue
        field = field_of(region.name, slot)
        if document.school is not None and document.school.value(field) is not None:
            continue
        # What stands there until a school is named may have more air around it than the slot has room.
        width_mm, height_mm = min(region.width_mm, slot.width_mm), min(region.height_mm, slot.height_mm)
        yield OpenSlot(
            field,
            words.get(f"school.{field}", field),
            region.page_index,
            region.left_mm + (region.width_mm - width_mm) / 2,
            region.top_mm + (region.height_mm - height_mm) / 2,
            width_mm,
            height_mm,
            slot.lines,
            slot.size_pt,
            slot.smallest_pt,
            font_file(slot.face),
            slot.align is Align.END,
        )
