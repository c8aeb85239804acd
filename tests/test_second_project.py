"""Another house than the handbook: its own words, colours and links, from the same program."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from tests.conftest import loaded, text_of
from tests.document.reading_order import lines, section_lines, words

from handout.document import resolve
from handout.editions import single
from handout.editions.single import Made
from handout.model.units import mm_to_pt
from handout.project import plan
from handout.project.plan import Selection
from handout.project.project import Project

ROOT = Path(__file__).parent / "second_project"
PIECES = ("visitors", "volunteers", "visitors for haven")
HANDBOOK_WORDS = ("Stedelijk Onderwijs", "algemene uitgave", "ICT-anker", "antwerpen", "Aangeraden", "stap")


@pytest.fixture(scope="module")
def project() -> Project:
    return loaded(ROOT)


@pytest.fixture(scope="module")
def made(project: Project) -> Mapping[str, Made]:
    """Every piece of the project, by audience and school."""
    editions = (
        *plan.editions(project, Selection()),
        *plan.editions(project, Selection(audiences=("visitors",), schools=("haven",))),
    )
    pieces = (single.make(project, edition) for edition in editions)
    return dict(zip(("visitors", "volunteers", "visitors for haven"), pieces, strict=True))


def test_its_documents_hold_its_own_words_and_numbers(project: Project) -> None:
    visitors, volunteers = (
        resolve.document(project, edition)[0] for edition in plan.editions(project, Selection())
    )

    assert words(visitors.lead) == "De printer doet niets meer? In ____ filiaal zet je hem zo weer aan."
    assert section_lines(visitors, "printer-resetten") == [
        "1 Zet de printer uit",
        "1a Houd de knop Power vast.",
        "1b Wacht tot het lampje uit is.",
        "2 Wacht",
        "2 Zwart-wit: a Tel tot 10.",
        "2 Kleur: a Tel tot 30.",
        "2 Kleur: b Veeg het glas af.",
        "3 Zet de printer aan",
        "3 caution: Open nooit zelf de klep. Vraag het aan de balie.",
        "Gelukt! Het lampje is groen.",
    ]
    assert section_lines(visitors, "afdruk-ophalen") == [
        "4 Houd je bibliotheekpas voor de lezer",
        "5 Kies je afdruk op print.deleeszaal.nl/wachtrij",
        "Niets te zien? Begin opnieuw bij <2>.",
    ]
    assert [section.slug for section in volunteers.sections] == ["printer-resetten"]
    assert "2 Trek de stekker uit" in section_lines(volunteers, "printer-resetten")
    assert lines(visitors.opening) == ["Picture", "Wacht er al iets? Doe eerst <4>."]
    assert lines(volunteers.opening) == ["Picture"]


@pytest.mark.parametrize("piece", PIECES)
def test_its_pieces_are_made_without_findings(made: Mapping[str, Made], piece: str) -> None:
    assert [str(finding) for finding in made[piece].findings] == []


@pytest.mark.parametrize("piece", PIECES)
def test_its_format_is_the_packaged_one_with_its_own_page_budget(
    made: Mapping[str, Made], piece: str
) -> None:
    with pikepdf.open(BytesIO(made[piece].pdf)) as pdf:
        (page,) = pdf.pages
        size_pt = [float(edge) for edge in page.mediabox[2:]]
        language = str(pdf.Root.Lang)

    assert made[piece].page_count == 1
    assert size_pt == pytest.approx([mm_to_pt(210), mm_to_pt(297)], abs=0.5)
    assert language == "nl-NL"


def test_its_words_are_on_the_paper_and_those_of_the_handbook_are_not(made: Mapping[str, Made]) -> None:
    text = text_of(made["visitors"].pdf)

    for own in (
        "Printer resetten",
        "Voor bezoekers",
        "Bibliotheek De Leeszaal",
        "alle filialen",
        "Hulp van een medewerker",
        "Zet de printer uit",
        "Open nooit zelf de klep.",
        "de balie",
        "print.deleeszaal.nl/wachtrij",
        "actie",
    ):
        assert own in text
    for other in HANDBOOK_WORDS:
        assert other not in text
    assert "Trek de stekker uit" not in text
    assert "Trek de stekker uit" in text_of(made["volunteers"].pdf)


def test_copy_for_a_branch_carries_its_name_and_who_helps(made: Mapping[str, Made]) -> None:
    text = text_of(made["visitors for haven"].pdf)

    for own in ("Filiaal Haven", "Bea Smit", "begane grond", "+31 10 555 01 23"):
        assert own in text
    assert "alle filialen" not in text


@pytest.mark.parametrize(
    ("piece", "accent"), [("visitors", (0x8A, 0x3B, 0x12)), ("volunteers", (0x4B, 0x2A, 0x7B))]
)
def test_its_colours_are_on_the_page(
    made: Mapping[str, Made], piece: str, accent: tuple[int, int, int]
) -> None:
    document = pypdfium2.PdfDocument(made[piece].pdf)
    picture = document[0].render(scale=1).to_pil().convert("RGB")
    document.close()

    counts = picture.getcolors(picture.width * picture.height)
    assert counts is not None
    coloured = {colour: count for count, colour in counts if max(colour) - min(colour) > 60}
    assert max(coloured, key=coloured.__getitem__) == accent


def test_its_links_lead_to_its_own_host(made: Mapping[str, Made]) -> None:
    with pikepdf.open(BytesIO(made["visitors"].pdf)) as pdf:
        addresses = {
            str(annotation.A.URI)
            for page in pdf.pages
            for annotation in page.get("/Annots", [])
            if "/A" in annotation
        }

    assert addresses == {"https://print.deleeszaal.nl/wachtrij"}
