"""The words of the program as values.

Two layers share one vocabulary. What an editor wrote (`Procedure`, `HandoutSource`, `Fragment`) holds
steps without numbers, references without labels and fields without values. What stands on the paper
(`Document`) holds numbered steps, labels and texts. `resolve` leads from the first to the second.

All values are frozen and hold tuples only, so that they can be shared, compared and sent to another
process.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from handout.errors import Place

# ---- inline content ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Strong:
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class Emphasis:
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class UiLabel:
    """Literal text on the screen: a button, a menu, a field, a thing to type."""

    text: str


@dataclass(frozen=True)
class LineBreak:
    """A forced line break."""


@dataclass(frozen=True)
class Link:
    """A link to a web page or a mail address."""

    children: tuple[Inline, ...]
    url: str
    place: Place


@dataclass(frozen=True)
class Reference:
    """A link to a step, a procedure or a handout, as written. Only before `resolve`."""

    children: tuple[Inline, ...]
    """Empty: the program writes the words."""
    file: str | None
    """The Markdown file as written, `mfa-app.md`; None for the same procedure."""
    step_id: str | None
    place: Place


@dataclass(frozen=True)
class Field:
    """A known value that is looked up, `link.security-info`. Only before `resolve`."""

    name: str
    place: Place


@dataclass(frozen=True)
class StepLabel:
    """A reference with its words. Only after `resolve`."""

    label: str
    """The number as it stands on the paper, "5", or "5b" for a substep."""
    section: str | None = None
    """The letter of the other procedure on the same sheet."""
    option: str | None = None
    """The title of the option that the step stands in."""
    handout: str | None = None
    """The title of the other handout that holds the step."""
    children: tuple[Inline, ...] = ()
    """The editor's own words, where there are any."""


@dataclass(frozen=True)
class SectionLabel:
    """A reference to a whole procedure or handout, with its words. Only after `resolve`."""

    title: str
    section: str | None = None
    """The letter of the procedure on the same sheet."""
    handout: str | None = None
    """The title of the other handout that holds it."""
    children: tuple[Inline, ...] = ()


@dataclass(frozen=True)
class WriteIn:
    """A line to write on by hand: a school's field in an edition without a school. Only after `resolve`."""

    word: str


@dataclass(frozen=True)
class Picture:
    """A picture, in a line of text or alone in its paragraph."""

    path: str
    """Relative to content/, with forward slashes: `images/scan.svg`."""
    alt: str
    """Empty: decoration, invisible to a screen reader."""
    place: Place


Inline: TypeAlias = (
    Text
    | Strong
    | Emphasis
    | UiLabel
    | LineBreak
    | Link
    | Reference
    | Field
    | StepLabel
    | SectionLabel
    | WriteIn
    | Picture
)


def runs_to_the_left(text: str) -> bool:
    """Tell whether there are letters in *text* that run from right to left (Unicode Standard Annex 9)."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def plain_text(inlines: tuple[Inline, ...]) -> str:
    """Return the words of *inlines* as a reader would say them, without marks."""
    words = []
    for inline in inlines:
        match inline:
            case Text(text) | UiLabel(text):
                words.append(text)
            case Strong() | Emphasis() | Link() | Reference():
                words.append(plain_text(inline.children))
            case LineBreak():
                words.append(" ")
            case StepLabel():
                words.append(plain_text(inline.children) or inline.label)
            case SectionLabel():
                words.append(plain_text(inline.children) or inline.title)
            case WriteIn(word):
                words.append(word)
            case Field() | Picture():
                pass
    return "".join(words)


# ---- blocks -----------------------------------------------------------------------------------


class CalloutKind(StrEnum):
    TIP = "tip"
    """Makes it easier; may be skipped."""
    CAUTION = "caution"
    """Must be read before going on."""
    HELP = "help"
    """Where to turn when it fails."""


class Device(StrEnum):
    """Where a step is done. A sheet leads along one device at a time."""

    COMPUTER = "computer"
    SMARTPHONE = "smartphone"


@dataclass(frozen=True)
class Paragraph:
    children: tuple[Inline, ...]
    place: Place


@dataclass(frozen=True)
class Heading:
    level: int
    """2 to 4: the title of the file is level 1."""
    children: tuple[Inline, ...]
    place: Place


@dataclass(frozen=True)
class BulletList:
    items: tuple[tuple[Block, ...], ...]
    place: Place


@dataclass(frozen=True)
class Rule:
    """A line of dashes: in a handout it parts the opening text from the closing. Only before `resolve`."""

    place: Place


@dataclass(frozen=True)
class Include:
    """The place of a fragment, `![[name]]`. Only before `resolve`."""

    name: str
    place: Place


@dataclass(frozen=True)
class Step:
    """A step or substep as written, without its number. Only before `resolve`."""

    command: tuple[Inline, ...]
    """What the reader must do."""
    blocks: tuple[Block, ...]
    """Info, substeps, callouts, choices and pictures, in the order of the source."""
    place: Place
    id: str | None = None
    audiences: tuple[str, ...] = ()
    """Empty: for every audience."""
    device: Device | None = None


@dataclass(frozen=True)
class Steps:
    """An ordered list as written; one inside a step holds substeps. Only before `resolve`."""

    steps: tuple[Step | Include, ...]
    place: Place


@dataclass(frozen=True)
class NumberedStep:
    """A step or substep with the number that stands on the paper. Only after `resolve`."""

    number: int
    label: str
    """ "5" for a step, "b" for a substep."""
    command: tuple[Inline, ...]
    blocks: tuple[Block, ...]
    place: Place
    device: Device | None = None
    device_changes: bool = False
    """True where the reader must turn to another device than in the step before: there the tag is printed."""


@dataclass(frozen=True)
class NumberedSteps:
    """A run of steps (level 1) or substeps (level 2). Only after `resolve`."""

    level: int
    steps: tuple[NumberedStep, ...]
    place: Place


@dataclass(frozen=True)
class Callout:
    kind: CalloutKind
    title: tuple[Inline, ...]
    """Empty: the word of its kind."""
    blocks: tuple[Block, ...]
    place: Place


@dataclass(frozen=True)
class Option:
    """One way to go in a choice: a device or a method."""

    title: str
    blocks: tuple[Block, ...]
    place: Place
    recommended: bool = False


@dataclass(frozen=True)
class Choice:
    options: tuple[Option, ...]
    place: Place


@dataclass(frozen=True)
class Only:
    """Blocks for some audiences. Only before `resolve`."""

    audiences: tuple[str, ...]
    blocks: tuple[Block, ...]
    place: Place


class WordingRule(StrEnum):
    """What the wording of a text is held against. An editor names it to allow what breaks it."""

    AVOIDED_WORD = "avoided-word"
    """A word of the word list that has a better one."""
    LONG_SENTENCE = "long-sentence"
    """More words in a sentence than a reader takes in at once."""
    MEAN_LENGTH = "mean-length"
    """Sentences that are too long on average, over a whole handout."""
    NO_COMMAND = "no-command"
    """A step that does not begin with what the reader must do."""
    TWO_ACTIONS = "two-actions"
    """A step that asks for two things at once."""


@dataclass(frozen=True)
class Allow:
    """Blocks that may break a rule of wording, and why. Only before `resolve`."""

    rule: WordingRule
    reason: str
    blocks: tuple[Block, ...]
    place: Place


@dataclass(frozen=True)
class Table:
    header: tuple[tuple[Inline, ...], ...]
    """Empty where the source leaves the header row blank."""
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    row_headings: bool
    """True where the first column names its row: every cell of it is strong text."""
    place: Place


@dataclass(frozen=True)
class Address:
    """A web address to type, alone in its paragraph. Only after `resolve`."""

    text: str
    """As a person types it: without https://."""
    url: str


@dataclass(frozen=True)
class Route:
    """The numbers of the steps that a reader follows in one procedure of the sheet. Only after `resolve`."""

    numbers: tuple[int, ...]
    section: str | None


@dataclass(frozen=True)
class Result:
    """How a person knows that it worked: the paragraph that says "done". Only after `resolve`."""

    children: tuple[Inline, ...]
    place: Place


Block: TypeAlias = (
    Paragraph
    | Heading
    | BulletList
    | Rule
    | Include
    | Steps
    | NumberedSteps
    | Callout
    | Choice
    | Only
    | Allow
    | Picture
    | Table
    | Address
    | Route
    | Result
)


def written_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield *blocks* as an editor wrote them and all blocks inside them, for whatever audience."""
    for block in blocks:
        yield block
        match block:
            case Steps(steps, _):
                for item in steps:
                    yield from written_blocks(item.blocks if isinstance(item, Step) else (item,))
            case Only() | Allow() | Callout():
                yield from written_blocks(block.blocks)
            case Choice(options, _):
                for option in options:
                    yield from written_blocks(option.blocks)
            case BulletList(items, _):
                for inside in items:
                    yield from written_blocks(inside)
            case _:
                pass


def named_audiences(blocks: Iterable[Block]) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield the audiences that steps and blocks in *blocks* are kept for, as written, with their place."""
    for block in written_blocks(blocks):
        if isinstance(block, Only):
            yield block.audiences, block.place
        elif isinstance(block, Steps):
            yield from ((step.audiences, step.place) for step in block.steps if isinstance(step, Step))


# ---- what an editor wrote ---------------------------------------------------------------------


@dataclass(frozen=True)
class Dated:
    """The front matter that says how far a text can be trusted, and until when."""

    source: tuple[str, ...] = ()
    reconstructed: str | None = None
    owner: str | None = None
    reviewed: date | None = None
    review_by: date | None = None


@dataclass(frozen=True)
class Procedure:
    slug: str
    """The file name without `.md`."""
    title: str
    audiences: tuple[str, ...]
    blocks: tuple[Block, ...]
    place: Place
    titles: Mapping[str, str]
    """The title for an audience that has its own, `title@students:`."""
    icon: str | None = None
    """The pictogram of its head, a file in styles/icons/; without one it gets a letter."""
    dated: Dated = Dated()


@dataclass(frozen=True)
class Fragment:
    slug: str
    blocks: tuple[Block, ...]
    place: Place
    dated: Dated = Dated()


@dataclass(frozen=True)
class Question:
    """What a person asks, in the reader's words."""

    text: str
    icon: str | None = None
    """A file in styles/icons/."""


@dataclass(frozen=True)
class HandoutSource:
    """A publication: which procedures, for whom, in which formats."""

    slug: str
    title: str
    audiences: tuple[str, ...]
    formats: tuple[str, ...]
    procedures: tuple[str, ...]
    opening: tuple[Block, ...]
    closing: tuple[Block, ...]
    place: Place
    titles: Mapping[str, str]
    continuous: bool = False
    """True: one numbering through all procedures."""
    questions: tuple[Question, ...] = ()
    """The questions that it answers; those of a wayfinding sheet itself lead to the ICT-anker."""
    leads_to: tuple[str, ...] = ()
    """On a wayfinding sheet: the handouts that it leads to, in order."""
    qr: str | None = None
    """The name of the link that the QR code leads to."""
    page_budget: int | None = None
    """Where the format does not fix it."""
    version: str | None = None
    """As the editors count them, "1.0"."""
    valid_until: date | None = None
    dated: Dated = Dated()


class SchoolField(StrEnum):
    """A field of a school that may stand on paper, by its column. A project may have others of its own."""

    NAME = "name"
    ADDRESS = "address"
    ICT_ANCHOR = "ict-anchor"
    ROOM = "room"
    PHONE = "phone"
    EMAIL = "email"
    HOURS = "hours"


@dataclass(frozen=True)
class School:
    """One row of the table of schools. A missing value is None: a line to write on by hand."""

    id: str
    name: str
    address: str | None = None
    ict_anchor: str | None = None
    room: str | None = None
    phone: str | None = None
    email: str | None = None
    hours: str | None = None
    logo: str | None = None
    """The path of its picture, relative to content/: `images/linde.svg`."""
    languages: tuple[str, ...] = ()
    """Those that it wants its copies in, as tags; empty: every language."""
    own: tuple[tuple[str, str], ...] = ()
    """What its row says in the columns of the project's own, by column."""
    place: Place = field(default=Place("content/schools.csv"), compare=False)
    """Where its row stands."""
    cells: tuple[tuple[str, int], ...] = field(default=(), compare=False)
    """At which character of its line each cell begins, by column."""

    def place_of(self, column: str) -> Place:
        """Return where the cell of *column* stands; the row where that is not known."""
        return replace(self.place, column=dict(self.cells).get(column, 0))

    def value(self, column: str) -> str | None:
        """Return what its row says in *column*, a `SchoolField` or one of the project's own."""
        if column in _SCHOOL_FIELDS:
            found: str | None = getattr(self, column.replace("-", "_"))
            return found
        return dict(self.own).get(column)

    def speaks(self, language: str) -> bool:
        """Tell whether it wants copies in *language*: `nl` takes `nl-BE` too (RFC 4647 §3.3.1)."""
        return not self.languages or any(f"{language}-".startswith(f"{tag}-") for tag in self.languages)


_SCHOOL_FIELDS = frozenset(field.value for field in SchoolField)

NEEDED_COLUMNS = ("id", "name")
LOGO_COLUMN = "logo"
LANGUAGES_COLUMN = "languages"
UNPRINTED_COLUMNS = ("id", LOGO_COLUMN, LANGUAGES_COLUMN)
"""Those whose values are no text for the paper."""
STANDARD_COLUMNS = ("id", *(field.value for field in SchoolField), LOGO_COLUMN, LANGUAGES_COLUMN)
"""Those of the table of schools where the project declares no others."""
MOST_COLUMNS = 50
LOGO_FOLDER = "images"
"""Where the logos lie, in content/."""
LANGUAGE_TAG = r"[a-z]{2,3}(-[A-Z]{2})?"
"""A language, and perhaps its region: `nl`, `nl-BE` (BCP 47)."""


BUNDLED_FAMILIES = ("Atkinson Hyperlegible", "IBM Plex Sans", "IBM Plex Sans Arabic", "Lexend")
"""Every font family that a style sheet or a drawing may name."""


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


# ---- what stands on the paper -----------------------------------------------------------------


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


class Shows(StrEnum):
    """What a format shows of a text. What it leaves out is lost on purpose."""

    ALL = "all"
    FEWER_DRAWINGS = "fewer-drawings"
    """All words; of the drawings of each procedure one at least."""


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
    code: str = ""
    """The short name of what it says, printed at the foot: see `naming`."""
    ink: Ink = Ink.COLOUR
    sums: Mapping[str, str] = field(default_factory=dict)
    """A sum of what each file holds that it was made from, by path; set with the code."""

    @property
    def made_from(self) -> tuple[str, ...]:
        """The files of the project that its words and pictures came from."""
        return tuple(sorted((*self.sources, *(f"content/{path}" for path in self.pictures))))
