"""pandoc with Typst: pandoc, anew for each leaflet, writes Typst's language; one compiler reads it.

Generous to the peer: with `--pdf-engine=typst` Typst too would be started for each leaflet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from benchmarks.leaflet import School
from benchmarks.peers import fonts
from benchmarks.peers.job import Job, Make
from benchmarks.peers.pandoc import markdown, run

VARIABLES = (
    "mainfont=Atkinson Hyperlegible",
    "fontsize=11pt",
    "papersize=a4",
    "margin-x=15mm",
    "margin-y=15mm",
)


@contextmanager
def opened(job: Job) -> Iterator[Make]:
    leaflet = job.words()
    folder = Path(job.output)
    source = folder / "leaflet.typ"
    source.write_text("", "utf-8")
    # The drawings are named by their whole path: the root of what Typst may read.
    compiler = import_module("typst").Compiler(
        str(source), root="/", font_paths=fonts.folders(), ignore_system_fonts=True
    )
    options = [f"--variable={variable}" for variable in VARIABLES]

    def make(school: School, title: str) -> bytes:
        text = markdown(leaflet, school, title, folder)
        source.write_bytes(
            run(
                "--from=markdown-smart-fancy_lists-startnum",
                "--to=typst-smart",
                "--standalone",
                *options,
                text=text,
            )
        )
        data: bytes = compiler.compile(format="pdf")
        return data

    yield make
