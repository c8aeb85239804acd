"""Text that runs to the left, in sheets of either direction: printed, read and proved in its order."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from tests.conftest import SETTINGS
from tests.test_right_sheets import AIRY, faults, made, one_page

from handout.editions.single import Made
from handout.model.text import LineBreak, Strong, Text, plain_text
from handout.paper.compose.phrases import phrases
from handout.proof.paper import opened
from handout.proof.tags import squeezed

FIRST, LAST = "ليلى", "منصور"
NAME = f"{FIRST} {LAST}"


def read(sheet: Made) -> list[str]:
    """Return the lines that a screen reader reads."""
    with opened(sheet.pdf) as paper:
        return ["".join(part.text for part in leaf.parts).strip() for leaf in paper.leaves]


def left_of(sheet: Made, word: str, line: str) -> float:
    """Return how far from the left *word*, an element of its own in *line*, is printed, in points."""
    with opened(sheet.pdf) as paper:
        parts = [part for leaf in paper.leaves if leaf.text.startswith(squeezed(line)) for part in leaf.parts]
        (run,) = next(part.runs for part in parts if part.text.strip(" .") == word)
        return run.box.left


def test_name_in_every_part_of_a_dutch_sheet_is_read_in_order(tmp_path: Path) -> None:
    steps = (
        f"1. Vraag het aan {NAME} (lokaal 12)\n2. Kies `{NAME}` in de lijst\n\n"
        f"    De juf heet **{FIRST}** {LAST}. Ze zit in lokaal 3.\n\n"
        f"| Naam | Wie |\n|---|---|\n| **{NAME}** | {LAST}, juf |\n\n"
        f"/// tip | {FIRST}\nBel **{NAME}**.\n///\n\nKlaar! Vraag {FIRST}."
    )
    sheet = made(tmp_path, steps, f"Mail naar {NAME}.", title=f"Vraag {NAME}", settings=one_page())
    assert faults(sheet) == []
    lines = read(sheet)
    for line in (f"Vraag {NAME}", f"Kies {NAME} in de lijst", f"{LAST}, juf", f"Bel {NAME}."):
        assert line in lines
    assert left_of(sheet, LAST, "De juf") < left_of(sheet, FIRST, "De juf"), "a name is read from the right"


@pytest.mark.parametrize("field", ["name", "room", "ict-anchor"])
def test_school_with_a_name_that_runs_to_the_left_has_its_sheet(tmp_path: Path, field: str) -> None:
    row = {"name": "Basisschool Noord", "room": "B2", "ict-anchor": "An", field: NAME}
    schools = f"id,{','.join(row)}\nnoord,{','.join(row.values())}\n"
    sheet = made(
        tmp_path, files={"content/schools.csv": schools}, settings=one_page(), school="noord", title="Proef"
    )
    assert faults(sheet) == []
    assert any(line.endswith(NAME) for line in read(sheet))


ARABIC = (
    SETTINGS.replace('"nl-BE"', '"ar"')
    .replace('"Voor medewerkers"', '"للموظفين"')
    .replace("be/info", "be/informatie")
)
STEPS = f"1. افتح **Wi-Fi** 6\n2. اختر `{FIRST}`\n3. اسأل {NAME}"


@pytest.mark.parametrize(
    ("format_", "qr"),
    [
        ("leaflet-a4", "security-info"),
        ("reference-a4", ""),
        ("card", "security-info"),
        ("poster-a3", "security-info"),
        ("tent-a4", ""),
    ],
)
def test_sheet_in_arabic_is_made_in_every_format(tmp_path: Path, format_: str, qr: str) -> None:
    words = Path("templates/strings/nl.toml").read_text("utf-8")
    schools = "id,name,ict-anchor,phone,room\nnoord,Noord,An,020 7946 0001,B2\n"
    budget = "[formats.leaflet-a4]\npages = 1"
    settings = ARABIC + AIRY.replace("[formats.leaflet-a4]", budget)
    files = {"templates/strings/ar.toml": words, "content/schools.csv": schools}
    own = {"qr": qr} if qr else {}
    sheet = made(
        tmp_path, STEPS, "مجاني.", files, settings, "noord", own, title="الشبكة", formats=f"[{format_}]"
    )
    assert faults(sheet) == []
    assert {squeezed("افتح Wi-Fi 6"), squeezed(f"اسأل {NAME}")} <= set(map(squeezed, read(sheet)))
    page = pypdfium2.PdfDocument(sheet.pdf)
    shown = " ".join(one.get_textpage().get_text_bounded() for one in page)
    assert left_of_in(page, "Wi") < left_of_in(page, "Fi"), "Latin words run to the right"
    if format_ in ("leaflet-a4", "poster-a3", "tent-a4"):
        assert "020 7946 0001" in shown or left_of_in(page, "020") < left_of_in(page, "0001")
    if qr:
        assert left_of_in(page, "mfa") < left_of_in(page, "school"), "an address runs to the right"


def left_of_in(document: pypdfium2.PdfDocument, word: str) -> float:
    for page in document:
        text = page.get_textpage()
        found = text.search(word, match_case=True).get_next()
        if found is not None:
            return float(text.get_charbox(found[0])[0])
    pytest.fail(f"'{word}' is on none of the pages")


@pytest.mark.parametrize(
    ("inlines", "is_right_to_left", "parts"),
    [
        ([Text("Bel An.")], False, ["Bel An."]),
        ([Text(f"Bel {NAME}, lokaal 3.")], False, ["Bel ", f"<{NAME}>", ", lokaal 3."]),
        ([Text("Bel "), Strong((Text(FIRST),)), Text(f" {LAST}!")], False, ["Bel ", f"<{NAME}>", "!"]),
        ([Strong((Text(FIRST),)), LineBreak(), Text(LAST)], False, [f"<{FIRST}>", " ", f"<{LAST}>"]),
        ([Text(f"{FIRST} "), Strong((Text("Wi-Fi"),)), Text(" 6.")], True, [f"{FIRST} ", "<Wi-Fi 6>", "."]),
        ([Strong((Text(f"Bel {FIRST}"),)), Text(f" {LAST}")], False, [f"Bel {FIRST} ", f"<{LAST}>"]),
        ([], False, []),
    ],
)
def test_phrase_that_runs_against_the_line_is_kept_together(
    inlines: list[Text | Strong | LineBreak], is_right_to_left: bool, parts: list[str]
) -> None:
    found = [
        f"<{plain_text(one.inlines)}>" if one.is_turned else plain_text(one.inlines)
        for one in phrases(inlines, is_right_to_left)
    ]
    assert found == parts
