"""Where a page ends: never inside a step, under a heading, or with one line alone of a paragraph.

The engine keeps `break-inside: avoid` and the like only as long as it can; this module looks at what it did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element

from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

from handout.model.findings import Finding
from handout.model.messages import say
from handout.model.rules import Rule
from handout.paper.engine.boxes import LayoutBox
from handout.paper.engine.layout import Layout
from handout.paper.engine.lost_text import real_box
from handout.paper.engine.places import excerpt, tag_of, text_of

STEP_CLASS = "step"
"""The templates mark a numbered step with it."""
TALL_STEPS = "data-tall-steps"
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
PARAGRAPHS = frozenset({"p", "li", "dd", "blockquote"})


@dataclass(frozen=True)
class PageLine:
    """A line of words on a page, outside its margin."""

    page_number: int
    owner: Element
    """The block that it belongs to."""
    text: str
    top: float
    bottom: float
    """In CSS pixels from the top of the page."""
    is_placed: bool
    """Whether a stylesheet took it, or a box around it, out of the flow of the text."""


def lines(page_boxes: Iterable[LayoutBox]) -> tuple[PageLine, ...]:
    """Return the lines of all pages, in the order of the text."""
    return tuple(
        line
        for number, page_box in enumerate(page_boxes, 1)
        for child in page_box.children
        if not isinstance(real_box(child), boxes.MarginBox)
        for line in _lines(child, number, is_placed=False)
    )


def _lines(box: LayoutBox, page_number: int, *, is_placed: bool) -> Iterator[PageLine]:
    is_placed = is_placed or isinstance(box, AbsolutePlaceholder)
    box = real_box(box)
    is_placed = is_placed or box.style["position"] in ("absolute", "fixed") or box.style["float"] != "none"
    if isinstance(box, boxes.LineBox):
        text = _words(box)
        if text.strip() and isinstance(box.element, Element):
            bottom = box.position_y + box.height
            yield PageLine(page_number, box.element, text, box.position_y, bottom, is_placed)
    for child in getattr(box, "children", ()):
        yield from _lines(child, page_number, is_placed=is_placed)


def _words(box: LayoutBox) -> str:
    """Return the words of a line; those of blocks inside it are lines of their own."""
    box = real_box(box)
    if isinstance(box, boxes.TextBox):
        return str(box.text)
    if isinstance(box, boxes.BlockLevelBox) or not hasattr(box, "children"):
        return ""
    return "".join(_words(child) for child in box.children)


def bad_breaks(layout: Layout) -> Iterator[Finding]:
    """Yield where a page ends that should not."""
    all_lines = lines(layout.page_boxes)
    for check in (split_steps, stranded_headings, lone_lines):
        yield from check(layout, all_lines)


def split_steps(layout: Layout, all_lines: Iterable[PageLine]) -> Iterator[Finding]:
    """Yield the steps of which a page holds only a part.

    Where a template says so, with `data-tall-steps` on <body>, one that no page has room for may go on: the
    engine has it begin a page then, and no other step stands before it there.
    """
    pages: defaultdict[Element, set[int]] = defaultdict(set)
    first: dict[int, Element] = {}
    for line in all_lines:
        for element in layout.places.around(line.owner):
            if STEP_CLASS in element.get("class", "").split():
                pages[element].add(line.page_number)
                first.setdefault(line.page_number, element)
    body = layout.root.find("body")
    may_be_tall = body is not None and body.get(TALL_STEPS) is not None
    for element, numbers in pages.items():
        if len(numbers) > 1 and not (may_be_tall and first[min(numbers)] is element):
            yield Finding(
                layout.places.of(element),
                say(
                    "the step '{excerpt}' begins on page {min} and ends on page {max}",
                    excerpt=excerpt(text_of(element)),
                    min=min(numbers),
                    max=max(numbers),
                ),
                say("shorten the step, or make two of it"),
                rule=Rule.STEP_SPLIT,
            )


SCOPES = frozenset({"li", "section", "aside", "article", "body"})
"""What a heading opens; a step whose command is its title may end a page, for it is whole."""


def stranded_headings(layout: Layout, all_lines: Iterable[PageLine]) -> Iterator[Finding]:
    """Yield the headings that end a page, with their text on the next one."""
    in_flow = [line for line in all_lines if not line.is_placed]
    for line, following in pairwise(in_flow):
        if line.page_number < following.page_number and _heads(line, following, layout):
            yield Finding(
                layout.places.of(line.owner),
                say(
                    "the heading '{excerpt}' ends page {page_number}, away from its text",
                    excerpt=excerpt(line.text),
                    page_number=line.page_number,
                ),
                say("shorten the text before it, or leave something out"),
                rule=Rule.HEADING_STRANDED,
            )


def _heads(line: PageLine, following: PageLine, layout: Layout) -> bool:
    """Tell whether *line* is of a heading, and *following* of the text that it opens."""
    around = list(layout.places.around(line.owner))
    # The title of the sheet may have a page of its own: a cover.
    if not any(tag_of(element) in HEADINGS - {"h1"} for element in around):
        return False
    scope = next((element for element in around if tag_of(element) in SCOPES), None)
    return any(element is scope for element in layout.places.around(following.owner))


def lone_lines(layout: Layout, all_lines: Iterable[PageLine]) -> Iterator[Finding]:
    """Yield the paragraphs of which one line alone stands on a page."""
    counts: defaultdict[Element, dict[int, int]] = defaultdict(dict)
    for line in all_lines:
        if tag_of(line.owner) in PARAGRAPHS:
            of_owner = counts[line.owner]
            of_owner[line.page_number] = of_owner.get(line.page_number, 0) + 1
    for element, of_owner in counts.items():
        alone = [page for page, count in of_owner.items() if count == 1]
        if len(of_owner) > 1 and alone:
            yield Finding(
                layout.places.of(element),
                say(
                    "one line of '{excerpt}' stands alone on page {alone}",
                    excerpt=excerpt(text_of(element)),
                    alone=alone[0],
                ),
                say("shorten the paragraph, or what stands before it"),
                rule=Rule.LINE_ALONE,
            )
