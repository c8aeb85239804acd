"""Fullbleed's bindings that lay out anew: a page is read once, and tagged; its fixed ones refuse tags."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from benchmarks.leaflet import School
from benchmarks.peers.fullbleed import TAGGED, bindings, engine_for, parted, template
from benchmarks.peers.html import html
from benchmarks.peers.job import Job, Make


@contextmanager
def opened(job: Job) -> Iterator[Make]:
    leaflet = job.words()

    @cache
    def compiled(title: str) -> Any:
        return engine_for(TAGGED, title).compile_pdf(*parted(html(leaflet, template(), title)))

    def make(school: School, title: str) -> bytes:
        data: bytes = compiled(title).render_pdf_reflow_bindings(bindings(school))
        return data

    yield make
