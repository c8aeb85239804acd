"""The texts of a project as they were written: procedures, fragments, handouts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from handout.model.findings import Place
from handout.model.text import Block


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
    needs: tuple[str, ...] = ()
    """What the reader must have before it, beside a device, in the project's own names: `sms`, `pass`."""
    gives: tuple[str, ...] = ()
    """What the reader has after it."""
    without_sheet: Mapping[str, str] = field(default_factory=dict)
    """Why an audience has no sheet that shows it, `no-sheet@students:`."""
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
    needs: tuple[str, ...] = ()
    """What the reader takes in hand, in words, beside the other sheets, which the program names itself."""
    leads_to: tuple[str, ...] = ()
    """On a wayfinding sheet: the handouts that it leads to, in order."""
    qr: str | None = None
    """The name of the link that the QR code leads to."""
    has_status: bool = True
    """False: it goes without the small code of [status]."""
    languages: tuple[str, ...] = ()
    """In which it is printed, as written; empty: in that of its texts alone."""
    bilingual: tuple[str, ...] = ()
    """Which languages stand beside that of its texts, on a sheet of their own each."""
    readings: tuple[str, ...] = ()
    """For which ways of reading it is laid out; empty: for that of most people alone."""
    page_budget: int | None = None
    """Where the format does not fix it."""
    version: str | None = None
    """As the editors count them, "1.0"."""
    valid_until: date | None = None
    dated: Dated = Dated()
