"""Fullbleed's bindings that lay out anew: a page is read once, and tagged; its fixed ones refuse tags."""

from __future__ import annotations

from contextlib import AbstractContextManager

from benchmarks.peers.fullbleed import TAGGED, bound
from benchmarks.peers.job import Job, Make


def opened(job: Job) -> AbstractContextManager[Make]:
    return bound(job, TAGGED, "render_pdf_reflow_bindings")
