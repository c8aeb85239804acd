"""Run a plan: from editions to files. The only room that knows all stages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path

from handout.builder import listing, manifest, outputs, roads
from handout.builder.history import EarlierBuilds, PastBuild
from handout.builder.rounds import RoundResult, made_by, pictured, workforce
from handout.document import instructions, label_upkeep, resolve, upkeep, wording
from handout.editions import unprintable as cells
from handout.editions.cache_entry import RenderCache
from handout.editions.refusal import refused_rows
from handout.machine import output_folder
from handout.model.document import Document
from handout.model.findings import Finding, RefusedRow, has_errors, in_order
from handout.paper.compose import bounded
from handout.project.plan import Edition
from handout.project.project import Project
from handout.project.selection import Selection


def check(project: Project, editions: Iterable[Edition]) -> tuple[Finding, ...]:
    """Return what is wrong with the content of *editions*, without rendering."""
    return in_order(finding for edition in editions for finding in resolve.document(project, edition)[1])


def unprintable(project: Project, editions: Iterable[Edition]) -> tuple[Finding, ...]:
    """Return what the copies of *editions* for schools cannot show of their rows, without rendering."""
    return in_order(cells.findings(project, [edition for edition in editions if edition.school]))


@dataclass(frozen=True)
class Examined:
    """What can be said of the content without rendering it."""

    findings: tuple[Finding, ...]
    figures: tuple[wording.SentenceFigures, ...]
    reconstructed: tuple[upkeep.Reconstructed, ...]
    labels: tuple[label_upkeep.LabelState, ...]


def examine(project: Project, editions: Iterable[Edition], today: date, is_whole: bool) -> Examined:
    """Return what is wrong with the content of *editions*, with its wording and its age, and its figures.

    *is_whole*: all texts of the project were read and all its editions asked for. Only then it is known
    that nothing uses a text or picture; else only the texts of *editions* are judged.
    """
    editions = tuple(editions)
    resolved = [resolve.document(project, edition) for edition in editions]
    documents = [document for document, _ in resolved]
    figures = wording.figures(project, documents)
    told = instructions.findings(project, documents)
    of_texts = (*upkeep.due(project, today), *label_upkeep.of_texts(project, documents, today))
    reconstructed = upkeep.reconstructed(project)
    labels: tuple[label_upkeep.LabelState, ...] = ()
    if is_whole:
        told += roads.stuck(project, documents)
        of_texts += (*wording.findings(project, figures, told, is_whole=True), *upkeep.unused(project))
        of_texts += label_upkeep.of_register(project, today)
        labels = label_upkeep.states(project, today)
    else:
        # Of a part of the project it is not known what leads to it.
        of_texts += wording.findings(project, figures, told)
        paths = {path for document in documents for path in document.sources}
        of_texts = tuple(finding for finding in of_texts if finding.place.path in paths)
        reconstructed = tuple(text for text in reconstructed if text.path in paths)
    of_editions = chain.from_iterable(found for _, found in resolved)
    of_sheets = _unprinted(project, editions, resolved)
    findings = in_order((*of_editions, *of_texts, *of_sheets))
    return Examined(findings, figures, reconstructed, labels)


def _unprinted(
    project: Project, editions: Sequence[Edition], resolved: Sequence[tuple[Document, tuple[Finding, ...]]]
) -> Iterator[Finding]:
    """Yield what the sheets of *editions*, which are *resolved*, cannot show, and faults of their dress."""
    yield from cells.findings(project, editions)
    yield from cells.letters(document for document, _ in resolved if document.school is None)
    yield from _dress(project, (document for document, found in resolved if not has_errors(found)))
    yield from listing.rows(project, editions)[1]


def _dress(project: Project, documents: Iterable[Document]) -> Iterator[Finding]:
    """Yield what is wrong with the templates, styles and drawings that the sheets of no school take."""
    for document in documents:
        if document.school is None:
            yield from bounded.html(document, project)[1]


@dataclass(frozen=True)
class Built:
    """What became of a build."""

    files: tuple[str, ...]
    """The files that were asked for and written, relative to the output folder."""
    findings: tuple[Finding, ...]
    changes: Mapping[str, tuple[str, ...]]
    """Why each edition was made, by its name; nothing: it was kept from an earlier build."""
    refused: tuple[RefusedRow, ...] = ()
    """The rows of the table of schools for which nothing can be printed."""
    is_written: bool = True
    one_by_one: str | None = None
    """Why the files did not take the place of older ones all at once; None: they did, or there were none."""


def printable(
    project: Project, editions: Sequence[Edition], found: Iterable[Finding]
) -> tuple[Project, tuple[Edition, ...]] | None:
    """Return *project* and *editions* without the schools whose rows *found* refuses.

    None where one of *found* stops all.
    """
    refused = refused_rows(project, found)
    if refused is None:
        return None
    ids = {row.id for row in refused}
    return project.without(ids), tuple(edition for edition in editions if not _is_for(edition, ids))


def _is_for(edition: Edition, ids: Collection[str]) -> bool:
    return edition.school is not None and edition.school.id in ids


def build(
    project: Project,
    editions: Sequence[Edition],
    folder: Path,
    *,
    selection: Selection,
    jobs: int,
    done: Callable[[RoundResult], None],
    found: tuple[Finding, ...] = (),
    past: EarlierBuilds | None = None,
    is_forced: bool = False,
    cluster: str | None = None,
) -> Built:
    """Make *editions*, which *selection* asks for, and publish them in *folder*, all or nothing.

    Where anything is wrong nothing is written; *found* is what `load` found. But where *selection* says to
    keep going, a row of the table of schools that is refused takes away the copies of its school alone, those
    of earlier runs too. Where *selection* is the whole project, or all its copies, files of earlier runs
    which it no longer names are removed; those of a school that is no longer in the table always are. What
    *past* knows is not made again, unless *is_forced*. Raises Unfinished as `rounds.make_all`.
    """
    paths = outputs.paths(editions, merge=selection.merge)
    output_folder.refuse_foreign(folder, outputs.signed())
    with (
        output_folder.lock(folder),
        output_folder.staging(folder, (*paths, *outputs.beside())) as staging,
        workforce(project, staging.writer) as pool,
    ):
        before = tuple(manifest.kept(folder))
        gathered = outputs.Gathered(project, staging, before)
        render_cache = RenderCache(past.cache, project, past.machine, is_closed=is_forced) if past else None
        made_ = made_by(pool, project, editions, jobs, render_cache, cluster, gathered.standing)
        with closing(made_) as made:
            for one in made:
                gathered.take(one)
                done(one)
        findings = in_order((*found, *gathered.findings))
        refused = refused_rows(project, findings)
        ids = {row.id for row in refused or ()}
        gathered.leave_out(refused or (), [edition for edition in editions if _is_for(edition, ids)])
        changes = _changes(editions, gathered, past, folder, is_forced)
        if refused is None or (refused and not selection.keep_going):
            output_folder.put(gathered.reports(), folder)
            return Built((), findings, changes, refused or (), is_written=False)
        left = [edition for edition in editions if not _is_for(edition, ids)]
        written = outputs.paths(left, merge=selection.merge)
        # The manifest does not list the tickets: those of earlier print jobs would stay.
        staging.withdraw({*paths, *outputs.TICKETS}.difference(written))
        if outputs.TICKET_HTML in written:
            gathered.merge(left)
        built = Built(written, findings, changes, refused)
        is_first = not output_folder.manifest_rows(folder)
        kept, draw = _kept(project.without(ids), selection, before), partial(pictured, pool, jobs)
        why = staging.commit(gathered.finish(kept, folder, draw, render_cache))
        built = replace(built, one_by_one=None if is_first else why)
        if past:
            _remember(past, selection, folder, built, gathered)
        return built


def _kept(
    project: Project, selection: Selection, before: Iterable[manifest.FileRow]
) -> Iterator[manifest.FileRow]:
    """Yield the files of earlier runs that stay. No print job does: the copies in it may be others by now."""
    from handout.builder.jobs import JOB

    schools = {school.id for school in project.schools}
    for row in before:
        stays = row["school"] in schools if row["school"] else not selection.is_everything
        if row["sheet"] != JOB and stays and not (row["school"] and selection.is_every_copy):
            yield row


def _changes(
    editions: Iterable[Edition],
    gathered: outputs.Gathered,
    past: EarlierBuilds | None,
    folder: Path,
    is_forced: bool,
) -> Mapping[str, tuple[str, ...]]:
    why = (lambda *_: ("--force",)) if is_forced else past.reasons(folder) if past else None
    return {
        name: () if gathered.is_kept[name] or not why else why(name, gathered.sources[name])
        for name in (edition.name for edition in editions)
        if name in gathered.is_kept
    }


def _remember(
    past: EarlierBuilds,
    selection: Selection,
    folder: Path,
    built: Built,
    gathered: outputs.Gathered,
) -> None:
    """Let the next build know of this one, which has been written."""
    if not gathered.is_of_today:
        run = PastBuild(tuple(built.changes), built.files, built.findings, gathered.sums, built.refused)
        past.add(selection, folder, run, gathered.sources)
    if not all(gathered.is_kept.values()):
        past.cache.trim()
