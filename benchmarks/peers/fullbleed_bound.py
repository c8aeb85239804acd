"""Fullbleed's fixed bindings: a page is laid out once, the fields of a school are painted on it, untagged."""

from __future__ import annotations

from contextlib import AbstractContextManager

from benchmarks.peers.fullbleed import bound
from benchmarks.peers.job import Job, Make


def opened(job: Job) -> AbstractContextManager[Make]:
    return bound(job, None, "render_pdf_bindings")
