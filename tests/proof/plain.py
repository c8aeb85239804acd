"""Plain pages and a model without texts: for proofs of one matter."""

from __future__ import annotations

from datetime import date

from handout.model.document import Document, QrTarget, Shows
from handout.model.findings import Place
from handout.paper.engine import fonts
from handout.proof import Expectations

GOOD = "https://mysignins.microsoft.com/security-info"
BAD = "https://mysignins.example.com/security-info"


def document(url: str | None = GOOD) -> Document:
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


def terms() -> Expectations:
    return Expectations(
        words={"step": "stap", "steps": "Stap", "until": "tot en met", "qr-alt": "QR-code naar {address}"},
        label="Voor medewerkers",
        other_labels=("Voor leerlingen",),
        organisation="Stadsscholen",
        edition="algemene uitgave",
        allowed_hosts=("mysignins.microsoft.com",),
        families=fonts.FAMILIES,
        least_module_mm=0.5,
        scan_mm=200,
        edge_mm=8,
        shows=Shows.ALL,
        faces=1,
    )


def page(body: str, style: str = "") -> bytes:
    """Return *body* as a tagged A4 page."""
    fonts.isolate()
    from weasyprint import HTML

    text = f"<html lang=nl-BE><title>A</title><style>@page{{size:A4}} {style}</style>{body}"
    pdf: bytes = HTML(string=text).write_pdf(pdf_variant="pdf/ua-1")
    return pdf
