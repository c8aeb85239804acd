"""A further kind of file, as a module outside the program would add one."""

from __future__ import annotations

from handout.model.document import Document
from handout.model.files import FileKind, register


def counted(pdf: bytes, document: Document) -> bytes:
    return f"{document.title}: {len(pdf)} bytes\n".encode()


COUNT = FileKind("count", ".count", counted)
register(COUNT)
