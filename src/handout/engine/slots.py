"""What is known of the slots of a rendering, and of the values set for them. See `engine.cutting`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A line of a value, set."""

    x_px: float
    y_px: float
    """Where its baseline begins, from the upper left corner of what it stands on."""
    type: bytes
    """The operators that choose the font and show the letters (ISO 32000-1 §9.3.1 and §9.4.3)."""


@dataclass(frozen=True)
class Slot:
    """A slot with a value in it, as the pages of a piece show it; one may stand there more than once."""

    name: str
    page_index: int
    part_index: int
    """Which of the streams of its page holds its text, and nothing else."""
    marks: tuple[int, ...]
    """The numbers of its lines among the tagged content of the page; none where no reader hears it."""
    opening: bytes
    """What opens a line that no reader hears; empty where the lines have tags."""
    ink: bytes
    """The operators that choose the colour."""
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Value:
    """The value of a slot, to be set on the page behind the piece."""

    slot: str
    html: str
    """The slot with the value in it, as `composing.slots` writes it."""
