"""A line takes as many words as fit, whatever comes after them."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from tests.paper.engine.sheets import HANDOUT, sheet
from weasyprint.formatting_structure import boxes

from handout.model.document import Density, Setting
from handout.paper.engine import kept, layout, line_ends

WIDTHS_PX = range(150, 321)
"""From the width of three words to that of a whole paragraph: at some all fits but a space."""


def first_lines() -> dict[int, str]:
    """Return the first line of a text before a key, by the width in which it is set."""
    text = 'One two three four five <span class="key">six</span> seven'
    paragraphs = (f'<p style="width: {width}px; font-size: 20px">{text}</p>' for width in WIDTHS_PX)
    source = layout.parse(sheet("".join(paragraphs), ".key { white-space: nowrap }"), {}, HANDOUT)
    pages = layout.lay_out(source, Setting(Density.NORMAL), 40).page_boxes
    found: dict[int, str] = {}
    for block in (box for page in pages for box in page.descendants() if box.element_tag == "p"):
        for line in (kid for kid in getattr(block, "children", ()) if isinstance(kid, boxes.LineBox)):
            texts = (box.text for box in line.descendants() if isinstance(box, boxes.TextBox))
            found.setdefault(round(block.width), "".join(texts))
    return found


def test_line_before_a_key_takes_the_words_that_fit() -> None:
    found = first_lines()
    assert set(found) == {*WIDTHS_PX}
    assert min(len(line.split()) for line in found.values()) >= 3
    widths = sorted(found)
    lengths = [len(found[width]) for width in widths]
    assert lengths == sorted(lengths), "a wider line holds no fewer words"


def test_engine_alone_leaves_a_word_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    kept.forget()
    monkeypatch.setattr(line_ends, "mended", nullcontext)
    assert min(len(line.split()) for line in first_lines().values()) == 1
