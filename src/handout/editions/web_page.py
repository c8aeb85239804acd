"""A handout as one page for a screen: what its sheet says, to enlarge, hear or read on a phone."""

from __future__ import annotations

from handout.model.files import HTML, FileKind, FinishedPiece, register


def web_page(piece: FinishedPiece) -> bytes:
    """Return the page of *piece* as UTF-8; the same bytes each time."""
    return piece.page.encode()


register(FileKind(HTML, ".html", web_page))
