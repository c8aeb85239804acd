"""What is foretold of the pages of a text at another scale, held against its layouts there."""

from __future__ import annotations

import pytest
from tests.paper.engine.sheets import HANDOUT, sheet

from handout.model.document import Density, Setting
from handout.paper.engine.forecast import chunks_of, pages_at
from handout.paper.engine.layout import Layout, Source, lay_out, parse

STYLE = """
:root { --fit: 1 }
html { font: calc(11pt*var(--fit))/calc(15pt*var(--fit)) "Atkinson Hyperlegible"; orphans: 3; widows: 3 }
section { margin: 0 0 calc(4mm*var(--fit)); break-inside: avoid }
h2 { font-size: calc(11pt*var(--fit)); margin: 0; break-after: avoid }
p { margin: 0 0 calc(3mm*var(--fit)) }
.turned { break-before: page }
"""
"""On A5, 180 mm high, with lines of 5.29 mm."""


def text(body: str) -> Source:
    return parse(sheet(body, STYLE), {}, HANDOUT)


def at(source: Source, scale: float) -> Layout:
    return lay_out(source, Setting(Density.COMPACT, scale), 20)


def section(lines: int) -> str:
    return f"<section>{'<br>'.join(['Regel'] * lines)}</section>"


BODIES = {
    "sections": "".join(map(section, [6, 6, 8, 6, 7])),
    "headings": "".join(f"<h2>Kop {n}</h2><p>{'<br>'.join(['Regel'] * 5)}</p>" for n in range(6)),
    "two pages": section(9) * 2 + "<p class=turned>Begin</p>" + section(11) * 3,
    "a high one": section(20) + section(15) + section(3),
}


@pytest.mark.parametrize("name", BODIES)
def test_pages_are_foretold_of_two_layouts_as_they_come(name: str) -> None:
    source = text(BODIES[name])
    known = [at(source, scale) for scale in (1.0, 0.8)]
    scales = [0.8, 0.84, 0.88, 0.92, 0.96, 1.0]
    came = [len(at(source, scale).page_boxes) for scale in scales]
    assert came[0] < came[-1], "the text takes a page less somewhere between"
    assert [pages_at(scale, known) for scale in scales] == came


def test_one_layout_tells_that_a_text_gets_shorter() -> None:
    known = [at(text(BODIES["sections"]), 1.0)]
    assert pages_at(1.0, known) == len(known[0].page_boxes) == 2
    assert pages_at(0.6, known) == 1


def test_what_is_broken_over_two_pages_is_one_chunk() -> None:
    source = text(f"{section(20)}<section style='columns: 2; break-inside: auto'>{section(6) * 8}</section>")
    layout = at(source, 1.0)
    chunks = chunks_of(layout)
    assert len(layout.page_boxes) == 2
    assert len({chunk.element for chunk in chunks}) == len(chunks)


def test_chunk_that_begins_a_page_by_order_begins_one_at_every_scale() -> None:
    source = text("<p>Kort</p><p class=turned>Ook kort</p>")
    assert pages_at(0.5, [at(source, 1.0)]) == 2
