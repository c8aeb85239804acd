"""A handout in braille, for a printer or display: what its page says, in the cells of its language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handout.model.files import BRAILLE, FileKind, FinishedPiece, register
from handout.model.findings import UsageError
from handout.model.messages import say
from handout.project.plan import Edition
from handout.project.project import primary_language


def braille_text(piece: FinishedPiece) -> bytes:
    """Return the page of *piece* as BRF, ASCII; the same bytes with one version of liblouis.

    Raises EnvironmentFault where this machine cannot translate.
    """
    from handout.machine import braille
    from handout.paper.braille import laid, told

    language = primary_language(piece.document.language)
    lines = told.lines_of(piece.page)
    cells = braille.in_cells([line.text for line in lines], language).lines
    placed = [(line.kind, text) for line, text in zip(lines, cells, strict=True)]

    def numbers_to(count: int) -> Sequence[str]:
        return braille.in_cells([str(number) for number in range(1, count + 1)], language).lines

    return laid.brf(placed, numbers_to, piece.cells_per_line, piece.lines_per_page)


def refuse_unreadable(editions: Iterable[Edition]) -> None:
    """Raise EnvironmentFault or UsageError where one of *editions* is asked for in braille, and cannot be."""
    asked = [edition for edition in editions if any(kind.name == BRAILLE for kind in edition.asked)]
    if not asked:
        return
    from handout.machine import braille

    braille.require()
    for edition in asked:
        if not braille.is_known(primary_language(edition.language)):
            raise UsageError(
                say("there is no braille table for the language '{language}'", language=edition.language),
                say(
                    "leave braille out for it, or ask for other languages with --language: {known}",
                    known=", ".join(braille.TABLES),
                ),
            )


register(FileKind(BRAILLE, ".brf", braille_text))
