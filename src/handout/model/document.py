"""One edition as values: what stands on its sheets, with numbers and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from handout.model.findings import Place
from handout.model.school import School
from handout.model.source import Question
from handout.model.text import Block, Inline


class PictureType(StrEnum):
    SVG = "image/svg+xml"
    PNG = "image/png"
    JPEG = "image/jpeg"


@dataclass(frozen=True)
class PictureFile:
    """A picture that was read, judged by its content and made safe."""

    path: str
    """Relative to content/, with forward slashes: `images/scan.svg`."""
    type: PictureType
    data: bytes
    """A raster is re-encoded; an SVG holds shapes, words and gradients, and `currentColor` for the accent."""
    width: float
    height: float
    """Pixels of a raster, units of the view box of an SVG: only their ratio matters."""
    content: str = ""
    """The SHA-256 of what is to be seen: the pixels of a raster, the canonical form of an SVG."""


@dataclass(frozen=True)
class Section:
    """A procedure as it stands in one document: filtered, numbered, with its words."""

    slug: str
    title: str
    blocks: tuple[Block, ...]
    place: Place
    letter: str | None = None
    """Where numbers start anew in each procedure of the sheet, its letter tells them apart."""
    icon: str | None = None


class Density(StrEnum):
    """How much air a sheet has."""

    ROOMY = "roomy"
    NORMAL = "normal"
    COMPACT = "compact"
    """The least air that reads well."""


@dataclass(frozen=True)
class Setting:
    """How tightly a sheet is set."""

    density: Density
    scale: float = 1.0
    """Of type and spacing together, below 1 only where the air alone does not make the text fit."""


class Ink(StrEnum):
    """What an edition is printed with."""

    COLOUR = "colour"
    """Black, and the accent of the audience."""
    MONO = "mono"
    """Black alone: for a printer or copier that has no colour, or must not spend it."""


STANDARD_READING = "standard"
"""How a sheet is read that is made for most people; its name says nothing of it."""


class Shows(StrEnum):
    """What a format shows of a text. What it leaves out is lost on purpose."""

    ALL = "all"
    FEWER_DRAWINGS = "fewer-drawings"
    """All words; of the drawings of each procedure one at least."""
    NO_DRAWINGS = "no-drawings"
    """All words: a drawing repeats what its step says, and half a page has no room for it."""


class SheetKind(StrEnum):
    """What is done with the sheet once it is printed."""

    TRIFOLD = "trifold"
    """Six panels, two sides of A4: the narrow panel folds in, the left one over it."""
    TWO_UP = "two-up"
    """The same A5 leaflet twice on A4, to cut in two."""
    BOOKLET = "booklet"
    """Sheets that are folded once, put into each other and stapled in the fold."""
    CARDS = "cards"
    """As many cards as fit on A4, to cut apart."""
    FOLDED_CARDS = "folded-cards"
    """As many cards of twice the width as fit on A4, to cut apart and fold once."""
    TILES = "tiles"
    """A poster over several sheets of A4, to cut and glue, with a plan on the first."""
    TILES_A2 = "tiles-a2"
    """The same for a poster that is enlarged to A2."""
    ONE_A4 = "one-a4"
    """A poster reduced to one sheet of A4."""
    PRINT_SHOP = "print-shop"
    """Single pages, or the flat sides of a tri-fold, with bleed and crop marks, as a printing house asks."""
    MINI = "mini"
    """Eight panels on one side of A4: one cut, then folded to a booklet."""


INSTEAD = frozenset({SheetKind.TILES, SheetKind.TILES_A2, SheetKind.ONE_A4})
"""Print sheets for who has no paper of the size of the piece."""


@dataclass(frozen=True)
class QrTarget:
    """Where the QR code of a sheet leads."""

    link: str
    """The name of the link in handout.toml."""
    url: str
    text: str
    """As a person types it."""


@dataclass(frozen=True)
class Destination:
    """A handout that a wayfinding sheet leads to, with the questions that lead there."""

    letter: str
    title: str
    format: str
    questions: tuple[Question, ...]
    languages: tuple[tuple[str, str], ...] = ()
    """The other languages in which it is made: the tag of each, and what its speakers call it."""


@dataclass(frozen=True)
class StepCount:
    """How many steps a reader does who follows one way through a sheet."""

    title: str
    """Of the procedure; empty where there is one way alone."""
    steps: int


@dataclass(frozen=True)
class Passage:
    """A piece of what a sheet says, and where a reader finds it."""

    kind: str
    """`words`, `address`, `picture`, `sign` or `language`."""
    text: str
    section: str = ""
    """The last heading of its level before it, as printed; empty: none."""
    step: str = ""
    """The number that it stands under, as a reader says it: `4`, or `4b` of a substep; empty: under none."""


@dataclass(frozen=True)
class Translation:
    """What a sheet in another language than that of its texts owes to its reader."""

    source_language: str
    """That of the texts, and of the keys on the screens."""
    untranslated: int
    """How many pieces of text stand in that language, for no translation of them holds."""
    is_reviewed: bool
    """A person who reads the language read all of it."""


@dataclass(frozen=True)
class Document:
    """One handout for one audience, in one format and language, perhaps for one school."""

    slug: str
    title: str
    audience: str
    format: str
    language: str
    lead: tuple[Inline, ...]
    """The first paragraph of the opening text."""
    opening: tuple[Block, ...]
    sections: tuple[Section, ...]
    closing: tuple[Block, ...]
    pictures: Mapping[str, PictureFile]
    """Those that this document shows, by path."""
    place: Place
    page_budget: int
    sources: tuple[str, ...]
    """The files that the text came from, sorted."""
    school: School | None = None
    qr: QrTarget | None = None
    questions: tuple[Question, ...] = ()
    destinations: tuple[Destination, ...] = ()
    version: str | None = None
    newest: date | None = None
    """The date of the newest review among the sources."""
    valid_until: date | None = None
    lead_place: Place | None = None
    """Where the lead is written; None where there is none."""
    letter: str | None = None
    """That of this handout in the whole project: see `Project.letters`."""
    bring: tuple[Inline, ...] = ()
    """Says which other sheets, and what else, the reader takes in hand; nothing where this one is enough."""
    counts: tuple[StepCount, ...] = ()
    """Of each way through it; nothing where that cannot be said."""
    code: str = ""
    """The short name of what it says, printed at the foot: see `naming`."""
    status: QrTarget | None = None
    """Where its small code at the foot leads, that asks whether it is still right; set with the code."""
    ink: Ink = Ink.COLOUR
    reading: str = STANDARD_READING
    """For which way of reading it is laid out: `large`."""
    beside: str | None = None
    """The other language of a sheet that has two; None: it has one."""
    translation: Translation | None = None
    """None: it stands in the language of its texts."""
    sums: Mapping[str, str] = field(default_factory=dict)
    """A sum of what each file holds that it was made from, by path; set with the code."""
    passages: tuple[Passage, ...] = ()
    """What the code is a sum of, in reading order and with the places; set with the code."""

    @property
    def made_from(self) -> tuple[str, ...]:
        """The files of the project that its words and pictures came from."""
        return tuple(sorted((*self.sources, *(f"content/{path}" for path in self.pictures))))
