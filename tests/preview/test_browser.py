"""The preview as an editor meets it: in Chromium, with files that change under it."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Locator, Page, expect
from tests import browser
from tests.conftest import SCHOOLS, SETTINGS, handout, procedure, project_at
from tests.preview.serving import Preview, preview

STEP_LINE = 5
STEPS = "1. Klik op `Volgende`.\n2. Open je mail.\n3. Tik op `Klaar`.\n"
FILES = {
    "content/procedures/a.md": procedure(STEPS),
    "content/handouts/gids.md": handout("a", formats="[leaflet-a4, card]"),
    "content/handouts/wijzer.md": handout("a", title="Wijzer", audiences="[staff]"),
    "content/schools.csv": SCHOOLS,
}
ONE_PAGE = f"""{SETTINGS}
[formats.leaflet-a4]
pages = 1
most-air = 1

[formats.card]
pages = 1
sheets = []
"""
PROVED_MS = 60_000


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_at(tmp_path_factory.mktemp("project"), FILES, ONE_PAGE)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.opened() as opened:
        yield opened


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[Preview]:
    with preview(root) as running:
        yield running


@pytest.fixture
def page(chromium: Browser, served: Preview, root: Path) -> Iterator[Page]:
    """The page of the handout `gids`, proved, of files that are as they were at first."""
    project_at(root, FILES, ONE_PAGE)
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    shown = context.new_page()
    faults: list[str] = []
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    shown.goto(served.address)
    expect(shown).to_have_url(re.compile(r"^http://127\.0\.0\.1:\d+/\?handout=gids&"))
    at_rest(shown)
    expect(shown.locator("#findings")).to_contain_text("Niets te herstellen")
    yield shown
    context.close()
    assert faults == []


def at_rest(shown: Page) -> None:
    """Wait until all is proved that is to be shown."""
    shown.wait_for_selector("html[data-state=proved]", timeout=PROVED_MS)


def write(root: Path, old: str, new: str, path: str = "content/procedures/a.md") -> None:
    """Save *path* as an editor does: another file takes its place."""
    file = root / path
    text = file.read_text("utf-8")
    assert old in text
    beside = file.with_name(".saving")
    beside.write_text(text.replace(old, new), "utf-8")
    beside.replace(file)


def picture(shown: Page, index: int = 0) -> Image.Image:
    """Return the picture of a page, as the server sent it."""
    image = shown.locator(".paper img").nth(index)
    expect(image).to_have_attribute("src", re.compile(r"/(page|copy)/\d+"))
    answer = shown.request.get(f"{shown.url.partition('/?')[0]}{image.get_attribute('src')}")
    assert answer.ok
    return Image.open(BytesIO(answer.body())).convert("RGB")


def address_of(shown: Page) -> str:
    return shown.locator(".paper img").first.get_attribute("src") or ""


def region(shown: Page, line: int, path: str = "content/procedures/a.md") -> Locator:
    return shown.locator(f'.regions button[data-place="{path}:{line}"]').first


def test_what_is_saved_stands_there_and_the_place_on_the_screen_is_kept(page: Page, root: Path) -> None:
    before, was = picture(page), address_of(page)
    page.locator("main").evaluate("main => main.scrollTo(0, 150)")
    handle = page.locator(".paper img").first.element_handle()

    write(root, "Open je mail", "Lees eerst je mail")

    expect(page.locator(".paper img").first).not_to_have_attribute("src", was, timeout=PROVED_MS)
    at_rest(page)
    assert ImageChops.difference(before, picture(page)).getbbox() is not None
    assert page.locator("main").evaluate("main => main.scrollTop") == 150
    assert handle is not None
    assert handle.evaluate("image => image.isConnected")
    expect(page.locator("#took")).to_contain_text(re.compile(r"na \d+ ms"))


def test_an_edition_without_the_change_is_not_made_anew(page: Page, root: Path) -> None:
    was = address_of(page)
    write(root, "Wijzer", "De wijzer", "content/handouts/wijzer.md")
    expect(page.locator("#handouts")).to_contain_text("De wijzer", timeout=PROVED_MS)
    at_rest(page)
    assert address_of(page) == was


def test_what_is_broken_is_shown_at_its_place_until_it_is_mended(page: Page, root: Path) -> None:
    was = picture(page)
    write(root, "2. Open je mail.", "2. Open [de mail](weg.md).")

    row = page.locator("#findings .finding")
    expect(row).to_contain_text("weg.md", timeout=PROVED_MS)
    expect(row).to_contain_text(f"content/procedures/a.md:{STEP_LINE + 1}")
    expect(page.locator("#notice")).to_contain_text("laatste pagina die gemaakt kon worden")
    expect(page.locator("#handouts .problems").first).to_have_text("1")
    assert ImageChops.difference(was, picture(page)).getbbox() is None, "the last page stays"
    step, mark = region(page, STEP_LINE + 1).bounding_box(), page.locator(".marks span").bounding_box()
    assert step is not None
    assert mark is not None
    assert abs(step["y"] - mark["y"]) < 2
    assert abs(step["height"] - mark["height"]) < 2
    page.get_by_role("button", name="Toon op de pagina").click()
    expect(page.locator(".marks .is-shown")).to_be_in_viewport()

    write(root, "[de mail](weg.md)", "je mail")

    expect(page.locator("#findings")).to_contain_text("Niets te herstellen", timeout=PROVED_MS)
    expect(page.locator(".marks span")).to_have_count(0)
    expect(page.locator("#notice")).to_be_hidden()
    expect(page.locator("#handouts .problems")).to_have_count(0)


def test_a_text_that_is_too_long_is_shown_with_what_does_not_fit(page: Page, root: Path) -> None:
    more = "".join(f"{number}. Klik op `Knop {number}`.\n" for number in range(4, 60))
    write(root, STEPS, STEPS + more)

    row = page.locator("#findings .finding", has_text="te lang")
    expect(row).to_be_visible(timeout=PROVED_MS)
    at_rest(page)
    assert page.locator("figure").count() > 1, "the pages that there would be"
    over = page.locator("#findings .finding", has_text="dit formaat heeft 1 pagina")
    expect(over).to_have_count(1)
    number = over.locator("b").inner_text()
    assert page.locator("figure").nth(1).locator(f'.marks [data-finding~="{number}"]').count() == 1
    boxes = [mark.bounding_box() for mark in page.locator(".marks span").all()]
    assert len({tuple(box.values()) for box in boxes if box}) == len(boxes), "one mark at one place"
    expect(page.locator("#files a")).to_have_count(0)

    write(root, more, "")
    at_rest_without_findings(page)
    expect(page.locator("figure")).to_have_count(1)


def at_rest_without_findings(shown: Page) -> None:
    expect(shown.locator("#findings")).to_contain_text("Niets te herstellen", timeout=PROVED_MS)
    at_rest(shown)


def test_settings_that_cannot_be_read_leave_the_page_and_say_so(page: Page, root: Path) -> None:
    write(root, "[audiences.staff]", "[audiences.staff", "handout.toml")
    expect(page.locator("#findings .finding")).to_contain_text("TOML", timeout=PROVED_MS)
    expect(page.locator("figure")).to_have_count(1)

    write(root, "[audiences.staff\n", "[audiences.staff]\n", "handout.toml")
    at_rest_without_findings(page)
    expect(page.locator("#handouts a")).to_have_count(2)


def test_a_click_on_a_step_tells_where_it_is_written(page: Page, root: Path) -> None:
    box = region(page, STEP_LINE + 2).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(page.locator("#place code")).to_have_text(f"content/procedures/a.md:{STEP_LINE + 2}")
    link = page.get_by_role("link", name="Open in de editor")
    file = (root / "content/procedures/a.md").as_posix()
    expect(link).to_have_attribute("href", f"vscode://file{file}:{STEP_LINE + 2}:1")
    expect(region(page, STEP_LINE + 2)).to_have_attribute("aria-pressed", "true")


def test_the_keyboard_reaches_steps_and_their_link(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    first = page.locator(".regions button").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if first.evaluate("one => one === document.activeElement"):
            break
    expect(first).to_be_focused()
    assert page.locator('.regions button[tabindex="0"]').count() == page.locator("figure").count()
    for _ in range(30):
        if region(page, STEP_LINE + 1).evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("ArrowDown")
    expect(region(page, STEP_LINE + 1)).to_be_focused()
    expect(page.locator("#place code")).to_have_text(f"content/procedures/a.md:{STEP_LINE + 1}")
    page.keyboard.press("Enter")
    expect(page.locator("#open")).to_be_focused()
    page.keyboard.press("Escape")
    expect(region(page, STEP_LINE + 1)).to_be_focused()


def test_switches_show_another_edition_and_stand_in_the_address(page: Page) -> None:
    was = picture(page)
    page.locator("#audience").select_option("students")
    at_rest(page)
    expect(page).to_have_url(re.compile("audience=students"))
    students = picture(page)
    assert ImageChops.difference(was, students).getbbox() is not None

    page.locator("#school").select_option("noord")
    at_rest(page)
    of_school = picture(page)
    assert ImageChops.difference(students, of_school).getbbox() is not None

    page.get_by_label("Alleen zwart").check()
    at_rest(page)
    assert is_grey(picture(page))

    page.locator("#format").select_option("card")
    at_rest(page)
    page.reload()
    at_rest(page)
    expect(page.locator("#format")).to_have_value("card")
    expect(page.locator("#school")).to_have_value("noord")
    expect(page.get_by_label("Alleen zwart")).to_be_checked()
    page.go_back()
    at_rest(page)
    expect(page.locator("#format")).to_have_value("leaflet-a4")


def test_a_handout_that_is_opened_in_a_tab_of_its_own_is_shown_there(page: Page) -> None:
    link = page.locator("#handouts a", has_text="Wijzer")
    with page.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    tab = opened.value
    expect(tab).to_have_url(re.compile(r"/\?handout=wijzer&audience=staff&format=[\w-]+&language=nl-BE$"))
    expect(tab.locator("#handouts [aria-current=page]")).to_have_text("Wijzer")
    expect(page).to_have_url(re.compile("handout=gids&"))
    tab.close()


def test_back_leads_out_of_what_the_page_chose_itself(page: Page) -> None:
    page.locator("#handouts a", has_text="Wijzer").click()
    expect(page).to_have_url(re.compile("handout=wijzer&"))
    page.go_back()
    expect(page).to_have_url(re.compile("handout=gids&"))
    page.go_back()
    assert page.url == "about:blank"


def test_a_photocopy_is_black_and_white_and_smaller(page: Page) -> None:
    was = picture(page)
    page.get_by_label("Gekopieerd").check()
    expect(page.locator(".paper img").first).to_have_attribute("src", re.compile("/copy/"), timeout=PROVED_MS)
    copied = picture(page)
    assert copied.size == was.size
    ink, smaller = (ink_of(image) for image in (was, copied))
    for side in (0, 1):
        ratio = (smaller[side + 2] - smaller[side]) / (ink[side + 2] - ink[side])
        assert ratio == pytest.approx(0.85, abs=0.02)
    assert is_grey(copied)


def is_grey(image: Image.Image) -> bool:
    """Tell whether nothing in *image* has a colour."""
    red, green, blue = image.split()
    pairs = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return not any(difference.getbbox() for difference in pairs)


def ink_of(image: Image.Image) -> tuple[int, int, int, int]:
    """Return where there is dark ink."""
    found = image.convert("L").point([255] * 100 + [0] * 156).getbbox()
    assert found is not None
    return found


def test_overlays_stand_where_the_format_says(page: Page) -> None:
    page.get_by_label("Veilige marge").check()
    page.get_by_label("Invulplaatsen").check()
    page.get_by_label("Vouwen").check()
    safe = page.locator("svg .safe")
    assert [safe.get_attribute(name) for name in ("x", "y", "width", "height")] == ["8", "8", "194", "281"]
    assert page.locator("svg .slot").count() >= 3
    expect(page.locator("svg .fold")).to_have_count(0)
    for name in ("Veilige marge", "Invulplaatsen"):
        page.get_by_label(name).uncheck()
    expect(page.locator("svg .safe, svg .slot")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_nobody_is_kept_out(page: Page, root: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert browser.barriers(page) == []
    write(root, "2. Open je mail.", "2. Open [de mail](weg.md).")
    expect(page.locator("#findings .finding")).to_be_visible(timeout=PROVED_MS)
    page.get_by_label("Veilige marge").check()
    assert browser.barriers(page) == []
    assert page.locator("html").evaluate("root => root.scrollWidth <= innerWidth")


def test_who_goes_on_without_the_server_is_told(chromium: Browser, tmp_path: Path) -> None:
    project_at(tmp_path, FILES, ONE_PAGE)
    with preview(tmp_path) as running:
        shown = chromium.new_page()
        shown.goto(running.address)
        at_rest(shown)
        code, said = running.stop()
        expect(shown.locator("#notice")).to_contain_text("Geen verbinding")
        expect(shown.locator("#notice")).to_contain_text("open dan het adres dat het toont")
        with preview(tmp_path, "--port", str(running.port)) as again:  # the browser has the cookie of before
            shown.goto(again.address)
            expect(shown).to_have_url(re.compile("handout=gids&"))
            expect(shown.locator("#notice")).to_be_hidden()
        shown.close()
    assert code == 130
    assert said.splitlines() == ["open this address, for this machine alone; Ctrl-C ends it", "stopped"]


def test_a_folder_that_comes_later_is_watched_too(page: Page, root: Path) -> None:
    words = root / "templates/strings/nl.toml"
    words.parent.mkdir(parents=True)
    time.sleep(0.5)  # the folder is told of first, and then what comes into it
    words.write_text('code = "Blad"\n', "utf-8")
    was = address_of(page)
    try:
        expect(page.locator(".paper img").first).not_to_have_attribute("src", was, timeout=PROVED_MS)
        at_rest(page)
    finally:
        shutil.rmtree(root / "templates")
    at_rest_without_findings(page)
