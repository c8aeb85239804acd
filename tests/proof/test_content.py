"""The reader of content streams: what is drawn, where, and in which letters."""

from __future__ import annotations

import io
from itertools import pairwise

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from handout.proof.content import TextRun, UnreadableError, instructions
from handout.proof.font_file import composite_widths, unicode_table
from handout.proof.geometry import Box, placed
from handout.proof.paper import opened
from handout.proof.tags import squeezed


def pdf_of(content: bytes, **forms: bytes) -> bytes:
    """Return a page of 300 by 200 points with *content*, in Helvetica as /F, and forms by their names."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(300, 200))
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
    )
    page = pdf.pages[0]
    page.Resources = Dictionary(Font=Dictionary(F=pdf.make_indirect(font)), XObject=Dictionary())
    for name, data in forms.items():
        form = pdf.make_stream(data, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 50, 20]))
        page.Resources.XObject[f"/{name}"] = form
    page.Contents = pdf.make_stream(content)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def runs(content: bytes, **forms: bytes) -> tuple[TextRun, ...]:
    with opened(pdf_of(content, **forms)) as paper:
        return paper.runs


def test_text_comes_with_its_size_and_place() -> None:
    (run,) = runs(b"2 0 0 2 10 20 cm BT /F 6 Tf 1 0 0 1 5 10 Tm (abc) Tj ET")
    assert run.text == "abc"
    assert [run.size_pt, run.box.left, run.box.low] == pytest.approx([12, 20, 40])
    assert run.box.top - run.box.low == pytest.approx(8.4)


@pytest.mark.parametrize(
    "content",
    [
        b"BT /F 9 Tf 20 TL 0 100 Td (a) Tj T* (b) Tj ET",
        b"BT /F 9 Tf 0 100 Td (a) Tj 0 -20 TD (b) Tj ET",
        b"BT /F 9 Tf 20 TL 0 100 Td (a) Tj (b) ' ET",
        b'BT /F 9 Tf 20 TL 0 100 Td (a) Tj 0 0 (b) " ET',
    ],
)
def test_each_way_to_go_to_the_next_line_is_followed(content: bytes) -> None:
    first, second = runs(content)
    assert (first.text, second.text) == ("a", "b")
    assert first.box.low - second.box.low == pytest.approx(20)


def test_saved_state_comes_back() -> None:
    first, second = runs(b"BT /F 9 Tf ET q 0.5 g BT (a) Tj ET Q BT (b) Tj ET")
    assert (first.colour, second.colour) == ((0.5, 0.5, 0.5), (0, 0, 0))


@pytest.mark.parametrize(
    ("operators", "colour"),
    [(b"1 0 0 rg", (1, 0, 0)), (b"0 0 0 1 k", (0, 0, 0)), (b"0.5 g", (0.5, 0.5, 0.5))],
)
def test_colours_of_each_kind_are_read(operators: bytes, colour: tuple[float, float, float]) -> None:
    (run,) = runs(operators + b" BT /F 9 Tf (a) Tj ET")
    assert run.colour == pytest.approx(colour)


def test_text_is_cut_by_every_clip_around_it() -> None:
    (run,) = runs(b"0 0 100 100 re W n 50 0 m 90 0 l 90 150 l h W n BT /F 9 Tf (a) Tj ET")
    assert run.clip == Box(50, 0, 90, 100)


def test_text_in_a_form_is_placed_on_the_page_and_cut_to_the_form() -> None:
    (run,) = runs(b"q 1 0 0 1 30 40 cm /X Do Q", X=b"BT /F 9 Tf (in a form) Tj ET")
    assert run.text == "in a form"
    assert [run.box.left, run.box.low] == pytest.approx([30, 40])
    assert run.clip == Box(30, 40, 80, 60)


def test_form_that_draws_itself_ends() -> None:
    assert runs(b"/X Do", X=b"/X Do") == ()


def test_picture_inside_the_stream_does_not_hide_the_text_after_it() -> None:
    image = b"BI /W 2 /H 2 /BPC 8 /CS /G ID \x00(\xff> EI"
    (run,) = runs(image + b" BT /F 9 Tf (after) Tj ET")
    assert run.text == "after"


def test_strings_with_brackets_and_escapes_are_read() -> None:
    (run,) = runs(b"BT /F 9 Tf [(a\\)b) -20 (c]d) 30 <65>] TJ ET")
    assert run.text == "a)bc]de"


def test_brackets_that_close_each_other_inside_a_string_are_read() -> None:
    (run,) = runs(b"BT /F 9 Tf (a(b)c) Tj ET")
    assert run.text == "a(b)c"


@pytest.mark.parametrize(
    "shown",
    [
        b"[<616263>]",
        b"[<61><62><63>]",
        b"[<6162>0<63>]",
        b"[ < 61 62 > -0 <63> ]",
        b"[(a)(bc)]",
        b"[(a)<6263>0.0]",
        b"[<61>+5 -5.<62>.25 -.25<63>]",
    ],
)
def test_text_is_the_same_whatever_strings_and_numbers_it_comes_in(shown: bytes) -> None:
    (run,), (plain,) = runs(b"BT /F 9 Tf " + shown + b" TJ ET"), runs(b"BT /F 9 Tf (abc) Tj ET")
    assert [glyph.text for glyph in run.glyphs] == ["a", "b", "c"]
    assert run.box == plain.box


def test_numbers_move_what_follows_by_thousandths_of_the_size() -> None:
    (run,) = runs(b"BT /F 10 Tf [100<61>-50 -.5<6162>] TJ ET")
    first, second, third = run.glyphs
    assert (first.start, second.start - first.end) == pytest.approx((-1, 0.505))
    assert third.start == second.end


def test_spaces_between_words_and_letters_before_a_line_do_not_move_it() -> None:
    (run,) = runs(b'BT /F 10 Tf 20 TL 3 2 (a b) " ET')
    assert run.glyphs[0].start == 0
    assert [after.start - before.end for before, after in pairwise(run.glyphs)] == pytest.approx([2, 5])


def test_run_says_whether_it_goes_on_with_the_line_before_it() -> None:
    found = runs(b"BT /F 9 Tf 1 0 0 1 5 9 Tm (a) Tj 3 Ts (b) Tj 0 Ts (c) Tj 0 -9 Td (d) Tj T* (e) Tj ET")
    assert [run.begins_line for run in found] == [True, False, False, True, True]


@pytest.mark.parametrize("shown", [b"[<61>1e-05<62>] TJ", b"[<61>/X] TJ", b"[<61>--5] TJ"])
def test_what_is_neither_string_nor_number_is_not_passed_over(shown: bytes) -> None:
    with pytest.raises((UnreadableError, pikepdf.PdfError)):
        runs(b"BT /F 9 Tf " + shown + b" ET")


def test_content_that_breaks_the_grammar_is_an_error_that_names_its_page() -> None:
    deep = b"/Span <</A <</A <</A <</A 1>> >> >> >> BDC EMC"
    with pikepdf.open(io.BytesIO(pdf_of(deep))) as pdf, pytest.raises(UnreadableError) as caught:
        list(instructions(pdf.pages[0].obj.Contents.read_bytes(), 3))
    assert caught.value.page == 3


def test_words_have_boxes_of_their_own() -> None:
    (run,) = runs(b"BT /F 10 Tf (ab cd) Tj ET")
    (first, left), (second, right) = run.words()
    assert (first, second) == ("ab", "cd")
    assert left.right < right.left


def test_invisible_text_is_known_as_such() -> None:
    (run,) = runs(b"BT /F 9 Tf 3 Tr (a) Tj ET")
    assert not run.is_drawn


# ---- fonts ------------------------------------------------------------------------------------


def test_names_of_glyphs_stand_alone_and_in_ranges() -> None:
    table = (
        b"2 beginbfchar <0001> <0066> <0002> <00660069> endbfchar "
        b"2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0078> <0079>] endbfrange"
    )
    assert unicode_table(table) == {1: "f", 2: "fi", 0x10: "A", 0x11: "B", 0x12: "C", 0x20: "x", 0x21: "y"}


def test_widths_stand_one_by_one_and_in_ranges() -> None:
    array = Array([3, Array([100, 200]), 7, 8, 300])
    assert dict(composite_widths(array)) == {3: 100, 4: 200, 7: 300, 8: 300}


# ---- geometry and text ------------------------------------------------------------------------


def test_turned_box_is_the_upright_box_around_it() -> None:
    assert placed(Box(0, 0, 2, 1), (0, 1, -1, 0, 10, 10)) == Box(9, 10, 10, 12)


def test_white_space_and_soft_hyphens_do_not_count() -> None:
    assert squeezed("toe\u00adgang s\u00a0pas\n") == "toegangspas"
