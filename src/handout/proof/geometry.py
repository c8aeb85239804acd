"""Rectangles and matrices of a page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from handout.model.messages import Message, say
from handout.model.units import pt_to_mm

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
"""As PDF writes it: a b c d e f (ISO 32000-1 §8.3.3)."""
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


def multiplied(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that does *first* and after it *then*."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def scale_of(matrix: Matrix) -> float:
    """Return how much larger *matrix* makes a length, the mean of both directions."""
    a, b, c, d, _, _ = matrix
    return math.sqrt(abs(a * d - b * c))


@dataclass(frozen=True)
class Box:
    """An upright rectangle on a page, in points from the lower left corner of its paper."""

    left: float
    low: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.low

    @property
    def centre(self) -> Box:
        """The point in its middle."""
        across, up = (self.left + self.right) / 2, (self.low + self.top) / 2
        return Box(across, up, across, up)

    def meets(self, other: Box) -> bool:
        """Tell whether the two have a point in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.low < other.top
            and other.low < self.top
        )

    def shared(self, other: Box) -> Box:
        """Return what both cover; empty where they do not meet."""
        return Box(
            max(self.left, other.left),
            max(self.low, other.low),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    def distance(self, other: Box) -> float:
        """Return how far *other* is away, from edge to edge; 0 where they meet."""
        across = max(self.left - other.right, other.left - self.right, 0.0)
        up = max(self.low - other.top, other.low - self.top, 0.0)
        return math.hypot(across, up)

    def grown(self, by: float) -> Box:
        return Box(self.left - by, self.low - by, self.right + by, self.top + by)

    def below(self, by: float) -> Box:
        """Return the same with its lower side *by* lower."""
        return Box(self.left, self.low - by, self.right, self.top)

    def excess(self, inner: Box) -> float:
        """Return how far *inner* sticks out of this box at its worst side; below 0 where it stays inside."""
        return max(
            self.left - inner.left, self.low - inner.low, inner.right - self.right, inner.top - self.top
        )


def bounds(points: Iterable[tuple[float, float]]) -> Box:
    """Return the least box that holds *points*."""
    across, up = zip(*points, strict=True)
    return Box(min(across), min(up), max(across), max(up))


def placed(box: Box, matrix: Matrix) -> Box:
    """Return the least upright box around *box* as *matrix* draws it."""
    a, b, c, d, e, f = matrix
    # Of each corner what its two sides add: a turned box needs all four.
    across = (a * box.left, a * box.right), (c * box.low, c * box.top)
    up = (b * box.left, b * box.right), (d * box.low, d * box.top)
    return Box(
        min(across[0]) + min(across[1]) + e,
        min(up[0]) + min(up[1]) + f,
        max(across[0]) + max(across[1]) + e,
        max(up[0]) + max(up[1]) + f,
    )


def position(page: int, box: Box, page_height: float) -> Message:
    """Return where *box* stands, in words: the page counted from 1, and millimetres from its upper left."""
    across, down = pt_to_mm(box.left), pt_to_mm(page_height - box.top)
    return say(
        "on page {page}, {across_mm:.0f} mm from the left and {down_mm:.0f} mm from the top",
        page=page + 1,
        across_mm=across,
        down_mm=down,
    )


@dataclass(frozen=True)
class Spot:
    """A place on a paper that a finding speaks of."""

    page: int
    """Counted from 1."""
    across_mm: float
    down_mm: float
    """From the upper left corner."""


_POSITION = re.compile(r"on page (\d+), (-?\d+) mm from the left and (-?\d+) mm from the top")
_PAGE = re.compile(r"\bpage (\d+)\b")


def spot_in(words: str) -> Spot | None:
    """Return the place that `position` wrote into *words*, the corner of a page named alone, or None."""
    if found := _POSITION.search(words):
        return Spot(int(found[1]), float(found[2]), float(found[3]))
    if found := _PAGE.search(words):
        return Spot(int(found[1]), 0.0, 0.0)
    return None
