"""The gallery: every file can be picked by eye, and nothing in a name becomes markup."""

from __future__ import annotations

import base64
import multiprocessing
import os
import re
import signal
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from tests.conftest import SCHOOLS, handout, loaded, procedure, project_at

from handout.builder import gallery, rounds
from handout.builder.manifest import FileRow
from handout.model.document import SheetKind
from handout.project.project import Project


class Page(HTMLParser):
    """What a browser finds in the page: elements with their attributes, and the text."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, attribute: str) -> list[str | None]:
        return [attributes.get(attribute) for name, attributes in self.elements if name == tag]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    files = {
        "content/procedures/aanmelden.md": procedure("1. Klik."),
        "content/handouts/gids.md": handout("aanmelden"),
        "content/schools.csv": SCHOOLS,
    }
    return loaded(project_at(tmp_path, files))


def row(path: str, **changes: object) -> FileRow:
    return {
        "path": path,
        "handout": "gids",
        "title": "Gids",
        "audience": "staff",
        "format": "leaflet-a4",
        "language": "nl-BE",
        "school": None,
        "ink": "colour",
        "sheet": None,
        "pages": 1,
        "paper": "A4",
        "width_mm": 210.0,
        "height_mm": 297.0,
        "sides": 1,
        "duplex": None,
        "scale_percent": 100,
        "qr": [],
        "sources": {},
        "bytes": 0,
        "sha256": "",
        **changes,  # type: ignore[typeddict-item]
    }


def pdf(pages: int, width_mm: float = 210, height_mm: float = 297) -> bytes:
    """Return a PDF of empty pages."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(width_mm * 72 / 25.4, height_mm * 72 / 25.4))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def shown(project: Project, rows: list[FileRow], pdfs: Mapping[str, bytes] | None = None) -> Page:
    """Return the gallery of *rows*; a file that *pdfs* lacks has one page."""
    files = ((row["path"], (pdfs or {}).get(row["path"]) or pdf(1)) for row in gallery.pictured(rows))
    return Page(gallery.html(rows, dict(gallery.drawn(files)), project))


def pictures(page: Page) -> list[Image.Image]:
    sources = [source or "" for source in page.all("img", "src")]
    assert all(source.startswith("data:image/webp;base64,") for source in sources)
    return [Image.open(BytesIO(base64.b64decode(source.partition(",")[2]))) for source in sources]


def test_each_file_is_linked_by_its_title(project: Project) -> None:
    page = shown(project, [row("staff/a.pdf", title="Eerste"), row("students/b.pdf", title="Tweede")])
    assert page.all("a", "href") == ["staff/a.pdf", "students/b.pdf"]
    assert "Eerste" in page.text
    assert "Tweede" in page.text


def test_each_page_is_pictured_in_its_shape(project: Project) -> None:
    pdfs = {"staff/a.pdf": pdf(2), "staff/b.pdf": pdf(1, 297, 210)}
    found = pictures(shown(project, [row("staff/a.pdf"), row("staff/b.pdf")], pdfs))
    assert [picture.size for picture in found] == [(240, 340), (240, 340), (240, 170)]


def test_file_says_for_whom_it_is_and_how_to_print_it(project: Project) -> None:
    one = shown(project, [row("staff/a.pdf")]).text
    assert "Voor medewerkers" in one
    assert "Druk af op A4, enkelzijdig, op 100 %." in one
    two = shown(project, [row("students/a.pdf", audience="students", pages=2, duplex="long edge")]).text
    assert "Voor leerlingen" in two
    assert "Druk af op A4, dubbelzijdig, omslaan langs de lange kant, op 100 %." in two


@pytest.mark.parametrize("kind", [kind for kind in SheetKind if kind is not SheetKind.PRINT_SHOP])
def test_print_sheet_says_what_to_do_with_it_and_how_to_print_it(project: Project, kind: SheetKind) -> None:
    text = shown(project, [row("staff/a-print.pdf", sheet=kind, sides=2, duplex="short edge")]).text
    assert project.strings["nl"][f"sheet.{kind}"] in text
    assert "Druk af op A4, dubbelzijdig, omslaan langs de korte kant, op 100 %." in text


def test_file_for_a_print_shop_is_not_for_a_printer_at_school(project: Project) -> None:
    text = shown(project, [row("staff/a-shop.pdf", sheet="print-shop", paper="234 × 321 mm")]).text
    assert "Voor de drukkerij, met snijtekens en 3 mm afloop." in text
    assert "Druk af" not in text


def test_paper_without_a_name_is_told_by_its_size(project: Project) -> None:
    text = shown(project, [row("staff/a.pdf", paper="85 × 55 mm")]).text
    assert "Druk af op 85 × 55 mm, enkelzijdig, op 100 %." in text


def test_panels_that_no_paper_has_the_size_of_are_for_the_screen_where_there_is_a_sheet(
    project: Project,
) -> None:
    panels = row("staff/a.pdf", paper="100 × 210 mm", pages=6, sides=2, duplex="long edge")
    sheet = row("staff/a-print.pdf", sheet="trifold", sides=2, duplex="short edge")
    text = shown(project, [panels, sheet]).text
    assert text.count("Om te lezen op een scherm. Om te printen is er een vel.") == 1
    assert text.count("Druk af op") == 1
    assert "Druk af op A4" in text
    shop = row("staff/a-shop.pdf", sheet="print-shop")
    assert "Druk af op 100 × 210 mm" in shown(project, [panels, shop]).text


def test_piece_comes_before_its_sheets_and_colour_before_black(project: Project) -> None:
    rows = [
        row("staff/a-mono-print.pdf", ink="mono", sheet="tiles"),
        row("staff/a-mono.pdf", ink="mono"),
        row("staff/a-print.pdf", sheet="tiles"),
        row("staff/a.pdf"),
    ]
    found = shown(project, rows).all("a", "href")
    assert found == ["staff/a.pdf", "staff/a-print.pdf", "staff/a-mono.pdf", "staff/a-mono-print.pdf"]


def test_black_only_edition_is_named(project: Project) -> None:
    assert "alleen zwart" in shown(project, [row("staff/a-mono.pdf", ink="mono")]).text
    assert "alleen zwart" not in shown(project, [row("staff/a.pdf")]).text


def test_copy_is_named_by_the_school(project: Project) -> None:
    assert "Basisschool Noord" in shown(project, [row("a.pdf", school="noord")]).text


def test_file_of_an_audience_or_school_that_is_gone_is_still_listed(project: Project) -> None:
    page = shown(project, [row("ouders/a.pdf", audience="ouders", school="oost")])
    assert "ouders" in page.text
    assert "oost" in page.text


def test_title_cannot_become_markup(project: Project) -> None:
    page = shown(project, [row("staff/a.pdf", title='<script>alert("x")</script> & co')])
    assert page.all("script", "src") == []
    assert '<script>alert("x")</script> & co' in page.text


def test_page_is_in_the_language_of_the_organisation_and_has_a_title(project: Project) -> None:
    page = shown(project, [])
    assert page.all("html", "lang") == ["nl-BE"]
    assert "Stadsscholen" in page.text
    assert "Kies en print" in page.text


def test_page_asks_nothing_of_another_machine(project: Project) -> None:
    pictures = {"staff/a.pdf": gallery.pages_of(pdf(1))}
    html = gallery.html([row("staff/a.pdf")], pictures, project).decode()
    assert not re.search(r"(src|href)=\"(?!data:|staff/a\.pdf)", html)
    assert "http" not in re.sub(r"data:[^\"]+", "", html)
    assert "@import" not in html


def test_pictures_are_for_people_and_not_for_screen_readers(project: Project) -> None:
    assert shown(project, [row("a.pdf")], {"a.pdf": pdf(2)}).all("img", "alt") == ["", ""]


def test_build_for_all_schools_shows_the_pages_of_one_school_and_lists_the_others(project: Project) -> None:
    schools = [f"s{number:03}" for number in range(100)]
    rows = [row(f"schools/{one}/{name}.pdf", school=one) for one in schools for name in ("a", "b")]
    page = shown(project, rows, {one["path"]: pdf(1) for one in rows})
    assert len(page.all("a", "href")) == 200
    assert len(pictures(page)) == 2


def test_same_files_give_the_same_page(project: Project) -> None:
    one, other = (
        gallery.html([row("a.pdf")], {"a.pdf": gallery.pages_of(pdf(2))}, project) for _ in range(2)
    )
    assert one == other


def test_pictures_are_drawn_by_the_processes_of_the_run(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.pdf": pdf(2), "b.pdf": pdf(1, 297, 210)}
    here = dict(gallery.drawn(files.items()))

    def refuse(_: bytes) -> tuple[str, ...]:
        raise AssertionError("this process draws")

    monkeypatch.setattr(gallery, "pages_of", refuse)
    with rounds.workforce(project) as pool:
        assert dict(rounds.pictured(pool, 2, files.items())) == here
    assert multiprocessing.active_children() == []


def test_picture_whose_process_is_killed_is_drawn_all_the_same(project: Project) -> None:
    def files() -> Iterator[tuple[str, bytes]]:
        yield "a.pdf", pdf(1)
        (first,) = multiprocessing.active_children()
        assert first.pid is not None
        os.kill(first.pid, signal.SIGKILL)
        yield "b.pdf", pdf(2)

    with rounds.workforce(project) as pool:
        assert dict(rounds.pictured(pool, 2, files())) == dict(
            gallery.drawn([("a.pdf", pdf(1)), ("b.pdf", pdf(2))])
        )
