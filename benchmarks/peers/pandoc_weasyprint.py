"""pandoc with WeasyPrint: both are started anew for each leaflet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.leaflet import School
from benchmarks.peers import fonts
from benchmarks.peers.job import Job, Make
from benchmarks.peers.pandoc import markdown, run

STYLE = """
@font-face {{ font-family: Leaflet; src: url({regular}) }}
@font-face {{ font-family: Leaflet; font-weight: 700; src: url({bold}) }}
@page {{ size: A4; margin: 15mm }}
html {{ font: 11.5pt/1.3 Leaflet }}
body {{ margin: 0; padding: 0; max-width: none }}
h1 {{ font-size: 15pt; margin: 4mm 0 2mm }}
h1.title {{ font-size: 28pt }}
p, ol, ul, blockquote {{ margin-top: 0; margin-bottom: 2mm }}
"""


@contextmanager
def opened(job: Job) -> Iterator[Make]:
    leaflet = job.words()
    folder = Path(job.output)
    style = folder / "leaflet.css"
    style.write_text(STYLE.format(regular=fonts.regular().as_uri(), bold=fonts.bold().as_uri()), "utf-8")
    engine = str(Path(sys.executable).with_name("weasyprint"))

    def make(school: School, title: str) -> bytes:
        return run(
            "--from=markdown-smart-fancy_lists-startnum",
            "--to=pdf",
            "--standalone",
            f"--pdf-engine={engine}",
            "--pdf-engine-opt=--pdf-variant=pdf/ua-1",
            f"--css={style}",
            "--output=-",
            text=markdown(leaflet, school, title, folder),
        )

    yield make
