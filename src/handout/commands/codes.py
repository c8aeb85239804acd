"""What the codes at the foot of sheets stand for: `handout codes`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from handout.commands.language import told
from handout.commands.loading import folder_for, use_language_of
from handout.commands.options import AsJson, Messages, OutputFolder, ProjectFolder
from handout.commands.output import print_json, stderr, stdout
from handout.model.findings import UsageError
from handout.model.messages import Message, say

if TYPE_CHECKING:
    from handout.builder.codes import CodeHistory

USUAL_COMMITS = 60
"""As many as codes are remembered of a sheet."""


def codes(
    project: ProjectFolder = Path(),
    output: OutputFolder = None,
    from_git: Annotated[
        bool,
        typer.Option(
            "--from-git",
            help="Also those of earlier commits, kept in codes.json of the output folder for the next build.",
        ),
    ] = False,
    most: Annotated[
        int,
        typer.Option("--commits", metavar="N", min=1, max=10_000, help="How many commits, the last ones."),
    ] = USUAL_COMMITS,
    messages: Messages = None,
    as_json: AsJson = False,
) -> None:
    """List the codes of sheets of now and of before, newest first.

    Example: handout codes --from-git
    """
    from handout.builder.history import EarlierBuilds
    from handout.machine.cache import Cache, user_folder

    use_language_of(project)
    folder = folder_for(output, project)
    known = EarlierBuilds.of(project, Cache(user_folder())).codes_with(folder)
    if from_git:
        known = _with_commits(known, project, most)
        _keep(known, folder)
    if as_json:
        print_json({"codes": list(_rows(known))})
        return
    for row in _rows(known):
        stdout.print(told(_line(row)))


def _rows(known: CodeHistory) -> Iterator[dict[str, Any]]:
    for name, sheets in sorted(known.editions.items()):
        for number, sheet in enumerate(reversed(sheets)):
            yield {
                "code": sheet.code,
                "edition": name,
                "title": sheet.title,
                "valid_until": sheet.valid_until,
                "is_newest": number == 0,
            }


def _line(row: dict[str, Any]) -> Message:
    line = say("{code}  {edition}  {title}", code=row["code"], edition=row["edition"], title=row["title"])
    return line if row["is_newest"] else say("{line}, an earlier one", line=line)


def _with_commits(known: CodeHistory, project: Path, most: int) -> CodeHistory:
    """Return *known* with what the sheets said of the last *most* commits; tell which had others."""
    from handout.builder import commits

    if not commits.is_kept_by_git(project):
        raise UsageError(
            say("git keeps no earlier version of {folder}, or is not there", folder=project),
            say("leave --from-git out, or install git and call this in a clone of the project"),
        )
    if commits.is_shallow(project):
        note = say(
            "note: this clone has not all commits. Where a forge made it, ask it for all: fetch-depth: 0, "
            "or GIT_DEPTH: 0"
        )
        stderr.print(told(note))
    for commit, older in commits.older_projects(project, most):
        before = known
        known = known.with_earlier(commits.known_sheets(older))
        if known != before:
            stderr.print(told(say("commit {commit}: sheets with other codes", commit=commit[:8])))
    return known


def _keep(known: CodeHistory, folder: Path) -> None:
    """Write *known* in the output *folder*, beside what stands there."""
    from handout.builder import outputs
    from handout.builder.codes import published
    from handout.builder.manifest import packed
    from handout.machine import filenames, output_folder

    output_folder.refuse_foreign(folder, outputs.signed())
    with output_folder.lock(folder):
        made = [output_folder.Output(filenames.CODES, published(known))]
        if not (folder / filenames.MANIFEST).exists():  # by which the next build knows the folder for ours
            made.append(output_folder.Output(filenames.MANIFEST, packed(())))
        output_folder.put(made, folder)
