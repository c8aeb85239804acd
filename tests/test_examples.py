"""A second project, built as whoever takes it builds it: another subject, language, colours and words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from tests.conftest import REPOSITORY, loaded, text_of

from handout.commands import app
from handout.document import resolve
from handout.model.findings import ExitCode
from handout.project.plan import Selection, editions

ROOT = REPOSITORY / "examples/library-wifi"
DUTCH = re.compile(r"\b(stap|kant|hulp|klaar|geldig|lokaal|naam|uren|van|het|voor)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the copies of both branches: each sheet is rendered, once for both."""
    folder = tmp_path_factory.mktemp("library")
    asked = ("build", "--project", str(ROOT), "--output", str(folder), "--school", "all", "--quiet")
    assert app.run(asked) == ExitCode.DONE
    return folder


@pytest.fixture(scope="module")
def texts(built: Path) -> Mapping[str, str]:
    """The words of each piece of a branch, by its name: `river/guests/wifi-card-card-river`."""
    pieces = [path for path in built.glob("schools/*/*/*.pdf") if "-print" not in path.name]
    return {
        path.relative_to(built / "schools").with_suffix("").as_posix(): text_of(path.read_bytes())
        for path in pieces
    }


def piece(built: Path, branch: str, name: str) -> Path:
    """Return the file of a piece for *branch*, which stands in its name too."""
    return built / f"schools/{branch}/guests/{name}-{branch}.pdf"


def test_project_has_nothing_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["check", "--project", str(ROOT), "--school", "all"]) == ExitCode.DONE
    assert capsys.readouterr().out == "8 editions, nothing to mend\n"


def test_both_branches_have_a_leaflet_a_poster_and_a_card_and_the_desk_its_sheet(
    texts: Mapping[str, str],
) -> None:
    pieces = (
        "guests/guest-wifi-leaflet-a4",
        "guests/wifi-card-card",
        "guests/wifi-poster-poster-a3",
        "staff/at-the-desk-reference-a4",
    )
    assert sorted(texts) == sorted(
        f"{branch}/{name}-{branch}" for branch in ("hill", "river") for name in pieces
    )


@pytest.mark.parametrize(
    ("branch", "own", "other"),
    [
        ("river", ("at the River", "ground floor", "020 000 00 01", "River Guest"), ("Hill", "first floor")),
        ("hill", ("on the Hill", "first floor", "020 000 00 02", "Hill Guest"), ("River", "ground floor")),
    ],
)
def test_leaflet_of_a_branch_says_what_its_row_says(
    texts: Mapping[str, str], branch: str, own: tuple[str, ...], other: tuple[str, ...]
) -> None:
    text = texts[f"{branch}/guests/guest-wifi-leaflet-a4-{branch}"]
    assert [word for word in own if word not in text] == []
    assert [word for word in other if word in text] == []


def test_words_are_english_and_those_of_the_project_come_first(texts: Mapping[str, str]) -> None:
    leaflet, desk = (
        texts["hill/guests/guest-wifi-leaflet-a4-hill"],
        texts["hill/staff/at-the-desk-reference-a4-hill"],
    )
    assert {name: found for name, text in texts.items() if (found := DUTCH.findall(text))} == {}
    for word in (
        "For guests",
        "Ask us",
        "Side 1 of 2",
        "valid until Dec 31, 2027",
        "Do step 1 to 3 once more",
    ):
        assert word in leaflet
    for word in ("For the desk", "The guest sees", "Restart the white box"):
        assert word in desk
    assert "Help is here" not in leaflet
    assert "Restart the white box" not in leaflet


def test_steps_of_both_procedures_are_counted_as_one() -> None:
    project = loaded(ROOT)
    (edition,) = editions(project, Selection(handouts=("guest-wifi",)))
    document, findings = resolve.document(project, edition)
    numbers = [
        step.number
        for section in document.sections
        for block in section.blocks
        for step in getattr(block, "steps", ())
    ]
    assert findings == ()
    assert numbers == list(range(1, 9))


@pytest.mark.parametrize(
    ("branch", "address"), [("river", "https://example.org/river"), ("hill", "https://example.org/wifi")]
)
def test_code_of_a_branch_leads_to_its_own_page_where_it_has_one(
    built: Path, branch: str, address: str
) -> None:
    for name in ("guest-wifi-leaflet-a4", "wifi-poster-poster-a3", "wifi-card-card"):
        pdf = pypdfium2.PdfDocument(piece(built, branch, name))
        codes = {code.text for page in pdf for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil())}
        assert codes == {address}, name


def test_sheets_are_in_the_colours_of_the_project(built: Path) -> None:
    pdf = pypdfium2.PdfDocument(piece(built, "river", "wifi-poster-poster-a3"))
    pixels = pdf[0].render(scale=0.5).to_pil().convert("RGB")
    colours = {colour for count, colour in pixels.getcolors(1 << 20) if count > 500}
    assert {(0x4B, 0x2A, 0x7B), (0xBF, 0xE8, 0xD4)} <= colours
    assert not {(0x12, 0x3E, 0x8C), (0xFF, 0xD2, 0x3F)} & colours


def test_each_branch_has_its_logo(built: Path) -> None:
    shown = set()
    for branch in ("river", "hill"):
        pdf = pypdfium2.PdfDocument(piece(built, branch, "guest-wifi-leaflet-a4"))
        page = pdf[0].render(scale=2).to_pil().convert("RGB")
        head = page.crop((page.width * 3 // 4, 0, page.width, page.height // 12))
        shown.add(
            tuple(count for count, colour in sorted(head.getcolors(1 << 20)) if colour == (0xBF, 0xE8, 0xD4))
        )
    assert len(shown) == 2
    assert all(shown)
