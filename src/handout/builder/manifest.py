"""The manifest: a row for each file that was written, with what is known of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

from handout import __version__
from handout.builder.listing import PrintFacts, print_facts
from handout.editions.single import Made
from handout.machine import gate, output_folder
from handout.project.project import Project

if TYPE_CHECKING:
    from handout.paper.impose import PrintSheet


LARGEST_PDF_BYTES = 100_000_000
"""A file above this was not written by us."""


class FileRow(PrintFacts):
    """What the manifest says of one file."""

    path: str
    handout: str
    title: str
    audience: str
    format: str
    language: str
    school: str | None
    ink: str
    sheet: str | None
    """None: the piece itself; else how its pages lie on this print sheet."""
    qr: list[str]
    code: str
    """What stands at its foot: the short name of what it was made from."""
    valid_until: str | None
    density: str | None
    scale: float | None
    """How tightly it is set: see `model.document.Setting`."""
    sources: dict[str, str]
    """Each file that its words and pictures came from, and its SHA-256."""
    bytes: int
    sha256: str


def packed(rows: Iterable[FileRow]) -> bytes:
    """Return the manifest of *rows*, a file a line: a build for all schools has thousands."""
    head = {"program": f"handout {__version__}", "engine": engine_versions()}
    files = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
    start = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    return f'{start},\n "files": [\n{files}\n ]\n}}\n'.encode()


def rows(one: Made, files: Sequence[output_folder.Staged], project: Project) -> Iterator[FileRow]:
    """Yield the rows of *one*, whose *files* are its piece and its print sheets."""
    from handout.paper.impose import printing_of_piece

    edition, document = one.edition, one.document
    settings = project.settings.formats[edition.format]
    piece = FileRow(
        path=files[0].path,
        handout=edition.handout.slug,
        title=document.title,
        audience=edition.audience,
        format=edition.format,
        language=edition.language,
        school=edition.school.id if edition.school else None,
        ink=edition.ink,
        sheet=None,
        **print_facts(printing_of_piece(settings.width_mm, settings.height_mm, one.page_count)),
        qr=[document.qr.url] if document.qr else [],
        code=document.code,
        valid_until=document.valid_until.isoformat() if document.valid_until else None,
        density=one.setting.density if one.setting else None,
        scale=one.setting.scale if one.setting else None,
        sources=dict(document.sums),
        bytes=files[0].bytes,
        sha256=files[0].sha256,
    )
    yield piece
    for sheet, file in zip(one.sheets, files[1:], strict=True):
        yield _sheet_row(piece, sheet, file)


def _sheet_row(piece: FileRow, sheet: PrintSheet, file: output_folder.Staged) -> FileRow:
    """Return the row of a print sheet of *piece*: the same words on other paper."""
    return {
        **piece,
        "path": file.path,
        "sheet": sheet.kind,
        **print_facts(sheet.printing),
        "bytes": file.bytes,
        "sha256": file.sha256,
    }


def engine_versions() -> Mapping[str, str]:
    """Return the versions of the libraries that decide how a page looks."""
    return {name: version(name) for name in ("weasyprint", "pydyf", "fonttools", "segno")}


def kept(folder: Path) -> Iterator[FileRow]:
    """Yield what the manifest in *folder* says of the files that are still as it says."""
    files = gate.ManyFiles(folder)
    for row in output_folder.manifest_rows(folder):
        if not FileRow.__required_keys__ <= row.keys():
            continue
        try:
            pdf = files.read_bytes(str(row["path"]), LARGEST_PDF_BYTES)
        except gate.Refused:
            continue  # taken away since, or put elsewhere by hand: it is no longer ours to name
        if sha256(pdf) == row["sha256"]:
            yield cast(FileRow, row)


def bytes_of(folder: Path, path: str) -> bytes:
    return gate.read_bytes(folder, path, LARGEST_PDF_BYTES)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
