"""Guess at which scales a text fits on its pages, from the layouts of it that were made already.

What the engine keeps together is a chunk, and chunks fill pages from the top. How high one is at another
scale lies between its heights at two scales, or is guessed from how a text shrinks as a rule. A guess only
says which layout is made next: whether the text fits, the layout tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

from weasyprint.formatting_structure import boxes

from handout.model.units import px_to_mm
from handout.paper.engine.boxes import LayoutBox
from handout.paper.engine.layout import Layout
from handout.paper.engine.sides import flow

SHRINKS = 1.0
"""By how many percent a chunk gets lower with one percent less of scale: its drawings do not."""
AVOID = frozenset({"avoid", "avoid-page"})


@dataclass(frozen=True)
class Chunk:
    """What stands together on a page."""

    element: Element
    height_mm: float
    gap_mm: float
    """Between it and what stands above it."""
    is_tied: bool
    """Whether what stands above it should be on the same page."""
    begins_page: bool
    """Whether it is the first on its page by order of the stylesheet."""


def pages_at(scale: float, layouts: Sequence[Layout]) -> int:
    """Return how many pages a text will seem to take at *scale*.

    *layouts* are of that text, at other scales and one density; at least one.
    """
    nearest = sorted(layouts, key=lambda layout: abs(layout.setting.scale - scale))
    base = nearest[0]
    others = {chunk.element: chunk.height_mm for layout in nearest[1:2] for chunk in chunks_of(layout)}
    grows = 1 + SHRINKS * (scale / base.setting.scale - 1)
    part = _part(scale, base, nearest[1]) if others else 0.0
    return _filled(
        [_scaled(chunk, grows, part, others) for chunk in chunks_of(base)],
        [px_to_mm(page_box.height) for page_box in base.page_boxes],
    )


def _part(scale: float, base: Layout, other: Layout) -> float:
    """Return where *scale* lies on the way from *base*, 0, to *other*, 1; beyond them where it is outside."""
    return (scale - base.setting.scale) / (other.setting.scale - base.setting.scale)


def _scaled(chunk: Chunk, grows: float, part: float, others: Mapping[Element, float]) -> Chunk:
    """Return *chunk* as it will be, *part* of the way to its height among *others*; else times *grows*."""
    other_mm = others.get(chunk.element)
    height_mm = (
        chunk.height_mm * grows if other_mm is None else chunk.height_mm + part * (other_mm - chunk.height_mm)
    )
    return replace(chunk, height_mm=height_mm, gap_mm=chunk.gap_mm * grows)


def _filled(chunks: Sequence[Chunk], heights_mm: Sequence[float]) -> int:
    """Return how many pages *chunks* fill; pages beyond those of *heights_mm* are as high as the last one."""
    pages, used_mm = 1, 0.0
    for tied in _runs(chunks):
        first = tied[0]
        own_mm = first.height_mm + sum(chunk.gap_mm + chunk.height_mm for chunk in tied[1:])
        room_mm = heights_mm[min(pages, len(heights_mm)) - 1] - used_mm
        if used_mm and (first.begins_page or first.gap_mm + own_mm > room_mm):
            pages, used_mm = pages + 1, own_mm
        else:
            used_mm += first.gap_mm + own_mm
    return pages


def _runs(chunks: Sequence[Chunk]) -> Iterator[Sequence[Chunk]]:
    """Yield *chunks* in groups that go on a page together."""
    starts = [index for index, chunk in enumerate(chunks) if index == 0 or not chunk.is_tied]
    for start, end in pairwise([*starts, len(chunks)]):
        yield chunks[start:end]


# ---- what the engine laid out -----------------------------------------------------------------


def chunks_of(layout: Layout) -> tuple[Chunk, ...]:
    """Return the chunks of *layout*, in the order of the text."""
    chunks: list[Chunk] = []
    begun: set[Element] = set()
    below_px = 0.0
    for page_box in layout.page_boxes:
        whole = list(_whole(page_box, ()))
        found = list(_on_page(page_box, whole, begun, below_px))
        if (
            chunks and found and chunks[-1].element is found[0].element
        ):  # too high for what was left of a page
            rest = found.pop(0)  # it was too high for what was left of a page
            chunks[-1] = replace(chunks[-1], height_mm=chunks[-1].height_mm + rest.height_mm)
        chunks += found
        begun.update(box.element for box in page_box.descendants() if isinstance(box.element, Element))
        below_px = _margin_px(whole[-1][0].style["margin_bottom"]) if whole else 0.0
    return tuple(chunks)


Whole: TypeAlias = tuple[LayoutBox, tuple[LayoutBox, ...]]
"""A box in which no page ends, and the boxes around it that begin there, with itself."""


def _on_page(
    page_box: LayoutBox, whole: Iterable[Whole], begun: Set[Element], below_px: float
) -> Iterator[Chunk]:
    """Yield the chunks *whole* of a page, where the elements *begun* go on that began before it.

    *below_px* is the margin below what stands above them.
    """
    above_px, is_tied = page_box.content_box_y(), False
    for index, (box, with_it) in enumerate(whole):
        styles = [one.style for one in with_it if one.element not in begun]
        margins_px = (_margin_px(style["margin_top"]) for style in styles)
        # The engine takes the margins away where a page begins.
        gap_px = box.border_box_y() - above_px if index else max(below_px, *margins_px, 0.0)
        before = {style["break_before"] for style in styles}
        yield Chunk(
            box.element,
            px_to_mm(box.border_height()),
            px_to_mm(gap_px),
            is_tied or bool(before & AVOID),
            not index and bool(before - AVOID - {"auto"}),
        )
        above_px = box.border_box_y() + box.border_height()
        is_tied = any(one.style["break_after"] in AVOID for one in with_it)


def _whole(box: LayoutBox, begun: tuple[LayoutBox, ...]) -> Iterator[Whole]:
    """Yield the boxes in *box* in which no page ends. A paragraph is one: few have lines for two pages."""
    for index, child in enumerate(flow(box)):
        beginning = (*begun, child) if index == 0 else (child,)
        has_blocks = any(isinstance(inner, boxes.BlockLevelBox) for inner in flow(child))
        if has_blocks and child.style["break_inside"] not in AVOID:
            yield from _whole(child, beginning)
        else:
            yield child, beginning


def _margin_px(margin: Any) -> float:
    return margin.value if getattr(margin, "unit", None) == "px" else 0.0
