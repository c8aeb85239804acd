"""Lay out the values of schools behind the piece, to be cut out of its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from handout.model.findings import Place
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import Layout, lay_out, parse
from handout.paper.engine.lines import set_lines
from handout.paper.engine.stacks import Stack

_AT_THE_CORNER = "position: absolute; inset: 0 0 auto 0"


def lay_out_values(
    layout: Layout,
    html: str,
    files: Mapping[str, tuple[str, bytes]],
    stacks: Sequence[Stack],
    promise: PageConstraints,
) -> Layout:
    """Return *stacks* on a page that is dressed as *layout*, the piece of *html*: all at the same place.

    A value then stands there as it stands in its slot, but for the place of the slot on the page.
    """
    source = parse(html, files, Place(""))
    # After a box of its own the engine chooses each colour anew: then none is missing in the first value.
    piled = ("", *(stack.html for stack in stacks))
    pile = "".join(f'<div style="{_AT_THE_CORNER}">{one}</div>' for one in piled)
    body = _body(source.places.root)
    attributes = dict(body.attrib)
    body.clear()
    body.attrib.update(attributes)
    body.extend(_body(parse(f"<body>{pile}</body>", {}, Place("")).places.root))
    behind = lay_out(source, layout.setting, promise.page_limit)
    slots = (box.find("*") for box in list(body)[1:])
    texts = {slot: stack.lines for slot, stack in zip(slots, stacks, strict=True) if stack.lines}
    for page_box in behind.page_boxes:
        for box in list(page_box.descendants(placeholders=True)):
            if box.element in texts:
                set_lines(box, texts.pop(box.element))
    return behind


def _body(root: Element) -> Element:
    body = root.find("body")
    assert body is not None  # the parser adds one where it is missing
    return body
