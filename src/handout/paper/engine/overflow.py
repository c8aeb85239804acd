"""How much a text is over, in lines that an editor can cut, and where they are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from xml.etree.ElementTree import Element

from handout.model.findings import Finding
from handout.model.messages import Message, say, say_count, together
from handout.model.rules import Rule
from handout.paper.engine.breaks import PageLine, lines
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import Layout
from handout.paper.engine.lost_text import Limit, lost_texts, overflows
from handout.paper.engine.places import PLACE_ATTRIBUTE, excerpt, tag_of, text_of

MOST_NAMED = 3
CONTAINERS = frozenset({"html", "body", "section", "ol", "ul", "div", "header", "main"})
"""What is too large to be cut as a whole: the blocks stand inside it."""


def too_long(layout: Layout, promise: PageConstraints) -> Iterator[Finding]:
    """Yield how many lines *layout*, at the tightest setting, has too many, and its longest blocks."""
    all_lines = lines(layout.page_boxes)
    over = lines_over(layout, all_lines, promise.pages)
    if over:
        scale = layout.setting.scale
        tightest = say("with the least air")
        if scale < 1:
            tightest = say("with the least air and type of {scale:.0%}", scale=scale)
        named = together("; ", _longest(layout, all_lines))
        yield Finding(
            layout.places.fallback,
            say(
                "even {tightest} this is about {lines} too long. Its longest parts: {named}",
                tightest=tightest,
                lines=_lines(over),
                named=named,
            ),
            say(
                "take {lines} out, there or elsewhere; or choose a format with more room", lines=_lines(over)
            ),
            rule=Rule.TOO_LONG,
        )


def lines_over(layout: Layout, all_lines: Sequence[PageLine], pages: int) -> int:
    """Return the lines that stand after the last of *pages*, are lost, or stick out at the foot of a box."""
    if not all_lines:
        return 0
    after = sum(1 for line in all_lines if line.page_number > pages)
    letters = sum(len(line.text) for line in all_lines) / len(all_lines)
    lost = sum(len(one.text) for one in lost_texts(layout.root, layout.page_boxes, layout.is_hidden))
    return after + math.ceil(lost / letters) + _lines_sticking_out(layout, all_lines)


def _lines_sticking_out(layout: Layout, all_lines: Sequence[PageLine]) -> int:
    height = median(line.bottom - line.top for line in all_lines)
    below = [one for one in overflows(layout.page_boxes) if one.side == "bottom"]
    excesses = [one.excess_px for one in below if one.limit in (Limit.MARGIN, Limit.BOX, Limit.CLIPPED)]
    return math.ceil(max(excesses, default=0) / height)


def _longest(layout: Layout, all_lines: Sequence[PageLine]) -> Iterator[Message]:
    """Yield the blocks with most lines, in words."""
    counts: Counter[Element] = Counter()
    for line in all_lines:
        block = _block(layout, line.owner)
        if block is not None:
            counts[block] += 1
    for block, count in counts.most_common(MOST_NAMED):
        yield say(
            "'{text}' ({lines}, {place})",
            text=excerpt(text_of(block)),
            lines=_lines(count),
            place=layout.places.of(block),
        )


def _block(layout: Layout, element: Element) -> Element | None:
    """Return the outermost written block around *element* that is not a container of others."""
    blocks = [e for e in layout.places.around(element) if tag_of(e) not in CONTAINERS]
    written = [e for e in blocks if e.get(PLACE_ATTRIBUTE)] or blocks
    return next(reversed(written), None)


def _lines(number: int) -> Message:
    return say_count(number, "{n} line", "{n} lines")
