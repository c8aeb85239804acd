"""Run a plan: from editions to files. The only room that knows all stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from handout.builder import manifest, outputs
from handout.builder.codes import CodeHistory
from handout.builder.history import EarlierBuilds, PastBuild, published_codes
from handout.builder.rounds import RoundResult, made_by, pictured, workforce
from handout.editions.cache_entry import RenderCache
from handout.editions.refusal import is_for, refused_rows
from handout.machine import output_folder
from handout.model.findings import Finding, RefusedRow, in_order
from handout.model.messages import ENGLISH, Catalog, Message, verbatim
from handout.project.plan import Edition
from handout.project.project import Project
from handout.project.selection import Selection


@dataclass(frozen=True)
class Built:
    """What became of a build."""

    files: tuple[str, ...]
    """The files that were asked for and written, relative to the output folder."""
    findings: tuple[Finding, ...]
    changes: Mapping[str, tuple[Message, ...]]
    """Why each edition was made, by its name; nothing: it was kept from an earlier build."""
    refused: tuple[RefusedRow, ...] = ()
    """The rows of the table of schools for which nothing can be printed."""
    is_written: bool = True
    one_by_one: Message | None = None
    """Why the files did not take the place of older ones all at once; None: they did, or there were none."""
    outdated: tuple[str, ...] = ()
    """The pieces of earlier runs that stay in the folder and say something else than the texts do."""


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
    words: Catalog = ENGLISH,
) -> Built:
    """Make *editions*, which *selection* asks for, and publish them in *folder*, all or nothing.

    Where anything is wrong nothing is written; *found* is what `load` found. But where *selection* says to
    keep going, a row of the table of schools that is refused takes away the copies of its school alone, those
    of earlier runs too. Where *selection* is the whole project, or all its copies, files of earlier runs
    which it no longer names are removed; those of a school that is no longer in the table always are. What
    *past* knows is not made again, unless *is_forced*. The reports are in *words*. Raises Unfinished as
    `rounds.make_all`.
    """
    paths = outputs.paths(editions, merge=selection.merge)
    output_folder.refuse_foreign(folder, outputs.signed())
    with (
        output_folder.lock(folder),
        output_folder.staging(folder, (*paths, *outputs.beside(), *outputs.school_pages(project))) as staging,
        workforce(project, staging.writer) as pool,
    ):
        before = tuple(manifest.kept(folder))
        gathered = outputs.Gathered(project, staging, before, words)
        render_cache = RenderCache(past.cache, project, past.machine, is_closed=is_forced) if past else None
        made_ = made_by(pool, project, editions, jobs, render_cache, cluster, gathered.standing)
        with closing(made_) as made:
            for one in made:
                gathered.take(one)
                done(one)
        findings = in_order((*found, *gathered.findings))
        refused = refused_rows(project, findings)
        ids = {row.id for row in refused or ()}
        gathered.leave_out(refused or (), [edition for edition in editions if is_for(edition, ids)])
        changes = _changes(editions, gathered, past, folder, is_forced)
        if refused is None or (refused and not selection.keep_going):
            output_folder.put(gathered.reports(), folder)
            return Built((), findings, changes, refused or (), is_written=False)
        left = [edition for edition in editions if not is_for(edition, ids)]
        written = outputs.paths(left, merge=selection.merge)
        # The manifest does not list the tickets: those of earlier print jobs would stay.
        staging.withdraw({*paths, *outputs.TICKETS}.difference(written))
        if outputs.TICKET_HTML in written:
            gathered.merge(left)
        built = Built(written, findings, changes, refused)
        is_first = not output_folder.manifest_rows(folder)
        kept, draw = _kept(project.without(ids), selection, before), partial(pictured, pool, jobs)
        why = staging.commit(gathered.finish(kept, folder, draw, render_cache, _known_codes(past, folder)))
        built = replace(built, one_by_one=None if is_first else why, outdated=gathered.outdated)
        if past:
            _remember(past, selection, folder, built, gathered)
        return built


def _known_codes(past: EarlierBuilds | None, folder: Path) -> CodeHistory:
    return past.codes_with(folder) if past else published_codes(folder)


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
) -> Mapping[str, tuple[Message, ...]]:
    why = (lambda *_: (verbatim("--force"),)) if is_forced else past.reasons(folder) if past else None
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
        run = PastBuild(
            tuple(built.changes),
            built.files,
            built.findings,
            gathered.sums,
            built.refused,
            built.outdated,
        )
        past.add(selection, folder, run, gathered.sources)
    if gathered.codes is not None:
        past.keep_codes(gathered.codes)
    if not all(gathered.is_kept.values()):
        past.cache.trim()
