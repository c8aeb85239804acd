"""What a screen reader hears: lists with their numbers, headings, pictures in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import page
from tests.pdf.handbook import Handbook, Piece
from tests.pdf.reading import Run, Tag, squeezed

from handout.model import (
    Block,
    BulletList,
    Callout,
    Choice,
    Document,
    NumberedStep,
    NumberedSteps,
    Picture,
    plain_text,
)
from handout.resolving.walk import blocks_inside, inlines_inside, pictures_of

HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")
NUMBERED = ("Decimal", "LowerAlpha")


def steps_in(blocks: Iterable[Block]) -> Iterator[NumberedStep]:
    """Yield the steps and substeps in *blocks* in reading order: each step before what stands in it."""
    for block in blocks:
        match block:
            case NumberedSteps(_, steps, _):
                for step in steps:
                    yield step
                    yield from steps_in(step.blocks)
            case Callout():
                yield from steps_in(block.blocks)
            case Choice(options, _):
                for option in options:
                    yield from steps_in(option.blocks)
            case BulletList(items, _):
                for item in items:
                    yield from steps_in(item)


def model_steps(document: Document) -> list[NumberedStep]:
    return [step for section in document.sections for step in steps_in(section.blocks)]


def numbered_items(piece: Piece) -> list[tuple[str, Tag]]:
    """Return the number and the body of each numbered item, as the tags give them, in reading order."""
    lists = {id(kid): tag for tag in piece.reading.root.all("L") for kid in tag.kids}
    items = piece.reading.root.all("LI")
    return [
        (parts["Lbl"].text.strip(), parts["LBody"])
        for item in items
        if lists[id(item)].numbering in NUMBERED
        if (parts := {kid.kind: kid for kid in item.kids if isinstance(kid, Tag)})
    ]


def step_numbers(piece: Piece) -> list[int]:
    return [int(label) for label, _ in numbered_items(piece) if label.isdigit()]


def test_numbers_and_letters_are_those_of_the_model(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        expected = [step.label for step in model_steps(piece.document)]
        if (found := [label for label, _ in numbered_items(piece)]) != expected:
            yield f"the tags say {found}; the model says {expected}"

    handbook.judge(faults)


def test_each_number_stands_at_its_own_command(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        for (label, body), step in zip(numbered_items(piece), model_steps(piece.document), strict=True):
            if any(hasattr(inline, "section") for inline in inlines_inside(step.command)):
                continue  # the words of a reference are written by the template
            command = squeezed(plain_text(step.command))
            if not squeezed(body.text).startswith(command):
                yield f"{label} stands at '{body.text[:60]}'; the model says '{plain_text(step.command)}'"

    handbook.judge(faults)


def test_numbers_run_from_one_to_n_once_each_in_handouts_that_number_through(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        numbers = step_numbers(piece)
        if handbook.project.handouts[piece.row["handout"]].continuous:
            if numbers != list(range(1, len(numbers) + 1)):
                yield f"the numbers are {numbers}"
        elif any(after not in (before + 1, 1) for before, after in pairwise([0, *numbers])):
            yield f"the numbers are {numbers}: each begins anew at 1 or follows the one before"

    handbook.judge(faults)


def test_first_three_handouts_have_the_steps_that_they_are_known_for(handbook: Handbook) -> None:
    assert step_numbers(handbook.piece("staff/mfa-instellen-leaflet-a4.pdf"))[:2] == [1, 2]
    assert len(step_numbers(handbook.piece("staff/mfa-instellen-leaflet-a4.pdf"))) >= 8
    assert len(step_numbers(handbook.piece("students/mfa-instellen-leaflet-a4.pdf"))) >= 8
    assert len(step_numbers(handbook.piece("ict-anchor/mfa-hulp-geven-reference-a4.pdf"))) >= 12


def test_numbered_items_have_a_number_and_a_body(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        for tag in piece.reading.root.all("L"):
            for item in tag.kids:
                kinds = (
                    [kid.kind for kid in item.kids if isinstance(kid, Tag)] if isinstance(item, Tag) else []
                )
                if tag.numbering in NUMBERED and kinds != ["Lbl", "LBody"]:
                    yield f"an item of {kinds}: '{text_of(item)}'"

    handbook.judge(faults)


def test_lists_hold_items_and_nothing_else(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        for tag in piece.reading.root.all("L"):
            for kid in tag.kids:
                if not isinstance(kid, Tag) or kid.kind not in ("LI", "Caption"):
                    yield f"a list holds {kid.kind if isinstance(kid, Tag) else 'text'}: '{text_of(kid)}'"

    handbook.judge(faults)


def test_headings_and_paragraphs_do_not_stand_in_each_other(handbook: Handbook) -> None:
    # A reader that lists the headings would name the inner one a second time.
    texts = (*HEADINGS, "P")

    def faults(piece: Piece) -> Iterator[str]:
        for tag in piece.reading.root.walk():
            if tag.kind in HEADINGS:
                for inner in list(tag.walk())[1:]:
                    if inner.kind in texts:
                        yield f"{inner.kind} in {tag.kind}: '{tag.text}'"

    handbook.judge(faults)


def test_one_first_heading_and_no_level_left_out(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        levels = [int(tag.kind[1]) for tag in piece.reading.root.walk() if tag.kind in HEADINGS]
        if levels.count(1) != 1 or levels[0] != 1:
            yield f"the headings have the levels {levels}: one H1, and that first"
        if any(after > before + 1 for before, after in pairwise(levels)):
            yield f"the headings have the levels {levels}: one is left out"

    handbook.judge(faults)


def test_first_heading_is_the_title(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        titles = [squeezed(tag.text) for tag in piece.reading.root.all("H1")]
        if titles != [squeezed(piece.document.title)]:
            yield f"H1 is {titles}; the title is '{piece.document.title}'"

    handbook.judge(faults)


SHOWS_ONE_DRAWING_A_PROCEDURE = {"trifold"}
"""A panel has room for the last drawing of its procedure only."""


def test_pictures_are_told_in_words_and_decoration_is_not(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        found = Counter(" ".join(figure.alt.split()) for figure in piece.reading.root.all("Figure"))
        expected = Counter(picture.alt for picture in pictures_of(piece.document) if picture.alt)
        if piece.document.format in SHOWS_ONE_DRAWING_A_PROCEDURE:
            for section in piece.document.sections:
                drawn = [b.alt for b in blocks_inside(section.blocks) if isinstance(b, Picture) and b.alt]
                expected -= Counter(drawn[:-1])
        if piece.document.qr is not None:
            expected[piece.words["qr-alt"].format(address=piece.document.qr.text)] += 1
        yield from (f"no picture says '{alt}'" for alt in sorted(expected - found))
        yield from (f"a picture says '{alt}', and the model does not" for alt in sorted(found - expected))

    handbook.judge(faults)


def test_every_table_has_headings(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        for table in piece.reading.root.all("Table"):
            if not table.all("TH"):
                yield f"a table without a heading: '{text_of(table)}'"

    handbook.judge(faults)


def test_pdf_ua_has_nothing_against_them(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        result = page.validate_pdf_bytes(piece.pdf, profile="ua1")
        yield from (f"{failure.rule_id}: {failure.message}" for failure in result.failures)

    handbook.judge(faults)


def text_of(kid: Tag | Run) -> str:
    return kid.text[:50]
