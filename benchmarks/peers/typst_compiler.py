"""Typst: one compiler for all leaflets of a process, the school as JSON in its inputs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks.leaflet import School
from benchmarks.peers import fonts
from benchmarks.peers.drawings import MARK, qr_svg
from benchmarks.peers.job import Job, Make

SOURCE = Path(__file__).parent / "leaflet.typ"


@contextmanager
def opened(job: Job) -> Iterator[Make]:
    leaflet = job.words()
    constant = {"leaflet": leaflet.to_json(), "mark": MARK, "qr": qr_svg(leaflet.url)}
    compiler = import_module("typst").Compiler(
        str(SOURCE), font_paths=fonts.folders(), ignore_system_fonts=True, sys_inputs=constant
    )

    def make(school: School, title: str) -> bytes:
        inputs = {**constant, "title": title, "school": json.dumps(asdict(school))}
        data: bytes = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"])
        return data

    yield make
