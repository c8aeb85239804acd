"""A glyph is read as what it draws, whatever the text that needed it first."""

from __future__ import annotations

import unicodedata

import pytest
from pikepdf import Dictionary
from tests.paper.engine.sheets import opened, page_texts, rendered, sheet

from handout.paper.engine.letters import name_of_glyph
from handout.proof.font_file import read_as, unicode_table

CIRCUMFLEX, ACUTE, DOT = "\u0302", "\u0301", "\u0307"


@pytest.mark.parametrize(
    ("text", "drawn", "name"),
    [
        ("", "E", "E"),
        ("Ê", CIRCUMFLEX, CIRCUMFLEX),
        (f"m{CIRCUMFLEX}", CIRCUMFLEX, CIRCUMFLEX),
        ("ǈ", "j", "j"),
        ("Ê", "Ê", "Ê"),
        ("ffi", "\ufb03", "ffi"),
        ("\u00a0", " ", "\u00a0"),
        ("(", ")", ")"),
        ("A", "Α", "A"),
        ("fi", "", "fi"),
        ("", "", ""),
    ],
)
def test_glyph_is_named_by_its_font_only_where_its_text_says_more_or_nothing(
    text: str, drawn: str, name: str
) -> None:
    assert name_of_glyph(text, drawn) == name


@pytest.mark.parametrize(
    ("glyphs", "text"),
    [
        (["E", CIRCUMFLEX], "Ê"),
        (["ı", ACUTE], "í"),
        (["ı", DOT], "i̇"),
        (["ı", "ı"], "ıı"),
        (["s", "ı", "k"], "sık"),
        (["m", CIRCUMFLEX], f"m{CIRCUMFLEX}"),
    ],
)
def test_letter_drawn_in_two_glyphs_is_one_again(glyphs: list[str], text: str) -> None:
    assert read_as(glyphs) == text


@pytest.mark.parametrize("words", ["m̂ om mam, Ẹ́ met E en Ê", "Ŀ met L, ǈ met j, Ǆ met D", "Ď met D"])
def test_letter_that_is_first_a_part_of_another_is_read_wherever_it_stands(words: str) -> None:
    """Some of these every shaper draws in two glyphs, some newer ones alone."""
    result = rendered(sheet(f'<h1 style="font-family: Lexend">{words}</h1><p>{words}</p>'))

    (text,) = page_texts(result.pdf)
    with opened(result.pdf) as pdf:
        fonts = [one for one in pdf.objects if isinstance(one, Dictionary) and "/ToUnicode" in one]
        names = [name for font in fonts for name in unicode_table(font.ToUnicode.read_bytes()).values()]

    assert unicodedata.normalize("NFKC", text).split() == 2 * unicodedata.normalize("NFKC", words).split()
    assert "" not in names
