"""From what was made to what is written: files at once, then the manifest, the gallery and the reports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

from handout import __version__, publish, refusal
from handout.copying import Laid, Plated, Tried, approved
from handout.entry import Shelf
from handout.errors import Finding, RefusedRow, has_errors
from handout.listing import PrintFacts, print_facts
from handout.making import Made
from handout.model import Ink, SheetKind
from handout.plan import Edition
from handout.project import Project, primary_language
from handout.reading import gate

if TYPE_CHECKING:
    from handout.impose import Sheet
    from handout.jobs import Job
    from handout.report import Copies, Proved
    from handout.running import Result

LARGEST_PDF_BYTES = 100_000_000
"""A file above this was not written by us."""
INDEX = "index.html"
TICKETS = TICKET_HTML, TICKET_CSV = "jobs/ticket.html", "jobs/ticket.csv"


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


class Gathered:
    """What was made so far. The files stand in *staging*; here is what is told of them."""

    def __init__(self, project: Project, staging: publish.Staging) -> None:
        self.findings: list[Finding] = []
        self.rows: dict[str, FileRow] = {}
        """By path."""
        self.sums: dict[str, str] = {}
        """The SHA-256 of all files, by path."""
        self.is_kept: dict[str, bool] = {}
        """Whether an earlier build made it, by the name of the edition."""
        self.sources: dict[str, tuple[str, ...]] = {}
        """The files that it was made from, by the name of the edition."""
        self.is_of_today = False
        """True: a process died, and the warning of that is for this run alone."""
        self._project = project
        self._staging = staging
        self._proved: dict[str, Proved] = {}
        self._plated: dict[str, Plated] = {}
        self._tried: list[Tried] = []
        self._refused: tuple[RefusedRow, ...] = ()

    def take(self, one: Result) -> None:
        """Take what was made: its files go to the disk, and are not held."""
        self.findings += one.findings
        self.is_of_today |= one.is_second_try
        match one:
            case Plated():
                self._plated[one.edition.name] = one
            case Tried():
                self._tried.append(one)
            case Made():
                self._take(one)

    def _take(self, one: Made) -> None:
        name = one.edition.name
        self.is_kept[name] = one.is_kept
        self.sources[name] = one.document.made_from
        if one.findings or not one.is_copy:
            self._proved[name] = _proved(one)
        if not (has_errors(one.findings) or refusal.stops_all(self.findings)):  # else it is not published
            self._stage(one)

    def _stage(self, one: Made) -> None:
        if isinstance(one, Laid):
            files = one.files
            for file in files:
                self._staging.take(file)
        else:
            pdfs = (one.pdf, *(sheet.pdf for sheet in one.sheets))
            outputs = map(publish.Output, one.edition.paths, pdfs)
            files = tuple(map(self._staging.add, outputs))
        self.sums |= {file.path: file.sha256 for file in files}
        self.rows |= {row["path"]: row for row in _rows(one, files, self._project)}

    def leave_out(self, refused: Sequence[RefusedRow], editions: Iterable[Edition]) -> None:
        """Forget the *editions* of *refused* rows, some of which may have been made; tell why, instead."""
        self._refused = tuple(refused)
        for edition in editions:
            self.is_kept.pop(edition.name, None)
            self.sources.pop(edition.name, None)
            for path in edition.paths:
                self.rows.pop(path, None)
                self.sums.pop(path, None)

    def put(self, output: publish.Output) -> None:
        """Stage a file that stands beside those of the editions."""
        self.sums[output.path] = self._staging.add(output).sha256

    def reports(self) -> tuple[publish.Output, ...]:
        """Return what was read back of each piece, for programs and for people."""
        from handout import report

        proved = [self._proved[name] for name in sorted(self._proved)]
        plated = [approved(self._plated[name], self._tried) for name in sorted(self._plated)]
        copies = [_copies(one) for one in plated]
        return (
            publish.Output(report.JSON, report.json_of(proved, copies, engine_versions(), self._refused)),
            publish.Output(report.HTML, report.html_of(proved, copies, self._refused)),
        )

    def merge(self, editions: Iterable[Edition]) -> None:
        """Stage a print job for each group of copies in *editions*, and the ticket that goes with them."""
        from handout import jobs

        organisation = self._project.settings.organisation
        words = self._project.strings[primary_language(organisation.language)]
        found: list[Job] = []
        for path, copies in job_paths(editions).items():
            other = next(
                (job for job in found if job.path == f"jobs/{_general(copies[0][0]).output_path}"), None
            )
            found.append(self._job(path, copies, other))
        ticket = jobs.ticket_html(
            found, words, organisation=organisation.name, language=organisation.language
        )
        self.put(publish.Output(TICKET_HTML, ticket))
        self.put(publish.Output(TICKET_CSV, jobs.ticket_csv(found, words)))

    def _job(self, path: str, copies: Sequence[tuple[Edition, str]], other: Job | None) -> Job:
        """Stage the print job *path* of *copies*, each with its file; it may stand in for an *other* one."""
        from handout import impose, jobs

        rows = [self.rows[file] for _, file in copies]
        first = rows[0]
        edge = impose.DuplexEdge(first["duplex"]) if first["duplex"] else None
        audience = self._project.settings.audiences[first["audience"]]
        job = jobs.Job(
            path=path,
            title=first["title"],
            audience=audience.label,
            format=first["format"],
            ink=Ink(first["ink"]),
            sheet=SheetKind(first["sheet"]) if first["sheet"] else None,
            paper=first["paper"],
            edge=edge,
            copies=jobs.in_line(
                (
                    (copy.school, row["pages"])
                    for (copy, _), row in zip(copies, rows, strict=True)
                    if copy.school
                ),
                edge,
            ),
            instead_of=other,
        )
        pdfs = (self._staging.read(row["path"]) for row in rows)
        bookmarks = [copy.bookmark for copy in job.copies]
        pdf = impose.merged(pdfs, title=f"{job.title} - {job.audience}", edge=edge, bookmarks=bookmarks)
        self.put(publish.Output(path, pdf))
        self.rows[path] = {
            **first,
            "path": path,
            "school": None,
            "sheet": jobs.JOB,
            "pages": job.page_count,
            "bytes": len(pdf),
            "sha256": self.sums[path],
        }
        return job

    def finish(self, kept: Iterable[FileRow], folder: Path, shelf: Shelf | None = None) -> bytes:
        """Stage what tells of all files, those *kept* in *folder* too, and return their manifest.

        Pictures of pages that *shelf* has are not drawn again.
        """
        from handout import gallery

        rows = {row["path"]: row for row in kept} | self.rows
        ordered = [rows[path] for path in sorted(rows)]

        def pictures(row: FileRow) -> Sequence[str]:
            path = row["path"]
            return gallery.pictures(self._staging.read(path) if path in self.rows else _bytes(folder, path))

        def pictures_of(row: FileRow) -> Sequence[str]:
            return shelf.pictures(row["sha256"], partial(pictures, row)) if shelf else pictures(row)

        self.put(publish.Output(INDEX, gallery.html(ordered, pictures_of, self._project, self._refused)))
        for output in self.reports():
            self.put(output)
        self.sums |= {row["path"]: row["sha256"] for row in ordered}
        manifest = _manifest(ordered)
        self.sums[publish.MANIFEST] = _sha256(manifest)
        return manifest


def paths(editions: Iterable[Edition], *, merge: bool) -> tuple[str, ...]:
    """Return the files that a build of *editions* is asked for, with *merge* the print jobs too."""
    editions = tuple(editions)
    jobs = tuple(job_paths(editions)) if merge else ()
    tickets = TICKETS if jobs else ()
    return (*(path for edition in editions for path in edition.paths), *jobs, *tickets)


def beside() -> tuple[str, ...]:
    """Return the files that stand beside those of every build."""
    from handout import report

    return INDEX, report.JSON, report.HTML


def signed() -> tuple[str, ...]:
    """Return those of them that name the program that wrote them."""
    from handout import report

    return (report.JSON,)


def job_paths(editions: Iterable[Edition]) -> Mapping[str, Sequence[tuple[Edition, str]]]:
    """Return the print jobs of *editions* by path, each with the copies in it and the file of each.

    That is what a school prints: the first print sheet, or else the piece itself. A poster is in two jobs,
    whole and in tiles, the whole one first.
    """
    jobs: dict[str, list[tuple[Edition, str]]] = {}
    for edition in editions:
        if edition.school is None:
            continue
        general = _general(edition)
        kind = next((kind for kind in edition.sheets if kind is not SheetKind.PRINT_SHOP), None)
        if kind is None or kind is SheetKind.TILES:
            jobs.setdefault(f"jobs/{general.output_path}", []).append((edition, edition.output_path))
        if kind is not None:
            path = general.sheet_path(kind) if kind is SheetKind.TILES else general.output_path
            jobs.setdefault(f"jobs/{path}", []).append((edition, edition.sheet_path(kind)))
    return jobs


def _general(edition: Edition) -> Edition:
    return replace(edition, school=None)


def _proved(one: Made) -> Proved:
    from handout.report import Proved

    pdf = one.pdf if one.findings else b""  # for pictures of its faults
    edition = one.edition
    return Proved(edition.name, edition.output_path, one.document.code, pdf, one.findings, one.figures)


def _copies(one: Plated) -> Copies:
    from handout.report import Copies

    imprinted = sum(len(plate.schools) for plate in one.imprint.plates)
    whole = tuple((fallback.school.id, fallback.why) for fallback in one.imprint.fallbacks)
    return Copies(one.edition.name, imprinted, one.compared, whole, one.figures)


def _manifest(rows: Iterable[FileRow]) -> bytes:
    """Return the manifest of *rows*, a file a line: a build for all schools has thousands."""
    head = {"program": f"handout {__version__}", "engine": engine_versions()}
    files = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
    start = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    return f'{start},\n "files": [\n{files}\n ]\n}}\n'.encode()


def _rows(one: Made, files: Sequence[publish.Staged], project: Project) -> Iterator[FileRow]:
    """Yield the rows of *one*, whose *files* are its piece and its print sheets."""
    from handout.impose import printing_of_piece

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


def _sheet_row(piece: FileRow, sheet: Sheet, file: publish.Staged) -> FileRow:
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
    for row in publish.manifest_rows(folder):
        if not FileRow.__required_keys__ <= row.keys():
            continue
        try:
            pdf = files.read_bytes(str(row["path"]), LARGEST_PDF_BYTES)
        except gate.Refused:
            continue  # taken away since, or put elsewhere by hand: it is no longer ours to name
        if _sha256(pdf) == row["sha256"]:
            yield cast(FileRow, row)


def _bytes(folder: Path, path: str) -> bytes:
    return gate.read_bytes(folder, path, LARGEST_PDF_BYTES)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
