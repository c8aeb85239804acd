"""Fullbleed: one engine for all leaflets of a process, tagged, each laid out for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

from benchmarks.leaflet import FIELDS, School
from benchmarks.peers import fonts
from benchmarks.peers.html import html
from benchmarks.peers.job import Job, Make

TAGGED = "pdfua1"
_FAMILIES = '"Atkinson Hyperlegible", "IBM Plex Sans", "IBM Plex Sans Arabic"'
_NUMBERS = """
li { position: relative }
.number { float: none; position: absolute; left: -9mm; top: 0; margin: 0; display: block }
"""
"""It sets what floats with a negative margin above its text, which makes three pages of two."""


@contextmanager
def opened(job: Job) -> Iterator[Make]:
    leaflet, engine = job.words(), engine_for(TAGGED, job.titles[0])

    def make(school: School, title: str) -> bytes:
        data: bytes = engine.render_pdf(*parted(html(leaflet, school, title)))
        return data

    yield make


def engine_for(profile: str | None, title: str) -> Any:
    """Return an engine that writes PDF of *profile*, with the fonts of the leaflet and those behind them."""
    files = [str(path) for path in (fonts.regular(), fonts.bold(), *fonts.behind())]
    return import_module("fullbleed").PdfEngine(
        font_files=files, pdf_profile=profile, document_lang="nl-BE", document_title=title
    )


def parted(page: str) -> tuple[str, str]:
    """Return *page* as it takes it: the HTML, and its styles with the fonts by their own names."""
    before, _, rest = page.partition("<style>")
    css, _, after = rest.partition("</style>")
    css = re.sub(r"@font-face \{.*?\}", "", css).replace("Leaflet", _FAMILIES)
    return before + after, css + _NUMBERS


@contextmanager
def bound(job: Job, profile: str | None, render: str) -> Iterator[Make]:
    """Give what makes copies of a page that is compiled once, by the method *render* of what was compiled."""
    leaflet = job.words()

    @cache
    def compiled(title: str) -> Any:
        page = html(leaflet, School(id="", **{field: f"{{{{{field}}}}}" for field in FIELDS}), title)
        return engine_for(profile, title).compile_pdf(*parted(page))

    def make(school: School, title: str) -> bytes:
        # A table of one row, so that each school has a file of its own.
        data: bytes = getattr(compiled(title), render)({field: [getattr(school, field)] for field in FIELDS})
        return data

    yield make
