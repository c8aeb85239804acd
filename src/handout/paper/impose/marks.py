"""Marks for whoever cuts, folds or glues: ticks, guides, letters and scissors, made of strokes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from handout.paper.impose.paper import NOTE_LINE_MM, NOTE_MARGIN_MM, Rectangle, Stroke

UNPRINTABLE_MM = 4.5
"""Office printers leave 1/6 inch (4.2 mm) white at each edge: a mark closer to it never comes on paper."""
TICK_MM = 3.0
"""Length of a fold tick. It ends at 7.5 mm, where the outer 8 mm of every page are kept empty."""
MARK_GAP_MM = 1.0
"""A crop mark stops before the trim, so that a cut that is a little off leaves none of it on the card."""
MARK_MM = 4.0


SHOP_MARKS_MM = (5.0, 10.0)
"""From where to where a print shop's crop marks stand, from the trim: clear of the bleed."""


def ticks_across(x_mm: float, height_mm: float) -> tuple[Stroke, Stroke]:
    """Return the ticks of the upright line at *x_mm*, at the lower and the upper edge of the paper."""
    first, last = UNPRINTABLE_MM, UNPRINTABLE_MM + TICK_MM
    low = Stroke(((x_mm, first), (x_mm, last)))
    return low, Stroke(((x_mm, height_mm - first), (x_mm, height_mm - last)))


def ticks_along(y_mm: float, width_mm: float) -> tuple[Stroke, Stroke]:
    """Return the ticks of the level line at *y_mm*, at the left and the right edge of the paper."""
    first, last = UNPRINTABLE_MM, UNPRINTABLE_MM + TICK_MM
    left = Stroke(((first, y_mm), (last, y_mm)))
    return left, Stroke(((width_mm - first, y_mm), (width_mm - last, y_mm)))


def note_room(left_mm: float, right_mm: float, top_mm: float, height_mm: float) -> Rectangle | None:
    """Return the room for a line above *top_mm*, a cut, on paper of *height_mm*; None: there is none."""
    if round(height_mm - top_mm, 6) < NOTE_MARGIN_MM:
        return None
    low_mm = height_mm - UNPRINTABLE_MM - NOTE_LINE_MM
    return Rectangle(left_mm, low_mm, right_mm - left_mm, NOTE_LINE_MM)


def crop_marks(places: Sequence[Rectangle]) -> tuple[Stroke, ...]:
    """Return the marks around the block that *places* make, in line with every edge in it."""
    left, right = min(box.x_mm for box in places), max(box.right_mm for box in places)
    low, top = min(box.y_mm for box in places), max(box.top_mm for box in places)
    first, last = MARK_GAP_MM, MARK_GAP_MM + MARK_MM
    strokes = [
        Stroke(((x_mm, edge + way * first), (x_mm, edge + way * last)))
        for x_mm in _distinct(side for box in places for side in (box.x_mm, box.right_mm))
        for edge, way in ((low, -1), (top, 1))
    ]
    strokes += [
        Stroke(((edge + way * first, y_mm), (edge + way * last, y_mm)))
        for y_mm in _distinct(side for box in places for side in (box.y_mm, box.top_mm))
        for edge, way in ((left, -1), (right, 1))
    ]
    return tuple(strokes)


def _distinct(lengths_mm: Iterable[float]) -> list[float]:
    """Return *lengths_mm* sorted, those that differ by no more than a rounding error once."""
    return sorted({round(length, 6) for length in lengths_mm})


def corner_marks(trim: Rectangle) -> Iterator[Stroke]:
    """Yield two crop marks at each corner of *trim*, clear of the bleed."""
    first, last = SHOP_MARKS_MM
    middle_x, middle_y = trim.x_mm + trim.width_mm / 2, trim.y_mm + trim.height_mm / 2
    for x_mm, y_mm in trim.corners:
        across, up = math.copysign(1, x_mm - middle_x), math.copysign(1, y_mm - middle_y)
        yield Stroke(((x_mm + across * first, y_mm), (x_mm + across * last, y_mm)))
        yield Stroke(((x_mm, y_mm + up * first), (x_mm, y_mm + up * last)))


def fold_marks(
    trim: Rectangle, folds_mm: Iterable[float], span_mm: tuple[float, float] = SHOP_MARKS_MM
) -> Iterator[Stroke]:
    """Yield dashed marks above and below *trim* where it is folded, *folds_mm* from its left.

    They run from the first of *span_mm* to the second, counted from its edge.
    """
    first, last = span_mm
    for x_mm in (trim.x_mm + fold for fold in folds_mm):
        yield Stroke(((x_mm, trim.y_mm - first), (x_mm, trim.y_mm - last)), dashed=True)
        yield Stroke(((x_mm, trim.top_mm + first), (x_mm, trim.top_mm + last)), dashed=True)


def cut_guides(window: Rectangle) -> Iterator[Stroke]:
    """Yield the four dashed edges of *window*, just outside it, so that a cut leaves none on the poster."""
    corners = window.grown(0.1).corners
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        yield Stroke((start, end), dashed=True)


_GLYPHS: Mapping[str, str] = MappingProxyType(
    {
        "A": "00 26 40|13 33",
        "B": "00 06 36 45 44 33 03|33 42 41 30 00",
        "C": "45 36 16 05 01 10 30 41",
        "D": "00 06 26 44 42 20 00",
        "E": "40 00 06 46|03 33",
        "F": "00 06 46|03 33",
        "G": "45 36 16 05 01 10 30 41 43 23",
        "H": "00 06|40 46|03 43",
        "I": "20 26|10 30|16 36",
        "1": "14 26 20|10 30",
        "2": "05 16 36 45 44 00 40",
        "3": "05 16 36 45 44 33 13|33 42 41 30 10 01",
        "4": "30 36 02 42",
        "5": "46 06 03 33 42 41 30 10 01",
        "6": "45 36 16 05 01 10 30 41 42 33 03",
        "7": "06 46 10",
        "8": "13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33",
        "9": "01 10 30 41 45 36 16 05 04 13 43",
    }
)
"""Column and row of each corner, on a grid of 4 by 6. So a sheet needs no font for the name of a tile."""
_GLYPH_ROWS = 6
_GLYPH_PITCH = 6
"""Columns from one character to the next."""


def length_mm(text: str, height_mm: float) -> float:
    """Return how wide *text* is in letters of *height_mm*."""
    return (len(text) * _GLYPH_PITCH - 2) * height_mm / _GLYPH_ROWS


def written(text: str, x_mm: float, y_mm: float, height_mm: float, width_pt: float) -> Iterator[Stroke]:
    """Yield the strokes of *text*, from the lower left corner of its first character."""
    unit_mm = height_mm / _GLYPH_ROWS
    for place, character in enumerate(text):
        for line in _GLYPHS[character].split("|"):
            corners = (
                (place * _GLYPH_PITCH + int(column), int(row)) for column, row in map(tuple, line.split())
            )
            points = tuple((x_mm + across * unit_mm, y_mm + up * unit_mm) for across, up in corners)
            yield Stroke(points, width_pt=width_pt)


def scissors(x_mm: float, y_mm: float) -> Iterator[Stroke]:
    """Yield scissors that are about to cut to the right, from (*x_mm*, *y_mm*) on."""
    for side in (-1, 1):
        blade = ((x_mm - 3.9, y_mm + side * 0.6), (x_mm - 0.4, y_mm - side * 0.9))
        yield Stroke(blade, width_pt=0.7)
        turns = (math.tau * turn / 12 for turn in range(13))
        ring = ((x_mm - 4.6 + 0.9 * math.cos(t), y_mm + side * 1.05 + 0.8 * math.sin(t)) for t in turns)
        yield Stroke(tuple(ring), width_pt=0.7)
