"""The QR codes on the paper are the intended ones, and no others.

A sheet that leads a school to a false sign-in page is the worst that can happen. So the pages are looked
at as a phone does: a code that is hidden in a picture is seen too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pypdfium2
import zxingcpp

from handout.errors import Finding
from handout.model import Document
from handout.units import POINTS_PER_INCH

RASTER_DPI = 200
"""An office scanner's; a module of 0.5 mm is four pixels wide."""


def codes(pdf: bytes, document: Document) -> tuple[Finding, ...]:
    """Return a finding for each QR code that *pdf* lacks, and for each that does not belong there."""
    intended = Counter([document.qr.url] if document.qr else [])
    found = Counter(scanned(pdf))
    return (*_missing(intended - found, document), *_strange(found - intended, document))


def scanned(pdf: bytes, dpi: int = RASTER_DPI) -> Iterator[str]:
    """Yield the payload of every code that can be read from the pages of *pdf*, rastered in grey at *dpi*."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            image = page.render(scale=dpi / POINTS_PER_INCH, grayscale=True).to_pil()
            yield from (code.text for code in zxingcpp.read_barcodes(image))
    finally:
        document.close()


def _missing(payloads: Counter[str], document: Document) -> Iterator[Finding]:
    for payload in payloads.elements():
        yield Finding(
            document.place,
            f"the QR code for {payload} cannot be read from the finished page",
            "let the template print it once, larger, and keep its four modules of quiet zone clear",
        )


def _strange(payloads: Counter[str], document: Document) -> Iterator[Finding]:
    for payload in payloads.elements():
        yield Finding(
            document.place,
            f"the finished page has a code that was not asked for: '{payload[:80]}'",
            "take the picture with that code out; a sheet has the one code of its 'qr' key",
        )
