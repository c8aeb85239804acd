"""Prince: a process for each leaflet, as its command line is meant; the wheel brings the engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from benchmarks.leaflet import School
from benchmarks.peers import fonts
from benchmarks.peers.html import html
from benchmarks.peers.job import Job, Make

ARGUMENTS = ("-", "--pdf-profile=PDF/UA-1", "--no-network", "--output=-")


def found(python: Path = Path(sys.executable)) -> str | None:
    """Return the program: the one beside *python*, or the one on PATH."""
    for folder in (str(python.parent), *os.get_exec_path()):
        program = Path(folder) / "prince"
        if program.is_file() and os.access(program, os.X_OK):
            return str(program)
    return None


@contextmanager
def opened(job: Job) -> Iterator[Make]:
    leaflet = job.words()
    command = [engine(), *ARGUMENTS]

    def make(school: School, title: str) -> bytes:
        page = _dressed(html(leaflet, school, title)).encode()
        return subprocess.run(
            command, input=page, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        ).stdout

    yield make


def _dressed(page: str) -> str:
    """Return *page* with fonts for letters that the first lacks, and words for its drawings.

    It takes no font of the system, and calls no file PDF/UA in which a drawing has no words.
    """
    faces = (f"@font-face {{ font-family: Behind; src: url({path.as_uri()}) }}" for path in fonts.behind())
    own = "\n".join((*faces, 'svg { -prince-alt-text: "tekening" }'))
    page = re.sub(r"(pt(?:/[\d.]+)?) Leaflet", r"\1 Leaflet, Behind", page)
    return page.replace("<style>", f"<style>{own}", 1)


def engine() -> str:
    """Return the engine itself: the command of the wheel is a Python program that starts it."""
    try:
        return str(import_module("prince_pdf").executable())
    except ModuleNotFoundError:
        return found() or "prince"
