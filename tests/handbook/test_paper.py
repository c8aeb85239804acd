"""What a printer gets: pages and sizes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
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


def covered_percent(path: Path) -> list[float]:
    document = pypdfium2.PdfDocument(path)
    try:
        scans = [page.render(scale=0.7, grayscale=True).to_pil().convert("L") for page in document]
        return [100 - float(np.asarray(scan).mean()) / 2.55 for scan in scans]
    finally:
        document.close()


def test_manifest_tells_how_much_of_each_print_sheet_is_ink(handbook: Handbook) -> None:
    """By the pages that lie on it: of a poster in tiles as if it were even, so only as a whole."""
    rows = json.loads((handbook.folder / "manifest.json").read_bytes())["files"]
    one_of_each = {row["sheet"]: row for row in rows if row["sheet"]}
    assert {"trifold", "mini", "cards", "two-up", "one-a4", "tiles"} <= one_of_each.keys()
    for kind, row in one_of_each.items():
        told, found = row["ink_percent"], covered_percent(handbook.folder / row["path"])
        if kind.startswith("tiles"):
            told, found = [sum(told) / len(told)], [sum(found[-len(told) :]) / len(told)]
        assert told == pytest.approx(found, abs=1.0), kind
