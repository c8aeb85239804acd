"""What is known of the slots of a rendering, and of the values set for them. See `paper.engine.cutter`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

SLOT_ATTRIBUTE = "data-slot"
"""Names the slot that an element is."""
QR_SLOT = "qr"
ADDRESS_SLOT = "qr-address"
"""The code and the address beside it: they may lead to another place for each school."""


@dataclass(frozen=True)
class SetLine:
    """A line of a value, set."""

    x_px: float
    y_px: float
    """Where its baseline begins, from the upper left corner of what it stands on."""
    type: bytes
    """The operators that choose the font and show the letters (ISO 32000-1 §9.3.1 and §9.4.3)."""
    said: str = ""
    """What a listener hears of it, where its letters are stored in the order of the eye; else empty."""


@dataclass(frozen=True)
class DrawnPicture:
    """What draws a picture, where the origin is its upper left corner."""

    operators: bytes
    names: tuple[str, ...]
    """Those of the drawings and rasters that it needs and that the piece itself does not (XObjects)."""


@dataclass(frozen=True)
class SetPicture:
    """A picture, set."""

    x_px: float
    y_px: float
    """Where its upper left corner is, from the upper left corner of what it stands on."""
    picture: int
    """Which of the pictures of the values it is; -1 for the one that the piece itself shows."""
    outline: str
    """A sum of what draws it, but for colours: a page leaves out those that it has chosen already."""
    alt: str = ""
    """What a reader hears of it; empty for decoration."""
    url: str = ""
    """Where it leads, if it is a code that leads to another place for each school."""


Set: TypeAlias = tuple[SetLine, ...] | SetPicture
"""What stands in a slot."""


@dataclass(frozen=True)
class FilledSlot:
    """A slot with a value in it, as the pages of a piece show it; one may stand there more than once."""

    name: str
    page_index: int
    part_index: int
    """Which of the streams of its page holds its text, and nothing else. Of a picture it holds where that
    stands; the next one draws it there.
    """
    marks: tuple[int, ...]
    """The numbers of its lines, or of its picture, in the tagged content of the page; none where no reader
    hears it."""
    opening: bytes
    """What opens its picture, or a line that no reader hears; empty where lines have tags."""
    ink: bytes
    """The operators that choose the colour."""
    content: Set


@dataclass(frozen=True)
class Value:
    """The value of a slot, to be set on the page behind the piece."""

    slot: str
    html: str
    """The slot with the value in it, as `paper.compose.slots` writes it."""
