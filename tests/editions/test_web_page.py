"""A handout as one page for a screen: what its sheet says, in its numbers, to read, hear or print."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page
from tests import browser
from tests.conftest import SCHOOLS, SETTINGS, handout, procedure, project_at
from tests.handbook.handbook import project

from handout import proof
from handout.commands import app
from handout.editions import expectations, sheet_code, web_page  # noqa: F401  whose kind is asked for
from handout.model.document import Document
from handout.model.files import HTML
from handout.model.findings import ExitCode
from handout.model.text import NumberedSteps, StepLabel, UiLabel
from handout.model.walk import blocks_of, inlines_inside, texts_of
from handout.paper.compose import screen
from handout.project.plan import editions
from handout.project.selection import Selection
from handout.proof import ProofRule

LEAFLET = ("mfa-instellen", "staff", "nl-BE", None)
BESIDE = ("mfa-instellen", "students", "nl+ar", "de-linde")
ARABIC = ("het-lukt-niet", "students", "ar", None)
SIGNPOST = ("begin-hier", "staff", "nl-BE", None)
HELPER = ("mfa-hulp-geven", "ict-anchor", "nl-BE", "de-beuk")
WIDTHS = (320, 390, 1920)
Asked = tuple[str, str, str, str | None]


@cache
def document(asked: Asked) -> Document:
    slug, audience, language, school = asked
    schools = (school,) if school else ()
    (first, *_) = editions(project(), Selection((slug,), (audience,), languages=(language,), schools=schools))
    found, findings = sheet_code.document(project(), first)
    assert findings == ()
    return found


@cache
def html(asked: Asked) -> str:
    return screen.page(document(asked), project())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.opened() as opened:
        yield opened


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": 390, "height": 800})
    opened.route("**/*", lambda route: route.abort())  # a page that fetches something shows a hole
    yield opened
    opened.close()


# ---- what a reader meets ----------------------------------------------------------------------


SHOWN = """() => {
  const drawn = item => getComputedStyle(item, "::before").content.replaceAll('"', "");
  return [...document.querySelectorAll("ol > li, kbd, .to--step")].map(one => {
    if (one.tagName === "KBD") return ["key", one.textContent];
    if (one.tagName !== "LI") return ["to", one.textContent, (one.getAttribute("href") || "").slice(1)];
    const letter = String.fromCharCode(96 + one.value);
    return ["step", one.parentElement.type === "a" ? letter : drawn(one), one.id];
  });
}"""


def written(sheet: Document) -> Iterator[tuple[str, str]]:
    """Yield the numbers, keys and references of *sheet*, without those of its head."""
    for block in blocks_of(sheet):
        for _, inlines in texts_of(block):
            for inline in inlines_inside(inlines):
                if isinstance(inline, UiLabel):
                    yield "key", inline.text
                elif isinstance(inline, StepLabel):
                    yield "to", inline.label
        if isinstance(block, NumberedSteps):
            yield from (("step", step.label) for step in block.steps)


def _number_in(words: str) -> str:
    return re.sub(r".*?(\d+[a-z]?).*", r"\1", words)


@pytest.mark.parametrize("asked", [LEAFLET, BESIDE, ARABIC, HELPER])
def test_browser_shows_each_number_key_and_reference_of_the_text(page: Page, asked: Asked) -> None:
    page.set_content(html(asked))
    shown = page.evaluate(SHOWN)
    own = [(kind, _number_in(text) if kind == "to" else text) for kind, text, *_ in shown]
    typed = [("key", "Enter")] * html(asked).count('class="address"')
    assert sorted(own) == sorted([*written(document(asked)), *typed])

    # Each reference leads to the step of its number, across the whole page.
    places: dict[str, str] = {}
    number = ""
    for kind, text, *where in shown:
        if kind == "step":
            number = text if text.isdigit() else number
            places[where[0]] = text if text.isdigit() else number + text
    leading = [(text, where[0]) for kind, text, *where in shown if kind == "to" and where[0]]
    assert all(places[name] in text for text, name in leading)
    assert leading or asked == HELPER


@pytest.mark.parametrize("asked", [LEAFLET, BESIDE, ARABIC, SIGNPOST, HELPER])
def test_page_has_no_barrier_and_is_never_wider_than_the_screen(page: Page, asked: Asked) -> None:
    page.set_content(html(asked))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if asked == LEAFLET or width == WIDTHS[0]:
            assert browser.barriers(page) == []


def test_printed_by_a_browser_it_has_all_its_steps_in_black(page: Page) -> None:
    page.set_content(html(LEAFLET))
    printed = pypdfium2.PdfDocument(page.pdf(format="A4", print_background=False))
    text = "\n".join(sheet.get_textpage().get_text_bounded() for sheet in printed)
    lines = [line.strip() for line in text.splitlines()]
    numbers = [line.split(" ", 1)[0] for line in lines if re.match(r"\d( [A-Z]|$)", line)]
    assert numbers == [*"12345678"]
    assert len(printed) <= 4
    printed.close()


def test_keys_of_the_screen_keep_their_language_and_direction(page: Page) -> None:
    page.set_content(html(ARABIC))
    assert page.locator("html").get_attribute("dir") == "rtl"
    keys = page.locator("kbd:lang(nl)")
    assert keys.count() == page.locator("kbd").count() - html(ARABIC).count('class="address"')
    assert keys.first.get_attribute("dir") == "ltr"


def test_two_languages_stand_in_their_own_direction(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.set_content(html(BESIDE))
    other, own = (page.locator(f".lead .both__{name}").first for name in ("other", "own"))
    assert [other.get_attribute("dir"), own.get_attribute("lang")] == ["rtl", "nl-BE"]
    boxes = other.bounding_box(), own.bounding_box()
    assert boxes[0]
    assert boxes[1]
    assert abs(boxes[0]["y"] - boxes[1]["y"]) < 12
    assert boxes[0]["x"] < boxes[1]["x"]


def test_page_of_a_school_says_who_helps_and_calls_at_a_tap() -> None:
    school = document(BESIDE).school
    assert school is not None
    assert school.phone is not None
    number = re.sub(r"[^\d+]", "", school.phone)
    assert f'<a href="tel:{number}">' in html(BESIDE)
    assert school.in_title in html(BESIDE)
    assert 'class="contact"' not in html(LEAFLET)


# ---- what the proof catches -------------------------------------------------------------------


MUTANTS = {
    "a number is another": (ProofRule.SCREEN_STEPS, '<li value="3"', '<li value="4"'),
    "a number is drawn as another": (ProofRule.SCREEN_STEPS, 'data-number="3"', 'data-number="4"'),
    "a key says something else": (ProofRule.SCREEN_STEPS, "<kbd>Aanmelden</kbd>", "<kbd>Afmelden</kbd>"),
    "a key is no key any more": (ProofRule.SCREEN_STEPS, "<kbd>Aanmelden</kbd>", "Aanmelden"),
    "a device is another": (ProofRule.SCREEN_STEPS, "(op je smartphone)", "(op je computer)"),
    "a reference says another step": (ProofRule.SCREEN_STEPS, ">stap 8</a>", ">stap 7</a>"),
    "a reference leads to another step": (ProofRule.SCREEN_LINK, "#mfa-sms-nummer", "#mfa-sms-kies"),
    "a reference leads nowhere": (ProofRule.SCREEN_LINK, "#mfa-sms-nummer", "#weg"),
    "a place is there twice": (ProofRule.SCREEN_LINK, 'id="mfa-sms-8a"', 'id="mfa-sms-nummer"'),
    "a link leads to a stranger": (ProofRule.SCREEN_LINK, "</main>", '<a href="https://example.com/">x</a></main>'),
    "a link runs a script": (ProofRule.SCREEN_LINK, "</main>", '<a href="javascript:alert(1)">x</a></main>'),
    "an address is no link": (ProofRule.SCREEN_LINK, '<a href="https://so365.antwerpen.be', '<a name="'),
    "a text is gone": (ProofRule.SCREEN_TEXT, "Typ je wachtwoord.", ""),
    "a script runs": (ProofRule.SCREEN_ACTIVE, "</main>", "<script>1</script></main>"),
    "an element handles what happens": (ProofRule.SCREEN_ACTIVE, "<main>", '<main onclick="x()">'),
    "a picture is fetched": (ProofRule.SCREEN_ACTIVE, "</main>", '<img src="https://so365.antwerpen.be/a.png"></main>'),
    "a style is fetched": (ProofRule.SCREEN_ACTIVE, "<style>", "<style>@import 'a.css';"),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_page_with_one_thing_wrong_does_not_pass(name: str) -> None:
    rule, before, after = MUTANTS[name]
    assert before in html(LEAFLET)
    changed = html(LEAFLET).replace(before, after, 1)
    sheet = document(LEAFLET)
    found = proof.inspect_screen(changed.encode(), sheet, expectations.of(project(), sheet))
    assert rule in {finding.rule for finding in found}
    assert all(finding.fix and finding.place.path.startswith("content/") for finding in found)


def test_each_page_of_the_handbook_is_as_its_text() -> None:
    seen: set[tuple[str, ...]] = set()
    for edition in editions(project(), Selection(languages=("all",))):
        own = (edition.handout.slug, edition.audience, edition.language)
        if own in seen:
            continue
        seen.add(own)
        sheet, _ = sheet_code.document(project(), edition)
        made = screen.page(sheet, project())
        assert proof.inspect_screen(made.encode(), sheet, expectations.of(project(), sheet)) == ()
        levels = [int(level) for level in re.findall(r"<h(\d)", made)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), f"{own}: {levels}"


# ---- which pages are made, and where they are found -------------------------------------------


def test_one_page_is_made_of_a_handout_and_audience_of_the_format_that_shows_most() -> None:
    asked = Selection(("mfa-instellen", "je-pas"), mono=True, also=(HTML,))
    found = [(file.path, edition.format) for edition in editions(project(), asked) for file in edition.files]
    assert [one for one in found if one[0].endswith(".html")] == [
        ("staff/je-pas.html", "mini"),
        ("students/je-pas.html", "mini"),
        ("staff/mfa-instellen.html", "leaflet-a4"),
        ("students/mfa-instellen.html", "leaflet-a4"),
    ]
    one = Selection(("mfa-instellen",), ("students",), ("trifold",), ("ar",), also=(HTML,))
    (edition,) = editions(project(), one)
    assert edition.paths[-1] == "students/mfa-instellen-ar.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of a small project for its schools, with pages."""
    files = {
        "content/procedures/een.md": procedure("1. Open `Outlook`. {#open}\n2. Doe [](#open) nog eens."),
        "content/handouts/gids.md": handout("een", audiences="[staff]"),
        "content/schools.csv": SCHOOLS,
    }
    root = project_at(
        tmp_path_factory.mktemp("project"), files, f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\n"
    )
    assert (
        app.run(["build", "--project", str(root), "--school", "all", "--html", "--jobs", "1", "-q"])
        == ExitCode.DONE
    )
    return root / "build"


def test_build_writes_the_pages_and_tells_of_them(built: Path) -> None:
    rows = {row["path"]: row for row in json.loads((built / "manifest.json").read_bytes())["files"]}
    row = rows["schools/noord/staff/gids-noord.html"]
    assert (row["sheet"], row["paper"], row["pages"]) == (HTML, "", 0)
    text = (built / row["path"]).read_text("utf-8")
    assert "Basisschool Noord" in text
    assert 'href="tel:+3231234567"' in text
    assert row["code"] in text
    assert "tel:" not in (built / "schools/zuid/staff/gids-zuid.html").read_text("utf-8")


def test_gallery_leads_to_the_pages(page: Page, built: Path) -> None:
    page.unroute_all()
    page.goto((built / "schools/noord/index.html").as_uri())
    assert (
        page.get_by_role("link", name="Lees als webpagina").get_attribute("href") == "staff/gids-noord.html"
    )
    page.goto((built / "index.html").as_uri())
    page.get_by_label("School").select_option("zuid")
    link = page.get_by_role("link", name="Lees als webpagina")
    assert link.get_attribute("href") == "schools/zuid/staff/gids-zuid.html"
    link.click()
    page.get_by_role("link", name="stap 1").click()
    assert page.url.endswith("gids-zuid.html#een-open")
