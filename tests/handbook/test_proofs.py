"""Nothing is wrong with the handbook and its print sheets, and the proofs hear what another reader hears."""

from __future__ import annotations

from collections.abc import Iterator

from tests.handbook.handbook import Handbook, Piece
from tests.handbook.reading import squeezed

from handout import proof
from handout.editions import expectations
from handout.project.plan import Selection, editions
from handout.proof.paper import opened


def test_no_piece_has_a_finding(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        promised = expectations.of(handbook.project, piece.document)
        yield from map(str, proof.inspect(piece.pdf, piece.document, promised))

    handbook.judge(faults)


def test_no_print_sheet_has_a_finding(handbook: Handbook) -> None:
    planned = {edition.output_path: edition for edition in editions(handbook.project, Selection())}

    def faults(piece: Piece) -> Iterator[str]:
        edition = planned[piece.path]
        promised = expectations.of(handbook.project, piece.document)
        with proof.opened(piece.pdf) as paper:
            for path in map(edition.sheet_path, edition.sheets):
                sheet = (handbook.folder / path).read_bytes()
                for finding in proof.inspect_sheet(sheet, paper, piece.document, promised):
                    yield f"{path}: {finding}"

    handbook.judge(faults)


def test_proofs_hear_what_another_reader_hears(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        with opened(piece.pdf) as paper:
            if squeezed(paper.tags.text) != piece.reading.text:
                yield "the tags say other words"
            if [run.text for run in paper.runs] != [run.text for run in piece.reading.runs]:
                yield "the pages show other runs of text"

    handbook.judge(faults)


def test_figures_tell_of_each_page(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        with proof.opened(piece.pdf) as paper:
            figures = proof.measure(paper)
        if len(figures.ink_coverage) != piece.row["pages"] or not all(
            0 < i < 0.6 for i in figures.ink_coverage
        ):
            yield f"ink {figures.ink_coverage} on {piece.row['pages']} pages"
        if round(figures.smallest_type_pt, 2) < 9.5 or figures.least_contrast < 4.5:
            yield f"type of {figures.smallest_type_pt} pt, contrast {figures.least_contrast}"

    handbook.judge(faults)
