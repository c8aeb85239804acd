"""The drawings of the leaflet, as SVG: the mark in its head and the QR code."""

from __future__ import annotations

import io
from functools import cache

import segno

MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
    '<rect width="48" height="48" rx="6" fill="#ffffff"/>'
    '<path d="M8 17h32v22H8z" fill="none" stroke="#123e8c" stroke-width="3" stroke-linejoin="round"/>'
    '<path d="M18 17v-6h12v6M8 27h32M22 25h4v5h-4z" fill="none" stroke="#123e8c" stroke-width="3"/>'
    '<circle cx="38" cy="38" r="3" fill="#123e8c"/></svg>'
)


@cache
def qr_svg(url: str) -> str:
    """Return the QR code that leads to *url*, one path, made once: it is that of every school."""
    file = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        file, kind="svg", xmldecl=False, border=4, omitsize=True, nl=False
    )
    return file.getvalue().decode()


@cache
def qr_rows(url: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of the same code, without its quiet zone."""
    code = segno.make(url, error="m", micro=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)
