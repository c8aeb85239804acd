"""The pages in a real browser, opened from a folder: search, filters, codes, keyboard, barriers, sizes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests import browser
from tests.builder.test_gallery import a_project, copy, pdf, row
from tests.conftest import SETTINGS

from handout.builder import gallery, pictures
from handout.builder.codes import CodeHistory, KnownSheet
from handout.builder.gallery import Gallery
from handout.builder.manifest import FileRow
from handout.editions import sheet_code
from handout.machine import filenames
from handout.model.document import Passage
from handout.paper.engine import web_fonts

WIDTHS = (390, 1024, 1920)
PAGES = ("index.html", "schools/noord/index.html", "check.html")
NEVER, LONG_AGO = "2999-12-31", "2001-01-31"


def sheet(code: str, *texts: tuple[str, str], title: str = "Gids", until: str | None = NEVER) -> KnownSheet:
    """Return a sheet that says *texts*, each with the number of its step."""
    return KnownSheet(code, title, until, tuple(Passage("words", text, "", step) for step, text in texts))


HISTORY = CodeHistory(
    {
        "staff/gids-leaflet-a4": (
            sheet("D38PB5", ("1", "Open Outlook."), ("2", "Klik op OK.")),
            sheet("7K2M4Q", ("1", "Open Outlook."), ("2", "Klik op <b>Verder</b>."), ("3", "Élève")),
        ),
        "students/gids-leaflet-a4": (sheet("0000AA", ("1", "Lees."), until=LONG_AGO),),
        "staff/weg-leaflet-a4": (sheet("111111", title="Weg"),),
        "staff/kwijt-leaflet-a4": (sheet("22222A"), sheet("22222B", ("1", "Bel."))),
    }
)
ROWS: tuple[FileRow, ...] = (
    row("staff/gids-leaflet-a4.pdf"),
    row("students/gids-leaflet-a4.pdf", audience="students"),
    row("staff/kwijt-leaflet-a4.pdf", handout="kwijt", title="Kwijt"),
    row("staff/affiche-poster-a3.pdf", handout="affiche", title="Affiche", format="poster-a3", paper="A3"),
    row(
        "staff/affiche-poster-a3-print.pdf",
        handout="affiche",
        title="Affiche",
        format="poster-a3",
        sheet="tiles",
    ),
    copy("noord", "staff/gids-leaflet-a4.pdf"),
    copy("noord", "students/gids-leaflet-a4.pdf", audience="students"),
    copy("noord", "staff/affiche-poster-a3.pdf", handout="affiche", title="Affiche", format="poster-a3"),
    copy("zuid", "staff/gids-leaflet-a4.pdf"),
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.opened() as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all pages, as a build writes them."""
    root = tmp_path_factory.mktemp("pages")
    drawn = {"staff/gids-leaflet-a4": pictures.picture_of(pdf(1))}
    shown = Gallery(a_project(root / "project"), ROWS, drawn, HISTORY, (), web_fonts.rules())
    written = {
        filenames.INDEX: gallery.office(shown),
        gallery.CHECK: gallery.check(shown),
        gallery.CHECK_DATA: gallery.check_data(shown),
        **{gallery.school_path(id_): gallery.school(shown, id_) for id_ in ("noord", "zuid")},
    }
    for path, data in written.items():
        file = root / "build" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return root / "build"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page on which any error of a script fails the test."""
    opened = chromium.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("request", lambda request: faults.extend(re.findall(r"^http.*", request.url)))
    yield opened
    opened.close()
    assert faults == []


def titles(page: Page) -> list[str]:
    return page.locator(".card:visible .card__title").all_text_contents()


# ---- every page -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_barrier_and_fits_its_window(folder: Path, page: Page, path: str) -> None:
    page.goto((folder / path).as_uri())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert browser.barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_answer_to_a_code_has_no_barrier_either(folder: Path, page: Page) -> None:
    for code in ("7K2M4Q", "D38PB5", "0000AA", "ZZZZZZ"):
        page.goto("about:blank")
        page.goto(f"{(folder / 'check.html').as_uri()}#{code}")
        assert browser.barriers(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_page_says_all_without_a_script(folder: Path, chromium: Browser, path: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / path).as_uri())
    assert page.locator("form:visible").count() == 0
    if path != "check.html":
        assert len(titles(page)) >= 3
        expect(page.get_by_role("link", name="Druk af Gids").first).to_be_visible()
    else:
        expect(page.get_by_text("Zoek je code in de lijst.")).to_be_visible()
        expect(page.get_by_role("row", name="7K2M4Q")).to_contain_text("31 december 2999")
    context.close()


def test_page_is_a_list_on_paper(folder: Path, page: Page) -> None:
    page.goto((folder / PAGES[1]).as_uri())
    page.emulate_media(media="print")
    assert titles(page) == ["Gids", "Gids", "Affiche"]
    expect(page.locator("img:visible, .button:visible, nav:visible")).to_have_count(0)
    assert page.get_by_text("Druk af op A4, enkelzijdig, op 100 %.").first.is_visible()


def test_page_is_set_in_the_faces_of_the_sheets(folder: Path, page: Page) -> None:
    page.goto((folder / PAGES[1]).as_uri())
    page.evaluate("document.fonts.ready")
    used = page.evaluate("[...document.fonts].filter(one => one.status === 'loaded').map(one => one.family)")
    assert {name.strip('"') for name in used} == {"Lexend", "Atkinson Hyperlegible"}


# ---- the page of a school ---------------------------------------------------------------------


def test_arrow_points_on_in_the_direction_of_reading(folder: Path, page: Page) -> None:
    page.goto((folder / "index.html").as_uri())
    arrow = page.locator(".icon--arrow").first
    expect(arrow).to_have_css("transform", "none")
    page.evaluate("document.documentElement.dir = 'rtl'")
    expect(arrow).to_have_css("transform", "matrix(-1, 0, 0, 1, 0, 0)")


def test_two_clicks_lead_from_the_link_to_the_file_to_print(folder: Path, page: Page) -> None:
    page.goto((folder / PAGES[1]).as_uri())
    page.get_by_role("link", name="Hoe begin ik?").click()
    group = page.locator(":target").locator("xpath=ancestor::section")
    button = group.get_by_role("link", name="Druk af Gids, folder, 2 kanten, Voor medewerkers", exact=True)
    expect(button).to_be_in_viewport()
    assert button.get_attribute("href") == "staff/gids-leaflet-a4-noord.pdf"


def test_keyboard_goes_through_a_page_in_reading_order(folder: Path, page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 900})
    page.goto((folder / PAGES[0]).as_uri())
    seen: list[str] = []
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert seen == [
        "Bladen",
        "Scholen (2)",
        "Is dit blad nog juist?",
        "search-for",
        "by-audience",
        "by-format",
        "by-school",
        "Druk af Kwijt, folder, 2 kanten, Voor medewerkers",
        "Druk af Gids, folder, 2 kanten, Voor medewerkers",
    ]
    tops = page.evaluate(
        "[...document.querySelectorAll('a, input, select, button, summary')].filter(one => one.offsetParent)"
        ".map(one => one.getBoundingClientRect()).map(box => [Math.round(box.top), Math.round(box.left)])"
    )
    cards = page.evaluate("document.querySelector('.card').getBoundingClientRect().top")
    assert [top for top, _ in tops if top < cards] == sorted(top for top, _ in tops if top < cards)


# ---- search and filters -----------------------------------------------------------------------


def test_search_finds_titles_questions_and_words(folder: Path, page: Page) -> None:
    page.goto((folder / PAGES[0]).as_uri())
    for asked, found in (
        ("affiche", ["Affiche"]),
        ("hoe begin", ["Gids", "Gids"]),
        ("gsm kwijt", ["Kwijt"]),
        ("eleve", ["Gids"]),
        ("leerlingen gids", ["Gids"]),
        ("bestaat niet", []),
        ("  ", ["Kwijt", "Gids", "Gids", "Affiche"]),
    ):
        page.get_by_label("Zoek in titels").fill(asked)
        assert titles(page) == found
        expect(page.get_by_role("status").first).to_have_text(f"Gevonden: {len(found)}")
        # A group without a sheet is not there either.
        assert page.locator(".group:visible").count() == len(set(found))


def test_filters_go_together(folder: Path, page: Page) -> None:
    page.goto((folder / PAGES[0]).as_uri())
    page.get_by_label("Voor wie").select_option("staff")
    assert titles(page) == ["Kwijt", "Gids", "Affiche"]
    page.get_by_label("Vorm").select_option("leaflet-a4")
    assert titles(page) == ["Kwijt", "Gids"]
    page.get_by_label("Voor wie").select_option("")
    page.get_by_label("Vorm").select_option("poster-a3")
    assert titles(page) == ["Affiche"]


def test_school_that_is_chosen_gives_its_own_copies(folder: Path, page: Page) -> None:
    page.goto((folder / PAGES[0]).as_uri())
    page.get_by_label("School", exact=True).select_option("noord")
    assert titles(page) == ["Gids", "Gids", "Affiche"]
    hrefs = page.locator(".card:visible .button").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    assert set(hrefs) <= {file["path"] for file in ROWS if file["school"] == "noord"}
    assert len(hrefs) == 3
    assert page.locator("[data-school]:visible").all_text_contents()[0].startswith("Basisschool Noord")
    page.get_by_label("School", exact=True).select_option("")
    assert page.locator(".card .button").first.get_attribute("href") == "staff/kwijt-leaflet-a4.pdf"
    assert page.locator("[data-school]:visible").count() == 2


def test_school_that_is_chosen_gives_no_file_that_it_has_not(chromium: Browser, tmp_path: Path) -> None:
    """`build --mono --print-shop` makes more of a sheet than `build --school all` after it."""
    rows = (
        row("staff/gids-leaflet-a4.pdf"),
        row("staff/gids-leaflet-a4-mono.pdf", ink="mono"),
        row("staff/gids-leaflet-a4-shop.pdf", sheet="print-shop"),
        row("staff/gids-trifold.pdf", format="trifold", paper="100 × 210 mm"),
        row("staff/gids-trifold-print.pdf", format="trifold", sheet="trifold"),
        copy("noord", "staff/gids-leaflet-a4.pdf"),
        copy("zuid", "staff/gids-leaflet-a4.pdf"),
        copy("zuid", "staff/gids-leaflet-a4-mono.pdf", ink="mono"),
        copy("zuid", "staff/gids-trifold.pdf", format="trifold", paper="100 × 210 mm"),
    )
    project = a_project(tmp_path / "project")
    (tmp_path / "index.html").write_bytes(gallery.office(Gallery(project, rows)))
    page = chromium.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    for details in page.locator(".card details").all():
        details.evaluate("one => one.open = true")

    def offered(school: str) -> set[str | None]:
        page.get_by_label("School", exact=True).select_option(school)
        return {link.get_attribute("href") for link in page.locator(".card a:visible").all()}

    everything = {file["path"] for file in rows if file["school"] is None}
    assert offered("") == everything
    for school in ("noord", "zuid"):
        assert offered(school) == {file["path"] for file in rows if file["school"] == school}
    assert page.locator(".card li:visible").count() == 1
    offered("noord")
    assert page.locator(".card details:visible").count() == 0
    assert offered("") == everything
    page.close()


# ---- is this sheet still right? ---------------------------------------------------------------


def answer(folder: Path, page: Page, typed: str, path: str = "check.html") -> str:
    page.goto((folder / path).as_uri())
    page.get_by_label("Code", exact=True).fill(typed)
    page.get_by_role("button", name="Kijk na").click()
    return " ".join(page.locator(".answer").inner_text().split())


@pytest.mark.parametrize("path", ["check.html", "index.html"])
def test_sheet_of_today_is_still_right(folder: Path, page: Page, path: str) -> None:
    for typed in ("7K2M4Q", "7k2 m4q", "7K2-M4Q"):
        assert answer(folder, page, typed, path) == (
            "Nog juist tot en met 31 december 2999 Gids, folder, 2 kanten, Voor medewerkers "
            "Je mag dit blad gebruiken."
        )


def test_changed_step_is_shown_with_the_words_of_then_and_now(folder: Path, page: Page) -> None:
    told = answer(folder, page, "D38PB5")
    assert told.startswith("Niet meer juist Gids, folder, 2 kanten, Voor medewerkers Stap 2 is gewijzigd")
    assert "Toen Klik op OK. Nu Klik op <b>Verder</b>." in told
    assert "Stap 3 is nieuw Nu Élève" in told
    assert told.endswith("Druk het blad opnieuw af en gooi dit weg.")


def test_change_that_is_not_known_is_said_so(folder: Path, page: Page) -> None:
    assert "Wat er gewijzigd is, staat hier niet" in answer(folder, page, "22222A")


def test_sheet_past_its_date_and_one_that_is_no_longer_made_are_not_right(folder: Path, page: Page) -> None:
    assert answer(folder, page, "0000AA").startswith("Niet meer geldig Gids")
    assert "geldig tot en met 31 januari 2001" in answer(folder, page, "oooo AA")
    assert answer(folder, page, "111111") == "Dit blad wordt niet meer gemaakt Weg Haal het weg."
    assert answer(folder, page, "LLiiLl").startswith("Dit blad wordt niet meer gemaakt")


def test_unknown_code_is_not_taken_for_right(folder: Path, page: Page) -> None:
    for typed in ("ZZZZZZ", "999999"):
        assert answer(folder, page, typed).startswith(f"Onbekend {typed}")


def test_what_is_no_code_is_said_so(folder: Path, page: Page) -> None:
    for typed in ("", "7K2", "7K2M4Q7", "U00000", "__proto__", "constructor", "7K2M4?"):
        assert answer(folder, page, typed).startswith("Dit is geen code")


def test_address_holds_the_code(folder: Path, page: Page) -> None:
    page.goto(f"{(folder / 'check.html').as_uri()}#D38PB5")
    expect(page.locator(".answer")).to_contain_text("Stap 2 is gewijzigd")
    expect(page.get_by_label("Code", exact=True)).to_have_value("D38PB5")
    page.evaluate("location.hash = '7k2m4q'")
    expect(page.locator(".answer")).to_contain_text("Nog juist")
    page.get_by_label("Code", exact=True).fill("111111")
    page.keyboard.press("Enter")
    assert page.url.endswith("#111111")


def test_no_place_on_a_page_could_be_read_as_a_code(folder: Path) -> None:
    for path in PAGES:
        ids = re.findall(r' id="([^"]+)"', (folder / path).read_text("utf-8"))
        assert [id_ for id_ in ids if sheet_code.read_code(id_)] == []


def test_address_with_something_else_gives_no_answer(folder: Path, page: Page) -> None:
    for hash_ in ("#%", "#<img src=x onerror=alert(1)>", "#all-sheets", "#v1", "#"):
        page.goto("about:blank")
        page.goto(f"{(folder / 'index.html').as_uri()}{hash_}")
        expect(page.locator(".answer")).to_be_empty()


# ---- how large ---------------------------------------------------------------------------------

MANY_SCHOOLS, MANY_SHEETS = 300, 50


def test_pages_for_three_hundred_schools_stay_small(tmp_path: Path) -> None:
    table = "id,name,ict-anchor,phone\n" + "".join(
        f"school-{number:03},Voorbeeldschool met een lange naam {number:03},,\n"
        for number in range(MANY_SCHOOLS)
    )
    project = a_project(tmp_path, SETTINGS, table)
    general = [
        row(f"staff/blad{number:02}-leaflet-a4.pdf", handout=f"blad{number:02}", title=f"Blad {number:02}")
        for number in range(MANY_SHEETS)
    ]
    rows = [
        *general,
        *(
            copy(school.id, one["path"], handout=one["handout"], title=one["title"], why_in_full="")
            for school in project.schools
            for one in general
        ),
    ]
    # What a dense page of the handbook weighs as a picture, and the words that such a sheet says.
    picture = pictures.SheetPicture(226, 320, "A" * 10_000)
    said = tuple(Passage("words", f"woord{number} {number} zoeken", "", "1") for number in range(250))
    names = [one["path"].removesuffix(".pdf") for one in general]
    history = CodeHistory({name: (KnownSheet("7K2M4Q", name, NEVER, said),) for name in names})
    faces = web_fonts.rules()
    shown = Gallery(project, tuple(rows), dict.fromkeys(names, picture), history, (), faces)
    assert len(gallery.office(shown)) < 1_000_000
    school = gallery.school(shown, "school-007").decode()
    assert len(re.sub(r"data:image/webp[^\"]*", "", school)) < 100_000
    assert len(gallery.check(shown)) < 50_000


def test_data_of_the_codes_are_a_script_that_holds_json(folder: Path) -> None:
    text = (folder / "check-data.js").read_text("ascii")
    data = json.loads(text.removeprefix("window.handoutCodes = ").removesuffix(";\n"))
    assert data["codes"]["7K2M4Q"] == [[data["codes"]["D38PB5"][0][0]]]
    assert "noord" not in text
