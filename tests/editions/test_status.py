"""The second, small code at the foot: it leads to `check.html` with the code of its own sheet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from tests.conftest import SETTINGS, handout, loaded, procedure, project_at
from tests.handbook import handbook
from tests.proof.workshop import Sheet, saved, with_status

from handout import proof
from handout.commands import app
from handout.document import qr
from handout.editions import expectations, sheet_code, single
from handout.editions.single import Made
from handout.model.document import Ink
from handout.model.findings import ExitCode, Finding
from handout.model.rules import Rule
from handout.paper.compose import page
from handout.project import plan
from handout.project.load import load
from handout.project.plan import Edition, Selection
from handout.project.project import Project
from handout.proof import ProofRule

QR_CODES = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
ADDRESS = "https://bladen.school.be/check.html"
WITH_STATUS = SETTINGS.replace('"mfa.school.be"', '"mfa.school.be", "bladen.school.be"')
WITH_STATUS += f'\n[status]\nurl = "{ADDRESS}"\n'
STEPS = "1. Open `Outlook`.\n2. Klik op `Nieuw`.\n3. Sluit je computer.\n"
FILES = {
    "content/procedures/een.md": procedure(STEPS),
    "content/schools.csv": "id,name,phone\nnoord,Basisschool Noord,03 123 45 67\n",
    "content/handouts/gids.md": handout("een", audiences="[staff]", formats="[leaflet-a4, poster-a3, card]"),
}
ONE_PAGE = f"{WITH_STATUS}\n[formats.leaflet-a4]\npages = 1\n"

# Sheets as full as real ones are: those of the handbook, in a project that asks for the second code.
SHEETS = {
    "leaflet-a4": ("staff", "mfa-instellen"),
    "leaflet-a5": ("students", "vergeten-of-kwijt"),
    "trifold": ("staff", "mfa-instellen"),
    "poster-a3": ("staff", "smartphone-vergeten"),
    "wegwijzer-a4": ("staff", "begin-hier"),
    "mini": ("students", "je-pas"),
    "card": ("staff", "mfa-hulp-op-zak"),
    "tent-a4": ("staff", "smartphone-vergeten"),
}
WITHOUT_ROOM = ("mini", "card", "tent-a4")
WITH_CODE = tuple(format_ for format_ in SHEETS if format_ not in WITHOUT_ROOM)


@pytest.fixture(scope="module")
def project() -> Project:
    return with_status(handbook.project(), ADDRESS)


def edition(project: Project, format_: str, school: str | None = None) -> Edition:
    """Return the sheet of SHEETS in *format_*, with a code of its own where its format has room."""
    audience, slug = SHEETS[format_]
    asked = Selection((slug,), (audience,), (format_,), schools=(school,) if school else ())
    (only,) = plan.editions(project, asked)
    if format_ == "wegwijzer-a4":  # that of the handbook is full to the last line
        return replace(only, handout=replace(only.handout, leads_to=only.handout.leads_to[:7]))
    return handbook.coded(only, "security-info") if format_ in WITH_CODE else only


@pytest.fixture(scope="module")
def made(project: Project) -> Mapping[str, Made]:
    """Every sheet, by its format."""
    return {format_: single.make(project, edition(project, format_)) for format_ in SHEETS}


def read(pdf: bytes) -> list[tuple[int, str, float, float]]:
    """Return page, payload, side and distance from the foot of every code; in millimetres."""
    found = []
    for number, one in enumerate(pypdfium2.PdfDocument(pdf)):
        scan = one.render(scale=200 / 72, grayscale=True).to_pil()
        for code in zxingcpp.read_barcodes(scan, formats=QR_CODES):
            place = code.position
            side = (place.top_right.x - place.top_left.x) * 25.4 / 200
            foot = (scan.height - place.bottom_left.y) * 25.4 / 200
            found.append((number, code.text, side, foot))
    return found


# ---- on the paper -----------------------------------------------------------------------------


@pytest.mark.parametrize("format_", WITH_CODE)
def test_last_page_has_one_small_code_that_leads_to_the_code_of_the_sheet(
    made: Mapping[str, Made], format_: str
) -> None:
    sheet = made[format_]
    assert [str(finding) for finding in sheet.findings] == []
    ((at, payload, side_mm, foot_mm),) = [one for one in read(sheet.pdf) if one[1].startswith(ADDRESS)]
    assert payload == f"{ADDRESS}#{sheet.document.code}"
    assert at == sheet.page_count - 1
    assert 14 <= side_mm <= 25
    assert foot_mm >= 12


@pytest.mark.parametrize("format_", [one for one in WITH_CODE if one != "wegwijzer-a4"])
def test_own_code_of_the_sheet_stays_and_is_larger(made: Mapping[str, Made], format_: str) -> None:
    sides = {payload: side for _, payload, side, _ in read(made[format_].pdf)}
    small = sides.pop(f"{ADDRESS}#{made[format_].document.code}")
    ((own, side_mm),) = sides.items()
    assert own == "https://mysignins.microsoft.com/security-info"
    assert side_mm > small * 1.2


@pytest.mark.parametrize("format_", WITHOUT_ROOM)
def test_format_without_room_goes_without(made: Mapping[str, Made], format_: str) -> None:
    assert made[format_].findings == ()
    assert [payload for _, payload, _, _ in read(made[format_].pdf) if payload.startswith(ADDRESS)] == []


def test_listener_hears_what_it_is_for_and_can_follow_it(made: Mapping[str, Made]) -> None:
    sheet = made["leaflet-a4"]
    assert sheet.document.status is not None
    with pikepdf.open(BytesIO(sheet.pdf)) as pdf:
        links = [str(note.A.URI) for one in pdf.pages for note in one.get("/Annots", [])]
    assert sheet.document.status.url in links
    text = pypdfium2.PdfDocument(sheet.pdf)[sheet.page_count - 1].get_textpage().get_text_range()
    assert "Nog juist? Scan." in text


# ---- the circle -------------------------------------------------------------------------------


def without(project: Project) -> Project:
    return replace(project, settings=project.settings.model_copy(update={"status": None}))


@pytest.mark.parametrize("format_", SHEETS)
def test_code_of_a_sheet_is_the_same_with_and_without_it(project: Project, format_: str) -> None:
    asked = edition(project, format_)
    with_, bare = (sheet_code.document(one, asked)[0] for one in (project, without(project)))
    assert (with_.code, with_.passages, with_.sums) == (bare.code, bare.passages, bare.sums)
    assert bare.status is None


def test_black_edition_and_copy_of_a_school_lead_to_the_same(project: Project) -> None:
    own = edition(project, "leaflet-a4")
    copy = edition(project, "leaflet-a4", project.schools[0].id)
    targets = {sheet_code.document(project, one)[0].status for one in (own, copy, replace(own, ink=Ink.MONO))}
    assert len(targets) == 1


def test_handout_that_goes_without_has_the_page_of_a_project_without_it(project: Project) -> None:
    own = edition(project, "leaflet-a4")
    alone = replace(own, handout=replace(own.handout, has_status=False))
    pages = []
    for one, asked in ((project, alone), (without(project), own)):
        document, found = sheet_code.document(one, asked)
        pages.append(page.html(document, one))
        assert found == ()
    assert pages[0] == pages[1]
    assert "status" not in pages[0][0].partition("<body")[2]


def test_filled_copy_of_a_school_keeps_it(tmp_path: Path) -> None:
    root = project_at(tmp_path, FILES, ONE_PAGE)
    build = ["build", "gids", "--format", "leaflet-a4", "--project", str(root), "--jobs", "1", "-q"]
    assert app.run([*build, "--school", "noord"]) == ExitCode.DONE
    (row,) = json.loads((root / "build/manifest.json").read_text("utf-8"))["files"]
    assert (row["school"], row["why_in_full"]) == ("noord", "")
    assert f"{ADDRESS}#{row['code']}" in [one[1] for one in read((root / "build" / row["path"]).read_bytes())]


# ---- what is wrong with it --------------------------------------------------------------------


def faults(root: Path, url: str, files: Mapping[str, str | bytes] = FILES) -> tuple[Finding, ...]:
    """Return what is found in the project of *files* whose sheets lead to *url*."""
    project_at(root, files, WITH_STATUS.replace(ADDRESS, url))
    return load(root)[1]


@pytest.mark.parametrize(
    ("url", "what"),
    [
        (f"{ADDRESS}#D38PB5", "has a # already"),
        (ADDRESS + "#", "has a # already"),
        (ADDRESS.replace("https", "http"), "http"),
        ("https://elders.school.be/check.html", "elders.school.be"),
        ("", "empty"),
        (f"https://bladen.school.be/{'a' * 4000}", "characters"),
    ],
)
def test_address_that_cannot_be_used_is_told_at_its_line(tmp_path: Path, url: str, what: str) -> None:
    (fault,) = faults(tmp_path, url)
    assert fault.rule == Rule.ADDRESS_REFUSED
    assert "[status]" in fault.what
    assert what in fault.what
    lines = WITH_STATUS.splitlines()
    assert (fault.place.path, fault.place.line) == ("handout.toml", lines.index("[status]") + 2)


def test_address_too_long_for_the_small_code_is_told_once_for_each_format(tmp_path: Path) -> None:
    project_at(tmp_path, FILES, WITH_STATUS.replace(ADDRESS, f"https://bladen.school.be/{'a' * 60}.html"))
    project = loaded(tmp_path)
    found = {
        finding
        for one in plan.editions(project, Selection())
        for finding in sheet_code.document(project, one)[1]
    }
    assert {finding.rule for finding in found} == {Rule.QR_TOO_SMALL}
    assert {finding.place.path for finding in found} == {"handout.toml"}
    # On a poster it is larger.
    assert {str(finding.what).partition(":")[0] for finding in found} == {"leaflet-a4"}
    assert all("status-mm" in finding.fix for finding in found)


def test_template_without_a_place_for_it_is_told(tmp_path: Path) -> None:
    own = "{% extends 'sheet.html' %}{% block body %}{{ part.title() }}{% endblock %}"
    project = loaded(project_at(tmp_path, {**FILES, "templates/formats/leaflet-a4.html": own}, WITH_STATUS))
    (leaflet,) = plan.editions(project, Selection(formats=("leaflet-a4",)))
    (fault,) = single.make(project, leaflet).findings
    assert fault.rule == Rule.QR_NO_PLACE
    assert "part.status()" in fault.fix


def test_text_that_is_too_long_for_both_is_told_how_to_go_without(tmp_path: Path) -> None:
    long = "".join(f"{n}. Open de map met de naam `Documenten` nummer {n}.\n" for n in range(1, 60))
    files = {
        "content/procedures/een.md": procedure(long),
        "content/handouts/gids.md": handout("een", audiences="[staff]", formats="[reference-a4]"),
    }
    project = loaded(project_at(tmp_path, files, WITH_STATUS))
    (only,) = plan.editions(project, Selection())
    (too_long,) = [one for one in single.make(project, only).findings if one.rule == Rule.TOO_LONG]
    assert "status: none" in too_long.fix


# ---- the proof --------------------------------------------------------------------------------


def against(project: Project, one: Made, pdf: bytes) -> list[str | None]:
    return [found.rule for found in proof.inspect(pdf, one.document, expectations.of(project, one.document))]


def covered(sheet: Made, payload: str, side_mm: float) -> bytes:
    """Return *sheet* with another small code over its own, of that size."""
    ((at, _, side, foot),) = [one for one in read(sheet.pdf) if one[1].startswith(ADDRESS)]
    left = 210 - 17 + 2 - 20.5

    def paint(spoilt: Sheet) -> None:
        spoilt.over(at, f"1 g {{{left}}} {{{foot - 2}}} {{20.5}} {{20.5}} re f")
        spoilt.code(at, payload, (left, foot - 2, side_mm))

    assert side < side_mm + 5
    return saved(sheet.pdf, paint)


def test_sheet_with_the_small_code_of_another_sheet_is_refused(
    project: Project, made: Mapping[str, Made]
) -> None:
    sheet = made["leaflet-a4"]
    found = against(project, sheet, covered(sheet, f"{ADDRESS}#000000", 20.5))
    assert {ProofRule.QR_MISSING, ProofRule.QR_STRANGE} <= set(found)


def test_small_code_with_fine_modules_is_refused(project: Project, made: Mapping[str, Made]) -> None:
    sheet = made["leaflet-a4"]
    assert sheet.document.status is not None
    assert ProofRule.QR_MODULE in against(project, sheet, covered(sheet, sheet.document.status.url, 15))


def test_small_code_needs_no_more_modules_than_the_sheet_has_room_for() -> None:
    short, long = (qr.status_symbol(f"https://bladen.school.be/{'a' * n}#D38PB5") for n in (10, 46))
    assert (short.version, long.version, long.error_correction) == (3, 4, "L")
