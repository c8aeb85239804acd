"""What can be laid over a page to look at it: where the paper is folded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handout.model.document import SheetKind
from handout.paper.impose import unfold_mini, unfold_trifold
from handout.project.settings import Format


@dataclass(frozen=True)
class Line:
    """A line on a page, in millimetres from the upper left corner of the paper."""

    left_mm: float
    top_mm: float
    right_mm: float
    bottom_mm: float


def folds(
    format_: Format, page_index: int, width_mm: float, height_mm: float, page_count: int
) -> tuple[Line, ...]:
    """Return where the paper is folded along or across a page of *width_mm* by *height_mm*.

    The pages of a folder are its panels: they are folded at their sides, where the next one joins.
    """
    left, right = Line(0, 0, 0, height_mm), Line(width_mm, 0, width_mm, height_mm)
    if format_.faces == 2:
        return (Line(0, height_mm / 2, width_mm, height_mm / 2),)
    if SheetKind.TRIFOLD in format_.sheets and page_count == 6:
        _, at = _position(unfold_trifold(range(6)), page_index)
        return (*[left][: at > 0], *[right][: at < 2])
    if SheetKind.MINI in format_.sheets and page_count == 8:
        row, at = _position(unfold_mini(range(8)), page_index)
        # The upper row stands on its head; the two panels in the middle are cut along theirs.
        before, after = (left, right) if row else (right, left)
        head = Line(0, 0, width_mm, 0)
        return (*[before][: at > 0], *[after][: at < 3], *[head][: at in (0, 3)])
    if SheetKind.BOOKLET in format_.sheets:
        return (left,) if page_index % 2 == 0 else (right,)
    return ()


def _position(rows: Iterable[Sequence[int]], page_index: int) -> tuple[int, int]:
    """Return in which of *rows*, from the top, and at which place in it stands *page_index*."""
    return next((row, panels.index(page_index)) for row, panels in enumerate(rows) if page_index in panels)
