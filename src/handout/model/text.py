"""The words of the program as values.

Two layers share one vocabulary. What an editor wrote (`Procedure`, `HandoutSource`, `Fragment`) holds
steps without numbers, references without labels and fields without values. What stands on the paper
(`Document`) holds numbered steps, labels and texts. `resolve` leads from the first to the second.

All values are frozen and hold tuples only, so that they can be shared, compared and sent to another
process.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from handout.model.findings import Place

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
    until: str | None = None
    """The last step of a run, `#get-app..test`."""


@dataclass(frozen=True)
class Field:
    """A known value that is looked up, `link.security-info`. Only before `resolve`."""

    name: str
    place: Place


@dataclass(frozen=True)
class Target:
    """What a reference leads to, by the names that editors gave."""

    handout: str
    procedure: str | None = None
    """None: the whole handout."""
    step: str | None = None
    """None: all of the procedure."""
    until: str | None = None
    """The last step of a run; None: the one step, or from it on, as the words say."""


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
    until: str | None = None
    """The number of the last step, where a run of them is meant."""
    procedure: str | None = None
    """The title of the other procedure on the same sheet, where it has no letter and numbers begin anew."""
    handout_letter: str | None = None
    """The letter of the other handout."""
    goal: Target | None = None
    """None: the way back."""


@dataclass(frozen=True)
class SectionLabel:
    """A reference to a whole procedure or handout, with its words. Only after `resolve`."""

    title: str
    section: str | None = None
    """The letter of the procedure on the same sheet."""
    handout: str | None = None
    """The title of the other handout that holds it."""
    children: tuple[Inline, ...] = ()
    handout_letter: str | None = None
    """The letter of the other handout."""
    goal: Target | None = None
    is_alone: bool = False
    """Whether nothing stands beside it in its text: then it needs no quotation marks."""

    @property
    def is_whole(self) -> bool:
        """Tell whether the handout itself is meant, and not a procedure in it."""
        return self.handout is not None and (self.goal is None or self.goal.procedure is None)


@dataclass(frozen=True)
class WriteIn:
    """A line to write on by hand: a school's field in an edition without a school. Only after `resolve`."""

    word: str


@dataclass(frozen=True)
class Untranslated:
    """Words that have no translation that holds: on a sheet in another language they stand as written."""

    children: tuple[Inline, ...]
    language: str
    """That of the words."""


class UntranslatedText(str):
    """A title, a name or words for who cannot see a picture, without a translation that holds."""

    __slots__ = ()


class PairedText(str):
    """A title or name in two languages: the text itself in that of the source, *other* in that beside it."""

    __slots__ = ("other",)

    other: str

    def __new__(cls, text: str, other: str) -> PairedText:
        made = super().__new__(cls, text)
        made.other = other
        return made

    def __reduce__(self) -> tuple[type[PairedText], tuple[str, str]]:
        return PairedText, (str(self), self.other)


class BothWords(str):
    """Printed words in two languages beside each other: *own*, a dot, *other*."""

    __slots__ = ("other", "own")

    own: str
    other: str

    def __new__(cls, own: str, other: str) -> BothWords:
        made = super().__new__(cls, f"{own} · {other}")
        made.own, made.other = own, other
        return made

    def __reduce__(self) -> tuple[type[BothWords], tuple[str, str]]:
        return BothWords, (self.own, self.other)


@dataclass(frozen=True)
class Both:
    """A text in two languages beside each other, on a sheet that has both. Only after `resolve`."""

    own: tuple[Inline, ...]
    """In the language of the source."""
    other: tuple[Inline, ...]


@dataclass(frozen=True)
class Gloss:
    """What the key before it means, in the language of the sheet: beside it, in smaller type."""

    text: str

    @property
    def printed(self) -> str:
        """The words as they stand on the paper, after a space."""
        return f" ({self.text})"


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
    | Untranslated
    | Gloss
    | Both
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
            case Strong() | Emphasis() | Link() | Reference() | Untranslated():
                words.append(plain_text(inline.children))
            case Gloss():
                words.append(inline.printed)
            case Both(own, other):
                words.append(f"{plain_text(other)} {plain_text(own)}")
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
    ANY = "any"
    """On either: whichever the reader has."""


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
class Divider:
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
    """Print the tag: the reader turns to another device than in the step before, or does several acts."""
    id: str | None = None
    """The name that editors gave it."""


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
    """Blocks for some audiences, pictures also for some ways of reading. Only before `resolve`."""

    audiences: tuple[str, ...]
    blocks: tuple[Block, ...]
    place: Place


class WordingRule(StrEnum):
    """What a text and the roads through it are held against. An editor names it to allow what breaks it."""

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
    THING_UNSHOWN = "thing-unshown"
    """A step on a screen that names a thing which the reader was not shown."""
    LABEL_DIFFERS = "label-differs"
    """Words that call a key otherwise than the screen does."""
    NO_SIGN = "no-sign"
    """A turn to another device, without what is to be seen there."""
    LONG_RUN = "long-run"
    """More steps than a reader can follow without a stop."""
    SHEET_NOT_ANNOUNCED = "sheet-not-announced"
    """A step that needs another sheet, where nothing says so before the first step."""
    AUDIENCE_UNSERVED = "audience-unserved"
    """A case of who helps, with a sheet for some of those who come and none for others."""
    NO_WAY_BACK = "no-way-back"
    """A step that sends the reader elsewhere, with steps here that wait."""
    RESULT_UNTRUE = "result-untrue"
    """A result that stands where its reader is not, or before the last step."""
    BRANCH_OPEN = "branch-open"
    """A question without a word for the other answer."""
    BRANCH_FLAT = "branch-flat"
    """Steps after each other of which a reader does one."""
    BRANCH_LATE = "branch-late"
    """A warning that asks, behind the acts that it is about."""
    DEVICE_UNKNOWN = "device-unknown"
    """A step at a screen that does not say at which."""
    DEVICE_IMPOSSIBLE = "device-impossible"
    """A code, which a phone scans, to a page that steps open on a computer."""
    COUNT_WRONG = "count-wrong"
    """A number of steps that nobody does."""
    NAME_TYPED = "name-typed"
    """The name of a handout, typed."""


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
    | Divider
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


# ---- fonts ------------------------------------------------------------------------------------


BUNDLED_FAMILIES = ("Atkinson Hyperlegible", "IBM Plex Sans", "IBM Plex Sans Arabic", "Lexend")
"""Every font family that a style sheet or a drawing may name."""
