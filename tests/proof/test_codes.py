"""The finished pages are scanned as a phone does."""

from __future__ import annotations

import io
from datetime import date

import pikepdf
import pytest

from handout import qr
from handout.engine import fonts
from handout.errors import Place
from handout.model import Document, QrTarget
from handout.proof.codes import codes

GOOD = "https://mysignins.microsoft.com/security-info"
BAD = "https://mysignins.example.com/security-info"


def a_document(url: str | None = GOOD) -> Document:
    return Document(
        slug="a",
        title="A",
        audience="staff",
        format="leaflet-a4",
        language="nl-BE",
        lead=(),
        opening=(),
        sections=(),
        closing=(),
        pictures={},
        place=Place("content/handouts/a.md", 1),
        page_budget=1,
        sources=(),
        qr=QrTarget("security-info", url, url) if url else None,
        newest=date(2026, 11, 22),
    )


def a_sheet(*payloads: str, side_mm: float = 30) -> bytes:
    """A real page with these codes under each other."""
    fonts.isolate()
    from weasyprint import HTML

    codes_ = "".join(qr.svg(qr.symbol(payload), "code") for payload in payloads)
    style = f"@page{{size:A4}} svg{{display:block;width:{side_mm}mm;height:{side_mm}mm}}"
    pdf: bytes = HTML(string=f"<html lang=nl><title>t</title><style>{style}</style>{codes_}").write_pdf()
    return pdf


def test_page_with_the_intended_code_alone_is_right() -> None:
    assert codes(a_sheet(GOOD), a_document()) == ()


def test_page_without_codes_is_right_where_none_is_asked_for() -> None:
    assert codes(a_sheet(), a_document(None)) == ()


@pytest.mark.parametrize("payloads", [(), (BAD,)])
def test_missing_code_is_reported_with_its_address(payloads: tuple[str, ...]) -> None:
    whats = [finding.what for finding in codes(a_sheet(*payloads), a_document())]
    assert f"the QR code for {GOOD} cannot be read from the finished page" in whats


def test_code_too_small_to_read_is_reported_as_missing() -> None:
    (finding,) = codes(a_sheet(GOOD, side_mm=3), a_document())
    assert finding.what == f"the QR code for {GOOD} cannot be read from the finished page"


@pytest.mark.parametrize("payloads", [(GOOD, BAD), (GOOD, GOOD)])
def test_code_that_was_not_asked_for_is_reported(payloads: tuple[str, ...]) -> None:
    (finding,) = codes(a_sheet(*payloads), a_document())
    assert finding.what == f"the finished page has a code that was not asked for: '{payloads[1]}'"
    assert finding.place == Place("content/handouts/a.md", 1)


def test_code_hidden_in_a_picture_of_another_page_is_seen() -> None:
    first, second = pikepdf.open(io.BytesIO(a_sheet(GOOD))), pikepdf.open(io.BytesIO(a_sheet(BAD)))
    first.pages.extend(second.pages)
    joined = io.BytesIO()
    first.save(joined)
    assert [finding.what for finding in codes(joined.getvalue(), a_document())] == [
        f"the finished page has a code that was not asked for: '{BAD}'"
    ]
