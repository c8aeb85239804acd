"""White that helps nobody: a page that is empty in one piece, and a hole between two steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint.formatting_structure import boxes

from handout.model.findings import Finding, Severity
from handout.model.messages import say
from handout.model.rules import Rule
from handout.model.units import px_to_mm
from handout.paper.engine.breaks import STEP_CLASS
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import Layout
from handout.paper.engine.lost_text import page_inks, real_box
from handout.paper.engine.places import excerpt, text_of

LEAST_GAP_MM = 3.0
"""Between two steps: what is less counts as this, for a gap of twice as much is still none to notice."""
COLUMN = "data-column"
"""On an element that a stylesheet may set beside others."""
MOST_TIMES = 2
"""As large as another of its size of steps on its page a gap may be."""


def too_much_air(layout: Layout, promise: PageConstraints) -> Iterator[Finding]:
    """Yield the pages of which a larger part than the format allows is one empty band."""
    for number, page_box in enumerate(layout.page_boxes, 1):
        top, bottom = emptiest_band(page_box)
        part = (bottom - top) / page_box.margin_height()
        if part > promise.most_air:
            yield Finding(
                layout.places.fallback,
                say(
                    "{part:.0%} of page {number} is empty, from {top_mm:.0f} to {bottom_mm:.0f} mm; "
                    "this format allows {most_air:.0%}",
                    part=part,
                    number=number,
                    top_mm=px_to_mm(top),
                    bottom_mm=px_to_mm(bottom),
                    most_air=promise.most_air,
                ),
                say("add what helps the reader there, or choose a smaller format"),
                Severity.WARNING,
                rule=Rule.TOO_MUCH_AIR,
            )


def column_holes(layout: Layout, promise: PageConstraints) -> Iterator[Finding]:
    """Yield the columns that stop so far above the foot of another beside them that a hole is left."""
    for number, page_box in enumerate(layout.page_boxes, 1):
        feet = _column_feet(page_box)
        for column, lowest in _lowest_beside(layout.root, feet):
            part = (lowest - feet[column]) / page_box.margin_height()
            if part > promise.most_air:
                yield Finding(
                    layout.places.of(column),
                    say(
                        "{part:.0%} of page {number} is empty below the column that ends with '{excerpt}'; "
                        "this format allows {most_air:.0%}",
                        part=part,
                        number=number,
                        excerpt=excerpt(text_of(column[-1] if len(column) else column)),
                        most_air=promise.most_air,
                    ),
                    say("give the procedures another order, so that those side by side are about as long"),
                    Severity.WARNING,
                    rule=Rule.TOO_MUCH_AIR,
                )


def _lowest_beside(root: Element, feet: Mapping[Element, float]) -> Iterator[tuple[Element, float]]:
    """Yield each column with the foot of the lowest of those that stand beside it."""
    for parent in root.iter():
        beside = [child for child in parent if child in feet]
        yield from ((column, max(feet[one] for one in beside)) for column in beside)


def _column_feet(page_box: Any) -> dict[Element, float]:
    """Return how far down the words and pictures of each column reach that stands beside another, in px."""
    feet = {
        box.element: box.position_y
        for box in map(real_box, page_box.descendants(placeholders=True))
        if isinstance(box, boxes.TableCellBox)
        and isinstance(box.element, Element)
        and COLUMN in box.element.attrib
    }
    columns = {inner: column for column in feet for inner in column.iter()}
    for ink in page_inks(page_box):
        if ink.element is not None and (column := columns.get(ink.element)) is not None:
            feet[column] = max(feet[column], ink.area.bottom)
    return feet


def emptiest_band(page_box: Any) -> tuple[float, float]:
    """Return the highest band across the text area without words and pictures, in px from the page's top."""
    start = page_box.content_box_y()
    end = start + page_box.height
    # What stands in the margin has no bounds but the paper.
    areas = [ink.area for ink in page_inks(page_box) if len(ink.bounds) != 1 or ink.element is not None]
    best = (start, start)
    for area in sorted(areas, key=lambda area: area.top):
        if area.top - start > best[1] - best[0]:
            best = (start, area.top)
        start = max(start, area.bottom)
    return best if best[1] - best[0] >= end - start else (start, end)


def uneven_gaps(layout: Layout) -> Iterator[Finding]:
    """Yield the gaps between two steps that are over twice another between such steps on the same page."""
    for number, page_box in enumerate(layout.page_boxes, 1):
        for gaps in _gaps_on(page_box, layout).values():
            least_mm = min(gap for _, gap in gaps)
            step, most_mm = max(gaps, key=lambda gap: gap[1])
            if most_mm > MOST_TIMES * max(least_mm, LEAST_GAP_MM):
                yield Finding(
                    layout.places.of(step),
                    say(
                        "{most_mm:.0f} mm are empty on page {number} before the step '{excerpt}'; "
                        "{least_mm:.0f} mm between others",
                        most_mm=most_mm,
                        number=number,
                        excerpt=excerpt(text_of(step)),
                        least_mm=least_mm,
                    ),
                    say("let the gaps of all steps grow alike (data-air-after), or a picture fill this one"),
                    Severity.WARNING,
                    rule=Rule.GAPS_UNEVEN,
                )


def _gaps_on(page_box: Any, layout: Layout) -> dict[str, list[tuple[Element, float]]]:
    """Return the steps that follow another on a page, with the gap before each in mm.

    By the class of their list, which tells how large they are. A step reaches down to its lowest words,
    picture or frame, and to the foot of its badge at least.
    """
    tops, bottoms = _steps_on(page_box)
    for element, bottom in _filled(page_box):
        for step in layout.places.around(element):
            if step in tops:
                bottoms[step] = max(bottoms.get(step, bottom), bottom)
    gaps: dict[str, list[tuple[Element, float]]] = {}
    for parent in layout.root.iter():
        for step, following in pairwise(parent):
            if step in bottoms and following in tops and tops[following] > tops[step]:
                gap_mm = px_to_mm(tops[following] - bottoms[step])
                gaps.setdefault(parent.get("class", ""), []).append((following, gap_mm))
    return gaps


def _steps_on(page_box: Any) -> tuple[dict[Element, float], dict[Element, float]]:
    """Return where each step of a page begins, and where its badge ends, in px from the top."""
    tops: dict[Element, float] = {}
    bottoms: dict[Element, float] = {}
    for found in page_box.descendants(placeholders=True):
        box = real_box(found)
        if not isinstance(box.element, Element) or STEP_CLASS not in box.element.get("class", "").split():
            continue
        if box.element_tag == box.element.tag:
            tops[box.element] = box.border_box_y()
        elif box.element_tag.endswith("::before"):
            bottoms[box.element] = box.position_y + box.margin_height()
    return tops, bottoms


def _filled(page_box: Any) -> Iterator[tuple[Element, float]]:
    """Yield what fills a page, words, pictures and frames, with how far down it reaches."""
    for ink in page_inks(page_box):
        if ink.element is not None:
            yield ink.element, ink.area.bottom
    for found in page_box.descendants(placeholders=True):
        box = real_box(found)
        is_inside = (
            isinstance(box.element, Element) and STEP_CLASS not in box.element.get("class", "").split()
        )
        if is_inside and box.border_bottom_width:
            yield box.element, box.border_box_y() + box.border_height()
