"""The manifest: a row for each file that was written, with what is known of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict, cast

from handout import __version__
from handout.builder.listing import UNPRINTED, PrintFacts, print_facts
from handout.editions.files import MadeFile
from handout.editions.single import Made
from handout.machine import gate, output_folder
from handout.model.document import STANDARD_READING
from handout.model.files import PIECE
from handout.project.project import Project
from handout.project.settings import Format

LARGEST_PDF_BYTES = 100_000_000
"""A file above this was not written by us."""


class FileRow(PrintFacts):
    """What the manifest says of one file."""

    path: str
    """Where the file lies, from the manifest, with forward slashes."""
    handout: str
    """The name of the handout, that of its file."""
    title: str
    """The title that is printed, for this audience."""
    audience: str
    """The name of the audience."""
    format: str
    """The name of the format."""
    reading: str
    """For which way of reading it is laid out: `standard`, `large`."""
    language: str
    """The language of the words, by its tag."""
    school: str | None
    """The id of the school whose copy it is; null: for no school in particular."""
    ink: str
    """`colour`, or `mono` for the edition in black alone."""
    sheet: str | None
    """How its pages lie on this print sheet, or which other kind of file it is; null: the piece itself."""
    qr: list[str]
    """The address that its code leads to, where it has one."""
    code: str
    """What stands at its foot: the short name of what it was made from."""
    valid_until: str | None
    """The last day on which it is right, where its handout says one."""
    density: str | None
    """How much air it is set with: "roomy", "normal", "compact"; null where nothing was fitted."""
    scale: float | None
    """The size of its type against the full one; null where nothing was fitted."""
    ink_percent: list[float]
    """The part of each page that is covered with ink, in per cent; of the pieces alone."""
    ink_cents: float | None
    """What the ink of all its pages costs; null without `ink-cents` under `[organisation]`."""
    sources: dict[str, str]
    """Each file that its words and pictures came from, and its SHA-256."""
    fields: list[str]
    """What is to be typed into this file, by the columns of the table of schools; empty: nothing."""
    bytes: int
    """How large the file is."""
    sha256: str
    """The SHA-256 of the file."""
    made_from: str
    """Of a copy for a school: a sum of all that it was made from, its row and its edition; else empty."""
    why_in_full: str
    """Of a copy that had to be rendered in full: why, as the end of "rendered in full, for …"; else empty."""


def packed(rows: Iterable[FileRow]) -> bytes:
    """Return the manifest of *rows*, a file a line: a build for all schools has thousands."""
    head = {"program": f"handout {__version__}", "engine": engine_versions()}
    files = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
    start = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    return f'{start},\n "files": [\n{files}\n ]\n}}\n'.encode()


def row_of(one: Made, file: MadeFile, staged: output_folder.Staged, project: Project) -> FileRow:
    """Return the row of *file*, one of those of *one*, which is *staged*."""
    edition, document = one.edition, one.document
    return FileRow(
        path=file.path,
        handout=edition.handout.slug,
        title=document.title,
        audience=edition.audience,
        format=project.settings.plain_name(edition.format),
        reading=edition.reading,
        language=edition.language,
        school=edition.school.id if edition.school else None,
        ink=edition.ink,
        sheet=None if file.kind == PIECE else file.kind,
        **_facts(file, project.settings.formats[edition.format]),
        qr=[document.qr.url] if document.qr else [],
        code=document.code,
        valid_until=document.valid_until.isoformat() if document.valid_until else None,
        density=one.setting.density if one.setting else None,
        scale=one.setting.scale if one.setting else None,
        **_ink(one, file, project),
        sources=dict(document.sums),
        fields=list(file.fields),
        bytes=staged.bytes,
        sha256=staged.sha256,
        made_from=one.key,
        why_in_full=one.why_in_full or "",
    )


class InkFacts(TypedDict):
    """What the manifest says of the ink of one file."""

    ink_percent: list[float]
    ink_cents: float | None


COUNTED_PERCENT = 5
"""Of a page that is covered, where the packing of ink says how many pages it prints (ISO/IEC 19752)."""
A4_MM2 = 210 * 297


def _ink(one: Made, file: MadeFile, project: Project) -> InkFacts:
    """Return how much ink the piece of *one* takes, as it was measured; of its other files nothing."""
    if one.figures is None or file.kind != PIECE:
        return {"ink_percent": [], "ink_cents": None}
    coverage, price = one.figures.ink_coverage, project.settings.organisation.ink_cents
    format_ = project.settings.formats[one.edition.format]
    pages_of_a4 = format_.width_mm * format_.height_mm / A4_MM2
    cents = sum(coverage) * 100 / COUNTED_PERCENT * pages_of_a4 * price if price else None
    return {
        "ink_percent": [round(part * 100, 1) for part in coverage],
        "ink_cents": None if cents is None else round(cents, 2),
    }


def _facts(file: MadeFile, format_: Format) -> PrintFacts:
    from handout.paper.impose import printing_of_piece

    if file.page_count and file.printing is None:  # the piece, or what is printed as it is
        return print_facts(printing_of_piece(format_.width_mm, format_.height_mm, file.page_count))
    return print_facts(file.printing) if file.printing else UNPRINTED


def engine_versions() -> Mapping[str, str]:
    """Return the versions of the libraries that decide how a page looks."""
    return {name: version(name) for name in ("weasyprint", "pydyf", "fonttools", "segno")}


def kept(folder: Path) -> Iterator[FileRow]:
    """Yield what the manifest in *folder* says of the files that are still as it says."""
    files = gate.ManyFiles(folder)
    for row in output_folder.manifest_rows(folder):
        # an older program wrote none of these
        row = {
            "reading": STANDARD_READING,
            "made_from": "",
            "why_in_full": "",
            "ink_percent": [],
            "ink_cents": None,
            "fields": [],
            **row,
        }
        if not FileRow.__required_keys__ <= row.keys():
            continue
        try:
            pdf = files.read_bytes(str(row["path"]), LARGEST_PDF_BYTES)
        except gate.Refused:
            continue  # taken away since, or put elsewhere by hand: it is no longer ours to name
        if sha256(pdf) == row["sha256"]:
            yield cast(FileRow, row)


def bytes_of(folder: Path, path: str) -> bytes:
    """Return the bytes of *path* in the output *folder*. Raises Refused as the gate does."""
    return gate.read_bytes(folder, path, LARGEST_PDF_BYTES)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of *data*, as the manifest says it."""
    return hashlib.sha256(data).hexdigest()
