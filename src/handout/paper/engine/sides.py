"""How full the pages of a layout are, read from the boxes that stand below each other.

Where a template lets a sheet be balanced, `data-spread` on <body>, it marks the gaps that may grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from xml.etree.ElementTree import Element

from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

from handout.model.units import px_to_mm
from handout.paper.engine.boxes import LayoutBox
from handout.paper.engine.layout import Layout
from handout.paper.engine.slots import SLOT_ATTRIBUTE

SPREAD, TURN, BEFORE, AFTER, WITHIN, FOOT = (
    "data-spread",
    "data-turn",
    "data-air-before",
    "data-air-after",
    "data-air-within",
    "data-foot",
)


@dataclass(frozen=True)
class Side:
    """A page: how high its text area is, and how much of it is used."""

    height_mm: float
    used_mm: float


def is_spread(root: Element) -> bool:
    """Tell whether what is left of the pages of *root* is spread over its gaps."""
    body = root.find("body")
    return body is not None and body.get(SPREAD) is not None


def sides_of(layout: Layout) -> tuple[Side, ...]:
    """Return the pages of *layout*."""
    return tuple(
        Side(px_to_mm(page_box.height), px_to_mm(_lowest_px(page_box, continued) - page_box.content_box_y()))
        for page_box, continued in zip(layout.page_boxes, _continued(layout), strict=True)
    )


def flow(box: LayoutBox) -> Iterator[LayoutBox]:
    """Yield the boxes inside *box* that stand below each other, in the flow of the text."""
    if is_whole(box):
        return
    for child in getattr(box, "children", ()):
        placed = isinstance(child, AbsolutePlaceholder | boxes.MarginBox) or child.style["float"] != "none"
        if not placed and child.style["position"] not in ("absolute", "fixed"):
            yield child


def is_whole(box: LayoutBox) -> bool:
    """Tell whether *box* counts as one: a step, a slot, or what holds lines, columns or cells.

    A line in the letters of another font may hang out of its slot, and no value may move anything.
    """
    if isinstance(box, boxes.PageBox):
        return False
    is_block = isinstance(box, boxes.BlockBox) and not box.is_table_wrapper
    has_columns = box.style["column_count"] != "auto" or box.style["column_width"] != "auto"
    is_one = isinstance(box.element, Element) and bool(box.element.attrib.keys() & {AFTER, SLOT_ATTRIBUTE})
    return not is_block or has_columns or is_one


def _continued(layout: Layout) -> Iterator[frozenset[Element]]:
    """Yield for each page the elements that go on overleaf: the engine lets their boxes reach to its foot."""
    for following in layout.page_boxes[1:]:
        yield frozenset(box.element for box in following.descendants() if isinstance(box.element, Element))
    yield frozenset()


def _lowest_px(box: LayoutBox, continued: frozenset[Element]) -> float:
    """Return how far down *box* is filled: by itself, or by the lowest of what is in it."""
    # of a step only the gap below it goes on, where its words end at the foot
    goes_on = isinstance(box, boxes.BlockBox) and box.element in continued and not is_whole(box)
    own_px = -inf if goes_on or isinstance(box, boxes.PageBox) else box.border_box_y() + box.border_height()
    return max([own_px, *(_lowest_px(child, continued) for child in flow(box))])
