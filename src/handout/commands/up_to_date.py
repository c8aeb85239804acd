"""Answer a build that was asked for before and would change nothing, before anything slow is imported.

To read a command line takes longer than to see that no file changed. So what the words of a person asked for
is kept in the cache, for the same words in the same folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from handout.builder.history import EarlierBuilds, named
from handout.commands import language
from handout.commands.language import told
from handout.machine.cache import Cache, user_folder
from handout.machine.filenames import INDEX
from handout.machine.state import digest
from handout.model.findings import MOST_NAMES_LISTED, ExitCode, Finding, RefusedRow, has_errors
from handout.model.messages import Message, and_more, say, say_count, together
from handout.project.selection import Selection

Changes: TypeAlias = Mapping[str, Sequence[Message]]
"""Why each edition was made, by its name; nothing: it was kept from an earlier build."""


@dataclass(frozen=True)
class Request:
    """What a person asked of `handout build`."""

    project: Path
    folder: Path
    """Where the files go."""
    selection: Selection
    explain: bool
    as_json: bool
    quiet: bool
    verbose: bool
    messages: str | None = None
    """The language that was asked for on the command line."""
    language: str | None = None
    """That of the project."""


def answer(arguments: Sequence[str]) -> ExitCode | None:
    """Do what *arguments*, those of a build, ask for where that would change nothing; None where it may."""
    try:
        cache = Cache(user_folder())
        request = _recalled(cache.read(_name(arguments)))
        if request is not None:
            language.begin()
            language.ask(request.messages)
            language.of_project(request.language)
            return repeated(request, EarlierBuilds.of(request.project, cache))
    except OSError:  # whatever it is: who does the work will say it
        pass
    return None


def repeated(request: Request, past: EarlierBuilds) -> ExitCode | None:
    """Print what was printed when *request* was carried out, and return its exit code.

    None where something changed since: then nothing is printed.
    """
    run = past.unchanged(request.selection, request.folder)
    if run is None:
        return None
    if request.verbose and not (request.quiet or request.as_json):
        from handout.commands.output import stderr

        for name in run.editions:
            stderr.print(name)
    changes = dict.fromkeys(run.editions, ())
    return print_build(request, run.files, run.findings, changes, run.refused, run.outdated)


def remember(request: Request, arguments: Sequence[str], cache: Cache) -> None:
    """Keep what *arguments* asked for, given in the folder where we are."""
    row = {**asdict(request), "project": str(request.project), "folder": str(request.folder)}
    cache.write(_name(arguments), json.dumps(row).encode())


def print_build(
    request: Request,
    files: Iterable[str],
    findings: Iterable[Finding],
    changes: Changes,
    refused: Sequence[RefusedRow],
    outdated: Sequence[str] = (),
    *,
    is_written: bool = True,
) -> ExitCode:
    """Print what a build made, and return its exit code; *files* are relative to its folder.

    So are the *outdated* pieces that it left there.
    """
    findings = tuple(findings)
    code = _exit_code(findings, is_written=is_written)
    if request.quiet and not request.as_json and not findings:
        return code
    # Only here: what prints takes longer to import than to see no change.
    from handout.commands.output import print_found, stderr, stdout

    paths = [str(request.folder / file) for file in files]
    if not request.quiet and not request.as_json:
        for name, reasons in changes.items() if request.explain else ():
            stderr.print(told(_changed(name, reasons)))
        if paths:
            stdout.out("\n".join(paths), highlight=False)
    more = {"changes": _told_changes(changes)} if request.explain else {}
    left = [str(request.folder / path) for path in outdated]
    print_found(findings, {**result(paths, code, refused, left), **more}, request.as_json, request.quiet)
    for line in _ends(request, refused, outdated, is_written=is_written):
        stderr.print(told(line))
    return code


def _ends(
    request: Request, refused: Sequence[RefusedRow], outdated: Sequence[str], *, is_written: bool
) -> Iterator[Message]:
    """Yield what is said of a build when all is told of what it made."""
    if request.as_json or request.quiet:
        return
    if refused:
        yield _left_out(refused, is_written=is_written)
    if outdated:
        yield _outdated(request.folder, outdated)
    elif is_written and not refused:
        yield say("all proved; open {page}", page=request.folder / INDEX)


def _outdated(folder: Path, pieces: Sequence[str]) -> Message:
    """Return how many *pieces* in *folder* are of older texts, and what makes them anew."""
    are_copies = {path.startswith("schools/") for path in pieces}
    builds = [say("handout build")] if False in are_copies else []
    builds += [say("handout build --school all")] if True in are_copies else []
    return say_count(
        len(pieces),
        "warning: {n} other sheet in {folder} no longer says what the texts say; to make it anew: {builds}",
        "warning: {n} other sheets in {folder} no longer say what the texts say; to make them anew: {builds}",
        folder=folder,
        builds=together(", ", builds),
    )


def _told_changes(changes: Changes) -> dict[str, list[str]]:
    return {name: [*map(told, whys)] for name, whys in changes.items()}


def _exit_code(findings: Iterable[Finding], *, is_written: bool) -> ExitCode:
    if not has_errors(findings):
        return ExitCode.DONE
    return ExitCode.INCOMPLETE if is_written else ExitCode.FINDINGS


def result(
    files: Sequence[str], code: ExitCode, refused: Iterable[RefusedRow], outdated: Sequence[str] = ()
) -> dict[str, object]:
    """Return what a build made as JSON has it, but for its findings."""
    rows = [
        {"school": row.id or None, "name": row.name or None, "path": row.place.path, "line": row.place.line}
        for row in refused
    ]
    return {"files": files, "exit_code": code, "refused": rows, "outdated": outdated}


def _left_out(refused: Sequence[RefusedRow], *, is_written: bool) -> Message:
    """Return for whom nothing is printed, as a line."""
    more = len(refused) - MOST_NAMES_LISTED
    names = and_more(", ".join(map(str, refused[:MOST_NAMES_LISTED])), more)
    if is_written:
        return say("written, but for the copies of: {names}", names=names)
    return say("nothing was written; with --keep-going all is, but for the copies of: {names}", names=names)


def _changed(name: str, reasons: Sequence[Message]) -> Message:
    if not reasons:
        return say("{name}: unchanged", name=name)
    return say("{name}: made: {reasons}", name=name, reasons=named(reasons))


def _name(arguments: Sequence[str]) -> str:
    return f"request-{digest((str(Path.cwd()), *arguments))}"


def _recalled(content: bytes | None) -> Request | None:
    try:
        return _request(json.loads(content or b"null"))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None


def _request(row: Any) -> Request:
    asked = row["selection"].items()
    selection: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in asked
    }
    paths = {key: Path(row[key]) for key in ("project", "folder")}
    return Request(**{**row, **paths, "selection": Selection(**selection)})
