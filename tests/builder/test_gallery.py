"""The pages that lead to the sheets: each can be picked by eye, and nothing in a name becomes markup."""

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
from tests.conftest import SCHOOLS, SETTINGS, handout, loaded, procedure, project_at

from handout.builder import gallery, pictures, rounds, sheets
from handout.builder.codes import CodeHistory, KnownSheet
from handout.builder.gallery import Gallery
from handout.builder.manifest import FileRow
from handout.editions.imprint import FAULTY
from handout.machine import catalogs
from handout.model.document import Passage, SheetKind
from handout.model.findings import Finding, Place, RefusedRow
from handout.model.messages import say
from handout.project.project import Project


class Page(HTMLParser):
    """What a browser finds in the page: elements with their attributes, and the text."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.html = html.decode("utf-8")
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, attribute: str) -> list[str | None]:
        return [attributes.get(attribute) for name, attributes in self.elements if name == tag]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_project(tmp_path)


def a_project(root: Path, settings: str = SETTINGS, table: str = SCHOOLS) -> Project:
    """Return a project whose handouts answer questions, with the schools of *table*."""
    files = {
        "content/procedures/aanmelden.md": procedure("1. Klik."),
        "content/handouts/gids.md": handout("aanmelden", questions="[star | Hoe begin ik?]"),
        "content/handouts/kwijt.md": handout(
            "aanmelden", title="Kwijt", questions="[phone | Ik ben mijn gsm kwijt, mail | Waar is mijn mail?]"
        ),
        "content/handouts/mail.md": handout(
            "aanmelden", title="Mail", audiences="[students]", questions="[mail | Waar is mijn mail?]"
        ),
        "content/handouts/wijzer.md": handout(
            "aanmelden", title="Wijzer", formats="[wegwijzer-a4]", leads_to="[mail, kwijt, gids]"
        ),
        "content/handouts/affiche.md": handout("aanmelden", title="Affiche", formats="[poster-a3]"),
        "content/schools.csv": table,
    }
    return loaded(project_at(root, files, settings))


def row(path: str, **changes: object) -> FileRow:
    return {
        "path": path,
        "handout": "gids",
        "title": "Gids",
        "audience": "staff",
        "format": "leaflet-a4",
        "reading": "standard",
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
        "code": "7K2M4Q",
        "valid_until": None,
        "density": None,
        "scale": None,
        "ink_percent": [],
        "ink_cents": None,
        "sources": {},
        "fields": [],
        "bytes": 0,
        "sha256": "",
        "made_from": "",
        "why_in_full": "",
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


def office(project: Project, *rows: FileRow, **more: object) -> Page:
    return Page(gallery.office(Gallery(project, rows, **more)))  # type: ignore[arg-type]


def of_school(project: Project, id_: str, *rows: FileRow) -> Page:
    return Page(gallery.school(Gallery(project, rows), id_))


def links(page: Page) -> list[str | None]:
    """Return where the links of *page* to sheets lead."""
    return [link for link in page.all("a", "href") if link and link.endswith((".pdf", ".txt"))]


def copy(school: str, path: str, **changes: object) -> FileRow:
    """Return the row of the copy for *school* of the file *path*."""
    stem, dot, ending = path.partition(".")
    return row(f"schools/{school}/{stem}-{school}{dot}{ending}", school=school, **changes)


def test_sheet_for_another_way_of_reading_can_be_chosen_by_it_and_is_named(project: Project) -> None:
    large = row("staff/gids-leaflet-a4-large.pdf", title="Groot", reading="large", pages=6)
    page = office(project, row("staff/gids-leaflet-a4.pdf"), large)
    assert "folder in grote letter" in page.text
    assert [name for name in page.all("select", "name") if name] == ["format", "reading"]
    assert "reading" not in office(project, row("staff/gids-leaflet-a4.pdf")).all("select", "name")


# ---- which sheets, and how they are printed ---------------------------------------------------


def test_each_sheet_is_linked_by_its_title(project: Project) -> None:
    page = office(
        project,
        row("staff/gids.pdf", title="Eerste"),
        row("students/gids.pdf", title="Tweede", audience="students"),
    )
    assert links(page) == ["staff/gids.pdf", "students/gids.pdf"]
    assert "Eerste" in page.text
    assert "Tweede" in page.text


def test_sheets_stand_under_the_question_that_they_answer(project: Project) -> None:
    rows = [
        row("staff/affiche.pdf", handout="affiche", format="poster-a3", paper="A3"),
        row("students/mail.pdf", handout="mail", audience="students"),
        row("staff/gids.pdf", handout="gids"),
        row("staff/kwijt.pdf", handout="kwijt"),
        row("staff/wijzer.pdf", handout="wijzer", format="wegwijzer-a4"),
    ]
    found = sheets.groups(rows, project, sheets.page_words(project))
    asked = [(group.heading, [question.text for question in group.questions]) for group in found]
    # In the order of the letters; what two handouts answer is asked once.
    assert asked == [
        ("Begin hier", []),
        ("", ["Waar is mijn mail?", "Ik ben mijn gsm kwijt"]),
        ("", ["Hoe begin ik?"]),
        ("Om op te hangen, neer te zetten of mee te geven", []),
    ]
    assert [[card.handout for card in group.cards] for group in found] == [
        ["wijzer"],
        ["mail", "kwijt"],
        ["gids"],
        ["affiche"],
    ]


def test_sheet_says_for_whom_it_is_and_how_to_print_it(project: Project) -> None:
    one = office(project, row("staff/a.pdf")).text
    assert "Voor medewerkers" in one
    assert "folder, 2 kanten" in one
    assert "Druk af op A4, enkelzijdig, op 100 %." in one
    two = office(project, row("students/a.pdf", audience="students", pages=2, duplex="long edge")).text
    assert "Voor leerlingen" in two
    assert "Druk af op A4, dubbelzijdig, omslaan langs de lange kant, op 100 %." in two


def ways(project: Project, *rows: FileRow) -> tuple[str, list[tuple[str, str]]]:
    """Return the file of the main button of the one sheet that *rows* are of, and the other links."""
    ((card,),) = (group.cards for group in sheets.groups(rows, project, sheets.page_words(project)))
    return card.main.path, [(way.path, way.label) for way in card.others]


@pytest.mark.parametrize("kind", ["trifold", "two-up", "booklet", "cards", "folded-cards", "mini"])
def test_print_sheet_is_the_main_button_and_the_piece_is_for_the_screen(project: Project, kind: str) -> None:
    piece = row("staff/a.pdf", paper="100 × 210 mm", pages=6, sides=2, duplex="long edge")
    sheet = row("staff/a-print.pdf", sheet=kind, sides=2, duplex="short edge")
    assert ways(project, piece, sheet) == ("staff/a-print.pdf", [("staff/a.pdf", "Bekijk op het scherm")])
    text = office(project, piece, sheet).text
    assert project.strings["nl"][f"sheet.{kind}"] in text
    assert "Druk af op A4, dubbelzijdig, omslaan langs de korte kant, op 100 %." in text
    assert "100 × 210" not in text


def test_poster_is_printed_whole_and_tiles_are_for_who_has_no_such_paper(project: Project) -> None:
    piece = row("staff/a.pdf", paper="A3", format="poster-a3")
    tiles = row("staff/a-print.pdf", sheet="tiles", format="poster-a3", pages=5)
    small = row("staff/a-print-one-a4.pdf", sheet="one-a4", format="poster-a3")
    main, others = ways(project, piece, tiles, small)
    assert main == "staff/a.pdf"
    assert dict(others) == {
        "staff/a-print.pdf": "Vellen om te snijden en te plakken",
        "staff/a-print-one-a4.pdf": "Verkleind tot één vel A4",
    }


def test_black_only_edition_and_the_file_for_a_shop_are_other_ways(project: Project) -> None:
    rows = [
        row("staff/a.pdf"),
        row("staff/a-mono.pdf", ink="mono"),
        row("staff/a-shop.pdf", sheet="print-shop", paper="234 × 321 mm"),
        row("staff/a.txt", sheet="text", paper=""),
    ]
    main, others = ways(project, *rows)
    assert main == "staff/a.pdf"
    assert dict(others) == {
        "staff/a-mono.pdf": "Alleen zwart",
        "staff/a-shop.pdf": "Bestand voor de drukkerij",
        "staff/a.txt": "Tekst, zoals een schermlezer hem voorleest",
    }
    text = office(project, *rows).text
    assert "Voor de drukkerij, met snijtekens en 3 mm afloop." in text


@pytest.mark.parametrize("kind", list(SheetKind))
def test_each_kind_of_print_sheet_has_a_word(project: Project, kind: SheetKind) -> None:
    assert project.strings["nl"][f"sheet.{kind}"] in office(
        project, row("staff/a.pdf", paper="A3"), row("staff/a-print.pdf", sheet=kind)
    ).text.replace("Vel", "vel").replace("Verkl", "verkl").replace("Best", "best")


def test_paper_without_a_name_is_told_by_its_size(project: Project) -> None:
    text = office(project, row("staff/a.pdf", paper="85 × 55 mm")).text
    assert "Druk af op 85 × 55 mm, enkelzijdig, op 100 %." in text


def test_file_of_an_audience_or_handout_that_is_gone_is_still_listed(project: Project) -> None:
    page = office(project, row("ouders/x.pdf", audience="ouders", handout="weg", format="rol"))
    assert "ouders" in page.text
    assert "rol" in page.text
    assert links(page) == ["ouders/x.pdf"]


def test_merged_file_is_a_print_job_and_no_sheet(project: Project) -> None:
    page = office(project, row("jobs/staff/gids.pdf", sheet="job"), copy("noord", "staff/gids.pdf"))
    assert "printopdracht voor alle scholen samen" in page.text
    assert "jobs/staff/gids.pdf" in links(page)


# ---- schools ----------------------------------------------------------------------------------


def test_file_to_type_in_stands_beside_the_button_and_is_never_what_is_printed(project: Project) -> None:
    piece, sheet = row("staff/a.pdf"), row("staff/a-print.pdf", sheet="two-up")
    typed = row("staff/a-fillable.pdf", sheet="fillable", fields=["room"])
    assert ways(project, piece, typed) == ("staff/a.pdf", [("staff/a-fillable.pdf", "Vul zelf in")])
    main, others = ways(project, piece, typed, sheet)
    assert main == "staff/a-print.pdf"
    assert ("staff/a-fillable.pdf", "Vul zelf in") in others
    nothing = row("staff/a-fillable.pdf", sheet="fillable")
    assert ways(project, piece, nothing) == ("staff/a.pdf", [])


def test_page_of_a_school_offers_to_type_what_its_row_lacks(project: Project) -> None:
    files = (
        copy("zuid", "staff/gids.pdf"),
        copy("zuid", "staff/gids-fillable.pdf", sheet="fillable", fields=["room"]),
    )
    for rows, is_offered in ((files[:1], False), (files, True)):
        page = Page(gallery.school(Gallery(project, rows), "zuid"))
        assert ("Of typ het" in page.text) is is_offered


def test_page_of_a_school_has_its_own_files_and_no_others(project: Project) -> None:
    rows = [row("staff/gids.pdf"), copy("noord", "staff/gids.pdf"), copy("zuid", "staff/gids.pdf")]
    page = of_school(project, "noord", *rows)
    assert links(page) == ["staff/gids-noord.pdf"]
    assert "Bladen voor Basisschool Noord" in page.text
    assert "Zuid" not in page.text


def test_page_of_a_school_says_what_its_row_lacks_and_its_sheets_have_a_line_for(project: Project) -> None:
    assert "Nog leeg" in of_school(project, "noord", copy("noord", "staff/gids.pdf")).text  # room and hours
    text = of_school(project, "zuid", copy("zuid", "staff/gids.pdf")).text
    assert "Nog leeg: naam, lokaal, telefoon, uren." in text
    assert "Laat het weten aan Stadsscholen." in text
    poster = of_school(project, "zuid", copy("zuid", "staff/affiche.pdf", format="poster-a3")).text
    assert "Nog leeg: naam, lokaal, telefoon." in poster


def test_office_is_told_by_mail_where_it_has_an_address(tmp_path: Path) -> None:
    contact = 'language = "nl-BE"\ncontact = "ict@school.be"\n'
    with_contact = a_project(tmp_path, SETTINGS.replace('language = "nl-BE"\n', contact))
    page = of_school(with_contact, "zuid", copy("zuid", "staff/affiche.pdf", format="poster-a3"))
    (mail,) = [link for link in page.all("a", "href") if link and link.startswith("mailto:")]
    assert mail == (
        "mailto:ict@school.be?subject=Basisschool%20Zuid%20%28zuid%29%3A%20naam%2C%20lokaal%2C%20telefoon"
    )


def test_office_sees_the_state_of_each_school(project: Project) -> None:
    rows = [
        copy("noord", "staff/gids.pdf", why_in_full="a value that is too long"),
        copy("noord", "students/gids.pdf", audience="students"),
        copy("zuid", "staff/gids.pdf"),
    ]
    page = office(project, *rows)
    noord, zuid = sheets.school_states(Gallery(project, tuple(rows)).by_school, project, page_words(project))
    assert (len(noord.names), noord.in_full) == (2, (("Gids", "a value that is too long"),))
    assert (len(zuid.names), zuid.missing) == (1, ("naam", "lokaal", "telefoon", "uren"))
    assert {"schools/noord/index.html", "schools/zuid/index.html"} <= set(page.all("a", "href"))
    assert "a value that is too long" in page.text


def test_office_is_told_in_the_language_of_the_program_what_it_could_not_make(project: Project) -> None:
    fault = Finding(Place("content/schools.csv", 3), FAULTY, say("mend what is told above"))
    refused = (RefusedRow("beuk", "De Beuk", fault.place, (fault,)),)
    rows = (
        copy("noord", "staff/gids.pdf", why_in_full=FAULTY),
        copy("zuid", "staff/gids.pdf", why_in_full="as an earlier build said"),
    )
    dutch = office(project, *rows, refused=refused, catalog=catalogs.catalog("nl"))
    assert (
        "content/schools.csv:3: de editie heeft fouten, en die komen bij het volledig zetten aan het licht"
        in dutch.text
    )
    assert "Herstel: herstel wat hierboven staat" in dutch.text
    assert "Gids: de editie heeft fouten, en die komen bij het volledig zetten aan het licht" in dutch.text
    # Only what the manifest kept is in another language than the page.
    assert spoken(dutch) == [("en", "as an earlier build said")]
    english = office(project, *rows, refused=refused)
    assert "To mend it: mend what is told above" in english.text
    assert {language for language, _ in spoken(english)} == {"en"}
    assert ("en", FAULTY) in spoken(english)


def spoken(page: Page) -> list[tuple[str, str]]:
    """Return each text on *page* that is in a language of its own, with that language."""
    return re.findall(r'<span lang="([^"]+)">([^<]*)</span>', page.html)


def page_words(project: Project) -> Mapping[str, str]:
    return sheets.page_words(project)


def test_sheets_that_are_made_for_schools_alone_are_shown_once(project: Project) -> None:
    page = office(
        project,
        copy("noord", "staff/gids.pdf", paper="100 × 210 mm"),
        copy("noord", "staff/gids-print.pdf", sheet="trifold"),
        copy("zuid", "staff/gids.pdf", paper="100 × 210 mm"),
    )
    assert page.text.count("Alleen per school gemaakt") == 1


@pytest.mark.parametrize(
    ("school", "ending", "ink"),
    [
        ("de-es", ".pdf", "colour"),
        ("de-es", "-print.pdf", "mono"),
        ("print", "-print-tiles-a2.pdf", "colour"),
    ],
)
def test_file_of_a_school_tells_that_of_none(project: Project, school: str, ending: str, ink: str) -> None:
    stem = "staff/gids-leaflet-a4" + ("-mono" if ink == "mono" else "")
    own = row(f"schools/{school}/{stem}-{school}{ending}", school=school, ink=ink)
    assert gallery.general_path(own, project) == f"{stem}{ending}"


# ---- the page itself --------------------------------------------------------------------------


def test_title_cannot_become_markup(project: Project) -> None:
    title = '<script>alert("x")</script> & </style>'
    said = KnownSheet("7K2M4Q", title, None, (Passage("words", "</script><b>"),))
    history = CodeHistory({"staff/gids-leaflet-a4": (said,)})
    rows = [row("staff/a.pdf", title=title), copy("noord", "staff/gids.pdf", title=title)]
    everything = Gallery(project, tuple(rows), history=history)
    for html in (gallery.office(everything), gallery.school(everything, "noord"), gallery.check(everything)):
        assert b"<script>alert" not in html
        assert b"</script><b>" not in html
        assert title in Page(html).text
    assert b"<" not in gallery.check_data(everything)


def test_page_is_in_the_language_of_the_organisation_and_has_a_title(project: Project) -> None:
    page = office(project)
    assert page.all("html", "lang") == ["nl-BE"]
    assert "Stadsscholen" in page.text
    assert "Kies en print" in page.text


def test_pages_ask_nothing_of_another_machine(project: Project) -> None:
    shown = {"staff/gids-leaflet-a4": pictures.picture_of(pdf(1))}
    everything = Gallery(project, (row("staff/a.pdf"), copy("noord", "staff/gids.pdf")), shown)
    for html in (gallery.office(everything), gallery.school(everything, "noord"), gallery.check(everything)):
        text = re.sub(r"data:[^\"]+", "", html.decode())
        assert "http" not in text
        assert "@import" not in text
        sources = re.findall(r'src="([^"]*)"', text)
        assert set(sources) <= {"", "check-data.js"}


def test_picture_says_nothing_to_a_screen_reader_and_has_its_size(project: Project) -> None:
    shown = {"staff/gids-leaflet-a4": pictures.picture_of(pdf(2))}
    page = office(project, row("staff/a.pdf"), pictures=shown)
    assert page.all("img", "alt") == [""]
    assert (page.all("img", "width"), page.all("img", "height")) == (["227"], ["320"])


@pytest.mark.parametrize(
    ("size", "drawn"), [((210, 297), (226, 320)), ((297, 210), (240, 170)), ((100, 210), (152, 320))]
)
def test_first_page_is_drawn_in_its_shape(size: tuple[float, float], drawn: tuple[int, int]) -> None:
    picture = pictures.picture_of(pdf(2, *size))
    image = Image.open(BytesIO(base64.b64decode(picture.webp)))
    assert image.size == (picture.width_px, picture.height_px)
    assert image.size == pytest.approx(drawn, abs=1)
    assert pictures.of_words(picture.words) == picture


def test_words_that_are_no_picture_are_none() -> None:
    assert pictures.of_words(["UklGR"]) is None
    assert pictures.of_words(["x", "1", "UklGR"]) is None


def test_same_files_give_the_same_pages(project: Project) -> None:
    one, other = (Gallery(project, (row("a.pdf"), copy("noord", "staff/gids.pdf"))) for _ in range(2))
    assert gallery.office(one) == gallery.office(other)
    assert gallery.school(one, "noord") == gallery.school(other, "noord")
    assert gallery.check_data(one) == gallery.check_data(other)


def test_template_of_the_program_is_not_one_of_the_project(tmp_path: Path) -> None:
    project_at(tmp_path, {"templates/pages/office.html": "{% for a in range(9**9) %}{% endfor %}"})
    assert "Kies en print" in office(a_project(tmp_path)).text


def test_pictures_are_drawn_by_the_processes_of_the_run(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.pdf": pdf(2), "b.pdf": pdf(1, 297, 210)}
    here = dict(pictures.drawn(files.items()))

    def refuse(_: bytes) -> pictures.SheetPicture:
        raise AssertionError("this process draws")

    monkeypatch.setattr(pictures, "picture_of", refuse)
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
            pictures.drawn([("a.pdf", pdf(1)), ("b.pdf", pdf(2))])
        )


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        ("nl-BE", "Nederlands"),
        ("ar", "العربية (Arabisch)"),
        ("nl-BE+uk", "Nederlands + українська (Oekraïens)"),
        ("xx", "xx"),
    ],
)
def test_language_is_called_as_its_readers_call_it_and_as_who_prints_it(
    project: Project, tag: str, label: str
) -> None:
    assert sheets.language_label(tag, project) == label
