"""Run a plan: from editions to files. The only room that knows all stages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

from handout import __version__, publish, resolve, upkeep, wording
from handout.entry import Shelf
from handout.errors import Finding, has_errors, in_order
from handout.listing import PrintFacts, print_facts
from handout.making import Made, Unfinished, make, make_all, prepare
from handout.plan import Edition
from handout.project import Project
from handout.reading import gate
from handout.record import Past, Run
from handout.selection import Selection

__all__ = [
    "Built",
    "Examined",
    "FileRow",
    "Kept",
    "Made",
    "Unfinished",
    "build",
    "check",
    "engine_versions",
    "examine",
    "make",
    "make_all",
    "outputs",
    "prepare",
]

LARGEST_PDF_BYTES = 100_000_000
"""A file above this was not written by us."""

if TYPE_CHECKING:
    from handout.impose import Sheet


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
    """How tightly it is set: see `model.Setting`."""
    sources: dict[str, str]
    """Each file that its words and pictures came from, and its SHA-256."""
    bytes: int
    sha256: str


def check(project: Project, editions: Iterable[Edition]) -> tuple[Finding, ...]:
    """Return what is wrong with the content of *editions*, without rendering."""
    return in_order(finding for edition in editions for finding in resolve.document(project, edition)[1])


@dataclass(frozen=True)
class Examined:
    """What can be said of the content without rendering it."""

    findings: tuple[Finding, ...]
    figures: tuple[wording.Figures, ...]
    reconstructed: tuple[upkeep.Reconstructed, ...]


def examine(project: Project, editions: Iterable[Edition], today: date, is_whole: bool) -> Examined:
    """Return what is wrong with the content of *editions*, with its wording and its age, and its figures.

    *is_whole*: all texts of the project were read and all its editions asked for. Only then it is known
    that nothing uses a text or picture; else only the texts of *editions* are judged.
    """
    resolved = [resolve.document(project, edition) for edition in editions]
    figures = wording.figures(project, (document for document, _ in resolved))
    of_texts = (*wording.findings(project, figures), *upkeep.due(project, today))
    reconstructed = upkeep.reconstructed(project)
    if is_whole:
        of_texts += upkeep.unused(project)
    else:
        paths = {path for document, _ in resolved for path in document.sources}
        of_texts = tuple(finding for finding in of_texts if finding.place.path in paths)
        reconstructed = tuple(text for text in reconstructed if text.path in paths)
    of_editions = (finding for _, found in resolved for finding in found)
    return Examined(in_order((*of_editions, *of_texts)), figures, reconstructed)


# ---- from what was made to what is written ----------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A file of an earlier run that stays as it is."""

    row: FileRow
    pdf: bytes


def outputs(
    made: Sequence[Made], project: Project, kept: Sequence[Kept]
) -> tuple[tuple[publish.Output, ...], bytes]:
    """Return the files to write, and the manifest of them and of those *kept* from an earlier run."""
    from handout import gallery

    pieces = tuple(publish.Output(one.edition.output_path, one.pdf) for one in made)
    sheets = tuple(
        publish.Output(one.edition.sheet_path(sheet.kind), sheet.pdf) for one in made for sheet in one.sheets
    )
    files = (*pieces, *sheets)
    rows = {one.row["path"]: one.row for one in kept} | {row["path"]: row for row in _rows(made, project)}
    pdfs = {one.row["path"]: one.pdf for one in kept} | {file.path: file.data for file in files}
    ordered = [rows[path] for path in sorted(rows)]
    index = publish.Output("index.html", gallery.html(ordered, pdfs, project))
    manifest = {"program": f"handout {__version__}", "engine": engine_versions(), "files": ordered}
    return (*files, index, *reports(made)), (
        json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    ).encode()


def reports(made: Iterable[Made]) -> tuple[publish.Output, ...]:
    """Return what was read back of each piece, for programs and for people."""
    from handout import report

    proved = [
        report.Proved(
            one.edition.name, one.edition.output_path, one.document.code, one.pdf, one.findings, one.figures
        )
        for one in made
    ]
    return (
        publish.Output(report.JSON, report.json_of(proved, engine_versions())),
        publish.Output(report.HTML, report.html_of(proved)),
    )


def _rows(made: Iterable[Made], project: Project) -> Iterator[FileRow]:
    from handout.impose import printing_of_piece

    for one in made:
        settings = project.settings.formats[one.edition.format]
        piece = FileRow(
            path=one.edition.output_path,
            handout=one.edition.handout.slug,
            title=one.document.title,
            audience=one.edition.audience,
            format=one.edition.format,
            language=one.edition.language,
            school=one.edition.school.id if one.edition.school else None,
            ink=one.edition.ink,
            sheet=None,
            **print_facts(printing_of_piece(settings.width_mm, settings.height_mm, one.page_count)),
            qr=[one.document.qr.url] if one.document.qr else [],
            code=one.document.code,
            valid_until=one.document.valid_until.isoformat() if one.document.valid_until else None,
            density=one.setting.density if one.setting else None,
            scale=one.setting.scale if one.setting else None,
            sources={path: project.hashes[path] for path in one.document.made_from},
            bytes=len(one.pdf),
            sha256=_sha256(one.pdf),
        )
        yield piece
        for sheet in one.sheets:
            yield _sheet_row(piece, one.edition.sheet_path(sheet.kind), sheet)


def _sheet_row(piece: FileRow, path: str, sheet: Sheet) -> FileRow:
    """Return the row of a print sheet of *piece*: the same words on other paper."""
    return {
        **piece,
        "path": path,
        "sheet": sheet.kind,
        **print_facts(sheet.printing),
        "bytes": len(sheet.pdf),
        "sha256": _sha256(sheet.pdf),
    }


def engine_versions() -> Mapping[str, str]:
    """Return the versions of the libraries that decide how a page looks."""
    return {name: version(name) for name in ("weasyprint", "pydyf", "fonttools", "segno")}


@dataclass(frozen=True)
class Built:
    """What became of a build."""

    made: tuple[Made, ...]
    findings: tuple[Finding, ...]
    """Where any of them is an error, nothing was written."""
    changes: Mapping[str, tuple[str, ...]]
    """Why each edition was made, by its name; nothing: it was kept from an earlier build."""

    @property
    def files(self) -> tuple[str, ...]:
        """The files that were asked for and written, relative to the output folder."""
        if has_errors(self.findings):
            return ()
        return tuple(path for one in self.made for path in one.edition.paths)


def build(
    project: Project,
    editions: Sequence[Edition],
    folder: Path,
    *,
    selection: Selection,
    jobs: int,
    done: Callable[[Made], None],
    found: tuple[Finding, ...] = (),
    past: Past | None = None,
    is_forced: bool = False,
) -> Built:
    """Make *editions*, which *selection* asks for, and publish them in *folder*, all or nothing.

    Where anything is wrong nothing is written; *found* is what `load` found. Where *selection* is the whole
    project, files of earlier runs which it no longer names are removed, but for the copies of schools that
    are still there. What *past* knows is not made again, unless *is_forced*. Raises Unfinished as `make_all`.
    """
    with publish.lock(folder):
        publish.recover(folder)
        shelf = Shelf(past.cache, project, past.machine, is_closed=is_forced) if past else None
        made = make_all(project, editions, jobs, done, shelf)
        findings = in_order((*found, *(finding for one in made for finding in one.findings)))
        built = Built(made, findings, _changes(made, past, folder, is_forced))
        if has_errors(findings):
            publish.put(reports(made), folder)
        else:
            schools = {school.id for school in project.schools}
            is_everything = selection.is_everything
            kept = tuple(k for k in _kept(folder) if not is_everything or k.row["school"] in schools)
            files, manifest = outputs(made, project, kept)
            publish.write(files, manifest, folder)
            if past:
                sums = {one.row["path"]: one.row["sha256"] for one in kept}
                sums |= {file.path: _sha256(file.data) for file in files}
                _remember(past, selection, folder, built, {**sums, publish.MANIFEST: _sha256(manifest)})
        return built


def _changes(
    made: Iterable[Made], past: Past | None, folder: Path, is_forced: bool
) -> Mapping[str, tuple[str, ...]]:
    why = (lambda *_: ("--force",)) if is_forced else past.reasons(folder) if past else None
    return {
        one.edition.name: () if one.is_kept or not why else why(one.edition.name, one.document.made_from)
        for one in made
    }


def _remember(past: Past, selection: Selection, folder: Path, built: Built, sums: Mapping[str, str]) -> None:
    """Let the next build know of this one, which has been written."""
    if not any(one.is_second_try for one in built.made):  # the warning of that is for today alone
        names = tuple(one.edition.name for one in built.made)
        run = Run(names, built.files, built.findings, sums)
        past.add(selection, folder, run, {one.edition.name: one.document.made_from for one in built.made})
    if not all(one.is_kept for one in built.made):
        past.cache.trim()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _kept(folder: Path) -> Iterator[Kept]:
    """Yield the files that the manifest in *folder* names and that are still as it says."""
    for row in publish.manifest_rows(folder):
        if not FileRow.__required_keys__ <= row.keys():
            continue
        try:
            pdf = gate.read_bytes(folder, str(row["path"]), LARGEST_PDF_BYTES)
        except gate.Refused:
            continue  # taken away since, or put elsewhere by hand: it is no longer ours to name
        if _sha256(pdf) == row["sha256"]:
            yield Kept(cast(FileRow, row), pdf)
