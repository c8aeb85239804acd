"""What a printer gets: pages and sizes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.handbook.handbook import Handbook, Piece

from handout.model.units import pt_to_mm
from handout.paper.impose import TRIFOLD_WIDTHS_MM


def test_each_pdf_has_the_pages_of_its_budget(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        pages = len(piece.reading.pdf.pages)
        if not pages == piece.row["pages"] == piece.document.page_budget:
            yield f"{pages} pages; manifest {piece.row['pages']}, budget {piece.document.page_budget}"

    handbook.judge(faults)


def width_mm(piece: Piece, number: int) -> float:
    """Return how wide page *number* must be: the panels that fold in are narrower."""
    return TRIFOLD_WIDTHS_MM[number - 1] if piece.row["format"] == "trifold" else piece.format.width_mm


def test_each_page_has_the_size_of_its_format(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        for number, page in enumerate(piece.reading.pdf.pages, 1):
            expected = (0, 0, width_mm(piece, number), piece.format.height_mm)
            found = tuple(pt_to_mm(float(length)) for length in page.mediabox)
            if found != pytest.approx(expected, abs=0.1):
                yield f"page {number} is {found} mm; the format says {expected}"
            if (turned := page.obj.get("/Rotate", 0)) != 0:
                yield f"page {number} is turned by {turned} degrees"

    handbook.judge(faults)


def test_manifest_tells_the_paper_of_the_three_first_handouts(handbook: Handbook) -> None:
    for path, expected in {
        "staff/mfa-instellen-leaflet-a4.pdf": (2, 210, 297, "long edge"),
        "students/mfa-instellen-leaflet-a4.pdf": (2, 210, 297, "long edge"),
        "ict-anchor/mfa-hulp-geven-reference-a4.pdf": (1, 210, 297, None),
    }.items():
        row = handbook.piece(path).row
        assert (row["pages"], row["width_mm"], row["height_mm"], row["duplex"]) == expected
