"""Text that a reader would miss is reported with its words and its line."""

from __future__ import annotations

import pytest
from tests.paper.engine.sheets import rendered, sheet

LINE = "Alinea met gewone woorden, zodat er een regel of twee van komt op dit kleine blad."


def whats(body: str, style: str = "", page_budget: int = 1) -> list[str]:
    return [finding.what for finding in rendered(sheet(body, style), page_budget).findings]


@pytest.mark.parametrize("style", ["position:absolute", "float:left;width:118mm"])
def test_paragraphs_that_the_engine_drops_are_named(style: str) -> None:
    lines = "".join(f'<p data-place="content/x.md:{n}">Regel {n}: {LINE}</p>' for n in range(40))
    result = rendered(sheet(f"<div style='{style}'>{lines}</div>"))
    lost = [finding for finding in result.findings if "stands on no page" in finding.what]
    assert result.page_count == 1
    assert [finding.place.line for finding in lost] == list(range(lost[0].place.line, 40))
    assert lost[0].what.startswith(f"'Regel {lost[0].place.line}: Alinea")


def test_text_that_a_style_sheet_hides_is_not_lost() -> None:
    body = "<p>Tekst</p><div class='weg'><p>Verborgen</p></div><p hidden>Ook</p>"
    assert whats(body, ".weg{display:none}") == []


def test_transformed_and_hyphenated_text_is_not_lost() -> None:
    assert whats("<p style='text-transform:uppercase'>Straße aan\u00adwijzing\u200b</p>") == []
    assert whats("<p class='q'>Eerste</p>", ".q::first-letter{font-size:20pt} .q::before{content:'x'}") == []


@pytest.mark.parametrize(
    ("overflow", "words"), [("hidden", "is cut off at the bottom"), ("visible", "sticks out at the bottom")]
)
def test_text_below_a_box_of_fixed_height_is_reported(overflow: str, words: str) -> None:
    body = f"<div class='kader' style='height:10mm;overflow:{overflow}'><p>{LINE}</p><p>{LINE}</p></div>"
    (first, *_) = whats(body)
    assert f"{words} of its box" in first
    assert first.startswith("'")


def test_word_that_is_too_wide_for_its_column_is_reported() -> None:
    (what,) = whats("<div style='width:20mm'><p>Meervoudige-aanmeldingscontrole</p></div>")
    assert what.startswith("'aanmeldingscontrole' on page 1 is too wide for its box on the right: ")


def test_word_that_is_too_wide_for_its_part_of_a_grid_is_reported() -> None:
    columns = "<p>Meervoudige-aanmeldingscontrole</p><p>x</p>"
    (what,) = whats(f"<div style='display:grid;grid-template-columns:20mm 1fr'>{columns}</div>")
    assert what.startswith("'aanmeldingscontrole' on page 1")
    assert "on the right" in what


def test_text_that_falls_off_the_paper_is_reported() -> None:
    (what,) = whats("<p style='position:absolute;top:200mm'>Te laag</p>")
    assert what.startswith("'Te laag' on page 1 falls off the paper at the bottom: ")


def test_picture_that_is_too_wide_is_named() -> None:
    (what,) = whats("<p><img src='images/kader.svg' alt='Een kader' style='width:130mm'></p>")
    assert "the picture 'Een kader' on page 1" in what
    assert what.endswith("mm too far")


def test_excess_is_in_millimetres() -> None:
    picture = "<img src='images/kader.svg' alt='Hoog' style='display:block;height:24mm'>"
    (what,) = whats(f"<div style='height:20mm'>{picture}</div>")
    assert "sticks out at the bottom of its box: 4.0 mm too far" in what


def test_text_that_needs_the_padding_of_its_box_is_fine() -> None:
    body = "<p style='width:30mm;padding-right:20mm;white-space:nowrap'>{}Een regel tot in de rand</p>"
    assert whats(body.format("")) == []
    assert whats(body.format("<i style='position:absolute;display:block'></i>")) == []


def test_label_that_was_placed_outside_its_box_is_fine() -> None:
    label = "<p style='position:absolute;top:12mm'>Onderschrift</p>"
    assert whats(f"<div style='position:relative;height:10mm'>{label}</div>") == []


def test_turned_page_half_is_measured_before_turning() -> None:
    fits = f"<div style='height:60mm;transform:rotate(180deg)'><p>{LINE}</p></div>"
    assert whats(fits) == []
    assert "sticks out" in whats(fits.replace("60mm", "5mm"))[0]


def test_large_letters_in_tight_lines_are_fine() -> None:
    assert whats("<h1 style='font:700 44pt/16mm Lexend;height:16mm;margin:0'>Égypte</h1>") == []


def test_numeral_that_hangs_beside_its_step_is_fine() -> None:
    style = """
    @counter-style trede{system:extends decimal;suffix:"\\A\\2007\\2007\\2007\\2007"}
    ol{list-style:trede;margin:0;padding:0} li{margin-left:10mm;height:12mm}
    li::marker{font:600 20pt/12mm Lexend;text-align:center}
    """
    assert whats("<ol><li><p>Stap</p></ol>", style) == []
