"""The kinds of files that are made of an edition: the piece, its print sheets, and what else is registered.

A further kind of output is one module: it makes a `FileKind` and registers it. The plan names its files, and
the cache, the manifest, the gallery, the report and the listing tell of them as of all others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handout.model.document import Document, SheetKind

BRAILLE = "braille"
"""The kind of the text in braille."""
FILLABLE = "fillable"
"""The kind of the file that a school's values are typed into."""
HTML = "html"
"""The kind of the page for a screen."""
PIECE = "piece"
"""The kind of the finished piece itself; those of print sheets are in `SheetKind`."""
TEXT = "text"
"""The kind of what a screen reader reads."""


PAPERLESS = frozenset({HTML, BRAILLE})
"""The kinds that have no format: one of each is made of a handout, for an audience, in a language."""


@dataclass(frozen=True)
class OpenSlot:
    """A slot that no value of a school stands in, where it is on a finished piece."""

    field: str
    """What belongs there: the column of the table of schools."""
    words: str
    """What that is called on paper: "telefoon"."""
    page_index: int
    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    """From the upper left corner of the page."""
    lines: int
    """How many lines of its full size it holds."""
    size_pt: float
    smallest_pt: float
    font: str
    """The file of the font that its values are set in."""
    is_at_end: bool
    """True: its values stand at the far side of it."""


@dataclass(frozen=True)
class FinishedPiece:
    """A piece that was made and proved, and what is known of it beside its bytes."""

    pdf: bytes
    document: Document
    slots: tuple[OpenSlot, ...] = ()
    """Those that are still open, in the order of its pages."""
    sheet: SheetKind | None = None
    """How a school prints it; None: as it is."""
    is_right_to_left: bool = False
    words: Mapping[str, str] | None = None
    """Those that whoever prints it reads: in the language of the project, as the gallery is."""
    page: str = ""
    """What it says as a page for a screen, in HTML; only for the kinds without paper."""
    cells_per_line: int = 40
    lines_per_page: int = 25
    """Of braille, the line with the number of the page counted."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is made of each finished piece that it is asked for."""

    name: str
    """As `Selection.also` asks for it, and as the manifest says it: `text`."""
    suffix: str
    """How its file ends, which is named after the piece: `.txt`."""
    make: Callable[[FinishedPiece], bytes]
    """Makes it of a proved piece. A function of a module, for a process of its own calls it; pure, and the
    same bytes for the same argument."""
    is_printed: bool = False
    """True: it is printed as a school prints the piece."""
    is_for_open_slots: bool = False
    """True: of a piece whose format has a slot that is still open; of another there is none."""

    @property
    def is_paperless(self) -> bool:
        """Tell whether it has no format and no ink: one is made of a handout, of its `FinishedPiece.page`."""
        return self.name in PAPERLESS


_KINDS: dict[str, FileKind] = {}


def register(kind: FileKind) -> None:
    """Let `Selection.also` ask for *kind*. Raises ValueError for a name that another kind has."""
    if _KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"another kind of file is called '{kind.name}'")


def file_kind(name: str) -> FileKind:
    """Return the kind that is called *name*. Raises KeyError where none is."""
    return _KINDS[name]
