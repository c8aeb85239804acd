"""Sheets that are right, in ways that a proof or a template once did not expect: each is made, and passes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from tests.conftest import SETTINGS, edition, handout, loaded, procedure, project_at, text_of
from tests.paper.engine.sheets import tags

from handout.editions import single
from handout.editions.single import Made
from handout.model.findings import Severity

AIRY = "".join(
    f"\n[formats.{name}]\nmost-air = 1\n"
    for name in ("leaflet-a4", "reference-a4", "card", "tent-a4", "poster-a3", "booklet-a5")
)
STEPS = "1. Open het blad\n2. Kies een kleur\n\nKlaar! Het is gebeurd."
REVIEWED = {"owner": "Balie", "reviewed": "2026-10-01", "audiences": "[staff]"}


def made(
    root: Path,
    steps: str = STEPS,
    body: str = "Lees dit eerst.",
    files: Mapping[str, str] | None = None,
    settings: str = SETTINGS + AIRY,
    school: str | None = None,
    front_matter: Mapping[str, str] | None = None,
    **own: str,
) -> Made:
    """Return the handout `gids` for staff, with a procedure of *steps*, as a build makes it."""
    texts = {
        "content/procedures/p.md": procedure(steps),
        "content/handouts/gids.md": handout("p", body, **{**REVIEWED, **(front_matter or {}), **own}),
    }
    project = loaded(project_at(root, {**texts, **(files or {})}, settings))
    return single.make(project, edition(project, school=school))


def faults(sheet: Made) -> list[str]:
    return [str(finding) for finding in sheet.findings]


def one_page(settings: str = SETTINGS) -> str:
    return settings + AIRY.replace("[formats.leaflet-a4]", "[formats.leaflet-a4]\npages = 1")


# ---- a short leaflet ---------------------------------------------------------------------------


def test_short_leaflet_has_one_page_without_settings_of_its_own(tmp_path: Path) -> None:
    sheet = made(
        tmp_path, "\n".join(f"{n}. Open blad {n}" for n in range(1, 14)) + "\n\nKlaar!", settings=SETTINGS
    )

    assert faults(sheet) == []
    assert sheet.page_count == 1
    assert "Kant 1 van 1" in text_of(sheet.pdf)


def test_very_short_leaflet_is_made_with_a_word_about_its_white(tmp_path: Path) -> None:
    sheet = made(tmp_path, settings=SETTINGS)

    assert [str(finding.rule) for finding in sheet.findings] == ["too-much-air"]
    assert (sheet.page_count, sheet.findings[0].severity) == (1, Severity.WARNING)


# ---- words that are looked up -----------------------------------------------------------------


@pytest.mark.parametrize("room", ["K1", "V12", "S1d 4", "1"])
def test_room_that_begins_as_the_words_of_the_foot_do_not_spoil_the_foot(tmp_path: Path, room: str) -> None:
    schools = f"id,name,room\nnoord,Basisschool Noord,{room}\n"
    sheet = made(
        tmp_path, files={"content/schools.csv": schools}, settings=one_page(), school="noord", title="Kant 3a"
    )
    assert faults(sheet) == []
    assert "Kant 1 van 1" in text_of(sheet.pdf)


def test_foot_with_another_number_than_that_of_its_page_is_found(tmp_path: Path) -> None:
    style = Path("styles/formats/leaflet-a4.css").read_text("utf-8")
    wrong = style.replace("string(side) counter(page)", 'string(side) "7"')
    assert wrong != style
    sheet = made(tmp_path, files={"styles/formats/leaflet-a4.css": wrong}, settings=one_page())
    assert [finding.rule for finding in sheet.findings] == ["text-unread"]
    assert "Kant 7 van 1" in sheet.findings[0].what


def test_text_that_a_template_prints_as_well_is_found_where_it_is_meant(tmp_path: Path) -> None:
    steps = "1. Open het blad {on computer}\n2. Voor {on smartphone}\n\nStadsscholen"
    sheet = made(tmp_path, steps, body="Voor medewerkers", settings=one_page())
    assert faults(sheet) == []


def test_step_of_something_else_is_no_reference(tmp_path: Path) -> None:
    steps = "1. Open het blad {#blad}\n2. Kijk naar stap **3** van de film\n\nNiet klaar? Ga naar [](#blad)."
    sheet = made(tmp_path, steps, settings=one_page())
    assert faults(sheet) == []


def test_school_may_be_named_as_another_audience_is(tmp_path: Path) -> None:
    schools = "id,name\nnoord,Huis voor leerlingen\n"
    settings = one_page().replace('"Voor leerlingen"', '"Leerlingen"')
    sheet = made(tmp_path, files={"content/schools.csv": schools}, settings=settings, school="noord")
    assert faults(sheet) == []


# ---- tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["Rij {}", "**Rij {}**"], ids=["plain", "row heads"])
@pytest.mark.parametrize(
    ("format_", "rows", "pages"), [("leaflet-a4", 34, 2), ("booklet-a5", 48, 4)], ids=["two", "more"]
)
def test_table_that_goes_on_repeats_its_head_for_the_eye_alone(
    tmp_path: Path, first: str, format_: str, rows: int, pages: int
) -> None:
    lines = "".join(f"| {first.format(n)} | Waarde {n} |\n" for n in range(rows))
    table = f"1. Zoek je rij\n\n| Naam | Wat er ligt |\n|---|---|\n{lines}"
    budget = {"leaflet-a4": {}, "booklet-a5": {"pages": str(pages)}}[format_]
    sheet = made(tmp_path, table, formats=f"[{format_}]", front_matter=budget)
    assert faults(sheet) == []
    assert sheet.page_count == pages
    document = pypdfium2.PdfDocument(sheet.pdf)
    shown = sum(page.get_textpage().get_text_bounded().count("Wat er ligt") for page in document)
    assert shown > 1
    tree = tags(sheet.pdf)
    assert [len(tree.all(kind)) for kind in ("Table", "THead", "TBody", "TR")] == [1, 1, 1, rows + 1]


# ---- headings of a choice ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format_", "inside"),
    [
        ("leaflet-a4", "Tik rood."),
        ("leaflet-a4", "1. Tik rood"),
        ("card", "1. Tik rood"),
        ("reference-a4", "Tik rood."),
    ],
)
def test_title_of_an_option_is_a_heading_below_what_stands_before_it(
    tmp_path: Path, format_: str, inside: str
) -> None:
    choice = f"1. Open het blad\n\n/// tab | Rood\n{inside}\n///\n\n/// tab | Blauw\n{inside}\n///\n"
    settings = one_page() if format_ == "leaflet-a4" else SETTINGS + AIRY
    sheet = made(tmp_path, choice, body="Kort.", formats=f"[{format_}]", settings=settings)
    assert faults(sheet) == []


# ---- codes ------------------------------------------------------------------------------------


def test_reference_prints_the_code_that_its_handout_asks_for(tmp_path: Path) -> None:
    steps = "1. Open het blad\n\n    {{ link.security-info }}\n\n2. Kies een kleur"
    sheet = made(tmp_path, steps, formats="[reference-a4]", qr="security-info")
    assert faults(sheet) == []
    (page,) = pypdfium2.PdfDocument(sheet.pdf)
    (code,) = zxingcpp.read_barcodes(page.render(scale=200 / 72, grayscale=True).to_pil())
    assert code.text == "https://mfa.school.be/info"


def test_format_without_a_place_for_a_code_is_one_finding_at_the_handout(tmp_path: Path) -> None:
    (finding,) = made(tmp_path, formats="[tent-a4]", qr="security-info").findings
    assert finding.rule == "qr-no-place"
    assert str(finding.place) == "content/handouts/gids.md:1"
    assert "'tent-a4' has no place for one" in finding.what
    assert "take 'tent-a4' out of 'formats', or 'qr' out of the handout" in finding.fix
