"""What a printer and a reader get: pages, sizes, margins, type."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.pdf.handbook import SCAN_DPI, Handbook, Piece

from handout.engine.fonts import FAMILIES
from handout.impose import TRIFOLD_WIDTHS_MM
from handout.units import MM_PER_INCH, pt_to_mm

EMPTY_EDGE_MM = 8
"""Office printers leave the edge white: what stands there is lost."""
SMALLEST_SHEET_MM = 100
LEAST_TYPE_PT = 9.5


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


def test_nothing_is_printed_in_the_outer_8_mm(handbook: Handbook) -> None:
    # One pixel less: a pixel on the border belongs to both sides.
    edge = int(EMPTY_EDGE_MM / MM_PER_INCH * SCAN_DPI) - 1

    def faults(piece: Piece) -> Iterator[str]:
        # A smaller piece is cut from a sheet: its edge is not the edge of the paper.
        sheets = piece.scans if piece.format.width_mm >= SMALLEST_SHEET_MM else []
        for number, raster in enumerate(sheets, 1):
            ink = np.asarray(raster) < 255
            for side, strip in {
                "top": ink[:edge],
                "bottom": ink[-edge:],
                "left": ink[:, :edge],
                "right": ink[:, -edge:],
            }.items():
                if strip.any():
                    yield f"page {number} has ink at the {side}, {int(strip.sum())} pixels"

    handbook.judge(faults)


def test_each_page_is_printed_on(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        for number, raster in enumerate(piece.scans, 1):
            if np.asarray(raster).min() > 64:
                yield f"page {number} is empty"

    handbook.judge(faults)


def test_no_type_outside_drawings_is_smaller_than_9_5_pt(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        drawn = {run.mark for figure in piece.reading.root.all("Figure") for run in figure.runs()}
        for run in piece.reading.runs:
            if (run.mark is None or run.mark not in drawn) and run.size_pt < LEAST_TYPE_PT - 0.01:
                yield f"'{run.text}' on page {run.page + 1} is {run.size_pt:.2f} pt"

    handbook.judge(faults)


def test_fonts_are_ours_embedded_and_subset(handbook: Handbook) -> None:
    allowed = tuple(family.replace(" ", "-") for family in FAMILIES)

    def faults(piece: Piece) -> Iterator[str]:
        for page in piece.reading.pdf.pages:
            for font in page.obj.Resources.Font.as_dict().values():
                prefix, _, name = str(font.BaseFont)[1:].partition("+")
                descriptor = font.DescendantFonts[0].FontDescriptor
                if len(prefix) != 6 or not name:
                    yield f"{font.BaseFont} is not a subset"
                if not name.startswith(allowed):
                    yield f"{name} is not one of {allowed}"
                if not {"/FontFile2", "/FontFile3"} & set(descriptor.keys()):
                    yield f"{name} is not embedded"

    handbook.judge(faults)


def test_all_text_is_drawn_with_letters_that_the_file_can_name(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        for run in piece.reading.runs:
            if "\ufffd" in run.text or "\0" in run.text:
                yield f"{run.text!r} on page {run.page + 1} has glyphs without a letter"

    handbook.judge(faults)
