"""Keys that a narrow measure breaks: over more lines than the eye takes for one key, or inside a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint.formatting_structure import boxes

from handout.model.findings import Finding, Severity
from handout.model.messages import Message, say
from handout.model.rules import Rule
from handout.paper.engine.layout import Layout
from handout.paper.engine.lost_text import real_box
from handout.paper.engine.places import excerpt, text_of

KEY_CLASS = "ui"
"""The templates mark the label of a key with it."""
MOST_LINES = 2


def broken_keys(layout: Layout) -> Iterator[Finding]:
    """Yield the keys that stand on three lines or more, or of which a line ends inside a word."""
    for number, page_box in enumerate(layout.page_boxes, 1):
        for key, lines in _keys_on(page_box).items():
            what = _fault(text_of(key), lines, number)
            if what is not None:
                yield Finding(
                    layout.places.of(key),
                    what,
                    say("give its step the whole width of the page, or choose a wider format"),
                    Severity.WARNING,
                    rule=Rule.KEY_BROKEN,
                )


def _fault(label: str, lines: list[str], number: int) -> Message | None:
    if len(lines) > MOST_LINES:
        return say(
            "the key '{label}' stands on {lines} lines on page {number}; {most} are read as one",
            label=excerpt(label),
            lines=len(lines),
            number=number,
            most=MOST_LINES,
        )
    if " " in label and _ends_inside_a_word(label, lines):
        return say(
            "the key '{label}' is broken inside a word on page {number}", label=excerpt(label), number=number
        )
    return None


def _ends_inside_a_word(label: str, lines: list[str]) -> bool:
    """Tell whether a line of *label* ends where it has no space, which the engine drops there."""
    rest = " ".join(label.split())
    for line in lines[:-1]:
        rest = rest.removeprefix(" ".join(line.split()))
        if rest and not rest.startswith(" "):
            return True
        rest = rest.lstrip()
    return False


def _keys_on(page_box: Any) -> dict[Element, list[str]]:
    """Return the keys of a page, with the words of each line that they stand on."""
    # "Tik op [Nieuwe | aanvraag]" on two lines: two boxes of one element, ["Nieuwe ", "aanvraag"]
    keys: dict[Element, list[str]] = {}
    for found in page_box.descendants(placeholders=True):
        box = real_box(found)
        if not isinstance(box.element, Element) or KEY_CLASS not in box.element.get("class", "").split():
            continue
        if box.element_tag == box.element.tag and isinstance(box, boxes.InlineBox | boxes.InlineBlockBox):
            keys.setdefault(box.element, []).extend(_lines_of(box))
    return keys


def _lines_of(box: Any) -> Iterator[str]:
    """Yield the words of each line in *box*; it is on one line itself, unless it holds lines of its own."""
    inner = [real_box(child) for child in box.descendants() if isinstance(real_box(child), boxes.LineBox)]
    for line in inner or [box]:
        yield "".join(child.text for child in line.descendants() if isinstance(child, boxes.TextBox))
