"""What WeasyPrint 70 does not do for text that runs to the left, and what does it in its place.

It stores a line in the order of the eye, from the left, and its tags do not say so: who listens to it hears
Arabic from its last letter to its first. And it fails on a line that shows nothing in the flow.

The text is said by the tag of the line, and not by its content: browsers that search and copy take that as it
is stored and turn it round, and would turn what is in order already. MuPDF does so with the tag too
(findings/arabic-actual-text.sh): who listens comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

from handout.model.text import runs_to_the_left
from handout.paper.engine.boxes import LayoutBox


def read_text(box: LayoutBox) -> str | None:
    """Return what is to be read in place of the glyphs of *box*, a line of text; None where these tell it.

    In a text that runs to the left a line of Latin letters is stored in another order too: its full stop
    comes first.
    """
    if box.style["direction"] == "rtl" or runs_to_the_left(box.text):
        return str(box.text)
    return None


@contextmanager
def mended() -> Iterator[None]:
    """Let the engine lay out lines in which nothing takes room, where the text runs to the left.

    It turns the boxes of such a line round, beginning at the first one in the flow, and stops with an
    IndexError where several stand outside of it, as the corners around a QR code: these have nothing to turn.
    Its function calls itself by its name in the module, so that one around it sees every line.
    """
    split = inline.split_inline_box

    def split_as_it_is(context: Any, box: LayoutBox, *arguments: Any) -> Any:
        if box.style["direction"] != "rtl" or any(map(_takes_room, box.children)):
            return split(context, box, *arguments)
        own_style = box.style
        box = box.copy()
        box.style = own_style.copy()
        box.style["direction"] = "ltr"
        new_box, *rest = split(context, box, *arguments)
        if new_box is not None:
            new_box.style = own_style
        return new_box, *rest

    inline.split_inline_box = split_as_it_is
    try:
        yield
    finally:
        inline.split_inline_box = split


def _takes_room(box: LayoutBox) -> bool:
    is_space = isinstance(box, boxes.TextBox) and not box.text.strip()
    return bool(box.is_in_normal_flow()) and not is_space
