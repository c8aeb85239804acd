"""The kinds of files that are made of an edition: the piece, its print sheets, and what else is registered.

A further kind of output is one module: it makes a `FileKind` and registers it. The plan names its files, and
the cache, the manifest, the gallery, the report and the listing tell of them as of all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handout.model.document import Document

PIECE = "piece"
"""The kind of the finished piece itself; those of print sheets are in `SheetKind`."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is made of each finished piece that it is asked for."""

    name: str
    """As `Selection.also` asks for it, and as the manifest says it: `text`."""
    suffix: str
    """How its file ends, which is named after the piece: `.txt`."""
    make: Callable[[bytes, Document], bytes]
    """Makes it of the proved PDF of a piece and of its document. A function of a module, for a process of its
    own calls it; pure, and the same bytes for the same arguments."""


_KINDS: dict[str, FileKind] = {}


def register(kind: FileKind) -> None:
    """Let `Selection.also` ask for *kind*. Raises ValueError for a name that another kind has."""
    if _KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"another kind of file is called '{kind.name}'")


def file_kind(name: str) -> FileKind:
    """Return the kind that is called *name*. Raises KeyError where none is."""
    return _KINDS[name]
