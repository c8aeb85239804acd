"""Lay out the values of schools behind the piece, to be cut out of its content."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from handout.model.document import Setting
from handout.model.findings import Place
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import Layout, Source, lay_out, parse
from handout.paper.engine.lines import set_lines
from handout.paper.engine.stacks import Stacks

_AT_THE_CORNER = "position: absolute; inset: 0 0 auto 0"


def lay_out_values(
    setting: Setting,
    html: str,
    files: Mapping[str, tuple[str, bytes]],
    stacks: Stacks,
    promise: PageConstraints,
) -> tuple[Layout, Stacks]:
    """Return *stacks* on a page that is dressed as the piece of *html* in *setting*: all at the same place.

    A value then stands there as it stands in its slot, but for the place of the slot on the page. With it the
    stacks as they are there: those of a box that cannot take their lines have a box of their own each.
    """
    source = parse(html, files, Place(""))
    behind = _laid_out(source, setting, stacks, promise)
    if unset := _set_all(behind, source, stacks):
        stacks = stacks.without(unset)
        behind = _laid_out(source, setting, stacks, promise)
        _set_all(behind, source, stacks)
    return behind, stacks


def _laid_out(source: Source, setting: Setting, stacks: Stacks, promise: PageConstraints) -> Layout:
    # After a box of its own the engine chooses each colour anew: then none is missing in the first value.
    piled = ("", *(stack.html for stack in stacks.boxes))
    pile = "".join(f'<div style="{_AT_THE_CORNER}">{one}</div>' for one in piled)
    body = _body(source.places.root)
    attributes = dict(body.attrib)
    body.clear()
    body.attrib.update(attributes)
    body.extend(_body(parse(f"<body>{pile}</body>", {}, Place("")).places.root))
    return lay_out(source, setting, promise.page_limit)


def _set_all(behind: Layout, source: Source, stacks: Stacks) -> frozenset[int]:
    """Set the lines of each of *stacks* on *behind*, and return which do not take theirs."""
    slots = (box.find("*") for box in list(_body(source.places.root))[1:])
    open_ = {slot: number for number, slot in enumerate(slots) if stacks.boxes[number].lines}
    unset = set()
    for page_box in behind.page_boxes:
        for box in list(page_box.descendants(placeholders=True)):
            if box.element in open_:
                number = open_.pop(box.element)
                if not set_lines(box, stacks.boxes[number].lines):
                    unset.add(number)
    return frozenset(unset)


def _body(root: Element) -> Element:
    body = root.find("body")
    assert body is not None  # the parser adds one where it is missing
    return body
