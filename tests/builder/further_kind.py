"""A further kind of file, as a module outside the program would add one."""

from __future__ import annotations

from handout.model.files import FileKind, FinishedPiece, register


def counted(piece: FinishedPiece) -> bytes:
    return f"{piece.document.title}: {len(piece.pdf)} bytes\n".encode()


COUNT = FileKind("count", ".count", counted)
register(COUNT)
