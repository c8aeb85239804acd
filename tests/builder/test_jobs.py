"""Print jobs: one file prints as all its copies do and is far smaller; its ticket says what is whose."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pikepdf
import pypdfium2
import pytest
from tests.conftest import REPOSITORY, loaded
from tests.editions.imprint.imprinting import one_master

from handout.builder import jobs
from handout.model.document import Ink, SheetKind
from handout.model.school import School
from handout.paper import impose
from handout.paper.impose import DuplexEdge, ImpositionError, merging
from handout.project.plan import Selection, editions
from handout.project.project import Project

SCHOOLS = tuple(
    School(
        f"s{number}", f"School {number}", ict_anchor=f"An {number}", room=f"B{number}", phone=f"03 {number}"
    )
    for number in range(1, 6)
)


@cache
def handbook() -> Project:
    return loaded(REPOSITORY)


@cache
def copies() -> tuple[bytes, ...]:
    """Return a card of two pages for each school."""
    edition = editions(handbook(), Selection(formats=("card",)))[0]
    master = one_master(handbook(), edition, SCHOOLS)
    return tuple(master.copy(school) for school in SCHOOLS)


@cache
def sheets() -> tuple[bytes, ...]:
    return tuple(impose.sheet(copy, SheetKind.CARDS).pdf for copy in copies())


@cache
def shop_sheets() -> tuple[bytes, ...]:
    """Return the copies as a printing house takes them: trimmed and bled, each page in a box of its own."""
    return tuple(impose.sheet(copy, SheetKind.PRINT_SHOP).pdf for copy in copies())


def merged(pdfs: Iterable[bytes]) -> bytes:
    return merging.merged(iter(pdfs), title="Kaartje", edge=DuplexEdge.LONG)


# ---- the file ---------------------------------------------------------------------------------


@pytest.mark.parametrize("singles", [copies, sheets, shop_sheets])
def test_pages_of_a_job_are_those_of_the_copies(singles: Callable[[], tuple[bytes, ...]]) -> None:
    joined = pypdfium2.PdfDocument(merged(singles()))
    index = 0
    for pdf in singles():
        single = pypdfium2.PdfDocument(pdf)
        for page in single:
            same = joined[index]
            assert [same.get_mediabox(), same.get_trimbox(), same.get_bleedbox(), same.get_rotation()] == [
                page.get_mediabox(), page.get_trimbox(), page.get_bleedbox(), page.get_rotation()
            ]  # fmt: skip
            assert same.get_textpage().get_text_bounded() == page.get_textpage().get_text_bounded()
            assert same.render(scale=2).to_numpy().tobytes() == page.render(scale=2).to_numpy().tobytes()
            index += 1
        single.close()
    assert index == len(joined)
    joined.close()


@pytest.mark.parametrize("singles", [copies, sheets])
def test_job_shares_what_its_copies_have_in_common(singles: Callable[[], tuple[bytes, ...]]) -> None:
    made = merged(singles())

    with pikepdf.open(io.BytesIO(made)) as pdf, pikepdf.open(io.BytesIO(singles()[0])) as single:
        assert pdf.check_pdf_syntax() == []
        assert fonts(pdf) == fonts(single) != []
    assert len(made) < 0.4 * sum(map(len, singles()))


def fonts(pdf: pikepdf.Pdf) -> list[str]:
    return sorted(str(one.FontName) for one in pdf.objects if is_font(one))


def is_font(found: pikepdf.Object | None) -> bool:
    return isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/FontDescriptor"


def test_job_is_for_the_printer_alone_and_says_how_to_print() -> None:
    with pikepdf.open(io.BytesIO(merged(copies()))) as pdf:
        assert dict(pdf.Root.ViewerPreferences) == {
            "/PrintScaling": "/None",
            "/Duplex": "/DuplexFlipLongEdge",
        }
        assert dict(pdf.docinfo) == {"/Title": "Kaartje"}
        assert not {"/StructTreeRoot", "/MarkInfo", "/Metadata", "/Outlines"} & set(pdf.Root)
        for page in pdf.pages:
            assert not {"/StructParents", "/Annots", "/Tabs"} & set(page.obj)


def test_bytes_of_a_job_are_the_same_each_time() -> None:
    assert merged(copies()) == merged(copies())


def test_copy_with_an_odd_number_of_pages_leaves_its_last_side_empty() -> None:
    with pikepdf.open(io.BytesIO(copies()[0])) as pdf:
        del pdf.pages[1]
        front = io.BytesIO()
        pdf.save(front)

    joined = pypdfium2.PdfDocument(merged([front.getvalue(), copies()[1]]))
    one_side = pypdfium2.PdfDocument(merging.merged([front.getvalue(), copies()[1]], title="Kaartje"))

    assert [bool(page.get_textpage().get_text_bounded()) for page in joined] == [True, False, True, True]
    assert joined[1].get_size() == joined[0].get_size()
    assert len(one_side) == 3
    joined.close()
    one_side.close()


def test_bookmarks_lead_to_the_first_page_of_each_copy() -> None:
    titles = [f"School {number} (é)" for number in range(len(copies()))]
    made = merging.merged(copies(), title="Kaartje", edge=DuplexEdge.LONG, bookmarks=titles)
    assert made == merging.merged(iter(copies()), title="Kaartje", edge=DuplexEdge.LONG, bookmarks=titles)
    with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_outline() as outline:
        places = [(item.title, item.destination) for item in outline.root]
        assert [title for title, _ in places] == titles
        firsts = [place[0].objgen for _, place in places if isinstance(place, pikepdf.Array)]
        assert firsts == [page.objgen for page in pdf.pages][::2]


def test_damaged_copy_is_named_by_its_number() -> None:
    with pytest.raises(ImpositionError) as caught:
        merged([copies()[0], b"no PDF"])

    assert caught.value.what.startswith("copy 2 of the print job 'Kaartje' is not a PDF that can be merged: ")


def test_text_that_looks_like_a_reference_is_none() -> None:
    """Two forms that are equal must not make two texts equal that hold their numbers."""
    numbers: list[object] = [0, 0]
    for _ in range(2):  # the second time with the numbers that the first file gave
        source = noted(numbers)
        with pikepdf.open(io.BytesIO(source)) as pdf:
            numbers = [page.obj.Resources.XObject.A.objgen[0] for page in pdf.pages]

    with pikepdf.open(io.BytesIO(merged([source]))) as joined:
        first, second = (page.obj.Resources for page in joined.pages)

        assert [str(first.Note), str(second.Note)] == [f"{number} 0 R" for number in numbers]
        assert first.XObject.A.objgen == second.XObject.A.objgen


def noted(texts: Iterable[object]) -> bytes:
    """Return a PDF with a page for each of *texts*, as if it were a reference, and the same form on each."""
    pdf = pikepdf.new()
    for text in texts:
        form = pdf.make_stream(b"0 0 9 9 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        xobjects = pikepdf.Dictionary(A=form)
        note = pikepdf.String(f"{text} 0 R")
        pdf.add_blank_page().obj.Resources = pikepdf.Dictionary(XObject=xobjects, Note=note)
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


# ---- the ticket -------------------------------------------------------------------------------


class Ticket(HTMLParser):
    """What a person reads in a ticket: each table as rows of cells, and all its text."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.text = ""
        self._in_cell = False
        self.feed(html.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")
        self._in_cell = tag in ("th", "td")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            self.tables[-1][-1][-1] += data.strip()


def job(**changes: object) -> jobs.Job:
    edge = DuplexEdge.LONG
    made = jobs.Job(
        "print/staff/gids-trifold-print.pdf",
        "Gids",
        "Voor medewerkers",
        "trifold",
        Ink.COLOUR,
        SheetKind.TRIFOLD,
        "A4",
        edge,
        jobs.in_line([(SCHOOLS[1], 2), (SCHOOLS[0], 3), (SCHOOLS[2], 2)], edge),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def html(*made: jobs.Job) -> Ticket:
    words = handbook().strings["nl"]
    return Ticket(jobs.ticket_html(made, words, organisation="Stad & <School>", language="nl-BE"))


def test_each_school_begins_on_its_own_paper() -> None:
    places = [(copy.school_id, copy.first_page, copy.last_page, copy.sheets) for copy in job().copies]

    assert places == [("s2", 1, 2, 1), ("s1", 3, 5, 2), ("s3", 7, 8, 1)]


def test_pages_of_one_side_follow_each_other() -> None:
    places = jobs.in_line([(SCHOOLS[0], 1), (SCHOOLS[1], 3)], None)

    assert [(copy.first_page, copy.last_page, copy.sheets) for copy in places] == [(1, 1, 1), (2, 4, 3)]


def test_ticket_says_what_to_do_before_it_lists_the_schools() -> None:
    ticket = html(job())

    assert "Druk af op A4, dubbelzijdig, omslaan langs de lange kant, op 100 %." in ticket.text
    assert "drieluik, vel om in drie te vouwen" in ticket.text
    assert ticket.text.index("Wat je doet") < ticket.text.index("Druk af op") < ticket.text.index("School 2")
    assert [row[:4] for row in ticket.tables[0][2:]] == [
        ["School 2", "s2", "1-2", "1"],
        ["School 1", "s1", "3-5", "2"],
        ["School 3", "s3", "7-8", "1"],
    ]


def test_ticket_of_several_files_counts_copies_and_paper() -> None:
    poster = job(title="Poster", format="eigen", sheet=None, ink=Ink.MONO, paper="A3")
    overview = html(job(), poster).tables[0]

    assert overview[1:] == [
        ["1. Gids", "drieluik, vel om in drie te vouwen", "Voor medewerkers", "A4", "3", "4"],
        ["2. Poster", "eigen, alleen zwart", "Voor medewerkers", "A3", "3", "4"],
    ]
    assert "4 × A4 · 4 × A3" in html(job(), poster).text


def test_nothing_in_a_name_becomes_markup() -> None:
    named = replace(SCHOOLS[0], name="De <b>Brug</b>")
    ticket = html(job(title="<i>", copies=jobs.in_line([(named, 1)], None)))

    assert "Printopdracht: Stad & <School>" in ticket.text
    assert "1. <i>" in ticket.text
    assert "De <b>Brug</b>" in ticket.text


def test_spreadsheet_gets_a_row_for_each_school_and_no_formula() -> None:
    odd = replace(SCHOOLS[0], name='=HYPERLINK("x";"y")')
    data = jobs.ticket_csv(
        [job(copies=jobs.in_line([(odd, 3), (SCHOOLS[1], 1)], None))], handbook().strings["nl"]
    )

    assert data.startswith(b"\xef\xbb\xbfBestand;Titel;")
    assert data.count(b"\r\n") == data.count(b"\n") == 3
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row[5:] for row in rows[1:]] == [
        ["s1", '\'=HYPERLINK("x";"y")', "1", "3", "3", '\'=HYPERLINK("x";"y") (s1)'],
        ["s2", "School 2", "4", "4", "1", "School 2 (s2)"],
    ]
