"""The manifest: a row for each file that was written, with what is known of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import cast

from handout import __version__
from handout.builder.listing import UNPRINTED, PrintFacts, print_facts
from handout.editions.files import MadeFile
from handout.editions.single import Made
from handout.machine import gate, output_folder
from handout.model.document import STANDARD_READING, SheetKind
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
    """The part of each page that is covered with ink, in per cent: of a piece as it was measured, of copies
    for schools on the one with the longest values; of a print sheet by the pages on it, of a poster in tiles
    as if it were even. Else empty."""
    ink_cents: float | None
    """What the ink of all its pages costs, by that; null without `ink-cents` under `[organisation]`."""
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
    format_ = project.settings.formats[edition.format]
    row = FileRow(
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
        **_facts(file, format_),
        qr=[document.qr.url] if document.qr else [],
        code=document.code,
        valid_until=document.valid_until.isoformat() if document.valid_until else None,
        density=one.setting.density if one.setting else None,
        scale=one.setting.scale if one.setting else None,
        ink_percent=_ink_percent(one, file, format_),
        ink_cents=None,
        sources=dict(document.sums),
        fields=list(file.fields),
        bytes=staged.bytes,
        sha256=staged.sha256,
        made_from=one.key,
        why_in_full=one.why_in_full or "",
    )
    return priced(row, project)


COUNTED_PERCENT = 5
"""Of a page that is covered, where the packing of ink says how many pages it prints (ISO/IEC 19752)."""
A4_MM2 = 210 * 297


def priced(row: FileRow, project: Project) -> FileRow:
    """Return *row* with what its ink costs today: an earlier build may have written it, at another price."""
    price, area_mm2 = project.settings.organisation.ink_cents, row["width_mm"] * row["height_mm"]
    cents = sum(row["ink_percent"]) / COUNTED_PERCENT * area_mm2 / A4_MM2 * price if price else 0
    return {**row, "ink_cents": round(cents, 2) or None}


def _ink_percent(one: Made, file: MadeFile, format_: Format) -> list[float]:
    """Return how much of each page of *file*, a piece or a print sheet of *one*, is ink, as was measured.

    Of a copy for a school that is the copy by which its master was proved.
    """
    from handout.paper.impose import PageSize, planned_coverage

    if one.figures is None:
        return []
    coverage: Sequence[float] = ()
    if file.kind == PIECE:
        coverage = one.figures.ink_coverage
    elif file.is_sheet and file.kind != SheetKind.PRINT_SHOP:
        page = PageSize(format_.width_mm, format_.height_mm)
        coverage = planned_coverage(SheetKind(file.kind), page, one.figures.ink_coverage)
    return [round(part * 100, 1) for part in coverage]


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
