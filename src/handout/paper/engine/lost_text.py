"""Text that a reader would miss: what sticks out of its box or page, and what no page holds.

WeasyPrint drops, without a word, what a flex, grid, float or absolute box pushes past the end of a page, and
draws what is too wide over its neighbours. Both show in its boxes, which this module reads and never changes.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

from handout.paper.engine.boxes import LayoutBox
from handout.paper.engine.places import tag_of

TOLERANCE_PX = 0.5
"""What sticks out less is rounding."""
MARGIN_TOLERANCE_PX = 4.0
"""About a millimetre: large titles hang a little into the margin, so that they look level."""

CAPITAL_HEIGHT_EM = 0.70
"""How high letters reach above the baseline; measured on Lexend (.70) and Atkinson Hyperlegible (.67)."""


class Limit(StrEnum):
    """What text sticks out of."""

    PAGE = "page"
    """The paper: the words are not printed."""
    MARGIN = "margin"
    """The part of the page that is meant for text."""
    CLIPPED = "clipped"
    """A box that hides what does not fit: the words are not printed."""
    BOX = "box"
    """A box of a fixed size: the words stand on top of something else."""
    COLUMN = "column"
    """A line that is too wide for its column."""


@dataclass(frozen=True)
class Area:
    """A rectangle on a page, in CSS pixels from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def excess_px(self, inner: Area) -> tuple[float, str]:
        """Return how far *inner* sticks out, and over which side: the worst one."""
        return max(
            (inner.bottom - self.bottom, "bottom"),
            (inner.right - self.right, "right"),
            (self.left - inner.left, "left"),
            (self.top - inner.top, "top"),
        )


@dataclass(frozen=True)
class Bounds:
    """An area that text should stay in."""

    limit: Limit
    area: Area
    owner: Element | None
    """The element whose box it is; None for the page."""

    @property
    def tolerance_px(self) -> float:
        return MARGIN_TOLERANCE_PX if self.limit is Limit.MARGIN else TOLERANCE_PX


@dataclass(frozen=True)
class InkPiece:
    """A piece of text, or a picture, where it stands on the page."""

    element: Element | None
    """None in the margin of the page."""
    text: str
    """Empty for a picture."""
    families: tuple[str, ...]
    """The fonts that the style sheet asks for; empty for a picture."""
    area: Area
    bounds: tuple[Bounds, ...]
    """Outermost first."""


@dataclass(frozen=True)
class Overflow:
    """A piece of text or a picture that does not fit."""

    page_number: int
    limit: Limit
    owner: Element | None
    element: Element | None
    text: str
    side: str
    excess_px: float


@dataclass(frozen=True)
class LostText:
    """An element whose own words stand on no page, or not all of them."""

    element: Element
    text: str


# ---- what sticks out --------------------------------------------------------------------------


def overflows(page_boxes: Iterable[LayoutBox]) -> tuple[Overflow, ...]:
    """Return what sticks out, once for each box and element that it concerns: the worst piece.

    Blind to what is painted only: borders, backgrounds and the insides of drawings; but the least height of a
    list item, that of the badge in it, counts as ink.
    """
    worst: dict[tuple[int, Limit, Element | None, Element | None], Overflow] = {}
    for page_number, page_box in enumerate(page_boxes, 1):
        for ink in page_inks(page_box):
            overflow = _overflow(ink, page_number)
            if overflow is not None:
                key = (page_number, overflow.limit, overflow.owner, overflow.element)
                worst[key] = max(worst.get(key, overflow), overflow, key=lambda one: one.excess_px)
    return tuple(worst.values())


def _overflow(ink: InkPiece, page_number: int) -> Overflow | None:
    """Return how *ink* breaks the outermost of its bounds, or None."""
    for bounds in ink.bounds:
        excess_px, side = bounds.area.excess_px(ink.area)
        if excess_px > bounds.tolerance_px:
            return Overflow(page_number, bounds.limit, bounds.owner, ink.element, ink.text, side, excess_px)
    return None


def page_inks(page_box: LayoutBox) -> Iterator[InkPiece]:
    """Yield what stands on a page, in the order of its boxes; its margin comes last."""
    paper = Bounds(Limit.PAGE, Area(0, 0, page_box.margin_width(), page_box.margin_height()), None)
    text_area = Bounds(Limit.MARGIN, _content_area(page_box), None)
    for child in page_box.children:
        in_margin = isinstance(real_box(child), boxes.MarginBox)
        yield from _inks(child, (paper,) if in_margin else (paper, text_area))


def _inks(box: LayoutBox, bounds: tuple[Bounds, ...]) -> Iterator[InkPiece]:
    """Yield the texts and pictures inside *box*, each with what bounds it."""
    box = real_box(box)
    if isinstance(box, boxes.TextBox):
        if box.text.strip():
            yield InkPiece(
                _element(box), box.text, tuple(box.style["font_family"]), _letter_area(box), bounds
            )
    elif isinstance(box, boxes.ReplacedBox):
        yield InkPiece(_element(box), "", (), _content_area(box), bounds)
    else:
        if (least_px := _least_height_px(box)) > 0:
            top = box.border_box_y()
            badge = replace(_content_area(box), top=top, bottom=top + least_px)
            yield InkPiece(_element(box), "", (), badge, bounds)
        inner = _inner_bounds(box, bounds)
        for child in getattr(box, "children", ()):
            yield from _inks(child, inner)


def _inner_bounds(box: LayoutBox, bounds: tuple[Bounds, ...]) -> tuple[Bounds, ...]:
    """Return what bounds the children of *box*."""
    if box.style["transform"]:
        bounds = ()  # positions below are those before turning: only bounds inside the turned box hold
    if _is_placed_by_hand(box):
        bounds = tuple(bound for bound in bounds if bound.limit in (Limit.PAGE, Limit.CLIPPED))
    own = _own_bound(box)
    is_wrapper = own is not None and any(bound.owner is own.owner for bound in bounds)
    if own is None or is_wrapper:
        return bounds  # a wrapper is an anonymous box inside that of its element, without its padding
    return (*(bound for bound in bounds if bound.limit is not Limit.COLUMN), own)


def _own_bound(box: LayoutBox) -> Bounds | None:
    """Return what *box* itself sets: a box of a fixed size all its sides, another block its width."""
    if box.element is None or tag_of(box.element) in ("html", "body") or isinstance(box, boxes.MarginBox):
        return None
    if _is_fixed(box):
        limit = Limit.BOX if box.style["overflow"] == "visible" else Limit.CLIPPED
        return Bounds(limit, _padding_area(box), box.element)
    if isinstance(box, boxes.BlockContainerBox) and not _is_marker(box):
        area = replace(_padding_area(box), top=-inf, bottom=inf)
        return Bounds(Limit.COLUMN, area, box.element)
    return None


def _is_placed_by_hand(box: LayoutBox) -> bool:
    """Tell whether a designer gave the place of *box*: then it may stand outside the box around it."""
    return bool(box.style["position"] in ("absolute", "fixed"))


def _is_marker(box: LayoutBox) -> bool:
    return bool(box.element_tag.endswith("::marker"))


def _is_fixed(box: LayoutBox) -> bool:
    """Tell whether *box* cannot grow with its text. A table cell can: its height is a minimum."""
    if not isinstance(box, boxes.BlockContainerBox | boxes.FlexContainerBox | boxes.GridContainerBox):
        return False
    if isinstance(box, boxes.TableCellBox | boxes.TableCaptionBox):
        return False
    style = box.style
    return style["overflow"] != "visible" or style["height"] != "auto" or _is_finite(style["max_height"])


def _least_height_px(box: LayoutBox) -> float:
    """Return how high a list item or paragraph is at least by its style sheet, as the badge in it; else 0."""
    if not isinstance(box, boxes.BlockBox) or box.element_tag not in ("li", "p"):
        return 0.0
    least = box.style["min_height"]
    return float(least.value) if getattr(least, "unit", "") == "px" else 0.0


def _is_finite(length: Any) -> bool:
    return getattr(length, "value", length) not in (inf, "none", "auto")


def _element(box: LayoutBox) -> Element | None:
    """Return the element of *box*; the boxes in the margin of a page have none."""
    return box.element if isinstance(box.element, Element) else None


def _letter_area(box: LayoutBox) -> Area:
    """Return where the letters of a text stand: from the baseline to the height of a capital.

    The box itself is as high as the font says, often more than its line; and the tail of a g may hang out of
    a tight line.
    """
    baseline = box.position_y + box.baseline
    top = baseline - CAPITAL_HEIGHT_EM * box.style["font_size"]
    return Area(box.position_x, top, box.position_x + box.width, baseline)


def _content_area(box: LayoutBox) -> Area:
    left, top = box.content_box_x(), box.content_box_y()
    return Area(left, top, left + box.width, top + box.height)


def _padding_area(box: LayoutBox) -> Area:
    left, top = box.padding_box_x(), box.padding_box_y()
    return Area(left, top, left + box.padding_width(), top + box.padding_height())


def real_box(box: LayoutBox) -> LayoutBox:
    """Return *box*, or what its placeholder stands for."""
    return box._box if isinstance(box, AbsolutePlaceholder) else box


# ---- what is gone -----------------------------------------------------------------------------

SILENT_TAGS = frozenset({"head", "style", "script", "title", "template", "svg", "noscript"})
"""Elements whose text is never set as text."""

GENERATED = ("::before", "::after", "::marker")
"""What a style sheet adds to an element: not its own words."""


def lost_texts(
    root: Element, page_boxes: Iterable[LayoutBox], is_hidden: Callable[[Element], bool]
) -> tuple[LostText, ...]:
    """Return the elements of which letters are missing from the pages, in the order of the text.

    *is_hidden* tells whether a style sheet says `display: none`; it is asked only about what is missing.
    """
    printed: Counter[Element] = Counter()
    for page_box in page_boxes:
        _count_printed(page_box, printed)
    return tuple(_missing(root, printed, is_hidden))


def _count_printed(box: LayoutBox, printed: Counter[Element]) -> None:
    box = real_box(box)
    if isinstance(box, boxes.TextBox) and box.element is not None and not box.element_tag.endswith(GENERATED):
        printed[box.element] += _letter_count(box.text)
    for child in getattr(box, "children", ()):
        _count_printed(child, printed)


def _missing(
    element: Element, printed: Counter[Element], is_hidden: Callable[[Element], bool]
) -> Iterator[LostText]:
    if tag_of(element) in SILENT_TAGS | {""} or element.get("hidden") is not None:
        return
    own = _own_text(element)
    is_short = printed[element] < _letter_count(own)
    if is_short and is_hidden(element):
        return
    if is_short:
        yield LostText(element, own)
    for child in element:
        yield from _missing(child, printed, is_hidden)


def _own_text(element: Element) -> str:
    """Return the text that stands directly in *element*, without that of the elements in it."""
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def _letter_count(text: str) -> int:
    """Count what leaves ink: no white space, no soft hyphens, no marks of direction."""
    return sum(1 for letter in text if not letter.isspace() and unicodedata.category(letter) != "Cf")
