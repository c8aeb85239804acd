"""Run a plan: from editions to files. The only room that knows all stages."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

from handout import __version__, publish, resolve, upkeep, wording
from handout.errors import ExitCode, Finding, HandoutError, has_errors, in_order
from handout.listing import PrintFacts, print_facts
from handout.model import Document, Setting, SheetKind
from handout.plan import Edition
from handout.project import Project
from handout.reading import gate

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


@dataclass(frozen=True)
class Made:
    """One edition, made: its file and what was found. Picklable, so that a worker can send it."""

    edition: Edition
    document: Document
    pdf: bytes
    page_count: int
    findings: tuple[Finding, ...]
    setting: Setting | None = None
    """How tightly it is set."""
    sheets: tuple[Sheet, ...] = ()
    """The pages laid on the paper that a school prints."""


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


def make(project: Project, edition: Edition) -> Made:
    """Return *edition* made: resolved, composed, rendered as roomily as its pages allow, and proved.

    A faulty document is not rendered.
    """
    document, found = resolve.document(project, edition)
    if has_errors(found):
        return Made(edition, document, b"", 0, found)
    # Only here: a run that renders nothing, as `check` at every save, must not pay for what draws.
    from handout import compose, proof
    from handout.engine import render
    from handout.engine.promise import Promise

    html, faults = compose.html(document, project)
    if has_errors(faults):
        return Made(edition, document, b"", 0, (*found, *faults))
    format_ = project.settings.formats[edition.format]
    promise = Promise(document.page_budget, format_.least_scale, format_.most_air)
    try:
        rendered = render.pdf(html, document.pictures, document.place, promise)
    except HandoutError:
        raise
    except Exception as error:  # whatever the engine trips over: a person needs to know on which sheet
        raise _engine_failed(edition, error) from error
    findings = (*found, *faults, *(_on_sheet(edition, finding) for finding in rendered.findings))
    if not has_errors(findings):
        findings = (*findings, *proof.inspect(rendered.pdf, document))
    made = Made(edition, document, rendered.pdf, rendered.page_count, findings, rendered.setting)
    return made if has_errors(findings) else _imposed(made)


def _imposed(made: Made) -> Made:
    """Return *made* with its print sheets, or with the reason why its pages do not make them."""
    from handout import impose

    sheets: list[Sheet] = []
    findings = list(made.findings)
    for kind in made.edition.sheets:
        try:
            sheets.append(_sheet(made, kind))
        except impose.ImpositionError as error:
            what = f"{made.edition.name}: {error.what}"
            findings.append(Finding(made.document.place, what, error.fix))
        else:
            findings += _proved(made, sheets[-1])
    return replace(made, sheets=tuple(sheets), findings=tuple(findings))


def _sheet(made: Made, kind: SheetKind) -> Sheet:
    from handout import impose
    from handout.compose import is_right_to_left

    return impose.sheet(made.pdf, kind, right_to_left=is_right_to_left(made.edition.language))


def _proved(made: Made, sheet: Sheet) -> Iterator[Finding]:
    """Yield what is wrong with *sheet* as a reader of the paper meets it: reduced, a code may be too fine."""
    from handout.proof.sheets import lost_codes

    if sheet.scale < 1:
        for finding in lost_codes(sheet.pdf, made.document):
            yield replace(finding, what=f"{made.edition.name}, sheet '{sheet.kind}': {finding.what}")


def _on_sheet(edition: Edition, finding: Finding) -> Finding:
    """Return *finding* with the sheet that it was seen on: the same text stands on several."""
    return replace(finding, what=f"{edition.name}: {finding.what}")


def _engine_failed(edition: Edition, error: Exception) -> HandoutError:
    return HandoutError(
        f"the renderer failed on {edition.name}: {type(error).__name__}: {error}",
        "take out what you changed last in its text, template or style, and report this with the text of -v",
        ExitCode.RENDERER,
    )


def make_all(
    project: Project, editions: Sequence[Edition], jobs: int, done: Callable[[Edition], None]
) -> tuple[Made, ...]:
    """Return all *editions* made, in their order, over at most *jobs* processes; *done* hears of each.

    Raises HandoutError where a worker process dies.
    """
    workers = min(jobs, len(editions))
    if workers <= 1:
        return tuple(_told(make(project, edition), done) for edition in editions)
    made: dict[int, Made] = {}
    # A fork would copy the threads of the progress display in an unknown state.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start_worker, (project,)) as pool:
        with _ctrl_c_for_us_alone():
            futures = {pool.submit(_make_in_worker, e): i for i, e in enumerate(editions)}
        try:
            for future in as_completed(futures):
                made[futures[future]] = _told(future.result(), done)
        except BrokenProcessPool as error:
            raise _worker_died([e for i, e in enumerate(editions) if i not in made]) from error
        except BaseException:
            for worker in multiprocessing.active_children():
                worker.terminate()  # or a person who pressed Ctrl-C waits for every page that was begun
            raise
    return tuple(made[i] for i in range(len(editions)))


@contextmanager
def _ctrl_c_for_us_alone() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C: a terminal sends it to all, and each prints a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals, and may say so
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _told(made: Made, done: Callable[[Edition], None]) -> Made:
    done(made.edition)
    return made


_project_of_worker: Project


def _start_worker(project: Project) -> None:
    global _project_of_worker
    _project_of_worker = project


def _make_in_worker(edition: Edition) -> Made:
    return make(_project_of_worker, edition)


def _worker_died(unfinished: Sequence[Edition]) -> HandoutError:
    names = ", ".join(edition.name for edition in unfinished)
    return HandoutError(
        f"the renderer died while it worked on one of: {names}",
        "find the one with --jobs 1, then look for a very large picture or table in it",
        ExitCode.RENDERER,
    )


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
    return (*files, index), (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()


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
            sha256=hashlib.sha256(one.pdf).hexdigest(),
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
        "sha256": hashlib.sha256(sheet.pdf).hexdigest(),
    }


def engine_versions() -> Mapping[str, str]:
    """Return the versions of the libraries that decide how a page looks."""
    return {name: version(name) for name in ("weasyprint", "pydyf", "fonttools", "segno")}


def build(
    project: Project,
    editions: Sequence[Edition],
    folder: Path,
    *,
    everything: bool,
    jobs: int,
    done: Callable[[Edition], None],
) -> tuple[tuple[Made, ...], tuple[Finding, ...]]:
    """Make *editions* and publish them in *folder*, all or nothing.

    Where anything is wrong nothing is written. *everything* says that the plan is the whole project: files
    of earlier runs which it no longer names are removed, but for the copies of schools that are still there.
    """
    with publish.lock(folder):
        publish.recover(folder)
        made = make_all(project, editions, jobs, done)
        findings = in_order(finding for one in made for finding in one.findings)
        if not has_errors(findings):
            schools = {school.id for school in project.schools}
            kept = tuple(k for k in _kept(folder) if not everything or k.row["school"] in schools)
            files, manifest = outputs(made, project, kept)
            publish.write(files, manifest, folder)
        return made, findings


def _kept(folder: Path) -> Iterator[Kept]:
    """Yield the files that the manifest in *folder* names and that are still as it says."""
    for row in publish.manifest_rows(folder):
        if not FileRow.__required_keys__ <= row.keys():
            continue
        try:
            pdf = gate.read_bytes(folder, str(row["path"]), LARGEST_PDF_BYTES)
        except gate.Refused:
            continue  # taken away since, or put elsewhere by hand: it is no longer ours to name
        if hashlib.sha256(pdf).hexdigest() == row["sha256"]:
            yield Kept(cast(FileRow, row), pdf)
