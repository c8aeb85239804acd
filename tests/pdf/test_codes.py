"""QR codes, scanned from the paper: as it is, and as a bad copier leaves it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import numpy as np
import zxingcpp
from PIL import Image
from tests.pdf.handbook import SCAN_DPI, Handbook, Piece

from handout.units import MM_PER_INCH


def black_and_white(raster: Image.Image) -> Image.Image:
    return raster.point(lambda grey: 255 if grey >= 128 else 0)


def payloads(pages: Iterable[Iterable[zxingcpp.Barcode]]) -> list[str]:
    return sorted(code.text for codes in pages for code in codes)


def module_mm(code: zxingcpp.Barcode) -> float:
    """Return the side of one module, measured between the corners that the scanner found."""
    # A symbol of version v has 17 + 4 v modules on a side (ISO/IEC 18004 §6.3.1).
    modules = 17 + 4 * int(cast(Mapping[str, str], code.extra)["Version"])
    place = code.position
    left, right = place.top_left, place.top_right
    return math.hypot(right.x - left.x, right.y - left.y) / SCAN_DPI * MM_PER_INCH / modules


def test_codes_hold_exactly_the_intended_addresses(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        expected = [piece.document.qr.url] if piece.document.qr else []
        if (found := payloads(piece.codes)) != expected:
            yield f"scanned {found}; the model says {expected}"
        if (
            found := payloads(zxingcpp.read_barcodes(black_and_white(scan)) for scan in piece.scans)
        ) != expected:
            yield f"scanned {found} in black and white; the model says {expected}"
        if piece.row["qr"] != expected:
            yield f"the manifest says {piece.row['qr']}; the model says {expected}"

    handbook.judge(faults)


def test_modules_are_wide_enough_for_a_copier(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        for codes in piece.codes:
            for code in codes:
                if (found := module_mm(code)) < piece.format.least_module_mm:
                    yield f"a module is {found:.2f} mm; the format needs {piece.format.least_module_mm} mm"

    handbook.judge(faults)


def ink_around(raster: Image.Image, code: zxingcpp.Barcode) -> int:
    """Return how many pixels are not white in the quiet zone of *code*, four modules wide."""
    quiet = int(4 * module_mm(code) / MM_PER_INCH * SCAN_DPI) - 2
    first, last = code.position.top_left, code.position.bottom_right
    ink = np.asarray(raster)[first.y - quiet : last.y + quiet, first.x - quiet : last.x + quiet] < 255
    # Two pixels of play for the corners, which the scanner rounds.
    ink[quiet - 2 : 2 - quiet, quiet - 2 : 2 - quiet] = False
    return int(ink.sum())


def test_quiet_zone_around_each_code_is_white(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        for raster, codes in zip(piece.scans, piece.codes, strict=True):
            for code in codes:
                if ink := ink_around(raster, code):
                    yield f"{ink} pixels are printed beside the code for {code.text}"

    handbook.judge(faults)


def test_leaflets_to_set_up_mfa_lead_to_the_page_for_it(handbook: Handbook) -> None:
    for audience in ("staff", "students"):
        piece = handbook.piece(f"{audience}/mfa-instellen-leaflet-a4.pdf")
        assert payloads(piece.codes) == [handbook.project.settings.links.urls["security-info"]]
    assert payloads(handbook.piece("ict-anchor/mfa-hulp-geven-reference-a4.pdf").codes) == []
