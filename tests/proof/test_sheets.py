"""A print sheet is held against its piece: nothing is missing, nothing is added, every code can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String
from tests.handbook.handbook import project
from tests.proof.workshop import BAD_URL, CARD, LEAFLET, POSTER, Sheet, edition_of, piece, saved

from handout import proof
from handout.editions import files, single
from handout.model.document import SheetKind
from handout.model.findings import Finding
from handout.paper import impose
from handout.proof import ProofRule


@cache
def laid(path: str, kind: SheetKind) -> bytes:
    return impose.sheet(piece(path).pdf, kind, words=piece(path).terms.words_of_pages).pdf


def findings(path: str, sheet: bytes) -> tuple[Finding, ...]:
    made = piece(path)
    with proof.opened(made.pdf) as paper:
        return proof.inspect_sheet(sheet, paper, made.document, made.terms)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (CARD, SheetKind.CARDS),
        (CARD, SheetKind.PRINT_SHOP),
        (LEAFLET, SheetKind.BOOKLET),
        (POSTER, SheetKind.TILES),
        (POSTER, SheetKind.TILES_A2),
        (POSTER, SheetKind.ONE_A4),
    ],
)
def test_sheet_as_it_is_laid_out_is_right(path: str, kind: SheetKind) -> None:
    assert findings(path, laid(path, kind)) == ()


def lines(sheet: Sheet, face: int) -> list[str]:
    return sheet.page(face).Contents.read_bytes().decode("ascii").split("\n")


def draw(sheet: Sheet, face: int, operators: list[str]) -> None:
    sheet.page(face).Contents = sheet.pdf.make_stream("\n".join(operators).encode())


def cover_a_code(sheet: Sheet) -> None:
    sheet.over(0, "1 g {20} {11} {85} {55} re f")


def add_a_code(sheet: Sheet) -> None:
    sheet.code(1, BAD_URL, (2, 2, 20))


def print_the_front_twice(sheet: Sheet) -> None:
    sheet.page(1).obj.Resources = sheet.page(0).obj.Resources
    draw(sheet, 1, lines(sheet, 0))


def lose_a_card(sheet: Sheet) -> None:
    operators = lines(sheet, 0)
    first = next(at for at, line in enumerate(operators) if " Do" in line)
    draw(sheet, 0, operators[:first] + operators[first + 1 :])


def push_a_card_off(sheet: Sheet) -> None:
    operators = lines(sheet, 0)
    first = next(at for at, line in enumerate(operators) if " Do" in line)
    operators[first] = f"q 1 0 0 1 -200 0 cm {operators[first]} Q"
    draw(sheet, 0, operators)


def make_it_small(sheet: Sheet) -> None:
    for face in range(len(sheet.pdf.pages)):
        draw(sheet, face, ["q 0.4 0 0 0.4 0 0 cm", *lines(sheet, face), "Q"])


def write_on_it(sheet: Sheet) -> None:
    form = sheet.pdf.make_stream(b"BT /F 20 Tf 20 20 Td (Bel 0900) Tj ET")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, [0, 0, 200, 50]
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    form.Resources = Dictionary(Font=Dictionary(F=sheet.pdf.make_indirect(font)))
    sheet.page(0).add_resource(form, Name.XObject, Name("/Extra"))
    draw(sheet, 0, [*lines(sheet, 0), "/Extra Do"])


def open_a_page(sheet: Sheet) -> None:
    sheet.pdf.Root.OpenAction = Dictionary(S=Name.URI, URI=String(BAD_URL))


def lose_the_tags(sheet: Sheet) -> None:
    del sheet.pdf.Root["/StructTreeRoot"]


def read_it_backwards(sheet: Sheet) -> None:
    document = sheet.pdf.Root.StructTreeRoot.K[0]
    document.K = Array(list(reversed(list(document.K))))


def leave_a_copy_unmarked(sheet: Sheet) -> None:
    operators = lines(sheet, 0)
    at = next(at for at, line in enumerate(operators) if "/Copy" in line)
    operators[at] = operators[at].removeprefix("/Artifact BMC ").removesuffix(" EMC")
    draw(sheet, 0, operators)
    copy = sheet.page(0).obj.Resources.XObject["/Copy1"]
    copy.write(copy.read_bytes().replace(b"/Artifact BMC", b"/Span BMC"))


def move_the_note(sheet: Sheet, across_mm: float, down_mm: float) -> None:
    operators = lines(sheet, 0)
    at = next(at for at, line in enumerate(operators) if "/Note" in line)
    moved = f"q BT 1 0 0 1 {across_mm * 72 / 25.4:.3f} {-down_mm * 72 / 25.4:.3f} cm"
    operators[at] = operators[at].replace("q BT", moved.replace("BT ", "") + " BT")
    draw(sheet, 0, operators)


def note_on_a_card(sheet: Sheet) -> None:
    move_the_note(sheet, 0, 8)


def note_on_a_mark(sheet: Sheet) -> None:
    move_the_note(sheet, 20, 1)


def note_at_the_edge(sheet: Sheet) -> None:
    move_the_note(sheet, 0, -4)


def note_of_other_sides(sheet: Sheet) -> None:
    sheet.pdf.Root.ViewerPreferences.Duplex = Name.DuplexFlipShortEdge


def note_read_aloud(sheet: Sheet) -> None:
    draw(sheet, 0, [line.replace("/Artifact BMC q BT", "/Span BMC q BT") for line in lines(sheet, 0)])


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (note_on_a_card, ProofRule.SHEET_NOTE),
        (note_on_a_mark, ProofRule.SHEET_NOTE),
        (note_at_the_edge, ProofRule.SHEET_NOTE),
        (note_of_other_sides, ProofRule.SHEET_NOTE),
        (note_read_aloud, ProofRule.SHEET_NOTE),
        (lose_the_tags, ProofRule.SHEET_TAGS),
        (read_it_backwards, ProofRule.SHEET_TAGS),
        (leave_a_copy_unmarked, ProofRule.SHEET_TAGS),
        (cover_a_code, ProofRule.SHEET_QR),
        (add_a_code, ProofRule.QR_STRANGE),
        (print_the_front_twice, ProofRule.SHEET_PAGE),
        (lose_a_card, ProofRule.SHEET_PAGE),
        (push_a_card_off, ProofRule.SHEET_PAGE),
        (write_on_it, ProofRule.SHEET_PAGE),
        (write_on_it, ProofRule.FONT_FOREIGN),
        (make_it_small, ProofRule.QR_MODULE),
        (open_a_page, ProofRule.FILE_ACTIVE),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_fault_on_a_sheet_is_caught(change: Callable[[Sheet], None], rule: ProofRule) -> None:
    sheet = saved(laid(CARD, SheetKind.CARDS), change)

    found = [finding for finding in findings(CARD, sheet) if finding.rule == rule]

    assert found, f"{change.__name__} survives"
    assert all(re.search(r"page|sheet|file", finding.what) and finding.fix for finding in found)


@pytest.mark.parametrize(
    ("path", "kind", "faces", "note"),
    [
        (CARD, SheetKind.CARDS, [0], "Druk af op A4, dubbelzijdig, omslaan langs de lange kant, op 100 %."),
        (POSTER, SheetKind.TILES, [0, 1, 2, 3, 4], "Druk af op A4, enkelzijdig, op 100 %."),
        (POSTER, SheetKind.ONE_A4, [], ""),
        (CARD, SheetKind.PRINT_SHOP, [], ""),
    ],
)
def test_sheet_says_on_its_margin_how_it_is_printed(
    path: str, kind: SheetKind, faces: list[int], note: str
) -> None:
    with proof.opened(laid(path, kind)) as paper:
        own = {run.page: run.text for run in paper.runs if not run.forms}
    assert own == dict.fromkeys(faces, note)


def test_sheet_in_another_language_tells_who_prints_it_in_that_of_the_project() -> None:
    made, edition = piece(CARD), replace(edition_of(CARD), language="en")
    unproved = single.Made(edition, made.document, (files.piece(CARD, made.pdf, 2),), ())
    (cards,) = single.completed(project(), unproved).sheets
    with proof.opened(cards.data) as paper:
        (note,) = [run.text for run in paper.runs if not run.forms]
    assert note.startswith("Druk af op A4")


def test_code_that_is_cut_by_tiles_is_read_from_the_glued_poster() -> None:
    whole = laid(POSTER, SheetKind.TILES)

    def is_caught_without(face: int) -> bool:
        covered = saved(whole, lambda sheet: sheet.over(face, "1 g 0 0 {297} {297} re f"))
        return ProofRule.SHEET_QR in {finding.rule for finding in findings(POSTER, covered)}

    plan, *tiles = range(5)
    assert not is_caught_without(plan)
    assert sum(is_caught_without(face) for face in tiles) >= 2


def test_sheet_of_another_piece_is_no_sheet_of_this_one() -> None:
    rules = {finding.rule for finding in findings(LEAFLET, laid(CARD, SheetKind.CARDS))}
    assert ProofRule.SHEET_PAGE in rules


def test_piece_is_opened_once_for_itself_and_for_its_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    real = piece(POSTER)
    unproved = single.Made(edition_of(POSTER), real.document, (files.piece(POSTER, real.pdf, 1),), ())
    opened: list[bytes] = []

    class Told(pypdfium2.PdfDocument):  # type: ignore[misc]
        def __init__(self, data: bytes) -> None:
            opened.append(data)
            super().__init__(data)

    monkeypatch.setattr(pypdfium2, "PdfDocument", Told)
    made = single.prove(project(), unproved)

    assert len(made.sheets) == 3
    assert made.findings == ()
    assert [opened.count(file.data) for file in made.files] == [1, 1, 1, 1]
