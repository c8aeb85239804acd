"""From what was made to what is written: files at once, then the manifest, the gallery and the reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from handout.builder.manifest import FileRow, bytes_of, engine_versions, packed, priced, row_of, sha256
from handout.builder.pictures import SheetPicture, of_words
from handout.editions import refusal
from handout.editions.cache_entry import RenderCache
from handout.editions.copies import MadeMasters, StandingCopy, VerifiedSample, approved
from handout.editions.single import Made
from handout.machine import filenames, gate, output_folder
from handout.model.document import Ink, Passage, SheetKind
from handout.model.findings import Finding, RefusedRow, has_errors
from handout.model.messages import ENGLISH, Catalog, Message
from handout.project.plan import Edition
from handout.project.project import Project, primary_language

if TYPE_CHECKING:
    from handout.builder.codes import CodeHistory, KnownSheet
    from handout.builder.gallery import Gallery
    from handout.builder.jobs import Job
    from handout.builder.report import Copies, Proved
    from handout.builder.rounds import RoundResult

TICKETS = TICKET_HTML, TICKET_CSV = "jobs/ticket.html", "jobs/ticket.csv"
Draw: TypeAlias = Callable[[Iterable[tuple[str, bytes]]], Iterator[tuple[str, SheetPicture]]]
"""Draws files for the gallery, as `pictures.drawn` does."""


class Gathered:
    """What was made so far. The files stand in *staging*; here is what is told of them."""

    def __init__(
        self,
        project: Project,
        staging: output_folder.Staging,
        standing: Iterable[FileRow] = (),
        words: Catalog = ENGLISH,
    ) -> None:
        self.findings: list[Finding] = []
        self.rows: dict[str, FileRow] = {}
        """By path."""
        self.sums: dict[str, str] = {}
        """The SHA-256 of all files, by path."""
        self.is_kept: dict[str, bool] = {}
        """Whether an earlier build made it, by the name of the edition."""
        self.sources: dict[str, tuple[str, ...]] = {}
        """The files that it was made from, by the name of the edition."""
        self.codes: CodeHistory | None = None
        """What the sheets of earlier builds and of this one say; set when it is finished."""
        self.outdated: tuple[str, ...] = ()
        """The pieces of earlier runs that stay and say something else than the texts do; set likewise."""
        self.is_of_today = False
        """True: a process died, and the warning of that is for this run alone."""
        self._project = project
        self._staging = staging
        self._words = words
        self._standing = {row["path"]: row for row in standing}
        """What the manifest says of the files that stand in the output folder, by path."""
        self._copied: Counter[str] = Counter()
        """How many copies were filled from masters, by the name of the edition without a school."""
        self._in_full: dict[str, list[tuple[str, Message]]] = {}
        """The ids of the schools whose values did not go on one, and why, by the same."""
        self._proved: dict[str, Proved] = {}
        self._mastered: dict[str, MadeMasters] = {}
        self._verified: list[VerifiedSample] = []
        self._refused: tuple[RefusedRow, ...] = ()
        self._said: dict[str, tuple[Passage, ...]] = {}
        """What the sheets say that were made now, by their codes."""

    @property
    def standing(self) -> Mapping[str, str]:
        """What the copies in the output folder were made from, by path."""
        return {path: row["made_from"] for path, row in self._standing.items()}

    def take(self, one: RoundResult) -> None:
        """Take what was made: its files go to the disk, and are not held."""
        self.findings += one.findings
        self.is_of_today |= one.is_second_try
        match one:
            case MadeMasters():
                self._mastered[one.edition.name] = one
            case VerifiedSample():
                self._verified.append(one)
            case StandingCopy():
                self._leave(one)
            case Made():
                self._take(one)

    def _leave(self, one: StandingCopy) -> None:
        self.is_kept[one.edition.name] = True
        self.sources[one.edition.name] = one.made_from
        self._copied[_general(one.edition).name] += 1
        self._staging.leave(one.edition.paths)
        for path in one.edition.paths:
            self.rows[path] = self._standing[path]
            self.sums[path] = self._standing[path]["sha256"]

    def _take(self, one: Made) -> None:
        name = one.edition.name
        self._said[one.document.code] = one.document.passages
        self.is_kept[name] = one.is_kept
        self.sources[name] = one.document.made_from
        self._copied[_general(one.edition).name] += one.is_copy
        if one.why_in_full and one.edition.school:
            whys = self._in_full.setdefault(_general(one.edition).name, [])
            whys.append((one.edition.school.id, one.why_in_full))
        if one.findings or not one.is_copy:
            self._proved[name] = _proved(one)
        if not (has_errors(one.findings) or refusal.stops_all(self.findings)):  # else it is not published
            self._stage(one)

    def _stage(self, one: Made) -> None:
        for file in one.files:
            if file.staged is None:
                staged = self._staging.add(file.output)
            else:
                self._staging.take(staged := file.staged)
            self.sums[file.path] = staged.sha256
            self.rows[file.path] = row_of(one, file, staged, self._project)

    def leave_out(self, refused: Sequence[RefusedRow], editions: Iterable[Edition]) -> None:
        """Forget the *editions* of *refused* rows, some of which may have been made; tell why, instead."""
        self._refused = tuple(refused)
        for edition in editions:
            self.is_kept.pop(edition.name, None)
            self.sources.pop(edition.name, None)
            for path in edition.paths:
                self.rows.pop(path, None)
                self.sums.pop(path, None)

    def put(self, output: output_folder.Output) -> None:
        """Stage a file that stands beside those of the editions."""
        self.sums[output.path] = self._staging.add(output).sha256

    def reports(self) -> tuple[output_folder.Output, ...]:
        """Return what was read back of each piece, for programs and for people."""
        from handout.builder import report

        proved = [self._proved[name] for name in sorted(self._proved)]
        mastered = [approved(self._mastered[name], self._verified) for name in sorted(self._mastered)]
        copies = [self._copies(one) for one in mastered]
        return (
            output_folder.Output(
                report.JSON, report.json_of(proved, copies, engine_versions(), self._refused, self._words)
            ),
            output_folder.Output(report.HTML, report.html_of(proved, copies, self._refused, self._words)),
        )

    def _copies(self, one: MadeMasters) -> Copies:
        from handout.builder.report import Copies

        name = one.edition.name
        whole = [(fallback.school.id, fallback.why) for fallback in one.fallbacks]
        figures = tuple(ready.figures for ready in one.masters)
        in_full = sorted((*whole, *self._in_full.get(name, ())))
        return Copies(name, self._copied[name], one.compared, tuple(in_full), figures)

    def merge(self, editions: Iterable[Edition]) -> None:
        """Stage a print job for each group of copies in *editions*, and the ticket that goes with them."""
        from handout.builder import jobs

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
        self.put(output_folder.Output(TICKET_HTML, ticket))
        self.put(output_folder.Output(TICKET_CSV, jobs.ticket_csv(found, words)))

    def _job(self, path: str, copies: Sequence[tuple[Edition, str]], other: Job | None) -> Job:
        """Stage the print job *path* of *copies*, each with its file; it may stand in for an *other* one."""
        from handout.builder import jobs, sheets
        from handout.paper.impose import DuplexEdge, merging

        rows = [self.rows[file] for _, file in copies]
        first = rows[0]
        edge = DuplexEdge(first["duplex"]) if first["duplex"] else None
        audience = self._project.settings.audiences[first["audience"]]
        job = jobs.Job(
            path=path,
            title=first["title"],
            audience=audience.label,
            format=sheets.layout_of(first, self._project),
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
        pdf = merging.merged(pdfs, title=f"{job.title} - {job.audience}", edge=edge, bookmarks=bookmarks)
        self.put(output_folder.Output(path, pdf))
        self.rows[path] = {
            **first,
            "path": path,
            "school": None,
            "sheet": jobs.JOB,
            "pages": job.page_count,
            "bytes": len(pdf),
            "sha256": self.sums[path],
            # Of one copy, and not of them all.
            "ink_percent": [],
            "ink_cents": None,
            "made_from": "",
            "why_in_full": "",
        }
        return job

    def finish(
        self,
        kept: Iterable[FileRow],
        folder: Path,
        draw: Draw | None = None,
        render_cache: RenderCache | None = None,
        known: CodeHistory | None = None,
    ) -> bytes:
        """Stage what tells of all files, those *kept* in *folder* too, and return their manifest.

        Pictures of pages that *render_cache* has are not drawn again; *draw* makes the others, or where it is
        None this process does. *known* is what the sheets of earlier builds said.
        """
        from handout.builder import gallery, pictures
        from handout.builder.codes import CodeHistory
        from handout.paper.engine import web_fonts

        self._say_why()
        before = {row["path"]: priced(row, self._project) for row in kept}
        rows = before | self.rows
        ordered = tuple(rows[path] for path in sorted(rows))
        self.codes = (known or CodeHistory()).with_rows(self._known(before.values()))
        self.codes = self.codes.after(dict(self._known(self.rows.values())))
        shown = gallery.Gallery(
            self._project,
            ordered,
            self._pictures(ordered, folder, draw or pictures.drawn, render_cache),
            self.codes,
            self._refused,
            web_fonts.rules(render_cache.cache if render_cache else None),
            self._words,
            self._today(self.codes, before.values()),
        )
        left = (row for row in before.values() if row["path"] not in self.rows and row["sheet"] is None)
        self.outdated = tuple(sorted(row["path"] for row in left if shown.is_outdated(row)))
        self._put_pages(shown, folder)
        for output in self.reports():
            self.put(output)
        self.sums |= {row["path"]: row["sha256"] for row in ordered}
        manifest = packed(ordered)
        self.sums[filenames.MANIFEST] = sha256(manifest)
        return manifest

    def _say_why(self) -> None:
        """Let the rows of copies that no master serves say why."""
        for one in self._mastered.values():
            for fallback in one.fallbacks:
                path = replace(one.edition, school=fallback.school).output_path
                if path in self.rows:
                    self.rows[path] = {**self.rows[path], "why_in_full": fallback.why}

    def _put_pages(self, shown: Gallery, folder: Path) -> None:
        """Stage the pages that lead to the files; no page for a school that has none.

        That of a school stays which has the same files as before, and names the same sum of what a page takes
        beside them: to write all pages would take longer than to make the copies of one school.
        """
        from handout.builder import codes, gallery

        self.put(output_folder.Output(filenames.INDEX, gallery.office(shown)))
        self.put(output_folder.Output(gallery.CHECK, gallery.check(shown)))
        self.put(output_folder.Output(gallery.CHECK_DATA, gallery.check_data(shown)))
        self.put(output_folder.Output(filenames.CODES, codes.published(shown.history)))
        schools = shown.by_school
        before = gallery.parted_by_school(self._standing[path] for path in sorted(self._standing))
        for id_, rows in sorted(schools.items()):
            path = gallery.school_path(id_)
            is_same = [id(row) for row in before.get(id_, ())] == [id(row) for row in rows]  # none was made
            if not (is_same and self._leave_page(path, folder, shown.page_made_from(rows))):
                self.put(output_folder.Output(path, gallery.school(shown, id_)))
        gone = {*before} | {school.id for school in (*self._project.schools, *self._project.refused)}
        self._staging.withdraw(gallery.school_path(id_) for id_ in gone - schools.keys())

    def _leave_page(self, path: str, folder: Path, made_from: str) -> bool:
        """Leave the page *path* as it stands in *folder*, and tell whether there is one *made_from* that."""
        try:
            page = bytes_of(folder, path)
        except gate.Refused:
            return False
        if made_from.encode() not in page:
            return False
        self.sums[path] = sha256(page)
        self._staging.leave([path])
        return True

    def _known(self, rows: Iterable[FileRow]) -> Iterator[tuple[str, KnownSheet]]:
        """Yield what the pieces among *rows* say, each with the name of its edition."""
        from handout.builder.codes import KnownSheet
        from handout.builder.sheets import name_of

        for row in rows:
            if row["sheet"] is None and row["code"]:
                code, said = row["code"], self._said.get(row["code"], ())
                yield name_of(row, self._project), KnownSheet(code, row["title"], row["valid_until"], said)

    def _today(self, known: CodeHistory, kept: Iterable[FileRow]) -> Mapping[str, KnownSheet]:
        """Return what the texts say today of each sheet that was made now or is *kept*, by its edition.

        A sheet that stands there from before may be of other texts; a fault in these leaves it no code.
        """
        from handout.builder.codes import known_sheet
        from handout.builder.sheets import name_of
        from handout.editions import sheet_code
        from handout.project.plan import editions
        from handout.project.selection import EVERY_EDITION

        names = {name for name, _ in self._known(self.rows.values())}
        made = {name: known.editions[name][-1] for name in names}
        left = {name_of(row, self._project) for row in kept} - made.keys()
        if not left:
            return made
        asked = (one for one in editions(self._project, EVERY_EDITION) if one.name in left)
        return made | {one.name: known_sheet(sheet_code.document(self._project, one)[0]) for one in asked}

    def _pictures(
        self, rows: Iterable[FileRow], folder: Path, draw: Draw, render_cache: RenderCache | None
    ) -> Mapping[str, SheetPicture]:
        """Return the first page of each edition among *rows*, by its name, without anything of a school.

        It is that of the edition for no school, which stands in *folder* or is staged; where there is none,
        of a master with nothing in its slots.
        """
        found: dict[str, SheetPicture] = {}
        missing: dict[str, tuple[str, Callable[[], bytes]]] = {}
        for name, (sum_, read) in self._to_show(rows, folder, render_cache).items():
            known = render_cache.find_pictures(sum_) if render_cache else None
            if known is not None and (picture := of_words(known)) is not None:
                found[name] = picture
            elif read is not None:
                missing[name] = (sum_, read)
        for name, picture in draw((name, read()) for name, (_, read) in missing.items()):
            found[name] = picture
            if render_cache:
                render_cache.keep_pictures(missing[name][0], picture.words)
        return found

    def _to_show(
        self, rows: Iterable[FileRow], folder: Path, render_cache: RenderCache | None
    ) -> Mapping[str, tuple[str, Callable[[], bytes] | None]]:
        """Return for each edition a sum of what is shown of it, and what reads that; None: nobody has it."""
        from handout.builder.sheets import name_of

        pieces = [row for row in rows if row["sheet"] is None and row["ink"] == Ink.COLOUR]
        shown: dict[str, tuple[str, Callable[[], bytes] | None]] = {}
        for row in sorted(pieces, key=lambda row: row["school"] is not None):  # those for no school win
            name = name_of(row, self._project)
            if row["school"] is None:
                shown[name] = row["sha256"], partial(self._bytes, row["path"], folder)
            elif name not in shown:
                sum_ = render_cache.sum_of_blank(name, row["code"]) if render_cache else ""
                shown[name] = sum_, self._blank(name)
        return shown

    def _blank(self, name: str) -> Callable[[], bytes] | None:
        """Return what makes a copy of the edition *name* with nothing in its slots; None: nothing does."""
        masters = self._mastered[name].masters if name in self._mastered else ()
        return next((one.master.blank for one in masters if one.opened is not None), None)

    def _bytes(self, path: str, folder: Path) -> bytes:
        return self._staging.read(path) if path in self.rows else bytes_of(folder, path)


def paths(editions: Iterable[Edition], *, merge: bool) -> tuple[str, ...]:
    """Return the files that a build of *editions* is asked for, with *merge* the print jobs too."""
    editions = tuple(editions)
    jobs = tuple(job_paths(editions)) if merge else ()
    tickets = TICKETS if jobs else ()
    return (*(path for edition in editions for path in edition.paths), *jobs, *tickets)


def beside() -> tuple[str, ...]:
    """Return the files that stand beside those of every build."""
    from handout.builder import report
    from handout.builder.gallery import CHECK, CHECK_DATA

    return filenames.INDEX, CHECK, CHECK_DATA, filenames.CODES, report.JSON, report.HTML


def school_pages(project: Project) -> tuple[str, ...]:
    """Return the pages of all schools; who has no files has none."""
    from handout.builder.gallery import school_path

    return tuple(school_path(school.id) for school in project.schools)


def signed() -> tuple[str, ...]:
    """Return those of them that name the program that wrote them."""
    from handout.builder import report

    return report.JSON, filenames.CODES


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
    from handout.builder.report import Proved

    pdf = one.pdf if one.findings else b""  # for pictures of its faults
    edition = one.edition
    also = tuple(map(edition.also_path, edition.also)) if one.files else ()
    code = one.document.code
    return Proved(edition.name, edition.output_path, code, pdf, one.findings, one.figures, also)
