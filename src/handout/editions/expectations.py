"""What a project promises of the paper of one document: what `proof` holds it against."""

from __future__ import annotations

from collections.abc import Mapping

from handout.model.document import Document
from handout.paper.compose.page import is_right_to_left, reading_label
from handout.paper.compose.slots import field_of
from handout.paper.engine.fonts import FAMILIES
from handout.project.project import Project, primary_language
from handout.project.settings import Slot, slots_of
from handout.project.translations import printed_words, settings_in
from handout.proof import Expectations


def of(project: Project, document: Document) -> Expectations:
    """Return the terms for *document*: the settings of its audience and format, and the printed words."""
    settings = settings_in(project, document)
    translation = document.translation
    format_ = settings.formats[document.format]
    labels = {name: audience.label for name, audience in settings.audiences.items()}
    label = labels.pop(document.audience)
    return Expectations(
        words=printed_words(project, document),
        label=label,
        other_labels=tuple(labels.values()),
        organisation=settings.organisation.name,
        edition=settings.organisation.edition,
        allowed_hosts=tuple(settings.links.allowed_hosts),
        families=FAMILIES,
        least_module_mm=format_.least_module_mm,
        scan_mm=format_.scan_mm,
        edge_mm=format_.edge_mm,
        least_text_pt=format_.least_text_pt,
        least_beside_pt=format_.least_beside_pt,
        shows=format_.shows,
        faces=format_.faces,
        reading=reading_label(document, printed_words(project, document)),
        is_right_to_left=is_right_to_left(document.language),
        other_words=project.strings[primary_language(document.beside)] if document.beside else {},
        source_words=project.strings[primary_language(translation.source_language)] if translation else {},
        page_sizes_mm=settings.page_sizes_mm(document.format),
        words_of_pages=project.words_of_pages,
        slots_mm=_slots_mm(slots_of(settings.formats, document.format)),
    )


def _slots_mm(slots: Mapping[str, Slot]) -> Mapping[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for name, slot in slots.items():
        width_mm, height_mm = found.get(field := field_of(name, slot), (0.0, 0.0))
        found[field] = max(width_mm, slot.width_mm), max(height_mm, slot.height_mm)
    return found
