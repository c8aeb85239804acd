"""Nothing is wrong with the handbook and its print sheets, and the proofs hear what another reader hears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from tests.handbook.handbook import Handbook, Piece
from tests.handbook.reading import squeezed

from handout import proof
from handout.editions import expectations
from handout.project.plan import Edition, Selection, editions
from handout.proof import InkFigures
from handout.proof.paper import opened


@dataclass(frozen=True)
class Told:
    """What the proofs tell of one piece, opened and read once."""

    findings: tuple[str, ...]
    on_sheets: tuple[str, ...]
    """The findings on its print sheets."""
    text: str
    """Of its tags, without white space."""
    runs: tuple[str, ...]
    figures: InkFigures | None


@pytest.fixture(scope="module")
def told(handbook: Handbook) -> Mapping[str, Told]:
    """What the proofs tell of each piece, by its path."""
    planned = {edition.output_path: edition for edition in editions(handbook.project, Selection())}
    return {piece.path: _told(handbook, piece, planned[piece.path]) for piece in handbook.pieces}


def _told(handbook: Handbook, piece: Piece, edition: Edition) -> Told:
    promised = expectations.of(handbook.project, piece.document)
    with opened(piece.pdf) as paper:
        findings, figures = proof.examine(paper, piece.document, promised)
        on_sheets = (
            f"{path}: {finding}"
            for path in map(edition.sheet_path, edition.sheets)
            for finding in proof.inspect_sheet(
                (handbook.folder / path).read_bytes(), paper, piece.document, promised
            )
        )
        return Told(
            tuple(map(str, findings)),
            tuple(on_sheets),
            squeezed(paper.tags.shown),
            tuple(run.text for run in paper.runs),
            figures,
        )


def test_no_piece_has_a_finding(handbook: Handbook, told: Mapping[str, Told]) -> None:
    handbook.judge(lambda piece: told[piece.path].findings)


def test_no_print_sheet_has_a_finding(handbook: Handbook, told: Mapping[str, Told]) -> None:
    handbook.judge(lambda piece: told[piece.path].on_sheets)


def test_proofs_hear_what_another_reader_hears(handbook: Handbook, told: Mapping[str, Told]) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        if told[piece.path].text != piece.reading.text:
            yield "the tags say other words"
        if told[piece.path].runs != tuple(run.text for run in piece.reading.runs):
            yield "the pages show other runs of text"

    handbook.judge(faults)


def test_figures_tell_of_each_page(handbook: Handbook, told: Mapping[str, Told]) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        figures = told[piece.path].figures
        assert figures is not None
        if len(figures.ink_coverage) != piece.row["pages"] or not all(
            0 < i < 0.6 for i in figures.ink_coverage
        ):
            yield f"ink {figures.ink_coverage} on {piece.row['pages']} pages"
        if round(figures.smallest_type_pt, 2) < 9.5 or figures.least_contrast < 4.5:
            yield f"type of {figures.smallest_type_pt} pt, contrast {figures.least_contrast}"

    handbook.judge(faults)
