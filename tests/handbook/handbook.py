"""The handbook of this repository, built by the real command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from tests.conftest import REPOSITORY
from tests.handbook.reading import Reading, read

import handout
from handout.builder.manifest import FileRow
from handout.editions import sheet_code, single
from handout.editions.cache_entry import RenderCache
from handout.editions.single import Made
from handout.machine import cache as caching
from handout.machine import state
from handout.model.document import Document
from handout.model.findings import has_errors
from handout.model.units import POINTS_PER_INCH
from handout.project.load import load
from handout.project.plan import Edition, Selection, editions
from handout.project.project import Project, primary_language
from handout.project.settings import Format

SOURCE = Path(handout.__file__).resolve().parents[1]
LONGEST_BUILD_S = 600
MOST_FAULT_CHARACTERS = 300
SCAN_DPI = 200


@dataclass(frozen=True)
class Piece:
    """One PDF of the handbook, with what the manifest and the model say of it."""

    path: str
    pdf: bytes
    row: FileRow
    document: Document
    format: Format
    words: Mapping[str, str]
    """The printed words of its language."""

    @cached_property
    def reading(self) -> Reading:
        return read(self.pdf)

    @cached_property
    def scans(self) -> list[Image.Image]:
        """Its pages in grey, as an office scanner sees them."""
        return self.rasters(SCAN_DPI)

    @cached_property
    def codes(self) -> list[list[zxingcpp.Barcode]]:
        """The codes that a scanner finds on each page, of whatever kind."""
        return [list(zxingcpp.read_barcodes(scan)) for scan in self.scans]

    def rasters(self, dpi: float) -> list[Image.Image]:
        """Return its pages in grey."""
        document = pypdfium2.PdfDocument(self.pdf)
        try:
            return [page.render(scale=dpi / POINTS_PER_INCH, grayscale=True).to_pil() for page in document]
        finally:
            document.close()


@dataclass(frozen=True)
class Handbook:
    folder: Path
    project: Project = field(repr=False)
    pieces: tuple[Piece, ...] = field(repr=False)
    paths: frozenset[str] = field(repr=False)
    """Every file that the manifest names, print sheets too."""

    def piece(self, path: str) -> Piece:
        (found,) = (piece for piece in self.pieces if piece.path == path)
        return found

    def judge(self, faults_of: Callable[[Piece], Iterable[str]]) -> None:
        """Fail with all that *faults_of* has against each piece, and the name of its file."""
        faults = [f"{piece.path}: {fault}" for piece in self.pieces for fault in faults_of(piece)]
        if faults:
            pytest.fail("\n".join(faults), pytrace=False)


def build_handbook(output: Path, cwd: Path, *options: str, **environment: str) -> str | None:
    """Build the project of this repository into *output*; return what went wrong, or None.

    *cwd* is the working folder.
    """
    command = ["build", "--project", str(REPOSITORY), "--output", str(output), *options]
    done = subprocess.run(
        [sys.executable, "-m", "handout", *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        text=True,
        timeout=LONGEST_BUILD_S,
        check=False,
    )
    if done.returncode == 0:
        return None
    # The end of a long text: every test that needs the handbook repeats it.
    return f"handout build ended with {done.returncode}: …{done.stderr[-MOST_FAULT_CHARACTERS:]}"


@cache
def project() -> Project:
    found, findings = load(REPOSITORY)
    assert found is not None, findings
    return found


def made(edition: Edition) -> Made:
    """Return *edition* of the handbook as a build makes it: from the cache of this run, where it is there.

    So what the tests of one room render of the handbook, those of another and its build need not.
    """
    kept = RenderCache(caching.Cache(caching.user_folder()), project(), _machine())
    ready = single.prepare(project(), edition, kept)
    if isinstance(ready, Made):
        return ready
    found = single.finish(project(), ready)
    if not has_errors(found.findings):
        kept.keep(ready, single.entry_of(found))
    return found


def coded(edition: Edition, link: str = "security-info") -> Edition:
    """Return *edition* with a code that leads to *link*, for what only a sheet with one can show.

    Who reads a poster of the handbook sets MFA up on a computer, and who reads its A5 leaflet has no phone:
    those sheets have none.
    """
    return replace(edition, handout=replace(edition.handout, qr=link))


@cache
def _machine() -> state.State:
    return state.of_machine()


@cache
def _built_once(folder: Path) -> Handbook | str:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir(parents=True)
    environment = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    fault = build_handbook(folder / "out", elsewhere, "--jobs", "2", **environment)
    return fault or _opened(folder / "out")


def built_once(folder: Path) -> Handbook:
    """Return the handbook, built into *folder*: once a process, also where the build fails."""
    handbook = _built_once(folder)
    if isinstance(handbook, str):
        pytest.fail(handbook, pytrace=False)
    return handbook


def _opened(folder: Path) -> Handbook:
    rows: list[FileRow] = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    assert rows, "the build made no files"
    pieces = tuple(_pieces(project(), rows, folder))
    return Handbook(folder, project(), pieces, frozenset(row["path"] for row in rows))


def _pieces(project: Project, rows: Iterable[FileRow], folder: Path) -> Iterable[Piece]:
    planned = {edition.output_path: edition for edition in editions(project, Selection())}
    for row in rows:
        if row["sheet"] is not None:
            continue  # it has no tags, and no words of its own
        document, _ = sheet_code.document(project, planned[row["path"]])
        yield Piece(
            path=row["path"],
            pdf=(folder / row["path"]).read_bytes(),
            row=row,
            document=document,
            format=project.settings.formats[row["format"]],
            words=project.strings[primary_language(row["language"])],
        )
