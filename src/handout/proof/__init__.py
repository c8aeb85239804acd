"""Prove a finished PDF: read it back as people, phones and screen readers do, and hold it against the model.

Pure on bytes. A proof is a function from the paper and what is expected of it to findings; docs/findings.md
tells what each finding means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import pikepdf
import pypdfium2

from handout.model.document import Document
from handout.model.findings import Finding, in_order
from handout.model.messages import say
from handout.model.press import PressProfile
from handout.proof import sheets
from handout.proof.access import access, standards
from handout.proof.braille import BraillePaper, Cells, braille
from handout.proof.codes import codes
from handout.proof.content import UnreadableError
from handout.proof.edges import edges, low_feet
from handout.proof.expected import Expectations, Expected
from handout.proof.figures import InkFigures
from handout.proof.fonts import fonts
from handout.proof.form import form
from handout.proof.ink import figures, ink
from handout.proof.paper import Paper, opened
from handout.proof.pictures import pictures
from handout.proof.press import press
from handout.proof.rules import ProofRule, found
from handout.proof.safety import active, metadata, safety
from handout.proof.screen import screen
from handout.proof.separation import separation
from handout.proof.steps import steps
from handout.proof.strokes import strokes
from handout.proof.structure import structure
from handout.proof.words import words

__all__ = [
    "PROOFS",
    "BraillePaper",
    "Expectations",
    "InkFigures",
    "Paper",
    "ProofRule",
    "examine",
    "inspect",
    "inspect_braille",
    "inspect_codes",
    "inspect_form",
    "inspect_press",
    "inspect_screen",
    "inspect_sheet",
    "measure",
    "opened",
]

PROOFS: tuple[Callable[[Paper, Expected], Iterator[Finding]], ...] = (
    codes,
    steps,
    words,
    edges,
    strokes,
    ink,
    separation,
    pictures,
    fonts,
    access,
    structure,
    safety,
)
"""Every proof, one module each."""


def inspect(pdf: bytes, document: Document, terms: Expectations) -> tuple[Finding, ...]:
    """Return all in which *pdf* is not what *document* says and *terms* ask."""
    with opened(pdf) as paper:
        return examine(paper, document, terms)[0]


def examine(
    paper: Paper, document: Document, terms: Expectations
) -> tuple[tuple[Finding, ...], InkFigures | None]:
    """Return what `inspect` finds, with the figures of *paper*; None where it cannot be read back."""
    try:
        expected = Expected(document, terms)
        findings = in_order(finding for proof in PROOFS for finding in proof(paper, expected))
        return findings, figures(paper)
    except _UNREADABLE as error:
        return (_unreadable(document, error),), None


def inspect_codes(pdf: bytes, document: Document, terms: Expectations) -> tuple[Finding, ...]:
    """Return in what the codes on *pdf* are not those of *document*, of which the rest is proved already."""
    try:
        with opened(pdf) as paper:
            return in_order(codes(paper, Expected(document, terms)))
    except _UNREADABLE as error:
        return (_unreadable(document, error),)


def inspect_sheet(sheet: bytes, piece: Paper, document: Document, terms: Expectations) -> tuple[Finding, ...]:
    """Return all in which the print *sheet* is not a sheet of the finished *piece*.

    *piece* was proved by itself; what was read of it for that is not read again for its sheets.
    """
    expected = Expected(document, terms)
    try:
        with opened(sheet) as paper:
            proofs = (
                sheets.sheet(paper, piece, expected),
                low_feet(paper, expected),
                fonts(paper, expected),
                active(paper, expected),
            )
            return in_order(finding for proof in proofs for finding in proof)
    except _UNREADABLE as error:
        return (_unreadable(document, error),)


def inspect_press(
    sheet: bytes, piece: Paper, document: Document, terms: Expectations, profile: PressProfile
) -> tuple[Finding, ...]:
    """Return in what *sheet*, the finished *piece* for a print shop, is not PDF/X-4 for its press."""
    try:
        with opened(sheet) as paper:
            return in_order(press(paper, piece, Expected(document, terms), profile))
    except _UNREADABLE as error:
        return (_unreadable(document, error),)


def inspect_form(
    filled: bytes, base: bytes, document: Document, terms: Expectations, fields: Collection[str]
) -> tuple[Finding, ...]:
    """Return in what *filled* is not *base*, a proved piece or print sheet, with *fields* to type in.

    *fields* are the columns of the table of schools that its open slots have.
    """
    expected = Expected(document, terms)
    try:
        with opened(filled) as paper, opened(base) as sheet:
            proofs = (
                form(paper, sheet, expected, fields),
                active(paper, expected, has_fields=True),
                metadata(paper, expected),
                standards(paper, expected),
            )
            return in_order(finding for proof in proofs for finding in proof)
    except _UNREADABLE as error:
        return (_unreadable(document, error),)


def inspect_screen(page: bytes, document: Document, terms: Expectations) -> tuple[Finding, ...]:
    """Return in what *page*, HTML, does not say what *document* does, or does more than say it."""
    return in_order(screen(page, Expected(document, terms)))


def inspect_braille(
    data: bytes,
    document: Document,
    terms: Expectations,
    paper: BraillePaper,
    in_cells: Callable[[Sequence[str]], Cells],
) -> tuple[Finding, ...]:
    """Return in what *data*, BRF for *paper*, does not say what *document* does.

    *in_cells* has texts translated as those of *data* were.
    """
    return in_order(braille(data, Expected(document, terms), paper, in_cells))


_UNREADABLE = (pikepdf.PdfError, pypdfium2.PdfiumError, UnreadableError)


def _unreadable(document: Document, error: Exception) -> Finding:
    what = say("the finished file cannot be read back: {error}", error=error)
    fix = say("build the handout again; if it stays so, report it with the text of -v")
    return found(ProofRule.FILE_UNREADABLE, document.place, what, fix)


def measure(paper: Paper) -> InkFigures:
    """Return how much ink *paper* takes, how small its type is and how pale. Raises as the `Paper` does."""
    return figures(paper)
