"""The foot of every piece: in reach of the printer, its day on one line, its zeros plain but in the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from tests.handbook.handbook import Handbook, Piece

from handout import proof
from handout.model.units import pt_to_mm
from handout.proof.content import TextRun

REACHED_MM = 12.5
"""What an inkjet that leaves 11.7 mm empty still prints."""
PAPER_MM = 270.0
"""Higher or wider is what goes through a printer as it is."""
FINE_DPI = 600
MIDDLE_GREY = 128


def runs_of_the_foot(paper: proof.Paper, piece: Piece) -> Iterator[TextRun]:
    """Yield what says the code of *piece* or until when it holds."""
    day = piece.document.valid_until
    for run in paper.runs:
        if piece.document.code in run.text or (day and f"{day:%d-%m-%Y}" in run.text):
            yield run


def slashed(paper: proof.Paper, run: TextRun) -> Iterator[tuple[str, bool]]:
    """Yield for each zero of *run* the text of the run, and whether its middle is ink."""
    for at, glyph in enumerate(run.glyphs):
        if glyph.text == "0":
            scan = paper.fine_scan(run.page, run.part(at, at + 1), FINE_DPI)
            middle = cast(int, scan.getpixel((scan.width // 2, scan.height // 2)))
            yield run.text, middle < MIDDLE_GREY


def test_day_stands_on_one_line_with_its_words(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        if (day := piece.document.valid_until) is None:
            return
        with proof.opened(piece.pdf) as paper:
            texts = [run.text for run in paper.runs if f"{day:%d-%m-%Y}" in run.text]
        if not texts or not all(text.startswith(piece.words["valid-until"]) for text in texts):
            yield f"the day stands alone: {texts}"

    handbook.judge(faults)


def test_zeros_are_plain_in_days_and_have_their_stroke_in_codes(handbook: Handbook) -> None:
    drawn: set[tuple[bool, bool]] = set()
    for piece in handbook.pieces:
        with proof.opened(piece.pdf) as paper:
            for run in runs_of_the_foot(paper, piece):
                drawn |= {
                    (piece.document.code in text, has_stroke) for text, has_stroke in slashed(paper, run)
                }

    assert drawn == {(False, False), (True, True)}


def test_foot_stands_where_every_printer_prints(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        with proof.opened(piece.pdf) as paper:
            for run in runs_of_the_foot(paper, piece):
                page = paper.boxes[run.page]
                height_mm = pt_to_mm(run.box.low - page.low)
                if pt_to_mm(page.height) > PAPER_MM and height_mm < REACHED_MM:
                    yield f"'{run.text}' stands {height_mm:.1f} mm above the edge"

    handbook.judge(faults)
