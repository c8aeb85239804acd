"""How much of a page stays empty in one piece: paper on which nothing helps the reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from handout.model.findings import Finding, Severity
from handout.model.rules import Rule
from handout.model.units import px_to_mm
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import Layout
from handout.paper.engine.lost_text import page_inks


def too_much_air(layout: Layout, promise: PageConstraints) -> Iterator[Finding]:
    """Yield the pages of which a larger part than the format allows is one empty band."""
    for number, page_box in enumerate(layout.page_boxes, 1):
        top, bottom = emptiest_band(page_box)
        part = (bottom - top) / page_box.margin_height()
        if part > promise.most_air:
            yield Finding(
                layout.places.fallback,
                f"{part:.0%} of page {number} is empty, from {px_to_mm(top):.0f} to "
                f"{px_to_mm(bottom):.0f} mm; this format allows {promise.most_air:.0%}",
                "add what helps the reader there, or choose a smaller format",
                Severity.WARNING,
                rule=Rule.TOO_MUCH_AIR,
            )


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
