"""A print sheet is read as its piece is, in one order, once, by programs that go by its pages too."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import BytesIO

import page
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from tests.paper.engine.sheets import opened, rendered, sheet

from handout.model.document import SheetKind
from handout.paper import impose
from handout.proof.paper import opened as read_back

NUMBERS = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht")
KINDS = (
    (SheetKind.BOOKLET, "148mm 210mm", 8),
    (SheetKind.TWO_UP, "148mm 210mm", 2),
    (SheetKind.PRINT_SHOP, "148mm 210mm", 2),
    (SheetKind.CARDS, "85mm 55mm", 2),
    (SheetKind.FOLDED_CARDS, "85mm 55mm", 4),
    (SheetKind.MINI, "74.25mm 105mm", 8),
    (SheetKind.TILES, "297mm 420mm", 1),
    (SheetKind.ONE_A4, "297mm 420mm", 1),
)


@cache
def piece(size: str, pages: int) -> bytes:
    """Return a piece with headings, steps, a picture and a link on each of its pages."""
    sections = "".join(
        f"<section><h2>Kant {number}</h2><ol><li>Klik op {number}<li>Typ {number}</ol>"
        f'<p><img src="images/kader.svg" alt="Kader {number}" style="width: 30px"> '
        f'<a href="https://example.org/{number}">{number}</a></p></section>'
        for number in NUMBERS[:pages]
    )
    style = f"@page {{ size: {size}; margin: 5mm }} section + section {{ break-before: page }}"
    style += " html { font-size: 7pt; line-height: 9pt } h1, h2, ol, p { margin: 0 }"
    found = rendered(sheet(f"<h1>Proef</h1>{sections}", style), pages)
    assert found.page_count == pages
    return found.pdf


def said(pdf: bytes) -> list[str]:
    with read_back(pdf) as paper:
        alts = [figure.alt for figure in paper.tags.all("Figure")]
        return [leaf.text for leaf in paper.leaves] + alts


def marks_by_page(pdf: bytes) -> list[int]:
    """Return how many pieces of content PDFium reaches from the tags of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [len(list(_marks_of_page(page))) for page in document]


def _marks_of_page(page: pypdfium2.PdfPage) -> Iterator[int]:
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    waiting = [
        pdfium.FPDF_StructTree_GetChildAtIndex(tree, at)
        for at in range(pdfium.FPDF_StructTree_CountChildren(tree))
    ]
    while waiting:
        element = waiting.pop()
        if not element:
            continue
        for at in range(max(0, pdfium.FPDF_StructElement_GetMarkedContentIdCount(element))):
            number = pdfium.FPDF_StructElement_GetMarkedContentIdAtIndex(element, at)
            if number >= 0:  # else it is the area of a link
                yield number
        kids = range(max(0, pdfium.FPDF_StructElement_CountChildren(element)))
        waiting += [pdfium.FPDF_StructElement_GetChildAtIndex(element, at) for at in kids]


@pytest.mark.parametrize(("kind", "size", "pages"), KINDS)
def test_sheet_is_read_as_its_piece_and_passes_both_standards(kind: SheetKind, size: str, pages: int) -> None:
    made = impose.sheet(piece(size, pages), kind).pdf
    assert said(made) == said(piece(size, pages))
    for profile in ("ua1", "2a"):
        rules = {one.rule_id for one in page.validate_pdf_bytes(made, profile=profile).failures}
        assert rules <= {"PDFA2A-STREAM-LENGTH-001"}  # a false alarm: see `proof.access`


@pytest.mark.parametrize(("kind", "size", "pages"), KINDS)
def test_program_that_goes_by_the_page_reaches_all_that_is_read_there(
    kind: SheetKind, size: str, pages: int
) -> None:
    of_piece, of_sheet = (
        marks_by_page(piece(size, pages)),
        marks_by_page(impose.sheet(piece(size, pages), kind).pdf),
    )
    assert all(of_piece)
    assert sum(of_sheet) == sum(of_piece)


@pytest.mark.parametrize(("kind", "size", "pages"), KINDS)
def test_marks_of_a_face_have_numbers_of_their_own(kind: SheetKind, size: str, pages: int) -> None:
    with opened(impose.sheet(piece(size, pages), kind).pdf) as pdf:
        for one in pdf.pages:
            forms = one.obj.Resources.XObject.as_dict().values()
            numbers = [
                int(item.operands[1].MCID)
                for form in forms
                for item in pikepdf.parse_content_stream(form)
                if str(item.operator) == "BDC" and "/MCID" in item.operands[1]
            ]
            assert len(numbers) == len(set(numbers))


def test_second_copies_and_marks_are_decoration() -> None:
    with opened(impose.sheet(piece("85mm 55mm", 2), SheetKind.CARDS).pdf) as pdf:
        for one in pdf.pages:
            depth, drawn = 0, []
            for item in pikepdf.parse_content_stream(one):
                depth += {"BMC": 1, "EMC": -1}.get(str(item.operator), 0)
                if str(item.operator) in ("Do", "S", "f"):
                    drawn.append((str(item.operands[0]) if item.operands else "", depth))
            assert [name for name, inside in drawn if not inside] == [
                next(n for n, _ in drawn if "Page" in n)
            ]
            assert {name[:5] for name, inside in drawn if inside} == {"", "/Copy"}


def test_picture_says_where_it_stands_on_the_sheet() -> None:
    made = impose.sheet(piece("297mm 420mm", 1), SheetKind.ONE_A4).pdf
    with read_back(made) as small, read_back(piece("297mm 420mm", 1)) as large:
        (box,) = [figure.box for figure in small.tags.all("Figure")]
        (whole,) = [figure.box for figure in large.tags.all("Figure")]
        assert box is not None
        assert whole is not None
        assert box.width == pytest.approx(whole.width / 2**0.5, abs=0.01)
        assert small.boxes[0].excess(box) <= 0
        run = next(run for run in small.runs if run.text.strip() == "een")
        assert box.right < run.box.left  # as in the piece, the word stands behind the picture


def test_bookmarks_lead_to_the_face_on_which_a_page_is_read() -> None:
    with opened(impose.sheet(piece("148mm 210mm", 8), SheetKind.BOOKLET).pdf) as pdf:
        faces = {one.obj.objgen: number for number, one in enumerate(pdf.pages)}
        found = []
        item = pdf.Root.Outlines.First.First
        for _ in NUMBERS:
            found.append((str(item.Title), faces[item.Dest[0].objgen]))
            item = item.get("/Next", item)
    order = [0, 1, 2, 3, 3, 2, 1, 0]  # [8 1] [2 7] [6 3] [4 5]
    assert found == [(f"Kant {number}", face) for number, face in zip(NUMBERS, order, strict=True)]


def test_sheet_of_a_piece_without_tags_has_none() -> None:
    with opened(piece("148mm 210mm", 2)) as pdf:
        del pdf.Root["/StructTreeRoot"]
        out = BytesIO()
        pdf.save(out)
    with opened(impose.sheet(out.getvalue(), SheetKind.TWO_UP).pdf) as made:
        assert "/StructTreeRoot" not in made.Root


def test_same_piece_makes_the_same_bytes() -> None:
    one, other = (impose.sheet(piece("148mm 210mm", 8), SheetKind.BOOKLET).pdf for _ in range(2))
    assert one == other
