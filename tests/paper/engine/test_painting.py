"""Pages are painted in the order in which they are read, and look as before."""

from __future__ import annotations

import re

import pikepdf
import pydyf
import pypdfium2
import pytest
from PIL import ImageChops
from tests.paper.engine.sheets import opened, page_texts, rendered, sheet, tags

from handout.paper.engine import painting
from handout.paper.engine.structure import mark_positions

PLACED = """
p, h1, ol { margin: 2mm 0 }
.laag { position: relative; background: #123e8c; color: #fff; padding: 2mm }
.los { position: absolute; right: 0; top: 0; color: #00573f }
.knip { overflow: hidden; height: 8mm; border: 1pt solid #000 }
.gedraaid { transform: rotate(-3deg) }
.vlot { float: right; background: #eee }
ol { clear: right }
li { position: relative; z-index: 0; margin: 2mm 0; padding: 1mm }
li::before { content: ""; position: absolute; z-index: -1; inset: 0; background: #eee }
"""
BODY = """
<h1>Een</h1><div class="laag"><p>Twee</p><p>Drie</p></div><p>Vier <span style="color: #444">vijf</span></p>
<p class="vlot">Zes</p><ol><li>Zeven<li>Acht</ol><div class="knip"><p>Negen</p></div>
<p class="gedraaid">Tien</p><p class="laag">Elf <a href="https://example.org/">twaalf</a></p>
<img src="images/kader.svg" alt="Kader" width="20"><p class="los">Dertien</p><p>Veertien</p>
"""
WORDS = re.findall(r"\w+", "Een Twee Drie Vier vijf Zes Zeven Acht Negen Tien Elf twaalf Dertien Veertien")


@pytest.fixture(scope="module")
def placed() -> bytes:
    return rendered(sheet(BODY, PLACED)).pdf


@pytest.fixture(scope="module")
def in_layers() -> bytes:
    """The same page as the engine paints it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(painting, "in_order", lambda operators, read: operators)
        return rendered(sheet(BODY, PLACED)).pdf


def painted_words(pdf: bytes) -> list[str]:
    """Return the words of the first page as who goes by the paint meets them."""
    return [word for word in re.findall(r"\w+", page_texts(pdf)[0]) if word in WORDS]


def painted_marks(pdf: bytes) -> list[int]:
    with opened(pdf) as document:
        return [
            int(one.operands[1].MCID)
            for one in pikepdf.parse_content_stream(document.pages[0])
            if str(one.operator) == "BDC" and "/MCID" in one.operands[1]
        ]


def read_marks(pdf: bytes) -> list[int]:
    def below(node: pikepdf.Object) -> list[int]:
        kids: list[object] = list(node.get("/K", pikepdf.Array()))
        return [
            mark
            for kid in kids
            for mark in (below(kid) if isinstance(kid, pikepdf.Object) else [int(str(kid))])
        ]

    with opened(pdf) as document:
        return below(document.Root.StructTreeRoot.K[0])


def test_page_is_painted_in_the_order_of_its_tags(placed: bytes, in_layers: bytes) -> None:
    assert painted_marks(in_layers) != read_marks(in_layers)
    assert painted_marks(placed) == read_marks(placed)
    assert painted_words(in_layers) != WORDS
    assert painted_words(placed) == WORDS


def test_page_looks_as_the_engine_paints_it(placed: bytes, in_layers: bytes) -> None:
    ours, theirs = (pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil() for pdf in (placed, in_layers))
    assert ImageChops.difference(ours, theirs).getbbox() is None


def test_tags_are_those_of_the_page_as_it_was(placed: bytes, in_layers: bytes) -> None:
    assert str(tags(placed)) == str(tags(in_layers))


def test_what_stands_in_order_stays_byte_by_byte() -> None:
    html = sheet("<h1>Een</h1><p>Twee</p>")
    assert rendered(html).pdf == rendered(html).pdf
    operators = [b"q", "/Span", {"MCID": 0}, b"BDC", b"EMC", b"Q"]
    assert painting.in_order(operators, [0]) is operators


def piece(number: int, *operators: bytes) -> list[object]:
    return ["/Span", pydyf.Dictionary({"MCID": number}), b"BDC", *operators, b"EMC"]


def test_piece_takes_along_what_places_it_and_the_ink_that_was_chosen_before_it() -> None:
    operators = [
        *(b"2 0 0 2 0 0 cm", b"q", b"0 0 9 9 re", b"W", b"n", b"0 g"),
        *piece(1, b"BT", b"ET"),
        *(b"0.5 g", b"1 1 2 2 re", b"f", b"Q"),
        *piece(0, b"1 0 0 rg", b"BT", b"ET"),
        *(b"3 3 1 1 re", b"f"),
    ]
    written = painting.in_order(operators, [0, 1])

    assert [number for number, _ in mark_positions(written)] == [0, 1]
    flat = [one for one in written if isinstance(one, bytes)]
    assert flat == [
        *(b"2 0 0 2 0 0 cm", b"q", b"0 0 9 9 re", b"W", b"n", b"0 g", b"0.5 g", b"1 1 2 2 re", b"f", b"Q"),
        *(b"1 0 0 rg", b"3 3 1 1 re", b"f"),  # red was chosen by the piece, for what follows it too
        *(b"0 g", b"BDC", b"1 0 0 rg", b"BT", b"ET", b"EMC"),
        *(b"q", b"0 0 9 9 re", b"W", b"n", b"0 g", b"BDC", b"BT", b"ET", b"EMC", b"Q"),
    ]


def test_page_on_which_a_piece_leaves_another_matrix_behind_stays_as_it_is() -> None:
    operators = [*piece(1, b"2 0 0 2 0 0 cm"), *piece(0, b"BT", b"ET")]
    assert painting.in_order(operators, [0, 1]) is operators
