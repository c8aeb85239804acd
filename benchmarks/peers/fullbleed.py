"""Fullbleed: one engine for all leaflets of a process, tagged, each laid out for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
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
.number { float: none; position: absolute; left: 0; top: 0; margin: 0; display: block }
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


def bindings(school: School) -> dict[str, list[str]]:
    """Return the fields of *school* as a table of one row."""
    return {field: [getattr(school, field)] for field in FIELDS}


def template() -> School:
    """Return a school whose fields are the places that a compiled document has for them."""
    return School(id="", **{field: f"{{{{{field}}}}}" for field in FIELDS})
