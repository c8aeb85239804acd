"""QR codes, scanned from the paper, and what the manifest says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import zxingcpp
from PIL import Image
from tests.handbook.handbook import Handbook, Piece


def black_and_white(raster: Image.Image) -> Image.Image:
    return raster.point(lambda grey: 255 if grey >= 128 else 0)


def payloads(pages: Iterable[Iterable[zxingcpp.Barcode]]) -> list[str]:
    return sorted(code.text for codes in pages for code in codes)


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


def test_leaflets_to_set_up_mfa_lead_to_the_page_for_it(handbook: Handbook) -> None:
    for audience in ("staff", "students"):
        piece = handbook.piece(f"{audience}/mfa-instellen-leaflet-a4.pdf")
        assert payloads(piece.codes) == [handbook.project.settings.links.urls["security-info"]]
    assert payloads(handbook.piece("ict-anchor/mfa-hulp-geven-reference-a4.pdf").codes) == []
