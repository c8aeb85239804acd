"""WeasyPrint in a plain loop: the HTML of one leaflet after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.leaflet import School
from benchmarks.peers.html import html
from benchmarks.peers.job import Job, Make


@contextmanager
def opened(job: Job) -> Iterator[Make]:
    from weasyprint import HTML

    leaflet = job.words()

    def make(school: School, title: str) -> bytes:
        data: bytes = HTML(string=html(leaflet, school, title)).write_pdf(pdf_variant="pdf/ua-1")
        return data

    yield make
