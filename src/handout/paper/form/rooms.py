"""Where on a page a field stands, and in which type. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from handout.model.colours import Colour
from handout.model.files import OpenSlot
from handout.model.units import mm_to_pt
from handout.proof.content import Drawn, TextRun
from handout.proof.geometry import Box

NAME = "name"
"""The slot in which the organisation stands until a school is named."""
LINE_EM = 1.35
"""How high a field is for its type: viewers fill two thirds to three quarters of one that is set to fit."""
DROP_EM = 0.325
"""From the lower side of such a field to the baseline, in its type: viewers put a line in the middle."""
GAP_PT = 4.0
"""From the printed word to the field; viewers leave 2 pt inside."""
GAP_EM = 0.15
LETTER_EM = 0.52
"""The width of a letter of a name, on average, in the bold faces."""
FULL_LINES = 0.8
"""How full lines are that break between words."""
LEAST_SHARE = 0.75
"""How small type may become while somebody types, against the smallest of a value that we set ourselves."""
THICKEST_LINE_PT = 3.0


@dataclass(frozen=True)
class Room:
    """A field as it stands on a page of the piece."""

    slot: OpenSlot
    box: Box
    """In points from the lower left corner of the page."""
    size_pt: float
    """The type of one line in it."""
    most_letters: int
    is_turned: bool
    """True: it stands upside down, as the far face of a tent does."""
    has_lines: bool
    """True: more than one line can be typed."""
    colour: Colour
    value: str = ""
    """What stands there until something is typed."""


def rooms(slots: Iterable[OpenSlot], pages: Sequence[Drawn], boxes: Sequence[Box]) -> tuple[Room, ...]:
    """Return the fields for *slots* of a piece that draws *pages*, whose trim boxes are *boxes*.

    A slot has none that has no room for a letter, or a text that stands neither upright nor upside down.
    """
    found = (_room(slot, pages[slot.page_index], boxes[slot.page_index]) for slot in slots)
    return tuple(room for room in found if room is not None and room.most_letters > 0)


def slot_box(slot: OpenSlot, page: Box) -> Box:
    """Return where *slot* stands, in points, on a page whose trim box is *page*."""
    left, top = page.left + mm_to_pt(slot.left_mm), page.top - mm_to_pt(slot.top_mm)
    return Box(left, top - mm_to_pt(slot.height_mm), left + mm_to_pt(slot.width_mm), top)


def runs_in(runs: Iterable[TextRun], box: Box) -> tuple[TextRun, ...]:
    """Return those of *runs* that stand in *box*."""
    return tuple(run for run in runs if run.text.strip() and box.meets(run.box.centre.grown(0.1)))


def _room(slot: OpenSlot, page: Drawn, edge: Box) -> Room | None:
    box = slot_box(slot, edge)
    printed = runs_in(page.runs, box)
    if any(run.matrix[1] or run.matrix[2] or run.forms for run in printed):
        return None
    is_turned = any(run.matrix[0] < 0 for run in printed)
    colour = printed[0].colour if printed else (0.0, 0.0, 0.0)
    if slot.field == NAME:
        return _whole(slot, box, is_turned, colour, "\n".join(_lines(printed, is_turned)))
    # From here on as the reader holds the paper.
    upright = _upright(box, is_turned)
    words = [_upright(run.box, is_turned) for run in printed]
    sizes = [run.size_pt for run in printed]
    floor = max((line.top for line in _lines_under(page, box, is_turned)), default=upright.low)
    found = _beside(slot, replace(upright, low=floor), words, sizes)
    if found is None:
        return None
    place, size_pt = found
    least_pt = LEAST_SHARE * slot.smallest_pt
    letters = math.floor((place.width - GAP_PT) / (least_pt * LETTER_EM))
    return Room(slot, _upright(place, is_turned), size_pt, letters, is_turned, False, colour)


def _whole(slot: OpenSlot, box: Box, is_turned: bool, colour: Colour, value: str) -> Room:
    """Return a field that fills the *box* of its slot."""
    size_pt = min(slot.size_pt, box.height / slot.lines / 1.2)
    in_lines = math.floor((box.width - GAP_PT) / (size_pt * LETTER_EM)) * slot.lines
    letters = in_lines if slot.lines == 1 else math.floor(in_lines * FULL_LINES)
    return Room(slot, box, size_pt, max(letters, len(value)), is_turned, slot.lines > 1, colour, value)


def _beside(
    slot: OpenSlot, room: Box, words: Sequence[Box], sizes: Sequence[float]
) -> tuple[Box, float] | None:
    """Return a box in *room*, which holds printed *words*, and the size of its type; None: there is none.

    It stands behind the words, on their line; where a short value would be too small there, above them.
    """
    if not words:
        size_pt = min(slot.size_pt, room.height / LINE_EM)
        return replace(room, top=room.low + size_pt * LINE_EM), size_pt
    left, right = min(word.left for word in words), max(word.right for word in words)
    base, top = min(word.low for word in words), max(word.top for word in words)
    is_before = left - room.left > room.right - right
    gap_pt = max(GAP_PT, GAP_EM * max(sizes))
    beside = replace(room, right=left - gap_pt) if is_before else replace(room, left=right + gap_pt)
    if beside.width - GAP_PT >= SHORT_VALUE * LETTER_EM * slot.smallest_pt:
        aligned_pt = max((base - room.low) / DROP_EM, max(sizes))
        size_pt = min(slot.size_pt, aligned_pt, room.height / LINE_EM)
        low = max(room.low, base - DROP_EM * size_pt)
        return replace(beside, low=low, top=min(room.top, low + LINE_EM * size_pt)), size_pt
    above = replace(room, low=top + GAP_PT / 2)
    size_pt = min(slot.size_pt, above.height / LINE_EM)
    return (above, size_pt) if size_pt >= LEAST_SHARE * slot.smallest_pt else None


SHORT_VALUE = 8
"""Letters that a field must hold in the smallest type of its slot: a room, or half a telephone number."""


def _upright(box: Box, is_turned: bool) -> Box:
    """Return *box* as it is when the paper is turned round, where it *is_turned*; and back."""
    return Box(-box.right, -box.top, -box.left, -box.low) if is_turned else box


def _lines_under(page: Drawn, box: Box, is_turned: bool) -> Iterable[Box]:
    """Yield the lines to write on that *page* draws in *box*, as the reader holds the paper."""
    for shape in page.shapes:
        is_line = shape.box.height <= THICKEST_LINE_PT and shape.box.width > box.width / 2
        if is_line and box.grown(1).meets(shape.box.centre.grown(0.1)):
            line, around = _upright(shape.box, is_turned), _upright(box, is_turned)
            if line.top < (around.low + around.top) / 2:
                yield line


def _lines(runs: Iterable[TextRun], is_turned: bool) -> list[str]:
    """Return what *runs* say, line by line from the top."""
    lines: dict[float, list[tuple[float, str]]] = {}
    for run in runs:
        box = _upright(run.box, is_turned)
        lines.setdefault(-round(box.low, 1), []).append((box.left, run.text))
    return [" ".join(text.strip() for _, text in sorted(lines[line])) for line in sorted(lines)]
